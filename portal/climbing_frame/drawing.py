"""Numbers for pictures: a route as a line of time, and the frame as levels by sectors.

Templates draw; nothing here knows of SVG but coordinates.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from portal.climbing_frame.graph import Frame, Hold, spent_before
from portal.climbing_frame.route import Route
from portal.taxonomy import Level, Square

ONWARD = 8
LEFT, TOP = 84, 86
WIDE, HIGH = 62, 52


class Time(StrEnum):
    """What one does in a stretch of time."""

    LEARNING = "learning"
    EARNING = "earning"
    PREPARING = "preparing"
    WAITING = "waiting"
    GOAL = "goal"


@dataclass(frozen=True)
class Stretch:
    """A stretch of a route in months from its start. ``is_known`` unless nobody publishes it."""

    time: Time
    begins: int
    months: int
    label: str
    is_known: bool = True


def stretches(route: Route) -> list[Stretch]:
    """A route as stretches of time, ending with a short one in the job itself."""
    found: list[Stretch] = []
    at = 0

    def add(time: Time, months: int, label: str, *, is_known: bool = True) -> None:
        nonlocal at
        if months:
            found.append(Stretch(time, at, months, label, is_known))
            at += months

    for number, step in enumerate(route.steps):
        before = step.move.before
        if before is not None:
            spent = spent_before(step.move, is_first=number == 0)
            add(Time.EARNING, spent, before.title, is_known=step.in_job is not None)
        add(Time.PREPARING, step.extra, ", ".join(bridge.title for bridge in step.bridges))
        add(Time.WAITING, step.wait, "Waiting until you can start")
        time = Time.EARNING if step.hold.earns else Time.LEARNING
        add(time, step.move.reckoned, step.hold.title, is_known=step.lasts is not None)
    if route.goal.is_role:
        add(Time.GOAL, ONWARD, route.goal.title)
    return found


def longest(lines: Iterable[Sequence[Stretch]]) -> int:
    """Months of the longest of several lines, in whole years, so that they share a scale."""
    most = max((line[-1].begins + line[-1].months for line in lines if line), default=0)
    return max(12, -(-most // 12) * 12)


@dataclass(frozen=True)
class Cell:
    """A square of the picture: where it stands and how much is on it."""

    square: Square
    x: int
    y: int
    roles: int
    programmes: int
    courses: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands here."""
        return not (self.roles or self.programmes)

    @property
    def middle(self) -> tuple[int, int]:
        """The point that a route goes through."""
        return self.x + WIDE // 2, self.y + HIGH // 2


@dataclass(frozen=True)
class Picture:
    """The whole frame drawn: levels up, sectors across."""

    width: int
    height: int
    sectors: tuple[tuple[str, int], ...]
    levels: tuple[tuple[Level, int], ...]
    cells: Mapping[Square, Cell]

    def points(self, route: Route) -> list[tuple[int, int, Hold]]:
        """Where a route goes. What belongs to every sector stands in the goal’s own column."""
        found: list[tuple[int, int, Hold]] = []
        for step in route.steps:
            hold = step.hold
            sector = hold.sector or route.goal.sector
            if sector is None:
                continue
            x, y = self.cells[Square(hold.level, sector)].middle
            taken = sum(1 for px, py, _ in found if abs(px - x) < WIDE // 2 and py == y)
            found.append((x + taken * 14, y, hold))
        return found


@lru_cache(maxsize=4)
def picture(frame: Frame, sectors: tuple[str, ...]) -> Picture:
    """The frame over some sectors, every level from 8 down to entry level."""
    columns = tuple((sector, LEFT + number * WIDE) for number, sector in enumerate(sectors))
    rows = tuple((level, TOP + n * HIGH) for n, level in enumerate(reversed(Level)))
    cells = {}
    for sector, x in columns:
        for level, y in rows:
            square = Square(level, sector)
            holds = frame.squares.get(square, ())
            cells[square] = Cell(
                square,
                x,
                y,
                roles=sum(1 for hold in holds if hold.is_role),
                programmes=sum(1 for hold in holds if not hold.is_role),
                courses=sum(hold.local for hold in holds),
            )
    return Picture(LEFT + WIDE * len(columns) + 8, TOP + HIGH * len(rows) + 8, columns, rows, cells)
