"""The search itself: A* over what somebody would have attained by then.

A label is a hold together with the level, the grades, the subjects and the time that the way
there brought. The distance still to go is known exactly for somebody who meets every demand (one
Dijkstra back from the goal, over holds that have something to do with it), which is never more
than it is for anybody else. A move is tried only when its turn comes.
"""

import heapq
from collections.abc import Callable, Collection, Container, Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from portal.climbing_frame.graph import Frame, Hold, Move, MoveKind, price_of, spent_before
from portal.climbing_frame.starting import Attained, StartingPoint, bridges_to, wait_for

FAR = float("inf")
MOST_STEPS = 8
MOST_ASIDE = 1
MOST_TRIED = 10_000
# How many ways to one hold are followed up when everything within reach is wanted: the quickest,
# and those that bring a higher level, a grade or a subject.
MOST_KEPT = 3
BRIDGE_MONTHS = 10
# To begin again below the level one has, and to take a second qualification of Level 3 or above.
LOWER, AGAIN = 6, 24

Ahead = tuple[dict[str, float], dict[str, float]]
PricedMove = tuple[Move, int]


@dataclass(slots=True, eq=False)
class Label:
    """A hold and everything the way there brought. The starting point has neither hold nor move."""

    attained: Attained
    cost: float = 0.0
    hold: Hold | None = None
    move: Move | None = None
    parent: "Label | None" = None
    has: bool = False
    aside: int = 0
    bridges: tuple[Hold, ...] = ()
    extra: int = 0
    wait: int = 0
    begins: int = 0
    depth: int = 0

    def back(self) -> Iterator["Label"]:
        """This label and those before it, without the starting point."""
        label: Label | None = self
        while label is not None and label.move is not None:
            yield label
            label = label.parent

    def passed(self, hold: Hold) -> bool:
        """Whether the way here already stepped on a hold."""
        return any(label.hold is hold for label in self.back())


@dataclass(frozen=True)
class Ground:
    """Where a search may step: what each hold costs, and of which a route has to contain one.

    ``wanted`` of None asks for nothing in particular. Holds without a weight are not stepped on.
    """

    weights: Mapping[str, float]
    wanted: frozenset[str] | None = None

    def meets(self, key: str, *, has: bool) -> bool:
        """Whether a way that steps on a hold contains what is wanted, given what it had before."""
        return has or self.wanted is None or key in self.wanted


def distances(frame: Frame, goal: Hold, ground: Ground) -> Ahead:
    """The least cost from each hold to the goal over some ground, when every demand is met.

    Two tables: from a hold where what is wanted is still to come, and from one where it has been
    passed.
    """
    weights, wanted = ground.weights, ground.wanted
    best: Ahead = ({}, {goal.key: 0.0})
    done: Ahead = ({}, {})
    queue: list[tuple[float, str, int]] = [(0.0, goal.key, 1)]
    while queue:
        distance, key, passed = heapq.heappop(queue)
        if key in done[passed]:
            continue
        done[passed][key] = distance
        here = distance + weights[key]
        contains = wanted is not None and key in wanted
        if contains and not passed:
            continue
        sides = (0, 1) if contains else (passed,)
        for before, price in frame.ways_back[key]:
            if before in weights:
                far = here + price
                for side in sides:
                    if far < best[side].get(before, FAR):
                        best[side][before] = far
                        heapq.heappush(queue, (far, before, side))
    return done


class _Frontier:
    """Moves still to try, by the least that a route through them can cost, and what was met.

    Every way that ends on the goal is wanted; on any other hold the best will do. ``most`` is how
    many ways to one hold are gone on from.
    """

    def __init__(
        self,
        weights: Mapping[str, float],
        remaining: Callable[[Label, Hold], float],
        goal: Hold | None,
        most: int,
    ) -> None:
        self._weights = weights
        self._remaining = remaining
        self._goal = goal
        self._most = most
        self._heap: list[tuple[float, int, Label, Move | None]] = []
        self._number = count()
        self._met: dict[str, list[Label]] = {}

    def __bool__(self) -> bool:
        return bool(self._heap)

    def offer(self, label: Label, move: Move, price: int) -> None:
        """Keep a move for later, unless it leads nowhere that is wanted."""
        hold = move.after
        if len(self._met.get(hold.key, ())) >= self._most:
            return
        lowest = label.cost + price + self._weights[hold.key] + self._remaining(label, hold)
        if lowest < FAR:
            heapq.heappush(self._heap, (lowest, next(self._number), label, move))

    def pop(self) -> tuple[float, Label, Move | None]:
        """What comes next: a move to try, or a label that was put back."""
        lowest, _, label, move = heapq.heappop(self._heap)
        return lowest, label, move

    def is_pointless(self, label: Label, move: Move, lowest: float) -> bool:
        """Whether a move ends where somebody at least as well off has already been, and sooner.

        The same question as `keeps`, asked before the move is made: cheaper, and less exact.
        """
        hold = move.after
        others = self._met.get(hold.key)
        if others is None or hold is self._goal:
            return False
        now = label.attained
        level = now.level if hold.is_role or hold.is_bridge else max(now.level, hold.rank)
        least = Attained(level, now.english, now.maths, now.subjects, now.months + move.reckoned)
        cost = lowest - self._remaining(label, hold)
        return any(_is_as_good(one, least, cost, label) for one in others)

    def keeps(self, label: Label) -> bool:
        """Whether nothing as good was met on the same hold before; then the label is kept."""
        if label.hold is None or label.hold is self._goal:
            return True
        others = self._met.setdefault(label.hold.key, [])
        if any(_is_as_good(one, label.attained, label.cost, label) for one in others):
            return False
        others.append(label)
        return True

    def is_dearer(self, after: Label, lowest: float, before: Label) -> bool:
        """Whether a move turned out to cost more than was thought; then its label goes back."""
        total = lowest if after.hold is None else after.cost + self._remaining(before, after.hold)
        if total > lowest:
            heapq.heappush(self._heap, (total, next(self._number), after, None))
        return total > lowest


def _is_as_good(one: Label, attained: Attained, cost: float, label: Label) -> bool:
    """Whether whatever could still be done from there, one label could do as cheaply."""
    have = one.attained
    return (
        one.cost <= cost
        and have.months <= attained.months
        and have.level >= attained.level
        and have.english >= attained.english
        and have.maths >= attained.maths
        and one.has >= label.has
        and one.aside <= label.aside
        and have.subjects >= attained.subjects
    )


class Climber:
    """Takes one starting point through a frame, step by step."""

    def __init__(
        self, frame: Frame, start: StartingPoint, first: Collection[Move], *, local_only: bool
    ) -> None:
        """``first`` are the moves that are open at the start."""
        self.frame = frame
        self.start = start
        self.local_only = local_only
        self._now = Attained.at_start(start, frame)
        self._first = first
        self._bridges: dict[object, list[Hold] | None] = {}

    def first_onto(self, keys: Container[str]) -> list[PricedMove]:
        """The moves open at the start that end on some holds, each with its price."""
        return [(m, first_price(m, self._now)) for m in self._first if m.after.key in keys]

    def to(
        self, goal: Hold, ground: Ground, ahead: Ahead, first: Collection[PricedMove]
    ) -> Iterator[Label]:
        """Labels on the goal, the cheapest first, by ways that begin with one of some moves."""

        def remaining(label: Label, hold: Hold) -> float:
            return ahead[ground.meets(hold.key, has=label.has)].get(hold.key, FAR)

        for label in self._labels(ground, remaining, goal, first):
            if label.hold is goal and label.has:
                yield label

    def everywhere(self, times: Mapping[str, float]) -> Iterator[Label]:
        """Labels on every hold that can be reached, the cheapest first."""
        first = self.first_onto(times)
        return self._labels(Ground(times), lambda _label, _hold: 0.0, None, first)

    def _labels(
        self,
        ground: Ground,
        remaining: Callable[[Label, Hold], float],
        goal: Hold | None,
        first: Collection[PricedMove],
    ) -> Iterator[Label]:
        """Labels in order of what they cost and have still to go."""
        weights = ground.weights
        frontier = _Frontier(weights, remaining, goal, MOST_TRIED if goal else MOST_KEPT)
        root = Label(self._now, has=ground.wanted is None)
        for door, price in first:
            if door.after.key in weights:
                frontier.offer(root, door, price)
        for _ in range(MOST_TRIED):
            if not frontier:
                return
            label = self._try(frontier, ground)
            if label is None:
                continue
            yield label
            if label.hold is not None and label.depth < MOST_STEPS:
                for onward, price in self.frame.ways_on[label.hold.key]:
                    if onward.after.key in weights:
                        frontier.offer(label, onward, price)

    def _try(self, frontier: _Frontier, ground: Ground) -> Label | None:
        """The next label to go on from; None when the next move leads to nothing better."""
        lowest, label, move = frontier.pop()
        if move is None:
            return label
        if frontier.is_pointless(label, move, lowest):
            return None
        after = self._take(label, move, ground)
        if after is None or not frontier.keeps(after) or frontier.is_dearer(after, lowest, label):
            return None
        return after

    def _take(self, label: Label, move: Move, ground: Ground) -> Label | None:
        """The label after one more move; None when the hold would not take the person."""
        hold = move.after
        now = label.attained
        if hold.needs.level > now.level and not move.waives:
            return None
        if self.local_only and not hold.is_role and not hold.local:
            return None
        aside = label.aside + (hold.is_role and move.kind is MoveKind.ACROSS)
        if aside > MOST_ASIDE or label.passed(hold):
            return None
        bridges = self._bridges_to(hold, now)
        if bridges is None:
            return None
        is_first = label.hold is None
        spent = spent_before(move, is_first=is_first)
        extra = months_beside(bridges, label.hold, spent)
        arrived = now._replace(months=now.months + spent + extra)
        wait = wait_for(hold.needs, arrived, self.start)
        if wait is None:
            return None
        for bridge in bridges:
            arrived = arrived.having(bridge)
        price = first_price(move, now) if is_first else price_of(move)
        return Label(
            attained=arrived.having(hold, wait + move.reckoned),
            cost=label.cost + price + extra + 2 * wait + len(bridges) + ground.weights[hold.key],
            hold=hold,
            move=move,
            parent=label,
            has=ground.meets(hold.key, has=label.has),
            aside=aside,
            bridges=bridges,
            extra=extra,
            wait=wait,
            begins=arrived.months + wait,
            depth=label.depth + 1,
        )

    def _bridges_to(self, hold: Hold, now: Attained) -> tuple[Hold, ...] | None:
        wanted = hold.needs.english_and_maths
        if now.english >= wanted <= now.maths and not hold.needs.subjects:
            return ()
        key = (hold.key, now.english, now.maths, now.subjects, now.level)
        if key not in self._bridges:
            self._bridges[key] = bridges_to(self.frame, hold.needs, now, local_only=self.local_only)
        found = self._bridges[key]
        return None if found is None else tuple(found)


def first_price(move: Move, now: Attained) -> int:
    """What a first move costs: beginning again costs more when one is already at that level."""
    rank = move.after.rank
    price = price_of(move, is_first=True)
    if move.after.is_role or rank > now.level:
        return price
    return price + LOWER * (now.level - rank) + (AGAIN if rank >= 3 else 0)  # noqa: PLR2004


def months_beside(bridges: Collection[Hold], beside: Hold | None, spent: int) -> int:
    """Months that bridges take beyond the hold they are taken beside; at the start, all of them.

    English and maths are taken in the same months, one rung of each a year.
    """
    if not bridges:
        return 0
    english = sum(1 for bridge in bridges if bridge.gives.english)
    maths = sum(1 for bridge in bridges if bridge.gives.maths)
    rungs = max(english, maths, len(bridges) - english - maths)
    if beside is None:
        return rungs * BRIDGE_MONTHS
    lasts = spent if beside.is_role else beside.usual_months
    return max(0, rungs * BRIDGE_MONTHS - max(lasts, BRIDGE_MONTHS))
