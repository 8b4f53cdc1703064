"""Whoever moderates sees what waits, decides quickly, and is told when a decision cannot be."""

import re
from collections.abc import Iterator

import pytest
from conftest import close
from flask import Flask
from hypothesis import given as with_any
from hypothesis import settings
from hypothesis import strategies as st
from members import make_member, make_organisation, signed_in
from offers import (
    course,
    event,
    here,
    letters_to,
    make_city,
    make_moderators,
    make_offer,
    offer_called,
)
from pages import PageClient
from sqlalchemy import delete, func, select, text, update
from sqlalchemy import event as events
from sqlalchemy.exc import DBAPIError

from portal.accounts.models import (
    AuditRow,
    Member,
    Organisation,
    Standing,
)
from portal.catalogue.models import Entry
from portal.clock import today
from portal.extensions import db
from portal.provision.offers import COURSE, EVENT
from portal.publishing import moderation, reporting, verifying
from portal.publishing.comparing import Change, compared
from portal.publishing.life import State
from portal.publishing.models import Offer, Report

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


# ---- Reports.


def an_entry(app: Flask) -> tuple[str, int]:
    with app.app_context():
        entry = db.session.scalars(select(Entry).where(Entry.kind == "role")).first()
        assert entry
        return f"/report/role/{entry.slug}", entry.id


def test_a_report_is_kept_once_and_thanked_with_help_at_hand(city: Flask) -> None:
    address, _ = an_entry(city)
    page = PageClient(city)
    form = page.get(address)
    assert "999" in form.words
    assert "0800 1111" in form.words
    fields = {name: form.value_of(name) for name in ("csrf_token", "token")}
    assert page.post(address, fields, 422).errors == ["Choose what is wrong."]
    fields |= {"reason": "unsafe", "words": "He asked for a picture."}
    for _ in range(2):
        answer = page.post(address, fields, 303)
        told = page.get(answer.response.headers["Location"])
        assert "0800 1111" in told.words
    with city.app_context():
        kept = db.session.scalars(select(Report).where(Report.token == fields["token"])).one()
        assert (kept.is_urgent, kept.words) == (True, "He asked for a picture.")


def test_a_report_with_the_trap_filled_or_too_long_is_not_kept_and_says_so(city: Flask) -> None:
    address, _ = an_entry(city)
    page = PageClient(city)
    fields = {"csrf_token": page.get(address).value_of("csrf_token"), "token": "trap"}
    fields |= {"reason": "closed"}
    assert page.post(address, fields | {"website": "x"}, 422).errors
    too_long = page.post(address, fields | {"words": "a" * 501}, 422)
    assert too_long.errors == ["Use 500 characters at most."]
    with city.app_context():
        assert not db.session.scalars(select(Report).where(Report.reason == "closed")).all()


def test_a_flood_of_reports_fills_no_queue_and_hides_no_urgent_one(city: Flask) -> None:
    _, number = an_entry(city)
    with city.app_context():
        entry = db.session.get_one(Entry, number)
        for n in range(130):
            reporting.report(db.session, entry, token=f"flood-{n}", reason="wrong", words="")
        flood = select(func.count()).where(Report.token.startswith("flood-"))
        assert db.session.scalar(flood) == 100
        urgent = reporting.report(
            db.session, entry, token="flood, urgent", reason="unsafe", words=""
        )
        assert urgent


def test_what_is_not_shown_cannot_be_reported(city: Flask, author: Member) -> None:
    public_id = make_offer(city, author, State.PAUSED)
    with city.app_context():
        slug = db.session.get_one(Entry, offer_called(public_id).entry_id).slug
    page = PageClient(city)
    hidden, missing = (page.client.get(f"/report/event/{s}") for s in (slug, "no-such-thing"))
    assert hidden.status_code == missing.status_code == 404
    assert hidden.data == missing.data


def test_a_report_is_settled_once_with_what_was_done(
    city: Flask, moderators: tuple[Member, Member], author: Member
) -> None:
    public_id = make_offer(city, author, State.LIVE)
    with city.app_context():
        entry = db.session.get_one(Entry, offer_called(public_id).entry_id)
        told = reporting.report(
            db.session, entry, token=f"s-{public_id}", reason="money", words="They ask for £20."
        )
        assert told
        address = f"/desk/reports/{told.public_id}"
    page = signed_in(city, moderators[0])
    assert page.get("/desk/reports").links.index(address) >= 0
    form = page.get(address)
    assert "They ask for £20." in form.words
    assert f"/desk/offers/{public_id}#take-down" in form.links
    fields = {"csrf_token": form.value_of("csrf_token")}
    assert page.post(f"{address}/settle", fields, 422).errors
    page.post(f"{address}/settle", fields | {"decision": "Took it down."}, 303)
    page.post(f"{address}/settle", fields | {"decision": "Left it up."}, 303)
    assert "Another moderator" in page.get("/desk/reports").words
    with city.app_context():
        kept = db.session.scalars(select(Report).where(Report.token == f"s-{public_id}")).one()
        assert kept.decision == "Took it down."
    assert address not in page.get("/desk/reports").links


# ---- The desk’s pages.


def checked(page: PageClient, address: str) -> dict[str, str]:
    """The fields of a verification that is made sure of."""
    return {
        "csrf_token": page.get(address).value_of("csrf_token"), "register": "Active.",
        "mail_fits": "cannot-say", "rang": "01782 000000", "answered": "The front desk.",
        "rang_on": today().isoformat(), "listed": "",
    }  # fmt: skip


def test_a_moderator_works_through_the_queue(small_app: Flask) -> None:
    first, _ = make_moderators(small_app)
    author = make_member(small_app)
    ids = [make_offer(small_app, author, is_first=n > 0) for n in range(3)]
    unknown = make_member(small_app, standing=Standing.APPLIED)
    make_offer(small_app, unknown)
    page = signed_in(small_app, first)
    overview = page.get("/desk")
    assert "3 offers to approve" in overview.words
    assert "1 more waits until its organisation is verified" in overview.words
    assert f"/desk/offers/{ids[0]}" in overview.links
    listed = [link for link in page.get("/desk/offers").links if "/desk/offers/" in link]
    assert listed == [f"/desk/offers/{public_id}" for public_id in ids]
    seen = []
    address = listed[0]
    for _ in ids:
        form = page.get(address)
        seen.append(address)
        fields = {name: form.value_of(name) for name in ("csrf_token", "revision")}
        address = page.post(f"{address}/approve", fields, 303).response.headers["Location"]
    assert seen == listed
    told = page.get(address)
    assert "is live" in told.words
    assert address == "/desk", "what waits for an unknown organisation is nobody’s next"


def test_a_first_offer_is_shown_to_the_second_moderator_and_not_again_to_the_first(
    small_app: Flask,
) -> None:
    first, second = make_moderators(small_app)
    public_id = make_offer(small_app, make_member(small_app))
    address = f"/desk/offers/{public_id}"
    page = signed_in(small_app, first)
    form = page.get(address)
    assert "2 moderators have to say yes" in form.words
    fields = {name: form.value_of(name) for name in ("csrf_token", "revision")}
    answer = page.post(f"{address}/approve", fields, 303)
    assert answer.response.headers["Location"] == "/desk"
    overview = page.get("/desk")
    assert "one more moderator has to approve it" in overview.words
    assert address not in overview.links
    assert not page.get(address).soup.find("button", string="Approve")
    other = signed_in(small_app, second).get(address)
    assert "Robin Slip said yes" in other.words
    assert other.soup.find("button", string="Approve")


def test_an_offers_page_shows_every_answer_the_doubts_and_what_changed(
    city: Flask, moderators: tuple[Member, Member], author: Member
) -> None:
    public_id = make_offer(city, author, State.LIVE)
    with city.app_context():
        offer = offer_called(public_id)
        content = moderation.latest_of(offer).content
        changed = content | {"summary": "Come and ring 07700 900123 soon."}
        moderation.edit(db.session, offer, EVENT, changed, by=here(author), seen=offer.version)
        moderation.submit(db.session, offer, EVENT, by=here(author))
    form = signed_in(city, moderators[0]).get(f"/desk/offers/{public_id}")
    for question in EVENT.questions:
        assert question.label in form.words
        assert question.answer_in(changed) in form.words or question.name == "summary"
    assert "look round." in form.soup.select_one("dd del").get_text()
    assert form.soup.select_one("ins strong.held").get_text() == "07700 900123"
    assert "This looks like a phone number" in form.words


def test_approving_is_the_first_thing_that_the_tab_key_reaches(
    city: Flask, moderators: tuple[Member, Member], author: Member
) -> None:
    public_id = make_offer(city, author, is_first=False)
    main = signed_in(city, moderators[0]).get(f"/desk/offers/{public_id}").soup.main
    assert main.find(["a", "button", "select", "textarea"]).get_text() == "Approve"


def test_sending_back_asks_for_a_tick_with_a_reason_and_keeps_what_was_written(
    city: Flask, moderators: tuple[Member, Member], author: Member
) -> None:
    public_id = make_offer(city, author)
    address = f"/desk/offers/{public_id}"
    page = signed_in(city, moderators[0])
    fields = {n: page.get(address).value_of(n) for n in ("csrf_token", "revision")}
    nothing = page.post(f"{address}/send-back", fields, 422)
    assert nothing.errors == ["Tick at least one question."]
    bare = page.post(f"{address}/send-back", fields | {"tick_cost": "y"}, 422)
    assert bare.errors == ["Choose or write a reason for “Cost”."]
    unticked = page.post(f"{address}/send-back", fields | {"words_cost": "Say how much."}, 422)
    assert unticked.errors == ["Tick “Cost” too, or take its reason out."]
    assert unticked.value_of("words_cost") == "Say how much."
    given = {"tick_cost": "y", "words_cost": "Say how much.", "ready_cost": SENTENCE,
             "tick__whole": "y", "words__whole": "Nearly there."}  # fmt: skip
    page.post(f"{address}/send-back", fields | given, 303)
    with city.app_context():
        offer = offer_called(public_id)
        assert offer.stand is State.SENT_BACK
        assert moderation.latest_of(offer).reasons == {
            "cost": f"{SENTENCE} Say how much.", "": "Nearly there.",
        }  # fmt: skip
        (letter,) = letters_to(author)
        assert f"- Cost: {SENTENCE} Say how much." in letter.text
    page.post(f"{address}/send-back", fields | given, 303)
    with city.app_context():
        assert len(letters_to(author)) == 1


def test_deciding_about_old_words_changes_nothing_and_loses_nothing(
    city: Flask, moderators: tuple[Member, Member], author: Member
) -> None:
    public_id = make_offer(city, author, is_first=False)
    address = f"/desk/offers/{public_id}"
    page = signed_in(city, moderators[0])
    fields = {n: page.get(address).value_of(n) for n in ("csrf_token", "revision")}
    with city.app_context():
        offer = offer_called(public_id)
        words = event("Newer words")
        moderation.edit(db.session, offer, EVENT, words, by=here(author), seen=offer.version)
        moderation.submit(db.session, offer, EVENT, by=here(author))
    refused = page.post(f"{address}/approve", fields, 409)
    assert "changed while you were reading" in refused.words
    given = {"tick_cost": "y", "words_cost": "Say how much."}
    back = page.post(f"{address}/send-back", fields | given, 409)
    assert back.heading == "Newer words"
    assert back.value_of("words_cost") == "Say how much."
    with city.app_context():
        assert offer_called(public_id).stand is State.SUBMITTED


def test_own_work_and_unknown_organisations_are_refused_in_words(
    city: Flask, moderators: tuple[Member, Member]
) -> None:
    own = make_offer(city, moderators[0])
    unknown = make_offer(city, make_member(city, standing=Standing.APPLIED))
    page = signed_in(city, moderators[0])
    for public_id, words in ((own, "Another moderator"), (unknown, "Nobody has verified")):
        form = page.get(f"/desk/offers/{public_id}")
        assert words in form.words
        assert not form.soup.find("button", string="Approve")
        fields = {"csrf_token": form.value_of("csrf_token"), "revision": "1"}
        assert words in page.post(f"/desk/offers/{public_id}/approve", fields, 409).words


def test_a_draft_that_nobody_sent_is_not_a_moderators_to_read(
    city: Flask, moderators: tuple[Member, Member], author: Member
) -> None:
    public_id = make_offer(city, author, State.DRAFT)
    page = signed_in(city, moderators[0]).client
    draft, missing = (page.get(f"/desk/offers/{name}") for name in (public_id, "x" * 22))
    assert draft.status_code == missing.status_code == 404
    assert re.sub(rb'value="[^"]+"', b"", draft.data) == re.sub(
        rb'value="[^"]+"', b"", missing.data
    )


def test_words_still_being_written_are_not_shown_beside_what_is_live(
    city: Flask, moderators: tuple[Member, Member], author: Member
) -> None:
    public_id = make_offer(city, author, State.LIVE_EDITED)
    assert "£2" not in signed_in(city, moderators[0]).get(f"/desk/offers/{public_id}").words


def test_what_went_up_on_trust_is_ticked_off_as_it_was_read(
    city: Flask, moderators: tuple[Member, Member]
) -> None:
    author = make_member(city, is_trusted=True)
    same, newer = (
        make_offer(city, author, State.LIVE, kind=COURSE, on_trust=True) for _ in range(2)
    )
    page = signed_in(city, moderators[0])
    listed = page.get("/desk/on-trust")
    values = [str(tick["value"]) for tick in listed.soup.select("input[name=read]")]
    assert {f"{same}.1", f"{newer}.1"} <= set(values)
    with city.app_context():
        offer = offer_called(newer)
        words = course("Newer words")
        moderation.edit(db.session, offer, COURSE, words, by=here(author), seen=offer.version)
        moderation.publish(db.session, offer, COURSE, by=here(author))
    fields = {"csrf_token": listed.value_of("csrf_token"), "read": [f"{same}.1", f"{newer}.1"]}
    assert page.client.post("/desk/on-trust", data=fields).status_code == 303
    told = page.get("/desk/on-trust")
    assert "Marked as read: 1. The others changed since" in told.words
    values = [str(tick["value"]) for tick in told.soup.select("input[name=read]")]
    assert f"{newer}.2" in values
    assert not any(value.startswith(same) for value in values)


@pytest.mark.parametrize(
    ("missing", "error"),
    [
        ({"rang": ""}, "Write the number that you rang."),
        ({"rang": "no idea"}, "Write the whole number that you rang."),
        ({"answered": ""}, "Write who answered, and what they said."),
        ({"rang_on": ""}, "Give the day you rang."),
        ({"rang_on": "soon"}, "Give a day, such as 2026-11-21."),
        ({"rang_on": "2999-01-01"}, "Give a day of the last year, not one to come."),
        ({"register": ""}, "A call alone is not enough."),
        ({"register": "", "mail_fits": "no"}, "A call alone is not enough."),
    ],
)
def test_verifying_takes_a_call_and_one_more_sign(
    city: Flask, moderators: tuple[Member, Member], missing: dict[str, str], error: str
) -> None:
    author = make_member(city, standing=Standing.APPLIED)
    address = f"/desk/organisations/{author.organisation.public_id}"
    page = signed_in(city, moderators[0])
    refused = page.post(f"{address}/verify", checked(page, address) | missing, 422)
    assert any(words.startswith(error) for words in refused.errors), refused.errors
    with city.app_context():
        assert here(author).organisation.standing == Standing.APPLIED


def test_an_organisation_that_content_lists_hands_over_its_courses(
    small_app: Flask,
) -> None:
    by, _ = make_moderators(small_app)
    author = make_member(
        small_app,
        organisation=make_organisation(small_app, name="Town College", standing=Standing.APPLIED),
    )
    address = f"/desk/organisations/{author.organisation.public_id}"
    page = signed_in(small_app, by)
    assert "Town College, ST1: 1 course" in page.get(address).words
    with small_app.app_context():
        listed = db.session.scalars(
            select(Organisation).where(Organisation.standing == Standing.LISTED)
        ).one()
        fields = checked(page, address) | {"listed": listed.public_id}
    page.post(f"{address}/verify", fields, 303)
    with small_app.app_context():
        organisation = here(author).organisation
        assert (organisation.slug, organisation.standing) == ("town-college", "verified")
        assert verifying.listed_courses(db.session, organisation) == 1
        assert "Rang" not in organisation.evidence["Call"]
        assert organisation.evidence["Register"] == "Active."
    assert page.get("/providers/town-college").words


def test_a_verified_organisations_people_hear_of_it_and_waiting_offers_can_go_up(
    city: Flask, moderators: tuple[Member, Member]
) -> None:
    author = make_member(city, standing=Standing.APPLIED)
    address = f"/desk/organisations/{author.organisation.public_id}"
    page = signed_in(city, moderators[0])
    fields = checked(page, address) | {"register": "", "mail_fits": "yes", "is_trusted": "y"}
    page.post(f"{address}/verify", fields, 303)
    told = page.get(address)
    assert "fits the website" in told.words
    assert "Trusted to publish courses at once" in told.words
    with city.app_context():
        assert [letter.subject for letter in letters_to(author)] == [
            "Your organisation is verified"
        ]
        assert here(author).organisation.evidence["Call"].startswith("01782 000000 on ")


def test_an_application_is_refused_with_a_reason_and_can_be_verified_later(
    city: Flask, moderators: tuple[Member, Member]
) -> None:
    author = make_member(city, standing=Standing.APPLIED)
    address = f"/desk/organisations/{author.organisation.public_id}"
    page = signed_in(city, moderators[0])
    fields = {"csrf_token": page.get(address).value_of("csrf_token")}
    assert page.post(f"{address}/refuse", fields, 422).errors
    page.post(f"{address}/refuse", fields | {"why": "Nobody there knows you."}, 303)
    with city.app_context():
        assert "- Nobody there knows you." in letters_to(author)[0].text
    page.post(f"{address}/verify", checked(page, address), 303)
    with city.app_context():
        assert here(author).organisation.standing == Standing.VERIFIED


def test_an_organisation_is_suspended_reinstated_trusted_and_found_from_the_desk(
    city: Flask, moderators: tuple[Member, Member], author: Member
) -> None:
    address = f"/desk/organisations/{author.organisation.public_id}"
    page = signed_in(city, moderators[0])
    found = page.get(f"/desk/organisations?q={author.organisation.name.lower()}")
    assert address in found.links
    fields = {"csrf_token": page.get(address).value_of("csrf_token"), "why": "Because."}
    page.post(f"{address}/trust", fields | {"is_trusted": "yes"}, 303)
    assert "Stop trusting it" in page.get(address).words
    page.post(f"{address}/suspend", fields, 303)
    assert "Suspended" in page.get(address).words
    page.post(f"{address}/trust", fields | {"is_trusted": "no"}, 404)
    page.post(f"{address}/reinstate", fields, 303)
    page.post(f"{address}/refuse", fields, 409)
    trail = page.get(f"/desk/trail?organisation={author.organisation.name}").words
    for words in ("Trusted to publish", "Organisation suspended", "Organisation reinstated"):
        assert words in trail


def test_an_application_whose_address_nobody_confirmed_cannot_be_verified(
    city: Flask, moderators: tuple[Member, Member]
) -> None:
    author = make_member(city, standing=Standing.APPLIED)
    with city.app_context():
        here(author).organisation.applied_at = None
        db.session.commit()
    address = f"/desk/organisations/{author.organisation.public_id}"
    page = signed_in(city, moderators[0])
    assert "Nobody has confirmed the mail address" in page.get(address).words
    page.post(f"{address}/verify", checked(page, address), 404)


def test_the_mail_domain_stands_beside_the_websites(
    city: Flask, moderators: tuple[Member, Member]
) -> None:
    page = signed_in(city, moderators[0])
    for website, words in (
        ("https://www.kilnhurst.example/about", "belongs to kilnhurst.example"),
        ("https://kilnhurst.example.evil.example", "does not belong to"),
        (None, "no website given"),
    ):
        organisation = make_organisation(city, standing=Standing.APPLIED, website=website)
        make_member(city, organisation=organisation)
        assert words in page.get(f"/desk/organisations/{organisation.public_id}").words


def test_only_moderators_have_a_desk(city: Flask, author: Member) -> None:
    public_id = make_offer(city, author)
    addresses = [
        "/desk", "/desk/offers", f"/desk/offers/{public_id}", "/desk/organisations",
        f"/desk/organisations/{author.organisation.public_id}", "/desk/reports", "/desk/stale",
        "/desk/on-trust", "/desk/trail",
    ]  # fmt: skip
    member, visitor = signed_in(city, author).client, city.test_client()
    for address in addresses:
        assert member.get(address).status_code == 404
        assert visitor.get(address).status_code == 303


def test_the_trail_is_filtered_paged_and_odd_questions_do_no_harm(
    city: Flask, moderators: tuple[Member, Member], author: Member
) -> None:
    make_offer(city, author)
    with city.app_context():
        offer = db.session.scalars(select(Offer).order_by(Offer.id.desc())).first()
        assert offer
        for _ in range(60):
            moderation.withdraw(db.session, offer, by=here(author))
            moderation.submit(db.session, offer, EVENT, by=here(author))
    page = signed_in(city, moderators[0])
    first = page.get(f"/desk/trail?act=withdraw&organisation={author.organisation.name}")
    rows = first.soup.select("tbody tr")
    assert len(rows) == 50
    (older,) = [link for link in first.links if "before=" in link]
    assert len(page.get(older).soup.select("tbody tr")) == 10
    for odd in ("act=x", "before=x", "before=99999999999999999999", "organisation=%25", "page=-1"):
        page.get(f"/desk/trail?{odd}")
    for odd in ("0", "-1", "x", "99999", "9" * 30):
        page.get(f"/desk/offers?page={odd}")


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_trail_cannot_be_changed(city: Flask, author: Member, change: str) -> None:
    make_offer(city, author, State.LIVE)
    with city.app_context():
        moderation.pause(
            db.session, db.session.scalars(select(Offer).order_by(Offer.id.desc())).first(),
            by=here(author),
        )  # type: ignore[arg-type]  # fmt: skip
        row = db.session.scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
        assert row
        statement = (
            update(AuditRow).where(AuditRow.id == row.id).values(why="Nothing happened.")
            if change == "update"
            else delete(AuditRow).where(AuditRow.id == row.id)
        )
        with pytest.raises(DBAPIError):
            db.session.execute(statement)
        db.session.rollback()
        kept = db.session.execute(text("SELECT why FROM audit_row WHERE id = :id"), {"id": row.id})
        assert kept.one() == (None,)


def test_the_desks_pages_ask_the_database_little_however_much_waits(small_app: Flask) -> None:
    first, _ = make_moderators(small_app)
    for _ in range(3):
        author = make_member(small_app, is_trusted=True)
        for _ in range(20):
            public_id = make_offer(small_app, author)
            make_offer(small_app, author, State.LIVE, kind=COURSE, on_trust=True)
    organisation = make_organisation(small_app, name="Town College", standing=Standing.APPLIED)
    make_member(small_app, organisation=organisation)
    page = signed_in(small_app, first)
    page.get("/desk")
    with small_app.app_context():
        engine = db.engine
    statements: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    events.listen(engine, "before_cursor_execute", note)
    for address in (
        "/desk", "/desk/offers", "/desk/offers?page=2", f"/desk/offers/{public_id}",
        "/desk/organisations?q=college", f"/desk/organisations/{organisation.public_id}",
        "/desk/on-trust", "/desk/stale", "/desk/reports", "/desk/trail",
    ):  # fmt: skip
        statements.clear()
        shown = page.get(address)
        assert len(statements) <= 12, (address, len(statements))
        assert len(shown.soup.select("tbody tr")) <= 50
    events.remove(engine, "before_cursor_execute", note)


# ---- Differences.


@settings(max_examples=200)
@with_any(
    before=st.text(max_size=80), after=st.text(max_size=80), held=st.lists(st.text(max_size=4))
)
def test_differences_hold_both_texts_whole(before: str, after: str, held: list[str]) -> None:
    pieces = compared(before, after, held)
    assert "".join(p.words for p in pieces if p.change is not Change.REMOVED) == after
    assert "".join(p.words for p in pieces if p.change is not Change.ADDED) == before


def test_differences_are_words_and_held_pieces_are_marked_across_them() -> None:
    pieces = compared("Come on Monday", "Come ring 07 on Monday", ["ring 07 on"])
    assert [(p.change.value, p.words, p.is_held) for p in pieces] == [
        ("kept", "Come", False),
        ("added", " ", False),
        ("added", "ring 07", True),
        ("kept", " on", True),
        ("kept", " Monday", False),
    ]
