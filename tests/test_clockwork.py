"""What the clock does with requests and placements each night, once however often it is run."""

import datetime as dt
from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask
from members import make_member
from placements import make_adviser, make_listing, make_request
from sqlalchemy import select, update

from portal.accounts.models import Member
from portal.catalogue.experiences import Occasion
from portal.clock import now, today
from portal.extensions import db
from portal.mail import Letter
from portal.placements import clockwork
from portal.placements.life import OPEN, Stage
from portal.placements.models import Evidence, Placement, Request

DAY = dt.timedelta(days=1)
KNOWN = ("first_name", "born_on", "email", "parent_email", "code_hash")
WRITTEN = ("hopes", "availability", "adjustments", "reach")


@pytest.fixture
def people(small_app: Flask) -> tuple[Member, Member]:
    """An employer and an adviser."""
    return make_member(small_app, kind="employer"), make_adviser(small_app)


def letters(app: Flask) -> Counter[str]:
    with app.app_context():
        return Counter(db.session.scalars(select(Letter.recipient)))


def nightly_twice(app: Flask, act: Callable[..., int]) -> tuple[int, int]:
    with app.app_context():
        return act(db.session), act(db.session)


@pytest.mark.parametrize(
    ("days", "reminded", "again"),
    [(30, 0, 0), (8, 0, 0), (7, 1, 0), (2, 1, 0), (1, 1, 0), (0, 0, 0)],
)
def test_everybody_is_reminded_a_week_and_a_day_before_and_never_twice_in_a_night(
    small_app: Flask, people: tuple[Member, Member], days: int, reminded: int, again: int
) -> None:
    employer, adviser = people
    first = today() + days * DAY
    listing = make_listing(small_app, organisation=employer.organisation, days=[(first, first, 2)])
    make_request(
        small_app, Stage.BOOKED, listing=listing, adviser=adviser, email="young@example.org",
        parent_email="parent@example.org", consented_at=now(),
    )  # fmt: skip
    assert nightly_twice(small_app, clockwork.remind_due) == (reminded, again)
    everybody = {employer.email, adviser.email, "young@example.org", "parent@example.org"}
    assert letters(small_app) == dict.fromkeys(everybody, 1) if reminded else not letters(small_app)


def test_somebody_reminded_of_the_week_is_reminded_of_the_day(
    small_app: Flask, people: tuple[Member, Member]
) -> None:
    employer, adviser = people
    first = today() + 7 * DAY
    listing = make_listing(small_app, organisation=employer.organisation, days=[(first, first, 2)])
    make_request(small_app, Stage.BOOKED, listing=listing, adviser=adviser)
    with small_app.app_context():
        assert clockwork.remind_due(db.session) == 1
        db.session.execute(update(Occasion).values(first_day=today() + DAY, last_day=today() + DAY))
        db.session.commit()
        assert clockwork.remind_due(db.session) == 1
        assert clockwork.remind_due(db.session) == 0
    assert letters(small_app) == {employer.email: 2, adviser.email: 2}


def test_no_reminder_says_anything_about_the_young_person(
    small_app: Flask, people: tuple[Member, Member]
) -> None:
    employer, adviser = people
    first = today() + DAY
    listing = make_listing(small_app, organisation=employer.organisation, days=[(first, first, 2)])
    make_request(
        small_app, Stage.BOOKED, listing=listing, adviser=adviser, first_name="Xanthippe",
        email="young@example.org",
    )  # fmt: skip
    with small_app.app_context():
        clockwork.remind_due(db.session)
        texts = db.session.scalars(select(Letter.text)).all()
        assert len(texts) == 3
        assert not any("Xanthippe" in text or listing.address in text for text in texts)


@pytest.mark.parametrize("stage", list(Stage))
def test_what_nobody_answered_in_time_ends(small_app: Flask, stage: Stage) -> None:
    made = make_request(small_app, stage, email="young@example.org")
    with small_app.app_context():
        db.session.execute(update(Request).values(due_on=today() - DAY))
        db.session.commit()
    ends = stage in OPEN - {Stage.BOOKED}
    assert nightly_twice(small_app, clockwork.expire_due) == (int(ends), 0)
    with small_app.app_context():
        found = db.session.get_one(Request, made.request.id)
        assert found.stand == (Stage.EXPIRED if ends else stage)


def test_what_is_due_today_may_still_be_answered(small_app: Flask) -> None:
    make_request(small_app, Stage.SENT)
    with small_app.app_context():
        db.session.execute(update(Request).values(due_on=today()))
        db.session.commit()
    assert nightly_twice(small_app, clockwork.expire_due) == (0, 0)


@pytest.mark.parametrize(("days", "asked"), [(1, 0), (0, 0), (-1, 1), (-30, 1)])
def test_the_employer_is_asked_once_who_came(
    small_app: Flask, people: tuple[Member, Member], days: int, asked: int
) -> None:
    employer, adviser = people
    listing = make_listing(small_app, organisation=employer.organisation)
    make_request(small_app, Stage.BOOKED, listing=listing, adviser=adviser)
    last = today() + days * DAY
    with small_app.app_context():
        db.session.execute(update(Occasion).values(first_day=last - 2 * DAY, last_day=last))
        db.session.commit()
    assert nightly_twice(small_app, clockwork.ask_who_came) == (asked, 0)
    assert letters(small_app) == ({employer.email: 1} if asked else {})


@pytest.mark.parametrize(
    ("stage", "days", "emptied"),
    [
        (Stage.ASKED, 500, 0),
        (Stage.BOOKED, 500, 0),
        (Stage.WITHDRAWN, 29, 0),
        (Stage.WITHDRAWN, 31, 1),
        (Stage.DECLINED, 31, 1),
        (Stage.EXPIRED, 31, 1),
        (Stage.ATTENDED, 364, 0),
        (Stage.ATTENDED, 366, 1),
        (Stage.ABSENT, 366, 1),
    ],
)
def test_what_is_known_of_somebody_goes_when_nobody_needs_it(
    small_app: Flask, stage: Stage, days: int, emptied: int
) -> None:
    made = make_request(
        small_app, stage, email="young@example.org", parent_email="parent@example.org"
    )
    with small_app.app_context():
        db.session.execute(update(Request).values(changed_at=now() - days * DAY))
        db.session.commit()
    assert nightly_twice(small_app, clockwork.empty_old) == (emptied, 0)
    with small_app.app_context():
        found = db.session.get_one(Request, made.request.id)
        assert all((getattr(found, name) is None) == bool(emptied) for name in KNOWN)
        assert all((getattr(found, name) == "") == bool(emptied) for name in WRITTEN)
        assert (found.emptied_at is not None) == bool(emptied)
        if stage in {Stage.ATTENDED, Stage.ABSENT}:
            assert db.session.get_one(Placement, found.id).people == 1


@pytest.mark.parametrize(("days", "warned"), [(None, 0), (-1, 0), (0, 1), (30, 1), (31, 0)])
def test_an_employer_hears_once_that_a_document_soon_runs_out(
    small_app: Flask, people: tuple[Member, Member], days: int | None, warned: int
) -> None:
    employer, _ = people
    with small_app.app_context():
        db.session.add(
            Evidence(
                organisation_id=employer.organisation_id, kind="insurance", token="t",
                file_name="cover.pdf", media_type="application/pdf", content=b"%PDF",
                expires_on=None if days is None else today() + days * DAY, added_at=now(),
            )
        )  # fmt: skip
        db.session.commit()
    assert nightly_twice(small_app, clockwork.warn_about_evidence) == (warned, 0)
    assert letters(small_app) == ({employer.email: 1} if warned else {})
