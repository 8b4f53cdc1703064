"""A spreadsheet as a file: bytes into rows of text cells, and rows into bytes.

Reading is a stream with a cap on everything that could grow: the file, its rows, its columns, a
row and a cell. Whatever is not one of the three formats is refused with a sentence that says
what to do (``NotASpreadsheetError``); what is wrong in one cell is for ``checking_rows`` to tell.

A cell that a spreadsheet would run as a formula is written with an apostrophe before it, and the
apostrophe is taken off again when such a file comes back.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from portal.provision.cells import listed, nearest, quoted, with_plain_lines
from portal.provision.columns import (
    ERRORS,
    FORMATS,
    NO_HEADING,
    REMOVED,
    RENAMED,
    ROW,
    Format,
)
from portal.spreadsheet_cells import BYTE_ORDER_MARK, armed, csv_line, defused

# 10,000 rows of 2,000 bytes each; a course’s own texts seldom reach half of that.
MOST_BYTES = 20_000_000
MOST_ROWS = 10_000
MOST_COLUMNS = 60
MOST_CHARACTERS = 10_000
# A row of nothing but full cells has 7,000; an open quotation mark swallows everything after it.
MOST_IN_A_ROW = 100_000
# Rows that are only blank cost time to skip.
MOST_LINES = 10 * MOST_ROWS
NAMED = 5

_CSV = "In Excel choose Save as, CSV UTF-8 (Comma delimited)"
_KINDS = (
    (rb"\xd0\xcf\x11\xe0", f"This is an old Excel workbook. {_CSV}, and upload that file."),
    (rb"%PDF", "This is a PDF. Upload the spreadsheet that it was made from, saved as CSV UTF-8."),
    (rb"\s*\{\\rtf", "This is a text document. Upload a spreadsheet that is saved as CSV UTF-8."),
    (rb"\s*<", "This is a web page. Download the spreadsheet itself, and save it as CSV UTF-8."),
    (rb"\s*[{\[]", "This is a file of JSON. Upload a spreadsheet that is saved as CSV UTF-8."),
    (
        rb"\xff\xfe|\xfe\xff|(?:[\t -~]\0){4}|(?:\0[\t -~]){4}",
        f"This file is saved as Unicode Text (UTF-16). {_CSV}, and upload that file.",
    ),
)
_BINARY = f"This file is not text, so it is not a CSV spreadsheet. {_CSV}, and upload that file."
_DELIMITERS = ",;\t"
_PIECE = 65_536


class NotASpreadsheetError(ValueError):
    """The file cannot be read as one of the formats. Its words are for whoever sent it."""


class _RowTooLongError(Exception):
    """One row goes on for so long that a quotation mark must be missing."""


@dataclass(frozen=True)
class Row:
    """One row: its number as a spreadsheet shows it (the headings are 1), and its cells.

    Every column of the format has its cell, blank when nothing was written. What stands beyond
    the headings is kept under ``NO_HEADING``.
    """

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """A file that could be read: which format it is, and its rows that are not blank."""

    format: Format
    rows: list[Row]


def read(data: bytes) -> Sheet:
    """The rows of a CSV file. Raises NotASpreadsheetError, and nothing else, whatever comes."""
    _refuse_other_kinds(data)
    encoding = _encoding(data)
    head = data[:MOST_IN_A_ROW].decode(encoding, "replace").lstrip("\r\n")
    records = _records(_Lines(data, encoding), _delimiter(head.splitlines()[0] if head else ""))
    headings = next((record for _, record in records if any(record)), [])
    while headings and not headings[-1].strip():
        headings.pop()
    names = [_heading(text) for text in headings]
    format_ = _format_of(names)
    rows = list(_rows(records, names, format_))
    if not rows:
        message = (
            f"This file has headings and no rows. Add a row for each of your {format_.rows_are}."
        )
        raise NotASpreadsheetError(message)
    return Sheet(format_, rows)


def write(
    columns: Format | Sequence[str], rows: Iterable[Mapping[str, str]], *, errors: bool = False
) -> Iterator[bytes]:
    """A CSV file piece by piece: UTF-8 with its mark, for Excel, and no cell that is a formula.

    With ``errors`` each row may also say where it stood (``ROW``) and what is wrong (``ERRORS``).
    """
    names = list(columns.names if isinstance(columns, Format) else columns)
    names += [ROW, ERRORS] if errors else []
    yield BYTE_ORDER_MARK + csv_line(names)
    for row in rows:
        yield csv_line([defused(row.get(name, "")) for name in names])


def _refuse_other_kinds(data: bytes) -> None:
    head = data[:_PIECE].removeprefix(BYTE_ORDER_MARK)
    if not head.strip() and not data.removeprefix(BYTE_ORDER_MARK).strip():
        message = "This file is empty. Upload a spreadsheet with headings and at least one row."
        raise NotASpreadsheetError(message)
    if len(data) > MOST_BYTES:
        message = (
            f"This file is larger than {MOST_BYTES // 1_000_000} MB. "
            "Split it into smaller files, and upload one after the other."
        )
        raise NotASpreadsheetError(message)
    if data.startswith(b"PK"):
        raise NotASpreadsheetError(_kind_of_zip(data))
    for pattern, message in _KINDS:
        if re.match(pattern, head):
            raise NotASpreadsheetError(message)
    if b"\0" in data:
        raise NotASpreadsheetError(_BINARY)


def _kind_of_zip(data: bytes) -> str:
    """Workbooks are zip files inside, and the names of their parts can be read from outside."""
    if b"xl/" in data or b"[Content_Types].xml" in data:
        return f"This is an Excel workbook. {_CSV}, and upload that file."
    if b"opendocument" in data:
        return "This is an OpenDocument file. Choose Save as, Text CSV, and upload that file."
    return "This is a zip file. Take the spreadsheet out of it, and save it as CSV UTF-8."


def _encoding(data: bytes) -> str:
    """UTF-8, or what Excel on Windows writes when it is not asked for UTF-8."""
    for encoding in ("utf-8-sig", "cp1252"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            for start in range(0, len(data), _PIECE):
                decoder.decode(data[start : start + _PIECE])
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise NotASpreadsheetError(_BINARY)


class _Lines(Iterator[str]):
    """The lines of a file, never more of them at once than one row may be long."""

    def __init__(self, data: bytes, encoding: str) -> None:
        self._stream = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
        self.taken = 0

    def __next__(self) -> str:
        line = self._stream.readline(MOST_IN_A_ROW + 1 - self.taken)
        self.taken += len(line)
        if self.taken > MOST_IN_A_ROW:
            raise _RowTooLongError
        if not line:
            raise StopIteration
        return line


def _delimiter(head: str) -> str:
    """What stands between the headings."""
    known = {name for each in FORMATS for name in each.names}
    return max(_DELIMITERS, key=lambda mark: sum(_heading(t) in known for t in head.split(mark)))


def _records(lines: _Lines, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row’s number and its cells as they stand in the file."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    for number in count(1):
        lines.taken = 0
        try:
            record = next(reader, None)
        except csv.Error as error:
            message = (
                f"Row {number} cannot be read, because a quotation mark is missing or too many. "
                "Look at the quotation marks in that row, or save the file as CSV again."
            )
            raise NotASpreadsheetError(message) from error
        except _RowTooLongError as error:
            message = (
                f"Row {number} has more than {MOST_IN_A_ROW:,} characters. "
                "Look for a quotation mark that is missing there, or shorten the row."
            )
            raise NotASpreadsheetError(message) from error
        if record is None:
            return
        yield number, record


def _heading(text: str) -> str:
    """A heading as the formats write it."""
    return re.sub(r"[\s\-]+", "_", text.strip(" \t\r\n\ufeff\xa0\"'")).upper()


def _format_of(names: Sequence[str]) -> Format:
    """The format that has these headings. Raises when there is none, and names the difference."""
    if len(names) > MOST_COLUMNS:
        message = (
            f"This file has more than {MOST_COLUMNS} columns. "
            "Copy your rows into our template, and upload that file."
        )
        raise NotASpreadsheetError(message)
    given = [name for name in names if name not in {ROW, ERRORS}]
    twice = [name for name, times in Counter(given).items() if times > 1 and name]
    if twice:
        message = f"The heading {quoted(twice[0])} stands twice. Keep one of the two columns."
        raise NotASpreadsheetError(message)
    nearest_format = min(FORMATS, key=lambda each: len(set(each.names) ^ set(given)))
    missing = [name for name in nearest_format.names if name not in given]
    unknown = [name for name in given if name not in nearest_format.by_name]
    if missing or unknown:
        raise NotASpreadsheetError(_wrong_headings(nearest_format, missing, unknown))
    return nearest_format


def _wrong_headings(format_: Format, missing: Sequence[str], unknown: Sequence[str]) -> str:
    if len(missing) == len(format_.names):
        return (
            "The first row does not hold the headings of our template. "
            "Copy your rows into the template, and upload that file."
        )
    told = []
    if missing:
        told.append(f"missing: {listed(missing[:NAMED])}{_and_more(missing)}")
    if unknown:
        named = listed([_unknown(name, missing) for name in unknown[:NAMED]])
        told.append(f"not known: {named}{_and_more(unknown)}")
    return (
        f"The headings are not those of our template for {format_.rows_are}: {'; '.join(told)}. "
        "Copy the headings from the template, and upload the file again."
    )


def _unknown(name: str, missing: Sequence[str]) -> str:
    if not name:
        return "a column without a heading"
    if name in REMOVED:
        return f"{quoted(name)} (take this column out)"
    near = RENAMED.get(name) or nearest(name, missing)
    return f"{quoted(name)} (did you mean {near}?)" if near in missing else quoted(name)


def _and_more(names: Sequence[str]) -> str:
    return f" and {len(names) - NAMED} more" if len(names) > NAMED else ""


def _rows(
    records: Iterator[tuple[int, list[str]]], names: Sequence[str], format_: Format
) -> Iterator[Row]:
    """The rows that are not blank, each with every cell of the format."""
    kept = [(place, name) for place, name in enumerate(names) if name in format_.by_name]
    rows = 0
    for number, record in records:
        cells = [_cell(text, number) for text in record]
        rows += any(cells)
        if rows > MOST_ROWS or number > MOST_LINES:
            message = (
                f"This file has more than {MOST_ROWS:,} rows. "
                "Split it into smaller files, and upload one after the other."
            )
            raise NotASpreadsheetError(message)
        if any(cells):
            beyond = [text for text in cells[len(names) :] if text]
            cells += [""] * (len(names) - len(cells))
            row = Row(number, {name: cells[place] for place, name in kept})
            if beyond:
                row.cells[NO_HEADING] = beyond[0]
            yield row


def _cell(text: str, number: int) -> str:
    """What was meant: without the space around it and the apostrophe that defused it."""
    if not text:
        return ""
    if len(text) > MOST_CHARACTERS:
        message = (
            f"A cell in row {number} has more than {MOST_CHARACTERS:,} characters. "
            "Shorten it, or look for a quotation mark that is missing there."
        )
        raise NotASpreadsheetError(message)
    text = with_plain_lines(text).strip()
    return armed(text.strip("\ufeff\u200b").strip()).strip()
