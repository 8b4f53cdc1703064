"""The rows of a spreadsheet: each rule of the national directory, and the words for breaking it."""

import datetime as dt
import re
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spreadsheets import (
    AT_WORK,
    CONTEXT,
    COURSE,
    IN_PLACES,
    ONLINE,
    TODAY,
    VENUE,
    course_problems,
    course_values,
    file_of,
    written,
)

from portal.provision.checking_rows import (
    check_course,
    check_courses,
    check_venue,
    check_venues,
)
from portal.provision.columns import (
    AREAS,
    ATTENDANCE,
    COURSES,
    LEVELS,
    MODES,
    OTHER_COURSES,
    SECTORS,
    STUDY_MODES,
    UNITS,
    VENUES,
    Format,
)
from portal.provision.course_values import CourseValues
from portal.provision.spreadsheet import (
    read,
)

thorough = settings(max_examples=150, deadline=None)


# Each rule of a row of courses

WRONG: list[tuple[str, str, str]] = [
    ("LARS_QAN", "500792811", "“500792811” is not a code: write 8 digits and letters"),
    ("LARS_QAN", "POTTERY", "is not a code"),
    ("LARS_QAN", "ABCDEFGH", "is not a code"),
    ("LARS_QAN", "5.01E+07", "how Excel shortens a long number"),
    ("WHO_THIS_COURSE_IS_FOR", "w" * 2001, "is 2,001 characters long: shorten it to 2,000"),
    ("ENTRY_REQUIREMENTS", "w" * 501, "shorten it to 500"),
    ("WHAT_YOU_WILL_LEARN", "w" * 501, "shorten it to 500"),
    ("HOW_YOU_WILL_LEARN", "w" * 501, "shorten it to 500"),
    ("WHAT_YOU_WILL_NEED_TO_BRING", "w" * 501, "shorten it to 500"),
    ("HOW_YOU_WILL_BE_ASSESSED", "w" * 501, "shorten it to 500"),
    ("WHERE_NEXT", "w" * 501, "shorten it to 500"),
    ("COURSE_NAME", "w" * 256, "shorten it to 255"),
    ("COURSE_NAME", "Pot\x1btery", "“Pot�tery” holds a character that nobody can see"),
    ("COURSE_NAME", "Pot\u202etery", "holds a character that nobody can see"),
    ("YOUR_REFERENCE", "w" * 256, "shorten it to 255"),
    ("DELIVERY_MODE", "Clasroom", "“Clasroom” is not an answer here: did you mean “Classroom”?"),
    ("DELIVERY_MODE", "zzz", "write Classroom, Online, Work based or Blended Learning."),
    ("START_DATE", "22/11/2026", "has passed: write a date after 22/11/2026."),
    ("START_DATE", "2026-11-21", "has passed"),
    ("START_DATE", "31/02/2027", "“31/02/2027” is not in the calendar"),
    ("START_DATE", "09/31/2027", "is not in the calendar"),
    ("START_DATE", "6/9/27", "is not a date: write it as DD/MM/YYYY, such as 31/01/2030."),
    ("START_DATE", "September", "is not a date"),
    ("FLEXIBLE_START_DATE", "Perhaps", "is not an answer here: write Yes or No."),
    ("VENUE_NAME", "Wharf House", "is not the venue of that reference: write “Kiln Street”"),
    ("YOUR_VENUE_REFERENCE", "KLIN", "no venue with the reference “KLIN”: add the venue first"),
    ("NATIONAL_DELIVERY", "Yes", "does not belong here, because DELIVERY_MODE is Classroom"),
    ("SUB_REGION", "Derby", "does not belong here, because DELIVERY_MODE is Classroom: empty it."),
    ("COURSE_WEBPAGE", "w" * 256, "shorten it to 255"),
    ("COURSE_WEBPAGE", "www.example.org", "write it in full, such as https://"),
    ("COURSE_WEBPAGE", "javascript:alert(1)", "“javascript:alert(1)” is not a web address"),
    ("COURSE_WEBPAGE", "data:text/html,x", "is not a web address"),
    ("COURSE_WEBPAGE", "https://example.org@evil.example/", "is not a web address"),
    ("COURSE_WEBPAGE", "ftp://example.org/", "is not a web address"),
    ("COST", "free", "“free” is not a price: write pounds and pence, such as 1500.00."),
    ("COST", "-1", "is not a price"),
    ("COST", "1.005", "is not a price"),
    ("COST", "1,50", "is not a price"),
    ("COST", "1000000", "is too much: write a price of at most 999999.99."),
    ("COST_DESCRIPTION", "w" * 256, "shorten it to 255"),
    ("DURATION", "0", "is not a whole number from 1 to 999"),
    ("DURATION", "1000", "is not a whole number"),
    ("DURATION", "1.5", "is not a whole number"),
    ("DURATION", "12 weeks", "write only the number, and its unit in DURATION_UNIT."),
    ("DURATION_UNIT", "Week", "did you mean “Weeks”?"),
    ("STUDY_MODE", "Prat time", "did you mean “Part time”?"),
    ("ATTENDANCE_PATTERN", "Evenings", "did you mean “Evening”?"),
]


@pytest.mark.parametrize(("column", "text", "words"), WRONG)
def test_a_cell_that_is_wrong_is_told_in_words(column: str, text: str, words: str) -> None:
    problems = course_problems(**{column: text})
    assert words in problems.pop(column)
    assert problems == {}


@pytest.mark.parametrize(
    ("column", "text", "words"),
    [
        ("COURSE_TYPE", "Skill Bootcamp", "did you mean “Skills Bootcamp”?"),
        ("SECTOR", "CONSTRUCTON", "did you mean “CONSTRUCTION”?"),
        ("EDUCATION_LEVEL", "8", "write Entry Level, 1, 2, 3, 4, 5, 6 or 7."),
        ("AWARDING_BODY", "w" * 256, "shorten it to 255"),
    ],
)
def test_a_cell_of_a_course_without_a_code_is_told_in_words(
    column: str, text: str, words: str
) -> None:
    problems = course_problems(OTHER_COURSES, **{column: text})
    assert words in problems.pop(column)
    assert problems == {}


MISSING: list[tuple[dict[str, str], str, str]] = [
    ({}, "LARS_QAN", "write the code of the learning aim"),
    ({}, "WHO_THIS_COURSE_IS_FOR", "write who this course is for."),
    ({}, "COURSE_NAME", "write the name of the course."),
    ({}, "DELIVERY_MODE", "(one of Classroom, Online, Work based, Blended Learning)."),
    ({}, "START_DATE", "write the first day as DD/MM/YYYY, or Yes in FLEXIBLE_START_DATE."),
    ({"FLEXIBLE_START_DATE": "No"}, "START_DATE", "or Yes in FLEXIBLE_START_DATE."),
    ({"VENUE_NAME": ""}, "YOUR_VENUE_REFERENCE", ""),
    ({"DELIVERY_MODE": "Blended Learning", "VENUE_NAME": ""}, "YOUR_VENUE_REFERENCE", ""),
    (AT_WORK, "NATIONAL_DELIVERY", "because DELIVERY_MODE is Work based."),
    (IN_PLACES, "SUB_REGION", "because NATIONAL_DELIVERY is No."),
    ({}, "COURSE_WEBPAGE", "beginning with https://."),
    ({}, "COST", "write the price in pounds, such as 1500.00 or 0, or fill in COST_DESCRIPTION."),
    ({}, "DURATION", "write a whole number from 1 to 999."),
    ({}, "DURATION_UNIT", "(one of Minutes, Hours, Days, Weeks, Months, Years)."),
    ({}, "STUDY_MODE", "because DELIVERY_MODE is Classroom (one of Full time"),
    ({"DELIVERY_MODE": "Blended"}, "STUDY_MODE", "because DELIVERY_MODE is Blended Learning"),
    ({}, "ATTENDANCE_PATTERN", "because DELIVERY_MODE is Classroom (one of Daytime"),
    ({"DELIVERY_MODE": "Blended"}, "ATTENDANCE_PATTERN", "because DELIVERY_MODE is Blended"),
]


@pytest.mark.parametrize(("changes", "column", "words"), MISSING)
def test_a_cell_that_is_needed_is_told_when_it_is_empty(
    changes: dict[str, str], column: str, words: str
) -> None:
    problems = course_problems(**changes | {column: ""})
    # The venue may be given by name or reference; when both are empty the name is asked for.
    told = problems.pop("VENUE_NAME" if column == "YOUR_VENUE_REFERENCE" else column)
    assert told.startswith("This cell is empty: write ")
    assert words in told
    assert problems == {}


@pytest.mark.parametrize("column", ["COURSE_TYPE", "SECTOR", "EDUCATION_LEVEL", "AWARDING_BODY"])
def test_a_course_without_a_code_says_what_it_is_in_every_column(column: str) -> None:
    assert list(course_problems(OTHER_COURSES, **{column: ""})) == [column]


@pytest.mark.parametrize(
    "column",
    [
        "ENTRY_REQUIREMENTS", "WHAT_YOU_WILL_LEARN", "HOW_YOU_WILL_LEARN",
        "WHAT_YOU_WILL_NEED_TO_BRING", "HOW_YOU_WILL_BE_ASSESSED", "WHERE_NEXT", "YOUR_REFERENCE",
        "FLEXIBLE_START_DATE", "VENUE_NAME", "YOUR_VENUE_REFERENCE", "NATIONAL_DELIVERY",
        "SUB_REGION", "COST_DESCRIPTION",
    ],
)  # fmt: skip
def test_a_cell_that_is_not_needed_may_be_empty(column: str) -> None:
    assert course_problems(**{column: ""}) == {}


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        (ONLINE | {"VENUE_NAME": "Kiln Street"}, "VENUE_NAME"),
        (ONLINE | {"YOUR_VENUE_REFERENCE": "KILN"}, "YOUR_VENUE_REFERENCE"),
        (ONLINE | {"STUDY_MODE": "Part time"}, "STUDY_MODE"),
        (ONLINE | {"ATTENDANCE_PATTERN": "Evening"}, "ATTENDANCE_PATTERN"),
        (ONLINE | {"SUB_REGION": "Derby"}, "SUB_REGION"),
        (ONLINE | {"NATIONAL_DELIVERY": "Yes"}, "NATIONAL_DELIVERY"),
        (AT_WORK | {"SUB_REGION": "Derby"}, "SUB_REGION"),
        (AT_WORK | {"VENUE_NAME": "Kiln Street"}, "VENUE_NAME"),
        ({"FLEXIBLE_START_DATE": "Yes"}, "START_DATE"),
    ],
)
def test_a_cell_that_cannot_go_with_another_is_told(changes: dict[str, str], column: str) -> None:
    problems = course_problems(**changes)
    assert re.search(r"does not belong here, because [A-Z_]+ is .+: empty it\.", problems[column])
    assert list(problems) == [column]


def test_a_problem_says_its_column_in_a_file_of_errors() -> None:
    cells = COURSE | {"DURATION": ""}
    (problem,) = check_course(cells, format=COURSES, context=CONTEXT).problems
    assert str(problem) == "DURATION: This cell is empty: write a whole number from 1 to 999."


def test_a_cell_that_was_mended_in_a_browser_may_have_the_line_ends_of_one() -> None:
    assert course_values(WHERE_NEXT="Level 2\r\nLevel 3").where_next == "Level 2\nLevel 3"


def test_problems_stand_in_the_order_of_the_columns() -> None:
    told = [*course_problems(COST="x", LARS_QAN="", COURSE_NAME="", STUDY_MODE="x")]
    assert told == ["LARS_QAN", "COURSE_NAME", "COST", "STUDY_MODE"]


def test_a_problem_is_one_sentence_and_quotes_little() -> None:
    told = course_problems(COURSE_WEBPAGE="javascript:" + "x" * 200, COURSE_NAME="two\nlines" * 90)
    for words in told.values():
        assert len(words) < 200
        assert "\n" not in words


def test_every_value_of_a_course_is_kept() -> None:
    texts = {
        "ENTRY_REQUIREMENTS": "None",
        "WHAT_YOU_WILL_LEARN": "Throwing\nGlazing",
        "HOW_YOU_WILL_LEARN": "By doing",
        "WHAT_YOU_WILL_NEED_TO_BRING": "An apron",
        "HOW_YOU_WILL_BE_ASSESSED": "A portfolio",
        "WHERE_NEXT": "Level 3",
        "YOUR_REFERENCE": "POT-1",
        "COST_DESCRIPTION": "Clay is extra",
    }
    assert asdict(course_values(**texts)) == {
        "title": "Pottery",
        "who_for": "People who want to make pots.",
        "entry_requirements": "None",
        "what_you_learn": "Throwing\nGlazing",
        "how_you_learn": "By doing",
        "what_to_bring": "An apron",
        "how_assessed": "A portfolio",
        "where_next": "Level 3",
        "reference": "POT-1",
        "aim": "50079281",
        "level": None,
        "sector": None,
        "awarding_body": "",
        "mode": "classroom",
        "starts_on": "2027-09-06",
        "is_flexible_start": False,
        "venue": "KILN",
        "is_national": False,
        "sub_regions": [],
        "web_address": "https://www.example.org/pottery",
        "cost": "1500.00",
        "cost_words": "Clay is extra",
        "length": 12,
        "length_unit": "weeks",
        "study": "part-time",
        "attendance": "evening",
    }


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({"LARS_QAN": "280206"}, {"aim": "00280206"}),
        ({"LARS_QAN": "500/7928/1"}, {"aim": "50079281"}),
        ({"LARS_QAN": "5011752x"}, {"aim": "5011752X", "level": "2", "sector": "engineering"}),
        ({"LARS_QAN": "z9483628"}, {"aim": "Z9483628"}),
        ({"DELIVERY_MODE": "CLASSROOM BASED"}, {"mode": "classroom"}),
        ({"DELIVERY_MODE": "blended learning"}, {"mode": "blended", "venue": "KILN"}),
        (ONLINE, {"mode": "online", "venue": None, "study": None, "attendance": None}),
        (ONLINE | {"NATIONAL_DELIVERY": "No"}, {"mode": "online", "is_national": False}),
        (AT_WORK, {"mode": "work-based", "is_national": True, "sub_regions": []}),
        (IN_PLACES, {"is_national": False, "sub_regions": ["Stoke-on-Trent", "Derby"]}),
        (IN_PLACES | {"SUB_REGION": "west midlands, DERBY;; Derby"},
         {"sub_regions": ["West Midlands", "Derby"]}),
        ({"START_DATE": "23/11/2026"}, {"starts_on": "2026-11-23"}),
        ({"START_DATE": "2027-09-06"}, {"starts_on": "2027-09-06"}),
        ({"START_DATE": "6/9/2027"}, {"starts_on": "2027-09-06"}),
        ({"START_DATE": "06/09/2027 00:00"}, {"starts_on": "2027-09-06"}),
        ({"START_DATE": "", "FLEXIBLE_START_DATE": "YES"},
         {"starts_on": None, "is_flexible_start": True}),
        ({"YOUR_VENUE_REFERENCE": "kiln", "VENUE_NAME": "kiln street"}, {"venue": "KILN"}),
        ({"YOUR_VENUE_REFERENCE": "wharf", "VENUE_NAME": ""}, {"venue": "Wharf"}),
        ({"YOUR_VENUE_REFERENCE": "", "VENUE_NAME": "WHARF HOUSE"}, {"venue": "Wharf"}),
        ({"COST": "£1,234.5"}, {"cost": "1234.50"}),
        ({"COST": "0"}, {"cost": "0.00"}),
        ({"COST": "999,999.99"}, {"cost": "999999.99"}),
        ({"COST": "", "COST_DESCRIPTION": "Free"}, {"cost": None, "cost_words": "Free"}),
        ({"DURATION": "1", "DURATION_UNIT": "YEARS"}, {"length": 1, "length_unit": "years"}),
        ({"DURATION": "999", "DURATION_UNIT": "minutes"}, {"length": 999}),
        ({"STUDY_MODE": "Full-time"}, {"study": "full-time"}),
        ({"ATTENDANCE_PATTERN": "day/block release"}, {"attendance": "day-release"}),
        ({"ATTENDANCE_PATTERN": "Day release"}, {"attendance": "day-release"}),
        ({"COURSE_NAME": "Pots \n and   pans"}, {"title": "Pots and pans"}),
    ],
)  # fmt: skip
def test_what_people_write_is_understood(changes: dict[str, str], kept: dict[str, object]) -> None:
    values = asdict(course_values(**changes))
    assert {name: values[name] for name in kept} == kept


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({}, {"aim": None, "awarding_body": "The Potters’ Board"}),
        ({"COURSE_TYPE": "skills bootcamp"}, {"level": "3", "sector": "engineering"}),
        ({"EDUCATION_LEVEL": "entry level"}, {"level": "entry"}),
        ({"EDUCATION_LEVEL": "Level 7"}, {"level": "7"}),
        ({"SECTOR": "environmental"}, {"sector": "animals-and-land"}),
        ({"SECTOR": "Legal, finance and accounting"}, {"sector": "law-and-finance"}),
    ],
)
def test_what_people_write_of_other_courses_is_understood(
    changes: dict[str, str], kept: dict[str, object]
) -> None:
    values = asdict(course_values(OTHER_COURSES, **changes))
    assert {name: values[name] for name in kept} == kept


def test_our_sectors_are_those_of_the_content() -> None:
    text = (Path(__file__).parents[1] / "content" / "sectors.toml").read_text(encoding="utf-8")
    assert set(SECTORS.values()) == set(re.findall(r'^slug = "(.+)"', text, flags=re.MULTILINE))


def test_a_code_that_nobody_knows_is_asked_about_and_is_no_problem() -> None:
    checked = check_course(COURSE | {"LARS_QAN": "60312345"}, format=COURSES, context=CONTEXT)
    assert checked.unknown_aim == "60312345"
    assert checked.problems == []
    assert checked.values
    assert checked.values.aim == "60312345"


@pytest.mark.parametrize("aim", ["50079281", "5011752X"])
def test_a_code_that_a_programme_or_an_answer_stands_for_is_known(aim: str) -> None:
    checked = check_course(COURSE | {"LARS_QAN": aim}, format=COURSES, context=CONTEXT)
    assert checked.unknown_aim is None


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"VENUE_NAME": "Nowhere"}, "VENUE_NAME", "You have no venue named “Nowhere”: add it"),
        ({"VENUE_NAME": "Annexe"}, "YOUR_VENUE_REFERENCE", "several of your venues have that name"),
    ],
)
def test_a_venue_must_be_one_of_the_provider_and_only_one(
    changes: dict[str, str], column: str, words: str
) -> None:
    problems = course_problems(**{"YOUR_VENUE_REFERENCE": ""} | changes)
    assert words in problems[column]


@pytest.mark.parametrize(
    ("areas", "words"),
    [
        ("Stoke on Trnt", "“Stoke on Trnt” is not an area of England: did you mean “Stoke-on-Tren"),
        ("Mars", "write names such as Stoke-on-Trent;Derby."),
        ("Derby;Mars;Venus", "“Mars” (and 1 more like it) is not an area"),
        (";", "names no area"),
    ],
)
def test_an_area_must_be_one_of_england(areas: str, words: str) -> None:
    assert words in course_problems(**IN_PLACES | {"SUB_REGION": areas})["SUB_REGION"]


# What stands in a file twice


def check_file(*rows: dict[str, str]) -> list[dict[str, str]]:
    sheet = read(file_of(*rows).encode())
    checked = check_courses(sheet, context=CONTEXT)
    assert all((each.values is None) == bool(each.problems) for each in checked)
    return [{problem.column: problem.words for problem in each.problems} for each in checked]


def test_one_reference_may_name_a_course_in_many_rows() -> None:
    first = COURSE | {"YOUR_REFERENCE": "POT-1"}
    second = COURSE | {"YOUR_REFERENCE": "pot-1", "START_DATE": "08/09/2027"}
    assert check_file(first, second) == [{}, {}]


def test_the_same_course_twice_is_told_with_the_other_row() -> None:
    told = check_file(COURSE, COURSE | {"COURSE_NAME": "Glazing"}, COURSE | {"COST": "3"})
    assert told[:2] == [{}, {}]
    assert told[2]["COURSE_NAME"].startswith("Row 2 is the same course")


@pytest.mark.parametrize(
    "changes",
    [
        {"START_DATE": "07/09/2027"},
        {"VENUE_NAME": "", "YOUR_VENUE_REFERENCE": "wharf"},
        {"DELIVERY_MODE": "Blended Learning"},
        {"STUDY_MODE": "Full time"},
        {"ATTENDANCE_PATTERN": "Weekend"},
        {"COURSE_NAME": "Pottery 2"},
    ],
)
def test_a_course_at_another_time_or_place_is_another_row(changes: dict[str, str]) -> None:
    assert check_file(COURSE, COURSE | changes) == [{}, {}]


# Venues


def venue_problems(**changes: str) -> dict[str, str]:
    checked = check_venue(VENUE | changes)
    assert (checked.values is None) == bool(checked.problems)
    return {problem.column: problem.words for problem in checked.problems}


def test_every_value_of_a_venue_is_kept() -> None:
    more = {
        "ADDRESS_LINE_2": "Old Town",
        "COUNTY": "Staffordshire",
        "EMAIL": "kiln@example.org",
        "PHONE": "+44 (0)1782 000000".replace("(0)", ""),
        "WEBSITE": "https://example.org",
        "POSTCODE": "st11aa",
    }
    checked = check_venue(VENUE | more)
    assert checked.values
    assert asdict(checked.values) == {
        "reference": "KILN",
        "name": "Kiln Street",
        "address": "1 Kiln Street, Old Town",
        "town": "Smalltown",
        "county": "Staffordshire",
        "postcode": "ST1 1AA",
        "email": "kiln@example.org",
        "phone": "+44 1782 000000",
        "website": "https://example.org",
        "district": "ST1",
    }


@pytest.mark.parametrize(
    ("column", "text", "words"),
    [
        ("YOUR_VENUE_REFERENCE", "", "This cell is empty"),
        ("VENUE_NAME", "", "This cell is empty"),
        ("ADDRESS_LINE_1", "", "This cell is empty"),
        ("TOWN_OR_CITY", "", "This cell is empty"),
        ("POSTCODE", "", "This cell is empty: write the postcode."),
        ("YOUR_VENUE_REFERENCE", "w" * 256, "shorten it to 255"),
        ("VENUE_NAME", "w" * 256, "shorten it to 255"),
        ("ADDRESS_LINE_1", "w" * 101, "shorten it to 100"),
        ("ADDRESS_LINE_2", "w" * 101, "shorten it to 100"),
        ("TOWN_OR_CITY", "w" * 76, "shorten it to 75"),
        ("COUNTY", "w" * 76, "shorten it to 75"),
        ("POSTCODE", "ST1", "“ST1” is not a UK postcode: write it in full, such as ST1 1AA."),
        ("POSTCODE", "90210", "is not a UK postcode"),
        ("EMAIL", "kiln at example", "is not an email address"),
        ("EMAIL", "a@example.org, b@example.org", "is not an email address"),
        ("PHONE", "ask at the desk", "is not a UK phone number"),
        ("PHONE", "123", "is not a UK phone number"),
        ("WEBSITE", "javascript:alert(1)", "is not a web address"),
    ],
)
def test_a_cell_of_a_venue_that_is_wrong_is_told(column: str, text: str, words: str) -> None:
    problems = venue_problems(**{column: text})
    assert words in problems.pop(column)
    assert problems == {}


@pytest.mark.parametrize(
    ("postcode", "district"),
    [("ST1 1AA", "ST1"), ("st15  8zz", "ST15"), ("CW12AB", "CW1"), ("SW1A 1AA", "SW1A")],
)
def test_a_district_is_the_first_half_of_the_postcode(postcode: str, district: str) -> None:
    values = check_venue(VENUE | {"POSTCODE": postcode}).values
    assert values
    assert values.district == district


def test_venues_that_share_a_name_or_a_reference_are_told() -> None:
    others = [VENUE | {"VENUE_NAME": "Other"}, VENUE | {"YOUR_VENUE_REFERENCE": "other"}]
    checked = check_venues(read(file_of(VENUE, *others, format_=VENUES).encode()))
    told = [[problem.column for problem in each.problems] for each in checked]
    assert told == [[], ["YOUR_VENUE_REFERENCE"], ["VENUE_NAME"]]
    assert checked[1].values is None
    assert checked[1].problems[0].words.startswith("Row 2 has this reference too")


# The way back

WORDS = st.lists(
    st.text("abcZ ’“=-+@',;\"é£0", min_size=1, max_size=20).map(lambda t: " ".join(t.split())),
    min_size=1,
    max_size=4,
).map(lambda words: " ".join(word for word in words if word).strip(" ") or "x")


@st.composite
def courses(draw: st.DrawFn) -> tuple[Format, CourseValues]:
    """Courses such as forms and files give: only what goes together."""
    format_ = draw(st.sampled_from([COURSES, OTHER_COURSES]))
    is_other = format_ is OTHER_COURSES
    mode = draw(st.sampled_from([*MODES.values()]))
    is_here, is_at_work = mode in {"classroom", "blended"}, mode == "work-based"
    is_flexible, is_national = draw(st.booleans()), is_at_work and draw(st.booleans())
    areas = st.lists(st.sampled_from(sorted(AREAS)), min_size=1, max_size=5, unique=True)
    cost = draw(st.none() | st.decimals(0, 999_999, places=2))
    some = st.just("") | WORDS
    day = draw(st.dates(TODAY + dt.timedelta(1), dt.date(2099, 12, 31)))
    return format_, CourseValues(
        title=draw(WORDS),
        who_for=draw(WORDS) + "\n" + draw(WORDS),
        entry_requirements=draw(some),
        where_next=draw(some),
        reference=draw(some),
        aim=None if is_other else draw(st.from_regex(r"[0-9]{8}|Z[0-9]{7}", fullmatch=True)),
        level=draw(st.sampled_from([*LEVELS.values()])) if is_other else None,
        sector=draw(st.sampled_from([*SECTORS.values()])) if is_other else None,
        awarding_body=draw(WORDS) if is_other else "",
        mode=mode,
        starts_on=None if is_flexible else day.isoformat(),
        is_flexible_start=is_flexible,
        venue=draw(st.sampled_from(["KILN", "Wharf", "N1"])) if is_here else None,
        is_national=is_national,
        sub_regions=draw(areas) if is_at_work and not is_national else [],
        web_address="https://example.org/" + draw(st.text("abc0-/?=", max_size=20)),
        cost=None if cost is None else f"{cost:.2f}",
        cost_words=draw(WORDS) if cost is None else draw(some),
        length=draw(st.integers(1, 999)),
        length_unit=draw(st.sampled_from([*UNITS.values()])),
        study=draw(st.sampled_from([*STUDY_MODES.values()])) if is_here else None,
        attendance=draw(st.sampled_from([*ATTENDANCE.values()])) if is_here else None,
    )


@given(courses())
@thorough
def test_a_course_that_is_downloaded_and_uploaded_is_the_same(
    made: tuple[Format, CourseValues],
) -> None:
    format_, values = made
    sheet = read(written(values.cells(format_), format_=format_))
    (checked,) = check_courses(sheet, context=CONTEXT)
    assert checked.problems == []
    assert checked.values == values


def test_a_download_can_name_the_venue_beside_its_reference() -> None:
    cells = course_values().cells(COURSES, venue_name="Kiln Street")
    assert cells["VENUE_NAME"] == "Kiln Street"
    assert course_values(**ONLINE).cells(COURSES, venue_name="Kiln Street")["VENUE_NAME"] == ""


@pytest.mark.parametrize(
    ("changes", "told"), [({}, ""), (ONLINE, ""), (AT_WORK, "Yes"), (IN_PLACES, "No")]
)
def test_a_download_says_only_of_work_based_courses_whether_they_are_national(
    changes: dict[str, str], told: str
) -> None:
    assert course_values(**changes).cells(COURSES)["NATIONAL_DELIVERY"] == told
