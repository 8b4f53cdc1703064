"""Organisations: whoever teaches, employs, advises or runs the portal."""

import datetime as dt

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base


class Organisation(Base):
    """An employer, a provider, a school or an advice service. Today: providers from content."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(90), unique=True)
    kind: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(110))
    summary: Mapped[str | None] = mapped_column(String(500))
    address: Mapped[str | None] = mapped_column(String(500))
    town: Mapped[str | None] = mapped_column(String(100))
    district: Mapped[str | None] = mapped_column(String(4))
    website: Mapped[str | None] = mapped_column(String(500))
    ukprn: Mapped[str | None] = mapped_column(String(8))
    ages: Mapped[str | None] = mapped_column(String(100))
    also_called: Mapped[list[str]] = mapped_column(JSON, default=list)
    source: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    checked_on: Mapped[dt.date]
    digest: Mapped[str] = mapped_column(String(64))

    @property
    def place(self) -> str:
        """Street, town and district, as far as they are known."""
        parts = [self.address, self.town, self.district]
        return ", ".join(dict.fromkeys(part for part in parts if part))
