"""Courses and venues as rows of a spreadsheet: a test writes only the cells it is about."""

import csv
import datetime as dt
import io
from dataclasses import dataclass

from portal.provision.checking_rows import (
    AimWords,
    CheckingContext,
    check_course,
)
from portal.provision.columns import (
    COURSES,
    Format,
)
from portal.provision.course_values import CourseValues
from portal.provision.spreadsheet import (
    write,
)

TODAY = dt.date(2026, 11, 22)


@dataclass(frozen=True)
class Site:
    reference: str
    name: str


CONTEXT = CheckingContext(
    today=TODAY,
    venues={
        "kiln": Site("KILN", "Kiln Street"),
        "wharf": Site("Wharf", "Wharf House"),
        "n1": Site("N1", "Annexe"),
        "n2": Site("N2", "Annexe"),
    },
    programmes_by_aim={"50079281": 7},
    known_aims={"5011752X": AimWords("2", "engineering")},
)

COURSE = {
    "LARS_QAN": "50079281",
    "WHO_THIS_COURSE_IS_FOR": "People who want to make pots.",
    "COURSE_NAME": "Pottery",
    "DELIVERY_MODE": "Classroom",
    "START_DATE": "06/09/2027",
    "VENUE_NAME": "Kiln Street",
    "YOUR_VENUE_REFERENCE": "KILN",
    "COURSE_WEBPAGE": "https://www.example.org/pottery",
    "COST": "1500.00",
    "DURATION": "12",
    "DURATION_UNIT": "Weeks",
    "STUDY_MODE": "Part time",
    "ATTENDANCE_PATTERN": "Evening",
}
BOOTCAMP = {name: text for name, text in COURSE.items() if name != "LARS_QAN"} | {
    "COURSE_TYPE": "Skills Bootcamp",
    "SECTOR": "ENGMAN",
    "EDUCATION_LEVEL": "3",
    "AWARDING_BODY": "The Potters’ Board",
}
ELSEWHERE = {
    "VENUE_NAME": "",
    "YOUR_VENUE_REFERENCE": "",
    "STUDY_MODE": "",
    "ATTENDANCE_PATTERN": "",
}
ONLINE = ELSEWHERE | {"DELIVERY_MODE": "Online"}
AT_WORK = ELSEWHERE | {"DELIVERY_MODE": "Work based", "NATIONAL_DELIVERY": "Yes"}
IN_PLACES = AT_WORK | {"NATIONAL_DELIVERY": "No", "SUB_REGION": "Stoke-on-Trent;Derby"}
VENUE = {
    "YOUR_VENUE_REFERENCE": "KILN",
    "VENUE_NAME": "Kiln Street",
    "ADDRESS_LINE_1": "1 Kiln Street",
    "TOWN_OR_CITY": "Smalltown",
    "POSTCODE": "ST1 1AA",
}


def course_problems(format_: Format = COURSES, **changes: str) -> dict[str, str]:
    """What is wrong with a faultless course after some cells were changed."""
    cells = (COURSE if format_ is COURSES else BOOTCAMP) | changes
    checked = check_course(cells, format=format_, context=CONTEXT)
    assert (checked.values is None) == bool(checked.problems)
    return {problem.column: problem.words for problem in checked.problems}


def course_values(format_: Format = COURSES, **changes: str) -> CourseValues:
    """What a faultless course says after some cells were changed."""
    cells = (COURSE if format_ is COURSES else BOOTCAMP) | changes
    checked = check_course(cells, format=format_, context=CONTEXT)
    assert checked.problems == []
    assert checked.values
    return checked.values


def file_of(*rows: dict[str, str], format_: Format = COURSES, delimiter: str = ",") -> str:
    """A file as a spreadsheet program writes it, without any of our own care."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, format_.names, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def written(*rows: dict[str, str], format_: Format = COURSES, errors: bool = False) -> bytes:
    return b"".join(write(format_, rows, errors=errors))
