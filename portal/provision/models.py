"""What stands behind a provider’s workspace: venues, uploads and their rows, codes explained."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Organisation, random_id
from portal.extensions import Base


class UploadState(StrEnum):
    """Where a spreadsheet is on its way."""

    CHECKING = "checking"
    CHECKED = "checked"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    ABANDONED = "abandoned"
    UNDONE = "undone"
    FAILED = "failed"


UPLOAD_WORDS = {
    UploadState.CHECKING: "Being checked",
    UploadState.CHECKED: "Checked",
    UploadState.PUBLISHING: "Being published",
    UploadState.PUBLISHED: "Published",
    UploadState.ABANDONED: "Abandoned",
    UploadState.UNDONE: "Taken back",
    UploadState.FAILED: "Not finished",
}


class Venue(Base):
    """A place where an organisation teaches."""

    __tablename__ = "venue"
    __table_args__ = (UniqueConstraint("organisation_id", "reference"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=random_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    reference: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(255))
    address: Mapped[str] = mapped_column(String(500), default="")
    town: Mapped[str] = mapped_column(String(100), default="")
    county: Mapped[str] = mapped_column(String(100), default="")
    postcode: Mapped[str] = mapped_column(String(8))
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    website: Mapped[str] = mapped_column(String(255), default="")

    @property
    def district(self) -> str:
        """The first half of the postcode."""
        return self.postcode.split()[0]


class Upload(Base):
    """A spreadsheet: staged, checked row by row, then published or abandoned as a whole."""

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=random_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    token: Mapped[str] = mapped_column(String(64), unique=True)
    format: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(12), default=UploadState.CHECKING.value)
    rows: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    faulty: Mapped[int] = mapped_column(default=0)
    what_went_wrong: Mapped[str | None] = mapped_column(String(500))
    made_at: Mapped[dt.datetime]
    working_since: Mapped[dt.datetime | None]
    published_at: Mapped[dt.datetime | None]

    organisation: Mapped[Organisation] = relationship()

    @property
    def state_words(self) -> str:
        """The state as its people read it."""
        return UPLOAD_WORDS[self.stand]

    @property
    def stand(self) -> UploadState:
        """Where it is on its way."""
        return UploadState(self.state)


class UploadRow(Base):
    """One row of a spreadsheet, what is wrong with it, and the offer that came of it."""

    __tablename__ = "upload_row"
    __table_args__ = (Index("ix_upload_row_faulty", "upload_id", "is_faulty"),)

    upload_id: Mapped[int] = mapped_column(
        ForeignKey("upload.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    cells: Mapped[dict[str, str]] = mapped_column(JSON)
    problems: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    is_faulty: Mapped[bool] = mapped_column(default=False)
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    aim: Mapped[str | None] = mapped_column(String(8))
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offer.id"))
    # The revision that this row made, and the approved one before it; None where it made the offer.
    revision: Mapped[int | None]
    approved_before: Mapped[int | None]


class LearningAim(Base):
    """What a provider said a learning aim is: a programme here, or a level and area of work."""

    __tablename__ = "learning_aim"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    code: Mapped[str] = mapped_column(String(8))
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"))
    level: Mapped[str | None] = mapped_column(String(5))
    sector: Mapped[str | None] = mapped_column(String(90))
