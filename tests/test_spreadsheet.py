"""The spreadsheet as a file: what is read, what is refused in which words, and what is written."""

import csv
import io
import re
import time
import tracemalloc
from pathlib import Path

import pytest
from corpora.hostile_files import HOSTILE
from hypothesis import example, given, settings
from hypothesis import strategies as st
from spreadsheets import (
    CONTEXT,
    COURSE,
    VENUE,
    file_of,
    written,
)

from portal.provision.cells import listed, quoted
from portal.provision.checking_rows import (
    check_course,
    check_courses,
    check_venue,
    check_venues,
)
from portal.provision.columns import (
    COURSES,
    ERRORS,
    FORMATS,
    NO_HEADING,
    OTHER_COURSES,
    REGIONS,
    ROW,
    SUB_REGIONS,
    VENUES,
    Format,
    Need,
)
from portal.provision.spreadsheet import (
    MOST_BYTES,
    MOST_CHARACTERS,
    MOST_ROWS,
    NotASpreadsheetError,
    defused,
    read,
    write,
)

SHARED = Path(__file__).parents[2] / "shared"
DIRECTORY = SHARED / "data" / "course_directory"
FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
thorough = settings(max_examples=150, deadline=None)


def refusal(data: bytes) -> str:
    with pytest.raises(NotASpreadsheetError) as refused:
        read(data)
    return str(refused.value)


# The formats


@pytest.mark.skipif(not DIRECTORY.exists(), reason="the directory’s own files are not here")
@pytest.mark.parametrize(
    ("format_", "template"),
    [
        (COURSES, "bulk_upload_courses_template.csv"),
        (OTHER_COURSES, "bulk_upload_non_lars_courses_template.csv"),
        (VENUES, "bulk_upload_venues_template.csv"),
    ],
)
def test_our_columns_are_those_of_the_national_templates(format_: Format, template: str) -> None:
    headings = (DIRECTORY / template).read_text(encoding="utf-8-sig").strip()
    assert list(format_.names) == headings.split(",")


@pytest.mark.skipif(not DIRECTORY.exists(), reason="the directory’s own files are not here")
def test_our_areas_are_those_of_the_national_list() -> None:
    with (DIRECTORY / "ncs_regions_subregions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [r["name"] for r in rows if r["kind"] == "region"] == list(REGIONS)
    assert [r["name"] for r in rows if r["kind"] == "sub_region"] == list(SUB_REGIONS)


@pytest.mark.skipif(not DIRECTORY.exists(), reason="the directory’s own files are not here")
@pytest.mark.parametrize(
    ("format_", "rules"),
    [
        (COURSES, "bulk_upload_Formatting_rules.txt"),
        (OTHER_COURSES, "bulk_upload_NonLarsFormatting_rules.txt"),
    ],
)
def test_our_limits_are_those_of_the_national_rules(format_: Format, rules: str) -> None:
    text = (DIRECTORY / rules).read_text(encoding="utf-8-sig")
    for column in format_.columns:
        rule = text.split(f"\n {column.name}\n")[-1]
        rule = re.split(r"\n [A-Z]{2,}_[A-Z_]+\n|\n (?:COST|DURATION|SECTOR)\n", rule)[0]
        limit = re.search(r"Char[a-z]* limit\n (\d+)", rule)
        # Codes and numbers have a form of their own; our own cap on areas is above all of them.
        if limit and column.name not in {"LARS_QAN", "DURATION"}:
            assert column.most == int(limit[1]), column.name
        assert ("Mandatory\n Yes" in rule) == (
            column.need is Need.ALWAYS or column.name == "YOUR_VENUE_REFERENCE"
        ), column.name


@pytest.mark.parametrize("format_", FORMATS, ids=lambda f: f.rows_are)
def test_a_template_that_is_downloaded_can_be_filled_in_and_read(format_: Format) -> None:
    template = written(format_=format_)
    assert "no rows" in refusal(template)
    filled = template + (VENUE["POSTCODE"] + "\r\n").encode()
    assert read(filled).format is format_


# Reading


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_every_way_in_which_spreadsheets_save_is_read(
    encoding: str, delimiter: str, line_end: str
) -> None:
    cells = COURSE | {"COURSE_NAME": "Café, bar; “front” of house – £"}
    text = file_of(cells, delimiter=delimiter).replace("\r\n", line_end)
    assert read(text.encode(encoding)).rows[0].cells["COURSE_NAME"] == cells["COURSE_NAME"]


def test_headings_stand_in_any_order_and_any_case() -> None:
    names = [name.replace("_", " ").capitalize() for name in reversed(COURSES.names)]
    cells = [COURSE.get(name, "") for name in reversed(COURSES.names)]
    sheet = read(f" {','.join(names)} \n{','.join(cells)}\n".encode())
    assert sheet.format is COURSES
    assert {name: text for name, text in sheet.rows[0].cells.items() if text} == COURSE


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    text = file_of({"COURSE_NAME": "First", "WHERE_NEXT": "two\nlines"}, {}, {}, COURSE)
    assert [row.number for row in read(text.encode()).rows] == [2, 5]


def test_space_around_a_cell_and_foreign_line_ends_are_taken_off() -> None:
    text = file_of(
        {
            "COURSE_NAME": "\xa0 Pottery \t",
            "YOUR_REFERENCE": " \ufeff\u200b '=1 ",
            "WHERE_NEXT": "one\r\ntwo\rthree\x0bfour",
        }
    )
    cells = read(text.encode()).rows[0].cells
    assert cells["COURSE_NAME"] == "Pottery"
    assert cells["YOUR_REFERENCE"] == "=1"
    assert cells["WHERE_NEXT"] == "one\ntwo\nthree\nfour"


def test_our_own_columns_come_back_and_are_ignored() -> None:
    data = written(COURSE | {ROW: "7", ERRORS: "COST: write a price."}, errors=True)
    assert data.decode("utf-8-sig").splitlines()[0].endswith(f",{ROW},{ERRORS}")
    sheet = read(data)
    assert sheet.rows[0].cells.keys() == set(COURSES.names)
    assert check_courses(sheet, context=CONTEXT)[0].problems == []


def test_columns_without_a_heading_at_the_end_do_no_harm_when_they_are_blank() -> None:
    lines = file_of(COURSE).splitlines()
    sheet = read("\n".join(line + ",,, ," for line in lines).encode())
    assert NO_HEADING not in sheet.rows[0].cells


def test_a_row_with_more_cells_than_headings_has_a_problem_and_the_file_is_read() -> None:
    lines = file_of(COURSE, COURSE | {"COURSE_NAME": "Glazing"}).splitlines()
    sheet = read("\n".join([lines[0], lines[1] + ",and more", lines[2]]).encode())
    first, second = check_courses(sheet, context=CONTEXT)
    assert [problem.column for problem in first.problems] == [NO_HEADING]
    assert "“and more” stands to the right" in first.problems[0].words
    assert second.values


def test_a_row_with_fewer_cells_has_the_others_blank() -> None:
    sheet = read(f"{','.join(COURSES.names)}\n50079281,Potters\n".encode())
    assert sheet.rows[0].cells["ATTENDANCE_PATTERN"] == ""


HEADER = ",".join(COURSES.names)
REFUSED: list[tuple[str, bytes, str]] = [
    ("an empty file", b"", "is empty"),
    ("a file of line ends", b"\r\n\r\n", "is empty"),
    ("a workbook", b"PK\x03\x04 [Content_Types].xml", "is an Excel workbook. In Excel choose"),
    ("a zip file", b"PK\x03\x04 courses.csv", "is a zip file"),
    ("an open document", b"PK\x03\x04 vnd.oasis.opendocument", "is an OpenDocument file"),
    ("an old workbook", b"\xd0\xcf\x11\xe0", "is an old Excel workbook"),
    ("a PDF", b"%PDF-1.7", "is a PDF"),
    ("a text document", rb"{\rtf1 }", "is a text document"),
    ("a page", b" \n<html>", "is a web page"),
    ("JSON", b'[{"a": 1}]', "is a file of JSON"),
    ("UTF-16", HEADER.encode("utf-16"), "Unicode Text (UTF-16)"),
    ("UTF-16 without a mark", HEADER.encode("utf-16-be"), "Unicode Text (UTF-16)"),
    ("a NUL", f"{HEADER}\nx\0y".encode(), "is not text"),
    ("bytes of no alphabet", f"{HEADER}\n".encode() + b"\x81\x8d", "is not text"),
    ("too many bytes", b"x" * (MOST_BYTES + 1), "larger than 20 MB"),
    ("no headings", b"1,2,3\n4,5,6", "does not hold the headings"),
    ("headings alone", HEADER.encode(), "no rows"),
    ("a missing heading", HEADER.replace("COST,", "").encode() + b"\nx", "missing: COST."),
    (
        "a heading misspelt",
        HEADER.replace("COST,", "COSTS,").encode() + b"\nx",
        "not known: “COSTS” (did you mean COST?)",
    ),
    (
        "a heading of before",
        HEADER.replace("COURSE_WEBPAGE", "URL").encode() + b"\nx",
        "“URL” (did you mean COURSE_WEBPAGE?)",
    ),
    ("a heading taken out", f"{HEADER},REGION\nx".encode(), "“REGION” (take this column out)"),
    ("a heading too many", f"{HEADER},HELLO\nx".encode(), "not known: “HELLO”."),
    ("a blank heading", f",{HEADER}\n,x".encode(), "a column without a heading"),
    ("a heading twice", f"{HEADER},cost\nx".encode(), "“COST” stands twice"),
    (
        "too many columns",
        (HEADER + "".join(f",X{n}" for n in range(40))).encode(),
        "more than 60 columns",
    ),
    ("too many rows", f"{HEADER}\n{'x,' * 3}\n".encode() + b"x\n" * MOST_ROWS, "10,000 rows"),
    ("too many blank lines", f"{HEADER}\nx".encode() + b"\n" * 100_001, "10,000 rows"),
    (
        "a long cell",
        f"{HEADER}\nx\n{'y' * (MOST_CHARACTERS + 1)}".encode(),
        "cell in row 3 has more than 10,000 characters",
    ),
    ("an open quotation mark", f'{HEADER}\nx\n"y'.encode(), "Row 3 cannot be read"),
    ("a quotation mark inside", f'{HEADER}\n"a" b,'.encode(), "Row 2 cannot be read"),
    ("a row without end", f"{HEADER}\n{'x,' * 60_000}".encode(), "Row 2 has more than 100,000"),
]


@pytest.mark.parametrize(("data", "words"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_a_file_that_is_not_ours_is_refused_in_words(data: bytes, words: str) -> None:
    told = refusal(data)
    assert words in told
    assert told.endswith(".")
    assert len(told) < 600


def test_a_full_file_of_the_greatest_size_is_read() -> None:
    rows = [COURSE | {"WHERE_NEXT": "w" * 500, "WHO_THIS_COURSE_IS_FOR": "w" * 1_000}] * MOST_ROWS
    data = written(*rows)
    assert len(data) < MOST_BYTES
    assert len(read(data).rows) == MOST_ROWS


# Hostile files


def outcome(data: bytes) -> str | list[bool]:
    """Why a file is refused, or whether each of its rows has problems."""
    try:
        sheet = read(data)
    except NotASpreadsheetError as error:
        return str(error)
    if sheet.format is VENUES:
        return [bool(each.problems) for each in check_venues(sheet)]
    return [bool(each.problems) for each in check_courses(sheet, context=CONTEXT)]


def test_there_are_sixty_hostile_files() -> None:
    assert len(HOSTILE) >= 60


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_or_has_problems_and_memory_is_bounded(name: str) -> None:
    data = HOSTILE[name]()
    tracemalloc.start()
    began = time.process_time()
    told = outcome(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    if isinstance(told, str):
        assert told.endswith(".")
        assert len(told) < 600
    else:
        assert told
        assert all(told)
    assert peak < 30_000_000
    assert time.process_time() - began < 10


@given(st.binary(max_size=2_000))
@thorough
def test_no_bytes_raise_anything_but_a_refusal(data: bytes) -> None:
    for start in (b"", file_of().encode(), b"\xef\xbb\xbf" + file_of(format_=VENUES).encode()):
        assert outcome(start + data)


@given(st.text(st.sampled_from("ab,;\"\r\n\t'=£ \x0b") | st.characters(), max_size=200))
@thorough
def test_no_text_under_our_headings_raises_anything_but_a_refusal(text: str) -> None:
    assert outcome((file_of() + text).encode("utf-8", "surrogatepass"))


@given(st.dictionaries(st.sampled_from([*COURSES.names, *VENUES.names]), st.text(max_size=60)))
@thorough
def test_no_cells_raise_anything(cells: dict[str, str]) -> None:
    for format_ in (COURSES, OTHER_COURSES):
        assert check_course(cells, format=format_, context=CONTEXT).problems
    assert check_venue(cells).problems or check_venue(cells).values


# Writing, and the way back

TRICKY = ["=1+1", "+44", "-2", "@x", "'=x", "''-x", "\t=1", "\r=1", "' =x", " =1", "＝1", "it's"]


@pytest.mark.parametrize("text", TRICKY)
def test_a_cell_that_would_be_a_formula_is_defused(text: str) -> None:
    assert not FORMULA.match(defused(text))


@pytest.mark.parametrize("text", ["", "Pottery", "it's", "'quoted'", "1-2", "a=b", "£5", " "])
def test_other_cells_are_written_as_they_are(text: str) -> None:
    assert defused(text) == text


def test_what_is_written_opens_in_excel() -> None:
    data = written(COURSE)
    assert data.startswith(b"\xef\xbb\xbfLARS_QAN,")
    assert data.count(b"\r\n") == 2
    assert data.endswith(b"\r\n")


def test_columns_of_ones_own_can_be_written() -> None:
    assert b"".join(write(["a", "b"], [{"b": "=1"}])) == b"\xef\xbb\xbfa,b\r\n,'=1\r\n"


@given(st.lists(st.dictionaries(st.sampled_from(VENUES.names), st.text()), max_size=5))
@example([{"VENUE_NAME": text} for text in TRICKY])
@thorough
def test_no_exported_cell_begins_like_a_formula(rows: list[dict[str, str]]) -> None:
    text = written(*rows, format_=VENUES, errors=True).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert len(cells) == (len(VENUES.names) + 2) * (len(rows) + 1)
    assert [cell for cell in cells if FORMULA.match(cell)] == []


@given(st.lists(st.sampled_from(TRICKY) | st.text(max_size=40), min_size=1, max_size=9))
@thorough
def test_what_is_written_reads_the_same(texts: list[str]) -> None:
    tidy = [re.sub(r"[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\u200b]", "", t) for t in texts]
    rows = [{"LARS_QAN": "x", "WHERE_NEXT": text.strip()} for text in tidy]
    again = read(written(*rows)).rows
    assert [row.cells["WHERE_NEXT"] for row in again] == [row["WHERE_NEXT"] for row in rows]


# Small words, and speed


def test_a_quoted_text_is_short_and_on_one_line() -> None:
    assert quoted("two\nlines") == "“two lines”"
    assert quoted("w" * 41) == "“" + "w" * 40 + "…”"
    assert quoted("a\x07b") == "“a�b”"


def test_words_in_a_row_are_joined_as_people_do() -> None:
    assert listed(["one"]) == "one"
    assert listed(["one", "two", "three"]) == "one, two and three"


def test_two_thousand_rows_are_read_and_checked_in_time_and_in_little_memory() -> None:
    rows = [
        COURSE | {"COURSE_NAME": f"Pottery {n}", "WHERE_NEXT": "w" * 500, "HOW_YOU_WILL_LEARN": "’"}
        for n in range(2_000)
    ]
    data = written(*rows)
    began = time.process_time()
    check_courses(read(data), context=CONTEXT)
    took = time.process_time() - began
    tracemalloc.start()
    checked = check_courses(read(data), context=CONTEXT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert all(each.values for each in checked)
    assert took < 3
    assert peak < 20_000_000
