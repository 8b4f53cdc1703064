"""A training provider’s first day, by phone width and with script off, in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from browsers import PHONE, served
from conftest import fill, make_app
from flask import Flask
from members import make_member
from playwright.sync_api import Browser, BrowserContext, Page, expect
from spreadsheets import COURSE, VENUE, file_of
from sqlalchemy import select

from portal.accounts.models import Member, MemberRole
from portal.accounts.passwords import hashed
from portal.accounts.second_factor import new_secret
from portal.clock import now, today
from portal.extensions import db
from portal.mail import Letter
from portal.provision.columns import VENUES

pytestmark = pytest.mark.browser
PASSWORD = "teapot lantern gravel"  # noqa: S105 - it opens nothing
FAULTS = ({"COURSE_NAME": ""}, {"START_DATE": "31/02/2027"}, {"DURATION": "a while"})


@pytest.fixture
def portal(tmp_path: Path, small_content: Path) -> Flask:
    app = make_app(tmp_path / "instance", small_content, CATALOGUE_CHECK_SECONDS=1.0)
    app.config.update(WTF_CSRF_ENABLED=True, FORM_SECONDS=0)
    fill(app)
    return app


@pytest.fixture
def site(portal: Flask) -> Iterator[str]:
    with served(portal) as address:
        yield address


def phone(browser: Browser) -> BrowserContext:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    context.set_default_timeout(8000)
    return context


def link_in_letter(portal: Flask, recipient: str) -> str:
    """The path of the link in the newest letter to somebody."""
    with portal.app_context():
        text = db.session.scalars(
            select(Letter.text).where(Letter.recipient == recipient).order_by(Letter.id.desc())
        ).first()
    found = re.search(r"https?://[^/\s]+(/\S+)", text or "")
    assert found, "the letter has no link"
    return found[1]


def thirty_rows() -> list[dict[str, str]]:
    rows = [COURSE | {"COURSE_NAME": f"Pottery course {n}"} for n in range(1, 31)]
    for place, fault in zip((4, 11, 28), FAULTS, strict=True):
        rows[place] = rows[place] | fault
    return rows


def fits(page: Page) -> None:
    """Nothing hangs over the edge of the phone."""
    assert page.locator("body").bounding_box()["width"] <= PHONE["width"]  # type: ignore[index]


def send(page: Page, site: str, name: str, text: str) -> None:
    page.goto(f"{site}/workspace/uploads")
    page.get_by_label("Spreadsheet (CSV)").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Send and check").click()
    fits(page)


def sign_up(page: Page, portal: Flask, site: str) -> None:
    page.goto(f"{site}/sign-up")
    page.get_by_label(re.compile("provider|college", re.IGNORECASE)).first.check()
    page.get_by_role("button", name="Go on").click()
    for label, words in {
        "Name of the organisation": "Oven Lane Training",
        "Building and street": "1 Oven Lane",
        "Town": "Smalltown",
        "postcode": "ST1",
        "Phone": "01632 960001",
        "What would you like": "We teach pottery.",
        "Your name": "Alex Potter",
        "Your job": "Manager",
        "Your work mail": "alex@ovenlane.example.org",
    }.items():
        page.get_by_label(re.compile(label)).first.fill(words)
    fits(page)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("mail")
    page.goto(site + link_in_letter(portal, "alex@ovenlane.example.org"))
    page.get_by_label(re.compile("password", re.IGNORECASE)).first.fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_text("Not verified yet").first).to_be_visible()


def moderator(portal: Flask, browser: Browser, site: str) -> Page:
    """A moderator’s phone, signed in by the pages with a code."""
    secret = new_secret()
    person = make_member(
        portal, kind="council", roles=(MemberRole.MODERATOR,), totp_secret=secret, totp_since=now()
    )
    with portal.app_context():
        db.session.get_one(Member, person.id).password_hash = hashed(PASSWORD)
        db.session.commit()
    page = phone(browser).new_page()
    page.goto(f"{site}/sign-in")
    page.locator("[name=email]").fill(person.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.locator("[name=code]").fill(pyotp.TOTP(secret).now())
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page).to_have_url(f"{site}/desk")
    return page


def verify(page: Page, site: str) -> None:
    page.goto(f"{site}/desk/organisations")
    page.get_by_role("link", name="Oven Lane Training").first.click()
    form = page.locator("form[action$='/verify']")
    form.locator("[name=register]").fill("The register has it, active, in Smalltown.")
    form.locator("[name=mail_fits]").first.check()
    form.locator("[name=rang]").fill("01632 960001")
    form.locator("[name=answered]").fill("The front desk put me through to Alex.")
    form.locator("[name=rang_on]").fill(today().isoformat())
    form.locator("[name=is_trusted]").check()
    fits(page)
    form.get_by_role("button", name="Verify").click()
    expect(page.locator("main")).to_contain_text("Verified")


def test_a_training_providers_first_day(portal: Flask, site: str, browser: Browser) -> None:
    page = phone(browser).new_page()
    sign_up(page, portal, site)
    desk = moderator(portal, browser, site)
    verify(desk, site)

    send(page, site, "venues.csv", file_of(VENUE, format_=VENUES))
    page.get_by_role("button", name="Keep all 1 venue").click()
    send(page, site, "courses.csv", file_of(*thirty_rows()))
    expect(page.locator(".error-summary")).to_contain_text("3 rows have something wrong")

    for column, words in (("COURSE_NAME", "Pottery course 5"), ("START_DATE", "01/03/2027"),
                          ("DURATION", "8")):  # fmt: skip
        form = page.locator("form[action*='/rows/']").first
        form.locator(f"[name={column}]").fill(words)
        form.get_by_role("button", name="Keep and check again").click()
    expect(page.get_by_text("Every row is right.")).to_be_visible()
    page.locator("[name^=level-]").select_option("2")
    page.locator("[name^=sector-]").select_option("engineering")
    page.get_by_role("button", name="Keep these").click()
    page.get_by_role("button", name="Publish all 30 courses").click()
    expect(page.get_by_text("All 30 rows went through")).to_be_visible()

    visitor = phone(browser).new_page()
    visitor.wait_for_timeout(1000)
    visitor.goto(f"{site}/search?q=pottery+course+17")
    expect(visitor.get_by_role("link", name="Pottery course 17").first).to_be_visible()
    visitor.get_by_role("link", name="Pottery course 17").first.click()
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("Pottery course 17")
    fits(visitor)
    address = visitor.url

    desk.goto(f"{site}/desk/on-trust")
    desk.get_by_role("link", name="Pottery course 17").click()
    desk.get_by_text("Take down at once, with reasons").click()
    form = desk.locator("form[action$='/take-down']")
    form.locator("input[type=checkbox]").first.check()
    form.locator("textarea, input[type=text], input:not([type])").first.fill("Say what is made.")
    form.get_by_role("button").first.click()

    assert visitor.goto(address).status == 410  # type: ignore[union-attr]
    visitor.wait_for_timeout(1000)
    visitor.goto(f"{site}/search?q=pottery+course+17")
    expect(visitor.locator(".result", has_text="Pottery course 17")).to_have_count(0)
