"""Every kind of page behind sign-in and on the way there, in each of its states."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import html5lib
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from browsers import served
from conftest import close, fill
from everything import LISTS, OFFERS, Provider, Sheet, make_provider, make_waiting, put_upload
from everything_at_work import make_work
from flask import Flask
from members import make_member, signed_in
from offers import make_city, make_moderators
from pages import Page as Fetched
from pages import PageClient, faults_of
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import event
from test_browser import WIDTHS, found_at

from portal.accounts.models import Member, MemberRole, Standing
from portal.accounts.second_factor import new_secret
from portal.clock import now
from portal.extensions import db
from portal.provision.models import UploadState
from portal.provision.offers import COURSE
from portal.publishing.life import State

MOST_QUERIES = 12
OUTLINED = """() => { const it = document.activeElement, style = getComputedStyle(it);
  return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)
    || style.boxShadow !== 'none' }"""
# What the tab key stops at; of radio buttons with one name it stops at one.
STOPS = """() => { const names = new Set();
  return [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .filter((it) => it.type !== 'hidden' && !it.disabled && it.checkVisibility())
    .filter((it) => it.tabIndex >= 0)
    .filter((it) => it.type !== 'radio' || (!names.has(it.name) && names.add(it.name)))
    .map((it) => it.dataset.stop = String(it.type === 'radio' ? it.name : Math.random())) }"""
STOPPED_AT = """() => { const it = document.activeElement;
  return it.type === 'radio' ? it.name : it.dataset.stop || '' }"""


@dataclass(frozen=True)
class Mistake:
    """A form that is sent with something wrong: what it answers is a page too."""

    name: str
    who: str
    address: str
    fields: Mapping[str, str]
    action: str = ""


@dataclass(frozen=True)
class House:
    """A small portal with all of it, served."""

    app: Flask
    site: str
    people: Mapping[str, Member]
    sheets: tuple[Sheet, ...]
    mistakes: tuple[Mistake, ...]

    def client(self, who: str) -> PageClient:
        if who == "visitor":
            return PageClient(self.app)
        factor = False if who == "arriving" else None
        return signed_in(self.app, self.people[who], with_second_factor=factor)


def words(name: str) -> str:
    """Plain words for a field."""
    return f"Kilnhurst {name.replace('_', ' ')}"


STATES = [*OFFERS, *((COURSE, state) for state in State if (COURSE, state) not in OFFERS)]
ON_THE_WAY = (
    "/sign-in", "/sign-in?next=/workspace", "/signed-out", "/sign-up", "/sign-up?kind=employer",
    "/sign-up?kind=college", "/sign-up?kind=school", "/sign-up/look-in-your-mail",
    "/forgotten-password", "/forgotten-password/look-in-your-mail",
    "/report/thank-you", "/keep-up/thank-you", "/outbox",
)  # fmt: skip
EMPTY = ("", "/courses", "/vacancies", "/events", "/courses/new", "/vacancies/new", "/events/new",
         "/venues", "/venues/new", "/listed", "/uploads", "/members")  # fmt: skip


def all_sheets(provider: Provider, uploads: Mapping[str, str]) -> Iterator[Sheet]:
    yield from provider.sheets
    yield from LISTS
    for name, public_id in uploads.items():
        yield Sheet(f"upload: {name}", "owner", f"/workspace/uploads/{public_id}")
    for path in ON_THE_WAY:
        yield Sheet(f"visitor: {path}", "visitor", path)
    for path in EMPTY:
        yield Sheet(f"nothing there: {path}", "newcomer", f"/workspace{path}")
    for path in ("", "/events/new", "/vacancies"):
        yield Sheet(f"employer, not verified: {path}", "employer", f"/workspace{path}")
    for path in ("", "/codes", "/another-phone", "/stop"):
        yield Sheet(f"second step: {path}", "with factor", f"/account/second-factor{path}")
    yield Sheet("second step to set up", "arriving", "/account/second-factor")
    yield Sheet("shelf of sent back", "owner", "/workspace/courses?state=sent-back&q=kiln")
    yield Sheet("shelf of nothing", "owner", "/workspace/courses?state=paused&q=nothing")
    yield Sheet("trail, filtered", "moderator", "/desk/trail?act=submit&organisation=kiln")


def all_mistakes(sheets: tuple[Sheet, ...]) -> Iterator[Mistake]:
    def found(name: str) -> str:
        return next(sheet.address for sheet in sheets if sheet.name == name)

    yield Mistake("sign in", "visitor", "/sign-in", {"email": "a@b.example", "password": "x"})
    yield Mistake("sign up", "visitor", "/sign-up?kind=employer", {}, "/sign-up")
    yield Mistake("password", "visitor", "/forgotten-password", {"email": "nobody"})
    for kind in ("courses", "vacancies", "events"):
        yield Mistake(f"new: {kind}", "owner", f"/workspace/{kind}/new", {})
    yield Mistake("venue", "owner", "/workspace/venues/new", {"postcode": "x", "website": "x"})
    yield Mistake("upload", "owner", "/workspace/uploads", {})
    yield Mistake("invite", "owner", "/workspace/members", {})
    yield Mistake("details", "owner", "/account/details", {"name": ""})
    yield Mistake("my password", "owner", "/account/password", {"present": "x", "password": "x"})
    yield Mistake("suspend a colleague", "owner", found("suspend"), {})
    yield Mistake("code", "arriving", "/account/second-factor", {"code": "1"})
    desk = found("desk: course live-submitted")
    yield Mistake("send back", "moderator", desk, {"words_title": "Why?"}, f"{desk}/send-back")
    yield Mistake("take down", "moderator", desk, {}, f"{desk}/take-down")
    applicant = found("desk: applicant")
    yield Mistake("verify", "moderator", applicant, {"rang_on": "x"}, f"{applicant}/verify")
    yield Mistake("refuse", "moderator", applicant, {}, f"{applicant}/refuse")
    report = found("desk: report")
    yield Mistake("settle", "moderator", report, {}, f"{report}/settle")
    public = found("report form: course live")
    yield Mistake("report", "visitor", public, {})
    yield Mistake("move", "owner", "/workspace/courses?tick=all",
                  {"how": "weeks", "act": "move"}, "/workspace/courses")  # fmt: skip


def make_house(app: Flask) -> House:
    moderator, _ = make_moderators(app)
    provider = make_provider(app, words, offers=STATES, uploads=tuple(UploadState))
    owner = provider.people["owner"]
    uploads = {
        "faultless": put_upload(app, owner, UploadState.CHECKED, words, faulty=0),
        "venues": put_upload(app, owner, UploadState.PUBLISHED, words, format="venues"),
    }
    people = {
        "owner": owner,
        "moderator": moderator,
        "newcomer": make_member(app),
        "employer": make_member(app, kind="employer", standing=Standing.APPLIED),
        "with factor": make_member(app, totp_secret=new_secret(), totp_since=now()),
        "arriving": make_member(app, kind="council", roles=(MemberRole.MODERATOR,)),
    }
    work = make_work(app, words)
    people |= work.people
    sheets = (*all_sheets(provider, uploads), *make_waiting(app, words), *work.sheets)
    fill(app)
    return House(app, "", people, sheets, tuple(all_mistakes(sheets)))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    app = make_city(tmp_path_factory.mktemp("house"))
    app.config.update(WTF_CSRF_ENABLED=True, FORM_SECONDS=0)
    made = make_house(app)
    with served(app) as site:
        yield House(app, site, made.people, made.sheets, made.mistakes)
    close(app)


def send(client: PageClient, mistake: Mistake) -> Fetched:
    """Fill in a form wrongly and send it, as a browser without script does."""
    page = client.get(mistake.address)
    action = mistake.action or mistake.address
    form = page.soup.find("form", attrs={"action": action, "method": "post"})
    assert form is not None, f"{mistake.address} has no form for {action}"
    kept = {
        str(tag["name"]): str(tag.get("value", ""))
        for tag in form.find_all("input", attrs={"type": "hidden"})
    }
    fields = {**kept, **mistake.fields}
    response = client.client.post(action, data=fields, headers={"Referer": mistake.address})
    return Fetched(response, f"{mistake.name} {action}")


def test_every_page_is_in_order_asks_little_and_is_kept_by_nobody(house: House) -> None:
    statements: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with house.app.app_context():
        engine = db.engine
    clients = {who: house.client(who) for who in ("visitor", *house.people)}
    event.listen(engine, "before_cursor_execute", note)
    faults, most = [], 0
    for sheet in house.sheets:
        statements.clear()
        page = clients[sheet.who].get(sheet.address)
        most = max(most, len(statements))
        if len(statements) > MOST_QUERIES:
            faults.append(f"{sheet.name} asks {len(statements)} times")
        is_private = page.address.startswith(("/workspace", "/desk", "/account"))
        if is_private and page.response.headers["Cache-Control"] != "no-store":
            faults.append(f"{sheet.name} may be kept by a browser")
    event.remove(engine, "before_cursor_execute", note)
    print(f"{len(house.sheets)} pages, {most} queries at most")
    assert faults == []
    assert len(house.sheets) > 100


def test_every_form_tells_what_is_wrong(house: House) -> None:
    for mistake in house.mistakes:
        page = send(house.client(mistake.who), mistake)
        assert page.status == 422, f"{mistake.name} answered {page.status}"
        assert page.errors, mistake.name
        assert page.soup.title, mistake.name
        assert page.soup.title.get_text().strip().startswith("Error: "), mistake.name
        assert list(faults_of(page)) == [], mistake.name


def test_every_page_is_well_formed_html(house: House) -> None:
    pages = {
        sheet.name: house.client(sheet.who).client.get(sheet.address).get_data(as_text=True)
        for sheet in house.sheets
    }
    pages |= {
        f"wrong: {mistake.name}": str(
            send(house.client(mistake.who), mistake).response.get_data(as_text=True)
        )
        for mistake in house.mistakes
    }
    for name, text in pages.items():
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(text)
        errors = [error for error in parser.errors if error[1] != "invalid-codepoint"]
        assert errors == [], name


# In a browser

# The same form in another state of its offer, the same question about another colleague, and so on.
LIKE_ANOTHER = re.compile(
    r"form: course (?!draft|sent-back)|form: (vacancy|event) live"
    r"|remove: (?!active)|report form: (?!course live$)|public: course live-"
)


def window(house: House, browser: Browser, who: str, width: int = 1280) -> BrowserContext:
    """A browser’s window in which somebody is signed in."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    kept = house.client(who).client.get_cookie("portal") if who != "visitor" else None
    if kept:
        context.add_cookies([{"name": "portal", "value": kept.value, "url": house.site}])
    return context


def faults_at(page: Page, name: str) -> list[str]:
    """What axe finds on a phone by day and at a desk by night, and what does not fit."""
    found: list[str] = []
    seen: set[str] = set()
    for width in WIDTHS:
        if width == 768:
            page.set_viewport_size({"width": width, "height": 900})
        else:
            page.emulate_media(color_scheme="light" if width == 320 else "dark")
            found += [f"{name} {it}" for it in found_at(page, width, seen)]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{name} is {wide} wide at {width}")
    return found


def fill_in_wrongly(page: Page, house: House, mistake: Mistake) -> None:
    page.goto(house.site + mistake.address)
    action = mistake.action or mistake.address
    with page.expect_navigation():
        page.evaluate(
            """([action, fields]) => {
              const form = document.querySelector(`form[method=post][action="${action}"]`);
              for (const [name, value] of Object.entries(fields)) {
                const field = form.elements[name];
                const isChoice = field instanceof RadioNodeList &&
                  [...field].some((it) => it.type === "radio");
                const isTyped = field instanceof Element && field.type !== "submit";
                if (isChoice || isTyped) field.value = value;
                else form.insertAdjacentHTML("beforeend",
                  `<input type="hidden" name="${name}" value="${value}">`);
              }
              HTMLFormElement.prototype.submit.call(form);
            }""",
            [action, dict(mistake.fields)],
        )
    assert page.title().startswith("Error: "), mistake.name


@pytest.mark.browser
@pytest.mark.parametrize(
    "who",
    [
        "visitor",
        "owner",
        "moderator",
        "newcomer",
        "employer",
        "with factor",
        "arriving",
        "host",
        "adviser",
        "lead",
    ],
)
def test_axe_finds_nothing_and_every_page_reflows(house: House, browser: Browser, who: str) -> None:
    context = window(house, browser, who)
    context.add_init_script(AXE_SCRIPT)
    page = context.new_page()
    found = []
    for sheet in house.sheets:
        if sheet.who == who and not LIKE_ANOTHER.match(sheet.name):
            page.goto(house.site + sheet.address)
            found += faults_at(page, sheet.name)
    for mistake in house.mistakes:
        if mistake.who == who:
            fill_in_wrongly(page, house, mistake)
            found += faults_at(page, f"wrong: {mistake.name}")
    context.close()
    assert found == []


@pytest.mark.browser
def test_axe_sees_a_fault_that_was_planted_behind_sign_in(house: House, browser: Browser) -> None:
    context = window(house, browser, "owner")
    page = context.new_page()
    page.goto(house.site + "/workspace/events/new")
    page.evaluate("document.querySelector('label[for=title]').remove()")
    page.evaluate("document.querySelector('h1').style = 'color: #ddd; width: 400px'")
    found = " ".join(faults_at(page, "planted"))
    for rule in ("label", "color-contrast", "wide at 320"):
        assert rule in found
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", ["visitor: /sign-in", "desk: course live-submitted",
                                  "form: course draft", "upload: checked"])  # fmt: skip
def test_every_control_is_reached_by_key_with_focus_seen(
    house: House, browser: Browser, name: str
) -> None:
    sheet = next(sheet for sheet in house.sheets if sheet.name == name)
    context = window(house, browser, sheet.who)
    page = context.new_page()
    page.goto(house.site + sheet.address)
    stops, reached, unseen = page.evaluate(STOPS), [], []
    assert len(stops) > 10
    for _ in range(2 * len(stops) + 20):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(STOPPED_AT))
        if reached[-1] and not page.evaluate(OUTLINED):
            unseen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 80)"))
        if set(stops) <= set(reached):
            break
    assert unseen == []
    missed = [page.locator(f"[data-stop='{stop}']").evaluate("it => it.outerHTML.slice(0, 150)")
              for stop in set(stops) - set(reached)]  # fmt: skip
    assert missed == []
    assert list(dict.fromkeys(stop for stop in reached if stop)) == list(dict.fromkeys(stops))
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("address", ["/account", "/workspace", "/workspace/members"])
def test_after_signing_out_going_back_shows_nothing(
    house: House, browser: Browser, address: str
) -> None:
    context = window(house, browser, "owner")
    page = context.new_page()
    page.goto(house.site + address)
    mail = house.people["owner"].email
    assert house.people["owner"].name in page.content()
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    page.wait_for_url(re.compile("signed-out"))
    page.go_back()
    page.wait_for_load_state()
    assert "/sign-in" in page.url
    assert house.people["owner"].name not in page.content()
    assert mail not in page.content()
    context.close()
