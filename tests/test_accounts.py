"""Accounts: who comes in, how, and who cannot, whatever is sent."""

import codecs
import datetime as dt
import re
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher
from bs4 import Tag
from conftest import make_app
from flask import Flask
from flask.testing import FlaskClient
from pages import Page, PageClient
from sqlalchemy import event, func, inspect, select
from werkzeug.test import TestResponse

from portal.accounts import joining, membership
from portal.accounts.access import who_may_enter
from portal.accounts.models import (
    AuditRow,
    Base,
    LinkPurpose,
    Member,
    MemberRole,
    OneUseLink,
    Organisation,
    RecoveryCode,
    SignIn,
)
from portal.accounts.passwords import hashed
from portal.clock import now, today
from portal.extensions import db
from portal.mail import Letter

PASSWORD = "wobbly teapot lantern"  # noqa: S105 - keys in tests open nothing
OTHER_PASSWORD = "marble ferry onion"  # noqa: S105 - as above
HASH = hashed(PASSWORD)
ADA, BOB = "ada@kiln.example.org", "bob@kiln.example.org"
SIGNING_UP = {
    "name": "Kiln and Sons",
    "town": "Smalltown",
    "district": "st1 5px",
    "website": "kiln.example.org",
    "phone": "01782 555 0100",
    "company_number": "1234567",
    "why": "We would like to offer work experience.",
    "person": "Ada Example",
    "job_title": "Head of people",
    "email": "Ada@Kiln.example.org",
    "topic": "",
}


@pytest.fixture
def app(small_app: Flask) -> Flask:
    """The small portal, in which forms may be filled in as fast as a test does."""
    small_app.config["FORM_SECONDS"] = 0
    return small_app


@pytest.fixture
def open_app(app: Flask) -> Flask:
    """The same without form tokens, for what is sent a thousand times."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app


class Browser(PageClient):
    """A browser without script that keeps its cookies and fills in forms."""

    def submit(self, page: Page, action: str, *, status: int = 303, **fields: str) -> Page:
        form = page.soup.find("form", attrs={"action": action, "method": "post"})
        assert isinstance(form, Tag), f"{page.address} has no form for {action}"
        hidden = form.find_all("input", attrs={"type": "hidden"})
        kept = {str(i["name"]): str(i.get("value", "")) for i in hidden if i.get("name")}
        return self.post(action, {**kept, **fields}, status)

    def sign_in(self, email: str = ADA, password: str = PASSWORD, *, status: int = 303) -> Page:
        page = self.get("/sign-in")
        return self.submit(page, "/sign-in", status=status, email=email, password=password)

    @property
    def cookie(self) -> str:
        kept = self.client.get_cookie("portal")
        return kept.value if kept else ""


def add_member(app: Flask, email: str = ADA, organisation: str = "Kiln", **given: Any) -> str:  # noqa: ANN401 - columns
    """A member who signs in with PASSWORD; the organisation is made when it is new."""
    kind = given.pop("kind", "employer")
    with app.app_context():
        host = db.session.scalars(
            select(Organisation).where(Organisation.name == organisation)
        ).first() or Organisation(
            slug=organisation.lower(), kind=kind, name=organisation,
            checked_on=today(), standing="verified",
        )  # fmt: skip
        columns = {"name": "Ada Example", "roles": ["owner"], "state": "active"} | given
        columns = {"password_hash": HASH, "joined_at": now()} | columns
        member = Member(organisation=host, email=email, **columns)
        db.session.add(member)
        db.session.commit()
        return str(member.public_id)


def add_editors(app: Flask, emails: list[str]) -> None:
    """Many who sign in with PASSWORD, in one go."""
    with app.app_context():
        first = db.session.query(Member).order_by(Member.id).first()
        made = {"slug": "pots", "kind": "employer", "name": "Pots", "standing": "verified"}
        host = first.organisation if first else Organisation(checked_on=today(), **made)
        db.session.add_all(
            Member(organisation=host, email=email, name="An Editor", roles=["editor"],
                   state="active", password_hash=HASH, joined_at=now())
            for email in emails
        )  # fmt: skip
        db.session.commit()


def member_of(email: str = ADA) -> Member:
    return db.session.scalars(select(Member).where(Member.email == email)).one()


def letters_to(app: Flask, email: str) -> list[Letter]:
    with app.app_context():
        wanted = select(Letter).where(Letter.recipient == email).order_by(Letter.id)
        return list(db.session.scalars(wanted))


def link_for(app: Flask, email: str) -> str:
    """The path in the newest letter to an address."""
    found = re.search(r"http://127\.0\.0\.1:5000(/\S+)", letters_to(app, email)[-1].text)
    assert found
    return found[1]


def together(number: int, act: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(min(number, 25)) as pool:
        return list(pool.map(act, range(number)))


# Signing up


def sign_up(browser: Browser, kind: str = "employer", **changes: str) -> Page:
    page = browser.get(f"/sign-up?kind={kind}")
    return browser.submit(page, "/sign-up", **SIGNING_UP | changes)


def test_an_employer_signs_up_confirms_and_is_in(app: Flask) -> None:
    browser = Browser(app)
    page = browser.get("/sign-up")
    assert page.soup.find("input", attrs={"name": "kind", "value": "employer"})
    assert sign_up(browser).response.location == "/sign-up/look-in-your-mail"
    assert "three days" in browser.get("/sign-up/look-in-your-mail").words
    link = link_for(app, ADA)
    page = browser.get(link)
    assert "Kiln and Sons" in page.words
    page = browser.submit(page, link, password=PASSWORD)
    assert page.response.location == "/workspace"
    assert "Head of people" in browser.get("/account").words
    with app.app_context():
        host = member_of().organisation
        assert (host.kind, host.standing, host.district) == ("employer", "applied", "ST1")
        assert (host.company_number, host.website) == ("01234567", "https://kiln.example.org")
        assert host.applied_at


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("employer", {"company_number"}),
        ("college", {"ukprn", "company_number"}),
        ("training-provider", {"ukprn", "company_number"}),
        ("school", {"urn"}),
        ("advice-service", {"company_number"}),
    ],
)
def test_each_kind_is_asked_for_the_numbers_it_has(app: Flask, kind: str, asked: set[str]) -> None:
    page = Browser(app).get(f"/sign-up?kind={kind}")
    names = {str(tag["name"]) for tag in page.soup.find_all("input", attrs={"name": True})}
    assert names & {"company_number", "ukprn", "urn"} == asked


def test_the_council_cannot_be_signed_up(app: Flask) -> None:
    browser = Browser(app)
    browser.get("/sign-up?kind=council", 422)
    page = browser.get("/sign-up?kind=employer")
    answer = browser.submit(page, "/sign-up", **SIGNING_UP, kind="council")
    assert answer.response.location == "/sign-up"
    assert letters_to(app, ADA) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "  "}, "Enter the name of the organisation."),
        ({"district": "here"}, "Enter the first half of the postcode, such as ST4."),
        ({"website": "http://127.0.0.1/"}, "Enter the address of your website"),
        ({"phone": "ring me"}, "Enter a phone number with its area code"),
        ({"company_number": "12"}, None),
        ({"company_number": "ABC12345"}, "A company number has 8 characters"),
        ({"email": "ada at kiln"}, "Enter a mail address, such as name@example.org."),
        ({"email": "ada@kiln.example.org\nbcc: x@y.example.org"}, "Enter a mail address"),
        ({"person": ""}, "Enter your name."),
    ],
)
def test_a_mistake_in_signing_up_is_told_and_nothing_is_lost(
    app: Flask, changes: dict[str, str], told: str | None
) -> None:
    browser = Browser(app)
    page = browser.get("/sign-up?kind=employer")
    fields = SIGNING_UP | changes
    answer = browser.submit(page, "/sign-up", status=422 if told else 303, **fields)
    if told:
        assert [e for e in answer.errors if e.startswith(told)]
        assert answer.value_of("town") == "Smalltown"


@pytest.mark.parametrize("kind", ["known", "invited"])
def test_signing_up_again_makes_nothing_new(app: Flask, kind: str) -> None:
    add_member(app, state="active" if kind == "known" else "invited")
    sign_up(Browser(app))
    with app.app_context():
        assert db.session.query(Organisation).filter_by(name="Kiln and Sons").count() == 0
        assert db.session.query(Member).count() == 1
        assert db.session.query(OneUseLink).count() == (0 if kind == "known" else 1)
    subject = letters_to(app, ADA)[-1].subject
    assert subject == (
        "You have an account already" if kind == "known" else "Confirm your mail address"
    )


def test_five_hundred_scripted_sign_ups_leave_the_quota_and_an_honest_one_succeeds(
    open_app: Flask,
) -> None:
    client = open_app.test_client()
    shown = Browser(open_app).client.get("/sign-up?kind=employer")
    stamp = Page(shown, "/sign-up").value_of("shown")
    fields = SIGNING_UP | {"kind": "employer", "shown": stamp}
    open_app.config["FORM_SECONDS"] = 60
    for number in range(150):
        fast = fields | {"name": f"Fast {number}", "email": f"fast{number}@spam.example.org"}
        assert client.post("/sign-up", data=fast).location == "/sign-up/look-in-your-mail"
    open_app.config["FORM_SECONDS"] = 0
    for number in range(150):
        caught = fields | {"name": f"Pot {number}", "email": f"pot{number}@spam.example.org"}
        client.post("/sign-up", data=caught | {"topic": "cheap shoes"})
        client.post("/sign-up", data=caught | {"shown": "made up"})
    for number in range(50):
        same = fields | {"name": "Same  NAME", "email": f"same{number}@spam.example.org"}
        client.post("/sign-up", data=same)
    with open_app.app_context():
        assert db.session.query(Letter).count() == 5
        assert db.session.query(Member).count() == 5
    client.post("/sign-up", data=fields)
    assert letters_to(open_app, ADA)[0].subject == "Confirm your mail address"


def test_who_fills_in_the_form_faster_than_one_reads_is_a_program(small_app: Flask) -> None:
    browser = Browser(small_app)
    assert sign_up(browser).response.location == "/sign-up/look-in-your-mail"
    assert letters_to(small_app, ADA) == []


# Links from letters


def issue(app: Flask, purpose: LinkPurpose, state: str) -> str:
    add_member(app, state=state)
    with app.app_context():
        token = joining.links.issue(db.session, purpose, member_of())
        db.session.commit()
        return token


@pytest.mark.parametrize(
    ("purpose", "state", "address"),
    [
        (LinkPurpose.CONFIRM, "invited", "/confirm/"),
        (LinkPurpose.INVITATION, "invited", "/invitation/"),
        (LinkPurpose.RESET, "active", "/new-password/"),
    ],
)
def test_of_fifty_who_use_a_link_at_once_one_succeeds(
    open_app: Flask, purpose: LinkPurpose, state: str, address: str
) -> None:
    path = address + issue(open_app, purpose, state)

    def use(_: int) -> int:
        return open_app.test_client().post(path, data={"password": OTHER_PASSWORD}).status_code

    assert sorted(together(50, use)) == [303] + [410] * 49
    with open_app.app_context():
        assert db.session.query(AuditRow).count() == 1


def test_a_used_an_old_and_an_invented_link_answer_alike(app: Flask) -> None:
    token = issue(app, LinkPurpose.RESET, "active")
    browser = Browser(app)
    page = browser.get(f"/new-password/{token}")
    browser.submit(page, f"/new-password/{token}", password=OTHER_PASSWORD)
    used = browser.get(f"/new-password/{token}", 410)
    with app.app_context():
        old = joining.links.issue(db.session, LinkPurpose.RESET, member_of())
        db.session.flush()
        link = db.session.query(OneUseLink).filter_by(used_at=None).one()
        link.expires_at = now() - dt.timedelta(seconds=1)
        db.session.commit()
    bodies = {
        used.response.data,
        browser.get(f"/new-password/{old}", 410).response.data,
        browser.get("/new-password/invented", 410).response.data,
        browser.get(f"/confirm/{token}", 410).response.data,
    }
    assert len(bodies) == 1


def test_looking_at_a_link_does_not_use_it_and_keeps_its_address_here(app: Flask) -> None:
    token = issue(app, LinkPurpose.INVITATION, "invited")
    for _ in range(3):
        page = Browser(app).get(f"/invitation/{token}")
    headers = page.response.headers
    assert headers.getlist("Referrer-Policy") == ["same-origin"]
    assert headers["Cache-Control"] == "no-store"


def test_a_link_works_over_https_where_a_form_without_referrer_is_refused(app: Flask) -> None:
    app.config["WTF_CSRF_SSL_STRICT"] = True
    path = "/invitation/" + issue(app, LinkPurpose.INVITATION, "invited")
    client, base = app.test_client(), "https://localhost"
    page = Page(client.get(path, base_url=base), path)
    fields = {"csrf_token": page.value_of("csrf_token"), "password": PASSWORD}
    assert client.post(path, data=fields, base_url=base).status_code == 400
    # What “same-origin” has a browser send.
    sent = client.post(path, data=fields, base_url=base, headers={"Referer": base + path})
    assert sent.status_code == 303


def test_a_forgotten_password_is_replaced_and_does_not_step_over_the_code(app: Flask) -> None:
    add_member(app, totp_secret=pyotp.random_base32(), totp_since=now())
    browser = Browser(app)
    page = browser.get("/forgotten-password")
    answer = browser.submit(page, "/forgotten-password", email=" ADA@kiln.example.org ")
    assert answer.response.location == "/forgotten-password/look-in-your-mail"
    browser.get("/forgotten-password/look-in-your-mail")
    link = link_for(app, ADA)
    page = browser.submit(browser.get(link), link, password=OTHER_PASSWORD)
    assert page.response.location == "/sign-in"
    assert "Your new password is kept." in browser.get("/sign-in").words
    assert browser.sign_in(password=OTHER_PASSWORD).response.location == "/sign-in/code"
    assert browser.client.get("/account").status_code == 303


@pytest.mark.parametrize("state", ["invited", "suspended", None])
def test_whoever_cannot_sign_in_is_told_so_by_mail_and_gets_no_link(
    app: Flask, state: str | None
) -> None:
    if state:
        add_member(app, state=state)
    browser = Browser(app)
    browser.submit(browser.get("/forgotten-password"), "/forgotten-password", email=ADA)
    [letter] = letters_to(app, ADA)
    assert letter.subject == "There is no account to sign in to"
    assert "/new-password/" not in letter.text


@pytest.mark.parametrize(
    "password", ["short", "password1", "ada example", "adaexample1", "kilnkiln", "x" * 129]
)
def test_a_password_that_is_short_common_or_about_oneself_is_refused(
    app: Flask, password: str
) -> None:
    path = "/confirm/" + issue(app, LinkPurpose.CONFIRM, "invited")
    browser = Browser(app)
    page = browser.submit(browser.get(path), path, status=422, password=password)
    assert page.errors
    assert password not in page.response.get_data(as_text=True)


def test_whoever_reaches_far_needs_a_longer_password(app: Flask) -> None:
    add_member(app, "mod@council.example.org", "Council", kind="council", state="invited",
               roles=["moderator"])  # fmt: skip
    with app.app_context():
        member = member_of("mod@council.example.org")
        token = joining.links.issue(db.session, LinkPurpose.INVITATION, member)
        db.session.commit()
    browser, path = Browser(app), f"/invitation/{token}"
    page = browser.submit(browser.get(path), path, status=422, password="zebra4!uvQ")
    assert page.errors[0].startswith("Use at least 12 characters.")
    browser.submit(page, path, password=PASSWORD)
    assert browser.client.get("/account").location == "/account/second-factor"


# Signing in


def test_signing_in_goes_where_one_wanted_or_to_ones_first_page(app: Flask) -> None:
    add_member(app)
    add_member(app, "reader@kiln.example.org", roles=["adviser"], totp_since=None)
    browser = Browser(app)
    refused = browser.client.get("/account/details?x=1")
    assert refused.location == "/sign-in?next=/account/details?x%3D1"
    page = browser.get(refused.location)
    page = browser.submit(page, "/sign-in", email="ADA@kiln.example.org ", password=PASSWORD)
    assert page.response.location == "/account/details?x=1"
    assert Browser(app).sign_in().response.location == "/workspace"
    assert browser.client.get("/sign-in").location == "/workspace"
    assert Browser(app).sign_in("reader@kiln.example.org").response.location == "/account"


@pytest.mark.parametrize("state", ["active", "suspended", "invited"])
def test_whatever_is_wrong_one_message_says_it(app: Flask, state: str) -> None:
    add_member(app, state=state)
    browser = Browser(app)
    wrong = PASSWORD + ("x" if state == "active" else "")
    page = browser.sign_in(ADA, wrong, status=422)
    other = browser.sign_in("eve@kiln.example.org", wrong, status=422)
    assert page.errors == other.errors
    assert page.errors[0].startswith("The mail address or the password is not right.")
    assert page.value_of("email") == ADA
    assert page.value_of("password") == ""


REDIRECTS = (Path(__file__).parent / "corpora" / "redirects.txt").read_text("utf-8").splitlines()


def test_no_address_leads_elsewhere_after_signing_in(open_app: Flask) -> None:
    add_member(open_app)
    payloads = [codecs.decode(line.encode(), "unicode_escape") for line in REDIRECTS if line]
    assert len(payloads) >= 40
    for payload in payloads:
        client = open_app.test_client()
        shown = Page(client.get("/sign-in", query_string={"next": payload}), payload)
        assert shown.value_of("next") == ""
        fields = {"email": ADA, "password": PASSWORD, "next": payload}
        assert client.post("/sign-in", data=fields).location == "/workspace", payload


def guess(client: FlaskClient, number: int, email: str = ADA) -> TestResponse:
    return client.post("/sign-in", data={"email": email, "password": f"guess {number}"})


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every password that was compared with a hash."""
    compared: list[str] = []
    verify = PasswordHasher.verify

    def note(self: PasswordHasher, kept: str, password: str) -> bool:
        compared.append(password)
        return verify(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", note)
    return compared


def test_one_comparison_for_every_sign_in_whoever_it_is(
    open_app: Flask, verified: list[str]
) -> None:
    add_member(open_app)
    add_member(open_app, BOB, state="invited", password_hash=None)
    client = open_app.test_client()
    for number, email in enumerate([ADA, BOB, "eve@kiln.example.org", "not an address", ADA], 1):
        guess(client, number, email)
        assert len(verified) == number


def test_a_thousand_guesses_check_ten_while_two_hundred_sign_in_from_the_same_address(
    open_app: Flask, verified: list[str]
) -> None:
    add_member(open_app)
    add_editors(open_app, [f"honest{number}@kiln.example.org" for number in range(200)])

    def attack(number: int) -> int:
        return guess(open_app.test_client(), number).status_code

    def come_in(number: int) -> int:
        fields = {"email": f"honest{number}@kiln.example.org", "password": PASSWORD}
        return open_app.test_client().post("/sign-in", data=fields).status_code

    attacked = together(300, attack)
    honest = together(200, come_in)
    client = open_app.test_client()
    attacked += [guess(client, number).status_code for number in range(300, 1000)]
    assert attacked.count(422) == 10
    assert attacked.count(429) == 990
    assert honest == [303] * 200
    assert len([p for p in verified if p.startswith("guess ")]) == 10


def test_the_owner_comes_in_during_an_attack_from_a_browser_that_is_known(open_app: Flask) -> None:
    add_member(open_app)
    own = open_app.test_client()
    right = {"email": ADA, "password": PASSWORD}
    assert own.post("/sign-in", data=right).status_code == 303
    own.post("/sign-out")
    foreign = open_app.test_client()
    assert [guess(foreign, n).status_code for n in range(12)][-1] == 429
    assert foreign.post("/sign-in", data=right).status_code == 429
    assert own.post("/sign-in", data=right).status_code == 303


def test_a_known_browser_has_no_more_tries_at_another_account(open_app: Flask) -> None:
    add_member(open_app)
    add_member(open_app, BOB)
    client = open_app.test_client()
    client.post("/sign-in", data={"email": BOB, "password": PASSWORD})
    client.post("/sign-out")
    for number in range(10):
        guess(open_app.test_client(), number)
    assert guess(client, 11).status_code == 429


def test_too_many_tries_are_told_with_what_to_do(app: Flask) -> None:
    add_member(app)
    browser = Browser(app)
    for _ in range(10):
        browser.sign_in(ADA, "wrong", status=422)
    page = browser.sign_in(ADA, PASSWORD, status=429)
    assert page.errors == [
        "There were too many tries. Wait five minutes, or get a new password below."
    ]


# Who has an account is not told


def ask_sign_in(client: FlaskClient, email: str, _: str) -> TestResponse:
    return client.post("/sign-in", data={"email": email, "password": "wrong"})


def ask_reset(client: FlaskClient, email: str, _: str) -> TestResponse:
    return client.post("/forgotten-password", data={"email": email})


def ask_sign_up(client: FlaskClient, email: str, name: str) -> TestResponse:
    stamp = Page(client.get("/sign-up?kind=employer"), "").value_of("shown")
    fields = SIGNING_UP | {"kind": "employer", "shown": stamp, "email": email, "name": name}
    began = time.perf_counter()
    answer = client.post("/sign-up", data=fields)
    answer.headers["X-Took"] = str(time.perf_counter() - began)
    return answer


@pytest.mark.parametrize("ask", [ask_sign_in, ask_reset, ask_sign_up])
def test_known_and_unknown_addresses_answer_alike_and_as_fast(
    open_app: Flask, ask: Callable[[FlaskClient, str, str], TestResponse]
) -> None:
    tries, client = 40, open_app.test_client()

    def measured(email: str, name: str) -> tuple[float, bytes]:
        began = time.perf_counter()
        answer = ask(client, email, name)
        took = float(answer.headers.get("X-Took", time.perf_counter() - began))
        assert answer.status_code in {303, 422}
        told = answer.data + str(answer.location).encode()
        return took, told.replace(email.encode(), b"")

    # A busy machine disturbs one side now and then; a real difference shows every time.
    for attempt in "abcdef":
        add_editors(open_app, [f"{attempt}nown{n:02}@kiln.example.org" for n in range(tries)])
        found: dict[str, list[tuple[float, bytes]]] = {"known": [], "other": []}
        for number in range(tries):
            order = ("known", "other") if number % 2 else ("other", "known")
            for who in order:
                email = f"{attempt}{who[1:]}{number:02}@kiln.example.org"
                found[who].append(measured(email, f"Firm {who} {number} {attempt}"))
        assert len({told for answers in found.values() for _, told in answers}) == 1
        known, other = (statistics.median(t for t, _ in found[who]) for who in ("known", "other"))
        if abs(known - other) <= 0.1 * max(known, other):
            return
    pytest.fail(f"{known * 1000:.1f} ms for the known, {other * 1000:.1f} ms for others")


# Sessions end


def by_sign_out(_app: Flask, browser: Browser, _: str) -> None:
    answer = browser.submit(browser.get("/account"), "/sign-out")
    assert answer.response.location == "/signed-out"
    page = browser.get("/signed-out")
    assert page.response.headers["Clear-Site-Data"] == '"cache"'


def by_reset(app: Flask, _: Browser, __: str) -> None:
    with app.app_context():
        joining.ask_for_new_password(db.session, ADA)
    link, other = link_for(app, ADA), Browser(app)
    other.submit(other.get(link), link, password=OTHER_PASSWORD)


def by_change_of_password(app: Flask, _: Browser, __: str) -> None:
    other = Browser(app)
    other.sign_in()
    page = other.get("/account/password")
    other.submit(page, "/account/password", present=PASSWORD, password=OTHER_PASSWORD)
    assert "Your new password is kept." in other.get("/account").words


def as_owner(app: Flask, public_id: str, act: str, **fields: str) -> None:
    owner, path = Browser(app), f"/workspace/members/{public_id}"
    owner.sign_in(BOB)
    page = owner.get(path + act)
    owner.submit(page, path + act, **fields)
    owner.get("/workspace/members")


def by_change_of_roles(app: Flask, _: Browser, public_id: str) -> None:
    as_owner(app, public_id, "", roles="editor")


def by_suspension(app: Flask, _: Browser, public_id: str) -> None:
    as_owner(app, public_id, "/suspend", why="Has left.")


def by_removal(app: Flask, _: Browser, public_id: str) -> None:
    as_owner(app, public_id, "/remove")


def by_owner_from_elsewhere(app: Flask, _: Browser, __: str) -> None:
    other = Browser(app)
    other.sign_in()
    other.submit(other.get("/account"), "/account/sign-ins/end-others")


def by_suspension_of_the_organisation(app: Flask, _: Browser, __: str) -> None:
    with app.app_context():
        member_of().organisation.standing = "suspended"
        db.session.commit()


def by_lying_idle(app: Flask, _: Browser, __: str) -> None:
    with app.app_context():
        db.session.query(SignIn).one().seen_at -= dt.timedelta(days=1, minutes=1)
        db.session.commit()


@pytest.mark.parametrize(
    "end",
    [
        by_sign_out, by_reset, by_change_of_password, by_change_of_roles, by_suspension,
        by_removal, by_owner_from_elsewhere, by_suspension_of_the_organisation, by_lying_idle,
    ],
)  # fmt: skip
def test_a_saved_cookie_is_refused_after(
    app: Flask, end: Callable[[Flask, Browser, str], None]
) -> None:
    public_id = add_member(app)
    add_member(app, BOB)
    browser, thief = Browser(app), Browser(app)
    browser.sign_in()
    thief.client.set_cookie("portal", browser.cookie)
    thief.get("/account")
    end(app, browser, public_id)
    thief.client.set_cookie("portal", thief.cookie)
    assert thief.client.get("/account").location == "/sign-in?next=/account"


def test_one_browser_is_signed_out_from_another_and_nobody_elses(app: Flask) -> None:
    add_member(app)
    add_member(app, BOB)
    first, second, stranger = Browser(app), Browser(app), Browser(app)
    for browser, email in ((first, ADA), (second, ADA), (stranger, BOB)):
        browser.sign_in(email)
    with app.app_context():
        theirs = db.session.scalars(select(SignIn).order_by(SignIn.id)).all()
        paths = [f"/account/sign-ins/{row.public_id}/end" for row in theirs]
    page = second.get("/account")
    assert "This one" in page.words
    token = page.value_of("csrf_token")
    second.post(paths[2], {"csrf_token": token}, 404)
    for _ in range(2):
        second.post(paths[0], {"csrf_token": token}, 303)
    assert first.client.get("/account").status_code == 303
    stranger.get("/account")


def test_guessing_the_present_password_at_an_open_session_is_limited(open_app: Flask) -> None:
    add_member(open_app)
    client = open_app.test_client()
    client.post("/sign-in", data={"email": ADA, "password": PASSWORD})
    for number in range(10):
        client.post("/account/password", data={"present": f"no {number}", "password": "x"})
        wrong = {"present": f"no {number}", "password": OTHER_PASSWORD}
        assert "not your present" in client.post("/account/password", data=wrong).text
    right = {"present": PASSWORD, "password": OTHER_PASSWORD}
    assert "too many tries" in client.post("/account/password", data=right).text


# The second factor


def set_up(browser: Browser) -> tuple[str, list[str]]:
    """Turn it on through the page; the secret and the recovery codes."""
    page = browser.get("/account/second-factor")
    secret = page.soup.code.get_text().replace(" ", "") if page.soup.code else ""
    browser.submit(page, "/account/second-factor", status=422, code="000000")
    page = browser.get("/account/second-factor")
    code = pyotp.TOTP(secret).now()
    page = browser.submit(page, "/account/second-factor", status=200, code=code)
    return secret, [tag.get_text() for tag in page.soup.select("ol code")]


def let_time_pass(app: Flask) -> None:
    """Half a minute: the present code has not been used yet."""
    with app.app_context():
        member_of().totp_last_step -= 1
        db.session.commit()


@pytest.mark.parametrize("role", ["moderator", "adviser"])
def test_whoever_reaches_far_must_set_it_up_before_anything_else(app: Flask, role: str) -> None:
    add_member(app, kind="council", organisation="Council", roles=["owner", role])
    browser = Browser(app)
    browser.sign_in()
    for path in ("/account", "/account/password", "/workspace/members"):
        assert browser.client.get(path).location == "/account/second-factor"
    set_up(browser)
    browser.get("/account")
    stopped = browser.client.get("/account/second-factor/stop")
    assert stopped.location == "/account/second-factor"
    assert "reaches far" in browser.get("/account/second-factor").words


def test_a_code_lets_in_once_and_a_recovery_code_once(app: Flask) -> None:
    add_member(app)
    browser = Browser(app)
    browser.sign_in()
    secret, codes = set_up(browser)
    assert len(codes) == 10
    let_time_pass(app)
    code = pyotp.TOTP(secret).now()

    def come_in(typed: str) -> str | None:
        other = Browser(app)
        answer = other.sign_in()
        assert answer.response.location == "/sign-in/code"
        assert other.client.get("/account").status_code == 303
        page = other.get("/sign-in/code")
        form = {"csrf_token": page.value_of("csrf_token"), "code": typed}
        answered = other.client.post("/sign-in/code", data=form)
        return answered.location

    assert come_in(code) == "/workspace"
    assert come_in(code) is None
    assert come_in(codes[3].upper().replace("-", " ")) == "/workspace"
    assert come_in(codes[3]) is None
    assert come_in("") is None


def test_guessing_codes_is_limited(open_app: Flask) -> None:
    add_member(open_app, totp_secret=pyotp.random_base32(), totp_since=now())
    client = open_app.test_client()
    client.post("/sign-in", data={"email": ADA, "password": PASSWORD})
    answers = [
        client.post("/sign-in/code", data={"code": f"{number:06}"}).status_code
        for number in range(12)
    ]
    assert answers == [422] * 10 + [429] * 2


def test_half_a_sign_in_does_not_outlive_the_password(app: Flask) -> None:
    secret = pyotp.random_base32()
    add_member(app, totp_secret=secret, totp_since=now())
    browser = Browser(app)
    browser.sign_in()
    page = browser.get("/sign-in/code")
    by_reset(app, browser, "")
    answer = browser.submit(page, "/sign-in/code", code=pyotp.TOTP(secret).now())
    assert answer.response.location == "/sign-in"


def test_codes_are_renewed_the_phone_is_changed_and_the_step_stopped_with_the_password(
    app: Flask,
) -> None:
    add_member(app)
    browser = Browser(app)
    browser.sign_in()
    first, codes = set_up(browser)
    browser.get("/account/second-factor")
    for act in ("codes", "another-phone", "stop"):
        path = f"/account/second-factor/{act}"
        page = browser.submit(browser.get(path), path, status=422, present="wrong")
        assert page.errors == ["This is not your present password. Try again."]
    path = "/account/second-factor/codes"
    page = browser.submit(browser.get(path), path, status=200, present=PASSWORD)
    assert page.soup.code
    assert page.soup.code.get_text() not in codes
    path = "/account/second-factor/another-phone"
    browser.submit(browser.get(path), path, present=PASSWORD)
    second, _ = set_up(browser)
    assert second != first
    path = "/account/second-factor/stop"
    browser.submit(browser.get(path), path, present=PASSWORD)
    assert Browser(app).sign_in().response.location == "/workspace"
    with app.app_context():
        assert db.session.query(RecoveryCode).count() == 0


def test_changing_the_password_keeps_the_second_step_of_this_session(app: Flask) -> None:
    add_member(app, organisation="Council", kind="council", roles=["owner", "moderator"])
    browser = Browser(app)
    browser.sign_in()
    set_up(browser)
    page = browser.get("/account/password")
    browser.submit(page, "/account/password", present=PASSWORD, password=OTHER_PASSWORD)
    browser.get("/account")
    assert letters_to(app, ADA)[-1].subject == "Your password was changed"


# One’s account and one’s colleagues


def test_a_member_changes_name_and_job(app: Flask) -> None:
    add_member(app)
    browser = Browser(app)
    browser.sign_in()
    page = browser.get("/account/details")
    assert page.value_of("name") == "Ada Example"
    for _ in range(2):
        browser.submit(page, "/account/details", name="Ada  Sample", job_title="Potter")
    assert "Ada Sample Job Potter" in browser.get("/account").words
    with app.app_context():
        assert db.session.query(AuditRow).filter_by(act="changed details").count() == 1


def test_an_owner_invites_a_colleague_who_joins(app: Flask) -> None:
    add_member(app)
    owner = Browser(app)
    owner.sign_in()
    page = owner.get("/workspace/members")
    assert not page.soup.find("input", attrs={"value": "moderator"})
    fields = {"name": "Bob Example", "email": BOB, "roles": "editor"}
    owner.submit(page, "/workspace/members", **fields)
    page = owner.get("/workspace/members")
    assert f"We have written to {BOB}." in page.words
    assert "Bob Example" in page.words
    first = link_for(app, BOB)
    with app.app_context():
        again = f"/workspace/members/{member_of(BOB).public_id}/invite-again"
    owner.submit(page, again)
    Browser(app).get(first, 410)
    link, bob = link_for(app, BOB), Browser(app)
    bob.submit(bob.get(link), link, password=OTHER_PASSWORD)
    bob.get("/account")
    bob.get("/workspace/members", 404)


def test_inviting_somebody_elses_member_says_the_same_and_takes_nobody_away(app: Flask) -> None:
    add_member(app)
    add_member(app, BOB, "Other pots")
    owner = Browser(app)
    owner.sign_in()
    page = owner.get("/workspace/members")
    fields = {"name": "Bob", "email": BOB, "roles": "owner"}
    owner.submit(page, "/workspace/members", **fields)
    assert f"We have written to {BOB}." in owner.get("/workspace/members").words
    assert letters_to(app, BOB)[-1].subject == "An invitation that we could not add"
    with app.app_context():
        assert member_of(BOB).organisation.name == "Other pots"


@pytest.mark.parametrize("act", ["", "/suspend", "/remove", "/reinstate", "/stop-second-factor"])
def test_a_member_of_another_organisation_answers_like_nobody(app: Flask, act: str) -> None:
    add_member(app)
    theirs = add_member(app, BOB, "Other pots")
    owner = Browser(app)
    owner.sign_in()
    token = owner.get("/account").value_of("csrf_token")
    fields = {"csrf_token": token, "roles": "editor", "why": "x"}
    for method in ("GET", "POST"):
        sent = {"data": fields} if method == "POST" else {}
        known = owner.client.open(f"/workspace/members/{theirs}{act}", method=method, **sent)
        unknown = owner.client.open(f"/workspace/members/nobody{act}", method=method, **sent)
        assert known.status_code in {404, 405}
        assert known.data == unknown.data
        assert dict(known.headers) == dict(unknown.headers)
    with app.app_context():
        assert (member_of(BOB).state, member_of(BOB).roles) == ("active", ["owner"])


def test_every_change_to_a_colleague_can_be_sent_twice(app: Flask) -> None:
    add_member(app)
    path = f"/workspace/members/{add_member(app, BOB, name='Bob Example')}"
    owner = Browser(app)
    owner.sign_in()
    token = owner.get(path).value_of("csrf_token")
    for act, fields, state in (
        ("", {"roles": "editor"}, "active"),
        ("/suspend", {"why": "Away for long."}, "suspended"),
        ("/reinstate", {}, "active"),
        ("/stop-second-factor", {}, "active"),
        ("/remove", {}, "removed"),
    ):
        for _ in range(2):
            owner.post(path + act, {"csrf_token": token, **fields}, 303)
            owner.get("/workspace/members")
        with app.app_context():
            assert db.session.query(Member).filter(Member.email != ADA).one().state == state
    owner.get(path, 404)


def test_the_last_owner_stays_and_is_told_what_to_do(app: Flask) -> None:
    path = f"/workspace/members/{add_member(app)}"
    add_member(app, BOB, roles=["editor"])
    owner = Browser(app)
    owner.sign_in()
    for act, fields in (("", {"roles": "editor"}), ("/remove", {})):
        owner.submit(owner.get(path + act), path + act, **fields)
        assert "there must be at least one owner" in owner.get("/workspace/members").words
    assert owner.client.get(f"{path}/suspend").location == "/workspace/members"
    with app.app_context():
        assert (member_of().state, member_of().roles) == ("active", ["owner"])


def test_of_two_owners_who_leave_at_once_one_stays(app: Flask) -> None:
    add_member(app)
    add_member(app, BOB)

    def leave(number: int) -> None:
        with app.app_context():
            seen = {member.email: member for member in db.session.query(Member)}
            time.sleep(0.05)
            member = seen[(ADA, BOB)[number]]
            try:
                membership.change_roles(db.session, member, [MemberRole.EDITOR], by=member)
            except membership.LastOwnerError:
                db.session.rollback()

    for _ in range(10):
        together(2, leave)
        with app.app_context():
            owners = [m for m in db.session.query(Member) if "owner" in m.roles]
            assert len(owners) == 1
            for member in db.session.query(Member):
                member.roles = ["owner"]
            db.session.commit()


def test_nothing_of_who_is_removed_is_left(app: Flask) -> None:
    add_member(app)
    public_id = add_member(app, BOB, name="Bob Marker", job_title="Marker", totp_secret="MARKER")
    with app.app_context():
        joining.ask_for_new_password(db.session, BOB)
    owner, path = Browser(app), f"/workspace/members/{public_id}/remove"
    owner.sign_in()
    owner.submit(owner.get(path), path)
    with app.app_context():
        for table in db.metadata.sorted_tables:
            rows = str(db.session.execute(select(table)).all())
            assert BOB not in rows, table.name
            assert "marker" not in rows.lower(), table.name


# What must hold on all of them


def own_rules(app: Flask) -> list[Any]:
    prefixes = ("signing_in.", "joining.", "account.", "members.")
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(prefixes)]


def test_every_page_behind_sign_in_is_kept_by_nobody_and_asks_little(app: Flask) -> None:
    public_id = add_member(app)
    add_member(app, BOB, totp_secret="A" * 16, totp_since=now())
    browser = Browser(app)
    browser.sign_in()
    statements: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    seen = 0
    for rule in own_rules(app):
        if "GET" not in rule.methods:
            continue
        path = rule.rule.replace("<public_id>", public_id).replace("<token>", "none")
        statements.clear()
        response = browser.client.get(path)
        assert response.status_code in {200, 303, 410}, path
        assert len(statements) <= 12, f"{path} asks {len(statements)} times"
        entrance = who_may_enter(app, rule.endpoint)
        if entrance is not None and entrance.admits is not None:
            assert response.headers["Cache-Control"] == "no-store", path
            seen += 1
    event.remove(engine, "before_cursor_execute", note)
    assert seen >= 10


def rows_of(app: Flask) -> dict[tuple[str, int], dict[str, Any]]:
    with app.app_context():
        return {
            (model.__tablename__, row.id): {
                column.key: getattr(row, column.key) for column in inspect(model).columns
            }
            for model in (Organisation, Member, SignIn, OneUseLink)
            for row in db.session.query(model)
        }


OVER_POSTED = {
    column.key: value
    for model in (Organisation, Member, SignIn, OneUseLink, Letter, AuditRow)
    for column in inspect(model).columns
    for value in ["moderator" if column.key in {"roles", "role"} else "1"]
}


@pytest.mark.parametrize(
    ("path", "fields", "may_change"),
    [
        ("/account/details", {"name": "New"}, {"member.name", "member.job_title"}),
        ("/account/password", {"present": PASSWORD, "password": OTHER_PASSWORD},
         {"member.password_hash", "sign_in.ended_at"}),
        ("/forgotten-password", {"email": ADA}, set()),
        ("/account/sign-ins/end-others", {}, set()),
        ("/workspace/members", {"name": "X", "email": "x@y.example.org", "roles": "editor"},
         set()),
        ("/workspace/members/BOB", {"roles": "editor"}, {"member.roles"}),
        ("/workspace/members/BOB/suspend", {"why": "Gone"}, {"member.state"}),
        ("/workspace/members/BOB/invite-again", {}, set()),
        ("/workspace/members/BOB/reinstate", {}, set()),
        ("/workspace/members/BOB/stop-second-factor", {}, set()),
        ("/sign-in", {"email": ADA, "password": PASSWORD}, set()),
        ("/sign-out", {}, {"sign_in.ended_at"}),
    ],
)  # fmt: skip
def test_fields_that_no_form_asks_for_change_nothing(
    open_app: Flask, path: str, fields: dict[str, str], may_change: set[str]
) -> None:
    add_member(open_app)
    path = path.replace("BOB", add_member(open_app, BOB))
    client = open_app.test_client()
    client.post("/sign-in", data={"email": ADA, "password": PASSWORD})
    before = rows_of(open_app)
    assert client.post(path, data={**OVER_POSTED, **fields}).status_code == 303
    after = rows_of(open_app)
    changed = {
        f"{key[0]}.{column}"
        for key, row in before.items()
        for column, value in row.items()
        if after[key][column] != value
    }
    assert changed <= may_change
    for key, row in after.items():
        if key not in before and key[0] == "member":
            assert (row["roles"], row["state"]) == (["editor"], "invited")


def test_who_signs_up_cannot_say_more_than_is_asked(open_app: Flask) -> None:
    client = open_app.test_client()
    stamp = Page(client.get("/sign-up?kind=employer"), "").value_of("shown")
    asked = SIGNING_UP | {"kind": "employer", "shown": stamp}
    client.post("/sign-up", data={**OVER_POSTED, **asked})
    with open_app.app_context():
        member = member_of()
        host = member.organisation
        assert (member.roles, member.state, member.password_hash) == (["owner"], "invited", None)
        assert (host.standing, host.is_trusted, host.ukprn, host.urn) == (
            "applied", False, None, None,
        )  # fmt: skip
        assert len(host.public_id) > 20


def test_a_foreign_host_gets_no_letter_and_letters_hold_our_own_address(
    tmp_path: Path, small_content: Path
) -> None:
    app = make_app(
        tmp_path / "hosts", small_content, TRUSTED_HOSTS=["pathways.example"],
        BASE_URL="https://pathways.example",
    )  # fmt: skip
    app.config["WTF_CSRF_ENABLED"] = False
    add_member(app)
    client = app.test_client()
    fields = {"email": ADA}
    for headers in ({"Host": "evil.example"}, {"Host": "pathways.example.evil.example"}):
        answer = client.post("/forgotten-password", data=fields, headers=headers)
        assert answer.status_code == 400
    assert letters_to(app, ADA) == []
    forged = {"Host": "pathways.example", "X-Forwarded-Host": "evil.example"}
    answer = client.post("/forgotten-password", data=fields, headers=forged)
    assert answer.status_code == 303
    text = letters_to(app, ADA)[0].text
    assert "https://pathways.example/new-password/" in text
    assert "evil" not in text


def test_no_token_is_kept_as_it_is(app: Flask) -> None:
    add_member(app)
    browser = Browser(app)
    browser.sign_in()
    with app.app_context():
        joining.ask_for_new_password(db.session, ADA)
    token = link_for(app, ADA).rsplit("/", 1)[1]
    with app.app_context():
        kept = [row.token_hash for row in db.session.query(OneUseLink)]
        kept += [row.token_hash for row in db.session.query(SignIn)]
        assert token not in str(kept)
        assert all(len(value) == 64 for value in kept)


def test_an_operator_lets_the_first_moderator_in(app: Flask) -> None:
    command = ["add-user", ADA, "--name", "Ada Example", "--council", "Example Council"]
    runner = app.test_cli_runner()
    told = runner.invoke(args=command)
    assert told.exit_code == 0
    assert "for 7 days" in told.output
    link = told.output.strip().splitlines()[-1].removeprefix("http://127.0.0.1:5000")
    browser = Browser(app)
    browser.submit(browser.get(link), link, password=PASSWORD)
    assert browser.client.get("/desk").location == "/account/second-factor"
    with app.app_context():
        assert member_of().roles == ["owner", "moderator"]
        assert db.session.scalar(select(func.count()).select_from(Organisation)) == 2
    again = runner.invoke(args=command)
    assert again.exit_code == 1
    assert "There is an account with this address already." in again.output


def test_what_an_account_keeps_has_a_public_id_that_nobody_can_guess() -> None:
    models: list[type[Base]] = [Organisation, Member, SignIn]
    for model in models:
        column = inspect(model).columns["public_id"]
        assert column.unique
        assert column.default is not None
