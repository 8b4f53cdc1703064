"""Whatever is stored stays words: 60 payloads in every text, opened in a browser without CSP."""

import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

import pytest
from browsers import served
from conftest import ROOT, close, fill
from everything import LISTS, Sheet, make_provider, make_waiting, put_offer
from everything_at_work import make_work
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import ChoiceLoader, DictLoader, meta
from members import make_member, signed_in
from offers import make_city, make_moderators
from pages import Page, PageClient
from playwright.sync_api import Browser, BrowserContext
from playwright.sync_api import Page as Window
from sqlalchemy import delete
from werkzeug.datastructures import MultiDict

from portal.accounts.forms import SignUpForm
from portal.accounts.models import Member
from portal.accounts.safe_addresses import is_web_address
from portal.clock import now, today
from portal.extensions import db
from portal.mail import Letter, OutboxPost, address_for, deliver, outbox_folder, queue
from portal.provision.forms import CourseForm, EventForm, VacancyForm
from portal.provision.offers import COURSE
from portal.publishing.life import State
from portal.shortlists.alert_hits import Line, ToTell

pytestmark = [pytest.mark.browser, pytest.mark.long]
PAYLOADS = (ROOT / "tests/corpora/script_payloads.txt").read_text("utf-8").splitlines()
WORLDS = 4
# What only a payload brings into a page: no page of ours has any of it.
BROUGHT_IN = """() => [
  "script:not([src^='/static/'])", "iframe", "object", "embed", "base", "meta[http-equiv]",
  "svg script", "svg animate", "svg foreignObject", "math", "video", "audio", "template",
  "img:not([src^='/static/'], [src$='/badge.svg'])", "image", "link[href*='evil']", "[style]",
  "a[href^='java' i]", "a[href^='data:' i]", "[formaction]:not([formaction^='/advising/lists/'])",
].flatMap((selector) => [...document.querySelectorAll(selector)])
 .concat([...document.querySelectorAll('*')].filter(
   (it) => [...it.attributes].some((attribute) => attribute.name.startsWith('on'))))
 .map((it) => it.outerHTML.slice(0, 90))"""
CAUGHT = "() => window.caught || [...document.querySelectorAll('iframe')].length"
SEEN = """() => document.body.innerText + [...document.querySelectorAll('input, textarea, option')]
  .map((it) => it.value || it.text).join(' ') + document.title"""


@dataclass
class Words:
    """Texts for fields: a marker to find them again, then payloads that begin with another each."""

    world: int
    worlds: int = WORLDS
    said: set[str] = field(default_factory=set)

    def __call__(self, name: str) -> str:
        marker = f"⟦{name}⟧"
        self.said.add(marker)
        mine = PAYLOADS[self.world :: self.worlds]
        turn = crc32(name.encode()) % len(mine)
        return f"{marker} {' '.join(mine[turn:] + mine[:turn])}"


@dataclass
class Watch:
    """What happened in a browser that should not, and which texts it has shown."""

    faults: list[str] = field(default_factory=list)
    text: str = ""

    def over(self, context: BrowserContext, site: str) -> None:
        def note(address: str) -> None:
            if not address.startswith((site, "about:")):
                self.faults.append(f"asked for {address}")

        context.on("request", lambda request: note(request.url))
        context.on("dialog", lambda dialog: (self.faults.append("a dialog"), dialog.dismiss()))

    def look(self, page: Window, name: str) -> None:
        """Note what a payload has done to the page that is open."""
        brought, caught, seen = page.evaluate(f"() => [({BROUGHT_IN})(), ({CAUGHT})(), ({SEEN})()]")
        self.faults += [f"{name}: {it}" for it in brought]
        if caught:
            self.faults.append(f"{name}: a script ran")
        self.text += seen


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = make_city(tmp_path_factory.mktemp("scripts"))
    yield app
    close(app)


def window(
    app: Flask, browser: Browser, site: str, member: Member | None, watch: Watch
) -> BrowserContext:
    """A browser’s window with script and without our policy, in which a member is signed in."""
    context = browser.new_context(bypass_csp=True)
    watch.over(context, site)
    if member is None:
        return context
    kept = client_of(app, member).get_cookie("portal")
    assert kept
    context.add_cookies([{"name": "portal", "value": kept.value, "url": site}])
    return context


def open_all(page: Window, site: str, sheets: list[Sheet], watch: Watch) -> None:
    for sheet in sheets:
        answer = page.goto(site + sheet.address)
        assert answer
        assert answer.status == 200, f"{sheet.name} answered {answer.status}"
        watch.look(page, sheet.name)


def read_all(page: Window, client: FlaskClient, sheets: list[Sheet], watch: Watch) -> None:
    """The same without the way through a server, with our own script and style left out."""
    for sheet in sheets:
        answer = client.get(sheet.address)
        assert answer.status_code == 200, f"{sheet.name} answered {answer.status_code}"
        page.set_content(answer.get_data(as_text=True))
        watch.look(page, sheet.name)


def client_of(app: Flask, member: Member | None) -> FlaskClient:
    return (signed_in(app, member) if member else PageClient(app)).client


def test_no_stored_text_becomes_part_of_a_page(city: Flask, browser: Browser) -> None:
    """The first of the worlds through a server, with our own script; the others’ pages alone."""
    moderator, _ = make_moderators(city)
    watch, opened = Watch(), 0
    with served(city) as site:
        for number in range(WORLDS):
            words = Words(number)
            provider, waiting = make_provider(city, words), make_waiting(city, words)
            work = make_work(city, words)
            sheets = [*provider.sheets, *waiting, *(LISTS if number == WORLDS - 1 else ())]
            sheets += work.sheets
            people = {"owner": provider.people["owner"], "moderator": moderator, "visitor": None}
            people |= work.people
            for who, member in people.items():
                theirs = [sheet for sheet in sheets if sheet.who == who]
                context = window(city, browser, site, member, watch)
                if number:
                    read_all(context.new_page(), client_of(city, member), theirs, watch)
                else:
                    open_all(context.new_page(), site, theirs, watch)
                context.close()
                opened += len(theirs)
    print(f"{opened} pages")
    assert watch.faults == []
    unseen = {marker for marker in words.said if marker not in watch.text}
    assert unseen == set(), "these were planted and no page showed them"


def test_suggestions_and_the_index_hand_out_words(city: Flask, browser: Browser) -> None:
    words, watch = Words(0), Watch()
    provider = make_provider(city, words)
    fill(city)
    with served(city) as site:
        page = window(city, browser, site, None, watch).new_page()
        page.goto(site)
        page.get_by_role("combobox").focus()
        page.keyboard.type("course live tit")
        page.wait_for_selector("[role=option]")
        watch.look(page, "suggestions")
        assert "⟦course" in page.locator("[role=listbox]").inner_text()
    assert provider.organisation.name.startswith("⟦organisation⟧")
    assert watch.faults == []


def queue_letters(app: Flask, recipient: str, words: Words) -> list[str]:
    """Every letter of the portal with payloads for all that it is told; their names."""
    names = sorted(path.stem for path in (ROOT / "portal/templates/mail").glob("*.txt"))
    with app.test_request_context():
        for name in names:
            source = app.jinja_env.loader.get_source(app.jinja_env, f"mail/{name}.txt")[0]  # type: ignore[union-attr]
            wanted = meta.find_undeclared_variables(app.jinja_env.parse(source))
            given: dict[str, object] = {value: words(value) for value in wanted}
            given |= {n: address_for("/sign-in") for n in wanted & {"link", "sign_in", "reset"}}
            given |= {"titles": [words("one"), words("two")], "more": 1}
            given |= dict.fromkeys(("first_day", "last_day", "expires_on", "goes_on"), today())
            given |= {"told": told_of(words), "number": 2, "link": address_for("/sign-in")}
            given |= {"things": [(words("thing"), address_for("/sign-in"))]}
            given |= {"dates": [(words("date"), words("date words"))]}
            queue(db.session, recipient=recipient, letter=name, **given)
        db.session.commit()
        deliver(db.session, OutboxPost(outbox_folder(app.config)), now=now() + dt.timedelta(1))
    return names


def told_of(words: Words) -> ToTell:
    """News of a saved search, in words that strangers typed."""
    line = Line("roles/kiln-worker", "vacancy", words("title"), words("who"), today())
    return ToTell(soon=(line,), new=(line,), more=1, closing=(), seen_through=0)


def test_letters_and_the_outbox_hold_words_only(city: Flask, browser: Browser) -> None:
    watch, worlds = Watch(), 3
    shutil.rmtree(outbox_folder(city.config), ignore_errors=True)
    with city.app_context():
        db.session.execute(delete(Letter))
        db.session.commit()
    for number in range(worlds):
        names = queue_letters(city, "reader@kilnhurst.example", Words(number, worlds))
    sent = sorted(path.stem for path in outbox_folder(city.config).glob("*.eml"))
    assert len(sent) == worlds * len(names)
    page, client = window(city, browser, "about:", None, watch).new_page(), city.test_client()
    pages = [Sheet("outbox", "visitor", "/outbox")]
    pages += [Sheet("mail", "visitor", f"/outbox/{name}") for name in sent]
    read_all(page, client, pages, watch)
    assert watch.faults == []
    assert "⟦organisation⟧" in watch.text
    for name in sent:
        html = client.get(f"/outbox/{name}/html").get_data(as_text=True)
        page.set_content(html)
        assert not page.evaluate(CAUGHT), html
        assert [it for it in page.evaluate(BROUGHT_IN) if not is_ours(it)] == [], html
        watch.text += page.evaluate(SEEN)


def is_ours(element: str) -> bool:
    """Letters have styles in their elements, because mail programs drop all others."""
    return " style=" in element


@pytest.mark.parametrize(
    ("template", "before", "after"),
    [
        ("workspace/offers.html", "{{ offer.title }}", "{{ offer.title | safe }}"),
        ("components/parts.html", "{{ offer.state_words }}</span>",
         "{{ offer.state_words }}<a href={{ offer.title }}>x</a></span>"),
        ("members.html", "{{ current_user.member.name }}", "{{ current_user.member.name | safe }}"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("payloads", [0, 1, 3])
def test_the_watch_finds_a_text_that_was_let_through(
    tmp_path: Path, browser: Browser, template: str, before: str, after: str, payloads: int
) -> None:
    app = make_city(tmp_path)
    source = (ROOT / "portal/templates" / template).read_text("utf-8")
    assert before in source
    planted = DictLoader({template: source.replace(before, after)})
    app.jinja_env.loader = ChoiceLoader([planted, app.jinja_env.loader])  # type: ignore[list-item]
    words, watch = Words(payloads), Watch()
    member = make_member(app, is_trusted=True, name=words("member"))
    put_offer(app, member, COURSE, State.DRAFT, words)
    with served(app) as site:
        context = window(app, browser, site, member, watch)
        open_all(context.new_page(), site, [Sheet("list", "owner", "/workspace/courses")], watch)
        context.close()
    close(app)
    assert watch.faults


def test_no_payload_is_kept_as_a_web_address(small_app: Flask) -> None:
    """Whatever a page makes a link of is a web address by the rule of every form."""
    for payload in PAYLOADS:
        assert not is_web_address(payload), payload
    with small_app.test_request_context():
        for form, name in ((CourseForm, "web_address"), (VacancyForm, "apply_url"),
                           (EventForm, "book_url"), (SignUpForm, "website")):  # fmt: skip
            for payload in PAYLOADS:
                filled = form(MultiDict({name: payload}), meta={"csrf": False})
                filled.validate()
                assert filled[name].errors, f"{name} keeps {payload}"


@pytest.mark.parametrize("payload", PAYLOADS[::6])
def test_a_draft_that_keeps_anything_makes_no_link_of_it(small_app: Flask, payload: str) -> None:
    member = make_member(small_app, is_trusted=True)
    public_id = put_offer(small_app, member, COURSE, State.DRAFT, lambda _: payload)
    address = f"/workspace/offers/{public_id}"
    page = Page(signed_in(small_app, member).client.get(address), address)
    assert page.heading
    assert [link for link in page.links if not link.startswith(("/", "#", "http", "tel:"))] == []
