"""Which moves there are: what content states, what entry requirements allow, what skills suggest.

Every move carries its reason in words and where it can be checked. Where several rules give the
same step, what is stated comes before what is worked out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.climbing_frame.graph import (
    UNKNOWN,
    Frame,
    Hold,
    Move,
    MoveKind,
    Origin,
    Source,
    level_name,
)
from portal.climbing_frame.sideways import ENOUGH, coverage, sideways
from portal.taxonomy import Family

MOST_ACROSS = 6
DEGREE = 4
SKILLS_SOURCE = Source("Skills on the pages of both jobs, weighed by how rare they are")


class Relation(StrEnum):
    """How content connects two holds, what says most of the step first."""

    MOVE = "move"
    WAY_IN = "way-in"
    NEXT = "next"
    SIMILAR = "similar"
    LEADS_TO = "leads-to"


SAYS_MOST = {relation: number for number, relation in enumerate(Relation)}


@dataclass(frozen=True)
class Stated:
    """A connection as content states it, by the keys of its ends."""

    relation: Relation
    before: str
    after: str
    reason: str = ""
    months: int | None = None
    takes: int | None = None
    source: Source = UNKNOWN


def build_frame(holds: Sequence[Hold], stated: Iterable[Stated], version: int = 0) -> Frame:
    """The frame of these holds with every move that content and rules allow."""
    bare = Frame(holds, (), version)
    connections = [s for s in stated if s.before in bare.holds and s.after in bare.holds]
    connections.sort(key=lambda s: (SAYS_MOST[s.relation], s.before, s.after, s.reason))
    moves = [move for s in connections if (move := _stated(s, bare)) is not None]
    moves += _by_requirements(holds)
    moves += _beside_work(holds)
    moves += _by_skills(bare)
    return Frame(holds, moves, version)


def _stated(stated: Stated, frame: Frame) -> Move | None:
    """The move that a connection allows, or None where it only points a way to go."""
    before, after = frame.holds[stated.before], frame.holds[stated.after]
    relation = stated.relation
    if relation is Relation.MOVE:
        return _move(stated, before, after, stated.reason, waives=after.is_role)
    if relation is Relation.NEXT:
        allowed = after.rank <= before.rank + 1 and not after.register
        reason = f"People who work as {_a(before)} often move on to this."
    elif relation is Relation.SIMILAR:
        allowed = after.rank <= before.rank and not after.register
        allowed = allowed and coverage(frame, after, before.skills) >= ENOUGH
        reason = "These jobs need much the same skills."
    elif relation is Relation.WAY_IN:
        allowed = before.rank >= after.rank - (0 if after.register else 1)
        reason = stated.reason
    elif after.is_role:
        allowed = before.rank >= after.rank and not after.register
        reason = f"{before.title} prepares you for this job."
    else:
        allowed = True
        reason = f"{before.title} leads on to this."
    return _move(stated, before, after, reason) if allowed else None


def _move(stated: Stated, before: Hold, after: Hold, reason: str, *, waives: bool = False) -> Move:
    return Move(
        before,
        after,
        kind_of(before, after),
        Origin.STATED,
        reason,
        stated.source,
        stated.months,
        stated.takes,
        waives,
    )


def kind_of(before: Hold, after: Hold) -> MoveKind:
    """What a move between two holds does for whoever makes it."""
    if after.is_role:
        if not before.is_role:
            return MoveKind.INTO_WORK
        return MoveKind.UP if after.rank > before.rank else MoveKind.ACROSS
    if after.is_bridge or (after.family is Family.ADULT and after.rank <= before.rank + 1):
        return MoveKind.BRIDGE
    if after.rank > before.rank:
        return MoveKind.UP
    return MoveKind.ACROSS if after.rank == before.rank else MoveKind.RESTART


def _by_requirements(holds: Sequence[Hold]) -> Iterator[Move]:
    """Programmes whose entry requirement another of the same sector, or of every sector, meets."""
    by_sector: defaultdict[str | None, list[Hold]] = defaultdict(list)
    for hold in holds:
        if not hold.is_role and not hold.is_bridge:
            by_sector[hold.sector].append(hold)
    for_everybody = by_sector.pop(None, [])
    everything = [hold for same in by_sector.values() for hold in same]
    for before in for_everybody:
        yield from _meeting(before, everything)
        yield from _meeting(before, for_everybody)
    for same in by_sector.values():
        for before in same:
            yield from _meeting(before, same)
            yield from _meeting(before, (hold for hold in for_everybody if hold.rank < DEGREE))


def _meeting(before: Hold, others: Iterable[Hold]) -> Iterator[Move]:
    for after in others:
        asked = after.needs.level
        if after is before or asked > before.rank:
            continue
        trains_for_the_same = (
            after.rank == before.rank
            and after.family is Family.APPRENTICESHIP
            and before.family is not Family.APPRENTICESHIP
            and after.sector == before.sector
        )
        # Nobody needs a lower course to begin something that does not ask for it.
        is_next = after.rank > before.rank and (
            asked == before.rank or after.rank == before.rank + 1
        )
        if is_next or trains_for_the_same:
            reason = (
                f"{after.title} asks for {level_name(asked)}. This gives you that."
                if asked >= 0
                else f"{after.title} is the next step in this area of work."
            )
            yield Move(before, after, kind_of(before, after), Origin.RULE, reason, after.source)


def _beside_work(holds: Sequence[Hold]) -> Iterator[Move]:
    """Apprenticeships of one's own sector, which one can take without leaving work."""
    jobs: defaultdict[str, list[Hold]] = defaultdict(list)
    for hold in holds:
        if hold.is_role and hold.sector:
            jobs[hold.sector].append(hold)
    for after in holds:
        if after.family is not Family.APPRENTICESHIP or after.sector is None:
            continue
        for before in jobs[after.sector]:
            if before.rank <= after.rank <= before.rank + 2:
                reason = "An apprenticeship in your area of work: you train while you are paid."
                yield Move(before, after, kind_of(before, after), Origin.RULE, reason, after.source)


def _by_skills(frame: Frame) -> Iterator[Move]:
    """Jobs that share enough weighty skills and ask for no more than the one before."""
    for role in frame.roles:
        for like in sideways(frame, role, MOST_ACROSS, enough=ENOUGH):
            other = like.role
            if other.rank <= role.rank and not other.register:
                shared = len(like.shared)
                reason = f"You already have {shared} of the {len(other.skills)} skills it needs."
                yield Move(role, other, MoveKind.ACROSS, Origin.SKILLS, reason, SKILLS_SOURCE)


def _a(hold: Hold) -> str:
    title = hold.title if hold.title[:2].isupper() else hold.title[0].lower() + hold.title[1:]
    return f"{'an' if title[0].lower() in 'aeiou' else 'a'} {title}"
