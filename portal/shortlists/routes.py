"""A way through the climbing frame as an adviser keeps it on a list: as it stood on that day.

A snapshot holds the goal and the steps, and nothing of the person for whom it was worked out: no
age, no place, no answer. What a step pays or costs is said for everybody. Pure: a frame and keys
in, plain values out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.accounts.links import hash_of
from portal.catalogue.vocabulary import Vocabulary
from portal.climbing_frame.graph import Frame, Hold
from portal.climbing_frame.route import Route, RouteKind
from portal.climbing_frame.telling import ROUTE_FAMILIES, ROUTE_NAMES, money
from portal.shortlists.coverage import WORK

MOST_STEPS = 20


@dataclass(frozen=True)
class KeptRoute:
    """A snapshot, and the key by which the same route is known again."""

    key: str
    snapshot: Mapping[str, Any]


def way_of(route: Route) -> str:
    """What a form says of a route: its kind, and the keys of its steps with what is beside them."""
    keys = (hold.key for step in route.steps for hold in (*step.bridges, step.hold))
    return " ".join((route.kind.value, *keys))


def key_of(way: str) -> str:
    """What names a route among those on a list."""
    return hash_of(way)


def kept_route(frame: Frame, vocabulary: Vocabulary, way: str) -> KeptRoute | None:
    """The route that a form says, the goal last; None when there cannot be such a route."""
    kind, *keys = way.split(" ")
    holds = [frame.holds[key] for key in keys if key in frame.holds]
    is_whole = len(holds) == len(set(keys)) == len(keys)
    if kind not in set(RouteKind) or not is_whole or not 0 < len(keys) <= MOST_STEPS:
        return None
    how, goal = RouteKind(kind), holds[-1]
    name = ROUTE_NAMES[how]
    return KeptRoute(
        key_of(way),
        {
            "title": f"{goal.title}: {name[0].lower()}{name[1:]}",
            "goal": {"key": goal.key, "title": goal.title},
            "name": name,
            "family": WORK if how is RouteKind.WORK else ROUTE_FAMILIES[how].value,
            "steps": _steps(frame, holds, vocabulary),
        },
    )


def _steps(frame: Frame, holds: Sequence[Hold], vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """Each step in plain values; ``months`` is None for jobs and where nobody has published it."""
    steps: list[dict[str, Any]] = []
    before: Hold | None = None
    for hold in holds:
        is_beside = hold.is_bridge and hold is not holds[-1]
        move = frame.move(before.key, hold.key) if before and not is_beside else None
        steps.append(
            {
                "key": hold.key,
                "title": hold.title,
                "level": hold.level.value,
                "months": None if hold.is_role else (move.lasts if move else hold.months),
                "money": money(hold, None, vocabulary),
                "is_beside": is_beside,
            }
        )
        before = before if is_beside else hold
    return steps
