"""The kinds of route, what each may step on, and the order in which they are shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from portal.climbing_frame.graph import Hold
from portal.climbing_frame.route import Route, RouteKind
from portal.taxonomy import Family

LOW, LOWEST_DEGREE = 2, 4
ADULT_AGE = 18
FAR_DEARER = 3
ALLOWANCE = 24


@dataclass(frozen=True)
class Lane:
    """What one kind of route may step on, what it has to contain, and from what age it is for."""

    kind: RouteKind
    allows: Callable[[Hold], bool]
    has: Callable[[Hold], bool] | None = None
    from_age: int = 0

    def is_too_young(self, age: int | None) -> bool:
        """Whether this kind of route is not for people of an age, when the age is known."""
        return age is not None and age < self.from_age


def _gets_ready(hold: Hold) -> bool:
    """A first course at Level 2 or below, which leads to every kind of route."""
    return hold.rank <= LOW and hold.family is not Family.APPRENTICESHIP


def _is_higher_study(hold: Hold) -> bool:
    return hold.family is Family.ACADEMIC and hold.rank >= LOWEST_DEGREE


def _is_taster(hold: Hold) -> bool:
    """A first step for adults that belongs to no area of work."""
    return hold.sector is None and hold.rank <= LOW


def _is(family: Family) -> Callable[[Hold], bool]:
    return lambda hold: hold.family is family


LANES = (
    Lane(RouteKind.WORK, lambda hold: hold.is_role),
    Lane(
        RouteKind.EARNING,
        lambda hold: hold.earns or _gets_ready(hold),
        _is(Family.APPRENTICESHIP),
    ),
    Lane(
        RouteKind.TECHNICAL,
        lambda hold: hold.is_role or hold.family is Family.TECHNICAL or _is_higher_study(hold),
        _is(Family.TECHNICAL),
    ),
    Lane(
        RouteKind.ACADEMIC,
        lambda hold: hold.is_role or hold.family is Family.ACADEMIC or _gets_ready(hold),
        _is(Family.ACADEMIC),
    ),
    Lane(
        RouteKind.ADULT,
        lambda hold: (
            hold.is_role
            or hold.family is Family.ADULT
            or _is_higher_study(hold)
            or _gets_ready(hold)
        ),
        lambda hold: hold.family is Family.ADULT and not _is_taster(hold),
        from_age=ADULT_AGE,
    ),
    Lane(RouteKind.MIXED, lambda hold: True),  # noqa: ARG005 - it is called with a hold
)
ANYTHING = LANES[-1]


def in_order(routes: Sequence[Route]) -> list[Route]:
    """The cheapest of each kind, cheapest first; what mixes the kinds comes after them.

    A route that costs several times as much as the cheapest is a detour, and is left out; walking
    straight into work costs nothing and says nothing about the others.
    """
    by_cost = sorted(routes, key=lambda route: (route.kind is RouteKind.MIXED, route.cost))
    compared = [route.cost for route in routes if route.kind is not RouteKind.WORK]
    most = min(compared, default=0) * FAR_DEARER + ALLOWANCE
    return [r for r in by_cost if r.cost <= most or r.kind is RouteKind.WORK]


def is_another_way(route: Route, others: Sequence[Route]) -> bool:
    """Whether a route is a way of its own and not a variant of one found already.

    It is when the kinds of learning on it are others, or when no programme is the same.
    """
    families = [hold.family for hold in route.learning]
    return all(
        families != [hold.family for hold in other.learning]
        or (route.learning and not set(route.learning) & set(other.learning))
        for other in others
    )
