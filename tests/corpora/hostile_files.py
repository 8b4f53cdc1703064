"""Sixty files that somebody might upload by mistake or on purpose, each made by its own line.

``HOSTILE[name]()`` gives the bytes of one. None of them may do more than be refused in a sentence
or give rows with problems.
"""

import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable

from portal.provision.columns import COURSES, VENUES
from portal.provision.spreadsheet import MOST_BYTES

HEADINGS = ",".join(COURSES.names)
VENUE_HEADINGS = ",".join(VENUES.names)
COLUMNS = len(COURSES.names)
NAME = COURSES.names.index("COURSE_NAME")
WEBPAGE = COURSES.names.index("COURSE_WEBPAGE")
REGION = COURSES.names.index("SUB_REGION")


def file_with(*rows: str, headings: str = HEADINGS) -> bytes:
    return "\r\n".join([headings, *rows]).encode("utf-8", "surrogatepass")


def row_with(text: str, place: int = NAME) -> str:
    """A row with one cell filled in, quoted as CSV wants it."""
    cells = [""] * COLUMNS
    cells[place] = '"' + text.replace('"', '""') + '"'
    return ",".join(cells)


def zipped(*parts: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return made.getvalue()


def noise(size: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(size)  # noqa: S311 - chance only shapes data


def printable_noise(size: int) -> bytes:
    letters = "abc,;\t\"\r\n=+-@'<>{}|\\0129 £"
    chosen = random.Random(7).choices(letters, k=size)  # noqa: S311 - as above
    return "".join(chosen).encode()


def nested_zip() -> bytes:
    return zipped(("inner.zip", zipped(("course.csv", b"0" * 1_000_000))))


HOSTILE: dict[str, Callable[[], bytes]] = {
    # Nothing, or nearly nothing
    "empty": lambda: b"",
    "only a byte order mark": lambda: b"\xef\xbb\xbf",
    "only spaces": lambda: b" \t " * 100,
    "only line ends": lambda: b"\r\n" * 500_000,
    "only commas": lambda: b"," * 2_000_000,
    "only quotation marks": lambda: b'"' * 1_000_001,
    "headings only": file_with,
    "headings and blank rows": lambda: file_with(*["," * COLUMNS] * 5_000),
    # Other kinds of file
    "workbook": lambda: zipped(("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x/>")),
    "open document": lambda: b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
    "zip": lambda: zipped(("courses.csv", file_with(row_with("Pottery")))),
    "zip in a zip": nested_zip,
    "zip bomb": lambda: zipped(("bomb.csv", b"0" * 50_000_000)),
    "old workbook": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512,
    "pdf": lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>",
    "web page": lambda: b"<!DOCTYPE html><html><body><table><tr><td>1</td></tr></table></body>",
    "xml that expands": lambda: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>',
    "json": lambda: json.dumps([{"COURSE_NAME": "Pottery"}]).encode(),
    "json nested deeply": lambda: b"[" * 100_000,
    "gzip": lambda: gzip.compress(file_with(row_with("Pottery"))),
    "picture": lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + noise(500, 1),
    "program": lambda: b"\x7fELF\x02\x01\x01\0" + noise(500, 2),
    "rich text": lambda: rb"{\rtf1\ansi COURSE_NAME}",
    # Encodings
    "utf-16 with a mark": lambda: file_with(row_with("Pottery")).decode().encode("utf-16"),
    "utf-16 without a mark": lambda: file_with(row_with("Pottery")).decode().encode("utf-16-le"),
    "utf-16 the other way round": lambda: file_with(row_with("P")).decode().encode("utf-16-be"),
    "utf-32": lambda: file_with(row_with("Pottery")).decode().encode("utf-32"),
    "two byte order marks": lambda: b"\xef\xbb\xbf\xef\xbb\xbf" + file_with(row_with("Pottery")),
    "broken utf-8": lambda: file_with(row_with("Caf")) + b"\xe9\x81\x8d",
    "utf-8 too long for its letters": lambda: file_with() + b"\r\n\xc0\xaf\xe0\x80\xaf",
    "half of a surrogate": lambda: file_with(row_with("a\ud800b")),
    "a nul in a cell": lambda: file_with(row_with("Pot\0tery")),
    "a nul in a heading": lambda: file_with(headings=HEADINGS.replace("COST,", "CO\0ST,")),
    # Shape
    "unknown headings": lambda: b"name,price\r\nPottery,10\r\n",
    "a heading twice": lambda: file_with(row_with("P"), headings=HEADINGS + ",COST"),
    "a heading missing": lambda: file_with(row_with("P"), headings=HEADINGS[9:]),
    "ten thousand headings": lambda: file_with(headings=HEADINGS + ",X" * 10_000),
    "a heading of a million letters": lambda: b"A" * 1_000_000 + b"\r\n",
    "headings like code": lambda: b"__class__,{{7*7}},%s%n,COST\r\n1,2,3,4\r\n",
    "eleven thousand rows": lambda: file_with(*[row_with("P")] * 11_000),
    "a million blank lines": lambda: file_with(row_with("P"), "\n" * 1_000_000),
    "a row of a million cells": lambda: file_with("x," * 1_000_000),
    "a row that is too wide": lambda: file_with(row_with("P") + ",more,and more"),
    "rows that are too short": lambda: file_with("x", "x,y", "x,y,z"),
    "a cell of five million letters": lambda: file_with(row_with("A" * 5_000_000)),
    "a cell of a million lines": lambda: file_with(row_with("a\n" * 1_000_000)),
    "a quotation mark never closed": lambda: file_with(row_with("P"), '"' + "text,\r\n" * 200_000),
    "a quotation mark closed too early": lambda: file_with('"Pot"tery,x'),
    "quotation marks in pairs without end": lambda: file_with('""' * 1_000_000),
    "a million cells over a million lines": lambda: file_with('"a\n",' * 1_000_000),
    "too large": lambda: file_with(row_with("P")) + b"\r\n" * (MOST_BYTES // 2 + 1),
    # What stands in the cells
    "formulas": lambda: file_with(
        *[row_with(text) for text in ("=cmd|'/c calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1")]
    ),
    "scripts": lambda: file_with(
        row_with("<script>alert(1)</script>"), row_with("javascript:alert(1)", WEBPAGE)
    ),
    "invisible characters": lambda: file_with(row_with("\u202ePot\u200btery\x07\x1b[31m")),
    "ten thousand letters and their marks": lambda: file_with(row_with("e\u0301" * 4_900)),
    "areas that nobody knows": lambda: file_with(
        *[row_with(";".join(f"Derbi{n}x{m}" for m in range(300)), REGION) for n in range(300)]
    ),
    "noise": lambda: noise(1_000_000, 3),
    "printable noise": lambda: printable_noise(300_000),
    "printable noise under headings": lambda: file_with(printable_noise(300_000).decode()),
    "venues of noise": lambda: file_with(
        *["a,b\x1fc,'=d,e,f,g,h,i,j,k,l"] * 50, headings=VENUE_HEADINGS
    ),
}
