"""An adviser chooses for somebody, a parent reads it at home, and the link is taken back."""

import logging
import re
from urllib.parse import quote_plus

import pytest
from offers import make_moderators
from placements import make_adviser
from playwright.sync_api import expect
from shortlists import make_courses
from sqlalchemy import select
from test_placement_journey import City, Hand
from test_placement_journey import city as city  # noqa: PLC0414 - found by its name

from portal.extensions import db
from portal.mail import Letter
from portal.shortlists.models import Shortlist

pytestmark = pytest.mark.browser
MOST_INPUTS, CHOSEN = 15, 6
REFERENCE = "R-204"
REASONS = (
    "You like working with your hands, and it is near.",
    "A plan B that asks for nothing to start.",
)


def choose_six(adviser: Hand) -> None:
    """From an empty shelf to six things with reasons: whatever is typed or pressed counts."""
    page = adviser.page
    adviser.go("/advising/lists")
    adviser.touched = 0
    adviser.fill({"reference": REFERENCE})
    adviser.press("Begin")
    page.locator("main [name='q']").fill("clay")
    page.locator("main [name='q']").press("Enter")
    adviser.touched += 2
    expect(page.locator("#results-count")).to_contain_text("clay")
    for number in range(CHOSEN):
        if number % 3 == 0:
            page.locator("[name='reason']").fill(REASONS[number // 3])
            adviser.touched += 1
        page.locator(".result .collect:not(.collect-on)").first.click()
        adviser.touched += 1
        things = "1 thing on it" if number == 0 else f"{number + 1} things on it"
        expect(page.locator("[data-collect-count]")).to_have_text(things)


def share(adviser: Hand) -> str:
    """Make a link; the address that the page shows."""
    adviser.touch(adviser.page.get_by_role("link", name=REFERENCE))
    assert adviser.heading == REFERENCE
    adviser.press("Make a link")
    return adviser.page.locator("#share-address").input_value()


@pytest.mark.parametrize("with_script", [True, False], ids=["with script", "phone without"])
def test_six_with_reasons_are_chosen_shared_read_and_taken_back(
    city: City, caplog: pytest.LogCaptureFixture, *, with_script: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    make_courses(city.portal, CHOSEN + 1)
    member = make_adviser(city.portal)
    adviser = city.somebody(member, at_desk=with_script)

    choose_six(adviser)
    assert adviser.touched <= MOST_INPUTS
    print(f"{adviser.touched} inputs")

    with city.portal.app_context():
        kept = db.session.scalars(select(Shortlist)).one()
        assert [item.reason for item in kept.items] == [REASONS[n // 3] for n in range(CHOSEN)]

    address = share(adviser)
    assert re.fullmatch(r"http://[^/]+/shared/[\w-]{43}", address)
    path = "/shared/" + address.rpartition("/")[2]

    parent = city.somebody()
    parent.go(path)
    for words in (*REASONS, member.organisation.name, "Clay, part 1"):
        assert words in parent.words
    for words in (REFERENCE, member.name, member.email):
        assert words not in parent.page.content()

    adviser.press("Stop this link")
    answer = parent.page.goto(parent.site + path)
    assert answer
    assert answer.status == 404

    assert "/my-list/change" in caplog.text
    assert "/advising/lists/" in caplog.text
    for words in (REFERENCE, *REASONS, member.name, member.email, quote_plus(REASONS[0])):
        assert words not in caplog.text, "an address or a line of the log says it"


def test_a_visitors_list_goes_to_an_adviser_by_a_code_and_home_as_a_link(city: City) -> None:
    member = make_adviser(city.portal)
    visitor, adviser = city.somebody(), city.somebody(member)

    visitor.go("/roles/kiln-worker")
    visitor.page.get_by_role("button", name=re.compile("Add to my list.*Kiln worker")).click()
    expect(visitor.page.get_by_role("link", name="My list (1)")).to_be_visible()
    visitor.go("/my-list")
    visitor.press("Get a code")
    code = re.search(r"\b[A-Z0-9]{4}[- ][A-Z0-9]{4}\b", visitor.words)
    assert code

    adviser.go("/advising/lists")
    adviser.fill({"code": code[0].lower(), "code_reference": REFERENCE})
    adviser.press("Take it in")
    assert "Kiln worker" in adviser.words

    adviser.go("/advising/lists")
    adviser.fill({"code": code[0], "code_reference": "R-205"})
    adviser.press("Take it in")
    assert "works once" in adviser.words

    visitor.go("/my-list")
    visitor.press("Clear my list")
    expect(visitor.page.get_by_role("link", name="My list", exact=True)).to_be_visible()


def test_news_of_a_search_come_by_mail_until_they_are_stopped(city: City) -> None:
    make_moderators(city.portal)
    visitor = city.somebody()
    visitor.go("/search?q=clay")
    visitor.follow(re.compile("Tell me"))
    visitor.fill({"email": "reader@home.example"})
    visitor.press("Send me the first mail")
    with city.portal.app_context():
        letter = db.session.scalars(select(Letter)).one()
    confirm = re.search(r"/alerts/confirm/\S+", letter.text)
    assert confirm
    visitor.go(confirm[0])
    visitor.press("Yes, send them")

    make_courses(city.portal, 2)
    told = city.portal.test_cli_runner().invoke(args=["alerts"])
    assert told.exit_code == 0, told.output
    with city.portal.app_context():
        news = db.session.scalars(select(Letter).order_by(Letter.id.desc())).first()
    assert news
    assert "Clay, part 1" in news.text
    assert "clay" not in news.subject.lower()

    stop = re.search(r"/alerts/stop/\S+", news.text)
    assert stop
    visitor.go(stop[0])
    visitor.press("Stop them")
    visitor.go(stop[0])
    assert "stopped" in visitor.words.lower()
    with city.portal.app_context():
        assert "reader@home.example" not in str(db.session.scalars(select(Letter.text)).all())
