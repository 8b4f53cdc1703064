"""Whoever hosts young people answers quickly, and learns who somebody is only with a booking."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import fields

import pytest
from conftest import close
from flask import Flask
from members import make_member, make_organisation, signed_in
from offers import make_city
from pages import Page, PageClient
from placements import Made, make_adviser, make_listing, make_request, request_called
from sqlalchemy import event, func, select

from portal.accounts.models import AuditRow, Member, MemberRole, Organisation
from portal.catalogue.experiences import Listing
from portal.clock import now, today
from portal.extensions import db
from portal.placements import hosted, hosting, withdrawing
from portal.placements.life import BEFORE_BOOKING, Stage
from portal.placements.models import Attendance, Placement, Request, YoungPerson
from portal.placements.steps import ChangedMeanwhileError
from portal.taxonomy import AcademicYear

MOST_QUERIES = 12
FIRST_NAME, SCHOOL, ADVISER = "Zephyrine", "Quillbrook Academy", "Ottoline Marlpit"
REFERENCE, TUTOR = "REF-77341", "Mrs Vantongeren"
CHILD, PARENT, AT_SCHOOL, RING = (
    "zeph@young.example", "mum@home.example", "ottoline@quillbrook.example", "01632 960123",
)  # fmt: skip
BORN = dt.date(2011, 2, 3)
# Anything by which somebody could be known, in every shape that a page might give it.
SECRETS = (
    FIRST_NAME, SCHOOL, "Quillbrook", ADVISER, "Ottoline", REFERENCE, TUTOR, CHILD, PARENT,
    AT_SCHOOL, RING, "2011-02-03", "3 February 2011", "3/2/2011", "03/02/2011",
)  # fmt: skip
NEVER_SENT = (Stage.ASKED, Stage.NOT_SENT_ON)
NAMED = {Stage.BOOKED, Stage.ATTENDED, Stage.ABSENT}
BEFORE = sorted(BEFORE_BOOKING - {Stage.ASKED})
ACTS = ("offer", "other-day", "decline", "cancel", "came", "did-not-come")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One small city for all tests that bring organisations of their own."""
    app = make_city(tmp_path_factory.mktemp("city"))
    yield app
    close(app)


@pytest.fixture
def owner(city: Flask) -> Member:
    """Whoever answers for a new employer."""
    return make_member(city, kind="employer")


@pytest.fixture
def host(city: Flask, owner: Member) -> PageClient:
    return signed_in(city, owner)


@pytest.fixture
def adviser(city: Flask) -> Member:
    school = make_organisation(city, kind="school", name=SCHOOL, phone=RING)
    return make_member(
        city, organisation=school, roles=(MemberRole.ADVISER,), name=ADVISER,
        email=f"{now():%H%M%S%f}.{AT_SCHOOL}",
    )  # fmt: skip


def listing_of(city: Flask, owner: Member, **given: object) -> Listing:
    return make_listing(city, organisation=owner.organisation, **given)  # type: ignore[arg-type]


def known_request(
    city: Flask, stage: Stage, listing: Listing, adviser: Member, **columns: object
) -> Made:
    """A request that is full of what an employer must not learn."""
    given = {
        "first_name": FIRST_NAME, "born_on": BORN, "reach": TUTOR, "email": CHILD,
        "parent_email": PARENT, "adviser": adviser, "listing": listing,
        "reference": f"{REFERENCE}-{now():%H%M%S%f}",
    }  # fmt: skip
    return make_request(city, stage, **(given | columns))  # type: ignore[arg-type]


def address(made: Made) -> str:
    return f"/workspace/requests/{made.public_id}"


def answer(host: PageClient, made: Made, act: str, status: int = 303, **sent: object) -> Page:
    shown = host.get(address(made))
    given = {"csrf_token": shown.value_of("csrf_token"), **sent}
    if shown.soup.find(attrs={"name": "seen"}):
        given.setdefault("seen", shown.value_of("seen"))
    return host.post(f"{address(made)}/{act}", given, status)  # type: ignore[arg-type]


def stage_of(city: Flask, made: Made) -> Stage:
    with city.app_context():
        return request_called(made.public_id).stand


def whole(response: object) -> str:
    """Everything that a browser gets: status, headers and body."""
    text: str = response.get_data(as_text=True)  # type: ignore[attr-defined]
    return f"{response.status}\n{response.headers}\n{text}"  # type: ignore[attr-defined]


def everything_shown(host: PageClient, made: Made) -> str:
    """Every page, refusal and answer that an employer can get about a request."""
    token = host.get("/workspace/requests").value_of("csrf_token")
    shown = [
        whole(host.client.get(path))
        for path in (
            address(made), "/workspace", "/workspace/requests", "/workspace/requests?page=2",
            *(f"/workspace/requests?show={name}" for name in ("booked", "waiting", "ended")),
            "/account",
        )
    ]  # fmt: skip
    for act in ACTS:
        # What is not chosen, what was read long ago and what cannot be: each is refused.
        for sent in ({}, {"seen": "nothing", "reason": "full"}, {"number": "x", "hours": "x"}):
            if act in {"offer", "did-not-come", "came"} and not sent:
                continue
            said = {"csrf_token": token, "seen": "nothing"} | sent
            shown.append(whole(host.client.post(f"{address(made)}/{act}", data=said)))
    return "\n".join(shown)


def test_an_employer_is_shown_these_things_of_a_request_and_no_others() -> None:
    assert {field.name for field in fields(hosted.Asked)} == {
        "public_id", "seen", "title", "path", "first_day", "last_day", "other_day", "is_over",
        "is_group", "people", "year_group", "hopes", "availability", "adjustments", "answer_by",
        "reason", "booked",
    }  # fmt: skip
    assert {field.name for field in fields(hosted.Booked)} == {
        "first_name", "age", "organisation", "phone", "adviser", "email", "came", "hours",
        "skills", "says", "heard", "is_confirmed",
    }  # fmt: skip


@pytest.mark.parametrize("stage", list(Stage))
def test_only_a_booking_says_whom_to_expect(
    city: Flask, owner: Member, adviser: Member, stage: Stage
) -> None:
    made = known_request(city, stage, listing_of(city, owner), adviser)
    with city.app_context():
        seen = hosted.SEEN_AS.get(stage)
        if seen is None:
            assert stage in NEVER_SENT
            return
        asked = hosted.seen_by_employer(request_called(made.public_id))
        assert (asked.booked is not None) == (stage in NAMED)


@pytest.mark.parametrize("stage", sorted(set(Stage) - NAMED))
def test_no_page_refusal_or_header_hints_at_somebody_who_has_no_place(
    city: Flask, owner: Member, host: PageClient, adviser: Member, stage: Stage
) -> None:
    made = known_request(city, stage, listing_of(city, owner), adviser)
    shown = everything_shown(host, made)
    assert [secret for secret in SECRETS if secret in shown] == []
    assert re.search(rf"\b{made.request.id}\b.{{0,20}}young", shown) is None


@pytest.mark.parametrize("stage", sorted(NAMED))
def test_a_booking_says_whom_to_expect_and_whom_to_ask(
    city: Flask, owner: Member, host: PageClient, adviser: Member, stage: Stage
) -> None:
    """The same look finds them now, so that it can find them."""
    made = known_request(city, stage, listing_of(city, owner), adviser)
    shown = everything_shown(host, made)
    for secret in (FIRST_NAME, SCHOOL, ADVISER, AT_SCHOOL, RING):
        assert secret in shown, secret
    still = [s for s in (REFERENCE, TUTOR, CHILD, PARENT, "2011", "3/2/") if s in shown]
    assert still == []


@pytest.mark.parametrize("stage", NEVER_SENT)
def test_what_an_adviser_has_not_sent_on_does_not_exist_for_employers(
    city: Flask, owner: Member, host: PageClient, adviser: Member, stage: Stage
) -> None:
    made = known_request(city, stage, listing_of(city, owner), adviser)
    assert_is_missing(host, made)


@pytest.mark.parametrize("stage", [Stage.WITHDRAWN, Stage.EXPIRED])
def test_nor_does_what_ended_before_anybody_sent_it_on(
    city: Flask, owner: Member, host: PageClient, adviser: Member, stage: Stage
) -> None:
    listing = listing_of(city, owner)
    made = known_request(city, stage, listing, adviser, adviser_id=None)
    assert_is_missing(host, made)
    assert "Ended 0" in host.get("/workspace/requests").words
    known_request(city, stage, listing, adviser)
    assert "Ended 1" in host.get("/workspace/requests").words


def assert_is_missing(host: PageClient, made: Made) -> None:
    there, missing = (
        host.client.get(f"/workspace/requests/{public_id}")
        for public_id in (made.public_id, "x" * len(made.public_id))
    )
    assert there.status_code == missing.status_code == 404
    assert there.data == missing.data
    token = host.get("/workspace/requests").value_of("csrf_token")
    for act in ACTS:
        sent = {"csrf_token": token, "reason": "full"}
        host.post(f"{address(made)}/{act}", sent, 404)


@pytest.mark.parametrize("stage", [Stage.SENT, Stage.BOOKED, Stage.ATTENDED])
def test_another_employers_request_does_not_exist(
    city: Flask, adviser: Member, host: PageClient, stage: Stage
) -> None:
    made = known_request(city, stage, make_listing(city), adviser)
    assert_is_missing(host, made)
    assert stage_of(city, made) == stage


def test_that_a_parent_is_asked_cannot_be_told_from_an_adviser_who_takes_their_time(
    city: Flask, owner: Member, host: PageClient, adviser: Member
) -> None:
    listing = listing_of(city, owner)
    offered, awaiting = (
        known_request(city, stage, listing, adviser)
        for stage in (Stage.OFFERED, Stage.AWAITING_CONSENT)
    )
    first, second = (bare(host, made) for made in (offered, awaiting))
    assert first == second
    assert first != bare(host, known_request(city, Stage.SENT, listing, adviser))


def bare(host: PageClient, made: Made) -> str:
    """A page without what differs by chance."""
    text = host.client.get(address(made)).get_data(as_text=True).replace(made.public_id, "")
    return re.sub(r'name="csrf_token" value="[^"]+"', "", text)


# ---- Answers.


def test_saying_yes_twice_says_it_once(
    city: Flask, owner: Member, host: PageClient, adviser: Member
) -> None:
    made = known_request(city, Stage.SENT, listing_of(city, owner), adviser)
    assert "How glazes get their colour." in host.get(address(made)).words
    for _ in range(2):
        answer(host, made, "offer", seen="answer")
    assert stage_of(city, made) == Stage.OFFERED
    assert rows_about(city, made, "offer") == 1
    assert "Sam Potter said yes" in host.get(address(made)).words


def rows_about(city: Flask, made: Made, act: str) -> int:
    with city.app_context():
        counted = select(func.count()).where(
            AuditRow.subject_kind == "request", AuditRow.subject_id == made.request.id,
            AuditRow.act == act,
        )  # fmt: skip
        return db.session.scalar(counted) or 0


def test_no_takes_a_reason_from_the_list_and_nothing_else(
    city: Flask, owner: Member, host: PageClient, adviser: Member
) -> None:
    made = known_request(city, Stage.SENT, listing_of(city, owner), adviser)
    assert answer(host, made, "decline", 422).errors == ["Choose a reason."]
    refused = answer(host, made, "decline", 422, reason="Ring me on 07700 900123")
    assert refused.errors
    assert "07700" not in refused.words
    answer(host, made, "decline", reason="full")
    assert stage_of(city, made) == Stage.DECLINED
    assert "There is no room left on that day." in host.get(address(made)).words
    assert "How glazes" not in host.get(address(made)).words


def test_another_day_is_one_that_is_offered_and_has_room(
    city: Flask, owner: Member, host: PageClient, adviser: Member
) -> None:
    days = [(today() + dt.timedelta(days=n), today() + dt.timedelta(days=n), 1) for n in (20, 27)]
    listing = listing_of(city, owner, days=days)
    made = known_request(city, Stage.SENT, listing, adviser, occasion=listing.occasions[0])
    assert answer(host, made, "other-day", 422).errors == ["Choose another day."]
    same = listing.occasions[0].public_id
    assert answer(host, made, "other-day", 422, day=same).errors
    for _ in range(2):
        answer(host, made, "other-day", day=listing.occasions[1].public_id, seen="answer")
    with city.app_context():
        assert request_called(made.public_id).proposed_id == listing.occasions[1].id
    assert rows_about(city, made, "other-day") == 1


def test_whoever_answers_second_hears_of_it_and_changes_nothing(
    city: Flask, owner: Member, host: PageClient, adviser: Member
) -> None:
    made = known_request(city, Stage.SENT, listing_of(city, owner), adviser)
    colleague = signed_in(city, make_member(city, organisation=owner.organisation, name="Jo Slip"))
    answer(colleague, made, "offer")
    late = answer(host, made, "decline", 409, reason="full", seen="answer")
    assert "a colleague answered first" in late.words
    assert late.soup.select_one("input[name=reason][checked]")
    assert stage_of(city, made) == Stage.OFFERED
    answer(host, made, "decline", reason="full")
    assert stage_of(city, made) == Stage.DECLINED


def test_two_who_answer_at_the_very_same_time_are_told_apart(
    city: Flask, owner: Member, adviser: Member
) -> None:
    made = known_request(city, Stage.SENT, listing_of(city, owner), adviser)
    with city.app_context():
        by = db.session.get_one(Member, owner.id)
        found = request_called(made.public_id)
        assert found.listing.publisher.name
        with db.engine.begin() as other:
            other.execute(
                Request.__table__.update()
                .where(Request.__table__.c.id == found.id)
                .values(version=found.version + 1)
            )
        with pytest.raises(ChangedMeanwhileError):
            hosting.offer(db.session, found, by=by)
    assert stage_of(city, made) == Stage.SENT


def test_a_cancelled_booking_frees_its_place_and_names_nobody_any_more(
    city: Flask, owner: Member, host: PageClient, adviser: Member
) -> None:
    listing = listing_of(city, owner)
    made = known_request(city, Stage.BOOKED, listing, adviser)
    assert FIRST_NAME in host.get(address(made)).words
    assert answer(host, made, "cancel", 422).errors == ["Choose a reason."]
    for _ in range(2):
        answer(host, made, "cancel", reason="closed-then", seen="booked")
    assert FIRST_NAME not in host.get(address(made)).words
    with city.app_context():
        assert request_called(made.public_id).occasion.taken == 0


def test_a_booking_that_was_withdrawn_names_nobody_any_more(
    city: Flask, owner: Member, host: PageClient, adviser: Member
) -> None:
    made = known_request(city, Stage.BOOKED, listing_of(city, owner), adviser)
    assert FIRST_NAME in everything_shown(host, made)
    with city.app_context():
        by = db.session.get_one(Member, adviser.id)
        withdrawing.withdraw(db.session, request_called(made.public_id), reason="ill", by=by)
    shown = everything_shown(host, made)
    assert "Not wanted any more" in shown
    assert [secret for secret in SECRETS if secret in shown] == []
    assert "needed at home" not in shown


# ---- Who came.


def over(city: Flask, owner: Member, **given: object) -> Listing:
    day = today() - dt.timedelta(days=1)
    return listing_of(city, owner, days=[(day, day, 30)], **given)


def test_one_click_says_that_they_came(
    city: Flask, owner: Member, host: PageClient, adviser: Member
) -> None:
    made = known_request(city, Stage.BOOKED, over(city, owner), adviser)
    shown = host.get("/workspace/requests")
    assert "Did they come?" in shown.words
    sent = {"csrf_token": shown.value_of("csrf_token"), "seen": "booked"}
    for _ in range(2):
        host.post(f"{address(made)}/came", sent, 303)
    with city.app_context():
        placement = request_called(made.public_id).placement
        assert placement
        assert (placement.came, placement.hours) == (1, 6)
        assert db.session.scalar(
            select(func.count()).where(Attendance.request_id == made.request.id)
        ) == 1  # fmt: skip
    assert rows_about(city, made, "attend") == 1
    year = AcademicYear.of(today() - dt.timedelta(days=1))
    if year == AcademicYear.of(today()):
        assert "1 young person, 6 hours" in host.get("/workspace/requests").words


def test_more_can_be_said_and_a_wrong_click_is_put_right(
    city: Flask, owner: Member, host: PageClient, adviser: Member
) -> None:
    made = known_request(city, Stage.BOOKED, over(city, owner), adviser)
    wrong = answer(host, made, "came", 422, details="1", hours="many")
    assert wrong.errors == ["Write the hours as a number, such as 6 or 6.5."]
    answer(host, made, "came", details="1", hours="4.5", says=["welcome", "clear"])
    assert "1 of 1 came, for 4.5 hours" in host.get(address(made)).words
    # The quick button of a list that was read before does not wipe out what was said.
    answer(host, made, "came", seen="booked")
    assert "for 4.5 hours" in host.get(address(made)).words
    answer(host, made, "did-not-come")
    assert stage_of(city, made) == Stage.ABSENT
    answer(host, made, "came", details="1")
    assert stage_of(city, made) == Stage.ATTENDED


def test_of_a_group_no_more_came_than_were_booked(
    city: Flask, owner: Member, host: PageClient, adviser: Member
) -> None:
    listing = over(city, owner, experience="visit")
    made = make_request(
        city, Stage.BOOKED, listing=listing, adviser=adviser, is_group=True, people=12,
        first_name=None, born_on=None,
    )  # fmt: skip
    too_many = answer(host, made, "came", 422, details="1", number="13")
    assert too_many.errors == ["Write 12 at most: 12 people were booked."]
    answer(host, made, "came", details="1", number="11")
    with city.app_context():
        assert request_called(made.public_id).occasion.attended == 11


def test_what_an_employer_puts_right_about_a_group_reaches_the_advisers_counts(
    city: Flask, owner: Member, host: PageClient, adviser: Member
) -> None:
    made = make_request(
        city, Stage.ATTENDED, listing=over(city, owner, experience="visit"), adviser=adviser,
        is_group=True, people=2, first_name=None, born_on=None,
    )  # fmt: skip
    with city.app_context():
        found = request_called(made.public_id)
        for number in range(2):
            person = YoungPerson(
                organisation_id=adviser.organisation_id, reference=f"{made.public_id}{number}",
                year_group="year-10", added_on=today(),
            )  # fmt: skip
            db.session.add(person)
            db.session.flush()
            db.session.add(
                Attendance(
                    request_id=found.id, young_person_id=person.id, on=today(),
                    experience="visit", tier="workplace", hours=6,
                )
            )  # fmt: skip
        db.session.commit()
    answer(host, made, "came", details="1", hours="3", number="2")
    assert noted_hours(city, made) == [3, 3]
    answer(host, made, "did-not-come")
    assert noted_hours(city, made) == []


def noted_hours(city: Flask, made: Made) -> list[float]:
    with city.app_context():
        noted = select(Attendance.hours).where(Attendance.request_id == made.request.id)
        return list(db.session.scalars(noted))


@pytest.mark.parametrize("hours", ["0", "-1", "2001", "nan", "inf", "1e9999"])
def test_hours_that_nobody_can_have_had_are_refused(
    city: Flask, owner: Member, host: PageClient, adviser: Member, hours: str
) -> None:
    made = known_request(city, Stage.BOOKED, over(city, owner), adviser)
    assert len(answer(host, made, "came", 422, details="1", hours=hours).errors) == 1
    assert stage_of(city, made) == Stage.BOOKED


def test_nobody_says_who_came_before_the_day(
    city: Flask, owner: Member, host: PageClient, adviser: Member
) -> None:
    made = known_request(city, Stage.BOOKED, listing_of(city, owner), adviser)
    assert "before the day" in answer(host, made, "came", 409).words
    assert stage_of(city, made) == Stage.BOOKED


@pytest.mark.parametrize("act", ["offer", "cancel", "came", "did-not-come"])
@pytest.mark.parametrize("stage", [Stage.DECLINED, Stage.WITHDRAWN])
def test_what_has_ended_stays_as_it_is(
    city: Flask, owner: Member, host: PageClient, adviser: Member, stage: Stage, act: str
) -> None:
    made = known_request(city, stage, listing_of(city, owner), adviser)
    reasons = {"reason": "closed-then"}
    token = host.get("/workspace/requests").value_of("csrf_token")
    refused = host.post(f"{address(made)}/{act}", {"csrf_token": token} | reasons, 409)
    assert "Nothing was done." in refused.words
    assert stage_of(city, made) == stage


def test_who_may_not_host_has_no_such_link_and_advisers_no_such_page(city: Flask) -> None:
    employer = signed_in(city, make_member(city, kind="employer"))
    assert "/workspace/requests" in employer.get("/account").links
    school = signed_in(city, make_member(city, kind="school"))
    assert "/workspace/requests" not in school.get("/account").links
    signed_in(city, make_adviser(city)).get("/workspace/requests", 404)


# ---- Many.


def test_two_hundred_requests_cost_no_more_questions_than_a_few(
    city: Flask, adviser: Member
) -> None:
    owner = make_member(city, kind="employer")
    host = signed_in(city, owner)
    listing, gone = listing_of(city, owner, places=300), over(city, owner)
    kinds = (Stage.SENT, Stage.BOOKED, Stage.OFFERED, Stage.DECLINED)
    made = [
        make_request(
            city, kinds[n % 4], listing=listing, adviser=make_one(city, n, adviser)
        )
        for n in range(196)
    ]  # fmt: skip
    made += [make_request(city, Stage.BOOKED, listing=gone, adviser=adviser) for _ in range(4)]
    asked: dict[str, int] = {}
    for path in (
        "", "?show=booked", "?show=waiting", "?show=ended",
        *(f"/{one.public_id}" for one in [*made[:4], made[-1]]),
    ):  # fmt: skip
        asked[path] = queries(city, host, f"/workspace/requests{path}")
    print(asked)
    assert max(asked.values()) <= MOST_QUERIES
    assert len(host.get("/workspace/requests?show=waiting").soup.select("tbody tr")) == 49


def make_one(city: Flask, n: int, adviser: Member) -> Member:
    """Now and then an adviser of another school, whom a page must not look up one by one."""
    return make_adviser(city) if n % 10 == 0 else adviser


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


def test_what_was_given_counts_people_and_hours_of_the_school_year(
    city: Flask, owner: Member, adviser: Member
) -> None:
    day = AcademicYear.of(today()).first_day
    listing = listing_of(city, owner, days=[(day, day, 9)], hours_a_day=5)
    for _ in range(3):
        make_request(city, Stage.ATTENDED, listing=listing, adviser=adviser)
    before = AcademicYear.of(today()).before.last_day
    old = listing_of(city, owner, days=[(before, before, 9)])
    make_request(city, Stage.ATTENDED, listing=old, adviser=adviser)
    with city.app_context():
        organisation = db.session.get_one(Organisation, owner.organisation_id)
        given = hosted.given(db.session, organisation, AcademicYear.of(today()))
    assert list(given) == [hosted.Given("shadowing", 3, 15)]


def test_what_the_young_person_ticked_is_read_by_employer_and_adviser(
    city: Flask, owner: Member, adviser: Member
) -> None:
    made = known_request(city, Stage.ATTENDED, listing_of(city, owner), adviser)
    with city.app_context():
        placement = db.session.get_one(Placement, made.request.id)
        placement.young_says = ["went-well/real-work", "gone/answer"]
        db.session.commit()
    ticked = "There was real work to see or try"
    for member, page in ((owner, "workspace"), (adviser, "advising")):
        assert ticked in signed_in(city, member).get(f"/{page}/requests/{made.public_id}").words
