"""Nothing is public that no moderator let through, whoever tries and however many at once."""

import datetime as dt
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import close
from flask import Flask
from members import make_member, make_organisation, signed_in
from offers import (
    event,
    here,
    is_shown,
    letters_to,
    make_city,
    make_moderators,
    make_offer,
    offer_called,
    rows_about,
)
from pages import PageClient
from sqlalchemy import select

from portal.accounts import links
from portal.accounts.models import (
    AuditRow,
    LinkPurpose,
    Member,
    MemberRole,
    MemberState,
    Organisation,
    Standing,
)
from portal.catalogue.models import Entry
from portal.clock import now, today
from portal.extensions import db
from portal.provision.offers import COURSE, EVENT, KINDS
from portal.publishing import keeping_up, moderation, verifying
from portal.publishing.kinds import OfferKind, kind_of
from portal.publishing.life import TRANSITIONS, Act, IllegalActError, State
from portal.publishing.models import MOST_EXTENSIONS, Offer
from portal.publishing.moderation import (
    ChangedMeanwhileError,
    NotTrustedError,
    NotVerifiedError,
    OwnWorkError,
)

ALL = {kind.kind.value: kind for kind in KINDS}
CELLS = [(state, act) for state in State for act in Act]
SENTENCE = "This is not clear. Please say more exactly what is meant."


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One small city for all tests that bring organisations of their own."""
    app = make_city(tmp_path_factory.mktemp("city"))
    yield app
    close(app)


@pytest.fixture(scope="module")
def moderators(city: Flask) -> tuple[Member, Member]:
    return make_moderators(city)


@pytest.fixture
def author(city: Flask) -> Member:
    """The owner of a new, verified college."""
    return make_member(city)


# ---- The table of the life, cell by cell.


def do(act: Act, offer: Offer, author: Member, moderator: Member) -> None:
    """The verb of an act."""
    session, kind = db.session, kind_of(offer.kind)
    verbs: dict[Act, Callable[[], object]] = {
        Act.EDIT: lambda: moderation.edit(
            session, offer, kind, event("New words"), by=author, seen=offer.version
        ),
        Act.SUBMIT: lambda: moderation.submit(session, offer, kind, by=author),
        Act.WITHDRAW: lambda: moderation.withdraw(session, offer, by=author),
        Act.DISCARD: lambda: moderation.discard_change(session, offer, by=author),
        Act.PUBLISH: lambda: moderation.publish(session, offer, kind, by=author),
        Act.APPROVE_FIRST: lambda: moderation.approve(
            session, offer, kind, revision=offer.latest, by=moderator
        ),
        Act.APPROVE: lambda: moderation.approve(
            session, offer, kind, revision=offer.latest, by=moderator
        ),
        Act.SEND_BACK: lambda: moderation.send_back(
            session, offer, kind, revision=offer.latest, reasons={"": SENTENCE}, by=moderator
        ),
        Act.TAKE_DOWN: lambda: moderation.take_down(
            session, offer, kind, reasons={"": SENTENCE}, by=moderator
        ),
        Act.PAUSE: lambda: moderation.pause(session, offer, by=author),
        Act.RESUME: lambda: moderation.resume(session, offer, by=author),
        Act.CLOSE: lambda: moderation.close(session, offer, by=author),
        Act.EXTEND: lambda: moderation.extend(session, [offer], ALL, by=author),
        Act.EXPIRE: lambda: moderation.expire(session, offer, 1),
        Act.ARCHIVE: lambda: moderation.archive(session, offer, by=author),
    }
    verbs[act]()


@pytest.mark.parametrize(("state", "act"), CELLS, ids=lambda value: value.value)
def test_an_act_leads_where_the_table_says_or_changes_nothing(
    city: Flask, moderators: tuple[Member, Member], state: State, act: Act
) -> None:
    kind = COURSE if act is Act.PUBLISH else EVENT
    author = make_member(city, is_trusted=True)
    public_id = make_offer(city, author, state, kind=kind, is_first=act is Act.APPROVE_FIRST)
    expected = TRANSITIONS.get((state, act))
    if (state, act) == (State.LIVE_SUBMITTED, Act.APPROVE_FIRST):
        pytest.skip("what is live was approved by two already")
    with city.app_context():
        offer = offer_called(public_id)
        was, before, shown = offer.state, rows_about(offer), is_shown(offer)
        try:
            do(act, offer, here(author), here(moderators[0]))
            db.session.commit()
        except (IllegalActError, ChangedMeanwhileError):
            db.session.rollback()
        offer = offer_called(public_id)
        if expected is None or (act is Act.APPROVE_FIRST and state is not State.SUBMITTED):
            is_same = offer.state == was and rows_about(offer) == before
            sent_instead = act is Act.PUBLISH and (state, Act.SUBMIT) in TRANSITIONS
            assert is_same or sent_instead
            assert is_shown(offer) == shown
            return
        assert offer.state == expected.value
        row = db.session.scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
        assert row
        assert (row.act, row.before, row.after) == (act.value, was, expected.value)
        assert is_shown(offer) == offer.is_live


# ---- Approval is of an exact revision, by somebody else, and the first needs two.


def test_what_was_edited_while_a_moderator_read_is_not_approved(
    city: Flask, moderators: tuple[Member, Member], author: Member
) -> None:
    public_id = make_offer(city, author, State.LIVE_SUBMITTED, is_first=False)
    with city.app_context():
        offer = offer_called(public_id)
        changed = event("Ring me")
        moderation.edit(db.session, offer, EVENT, changed, by=here(author), seen=offer.version)
        moderation.submit(db.session, offer, EVENT, by=here(author))
        with pytest.raises(ChangedMeanwhileError):
            moderation.approve(db.session, offer, EVENT, revision=2, by=here(moderators[0]))
        assert (offer.stand, offer.approved) == (State.LIVE_SUBMITTED, 1)
        assert db.session.get_one(Entry, offer.entry_id).title != "Ring me"


def test_the_first_offer_of_an_organisation_needs_two_moderators_and_the_next_one(
    city: Flask, moderators: tuple[Member, Member], author: Member
) -> None:
    first, second = make_offer(city, author), make_offer(city, author)
    with city.app_context():
        one, other = here(moderators[0]), here(moderators[1])
        offer = offer_called(first)
        for _ in range(2):
            outcome = moderation.approve(db.session, offer, EVENT, revision=1, by=one)
            assert (outcome.is_live, outcome.still_wanted) == (False, 1)
            assert not is_shown(offer)
        assert rows_about(offer) == 1, "the same yes twice is one"
        assert moderation.approve(db.session, offer, EVENT, revision=1, by=other).is_live
        assert is_shown(offer)
        following = offer_called(second)
        assert moderation.approve(db.session, following, EVENT, revision=1, by=one).is_live


def test_forgetting_a_change_that_was_sent_back_is_no_way_round_the_moderators(
    city: Flask, moderators: tuple[Member, Member]
) -> None:
    teacher = make_member(city, is_trusted=True)
    public_id = make_offer(city, teacher, State.LIVE, kind=COURSE, on_trust=True)
    with city.app_context():
        offer, by = offer_called(public_id), here(teacher)
        approved = moderation.latest_of(offer).content
        refused = {**approved, "who_for": "Words that a moderator sends back"}
        moderation.edit(db.session, offer, COURSE, refused, by=by, seen=offer.version)
        moderation.submit(db.session, offer, COURSE, by=by)
        moderation.send_back(
            db.session, offer, COURSE, revision=offer.latest, reasons={"who_for": SENTENCE},
            by=here(moderators[0]),
        )  # fmt: skip
        moderation.discard_change(db.session, offer, by=by)
        moderation.edit(db.session, offer, COURSE, refused, by=by, seen=offer.version)
        assert not moderation.publish(db.session, offer, COURSE, by=by)
        assert offer.stand == State.LIVE_SUBMITTED
        yes = here(moderators[1])
        moderation.approve(db.session, offer, COURSE, revision=offer.latest, by=yes)
        fresh = {**refused, "who_for": "Everybody"}
        moderation.edit(db.session, offer, COURSE, fresh, by=by, seen=offer.version)
        assert moderation.publish(db.session, offer, COURSE, by=by), "a yes restores the trust"


def test_nobody_decides_about_their_own_words(
    city: Flask, moderators: tuple[Member, Member]
) -> None:
    writer, colleague = moderators
    waiting, live = make_offer(city, writer, is_first=False), make_offer(city, writer, State.LIVE)
    with city.app_context():
        offer, by = offer_called(waiting), here(writer)
        with pytest.raises(OwnWorkError):
            moderation.approve(db.session, offer, EVENT, revision=1, by=by)
        reasons = {"": SENTENCE}
        with pytest.raises(OwnWorkError):
            moderation.send_back(db.session, offer, EVENT, revision=1, reasons=reasons, by=by)
        with pytest.raises(OwnWorkError):
            moderation.take_down(db.session, offer_called(live), EVENT, reasons=reasons, by=by)
        db.session.rollback()
        decided = moderation.approve(
            db.session, offer_called(waiting), EVENT, revision=1, by=here(colleague)
        )
        assert decided.is_live, "a colleague at the council may"


def test_nothing_of_an_unverified_organisation_is_approved(
    city: Flask, moderators: tuple[Member, Member]
) -> None:
    author = make_member(city, standing=Standing.APPLIED)
    public_id = make_offer(city, author, is_first=False)
    with city.app_context():
        offer = offer_called(public_id)
        with pytest.raises(NotVerifiedError):
            moderation.approve(db.session, offer, EVENT, revision=1, by=here(moderators[0]))
        assert offer.stand is State.SUBMITTED


@pytest.mark.parametrize("words", ["Adults", "Ring Dave on 07700 900123"])
def test_trusted_providers_publish_at_once_unless_a_doubt_holds_it(city: Flask, words: str) -> None:
    author = make_member(city, is_trusted=True)
    public_id = make_offer(city, author, State.DRAFT, kind=COURSE, who_for=words)
    with city.app_context():
        offer = offer_called(public_id)
        goes_up = moderation.publish(db.session, offer, COURSE, by=here(author))
        assert goes_up == is_shown(offer) == (words == "Adults")
        assert offer.is_waiting != goes_up


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"is_trusted": False}, COURSE),
        ({"is_trusted": True, "standing": Standing.APPLIED}, COURSE),
        ({"is_trusted": True, "standing": Standing.SUSPENDED}, COURSE),
        ({"is_trusted": True}, EVENT),
    ],
)
def test_nobody_else_publishes_at_once(city: Flask, given: dict[str, Any], kind: OfferKind) -> None:
    author = make_member(city, **given)
    public_id = make_offer(city, author, State.DRAFT, kind=kind)
    with city.app_context():
        offer = offer_called(public_id)
        with pytest.raises(NotTrustedError):
            moderation.publish(db.session, offer, kind, by=here(author))
        assert not is_shown(offer)


# ---- Taking down, shutting out, letting in again.


def test_what_is_taken_down_is_gone_at_once_and_its_writers_hear_why(
    city: Flask, moderators: tuple[Member, Member], author: Member
) -> None:
    public_id = make_offer(city, author, State.LIVE)
    with city.app_context():
        offer = offer_called(public_id)
        path = db.session.get_one(Entry, offer.entry_id).path
        client = city.test_client()
        assert client.get(path).status_code == 200
        reasons = {"summary": SENTENCE, "": "It is over."}
        moderation.take_down(db.session, offer, EVENT, reasons=reasons, by=here(moderators[0]))
        assert client.get(path).status_code == 410
        assert offer.stand is State.SENT_BACK
        (letter,) = letters_to(author)
        assert f"- What happens there: {SENTENCE}" in letter.text
        assert "- It is over." in letter.text
        moderation.take_down(db.session, offer, EVENT, reasons=reasons, by=here(moderators[0]))
        assert len(letters_to(author)) == 1


def test_suspending_hides_everything_signs_out_and_reinstating_shows_what_was_live(
    city: Flask, moderators: tuple[Member, Member], author: Member
) -> None:
    live, paused = make_offer(city, author, State.LIVE), make_offer(city, author, State.PAUSED)
    browser, idle = signed_in(city, author).client, signed_in(city, author).client
    assert browser.get("/account").status_code == 200
    with city.app_context():
        organisation, by = here(author).organisation, here(moderators[0])
        verifying.suspend(db.session, organisation, by=by, why="It asked for money.")
        assert not is_shown(offer_called(live))
        assert browser.get("/account").status_code == 303
        assert "- It asked for money." in letters_to(author)[0].text
        verifying.reinstate(db.session, organisation, by=by, why="It has paid back.")
        assert is_shown(offer_called(live))
        assert not is_shown(offer_called(paused))
    assert idle.get("/account").status_code == 303, "an old session does not come back"


def test_what_ran_out_while_an_organisation_was_shut_out_stays_hidden(
    city: Flask, moderators: tuple[Member, Member], author: Member
) -> None:
    public_id = make_offer(city, author, State.LIVE, show_until=today() - dt.timedelta(days=1))
    with city.app_context():
        organisation, by = here(author).organisation, here(moderators[0])
        verifying.suspend(db.session, organisation, by=by, why="Why.")
        verifying.reinstate(db.session, organisation, by=by, why="Why.")
        assert not is_shown(offer_called(public_id))


# ---- Extending, the night, and the letters.


def test_an_offer_is_kept_up_at_most_three_times_before_somebody_reads_it_again(
    city: Flask, moderators: tuple[Member, Member], author: Member
) -> None:
    public_id = make_offer(city, author, State.LIVE)
    with city.app_context():
        offer = offer_called(public_id)
        for time in range(MOST_EXTENSIONS + 2):
            offer.show_until = today() + dt.timedelta(days=3)
            offer.confirmed_on = today() - dt.timedelta(days=100)
            db.session.commit()
            kept = moderation.extend(db.session, [offer], ALL, by=here(author))
            assert kept == (1 if time < MOST_EXTENSIONS else 0)
            assert moderation.extend(db.session, [offer], ALL, by=here(author)) == 0
        assert offer.extensions == MOST_EXTENSIONS
        same = moderation.latest_of(offer).content
        moderation.edit(db.session, offer, EVENT, same, by=here(author), seen=offer.version)
        moderation.submit(db.session, offer, EVENT, by=here(author))
        moderation.approve(db.session, offer, EVENT, revision=offer.latest, by=here(moderators[0]))
        assert offer.extensions_left == MOST_EXTENSIONS


def test_an_offer_is_not_kept_up_past_a_day_of_its_own(city: Flask, author: Member) -> None:
    last = today() + dt.timedelta(days=9)
    public_id = make_offer(city, author, State.LIVE, show_until=last, day=last.isoformat())
    with city.app_context():
        assert moderation.extend(db.session, [offer_called(public_id)], ALL, by=here(author)) == 0


def test_the_night_does_its_work_once_however_often_it_is_run(small_app: Flask) -> None:
    author = make_member(small_app)
    writer = make_member(small_app, organisation=author.organisation, roles=(MemberRole.EDITOR,))
    gone = make_member(
        small_app, organisation=author.organisation, state=MemberState.SUSPENDED,
        roles=(MemberRole.EDITOR,),
    )  # fmt: skip
    shut_out = make_member(small_app, standing=Standing.SUSPENDED)
    yesterday, soon = today() - dt.timedelta(days=1), today() + dt.timedelta(days=10)
    over = make_offer(small_app, author, State.LIVE_SUBMITTED, show_until=yesterday)
    ending = make_offer(small_app, author, State.LIVE, show_until=soon)
    make_offer(small_app, shut_out, State.LIVE, show_until=soon)
    old = make_offer(small_app, author, State.CLOSED)
    with small_app.app_context():
        offer_called(old).changed_at = now() - dt.timedelta(days=366)
        db.session.commit()
    runner = small_app.test_cli_runner()
    first, again = (runner.invoke(args=["nightly"]).output for _ in range(2))
    offers, *rest = [int(n) for n in re.findall(r": (\d+)\.", first)]
    assert [offers, *rest] == [1, 1, 1, *[0] * (len(rest) - 2)]
    assert [int(n) for n in re.findall(r": (\d+)\.", again)] == [0] * (1 + len(rest))
    with small_app.app_context():
        assert offer_called(over).stand is State.EXPIRED
        assert offer_called(old).stand is State.ARCHIVED
        title = offer_called(ending).title
        for member in (author, writer):
            (letter,) = letters_to(member)
            assert f"- {title}" in letter.text
        assert letters_to(gone) == letters_to(shut_out) == []


def link_for(app: Flask, member: Member) -> str:
    with app.app_context():
        token = links.issue(db.session, LinkPurpose.EXTEND, here(member))
        db.session.commit()
        return f"/keep-up/{token}"


def test_one_click_from_a_letter_keeps_offers_up_and_works_once(
    city: Flask, author: Member
) -> None:
    soon = today() + dt.timedelta(days=5)
    kept, left = (make_offer(city, author, State.LIVE, show_until=soon) for _ in range(2))
    foreign = make_offer(city, make_member(city), State.LIVE, show_until=soon)
    address, page = link_for(city, author), PageClient(city)
    form = page.get(address)
    assert form.response.headers["Referrer-Policy"] == "same-origin"
    assert form.response.headers["Cache-Control"] == "no-store"
    ticks = form.soup.select("input[name=offer]")
    assert {tick["value"] for tick in ticks} == {kept, left}
    assert all(tick.has_attr("checked") for tick in ticks)
    token = form.value_of("csrf_token")
    nothing = page.post(address, {"csrf_token": token}, 422)
    assert nothing.errors == ["Tick at least one."]
    answer = page.client.post(address, data={"csrf_token": token, "offer": [kept, foreign]})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/keep-up/thank-you?kept=1")
    assert "1 offer stays up" in page.get(answer.headers["Location"]).words
    with city.app_context():
        assert (offer_called(kept).show_until or soon) > soon
        assert offer_called(left).show_until == offer_called(foreign).show_until == soon
    assert "does not work any more" in page.get(address, 410).heading
    page.post(address, {"csrf_token": token, "offer": left}, 410)


def test_a_link_is_used_once_by_however_many_press_it_together(city: Flask, author: Member) -> None:
    public_id = make_offer(city, author, State.LIVE, show_until=today() + dt.timedelta(days=5))
    token = link_for(city, author).rpartition("/")[2]
    answers: list[object] = []

    def press() -> None:
        with city.app_context():
            try:
                answers.append(keeping_up.extend_by_link(db.session, token, [public_id], ALL))
            except ChangedMeanwhileError:
                answers.append(None)
            finally:
                db.session.remove()

    together(press, 8)
    assert sorted(answers, key=str) == [1, *[None] * 7]


def test_a_link_of_somebody_who_may_not_sign_in_is_refused(city: Flask) -> None:
    for shut_out in (
        make_member(city, standing=Standing.SUSPENDED),
        make_member(city, state=MemberState.REMOVED),
    ):
        make_offer(city, shut_out, State.LIVE, show_until=today() + dt.timedelta(days=5))
        PageClient(city).get(link_for(city, shut_out), 410)


# ---- Two moderators at once.


def together(act: Callable[[], object], times: int) -> None:
    threads = [threading.Thread(target=act) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def race(app: Flask, acts: list[Callable[[], object]]) -> list[str]:
    """What came of acts that begin at the same moment, each in a session of its own."""
    barrier = threading.Barrier(len(acts))
    outcomes: list[str] = []

    def run(act: Callable[[], object]) -> None:
        with app.app_context():
            try:
                barrier.wait()
                act()
                outcomes.append("done")
            except ChangedMeanwhileError:
                outcomes.append("changed meanwhile")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_of_two_moderators_who_decide_at_once_one_does(
    city: Flask, moderators: tuple[Member, Member]
) -> None:
    for _ in range(10):
        author = make_member(city)
        public_id = make_offer(city, author, is_first=False)
        read = threading.Barrier(2)

        def approve(public_id: str = public_id, read: threading.Barrier = read) -> None:
            offer, by = offer_called(public_id), here(moderators[0])
            moderation.latest_of(offer)
            read.wait()
            moderation.approve(db.session, offer, EVENT, revision=1, by=by)

        def send_back(public_id: str = public_id, read: threading.Barrier = read) -> None:
            offer, by = offer_called(public_id), here(moderators[1])
            moderation.latest_of(offer)
            read.wait()
            moderation.send_back(
                db.session, offer, EVENT, revision=1, reasons={"": SENTENCE}, by=by
            )

        assert sorted(race(city, [approve, send_back])) == ["changed meanwhile", "done"]
        with city.app_context():
            offer = offer_called(public_id)
            assert rows_about(offer) == 1
            assert is_shown(offer) == (offer.stand is State.LIVE)
            assert len(letters_to(author)) == 1


def test_of_two_moderators_who_verify_and_refuse_at_once_one_does(
    city: Flask, moderators: tuple[Member, Member]
) -> None:
    for _ in range(10):
        organisation_id = make_organisation(city, standing=Standing.APPLIED).id
        read = threading.Barrier(2)

        def verify(number: int = organisation_id, read: threading.Barrier = read) -> None:
            organisation, by = db.session.get_one(Organisation, number), here(moderators[0])
            read.wait()
            verifying.verify(
                db.session, organisation, by=by, evidence={"Call": "x"}, is_trusted=False
            )

        def refuse(number: int = organisation_id, read: threading.Barrier = read) -> None:
            organisation, by = db.session.get_one(Organisation, number), here(moderators[1])
            read.wait()
            verifying.refuse(db.session, organisation, by=by, why="No.")

        assert sorted(race(city, [verify, refuse])) == ["changed meanwhile", "done"]
        with city.app_context():
            rows = db.session.scalars(
                select(AuditRow).where(AuditRow.organisation_id == organisation_id)
            ).all()
            assert len(rows) == 1
            assert rows[0].after == db.session.get_one(Organisation, organisation_id).standing
