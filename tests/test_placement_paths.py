"""No path leads to a booking without an adviser, the employer and, where it is due, a parent.

Random lives of requests. Beside the portal the machine keeps its own small record of who said what,
and its own idea of how old somebody is on a day; every booking must follow from that record alone.
"""

import datetime as dt
import secrets
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from conftest import close
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from offers import make_city
from placements import make_listing
from sqlalchemy import func, select, update

from portal.accounts.models import Member, Organisation
from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.experiences import Listing, Occasion
from portal.catalogue.models import Entry
from portal.clock import now, today
from portal.extensions import db
from portal.mail import Letter
from portal.placements import advising, asking, clockwork, consenting, hosting, withdrawing
from portal.placements.advising import NoParentError
from portal.placements.asking import Wish
from portal.placements.booking import NotBookableError
from portal.placements.hosting import TooSoonError
from portal.placements.life import ImpossibleActError, Stage
from portal.placements.models import Placement, Request
from portal.placements.steps import ChangedMeanwhileError
from portal.publishing import moderation, verifying
from portal.publishing.kinds import kind_of
from portal.publishing.life import State
from portal.publishing.models import Offer

RUNS, STEPS = 60, 40
REFUSED = (
    ChangedMeanwhileError, ImpossibleActError, LookupError, NoParentError, NotBookableError,
    TooSoonError, moderation.ChangedMeanwhileError,
)  # fmt: skip
HELD = {Stage.BOOKED, Stage.ATTENDED, Stage.ABSENT}
# Ages round which something changes, and how many days from the birthday.
BIRTHS = st.tuples(st.sampled_from([14, 16, 18]), st.integers(-2, 2))
numbers = count()


def years_old(born: dt.date, day: dt.date) -> int:
    """Counted from one birthday to the next; who was born on 29 February waits until 1 March."""
    years = 0
    while True:
        year = born.year + years + 1
        leap = (born.month, born.day) == (2, 29) and not (
            year % 4 == 0 and (year % 100 or year % 400 == 0)
        )
        birthday = dt.date(year, 3, 1) if leap else born.replace(year=year)
        if birthday > day:
            return years
        years += 1


def born(age: int, from_birthday: int, day: dt.date) -> dt.date:
    """Whose birthday of that age is so many days from a day; 29 February where that is near."""
    around = day - dt.timedelta(days=from_birthday)
    year = around.year - age
    if (around.month, around.day) in {(2, 28), (3, 1)} and year % 4 == 0:
        return dt.date(year, 2, 29)
    if (around.month, around.day) == (2, 29):
        return dt.date(year, 2, 28)
    return around.replace(year=year)


class Lives(RuleBasedStateMachine):
    """Everything that young people, advisers, employers, parents, moderators and the clock do."""

    app: Flask
    requests = Bundle("requests")

    def __init__(self) -> None:
        super().__init__()
        self.context = self.app.app_context()
        self.context.push()
        number = next(numbers)
        self.adviser = self.member("school", f"school-{number}", "adviser")
        self.employer = self.member("employer", f"employer-{number}", "owner")
        self.moderator = self.member("council", f"council-{number}", "moderator")
        db.session.commit()
        self.listings: list[int] = []
        # The machine’s own record, which the portal’s code never reads.
        self.sent: set[int] = set()
        self.yes: set[tuple[int, int]] = set()
        self.consented: set[int] = set()
        self.shut_out = False
        self.taken_down: set[int] = set()
        self.booked: set[int] = set()
        self.links: dict[int, str] = {}

    def teardown(self) -> None:
        db.session.remove()
        self.context.pop()

    def member(self, kind: str, slug: str, role: str) -> Member:
        organisation = Organisation(
            kind=kind, slug=slug, name=slug.title(), standing="verified", checked_on=today()
        )
        member = Member(
            organisation=organisation, email=f"{role}-{next(numbers)}@example.org", name="A person",
            roles=[role], state="active", joined_at=now(),
        )  # fmt: skip
        db.session.add(member)
        return member

    @initialize(
        tiers=st.tuples(*[st.sampled_from(["shadowing", "talk", "placement"])] * 2),
        ages=st.tuples(*[st.sampled_from([None, 14, 16])] * 2),
        days=st.sampled_from([2, 3, 30, 98, 99, 100]),
    )
    def publish(
        self, tiers: tuple[str, str], ages: tuple[int | None, int | None], days: int
    ) -> None:
        first = today() + dt.timedelta(days=days)
        second = first + dt.timedelta(days=7)
        for experience, age in zip(tiers, ages, strict=True):
            made = make_listing(
                self.app, organisation=self.employer.organisation, experience=experience,
                days=[(first, first, 1), (second, second, 2)], min_age=age,
            )  # fmt: skip
            self.listings.append(made.id)

    def fetch(self, number: int) -> Request:
        return db.session.get_one(Request, number)

    def attempt(self, act: object, *given: object, **named: object) -> object:
        try:
            return act(db.session, *given, **named)  # type: ignore[operator]
        except REFUSED:
            db.session.rollback()
            return REFUSED

    @rule(
        target=requests,
        which=st.integers(0, 1),
        day=st.integers(0, 1),
        birth=BIRTHS,
    )
    def ask(self, which: int, day: int, birth: tuple[int, int]) -> int:
        listing = db.session.get_one(Listing, self.listings[which])
        occasion = listing.occasions[day]
        wish = Wish(
            first_name="Zoë", born_on=born(*birth, occasion.first_day), year_group="year-11",
            hopes="To see it", availability="", adjustments="", reach="My tutor",
        )  # fmt: skip
        asked = asking.ask(
            db.session, listing, occasion, advisers=self.adviser.organisation, wish=wish,
            token=secrets.token_hex(8),
        )  # fmt: skip
        return asked.request.id

    @rule(target=requests, which=st.integers(0, 1), people=st.integers(1, 3))
    def ask_for_group(self, which: int, people: int) -> int:
        listing = db.session.get_one(Listing, self.listings[which])
        made = advising.ask_for_group(
            db.session, listing, listing.occasions[1], people=people, year_group="year-11",
            hopes="", adjustments="", token=secrets.token_hex(8), by=self.adviser,
        )  # fmt: skip
        self.sent.add(made.id)
        return made.id

    @rule(target=requests, which=st.integers(0, 1), day=st.integers(0, 1), birth=BIRTHS)
    def come_far(self, which: int, day: int, birth: tuple[int, int]) -> int:
        """The usual beginning in one step, so that many lives come to the end of theirs."""
        number = self.ask(which, day, birth)
        self.send_on(number)
        self.offer(number)
        return number

    @rule(number=requests)
    def send_on(self, number: int) -> None:
        came = self.attempt(
            advising.send_on, self.fetch(number), hopes="To see it", adjustments="",
            availability="", reference="", by=self.adviser,
        )  # fmt: skip
        if came is not REFUSED:
            self.sent.add(number)

    @rule(number=requests)
    def not_send_on(self, number: int) -> None:
        self.attempt(advising.not_send_on, self.fetch(number), reason="talk-first", by=self.adviser)

    @rule(number=requests)
    def offer(self, number: int) -> None:
        request = self.fetch(number)
        if self.attempt(hosting.offer, request, by=self.employer) is not REFUSED:
            self.yes.add((number, self.fetch(number).occasion_id))

    @rule(number=requests, day=st.integers(0, 1))
    def propose(self, number: int, day: int) -> None:
        request = self.fetch(number)
        other = request.listing.occasions[day]
        came = self.attempt(hosting.propose_other_day, request, other, by=self.employer)
        if came is not REFUSED:
            self.yes.add((number, other.id))

    @rule(number=requests)
    def take_other_day(self, number: int) -> None:
        self.attempt(advising.take_other_day, self.fetch(number), by=self.adviser)

    @rule(number=requests, has_parent=st.booleans())
    def take_up(self, number: int, has_parent: bool) -> None:  # noqa: FBT001
        self.attempt(
            advising.take_up, self.fetch(number), rules=vocabulary().work_rules,
            parent_email="parent@example.org" if has_parent else None, by=self.adviser,
        )  # fmt: skip
        self.read_letter(number)

    def read_letter(self, number: int) -> None:
        """Find the link in the newest letter to a parent, as a parent would."""
        text = db.session.scalar(
            select(Letter.text).where(Letter.recipient == "parent@example.org")
            .order_by(Letter.id.desc()).limit(1)
        )  # fmt: skip
        if text and self.fetch(number).stand == Stage.AWAITING_CONSENT:
            self.links[number] = text.rpartition("/consent/")[2].split()[0]

    @rule(number=requests, is_yes=st.booleans())
    def parent_answers(self, number: int, is_yes: bool) -> None:  # noqa: FBT001
        token = self.links.get(number, "nobodys")
        verb = consenting.consent if is_yes else consenting.refuse
        came = self.attempt(verb, token)
        if is_yes and isinstance(came, Request):
            self.consented.add(came.id)

    @rule(number=requests)
    def decline(self, number: int) -> None:
        self.attempt(hosting.decline, self.fetch(number), reason="full", by=self.employer)

    @rule(number=requests)
    def cancel(self, number: int) -> None:
        self.attempt(hosting.cancel, self.fetch(number), reason="closed-then", by=self.employer)

    @rule(number=requests, by_adviser=st.booleans())
    def withdraw(self, number: int, by_adviser: bool) -> None:  # noqa: FBT001
        if by_adviser:
            self.attempt(withdrawing.withdraw, self.fetch(number), reason="ill", by=self.adviser)
        else:
            self.attempt(withdrawing.withdraw, self.fetch(number), reason="ill")

    @rule(number=requests, came=st.integers(0, 3))
    def confirm(self, number: int, came: int) -> None:
        self.attempt(hosting.confirm, self.fetch(number), came=came, by=self.employer)

    @rule()
    def night(self) -> None:
        clockwork.expire_due(db.session)
        clockwork.fill_waiting_lists(db.session)
        clockwork.remind_due(db.session)
        clockwork.ask_who_came(db.session)

    @rule(days=st.sampled_from([1, 2, 7, 40]))
    def days_pass(self, days: int) -> None:
        """Time goes on: everything lies so much nearer. Births move too, so that ages stay."""
        listings = select(Entry.id).where(Entry.id.in_(self.listings))
        for occasion in db.session.scalars(
            select(Occasion).where(Occasion.listing_id.in_(listings)).order_by(Occasion.first_day)
        ).all():
            occasion.first_day -= dt.timedelta(days=days)
            occasion.last_day -= dt.timedelta(days=days)
            db.session.flush()
        for request in db.session.scalars(
            select(Request).where(Request.listing_id.in_(self.listings))
        ).all():
            if request.due_on:
                db.session.execute(
                    update(Request)
                    .where(Request.id == request.id)
                    .values(due_on=request.due_on - dt.timedelta(days=days))
                )
        db.session.commit()

    @rule(which=st.integers(0, 1))
    def take_down(self, which: int) -> None:
        offer = db.session.scalars(
            select(Offer).where(Offer.entry_id == self.listings[which])
        ).one()
        if offer.stand == State.LIVE:
            moderation.take_down(
                db.session, offer, kind_of("listing"), reasons={"": "No."}, by=self.moderator
            )
            self.taken_down.add(self.listings[which])

    @rule(is_out=st.booleans())
    def suspend(self, is_out: bool) -> None:  # noqa: FBT001
        verb = verifying.suspend if is_out else verifying.reinstate
        came = self.attempt(verb, self.employer.organisation, by=self.moderator, why="A reason.")
        if came is not REFUSED:
            self.shut_out = is_out

    @invariant()
    def every_new_booking_follows_from_what_people_said(self) -> None:
        for request in self.mine():
            if request.stand not in HELD or request.id in self.booked:
                continue
            self.booked.add(request.id)
            day = request.occasion.first_day
            assert request.id in self.sent
            assert (request.id, request.occasion_id) in self.yes
            assert not self.shut_out
            assert request.listing_id not in self.taken_down
            assert day > today()
            if request.is_group:
                continue
            assert request.born_on
            age = years_old(request.born_on, day)
            assert age >= (request.listing.min_age or 0)
            if request.listing.tier == "workplace" and age < 18:
                assert request.id in self.consented

    @invariant()
    def places_are_counted_right(self) -> None:
        for occasion in db.session.scalars(
            select(Occasion).where(Occasion.listing_id.in_(self.listings))
        ).all():
            held = db.session.scalar(
                select(func.coalesce(func.sum(Placement.people), 0)).where(
                    Placement.occasion_id == occasion.id, Placement.freed_at.is_(None)
                )
            )
            came = db.session.scalar(
                select(func.coalesce(func.sum(Placement.came), 0)).where(
                    Placement.occasion_id == occasion.id, Placement.freed_at.is_(None)
                )
            )
            assert occasion.taken == held <= occasion.places
            assert occasion.attended == came

    @invariant()
    def nobody_is_sent_to_an_employer_who_is_shut_out(self) -> None:
        for request in self.mine():
            if request.stand == Stage.BOOKED and request.occasion.first_day > today():
                assert not self.shut_out
                assert request.listing_id not in self.taken_down

    def mine(self) -> Iterator[Request]:
        db.session.expire_all()
        yield from db.session.scalars(
            select(Request).where(Request.listing_id.in_(self.listings))
        ).all()


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = make_city(Path(tmp_path_factory.mktemp("placements")))
    yield app
    close(app)


@pytest.mark.long
@pytest.mark.parametrize("half", [0, 1])
def test_no_path_leads_to_a_booking_past_adviser_employer_and_parent(
    city: Flask, half: int
) -> None:
    Lives.app = city
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=RUNS // 2,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=half == 0,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
