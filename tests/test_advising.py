"""Advisers read what young people ask, send it on without a name, and count what they had."""

import csv
import datetime as dt
import io
from collections.abc import Iterator

import pytest
from conftest import close
from flask import Flask
from hypothesis import given as with_any
from hypothesis import settings
from hypothesis import strategies as st
from members import make_member, signed_in
from offers import make_city
from pages import Page, PageClient
from placements import Made, make_adviser, make_listing, make_request, request_called
from sqlalchemy import event, func, select, update
from werkzeug.datastructures import MultiDict

from portal.accounts.models import AuditRow, Member, MemberRole, SignIn
from portal.catalogue.experiences import Listing
from portal.clock import now, today
from portal.extensions import db
from portal.mail import Letter
from portal.placements import advising, counting, evidencing
from portal.placements.life import Stage
from portal.placements.models import Attendance, Request, YoungPerson
from portal.placements.pasting import is_like_a_name, read_lines
from portal.placements.steps import ChangedMeanwhileError
from portal.publishing import concerns
from portal.spreadsheet_cells import csv_file
from portal.taxonomy import AcademicYear

MOST_QUERIES = 12
PARENT = "mum@home.example"
GROWN_UP = today() - dt.timedelta(days=365 * 19)
YEARS = {"year-7": "Year 7", "year-10": "Year 10", "left-school": "Left school, under 19"}
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One small city for all tests that bring schools of their own."""
    app = make_city(tmp_path_factory.mktemp("city"))
    yield app
    close(app)


@pytest.fixture
def adviser(city: Flask) -> Member:
    """The adviser of a new school."""
    return make_adviser(city)


@pytest.fixture
def desk(city: Flask, adviser: Member) -> PageClient:
    return signed_in(city, adviser)


def colleague_of(city: Flask, adviser: Member) -> PageClient:
    other = make_member(
        city, organisation=adviser.organisation, roles=(MemberRole.ADVISER,), name="Jo Sagger"
    )
    return signed_in(city, other)


def address(made: Made) -> str:
    return f"/advising/requests/{made.public_id}"


def read(client: PageClient, made: Made) -> dict[str, str]:
    """What every form about a request carries, as the page has it now."""
    shown = client.get(address(made))
    return {name: shown.value_of(name) for name in ("csrf_token", "version")}


def act(client: PageClient, made: Made, name: str, status: int = 303, **sent: str) -> Page:
    return client.post(f"{address(made)}/{name}", read(client, made) | sent, status)


def words(**changed: str) -> dict[str, str]:
    return {"hopes": "How kilns work.", "availability": "", "adjustments": ""} | changed


def stage_of(city: Flask, made: Made) -> Stage:
    with city.app_context():
        return request_called(made.public_id).stand


def letters_to(city: Flask, email: str) -> int:
    with city.app_context():
        return db.session.scalar(select(func.count()).where(Letter.recipient == email)) or 0


def acts_on(city: Flask, made: Made) -> list[str]:
    with city.app_context():
        rows = select(AuditRow.act).where(
            AuditRow.subject_kind == "request", AuditRow.subject_id == made.request.id
        )
        return list(db.session.scalars(rows.order_by(AuditRow.id)))


# ---- Sending on.


def test_a_request_goes_on_with_the_words_that_the_adviser_leaves(
    city: Flask, adviser: Member, desk: PageClient
) -> None:
    owner = make_member(city, kind="employer")
    listing = make_listing(city, organisation=owner.organisation)
    made = make_request(city, listing=listing, adviser=adviser, adjustments="I cannot hear well.")
    shown = desk.get(address(made))
    for expected in ("Zoë", "Miss Ali, my tutor", "Age on the day", "Year 10"):
        assert expected in shown.words
    sent = words(hopes="What glazes are.", adjustments="Speak clearly.", reference="A-7")
    act(desk, made, "send-on", **sent)
    assert stage_of(city, made) == Stage.SENT
    host = signed_in(city, owner)
    read_there = host.get(f"/workspace/requests/{made.public_id}").words
    assert "What glazes are. " in read_there
    assert "Speak clearly." in read_there
    assert "hear" not in read_there
    with city.app_context():
        person = request_called(made.public_id).young_person
        assert person
        assert (person.reference, person.year_group) == ("A-7", "year-10")


@pytest.mark.parametrize(
    "hopes", ["Ring me on 07700 900123.", "Write to zoe@young.example please."]
)
def test_contact_details_never_go_on(
    city: Flask, adviser: Member, desk: PageClient, hopes: str
) -> None:
    made = make_request(city, adviser=adviser)
    for ticked in ({}, {"looked": "y"}):
        refused = act(desk, made, "send-on", 422, **words(hopes=hopes), **ticked)
        assert "nobody may be reached past you" in refused.errors[0]
    assert hopes in refused.words
    assert stage_of(city, made) == Stage.ASKED


@pytest.mark.parametrize("names", ["Zoë would like it.", "I go to {school}.", "I am @zoe_makes."])
def test_what_may_say_who_somebody_is_waits_for_a_second_look(
    city: Flask, adviser: Member, desk: PageClient, names: str
) -> None:
    made = make_request(city, adviser=adviser)
    hopes = names.format(school=adviser.organisation.name)
    refused = act(desk, made, "send-on", 422, **words(hopes=hopes))
    assert "tick below that it may stay" in refused.errors[0]
    assert refused.soup.find("input", attrs={"name": "looked"})
    act(desk, made, "send-on", **words(hopes=hopes), looked="y")
    assert stage_of(city, made) == Stage.SENT


def test_a_reference_is_nobodys_name(city: Flask, adviser: Member, desk: PageClient) -> None:
    made = make_request(city, adviser=adviser)
    for name in ("Zoë", "Zoë Wedgwood"):
        refused = act(desk, made, "send-on", 422, **words(reference=name))
        assert refused.errors == ["Use a number or code of your own, not a name."]


def test_not_sending_on_takes_a_reason_from_the_list(
    city: Flask, adviser: Member, desk: PageClient
) -> None:
    made = make_request(city, adviser=adviser)
    assert act(desk, made, "not-send-on", 422).errors == ["Choose a reason."]
    assert act(desk, made, "not-send-on", 422, reason="You are too young.").errors
    act(desk, made, "not-send-on", reason="clashes")
    assert stage_of(city, made) == Stage.NOT_SENT_ON
    assert "The day clashes with school or college." in desk.get(address(made)).words


def test_of_two_advisers_who_decide_the_second_hears_of_it_and_loses_no_word(
    city: Flask, adviser: Member, desk: PageClient
) -> None:
    made = make_request(city, adviser=adviser)
    late = colleague_of(city, adviser)
    seen = read(late, made)
    act(desk, made, "send-on", **words(hopes="The first one’s words."))
    refused = late.post(
        f"{address(made)}/send-on", seen | words(hopes="The second one’s words."), 409
    )
    assert "a colleague decided first" in refused.words
    assert "The second one’s words." in refused.words
    refused = late.post(f"{address(made)}/not-send-on", seen | {"reason": "clashes"}, 409)
    assert stage_of(city, made) == Stage.SENT
    with city.app_context():
        assert request_called(made.public_id).hopes == "The first one’s words."
    assert acts_on(city, made) == ["send-on"]


def test_the_same_form_sent_twice_does_it_once(
    city: Flask, adviser: Member, desk: PageClient
) -> None:
    made = make_request(city, adviser=adviser)
    seen = read(desk, made)
    for _ in range(2):
        desk.post(f"{address(made)}/send-on", seen | words(), 303)
    assert acts_on(city, made) == ["send-on"]


def test_two_who_decide_at_the_very_same_time_are_told_apart(city: Flask, adviser: Member) -> None:
    listing = make_listing(city, experience="talk")
    made = make_request(city, Stage.OFFERED, adviser=adviser, listing=listing)
    colleague = make_adviser(city, organisation=adviser.organisation)
    with city.app_context():
        by = db.session.get_one(Member, colleague.id)
        found = request_called(made.public_id)
        assert found.occasion
        with db.engine.begin() as other:
            other.execute(
                Request.__table__.update()
                .where(Request.__table__.c.id == found.id)
                .values(version=found.version + 1)
            )
        with pytest.raises(ChangedMeanwhileError):
            advising.take_up(db.session, found, rules={}, parent_email=PARENT, by=by)
    assert stage_of(city, made) == Stage.OFFERED
    with city.app_context():
        assert request_called(made.public_id).occasion.taken == 0


# ---- Taking up.


def test_somebody_under_age_is_booked_only_after_a_parent_was_asked(
    city: Flask, adviser: Member, desk: PageClient
) -> None:
    made = make_request(city, Stage.OFFERED, adviser=adviser)
    parent = f"{now():%H%M%S%f}.{PARENT}"
    assert "under 18 on the day" in desk.get(address(made)).words
    assert act(desk, made, "take-up", 422).errors == [
        "Write a mail address, such as name@example.org."
    ]
    seen = read(desk, made)
    for _ in range(2):
        desk.post(f"{address(made)}/take-up", seen | {"parent_email": parent}, 303)
    assert stage_of(city, made) == Stage.AWAITING_CONSENT
    assert letters_to(city, parent) == 1
    act(desk, made, "ask-parent-again", parent_email=parent)
    assert letters_to(city, parent) == 2
    assert stage_of(city, made) == Stage.AWAITING_CONSENT


def test_somebody_of_age_has_the_place_at_once_and_the_next_waits(
    city: Flask, adviser: Member, desk: PageClient
) -> None:
    listing = make_listing(city, places=1)
    first, second = (
        make_request(city, Stage.OFFERED, listing=listing, adviser=adviser, born_on=GROWN_UP)
        for _ in range(2)
    )
    assert "Booked." in flashed(desk, act(desk, first, "take-up"))
    assert "waiting list" in flashed(desk, act(desk, second, "take-up"))
    assert (stage_of(city, first), stage_of(city, second)) == (Stage.BOOKED, Stage.WAITING_LIST)
    assert "7 Glost Yard" in desk.get(address(first)).words
    assert "7 Glost Yard" not in desk.get(address(second)).words
    act(desk, first, "withdraw", reason="ill")
    assert stage_of(city, second) == Stage.BOOKED


def flashed(client: PageClient, sent: Page) -> str:
    return client.get(sent.response.headers["Location"]).words


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"min_age": 25}, "younger than the employer asks for"),
        ({"show_until": today() - dt.timedelta(days=1)}, "does not offer this any more"),
        ({"days": [(today(), today(), 3)]}, "begun or passed"),
    ],
)
def test_why_no_place_can_be_taken_is_said_and_nothing_is_done(
    city: Flask, adviser: Member, desk: PageClient, given: dict[str, object], why: str
) -> None:
    listing = make_listing(city, **given)  # type: ignore[arg-type]
    made = make_request(city, Stage.OFFERED, listing=listing, adviser=adviser, born_on=GROWN_UP)
    assert why in act(desk, made, "take-up", 409).words
    assert stage_of(city, made) == Stage.OFFERED
    assert acts_on(city, made) == []


def test_another_day_is_taken_before_the_place(
    city: Flask, adviser: Member, desk: PageClient
) -> None:
    days = [(today() + dt.timedelta(days=n), today() + dt.timedelta(days=n), 1) for n in (20, 27)]
    listing = make_listing(city, days=days)
    made = make_request(city, Stage.OTHER_DAY, listing=listing, adviser=adviser, born_on=GROWN_UP)
    seen = read(desk, made)
    for _ in range(2):
        desk.post(f"{address(made)}/take-other-day", seen, 303)
    with city.app_context():
        found = request_called(made.public_id)
        assert (found.stand, found.occasion_id) == (Stage.OFFERED, listing.occasions[1].id)
    assert acts_on(city, made) == ["take-other-day"]


@pytest.mark.parametrize("name", ["take-up", "take-other-day", "ask-parent-again", "send-on"])
def test_what_has_ended_stays_as_it_is(
    city: Flask, adviser: Member, desk: PageClient, name: str
) -> None:
    made = make_request(city, Stage.DECLINED, adviser=adviser, reason="full")
    shown = desk.get(address(made))
    assert "There is no room left on that day." in shown.words
    sent = {"csrf_token": shown.value_of("csrf_token"), "version": str(made.request.version)}
    given = sent | words() | {"parent_email": PARENT}
    assert "Nothing was done." in desk.post(f"{address(made)}/{name}", given, 409).words
    assert stage_of(city, made) == Stage.DECLINED


# ---- Whose it is.


@pytest.mark.parametrize("stage", [Stage.ASKED, Stage.OFFERED, Stage.BOOKED])
def test_another_schools_request_does_not_exist(
    city: Flask, desk: PageClient, stage: Stage
) -> None:
    made = make_request(city, stage)
    there, missing = (
        desk.client.get(f"/advising/requests/{public_id}")
        for public_id in (made.public_id, "x" * 22)
    )
    assert there.status_code == missing.status_code == 404
    assert there.data == missing.data
    token = desk.get("/advising").value_of("csrf_token")
    for name in (
        "send-on", "not-send-on", "take-other-day", "take-up", "ask-parent-again", "withdraw",
        "who-came",
    ):  # fmt: skip
        sent = words() | {"csrf_token": token, "version": str(made.request.version)}
        sent |= {"reason": "ill", "parent_email": PARENT}
        desk.post(f"{address(made)}/{name}", sent, 404)
    assert stage_of(city, made) == stage
    assert "Zoë" not in desk.get("/advising?q=Zo").words


def test_another_schools_young_person_does_not_exist(city: Flask, desk: PageClient) -> None:
    made = make_request(city, Stage.ATTENDED, reference="THEIRS-1")
    person = made.request.young_person
    assert person
    there, missing = (
        desk.client.get(f"/advising/young-people/{public_id}")
        for public_id in (person.public_id, "x" * 22)
    )
    assert there.status_code == missing.status_code == 404
    assert there.data == missing.data
    token = desk.get("/advising").value_of("csrf_token")
    desk.post(f"/advising/young-people/{person.public_id}/left", {"csrf_token": token}, 404)
    assert "THEIRS-1" not in desk.get("/advising/young-people?q=THEIRS").words
    proved(city)
    for what in ("young-people", "requests"):
        assert "THEIRS-1" not in taken_away(desk, what)


def test_nobody_but_an_adviser_enters(city: Flask) -> None:
    owner = make_member(city, kind="school", roles=(MemberRole.OWNER, MemberRole.EDITOR))
    for path in ("/advising", "/advising/young-people"):
        signed_in(city, owner).get(path, 404)


def test_that_safeguarding_was_told_is_all_an_adviser_reads_of_it(
    city: Flask, adviser: Member, desk: PageClient
) -> None:
    made = make_request(city, adviser=adviser)
    assert "Somebody from safeguarding" not in desk.get(address(made)).words
    with city.app_context():
        concerns.notice(
            db.session, words="SECRET WORRY", where="/", request_public_id=made.public_id
        )
        db.session.commit()
    shown = desk.get(address(made)).words
    assert "Somebody from safeguarding has been told" in shown
    assert "SECRET WORRY" not in shown


def test_an_employers_documents_are_handed_to_advisers_alone(city: Flask, desk: PageClient) -> None:
    owner = make_member(city, kind="employer")
    with city.app_context():
        by = db.session.get_one(Member, owner.id)
        evidencing.keep(
            db.session, by.organisation, kind=evidencing.EvidenceKind.INSURANCE,
            file_name="cover.pdf", content=PDF, expires_on=today(), token="x", by=by,
        )  # fmt: skip
    path = f"/advising/organisations/{owner.organisation.public_id}/evidence"
    answer = desk.client.get(f"{path}/insurance")
    assert (answer.status_code, answer.data) == (200, PDF)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    for kind in ("risk-assessment", "nothing"):
        desk.get(f"{path}/{kind}", 404)
    signed_in(city, owner).get(f"{path}/insurance", 404)


# ---- Groups.


def a_group(city: Flask, adviser: Member, came: int = 2, **columns: object) -> Made:
    listing = make_listing(city, experience="visit", places=40)
    return make_request(
        city, Stage.ATTENDED, listing=listing, adviser=adviser, is_group=True, people=came,
        first_name=None, born_on=None, **columns,
    )  # fmt: skip


def add_people(city: Flask, adviser: Member, *references: str) -> list[str]:
    with city.app_context():
        people = [
            YoungPerson(
                organisation_id=adviser.organisation_id, reference=reference,
                year_group="year-10", added_on=today(),
            )
            for reference in references
        ]  # fmt: skip
        db.session.add_all(people)
        db.session.commit()
        return [person.public_id for person in people]


def test_a_class_is_asked_for_once_however_often_the_form_is_sent(
    city: Flask, adviser: Member, desk: PageClient
) -> None:
    listing = make_listing(city, experience="visit", places=20)
    path = f"/advising/listings/{listing.slug}/ask-for-group"
    form = desk.get(path)
    sent = {name: form.value_of(name) for name in ("csrf_token", "token")}
    assert len(desk.post(path, sent, 422).errors) == 4
    sent |= {"day": listing.occasions[0].public_id, "year_group": "year-10", "hopes": "See it."}
    for people, wrong in (("x", "such as 12"), ("1", "at least two"), ("21", "room for 20")):
        assert wrong in " ".join(desk.post(path, sent | {"people": people}, 422).errors)
    named = desk.post(path, sent | {"people": "12", "hopes": adviser.organisation.name}, 422)
    assert "tick below" in named.errors[0]
    places = {
        desk.post(path, sent | {"people": "12"}, 303).response.headers["Location"] for _ in range(2)
    }
    assert len(places) == 1
    assert "A group of 12" in desk.get(places.pop()).words


@pytest.mark.parametrize("experience", ["shadowing", "placement", "video"])
def test_only_what_is_for_groups_can_be_asked_for_one(
    city: Flask, desk: PageClient, experience: str
) -> None:
    """Otherwise a group of one would be a way past a parent’s yes."""
    listing = make_listing(city, experience=experience)
    desk.get(f"/advising/listings/{listing.slug}/ask-for-group", 404)


def test_who_of_a_group_was_there_is_ticked_and_no_more_than_came(
    city: Flask, adviser: Member, desk: PageClient
) -> None:
    made = a_group(city, adviser, came=2)
    people = add_people(city, adviser, "G-1", "G-2", "G-3")
    sent = MultiDict(read(desk, made).items())
    sent.setlist("people", people)
    refused = desk.post(f"{address(made)}/who-came", sent, 422)  # type: ignore[arg-type]
    assert refused.errors == ["You ticked 3, and the employer says that 2 people came."]
    for chosen in (people[:2], people[1:], people[1:]):
        sent.setlist("people", chosen)
        desk.post(f"{address(made)}/who-came", sent, 303)  # type: ignore[arg-type]
    ticked = desk.get(address(made)).soup.select("input[name=people][checked]")
    assert [box["value"] for box in ticked] == people[1:]
    theirs = add_people(city, make_adviser(city), "G-9")
    sent.setlist("people", theirs)
    desk.post(f"{address(made)}/who-came", sent, 422)  # type: ignore[arg-type]
    had = desk.get("/advising/young-people?had=one").words
    assert "G-2" in had
    assert "G-1" not in had


# ---- References.


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("A-1, Year 10", [("A-1", "year-10")]),
        ("A-1\tyear-10\n\n  B 2 ;  10 ", [("A-1", "year-10"), ("B 2", "year-10")]),
        ("A-1,Left school, under 19", [("A-1", "left-school")]),
        ("A-1,7\nA-1,7", [("A-1", "year-7")]),
    ],
)
def test_lines_are_read_as_people_write_them(text: str, rows: list[tuple[str, str]]) -> None:
    assert read_lines(text, YEARS).rows == tuple(rows)


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("A-1", "Line 1: write the year group after a comma, such as Year 10."),
        ("A-1,7\nA-2,Year 99", "Line 2: write the year group after a comma, such as Year 10."),
        (",Year 7", "Line 1: write the reference first."),
        (f"{'A' * 41},7", "Line 1: use 40 characters at most for the reference."),
        ("A-1,7\nA-1,10", "Line 2: this reference is there already with another year group."),
        ("A,7\n" * 501, "There are 501 lines. Paste 500 at most."),
    ],
)
def test_what_is_wrong_is_told_by_line(text: str, mistake: str) -> None:
    assert read_lines(text, YEARS).mistakes == (mistake,)


@pytest.mark.parametrize(
    ("reference", "is_name"),
    [
        ("Zoë Wedgwood", True), ("O’Brien Mary-Ann", True), ("A-1042", False), ("ZW 10", False),
        ("wedgwood", False), ("10B Smith", False),
    ],
)  # fmt: skip
def test_a_whole_name_is_noticed(reference: str, is_name: bool) -> None:  # noqa: FBT001
    assert is_like_a_name(reference) is is_name


def test_references_are_added_all_or_none_and_twice_without_harm(
    city: Flask, adviser: Member, desk: PageClient
) -> None:
    path = "/advising/young-people"
    sent = {"csrf_token": desk.get(path).value_of("csrf_token")}
    refused = desk.post(path, sent | {"lines": "A-1, Year 10\nA-2, Year 99"}, 422)
    assert "Line 2" in refused.errors[0]
    assert "A-2, Year 99" in refused.words
    named = {"lines": "Zoë Wedgwood, Year 10"}
    assert "may be a name" in desk.post(path, sent | named, 422).errors[0]
    assert "Nobody yet" in desk.get(path).words
    for _ in range(2):
        desk.post(path, sent | {"lines": "A-1, Year 10\nA-2, Year 11"}, 303)
    assert "2 young people" in desk.get(path).words
    with city.app_context():
        person = db.session.scalars(
            select(YoungPerson).where(YoungPerson.organisation_id == adviser.organisation_id)
        ).first()
        assert person
    for _ in range(2):
        desk.post(f"{path}/{person.public_id}/left", sent, 303)
    assert "1 young person" in desk.get(path).words
    assert "Left on" in desk.get(f"{path}/{person.public_id}").words


# ---- Counts and files.


def had(
    city: Flask, adviser: Member, reference: str, *experiences: str, on: dt.date | None = None
) -> None:
    """A young person who was at these."""
    (public_id,) = add_people(city, adviser, reference)
    tiers = {"visit": "workplace", "shadowing": "workplace", "talk": "meeting"}
    for experience in experiences:
        made = a_group(city, adviser)
        with city.app_context():
            person = db.session.scalars(
                select(YoungPerson).where(YoungPerson.public_id == public_id)
            ).one()
            db.session.add(
                Attendance(
                    request_id=made.request.id, young_person_id=person.id, on=on or today(),
                    experience=experience, tier=tiers[experience], hours=6,
                )
            )  # fmt: skip
            db.session.commit()


def test_how_many_had_none_one_two_and_three_is_counted_by_year_group(
    city: Flask, adviser: Member, desk: PageClient
) -> None:
    had(city, adviser, "N-0")
    had(city, adviser, "N-1", "talk")
    had(city, adviser, "N-4", "talk", "visit", "visit", "shadowing")
    with city.app_context():
        organisation = db.session.get_one(Member, adviser.id).organisation
        assert counting.tallies(db.session, organisation, ["year-10"]) == [
            counting.Tally("year-10", (1, 1, 0, 1), 30)
        ]
    shown = desk.get("/advising")
    assert "Year 10 3 young people, 30 hours in all" in shown.words
    for link in [link for link in shown.links if "had=" in link]:
        listed = desk.get(link).words
        assert ("N-4" in listed) == ("had=three" in link)
    row = desk.get("/advising/young-people?had=three").soup.select("tbody td")
    assert [cell.get_text(" ", strip=True) for cell in row][1:] == [
        "Year 10", "3", "1", "24 18 in workplaces",
    ]  # fmt: skip


def proved(city: Flask) -> None:
    """Whoever is signed in has just shown with a code that it is them (test_watching.py)."""
    with city.app_context():
        db.session.execute(update(SignIn).values(proved_at=now()))
        db.session.commit()


def taken_away(client: PageClient, what: str, year: str = "", status: int = 200) -> str:
    sent = {
        "csrf_token": client.get("/advising").value_of("csrf_token"), "what": what,
        "year": year or str(AcademicYear.of(today())),
    }  # fmt: skip
    return client.post("/advising/export.csv", sent, status).response.get_data(as_text=True)


def test_a_file_counts_as_the_gatsby_benchmarks_do_and_is_kept_in_the_trail(
    city: Flask, adviser: Member, desk: PageClient
) -> None:
    had(city, adviser, "=1+1", "talk", "visit")
    had(city, adviser, "B-2")
    had(city, adviser, "C-3", "visit", on=AcademicYear.of(today()).before.last_day)
    proved(city)
    text = taken_away(desk, "young-people").removeprefix("\ufeff")
    rows = {row["Reference"]: row for row in csv.DictReader(io.StringIO(text))}
    assert set(rows) == {"'=1+1", "B-2", "C-3"}
    assert list(rows["'=1+1"].values()) == [
        "'=1+1", "Year 10", str(AcademicYear.of(today())), "1", "1", "12", "6", "12%",
    ]  # fmt: skip
    assert list(rows["C-3"].values())[3:] == ["0", "0", "0", "0", "0%"]
    with city.app_context():
        kept = db.session.scalars(
            select(AuditRow).where(AuditRow.act == "export", AuditRow.member_id == adviser.id)
        ).one()
        assert kept.after == f"young-people {AcademicYear.of(today())}"


def test_a_file_of_requests_holds_no_name_and_nothing_that_was_written(
    city: Flask, adviser: Member, desk: PageClient
) -> None:
    day = AcademicYear.of(today()).first_day
    listing = make_listing(city, days=[(day, day, 9)], title="=cmd|' /C calc'!A0")
    make_request(
        city, Stage.ATTENDED, listing=listing, adviser=adviser, reference="@A-7", email=PARENT
    )
    proved(city)
    text = taken_away(desk, "requests")
    for secret in ("Zoë", "glazes", "weekday", "quiet place", "Miss Ali", PARENT):
        assert secret not in text
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert (row["Your reference"], row["Title"][:2]) == ("'@A-7", "'=")
    assert (row["Stage"], row["Came"], row["Hours each"]) == ("Was there", "1", "6")


def test_a_file_is_not_taken_by_looking_nor_of_a_year_that_is_none(
    city: Flask, desk: PageClient
) -> None:
    proved(city)
    assert desk.client.get("/advising/export.csv").status_code == 405
    taken_away(desk, "young-people", "2026-99", 404)
    taken_away(desk, "passwords", status=404)


@settings(max_examples=60, deadline=None)
@with_any(st.lists(st.text(max_size=8), min_size=1, max_size=3))
def test_no_cell_of_any_file_is_a_formula(cells: list[str]) -> None:
    _, line = b"".join(csv_file(["x"], [cells])).decode("utf-8", "replace").split("\r\n", 1)
    for cell in next(csv.reader(io.StringIO(line, newline=""))):
        assert not cell.lstrip(" ").startswith(tuple("=+-@\t\r\n"))


def test_two_hundred_requests_and_people_cost_no_more_questions_than_a_few(city: Flask) -> None:
    adviser = make_adviser(city)
    desk = signed_in(city, adviser)
    stages = (Stage.ASKED, Stage.SENT, Stage.BOOKED, Stage.DECLINED)
    listings: list[Listing] = [make_listing(city, places=90) for _ in range(20)]
    made = [
        make_request(
            city, stages[n % 4], listing=listings[n % 20], adviser=adviser, reference=f"Q-{n}"
        )
        for n in range(200)
    ]  # fmt: skip
    group = a_group(city, adviser, reference="Q-200")
    person = made[0].request.young_person
    assert person
    asked = {
        path: queries(city, desk, path)
        for path in (
            "/advising", "/advising?show=others&page=2", "/advising?show=booked",
            "/advising?show=ended&q=q-", "/advising/young-people?page=3&had=none",
            f"/advising/young-people/{person.public_id}",
            *(address(one) for one in [*made[:4], group]),
        )
    }  # fmt: skip
    print(asked)
    assert max(asked.values()) <= MOST_QUERIES


def queries(city: Flask, client: PageClient, path: str) -> int:
    statements: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with city.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    client.get(path)
    event.remove(engine, "before_cursor_execute", note)
    return len(statements)
