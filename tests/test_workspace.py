"""The workspace of an organisation, by hand: write, send, publish, keep up, put away."""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from bs4 import Tag
from conftest import fill, make_app
from flask import Flask
from members import make_member, make_organisation, signed_in
from offers import course
from offers import make_offer as make_any_offer
from pages import Page, PageClient
from sqlalchemy import event, func, select

from portal.accounts.models import AuditRow, Member, MemberRole, Organisation, Standing
from portal.catalogue.loading import load
from portal.catalogue.models import Course, Entry
from portal.clock import today
from portal.content.library import read_library
from portal.extensions import db
from portal.provision.checking_rows import CheckingContext, check_courses, check_venues
from portal.provision.models import Venue
from portal.provision.offers import COURSE, EVENT, KINDS, VACANCY
from portal.provision.spreadsheet import read
from portal.provision.taking_over import content_of_course
from portal.publishing import moderation
from portal.publishing.life import State
from portal.publishing.models import Offer, Revision
from portal.publishing.revisions import new_offer

SOON = today() + dt.timedelta(days=300)
WRITTEN: dict[str, dict[str, str]] = {
    "courses": {
        "title": "Throwing on the wheel", "programme": "potter-apprenticeship",
        "who_for": "Anyone who likes to make things.", "mode": "online",
        "starts_on": f"{SOON:%d/%m/%Y}", "length": "36", "length_unit": "weeks", "cost": "0",
        "web_address": "https://kilnhurst.example/wheel",
    },
    "vacancies": {
        "title": "Apprentice glazer", "programme": "potter-apprenticeship",
        "employer_name": "Saltglaze Tiles", "town": "Hanley", "wage_words": "£8.00 an hour",
        "hours_words": "Monday to Friday, 37 hours", "closes_on": f"{SOON:%d/%m/%Y}",
        "what_you_do": "Glaze tiles by hand.", "apply_url": "https://saltglaze.example/jobs",
    },
    "events": {
        "title": "Evening in the works", "event_type": "open-day", "summary": "See a kiln opened.",
        "who_for": "Anyone in Year 11.", "day": f"{SOON:%d/%m/%Y}", "begins": "17:30",
        "ends": "7.30pm", "venue": "The Old Works", "town": "Hanley", "cost": "Free",
    },
}  # fmt: skip
MAIN = {
    "name": "Longbank Campus", "address": "1 Bottle Lane", "town": "Hanley", "postcode": "st1 1aa",
    "reference": "MAIN",
}  # fmt: skip


def form_of(page: Page, action: str) -> Tag:
    form = page.soup.find("form", action=action, method="post")
    assert isinstance(form, Tag), f"{page.address} has no form that posts to {action}"
    return form


def values_in(form: Tag) -> dict[str, Any]:
    """What a browser would send of a form as it stands."""
    values: dict[str, Any] = {}
    for field in form.find_all(["input", "textarea", "select"]):
        name, kind = field.get("name"), field.get("type")
        if field.name == "select":
            chosen = field.find("option", selected=True) or field.find("option")
            values[name] = chosen.get("value", "") if chosen else ""
        elif field.name == "textarea":
            values[name] = field.get_text().removeprefix("\r\n").removeprefix("\n")
        elif kind not in {"checkbox", "radio"} or field.has_attr("checked"):
            values.setdefault(name, field.get("value", ""))
    return values


def send(browser: PageClient, page: Page, action: str, answer: int = 303, **changes: Any) -> Page:  # noqa: ANN401 - fields
    return browser.post(action, values_in(form_of(page, action)) | changes, answer)


def write(browser: PageClient, plural: str, then: str = "look", **changes: str) -> str:
    """Write something new through its page; the address of its own page."""
    address = f"/workspace/{plural}/new"
    page = send(browser, browser.get(address), address, then=then, **WRITTEN[plural] | changes)
    return page.response.location or ""


def do(browser: PageClient, address: str, act: str) -> Page:
    """Press a button of an offer’s page, and see the page it leads to."""
    page = send(browser, browser.get(address), f"{address}/{act}")
    return browser.get(page.response.location or "")


def press(browser: PageClient, address: str, **fields: Any) -> Page:  # noqa: ANN401 - fields
    """Post to an address whether a page offers that or not."""
    token = browser.get("/workspace").value_of("csrf_token")
    response = browser.client.post(address, data={"csrf_token": token, **fields})
    return Page(response, address)


def one(app: Flask, public_id: str) -> Offer:
    """An offer as it is kept, to look at."""
    with app.app_context():
        offer = db.session.scalars(
            select(Offer).where(Offer.public_id == public_id.rpartition("/")[2])
        ).one()
        if offer.entry is not None:
            db.session.refresh(offer.entry)
        _ = offer.revisions
        db.session.expunge_all()
        return offer


def make_offer(app: Flask, author: Member, state: State, **changes: Any) -> str:  # noqa: ANN401 - answers
    """An offer in a state, with words that a page may show."""
    if changes.get("kind") is COURSE:
        changes = {"entry_requirements": "Nothing but wish."} | changes
    return make_any_offer(app, author, state, **changes)


@contextmanager
def at_work(app: Flask) -> Iterator[None]:
    """Where verbs may be called as the application would."""
    with app.test_request_context():
        yield


def approve(app: Flask, address: str) -> None:
    """Two moderators say yes."""
    moderators = [make_member(app, kind="council", roles=(MemberRole.MODERATOR,)) for _ in "12"]
    with at_work(app):
        offer = db.session.scalars(
            select(Offer).where(Offer.public_id == address.rpartition("/")[2])
        ).one()
        kind = next(kind for kind in KINDS if kind.kind.value == offer.kind)
        for moderator in moderators:
            by = db.session.get_one(Member, moderator.id)
            moderation.approve(db.session, offer, kind, revision=offer.latest, by=by)


@pytest.fixture
def member(small_app: Flask) -> Member:
    """Somebody who writes for a college that a moderator trusts."""
    return make_member(small_app, is_trusted=True, name="Robin Thrower")


@pytest.fixture
def browser(small_app: Flask, member: Member) -> PageClient:
    return signed_in(small_app, member)


@pytest.fixture
def employer(small_app: Flask) -> PageClient:
    return signed_in(small_app, make_member(small_app, kind="employer"))


def test_a_trusted_college_writes_a_course_and_visitors_find_it_within_a_second(
    tmp_path: Path, small_content: Path
) -> None:
    app = make_app(tmp_path / "instance", small_content, CATALOGUE_CHECK_SECONDS=1.0)
    fill(app)
    browser, visitor = signed_in(app, make_member(app, is_trusted=True)), PageClient(app)
    assert visitor.get("/search?q=throwing+wheel").results == []
    address = write(browser, "courses")
    page = browser.get(address)
    assert page.heading == "Throwing on the wheel"
    assert "Draft" in page.words
    page = do(browser, address, "publish")
    assert "Live" in page.words
    time.sleep(1.05)
    found = visitor.get("/search?q=throwing+wheel").results
    assert len(found) == 1
    assert found[0] in page.links
    assert "Anyone who likes to make things." in visitor.get(found[0]).words


@pytest.mark.parametrize("plural", ["vacancies", "events"])
def test_an_employer_writes_sends_and_after_two_moderators_it_is_up(
    small_app: Flask, employer: PageClient, plural: str
) -> None:
    address = write(employer, plural)
    page = do(employer, address, "submit")
    assert "Waiting for a moderator" in page.words
    assert "See its public page" not in page.words
    approve(small_app, address)
    page = employer.get(address)
    assert "Live" in page.words
    public = next(link for link in page.links if link.startswith(f"/{plural}/"))
    assert WRITTEN[plural]["title"] in PageClient(small_app).get(public).heading
    assert "A moderator approved it" in page.words
    assert "Sam Potter began the draft" in page.words


@pytest.mark.parametrize("plural", WRITTEN)
def test_a_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(
    small_app: Flask, browser: PageClient, plural: str
) -> None:
    address = f"/workspace/{plural}/new"
    page = send(browser, browser.get(address), address, 422, then="look", title="Only a title")
    assert page.value_of("title") == "Only a title"
    assert len(page.errors) >= 4
    for link in page.soup.select(".error-summary a"):
        assert page.soup.find(id=str(link["href"]).removeprefix("#")), link
    with small_app.app_context():
        assert db.session.scalar(select(func.count(Offer.id))) == 0


def test_programmes_stand_under_their_area_of_work(browser: PageClient) -> None:
    page = browser.get("/workspace/courses/new")
    groups = page.soup.select("#programme optgroup")
    assert [group["label"] for group in groups] == ["Engineering and making"]
    assert groups[0].find("option", value="potter-apprenticeship")


def test_a_draft_keeps_nonsense_as_it_was_typed(browser: PageClient) -> None:
    nonsense = {"starts_on": "next spring", "length": "ages", "cost": "not much",
                "web_address": "our website", "title": ""}  # fmt: skip
    listing = write(browser, "courses", then="later", **nonsense)
    page = browser.get(listing)
    assert "Course without a title" in page.words
    edit = next(link for link in page.links if link.endswith("/edit"))
    form = browser.get(edit)
    assert {name: form.value_of(name) for name in nonsense} == nonsense
    page = send(browser, form, edit, 422, then="look")
    assert {name: page.value_of(name) for name in nonsense} == nonsense
    assert "Write a whole number, such as 36." in page.errors


def test_even_a_draft_has_to_be_brief_enough_to_keep(browser: PageClient) -> None:
    address = "/workspace/courses/new"
    page = send(browser, browser.get(address), address, 422, then="later", who_for="x" * 2001)
    assert page.errors == ["Use 2000 characters at most."]


def test_the_same_form_sent_twice_makes_one(small_app: Flask, browser: PageClient) -> None:
    address = "/workspace/events/new"
    form = browser.get(address)
    pages = [send(browser, form, address, then="look", **WRITTEN["events"]) for _ in "12"]
    assert len({page.response.location for page in pages}) == 1
    back = send(browser, form, address, then="look", **WRITTEN["events"] | {"title": "Written on"})
    assert one(small_app, back.response.location or "").title == "Written on"
    with small_app.app_context():
        assert db.session.scalar(select(func.count(Offer.id))) == 1


def test_a_token_of_another_organisation_is_only_a_token(
    browser: PageClient, employer: PageClient
) -> None:
    form = browser.get("/workspace/events/new")
    token = form.value_of("token")
    send(browser, form, "/workspace/events/new", then="look", **WRITTEN["events"])
    theirs = write(employer, "events", token=token)
    assert employer.get(theirs).heading == WRITTEN["events"]["title"]


def test_the_second_of_two_who_write_at_once_is_told_and_loses_nothing(
    small_app: Flask, browser: PageClient
) -> None:
    address = write(browser, "events")
    edit = f"{address}/edit"
    mine, theirs = browser.get(edit), browser.get(edit)
    send(browser, theirs, edit, then="look", title="Their title")
    page = send(browser, mine, edit, 409, then="look", title="My title")
    assert "Somebody else changed this" in page.words
    assert page.value_of("title") == "My title"
    assert one(small_app, address).title == "Their title"
    send(browser, page, edit, then="look")
    assert one(small_app, address).title == "My title"


def test_an_edit_waits_while_the_approved_words_stay_up(
    small_app: Flask, employer: PageClient
) -> None:
    address = write(employer, "events")
    do(employer, address, "submit")
    approve(small_app, address)
    edit = f"{address}/edit"
    send(employer, employer.get(edit), edit, then="look", summary="See two kilns opened.")
    page = do(employer, address, "submit")
    assert "Live, with a change waiting" in page.words
    public = next(link for link in page.links if link.startswith("/events/"))
    assert "See a kiln opened." in PageClient(small_app).get(public).words
    approve(small_app, address)
    assert "See two kilns opened." in PageClient(small_app).get(public).words


def test_words_that_need_a_reader_hold_what_a_trusted_college_publishes(
    small_app: Flask, browser: PageClient
) -> None:
    address = write(browser, "courses", who_for="Ring me on 07700 900123 to hear more.")
    page = browser.get(address)
    assert "A moderator will read this closely" in page.words
    assert "“07700 900123”" in page.words
    assert not page.soup.find("form", action=f"{address}/publish")
    press(browser, f"{address}/publish")
    assert one(small_app, address).stand == State.SUBMITTED


@pytest.mark.parametrize("way_round", [["withdraw"], ["submit", "withdraw"]])
def test_what_a_moderator_sent_back_does_not_go_up_on_trust(
    small_app: Flask, browser: PageClient, member: Member, way_round: list[str]
) -> None:
    public_id = make_offer(small_app, member, State.SENT_BACK, kind=COURSE)
    for act in [*way_round, "publish"]:
        press(browser, f"/workspace/offers/{public_id}/{act}")
    assert one(small_app, public_id).stand == State.SUBMITTED


def test_reasons_stand_on_every_page_until_it_is_sent_again(
    small_app: Flask, browser: PageClient, member: Member
) -> None:
    public_id = make_offer(small_app, member, State.SENT_BACK)
    address = f"/workspace/offers/{public_id}"
    assert "Say more." in browser.get("/workspace").words
    page = browser.get(address)
    assert f"{address}/edit#title" in page.links
    form = browser.get(f"{address}/edit")
    assert "A moderator wrote: Say more." in form.words
    send(browser, form, f"{address}/edit", then="look", title="More", book_url="")
    assert "Say more." in browser.get(address).words
    do(browser, address, "submit")
    assert "Say more." not in browser.get(address).words


ACTS = [
    (State.DRAFT, "submit", State.SUBMITTED),
    (State.DRAFT, "archive", State.ARCHIVED),
    (State.SUBMITTED, "withdraw", State.DRAFT),
    (State.SUBMITTED, "archive", State.ARCHIVED),
    (State.SENT_BACK, "submit", State.SUBMITTED),
    (State.LIVE, "pause", State.PAUSED),
    (State.LIVE, "close", State.CLOSED),
    (State.LIVE_EDITED, "submit", State.LIVE_SUBMITTED),
    (State.LIVE_EDITED, "discard", State.LIVE),
    (State.LIVE_EDITED, "pause", State.DRAFT),
    (State.LIVE_SUBMITTED, "withdraw", State.LIVE_EDITED),
    (State.LIVE_SENT_BACK, "discard", State.LIVE),
    (State.PAUSED, "resume", State.LIVE),
    (State.PAUSED, "close", State.CLOSED),
    (State.CLOSED, "archive", State.ARCHIVED),
    (State.EXPIRED, "archive", State.ARCHIVED),
]


@pytest.mark.parametrize(("before", "act", "after"), ACTS)
def test_a_button_does_what_it_says_and_pressing_it_twice_does_no_more(
    small_app: Flask, browser: PageClient, member: Member, before: State, act: str, after: State
) -> None:
    address = f"/workspace/offers/{make_offer(small_app, member, before)}"
    page = browser.get(address)
    fields = values_in(form_of(page, f"{address}/{act}"))
    for _ in "12":
        assert browser.client.post(f"{address}/{act}", data=fields).status_code == 303
        told = browser.get(address)
        assert told.soup.select_one(".told")
        assert one(small_app, address).stand == after


@pytest.mark.parametrize("state", list(State))
def test_whatever_is_asked_of_whatever_state_is_answered_kindly(
    small_app: Flask, browser: PageClient, member: Member, state: State
) -> None:
    for act in ("publish", "submit", "withdraw", "discard", "resume", "extend", "close", "archive"):
        address = f"/workspace/offers/{make_offer(small_app, member, state)}"
        offered = browser.get(address).soup.find("form", action=f"{address}/{act}")
        page = press(browser, f"{address}/{act}")
        assert page.status == 303
        stands = one(small_app, address).stand
        assert offered or stands == state, f"{act} moved {state} to {stands} without a button"
        assert browser.get(page.response.location or "").soup.select_one(".told")


def test_an_unfinished_draft_leads_to_its_form_with_the_mistakes(browser: PageClient) -> None:
    write(browser, "events", then="later", day="")
    address = browser.get("/workspace/events").soup.select_one(".course-title")["href"]  # type: ignore[index]
    page = press(browser, f"{address}/submit")
    assert (page.response.location or "").endswith("/edit?check=1")
    assert browser.get(page.response.location or "").errors == ["Write the day."]


def test_keeping_up_says_until_when_and_counts(
    small_app: Flask, browser: PageClient, member: Member
) -> None:
    soon = today() + dt.timedelta(days=9)
    public_id = make_offer(small_app, member, State.LIVE, kind=COURSE, show_until=soon)
    home = browser.get("/workspace")
    assert "Running out soon" in home.words
    for _ in "12":
        send(browser, home, "/workspace/keep-up")
    offer = one(small_app, public_id)
    assert offer.extensions == 1
    assert offer.show_until == today() + dt.timedelta(days=365)
    assert "Running out soon" not in browser.get("/workspace").words
    assert "confirmed today" in browser.get("/workspace/courses").words


def test_what_was_kept_up_too_often_is_read_again(
    small_app: Flask, browser: PageClient, member: Member
) -> None:
    soon = today() + dt.timedelta(days=9)
    public_id = make_offer(small_app, member, State.LIVE, kind=COURSE, show_until=soon)
    with small_app.app_context():
        db.session.query(Offer).update({"extensions": 3})
        db.session.commit()
    assert "Read these again" in browser.get("/workspace").words
    page = press(browser, f"/workspace/offers/{public_id}/extend")
    assert browser.get(page.response.location or "").status == 200
    assert one(small_app, public_id).show_until == soon


def test_a_copy_is_a_new_draft_without_the_reference(
    small_app: Flask, browser: PageClient, member: Member
) -> None:
    public_id = make_offer(small_app, member, State.ARCHIVED, kind=COURSE, reference="K-1")
    address = f"/workspace/offers/{public_id}"
    page = browser.get(address)
    made = [send(browser, page, f"{address}/copy").response.location for _ in "12"]
    assert made[0] == made[1]
    form = browser.get(made[0] or "")
    assert form.value_of("title") == one(small_app, public_id).title
    assert form.value_of("reference") == ""


# Many at once


def tick(browser: PageClient, *ids: str, status: int = 303, **fields: str) -> Page:
    page = browser.get("/workspace/courses")
    boxes = [str(box["value"]) for box in page.soup.select('input[name="offer"]')]
    ticked = [value for value in boxes if value.rpartition(".")[0] in ids]
    assert len(ticked) == len(ids)
    form = values_in(form_of(page, "/workspace/courses"))
    return browser.post("/workspace/courses", form | {"offer": ticked} | fields, status)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("act", "before", "after"),
    [
        ("pause", State.LIVE, State.PAUSED),
        ("close", State.PAUSED, State.CLOSED),
        ("resume", State.PAUSED, State.LIVE),
    ],
)
def test_the_ticked_ones_go_together_and_the_rest_is_counted(
    small_app: Flask, browser: PageClient, member: Member, act: str, before: State, after: State
) -> None:
    going = [make_offer(small_app, member, before, kind=COURSE) for _ in "123"]
    draft = make_offer(small_app, member, State.DRAFT, kind=COURSE)
    tick(browser, going[0], going[1], draft, act=act)
    words = browser.get("/workspace/courses").words
    assert "2 courses" in words
    assert "1 left as before" in words
    stands = [one(small_app, public_id).stand for public_id in (*going, draft)]
    assert stands == [after, after, before, State.DRAFT]


def dated(app: Flask, member: Member, state: State, day: dt.date) -> str:
    return make_offer(
        app, member, state, kind=COURSE, starts_on=day.isoformat(), is_flexible_start=False
    )


def first_day(offer: Offer) -> str:
    return str(offer.revisions[-1].content["starts_on"])


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"how": "year"}, dt.date(SOON.year + 1, SOON.month, min(SOON.day, 28))),
        ({"how": "weeks", "weeks": "2"}, SOON + dt.timedelta(weeks=2)),
        ({"how": "day", "day": f"{SOON + dt.timedelta(days=40):%d/%m/%Y}"},
         SOON + dt.timedelta(days=40)),
    ],
)  # fmt: skip
def test_first_days_move_together_once_however_often_the_form_is_sent(
    small_app: Flask, browser: PageClient, member: Member, fields: dict[str, str],
    expected: dt.date,
) -> None:  # fmt: skip
    start = dt.date(SOON.year, SOON.month, min(SOON.day, 28)) if fields["how"] == "year" else SOON
    ran_out = dated(small_app, member, State.EXPIRED, start)
    live = dated(small_app, member, State.LIVE, start)
    page = browser.get("/workspace/courses")
    form = values_in(form_of(page, "/workspace/courses")) | {"act": "move", **fields}
    form["offer"] = [str(box["value"]) for box in page.soup.select('input[name="offer"]')]
    for _ in "12":
        browser.post("/workspace/courses", form, 303)
    for public_id in (ran_out, live):
        offer = one(small_app, public_id)
        assert first_day(offer) == expected.isoformat()
        assert offer.stand == State.LIVE
        assert isinstance(offer.entry, Course)
        assert offer.entry.starts_on == expected


def test_a_moved_day_waits_where_a_moderator_reads_first(small_app: Flask) -> None:
    member = make_member(small_app)
    browser = signed_in(small_app, member)
    live = dated(small_app, member, State.LIVE, SOON)
    draft = dated(small_app, member, State.DRAFT, SOON)
    paused = dated(small_app, member, State.PAUSED, SOON)
    tick(browser, live, draft, paused, act="move", how="weeks", weeks="1")
    words = browser.get("/workspace/courses").words
    assert "3 courses with a new first day." in words
    assert "1 sent to the moderators" in words
    assert "2 kept as a draft" in words
    stands = [one(small_app, public_id).stand for public_id in (live, draft, paused)]
    assert stands == [State.LIVE_SUBMITTED, State.DRAFT, State.DRAFT]
    entry = one(small_app, live).entry
    assert isinstance(entry, Course)
    assert entry.starts_on == SOON


def test_moving_without_saying_where_to_is_told_and_keeps_the_ticks(
    small_app: Flask, browser: PageClient, member: Member
) -> None:
    live = dated(small_app, member, State.LIVE, SOON)
    page = tick(browser, live, act="move", how="weeks", weeks="", status=422)
    assert page.errors == ["Write by how many weeks."]
    assert len(page.soup.select('input[name="offer"][checked]')) == 1


def test_the_list_is_narrowed_by_state_and_words_and_shows_what_needs_doing_first(
    small_app: Flask, browser: PageClient, member: Member
) -> None:
    for state in (State.LIVE, State.ARCHIVED, State.DRAFT, State.SENT_BACK):
        make_offer(small_app, member, state, kind=COURSE)
    sooner = today() + dt.timedelta(days=20)
    make_offer(small_app, member, State.PAUSED, kind=COURSE, show_until=sooner)
    page = browser.get("/workspace/courses")
    states = [tag.get_text() for tag in page.soup.select("td .state")]
    assert states == ["Sent back to you", "Draft", "Live", "Paused"]
    page = browser.get("/workspace/courses?state=archived")
    assert [tag.get_text() for tag in page.soup.select("td .state")] == ["Archived"]
    assert "Nothing with “100%” in its title" in browser.get("/workspace/courses?q=100%25").words
    assert len(browser.get("/workspace/courses?q=offer").soup.select("td .state")) == 4
    assert browser.get("/workspace/courses?state=nonsense&page=99999999").status == 200


# Whose it is


def addresses_of(app: Flask, member: Member) -> list[tuple[str, str]]:
    """Every address that names something of a member’s organisation, by method."""
    offer = f"/workspace/offers/{make_offer(app, member, State.LIVE_EDITED, kind=COURSE)}"
    with app.app_context():
        db.session.add(Venue(organisation_id=member.organisation_id, reference="X", name="Hall",
                             postcode="ST1 1AA"))  # fmt: skip
        entry = db.session.scalars(select(Course)).first()
        assert entry is not None
        entry.organisation_id = member.organisation_id
        db.session.commit()
        venue = db.session.scalars(select(Venue.public_id)).one()
        slug = entry.slug
    acts = ("submit", "publish", "withdraw", "discard", "pause", "resume", "close", "extend",
            "archive", "copy")  # fmt: skip
    return [
        ("GET", offer), ("GET", f"{offer}/edit"), ("POST", f"{offer}/edit"),
        *(("POST", f"{offer}/{act}") for act in acts),
        ("GET", f"/workspace/venues/{venue}"), ("POST", f"/workspace/venues/{venue}"),
        ("POST", f"/workspace/venues/{venue}/delete"),
        ("POST", f"/workspace/listed/{slug}/take-over"),
    ]  # fmt: skip


def test_what_is_somebody_else_s_answers_like_what_does_not_exist(
    small_app: Flask, member: Member
) -> None:
    others = signed_in(small_app, make_member(small_app))
    token = others.get("/workspace").value_of("csrf_token")
    found = addresses_of(small_app, member)
    before = snapshot(small_app)
    for method, address in found:
        name = address.split("/")[3]
        nonsense = address.replace(name, "A" * len(name), 1)
        answers = [
            others.client.open(
                path, method=method, data={"csrf_token": token} if method == "POST" else None
            )
            for path in (address, nonsense)
        ]
        assert [answer.status_code for answer in answers] == [404, 404], address
        assert answers[0].get_data() == answers[1].get_data()
        assert dict(answers[0].headers) == dict(answers[1].headers)
    assert len(found) == 17
    assert snapshot(small_app) == before


def test_ids_of_others_in_a_form_are_passed_over(
    small_app: Flask, browser: PageClient, member: Member
) -> None:
    stranger = make_member(small_app)
    theirs = make_offer(small_app, stranger, State.LIVE, kind=COURSE)
    make_offer(small_app, member, State.LIVE, kind=COURSE)
    before = one(small_app, theirs).version
    for act in ("pause", "close", "extend", "move"):
        press(browser, "/workspace/courses", act=act, offer=f"{theirs}.{before}", how="year")
    press(browser, "/workspace/keep-up", offer=theirs)
    offer = one(small_app, theirs)
    assert (offer.stand, offer.version, offer.extensions) == (State.LIVE, before, 0)


def test_an_employer_reaches_neither_courses_nor_venues(
    small_app: Flask, employer: PageClient
) -> None:
    for address in ("/workspace/courses", "/workspace/courses/new", "/workspace/venues",
                    "/workspace/venues/new", "/workspace/courses.csv", "/workspace/venues.csv",
                    "/workspace/listed"):  # fmt: skip
        assert employer.client.get(address).status_code == 404
        assert press(employer, address).status in {404, 405}
    page = employer.get("/workspace")
    assert not [link for link in page.links if "courses" in link or "venues" in link]
    with small_app.app_context():
        assert db.session.scalar(select(func.count(Offer.id))) == 0


def test_the_workspace_is_closed_to_visitors_and_to_those_who_do_not_write(
    small_app: Flask,
) -> None:
    answer = PageClient(small_app).client.get("/workspace")
    assert (answer.status_code, "/sign-in" in (answer.location or "")) == (303, True)
    adviser = make_member(small_app, kind="school", roles=(MemberRole.ADVISER,))
    assert signed_in(small_app, adviser).get("/workspace", 404).heading


EVERY_COLUMN = {
    name: "1"
    for model in (Offer, Revision, Entry, Course, Venue, Organisation, Member)
    for name in model.__mapper__.columns.keys()  # noqa: SIM118 - the collection’s own names
} | {"state": "live", "standing": "verified", "roles": "moderator", "kind": "role",
     "public_id": "chosen-by-me", "slug": "chosen-by-me", "kept_by": "content",
     "on_trust": "1"}  # fmt: skip


def test_columns_that_no_form_asks_for_change_nothing(small_app: Flask) -> None:
    stranger = make_member(small_app)
    member = make_member(small_app, standing=Standing.APPLIED)
    browser = signed_in(small_app, member)
    posted = EVERY_COLUMN | {"organisation_id": str(stranger.organisation_id)}
    asked = {*(question.name for question in EVENT.questions), "token", "version", "then"}
    extra = {name: value for name, value in posted.items() if name not in asked}
    address = write(browser, "events", **extra)
    edit = f"{address}/edit"
    send(browser, browser.get(edit), edit, then="look", **extra | {"title": "Another"})
    press(browser, f"{address}/submit", **extra)
    offer = one(small_app, address)
    assert offer.organisation_id == member.organisation_id
    assert (offer.stand, offer.approved, offer.entry_id) == (State.SUBMITTED, None, None)
    assert (offer.kind, offer.on_trust, offer.extensions) == ("event", False, 0)
    assert set(offer.revisions[-1].content) == {question.name for question in EVENT.questions}
    kept = {"name", "address", "town", "county", "postcode", "email", "phone", "website",
            "reference"}  # fmt: skip
    extra = {name: value for name, value in posted.items() if name not in kept}
    page = browser.get("/workspace/venues/new")
    send(browser, page, "/workspace/venues/new", **MAIN | extra)
    with small_app.app_context():
        venue = db.session.scalars(select(Venue)).one()
        organisation = db.session.get_one(Organisation, member.organisation_id)
        assert venue.organisation_id == member.organisation_id
        assert venue.public_id != "chosen-by-me"
        assert (organisation.standing, organisation.is_trusted) == ("applied", False)


def test_what_writes_needs_the_form_s_own_token(browser: PageClient) -> None:
    for address in ("/workspace/events/new", "/workspace/keep-up", "/workspace/venues/new"):
        assert browser.client.post(address, data=WRITTEN["events"]).status_code == 400


def snapshot(app: Flask) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with app.app_context(), db.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select())]
            for table in db.metadata.sorted_tables
        }


def every_page(app: Flask, member: Member) -> list[str]:
    found = [address for method, address in addresses_of(app, member) if method == "GET"]
    lists = ("", "/courses", "/courses?tick=all&state=live&q=a", "/events", "/vacancies/new",
             "/courses/new", "/events/new", "/venues", "/venues/new", "/listed", "/courses.csv",
             "/courses.csv?format=other", "/venues.csv")  # fmt: skip
    return [*found, *(f"/workspace{path}" for path in lists)]


def test_looking_changes_nothing_and_is_kept_by_no_browser(
    small_app: Flask, browser: PageClient, member: Member
) -> None:
    pages = every_page(small_app, member)
    before = snapshot(small_app)
    for address in pages:
        page = browser.get(address)
        assert page.response.headers["Cache-Control"] == "no-store", address
    assert snapshot(small_app) == before


PAYLOADS = ("<script>alert(1)</script>", "“><img src=x onerror=alert(1)>", "{{ 7 * 7 }}",
            "javascript:alert(1)", "=cmd|' /C calc'!A0")  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_is_typed_becomes_part_of_the_page(browser: PageClient, payload: str) -> None:
    texts = {"title": payload, "who_for": payload, "what_you_learn": payload, "reference": payload}
    write(browser, "courses", then="later", **texts)
    listing = Page(browser.client.get("/workspace/courses"), "/workspace/courses")
    link = listing.soup.select_one("td .course-title")
    assert link is not None
    assert link.get_text() == payload
    for address in ("/workspace", str(link["href"]), f"{link['href']}/edit"):
        page = Page(browser.client.get(address), address)
        assert page.status == 200
        assert not page.soup.select("script:not([src]), img[onerror]")
        assert "49" not in page.words.split()


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//kilnhurst.example",
     "ftp://kilnhurst.example", "https://user@kilnhurst.example", "https://127.0.0.1/",
     "https://kilnhurst", "http:\\\\kilnhurst.example", "https://кilnhurst.example"],
)  # fmt: skip
def test_links_that_are_not_plain_web_addresses_are_refused(
    browser: PageClient, address: str
) -> None:
    for plural, field in (("courses", "web_address"), ("vacancies", "apply_url"),
                          ("events", "book_url")):  # fmt: skip
        new = f"/workspace/{plural}/new"
        page = send(
            browser, browser.get(new), new, 422, then="look", **WRITTEN[plural] | {field: address}
        )
        assert page.errors == [
            "Write a whole web address, such as https://www.example.org/courses."
        ]


# Courses that the city lists


@pytest.fixture
def listed(small_app: Flask, member: Member) -> str:
    """The address of a course that the city lists for the member’s organisation."""
    with small_app.app_context():
        entry = db.session.scalars(select(Course)).one()
        entry.organisation_id = member.organisation_id
        db.session.commit()
        return entry.slug


def test_a_listed_course_is_taken_over_and_keeps_its_address(
    small_app: Flask, browser: PageClient, listed: str
) -> None:
    assert "/workspace/listed" in browser.get("/workspace").links
    page, way = browser.get("/workspace/listed"), f"/workspace/listed/{listed}/take-over"
    made = [send(browser, page, way).response.location for _ in "12"]
    assert made[0] == made[1]
    edit = (made[0] or "").partition("?")[0]
    form = browser.get(edit)
    assert form.value_of("title") == "Potter apprenticeship"
    assert PageClient(small_app).get(f"/courses/{listed}").status == 200
    rest = {name: v for name, v in WRITTEN["courses"].items() if name not in {"title", "programme"}}
    send(browser, form, edit, then="look", **rest)
    address = edit.removesuffix("/edit")
    assert f"/courses/{listed}" in do(browser, address, "publish").links
    assert (
        "Anyone who likes to make things." in PageClient(small_app).get(f"/courses/{listed}").words
    )
    with small_app.app_context():
        load(db.session, read_library(Path(small_app.config["CONTENT_DIR"])), show_months=18)
        entry = db.session.scalars(select(Course)).one()
        assert (entry.kept_by, entry.status) == ("organisation", "live")
    assert "/workspace/listed" not in browser.get("/workspace").links


def test_a_draft_that_was_put_away_lets_the_course_be_taken_over_anew(
    browser: PageClient, listed: str
) -> None:
    way = f"/workspace/listed/{listed}/take-over"
    first = send(browser, browser.get("/workspace/listed"), way).response.location or ""
    do(browser, first.removesuffix("/edit"), "archive")
    again = send(browser, browser.get("/workspace/listed"), way).response.location or ""
    assert again != first


def test_what_the_city_knows_fills_the_answers_it_fits() -> None:
    entry = Course(title="Clay", level_slug="2", sector="engineering", length="2 years",
                   cost="£1,500", award="Slip Guild", study_mode="part-time", mode="classroom",
                   attendance="block-release", campus="Longbank Campus", entry_text="None.",
                   starts_on=dt.date(2027, 9, 7), apply_url="https://k.example/")  # fmt: skip
    content = content_of_course(entry, {"longbank campus": "MAIN"})
    expected = {"title": "Clay", "level": "2", "sector": "engineering", "length": 2,
                "length_unit": "years", "cost": "1500", "awarding_body": "Slip Guild",
                "attendance": "day-release", "venue": "MAIN", "starts_on": "2027-09-07",
                "entry_requirements": "None.", "web_address": "https://k.example/"}  # fmt: skip
    assert {name: content[name] for name in expected} == expected
    assert content_of_course(Course(title="A", cost="Ask us", length="A while"))["cost_words"] == (
        "Ask us"
    )


# Venues and files


def add_venue(browser: PageClient, status: int = 303, **changes: str) -> Page:
    page = browser.get("/workspace/venues/new")
    return send(browser, page, "/workspace/venues/new", status, **MAIN | changes)


def test_a_venue_is_added_once_changed_everywhere_and_deleted_when_no_course_needs_it(
    small_app: Flask, browser: PageClient
) -> None:
    form = browser.get("/workspace/venues/new")
    for _ in "12":
        send(browser, form, "/workspace/venues/new", **MAIN)
    course_page = write(browser, "courses", mode="classroom", venue="MAIN", study="part-time",
                        attendance="evening")  # fmt: skip
    public = next(
        link for link in do(browser, course_page, "publish").links if link.startswith("/courses/")
    )
    assert "Longbank Campus" in PageClient(small_app).get(public).words
    venues = browser.get("/workspace/venues")
    link = venues.soup.select_one("td .course-title")
    assert link is not None
    address = str(link["href"])
    send(browser, browser.get(address), address, name="Old Works", postcode="ST6 2BB")
    assert "The pages of 1 course say so too." in browser.get("/workspace/venues").words
    words = PageClient(small_app).get(public).words
    assert "Old Works" in words
    assert "Longbank Campus" not in words
    press(browser, f"{address}/delete")
    assert "cannot be deleted: 1 course" in browser.get("/workspace/venues").words
    for act in ("close", "archive"):
        do(browser, course_page, act)
    send(browser, browser.get("/workspace/venues"), f"{address}/delete")
    assert "No venues yet" in browser.get("/workspace/venues").words
    with small_app.app_context():
        acts = db.session.scalars(
            select(AuditRow.act).where(AuditRow.subject_kind == "venue").order_by(AuditRow.id)
        )
        assert list(acts) == ["add", "change", "delete"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"reference": "main"}, "Another of your venues has this reference. Write another one."),
        ({"reference": "B", "postcode": "nowhere"}, "is not a UK postcode"),
        ({"reference": "B", "name": "Ring 07700 900123"}, "This looks like a phone number"),
        ({"reference": "B", "website": "javascript:alert(1)"}, "Write a whole web address"),
        ({"reference": "B", "name": ""}, "Write what the venue is called."),
    ],
)
def test_a_venue_that_cannot_be_kept_is_told_why(
    browser: PageClient, changes: dict[str, str], error: str
) -> None:
    add_venue(browser)
    page = add_venue(browser, 422, **{"name": "Another hall"} | changes)
    assert [mistake for mistake in page.errors if error in mistake] == page.errors
    assert len(page.errors) == 1


def test_what_is_live_comes_back_as_a_file_without_a_fault(
    small_app: Flask, browser: PageClient
) -> None:
    add_venue(browser, county="", website="")
    place = {"mode": "classroom", "venue": "MAIN", "study": "part-time", "attendance": "evening"}
    for title, aim in (("With an aim", "50079281"), ("=1+1", ""), ("Never published", "50079282")):
        address = write(browser, "courses", title=title, aim=aim, awarding_body="Guild", **place)
        if title != "Never published":
            do(browser, address, "publish")
    venues = read(browser.client.get("/workspace/venues.csv").get_data())
    checked = check_venues(venues)
    assert [venue.problems for venue in checked] == [[]]
    with small_app.app_context():
        known = {venue.reference.casefold(): venue for venue in db.session.scalars(select(Venue))}
        context = CheckingContext(today=today(), venues=known, programmes_by_aim={"50079281": 1})
        for name, title in (("courses", "With an aim"), ("other", "=1+1")):
            answer = browser.client.get(f"/workspace/courses.csv?format={name}")
            assert answer.headers["Content-Disposition"].startswith("attachment")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            rows = check_courses(read(answer.get_data()), context=context)
            assert [row.problems for row in rows] == [[]]
            assert rows[0].values is not None
            assert rows[0].values.title == title
    assert b",'=1+1," in browser.client.get("/workspace/courses.csv?format=other").get_data()
    assert browser.client.get("/workspace/courses.csv?format=venues").status_code == 404


# Standing, and what it costs


def test_who_is_not_verified_yet_reads_what_happens_next_and_can_write(small_app: Flask) -> None:
    member = make_member(small_app, standing=Standing.APPLIED)
    browser = signed_in(small_app, member)
    assert "We are making sure who you are" in browser.get("/workspace").words
    page = do(browser, write(browser, "events"), "submit")
    assert "A moderator reads it once your organisation is verified" in page.words


@pytest.fixture
def counting(small_app: Flask) -> Iterator[Callable[[], int]]:
    statements: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with small_app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield lambda: len(statements)
    event.remove(engine, "before_cursor_execute", note)


def test_a_page_asks_the_database_at_most_twelve_times_with_five_thousand_offers(
    small_app: Flask, browser: PageClient, member: Member, counting: Callable[[], int]
) -> None:
    states = [state for state in State if state != State.ARCHIVED]
    with small_app.app_context():
        by = db.session.get_one(Member, member.id)
        for number in range(5000):
            offer = new_offer(COURSE, course(f"Course {number}"), by=by)
            offer.state = states[number % len(states)].value
            offer.approved = offer.latest
            offer.show_until = today() + dt.timedelta(days=number % 400)
            db.session.add(offer)
        db.session.commit()
        some = db.session.scalars(select(Offer.public_id)).first()
    for address in ("/workspace", "/workspace/courses", "/workspace/courses?state=soon&q=course",
                    "/workspace/courses?page=60", f"/workspace/offers/{some}",
                    f"/workspace/offers/{some}/edit", "/workspace/courses/new",
                    "/workspace/venues", "/workspace/listed"):  # fmt: skip
        before, began = counting(), time.perf_counter()
        page = browser.client.get(address)
        print(f"{address}: {counting() - before} queries, {time.perf_counter() - began:.3f} s")
        assert page.status_code == 200
        assert counting() - before <= 12, address
    assert len(browser.get("/workspace/courses").soup.select("tbody tr")) == 50


def test_a_second_organisation_counts_only_its_own(small_app: Flask, browser: PageClient) -> None:
    make_offer(small_app, make_member(small_app, organisation=make_organisation(small_app)),
               State.LIVE, kind=COURSE)  # fmt: skip
    assert "No courses yet" in browser.get("/workspace/courses").words
    assert VACANCY.plural in browser.get("/workspace").words.lower()
