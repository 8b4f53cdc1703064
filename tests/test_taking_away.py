"""What an adviser takes away of a list: paper, PDF, files for a spreadsheet. None says whose."""

import csv
import datetime as dt
import io
import itertools
import re
import secrets
import zlib
from pathlib import Path

import pytest
from builders import make_event, make_vacancy, publish
from codes import drawn, matrix
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from members import signed_in
from pages import Page, PageClient
from pdfs import STREAM, words_of
from placements import make_adviser
from shortlists import (
    COURSE,
    ROLE,
    WithList,
    make_adviser_with_list,
    make_courses,
    make_list,
)
from sqlalchemy import select, update

from portal.accounts.models import AuditRow, RecordRead, SignIn
from portal.clock import now, today
from portal.extensions import db
from portal.printed_list import NOT_ALL, PrintedThing, printed_list
from portal.shortlists.taking_away import csv_of

REASON = "Because glazes are chemistry that you can hold."
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
FILES = ("print", "list.pdf")
MARK = "\ufeff"


@pytest.fixture
def app(small_app: Flask) -> Flask:
    """A small town with something that closes and something that is on."""
    publish(small_app, make_vacancy(), make_event())
    return small_app


@pytest.fixture
def made(app: Flask) -> WithList:
    """An adviser with a list whose reference nobody may read on paper."""
    keys = (ROLE, COURSE, "vacancies/trainee-potter", "events/open-day")
    return make_adviser_with_list(
        app, reference="REF-7734", keys=keys, reasons=[REASON] * 4, with_route=True
    )


def proved(app: Flask, made: WithList) -> PageClient:
    """A browser in which the adviser has just proved again who they are."""
    browser = signed_in(app, made.adviser)
    with app.app_context():
        db.session.execute(update(SignIn).values(proved_at=now()))
        db.session.commit()
    return browser


def send(browser: PageClient, made: WithList, address: str) -> Page:
    given = {"csrf_token": browser.get(made.path).value_of("csrf_token")}
    return Page(browser.client.post(address, data=given), address)


def rows_of(page: Page) -> list[dict[str, str]]:
    text = page.response.get_data().decode()
    assert text.startswith(MARK)
    return list(csv.DictReader(io.StringIO(text.removeprefix(MARK), newline="")))


# Paper


def test_the_page_to_print_has_reasons_and_codes_and_no_way_elsewhere(
    app: Flask, made: WithList
) -> None:
    page = signed_in(app, made.adviser).get(f"{made.path}/print")
    for item in made.items:
        assert item.title in page.words
        assert item.reason in page.words
    assert made.adviser.organisation.name in page.words
    assert not page.soup.find("nav")
    assert not page.soup.find("footer")
    assert page.soup.select_one("[data-print][hidden] button")
    codes = page.soup.select("svg.sheet-code path")
    base = app.config["BASE_URL"]
    assert [drawn(str(code["d"])) for code in codes] == [
        matrix(f"{base}/{key}")
        for key in (ROLE, COURSE, "vacancies/trainee-potter", "events/open-day", ROLE)
    ]


@pytest.mark.parametrize("file", FILES)
def test_paper_names_neither_reference_nor_adviser(app: Flask, made: WithList, file: str) -> None:
    response = signed_in(app, made.adviser).client.get(f"{made.path}/{file}")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    body = response.get_data()
    words = words_of(body) if file == "list.pdf" else Page(response, "").soup.get_text()
    for secret in ("REF-7734", made.adviser.name, made.adviser.email):
        assert secret not in words
        assert secret not in str(response.headers)
        assert secret.encode() not in body
    assert REASON in words


@pytest.mark.parametrize("file", [*FILES, "export.csv"])
def test_what_is_another_adviser_s_does_not_exist(app: Flask, made: WithList, file: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    colleague = make_adviser(app, organisation=made.adviser.organisation)
    browser = signed_in(app, colleague)
    with app.app_context():
        db.session.execute(update(SignIn).values(proved_at=now()))
        db.session.commit()
    ask = browser.client.post if file == "export.csv" else browser.client.get
    assert ask(f"{made.path}/{file}").status_code == 404


@pytest.mark.parametrize("file", FILES)
def test_that_a_list_was_read_is_noted(app: Flask, made: WithList, file: str) -> None:
    signed_in(app, made.adviser).client.get(f"{made.path}/{file}")
    with app.app_context():
        [read] = db.session.scalars(select(RecordRead.record))
    assert read == f"shortlist {made.shortlist.id}"


def test_the_pdf_is_a_file_with_pages_codes_and_words(app: Flask, made: WithList) -> None:
    response = signed_in(app, made.adviser).client.get(f"{made.path}/list.pdf")
    assert response.mimetype == "application/pdf"
    assert response.headers["Content-Disposition"] == "attachment; filename=list.pdf"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    words = words_of(response.get_data())
    for said in (made.adviser.organisation.name, "Smalltown Pathways", "Kiln worker",
                 f"Why it was chosen: {REASON}", "Closes: ", "Page 2 of 2",
                 "Step 1: Potter apprenticeship. Level 2, 18 months. You are paid."):  # fmt: skip
        assert said in words, said
    base = app.config["BASE_URL"]
    keys = (ROLE, COURSE, "vacancies/trainee-potter", "events/open-day", ROLE)
    assert codes_in(response.get_data()) == [matrix(f"{base}/{key}") for key in keys]


def codes_in(pdf: bytes) -> list[set[tuple[int, int]]]:
    """The dark modules of every QR code in a PDF, read from the black boxes that draw it."""
    found: list[list[tuple[float, ...]]] = []
    for stream in map(opened, STREAM.findall(pdf)):
        colour = b""
        for kind, numbers in re.findall(
            rb"^(?:([\d. ]+ (?:g|rg))|([-\d. ]+) re f)$", stream, re.MULTILINE
        ):
            if kind:
                colour = kind
                if is_black(colour):
                    found.append([])
            elif is_black(colour):
                box = tuple(float(number) for number in numbers.split())
                # Black that was on already is not said again: rows of one code lie close together.
                if found[-1] and abs(box[1] - found[-1][-1][1]) > 3 * abs(box[3]):
                    found.append([])
                found[-1].append(box)
    return [modules_of(boxes) for boxes in found if boxes]


def is_black(colour: bytes) -> bool:
    return set(colour) <= set(b"0. grg")


def opened(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def modules_of(boxes: list[tuple[float, ...]]) -> set[tuple[int, int]]:
    """Boxes as wide as so many modules, as the modules they cover."""
    size = min(abs(high) for *_, high in boxes)
    left, top = min(x for x, *_ in boxes), max(y for _, y, *_ in boxes)
    return {
        (round((x - left) / size) + at, round((top - y) / size))
        for x, y, wide, _ in boxes
        for at in range(round(wide / size))
    }


def test_a_pdf_is_the_same_each_time(app: Flask, made: WithList) -> None:
    browser = signed_in(app, made.adviser)
    first, second = (browser.client.get(f"{made.path}/list.pdf").data for _ in range(2))
    assert first == second


def many(number: int) -> list[PrintedThing]:
    return [
        PrintedThing(
            title=f"Thing {n} {LONG}",
            kind="A course",
            reason=f"{LONG} " * 3 + f"reason{n}end",
            told=[LONG, f"{'Words and words. ' * 25}told{n}end"],
            facts=[("Where", f"{LONG}{LONG} fact{n}end")],
            steps=[f"{LONG} step{n}end"],
            address=f"https://portal.example/courses/{'x' * 80}-{n}",
        )
        for n in range(number)
    ]


def printed(things: list[PrintedThing], **changed: str) -> bytes:
    words = {"portal_name": "Smalltown Pathways", "heading": "Ideas", "made_by": "Longbank School"}
    return printed_list(
        **{**words, **changed}, dates=[(f"Closes: day {n}", f"Thing {n}") for n in range(40)],
        things=things,
    )  # fmt: skip


def test_forty_things_with_long_words_run_over_pages_without_losing_anything() -> None:
    pdf = printed(many(40))
    pages = pdf.count(b"/Type /Page\n")
    assert pages > 10
    words = words_of(pdf)
    whole = words.replace(" ", "")
    for n in range(40):
        for end in ("reason", "told", "fact", "step"):
            assert f"{end}{n}end" in whole
        assert f"Thing{n}{LONG}" in whole
    for page in range(1, pages + 1):
        assert f"Page {page} of {pages}" in words
    assert len(codes_in(pdf)) == 40


def test_nothing_is_set_over_an_edge_or_over_the_foot() -> None:
    points = 72 / 25.4
    for stream in map(opened, STREAM.findall(printed(many(12)))):
        for x, y in re.findall(rb"BT ([\d.]+) ([\d.]+) Td", stream):
            assert 17 * points < float(x) < 195 * points
            assert 8 * points < float(y) < 290 * points


def test_a_thing_is_never_torn_over_two_pages() -> None:
    """Each page has as many codes as it has titles."""
    pages = [s for s in map(opened, STREAM.findall(printed(many(12)))) if b" Tj" in s]
    assert len(pages) > 3
    assert sum(len(codes_in(b"stream\n" + page + b"\nendstream")) for page in pages) == 12


def test_letters_that_cannot_be_printed_are_told() -> None:
    words = words_of(printed([PrintedThing(title="Kiln", kind="A job", reason="لأنه يحب الطين")]))
    assert NOT_ALL in words
    plain = words_of(printed([PrintedThing(title="Kiln 🔥", kind="A job", reason="Zoë likes it")]))
    assert NOT_ALL not in plain
    assert "Zoë likes it" in plain


# Spreadsheets


def test_one_list_for_a_spreadsheet(app: Flask, made: WithList) -> None:
    page = send(proved(app, made), made, f"{made.path}/export.csv")
    assert page.status == 200
    headers = page.response.headers
    assert headers["Content-Disposition"] == "attachment; filename=shortlist.csv"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    rows = rows_of(page)
    assert [row["Title"] for row in rows] == [item.title for item in made.items]
    assert [row["Place on the list"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert {row["Your reference"] for row in rows} == {"REF-7734"}
    assert rows[0]["Address"] == f"{app.config['BASE_URL']}/{ROLE}"
    assert rows[2]["Closes on"] == str(today() + dt.timedelta(days=20))
    assert {row["On the site now"] for row in rows[:4]} == {"yes"}


def test_all_lists_for_a_spreadsheet_are_the_adviser_s_own(app: Flask, made: WithList) -> None:
    make_list(app, made.adviser, reference="REF-8845", keys=[])
    make_adviser_with_list(app, organisation=made.adviser.organisation, reference="REF-9956")
    page = send(proved(app, made), made, "/advising/lists/export.csv")
    assert [row["Your reference"] for row in rows_of(page)] == ["REF-7734"] * 5 + ["REF-8845"]
    assert page.response.headers["Content-Disposition"] == "attachment; filename=shortlists.csv"


@pytest.mark.parametrize("is_all", [False, True])
def test_a_spreadsheet_is_had_after_proving_again_and_is_noted(
    app: Flask, made: WithList, *, is_all: bool
) -> None:
    address = "/advising/lists/export.csv" if is_all else f"{made.path}/export.csv"
    browser = signed_in(app, made.adviser)
    refused = send(browser, made, address)
    assert refused.status == 303
    assert refused.response.location.startswith("/account/prove")
    assert exports(app) == []
    assert send(proved(app, made), made, address).status == 200
    assert exports(app) == ["all shortlists" if is_all else "a shortlist"]
    assert browser.client.get(address).status_code == 405 or is_all


def exports(app: Flask) -> list[str | None]:
    with app.app_context():
        return list(db.session.scalars(select(AuditRow.after).where(AuditRow.act == "export")))


def test_thousands_of_things_are_exported_with_one_question(app: Flask) -> None:
    adviser = make_adviser(app)
    keys = make_courses(app, 40)
    for number in range(25):
        make_list(app, adviser, keys=keys, reference=f"R-{number}")
    with app.app_context():
        data = b"".join(csv_of(db.session, db.session.merge(adviser)))
    assert data.count(b"\r\n") == 25 * 40 + 1


beginnings = st.sampled_from([*"=+-@\t\r", "", " ", "'", "＝", "' =", "\n="])
texts = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=30)


@pytest.fixture
def dangerous(app: Flask) -> Flask:
    """One town for all examples."""
    return app


def test_no_cell_of_a_spreadsheet_is_a_formula(dangerous: Flask) -> None:
    adviser = make_adviser(dangerous)
    shortlist = make_list(dangerous, adviser, keys=[ROLE])
    numbers = itertools.count()

    @settings(max_examples=60, deadline=None)
    @given(beginnings, texts, beginnings, texts)
    def check(first: str, reference: str, second: str, reason: str) -> None:
        with dangerous.app_context():
            found = db.session.merge(shortlist)
            found.reference = (first + reference)[:40]
            found.items[0].reason = second + reason
            found.token = f"{next(numbers)}-{secrets.token_hex(4)}"
            db.session.flush()
            data = b"".join(csv_of(db.session, db.session.merge(adviser), found))
            db.session.rollback()
        rows = list(csv.reader(io.StringIO(data.decode().removeprefix(MARK), newline="")))
        assert len(rows) == 2
        for cell in rows[1]:
            assert not cell.lstrip(" ").startswith(tuple("=+-@\t\r\n＝＋－＠")), cell

    check()


def test_the_files_lie_nowhere_on_the_server(app: Flask, made: WithList) -> None:
    before = set(Path(app.config["INSTANCE_DIR"]).rglob("*"))
    browser = proved(app, made)
    send(browser, made, f"{made.path}/export.csv")
    browser.client.get(f"{made.path}/list.pdf")
    assert set(Path(app.config["INSTANCE_DIR"]).rglob("*")) == before
