"""Finds routes: different ways from a starting point to a goal, each of which holds all the way.

Each kind of route is searched for by itself, so that the cheapest kind cannot hide the others.
"""

from collections.abc import Mapping
from functools import cached_property, lru_cache

import networkx as nx

from portal.climbing_frame.climbing import Climber, Ground, Label, PricedMove, distances
from portal.climbing_frame.graph import Frame, Hold, Move, Origin, spent_before
from portal.climbing_frame.lanes import ANYTHING, LANES, Lane, in_order, is_another_way
from portal.climbing_frame.route import Obstacle, Reached, Route, Step
from portal.climbing_frame.sideways import coverage
from portal.climbing_frame.starting import (
    Attained,
    Preference,
    StartingPoint,
    demands,
    doors,
    wait_for,
)

CORRIDOR = 5
STEP_COST = 6
# What a step costs beyond its time when nothing states that it leads towards the goal.
UNSTATED, FOR_EVERYBODY, ANOTHER_JOB = 12, 6, 12
# What a programme costs that shares no skill with the goal; less, the more it shares.
UNLIKE = 10


class Climb:
    """One starting point in one frame, with what matters to the person."""

    def __init__(
        self,
        frame: Frame,
        start: StartingPoint,
        preferences: frozenset[Preference] = frozenset(),
        *,
        local_only: bool = False,
    ) -> None:
        """``local_only`` leaves out every programme that nobody in the area is known to teach."""
        self.frame = frame
        self.start = start
        self.preferences = preferences
        self.local_only = local_only

    @cached_property
    def doors(self) -> tuple[Move, ...]:
        """The first moves open to this starting point."""
        return tuple(doors(self.frame, self.start))

    @cached_property
    def _climber(self) -> Climber:
        return Climber(self.frame, self.start, self.doors, local_only=self.local_only)

    @property
    def _weights(self) -> Mapping[str, float]:
        return weights_of(self.frame, self.preferences)

    @cached_property
    def _times(self) -> Mapping[str, float]:
        """Only the time that each hold takes: for what can be reached, wishes do not matter."""
        return {
            key: 0.0 if hold.is_role else float(hold.usual_months)
            for key, hold in self.frame.holds.items()
        }

    def _corridor(self, goal: Hold) -> Mapping[str, float]:
        """The holds that have something to do with a goal, and what each costs on the way there.

        Those that content says lead towards it, programmes of its sector, programmes for every
        sector, and jobs one step to the side of it or already held.
        """
        stated = nx.single_source_shortest_path_length(
            self.frame.stated_back, goal.key, cutoff=CORRIDOR
        )
        beside = {
            move.before.key
            for move in self.frame.reaching(goal.key)
            if move.before is not None and move.before.is_role
        }
        weights, of_sector = self._weights, self.frame.programmes_by_sector
        found = {hold.key: weights[hold.key] + FOR_EVERYBODY for hold in of_sector.get(None, ())}
        if goal.sector is not None:
            same = of_sector.get(goal.sector, ())
            found |= {hold.key: weights[hold.key] + UNSTATED for hold in same}
        found |= {key: weights[key] + ANOTHER_JOB for key in beside}
        found |= {key: weights[key] for key in stated}
        for key in found:
            hold = self.frame.holds[key]
            if not hold.is_role:
                found[key] += UNLIKE * (1 - coverage(self.frame, goal, hold.skills))
        return found

    def routes(self, goal: Hold, limit: int = 6) -> list[Route]:
        """Different routes to a goal: the three great kinds first, where they exist.

        Among the first three are one that earns, one technical and one academic (or, for adults,
        a second start); within that the least cost comes first. Nothing else orders them.
        """
        if goal.key in self.start.held:
            return []
        weights = self._corridor(goal)
        first = self._climber.first_onto(weights)
        found: list[Route] = []
        for lane in LANES:
            if lane.is_too_young(self.start.age):
                continue
            found += self._first_other_way(
                self._ground(goal, weights, lane), goal, lane, first, found
            )
        if not found:
            everywhere = Ground(self._weights)
            first = self._climber.first_onto(self._weights)
            found += self._first_other_way(everywhere, goal, ANYTHING, first, found)
        return in_order(found)[:limit]

    def _first_other_way(
        self,
        ground: Ground,
        goal: Hold,
        lane: Lane,
        first: list[PricedMove],
        others: list[Route],
    ) -> list[Route]:
        if ground.wanted is not None and not ground.wanted:
            return []
        ahead = distances(self.frame, goal, ground)
        for tried, label in enumerate(self._climber.to(goal, ground, ahead, first)):
            route = self._route(lane, label)
            if is_another_way(route, others):
                return [route]
            if lane is ANYTHING or tried > 2:  # noqa: PLR2004 - variants all the way down
                break
        return []

    def _ground(self, goal: Hold, weights: Mapping[str, float], lane: Lane) -> Ground:
        """The part of some holds that a lane allows; the goal is always part of it."""
        holds = self.frame.holds
        allowed = {
            key: weight
            for key, weight in weights.items()
            if key == goal.key or lane.allows(holds[key])
        }
        if lane.has is None:
            return Ground(allowed)
        return Ground(allowed, frozenset(key for key in allowed if lane.has(holds[key])))

    def _route(self, lane: Lane, label: Label) -> Route:
        steps = [self._step(at) for at in label.back()]
        return Route(lane.kind, tuple(reversed(steps)), label.cost)

    def _step(self, label: Label) -> Step:
        parent, move = label.parent, label.move
        if parent is None or move is None:
            message = "a starting point is not a step"
            raise ValueError(message)
        had = parent.attained._replace(months=label.begins - label.wait - label.extra)
        now = had
        for bridge in label.bridges:
            now = now.having(bridge)
        now = now._replace(months=label.begins)
        was_in_job = move.before is not None and move.before.is_role
        takes_time = was_in_job and spent_before(move, is_first=parent.hold is None)
        return Step(
            move,
            now,
            label.bridges,
            label.extra,
            label.wait,
            label.begins,
            move.months if takes_time else 0,
            tuple(demands(move.after, had, self.start)),
        )

    def instead_of(self, route: Route, number: int) -> list[Hold]:
        """Programmes that would do as well as one step of a route: same kind and level.

        They are of the same sector, or content says that they lead to the step after.
        """
        step = route.steps[number]
        hold, before = step.hold, step.move.before
        if hold.is_role:
            return []
        following = route.steps[number + 1].hold if number + 1 < len(route.steps) else None
        return [
            move.after
            for move in (self.doors if before is None else self.frame.leaving[before.key])
            if move.after is not hold
            and (move.after.family, move.after.rank) == (hold.family, hold.rank)
            and self._leads_as_well(move.after, hold, following)
            and self._takes(move.after, step)
        ]

    def _takes(self, hold: Hold, step: Step) -> bool:
        """Whether a programme would take somebody at once, where another step begins."""
        return (
            (hold.local > 0 or not self.local_only)
            and wait_for(hold.needs, step.now, self.start) == 0
            and all(demand.is_met for demand in demands(hold, step.now, self.start))
        )

    def _leads_as_well(self, other: Hold, hold: Hold, following: Hold | None) -> bool:
        if following is None:
            return other.sector == hold.sector
        onward = self.frame.move(other.key, following.key)
        return onward is not None and (
            other.sector == hold.sector or onward.origin is Origin.STATED
        )

    def reach(self) -> dict[str, Reached]:
        """Every hold that can be reached, by the first way it was found."""
        return dict(_reached(self.frame, self.start, local_only=self.local_only))

    def everything(self) -> dict[str, Reached]:
        """The same, found anew."""
        reached: dict[str, Reached] = {}
        for label in self._climber.everywhere(self._times):
            if label.hold is not None and label.hold.key not in reached:
                *_, first = label.back()
                if first.move is not None:
                    reached[label.hold.key] = Reached(
                        label.hold, label.begins, label.depth, first.move
                    )
        return reached

    def obstacle(self, goal: Hold) -> Obstacle:
        """What stands in the way of a goal that has no route: the nearest gap before it."""
        reached = self.reach()
        _, ahead = distances(self.frame, goal, Ground(self._weights))
        now = Attained.at_start(self.start, self.frame)
        nearest = sorted(ahead, key=lambda key: (ahead[key], key))
        for key in nearest:
            if key in reached:
                continue
            for move in self.frame.reaching(key):
                before = move.before
                if before is not None and before.key in reached:
                    then = now.having(before, reached[before.key].months)
                    return self._explained(before, move.after, then)
        wanted = self.frame.holds[nearest[-1]] if nearest else goal
        return self._explained(None, wanted, now)

    def _explained(self, reached: Hold | None, wanted: Hold, now: Attained) -> Obstacle:
        missing = tuple(d for d in demands(wanted, now, self.start) if not d.is_met)
        if self.local_only and not wanted.is_role and not wanted.local:
            reason = f"We know of nobody near here who teaches {wanted.title}."
        elif missing:
            reason = f"{wanted.title} asks for something that no step before it gives."
        elif reached is None:
            reason = f"Nothing in the catalogue leads to {wanted.title} from here."
        else:
            reason = f"{wanted.title} takes people at another time or another age."
        return Obstacle(reached, wanted, missing, reason)


@lru_cache(maxsize=64)
def _reached(frame: Frame, start: StartingPoint, *, local_only: bool) -> dict[str, Reached]:
    """What can be reached is asked for again and again from the same few starting points."""
    return Climb(frame, start, local_only=local_only).everything()


@lru_cache(maxsize=32)
def weights_of(frame: Frame, preferences: frozenset[Preference]) -> Mapping[str, float]:
    """What stepping on each hold costs anybody with these preferences, in months."""
    return {key: _weight(hold, preferences) for key, hold in frame.holds.items()}


def _weight(hold: Hold, preferences: frozenset[Preference]) -> float:
    if hold.is_role:
        return STEP_COST
    months = hold.usual_months
    weight = float(months + STEP_COST)
    if not hold.local:
        weight += 24 if Preference.LOCAL in preferences else 6
    if Preference.EARN in preferences and not hold.earns:
        weight += months
    if Preference.SOON in preferences:
        weight += months / 2
    if Preference.NO_EXAMS in preferences:
        weight += {"most": 24, "some": 8}.get(hold.exams, 0)
    return weight
