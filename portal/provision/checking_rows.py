"""A row of a spreadsheet: what it says as values, or what is wrong with it in words.

The rules are those of the national course directory (``columns``), and two that only a whole file
can break: nothing stands in it twice. A learning-aim code that the catalogue does not know is no
mistake of the row; it is told apart, so that the provider is asked once for each code.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

from portal.provision import columns
from portal.provision.cells import (
    quoted,
    read_aim,
    read_areas,
    read_day,
    read_email,
    read_length,
    read_phone,
    read_postcode,
    read_pounds,
)
from portal.provision.columns import COURSES, VENUES, Format
from portal.provision.course_values import AT_WORK, TEXTS, CourseValues, VenueValues, written
from portal.provision.row_reading import Problem, RowReading
from portal.provision.spreadsheet import Sheet

_AT_A_VENUE = ("classroom", "blended")


class Venue(Protocol):
    """A venue that the provider has already."""

    @property
    def reference(self) -> str:
        """The provider’s own reference for it."""

    @property
    def name(self) -> str:
        """What the provider calls it."""


@dataclass(frozen=True)
class AimWords:
    """What is known of a learning aim that no programme of the catalogue stands for."""

    level: str | None
    sector: str | None


@dataclass(frozen=True, kw_only=True)
class CheckingContext:
    """What rows are checked against. Venues stand under their references, casefolded."""

    today: dt.date
    venues: Mapping[str, Venue] = field(default_factory=dict)
    programmes_by_aim: Mapping[str, int] = field(default_factory=dict)
    known_aims: Mapping[str, AimWords] = field(default_factory=dict)
    sub_regions: frozenset[str] = columns.AREAS

    @cached_property
    def venue_names(self) -> Mapping[str, Sequence[str]]:
        """The references of the venues that share a name, by that name, casefolded."""
        names: dict[str, list[str]] = {}
        for venue in self.venues.values():
            names.setdefault(venue.name.casefold(), []).append(venue.reference)
        return names


@dataclass(frozen=True)
class Checked:
    """What became of a row of courses: values when nothing is wrong with it, otherwise problems.

    ``unknown_aim`` is a learning-aim code of which neither programme nor level is known yet.
    """

    values: CourseValues | None
    problems: list[Problem]
    unknown_aim: str | None = None


@dataclass(frozen=True)
class CheckedVenue:
    """What became of a row of venues: values when nothing is wrong, otherwise problems."""

    values: VenueValues | None
    problems: list[Problem]


def check_courses(sheet: Sheet, *, context: CheckingContext) -> list[Checked]:
    """Every row of a file, in its order, with what stands in it twice told on the later row."""
    numbers = [row.number for row in sheet.rows]
    checked = [check_course(row.cells, format=sheet.format, context=context) for row in sheet.rows]
    # A provider’s own reference may stand in many rows: it often names a course, not one start.
    same = [each.values.same_as if each.values else None for each in checked]
    for place, problem in _repeated(numbers, same, "COURSE_NAME"):
        checked[place] = _with(checked[place], problem)
    return checked


def check_venues(sheet: Sheet) -> list[CheckedVenue]:
    """Every row of a file of venues, in its order, with what stands in it twice."""
    numbers = [row.number for row in sheet.rows]
    checked = [check_venue(row.cells) for row in sheet.rows]
    for column in ("YOUR_VENUE_REFERENCE", "VENUE_NAME"):
        keys = [_reference(row.cells, column) for row in sheet.rows]
        for place, problem in _repeated(numbers, keys, column):
            problems = [*checked[place].problems, problem]
            checked[place] = CheckedVenue(None, problems)
    return checked


def _with(checked: Checked, problem: Problem) -> Checked:
    return replace(checked, values=None, problems=[*checked.problems, problem])


def _reference(cells: Mapping[str, str], column: str) -> str | None:
    return " ".join(cells.get(column, "").casefold().split()) or None


def _repeated(
    numbers: Sequence[int], keys: Sequence[object], column: str
) -> Iterator[tuple[int, Problem]]:
    """The places of rows whose key an earlier row has already, and what to say of each."""
    first: dict[object, int] = {}
    for place, (number, key) in enumerate(zip(numbers, keys, strict=True)):
        if key is not None and first.setdefault(key, number) != number:
            yield place, Problem(column, _REPEATED[column].format(number=first[key]))


_REPEATED = {
    "COURSE_NAME": (
        "Row {number} is the same course with the same place, start and mode: "
        "take one of the two rows out."
    ),
    "YOUR_VENUE_REFERENCE": "Row {number} has this reference too: give each venue one of its own.",
    "VENUE_NAME": "Row {number} has this name too: give each venue a name of its own.",
}


def check_course(
    cells: Mapping[str, str],
    *,
    format: Format,  # noqa: A002 - the word of those who send files
    context: CheckingContext,
) -> Checked:
    """What one row of courses says, or what is wrong with it."""
    row = RowReading(cells, format)
    aim = row.value("LARS_QAN", read_aim) if format is COURSES else None
    known = context.known_aims.get(aim or "")
    mode = row.answer("DELIVERY_MODE")
    row.answer("COURSE_TYPE")
    facts: dict[str, Any] = {
        "aim": aim,
        "level": known.level if known else row.answer("EDUCATION_LEVEL"),
        "sector": known.sector if known else row.answer("SECTOR"),
        "mode": mode,
        "length": row.value("DURATION", read_length),
        "length_unit": row.answer("DURATION_UNIT"),
        **_start(row, context.today),
        **_where(row, mode, context),
        **_price(row),
    }
    row.web_address("COURSE_WEBPAGE")
    unknown = aim if aim and not known and aim not in context.programmes_by_aim else None
    if row.problems:
        return Checked(None, _in_order(row.problems, format), unknown)
    texts: dict[str, Any] = {kept: row[name] for name, kept in TEXTS.items()}
    return Checked(CourseValues(**texts | facts), [], unknown)


def _in_order(problems: Collection[Problem], format_: Format) -> list[Problem]:
    """Problems from left to right, as the columns stand."""
    places = {name: place for place, name in enumerate(format_.names)}
    return sorted(problems, key=lambda problem: places.get(problem.column, len(places)))


def _start(row: RowReading, today: dt.date) -> dict[str, Any]:
    day = row.value("START_DATE", lambda text: read_day(text, today=today))
    is_flexible = row.answer("FLEXIBLE_START_DATE") == "yes"
    if is_flexible:
        row.unwanted("START_DATE", "FLEXIBLE_START_DATE is Yes")
    elif not row["START_DATE"]:
        row.missing("START_DATE", ", or Yes in FLEXIBLE_START_DATE")
    return {"starts_on": day.isoformat() if day else None, "is_flexible_start": is_flexible}


def _price(row: RowReading) -> dict[str, Any]:
    if not row["COST"] and not row["COST_DESCRIPTION"]:
        row.missing("COST", ", such as 1500.00 or 0, or fill in COST_DESCRIPTION")
    return {"cost": row.value("COST", read_pounds)}


def _where(row: RowReading, mode: str | None, context: CheckingContext) -> dict[str, Any]:
    """The place and the hours. Each mode has cells that it needs and others that it cannot have."""
    study, attendance = row.answer("STUDY_MODE"), row.answer("ATTENDANCE_PATTERN")
    national = row.answer("NATIONAL_DELIVERY")
    areas = row.value("SUB_REGION", lambda text: read_areas(text, known=context.sub_regions))
    if mode is None:
        return {}
    said = f"DELIVERY_MODE is {written(columns.MODES, mode)}"
    venue = None
    if mode in _AT_A_VENUE:
        venue = _venue(row, context, said)
        for name in ("STUDY_MODE", "ATTENDANCE_PATTERN"):
            if not row[name]:
                row.missing(name, f", because {said}")
    else:
        for name in ("VENUE_NAME", "YOUR_VENUE_REFERENCE", "STUDY_MODE", "ATTENDANCE_PATTERN"):
            row.unwanted(name, said)
    if mode == AT_WORK:
        _check_areas(row, national, said)
    else:
        row.unwanted("SUB_REGION", said)
        if national != "no":
            row.unwanted("NATIONAL_DELIVERY", said)
    return {
        "study": study,
        "attendance": attendance,
        "venue": venue,
        "is_national": national == "yes",
        "sub_regions": areas or [],
    }


def _check_areas(row: RowReading, national: str | None, said: str) -> None:
    """A course at work is given anywhere, or in areas that are named."""
    if not row["NATIONAL_DELIVERY"]:
        row.missing("NATIONAL_DELIVERY", f", because {said}")
    elif national == "yes":
        row.unwanted("SUB_REGION", "NATIONAL_DELIVERY is Yes")
    elif not row["SUB_REGION"]:
        row.missing("SUB_REGION", ", because NATIONAL_DELIVERY is No")


def _venue(row: RowReading, context: CheckingContext, said: str) -> str | None:
    """The reference of the venue that a row names: by reference, by name, or by both alike."""
    reference, name = row["YOUR_VENUE_REFERENCE"], row["VENUE_NAME"]
    if reference:
        return _venue_by_reference(row, context, reference, name)
    if not name:
        row.missing("VENUE_NAME", f" and its reference, because {said}")
        return None
    found = context.venue_names.get(name.casefold(), ())
    if len(found) == 1:
        return found[0]
    if found:
        row.missing("YOUR_VENUE_REFERENCE", ", because several of your venues have that name")
    else:
        words = f"You have no venue named {quoted(name)}: add it first, or write another name."
        row.wrong("VENUE_NAME", words)
    return None


def _venue_by_reference(
    row: RowReading, context: CheckingContext, reference: str, name: str
) -> str | None:
    venue = context.venues.get(reference.casefold())
    if venue is None:
        row.wrong(
            "YOUR_VENUE_REFERENCE",
            f"You have no venue with the reference {quoted(reference)}: "
            "add the venue first, or write another reference.",
        )
        return None
    if name and name.casefold() != venue.name.casefold():
        row.wrong(
            "VENUE_NAME",
            f"{quoted(name)} is not the venue of that reference: "
            f"write {quoted(venue.name)}, or another reference.",
        )
    return venue.reference


def check_venue(cells: Mapping[str, str]) -> CheckedVenue:
    """What one row of venues says, or what is wrong with it."""
    row = RowReading(cells, VENUES)
    postcode = row.value("POSTCODE", read_postcode)
    email = row.value("EMAIL", read_email)
    phone = row.value("PHONE", read_phone)
    website = row.web_address("WEBSITE")
    if row.problems or postcode is None:
        return CheckedVenue(None, _in_order(row.problems, VENUES))
    lines = (row["ADDRESS_LINE_1"], row["ADDRESS_LINE_2"])
    values = VenueValues(
        reference=row["YOUR_VENUE_REFERENCE"],
        name=row["VENUE_NAME"],
        address=", ".join(line.rstrip(" ,") for line in lines if line),
        town=row["TOWN_OR_CITY"],
        county=row["COUNTY"],
        postcode=postcode,
        email=email or "",
        phone=phone or "",
        website=website,
        district=postcode.split()[0],
    )
    return CheckedVenue(values, [])
