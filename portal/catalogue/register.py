"""The register of qualifications that public money pays for, as its editions said."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base

SEPTEMBER = 9
# What an edition says of a qualification, column by column.
FACTS = (
    "title", "awarding_body", "level", "qualification_type", "subcategory", "subject_area",
    "status", "website", "offers",
)  # fmt: skip


class RegisterEdition(Base):
    """One edition that was imported: the day it describes, the file, and what it changed."""

    __tablename__ = "register_edition"

    snapshot: Mapped[dt.date] = mapped_column(primary_key=True)
    file_digest: Mapped[str] = mapped_column(String(64))
    qualifications: Mapped[int]
    added: Mapped[int]
    changed: Mapped[int]
    withdrawn: Mapped[int]
    imported_at: Mapped[dt.datetime]


class Qualification(Base):
    """One qualification. One that a later edition leaves out stays, as withdrawn by that edition.

    ``offers`` holds, by the code of the offer, the first and the last day of new starts as ISO
    dates (None when the register names none) and the register’s note.
    """

    __tablename__ = "qualification"

    number: Mapped[str] = mapped_column(String(10), primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    awarding_body: Mapped[str] = mapped_column(String(150))
    level: Mapped[str] = mapped_column(String(20))
    qualification_type: Mapped[str] = mapped_column(String(90))
    subcategory: Mapped[str] = mapped_column(String(90))
    subject_area: Mapped[str] = mapped_column(String(90))
    status: Mapped[str] = mapped_column(String(40))
    website: Mapped[str] = mapped_column(String(500))
    offers: Mapped[dict[str, dict[str, Any]]] = mapped_column(JSON)
    first_seen: Mapped[dt.date]
    last_changed: Mapped[dt.date]
    withdrawn_on: Mapped[dt.date | None]

    @property
    def levels(self) -> frozenset[str]:
        """The levels it is at, as the portal names them; empty when they are written otherwise."""
        if self.level == "Entry Level":
            return frozenset({"entry"})
        found = re.fullmatch(r"Level (\d)(?:/(\d))?", self.level)
        return frozenset(filter(None, found.groups())) if found else frozenset()

    def last_day(self, not_counted: Iterable[str] = ()) -> dt.date | None:
        """The last day of new starts on any of its offers, except some.

        None when one of them names no end, or when it has none. What is withdrawn had its last
        day at the latest when it was.
        """
        days = [
            offer["ends"] for code, offer in self.offers.items() if code not in set(not_counted)
        ]
        last = dt.date.fromisoformat(max(days)) if days and all(days) else None
        if self.withdrawn_on is not None:
            return min(last, self.withdrawn_on) if last else self.withdrawn_on
        return last

    def last_start(self, snapshot: dt.date, not_counted: Iterable[str] = ()) -> dt.date | None:
        """The last day, once the edition of a day has settled it; None before."""
        last = self.last_day(not_counted)
        return last if last is not None and is_settled(last, snapshot) else None


def is_settled(last_day: dt.date, snapshot: dt.date) -> bool:
    """Whether the edition of a day settles a last day: one before the next September does.

    Later ones are renewed as a rule: 31 July of the year after next means no end. Between the
    editions of October 2024 and February 2025 no day that had passed was moved, and a third of
    those of the coming summer were: that is as much as one edition can say.
    """
    is_late = snapshot.month >= SEPTEMBER
    return last_day < dt.date(snapshot.year + is_late, SEPTEMBER, 1)


def last_start_of_all(
    numbers: Iterable[str],
    known: Mapping[str, Qualification],
    snapshot: dt.date,
    not_counted: Iterable[str] = (),
) -> dt.date | None:
    """The last day for whatever stands for several qualifications; None while one goes on.

    One that the register does not hold may go on, for all that it says.
    """
    days = [
        known[number].last_start(snapshot, not_counted) if number in known else None
        for number in numbers
    ]
    settled = [day for day in days if day is not None]
    return max(settled) if settled and len(settled) == len(days) else None
