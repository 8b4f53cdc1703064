"""What would change if one answer were another: better English, one level more, other wishes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from portal.climbing_frame.answers import LEVELS, Answers, rank_of
from portal.climbing_frame.finding import Climb
from portal.climbing_frame.graph import Frame, Grade, Hold
from portal.climbing_frame.route import Route, RouteKind
from portal.climbing_frame.starting import Preference

HIGHEST_ASKED = 6
WISHES = {
    Preference.EARN: "If earning matters most",
    Preference.LOCAL: "If staying near home matters most",
    Preference.SOON: "If getting there soon matters most",
    Preference.NO_EXAMS: "If you want as few exams as possible",
}


@dataclass(frozen=True)
class Variation:
    """One changed answer and what it does.

    ``months`` is how much sooner the quickest way is, ``more`` how many ways are added, ``first``
    the kind of route that then comes first, when it is another.
    """

    name: str
    answers: Answers
    months: int
    more: int
    first: RouteKind | None


def variations(
    frame: Frame, goal: Hold, answers: Answers, routes: Sequence[Route], month: int
) -> list[Variation]:
    """The changed answers that change something, in a fixed order."""
    found = []
    for name, changed in _changes(answers):
        climb = Climb(frame, changed.start(month), frozenset(changed.want))
        others = climb.routes(goal)
        sooner = _quickest(routes) - _quickest(others) if routes and others else 0
        more = len(others) - len(routes)
        first = others[0].kind if others and routes and others[0].kind != routes[0].kind else None
        if sooner > 0 or more > 0 or first is not None:
            found.append(Variation(name, changed, max(0, sooner), max(0, more), first))
    return found


def _changes(answers: Answers) -> list[tuple[str, Answers]]:
    start = answers.start(0)
    found = []
    if start.english < Grade.FOUR or start.maths < Grade.FOUR:
        better = replace(
            answers,
            english=_at_least_four(answers.english, start.english),
            maths=_at_least_four(answers.maths, start.maths),
        )
        found.append(("With grade 4 in English and maths", better))
    rank = rank_of(answers.level)
    if rank < HIGHEST_ASKED:
        higher = LEVELS[LEVELS.index(answers.level or "none") + 1]
        name = "Entry level" if higher == "entry" else f"Level {higher}"
        found.append((f"With {name} first", replace(answers, level=higher)))
    found += [
        (name, replace(answers, want=(wish,)))
        for wish, name in WISHES.items()
        if (wish,) != answers.want
    ]
    return found


def _at_least_four(answered: str | None, have: Grade) -> str:
    return "4" if have < Grade.FOUR or answered is None else answered


def _quickest(routes: Sequence[Route]) -> int:
    return min(route.steps[-1].begins for route in routes)
