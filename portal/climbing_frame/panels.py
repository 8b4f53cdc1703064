"""What the climbing frame shows on the pages of roles and programmes."""

from collections.abc import Sequence

from portal.catalogue.models import Entry
from portal.catalogue.panels import Panel
from portal.climbing_frame.access_to_frame import frame
from portal.climbing_frame.falling_back import plan_b
from portal.climbing_frame.graph import Hold, Move, Origin
from portal.climbing_frame.sideways import gives, sideways
from portal.climbing_frame.visit import ruled_out

MOST_BESIDE, MOST_MISSING, MOST_MOVES = 4, 3, 6


def next_steps(entry: Entry) -> Panel | None:
    """Find a way there, moves sideways with what is shared and missing, and a plan B."""
    hold = frame().holds.get(entry.path[1:])
    if hold is None:
        return None
    beside = sideways(frame(), hold, MOST_BESIDE + len(ruled_out())) if hold.is_role else []
    beside = [like for like in beside if like.role.key not in ruled_out()][:MOST_BESIDE]
    return Panel(
        "frame/next_steps.html",
        {
            "hold": hold,
            "beside": beside,
            "missing": {
                like.role.key: gives(frame(), like.missing[:MOST_MISSING], like.role)
                for like in beside
            },
            "plan_b": plan_b(frame(), hold),
            "onward": worked_out(frame().leaving[hold.key], MOST_MOVES),
        },
    )


def worked_out(moves: Sequence[Move], most: int) -> list[Move]:
    """Moves to programmes that the entry’s own page does not state, the nearest levels first."""
    found = [m for m in moves if m.origin is not Origin.STATED and not m.after.is_role]
    return sorted(found, key=lambda move: _nearness(move.after))[:most]


def _nearness(hold: Hold) -> tuple[bool, int, str]:
    return (not hold.local, hold.rank, hold.title)
