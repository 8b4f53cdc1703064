"""The frame: holds that one can stand on, moves between them, and what each hold asks and gives.

Everything here is an immutable value and knows neither Flask nor a database. A `Frame` is built
once for a version of the catalogue (`building.py`) and thrown away with it.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cached_property

import networkx as nx

from portal.taxonomy import EntryKind, Family, Level, Square

NO_LEVEL = -1
MONTHS_IN_A_JOB = 24
# A little is added for a step that nobody has stated, so that what is stated comes first, and for
# a job whose level is above what was learned for it.
RULED, SHORT = 4, 30
LEVELS = {level.rank: level for level in Level}


def level_name(rank: int) -> str:
    """A level in words, such as “Level 3”."""
    return f"Level {rank}" if rank > 0 else "Entry level"


class Grade(IntEnum):
    """How far somebody is with English or with maths."""

    NONE = 0
    ENTRY = 1
    THREE = 2
    FOUR = 3
    FIVE = 4


class MoveKind(StrEnum):
    """What a move does for the person who makes it."""

    UP = "up"
    ACROSS = "across"
    BRIDGE = "bridge"
    RESTART = "restart"
    INTO_WORK = "into_work"


class Origin(StrEnum):
    """How it is known that a move is possible."""

    STATED = "stated"
    RULE = "rule"
    SKILLS = "skills"


@dataclass(frozen=True)
class Source:
    """Where a move can be checked."""

    name: str
    date: str = ""
    url: str | None = None


UNKNOWN = Source("")


@dataclass(frozen=True)
class Needs:
    """What a hold asks of those who begin it. ``level`` is a rank, ages are whole years.

    Each of ``subjects`` is a set of which one is enough. ``opens`` and ``closes`` are months of
    the calendar (year × 12 + month) between which people can start; None is always.
    """

    level: int = NO_LEVEL
    english_and_maths: Grade = Grade.NONE
    min_age: int | None = None
    max_age: int | None = None
    subjects: tuple[frozenset[str], ...] = ()
    opens: int | None = None
    closes: int | None = None


@dataclass(frozen=True)
class Gives:
    """What a programme leaves somebody with, besides its level and its skills."""

    english: Grade = Grade.NONE
    maths: Grade = Grade.NONE
    subjects: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Hold:
    """A role or a programme. ``months`` is None where nobody has said how long it takes.

    ``usual_months`` is what a search reckons with then: the middle of what similar programmes
    take. It is never shown. ``local`` counts the courses near the city. ``direct`` says how one
    may walk into a role as one is. ``skills`` maps each slug to its importance, 1 to 3.
    ``entry_id`` is the row that it was built from, ``soc2020`` a role's occupation group.
    """

    key: str
    title: str
    level: Level
    sector: str | None = None
    growth: tuple[str, ...] = ()
    family: Family | None = None
    type: str = ""
    months: int | None = None
    usual_months: int = 12
    exams: str = "few"
    local: int = 0
    needs: Needs = field(default_factory=Needs)
    gives: Gives = field(default_factory=Gives)
    skills: Mapping[str, int] = field(default_factory=dict)
    register: str | None = None
    direct: str | None = None
    source: Source = UNKNOWN
    entry_id: int = 0
    soc2020: str = ""

    @property
    def kind(self) -> EntryKind:
        """Role or programme."""
        return EntryKind.ROLE if self.key.startswith("roles/") else EntryKind.PROGRAMME

    @property
    def slug(self) -> str:
        """The last part of its address."""
        return self.key.partition("/")[2]

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/{self.key}"

    @cached_property
    def rank(self) -> int:
        """The level as a number, 0 for entry level."""
        return self.level.rank

    @cached_property
    def is_role(self) -> bool:
        """Whether it is a job."""
        return self.kind is EntryKind.ROLE

    @cached_property
    def is_bridge(self) -> bool:
        """Whether it only mends English, maths or a subject: taken beside something else."""
        return self.family is Family.ESSENTIALS

    @cached_property
    def earns(self) -> bool:
        """Whether one is paid on it."""
        return self.is_role or self.family is Family.APPRENTICESHIP

    @property
    def square(self) -> Square | None:
        """Where it stands in the picture; programmes for every sector stand beside it."""
        return Square(self.level, self.sector) if self.sector else None


@dataclass(frozen=True, eq=False)
class Move:
    """A permitted step. ``before`` is None when it begins at a starting point.

    ``months`` is the time usually spent on ``before`` first, and ``takes`` how long ``after``
    lasts for those who come this way, where it is less than for others. A move that is stated in
    so many words (``waives``) may reach a hold whose level is not asked of the person.
    """

    before: Hold | None
    after: Hold
    kind: MoveKind
    origin: Origin
    reason: str
    source: Source
    months: int | None = None
    takes: int | None = None
    waives: bool = False

    @property
    def lasts(self) -> int | None:
        """Months that ``after`` takes for those who come this way; None where nobody says."""
        return self.after.months if self.takes is None else self.takes

    @property
    def reckoned(self) -> int:
        """The same for a search, which has to reckon with something; no time for a job."""
        if self.after.is_role:
            return 0
        return self.after.usual_months if self.takes is None else self.takes


def spent_before(move: Move, *, is_first: bool = False) -> int:
    """Months reckoned in a job before a move leaves it.

    Where nobody says, two years for each level that the next job stands higher, and two years at
    least. Somebody who starts from the job has done some of that: they need no time for one level.
    """
    before, after = move.before, move.after
    if before is None or not before.is_role:
        return 0
    if move.months is not None:
        return move.months
    levels = max(1, after.rank - before.rank) if after.is_role else 1
    return MONTHS_IN_A_JOB * (levels - is_first)


def price_of(move: Move, *, is_first: bool = False) -> int:
    """What a move costs in months besides the weight of its hold; less than 0 for a short cut."""
    price = spent_before(move, is_first=is_first) + (RULED if move.origin is Origin.RULE else 0)
    before, after = move.before, move.after
    if after.is_role:
        if before is not None and not before.is_role:
            price += SHORT * max(0, after.rank - before.rank)
        return price
    return price + move.reckoned - after.usual_months


class Frame:
    """All holds and moves of one version of the catalogue, and the ways to look them up."""

    def __init__(self, holds: Iterable[Hold], moves: Iterable[Move], version: int = 0) -> None:
        """Holds are kept in the order of their keys, so that everything else is the same twice.

        Of several moves between the same two holds the first is kept. Raises KeyError for a move
        whose end is not among the holds.
        """
        self.version = version
        self.holds: Mapping[str, Hold] = {hold.key: hold for hold in sorted(holds, key=_key)}
        self.graph: nx.DiGraph[str] = nx.DiGraph()
        self.graph.add_nodes_from(self.holds)
        for move in moves:
            if move.before is None:
                message = "a frame's moves begin at a hold"
                raise KeyError(message)
            before, after = self.holds[move.before.key].key, self.holds[move.after.key].key
            if before != after and not self.graph.has_edge(before, after):
                self.graph.add_edge(before, after, move=move)
        self.leaving: Mapping[str, tuple[Move, ...]] = {
            key: tuple(edge["move"] for _, edge in sorted(self.graph.adj[key].items()))
            for key in self.holds
        }

    @cached_property
    def ways_on(self) -> Mapping[str, tuple[tuple[Move, int], ...]]:
        """For each hold, the moves that leave it and what each costs."""
        return {
            key: tuple((move, price_of(move)) for move in moves)
            for key, moves in self.leaving.items()
        }

    @cached_property
    def ways_back(self) -> Mapping[str, tuple[tuple[str, int], ...]]:
        """For each hold, the holds that moves come from, and what each move costs."""
        back: dict[str, list[tuple[str, int]]] = {key: [] for key in self.holds}
        for before, moves in self.ways_on.items():
            for move, price in moves:
                back[move.after.key].append((before, price))
        return {key: tuple(ways) for key, ways in back.items()}

    @cached_property
    def stated_back(self) -> "nx.DiGraph[str]":
        """The moves that content states, turned round; without the likeness of jobs."""
        stated = [
            (move.before.key, move.after.key)
            for move in self.moves
            if move.before is not None
            and move.origin is Origin.STATED
            and not (move.before.is_role and move.kind is MoveKind.ACROSS)
        ]
        back: nx.DiGraph[str] = nx.DiGraph()
        back.add_nodes_from(self.holds)
        back.add_edges_from((after, before) for before, after in stated)
        return back

    @property
    def moves(self) -> Iterable[Move]:
        """Every move, by the hold it leaves."""
        return (move for moves in self.leaving.values() for move in moves)

    def move(self, before: str, after: str) -> Move | None:
        """The move from one hold to another, if there is one."""
        found: Move | None = self.graph.get_edge_data(before, after, {}).get("move")
        return found

    def reaching(self, key: str) -> tuple[Move, ...]:
        """The moves that end on a hold."""
        return tuple(edge["move"] for _, edge in sorted(self.graph.pred[key].items()))

    @cached_property
    def roles(self) -> tuple[Hold, ...]:
        """The jobs."""
        return tuple(hold for hold in self.holds.values() if hold.is_role)

    @cached_property
    def programmes(self) -> tuple[Hold, ...]:
        """What can be learned."""
        return tuple(hold for hold in self.holds.values() if not hold.is_role)

    @cached_property
    def programmes_by_sector(self) -> Mapping[str | None, tuple[Hold, ...]]:
        """What can be learned in each sector; what is for every sector under None."""
        found: dict[str | None, list[Hold]] = {}
        for hold in self.programmes:
            found.setdefault(hold.sector, []).append(hold)
        return {sector: tuple(holds) for sector, holds in found.items()}

    @cached_property
    def bridges(self) -> tuple[Hold, ...]:
        """What mends English, maths or a missing subject."""
        return tuple(hold for hold in self.programmes if hold.is_bridge)

    @cached_property
    def roles_by_skill(self) -> Mapping[str, tuple[Hold, ...]]:
        """The jobs that need a skill."""
        return _by_skill(self.roles)

    @cached_property
    def programmes_by_skill(self) -> Mapping[str, tuple[Hold, ...]]:
        """What gives a skill."""
        return _by_skill(self.programmes)

    @cached_property
    def rarity(self) -> Mapping[str, float]:
        """The weight of each skill: the fewer jobs need it, the more it says about a person.

        The inverse document frequency of Spärck Jones (1972), with 1 added so that a skill that
        every job needs still counts for something.
        """
        every = len(self.roles)
        return {
            skill: 1 + math.log(every / len(roles)) for skill, roles in self.roles_by_skill.items()
        }

    @cached_property
    def weights(self) -> Mapping[str, Mapping[str, float]]:
        """For each hold, how much each of its skills counts: importance times rarity."""
        common = 1.0
        return {
            key: {
                skill: importance * self.rarity.get(skill, common)
                for skill, importance in hold.skills.items()
            }
            for key, hold in self.holds.items()
        }

    @cached_property
    def squares(self) -> Mapping[Square, tuple[Hold, ...]]:
        """What stands in each square that is not empty."""
        found: dict[Square, list[Hold]] = {}
        for hold in self.holds.values():
            if hold.square:
                found.setdefault(hold.square, []).append(hold)
        return {square: tuple(holds) for square, holds in found.items()}


def _key(hold: Hold) -> str:
    return hold.key


def _by_skill(holds: Iterable[Hold]) -> Mapping[str, tuple[Hold, ...]]:
    found: dict[str, list[Hold]] = {}
    for hold in holds:
        for skill in hold.skills:
            found.setdefault(skill, []).append(hold)
    return {skill: tuple(holds) for skill, holds in found.items()}
