"""Things side by side: what of them is the same, what differs, and what is not known.

A thing is what is known of it in words, whatever its kind, and stands where somebody put it.
Nothing here weighs one against another.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

MOST = 4


class Aspect(StrEnum):
    """What things are compared by, in the order of the page."""

    KIND = "kind"
    LEVEL = "level"
    SECTOR = "sector"
    LENGTH = "length"
    MONEY = "money"
    DAYS = "days"
    NEEDS = "needs"
    ENGLISH_AND_MATHS = "english-and-maths"
    SUBJECTS = "subjects"
    AGE = "age"
    ASSESSED = "assessed"
    WHERE = "where"
    FAR = "far"
    WHEN = "when"
    LEADS_TO = "leads-to"
    SHARED_SKILLS = "shared-skills"
    OTHER_SKILLS = "other-skills"


class Likeness(StrEnum):
    """What a row says of the things: alike, not alike, not asked of all, or not known of all."""

    SAME = "same"
    DIFFERS = "differs"
    PARTLY = "partly"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Said:
    """A few words in a cell, and the address they lead to."""

    words: str
    path: str = ""


@dataclass(frozen=True)
class Fact:
    """What is known of one aspect of a thing.

    Nothing said means that nobody has told us; ``applies`` is false where there is nothing to ask,
    such as the length of a job.
    """

    said: tuple[Said, ...] = ()
    applies: bool = True

    def __bool__(self) -> bool:
        """Whether anything is said."""
        return bool(self.said)

    @property
    def meaning(self) -> frozenset[str]:
        """What two facts are compared by: their words in any order."""
        return frozenset(said.words.casefold() for said in self.said)


UNKNOWN = Fact()
NOTHING_TO_ASK = Fact(applies=False)
NONE_SHARED = Fact((Said("None of those listed"),))
NO_OTHER = Fact((Said("No others"),))


@dataclass(frozen=True)
class Thing:
    """One column. An aspect that is not among its facts is nothing to ask.

    ``skills`` are names, None where the kind has none, such as an open day; ``family`` is the kind
    of route it belongs to, for its colour.
    """

    key: str
    title: str
    facts: Mapping[Aspect, Fact] = field(default_factory=dict)
    skills: tuple[str, ...] | None = None
    family: str = ""

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/{self.key}"


@dataclass(frozen=True)
class Row:
    """One aspect of every thing, in their order."""

    aspect: Aspect
    facts: tuple[Fact, ...]

    @property
    def likeness(self) -> Likeness:
        """Two that are known and not alike differ, whatever else is not known."""
        applying = [fact for fact in self.facts if fact.applies]
        if len({fact.meaning for fact in applying if fact}) > 1:
            return Likeness.DIFFERS
        if not all(applying):
            return Likeness.UNSURE
        return Likeness.SAME if len(applying) == len(self.facts) else Likeness.PARTLY


def said(*words: str | None) -> Fact:
    """What is said in words, without those that are missing; `UNKNOWN` when all are."""
    return Fact(tuple(Said(each.strip()) for each in words if each and each.strip()))


def compare(things: Sequence[Thing], *, only_differences: bool = False) -> list[Row]:
    """The rows that mean something for at least one thing; without those all have alike, if asked.

    What is not known of all of them, or not asked of all, may be what matters, so it stays.
    """
    facts = [
        {**thing.facts, **skills} for thing, skills in zip(things, _skills(things), strict=True)
    ]
    rows = [
        Row(aspect, tuple(each.get(aspect, NOTHING_TO_ASK) for each in facts)) for aspect in Aspect
    ]
    rows = [row for row in rows if any(fact.applies for fact in row.facts)]
    return [r for r in rows if not only_differences or r.likeness is not Likeness.SAME]


def _skills(things: Sequence[Thing]) -> Iterable[Mapping[Aspect, Fact]]:
    """What each shares with at least one other, and what no other has, as far as it is known."""
    for thing in things:
        others = [other.skills for other in things if other is not thing and other.skills]
        if thing.skills is None:
            yield {}
        elif len(things) == 1:
            yield {Aspect.OTHER_SKILLS: said(*thing.skills)}
        elif not thing.skills:
            yield {Aspect.SHARED_SKILLS: UNKNOWN, Aspect.OTHER_SKILLS: UNKNOWN}
        else:
            theirs = {skill for skills in others for skill in skills}
            shared = said(*(skill for skill in thing.skills if skill in theirs)) or NONE_SHARED
            other = said(*(skill for skill in thing.skills if skill not in theirs)) or NO_OTHER
            yield {
                Aspect.SHARED_SKILLS: shared if others else UNKNOWN,
                Aspect.OTHER_SKILLS: other,
            }
