"""The register of qualifications as a file: bytes into an edition, or everything wrong with it.

A file is the CSV that the Department for Education publishes: one row a qualification, and four
columns for each way in which public money pays for it. Those are found by how their names end, so
that a new way needs no code. Whatever cannot be right is refused (``RegisterFileError``) with the
line, the column, what was found and what to do; nothing of such a file is used.
"""

import csv
import datetime as dt
import hashlib
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from portal.content.values import curly

Progress = Callable[[str, int, int], object]
Offer = dict[str, str | None]

MOST_BYTES = 20_000_000
MOST_ROWS = 50_000
MOST_COLUMNS = 300
MOST_FAULTS = 12
EVERY = 1000
SHOWN = 60
SNAPSHOT, NUMBER = "DateOfOfqualDataSnapshot", "QualificationNumber"
# Column of the file, fact of a qualification, most characters, whether it may be empty.
COLUMNS = (
    ("QualificationName", "title", 300, False),
    ("AwardingOrganisation", "awarding_body", 150, False),
    ("Level", "level", 20, False),
    ("QualificationType", "qualification_type", 90, False),
    ("Subcategory", "subcategory", 90, True),
    ("SectorSubjectArea", "subject_area", 90, True),
    ("Status", "status", 40, False),
    ("AwardingOrganisationURL", "website", 500, True),
)
AVAILABLE, STARTS, ENDS, NOTES = (
    "_FundingAvailable", "_FundingApprovalStartDate", "_FundingApprovalEndDate", "_Notes",
)  # fmt: skip
OF_OFFERS = (AVAILABLE, STARTS, ENDS, NOTES)
AGAIN = "Download the file again, and import it as it is."
A_DAY = "Write a day like this: 31/07/2026."
_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})")
_NUMBER = re.compile(r"(\d{3})/?(\d{4})/?([\dX])")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, in the words of whoever has to mend it."""

    line: int
    column: str
    found: str
    remedy: str

    def __str__(self) -> str:
        """One line."""
        column = f", column {self.column}" if self.column else ""
        return f"Line {self.line}{column}: {self.found} {self.remedy}"


class RegisterFileError(ValueError):
    """The file cannot be right. Nothing of it was used."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """What is wrong with it."""
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Row:
    """What an edition says of one qualification: its facts by name, its offers by code."""

    line: int
    number: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Edition:
    """A file that could be read: the day it describes, its offers and its qualifications."""

    snapshot: dt.date
    digest: str
    offers: tuple[str, ...]
    unread: tuple[str, ...]
    rows: dict[str, Row] = field(repr=False)


@dataclass
class _Faults:
    """What is wrong so far; reading stops when there is more than anybody would read."""

    found: list[Fault] = field(default_factory=list)

    def note(self, line: int, column: str, found: str, remedy: str) -> None:
        self.found.append(Fault(line, column, found, remedy))
        if len(self.found) >= MOST_FAULTS:
            raise RegisterFileError(self.found)


def no_progress(_doing: str, _done: int, _of: int) -> None:
    """For whoever does not watch."""


def read(data: bytes, *, today: dt.date, progress: Progress = no_progress) -> Edition:
    """The edition that a file holds. Raises RegisterFileError, and nothing else, whatever comes."""
    text = _text(data)
    records = _records(text)
    line, headings = next(records, (1, []))
    headings = [heading.strip() for heading in headings]
    codes = _codes(headings, line)
    faults = _Faults()
    places = {heading: place for place, heading in enumerate(headings)}
    days: dict[str, int] = {}
    rows: dict[str, Row] = {}
    expected = text.count("\n")
    for number, (line, cells) in enumerate(records, 1):
        if number > MOST_ROWS:
            _refuse(line, f"The file has more than {MOST_ROWS:,} rows.", AGAIN)
        if number % EVERY == 0:
            progress("Reading", number, expected)
        if _is_whole(cells, headings, line, faults):
            row = _row(cells, places, codes, line, faults)
            _add(rows, row, faults)
            _note_snapshot(days, cells[places[SNAPSHOT]].strip(), line, today, faults)
    if not faults.found and not text.endswith("\n"):
        _refuse(line, "The last line does not end. The file may be cut off.", AGAIN)
    if not rows and not faults.found:
        _refuse(line, "The file has headings and no rows.", AGAIN)
    if faults.found:
        raise RegisterFileError(faults.found)
    known = {SNAPSHOT, NUMBER, *(column for column, *_ in COLUMNS)}
    known |= {code + ending for code in codes for ending in OF_OFFERS}
    return Edition(
        snapshot=_day(next(iter(days))) or today,
        digest=hashlib.sha256(data).hexdigest(),
        offers=codes,
        unread=tuple(heading for heading in headings if heading not in known),
        rows=rows,
    )


def _refuse(line: int, found: str, remedy: str) -> None:
    raise RegisterFileError([Fault(line, "", found, remedy)])


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        found = f"The file is larger than {MOST_BYTES // 1_000_000} MB."
        _refuse(1, found, "Import the register’s own CSV file, which has about 3 MB.")
    if not data.removeprefix(b"\xef\xbb\xbf").strip():
        _refuse(1, "The file is empty.", AGAIN)
    place = data.find(b"\0")
    if place >= 0 or data.startswith((b"PK\3\4", b"%PDF", b"\x1f\x8b")):
        line = data.count(b"\n", 0, max(place, 0)) + 1
        _refuse(line, "This is not text, so it is not a CSV file.", "Import the CSV file itself.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # Without the mark at its beginning, where there is one.
        without_mark = error.object
        line = without_mark.count(b"\n", 0, error.start) + 1
        found = f"The byte {without_mark[error.start]:#04x} is not UTF-8."
        raise RegisterFileError([Fault(line, "", found, AGAIN)]) from error


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not blank, with the line where it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader, None)
        except csv.Error as error:
            found = f"The row cannot be read ({error}): a quotation mark is missing or too many."
            raise RegisterFileError([Fault(line, "", found, AGAIN)]) from error
        if record is None:
            return
        if record:
            yield line, record


def _codes(headings: Sequence[str], line: int) -> tuple[str, ...]:
    """The codes of the offers, in the file’s order. Raises when a column is missing or double."""
    faults = _Faults()
    if len(headings) > MOST_COLUMNS:
        _refuse(line, f"The file has more than {MOST_COLUMNS} columns.", AGAIN)
    for heading, times in Counter(headings).items():
        if times > 1:
            faults.note(line, heading, "This heading stands twice.", AGAIN)
    codes = tuple(
        heading.removesuffix(AVAILABLE) for heading in headings if heading.endswith(AVAILABLE)
    )
    wanted = [SNAPSHOT, NUMBER, *(column for column, _, _, may_be_empty in COLUMNS
                                  if not may_be_empty)]  # fmt: skip
    wanted += [code + ending for code in codes for ending in OF_OFFERS]
    missing = [name for name in wanted if name not in headings]
    if SNAPSHOT in missing and NUMBER in missing:
        found = f"The first line holds other headings: {_shown(', '.join(headings))}."
        _refuse(line, found, "Import the register of funded qualifications, with its first line.")
    for name in missing:
        faults.note(line, name, "This column is missing.", AGAIN)
    if not codes:
        found = f"No column ends in {AVAILABLE}, so the file says nothing of public money."
        faults.note(line, "", found, AGAIN)
    if faults.found:
        raise RegisterFileError(faults.found)
    return codes


def _is_whole(cells: Sequence[str], headings: Sequence[str], line: int, faults: _Faults) -> bool:
    if len(cells) == len(headings):
        return True
    is_short = len(cells) < len(headings)
    column = headings[len(cells)] if is_short else str(len(headings) + 1)
    found = f"The row has {len(cells)} cells, and the first line has {len(headings)}."
    remedy = "The file may be cut off." if is_short else "A comma may be too many."
    faults.note(line, column, found, f"{remedy} {AGAIN}")
    return False


def _note_snapshot(
    days: dict[str, int], written: str, line: int, today: dt.date, faults: _Faults
) -> None:
    """Every row of an edition describes one day, which is not in the future."""
    if days.setdefault(written, line) != line:
        return
    day = _day(written)
    if day is None:
        faults.note(line, SNAPSHOT, f"“{_shown(written)}” is not a day.", A_DAY)
    elif day > today:
        faults.note(line, SNAPSHOT, f"{written} is in the future.", AGAIN)
    elif len(days) > 1:
        found = f"{written} stands here, and {_shown(next(iter(days)))} further up."
        faults.note(line, SNAPSHOT, found, f"One file is one edition. {AGAIN}")


def _row(
    cells: Sequence[str],
    places: dict[str, int],
    codes: Sequence[str],
    line: int,
    faults: _Faults,
) -> Row:
    written = cells[places[NUMBER]].strip()
    number = _NUMBER.fullmatch(written)
    if number is None:
        remedy = "Write a number like this: 60147034 or 601/4703/4."
        faults.note(line, NUMBER, f"“{_shown(written)}” is not a number.", remedy)
    facts: dict[str, Any] = {}
    for column, name, most, may_be_empty in COLUMNS:
        value = _plain(cells[places[column]]) if column in places else ""
        if not value and not may_be_empty:
            faults.note(line, column, "This cell is empty.", AGAIN)
        if len(value) > most:
            found = f"“{_shown(value)}” has {len(value)} characters."
            faults.note(line, column, found, f"Shorten it to {most}, or look for a missing quote.")
        facts[name] = value
    facts["offers"] = {
        code: offer
        for code in codes
        if (offer := _offer(cells, places, code, line, faults)) is not None
    }
    return Row(line, "/".join(number.groups()) if number else "", facts)


def _offer(
    cells: Sequence[str], places: dict[str, int], code: str, line: int, faults: _Faults
) -> Offer | None:
    """An offer with its days as ISO dates; None where there is none."""
    is_offered = cells[places[code + AVAILABLE]].strip().lower()
    if is_offered not in {"true", "false"}:
        found = f"“{_shown(is_offered)}” is neither True nor False."
        faults.note(line, code + AVAILABLE, found, AGAIN)
    if is_offered != "true":
        return None
    days: dict[str, str | None] = {}
    for ending in (STARTS, ENDS):
        written = cells[places[code + ending]].strip()
        day = _day(written)
        if written and day is None:
            faults.note(line, code + ending, f"“{_shown(written)}” is not a day.", A_DAY)
        days[ending] = day.isoformat() if day else None
    first, last = days[STARTS], days[ENDS]
    if first and last and last < first:
        found = f"The last day, {last}, is before the first, {first}."
        faults.note(line, code + ENDS, found, AGAIN)
    return {"starts": first, "ends": last, "notes": _plain(cells[places[code + NOTES]])}


def _add(rows: dict[str, Row], row: Row, faults: _Faults) -> None:
    first = rows.setdefault(row.number, row)
    if row.number and first is not row:
        found = f"{row.number} is already in line {first.line}."
        faults.note(row.line, NUMBER, found, "Each number may stand once. " + AGAIN)


@lru_cache(maxsize=4096)
def _day(written: str) -> dt.date | None:
    found = _DAY.fullmatch(written)
    if found is None:
        return None
    day, month, year = map(int, found.groups())
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _plain(cell: str) -> str:
    """A cell with single spaces, and its quotation marks as the house sets them."""
    text = " ".join(cell.split())
    return curly(text) if "'" in text or '"' in text else text


def _shown(text: str) -> str:
    """So much of a cell as a message can hold, without what would move a terminal’s cursor."""
    plain = "".join(c if c.isprintable() else "·" for c in text)
    return plain if len(plain) <= SHOWN else plain[: SHOWN - 1] + "…"
