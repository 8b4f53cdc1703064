"""The fixed measures of the domain: levels, kinds of entry, kinds of skill.

They are the same in every city. Their names and explanations are content, and so are sectors,
qualification types and skills themselves, because those change from year to year.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from functools import total_ordering

SEPTEMBER = 9


@total_ordering
class Level(StrEnum):
    """A step of the Regulated Qualifications Framework, in order from entry to 8."""

    ENTRY = "entry"
    ONE = "1"
    TWO = "2"
    THREE = "3"
    FOUR = "4"
    FIVE = "5"
    SIX = "6"
    SEVEN = "7"
    EIGHT = "8"

    @property
    def rank(self) -> int:
        """0 for entry level, then the level's own number."""
        return 0 if self is Level.ENTRY else int(self.value)

    def __lt__(self, other: object) -> bool:
        """Order by rank; plain string order would put entry level last."""
        if not isinstance(other, Level):
            return NotImplemented
        return self.rank < other.rank


@dataclass(frozen=True)
class Square:
    """One level in one sector; ``sector`` is the slug of a sector that content names."""

    level: Level
    sector: str

    @classmethod
    def parse(cls, text: str) -> "Square":
        """The square that a name such as ``3-construction`` stands for. Raises ValueError."""
        level, _, sector = text.partition("-")
        if not sector:
            message = f"“{text}” does not name a square"
            raise ValueError(message)
        return cls(Level(level), sector)

    def __str__(self) -> str:
        """Its name in an address, such as ``3-construction``."""
        return f"{self.level.value}-{self.sector}"


class EntryKind(StrEnum):
    """What stands in the catalogue."""

    ROLE = "role"
    PROGRAMME = "programme"
    COURSE = "course"
    GUIDE = "guide"
    VACANCY = "vacancy"
    EVENT = "event"
    LISTING = "listing"


class EventType(StrEnum):
    """What people go to."""

    OPEN_DAY = "open-day"
    TASTER = "taster"
    TALK = "talk"
    FAIR = "fair"


class Tier(StrEnum):
    """How near an experience comes to working: the pledge counts workplaces apart."""

    MEETING = "meeting"
    ONLINE = "online"
    WORKPLACE = "workplace"


class SkillKind(StrEnum):
    """The four families of the skills vocabulary."""

    ESSENTIAL = "essential"
    TECHNICAL = "technical"
    DIGITAL = "digital"
    GREEN = "green"


class Family(StrEnum):
    """Families of route. A page that offers one offers the others beside it."""

    APPRENTICESHIP = "apprenticeship"
    TECHNICAL = "technical"
    ACADEMIC = "academic"
    ESSENTIALS = "essentials"
    ADULT = "adult"
    SUPPORT = "support"


class Starter(StrEnum):
    """Who can begin a programme."""

    YEAR_11 = "year-11"
    YEAR_13 = "year-13"
    ADULT = "adult"
    GRADUATE = "graduate"


class AgeBand(StrEnum):
    """Ages between which what a learner pays changes in England."""

    UNDER_19 = "under-19"
    FROM_19 = "19-to-23"
    FROM_24 = "24-plus"

    @classmethod
    def of(cls, age: int) -> "AgeBand":
        """The band that holds an age in whole years."""
        if age < 19:  # noqa: PLR2004 - the band's own name says the number
            return cls.UNDER_19
        return cls.FROM_19 if age < 24 else cls.FROM_24  # noqa: PLR2004


class EmployerSize(StrEnum):
    """How many people work for an organisation, in the bands that national figures use."""

    MICRO = "1-to-9"
    SMALL = "10-to-49"
    MEDIUM = "50-to-249"
    LARGE = "250-plus"


@dataclass(frozen=True, order=True)
class AcademicYear:
    """A school year, which begins on 1 September; ``begins`` is the year of that day."""

    begins: int

    @classmethod
    def of(cls, day: dt.date) -> "AcademicYear":
        """The year that a day lies in."""
        return cls(day.year if day.month >= SEPTEMBER else day.year - 1)

    @classmethod
    def parse(cls, text: str) -> "AcademicYear":
        """The year that a name such as ``2026-27`` stands for. Raises ValueError."""
        found = cls(int(text[:4])) if text[:4].isdecimal() else None
        if found is None or str(found) != text or not 0 < found.begins < dt.MAXYEAR:
            message = f"“{text}” does not name a school year"
            raise ValueError(message)
        return found

    @property
    def first_day(self) -> dt.date:
        """1 September."""
        return dt.date(self.begins, SEPTEMBER, 1)

    @property
    def last_day(self) -> dt.date:
        """31 August of the next year."""
        return dt.date(self.begins + 1, SEPTEMBER, 1) - dt.timedelta(days=1)

    @property
    def before(self) -> "AcademicYear":
        """The year before."""
        return AcademicYear(self.begins - 1)

    @property
    def following(self) -> "AcademicYear":
        """The next year."""
        return AcademicYear(self.begins + 1)

    def __str__(self) -> str:
        """Its name, such as ``2026-27``."""
        return f"{self.begins:04}-{(self.begins + 1) % 100:02}"
