"""The climbing frame: what moves, routes and skills promise, without a web and a database."""

from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations
from random import Random

import pytest
from frames import (
    RUNGS,
    SCIENCE,
    SEPTEMBER,
    SKILLS,
    climbs,
    frames,
    make_frame,
    make_move,
    make_programme,
    make_role,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.climbing_frame.climbing import months_beside
from portal.climbing_frame.finding import Climb
from portal.climbing_frame.graph import (
    NO_LEVEL,
    Frame,
    Gives,
    Grade,
    Hold,
    Move,
    MoveKind,
    Needs,
    Origin,
)
from portal.climbing_frame.route import Route, RouteKind
from portal.climbing_frame.rules import Relation, Stated, build_frame, kind_of
from portal.climbing_frame.sideways import coverage, likeness
from portal.climbing_frame.starting import (
    Attained,
    Preference,
    StartingPoint,
    bridges_to,
    demands,
    wait_for,
)
from portal.taxonomy import Family

thorough = settings(max_examples=80, deadline=None)
SHORT = 2
CALLED_FOR = {
    RouteKind.EARNING: Family.APPRENTICESHIP,
    RouteKind.TECHNICAL: Family.TECHNICAL,
    RouteKind.ACADEMIC: Family.ACADEMIC,
    RouteKind.ADULT: Family.ADULT,
}
GOOD_GRADES = {"english": Grade.FOUR, "maths": Grade.FOUR}


def routes_of(climb: Climb) -> Iterator[Route]:
    for goal in climb.frame.holds.values():
        yield from climb.routes(goal)


def goals_of(climb: Climb) -> set[str]:
    return {key for key, hold in climb.frame.holds.items() if climb.routes(hold)}


def again(climb: Climb, frame: Frame | None = None, **changes: object) -> Climb:
    """The same person in the same frame or another, with nothing remembered."""
    fields = {"preferences": climb.preferences, "local_only": climb.local_only}
    return Climb(frame or climb.frame, climb.start, **fields | changes)


def told(routes: Sequence[Route]) -> list[tuple[str, float, list[str]]]:
    return [(r.kind, r.cost, [step.hold.key for step in r.steps]) for r in routes]


class Person:
    """Somebody who climbs, reckoned by other means than the search’s own."""

    def __init__(self, climb: Climb) -> None:
        self.start = climb.start
        self.level, self.months = climb.start.level, 0
        self.english, self.maths = climb.start.english, climb.start.maths
        self.subjects: set[str] = set()
        for key in climb.start.held:
            self.finish(climb.frame.holds[key])

    def finish(self, hold: Hold) -> None:
        self.english = max(self.english, hold.gives.english)
        self.maths = max(self.maths, hold.gives.maths)
        self.subjects |= hold.gives.subjects
        if not hold.is_role and hold.family is not Family.ESSENTIALS:
            self.level = max(self.level, hold.rank)

    def knows(self, choices: frozenset[str]) -> bool:
        """A GCSE is taken for granted in somebody who has Level 2."""
        is_granted = self.level >= 2 and any(name.startswith("GCSE ") for name in choices)
        return is_granted or bool(choices & self.subjects)

    def lacks(self, move: Move) -> list[str]:
        """What a hold asks that this person does not have at this moment."""
        needs, month = move.after.needs, self.start.month + self.months
        age = None if self.start.age is None else max(self.start.age, 16) + self.months // 12
        asked = {
            "level": move.waives or self.level >= needs.level,
            "english": self.english >= needs.english_and_maths,
            "maths": self.maths >= needs.english_and_maths,
            "subjects": all(self.knows(choices) for choices in needs.subjects),
            "older": age is None or age >= (needs.min_age or 0),
            "younger": age is None or age <= (needs.max_age or 120),
            "later": month >= (needs.opens or 0),
            "sooner": month <= (needs.closes or month),
        }
        return [name for name, is_met in asked.items() if not is_met]


def months_in_job(move: Move, *, is_first: bool) -> int:
    if move.before is None or not move.before.is_role:
        return 0
    if move.months is not None:
        return move.months
    levels = move.after.rank - move.before.rank if move.after.is_role else 1
    return 24 * (max(levels, 1) - is_first)


@given(climbs())
@thorough
def test_a_route_begins_where_one_stands_and_joins_end_to_end(climb: Climb) -> None:
    for goal in climb.frame.holds.values():
        for route in climb.routes(goal):
            holds = [step.hold for step in route.steps]
            begins = route.steps[0].move.before
            assert begins is None or begins.key in climb.start.held
            assert all(two.move.before is one.hold for one, two in pairwise(route.steps))
            assert holds[-1] is goal
            assert len(set(holds)) == len(holds)


@given(climbs())
@thorough
def test_no_step_asks_for_what_one_will_not_have_by_then(climb: Climb) -> None:
    for route in routes_of(climb):
        person = Person(climb)
        for step in route.steps:
            person.months = step.begins
            for bridge in step.bridges:
                person.finish(bridge)
            assert person.lacks(step.move) == []
            assert all(d.is_met for d in demands(step.hold, step.now, climb.start))
            person.finish(step.hold)


@given(climbs())
@thorough
def test_a_step_begins_when_what_comes_before_it_is_over(climb: Climb) -> None:
    for route in routes_of(climb):
        months = 0
        for number, step in enumerate(route.steps):
            assert step.extra >= 0
            assert step.wait >= 0
            months += months_in_job(step.move, is_first=number == 0) + step.extra + step.wait
            assert step.begins == step.now.months == months
            months += 0 if step.hold.is_role else step.move.takes or step.hold.usual_months


@given(climbs())
@thorough
def test_no_level_is_skipped_without_a_stated_reason(climb: Climb) -> None:
    for route in routes_of(climb):
        for step in route.steps:
            assert step.move.reason
            stands = step.move.before.rank if step.move.before else NO_LEVEL
            if step.hold.rank > max(stands, step.now.level) + 1:
                takes_one_as_one_is = not step.hold.is_role
                assert step.move.origin is Origin.STATED or takes_one_as_one_is
                assert step.hold.needs.level <= step.now.level


@given(climbs())
@thorough
def test_a_route_has_what_its_kind_is_called_for(climb: Climb) -> None:
    for route in routes_of(climb):
        families = {hold.family for hold in (*route.learning, route.goal)}
        if route.kind is RouteKind.WORK:
            assert set(route.learning) <= {route.goal}
        elif route.kind is not RouteKind.MIXED:
            assert CALLED_FOR[route.kind] in families


@given(climbs(), st.data())
@thorough
def test_taking_a_move_away_never_makes_a_route(climb: Climb, data: st.DataObject) -> None:
    moves = list(climb.frame.moves)
    gone = data.draw(st.sampled_from([*moves, None]))
    rest = [move for move in moves if move is not gone]
    poorer = again(climb, Frame(climb.frame.holds.values(), rest))
    assert goals_of(poorer) <= goals_of(climb)
    assert set(poorer.reach()) - set(climb.start.held) <= goals_of(climb)


@given(climbs())
@thorough
def test_who_asks_again_gets_the_same_answer(climb: Climb) -> None:
    other = again(climb)
    for goal in climb.frame.holds.values():
        assert told(other.routes(goal)) == told(climb.routes(goal))


@given(climbs(), st.randoms(use_true_random=False))
@thorough
def test_the_order_of_the_catalogue_changes_no_answer(climb: Climb, chance: Random) -> None:
    holds, moves = list(climb.frame.holds.values()), list(climb.frame.moves)
    chance.shuffle(holds)
    chance.shuffle(moves)
    other = again(climb, Frame(holds, moves))
    for goal in holds:
        assert told(other.routes(goal)) == told(climb.routes(goal))


@given(climbs())
@thorough
def test_there_is_a_route_to_whatever_is_said_to_be_within_reach(climb: Climb) -> None:
    """And the other way round, but for ways so long that following every one costs too much."""
    steps = {route.goal.key: len(route.steps) for route in routes_of(climb)}
    near = {key for key, number in steps.items() if number <= SHORT}
    within_reach = set(climb.reach()) - set(climb.start.held)
    assert near <= within_reach <= set(steps)


@given(climbs(), st.frozensets(st.sampled_from(Preference)))
@thorough
def test_what_one_prefers_changes_no_goal_that_can_be_reached(
    climb: Climb, preferences: frozenset[Preference]
) -> None:
    other = again(climb, preferences=preferences)
    assert goals_of(other) == goals_of(climb)
    assert set(other.reach()) == set(climb.reach())


@given(climbs())
@thorough
def test_who_stays_near_is_sent_to_nothing_that_is_not_taught_near(climb: Climb) -> None:
    near, anywhere = again(climb, local_only=True), again(climb, local_only=False)
    assert all(route.is_local for route in routes_of(near))
    assert all(found.hold.is_role or found.hold.local for found in near.reach().values())
    assert goals_of(near) <= goals_of(anywhere)


@given(frames(), st.sets(st.sampled_from(SKILLS)), st.sampled_from(SKILLS))
@thorough
def test_one_more_skill_never_takes_a_job_further_away(
    frame: Frame, skills: set[str], one: str
) -> None:
    for role in frame.roles:
        like = likeness(frame, role, skills)
        assert 0 <= like.coverage <= coverage(frame, role, {*skills, one}) <= 1
        assert sorted(like.shared + like.missing) == sorted(role.skills)
        assert set(like.shared) <= skills


LEVEL_2 = Attained(2, Grade.THREE, Grade.THREE)


@pytest.mark.parametrize(
    ("hold", "after"),
    [
        (make_programme(level=3), LEVEL_2._replace(level=3)),
        (make_programme(level=1), LEVEL_2),
        (make_role(level=4), LEVEL_2),
        (make_programme(level=3, family=Family.ESSENTIALS), LEVEL_2),
        (make_programme(gives=Gives(english=Grade.FOUR)), LEVEL_2._replace(english=Grade.FOUR)),
        (make_programme(gives=Gives(maths=Grade.ENTRY)), LEVEL_2),
        (
            make_programme(gives=Gives(subjects=frozenset({"Maths"}))),
            LEVEL_2._replace(subjects=frozenset({"Maths"})),
        ),
    ],
)
def test_a_programme_adds_what_it_gives_and_takes_nothing_away(hold: Hold, after: Attained) -> None:
    assert LEVEL_2.having(hold, 6) == after._replace(months=6)


def test_what_was_passed_before_counts_and_what_is_liked_does_not() -> None:
    level_3 = make_programme(level=3, gives=Gives(maths=Grade.FIVE))
    start = StartingPoint(1, held=(level_3.key, "roles/gone"), subjects=frozenset({"Maths"}))
    now = Attained.at_start(start, make_frame(holds=[level_3]))
    assert now == Attained(3, Grade.NONE, Grade.FIVE)


@pytest.mark.parametrize(
    ("needs", "age", "gone", "months"),
    [
        (Needs(), 16, 0, 0),
        (Needs(min_age=18), None, 0, 0),
        (Needs(min_age=16), 14, 0, 0),
        (Needs(min_age=18), 14, 0, 24),
        (Needs(min_age=18), 16, 0, 24),
        (Needs(min_age=18), 16, 15, 9),
        (Needs(min_age=18), 18, 0, 0),
        (Needs(max_age=18), 18, 11, 0),
        (Needs(max_age=18), 18, 12, None),
        (Needs(max_age=18), None, 60, 0),
        (Needs(opens=SEPTEMBER + 6), 16, 0, 6),
        (Needs(opens=SEPTEMBER + 6), 16, 10, 0),
        (Needs(closes=SEPTEMBER), 16, 0, 0),
        (Needs(closes=SEPTEMBER), 16, 1, None),
        (Needs(opens=SEPTEMBER + 3, closes=SEPTEMBER + 3), 16, 0, 3),
        (Needs(opens=SEPTEMBER + 3, closes=SEPTEMBER + 2), 16, 0, None),
        (Needs(min_age=18, closes=SEPTEMBER + 23), 16, 0, None),
        (Needs(min_age=18, opens=SEPTEMBER + 6), 16, 0, 24),
        (Needs(min_age=18, opens=SEPTEMBER + 30), 16, 0, 30),
        (Needs(max_age=18, opens=SEPTEMBER + 12), 18, 0, None),
    ],
)
def test_one_waits_to_be_old_enough_and_for_the_first_day(
    needs: Needs, age: int | None, gone: int, months: int | None
) -> None:
    now = Attained(2, Grade.FOUR, Grade.FOUR, months=gone)
    assert wait_for(needs, now, StartingPoint(age=age, month=SEPTEMBER)) == months


NONE, ENTRY, THREE, FOUR, FIVE = Grade


def asks(grade: Grade, *subjects: str) -> Needs:
    return Needs(english_and_maths=grade, subjects=tuple(frozenset({one}) for one in subjects))


@pytest.mark.parametrize(
    ("needs", "english", "maths", "taken"),
    [
        (asks(FOUR), FOUR, FIVE, ""),
        (asks(FOUR), FOUR, THREE, "maths-five"),
        (asks(FOUR), THREE, FOUR, "english-five"),
        (asks(FIVE), FOUR, FIVE, "english-five"),
        (asks(THREE), ENTRY, THREE, "english-three"),
        (asks(FOUR), NONE, FOUR, "english-entry english-three english-five"),
        (asks(ENTRY), NONE, NONE, "english-entry maths-entry"),
        (asks(NONE, "GCSE science"), NONE, NONE, "gcse-science"),
        (asks(THREE, "GCSE science"), ENTRY, FOUR, "english-three gcse-science"),
        (asks(NONE, "Chemistry"), FIVE, FIVE, None),
    ],
)
def test_bridges_climb_rung_by_rung_to_what_is_asked(
    needs: Needs, english: Grade, maths: Grade, taken: str | None
) -> None:
    frame = make_frame(holds=[*RUNGS, SCIENCE])
    bridges = bridges_to(frame, needs, Attained(1, english, maths))
    assert taken == (None if bridges is None else " ".join(bridge.slug for bridge in bridges))


def test_a_gcse_is_taken_for_granted_at_level_2_and_the_demand_says_so() -> None:
    science = make_programme(needs=asks(NONE, "GCSE science"))
    assert bridges_to(make_frame(), science.needs, LEVEL_2) == []
    [demand] = demands(science, LEVEL_2, StartingPoint())
    assert demand.is_met
    assert demand.is_assumed


def test_without_its_first_rung_nobody_climbs_a_ladder() -> None:
    frame = make_frame(holds=[rung for rung in RUNGS if rung.slug != "maths-entry"])
    assert bridges_to(frame, asks(FOUR), Attained(1, FOUR, NONE)) is None
    assert bridges_to(frame, asks(FOUR), Attained(1, FOUR, ENTRY)) is not None


@pytest.mark.parametrize(
    ("taken", "beside", "spent", "months"),
    [
        ("", None, 0, 0),
        ("maths-five", None, 0, 10),
        ("english-five maths-five", None, 0, 10),
        ("english-three english-five maths-five", None, 0, 20),
        ("maths-five gcse-science", None, 0, 10),
        ("maths-three maths-five", make_programme(months=24, usual_months=24), 0, 0),
        ("maths-three maths-five", make_programme(), 0, 8),
        ("maths-three maths-five", make_role(), 24, 0),
        ("maths-entry maths-three maths-five", make_role(), 24, 6),
    ],
)
def test_english_and_maths_take_the_same_months_beside_what_one_does(
    taken: str, beside: Hold | None, spent: int, months: int
) -> None:
    bridges = [one for one in (*RUNGS, SCIENCE) if one.slug in taken.split()]
    assert months_beside(bridges, beside, spent) == months


def stated_move(relation: Relation, before: Hold, after: Hold) -> Move | None:
    """What comes of one connection; nothing where it only points a way to go."""
    frame = build_frame([before, after], [Stated(relation, before.key, after.key, "A reason.")])
    moves = [move for move in frame.moves if move.origin is Origin.STATED]
    return moves[0] if moves else None


NURSE = make_role("nurse", 4, register="A register")


@pytest.mark.parametrize(
    ("relation", "before", "after", "is_allowed"),
    [
        (Relation.WAY_IN, make_programme(level=2), make_role("cook", 2), True),
        (Relation.WAY_IN, make_programme(level=2), make_role("cook", 3), True),
        (Relation.WAY_IN, make_programme(level=2), make_role("cook", 4), False),
        (Relation.WAY_IN, make_programme(level=4), NURSE, True),
        (Relation.WAY_IN, make_programme(level=3), NURSE, False),
        (Relation.LEADS_TO, make_programme(level=3), make_role("cook", 3), True),
        (Relation.LEADS_TO, make_programme(level=2), make_role("cook", 3), False),
        (Relation.LEADS_TO, make_programme(level=6), NURSE, False),
        (Relation.LEADS_TO, make_programme("one", 2), make_programme("two", 5), True),
        (Relation.NEXT, make_role("cook", 2), make_role("chef", 3), True),
        (Relation.NEXT, make_role("cook", 2), make_role("chef", 4), False),
        (Relation.NEXT, make_role("cook", 3), NURSE, False),
        (Relation.SIMILAR, make_role("cook", 2), make_role("baker", 2), True),
        (Relation.SIMILAR, make_role("cook", 2), make_role("baker", 3), False),
        (Relation.SIMILAR, make_role("cook"), make_role("baker", skills={"skill-7": 3}), False),
        (Relation.SIMILAR, make_role("cook", 4), NURSE, False),
        (Relation.MOVE, make_role("cook", 2), make_role("chef", 5), True),
        (Relation.MOVE, make_role("cook", 2), NURSE, True),
    ],
)
def test_what_content_states_is_a_move_when_it_skips_nothing(
    relation: Relation, before: Hold, after: Hold, *, is_allowed: bool
) -> None:
    move = stated_move(relation, before, after)
    assert (move is not None) == is_allowed
    assert move is None or move.reason


def test_a_stated_move_into_a_programme_does_not_waive_its_level() -> None:
    move = stated_move(Relation.MOVE, make_role(), make_programme(level=6, needs=Needs(level=3)))
    assert move is not None
    assert not move.waives


def test_of_several_connections_the_one_that_says_most_is_kept() -> None:
    course, job = make_programme(), make_role()
    stated = [
        Stated(relation, course.key, job.key, f"By {relation.value}.")
        for relation in (Relation.LEADS_TO, Relation.MOVE, Relation.WAY_IN)
    ]
    for known, kept in ((stated, "By move."), ([stated[0], stated[2]], "By way-in.")):
        assert [move.reason for move in build_frame([course, job], known).moves] == [kept]


def course(level: int, asked: int = NO_LEVEL, **changes: object) -> Hold:
    return make_programme(f"course-{level}-{asked}", level, needs=Needs(level=asked), **changes)


@pytest.mark.parametrize(
    ("before", "after", "origin"),
    [
        (course(2), course(3, 2), Origin.RULE),
        (course(2), course(3, 3), None),
        (course(2), course(4, 2), Origin.RULE),
        (course(1), course(4), None),
        (course(1), course(2), Origin.RULE),
        (course(3), course(2, 1), None),
        (course(2), course(3, 2, sector="digital"), None),
        (course(2, sector=None), course(3, 2, sector="digital"), Origin.RULE),
        (course(2), course(3, 2, sector=None), Origin.RULE),
        (course(3), course(6, 3, sector=None), None),
        (course(2), course(2, 1), None),
        (course(2), course(2, 1, family=Family.APPRENTICESHIP), Origin.RULE),
        (course(2), course(3, 2, family=Family.ESSENTIALS), None),
        (make_role(), course(3, 2, family=Family.APPRENTICESHIP), Origin.RULE),
        (make_role(), course(4, 2, family=Family.APPRENTICESHIP), Origin.RULE),
        (make_role(), course(5, 2, family=Family.APPRENTICESHIP), None),
        (make_role(level=4), course(3, 2, family=Family.APPRENTICESHIP), None),
        (make_role(), course(3, 2), None),
        (make_role(level=3), make_role("cook", 2), Origin.SKILLS),
        (make_role(level=2), make_role("cook", 3), None),
        (make_role(), make_role("cook", skills={"skill-7": 3}), None),
        (make_role(level=4), NURSE, None),
    ],
)
def test_rules_and_skills_make_the_moves_that_nobody_has_to_state(
    before: Hold, after: Hold, origin: Origin | None
) -> None:
    moves = [move for move in build_frame([before, after], []).moves if move.after is after]
    assert [move.origin for move in moves] == ([origin] if origin else [])
    assert all(move.reason for move in moves)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (course(2), make_role(level=2), MoveKind.INTO_WORK),
        (make_role(level=2), make_role(level=3), MoveKind.UP),
        (make_role(level=3), make_role(level=3), MoveKind.ACROSS),
        (make_role(level=3), make_role(level=2), MoveKind.ACROSS),
        (course(2), course(3), MoveKind.UP),
        (course(3), course(3), MoveKind.ACROSS),
        (course(3), course(2), MoveKind.RESTART),
        (course(2), course(2, family=Family.ESSENTIALS), MoveKind.BRIDGE),
        (course(2), course(3, family=Family.ADULT), MoveKind.BRIDGE),
        (course(2), course(4, family=Family.ADULT), MoveKind.UP),
    ],
)
def test_a_move_says_what_it_does_for_whoever_makes_it(
    before: Hold, after: Hold, kind: MoveKind
) -> None:
    assert kind_of(before, after) is kind


def ways_to_a_job() -> tuple[Frame, Hold]:
    """A job at Level 3 with one course of each family that leads to it, and one job before it."""
    job, before = make_role("chef", 3), make_role("cook", 2, direct="You can apply.")
    families = (Family.APPRENTICESHIP, Family.TECHNICAL, Family.ACADEMIC, Family.ADULT)
    courses = [make_programme(one.value, 3, family=one, needs=Needs(level=2)) for one in families]
    return make_frame(*(make_move(hold, job) for hold in (*courses, before))), job


@pytest.mark.parametrize(("age", "for_adults"), [(16, set()), (30, {RouteKind.ADULT})])
def test_routes_are_of_different_kinds_and_each_has_what_it_is_called_for(
    age: int, for_adults: set[RouteKind]
) -> None:
    frame, job = ways_to_a_job()
    routes = Climb(frame, StartingPoint(2, **GOOD_GRADES, age=age)).routes(job)
    kinds = {RouteKind.WORK, RouteKind.EARNING, RouteKind.TECHNICAL, RouteKind.ACADEMIC}
    assert {route.kind for route in routes} == kinds | for_adults
    learnt = {route.kind: [hold.family for hold in route.learning] for route in routes}
    assert learnt.pop(RouteKind.WORK) == []
    assert all(families == [CALLED_FOR[kind]] for kind, families in learnt.items())


def test_no_more_routes_are_given_than_were_asked_for() -> None:
    frame, job = ways_to_a_job()
    climb = Climb(frame, StartingPoint(2, **GOOD_GRADES))
    assert [told(climb.routes(job, limit)) for limit in (1, 2)] == [
        told(climb.routes(job))[:limit] for limit in (1, 2)
    ]


def test_nobody_is_sent_to_where_they_have_been() -> None:
    frame, job = ways_to_a_job()
    assert Climb(frame, StartingPoint(3, held=(job.key,))).routes(job) == []


def test_of_twins_the_same_is_chosen_in_whatever_order_they_come() -> None:
    first, job = course(2, 1), make_role(level=3)
    twins = [make_programme(name, 3, needs=Needs(level=2)) for name in ("one", "two")]
    moves = [make_move(first, twin) for twin in twins] + [make_move(twin, job) for twin in twins]
    for order in permutations(moves):
        [route] = Climb(make_frame(*order), StartingPoint(1)).routes(job)
        assert [step.hold.slug for step in route.steps] == [first.slug, "one", job.slug]


@pytest.mark.parametrize(
    ("brought", "asked"),
    [
        ({"gives": Gives(subjects=frozenset({"Maths"}))}, asks(NONE, "Maths")),
        ({"gives": Gives(english=FOUR, maths=THREE)}, asks(THREE)),
        ({"gives": Gives(english=THREE, maths=FOUR)}, asks(THREE)),
        ({"level": 3}, Needs(level=3)),
    ],
)
def test_what_a_longer_way_brings_is_not_lost_to_a_shorter_one(
    brought: dict[str, object], asked: Needs
) -> None:
    quick = make_programme("quick", needs=Needs(level=1), usual_months=6)
    slow = make_programme(**{"slug": "slow", "needs": Needs(level=1), "usual_months": 24} | brought)
    both, goal = course(2, 2), make_programme("goal", 4, needs=asked)
    frame = make_frame(make_move(quick, both), make_move(slow, both), make_move(both, goal))
    climb = Climb(frame, StartingPoint(1, month=SEPTEMBER))
    assert goal.key in climb.reach()
    assert all(slow in route.learning for route in climb.routes(goal))
    assert climb.routes(goal)


def test_a_short_cut_takes_as_long_as_it_does_for_those_who_come_that_way() -> None:
    diploma, degree, job = course(5), course(6, 5, months=36, usual_months=36), make_role(level=6)
    frame = make_frame(make_move(diploma, degree, takes=12), make_move(degree, job))
    [route] = Climb(frame, StartingPoint(3)).routes(job)
    assert [(step.begins, step.lasts) for step in route.steps] == [(0, 12), (12, 12), (24, None)]


def t_level(slug: str, **changes: object) -> Hold:
    return make_programme(slug, 3, **{"needs": Needs(level=2)} | changes)


@pytest.mark.parametrize(
    ("other", "local_only", "is_offered"),
    [
        (t_level("other"), False, True),
        (t_level("other"), True, True),
        (t_level("other", local=0), False, True),
        (t_level("other", local=0), True, False),
        (t_level("other", sector="digital"), False, True),
        (t_level("other", family=Family.ACADEMIC), False, False),
        (t_level("other", needs=asks(FIVE)), False, False),
        (t_level("other", needs=Needs(min_age=21)), False, False),
        (t_level("other", needs=Needs(closes=SEPTEMBER - 1)), False, False),
        (make_programme("other", 2), False, False),
    ],
)
def test_what_would_do_as_well_is_alike_and_open_to_the_same_person(
    other: Hold, *, local_only: bool, is_offered: bool
) -> None:
    chosen, job = t_level("chosen"), make_role(level=3)
    frame = make_frame(make_move(chosen, job), make_move(other, job))
    start = StartingPoint(2, **GOOD_GRADES, age=17, month=SEPTEMBER)
    climb = Climb(frame, start, local_only=local_only)
    [route] = [r for r in climb.routes(job) if r.learning == (chosen,)]
    assert climb.instead_of(route, 0) == ([other] if is_offered else [])
    assert climb.instead_of(route, 1) == []


def test_what_would_do_as_well_leads_on_to_the_same_next_step() -> None:
    chosen, job = t_level("chosen"), make_role(level=3)
    frame = make_frame(make_move(chosen, job), holds=[t_level("other")])
    climb = Climb(frame, StartingPoint(2))
    assert climb.instead_of(climb.routes(job)[0], 0) == []


FAR = course(3, 2, local=0)
CLOSED = make_programme("closed", 3, needs=Needs(level=2, closes=SEPTEMBER))
CHEMISTRY = make_programme("chemistry", 3, needs=asks(NONE, "Chemistry"))


@pytest.mark.parametrize(
    ("frame", "goal", "reached", "missing", "words"),
    [
        (make_frame(make_move(course(2), FAR)), FAR, True, [], "nobody near here who teaches"),
        (make_frame(make_move(course(2), CLOSED)), CLOSED, True, [], "at another time"),
        (make_frame(make_move(course(2), CHEMISTRY)), CHEMISTRY, True, ["Chemistry"], "asks for"),
        (make_frame(holds=[CHEMISTRY]), CHEMISTRY, False, ["Chemistry"], "no step before it"),
        (make_frame(holds=[NURSE]), NURSE, False, [], "Nothing in the catalogue leads to Nurse"),
    ],
)
def test_without_a_route_the_nearest_gap_is_explained(
    frame: Frame, goal: Hold, missing: list[str], words: str, *, reached: bool
) -> None:
    climb = Climb(frame, StartingPoint(1, month=SEPTEMBER), local_only=True)
    assert climb.routes(goal) == []
    obstacle = climb.obstacle(goal)
    assert (obstacle.reached is not None) == reached
    assert obstacle.wanted is goal
    assert [demand.wanted for demand in obstacle.missing] == missing
    assert words in obstacle.reason
