"""What somebody said of themselves, as an address carries it: read, cleaned, changed, written.

Nothing is stored. What an address says that makes no sense is left out, never an error.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from portal.catalogue.vocabulary import Vocabulary
from portal.climbing_frame.graph import NO_LEVEL, Frame, Grade
from portal.climbing_frame.starting import Preference, StartingPoint
from portal.taxonomy import AgeBand, Level

NOTHING = "none"
LEVELS = (NOTHING, *(level.value for level in Level if level is not Level.EIGHT))
GRADES = {
    NOTHING: Grade.NONE,
    "entry": Grade.ENTRY,
    "3": Grade.THREE,
    "4": Grade.FOUR,
    "5": Grade.FIVE,
}
# What is taken for granted of English and maths until somebody says: the grade that goes with the
# level they have.
USUAL_GRADE = {NO_LEVEL: NOTHING, 0: "entry", 1: "3"}
YOUNGEST, OLDEST = 11, 99
MOST_LISTED = 40


@dataclass(frozen=True)
class Answers:
    """Every answer, None or empty where there is none.

    ``jobs`` and ``passed`` are keys of holds, ``near`` is a postcode district.
    """

    level: str | None = None
    english: str | None = None
    maths: str | None = None
    age: int | None = None
    like: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    want: tuple[Preference, ...] = ()
    near: str | None = None

    @classmethod
    def read(
        cls, arguments: MultiDict[str, str], frame: Frame, vocabulary: Vocabulary
    ) -> "Answers":
        """The answers in a query string."""
        age = str(arguments.get("age", "") or "").strip()
        near = str(arguments.get("near", "") or "").strip().upper()
        subjects = {name for sector in vocabulary.sectors.values() for name in sector.subjects}
        return cls(
            level=_one(arguments, "level", LEVELS),
            english=_one(arguments, "english", GRADES),
            maths=_one(arguments, "maths", GRADES),
            age=int(age) if age.isdecimal() and YOUNGEST <= int(age[:3]) <= OLDEST else None,
            like=_some(arguments, "like", subjects),
            jobs=_some(arguments, "job", {h.key for h in frame.roles}),
            passed=_some(arguments, "passed", {h.key for h in frame.programmes}),
            skills=_some(arguments, "skill", vocabulary.skills),
            want=tuple(Preference(want) for want in _some(arguments, "want", list(Preference))),
            near=near if vocabulary.district(near) else None,
        )

    @property
    def is_given(self) -> bool:
        """Whether there is enough to begin from: a level, or anything passed or worked as."""
        return bool(self.level or self.jobs or self.passed)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The answers as an address writes them."""
        single = (
            ("level", self.level),
            ("english", self.english),
            ("maths", self.maths),
            ("age", self.age),
            ("near", self.near),
        )
        found = [(name, str(value)) for name, value in single if value is not None]
        many: Mapping[str, Iterable[str]] = {
            "like": self.like,
            "job": self.jobs,
            "passed": self.passed,
            "skill": self.skills,
            "want": self.want,
        }
        return found + [(name, str(value)) for name, values in many.items() for value in values]

    def query(self, **changes: Any) -> str:  # noqa: ANN401 - the values of the fields
        """The query string, with some answers changed; “?” and what follows, or nothing."""
        pairs = replace(self, **changes).pairs
        return f"?{urlencode(pairs)}" if pairs else ""

    def start(self, month: int) -> StartingPoint:
        """The starting point that the answers describe. ``month`` is year × 12 + month."""
        level = rank_of(self.level)
        usual = USUAL_GRADE.get(level, "4")
        return StartingPoint(
            level=level,
            english=GRADES[self.english or usual],
            maths=GRADES[self.maths or usual],
            age=self.age,
            held=(*self.jobs, *self.passed),
            skills=frozenset(self.skills),
            subjects=frozenset(self.like),
            month=month,
        )

    @property
    def band(self) -> AgeBand | None:
        """The ages between which what a learner pays is the same."""
        return None if self.age is None else AgeBand.of(self.age)

    def liked_sectors(self, vocabulary: Vocabulary) -> list[str]:
        """Areas of work that the liked subjects lead to, those with most of them first."""
        counts = {
            slug: len(set(sector.subjects) & set(self.like))
            for slug, sector in vocabulary.sectors.items()
        }
        return sorted((slug for slug in counts if counts[slug]), key=lambda slug: -counts[slug])


def rank_of(level: str | None) -> int:
    """The rank of an answered level; `NO_LEVEL` for nothing yet or no answer."""
    return NO_LEVEL if level in (None, NOTHING) else Level(level).rank


def _one(arguments: MultiDict[str, str], name: str, known: Iterable[str]) -> str | None:
    value = str(arguments.get(name, "") or "")
    return value if value in set(known) else None


def _some(arguments: MultiDict[str, str], name: str, known: Iterable[str]) -> tuple[str, ...]:
    allowed = set(known)
    given = dict.fromkeys(value for value in arguments.getlist(name) if value in allowed)
    return tuple(given)[:MOST_LISTED]
