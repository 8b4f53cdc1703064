"""No path leads past the moderators: random lives of offers, and what a visitor sees meanwhile.

Beside the portal the machine keeps its own small record of who agreed to which words. Whatever a
visitor sees must follow from that record alone.
"""

import datetime as dt
from itertools import count
from pathlib import Path

import pytest
from conftest import make_app
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
from sqlalchemy import select, update

from portal.accounts.models import Member, Organisation
from portal.catalogue import reading
from portal.catalogue.models import Course, Entry
from portal.clock import now, today
from portal.extensions import db
from portal.provision.offers import COURSE
from portal.publishing import keeping_up, moderation, verifying
from portal.publishing.kinds import Content
from portal.publishing.life import IllegalActError, State
from portal.publishing.models import Offer
from portal.publishing.publishing_many import Put, put_all, take_back_all

# In two halves, so that two processes can share them.
RUNS, STEPS = 300, 50
REFUSED = (
    IllegalActError,
    moderation.ChangedMeanwhileError,
    moderation.NotTrustedError,
    moderation.NotVerifiedError,
    moderation.OwnWorkError,
    moderation.UnfinishedError,
)
numbers = count()
WORDS = ("We fire pots in a kiln.", "We glaze plates.", "Ring me on 07700 900123.")


def content(words: str) -> Content:
    return {
        "title": "Throwing and glazing", "level": "2", "sector": "creative", "who_for": words,
        "mode": "online", "is_flexible_start": True, "length": 3, "length_unit": "weeks",
        "cost": "0", "web_address": "https://www.kilnhouse.example.org/throwing",
    }  # fmt: skip


class Lives(RuleBasedStateMachine):
    """Everything that people and the clock can do to what two organisations offer."""

    app: Flask
    offers = Bundle("offers")

    def __init__(self) -> None:
        super().__init__()
        self.context = self.app.app_context()
        self.context.push()
        number = next(numbers)
        council = self.organisation("council", f"council-{number}", "verified")
        self.moderators = [self.member(council, "moderator") for _ in range(2)]
        names = ("kiln-house", "wheel-yard")
        self.organisations = [
            self.organisation("training-provider", f"{name}-{number}", "applied") for name in names
        ]
        self.writers = [self.member(each, "owner") for each in self.organisations]
        db.session.commit()
        # Numbers stay; asking a row for its own after each commit would read the row again.
        self.mine = [each.id for each in self.organisations]
        self.writer_numbers = {each.organisation_id: each.id for each in self.writers}
        # The machine’s own record, which the portal’s code never reads.
        self.yeses: dict[tuple[int, str], set[int]] = {}
        self.agreed: dict[int, set[str]] = {}
        self.has_published: set[int] = set()
        self.off: set[int] = set()
        self.last_day: dict[int, dt.date] = {}
        self.in_standing: dict[int, bool] = dict.fromkeys(self.mine, False)
        self.trusted: dict[int, bool] = dict.fromkeys(self.mine, False)
        self.puts: list[tuple[Put, int]] = []

    def teardown(self) -> None:
        db.session.remove()
        self.context.pop()

    def organisation(self, kind: str, slug: str, standing: str) -> Organisation:
        made = Organisation(
            kind=kind, slug=slug, name=slug.title(), standing=standing, checked_on=today()
        )
        db.session.add(made)
        return made

    def member(self, organisation: Organisation, role: str) -> Member:
        made = Member(
            organisation=organisation, email=f"{role}-{next(numbers)}@example.org", name="A person",
            roles=[role], state="active", joined_at=now(),
        )  # fmt: skip
        db.session.add(made)
        return made

    def fetch(self, number: int) -> Offer:
        return db.session.get_one(Offer, number)

    def words_of(self, offer: Offer) -> str:
        return str(moderation.latest_of(offer).content["who_for"])

    def writer_of(self, offer: Offer) -> Member:
        return db.session.get_one(Member, self.writer_numbers[offer.organisation_id])

    def agree(self, offer: Offer, words: str) -> None:
        self.agreed.setdefault(offer.id, set()).add(words)
        self.has_published.add(offer.organisation_id)
        self.off.discard(offer.id)
        self.last_day[offer.id] = today() + dt.timedelta(days=366)

    def attempt(self, act: object, *given: object, **named: object) -> object:
        try:
            return act(*given, **named)  # type: ignore[operator]
        except REFUSED:
            db.session.rollback()
            return REFUSED

    @initialize(standings=st.tuples(*[st.sampled_from(["applied", "verified", "trusted"])] * 2))
    def meet(self, standings: tuple[str, str]) -> None:
        """Most things need a verified organisation, so that many runs begin with one."""
        for who, standing in enumerate(standings):
            if standing != "applied":
                self.verify(who, trust=standing == "trusted")

    @rule(
        target=offers,
        who=st.integers(0, 1),
        words=st.sampled_from(WORDS),
        then=st.sampled_from(["", "submit", "publish", "approve"]),
    )
    def begin(self, who: int, words: str, then: str) -> int:
        by = self.writers[who]
        number = moderation.begin_offer(db.session, COURSE, content(words), by=by).id
        if then == "publish":
            self.publish(number)
        elif then:
            self.submit(number)
        if then == "approve":
            self.approve(number, 0, 0)
            self.approve(number, 1, 0)
        return number

    @rule(number=offers, words=st.sampled_from(WORDS))
    def edit(self, number: int, words: str) -> None:
        offer = self.fetch(number)
        by = self.writer_of(offer)
        self.attempt(
            moderation.edit, db.session, offer, COURSE, content(words), by=by, seen=offer.version
        )

    @rule(number=offers)
    def submit(self, number: int) -> None:
        offer = self.fetch(number)
        self.attempt(moderation.submit, db.session, offer, COURSE, by=self.writer_of(offer))

    @rule(number=offers)
    def withdraw(self, number: int) -> None:
        offer = self.fetch(number)
        self.attempt(moderation.withdraw, db.session, offer, by=self.writer_of(offer))

    @rule(number=offers)
    def discard(self, number: int) -> None:
        offer = self.fetch(number)
        self.attempt(moderation.discard_change, db.session, offer, by=self.writer_of(offer))

    @rule(number=offers)
    def publish(self, number: int) -> None:
        offer = self.fetch(number)
        words, was_live = self.words_of(offer), offer.is_live and not offer.has_change
        answer = self.attempt(
            moderation.publish, db.session, offer, COURSE, by=self.writer_of(offer)
        )
        if answer is True and not was_live:
            assert self.trusted[offer.organisation_id]
            assert "07700" not in words
            self.agree(offer, words)

    @rule(number=offers, who=st.integers(0, 1), age=st.integers(0, 2))
    def approve(self, number: int, who: int, age: int) -> None:
        offer, by = self.fetch(number), self.moderators[who]
        seen = offer.latest - age
        words, was_waiting = self.words_of(offer), offer.is_waiting
        # Yes to what is up already changes nothing; what was taken down needs a new one.
        is_said = offer.is_live and offer.approved == seen
        answer = self.attempt(moderation.approve, db.session, offer, COURSE, revision=seen, by=by)
        if answer is REFUSED or not was_waiting or is_said:
            return
        assert age == 0
        assert self.in_standing[offer.organisation_id]
        yeses = self.yeses.setdefault((offer.id, f"{seen} {words}"), set())
        yeses.add(by.id)
        wanted = 1 if offer.organisation_id in self.has_published else 2
        assert isinstance(answer, moderation.Approved)
        assert answer.is_live == (len(yeses) >= wanted)
        if answer.is_live:
            self.agree(offer, words)

    @rule(number=offers)
    def approve_as_the_writer(self, number: int) -> None:
        offer = self.fetch(number)
        by = self.writer_of(offer)
        answer = self.attempt(
            moderation.approve, db.session, offer, COURSE, revision=offer.latest, by=by
        )
        assert answer is REFUSED or offer.is_live

    @rule(number=offers, who=st.integers(0, 1), act=st.sampled_from(["send_back", "take_down"]))
    def refuse(self, number: int, who: int, act: str) -> None:
        offer, by = self.fetch(number), self.moderators[who]
        if act == "take_down":
            if (
                self.attempt(
                    moderation.take_down, db.session, offer, COURSE, reasons={"": "No."}, by=by
                )
                is not REFUSED
            ):
                self.off.add(offer.id)
            return
        self.attempt(
            moderation.send_back, db.session, offer, COURSE,
            revision=offer.latest, reasons={"who_for": "Say more."}, by=by,
        )  # fmt: skip

    @rule(number=offers, act=st.sampled_from(["pause", "close", "archive"]))
    def take_off(self, number: int, act: str) -> None:
        offer = self.fetch(number)
        verb = getattr(moderation, act)
        if self.attempt(verb, db.session, offer, by=self.writer_of(offer)) is not REFUSED:
            self.off.add(offer.id)

    @rule(number=offers)
    def resume(self, number: int) -> None:
        offer = self.fetch(number)
        was_paused = offer.stand == State.PAUSED
        self.attempt(moderation.resume, db.session, offer, by=self.writer_of(offer))
        if was_paused:
            self.off.discard(offer.id)

    @rule(number=offers)
    def extend(self, number: int) -> None:
        offer = self.fetch(number)
        kinds = {COURSE.kind.value: COURSE}
        if moderation.extend(db.session, [offer], kinds, by=self.writer_of(offer)):
            assert offer.extensions <= 3
            self.last_day[offer.id] = today() + dt.timedelta(days=366)

    @rule(who=st.integers(0, 1), trust=st.booleans())
    def verify(self, who: int, trust: bool) -> None:  # noqa: FBT001 - a drawn value
        host = self.organisations[who]
        was = self.in_standing[host.id]
        answer = self.attempt(
            verifying.verify, db.session, host, by=self.moderators[0],
            evidence={"call-back": "Rung."}, is_trusted=trust,
        )  # fmt: skip
        if answer is not REFUSED and not was:
            self.in_standing[host.id], self.trusted[host.id] = True, trust

    @rule(who=st.integers(0, 1), act=st.sampled_from(["suspend", "reinstate", "refuse"]))
    def decide(self, who: int, act: str) -> None:
        host = self.organisations[who]
        verb = getattr(verifying, act)
        answer = self.attempt(verb, db.session, host, by=self.moderators[1], why="A reason.")
        if answer is not REFUSED:
            self.in_standing[host.id] = act == "reinstate"

    @rule(who=st.integers(0, 1), trust=st.booleans())
    def trust(self, who: int, trust: bool) -> None:  # noqa: FBT001 - a drawn value
        host = self.organisations[who]
        verifying.set_trust(db.session, host, by=self.moderators[0], is_trusted=trust)
        self.trusted[host.id] = trust

    @rule(days=st.sampled_from([1, 30, 360, 400]))
    def days_pass(self, days: int) -> None:
        """Every day that is kept moves back by as many, which is the same."""
        gone = dt.timedelta(days=days)
        for offer in db.session.scalars(select(Offer).where(Offer.organisation_id.in_(self.mine))):
            offer.show_until = offer.show_until and offer.show_until - gone
            offer.confirmed_on = offer.confirmed_on and offer.confirmed_on - gone
        for entry in db.session.scalars(select(Entry).where(Entry.organisation_id.in_(self.mine))):
            entry.show_until -= gone
        db.session.commit()
        for number in self.last_day:
            self.last_day[number] -= gone

    @rule()
    def night(self) -> None:
        keeping_up.expire_due(db.session)
        keeping_up.warn_due(db.session)

    @rule(target=offers, who=st.integers(0, 1), words=st.sampled_from(WORDS))
    def upload(self, who: int, words: str) -> int:
        by = self.writers[who]
        trusted = self.trusted[by.organisation_id] and self.in_standing[by.organisation_id]
        [[put]] = put_all(db.session, COURSE, [(content(words), None)], by=by, batch="a batch")
        db.session.commit()
        offer = self.fetch(put.offer_id)
        if offer.is_live:
            assert trusted
            assert "07700" not in words
            self.agree(offer, words)
        self.puts.append((put, who))
        return offer.id

    @rule()
    def undo_uploads(self) -> None:
        for put, who in self.puts:
            if take_back_all(db.session, COURSE, [put], by=self.writers[who]):
                self.off.add(put.offer_id)
        db.session.commit()
        self.puts.clear()

    @invariant()
    def a_visitor_sees_only_what_was_agreed(self) -> None:
        is_mine = Course.organisation_id.in_(self.mine)
        entries = db.session.scalars(select(Course).where(is_mine)).all()
        if not entries:
            return
        offers = select(Offer.entry_id, Offer.id).where(Offer.organisation_id.in_(self.mine))
        numbers_of = dict(db.session.execute(offers).all())
        for entry in entries:
            try:
                seen = reading.find(db.session, Course, entry.slug, today())
            except reading.TakenDownError:
                continue
            assert seen is not None
            number = numbers_of[entry.id]
            assert seen.who_for in self.agreed.get(number, ()), "nobody agreed to these words"
            assert self.in_standing[seen.organisation_id or 0], "its organisation is not verified"
            assert number not in self.off, "it was taken off"
            assert today() <= self.last_day[number], "it has run out"


@pytest.mark.long
@pytest.mark.parametrize("half", ["first", "second"])
def test_no_path_leads_past_the_moderators(tmp_path: Path, small_content: Path, half: str) -> None:
    app = make_app(tmp_path / "instance", small_content)
    with app.app_context():
        db.session.execute(update(Organisation).values(checked_on=today()))
        db.session.commit()
    machine = type(f"The{half.title()}Lives", (Lives,), {"app": app})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=RUNS // 2, stateful_step_count=STEPS, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
