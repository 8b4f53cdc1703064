"""Where somebody starts from, and whether a hold would take them as they are by then."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from portal.climbing_frame.graph import (
    NO_LEVEL,
    Frame,
    Grade,
    Hold,
    Move,
    MoveKind,
    Needs,
    Origin,
    level_name,
)
from portal.taxonomy import Family

MONTHS = 12
LEAVING_AGE = 16
GCSE = "GCSE "
WALK_IN_RANK = 2


class Preference(StrEnum):
    """What matters to somebody who chooses between routes."""

    EARN = "earn"
    LOCAL = "local"
    SOON = "soon"
    NO_EXAMS = "no-exams"


@dataclass(frozen=True)
class StartingPoint:
    """What a person has. Nothing at all is a starting point too.

    ``level`` is a rank, `NO_LEVEL` for nothing yet. ``age`` is None when it was not asked; then
    no age rules anything out. ``held`` names holds that were passed: jobs done, programmes
    finished. ``month`` (year × 12 + month) is when the climb begins.
    """

    level: int = NO_LEVEL
    english: Grade = Grade.NONE
    maths: Grade = Grade.NONE
    age: int | None = None
    held: tuple[str, ...] = ()
    skills: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    month: int = 0


class Attained(NamedTuple):
    """What somebody has at one moment of a climb; ``months`` have gone by since its start."""

    level: int
    english: Grade
    maths: Grade
    subjects: frozenset[str] = frozenset()
    months: int = 0

    @classmethod
    def at_start(cls, start: StartingPoint, frame: Frame) -> "Attained":
        """What a starting point and everything passed before it amount to."""
        now = cls(start.level, start.english, start.maths)
        for key in start.held:
            if key in frame.holds:
                now = now.having(frame.holds[key])
        return now._replace(months=0)

    def having(self, hold: Hold, months: int = 0) -> "Attained":
        """The same after finishing a hold. Jobs and bridges leave the level where it is."""
        gives = hold.gives
        rises = not hold.is_role and not hold.is_bridge
        return Attained(
            max(self.level, hold.rank) if rises else self.level,
            max(self.english, gives.english),
            max(self.maths, gives.maths),
            self.subjects | gives.subjects if gives.subjects else self.subjects,
            self.months + months,
        )


class Requirement(StrEnum):
    """What a hold may ask."""

    LEVEL = "level"
    ENGLISH = "english"
    MATHS = "maths"
    SUBJECT = "subject"
    AGE = "age"
    INTAKE = "intake"


@dataclass(frozen=True)
class Demand:
    """One thing that a hold asks, and whether somebody has it."""

    requirement: Requirement
    wanted: str
    is_met: bool
    is_assumed: bool = False


def wait_for(needs: Needs, now: Attained, start: StartingPoint) -> int | None:
    """Months until somebody is old enough and the programme takes people; None for never.

    People under 16 plan for the day they leave Year 11, so nobody starts younger than that.
    """
    wait = 0
    month = start.month + now.months
    if needs.opens is not None:
        wait = max(0, needs.opens - month)
    if start.age is not None:
        months = max(start.age, LEAVING_AGE) * MONTHS + now.months
        if needs.min_age is not None:
            wait = max(wait, needs.min_age * MONTHS - months)
        if needs.max_age is not None and months + wait >= (needs.max_age + 1) * MONTHS:
            return None
    return None if needs.closes is not None and month + wait > needs.closes else wait


def is_assumed(subject: str, now: Attained) -> bool:
    """Whether a subject is taken for granted: GCSEs besides English and maths are not asked for.

    A page that relies on one says that it has to be checked.
    """
    return subject.startswith(GCSE) and now.level >= 2  # noqa: PLR2004 - GCSEs are Level 2


def lacks_subject(needs: Needs, now: Attained) -> frozenset[str] | None:
    """The first set of subjects of which the person has none; None when nothing is missing."""
    for choices in needs.subjects:
        if not (choices & now.subjects or any(is_assumed(subject, now) for subject in choices)):
            return choices
    return None


def demands(hold: Hold, now: Attained, start: StartingPoint) -> list[Demand]:
    """Everything that a hold asks, and what of it somebody has."""
    needs = hold.needs
    found = []
    if needs.level > NO_LEVEL:
        met = now.level >= needs.level
        found.append(Demand(Requirement.LEVEL, level_name(needs.level), met))
    for requirement, have in ((Requirement.ENGLISH, now.english), (Requirement.MATHS, now.maths)):
        wanted = needs.english_and_maths
        if wanted:
            found.append(Demand(requirement, wanted.name.lower(), have >= wanted))
    for choices in needs.subjects:
        assumed = not choices & now.subjects and any(is_assumed(s, now) for s in choices)
        met = assumed or bool(choices & now.subjects)
        found.append(Demand(Requirement.SUBJECT, " or ".join(sorted(choices)), met, assumed))
    found += _age_demands(needs, now, start)
    return found


def _age_demands(needs: Needs, now: Attained, start: StartingPoint) -> list[Demand]:
    age = None if start.age is None else max(start.age, LEAVING_AGE) + now.months // MONTHS
    found = []
    if needs.min_age is not None and needs.min_age > LEAVING_AGE:
        met = age is None or age >= needs.min_age
        found.append(Demand(Requirement.AGE, f"{needs.min_age} or over", met, age is None))
    if needs.max_age is not None:
        met = age is None or age <= needs.max_age
        found.append(Demand(Requirement.AGE, f"{needs.max_age} or under", met, age is None))
    return found


def bridges_to(
    frame: Frame, needs: Needs, now: Attained, *, local_only: bool = False
) -> list[Hold] | None:
    """What mends missing English, maths or a subject, in the order it is taken.

    Empty when nothing is missing; None when no bridge in the frame leads there. ``local_only``
    leaves out those that nobody in the area is known to teach.
    """
    bridges = [bridge for bridge in frame.bridges if bridge.local or not local_only]
    steps: list[Hold] = []
    for name in ("english", "maths"):
        have = getattr(now, name)
        while have < needs.english_and_maths:
            step = _next_rung(bridges, name, have, needs.english_and_maths)
            if step is None:
                return None
            steps.append(step)
            have = getattr(step.gives, name)
    mended = now
    for step in steps:
        mended = mended.having(step)
    while (missing := lacks_subject(needs, mended)) is not None:
        steps_for = [b for b in bridges if b.gives.subjects & missing]
        if not steps_for:
            return None
        steps.append(steps_for[0])
        mended = mended.having(steps_for[0])
    return steps


def _next_rung(bridges: Iterable[Hold], name: str, have: Grade, wanted: Grade) -> Hold | None:
    """The bridge that takes the next grade, and no more of it than is wanted.

    Somebody one grade short resits the whole GCSE; somebody further away climbs by the steps.
    """
    rungs = [
        bridge
        for bridge in bridges
        if getattr(bridge.gives, name) > have
        and (have >= Grade.THREE or getattr(bridge.gives, name) == have + 1)
    ]
    reaching = [b for b in rungs if getattr(b.gives, name) >= wanted] or rungs
    higher = have >= Grade.THREE
    order: Mapping[bool, int] = {True: -1, False: 1}
    return min(
        reaching,
        key=lambda bridge: (order[higher] * getattr(bridge.gives, name), bridge.key),
        default=None,
    )


def doors(frame: Frame, start: StartingPoint) -> Iterable[Move]:
    """Every move that begins where somebody stands now, whatever else they must still mend.

    Level is the rule here; English, maths, subjects, ages and intakes can be mended or waited for
    and are judged when a move is made.
    """
    for key in start.held:
        yield from frame.leaving.get(key, ())
    level = Attained.at_start(start, frame).level
    yield from (door for door in doors_at(frame, level) if door.after.key not in start.held)


@lru_cache(maxsize=64)
def doors_at(frame: Frame, level: int) -> tuple[Move, ...]:
    """The moves that are open to anybody who has reached a level.

    Supported internships are for people with an education, health and care plan; nobody is asked
    about that here, so they are no door.
    """
    found = []
    for hold in frame.holds.values():
        if hold.is_bridge or hold.family is Family.SUPPORT:
            continue
        if hold.is_role:
            if hold.direct and hold.rank <= WALK_IN_RANK:
                found.append(
                    Move(None, hold, MoveKind.INTO_WORK, Origin.STATED, hold.direct, hold.source)
                )
        elif hold.needs.level <= level:
            is_up = hold.rank > level and hold.family is not Family.ADULT
            kind = MoveKind.UP if is_up else MoveKind.RESTART
            found.append(Move(None, hold, kind, Origin.RULE, _why_open(hold), hold.source))
    return tuple(found)


def _why_open(hold: Hold) -> str:
    if hold.needs.level == NO_LEVEL:
        return "You do not need a qualification to start this."
    return f"This asks for {level_name(hold.needs.level)}, and you have it."
