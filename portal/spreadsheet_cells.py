"""Cells and lines of the CSV files that people open in a spreadsheet program.

A cell that such a program would run as a formula is written with an apostrophe before it, and the
apostrophe is taken off again when such a file comes back.
"""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence

BYTE_ORDER_MARK = codecs.BOM_UTF8
# What a spreadsheet takes for a formula, also in full width; a line end may hide the rest.
_FORMULA = "=+-@\t\r\n＝＋－＠"


def defused(text: str) -> str:
    """A cell that a spreadsheet will not run as a formula."""
    return f"'{text}" if _is_formula(text) else text


def armed(text: str) -> str:
    """A defused cell as it was before; any other cell as it is."""
    return text[1:] if text.startswith("'") and _is_formula(text) else text


def csv_line(cells: Sequence[str]) -> bytes:
    """A row of a CSV file."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode("utf-8", "replace")


def csv_file(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """A CSV file piece by piece: UTF-8 with its mark, for Excel, and no cell that is a formula."""
    yield BYTE_ORDER_MARK + csv_line(headings)
    for row in rows:
        yield csv_line([defused(str(cell)) for cell in row])


def _is_formula(text: str) -> bool:
    """Whether a cell begins like one, or would if the apostrophes before it were taken off."""
    rest = text.lstrip(" '")
    return bool(rest) and rest[0] in _FORMULA
