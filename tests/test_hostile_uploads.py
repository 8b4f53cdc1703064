"""Files that hurt, sent as a provider sends them; files that leave; and steps that are cut off."""

import csv
import datetime as dt
import io
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from conftest import close
from corpora.hostile_files import HOSTILE
from everything import put_upload
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from members import make_member, signed_in
from offers import make_city, make_offer
from pages import Page, PageClient
from spreadsheets import AT_WORK, BOOTCAMP, written
from sqlalchemy import delete, func, select, update
from werkzeug.test import TestResponse

from portal.accounts.models import Member
from portal.catalogue.models import Course, Entry
from portal.clock import now
from portal.extensions import db
from portal.provision import uploading
from portal.provision.columns import OTHER_COURSES
from portal.provision.models import Upload, UploadRow, UploadState, Venue
from portal.provision.offers import COURSE
from portal.provision.spreadsheet import MOST_BYTES
from portal.publishing.life import State
from portal.publishing.models import Offer

MOST_MEMORY = 120_000_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
CELLS = BOOTCAMP | AT_WORK


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = make_city(tmp_path_factory.mktemp("uploads"))
    yield app
    app.extensions["long_steps"].shutdown()
    close(app)


@pytest.fixture
def member(city: Flask) -> Member:
    return make_member(city, is_trusted=True)


@pytest.fixture
def browser(city: Flask, member: Member) -> PageClient:
    return signed_in(city, member)


def token_of(browser: PageClient) -> dict[str, str]:
    page = browser.get("/workspace/uploads")
    return {name: page.value_of(name) for name in ("csrf_token", "token")}


def send(browser: PageClient, data: bytes, name: str = "courses.csv", **given: str) -> TestResponse:
    """Send a file as a browser does. The test client’s own way leaves temporary files open."""
    fields = token_of(browser) | given
    parts = [f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'
             for n, v in fields.items()]  # fmt: skip
    parts.append(
        f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: text/csv\r\n\r\n"
    )
    return browser.client.post(
        "/workspace/uploads", content_type="multipart/form-data; boundary=x",
        data="".join(parts).encode() + data + b"\r\n--x--\r\n", buffered=True,
    )  # fmt: skip


def press(browser: PageClient, address: str, **fields: str) -> TestResponse:
    page = browser.get("/workspace/uploads")
    return browser.client.post(address, data={"csrf_token": page.value_of("csrf_token"), **fields})


def counted(app: Flask, *models: type[Any]) -> list[int]:
    with app.app_context():
        return [db.session.scalar(select(func.count()).select_from(m)) or 0 for m in models]


def settle(app: Flask) -> None:
    """Wait until the long steps are done."""
    app.extensions["long_steps"].submit(lambda: None).result(timeout=60)


def courses(number: int, **changes: str) -> bytes:
    rows = [CELLS | {"COURSE_NAME": f"Pottery {n}", "YOUR_REFERENCE": f"P{n}"} | changes
            for n in range(number)]  # fmt: skip
    return written(*rows, format_=OTHER_COURSES)


@pytest.mark.usefixtures("usual_memory")
def test_sixty_hostile_files_are_refused_in_words_or_shown_row_by_row(
    city: Flask, browser: PageClient
) -> None:
    before = counted(city, Offer, Venue, Entry)
    outcomes = {422: 0, 303: 0, 413: 0}
    tracemalloc.start()
    for name, make in HOSTILE.items():
        uploads = counted(city, Upload, UploadRow)
        answer = send(browser, make(), f"{name}.csv")
        settle(city)
        assert answer.status_code in outcomes, f"{name} answered {answer.status_code}"
        outcomes[answer.status_code] += 1
        if answer.status_code == 303:
            assert answer.location
            assert browser.client.get(answer.location).status_code == 200
            assert browser.client.get(f"{answer.location}/errors.csv").status_code == 200
            continue
        page = Page(answer, name)
        assert counted(city, Upload, UploadRow) == uploads, name
        assert page.heading, name
        assert answer.status_code == 413 or page.errors, name
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"{outcomes}, {peak / 1e6:.0f} MB at most")
    assert len(HOSTILE) == sum(outcomes.values()) == 60
    assert min(outcomes[303], outcomes[422]) > 5
    assert peak < MOST_MEMORY
    assert counted(city, Offer, Venue, Entry) == before


def test_a_file_that_is_too_large_is_refused_in_words(browser: PageClient) -> None:
    answer = send(browser, b"x" * (MOST_BYTES + 20_000))
    assert answer.status_code == 413
    assert Page(answer, "").heading
    assert "Send less, then try again" in Page(answer, "").words


class Pipe(io.RawIOBase):
    """A body without end, which notes how much of it was read."""

    def __init__(self) -> None:
        super().__init__()
        self.read_so_far = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - a buffer
        self.read_so_far += len(buffer)
        buffer[:] = b"x" * len(buffer)
        return len(buffer)


@pytest.mark.parametrize("cookie", ["", "portal=made-up"])
@pytest.mark.parametrize("address", ["/workspace/uploads", "/tell-us", "/sign-in", "/sign-up"])
def test_a_body_too_large_is_refused_before_it_is_read(
    city: Flask, address: str, cookie: str
) -> None:
    body = Pipe()
    answer = city.test_client(use_cookies=False).post(
        address, content_type="multipart/form-data; boundary=x", headers={"Cookie": cookie},
        environ_overrides={"wsgi.input": body, "CONTENT_LENGTH": "500000000"},
    )  # fmt: skip
    assert answer.status_code == 413
    assert body.read_so_far == 0


def test_a_visitors_spreadsheet_is_refused_before_it_is_read(city: Flask) -> None:
    body = Pipe()
    answer = city.test_client().post(
        "/workspace/uploads", content_type="multipart/form-data; boundary=x",
        environ_overrides={"wsgi.input": body, "CONTENT_LENGTH": "1000000"},
    )  # fmt: skip
    assert answer.status_code == 413
    assert body.read_so_far == 0


def test_the_same_form_twice_makes_one_upload(city: Flask, browser: PageClient) -> None:
    before, [kept] = counted(city, Upload), [token_of(browser)]
    answers = [send(browser, courses(2), token=kept["token"]) for _ in range(2)]
    assert answers[0].location == answers[1].location
    assert counted(city, Upload)[0] == before[0] + 1


def test_the_same_form_sent_many_times_at_once_makes_one_upload(
    city: Flask, member: Member
) -> None:
    before = counted(city, Upload)[0]
    clients = [signed_in(city, member) for _ in range(6)]
    answers = together(6, lambda place: send(clients[place], courses(2), token="the same"))
    assert {answer.status_code for answer in answers} <= {303, 503}
    assert len({answer.location for answer in answers if answer.location}) == 1
    assert counted(city, Upload)[0] == before + 1


def test_another_organisations_form_token_shows_nothing_of_theirs(
    city: Flask, browser: PageClient
) -> None:
    kept = token_of(browser)["token"]
    mine = send(browser, courses(2), token=kept)
    others = signed_in(city, make_member(city, is_trusted=True))
    theirs = send(others, courses(2), token=kept)
    assert theirs.location
    assert theirs.location != mine.location
    others.get(theirs.location)


ROUTES = ("", "/errors.csv")
ACTS = ("/rows/2", "/aims", "/publish", "/abandon", "/undo", "/continue")


def test_an_upload_of_another_organisation_is_not_there(city: Flask, member: Member) -> None:
    address = f"/workspace/uploads/{put_upload(city, member, UploadState.CHECKED, str)}"
    stranger = signed_in(city, make_member(city, is_trusted=True))
    token = stranger.get("/workspace/uploads").value_of("csrf_token")
    before = rows_of(city, Upload, UploadRow)
    for path in ROUTES:
        assert stranger.client.get(address + path).status_code == 404
    for path in ACTS:
        answer = stranger.client.post(address + path, data={"csrf_token": token, "leave-out": "y"})
        nobody = stranger.client.post("/workspace/uploads/nobodys" + path,
                                      data={"csrf_token": token})  # fmt: skip
        assert answer.status_code == 404
        assert answer.data == nobody.data
    assert rows_of(city, Upload, UploadRow) == before


def rows_of(app: Flask, *models: type[Any]) -> list[Any]:
    with app.app_context(), db.engine.connect() as connection:
        return [connection.execute(select(m.__table__)).all() for m in models]


# What leaves as CSV

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)
CELL = st.one_of(
    TEXT, st.builds(lambda a, b: a + b, st.sampled_from([*FORMULA, "'=", " =", "\n=", "；"]), TEXT)
)


def cells_of(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "text/csv"
    text = answer.get_data().decode("utf-8-sig")
    return [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]


def faults_among(cells: list[str]) -> list[str]:
    return [cell for cell in cells if cell.startswith(FORMULA)]


@given(cell=CELL)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_file_that_leaves_holds_a_formula(
    city: Flask, member: Member, browser: PageClient, cell: str
) -> None:
    upload = put_upload(city, member, UploadState.CHECKED, lambda _: cell)
    venue = dict.fromkeys(("name", "address", "town", "county", "email", "phone", "website"), cell)
    free = ("title", "who_for", "reference", "entry_requirements", "awarding_body", "cost_words")
    make_course(city, member, **dict.fromkeys(free, cell))
    with city.app_context():
        db.session.execute(delete(Venue).where(Venue.organisation_id == member.organisation_id))
        db.session.add(Venue(organisation_id=member.organisation_id, reference=cell,
                             postcode="ST1 1AA", **venue))  # fmt: skip
        db.session.commit()
    for path in (f"uploads/{upload}/errors.csv", "courses.csv", "courses.csv?format=other",
                 "venues.csv", *(f"templates/{f}.csv" for f in uploading.FORMATS)):  # fmt: skip
        cells = cells_of(browser.client.get(f"/workspace/{path}"))
        assert len(cells) > 5
        assert faults_among(cells) == [], path


def make_course(app: Flask, member: Member, **changes: Any) -> str:  # noqa: ANN401 - answers
    """A live course whose answers are put there without asking anybody."""
    title = changes.pop("title", "Pottery")
    public_id = make_offer(app, member, State.LIVE, kind=COURSE, **changes)
    with app.app_context():
        offer = db.session.scalars(select(Offer).where(Offer.public_id == public_id)).one()
        offer.revisions[-1].content = {**offer.revisions[-1].content, "title": title}
        db.session.commit()
    return public_id


def test_the_check_for_formulas_finds_one() -> None:
    assert faults_among(["x", "=1+1", "\t=1", "'=1"]) == ["=1+1", "\t=1"]


# Steps that are cut off, asked for twice, or taken back


def upload_at(app: Flask, address: str) -> Upload:
    with app.app_context():
        found = db.session.scalars(
            select(Upload).where(Upload.public_id == address.rsplit("/", 1)[-1])
        ).one()
        db.session.expunge(found)
        return found


def cut_off(app: Flask, address: str, state: UploadState, since: dt.timedelta) -> None:
    """Leave an upload as a process leaves it that was killed in the middle of a step."""
    with app.app_context():
        db.session.execute(
            update(Upload)
            .where(Upload.public_id == address.rsplit("/", 1)[-1])
            .values(state=state.value, working_since=now() - since, done=1)
        )
        db.session.commit()


@pytest.mark.parametrize(
    ("state", "after"),
    [(UploadState.CHECKING, UploadState.CHECKED), (UploadState.PUBLISHING, UploadState.PUBLISHED)],
)
def test_a_step_that_was_killed_is_taken_up_again_but_not_while_somebody_is_at_it(
    city: Flask, browser: PageClient, state: UploadState, after: UploadState
) -> None:
    address = send(browser, courses(3)).location
    assert address
    cut_off(city, address, state, dt.timedelta(seconds=30))
    press(browser, f"{address}/continue")
    assert upload_at(city, address).stand == state
    cut_off(city, address, state, dt.timedelta(minutes=10))
    page = browser.get(address)
    assert f"{address}/continue" in [str(form["action"]) for form in page.soup.find_all("form")]
    assert press(browser, f"{address}/continue").status_code == 303
    assert upload_at(city, address).stand == after


def together(number: int, act: Callable[[int], Any]) -> list[Any]:
    ready = threading.Barrier(number)

    def run(place: int) -> Any:  # noqa: ANN401 - whatever it answers
        ready.wait()
        return act(place)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def test_publishing_many_times_at_once_publishes_once(
    city: Flask, member: Member, browser: PageClient
) -> None:
    address = send(browser, courses(20)).location
    assert address
    assert upload_at(city, address).faulty == 0
    before = counted(city, Offer, Course)
    token = browser.get(address).value_of("csrf_token")
    clients = [signed_in(city, member) for _ in range(8)]
    tokens = [c.get(address).value_of("csrf_token") for c in clients]
    assert token
    answers = together(
        8,
        lambda n: (
            clients[n].client.post(f"{address}/publish", data={"csrf_token": tokens[n]}).status_code
        ),
    )
    assert set(answers) <= {303, 503}
    press(browser, f"{address}/continue")
    assert upload_at(city, address).stand == UploadState.PUBLISHED
    assert counted(city, Offer, Course) == [number + 20 for number in before]


SHOWN = (
    "title", "summary", "level_slug", "sector", "status", "organisation_id", "show_until",
    "closes_on", "kept_by", "who_for", "cost", "apply_url", "entry_text", "reference", "length",
    "mode", "awarding_body",
)  # fmt: skip


def stand_of(app: Flask, member: Member) -> dict[str, tuple[Any, ...]]:
    """What visitors read and writers go on with, of everything of an organisation."""
    with app.app_context():
        offers = db.session.scalars(
            select(Offer).where(Offer.organisation_id == member.organisation_id)
        )
        return {
            offer.public_id: (
                offer.state, offer.title, offer.show_until, offer.revisions[-1].content,
                [getattr(offer.entry, name) for name in SHOWN] if offer.entry else None,
            )
            for offer in offers
        }  # fmt: skip


def test_taking_back_restores_exactly_what_was_there(
    city: Flask, member: Member, browser: PageClient
) -> None:
    first = send(browser, courses(6)).location
    press(browser, f"{first}/publish")
    before = stand_of(city, member)
    assert len(before) == 6
    rows = [CELLS | {"COURSE_NAME": f"Pottery {n}", "YOUR_REFERENCE": f"P{n}", "COST": "77"}
            for n in range(3, 9)]  # fmt: skip
    second = send(browser, written(*rows, format_=OTHER_COURSES)).location
    press(browser, f"{second}/publish")
    between = stand_of(city, member)
    assert between != before
    assert len(between) == 9
    press(browser, f"{second}/undo")
    after = stand_of(city, member)
    assert {name: after[name] for name in before} == before
    made = [stand for name, stand in after.items() if name not in before]
    assert len(made) == 3
    assert {stand[0] for stand in made} == {State.ARCHIVED.value}
    press(browser, f"{second}/undo")
    assert stand_of(city, member) == after
