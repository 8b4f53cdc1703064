"""The register of qualifications: files in, what changed told, and what programmes’ pages say."""

import csv
import datetime as dt
import os
import re
import signal
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from builders import programme_text
from conftest import CONTENT, fill, make_app
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pages import Page, PageClient
from programs import PORTAL, run
from register import OFFERS, SNAPSHOT, SUMMER, YEAR_AFTER, Line, edition, headings, many, rows
from sqlalchemy import delete, select
from test_faults import where
from test_postgres import postgres  # noqa: F401 - a fixture

from portal.catalogue.importing import EditionRefusedError, ImportReport, import_edition
from portal.catalogue.loading import load
from portal.catalogue.models import CatalogueState, Programme
from portal.catalogue.register import FACTS, Qualification, RegisterEdition, is_settled
from portal.catalogue.register_file import MOST_BYTES, MOST_FAULTS, RegisterFileError, read
from portal.climbing_frame.access_to_frame import frame as present_frame
from portal.climbing_frame.building import month_number
from portal.clock import today
from portal.content.library import read_library
from portal.extensions import db
from portal.templating import day

TODAY = dt.date(2026, 3, 1)
REAL = Path(__file__).parents[2] / "shared" / "data" / "funded_qualifications"
POTTER = "programmes/engineering/potter-apprenticeship.md"
NUMBER, OTHER = "601/4703/4", "601/4704/6"
PAST = dt.date(2025, 7, 31)
a_day = st.sampled_from([PAST, SUMMER, YEAR_AFTER])
a_line = st.builds(
    Line,
    number=st.sampled_from([f"6000000{n}" for n in range(6)] + ["6000001X"]),
    title=st.sampled_from(["Pots", "Glaze “A”", "Firing, slowly"]),
    level=st.sampled_from(["Level 2", "Level 1/2", "Entry Level"]),
    offers=st.dictionaries(st.sampled_from(OFFERS), a_day, max_size=3),
    notes=st.sampled_from(["", "18+ only"]),
)
some_lines = st.lists(a_line, min_size=1, max_size=7, unique_by=lambda line: line.number)


def bring_in(app: Flask, data: bytes, *, many_withdrawn: bool = False) -> ImportReport:
    with app.app_context():
        found = read(data, today=today())
        return import_edition(db.session, found, many_withdrawn=many_withdrawn)


def held(app: Flask) -> dict[str, Qualification]:
    with app.app_context():
        db.session.remove()
        return {q.number: q for q in db.session.scalars(select(Qualification))}


def faults(data: bytes) -> list[str]:
    with pytest.raises(RegisterFileError) as refused:
        read(data, today=TODAY)
    return str(refused.value).splitlines()


def name_numbers(app: Flask, content: Path, *numbers: str, **changes: str) -> None:
    """Make the potter’s apprenticeship stand for some qualifications."""
    listed = ", ".join(f'"{number}"' for number in numbers)
    text = programme_text(qualifications=f"[{listed}]", **changes)
    (content / POTTER).write_text(text, encoding="utf-8")
    fill(app)


def potter_page(app: Flask) -> Page:
    return PageClient(app).get("/programmes/potter-apprenticeship")


def last_intake(app: Flask) -> str | None:
    with app.app_context():
        db.session.remove()
        return db.session.scalars(select(Programme)).one().last_intake


# A file


def test_a_file_is_read_with_its_day_its_numbers_and_its_offers() -> None:
    line = Line(title="Kilnmark  Level 2 Potter's Award ", offers={"Age1619": SUMMER}, notes="18+")
    found = read(edition(line), today=TODAY)
    assert found.snapshot == SNAPSHOT
    assert found.offers == OFFERS
    row = found.rows[NUMBER]
    assert row.facts["title"] == "Kilnmark Level 2 Potter’s Award"
    offer = {"starts": "2015-09-01", "ends": SUMMER.isoformat(), "notes": "18+"}
    assert row.facts["offers"] == {"Age1619": offer}


def test_an_offer_that_nobody_has_heard_of_needs_no_code(small_app: Flask) -> None:
    codes = (*OFFERS, "KilnBursary")
    report = bring_in(small_app, edition(Line(offers={"KilnBursary": SUMMER}), codes=codes))
    assert report.unknown_offers == ("KilnBursary",)
    assert held(small_app)[NUMBER].offers["KilnBursary"]["ends"] == SUMMER.isoformat()


def test_a_column_that_nobody_has_heard_of_is_said_and_left_out() -> None:
    cells = Line().cells(SNAPSHOT, OFFERS)
    found = read(rows([*headings(), "Colour"], [*cells, "Blue"]), today=TODAY)
    assert found.unread == ("Colour",)


def test_a_cell_of_two_lines_does_not_shift_the_lines_of_faults() -> None:
    data = edition(Line(title="Two\nlines"), Line(number="bad"))
    assert faults(data)[0].startswith("Line 4, column QualificationNumber: “bad” is not a number.")


def changed_cell(column: str, value: str) -> bytes:
    names = headings()
    cells = Line().cells(SNAPSHOT, OFFERS)
    cells[names.index(column)] = value
    return rows(names, Line(number="60000000").cells(SNAPSHOT, OFFERS), cells)


@pytest.mark.parametrize(
    ("column", "value", "found"),
    [
        ("Age1619_FundingApprovalEndDate", "31/02/2026", "“31/02/2026” is not a day. Write a day"),
        ("Age1619_FundingApprovalEndDate", "2026-07-31", "“2026-07-31” is not a day. Write a day"),
        ("Age1619_FundingApprovalEndDate", "31/07/2014", "2014-07-31, is before the first"),
        ("Age1619_FundingAvailable", "Perhaps", "“perhaps” is neither True nor False."),
        ("QualificationNumber", "60000000", "600/0000/0 is already in line 2."),
        ("QualificationNumber", "", "“” is not a number. Write a number like this: 60147034"),
        ("QualificationName", " ", "This cell is empty. Download the file again"),
        ("QualificationName", "a" * 301, "has 301 characters. Shorten it to 300"),
        ("DateOfOfqualDataSnapshot", "19/02/2026", "19/02/2026 stands here, and 18/02/2026"),
        ("DateOfOfqualDataSnapshot", "18/02/2066", "18/02/2066 is in the future."),
        ("DateOfOfqualDataSnapshot", "today", "“today” is not a day."),
        ("Status", "\x1b[2J" + "b" * 50, "“·[2Jbbbb"),
    ],
)
def test_a_wrong_cell_is_named_with_line_column_and_remedy(
    column: str, value: str, found: str
) -> None:
    told = faults(changed_cell(column, value))
    assert len(told) == 1
    assert told[0].startswith(f"Line 3, column {column}: ")
    assert found in told[0]


def test_a_row_with_a_cell_too_few_or_too_many_is_named() -> None:
    cells = Line().cells(SNAPSHOT, OFFERS)
    assert str(faults(rows(headings(), cells[:-1]))[0]) == (
        "Line 2, column AwardingOrganisationURL: The row has 25 cells, and the first line has 26. "
        "The file may be cut off. Download the file again, and import it as it is."
    )
    assert "A comma may be too many." in faults(rows(headings(), [*cells, "x"]))[0]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_half_a_file_is_refused(share: float) -> None:
    data = edition(*many(50))
    told = faults(data[: int(len(data) * share)])
    assert re.match(r"Line \d+.*: .+ The file may be cut off. Download the file again", told[-1])


NAMES = headings()
WRONG_HEADINGS = [
    (rows(["a", "b"], ["1", "2"]), "Line 1: The first line holds other headings: a, b."),
    (rows([n for n in NAMES if n != "Level"]), "Line 1, column Level: This column is missing."),
    (
        rows([n for n in NAMES if n != "Age1619_Notes"]),
        "Line 1, column Age1619_Notes: This column is missing.",
    ),
    (rows([*NAMES, "Level"]), "Line 1, column Level: This heading stands twice."),
    (rows(headings(())), "Line 1: No column ends in _FundingAvailable"),
    (rows([*NAMES, *(f"C{n}" for n in range(300))]), "Line 1: The file has more than 300 columns."),
    (rows(NAMES), "Line 1: The file has headings and no rows."),
]
NOT_A_REGISTER = [
    (b"", "Line 1: The file is empty."),
    (b"\xef\xbb\xbf \n\n", "Line 1: The file is empty."),
    (b"PK\x03\x04" + b"abc" * 9, "Line 1: This is not text"),
    (b"a,b\n\x00\x01", "Line 2: This is not text"),
    (os.urandom(20_000) + b"\x00", "This is not text"),
    ("a,b\nc,d".encode("utf-16"), "This is not text"),
    (edition(Line())[:-1], "Line 2: The last line does not end. The file may be cut off."),
    (edition(Line()) + b"\xff", "Line 3: The byte 0xff is not UTF-8."),
    (edition(Line()) + b'"open', "Line 3: The row cannot be read"),
    (edition(Line()) + b'"' + b"a" * 200_000, "Line 3: The row cannot be read"),
    (b"a" * (MOST_BYTES + 1), "Line 1: The file is larger than 20 MB."),
]


@pytest.mark.parametrize(("data", "found"), [*WRONG_HEADINGS, *NOT_A_REGISTER])
def test_what_is_not_the_register_is_refused_in_words(data: bytes, found: str) -> None:
    told = faults(data)
    assert found in told[0]
    assert re.search(r"\. (Download|Import) .+\.$", told[0])


def test_a_file_that_is_wrong_everywhere_is_told_of_a_dozen_times() -> None:
    assert len(faults(edition(*many(50, level="")))) == MOST_FAULTS


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    whole = bytearray(edition(*many(3)))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place : place + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    try:
        found = read(bytes(whole), today=TODAY)
    except RegisterFileError as refused:
        told = refused.faults
    else:
        assert found.rows
        return
    assert all(fault.line >= 1 and fault.remedy for fault in told)


# Editions


def test_the_first_edition_is_kept_with_every_fact(small_app: Flask) -> None:
    report = bring_in(small_app, edition(*many(3)))
    assert (len(report.added), report.unchanged) == (3, 0)
    kept = held(small_app)["600/0000/2"]
    assert (kept.title, kept.awarding_body, kept.level) == (
        "Kilnmark Award 2",
        "Kilnmark",
        "Level 2",
    )
    assert (kept.first_seen, kept.last_changed, kept.withdrawn_on) == (SNAPSHOT, SNAPSHOT, None)
    with small_app.app_context():
        row = db.session.scalars(select(RegisterEdition)).one()
        assert (row.snapshot, row.qualifications, row.added) == (SNAPSHOT, 3, 3)


def test_the_same_file_twice_changes_nothing_and_says_so(small_app: Flask) -> None:
    data = edition(*many(3))
    bring_in(small_app, data)
    before = {n: vars(q) for n, q in held(small_app).items()}
    report = bring_in(small_app, data)
    assert report.is_same_file
    assert (report.unchanged, report.added, report.withdrawn) == (3, [], [])
    assert {n: vars(q).keys() for n, q in held(small_app).items()} == {
        n: row.keys() for n, row in before.items()
    }


def test_the_next_edition_tells_what_was_added_changed_and_withdrawn(small_app: Flask) -> None:
    bring_in(small_app, edition(*many(8)))
    later = SNAPSHOT + dt.timedelta(days=90)
    changed = Line(number="60000000", title="Kilnmark Award 0", body="Other", offers={
        "Age1619": SUMMER, "AdvancedLearnerLoans": SUMMER,
    })  # fmt: skip
    lines = [changed, *many(7)[1:], Line()]
    report = bring_in(small_app, edition(*lines, snapshot=later))
    assert report.added == [NUMBER]
    assert report.withdrawn == ["600/0000/7"]
    assert report.changed == {
        "600/0000/0": ("awarding_body", "Age1619 ends", "AdvancedLearnerLoans added")
    }
    assert report.unchanged == 6
    kept = held(small_app)
    assert kept["600/0000/7"].withdrawn_on == later
    assert (kept["600/0000/0"].first_seen, kept["600/0000/0"].last_changed) == (SNAPSHOT, later)
    assert kept["600/0000/1"].last_changed == SNAPSHOT


def test_what_was_withdrawn_can_come_back(small_app: Flask) -> None:
    weeks = [SNAPSHOT + dt.timedelta(weeks=n) for n in range(3)]
    for snapshot, number in zip(weeks, (5, 4, 5), strict=True):
        report = bring_in(small_app, edition(*many(number), snapshot=snapshot))
    assert report.added == ["600/0000/4"]
    back = held(small_app)["600/0000/4"]
    assert (back.first_seen, back.last_changed, back.withdrawn_on) == (weeks[0], weeks[2], None)


def test_an_older_edition_is_refused(small_app: Flask) -> None:
    bring_in(small_app, edition(*many(3)))
    older = edition(*many(5), snapshot=SNAPSHOT - dt.timedelta(days=1))
    with pytest.raises(
        EditionRefusedError, match=r"of 17/02/2026\. .+ of 18/02/2026, which is newer"
    ):
        bring_in(small_app, older)
    assert len(held(small_app)) == 3


def test_a_file_cut_off_between_two_rows_is_refused_unless_somebody_knows_better(
    small_app: Flask,
) -> None:
    bring_in(small_app, edition(*many(8)))
    half = edition(*many(4), snapshot=SNAPSHOT + dt.timedelta(days=1))
    with pytest.raises(EditionRefusedError, match="4 of the 8 in the present edition are missing"):
        bring_in(small_app, half)
    assert all(q.withdrawn_on is None for q in held(small_app).values())
    assert len(bring_in(small_app, half, many_withdrawn=True).withdrawn) == 4


def test_a_corrected_file_of_the_same_day_comes_in(small_app: Flask) -> None:
    bring_in(small_app, edition(*many(3)))
    assert len(bring_in(small_app, edition(*many(3, body="Kilnmark Ltd"))).changed) == 3


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(some_lines, some_lines)
def test_one_edition_after_another_leaves_what_the_last_one_says(
    small_app: Flask, before: Sequence[Line], after: Sequence[Line]
) -> None:
    later = edition(*after, snapshot=SNAPSHOT + dt.timedelta(days=1))

    def facts(*files: bytes) -> dict[str, list[Any]]:
        with small_app.app_context():
            for table in (Qualification, RegisterEdition):
                db.session.execute(delete(table))
            db.session.commit()
        for data in files:
            bring_in(small_app, data, many_withdrawn=True)
        return {
            number: [getattr(q, name) for name in FACTS]
            for number, q in held(small_app).items()
            if q.withdrawn_on is None
        }

    assert facts(edition(*before), later) == facts(later)


# The command


def command(
    app: Flask, tmp_path: Path, data: bytes, *options: str, code: str = PORTAL
) -> CompletedProcess[str]:
    file = tmp_path / "register.csv"
    file.write_bytes(data)
    words = ("import", "qualifications", str(file), *options)
    return run(code, *words, environment=where(app))


def test_the_command_says_what_changed_and_what_it_means(
    small_app: Flask, small_content: Path, tmp_path: Path
) -> None:
    name_numbers(small_app, small_content, NUMBER, "601/9999/9", level='"3"')
    soon = today() + dt.timedelta(days=100)
    lines = [Line(title="Kilnmark Level 2 Award in Weaving", offers={"Age1619": soon})]
    done = command(small_app, tmp_path, edition(*many(4), *lines))
    assert done.returncode == 0
    assert "The edition of 18 February 2026." in done.stdout
    assert "Added: 5." in done.stdout
    assert "potter-apprenticeship: 601/9999/9. Compare it with the register" in done.stdout
    assert "potter-apprenticeship is at 3, and 601/4703/4" in done.stdout
    assert "Titles that share no word: 1." in done.stdout
    name_numbers(small_app, small_content, NUMBER)
    again = command(small_app, tmp_path, edition(*many(4), *lines))
    assert "This file was imported already" in again.stdout
    assert "Nothing was changed." in again.stdout
    assert f"ends within a year: 1.\n    potter-apprenticeship: {day(soon)}" in again.stdout
    refused = command(small_app, tmp_path, edition(*many(4), snapshot=SNAPSHOT.replace(day=1)))
    assert refused.returncode == 1
    assert "which is newer" in refused.stderr
    assert "Nothing was changed." in refused.stderr


def test_the_command_shows_how_far_it_is(small_app: Flask, tmp_path: Path) -> None:
    done = command(small_app, tmp_path, edition(*many(1200)))
    assert "Reading: 1,000 of 1,201 rows" in done.stderr
    assert "Writing: 1,200 of 1,200 rows" in done.stderr


@pytest.mark.parametrize("size", [0, 50_000_000])
def test_the_command_refuses_a_bad_file_without_a_traceback(
    small_app: Flask, tmp_path: Path, size: int
) -> None:
    bring_in(small_app, edition(*many(3)))
    done = command(small_app, tmp_path, b"a" * size)
    assert done.returncode == 1
    assert done.stderr.startswith("Line 1: The file is ")
    assert done.stderr.endswith("Nothing was changed.\n")
    assert len(held(small_app)) == 3


DIES = """
import os, signal
from portal.catalogue import importing
whole = importing._batches
def half(rows):
    for number, batch in enumerate(whole(rows)):
        yield batch
        if number == 1:
            os.kill(os.getpid(), signal.SIGKILL)
importing._batches = half
from portal.__main__ import main
main()
"""


def test_an_import_that_is_killed_midway_leaves_the_old_edition_whole(
    small_app: Flask, tmp_path: Path
) -> None:
    bring_in(small_app, edition(*many(4)))
    bigger = edition(*many(1500, body="Other"), snapshot=SNAPSHOT + dt.timedelta(days=1))
    done = command(small_app, tmp_path, bigger, code=DIES)
    assert done.returncode == -signal.SIGKILL
    assert "Writing: 500 of" in done.stderr
    kept = held(small_app)
    assert len(kept) == 4
    assert {q.awarding_body for q in kept.values()} == {"Kilnmark"}
    assert command(small_app, tmp_path, bigger).returncode == 0
    assert len(held(small_app)) == 1500


# What it means for a programme


@pytest.mark.parametrize(
    ("last_day", "is_so"),
    [(PAST, True), (SUMMER, True), (dt.date(2026, 8, 31), True), (dt.date(2026, 9, 1), False)],
)
def test_an_edition_settles_last_days_before_the_next_september(
    last_day: dt.date,
    is_so: bool,  # noqa: FBT001 - a table’s column
) -> None:
    assert is_settled(last_day, SNAPSHOT) is is_so
    assert is_settled(last_day, dt.date(2025, 9, 1)) is is_so
    assert is_settled(dt.date(2026, 9, 1), dt.date(2026, 9, 1))


@pytest.mark.parametrize(
    ("offers", "others", "expected"),
    [
        ({"Age1619": SUMMER}, {"Age1619": SUMMER}, "2026-07"),
        ({"Age1619": SUMMER}, {"Age1619": PAST}, "2026-07"),
        ({"Age1619": SUMMER}, {"Age1619": YEAR_AFTER}, None),
        ({"Age1619": SUMMER, "LocalFlexibilities": YEAR_AFTER}, {"Age1619": SUMMER}, None),
        ({"Age1619": SUMMER, "Age1416": YEAR_AFTER}, {"Age1619": SUMMER}, "2026-07"),
        ({"Age1619": SUMMER}, {"Age1619": None}, None),
        ({"Age1619": SUMMER}, {"Age1619": SUMMER, "LocalFlexibilities": None}, None),
        ({"Age1619": SUMMER}, {}, None),
        ({"Age1619": SUMMER}, None, None),
    ],
)
def test_a_last_start_follows_only_when_every_qualification_ends(
    small_app: Flask,
    small_content: Path,
    offers: dict[str, dt.date | None],
    others: dict[str, dt.date | None] | None,
    expected: str | None,
) -> None:
    name_numbers(small_app, small_content, NUMBER, OTHER)
    lines = [Line(offers=offers)]
    lines += [Line(number="60147046", offers=others)] if others is not None else []
    report = bring_in(small_app, edition(*lines))
    assert last_intake(small_app) == expected
    assert report.last_starts == (["potter-apprenticeship"] if expected else [])


@pytest.mark.parametrize(
    ("stated", "expected"), [('"2026-01"', "2026-01"), ('"2027-09"', "2026-07")]
)
def test_the_earlier_of_contents_word_and_the_registers_counts(
    small_app: Flask, small_content: Path, stated: str, expected: str
) -> None:
    name_numbers(small_app, small_content, NUMBER, last_intake=stated)
    bring_in(small_app, edition(Line(offers={"Age1619": SUMMER})))
    assert last_intake(small_app) == expected
    with small_app.app_context():
        assert db.session.scalars(select(Programme)).one().stated_last_intake == stated.strip('"')


def test_a_newer_edition_takes_a_last_start_back_and_the_catalogue_follows(
    small_app: Flask, small_content: Path
) -> None:
    name_numbers(small_app, small_content, NUMBER)

    def version() -> int:
        with small_app.app_context():
            return db.session.scalars(select(CatalogueState.version)).one()

    versions = [version()]
    for days, ends in enumerate((SUMMER, SUMMER, YEAR_AFTER)):
        snapshot = SNAPSHOT + dt.timedelta(days=days)
        bring_in(small_app, edition(Line(offers={"Age1619": ends}), snapshot=snapshot))
        versions.append(version())
    assert last_intake(small_app) is None
    first, ended, same, back = versions
    assert first < ended == same < back


def test_the_climbing_frame_takes_nobody_in_after_the_registers_last_start(
    small_app: Flask, small_content: Path
) -> None:
    name_numbers(small_app, small_content, NUMBER)

    def closes() -> list[int | None]:
        with small_app.app_context():
            holds = present_frame().holds.values()
            return [hold.needs.closes for hold in holds if hold.needs.closes is not None]

    assert closes() == []
    bring_in(small_app, edition(Line(offers={"Age1619": SUMMER})))
    assert closes() == [month_number(SUMMER)]


def test_numbers_added_to_content_later_follow_a_register_that_is_there(
    small_app: Flask, small_content: Path
) -> None:
    bring_in(small_app, edition(Line(offers={"Age1619": SUMMER})))
    assert last_intake(small_app) is None
    name_numbers(small_app, small_content, NUMBER)
    assert last_intake(small_app) == "2026-07"
    with small_app.app_context():
        assert load(db.session, read_library(small_content), show_months=18).is_empty
    name_numbers(small_app, small_content)
    assert last_intake(small_app) is None


def test_what_is_withdrawn_ended_with_the_edition_that_left_it_out(
    small_app: Flask, small_content: Path
) -> None:
    name_numbers(small_app, small_content, NUMBER)
    bring_in(small_app, edition(Line(), *many(9)))
    bring_in(small_app, edition(*many(9), snapshot=SNAPSHOT + dt.timedelta(days=60)))
    assert last_intake(small_app) == "2026-04"
    page = potter_page(small_app)
    assert "It is no longer on the list." in page.words
    assert "public money for new starts ended on 19 April 2026" in page.words


# Pages


def test_without_a_register_a_page_says_nothing_of_it(
    small_app: Flask, small_content: Path
) -> None:
    name_numbers(small_app, small_content, NUMBER)
    assert "public money" not in potter_page(small_app).words.lower()
    bring_in(small_app, edition(*many(3)))
    assert "public money" not in potter_page(small_app).words.lower()


def test_a_page_says_what_it_stands_for_who_pays_until_when_and_who_says_so(
    small_app: Flask, small_content: Path
) -> None:
    name_numbers(small_app, small_content, NUMBER, OTHER)
    both = [
        Line(offers={"Age1619": YEAR_AFTER, "LocalFlexibilities": PAST}, notes="18+ only"),
        Line(number="60147046", title="Bramble Potter's Award", offers={"Age1619": SUMMER}),
    ]
    bring_in(small_app, edition(*both))
    page = potter_page(small_app)
    for words in (
        "Kilnmark Level 2 Certificate in Pottery",
        "Bramble Potter’s Award",
        "Kilnmark. Number 601/4703/4.",
        "Students aged 16 to 19",
        "For new starts until 31 July 2028.",
        "Public money for new starts ended on 31 July 2025.",
        "This goes for 1 of the 2 qualifications.",
        "The list adds: “18+ only”.",
        "the list of 18 February 2026",
        "Contains public sector information licensed under the Open Government Licence v3.0",
    ):
        assert words in page.words, words
    assert "free for you" not in page.words.lower()
    assert not page.soup.select("#qualifications ~ details")


def test_a_page_counts_only_the_qualifications_on_which_an_offer_goes_on(
    small_app: Flask, small_content: Path
) -> None:
    name_numbers(small_app, small_content, NUMBER, OTHER)
    going_on = today() + dt.timedelta(days=900)
    ended = Line(number="60147046", offers={"Age1619": PAST})
    bring_in(small_app, edition(Line(offers={"Age1619": going_on}), ended))
    words = potter_page(small_app).words
    assert f"For new starts until {day(going_on)}. This goes for 1 of the 2" in words
    assert "ended on" not in words


def test_a_page_doubts_a_day_that_passed_after_the_edition(
    small_app: Flask, small_content: Path
) -> None:
    name_numbers(small_app, small_content, NUMBER, replaced_by='"potter-apprenticeship"')
    old = today() - dt.timedelta(days=500)
    passed = today() - dt.timedelta(days=20)
    bring_in(small_app, edition(Line(offers={"Age1619": passed}), snapshot=old))
    page = potter_page(small_app)
    assert f"The list gives {day(passed)} as the last day for new starts." in page.words
    assert "A newer list may give a later day: ask the college." in page.words
    assert "ended on" not in page.words
    assert last_intake(small_app) is None


@pytest.mark.parametrize(("replaced_by", "asks"), [(None, True), ("potter-apprenticeship", False)])
def test_a_page_says_plainly_that_money_ended_and_what_comes_instead(
    small_app: Flask,
    small_content: Path,
    replaced_by: str | None,
    asks: bool,  # noqa: FBT001 - a table’s column
) -> None:
    changes = {"replaced_by": f'"{replaced_by}"'} if replaced_by else {}
    name_numbers(small_app, small_content, NUMBER, **changes)
    bring_in(small_app, edition(Line(offers={"Age1619": PAST})))
    notice = potter_page(small_app).soup.select_one(".notice")
    assert notice is not None
    words = " ".join(notice.get_text(" ").split())
    assert "By the national list of 18 February 2026, public money for new starts ended on" in words
    assert ("Ask the college what takes its place." in words) is asks
    assert ("It is replaced by" in words) is not asks


def test_more_than_four_qualifications_are_folded(small_app: Flask, small_content: Path) -> None:
    lines = many(6)
    name_numbers(small_app, small_content, *(f"600/0000/{n}" for n in range(6)))
    bring_in(small_app, edition(*lines))
    page = potter_page(small_app)
    folded = page.soup.select('section[aria-labelledby="qualifications"] details li')
    assert len(folded) == 2
    assert "Show the other 2" in page.words
    assert "Ask each college which one it teaches." in page.words


@pytest.mark.parametrize("typed", ["601/4703/X", "6014703X", "6014703x", "601%2F4703%2FX"])
def test_a_number_typed_into_the_search_finds_the_programme(
    small_app: Flask, small_content: Path, typed: str
) -> None:
    page = PageClient(small_app)
    assert "/programmes/potter-apprenticeship" not in page.get(f"/search?q={typed}").results
    name_numbers(small_app, small_content, "601/4703/X")
    assert page.get(f"/search?q={typed}").results[0] == "/programmes/potter-apprenticeship"


# The real register


@pytest.mark.skipif(not REAL.exists(), reason="the register’s own files are not here")
def test_two_real_editions_tell_what_came_changed_and_went(tmp_path: Path) -> None:
    app = make_app(tmp_path / "instance", tmp_path)
    first = bring_in(app, (REAL / "funded.csv").read_bytes())
    assert len(first.added) == 8201
    second = bring_in(app, (REAL / "approved_2025-02-18.csv").read_bytes())
    assert (len(second.added), len(second.changed), len(second.withdrawn)) == (19, 1000, 128)
    assert second.unchanged == 8092 - 19 - 1000
    assert second.unread_columns == ()
    kept = held(app)
    assert sum(q.withdrawn_on is None for q in kept.values()) == 8092
    assert kept["610/0818/7"].title == "AAT Level 1 Award in Bookkeeping"
    assert kept["610/0818/7"].offers["Age1619"]["ends"] == "2026-07-31"
    assert all(q.levels for q in kept.values())


@pytest.mark.skipif(not REAL.exists(), reason="the register’s own files are not here")
def test_the_city_has_words_for_every_offer_of_the_real_register() -> None:
    with (CONTENT / "funding_offers.csv").open(encoding="utf-8", newline="") as file:
        named = {row["code"] for row in csv.DictReader(file)}
    for path in REAL.glob("*.csv"):
        assert set(read(path.read_bytes(), today=today()).offers) <= named, path.name


# PostgreSQL


def test_an_edition_comes_in_on_postgresql(
    tmp_path: Path,
    small_content: Path,
    postgres: str,  # noqa: F811 - the fixture
) -> None:
    app = make_app(tmp_path / "instance", small_content, DATABASE_URL=postgres)
    app.config["WTF_CSRF_ENABLED"] = False
    name_numbers(app, small_content, NUMBER)
    bring_in(app, edition(Line(offers={"Age1619": PAST}), *many(9)))
    later = edition(*many(9, body="Other"), snapshot=SNAPSHOT + dt.timedelta(days=1))
    report = bring_in(app, later)
    assert (len(report.changed), report.withdrawn) == (9, [NUMBER])
    assert last_intake(app) == "2025-07"
    assert "It is no longer on the list." in potter_page(app).words
