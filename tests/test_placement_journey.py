"""A promise of four potters becomes a pupil’s day, by phone width and with script off."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from browsers import DESK, PHONE, served
from bs4 import BeautifulSoup
from conftest import fill, make_app
from flask import Flask
from listings import in_days
from made_once import fill_as_before
from members import make_member, make_organisation, signed_in
from offers import make_moderators
from placements import make_adviser, make_listing
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select
from test_provider_journey import PASSWORD, link_in_letter

from portal.accounts.models import Member, MemberRole
from portal.accounts.passwords import hashed
from portal.catalogue.experiences import Occasion
from portal.catalogue.whats_on import weekday
from portal.clock import today
from portal.extensions import db
from portal.mail import Letter
from portal.taxonomy import AcademicYear

pytestmark = pytest.mark.browser
TITLE = "A day in a pottery studio"
PARENT = "parent@kilnhurst.example"
ADDRESS = "7 Glost Yard, Hanley, ST1 9ZZ"
MOST_FOR_PLEDGE, MOST_FOR_COPY = 12, 25
CRY = "My uncle hits me when I am at home."
FEW = "fewer than 5"
DAY = dt.timedelta(days=1)
FIFTEEN = dt.timedelta(days=365 * 15 + 100)
# How wide the page is, how many headings of the first rank and how many scripts stand in it.
LOOKS = """() => [document.documentElement.scrollWidth, document.querySelectorAll("h1").length,
    document.querySelectorAll("script:not([src])").length]"""
# Number everything in a page that the keyboard has to reach; circles together are one stop.
STOPS = """() => {
    const groups = {};
    let stops = 0;
    const every = "main :is(a[href], button, input, select, textarea, summary)";
    for (const it of document.querySelectorAll(every)) {
        if (it.type === "hidden" || !it.checkVisibility()) continue;
        it.dataset.stop = it.type === "radio" ? groups[it.name] ??= stops++ : stops++;
    }
    return stops; }"""
FOCUSED = """() => {
    const it = document.activeElement, box = it.getBoundingClientRect();
    const style = getComputedStyle(it);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return {
        stop: Number(it.dataset.stop ?? -1),
        name: it.type === "checkbox" ? it.value : it.name || it.textContent.trim(),
        isSeen: outlined && box.bottom > 0 && box.top < innerHeight,
        what: it.outerHTML.slice(0, 200),
    }; }"""


@dataclass
class Hand:
    """Somebody at a browser: every page is looked at, every touch counted."""

    page: Page
    site: str
    width: int = PHONE["width"]
    touched: int = 0

    def go(self, path: str) -> None:
        self.page.goto(self.site + path)
        self._look()

    def follow(self, link: str | re.Pattern[str]) -> None:
        self.touch(self.main.get_by_role("link", name=link).first)

    def press(self, button: str) -> None:
        self.touch(self.main.get_by_role("button", name=button, exact=True).first)

    def fill(self, answers: Mapping[str, str]) -> None:
        """Type into fields, or choose in lists, by their names."""
        for name, words in answers.items():
            field = self.main.locator(f"[name='{name}']")
            if field.evaluate("(it) => it.tagName") == "SELECT":
                field.select_option(words)
            else:
                field.fill(words)
            self.touched += 1

    def tick(self, name: str, *values: str) -> None:
        """Tick boxes, or choose circles, by name and what they stand for."""
        for value in values or ("y",):
            self.main.locator(f"[name='{name}'][value='{value}']").check()
            self.touched += 1

    def touch(self, there: Locator) -> None:
        with self.page.expect_navigation():
            there.click()
        self.touched += 1
        self._look()

    def _look(self) -> None:
        width, headings, scripts = self.page.evaluate(LOOKS)
        assert width <= self.width, f"{self.page.url} is {width} pixels wide"
        assert (headings, scripts) == (1, 0), self.page.url

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def words(self) -> str:
        """Everything that stands in the page, also what is folded up."""
        main = BeautifulSoup(self.page.content(), "html.parser").main
        assert main, self.page.url
        return " ".join(main.get_text(" ").split())

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()


@dataclass
class City:
    """A portal that is running, and browsers for everybody who comes to it."""

    portal: Flask
    browser: Browser
    site: str

    def somebody(self, member: Member | None = None, *, at_desk: bool = False) -> Hand:
        """A phone without script, or a wide window with it; a member is signed in by a row."""
        size = DESK if at_desk else PHONE
        context = self.browser.new_context(viewport=size, java_script_enabled=at_desk)
        context.set_default_timeout(8000)
        if member is not None:
            name = self.portal.config["SESSION_COOKIE_NAME"]
            cookie = signed_in(self.portal, member).client.get_cookie(name)
            assert cookie
            context.add_cookies([{"name": name, "value": cookie.value, "url": self.site}])
        return Hand(context.new_page(), self.site, size["width"])

    def night(self, *, first_day: dt.date) -> list[str]:
        """Move the day that is booked, let a night pass, and say who got a letter about it."""
        with self.portal.app_context():
            known = set(db.session.scalars(select(Letter.id)))
            for occasion in db.session.scalars(select(Occasion).where(Occasion.taken > 0)):
                occasion.first_day = occasion.last_day = first_day
            db.session.commit()
        for _ in range(2):
            result = self.portal.test_cli_runner().invoke(args=["nightly"])
            assert result.exit_code == 0, result.output
        with self.portal.app_context():
            new = select(Letter.recipient).where(Letter.id.not_in(known))
            return sorted(db.session.scalars(new))


@pytest.fixture
def city(tmp_path: Path, small_content: Path, browser: Browser) -> Iterator[City]:
    """A small city on a server of its own, that looks for news of its catalogue each second."""
    portal = make_app(tmp_path / "instance", small_content, CATALOGUE_CHECK_SECONDS=1.0)
    portal.config.update(WTF_CSRF_ENABLED=True, FORM_SECONDS=0)
    fill_as_before(portal, fill)
    with served(portal) as site:
        yield City(portal, browser, site)
        for left in browser.contexts:
            left.close()


def written(day: dt.date) -> str:
    """A day as somebody types it."""
    return f"{day.day}/{day.month}/{day.year}"


def sign_in(potter: Hand, owner: Member) -> None:
    potter.go("/pledges")
    potter.follow("Sign in and pledge")
    potter.fill({"email": owner.email, "password": PASSWORD})
    potter.press("Sign in")
    expect(potter.page).to_have_url(f"{potter.site}/workspace/pledge")


def pledge(potter: Hand) -> None:
    """Two kinds of experience, for seven young people."""
    potter.touched = 0
    potter.tick("kind", "talk", "shadowing")
    potter.press("Go on")
    potter.fill({
        "talk-spring": "3", "shadowing-summer": "4", "sector": "engineering", "size": "1-to-9",
    })  # fmt: skip
    potter.press("Make the pledge")
    assert potter.touched <= MOST_FOR_PLEDGE
    assert "promises 7 experiences" in potter.words


def write_a_day(potter: Hand, day: dt.date) -> None:
    """Part by part, and what law and guidance say to each answer."""
    potter.follow("Post your first listing")
    potter.tick("experience", "shadowing")
    potter.fill({"title": TITLE})
    potter.press("Go on")
    potter.fill({"role": "kiln-worker"})
    potter.press("Use our words to begin with")
    potter.press("Save and go on")
    potter.tick("year_groups", "year-10", "year-11")
    potter.fill({"min_age": "14"})
    potter.press("Save and go on")
    potter.fill({
        "first_day_0": written(day), "places_0": "2", "begins": "9:30", "ends": "15:30",
        "hours_a_day": "5.5",
    })  # fmt: skip
    potter.press("Save and go on")
    potter.fill({
        "town": "Hanley", "district": "ST1", "address": ADDRESS,
        "meeting_words": "Ring the bell at the green door.",
    })  # fmt: skip
    potter.press("Save and go on")
    potter.tick("supervision", "one-person-often-alone")
    potter.fill({"supervision_words": "The studio manager.", "dress": "Old clothes."})
    potter.tick("expenses", "none")
    potter.press("Save and go on")
    potter.tick("insurance", "no")
    potter.tick("risk_assessment", "reviewed")
    potter.tick("hazards", "heat")
    potter.press("Save and go on")
    assert "Not like this" in potter.words
    assert "insurance comes first" in potter.words
    potter.tick("insurance", "yes")
    potter.press("Save and go on")
    assert "6 of 6 parts done" in potter.words
    assert "Keep them back from great heat" in potter.words
    assert "a barred-list check is not likely" in potter.words
    potter.press("Send to the moderators")


def ledger(visitor: Hand, *days: dt.date) -> list[dict[str, Any]]:
    """The figures of the school years in which some days lie, as programs read them."""
    years = sorted({str(AcademicYear.of(day)) for day in days})
    answers = [
        visitor.page.context.request.get(f"{visitor.site}/ledger.json?year={year}")
        for year in years
    ]
    return [answer.json()["total"] for answer in answers]


def approve(moderator: Hand) -> None:
    """Read what waits longest, and say yes."""
    moderator.go("/desk")
    moderator.follow("Read the one that waits longest")
    assert TITLE in moderator.heading
    moderator.press("Approve")


def days_on_show(visitor: Hand) -> list[str]:
    """What the search finds of the title, once it may be known; the days that the list shows."""
    visitor.page.wait_for_timeout(1000)
    visitor.go("/search?q=pottery+studio")
    found = visitor.main.locator(".result", has_text=TITLE).count()
    visitor.go("/listings")
    listed = visitor.main.locator(".result", has_text=TITLE).all_inner_texts()
    assert len(listed) == found
    return listed


def copy_it(potter: Hand, day: dt.date) -> None:
    """The same again on a new day."""
    potter.go("/workspace/listings/new")
    potter.touched = 0
    potter.press(f"Copy “{TITLE}”")
    potter.follow("When")
    potter.fill({"first_day_0": written(day), "places_0": "2"})
    potter.press("Save and go on")
    potter.press("Send to the moderators")
    assert potter.touched <= MOST_FOR_COPY


def ask(pupil: Hand, day: dt.date, *, school: str) -> str:
    """Ask for the day without an account; the code to follow it with."""
    pupil.go("/listings")
    pupil.touch(pupil.main.locator(".result", has_text=weekday(day)).get_by_role("link"))
    assert ADDRESS not in pupil.words
    pupil.follow("Ask for this through an adviser")
    pupil.main.get_by_label(re.compile(weekday(day))).check()
    pupil.fill({
        "advisers": school, "first_name": "Zoë", "born_on": written(today() - FIFTEEN),
        "year_group": "year-10", "hopes": "I am Zoë. I want to know how glazes get their colour.",
        "reach": "Through my tutor", "email": "zoe@kilnhurst.example",
    })  # fmt: skip
    pupil.press("Send to my adviser")
    assert "We found “Zoë”" in pupil.words
    pupil.press("Send to my adviser")
    code = pupil.main.locator("[aria-labelledby=code] strong").inner_text()
    pupil.press("I have written it down")
    assert pupil.heading == "Your adviser is reading it"
    return code


def send_on(adviser: Hand) -> None:
    """Read it, take the name out, and count it under an own reference."""
    adviser.go("/advising")
    adviser.follow(re.compile("Zoë"))
    assert "I am Zoë." in adviser.words
    adviser.fill({"reference": "A-1042"})
    adviser.press("Send on to the employer")
    assert "Look at “Zoë”" in adviser.words
    adviser.fill({"hopes": "How glazes get their colour."})
    adviser.press("Send on to the employer")
    assert "I am Zoë." not in adviser.words


def say_yes(potter: Hand, *, secrets: tuple[str, ...]) -> None:
    """Read what is asked, without a word that says who asks."""
    potter.go("/workspace/requests")
    pages = [potter.page.content()]
    potter.follow(re.compile("One young person"))
    pages.append(potter.page.content())
    assert "How glazes get their colour." in potter.words
    assert [word for word in secrets for page in pages if word in page] == []
    potter.press("Say yes to this day")


def take_up(adviser: Hand) -> None:
    """Have a parent asked, because somebody of 15 is to be in a workplace."""
    adviser.go("/advising")
    adviser.follow(re.compile("Zoë"))
    assert "Zoë is 15, so under 18 on the day" in adviser.words
    adviser.fill({"parent_email": PARENT})
    adviser.press("Write to them")


def follow_with(pupil: Hand, code: str) -> None:
    """Enter the code on another phone."""
    pupil.go("/requests")
    pupil.fill({"code": code})
    pupil.press("See my request")


def agree(parent: Hand, path: str) -> None:
    """Read what it is, and say yes."""
    parent.go(path)
    assert "Glost Yard Pottery" in parent.words
    assert "Zoë" not in parent.words
    parent.tick("is_parent")
    parent.press("Yes, I agree")
    assert parent.heading == "Thank you. The place is booked"


def say_that_they_came(potter: Hand) -> None:
    potter.go("/workspace/requests")
    potter.touched = 0
    potter.press("They came")
    assert potter.touched == 1
    assert "1 of 1 came" in potter.words


def take_the_certificate(pupil: Hand) -> None:
    """Download it, then say in ticks how it was."""
    pupil.go("/requests/mine")
    with pupil.page.expect_download() as started:
        pupil.main.get_by_role("link", name="Get your certificate").click()
    assert started.value.path().read_bytes().startswith(b"%PDF")
    pupil.tick("went_well", "welcome", "real-work")
    pupil.press("Keep my ticks")
    assert "Your ticks are kept" in pupil.words


def test_a_promise_of_four_potters_becomes_a_pupils_day(city: City) -> None:
    pottery = make_organisation(city.portal, kind="employer", name="Glost Yard Pottery")
    owner = make_member(city.portal, organisation=pottery, password_hash=hashed(PASSWORD))
    moderators = [city.somebody(member) for member in make_moderators(city.portal)]
    school = make_organisation(city.portal, kind="school", name="Longbank School")
    teacher = make_adviser(city.portal, organisation=school)
    potter, visitor, pupil, adviser = (city.somebody(it) for it in (None, None, None, teacher))
    first, second = in_days(30), in_days(45)

    nothing = dict.fromkeys(("promised", "published", "taken", "attended"), 0)
    assert ledger(visitor, today()) == [nothing]
    sign_in(potter, owner)
    pledge(potter)
    write_a_day(potter, first)
    approve(moderators[0])
    assert days_on_show(visitor) == []
    approve(moderators[1])
    assert weekday(first) in days_on_show(visitor)[0]
    copy_it(potter, second)
    approve(moderators[0])
    assert len(days_on_show(visitor)) == 2
    assert ledger(visitor, today())[0]["promised"] == 7
    assert sum(year["published"] for year in ledger(visitor, first, second)) == 4

    code = ask(pupil, second, school=school.name)
    send_on(adviser)
    say_yes(potter, secrets=("Zoë", "zoe", "A-1042", school.name, teacher.name, teacher.email))
    take_up(adviser)
    follow_with(pupil, code)
    assert ADDRESS not in pupil.words
    assert {year["taken"] for year in ledger(visitor, first, second)} == {0}
    agree(city.somebody(), link_in_letter(city.portal, PARENT))

    follow_with(pupil, code)
    assert ADDRESS in pupil.words
    potter.go("/workspace/requests?show=booked")
    potter.follow("Zoë")
    assert "First name Zoë Age on the day 15" in potter.words
    everybody = sorted([owner.email, teacher.email, PARENT, "zoe@kilnhurst.example"])
    assert city.night(first_day=today() + DAY * 8) == []
    assert city.night(first_day=today() + DAY * 7) == everybody
    assert city.night(first_day=today() + DAY) == everybody
    assert city.night(first_day=today() - DAY) == [owner.email]

    say_that_they_came(potter)
    take_the_certificate(pupil)
    adviser.go("/advising/young-people")
    adviser.follow("A-1042")
    assert "1 experience, 5.5 hours in all" in adviser.words
    (given,) = ledger(visitor, today() - DAY)
    assert (given["taken"], given["attended"]) == (FEW, FEW)


def walk(page: Page, answers: Mapping[str, str], *, send_with: str) -> None:
    """Press Tab through a whole page and answer on the way; then go back, and press Enter."""
    stops, reached = page.evaluate(STOPS), []
    while stops - 1 not in reached and len(reached) < 2 * stops:
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        assert focused["isSeen"], focused["what"]
        if focused["stop"] >= 0:
            reached.append(focused["stop"])
            page.keyboard.type(answers.get(focused["name"], ""))
    assert reached == list(range(stops))
    while page.evaluate(FOCUSED)["name"] != send_with:
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")


def test_a_keyboard_is_enough_to_ask_for_a_day(city: City) -> None:
    listing = make_listing(city.portal)
    make_adviser(city.portal)
    pupil = city.somebody(at_desk=True)
    pupil.go(f"{listing.path}/ask")
    answers = {
        "occasion": " ", "advisers": "Longbank", "first_name": "Zoë",
        "born_on": written(today() - FIFTEEN), "year_group": "Year 10",
        "hopes": "How clay behaves.", "reach": "Through my tutor",
    }  # fmt: skip
    walk(pupil.page, answers, send_with="email")
    expect(pupil.page.locator("h1")).to_have_text("Your request is with your adviser")


def test_a_keyboard_is_enough_to_pledge(city: City) -> None:
    potter = city.somebody(make_member(city.portal, kind="employer"), at_desk=True)
    potter.go("/workspace/pledge")
    walk(potter.page, {"visit": " "}, send_with="Go on")
    expect(potter.page.locator("h1")).to_have_text("For how many?")
    answers = {"visit-autumn": "4", "sector": "Engineering", "size": "1 to 9"}
    walk(potter.page, answers, send_with="Make the pledge")
    expect(potter.page.locator("h1")).to_have_text("Thank you")
    assert "promises 4 experiences" in potter.words


def public_pages(visitor: Hand, *paths: str) -> dict[str, str]:
    """Every page that a visitor comes to by links from some."""
    found, ahead = {}, list(paths)
    while ahead:
        path = ahead.pop()
        found[path] = visitor.page.context.request.get(visitor.site + path).text()
        links = re.findall(r'href="(/[^"#?]*)["#?]', found[path])
        ahead += {it for it in links if not it.startswith("/static/")} - {*found, *ahead}
    return found


def bottom(there: Locator) -> float:
    """How far below the top of the page something ends."""
    box = there.bounding_box()
    assert box, "it is not shown"
    return box["y"] + box["height"]


def test_a_cry_for_help_brings_help_at_once_and_is_on_no_public_page(city: City) -> None:
    listing = make_listing(city.portal)
    school = make_organisation(city.portal, kind="school")
    make_adviser(city.portal, organisation=school)
    lead = make_member(city.portal, kind="council", roles=(MemberRole.SAFEGUARDING,))
    pupil = city.somebody()
    pupil.go(f"{listing.path}/ask")
    pupil.main.get_by_role("radio").first.check()
    pupil.fill({
        "advisers": school.name, "first_name": "Zoë", "born_on": written(today() - FIFTEEN),
        "year_group": "year-10", "hopes": CRY, "reach": "Through my tutor",
    })  # fmt: skip
    pupil.press("Send to my adviser")

    help_now = pupil.main.get_by_role("region", name="Help now")
    code = bottom(pupil.main.locator("[aria-labelledby=code]"))
    for number in ("999", "0800 1111"):
        assert bottom(help_now.get_by_role("link", name=number)) < min(code, PHONE["height"])

    reader = city.somebody(lead)
    reader.go("/concerns")
    reader.follow(re.compile(re.escape(CRY)))
    assert "Noticed" in reader.words

    pages = public_pages(city.somebody(), "/", listing.path, "/search?q=uncle", "/concerns")
    assert listing.path in pages
    assert len(pages) > 30
    assert [path for path, text in pages.items() if "uncle hits" in text] == []
