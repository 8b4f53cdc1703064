"""What one can do from here, without a goal yet: learn next, ask for now, become later."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar

from portal.catalogue.vocabulary import Vocabulary
from portal.climbing_frame.answers import Answers
from portal.climbing_frame.finding import Climb
from portal.climbing_frame.graph import Grade, Hold, Move
from portal.climbing_frame.route import Reached
from portal.climbing_frame.starting import Attained, bridges_to, wait_for
from portal.taxonomy import Family

MOST_LEARN, MOST_WORK, MOST_LATER = 6, 12, 9
HORIZONS = (
    (24, "Within two years"),
    (48, "In two to four years"),
    (9999, "In more than four years"),
)


@dataclass(frozen=True, eq=False)
class Opening:
    """Something one can begin now, and what must be mended beside it."""

    move: Move
    bridges: tuple[Hold, ...]

    @property
    def hold(self) -> Hold:
        """What it is."""
        return self.move.after


Found = TypeVar("Found", Opening, Reached)


@dataclass(frozen=True, eq=False)
class Survey:
    """What is open from here. ``more`` counts programmes of a family that are not listed."""

    learn: Mapping[Family, tuple[Opening, ...]]
    more: Mapping[Family, int]
    work: tuple[Opening, ...]
    later: tuple[tuple[str, tuple[Reached, ...]], ...]
    bridges: tuple[Hold, ...]
    reachable: int


def survey(
    climb: Climb, answers: Answers, vocabulary: Vocabulary, *, without: Collection[str] = ()
) -> Survey:
    """Everything open from a starting point, what fits the liked subjects first.

    Jobs in ``without`` are left out.
    """
    liked = {sector: place for place, sector in enumerate(answers.liked_sectors(vocabulary))}
    held = {climb.frame.holds[key].sector for key in climb.start.held}

    def interest(hold: Hold) -> int:
        if hold.sector in liked:
            return liked[hold.sector]
        return len(liked) if hold.sector in held else len(liked) + 1

    openings = [o for move in climb.doors if (o := _opening(climb, move)) is not None]
    learn: dict[Family, list[Opening]] = {}
    for opening in sorted(openings, key=lambda o: _learning_order(o, climb, interest(o.hold))):
        family = opening.hold.family
        if family is not None and opening.hold.rank >= climb.start.level:
            learn.setdefault(family, []).append(opening)
    work = [o for o in openings if o.hold.is_role and o.hold.key not in without]
    work.sort(key=lambda o: (interest(o.hold), -o.hold.rank, o.hold.title))
    work = _spread(work, interest)
    now = {opening.hold.key for opening in work}
    reached = [
        r
        for r in climb.reach().values()
        if r.hold.is_role and r.hold.key not in now and r.hold.key not in without
    ]
    reached.sort(key=lambda r: (interest(r.hold), r.months, r.hold.title))
    order = [family for family in Family if family in learn]
    attained = Attained.at_start(climb.start, climb.frame)
    return Survey(
        {family: tuple(_spread(learn[family], interest)[:MOST_LEARN]) for family in order},
        {family: max(0, len(learn[family]) - MOST_LEARN) for family in order},
        tuple(work[:MOST_WORK]),
        _by_horizon(_spread(reached, interest)),
        tuple(_mending(climb, attained)),
        len(reached) + len(work),
    )


def _spread(found: list[Found], interest: Callable[[Hold], int]) -> list[Found]:
    """The same with areas of work taking turns, so that none fills the top of a list by its name.

    What interests somebody more still comes first.
    """
    turns: Counter[str | None] = Counter()
    order = []
    for item in found:
        turns[item.hold.sector] += 1
        order.append((interest(item.hold), turns[item.hold.sector]))
    return [item for _, item in sorted(zip(order, found, strict=True), key=lambda pair: pair[0])]


def _opening(climb: Climb, move: Move) -> Opening | None:
    now = Attained.at_start(climb.start, climb.frame)
    needs = move.after.needs
    if needs.level > now.level and not move.waives:
        return None
    bridges = bridges_to(climb.frame, needs, now)
    if bridges is None or wait_for(needs, now, climb.start) != 0:
        return None
    return Opening(move, tuple(bridges))


def _learning_order(
    opening: Opening, climb: Climb, interest: int
) -> tuple[int, int, bool, bool, int, str]:
    hold = opening.hold
    return (
        interest,
        len(opening.bridges),
        hold.rank == climb.start.level,
        not hold.local,
        hold.rank,
        hold.title,
    )


def _by_horizon(reached: list[Reached]) -> tuple[tuple[str, tuple[Reached, ...]], ...]:
    found = []
    nearest = 0
    for months, name in HORIZONS:
        inside = [r for r in reached if nearest <= r.months < months]
        nearest = months
        if inside:
            found.append((name, tuple(inside[:MOST_LATER])))
    return tuple(found)


def _mending(climb: Climb, now: Attained) -> list[Hold]:
    """What takes somebody below grade 4 one grade up in English and in maths."""
    found = []
    for name in ("english", "maths"):
        have: Grade = getattr(now, name)
        if have < Grade.FOUR:
            next_grade = Grade(have + 1)
            found += [
                bridge
                for bridge in climb.frame.bridges
                if getattr(bridge.gives, name) == next_grade
                or getattr(bridge.gives, name) > next_grade >= Grade.FOUR
            ]
    return found
