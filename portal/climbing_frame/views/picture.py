"""The climbing frame to look at: the whole, one square, the moves of one hold, a poster."""

from collections import defaultdict
from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request

from portal.accounts.access import open_to_everyone
from portal.catalogue import reading
from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.views.entries import FAMILY_NAMES
from portal.climbing_frame.access_to_frame import frame
from portal.climbing_frame.answers import Answers
from portal.climbing_frame.building import month_number
from portal.climbing_frame.drawing import picture
from portal.climbing_frame.falling_back import plan_b
from portal.climbing_frame.finding import Climb
from portal.climbing_frame.graph import Hold, Move, MoveKind
from portal.climbing_frame.route import Route
from portal.climbing_frame.sideways import sideways
from portal.climbing_frame.telling import ROUTE_NAMES
from portal.climbing_frame.views.planning import hold_or_404
from portal.climbing_frame.views.skills import learn_near
from portal.clock import today
from portal.extensions import db
from portal.taxonomy import Family, Level, Square

views = Blueprint("picture", __name__)
SHOWS = ("everything", "roles", "programmes", "courses")


@views.get("/climbing-frame")
@open_to_everyone
def climbing_frame() -> str:
    """Levels up, sectors across, how much stands where, and one route when one was asked for."""
    route = _route_asked()
    drawn = picture(frame(), tuple(vocabulary().sectors))
    show = request.args.get("show", "")
    return render_template(
        "frame/picture.html",
        drawn=drawn,
        cells={str(square): cell for square, cell in drawn.cells.items()},
        show=show if show in SHOWS else SHOWS[0],
        shows=SHOWS,
        growing={
            square
            for square, holds in frame().squares.items()
            if any(hold.growth for hold in holds)
        },
        route=route,
        points=drawn.points(route) if route else [],
        route_name=ROUTE_NAMES[route.kind] if route else "",
        rest=urlencode([(n, v) for n, v in request.args.items(multi=True) if n != "show"]),
    )


def _route_asked() -> Route | None:
    """The route to draw: the one with the number asked for, to the goal in the address."""
    goal = frame().holds.get(request.args.get("to", ""))
    answers = Answers.read(request.args, frame(), vocabulary())
    if goal is None or not answers.is_given:
        return None
    climb = Climb(frame(), answers.start(month_number(today())), frozenset(answers.want))
    routes = climb.routes(goal)
    way = request.args.get("way", "1")
    number = int(way) if way.isdecimal() and len(way) == 1 else 1
    return routes[min(max(number, 1), len(routes)) - 1] if routes else None


@views.get("/climbing-frame/squares/<name>")
@open_to_everyone
def square(name: str) -> str:
    """One level of one sector: what stands there, what is taught, and the moves in and out."""
    try:
        here = Square.parse(name)
    except ValueError:
        abort(404)
    if here.sector not in vocabulary().sectors or str(here) != name:
        abort(404)
    holds = frame().squares.get(here, ())
    families: dict[Family, list[Hold]] = {family: [] for family in Family}
    for hold in holds:
        if hold.family is not None:
            families[hold.family].append(hold)
    taught = [hold.entry_id for hold in holds if not hold.is_role and hold.local]
    courses = [
        *reading.courses_of(db.session, taught, today()),
        *reading.courses_of_their_own(
            db.session, level=here.level.value, sector=here.sector, today=today()
        ),
    ]
    roles = [hold for hold in holds if hold.is_role]
    return render_template(
        "frame/square.html",
        square=here,
        roles=roles,
        listings=reading.listings(db.session, today(), roles=[hold.entry_id for hold in roles]),
        families={family: found for family, found in families.items() if found},
        family_names=FAMILY_NAMES,
        courses=courses,
        onward=_neighbours(holds, here, leaving=True),
        before=_neighbours(holds, here, leaving=False),
    )


def _neighbours(
    holds: tuple[Hold, ...], here: Square, *, leaving: bool
) -> list[tuple[Square, list[Hold]]]:
    """The squares that moves go to or come from, those nearest in level first."""
    found: defaultdict[Square, dict[str, Hold]] = defaultdict(dict)
    for hold in holds:
        for move in frame().leaving[hold.key] if leaving else frame().reaching(hold.key):
            other = move.after if leaving else move.before
            if other is not None and other.square not in (None, here):
                found[other.square][other.key] = other
    order = sorted(found, key=lambda s: (s.sector != here.sector, s.level.rank, s.sector))
    return [(s, sorted(found[s].values(), key=lambda hold: hold.title)) for s in order]


@views.get("/climbing-frame/<any(roles, programmes):folder>/<slug>")
@open_to_everyone
def moves(folder: str, slug: str) -> str:
    """Every move to and from one hold, each with its reason and where that comes from."""
    hold = hold_or_404(folder, slug)
    beside = sideways(frame(), hold) if hold.is_role else []
    missing, courses = learn_near(beside)
    return render_template(
        "frame/moves.html",
        hold=hold,
        here=_by_kind(list(frame().reaching(hold.key))),
        onward=_by_kind(list(frame().leaving[hold.key])),
        beside=beside,
        missing=missing,
        courses=courses,
        plan_b=plan_b(frame(), hold),
    )


def _by_kind(found: list[Move]) -> list[tuple[MoveKind, list[Move]]]:
    """Moves by what they do, what is stated before what is worked out."""
    groups = []
    for kind in MoveKind:
        same = [move for move in found if move.kind is kind]
        same.sort(key=lambda move: (list(type(move.origin)).index(move.origin), move.after.title))
        if same:
            groups.append((kind, same))
    return groups


@views.get("/climbing-frame/poster")
@open_to_everyone
def poster() -> str:
    """The whole frame on one sheet of A3, for a classroom wall."""
    squares = frame().squares
    used = {square.level for square in squares}
    return render_template(
        "frame/poster.html",
        squares=squares,
        levels=[level for level in reversed(Level) if level in used],
        square_of=Square,
    )
