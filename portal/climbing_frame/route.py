"""What a search finds: routes and their steps, holds within reach, and what is in the way."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from portal.climbing_frame.graph import Hold, Move
from portal.climbing_frame.starting import Attained, Demand


class RouteKind(StrEnum):
    """How a route gets there. None is better than another."""

    WORK = "work"
    EARNING = "earning"
    TECHNICAL = "technical"
    ACADEMIC = "academic"
    ADULT = "adult"
    MIXED = "mixed"


@dataclass(frozen=True, eq=False)
class Step:
    """One step of a route.

    ``now`` is what the person has when the step begins. ``bridges`` are taken before it, beside
    the step before where that lasts long enough; ``extra`` months are added where it does not.
    ``demands`` are what the step asks, judged before bridges and waiting: what is not met then
    is met by them. ``wait`` is months until they are old enough or the programme begins.
    ``begins`` counts months from the start of the route. ``in_job`` is the time in the job before:
    0 when there was none, None when nobody has published it.
    """

    move: Move
    now: Attained
    bridges: tuple[Hold, ...]
    extra: int
    wait: int
    begins: int
    in_job: int | None
    demands: tuple[Demand, ...]

    @property
    def hold(self) -> Hold:
        """What is stepped on."""
        return self.move.after

    @property
    def lasts(self) -> int | None:
        """Months that it takes for those who come this way; None for jobs and unknown lengths."""
        return None if self.hold.is_role else self.move.lasts


@dataclass(frozen=True, eq=False)
class Route:
    """A way from a starting point to a goal. ``cost`` is what the search weighed, in months."""

    kind: RouteKind
    steps: tuple[Step, ...]
    cost: float

    @property
    def goal(self) -> Hold:
        """Where it ends."""
        return self.steps[-1].hold

    @cached_property
    def learning(self) -> tuple[Hold, ...]:
        """The programmes on it, without bridges."""
        return tuple(step.hold for step in self.steps if not step.hold.is_role)

    @cached_property
    def bridges(self) -> tuple[Hold, ...]:
        """English, maths and subjects taken on the way."""
        return tuple(bridge for step in self.steps for bridge in step.bridges)

    @property
    def months(self) -> int:
        """The months that are known: learning, earning, preparing and waiting together."""
        return self.months_learning + self.months_earning + self.months_preparing

    @property
    def months_learning(self) -> int:
        """Known months of learning without a wage."""
        return sum(step.lasts or 0 for step in self.steps if not step.hold.earns)

    @property
    def months_earning(self) -> int:
        """Known months of paid work on the way."""
        return sum(step.in_job or 0 for step in self.steps) + sum(
            step.lasts or 0 for step in self.steps if step.hold.earns
        )

    @property
    def months_preparing(self) -> int:
        """Months of waiting, and of bridges that no other step covers."""
        return sum(step.extra + step.wait for step in self.steps)

    @property
    def unknown(self) -> tuple[Hold, ...]:
        """Steps whose length nobody has published."""
        jobs = [s.move.before for s in self.steps if s.in_job is None and s.move.before]
        courses = [s.hold for s in self.steps if s.lasts is None and not s.hold.is_role]
        return (*courses, *jobs)

    @property
    def is_local(self) -> bool:
        """Whether every programme on it is taught in the area."""
        return all(hold.local for hold in self.learning)

    def skills_gained(self) -> dict[str, int]:
        """Each skill by the number of the first step that gives or uses it."""
        gained: dict[str, int] = {}
        for number, step in enumerate(self.steps):
            for skill in step.hold.skills:
                gained.setdefault(skill, number)
        return gained


@dataclass(frozen=True, eq=False)
class Obstacle:
    """Why no route was found: the last hold reached, what comes after it, and what that asks."""

    reached: Hold | None
    wanted: Hold
    missing: tuple[Demand, ...]
    reason: str


@dataclass(frozen=True, eq=False)
class Reached:
    """A hold that can be reached: after how many months, in how many steps, first by which move."""

    hold: Hold
    months: int
    steps: int
    first: Move
