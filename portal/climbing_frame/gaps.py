"""Gaps: where we know of no course or opening near the city, and what that leaves without a way.

Nothing here says that something is not taught. Every row says that the catalogue holds no course
for it, which can also mean that nobody has told us. Nothing is called out of reach on a guess:
what somebody could reach at the very most is worked out first (`AtMost`), and only what lies
beyond even that has something named that stands in its way.

A programme that takes no new people, or none yet, is nobody's gap.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar

from portal.climbing_frame.climbing import Climber
from portal.climbing_frame.graph import LEVELS, NO_LEVEL, Frame, Grade, Hold, Move, Origin
from portal.climbing_frame.starting import (
    Attained,
    Demand,
    Requirement,
    StartingPoint,
    bridges_to,
    demands,
    doors,
)
from portal.taxonomy import Family, Level

# Who we try the routes for: somebody who leaves school, and at Level 3 somebody who leaves college.
STARTS: Mapping[Level, StartingPoint] = {
    Level.ENTRY: StartingPoint(level=0, english=Grade.ENTRY, maths=Grade.ENTRY, age=16),
    Level.ONE: StartingPoint(level=1, english=Grade.THREE, maths=Grade.THREE, age=16),
    Level.TWO: StartingPoint(level=2, english=Grade.FOUR, maths=Grade.FOUR, age=16),
    Level.THREE: StartingPoint(level=3, english=Grade.FOUR, maths=Grade.FOUR, age=18),
}
LEVEL_OF_GRADE = {
    Grade.ENTRY: Level.ENTRY,
    Grade.THREE: Level.ONE,
    Grade.FOUR: Level.TWO,
    Grade.FIVE: Level.TWO,
}
LEARNED = frozenset(
    {Requirement.LEVEL, Requirement.ENGLISH, Requirement.MATHS, Requirement.SUBJECT}
)


class GapKind(StrEnum):
    """What there is no known course for."""

    SQUARE = "square"
    ROLE = "role"
    REQUIREMENT = "requirement"
    PROGRAMME = "programme"
    OPENING = "opening"


@dataclass(frozen=True, kw_only=True)
class Gap:
    """One thing that we know of no course for. ``growth`` names the growth sectors it touches."""

    kind: ClassVar[GapKind]
    level: Level | None
    sector: str | None
    growth: tuple[str, ...]

    @property
    def touches(self) -> int:
        """How many things the gap is felt by; each kind says which."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class SquareGap(Gap):
    """A square where something stands but no programme has a known course.

    ``beside`` are the levels directly below and above it, in its sector, that do have one.
    """

    kind = GapKind.SQUARE
    roles: tuple[Hold, ...]
    programmes: tuple[Hold, ...]
    beside: tuple[Level, ...]

    @property
    def touches(self) -> int:
        """The roles and programmes that stand there."""
        return len(self.roles) + len(self.programmes)


@dataclass(frozen=True, kw_only=True)
class RoleGap(Gap):
    """A role without a complete local route from one or more of `STARTS`.

    ``wanted`` is the nearest programme that stands in the way of the highest of ``starts``:
    without a known course, or asking for ``lacking``, which no known course on the way gives. It is
    None when each step is there but we found no way that joins them.
    """

    kind = GapKind.ROLE
    role: Hold
    starts: tuple[Level, ...]
    wanted: Hold | None
    lacking: tuple[Demand, ...] = ()

    @property
    def touches(self) -> int:
        """The starts without a route."""
        return len(self.starts)


@dataclass(frozen=True, kw_only=True)
class RequirementGap(Gap):
    """Something that is asked and that no programme with a known course gives.

    ``wanted`` is the name of a grade, a subject or a level. ``gives`` are programmes that would
    give it; ``elsewhere`` counts programmes at the same level in other sectors with a known course.
    """

    kind = GapKind.REQUIREMENT
    requirement: Requirement
    wanted: str
    asked_by: tuple[Hold, ...]
    gives: tuple[Hold, ...]
    elsewhere: int = 0

    @property
    def touches(self) -> int:
        """The holds that ask for it."""
        return len(self.asked_by)


@dataclass(frozen=True, kw_only=True)
class ProgrammeGap(Gap):
    """A programme that leads into growing roles and has no known course."""

    kind = GapKind.PROGRAMME
    programme: Hold
    roles: tuple[Hold, ...]

    @property
    def touches(self) -> int:
        """The growing roles it leads into."""
        return len(self.roles)


@dataclass(frozen=True, kw_only=True)
class OpeningGap(Gap):
    """A role for which nobody has published a vacancy or an experience of work here.

    ``programmes`` lead into it, so that a vacancy for one of them would be one for the role.
    """

    kind = GapKind.OPENING
    role: Hold
    programmes: tuple[Hold, ...]

    @property
    def touches(self) -> int:
        """The programmes that lead into it."""
        return len(self.programmes)


def gaps_of(frame: Frame, month: int, *, offered: Collection[int] = ()) -> tuple[Gap, ...]:
    """Every gap of a frame for people who begin in ``month`` (year × 12 + month), in fixed order.

    ``offered`` are the entry ids of roles that an experience of work is about, and of programmes
    with an open vacancy.

    Takes most of a second on a whole city's catalogue: keep what it gives as long as the frame.
    """
    standing = [hold for hold in frame.holds.values() if _takes_people(hold, month)]
    return (
        *_squares(standing),
        *_roles(frame, month),
        *_requirements(standing),
        *_programmes(frame, standing),
        *_openings(frame, set(offered)),
    )


def _takes_people(hold: Hold, month: int) -> bool:
    opens, closes = hold.needs.opens, hold.needs.closes
    return (opens is None or opens <= month) and (closes is None or closes >= month)


def _growth(holds: Iterable[Hold]) -> tuple[str, ...]:
    return tuple(sorted({growth for hold in holds for growth in hold.growth}))


def _is_near(hold: Hold) -> bool:
    return not hold.is_role and hold.local > 0


# Squares


def _squares(standing: Collection[Hold]) -> Iterator[Gap]:
    squares: dict[tuple[str, int], list[Hold]] = {}
    for hold in standing:
        if hold.sector:
            squares.setdefault((hold.sector, hold.rank), []).append(hold)
    near = {square for square, holds in squares.items() if any(map(_is_near, holds))}
    for sector, rank in sorted(squares.keys() - near):
        holds = squares[sector, rank]
        yield SquareGap(
            level=LEVELS[rank],
            sector=sector,
            growth=_growth(holds),
            roles=tuple(hold for hold in holds if hold.is_role),
            programmes=tuple(hold for hold in holds if not hold.is_role),
            beside=tuple(LEVELS[r] for r in (rank - 1, rank + 1) if (sector, r) in near),
        )


# Roles


@dataclass(frozen=True, eq=False)
class AtMost:
    """What somebody could reach if age, time and order never mattered.

    What lies beyond it cannot be reached at all: it asks for something that nothing within gives.
    """

    start: StartingPoint
    reached: frozenset[str]
    attained: Attained

    @classmethod
    def of(cls, frame: Frame, start: StartingPoint) -> "AtMost":
        """Take every move that anything attained anywhere allows, until nothing more opens."""
        now = Attained.at_start(start, frame)
        reached: set[str] = set()
        waiting, grew = list(doors(frame, start)), True
        while grew:
            grew, refused = False, []
            while waiting:
                move = waiting.pop()
                if move.after.key in reached:
                    continue
                after = _having_taken(frame, move, now)
                if after is None:
                    refused.append(move)
                    continue
                now, grew = after, True
                reached.add(move.after.key)
                waiting += frame.leaving[move.after.key]
            waiting = refused
        return cls(start, frozenset(reached), now)


def _having_taken(frame: Frame, move: Move, now: Attained) -> Attained | None:
    """What somebody has after a move with all it takes; None when that cannot be had."""
    needs = move.after.needs
    bridges = bridges_to(frame, needs, now)
    if bridges is None or (needs.level > now.level and not move.waives):
        return None
    for bridge in bridges:
        now = now.having(bridge)
    return now.having(move.after)


def _roles(frame: Frame, month: int) -> Iterator[Gap]:
    return role_gaps(frame, month, frozenset(r.key for r in frame.roles if r.growth))


def role_gaps(frame: Frame, month: int, keys: frozenset[str]) -> Iterator[RoleGap]:
    """Which of the roles have no complete local route from one or more of `STARTS`, in order."""
    near = _with_known_courses(frame)
    without: dict[str, list[Level]] = {key: [] for key in keys}
    most = {}
    for level, start in STARTS.items():
        most[level] = AtMost.of(near, replace(start, month=month))
        found = _reached(near, most[level], keys & most[level].reached)
        for key in keys - found:
            without[key].append(level)
    for key in sorted(keys):
        if starts := without[key]:
            role, last = frame.holds[key], most[starts[-1]]
            wanted = None if key in last.reached else _in_the_way(frame, role, last)
            yield RoleGap(
                level=role.level,
                sector=role.sector,
                growth=tuple(sorted(role.growth)),
                role=role,
                starts=tuple(starts),
                wanted=wanted,
                lacking=() if wanted is None or not wanted.local else _lacking(wanted, last),
            )


def _with_known_courses(frame: Frame) -> Frame:
    """The frame without the programmes that have no known course, bridges among them."""
    holds = [hold for hold in frame.holds.values() if hold.is_role or hold.local]
    keys = {hold.key for hold in holds}
    moves = (m for m in frame.moves if m.before and m.before.key in keys and m.after.key in keys)
    return Frame(holds, moves, frame.version)


def _reached(near: Frame, most: AtMost, wanted: Collection[str]) -> set[str]:
    """Which of the wanted holds a climb reaches, by the rules that routes are held to.

    Only holds that can be reached at all and lead on to a wanted one are stepped on.
    """
    towards, waiting = set(wanted), list(wanted)
    while waiting:
        for before in near.graph.pred[waiting.pop()]:
            if before in most.reached and before not in towards:
                towards.add(before)
                waiting.append(before)
    weights = {key: float(near.holds[key].usual_months) for key in sorted(towards)}
    first = tuple(doors(near, most.start))
    left = set(wanted)
    for label in Climber(near, most.start, first, local_only=True).everywhere(weights):
        if label.hold is not None:
            left.discard(label.hold.key)
        if not left:
            break
    return set(wanted) - left


def _in_the_way(frame: Frame, role: Hold, most: AtMost) -> Hold | None:
    """The nearest programme on the way to a role that one gets in front of and not into.

    Of several as near, one of the role's own sector is told first, then one with a known course.
    """
    first = {move.after.key for move in doors(frame, most.start)}
    layer, seen = [role], {role.key}
    while layer:
        met = [
            hold
            for hold in layer
            if not hold.is_role
            and (hold.key in first or most.reached & frame.graph.pred[hold.key].keys())
        ]
        if met:
            return min(met, key=lambda h: (h.sector != role.sector, not h.local, h.key))
        before = {b.key: b for hold in layer for b in _before(frame, hold) if b.key not in seen}
        seen |= before.keys()
        layer = list(before.values())
    return None


def _before(frame: Frame, hold: Hold) -> list[Hold]:
    """The holds that content states moves from to a hold; where it states none, all of them."""
    moves = frame.reaching(hold.key)
    stated = [move for move in moves if move.origin is Origin.STATED] or moves
    return [move.before for move in stated if move.before is not None]


def _lacking(wanted: Hold, most: AtMost) -> tuple[Demand, ...]:
    """What a programme asks that nothing within reach gives."""
    asked = demands(wanted, most.attained, most.start)
    return tuple(d for d in asked if d.requirement in LEARNED and not d.is_met)


# Requirements


def _requirements(standing: Collection[Hold]) -> Iterator[Gap]:
    programmes = [hold for hold in standing if not hold.is_role]
    yield from _grades(standing, programmes)
    yield from _subjects(standing, programmes)
    yield from _levels(standing, programmes)


def _grades(standing: Collection[Hold], programmes: Collection[Hold]) -> Iterator[Gap]:
    for requirement in (Requirement.ENGLISH, Requirement.MATHS):
        for grade, level in LEVEL_OF_GRADE.items():
            asked_by = [hold for hold in standing if hold.needs.english_and_maths is grade]
            gives = [p for p in programmes if getattr(p.gives, requirement.value) >= grade]
            if asked_by and not any(map(_is_near, gives)):
                yield RequirementGap(
                    level=level,
                    sector=None,
                    growth=_growth(asked_by),
                    requirement=requirement,
                    wanted=grade.name.lower(),
                    asked_by=tuple(asked_by),
                    gives=tuple(gives),
                )


def _subjects(standing: Collection[Hold], programmes: Collection[Hold]) -> Iterator[Gap]:
    asked: dict[tuple[str, ...], list[Hold]] = {}
    for hold in standing:
        for any_of in hold.needs.subjects:
            asked.setdefault(tuple(sorted(any_of)), []).append(hold)
    for choices, asked_by in sorted(asked.items()):
        gives = [p for p in programmes if not p.gives.subjects.isdisjoint(choices)]
        if not any(map(_is_near, gives)):
            yield RequirementGap(
                level=gives[0].level if gives else None,
                sector=None,
                growth=_growth(asked_by),
                requirement=Requirement.SUBJECT,
                wanted=" or ".join(choices),
                asked_by=tuple(asked_by),
                gives=tuple(gives),
            )


def _levels(standing: Collection[Hold], programmes: Collection[Hold]) -> Iterator[Gap]:
    """Levels asked by what stands in a sector. Any other course of that level will often do."""
    asked: dict[tuple[str, int], list[Hold]] = {}
    for hold in standing:
        if hold.sector and hold.needs.level > NO_LEVEL:
            asked.setdefault((hold.sector, hold.needs.level), []).append(hold)
    for (sector, rank), asked_by in sorted(asked.items()):
        at_level = [p for p in programmes if p.rank == rank and not p.is_bridge]
        gives = [p for p in at_level if p.sector == sector]
        if not any(map(_is_near, gives)):
            yield RequirementGap(
                level=LEVELS[rank],
                sector=sector,
                growth=_growth(asked_by),
                requirement=Requirement.LEVEL,
                wanted=LEVELS[rank].value,
                asked_by=tuple(asked_by),
                gives=tuple(gives),
                elsewhere=sum(_is_near(p) and p.family is not Family.SUPPORT for p in at_level),
            )


# Programmes


def _programmes(frame: Frame, standing: Collection[Hold]) -> Iterator[Gap]:
    for programme in standing:
        if programme.is_role or programme.local:
            continue
        into = [move.after for move in frame.leaving[programme.key]]
        growing = sorted((r for r in into if r.is_role and r.growth), key=lambda role: role.key)
        if growing:
            yield ProgrammeGap(
                level=programme.level,
                sector=programme.sector,
                growth=_growth(growing),
                programme=programme,
                roles=tuple(growing),
            )


# Openings


def _openings(frame: Frame, offered: set[int]) -> Iterator[Gap]:
    for role in sorted(frame.roles, key=lambda role: role.key):
        into = {move.before.key: move.before for move in frame.reaching(role.key) if move.before}
        programmes = tuple(hold for _, hold in sorted(into.items()) if not hold.is_role)
        if offered.isdisjoint({role.entry_id, *(hold.entry_id for hold in programmes)}):
            yield OpeningGap(
                level=role.level,
                sector=role.sector,
                growth=tuple(sorted(role.growth)),
                role=role,
                programmes=programmes,
            )
