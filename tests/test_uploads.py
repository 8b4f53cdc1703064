"""A provider’s spreadsheet after the first: what is the same, what changes, what can be undone."""

import datetime as dt
from io import BytesIO

import pytest
from flask import Flask
from members import make_member, signed_in
from pages import Page, PageClient
from spreadsheets import COURSE, ONLINE, VENUE, file_of
from sqlalchemy import func, select

from portal.accounts.models import Member
from portal.catalogue.models import Course
from portal.clock import now
from portal.extensions import db
from portal.provision.columns import COURSES, VENUES, Format
from portal.provision.models import LearningAim, Upload, UploadState, Venue
from portal.publishing.models import Offer

NAMES = ("Throwing", "Glazing", "Firing")


@pytest.fixture
def trusted(small_app: Flask) -> Member:
    small_app.config["WTF_CSRF_ENABLED"] = False
    return make_member(small_app, is_trusted=True)


@pytest.fixture
def provider(small_app: Flask, trusted: Member) -> PageClient:
    client = signed_in(small_app, trusted)
    publish(client, send(client, VENUE, format_=VENUES))
    return client


def rows(**changes: str) -> list[dict[str, str]]:
    return [COURSE | {"COURSE_NAME": name, "YOUR_REFERENCE": name[0]} | changes for name in NAMES]


def send(client: PageClient, *cells: dict[str, str], format_: Format = COURSES) -> str:
    """The address of the page of a spreadsheet that was sent."""
    file = BytesIO(file_of(*cells, format_=format_).encode())
    answer = client.client.post(
        "/workspace/uploads", data={"token": str(now()), "file": (file, "courses.csv")}
    )
    assert answer.status_code == 303
    return str(answer.location)


def explain(client: PageClient, address: str) -> None:
    fields = {"level-50079281": "2", "sector-50079281": "engineering", "programme-50079281": ""}
    client.post(f"{address}/aims", fields, status=303)


def publish(client: PageClient, address: str) -> Page:
    client.post(f"{address}/publish", {}, status=303)
    return client.get(address)


@pytest.fixture
def published(provider: PageClient) -> str:
    """Three courses that are up, from a first spreadsheet."""
    address = send(provider, *rows())
    explain(provider, address)
    assert "All 3 rows went through" in publish(provider, address).words
    return address


def courses() -> dict[str, Course]:
    live = db.session.scalars(
        select(Course).where(Course.status == "live", Course.kept_by == "organisation")
    )
    return {course.title: course for course in live}


@pytest.mark.usefixtures("published")
def test_the_same_file_again_changes_nothing(small_app: Flask, provider: PageClient) -> None:
    again = send(provider, *rows())
    assert "codes we do not know" not in provider.get(again).words, "a code is explained once"
    publish(provider, again)
    with small_app.app_context():
        offers = db.session.scalars(select(Offer)).all()
        assert [(offer.latest, offer.state) for offer in offers] == [(1, "live")] * 3
        assert db.session.scalar(select(func.count(LearningAim.id))) == 1


@pytest.mark.usefixtures("published")
def test_changed_rows_change_their_courses_and_undoing_brings_the_old_words_back(
    small_app: Flask, provider: PageClient
) -> None:
    with small_app.app_context():
        addresses = {title: course.path for title, course in courses().items()}
    words = {"WHO_THIS_COURSE_IS_FOR": "People who made pots before."}
    changed = send(provider, *rows(**words), COURSE | {"COURSE_NAME": "Drying"})
    publish(provider, changed)
    visitor = PageClient(small_app)
    for address in addresses.values():
        assert "made pots before" in visitor.get(address).words
    with small_app.app_context():
        assert {title: course.path for title, course in courses().items()}.items() >= (
            addresses.items()
        ), "a course that changes keeps its address"
        assert "Drying" in courses()
    for _ in "12":
        provider.post(f"{changed}/undo", {}, status=303)
    for address in addresses.values():
        assert "who want to make pots" in visitor.get(address).words
    with small_app.app_context():
        assert sorted(courses()) == sorted(NAMES)


@pytest.mark.usefixtures("published")
def test_a_course_is_known_again_by_its_reference_when_its_start_moves(
    small_app: Flask, provider: PageClient
) -> None:
    publish(provider, send(provider, *rows(START_DATE="04/10/2027")))
    with small_app.app_context():
        found = courses()
        assert {course.starts_on for course in found.values()} == {dt.date(2027, 10, 4)}
        assert db.session.scalar(select(func.count(Offer.id))) == 3


@pytest.mark.usefixtures("published")
def test_a_row_with_contact_details_waits_while_the_others_go_up(
    small_app: Flask, provider: PageClient
) -> None:
    cells = rows(START_DATE="01/11/2027", YOUR_REFERENCE="")
    cells[1] |= {"WHERE_NEXT": "Ring me on 07700 900123."}
    publish(provider, send(provider, *cells))
    with small_app.app_context():
        states = [
            offer.state
            for offer in db.session.scalars(select(Offer).order_by(Offer.id.desc()).limit(3))
        ]
        assert sorted(states) == ["live", "live", "submitted"]


def test_who_is_not_trusted_sends_everything_to_the_moderators(small_app: Flask) -> None:
    small_app.config["WTF_CSRF_ENABLED"] = False
    client = signed_in(small_app, make_member(small_app))
    publish(client, send(client, VENUE, format_=VENUES))
    address = send(client, *rows())
    explain(client, address)
    assert "The courses go to the moderators" in client.get(address).words
    publish(client, address)
    with small_app.app_context():
        assert {o.state for o in db.session.scalars(select(Offer))} == {"submitted"}
        assert courses() == {}


def test_a_faulty_file_is_mended_row_by_row_or_the_row_is_left_out(
    small_app: Flask, provider: PageClient
) -> None:
    cells = rows()
    cells[0] |= {"DURATION": "long"}
    cells[1] |= {"COURSE_WEBPAGE": "javascript:alert(1)"}
    address = send(provider, *cells)
    page = provider.get(address)
    assert "2 rows have something wrong" in page.words
    errors = provider.client.get(f"{address}/errors.csv")
    assert "attachment" in errors.headers["Content-Disposition"]
    assert "ERRORS" in errors.get_data(as_text=True).splitlines()[0]
    refused = provider.post(f"{address}/publish", {}, status=303)
    assert refused.response.location == address
    with small_app.app_context():
        assert db.session.scalar(select(func.count(Offer.id))) == 0
    provider.post(f"{address}/rows/2", {"DURATION": "9"}, status=303)
    provider.post(f"{address}/rows/3", {"leave-out": "yes"}, status=303)
    assert "Every row is right." in provider.get(address).words
    explain(provider, address)
    publish(provider, address)
    with small_app.app_context():
        assert sorted(courses()) == ["Firing", "Throwing"]


def test_an_abandoned_file_leaves_nothing(small_app: Flask, provider: PageClient) -> None:
    address = send(provider, *rows())
    for _ in "12":
        provider.post(f"{address}/abandon", {}, status=303)
    assert "nothing of it was published" in provider.get(address).words
    publish(provider, address)
    with small_app.app_context():
        assert db.session.scalar(select(func.count(Offer.id))) == 0


def test_a_step_that_was_cut_off_is_taken_up_by_the_button(
    small_app: Flask, provider: PageClient
) -> None:
    address = send(provider, *rows(**ONLINE))
    with small_app.app_context():
        upload = db.session.scalars(select(Upload).order_by(Upload.id.desc())).first()
        assert upload
        upload.state, upload.working_since = UploadState.CHECKING.value, now() - dt.timedelta(1)
        db.session.commit()
    assert "It has stood still" in provider.get(address).words
    provider.post(f"{address}/continue", {}, status=303)
    assert "Every row is right." in provider.get(address).words


@pytest.mark.usefixtures("published")
def test_venues_of_a_file_change_what_the_courses_say(
    small_app: Flask, provider: PageClient
) -> None:
    with small_app.app_context():
        path = courses()["Firing"].path
    assert "Kiln Street" in PageClient(small_app).get(path).words
    publish(provider, send(provider, VENUE | {"VENUE_NAME": "Oven House"}, format_=VENUES))
    words = PageClient(small_app).get(path).words
    assert "Oven House" in words
    with small_app.app_context():
        assert db.session.scalar(select(func.count(Venue.id))) == 1


@pytest.mark.usefixtures("published")
def test_a_venue_with_contact_details_reaches_no_page_before_a_moderator_read_it(
    small_app: Flask, provider: PageClient
) -> None:
    with small_app.app_context():
        path = courses()["Firing"].path
    smuggled = VENUE | {"VENUE_NAME": "Ring 07700 900123 and ask for Sam"}
    publish(provider, send(provider, smuggled, format_=VENUES))
    words = PageClient(small_app).get(path).words
    assert "07700" not in words
    assert "Kiln Street" in words
    with small_app.app_context():
        assert {o.state for o in db.session.scalars(select(Offer))} == {"live-submitted"}
