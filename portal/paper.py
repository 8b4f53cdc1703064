"""Certificates to print and keep: one sheet of A4, drawn by us, in letters that most names need.

The same words on the same day make the same bytes. Nothing runs over an edge: what is long is set
smaller, then wrapped, and at last goes on to a second sheet. Where the letters lack a sign of
somebody’s name, a line is left to write the name on by hand, which is better than a wrong one.
"""

import datetime as dt
import unicodedata
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import font_roboto  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fpdf import FPDF
from fpdf.drawing import PaintedPath
from fpdf.drawing_primitives import Transform
from fpdf.enums import Align, MethodReturnValue, XPos, YPos
from fpdf.fonts import TTFFont
from fpdf.svg import svg_path_converter

from portal.clock import today

COBALT, MIDDLE_COBALT, PALE_COBALT = "#14265f", "#24387a", "#33498f"
TERRACOTTA, CREAM, WHITE, INK, QUIET = "#b4512b", "#fbf7f1", "#ffffff", "#211a17", "#5b4f48"
WIDE, HIGH, BAND = 297.0, 210.0, 66.0
LEFT, RIGHT, TOP, FOOT = 84.0, 20.0, 28.0, 26.0
TEXT_WIDE, GUTTER = WIDE - LEFT - RIGHT, 8.0
NAME_POINTS, NAME_LEAST = 40.0, 22.0
# Few, because each try reads the letters anew.
SIZES = (1.2, 1.0, 0.8, 0.62)
# The portal’s own mark: a bottle kiln in a square of 32, and its door.
KILN = "M13 3h6l1 9c4 3 6 7 6 12v3a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2v-3c0-5 2-9 6-12z"
DOOR = "M13 29v-5a3 3 0 0 1 6 0v5z"
SQUARE, KILN_FOOT = 32.0, 29.0
# Left edge, size and colour of the kilns that stand at the foot of the band.
KILNS = ((-22.0, 92.0, PALE_COBALT), (16.0, 58.0, MIDDLE_COBALT), (2.0, 36.0, TERRACOTTA))
FONTS = {"": font_roboto.Roboto, "B": font_roboto.RobotoBold}


@dataclass(frozen=True)
class Words:
    """Everything that a certificate says, ready to be set."""

    portal_name: str
    heading: str
    name: str
    says: str
    facts: Sequence[tuple[str, str]]
    lists: Sequence[tuple[str, Sequence[str]]]
    footer: str


def certificate(
    *,
    portal_name: str,
    heading: str,
    name: str,
    says: str,
    facts: Sequence[tuple[str, str]],
    lists: Sequence[tuple[str, Sequence[str]]] = (),
    footer: str,
) -> bytes:
    """A certificate as a PDF: whom it is for, what it says, facts by label, and lists by title.

    Facts without a value and lists without an item are left out.
    """
    words = Words(
        portal_name=_plain(portal_name),
        heading=_plain(heading),
        name=_written(name),
        says=_plain(says),
        facts=[(_plain(label), _plain(value)) for label, value in facts if value.strip()],
        lists=[
            (_plain(title), [_plain(item) for item in items]) for title, items in lists if items
        ],
        footer=_plain(footer),
    )
    fitting = (page for size in SIZES if (page := _printed(words, size, most=1)))
    return next(fitting, b"") or _printed(words, SIZES[-1])


def _printed(words: Words, size: float, *, most: int | None = None) -> bytes:
    """The certificate in one size; nothing when it takes more sheets than it may."""
    with closing(_Sheet(words, size)) as sheet:
        sheet.write_all()
        return bytes(sheet.output()) if most is None or sheet.page <= most else b""


class _Sheet(FPDF):
    """The sheet being written; a further one looks the same and goes on with the words."""

    def __init__(self, words: Words, size: float) -> None:
        """Begin it; ``size`` makes everything in the middle smaller alike."""
        super().__init__(orientation="landscape", format="A4")
        self.words, self.size = words, size
        self.set_title(f"{words.heading}: {words.name}" if words.name else words.heading)
        self.set_author(words.portal_name)
        self.set_creator(words.portal_name)
        self.set_lang("en-GB")
        self.set_creation_date(dt.datetime.combine(today(), dt.time(), dt.UTC))
        self.set_margins(LEFT, TOP, RIGHT)
        self.c_margin = 0
        self.set_auto_page_break(auto=True, margin=FOOT)
        for style, file in FONTS.items():
            self.add_font("Roboto", style, file)

    def header(self) -> None:
        """The paper itself: a band of cobalt with kilns, and whose certificate it is."""
        self._box(0, 0, WIDE, HIGH, CREAM)
        self._box(0, 0, BAND, HIGH, COBALT)
        for x, size, colour in KILNS:
            self._shape(KILN, x, HIGH - size * KILN_FOOT / SQUARE, size, colour)
            self._shape(DOOR, x, HIGH - size * KILN_FOOT / SQUARE, size, COBALT)
        self._box(BAND, 0, 2.4, HIGH, TERRACOTTA)
        self._shape(KILN, 9, TOP - 6, 26, WHITE)
        self._shape(DOOR, 9, TOP - 6, 26, COBALT)
        self.set_xy(14, TOP + 24)
        self._set("B", 15, WHITE)
        self._lines(self.words.portal_name, BAND - 22)
        self.set_xy(LEFT, TOP)

    def footer(self) -> None:
        """What stands at the foot of every sheet."""
        self._set("", 9, QUIET)
        self.set_xy(LEFT, HIGH - 12 - self._height(self.words.footer, TEXT_WIDE))
        self._lines(self.words.footer, TEXT_WIDE)

    def write_all(self) -> None:
        """Write the words from top to foot."""
        self.add_page()
        self._set("B", 22 * self.size, TERRACOTTA)
        self._lines(self.words.heading, TEXT_WIDE)
        self._down(7)
        self._write_name()
        self._set("", 16 * self.size, INK)
        self._lines(self.words.says, TEXT_WIDE)
        self._down(9)
        for at in range(0, len(self.words.facts), 2):
            self._write_facts(self.words.facts[at : at + 2])
        for title, items in self.words.lists:
            self._write_label(title, TEXT_WIDE)
            self._set("", 13 * self.size, INK)
            self._lines("\u00a0· ".join(items), TEXT_WIDE)
            self._down(5)

    def _write_name(self) -> None:
        """The name as large as it fits in one line, or in several; without one a line for it."""
        if not self.words.name:
            self._down(14)
            self.set_draw_color(COBALT)
            self.line(LEFT, self.y, LEFT + TEXT_WIDE * 0.7, self.y)
            self._down(6)
            return
        points = NAME_POINTS * self.size
        self._set("B", points, COBALT)
        wide = self.get_string_width(self.words.name)
        self._set("B", max(min(points, points * TEXT_WIDE / wide), NAME_LEAST * self.size), COBALT)
        self._lines(self.words.name, TEXT_WIDE)
        self._down(5)

    def _write_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """One or two facts beside each other; what follows stands below the longer."""
        wide = (TEXT_WIDE - GUTTER) / 2 if len(facts) > 1 else TEXT_WIDE
        if self.will_page_break(max(self._fact_height(fact, wide) for fact in facts)):
            self.add_page()
        top, foot = self.y, self.y
        for number, (label, value) in enumerate(facts):
            self.set_xy(LEFT + number * (wide + GUTTER), top)
            self._write_label(label, wide)
            self._set("B", 14 * self.size, INK)
            self._lines(value, wide)
            foot = max(foot, self.y)
        self.set_xy(LEFT, foot)
        self._down(5)

    def _fact_height(self, fact: tuple[str, str], wide: float) -> float:
        self._set("", 10.5 * self.size, QUIET)
        label = self._height(fact[0], wide)
        self._set("B", 14 * self.size, INK)
        return label + self._height(fact[1], wide) + 6

    def _write_label(self, words: str, wide: float) -> None:
        self._set("", 10.5 * self.size, QUIET)
        self._lines(words, wide)

    def _set(self, style: Literal["", "B"], points: float, colour: str) -> None:
        self.set_font("Roboto", style, points)
        self.set_text_color(colour)

    def _lines(self, words: str, wide: float) -> None:
        """Words from here on, below each other where they do not fit side by side."""
        self.multi_cell(
            wide, self.font_size * 1.3, words, align=Align.L, new_x=XPos.LEFT, new_y=YPos.NEXT
        )

    def _height(self, words: str, wide: float) -> float:
        found = self.multi_cell(
            wide, self.font_size * 1.3, words, align=Align.L, dry_run=True,
            output=MethodReturnValue.HEIGHT,
        )  # fmt: skip
        return float(str(found))

    def _down(self, millimetres: float) -> None:
        self.set_xy(LEFT, self.y + millimetres * self.size)

    def _box(self, x: float, y: float, wide: float, high: float, colour: str) -> None:
        self.set_fill_color(colour)
        self.rect(x, y, wide, high, style="F")

    def _shape(self, outline: str, x: float, y: float, size: float, colour: str) -> None:
        shape = PaintedPath()
        svg_path_converter(shape, outline)
        shape.style.fill_color, shape.style.stroke_color = colour, None
        shape.transform = Transform.scaling(size / SQUARE).translate(x, y)
        with self.drawing_context() as context:
            context.add_item(shape)

    def close(self) -> None:
        """Let go of the font files."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()


@lru_cache(maxsize=1)
def _signs() -> frozenset[int]:
    """The characters that the letters have."""
    with TTFont(FONTS[""], lazy=True) as font:
        return frozenset(font.getBestCmap())


def _plain(words: str) -> str:
    """On one line, in composed characters, without those that could not be printed."""
    whole = " ".join(unicodedata.normalize("NFC", words).split())
    return "".join(sign for sign in whole if ord(sign) in _signs())


def _written(name: str) -> str:
    """The name, or nothing when a sign of it could not be printed."""
    whole = " ".join(unicodedata.normalize("NFC", name).split())
    return whole if _plain(whole) == whole else ""
