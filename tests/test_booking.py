"""Places: however many ask at once, and whatever breaks, none is taken twice or lost."""

import datetime as dt
import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from members import make_member, make_organisation
from offers import here
from placements import FIFTEEN, make_adviser, make_listing, make_request
from programs import run
from sqlalchemy import insert, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.accounts.models import Member, Organisation, Standing
from portal.catalogue.experiences import Listing, Occasion
from portal.clock import now, today
from portal.content.formats import WorkRule
from portal.extensions import db
from portal.placements import advising, booking, clockwork, consenting, hosting, withdrawing
from portal.placements.booking import NotBookableError
from portal.placements.life import Stage
from portal.placements.models import Placement, Request
from portal.placements.steps import ChangedMeanwhileError

ROUNDS, PLACES, PEOPLE = 20, 10, 200
AT_ONCE = 50
RULES = {
    "consent-below": WorkRule.model_validate(
        {
            "slug": "consent-below", "name": "A rule", "value": 18, "says": "A parent says yes.",
            "starts": "2020-01-01", "source": {"name": "A source", "date": "2026"},
        }
    )
}  # fmt: skip
ADULT = today() - 20 * FIFTEEN // 15


def many_offered(app: Flask, listing: Listing, adviser: Member, number: int) -> list[int]:
    """So many requests to which the employer said yes, straight in the database."""
    rows = [
        {
            "public_id": f"r-{listing.id}-{n}", "token": f"t-{listing.id}-{n}",
            "listing_id": listing.id, "occasion_id": listing.occasions[0].id,
            "organisation_id": adviser.organisation_id, "adviser_id": adviser.id,
            "stage": Stage.OFFERED.value, "year_group": "adult", "born_on": ADULT,
            "first_name": "A", "hopes": "", "availability": "", "adjustments": "", "reach": "",
            "is_group": False, "people": 1, "is_consent_due": False, "asked_at": now(),
            "changed_at": now(), "version": 1,
        }
        for n in range(number)
    ]  # fmt: skip
    with app.app_context():
        db.session.execute(insert(Request), rows)
        db.session.commit()
        return list(db.session.scalars(select(Request.id).where(Request.listing_id == listing.id)))


def take_up(app: Flask, number: int, adviser_id: int) -> str:
    """What came of it: the verb’s answer, or that the database was busy, as a page would say."""
    with app.app_context():
        try:
            request = db.session.get_one(Request, number)
            by = db.session.get_one(Member, adviser_id)
            return advising.take_up(
                db.session, request, rules=RULES, parent_email=None, by=by
            ).value
        except OperationalError as error:
            db.session.rollback()
            return "busy" if "locked" in str(error) else str(error)


def assert_whole(app: Flask, listing: Listing) -> Counter[str]:
    """Count what is there, and see that nothing is half done."""
    with app.app_context():
        occasion = db.session.scalars(
            select(Occasion).where(Occasion.listing_id == listing.id)
        ).one()
        requests = db.session.scalars(select(Request).where(Request.listing_id == listing.id)).all()
        held = {
            placement.request_id: placement.people
            for placement in db.session.scalars(select(Placement))
            if placement.occasion_id == occasion.id and placement.freed_at is None
        }
        booked = {request.id for request in requests if request.stand == Stage.BOOKED}
        assert held.keys() == booked
        assert occasion.taken == sum(held.values()) <= occasion.places
        return Counter(request.stage for request in requests)


@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.long
def test_of_two_hundred_at_once_exactly_as_many_are_booked_as_there_are_places(
    small_app: Flask, half: int
) -> None:
    del half  # in two halves, so that two processes can share them
    employer = make_organisation(small_app, kind="employer")
    adviser = make_adviser(small_app)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in range(ROUNDS // 2):
            listing = make_listing(small_app, organisation=employer, places=PLACES)
            numbers = many_offered(small_app, listing, adviser, PEOPLE)
            came = Counter(pool.map(lambda n: take_up(small_app, n, adviser.id), numbers))
            while came["busy"]:  # asked again, as somebody does who is told that it was busy
                came = Counter(pool.map(lambda n: take_up(small_app, n, adviser.id), numbers))
            assert came == {"booked": PLACES, "waiting-list": PEOPLE - PLACES}
            stages = assert_whole(small_app, listing)
            assert stages == {"booked": PLACES, "waiting-list": PEOPLE - PLACES}


def test_one_request_taken_up_by_many_at_once_takes_one_place(small_app: Flask) -> None:
    adviser = make_adviser(small_app)
    listing = make_listing(small_app, places=5)
    [number] = many_offered(small_app, listing, adviser, 1)
    together = Barrier(20)

    def try_it(_: int) -> str:
        together.wait()
        try:
            return take_up(small_app, number, adviser.id)
        except ChangedMeanwhileError:
            return "changed"

    with ThreadPoolExecutor(20) as pool:
        came = Counter(pool.map(try_it, range(20)))
    assert came["booked"] >= 1
    assert assert_whole(small_app, listing) == {"booked": 1}
    with small_app.app_context():
        assert db.session.get_one(Occasion, listing.occasions[0].id).taken == 1


KILLED = """
import os
from portal import create_app
from portal.extensions import db
from portal.accounts.models import Member
from portal.placements import advising, booking
from portal.placements.models import Request
app = create_app(ENVIRONMENT="testing", SECRET_KEY="only-for-tests")
given = [int(word) for word in os.environ["NUMBERS"].split()]
adviser, stop, numbers = given[0], given[1], given[2:]
done = 0
step = booking.step
def dying(*args, **named):
    if done == stop:
        db.session.flush()
        os.kill(os.getpid(), 9)
    step(*args, **named)
booking.step = dying
with app.app_context():
    for number in numbers:
        request = db.session.get_one(Request, number)
        by = db.session.get_one(Member, adviser)
        request.listing.tier = "meeting"
        advising.take_up(db.session, request, rules={}, parent_email=None, by=by)
        done += 1
        print(number, flush=True)
"""


@pytest.mark.parametrize("stop", [0, 3, PLACES])
def test_killed_between_taking_a_place_and_booking_it_nothing_is_half_done(
    small_app: Flask, stop: int
) -> None:
    adviser = make_adviser(small_app)
    listing = make_listing(small_app, places=PLACES)
    numbers = many_offered(small_app, listing, adviser, PLACES + 5)
    killed = run(
        KILLED,
        environment={
            **os.environ,
            "PORTAL_INSTANCE_DIR": str(small_app.config["INSTANCE_DIR"]),
            "PORTAL_CONTENT_DIR": str(small_app.config["CONTENT_DIR"]),
            "NUMBERS": " ".join(map(str, [adviser.id, stop, *numbers])),
        },
    )
    assert killed.returncode == -9, killed.stderr
    acknowledged = [int(word) for word in killed.stdout.split()]
    assert acknowledged == numbers[:stop]
    stages = assert_whole(small_app, listing)
    assert stages["booked"] == stop
    for number in numbers:
        assert take_up(small_app, number, adviser.id) in {"booked", "waiting-list"}
    assert assert_whole(small_app, listing) == {"booked": PLACES, "waiting-list": 5}


def test_a_place_that_comes_free_goes_to_whoever_waited_longest(small_app: Flask) -> None:
    adviser = make_adviser(small_app)
    employer = make_member(small_app, kind="employer")
    listing = make_listing(small_app, organisation=employer.organisation, places=1)
    first, second, third = many_offered(small_app, listing, adviser, 3)
    for number in (first, second, third):
        take_up(small_app, number, adviser.id)
    with small_app.app_context():
        request = db.session.get_one(Request, first)
        hosting.cancel(db.session, request, reason="closed-then", by=here(employer))
        assert db.session.get_one(Request, second).stand == Stage.BOOKED
        assert db.session.get_one(Request, third).stand == Stage.WAITING_LIST
        withdrawing.withdraw(db.session, db.session.get_one(Request, second), reason="ill")
        assert db.session.get_one(Request, third).stand == Stage.BOOKED
    assert assert_whole(small_app, listing) == {"cancelled": 1, "withdrawn": 1, "booked": 1}


def test_nobody_is_booked_from_the_waiting_list_on_the_eve(small_app: Flask) -> None:
    adviser = make_adviser(small_app)
    tomorrow = today() + booking.NOTICE / 2
    listing = make_listing(small_app, days=[(tomorrow, tomorrow, 1)])
    first, second = many_offered(small_app, listing, adviser, 2)
    for number in (first, second):
        take_up(small_app, number, adviser.id)
    with small_app.app_context():
        withdrawing.withdraw(db.session, db.session.get_one(Request, first), reason="ill")
        assert clockwork.fill_waiting_lists(db.session) == 0
        assert db.session.get_one(Request, second).stand == Stage.WAITING_LIST


def test_a_listing_with_more_places_books_those_who_wait_at_night(small_app: Flask) -> None:
    adviser = make_adviser(small_app)
    listing = make_listing(small_app, places=1)
    for number in many_offered(small_app, listing, adviser, 3):
        take_up(small_app, number, adviser.id)
    with small_app.app_context():
        shown = db.session.get_one(Listing, listing.id)
        day = shown.occasions[0]
        shown.dates = [{"first_day": day.first_day, "last_day": day.last_day, "places": 2}]
        db.session.commit()
        assert clockwork.fill_waiting_lists(db.session) == 1
        assert clockwork.fill_waiting_lists(db.session) == 0
    assert assert_whole(small_app, listing) == {"booked": 2, "waiting-list": 1}


def no_adviser(request: Request) -> None:
    request.adviser_id = None


def no_answer(request: Request) -> None:
    request.stage = Stage.SENT.value


def no_consent(request: Request) -> None:
    request.is_consent_due = True


def suspended(request: Request) -> None:
    organisation = db.session.get_one(Organisation, request.listing.organisation_id)
    organisation.standing = Standing.SUSPENDED.value


def taken_down(request: Request) -> None:
    request.listing.status = "retired"


def begun(request: Request) -> None:
    request.occasion.first_day = request.occasion.last_day = today()


def withdrawn_day(request: Request) -> None:
    request.occasion.is_offered = False


def too_young(request: Request) -> None:
    request.born_on = request.occasion.first_day - dt.timedelta(days=14 * 365)


def age_not_known(request: Request) -> None:
    request.born_on = None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (no_adviser, "adviser"),
        (no_answer, "employer"),
        (no_consent, "consent"),
        (suspended, "listing"),
        (taken_down, "listing"),
        (begun, "day"),
        (withdrawn_day, "day"),
        (too_young, "age"),
        (age_not_known, "age"),
    ],
)
def test_a_place_is_taken_only_when_every_condition_holds(
    small_app: Flask, change: Callable[[Request], None], why: str
) -> None:
    made = make_request(small_app, Stage.OFFERED)
    with small_app.app_context():
        request = db.session.get_one(Request, made.request.id)
        booking.refuse_unready(request)
        change(request)
        db.session.flush()
        with pytest.raises(NotBookableError) as refused:
            booking.take_place(db.session, request, by=None)
        assert refused.value.why == why
        assert request.occasion.taken == 0


def test_a_group_takes_as_many_places_as_it_has_people_or_none(small_app: Flask) -> None:
    adviser = make_adviser(small_app)
    listing = make_listing(small_app, experience="visit", places=30)
    made = [
        make_request(
            small_app, Stage.OFFERED, listing=listing, adviser=adviser, is_group=True,
            people=people, first_name=None, born_on=None,
        )
        for people in (20, 11, 10)
    ]  # fmt: skip
    came = [take_up(small_app, each.request.id, adviser.id) for each in made]
    assert came == ["booked", "waiting-list", "booked"]
    with small_app.app_context():
        assert db.session.get_one(Occasion, listing.occasions[0].id).free == 0


def test_a_parents_yes_to_what_was_just_withdrawn_is_told_and_takes_nothing(
    small_app: Flask,
) -> None:
    made = make_request(small_app, Stage.AWAITING_CONSENT)
    with small_app.app_context():
        assert consenting.find(db.session, made.consent_token)
        with Session(db.engine) as beside:
            withdrawing.withdraw(beside, beside.get_one(Request, made.request.id), reason="ill")
        assert consenting.consent(db.session, made.consent_token) is None
        assert db.session.get_one(Request, made.request.id).stand == Stage.WITHDRAWN
        assert db.session.get_one(Occasion, made.request.occasion_id).taken == 0
