"""Nobody reads every young person in a day, and no file leaves before its taker is known."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyotp
import pytest
from conftest import close, make_app
from flask import Flask
from members import make_member, make_organisation, signed_in
from pages import Page, PageClient
from placements import make_adviser, make_request
from sqlalchemy import func, select, update
from test_postgres import postgres as postgres  # noqa: PLC0414 - a fixture, found by its name

from portal.accounts import proving, watching
from portal.accounts.models import (
    AuditRow,
    Member,
    MemberRole,
    MemberState,
    RecordRead,
    RecoveryCode,
    SignIn,
)
from portal.accounts.passwords import hashed
from portal.accounts.second_factor import code_hash
from portal.accounts.signing_in import WRONG_GUESSES
from portal.accounts.watching import TooManyReadsError
from portal.clock import now, today
from portal.extensions import db
from portal.mail import Letter
from portal.placements.models import YoungPerson
from portal.taxonomy import AcademicYear

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - as below
CODES = ["k7pm-3xwq-9dta", "n4rt-8hvc-2kwe"]
PASSWORD = "wobbly teapot lantern"  # noqa: S105 - keys in tests open nothing
LIMIT = 500
FILE = "/advising/export.csv"


@pytest.fixture
def adviser(small_app: Flask) -> Member:
    """An adviser whose phone knows SECRET, with CODES on paper, at a school with an owner."""
    school = make_organisation(small_app, kind="school")
    return make_member(
        small_app, organisation=school, roles=(MemberRole.ADVISER,), name="Alex Marl",
        totp_secret=SECRET, totp_since=now() - dt.timedelta(days=9), password_hash=hashed(PASSWORD),
    )  # fmt: skip


def read(app: Flask, member: Member, *numbers: int, kind: str = "shortlist") -> None:
    with app.app_context():
        watching.note_read(db.session, db.session.get_one(Member, member.id), kind, numbers)


def is_refused(app: Flask, member: Member, *numbers: int) -> bool:
    try:
        read(app, member, *numbers)
    except TooManyReadsError:
        return True
    return False


def read_up_to_the_limit(app: Flask, member: Member) -> None:
    read(app, member, *range(1, LIMIT + 1))


def reads(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(RecordRead)) or 0


def told(app: Flask) -> list[str]:
    """To whom letters about too much reading went."""
    with app.app_context():
        letters = db.session.scalars(select(Letter).where(Letter.key.startswith("read-too-much")))
        return sorted(letter.recipient for letter in letters)


# Watching


def test_the_record_after_five_hundred_is_refused_and_not_noted(
    small_app: Flask, adviser: Member
) -> None:
    read_up_to_the_limit(small_app, adviser)
    assert reads(small_app) == LIMIT
    assert is_refused(small_app, adviser, LIMIT + 1)
    assert reads(small_app) == LIMIT


def test_a_page_with_one_record_too_many_shows_none_of_them(
    small_app: Flask, adviser: Member
) -> None:
    read(small_app, adviser, *range(LIMIT - 1))
    assert is_refused(small_app, adviser, 9001, 9002)
    assert reads(small_app) == LIMIT - 1
    assert not is_refused(small_app, adviser, 9001)


def test_the_same_record_counts_once_a_day_and_two_kinds_are_two(
    small_app: Flask, adviser: Member
) -> None:
    for _ in range(LIMIT + 9):
        read(small_app, adviser, 7)
    read(small_app, adviser, 7, 7, kind="request")
    assert reads(small_app) == 2


def test_what_was_read_already_opens_again_after_the_limit(
    small_app: Flask, adviser: Member
) -> None:
    read_up_to_the_limit(small_app, adviser)
    assert is_refused(small_app, adviser, LIMIT + 1)
    assert not is_refused(small_app, adviser, 1, LIMIT)


def test_reading_works_again_on_the_next_day(
    small_app: Flask, adviser: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_up_to_the_limit(small_app, adviser)
    assert is_refused(small_app, adviser, LIMIT + 1)
    tomorrow = today() + dt.timedelta(days=1)
    monkeypatch.setattr(watching, "today", lambda: tomorrow)
    assert not is_refused(small_app, adviser, LIMIT + 1)


def test_one_members_reading_does_not_stop_another(small_app: Flask, adviser: Member) -> None:
    read_up_to_the_limit(small_app, adviser)
    assert not is_refused(small_app, make_adviser(small_app), LIMIT + 1)


def test_of_many_at_once_no_more_get_through_than_the_limit(
    small_app: Flask, adviser: Member
) -> None:
    read(small_app, adviser, *range(LIMIT - 3))
    new = range(9000, 9012)
    with ThreadPoolExecutor(12) as pool:
        refused = list(pool.map(lambda number: is_refused(small_app, adviser, number), new))
    assert refused.count(False) == 3
    assert reads(small_app) == LIMIT
    with small_app.app_context():
        stopped = select(func.count()).where(AuditRow.act == watching.STOPPED)
        assert db.session.scalar(stopped) == 1


def test_of_many_at_once_no_more_get_through_on_postgresql(
    tmp_path: Path, small_content: Path, postgres: str
) -> None:
    app = make_app(tmp_path / "instance", small_content, DATABASE_URL=postgres, READS_A_DAY=9)
    member = make_adviser(app)
    read(app, member, *range(6))
    with ThreadPoolExecutor(8) as pool:
        refused = list(pool.map(lambda number: is_refused(app, member, number), range(90, 102)))
    assert refused.count(False) == 3
    assert reads(app) == 9
    close(app)


def test_whoever_has_to_know_has_one_letter_however_often_it_happens(
    small_app: Flask, adviser: Member
) -> None:
    owner = make_member(small_app, organisation=adviser.organisation)
    both = make_member(small_app, kind="council", roles=(MemberRole.OWNER, MemberRole.SAFEGUARDING))
    lead = make_member(small_app, kind="council", roles=(MemberRole.SAFEGUARDING,))
    for nobody in (
        {"kind": "council"},
        {"kind": "school"},
        {"organisation": adviser.organisation, "roles": (MemberRole.EDITOR,)},
        {"organisation": adviser.organisation, "state": MemberState.SUSPENDED},
    ):
        make_member(small_app, **nobody)
    read_up_to_the_limit(small_app, adviser)
    for number in range(3):
        assert is_refused(small_app, adviser, LIMIT + 1 + number)
    assert told(small_app) == sorted([owner.email, both.email, lead.email])
    with small_app.app_context():
        texts = {letter.recipient: letter.text for letter in db.session.scalars(select(Letter))}
        assert "Alex Marl" in texts[lead.email]
        account = f"/workspace/members/{adviser.public_id}"
        assert account in texts[owner.email]
        assert account not in texts[lead.email]
        (row,) = db.session.scalars(select(AuditRow).where(AuditRow.act == watching.STOPPED))
        assert (row.member_id, row.subject_id) == (adviser.id, adviser.id)
        assert row.why == f"More than {LIMIT} records on {today()}"


def test_the_page_says_what_happened_and_every_browser_is_signed_out(
    small_app: Flask, adviser: Member
) -> None:
    desk, elsewhere = (signed_in(small_app, adviser) for _ in range(2))
    first = make_request(small_app, adviser=adviser)
    assert desk.get(f"/advising/requests/{first.public_id}").heading
    read(small_app, adviser, *range(9000, 9000 + LIMIT - 1))
    second = make_request(small_app, adviser=adviser)
    page = desk.get(f"/advising/requests/{second.public_id}", status=429)
    assert page.heading == "You have read a great many records today"
    assert "/sign-in" in page.links
    assert "Sign out" not in page.soup.get_text()
    assert "no-store" in page.response.headers["Cache-Control"]
    assert str(second.request.first_name) not in page.response.get_data(as_text=True)
    for browser in (desk, elsewhere):
        assert browser.client.get("/advising").location.startswith("/sign-in")
    again = signed_in(small_app, adviser)
    assert again.get(f"/advising/requests/{first.public_id}").heading


@pytest.mark.parametrize("path", ["/advising", "/advising?show=others"])
def test_a_page_of_requests_counts_each_of_its_rows(
    small_app: Flask, adviser: Member, path: str
) -> None:
    for _ in range(3):
        make_request(small_app, adviser=adviser)
    desk = signed_in(small_app, adviser)
    shown = len(desk.get(path).soup.select("td a.course-title"))
    assert reads(small_app) == shown


def test_a_page_of_young_people_counts_each_of_its_rows_and_one_of_them_counts_once(
    small_app: Flask, adviser: Member
) -> None:
    with small_app.app_context():
        people = [
            YoungPerson(
                organisation_id=adviser.organisation_id, reference=f"A-{n}", year_group="year-10",
                added_on=today(),
            )
            for n in range(3)
        ]  # fmt: skip
        db.session.add_all(people)
        db.session.commit()
        public_id = people[0].public_id
    desk = signed_in(small_app, adviser)
    desk.get(f"/advising/young-people/{public_id}")
    assert reads(small_app) == 1
    desk.get("/advising/young-people")
    assert reads(small_app) == 3


def test_reading_keeps_what_the_page_has_fetched(small_app: Flask, adviser: Member) -> None:
    with small_app.app_context():
        member = db.session.get_one(Member, adviser.id)
        member.job_title = "Not kept yet"
        with db.session.no_autoflush:
            watching.note_read(db.session, member, "shortlist", [1])
        assert member in db.session.dirty
        db.session.rollback()
    assert reads(small_app) == 1


def test_notes_of_what_was_read_go_after_a_year(small_app: Flask, adviser: Member) -> None:
    read(small_app, adviser, 1, 2)
    with small_app.app_context():
        old = update(RecordRead).where(RecordRead.record == "shortlist 1")
        db.session.execute(old.values(read_on=today() - dt.timedelta(days=366)))
        assert watching.forget_old(db.session) == 1
        db.session.commit()
        assert db.session.scalars(select(RecordRead.record)).all() == ["shortlist 2"]


# Proving


def take_file(desk: PageClient, *, comes_from: str = "/advising") -> Page:
    token = desk.get("/advising").value_of("csrf_token")
    sent = {"csrf_token": token, "year": str(AcademicYear.of(today()))}
    answer = desk.client.post(FILE, data=sent, headers={"Referer": f"http://localhost{comes_from}"})
    return Page(answer, FILE)


def prove(desk: PageClient, given: str, *, status: int = 303, name: str = "code") -> Page:
    address = "/account/prove?next=/advising"
    sent = {"csrf_token": desk.get(address).value_of("csrf_token"), name: given}
    return desk.post(address, sent, status)


def six_digits(ahead: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=30 * ahead))


def exports(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).where(AuditRow.act == "export")) or 0


def test_a_file_without_proof_leads_to_the_code_and_nothing_leaves(
    small_app: Flask, adviser: Member
) -> None:
    desk = signed_in(small_app, adviser)
    answer = take_file(desk, comes_from="/advising/young-people?had=none").response
    assert answer.status_code == 303
    assert answer.mimetype == "text/html"
    assert answer.location == "/account/prove?next=/advising/young-people?had%3Dnone"
    assert exports(small_app) == 0
    page = desk.get(answer.location)
    assert page.heading == "Show that it is you"
    assert "/advising/young-people?had=none" in page.links


def test_after_proving_one_is_back_at_the_button_and_it_works_for_ten_minutes_here(
    small_app: Flask, adviser: Member
) -> None:
    desk, elsewhere = (signed_in(small_app, adviser) for _ in range(2))
    back = prove(desk, six_digits())
    assert back.response.location == "/advising"
    assert "Now press the button again" in desk.get("/advising").soup.get_text()
    assert take_file(desk).status == 200
    assert take_file(desk).status == 200
    assert take_file(elsewhere).status == 303
    with small_app.app_context():
        db.session.execute(
            update(SignIn)
            .where(SignIn.proved_at.is_not(None))
            .values(proved_at=now() - proving.GOOD_FOR)
        )
        db.session.commit()
    assert take_file(desk).status == 303
    assert exports(small_app) == 2


def test_a_code_proves_once_and_a_recovery_code_too(small_app: Flask, adviser: Member) -> None:
    with small_app.app_context():
        db.session.add_all(
            RecoveryCode(member_id=adviser.id, code_hash=code_hash(code)) for code in CODES
        )
        db.session.commit()
    desk, elsewhere = (signed_in(small_app, adviser) for _ in range(2))
    code = six_digits()
    prove(desk, code)
    refused = prove(elsewhere, code, status=422)
    assert "it has been used" in refused.errors[0]
    prove(elsewhere, CODES[0])
    assert take_file(elsewhere).status == 200
    prove(signed_in(small_app, adviser), CODES[0], status=422)


def test_wrong_codes_are_limited_also_when_the_right_one_follows(
    small_app: Flask, adviser: Member
) -> None:
    desk = signed_in(small_app, adviser)
    for _ in range(WRONG_GUESSES[0].most):
        page = prove(desk, "000000", status=422)
    assert page.value_of("code") == ""
    late = prove(desk, six_digits(), status=429)
    assert "too many tries" in late.errors[0]
    assert take_file(desk).status == 303


def test_an_adviser_without_a_second_factor_proves_by_the_password(small_app: Flask) -> None:
    plain = make_member(
        small_app, kind="school", roles=(MemberRole.ADVISER,), password_hash=hashed(PASSWORD)
    )
    desk = signed_in(small_app, plain)
    prove(desk, "marble ferry onion", name="present", status=422)
    assert take_file(desk).status == 303
    prove(desk, PASSWORD, name="present")
    assert take_file(desk).status == 200


@pytest.mark.parametrize(
    ("comes_from", "next_"),
    [
        ("http://evil.example/advising", None),
        ("http://localhost//evil.example", None),
        ("http://localhost/advising", "/advising"),
        ("", None),
    ],
)
def test_one_comes_back_to_pages_of_ours_alone(
    small_app: Flask, adviser: Member, comes_from: str, next_: str | None
) -> None:
    desk = signed_in(small_app, adviser)
    token = desk.get("/advising").value_of("csrf_token")
    answer = desk.client.post(FILE, data={"csrf_token": token}, headers={"Referer": comes_from})
    assert answer.location == "/account/prove" + (f"?next={next_}" if next_ else "")
    hostile = desk.get("/account/prove?next=https://evil.example/x")
    assert not any("evil" in link for link in hostile.links)
    assert "evil" not in str(hostile.soup.find("form", attrs={"method": "post"}))
