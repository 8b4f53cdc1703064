"""A visitor’s own list: on the device only, worked without script, taken along in several ways."""

import datetime as dt
import random
import re
import threading
from collections.abc import Callable, Iterator
from itertools import islice

import brotli
import pytest
from builders import make_event, make_vacancy, publish
from codes import drawn, matrix
from conftest import fill
from flask import Flask
from icalendar import Calendar
from itsdangerous import URLSafeSerializer
from members import signed_in
from pages import Page as Answer
from pages import PageClient, faults_of
from placements import make_adviser, make_listing
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy import select
from test_browser import BUDGETS, found_by_axe, press_until
from test_pages import html_faults

from portal.catalogue.models import RETIRED, Entry, OldSlug
from portal.clock import now, today
from portal.extensions import db
from portal.mail import Letter
from portal.shortlists import filing, handing
from portal.shortlists.models import HandedList, Shortlist
from portal.shortlists.on_device import KEPT_SECONDS, MOST

FROM_HERE = {"Origin": "http://localhost"}
ROLE, OTHER, THIRD = "roles/bricklayer", "roles/adult-nurse", "roles/plumber"
VACANCY, EVENT = "vacancies/trainee-potter", "events/open-day"
# What a page without a token may be sent to, with fields that would do something.
WITHOUT_TOKEN = {
    "/my-list/change": {"add": THIRD},
    "/my-list/arrange": {"take-off": ROLE},
    "/my-list/clear": {},
    "/my-list/code": {"token": "some-token"},
    "/my-list/mail": {"token": "some-token", "email": "ada@kiln.example"},
    "/list/keep-all": {"e": THIRD},
}
MY_PAGES = ["/my-list", "/my-list/print", "/my-list/mail", "/my-list/mail/sent"]


class Visitor:
    """Somebody without an account and without script, in one browser."""

    def __init__(self, app: Flask) -> None:
        self.page = PageClient(app)

    def send(self, address: str, status: int = 303, **fields: object) -> Answer:
        """Send one of the forms that need no token, as a browser does."""
        response = self.page.client.post(address, data=fields, headers=FROM_HERE)
        assert response.status_code == status, f"{address} answered {response.status_code}"
        answer = Answer(response, address)
        assert status == 303 or not list(faults_of(answer))
        return answer

    def add(self, *keys: str) -> None:
        for key in keys:
            self.send("/my-list/change", add=key)

    def arrange(self, status: int = 303, **fields: object) -> Answer:
        """Send the whole form of the page, as it stands, with what is changed in it."""
        form = self.page.get("/my-list").soup.select_one("form[data-keep-notes]")
        assert form is not None
        typed = {str(i["name"]): str(i["value"]) for i in form.select("input[name^='note:']")}
        return self.send("/my-list/arrange", status, **(typed | fields))

    @property
    def list(self) -> list[str]:
        """What is on the list, in its order."""
        notes = self.page.get("/my-list").soup.select("[data-keep-notes] input[name^='note:']")
        return [str(note["name"]).removeprefix("note:") for note in notes]

    @property
    def notes(self) -> dict[str, str]:
        """What is noted, by key."""
        notes = self.page.get("/my-list").soup.select("[data-keep-notes] input[name^='note:']")
        return {str(n["name"]).removeprefix("note:"): str(n["value"]) for n in notes if n["value"]}

    @property
    def address(self) -> str:
        """The link that the page offers."""
        field = self.page.get("/my-list").soup.find(id="address")
        assert field is not None
        return str(field["value"])


@pytest.fixture
def visitor(catalogue: Flask) -> Visitor:
    return Visitor(catalogue)


@pytest.fixture
def potters(small_app: Flask) -> Flask:
    """A small city with a vacancy that closes, an open day and a day at work."""
    publish(small_app, make_vacancy(), make_event())
    make_listing(small_app, slug="a-day")
    fill(small_app)
    return small_app


def role_keys(app: Flask) -> Iterator[str]:
    with app.app_context():
        found = db.session.scalars(select(Entry).where(Entry.kind == "role").order_by(Entry.id))
        yield from [entry.key for entry in found]


def buttons(page: Answer) -> dict[str, str]:
    """What pressing each card’s button would do, by key."""
    return {str(b["value"]): str(b["name"]) for b in page.soup.select("[data-collect]")}


# Adding and taking off


def test_a_card_adds_and_takes_off_and_one_comes_back_to_it(visitor: Visitor) -> None:
    assert buttons(visitor.page.get("/search?q=bricklayer"))[ROLE] == "add"
    answer = visitor.send("/my-list/change", add=ROLE, back="/search?q=bricklayer")
    assert answer.response.location == "/search?q=bricklayer#at-roles-bricklayer"
    back = visitor.page.get("/search?q=bricklayer")
    assert back.soup.find(id="at-roles-bricklayer")
    assert buttons(back)[ROLE] == "take-off"
    assert "My list (1)" in " ".join(back.soup.header.get_text(" ").split()).replace(" (", " (")
    visitor.send("/my-list/change", **{"take-off": ROLE})
    assert visitor.list == []


def test_adding_twice_adds_once(visitor: Visitor) -> None:
    visitor.add(ROLE, OTHER, ROLE)
    assert visitor.list == [ROLE, OTHER]


def test_taking_off_what_is_not_there_changes_nothing(visitor: Visitor) -> None:
    visitor.add(ROLE)
    visitor.send("/my-list/change", **{"take-off": OTHER})
    assert visitor.list == [ROLE]


@pytest.mark.parametrize(
    "key", ["", "roles/nobody-is-this", "users/1", "../etc", "roles/", "é/\x00"]
)
def test_what_is_not_in_the_catalogue_is_not_added(visitor: Visitor, key: str) -> None:
    answer = visitor.send("/my-list/change", add=key)
    assert "was not added" in visitor.page.get(answer.response.location).words
    assert "portal-list" not in answer.response.headers.get("Set-Cookie", "")


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:1", ""]
)
def test_one_comes_back_to_this_site_only(visitor: Visitor, back: str) -> None:
    answer = visitor.send("/my-list/change", add=ROLE, back=back)
    assert answer.response.location == "/my-list#at-roles-bricklayer"


def test_script_gets_data_instead_of_a_page(visitor: Visitor) -> None:
    headers = FROM_HERE | {"Accept": "application/json"}
    post = visitor.page.client.post
    first = post("/my-list/change", data={"add": ROLE}, headers=headers)
    assert first.get_json() == {"on": True, "number": 1, "told": ""}
    gone = post("/my-list/change", data={"add": "roles/gone"}, headers=headers).get_json()
    assert (gone["on"], gone["number"]) == (False, 1)
    assert "was not added" in gone["told"]
    off = post("/my-list/change", data={"take-off": ROLE}, headers=headers)
    assert off.get_json() == {"on": False, "number": 0, "told": ""}


def test_a_page_that_a_browser_kept_can_ask_what_is_on_the_list(visitor: Visitor) -> None:
    visitor.add(ROLE)
    answer = visitor.page.client.get("/my-list/keys.json")
    assert answer.get_json() == {"keys": [ROLE], "number": 1}
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_list_holds_twenty_and_says_so_kindly(catalogue: Flask, visitor: Visitor) -> None:
    keys = list(islice(role_keys(catalogue), MOST + 1))
    visitor.send("/list/keep-all", e=keys[:MOST])
    answer = visitor.send("/my-list/change", add=keys[MOST])
    assert "Your list is full" in visitor.page.get(answer.response.location).words
    assert visitor.list == keys[:MOST]


@pytest.mark.parametrize(
    "address",
    ["/search?q=bricklayer", "/roles/bricklayer", "/programmes/health-t-level",
     "/courses/bricklayer-apprenticeship-nscg", "/guides/routes-at-16", "/guides",
     "/sectors/construction", "/climbing-frame/squares/3-construction",
     "/plan/from-here?level=2&age=35&job=roles/retail-assistant&want=earn"],
)  # fmt: skip
def test_every_kind_of_card_and_page_can_be_kept(visitor: Visitor, address: str) -> None:
    page = visitor.page.get(address)
    assert buttons(page)
    for key in buttons(page):
        assert page.soup.find(id=f"at-{key.replace('/', '-')}"), key
    if address.count("/") == 2 and not address.startswith(("/sectors", "/plan")):
        assert address.removeprefix("/") in buttons(page)


@pytest.mark.parametrize("address", ["/vacancies", "/events", "/listings"])
def test_what_organisations_publish_can_be_kept(potters: Flask, address: str) -> None:
    page = PageClient(potters).get(address)
    (key,) = buttons(page)
    assert key.startswith(address.removeprefix("/"))
    assert key in buttons(PageClient(potters).get(f"/{key}"))


# The page of the list


def test_entries_are_put_in_order(visitor: Visitor) -> None:
    visitor.add(ROLE, OTHER, THIRD)
    visitor.arrange(up=THIRD)
    assert visitor.list == [ROLE, THIRD, OTHER]
    visitor.arrange(down=ROLE)
    assert visitor.list == [THIRD, ROLE, OTHER]
    visitor.arrange(up=THIRD)
    visitor.arrange(down=OTHER)
    assert visitor.list == [THIRD, ROLE, OTHER]


def test_one_comes_back_to_the_button_that_was_pressed_or_the_other_at_an_end(
    visitor: Visitor,
) -> None:
    visitor.add(ROLE, OTHER, THIRD)
    for fields, there in [
        ({"up": THIRD}, "up-roles-plumber"),
        ({"up": THIRD}, "down-roles-plumber"),
        ({"down": THIRD}, "down-roles-plumber"),
        ({"down": THIRD}, "up-roles-plumber"),
    ]:
        answer = visitor.arrange(**fields)
        assert answer.response.location == f"/my-list#{there}"
        assert visitor.page.get("/my-list").soup.find(id=there)


@pytest.mark.parametrize("pressed", ["up", "down", "take-off", "nothing"])
def test_a_note_is_never_lost_whatever_is_pressed(visitor: Visitor, pressed: str) -> None:
    visitor.add(ROLE, OTHER, THIRD)
    visitor.arrange(
        **{f"note:{ROLE}": "Ask Mum", f"note:{THIRD}": "Near  the\nbus", pressed: OTHER}
    )
    assert visitor.notes == {ROLE: "Ask Mum", THIRD: "Near the bus"}


def test_a_note_stays_with_its_entry_and_is_as_long_as_it_may_be(visitor: Visitor) -> None:
    visitor.add(ROLE, OTHER)
    visitor.arrange(**{f"note:{ROLE}": "<b>bold</b> & “" + "é" * 200, "down": ROLE})
    assert visitor.list == [OTHER, ROLE]
    assert visitor.notes == {ROLE: ("<b>bold</b> & “" + "é" * 200)[:100]}
    visitor.add(THIRD)
    assert len(visitor.notes[ROLE]) == 100


def test_what_no_page_can_show_is_left_out_of_a_note(visitor: Visitor) -> None:
    visitor.add(ROLE)
    visitor.arrange(**{f"note:{ROLE}": "a\x00b\x07c"})
    assert visitor.notes == {ROLE: "abc"}


def test_notes_that_the_device_cannot_hold_are_told_kindly_and_nothing_is_lost(
    catalogue: Flask, visitor: Visitor
) -> None:
    keys = list(islice(role_keys(catalogue), MOST))
    visitor.send("/list/keep-all", e=keys)
    visitor.arrange(**{f"note:{keys[0]}": "Kept before"})
    chance = random.Random(1)  # noqa: S311 - the same each time
    long = {
        f"note:{key}": "".join(chr(chance.randrange(0x1F300, 0x1F600)) for _ in range(100))
        for key in keys
    }
    answer = visitor.arrange(422, **long)
    assert "Your device has no more room for notes this long" in answer.words
    shown = {str(i["name"]): str(i["value"]) for i in answer.soup.select("input[name^='note:']")}
    assert shown == long
    assert "portal-list" not in answer.response.headers.get("Set-Cookie", "")
    assert visitor.list == keys
    assert visitor.notes == {keys[0]: "Kept before"}


def test_a_full_list_fits_into_what_a_browser_keeps(catalogue: Flask, visitor: Visitor) -> None:
    keys = list(islice(role_keys(catalogue), MOST))
    visitor.send("/list/keep-all", e=keys)
    answer = visitor.arrange(**{f"note:{key}": f"Ask about {key} and the bus" for key in keys})
    cookie = answer.response.headers["Set-Cookie"]
    print(f"a full list with short notes: {len(cookie)} bytes")
    assert len(cookie) < 4096


def test_one_press_clears_the_list_and_nothing_is_left(visitor: Visitor) -> None:
    visitor.add(ROLE, OTHER)
    answer = visitor.send("/my-list/clear")
    assert "portal-list=;" in answer.response.headers["Set-Cookie"]
    assert visitor.page.client.get_cookie("portal-list") is None
    page = visitor.page.get(answer.response.location)
    assert "Nothing of it is left on this device" in page.words
    assert visitor.list == []


def test_clearing_an_empty_list_sets_no_cookie(visitor: Visitor) -> None:
    assert "Set-Cookie" not in visitor.send("/my-list/clear").response.headers
    assert "Set-Cookie" not in visitor.page.client.get("/my-list").headers


def test_the_page_says_what_closes_or_happens_next(potters: Flask) -> None:
    visitor = Visitor(potters)
    visitor.add(VACANCY, EVENT, "listings/a-day")
    words = visitor.page.get("/my-list").soup.select_one(".what-comes").get_text(" ")
    order = [words.index(title) for title in ("Come and see", "Trainee potter", "A day in the")]
    assert order == sorted(order)
    assert "Open day: " in words
    assert "Closes: " in words
    assert "9am" in words or "10am" in words
    assert words.count("Soon") == 1


def test_reading_any_page_of_the_list_changes_nothing(potters: Flask) -> None:
    visitor = Visitor(potters)
    visitor.add(VACANCY)
    for address in (*MY_PAGES, "/my-list/dates.ics", f"/list?e={VACANCY}"):
        assert "Set-Cookie" not in visitor.page.client.get(address).headers


# Entries that moved, closed or were taken down


def change(app: Flask, key: str, **columns: object) -> None:
    with app.app_context():
        entry = db.session.scalars(select(Entry).where(Entry.slug == key.split("/")[1])).one()
        for name, value in columns.items():
            setattr(entry, name, value)
        db.session.commit()


def test_what_moved_is_found_and_takes_its_new_name_with_the_next_change(potters: Flask) -> None:
    visitor = Visitor(potters)
    visitor.add(VACANCY, EVENT)
    visitor.arrange(**{f"note:{VACANCY}": "Try this"})
    change(potters, VACANCY, slug="potter-in-training")
    with potters.app_context():
        entry = db.session.scalars(select(Entry).where(Entry.slug == "potter-in-training")).one()
        db.session.add(OldSlug(kind="vacancy", slug="trainee-potter", entry_id=entry.id))
        db.session.commit()
    assert "/vacancies/potter-in-training" in visitor.page.get("/my-list").links
    visitor.add("vacancies/potter-in-training")
    assert visitor.list == ["vacancies/potter-in-training", EVENT]
    assert visitor.notes == {"vacancies/potter-in-training": "Try this"}


def test_what_moved_is_taken_off_by_the_button_of_its_new_page(potters: Flask) -> None:
    visitor = Visitor(potters)
    visitor.add(VACANCY)
    change(potters, VACANCY, slug="potter-in-training")
    with potters.app_context():
        entry = db.session.scalars(select(Entry).where(Entry.slug == "potter-in-training")).one()
        db.session.add(OldSlug(kind="vacancy", slug="trainee-potter", entry_id=entry.id))
        db.session.commit()
    visitor.send("/my-list/change", **{"take-off": "vacancies/potter-in-training"})
    assert visitor.list == []


@pytest.mark.parametrize(
    ("columns", "title"),
    [
        (
            {"show_until": today() - dt.timedelta(days=1), "title": "A closed place"},
            "A closed place",
        ),
        ({"status": RETIRED, "title": "Words that moderators took down"}, "Trainee potter"),
    ],
    ids=["closed", "taken down"],
)
def test_what_is_not_shown_any_more_stays_and_is_said_in_words(
    potters: Flask, columns: dict[str, object], title: str
) -> None:
    visitor = Visitor(potters)
    visitor.add(VACANCY, EVENT)
    visitor.arrange(**{f"note:{VACANCY}": "My favourite"})
    change(potters, VACANCY, **columns)
    page = visitor.page.get("/my-list")
    gone = page.soup.select_one(".result-gone")
    assert gone is not None
    assert gone.h3.get_text() == title
    assert "Not shown any more" in gone.get_text()
    assert f"/{VACANCY}" not in page.links
    assert visitor.notes == {VACANCY: "My favourite"}
    printed = visitor.page.get("/my-list/print")
    assert title in printed.words
    assert len(printed.soup.select("svg.sheet-code")) == 1
    visitor.arrange(**{"take-off": VACANCY})
    assert visitor.list == [EVENT]


def test_a_list_of_nothing_but_what_is_gone_can_only_be_cleared(potters: Flask) -> None:
    visitor = Visitor(potters)
    visitor.add(VACANCY)
    change(potters, VACANCY, status=RETIRED)
    assert "Take it with you" not in visitor.page.get("/my-list").words
    for address in ("/my-list/dates.ics", "/my-list/mail"):
        assert visitor.page.client.get(address).location == "/my-list"
    visitor.send("/my-list/code", token="a-token")
    with potters.app_context():
        assert db.session.query(HandedList).count() == 0


# The cookie


def test_a_visitor_without_a_list_gets_no_cookie_and_the_same_bytes_as_everybody(
    catalogue: Flask,
) -> None:
    other = Visitor(catalogue)
    other.add(OTHER)
    for address in ("/search?q=nurse+wards", "/roles/adult-nurse", "/", "/guides"):
        other.page.get(address)
        first, second = (PageClient(catalogue).client.get(address) for _ in range(2))
        assert "Set-Cookie" not in first.headers
        assert first.data == second.data
        assert b"take-off" not in first.data


def test_a_page_of_results_that_is_kept_shows_nobody_another_ones_list(catalogue: Flask) -> None:
    """Nobody else searches for these words here, so the first page is the one that is kept."""
    nurse, builder, nobody = Visitor(catalogue), Visitor(catalogue), Visitor(catalogue)
    nurse.add(OTHER)
    builder.add(ROLE)
    for part in ("", "&part=results"):
        for _ in range(2):
            assert buttons(nurse.page.get(f"/search?q=nurse+adults{part}"))[OTHER] == "take-off"
            assert buttons(builder.page.get(f"/search?q=nurse+adults{part}"))[OTHER] == "add"
            assert buttons(nobody.page.get(f"/search?q=nurse+adults{part}"))[OTHER] == "add"
    assert "(1)" in builder.page.get("/search?q=nurse+adults").soup.header.get_text()
    assert "(1)" not in nobody.page.get("/search?q=nurse+adults").soup.header.get_text()


def signed(app: Flask, content: object) -> str:
    return str(URLSafeSerializer(app.config["SECRET_KEY"], salt="list on a device").dumps(content))


@pytest.mark.parametrize(
    "cookie",
    ["", "x", "a.b.c", "." * 3000, "é" * 50, "%00%ff", "W10.AAAA", ".eJ.x", '"', "null"],
)
def test_a_cookie_that_we_did_not_write_is_an_empty_list(catalogue: Flask, cookie: str) -> None:
    visitor = Visitor(catalogue)
    visitor.page.client.set_cookie("portal-list", cookie)
    assert visitor.list == []
    visitor.page.get("/roles/bricklayer")
    visitor.add(ROLE)
    assert visitor.list == [ROLE]


@pytest.mark.parametrize(
    "content",
    [None, 7, "roles/bricklayer", {"roles/bricklayer": "note"}, [["roles/bricklayer"]], [7],
     [["roles/bricklayer", None]], [[1, 2]], [["a", "b", "c"]], [[["x"], {}]], []],
    ids=str,
)  # fmt: skip
def test_a_cookie_in_an_old_form_is_an_empty_list(catalogue: Flask, content: object) -> None:
    visitor = Visitor(catalogue)
    visitor.page.client.set_cookie("portal-list", signed(catalogue, content))
    assert visitor.list == []
    visitor.page.get("/search?q=nurse")


def test_a_cookie_that_was_changed_by_hand_does_not_count(visitor: Visitor) -> None:
    visitor.add(ROLE)
    cookie = visitor.page.client.get_cookie("portal-list")
    assert cookie is not None
    visitor.page.client.set_cookie("portal-list", "A" + cookie.value[1:])
    assert visitor.list == []


def test_a_key_in_the_cookie_that_nothing_has_is_shown_as_gone(catalogue: Flask) -> None:
    visitor = Visitor(catalogue)
    cookie = signed(catalogue, [["roles/lamp-lighter", "Nice"], [ROLE, ""]])
    visitor.page.client.set_cookie("portal-list", cookie)
    assert visitor.page.get("/my-list").soup.select_one(".result-gone h3").get_text() == (
        "Lamp lighter"
    )
    visitor.arrange(**{"take-off": "roles/lamp-lighter"})
    assert visitor.list == [ROLE]


def test_the_cookie_lasts_half_a_year_and_no_script_reads_it(visitor: Visitor) -> None:
    answer = visitor.send("/my-list/change", add=ROLE)
    cookie = answer.response.headers["Set-Cookie"]
    assert cookie.startswith("portal-list=")
    for part in (f"Max-Age={KEPT_SECONDS}", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert KEPT_SECONDS == 180 * 24 * 3600
    assert "180 days" in visitor.page.get("/cookies").words


def test_in_production_the_cookie_is_this_hosts_own_and_needs_https(small_app: Flask) -> None:
    small_app.config["SESSION_COOKIE_SECURE"] = True
    visitor = Visitor(small_app)
    cookie = visitor.send("/my-list/change", add="roles/kiln-worker").response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-portal-list=")
    assert "; Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "__Host-portal-list" in visitor.page.get("/cookies").words


@pytest.mark.parametrize("address", MY_PAGES)
def test_no_browser_keeps_a_page_of_the_list(visitor: Visitor, address: str) -> None:
    visitor.add(ROLE)
    headers = visitor.page.get(address).response.headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "noindex" in str(visitor.page.get(address).soup.find("meta", attrs={"name": "robots"}))


# Forms without a token


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Referer": "https://evil.example/http://localhost/"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
@pytest.mark.parametrize("address", WITHOUT_TOKEN)
def test_what_another_site_sends_is_refused_and_changes_nothing(
    catalogue: Flask, address: str, headers: dict[str, str]
) -> None:
    visitor = Visitor(catalogue)
    visitor.add(ROLE)
    answer = visitor.page.client.post(address, data=WITHOUT_TOKEN[address], headers=headers)
    assert answer.status_code == 400
    assert "portal-list" not in answer.headers.get("Set-Cookie", "")
    assert visitor.list == [ROLE]


@pytest.mark.parametrize(
    "headers",
    [
        FROM_HERE,
        {"Referer": "http://localhost/search"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    ],
    ids=str,
)
def test_what_this_site_sends_is_taken_without_a_token(
    small_app: Flask, headers: dict[str, str]
) -> None:
    small_app.config["WTF_CSRF_ENABLED"] = True
    visitor = Visitor(small_app)
    for address, fields in WITHOUT_TOKEN.items():
        visitor.add("roles/kiln-worker")
        answer = visitor.page.client.post(address, data=fields, headers=headers)
        assert answer.status_code == (200 if address == "/my-list/code" else 303)


def test_every_form_without_a_token_is_one_of_those(potters: Flask) -> None:
    visitor = Visitor(potters)
    visitor.add(VACANCY, EVENT)
    seen = {
        str(form["action"])
        for address in (*MY_PAGES, "/", f"/list?e={VACANCY}", "/search")
        for form in visitor.page.get(address).soup.select("form[data-from-here]")
    }
    assert seen == set(WITHOUT_TOKEN)


# Taking it along


def test_every_code_on_the_print_page_leads_to_the_full_address_of_its_entry(
    potters: Flask,
) -> None:
    potters.config["BASE_URL"] = "https://pathways.example"
    visitor = Visitor(potters)
    keys = [VACANCY, EVENT, "listings/a-day", "roles/kiln-worker"]
    visitor.add(*keys)
    codes = visitor.page.get("/my-list/print").soup.select("svg.sheet-code")
    assert len(codes) == len(keys)
    for code, key in zip(codes, keys, strict=True):
        assert drawn(code.path["d"]) == matrix(f"https://pathways.example/{key}")


def test_the_print_page_has_notes_and_dates_but_no_ways_elsewhere(potters: Flask) -> None:
    visitor = Visitor(potters)
    visitor.add(VACANCY)
    visitor.arrange(**{f"note:{VACANCY}": "Ring on Friday"})
    page = visitor.page.get("/my-list/print")
    assert "Ring on Friday" in page.words
    assert "Closes: " in page.words
    assert page.soup.find("nav") is None
    assert page.soup.find("footer") is None
    assert page.soup.select_one("[data-print]").has_attr("hidden")


def test_the_calendar_file_holds_closing_days_and_events_and_reads_as_one(potters: Flask) -> None:
    potters.config["BASE_URL"] = "https://pathways.example"
    visitor = Visitor(potters)
    visitor.add(VACANCY, EVENT, "listings/a-day", "roles/kiln-worker")
    answer = visitor.page.client.get("/my-list/dates.ics")
    assert answer.mimetype == "text/calendar"
    assert "attachment" in answer.headers["Content-Disposition"]
    found = {str(e["summary"]): e for e in Calendar.from_ical(answer.data).walk("VEVENT")}
    assert set(found) == {"Closes: Trainee potter", "Come and see the kilns"}
    closing, event = found["Closes: Trainee potter"], found["Come and see the kilns"]
    assert closing["dtstart"].dt == today() + dt.timedelta(days=20)
    assert closing["dtend"].dt - closing["dtstart"].dt == dt.timedelta(days=1)
    begins = dt.datetime.combine(today() + dt.timedelta(days=10), dt.time(9), dt.UTC)
    assert event["dtstart"].dt == begins
    assert event["location"].startswith("The Glost House")
    for one, key in ((closing, VACANCY), (event, EVENT)):
        assert one["url"] == f"https://pathways.example/{key}"
        assert one["uid"].endswith("@pathways.example")
    assert closing["uid"] != event["uid"]


def letters(app: Flask) -> list[Letter]:
    with app.app_context():
        found = list(db.session.scalars(select(Letter).order_by(Letter.id)))
        db.session.expunge_all()
        return found


def write_to(visitor: Visitor, address: str = "ada@kiln.example", **fields: object) -> Answer:
    """Open the form, fill it in, send it."""
    token = visitor.page.get("/my-list/mail").value_of("token")
    given = {"token": token, "email": address, "topic": ""} | fields
    return visitor.send("/my-list/mail", **given)


def test_the_list_comes_by_mail_without_notes(potters: Flask) -> None:
    visitor = Visitor(potters)
    visitor.add(VACANCY, EVENT)
    visitor.arrange(**{f"note:{VACANCY}": "My secret wish"})
    assert write_to(visitor).response.location == "/my-list/mail/sent"
    (letter,) = letters(potters)
    assert letter.recipient == "ada@kiln.example"
    assert letter.subject == "Your list"
    base = potters.config["BASE_URL"]
    for words in (f"- Trainee potter: {base}/{VACANCY}", f"{base}/list?e={VACANCY}&e={EVENT}",
                  "Closes: ", "Open day: ", "2 things"):  # fmt: skip
        assert words in letter.text
    assert "secret" not in letter.text
    assert f"/list?e={VACANCY}&e={EVENT}" in visitor.address


def test_a_mail_that_is_sent_twice_goes_once(potters: Flask) -> None:
    visitor = Visitor(potters)
    visitor.add(VACANCY)
    for _ in range(3):
        write_to(visitor, token="the-same")
    assert len(letters(potters)) == 1


def test_one_address_gets_few_mails_and_nobody_is_told_when_it_is_enough(potters: Flask) -> None:
    visitor = Visitor(potters)
    visitor.add(VACANCY)
    answers = {write_to(visitor, "Ada@Kiln.example").response.location for _ in range(5)}
    assert answers == {"/my-list/mail/sent"}
    assert len(letters(potters)) == 3
    write_to(visitor, "grace@kiln.example")
    assert len(letters(potters)) == 4


def test_a_program_that_fills_in_what_nobody_sees_sends_nothing(potters: Flask) -> None:
    visitor = Visitor(potters)
    visitor.add(VACANCY)
    assert write_to(visitor, topic="Cheap").response.location == "/my-list/mail/sent"
    assert letters(potters) == []


@pytest.mark.parametrize("address", ["", "ada", "ada@", "a@b.example\nBcc: c@d.example", "x" * 300])
def test_what_is_no_mail_address_is_told(potters: Flask, address: str) -> None:
    visitor = Visitor(potters)
    visitor.add(VACANCY)
    answer = visitor.send("/my-list/mail", 422, token="a", email=address)
    assert answer.errors
    assert answer.soup.title.get_text().startswith("Error: ")
    assert letters(potters) == []


# The code for an adviser


def code_in(answer: Answer) -> str:
    code = answer.soup.select_one(".list-code")
    assert code is not None
    return str(code.get_text(strip=True))


def test_a_code_hands_over_the_keys_once_and_no_notes(potters: Flask) -> None:
    visitor = Visitor(potters)
    visitor.add(VACANCY, EVENT)
    visitor.arrange(**{f"note:{VACANCY}": "My secret wish"})
    token = visitor.page.get("/my-list").soup.select_one("form[action='/my-list/code'] input")
    code = code_in(visitor.send("/my-list/code", 200, token=token["value"]))
    assert re.fullmatch(r"[346789BCDFGHJKMNPQRTVWXY]{4}-[346789BCDFGHJKMNPQRTVWXY]{4}", code)
    with potters.app_context():
        row = db.session.scalars(select(HandedList)).one()
        kept = " ".join(str(getattr(row, column.name)) for column in HandedList.__table__.columns)
        for secret in (code, code.replace("-", ""), "secret", token["value"]):
            assert secret not in kept
        assert row.expires_at - row.made_at > dt.timedelta(days=13, hours=23)
        typed = f" {code.lower().replace('-', ' ')} "
        assert handing.take(db.session, typed) == [VACANCY, EVENT]
        db.session.commit()
        assert handing.take(db.session, code) is None
    assert visitor.list == [VACANCY, EVENT]


def test_the_same_form_gives_the_same_code_and_another_form_another(potters: Flask) -> None:
    visitor = Visitor(potters)
    visitor.add(VACANCY)
    first, again, other = (
        code_in(visitor.send("/my-list/code", 200, token=token)) for token in ("a", "a", "b")
    )
    assert first == again != other
    with potters.app_context():
        assert db.session.query(HandedList).count() == 2


def test_a_code_that_is_too_old_or_was_never_given_opens_nothing(potters: Flask) -> None:
    visitor = Visitor(potters)
    visitor.add(VACANCY)
    code = code_in(visitor.send("/my-list/code", 200, token="a"))
    with potters.app_context():
        assert handing.take(db.session, "3333-4444") is None
        assert handing.take(db.session, "") is None
        db.session.scalars(select(HandedList)).one().expires_at = now()
        db.session.commit()
        assert handing.take(db.session, code) is None


def test_a_code_that_was_taken_counts_again_when_the_taker_gives_up(potters: Flask) -> None:
    with potters.app_context():
        code = handing.hand(db.session, [VACANCY], token="a")
        assert handing.take(db.session, code) == [VACANCY]
        db.session.rollback()
        assert handing.take(db.session, code) == [VACANCY]


def test_of_many_who_take_a_code_at_once_one_gets_it(potters: Flask) -> None:
    with potters.app_context():
        code = handing.hand(db.session, [VACANCY], token="a")
    together = threading.Barrier(8)
    taken: list[list[str] | None] = []

    def take() -> None:
        with potters.app_context():
            together.wait()
            taken.append(handing.take(db.session, code))
            db.session.commit()
            db.session.remove()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 8
    assert [keys for keys in taken if keys] == [[VACANCY]]


# The link


def test_anybody_can_open_the_link_and_nobody_is_in_it(potters: Flask) -> None:
    visitor = Visitor(potters)
    visitor.add(VACANCY, EVENT)
    visitor.arrange(**{f"note:{VACANCY}": "My secret wish"})
    address = visitor.address
    assert address == f"{potters.config['BASE_URL']}/list?e={VACANCY}&e={EVENT}"
    other = Visitor(potters)
    page = other.page.get(address.removeprefix(potters.config["BASE_URL"]))
    assert "Set-Cookie" not in page.response.headers
    assert "secret" not in page.response.get_data(as_text=True)
    assert [str(a["href"]) for a in page.soup.select(".result-title a")] == [
        f"/{VACANCY}", f"/{EVENT}",
    ]  # fmt: skip
    assert f"/compare?e={VACANCY}&e={EVENT}" in page.links
    with potters.app_context():
        assert db.session.query(HandedList).count() == 0


def test_everything_in_a_link_is_added_at_once_after_what_was_there(potters: Flask) -> None:
    visitor = Visitor(potters)
    visitor.add(EVENT)
    form = visitor.page.get(f"/list?e={VACANCY}&e={EVENT}&e=listings/a-day").soup.select(
        "form[action='/list/keep-all'] input"
    )
    answer = visitor.send("/list/keep-all", e=[str(field["value"]) for field in form])
    assert "is on your list now" in visitor.page.get(answer.response.location).words
    assert visitor.list == [EVENT, VACANCY, "listings/a-day"]


def test_a_link_that_does_not_fit_adds_nothing_and_says_so(
    catalogue: Flask, visitor: Visitor
) -> None:
    keys = list(islice(role_keys(catalogue), MOST + 2))
    visitor.send("/list/keep-all", e=keys[: MOST - 1])
    answer = visitor.send("/list/keep-all", e=keys[MOST - 1 :])
    assert "nothing was added" in visitor.page.get(answer.response.location).words
    assert visitor.list == keys[: MOST - 1]


def test_a_link_shows_nothing_that_visitors_may_not_see(potters: Flask) -> None:
    change(potters, VACANCY, status=RETIRED, title="Words that moderators took down")
    page = PageClient(potters).get(f"/list?e={VACANCY}&e={EVENT}&e=roles/nobody")
    assert "took down" not in page.response.get_data(as_text=True)
    assert "2 things that stood here are not shown any more" in page.words


@pytest.mark.parametrize(
    "query", ["", "?e=", "?e=x", "?e=%00", "?e=" + "a" * 300, "?e=roles/x" * 1, "?q=1&e=//evil"]
)
def test_a_broken_link_says_what_to_do(page: PageClient, query: str) -> None:
    assert page.get(f"/list{query}").soup.select_one(".nothing")


def test_a_link_with_more_than_a_list_holds_shows_as_many_as_one(catalogue: Flask) -> None:
    keys = list(islice(role_keys(catalogue), MOST + 5))
    page = PageClient(catalogue).get("/list?" + "&".join(f"e={key}" for key in keys))
    assert len(page.soup.select(".result")) == MOST


# An adviser who adds to a shortlist


def test_an_adviser_adds_to_the_list_that_is_being_made_and_not_to_a_device(
    potters: Flask,
) -> None:
    adviser = make_adviser(potters)
    page = signed_in(potters, adviser)
    with potters.app_context():
        shortlist = filing.begin(
            db.session,
            reference="R-104",
            token="t",
            by=db.session.merge(adviser),
        )
        public_id = shortlist.public_id
    with page.client.session_transaction() as session:
        session["adding-to"] = public_id
    here = page.get("/search?q=potter")
    assert "Adding to R-104" in here.soup.select_one(".collect-bar").get_text()
    given = {"add": VACANCY, "reason": "Near home"}
    answer = page.client.post("/my-list/change", data=given, headers=FROM_HERE)
    assert "portal-list" not in answer.headers.get("Set-Cookie", "")
    there = page.get("/vacancies/trainee-potter")
    assert buttons(there)[VACANCY] == "take-off"
    assert "On R-104" in there.soup.select_one("[data-collect]").get_text()
    assert "1 thing on it" in there.soup.select_one(".collect-bar").get_text()
    assert there.soup.select_one("#collect-reason").get_text() == "Near home"
    with potters.app_context():
        (item,) = db.session.scalars(select(Shortlist)).one().items
        assert (item.entry.key, item.reason) == (VACANCY, "Near home")
    assert "R-104" not in PageClient(potters).client.get("/search?q=potter").get_data(as_text=True)


# In order and light


def test_every_page_of_the_list_is_valid(potters: Flask) -> None:
    visitor = Visitor(potters)
    visitor.add(VACANCY, EVENT, "listings/a-day")
    change(potters, EVENT, status=RETIRED)
    for address in (*MY_PAGES, f"/list?e={VACANCY}&e=listings/a-day", "/list", "/cookies"):
        assert html_faults(visitor.page, address) == []
    code = visitor.send("/my-list/code", 200, token="a")
    assert code.heading == "Your code for your adviser"


def test_a_page_of_results_stays_light_with_a_button_on_each_card(page: PageClient) -> None:
    for address in ("/search", "/search?q=nurse&level=3&near=hanley&within=10"):
        packed = len(brotli.compress(page.client.get(address).data, quality=4))
        print(f"{address}: {packed} bytes compressed")
        assert packed <= BUDGETS["text/html"]


@pytest.mark.parametrize("address", [*MY_PAGES, "/list"])
def test_a_full_list_asks_the_database_little(
    catalogue: Flask, count_queries: Callable[[], int], address: str
) -> None:
    visitor = Visitor(catalogue)
    keys = list(islice(role_keys(catalogue), MOST))
    visitor.send("/list/keep-all", e=keys)
    there = address + ("?" + "&".join(f"e={key}" for key in keys) if address == "/list" else "")
    visitor.page.get(there)
    before = count_queries()
    visitor.page.client.get(there)
    assert count_queries() - before <= 6


# In a browser


def card(page: Page, title: str) -> Locator:
    return page.locator(".result", has=page.get_by_role("link", name=title, exact=True)).first


@pytest.mark.browser
def test_with_script_a_card_and_a_page_add_without_a_new_page(
    context: BrowserContext, site: str
) -> None:
    page = context.new_page()
    page.goto(f"{site}/search?q=nurse")
    page.evaluate("window.stayed = true")
    here = card(page, "Adult nurse").locator("[data-collect]")
    here.click()
    expect(here).to_have_text("On my list: Adult nurse. Take it off")
    expect(page.locator("[data-collect-number]")).to_have_text(" (1)")
    expect(page.locator("[data-collect-told]")).to_have_text("Added: Adult nurse. 1 on the list.")
    page.get_by_label("Level 3", exact=False).first.check()
    page.wait_for_url(re.compile("level=3"))
    page.wait_for_selector(".tag:has-text('Level 3')")
    page.locator(".result [data-collect]").first.click()
    expect(page.locator("[data-collect-number]")).to_have_text(" (2)")
    assert page.evaluate("window.stayed") is True
    page.goto(f"{site}/roles/adult-nurse")
    there = page.locator(".entry-head [data-collect]")
    expect(there).to_have_attribute("name", "take-off")
    there.click()
    expect(there).to_have_text("Add to my list: Adult nurse")
    expect(page.locator("[data-collect-number]")).to_have_text(" (1)")
    expect(page.locator("[data-collect-told]")).to_contain_text("Taken off: Adult nurse.")


@pytest.mark.browser
def test_quick_presses_on_several_cards_lose_none(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    page.goto(f"{site}/search?q=nurse")
    page.evaluate("[...document.querySelectorAll('.result [data-collect]')].slice(0, 5)"
                  ".forEach((it) => it.click())")  # fmt: skip
    expect(page.locator("[data-collect-number]")).to_have_text(" (5)")
    page.goto(f"{site}/my-list")
    expect(page.locator(".mine")).to_have_count(5)


@pytest.mark.browser
def test_a_page_that_the_browser_kept_shows_what_was_added_since(
    context: BrowserContext, site: str
) -> None:
    page, other = context.new_page(), context.new_page()
    page.goto(f"{site}/search?q=nurse")
    other.goto(f"{site}/roles/adult-nurse")
    other.locator(".entry-head [data-collect]").click()
    expect(other.locator("[data-collect-number]")).to_have_text(" (1)")
    # What a browser says when it takes a page out of its memory; this one has none in tests.
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(page.locator("[data-collect-number]")).to_have_text(" (1)")
    button = card(page, "Adult nurse").locator("[data-collect]")
    expect(button).to_have_attribute("name", "take-off")


@pytest.mark.browser
def test_when_a_request_fails_the_form_is_sent_as_without_script(
    context: BrowserContext, site: str
) -> None:
    page = context.new_page()
    page.goto(f"{site}/search?q=nurse")
    page.route("**/my-list/change", lambda route: (
        route.abort() if route.request.resource_type == "fetch" else route.continue_()
    ))  # fmt: skip
    card(page, "Adult nurse").locator("[data-collect]").click()
    page.wait_for_url(re.compile("q=nurse#at-roles-adult-nurse"))
    expect(page.locator("[data-collect-number]")).to_have_text(" (1)")


@pytest.mark.browser
def test_the_list_is_filled_and_worked_by_keys_alone(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    page.goto(f"{site}/roles/plumber")
    press_until(page, "Add to my list: Plumber")
    page.keyboard.press("Enter")
    expect(page.locator("[data-collect-number]")).to_have_text(" (1)")
    assert page.evaluate("document.activeElement.name") == "take-off"
    page.goto(f"{site}/roles/bricklayer")
    press_until(page, "Add to my list: Bricklayer")
    page.keyboard.press("Space")
    expect(page.locator("[data-collect-number]")).to_have_text(" (2)")
    page.goto(f"{site}/my-list")
    press_until(page, "Note for yourself on Plumber")
    page.keyboard.type("Ask Mum")
    page.keyboard.press("Enter")
    page.wait_for_url("**/my-list?told=kept")
    expect(page.locator(".mine h3")).to_have_text(["Plumber", "Bricklayer"])
    press_until(page, "Down: Plumber")
    page.keyboard.press("Enter")
    page.wait_for_url("**/my-list#up-roles-plumber")
    expect(page.locator(".mine h3")).to_have_text(["Bricklayer", "Plumber"])
    assert page.evaluate("document.activeElement.id") == "up-roles-plumber"
    expect(page.get_by_label("Note for yourself on Plumber")).to_have_value("Ask Mum")


@pytest.mark.browser
def test_with_script_a_note_is_kept_when_its_field_is_left(
    context: BrowserContext, site: str
) -> None:
    page = context.new_page()
    page.goto(f"{site}/roles/plumber")
    page.locator(".entry-head [data-collect]").click()
    expect(page.locator("[data-collect-number]")).to_have_text(" (1)")
    page.goto(f"{site}/my-list")
    page.get_by_label("Note for yourself on Plumber").fill("Near the bus")
    page.keyboard.press("Tab")
    expect(page.locator("[data-notes-told]")).to_have_text("Your notes are kept.")
    page.goto(f"{site}/my-list/print")
    expect(page.locator(".sheet-note")).to_have_text("Near the bus")
    expect(page.get_by_role("button", name="Print this page")).to_be_visible()


@pytest.mark.browser
def test_on_a_phone_without_script_a_list_is_made_ordered_noted_printed_and_cleared(
    without_script: Page, site: str
) -> None:
    page = without_script
    page.goto(f"{site}/search?q=nurse")
    card(page, "Adult nurse").get_by_role("button").click()
    assert page.url.endswith("/search?q=nurse#at-roles-adult-nurse")
    expect(page.get_by_role("link", name="My list (1)")).to_be_visible()
    page.goto(f"{site}/roles/plumber")
    page.locator(".entry-head").get_by_role("button").click()
    page.get_by_role("link", name="My list (2)").click()
    page.get_by_label("Note for yourself on Plumber").fill("Ask Mum")
    page.get_by_role("button", name=re.compile("^Up ?: Plumber")).click()
    expect(page.locator(".mine h3")).to_have_text(["Plumber", "Adult nurse"])
    expect(page.get_by_label("Note for yourself on Plumber")).to_have_value("Ask Mum")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="Print it", exact=True).click()
    expect(page.locator("svg.sheet-code")).to_have_count(2)
    expect(page.get_by_role("button", name="Print this page")).to_be_hidden()
    page.get_by_role("link", name="Back to my list").click()
    page.get_by_role("button", name="Get a code").click()
    expect(page.locator(".list-code")).to_have_text(re.compile(r"\w{4}-\w{4}"))
    page.get_by_role("link", name="Back to my list").click()
    page.get_by_role("button", name="Clear my list").click()
    expect(page.get_by_role("heading", name="Nothing is on your list yet")).to_be_visible()
    assert page.context.cookies() == []


def longest_list(catalogue: Flask) -> str:
    """The link to a list as long as one can be, of things with long names."""
    with catalogue.app_context():
        entries = db.session.scalars(select(Entry).where(Entry.kind == "course")).unique()
        keys = sorted((entry.key for entry in entries), key=lambda key: (-len(key), key))
    return "/list?" + "&".join(f"e={key}" for key in keys[:MOST])


@pytest.mark.browser
@pytest.mark.parametrize("most", [3, 8, MOST])
def test_the_list_prints_on_one_sheet_of_a4(
    context: BrowserContext, site: str, catalogue: Flask, most: int
) -> None:
    page = context.new_page()
    link = "&e=".join(longest_list(catalogue).split("&e=")[:most])
    page.goto(site + link)
    page.get_by_role("button", name="Add all to my list").click()
    for note in page.locator("input[name^='note:']").all():
        note.fill("Ask about the bus from Hanley and whether maths is needed, then ring by Friday")
    page.get_by_role("button", name="Keep my notes", exact=True).last.click()
    page.wait_for_url("**/my-list?told=kept")
    page.goto(f"{site}/my-list/print")
    expect(page.locator("svg.sheet-code")).to_have_count(most)
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    sheets = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert len(sheets) == 1
    assert [round(float(side) / 72 * 25.4) for side in sheets[0]] == [210, 297]


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page_of_the_list_and_none_is_too_wide(
    context: BrowserContext, site: str, scheme: str
) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(f"{site}/list?e={ROLE}&e=guides/routes-at-16&e=programmes/health-t-level")
    page.get_by_role("button", name="Add all to my list").click()
    for address in (*MY_PAGES, f"/list?e={ROLE}&e={OTHER}", "/search?q=bricklayer"):
        page.goto(site + address)
        for width in (390, 768, 1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
            # In the dark only colours differ, and those once for each page.
            if scheme == "light" and width in {320, 1280}:
                assert found_by_axe(page) == [], f"{address} at {width}"
        if scheme == "dark":
            assert found_by_axe(page, ["color-contrast"], "rule") == [], address
    page.goto(f"{site}/my-list")
    page.get_by_role("button", name="Get a code").click()
    page.wait_for_selector(".list-code")
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert found_by_axe(page) == []


@pytest.mark.browser
def test_the_header_stays_in_one_row_on_a_desk(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    page.goto(f"{site}/list?e={ROLE}")
    page.get_by_role("button", name="Add all to my list").click()
    page.goto(f"{site}/roles/bricklayer")
    tops = page.locator(".site-nav li").evaluate_all("(all) => all.map((it) => it.offsetTop)")
    assert len(set(tops)) == 1
