"""What is kept of a course and of a venue, and the way back into the cells of a spreadsheet."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.provision import columns
from portal.provision.columns import Format

AT_WORK = "work-based"
# The columns whose text an offer keeps as it was written.
TEXTS = {
    "COURSE_NAME": "title",
    "WHO_THIS_COURSE_IS_FOR": "who_for",
    "ENTRY_REQUIREMENTS": "entry_requirements",
    "WHAT_YOU_WILL_LEARN": "what_you_learn",
    "HOW_YOU_WILL_LEARN": "how_you_learn",
    "WHAT_YOU_WILL_NEED_TO_BRING": "what_to_bring",
    "HOW_YOU_WILL_BE_ASSESSED": "how_assessed",
    "WHERE_NEXT": "where_next",
    "YOUR_REFERENCE": "reference",
    "AWARDING_BODY": "awarding_body",
    "COURSE_WEBPAGE": "web_address",
    "COST_DESCRIPTION": "cost_words",
}


def written(answers: Mapping[str, str], value: str | None) -> str:
    """The directory’s answer for a value; nothing for none."""
    return next((answer for answer, kept in answers.items() if kept == value), "")


@dataclass(frozen=True, kw_only=True)
class CourseValues:
    """What an offer of a course keeps: plain values, ready for JSON.

    Answers are those of the catalogue (``classroom``, ``full-time``), dates are ISO dates, and a
    price is pounds and pence as text. Texts that were not given are blank.
    """

    title: str
    who_for: str
    entry_requirements: str = ""
    what_you_learn: str = ""
    how_you_learn: str = ""
    what_to_bring: str = ""
    how_assessed: str = ""
    where_next: str = ""
    reference: str = ""
    aim: str | None = None
    level: str | None = None
    sector: str | None = None
    awarding_body: str = ""
    mode: str
    starts_on: str | None = None
    is_flexible_start: bool = False
    venue: str | None = None
    is_national: bool = False
    sub_regions: list[str] = field(default_factory=list)
    web_address: str
    cost: str | None = None
    cost_words: str = ""
    length: int
    length_unit: str
    study: str | None = None
    attendance: str | None = None

    def cells(self, format: Format, *, venue_name: str = "") -> dict[str, str]:  # noqa: A002 - the word of those who send files
        """The way back: the cells of a row that says the same."""
        day = dt.date.fromisoformat(self.starts_on) if self.starts_on else None
        cells = {name: getattr(self, kept) for name, kept in TEXTS.items()} | {
            "LARS_QAN": self.aim or "",
            # The directory knows no other type of course without a learning aim.
            "COURSE_TYPE": columns.SKILLS_BOOTCAMP,
            "SECTOR": written(columns.SECTORS, self.sector),
            "EDUCATION_LEVEL": written(columns.LEVELS, self.level),
            "DELIVERY_MODE": written(columns.MODES, self.mode),
            "START_DATE": f"{day:%d/%m/%Y}" if day else "",
            "FLEXIBLE_START_DATE": columns.YES if self.is_flexible_start else "",
            "VENUE_NAME": venue_name if self.venue else "",
            "YOUR_VENUE_REFERENCE": self.venue or "",
            "NATIONAL_DELIVERY": self._national_delivery,
            "SUB_REGION": ";".join(self.sub_regions),
            "COST": self.cost or "",
            "DURATION": str(self.length),
            "DURATION_UNIT": written(columns.UNITS, self.length_unit),
            "STUDY_MODE": written(columns.STUDY_MODES, self.study),
            "ATTENDANCE_PATTERN": written(columns.ATTENDANCE, self.attendance),
        }
        return {name: cells[name] for name in format.names}

    @property
    def _national_delivery(self) -> str:
        if self.mode != AT_WORK:
            return ""
        return written(columns.YES_OR_NO, "yes" if self.is_national else "no")

    @property
    def same_as(self) -> tuple[object, ...]:
        """Two rows for which this is equal are the same course, at one place and time."""
        return (
            self.title.casefold(), self.aim, self.mode, self.starts_on, self.is_flexible_start,
            self.venue, self.is_national, tuple(self.sub_regions), self.study, self.attendance,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class VenueValues:
    """A venue. ``district`` is the first half of its postcode."""

    reference: str
    name: str
    address: str
    town: str
    county: str
    postcode: str
    email: str
    phone: str
    website: str
    district: str
