"""Routes over the real catalogue: those that people wrote down by hand, and every job at all."""

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from portal.catalogue.access_to_search import vocabulary
from portal.climbing_frame.access_to_frame import frame as current_frame
from portal.climbing_frame.building import frame_of, month_number
from portal.climbing_frame.finding import Climb
from portal.climbing_frame.graph import NO_LEVEL, Frame, Grade
from portal.climbing_frame.route import Route, RouteKind
from portal.climbing_frame.starting import StartingPoint
from portal.extensions import db
from portal.taxonomy import Family

MONTH = month_number(dt.date(2026, 11, 22))
BY_HAND = list(
    csv.DictReader(
        (Path(__file__).parent / "routes_by_hand.csv").read_text(encoding="utf-8").splitlines()
    )
)
GRADES = {
    "none": Grade.NONE,
    "entry": Grade.ENTRY,
    "3": Grade.THREE,
    "4": Grade.FOUR,
    "5": Grade.FIVE,
}
RANKS = {"none": NO_LEVEL, "entry": 0} | {str(n): n for n in range(1, 9)}
FIRST = 3
NAMED = (
    "GCSEs at grade 3 to bricklayer",
    "to adult nurse by T Level",
    "to adult nurse by A levels",
    "to adult nurse by Access",
    "Care worker to nursing associate to adult nurse",
    "Health T Level to paramedic",
    "etail assistant to web developer",
    "Warehouse operative to transport planner",
    "No qualifications to plumber",
)
STARTS = {
    "nothing yet": StartingPoint(age=16, month=MONTH),
    "Level 1": StartingPoint(1, Grade.THREE, Grade.THREE, 16, month=MONTH),
    "Level 2 without English and maths": StartingPoint(
        2, Grade.THREE, Grade.THREE, 17, month=MONTH
    ),
    "Level 2 with them": StartingPoint(2, Grade.FOUR, Grade.FOUR, 16, month=MONTH),
    "T Level or A levels": StartingPoint(3, Grade.FOUR, Grade.FOUR, 18, month=MONTH),
    "adult in another job": StartingPoint(
        2, Grade.FOUR, Grade.FOUR, 35, ("roles/retail-assistant",), month=MONTH
    ),
}


@pytest.fixture(scope="module")
def frame(catalogue: Flask) -> Iterator[Frame]:
    with catalogue.app_context():
        yield frame_of(db.session, vocabulary(), dt.date(2026, 11, 22))


def climb_of(row: dict[str, str], frame: Frame) -> Climb:
    """The climb that a hand-written route begins with."""
    held = tuple(key for key in row["held"].split(";") if key)
    start = StartingPoint(
        RANKS[row["level"]],
        GRADES[row["english"]],
        GRADES[row["maths"]],
        int(row["age"]),
        held,
        month=MONTH,
    )
    return Climb(frame, start)


def goes_by(climb: Climb, route: Route, via: list[set[str]]) -> bool:
    """Whether a route steps on these in order, or names them as what would do as well."""
    if not via:
        return len(route.steps) == 1
    shown = iter(
        {step.hold.key, *(hold.key for hold in climb.instead_of(route, number))}
        for number, step in enumerate(route.steps[:-1])
    )
    return all(any(wanted & names for names in shown) for wanted in via)


def is_found(row: dict[str, str], frame: Frame) -> bool:
    """Whether a hand-written route is among the first three."""
    climb = climb_of(row, frame)
    via = [set(place.split("|")) for place in row["via"].split(";") if place]
    routes = climb.routes(frame.holds[row["goal"]])[:FIRST]
    return any(goes_by(climb, route, via) for route in routes)


@pytest.mark.parametrize("row", BY_HAND, ids=lambda row: row["name"])
def test_a_route_written_by_hand_is_found_or_it_is_said_why_not(
    row: dict[str, str], frame: Frame
) -> None:
    assert is_found(row, frame) is not bool(row["not_found_because"]), row["not_found_because"]


def test_most_routes_written_by_hand_are_found_and_all_those_that_were_named() -> None:
    found = [row["name"] for row in BY_HAND if not row["not_found_because"]]
    print(f"\n{len(found)} of {len(BY_HAND)} hand-written routes are among the first {FIRST}.")
    assert len(found) >= 85
    for name in NAMED:
        assert any(name in one for one in found), f"no route found like “{name}”"


def test_every_job_can_be_reached_from_every_start_or_is_named(frame: Frame) -> None:
    """The table of the issue: a row a job, a column a start; “gap” names what is in the way."""
    unreached = {}
    counts = dict.fromkeys(STARTS, 0)
    for name, start in STARTS.items():
        climb = Climb(frame, start)
        for role in frame.roles:
            routes = climb.routes(role)
            counts[name] += len(routes)
            if not routes and role.key not in start.held:
                unreached[name, role.title] = climb.obstacle(role)
    print(f"\n{len(frame.roles)} jobs; routes found from each start:")
    for name, number in counts.items():
        print(f"  {name}: {number}, {sum(1 for n, _ in unreached if n == name)} jobs without one")
    for (name, title), obstacle in unreached.items():
        print(f"  gap from {name} to {title}: {obstacle.reason}")
    assert all(obstacle.reason and obstacle.wanted for obstacle in unreached.values())
    assert sorted(unreached) == []


@pytest.mark.parametrize("name", STARTS)
def test_routes_stand_on_what_was_attained(name: str, frame: Frame) -> None:
    """The property tests of test_frame.py, once more, on every route of the real catalogue."""
    start = STARTS[name]
    climb = Climb(frame, start)
    for role in frame.roles:
        for route in climb.routes(role):
            before = None
            for number, step in enumerate(route.steps):
                came_from = step.move.before
                if number == 0:
                    assert came_from is None or came_from.key in start.held
                else:
                    assert came_from is before
                needs = step.hold.needs
                assert step.now.level >= needs.level or step.move.waives
                assert step.now.english >= needs.english_and_maths <= step.now.maths
                assert step.move.reason
                before = step.hold
            assert before is role


def test_technical_and_academic_ways_stand_beside_each_other(frame: Frame) -> None:
    """Where both kinds of learning lead to a job, a page of ways shows both."""
    climb = Climb(frame, STARTS["Level 2 with them"])
    both = 0
    for role in frame.roles:
        last = {
            m.before.family for m in frame.reaching(role.key) if m.before and not m.before.is_role
        }
        kinds = {route.kind for route in climb.routes(role)}
        if RouteKind.ACADEMIC in kinds and {Family.TECHNICAL, Family.ACADEMIC} <= last:
            assert kinds & {RouteKind.TECHNICAL, RouteKind.EARNING, RouteKind.MIXED}, role.key
            both += 1
    assert both > 10


def test_the_frame_is_kept_until_the_catalogue_changes(catalogue: Flask) -> None:
    with catalogue.app_context():
        first = current_frame()
    with catalogue.app_context():
        assert current_frame() is first
