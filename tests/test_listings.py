"""Listings: how they are written, what the checks say to them, and what becomes of them."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import html5lib
import pytest
from conftest import close
from flask import Flask
from listings import DAY, in_days, row, shadowing
from members import make_member, signed_in
from offers import here, make_city, make_moderators, offer_called
from pages import Page, PageClient
from placements import make_adviser, make_request, request_called
from sqlalchemy import func, select, update

from portal.accounts.models import Member, MemberRole
from portal.catalogue.experiences import Listing, Occasion
from portal.clock import today
from portal.extensions import db
from portal.placements.forms_dates import MOST_DATES
from portal.placements.life import Stage
from portal.placements.listings import LISTING
from portal.placements.parts import Setting, parts_of
from portal.placements.repeating import Every, repeated
from portal.publishing import moderation, verifying
from portal.publishing.kinds import Surroundings
from portal.publishing.life import State
from portal.publishing.models import Offer
from portal.publishing.revisions import latest_of

WHEN = {"begins": "9:30", "ends": "3.30pm", "hours_a_day": "5.5"}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A small city for everything that only asks what follows from answers."""
    app = make_city(tmp_path_factory.mktemp("listings"))
    yield app
    close(app)


@pytest.fixture(scope="module")
def maker(city: Flask) -> Member:
    return make_member(city, kind="employer")


@pytest.fixture
def potter(small_app: Flask) -> Member:
    return make_member(small_app, kind="employer")


@pytest.fixture
def page(small_app: Flask, potter: Member) -> PageClient:
    return signed_in(small_app, potter)


def draft(app: Flask, by: Member, **changes: object) -> str:
    """The public id of a listing that is being written."""
    with app.app_context():
        content = shadowing(**changes)
        return moderation.begin_offer(db.session, LISTING, content, by=here(by)).public_id


def publish(app: Flask, public_id: str) -> None:
    """Send a listing in and have two moderators say yes."""
    first, second = make_moderators(app)
    with app.app_context():
        offer = offer_called(public_id)
        moderation.submit(db.session, offer, LISTING, by=here_of(offer))
        for moderator in (first, second):
            if offer.is_waiting:
                moderation.approve(
                    db.session, offer, LISTING, revision=offer.latest, by=here(moderator)
                )
        assert offer.is_live


def here_of(offer: Offer) -> Member:
    return offer.organisation.members[0]


def rewrite(app: Flask, public_id: str, **changes: object) -> None:
    """Change a live listing, and publish the change."""
    with app.app_context():
        offer = offer_called(public_id)
        content = latest_of(offer).content | changes
        moderation.edit(db.session, offer, LISTING, content, by=here_of(offer), seen=offer.version)
    publish(app, public_id)


def occasions(app: Flask) -> dict[dt.date, tuple[int, int, bool]]:
    with app.app_context():
        found = db.session.scalars(select(Occasion))
        return {o.first_day: (o.places, o.taken, o.is_offered) for o in found}


def content_of(app: Flask, public_id: str) -> dict[str, Any]:
    with app.app_context():
        return latest_of(offer_called(public_id)).content


def columns(app: Flask, by: Member, **changes: object) -> dict[str, Any]:
    with app.app_context():
        around = Surroundings(db.session, here(by).organisation)
        return LISTING.columns_of(LISTING.completed(shadowing(**changes), around), around)


def faults(app: Flask, **changes: object) -> dict[str, str]:
    with app.app_context():
        return dict(LISTING.faults_in(shadowing(**changes)))


def part(public_id: str, slug: str = "") -> str:
    return f"/workspace/listings/{public_id}" + (f"/{slug}" if slug else "")


def send(page: PageClient, address: str, status: int = 303, /, **typed: object) -> Page:
    """Change some answers of a form without script, and send all of it."""
    form = page.get(address)
    fields: dict[str, Any] = {}
    for tag in form.soup.select("main form:not(.act) [name]"):
        kind, name = tag.get("type", tag.name), str(tag["name"])
        if kind == "select":
            chosen = tag.select_one("option[selected]")
            fields[name] = str(chosen["value"]) if chosen else ""
        elif kind in {"checkbox", "radio"}:
            if tag.has_attr("checked"):
                fields.setdefault(name, []).append(str(tag["value"]))
        elif kind not in {"submit", "file"}:
            fields[name] = tag.get_text() if kind == "textarea" else str(tag.get("value", ""))
    return page.post(address, fields | typed, status)


def press(page: PageClient, address: str, status: int = 303, /, **fields: str) -> Page:
    """Send a form that has nothing but a button and what stands hidden in it."""
    token = page.get("/workspace").value_of("csrf_token")
    return page.post(address, {"csrf_token": token} | fields, status)


def next_page(answer: Page) -> str:
    return str(answer.response.headers["Location"])


def test_a_pottery_writes_a_day_in_the_studio_part_by_part(
    small_app: Flask, page: PageClient
) -> None:
    what = next_page(
        send(page, "/workspace/listings/new", experience="shadowing", title="A day with clay")
    )
    base = what.rpartition("/")[0]
    assert "Cannot start yet" in page.get(base).words
    send(page, what, then="words", role="kiln-worker")
    assert page.get(what).soup.find(id="what_you_do").get_text(strip=True)
    who = next_page(send(page, what, then="on"))
    when = next_page(send(page, who, year_groups=["year-10"], min_age="14", then="on"))
    first = in_days(20)
    where = next_page(
        send(page, when, first_day_0=f"{first:%d/%m/%Y}", places_0="2", then="on", **WHEN)
    )
    day = next_page(send(page, where, town="Smalltown", district="st1", address="1 Oven Lane"))
    safety = next_page(
        send(page, day, supervision="always-with-others", supervision_words="The owner",
             dress="Old clothes", expenses="none")
    )  # fmt: skip
    last = send(page, safety, insurance="yes", risk_assessment="reviewed", then="on")
    assert next_page(last) == base
    tasks = page.get(base)
    assert "6 of 6 parts done" in tasks.words
    assert "A day with clay" in page.get(f"{base}/preview").words
    button = tasks.soup.find("form", action=lambda a: a and a.endswith("/submit"))
    press(page, str(button["action"]))
    with small_app.app_context():
        assert offer_called(base.rpartition("/")[2]).is_waiting


@pytest.mark.parametrize(
    ("setting", "slugs"),
    [
        (Setting.WORKPLACE, "what who when where on-the-day safety"),
        (Setting.MEETING, "what who when where"),
        (Setting.ONLINE, "what who when joining"),
        (Setting.VIDEO, "what who video"),
    ],
)
def test_each_kind_of_experience_is_asked_only_what_applies(setting: Setting, slugs: str) -> None:
    assert " ".join(part.slug for part in parts_of(setting)) == slugs


@pytest.mark.parametrize(
    ("experience", "missing"),
    [
        ("talk", set()),
        ("online-presentation", set()),
        ("video", {"video_url", "has_captions", "transcript"}),
        ("", {"experience"}),
    ],
)
def test_other_kinds_need_no_safety_answers(
    city: Flask, experience: str, missing: set[str]
) -> None:
    assert set(faults(city, experience=experience, insurance=None, address=None)) == missing


def test_every_page_of_every_kind_is_right_without_script(
    small_app: Flask, page: PageClient, potter: Member
) -> None:
    strict = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    for experience in ("shadowing", "talk", "online-presentation", "video"):
        public_id = draft(small_app, potter, experience=experience)
        with small_app.app_context():
            kind = Setting(
                {"shadowing": "workplace", "talk": "meeting", "video": "video"}.get(
                    experience, "online"
                )
            )
        addresses = [part(public_id), part(public_id, "preview")]
        addresses += [part(public_id, each.slug) for each in parts_of(kind)]
        for address in [*addresses, f"/workspace/offers/{public_id}", "/workspace/listings"]:
            strict.parse(page.get(address).response.get_data(as_text=True))


def test_a_listing_becomes_an_entry(city: Flask, maker: Member) -> None:
    first = in_days(30)
    found = columns(city, maker)
    assert found["dates"][0] == {"first_day": first, "last_day": first, "places": 2}
    assert found["sector"] == "engineering"
    assert found["skill_slugs"]
    assert len(found["skill_slugs"]) <= 6
    assert (found["tier"], found["days"], found["hours_a_day"]) == ("workplace", 1, 5.5)
    assert (found["begins"], found["ends"]) == ("09:30", "15:30")
    assert found["expenses"] == "We pay your bus fare."
    assert found["supervision"] == "The studio manager."
    assert found["level_slug"] is None
    with city.app_context():
        assert LISTING.runs_out(shadowing()) == in_days(40) - DAY


def test_chosen_skills_come_before_those_of_the_job(city: Flask, maker: Member) -> None:
    assert columns(city, maker, skills=["skill-6"])["skill_slugs"] == ("skill-6",)


def test_a_video_never_runs_out_and_has_no_hours(city: Flask, maker: Member) -> None:
    film = {"experience": "video", "video_url": "https://films.example/clay", "transcript": "Clay."}
    found = columns(city, maker, **film)
    assert found["dates"] == []
    assert found["hours_a_day"] is None
    with city.app_context():
        around = Surroundings(db.session, here(maker).organisation)
        assert LISTING.runs_out(LISTING.completed(shadowing(**film), around)) is None


def test_a_talk_takes_its_hours_from_its_times(city: Flask, maker: Member) -> None:
    found = columns(city, maker, experience="talk", begins="13:00", ends="14:30")
    assert found["hours_a_day"] == 1.5
    assert found["address"] is None, "an answer that a talk is not asked for is not kept"


@pytest.mark.parametrize(
    ("changes", "question", "words"),
    [
        ({"dates": []}, "dates", "at least one day"),
        ({"dates": [row(today() - DAY)]}, "dates", "has passed"),
        ({"dates": [row(today() + 800 * DAY)]}, "dates", "next two years"),
        ({"dates": [row(in_days(9), in_days(9) - DAY)]}, "dates", "on or after the first"),
        ({"dates": [row(in_days(9)), row(in_days(9))]}, "dates", "there already"),
        ({"dates": [row(in_days(9), places="0")]}, "dates", "how many places"),
        ({"dates": [row(in_days(9), places="many")]}, "dates", "how many places"),
        ({"dates": [row(in_days(9), places="٣")]}, "dates", "how many places"),
        ({"dates": [{"first_day": "soon", "last_day": "soon", "places": "1"}]}, "dates", "day"),
        ({"dates": [row(in_days(9), in_days(9) + 2 * DAY)]}, "days", "how many days"),
        ({"days": "x"}, "days", "whole number"),
        ({"hours_a_day": "all"}, "hours_a_day", "as a number"),
        ({"ends": "09:30"}, "ends", "after it begins"),
        ({"opens_on": "2027-02-02", "closes_on": "2027-02-01"}, "closes_on", "on or after"),
        ({"role": None}, "sector", "area of work"),
        ({"skills": [f"skill-{n}" for n in range(7)]}, "skills", "6 skills at most"),
        ({"year_groups": []}, "year_groups", "Tick"),
        ({"min_age": 9}, "min_age", "from 11"),
        ({"district": "ST1 2AB"}, "district", "first half"),
        ({"supervision": "nobody"}, "supervision", "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_in_words(
    city: Flask, changes: dict[str, object], question: str, words: str
) -> None:
    found = faults(city, **changes)
    assert words in found.get(question, ""), found


def test_days_that_have_passed_do_not_stop_a_change_of_the_rest(city: Flask) -> None:
    assert faults(city, dates=[row(today() - DAY), row(in_days(9))]) == {}
    assert faults(city) == {}


@pytest.mark.parametrize(
    ("every", "wanted"),
    [
        (Every.WEEK, ["2027-01-29", "2027-02-05", "2027-02-12"]),
        (Every.TWO_WEEKS, ["2027-01-29", "2027-02-12", "2027-02-26"]),
        # The fifth Friday of a month that has four is its last.
        (Every.MONTH, ["2027-01-29", "2027-02-26", "2027-03-26"]),
    ],
)
def test_days_come_round_again(every: Every, wanted: list[str]) -> None:
    first = dt.date(2027, 1, 29)
    found = repeated(first, first + DAY, every, 3)
    assert [day.isoformat() for day, _ in found] == wanted
    assert all(last - day == DAY for day, last in found)


def test_the_first_monday_stays_a_first_monday_into_the_next_year() -> None:
    found = repeated(dt.date(2026, 11, 2), dt.date(2026, 11, 2), Every.MONTH, 4)
    assert [day.isoformat() for day, _ in found] == [
        "2026-11-02", "2026-12-07", "2027-01-04", "2027-02-01",
    ]  # fmt: skip


def test_a_repeat_adds_rows_and_never_more_than_there_is_room_for(
    small_app: Flask, page: PageClient, potter: Member
) -> None:
    public_id = draft(small_app, potter, dates=[])
    first = in_days(20)
    second = first + DAY
    typed = {
        "first_day_0": first.isoformat(), "places_0": "2", "repeat": "week", "then": "on",
        "first_day_1": second.isoformat(), "places_1": "3",
    }  # fmt: skip
    send(page, part(public_id, "when"), then="more")
    send(page, f"{part(public_id, 'when')}?more=1", 422, **typed, times="40")
    answer = send(page, f"{part(public_id, 'when')}?more=1", **typed, times="12")
    assert next_page(answer).endswith("/when")
    rows = content_of(small_app, public_id)["dates"]
    later = [second + n * 7 * DAY for n in range(MOST_DATES - 1)]
    assert [r["first_day"] for r in rows] == [day.isoformat() for day in [first, *later]]
    assert [r["places"] for r in rows] == ["2", *["3"] * (MOST_DATES - 1)]


def test_a_part_can_be_left_half_done(small_app: Flask, page: PageClient, potter: Member) -> None:
    public_id = draft(small_app, potter)
    typed = {"first_day_0": "some day in May", "places_0": "a few", "then": "later"}
    answer = send(page, part(public_id, "when"), **typed)
    assert next_page(answer) == part(public_id)
    tasks = page.get(part(public_id))
    assert "Not finished" in tasks.words
    assert "Days and places" in tasks.words
    shown = page.get(part(public_id, "when"))
    assert shown.value_of("first_day_0") == "some day in May"
    press(page, f"/workspace/offers/{public_id}/submit")
    with small_app.app_context():
        assert offer_called(public_id).stand is State.DRAFT


def test_what_the_law_forbids_is_said_beside_its_question_and_cannot_be_sent(
    small_app: Flask, page: PageClient, potter: Member
) -> None:
    public_id = draft(small_app, potter)
    answer = send(page, part(public_id, "when"), hours_a_day="9", ends="19:00", then="on")
    assert next_page(answer).endswith("/when"), "kept, and shown again"
    marked = page.get(part(public_id, "when")).soup.select_one(".notice")
    assert marked
    assert "Not like this" in marked.get_text()
    assert "Not like this" in page.get(part(public_id)).words
    press(page, f"/workspace/offers/{public_id}/submit")
    with small_app.app_context():
        assert "hours_a_day" in LISTING.faults_in(content_of(small_app, public_id))
        assert offer_called(public_id).stand is State.DRAFT


def test_the_checks_look_at_every_one_of_the_days(city: Flask) -> None:
    monday = today() + DAY * (21 - today().weekday())
    rows = [row(monday), row(monday + 7 * DAY, monday + 13 * DAY)]
    assert "days" in faults(city, dates=rows, days="7")
    assert faults(city, dates=rows, days="5") == {}


def test_without_insurance_nobody_comes(city: Flask) -> None:
    assert "insurance" in faults(city, insurance="no")


def test_a_copy_needs_only_new_days(small_app: Flask, page: PageClient, potter: Member) -> None:
    public_id = draft(small_app, potter, closes_on=in_days(20).isoformat())
    publish(small_app, public_id)
    new = page.get("/workspace/listings/new")
    button = new.soup.find("form", action=f"/workspace/offers/{public_id}/copy")
    hidden = {str(tag["name"]): str(tag["value"]) for tag in button.find_all("input")}
    copies = {next_page(page.post(str(button["action"]), hidden, 303)) for _ in "12"}
    assert len(copies) == 1, "the form sent twice makes one copy"
    copy = next_page(page.post(str(button["action"]), hidden, 303)).split("/")[3]
    content = content_of(small_app, copy)
    assert "dates" not in content
    assert "closes_on" not in content
    edited = page.client.get(f"/workspace/offers/{copy}/edit")
    assert edited.headers["Location"] == part(copy)
    first = in_days(50)
    answer = send(page, part(copy, "when"), first_day_0=first.isoformat(), places_0="2", then="on")
    assert next_page(answer) == part(copy)
    press(page, f"/workspace/offers/{copy}/submit")
    with small_app.app_context():
        assert offer_called(copy).is_waiting


def test_who_writes_at_the_same_time_hears_of_it_and_loses_nothing(
    small_app: Flask, page: PageClient, potter: Member
) -> None:
    public_id = draft(small_app, potter)
    shown = page.get(part(public_id, "where"))
    send(page, part(public_id, "who"), min_age="15")
    old = {"version": shown.value_of("version"), "town": "Elsewhere", "district": "ST2",
           "address": "2 Oven Lane", "then": "on",
           "csrf_token": shown.value_of("csrf_token")}  # fmt: skip
    answer = page.post(part(public_id, "where"), old, 409)
    assert answer.value_of("town") == "Elsewhere"
    assert content_of(small_app, public_id)["town"] == "Smalltown"
    page.post(part(public_id, "where"), old | {"version": answer.value_of("version")}, 303)
    assert content_of(small_app, public_id)["town"] == "Elsewhere"
    assert content_of(small_app, public_id)["min_age"] == 15


def test_others_listings_do_not_exist(small_app: Flask, potter: Member) -> None:
    public_id = draft(small_app, potter)
    stranger = signed_in(small_app, make_member(small_app, kind="employer"))
    for address in (part(public_id), part(public_id, "what"), part(public_id, "preview")):
        stranger.get(address, 404)
    press(stranger, part(public_id, "what"), 404, title="Mine now")
    school = signed_in(small_app, make_member(small_app, kind="school"))
    school.get("/workspace/listings/new", 404)


def test_a_part_that_is_not_asked_for_does_not_exist(
    small_app: Flask, page: PageClient, potter: Member
) -> None:
    page.get(part(draft(small_app, potter, experience="talk"), "safety"), 404)
    page.get(part(draft(small_app, potter), "nothing"), 404)


def test_what_is_in_no_list_is_not_kept(small_app: Flask, page: PageClient, potter: Member) -> None:
    public_id = draft(small_app, potter)
    send(page, part(public_id, "who"), year_groups=["year-10", "year-99"], then="on")
    assert content_of(small_app, public_id)["year_groups"] == ["year-10"]
    send(page, part(public_id, "what"), 422, role="no-such-job", then="on")
    send(page, part(public_id, "when"), 422, repeat="never", times="3", then="later")


def test_a_preview_shows_the_page_and_keeps_nothing(
    small_app: Flask, page: PageClient, potter: Member
) -> None:
    public_id = draft(small_app, potter)
    shown = page.get(part(public_id, "preview"))
    assert "Load a kiln with us." in shown.words
    assert "1 Oven Lane" not in shown.words, "only people with a place see the address"
    with small_app.app_context():
        assert db.session.scalar(select(func.count(Listing.id))) == 0
        assert db.session.scalar(select(func.count(Occasion.id))) == 0


def test_a_phone_number_beside_an_address_is_a_doubt_and_the_street_is_none(
    small_app: Flask, potter: Member
) -> None:
    public_id = draft(small_app, potter)
    with small_app.app_context():
        assert latest_of(offer_called(public_id)).doubts == []
    other = draft(
        small_app, potter, address="1 Oven Lane, ST1 2AB", meeting_words="Ring 07700 900123."
    )
    with small_app.app_context():
        doubts = latest_of(offer_called(other)).doubts
        assert {doubt["question"] for doubt in doubts} == {"meeting_words"}


def test_a_day_with_taken_places_never_vanishes(small_app: Flask, potter: Member) -> None:
    public_id = draft(small_app, potter)
    publish(small_app, public_id)
    first, second = in_days(30), in_days(40)
    with small_app.app_context():
        db.session.execute(update(Occasion).where(Occasion.first_day == first).values(taken=1))
        db.session.commit()
    rewrite(small_app, public_id, dates=[row(second, places=5), row(in_days(60))])
    assert occasions(small_app) == {
        first: (2, 1, False), second: (5, 0, True), in_days(60): (2, 0, True),
    }  # fmt: skip


def test_there_are_never_fewer_places_than_are_taken(small_app: Flask, potter: Member) -> None:
    public_id = draft(small_app, potter)
    publish(small_app, public_id)
    first = in_days(30)
    with small_app.app_context():
        db.session.execute(update(Occasion).where(Occasion.first_day == first).values(taken=2))
        db.session.commit()
    rewrite(small_app, public_id, dates=[row(first, places=1)])
    assert occasions(small_app)[first] == (2, 2, True)


def test_days_that_were_stay_when_new_ones_are_written(
    small_app: Flask, page: PageClient, potter: Member
) -> None:
    public_id = draft(small_app, potter)
    publish(small_app, public_id)
    past = today() - DAY
    with small_app.app_context():
        # Time goes by.
        offer = offer_called(public_id)
        latest_of(offer).content = shadowing(dates=[row(past), row(in_days(40))])
        db.session.commit()
    shown = page.get(part(public_id, "when"))
    assert shown.value_of("first_day_0") == f"{in_days(40):%-d/%-m/%Y}"
    send(page, part(public_id, "when"), places_0="4", then="on")
    assert content_of(small_app, public_id)["dates"] == [row(past), row(in_days(40), places=4)]


@pytest.mark.parametrize("how", ["taken down", "suspended"])
def test_nobody_goes_to_what_a_moderator_took_away(
    small_app: Flask, potter: Member, how: str
) -> None:
    public_id = draft(small_app, potter)
    publish(small_app, public_id)
    moderator, _ = make_moderators(small_app)
    adviser = make_adviser(small_app)
    with small_app.app_context():
        listing = db.session.scalars(select(Listing)).one()
        assert listing.occasions
        assert listing.publisher
        db.session.expunge_all()
    booked = make_request(small_app, Stage.BOOKED, listing=listing, adviser=adviser)
    asked = make_request(small_app, Stage.SENT, listing=listing, adviser=adviser)
    with small_app.app_context():
        offer = offer_called(public_id)
        if how == "taken down":
            moderation.take_down(
                db.session, offer, LISTING, reasons={"": "Not safe."}, by=here(moderator)
            )
        else:
            verifying.suspend(db.session, offer.organisation, by=here(moderator), why="Not safe.")
    with small_app.app_context():
        assert request_called(booked.public_id).stand is Stage.CANCELLED
        assert request_called(asked.public_id).stand is Stage.EXPIRED
    assert {taken for _, taken, _ in occasions(small_app).values()} == {0}


def test_moderators_see_documents_and_what_the_checks_ask(small_app: Flask, potter: Member) -> None:
    public_id = draft(small_app, potter)
    with small_app.app_context():
        moderation.submit(db.session, offer_called(public_id), LISTING, by=here(potter))
    moderator, _ = make_moderators(small_app)
    shown = signed_in(small_app, moderator).get(f"/desk/offers/{public_id}")
    assert "Employers’ liability insurance certificate" in shown.words
    assert "What the checks say" in shown.words
    assert MemberRole.MODERATOR in moderator.roles
