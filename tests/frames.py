"""Small frames with sensible defaults, and random ones: a test writes only what it is about."""

from collections.abc import Callable, Iterable

from hypothesis import strategies as st

from portal.climbing_frame.finding import Climb
from portal.climbing_frame.graph import (
    LEVELS,
    NO_LEVEL,
    Frame,
    Gives,
    Grade,
    Hold,
    Move,
    Needs,
    Origin,
    Source,
)
from portal.climbing_frame.rules import Relation, Stated, build_frame, kind_of
from portal.climbing_frame.starting import Preference, StartingPoint
from portal.taxonomy import Family

A_SOURCE = Source("A source", "2026-01")
SKILLS = tuple(f"skill-{n}" for n in range(8))
# September 2026, counted as a climb counts months.
SEPTEMBER = 2026 * 12 + 8


def make_role(slug: str = "kiln-worker", level: int = 2, **changes: object) -> Hold:
    """A job in care that nobody can walk into."""
    fields = {
        "title": slug.replace("-", " ").capitalize(),
        "sector": "care",
        "skills": {"skill-1": 2, "skill-2": 2},
        "source": A_SOURCE,
    }
    return Hold(f"roles/{slug}", level=LEVELS[level], **fields | changes)


def make_programme(slug: str = "pottery", level: int = 2, **changes: object) -> Hold:
    """A technical course of a year in care, taught near here, that asks for nothing."""
    fields = {
        "title": slug.replace("-", " ").capitalize(),
        "sector": "care",
        "family": Family.TECHNICAL,
        "type": "course",
        "months": 12,
        "local": 1,
        "skills": {"skill-1": 2},
        "source": A_SOURCE,
    }
    return Hold(f"programmes/{slug}", level=LEVELS[level], **fields | changes)


def make_bridge(slug: str, **gives: object) -> Hold:
    """A course for every sector that mends what ``gives`` names."""
    return make_programme(slug, sector=None, family=Family.ESSENTIALS, gives=Gives(**gives))


def make_move(before: Hold, after: Hold, **changes: object) -> Move:
    """A move that content states."""
    fields = {
        "kind": kind_of(before, after),
        "origin": Origin.STATED,
        "reason": "People do this.",
        "source": A_SOURCE,
    }
    return Move(before=before, after=after, **fields | changes)


def make_frame(*moves: Move, holds: Iterable[Hold] = ()) -> Frame:
    """The frame of these moves, their ends and any further holds."""
    ends = [hold for move in moves for hold in (move.before, move.after)]
    return Frame(dict.fromkeys([*ends, *holds]), moves)


RUNGS = tuple(
    make_bridge(f"{name}-{grade.name.lower()}", **{name: grade})
    for name in ("english", "maths")
    for grade in list(Grade)[1:]
)
SCIENCE = make_bridge("gcse-science", subjects=frozenset({"GCSE science"}))
SUBJECTS = ((),) * 12 + (
    (frozenset({"Maths"}),),
    (frozenset({"GCSE science"}),),
    (frozenset({"Biology", "Chemistry"}),),
    (frozenset({"Maths"}), frozenset({"Biology"})),
)
FROM_TO: dict[Relation, tuple[Callable[[Hold], bool], Callable[[Hold], bool]]] = {
    Relation.WAY_IN: (lambda _: True, lambda hold: hold.is_role),
    Relation.LEADS_TO: (lambda hold: not hold.is_role, lambda _: True),
    Relation.NEXT: (lambda hold: hold.is_role, lambda hold: hold.is_role),
    Relation.SIMILAR: (lambda hold: hold.is_role, lambda hold: hold.is_role),
    Relation.MOVE: (lambda _: True, lambda _: True),
}
some_skills = st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 3), min_size=1, max_size=5)
given_subjects = st.sampled_from([(), (), (), ("Maths",), ("Biology", "Maths"), ("Chemistry",)])


@st.composite
def needs(draw: st.DrawFn, rank: int) -> Needs:
    """What a programme of a level may ask."""
    youngest = draw(st.sampled_from([None, None, None, 16, 18, 19]))
    oldest = draw(st.sampled_from([None] * 8 + [19, 21]))
    opens = draw(st.sampled_from([None] * 8 + [SEPTEMBER - 12, SEPTEMBER + 12, SEPTEMBER + 24]))
    return Needs(
        level=draw(st.sampled_from([NO_LEVEL, rank - 2, rank - 1, rank - 1, rank - 1])),
        english_and_maths=draw(st.sampled_from([Grade.NONE] * 6 + [*Grade])),
        min_age=youngest,
        max_age=oldest,
        subjects=draw(st.sampled_from(SUBJECTS)),
        opens=opens,
        closes=draw(st.sampled_from([None] * 4 + [(opens or SEPTEMBER) + 18])),
    )


@st.composite
def programmes(draw: st.DrawFn, number: int) -> Hold:
    """A programme that could be in the catalogue."""
    rank = draw(st.integers(1, 6))
    months = draw(st.sampled_from([None, 6, 12, 24, 36]))
    families = [family for family in Family if family is not Family.ESSENTIALS]
    return make_programme(
        f"programme-{number}",
        rank,
        sector=draw(st.sampled_from([None, "care", "care", "care", "digital"])),
        family=draw(st.sampled_from(families)),
        months=months,
        usual_months=months or 12,
        exams=draw(st.sampled_from(["few", "some", "most"])),
        local=draw(st.sampled_from([0, 1, 3])),
        needs=draw(needs(rank)),
        gives=Gives(
            draw(st.sampled_from([Grade.NONE, Grade.NONE, *Grade])),
            draw(st.sampled_from([Grade.NONE, Grade.NONE, *Grade])),
            frozenset(draw(given_subjects)),
        ),
        skills=draw(some_skills),
    )


@st.composite
def roles(draw: st.DrawFn, number: int) -> Hold:
    """A job that could be in the catalogue."""
    register = draw(st.sampled_from([None, None, None, "A register"]))
    direct = draw(st.sampled_from([None, None, "You can apply with no experience."]))
    return make_role(
        f"role-{number}",
        draw(st.integers(0, 6)),
        sector=draw(st.sampled_from(["care", "care", "digital"])),
        needs=Needs(min_age=draw(st.sampled_from([None, None, 18]))),
        skills=draw(some_skills),
        register=register,
        direct=None if register else direct,
    )


@st.composite
def connections(draw: st.DrawFn, holds: list[Hold]) -> Stated:
    """Something that content could state about two holds."""
    relation = draw(st.sampled_from([*Relation, Relation.MOVE]))
    begins, ends = FROM_TO[relation]
    is_move = relation is Relation.MOVE
    return Stated(
        relation,
        before=draw(st.sampled_from([hold.key for hold in holds if begins(hold)])),
        after=draw(st.sampled_from([hold.key for hold in holds if ends(hold)])),
        reason="A reason.",
        months=draw(st.sampled_from([None, 12, 36])) if is_move else None,
        takes=draw(st.sampled_from([None, 6])) if is_move else None,
        source=A_SOURCE,
    )


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    """A frame as rules make it from a few holds and what content states about them."""
    holds = [draw(programmes(number)) for number in range(draw(st.integers(4, 9)))]
    holds += [draw(roles(number)) for number in range(draw(st.integers(2, 5)))]
    stated = draw(st.lists(connections(holds), min_size=5, max_size=15))
    mends = draw(st.sets(st.sampled_from([*RUNGS, SCIENCE])).map(lambda some: {*RUNGS} - some))
    return build_frame([*holds, *sorted(mends, key=lambda hold: hold.key)], stated)


@st.composite
def starting_points(draw: st.DrawFn, frame: Frame) -> StartingPoint:
    """Somebody who could stand before a frame."""
    return StartingPoint(
        level=draw(st.integers(NO_LEVEL, 4)),
        english=draw(st.sampled_from(Grade)),
        maths=draw(st.sampled_from(Grade)),
        age=draw(st.sampled_from([None, 13, 16, 17, 18, 20, 40])),
        held=tuple(draw(st.lists(st.sampled_from(list(frame.holds)), max_size=2, unique=True))),
        subjects=frozenset(draw(given_subjects)),
        month=SEPTEMBER,
    )


@st.composite
def climbs(draw: st.DrawFn) -> Climb:
    """Somebody in a frame, with what matters to them."""
    frame = draw(frames())
    return Climb(
        frame,
        draw(starting_points(frame)),
        draw(st.frozensets(st.sampled_from(Preference))),
        local_only=draw(st.booleans()),
    )
