"""Plan B: what to do when the grades do not come, or the job does not.

A step down that leads back up, a near miss that asks for less and leads to the same, a resit, or
a bridge for people who come later.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from portal.climbing_frame.graph import Frame, Grade, Hold, Origin
from portal.taxonomy import Family

MOST_OF_EACH = 2
BESIDE = 1


class Kind(StrEnum):
    """What sort of plan B it is."""

    STEP_DOWN = "step-down"
    NEAR_MISS = "near-miss"
    RESIT = "resit"
    BRIDGE = "bridge"


@dataclass(frozen=True, eq=False)
class Fallback:
    """One other way and how it helps."""

    kind: Kind
    hold: Hold


def plan_b(frame: Frame, hold: Hold) -> list[Fallback]:
    """Other ways when a hold does not take somebody at first, at most two of each kind."""
    found = _of_role(frame, hold) if hold.is_role else _of_programme(frame, hold)
    return [
        Fallback(kind, other)
        for kind, others in found
        for other in sorted(others, key=_nearest)[:MOST_OF_EACH]
    ]


def _nearest(hold: Hold) -> tuple[bool, int, str]:
    return (not hold.local and not hold.is_role, -hold.rank, hold.key)


def _of_programme(frame: Frame, hold: Hold) -> Iterator[tuple[Kind, Iterable[Hold]]]:
    asks = hold.needs
    before = [move for move in frame.reaching(hold.key) if move.before is not None]
    yield (
        Kind.STEP_DOWN,
        [
            move.before
            for move in before
            if move.before is not None
            and not move.before.is_role
            and move.before.rank < hold.rank
            and move.before.needs.level < asks.level
            and move.before.family is not Family.ADULT
            and move.origin is Origin.STATED
        ],
    )
    after = {move.after.key for move in frame.leaving[hold.key]}
    yield (
        Kind.NEAR_MISS,
        [
            other
            for other in frame.programmes
            if other is not hold
            and not other.is_bridge
            and abs(other.rank - hold.rank) <= BESIDE
            and _asks_less(other, hold)
            and any(move.after.key in after for move in frame.leaving[other.key])
            and other.sector == hold.sector
        ],
    )
    if asks.english_and_maths >= Grade.THREE:
        yield (
            Kind.RESIT,
            [
                bridge
                for bridge in frame.bridges
                if max(bridge.gives.english, bridge.gives.maths) >= asks.english_and_maths
            ],
        )
    yield (
        Kind.BRIDGE,
        [
            move.before
            for move in before
            if move.before is not None and move.before.family is Family.ADULT
        ],
    )


def _asks_less(other: Hold, hold: Hold) -> bool:
    """Whether a programme asks for a lower level, or for the same with less English and maths."""
    mine, theirs = hold.needs, other.needs
    return (theirs.level, theirs.english_and_maths) < (mine.level, mine.english_and_maths)


def _of_role(frame: Frame, hold: Hold) -> Iterator[tuple[Kind, Iterable[Hold]]]:
    before = [move.before for move in frame.reaching(hold.key) if move.before is not None]
    yield Kind.STEP_DOWN, [other for other in before if other.is_role and other.rank < hold.rank]
    yield (
        Kind.NEAR_MISS,
        [
            move.after
            for move in frame.leaving[hold.key]
            if move.after.is_role and move.after.rank <= hold.rank and move.after.direct
        ],
    )
