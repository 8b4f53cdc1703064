"""A list to print and keep: sheets of A4, each thing with its reason and a code for a telephone.

The same words on the same day make the same bytes. Nothing is cut: what is long is wrapped, and a
thing that does not fit on a sheet begins the next one. No name is printed; a line is left for it.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Literal

from portal.clock import today
from portal.codes import code_of_page
from portal.paper import (
    COBALT,
    CREAM,
    INK,
    QUIET,
    TERRACOTTA,
    WHITE,
    Sheet,
    is_printable,
    one_line,
    printable,
)
from portal.templating import day

WIDE, HIGH, BAND = 210.0, 297.0, 14.0
LEFT, RIGHT, TOP, FOOT = 18.0, 18.0, 22.0, 22.0
TEXT_WIDE, GUTTER, PADDING = WIDE - LEFT - RIGHT, 7.0, 2.5
CODE_WIDE, NUMBER_WIDE = 27.0, 9.0
ITEM_WIDE = TEXT_WIDE - CODE_WIDE - GUTTER - NUMBER_WIDE
BETWEEN = 5.0
NOT_ALL = "(Some letters could not be printed here.)"
WITH_CODE = (
    "Point a phone’s camera at a code to open its page. You need no account. Facts can change: "
    "check with whoever offers it before you decide."
)


@dataclass(frozen=True)
class PrintedThing:
    """One thing on the list, in words. Without an ``address`` it has no code."""

    title: str
    kind: str
    reason: str
    told: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    steps: Sequence[str] = ()
    next: str = ""
    address: str = ""


@dataclass(frozen=True)
class _Piece:
    """Words in one kind of letters, and how much stays free below them."""

    words: str
    points: float
    style: Literal["", "B"] = ""
    colour: str = INK
    below: float = 1.2
    is_boxed: bool = False
    link: str = ""


def printed_list(
    *,
    portal_name: str,
    heading: str,
    made_by: str,
    dates: Sequence[tuple[str, str]],
    things: Sequence[PrintedThing],
) -> bytes:
    """A list as a PDF. ``dates`` are days in words with what they are about."""
    with closing(_List(_plain(portal_name), _plain(heading), _plain(made_by))) as sheet:
        sheet.write_head()
        sheet.write_dates(dates)
        for number, thing in enumerate(things, start=1):
            sheet.write_thing(number, thing)
        return bytes(sheet.output())


class _List(Sheet):
    """The sheets being written; each has its band, whose list it is, and its number."""

    def __init__(self, portal_name: str, heading: str, made_by: str) -> None:
        super().__init__(orientation="portrait", title=heading, author=portal_name)
        self.portal_name, self.heading, self.made_by = portal_name, heading, made_by
        self.set_margins(LEFT, TOP, RIGHT)
        self.set_auto_page_break(auto=True, margin=FOOT)
        self.add_page()

    def header(self) -> None:
        """A band with the portal’s mark."""
        self.box(0, 0, WIDE, BAND, COBALT)
        self.box(0, BAND, WIDE, 1.2, TERRACOTTA)
        self.kiln(LEFT, 2, 10, WHITE, COBALT)
        self.set_xy(LEFT + 13, 4.2)
        self.letters("B", 12, WHITE)
        self.lines(self.portal_name, TEXT_WIDE - 13)
        self.set_xy(LEFT, TOP)

    def footer(self) -> None:
        """Who made it, when it was printed, and which sheet it is."""
        self.set_draw_color(TERRACOTTA)
        self.line(LEFT, HIGH - 16, WIDE - RIGHT, HIGH - 16)
        self.letters("", 8.5, QUIET)
        self.set_xy(LEFT, HIGH - 14)
        self.lines(f"{self.made_by}. Printed on {day(today())}.", TEXT_WIDE - 30)
        self.set_xy(WIDE - RIGHT - 28, HIGH - 14)
        self.cell(28, 4, f"Page {self.page_no()} of {{nb}}", align="R")

    def write_head(self) -> None:
        """What it is, who made it, and a line for a name."""
        self._write(_Piece(self.heading, 21, "B", COBALT, below=1.5), TEXT_WIDE)
        self._write(_Piece(f"Chosen by {self.made_by}.", 12, below=6), TEXT_WIDE)
        self.letters("", 10, QUIET)
        self.cell(10, 5, "For")
        self.set_draw_color(QUIET)
        self.line(LEFT + 9, self.y + 4.6, LEFT + 90, self.y + 4.6)
        self.set_xy(LEFT, self.y + 9)
        self._write(_Piece(WITH_CODE, 9.5, colour=QUIET, below=5), TEXT_WIDE)

    def write_dates(self, dates: Sequence[tuple[str, str]]) -> None:
        """Days not to miss, soonest first."""
        if not dates:
            return
        self._write(_Piece("Dates", 13, "B", COBALT, below=1.5), TEXT_WIDE)
        for when, what in dates:
            pieces = (
                _Piece(_plain(when), 10, "B", below=0.2), _Piece(_plain(what), 10, below=1.8),
            )  # fmt: skip
            self._make_room(sum(self._height(piece, TEXT_WIDE) for piece in pieces))
            for piece in pieces:
                self._write(piece, TEXT_WIDE)
        self.set_xy(LEFT, self.y + 3)

    def write_thing(self, number: int, thing: PrintedThing) -> None:
        """One thing in one piece: its number, its words, and its code beside them."""
        pieces = list(_pieces(thing))
        code = CODE_WIDE if thing.address else 0.0
        high = max(sum(self._height(piece, ITEM_WIDE) for piece in pieces), code)
        self._make_room(high + BETWEEN)
        self.set_draw_color("#dccbb3")
        self.line(LEFT, self.y, WIDE - RIGHT, self.y)
        top = self.y + BETWEEN / 2
        self.set_xy(LEFT, top)
        self.letters("B", 14, TERRACOTTA)
        self.lines(str(number), NUMBER_WIDE)
        self.set_xy(LEFT + NUMBER_WIDE, top)
        for piece in pieces:
            self._write(piece, ITEM_WIDE)
        if thing.address:
            self._draw_code(thing.address, WIDE - RIGHT - CODE_WIDE, top + 1)
        self.set_xy(LEFT, top + high + BETWEEN / 2)

    def _make_room(self, high: float) -> None:
        if self.will_page_break(high):
            self.add_page()

    def _height(self, piece: _Piece, wide: float) -> float:
        self.letters(piece.style, piece.points, piece.colour)
        padding = PADDING if piece.is_boxed else 0.0
        return self.height_of(piece.words, wide - 2 * padding) + 2 * padding + piece.below

    def _write(self, piece: _Piece, wide: float) -> None:
        x, y, high = self.x, self.y, self._height(piece, wide) - piece.below
        padding = PADDING if piece.is_boxed else 0.0
        if piece.is_boxed:
            self.box(x, y, wide, high, CREAM)
            self.box(x, y, 1, high, TERRACOTTA)
        self.set_xy(x + padding, y + padding)
        self.lines(piece.words, wide - 2 * padding, link=piece.link)
        self.set_xy(x, y + high + piece.below)

    def _draw_code(self, address: str, x: float, y: float) -> None:
        """The address as squares that a camera reads, the dark ones of a row in one stroke."""
        code = code_of_page(address)
        size = CODE_WIDE / len(code.rows)
        self.set_fill_color("#000000")
        for row, first, last in code.runs():
            self.rect(x + first * size, y + row * size, (last - first) * size, size, style="F")


def _pieces(thing: PrintedThing) -> Iterator[_Piece]:
    """A thing’s words from top to foot."""
    yield _Piece(_plain(thing.kind), 9, "B", QUIET, below=0.4)
    yield _Piece(_plain(thing.title), 13, "B", COBALT)
    for words in thing.told:
        yield _Piece(_plain(words), 10.5, below=1.6)
    if thing.reason.strip():
        yield _Piece(f"Why it was chosen: {_plain(thing.reason)}", 10.5, below=2, is_boxed=True)
    for name, text in thing.facts:
        yield _Piece(f"{_plain(name)}: {_plain(text)}", 9.5, below=0.5)
    for number, step in enumerate(thing.steps, start=1):
        yield _Piece(f"Step {number}: {_plain(step)}", 9.5, below=0.5)
    if thing.next:
        yield _Piece(_plain(thing.next), 10, "B", below=1)
    if thing.address:
        yield _Piece(thing.address, 8, colour=QUIET, link=thing.address)


def _plain(words: str) -> str:
    """As it can be printed; where letters of somebody’s words are missing, it says so."""
    left = set(one_line(words)) - set(printable(words))
    lacks = not is_printable(words) and any(unicodedata.category(sign)[0] == "L" for sign in left)
    return f"{printable(words)} {NOT_ALL}".strip() if lacks else printable(words)
