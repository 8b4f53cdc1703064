"""What every sheet of paper shares that the portal prints: its colours, its letters, its mark.

The letters are ones that most names need. What they lack is left out, and whoever sets the words
can ask first. The same words on the same day make the same bytes.
"""

import datetime as dt
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from typing import Literal

import font_roboto  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fpdf import FPDF
from fpdf.drawing import PaintedPath
from fpdf.drawing_primitives import Transform
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont
from fpdf.svg import svg_path_converter

from portal.clock import today

COBALT, MIDDLE_COBALT, PALE_COBALT = "#14265f", "#24387a", "#33498f"
TERRACOTTA, CREAM, WHITE, INK, QUIET = "#b4512b", "#fbf7f1", "#ffffff", "#211a17", "#5b4f48"
# The portal’s own mark: a bottle kiln in a square of 32, and its door.
KILN = "M13 3h6l1 9c4 3 6 7 6 12v3a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2v-3c0-5 2-9 6-12z"
DOOR = "M13 29v-5a3 3 0 0 1 6 0v5z"
SQUARE, KILN_FOOT = 32.0, 29.0
FONTS = {"": font_roboto.Roboto, "B": font_roboto.RobotoBold}
LEADING = 1.3


class Sheet(FPDF):
    """A sheet of A4 being written in the house’s letters. Close it, so that font files are free."""

    def __init__(
        self, *, orientation: Literal["portrait", "landscape"], title: str, author: str
    ) -> None:
        """Begin it; nothing is drawn yet."""
        super().__init__(orientation=orientation, format="A4")
        self.set_title(title)
        self.set_author(author)
        self.set_creator(author)
        self.set_lang("en-GB")
        self.set_creation_date(dt.datetime.combine(today(), dt.time(), dt.UTC))
        self.c_margin = 0
        self._known: dict[tuple[str, float, str, float], list[str]] = {}
        for style, file in FONTS.items():
            self.add_font("Roboto", style, file)

    def letters(self, style: Literal["", "B"], points: float, colour: str) -> None:
        """Go on in these letters."""
        self.set_font("Roboto", style, points)
        self.set_text_color(colour)

    def lines(self, words: str, wide: float, *, link: str = "") -> None:
        """Words from here on, below each other where they do not fit side by side."""
        left = self.x
        for line in self._wrapped(words, wide):
            self.set_x(left)
            self.cell(
                wide, self.font_size * LEADING, line, link=link, new_x=XPos.LEFT, new_y=YPos.NEXT
            )

    def height_of(self, words: str, wide: float) -> float:
        """How high these lines would be in the letters of now."""
        return len(self._wrapped(words, wide)) * self.font_size * LEADING

    def _wrapped(self, words: str, wide: float) -> list[str]:
        """Words as lines that are no wider; a word that is wider than a line goes on to the next.

        Our own, because the library weighs each line anew with every letter: a list of long words
        would take seconds.
        """
        key = (self.font_style, self.font_size_pt, words, wide)
        if key not in self._known:
            self._known[key] = list(self._broken(words, wide))
        return self._known[key]

    def _broken(self, words: str, wide: float) -> Iterator[str]:
        line, used, gap = "", 0.0, self.get_string_width(" ")
        for word in words.split(" "):
            rest, long = word, self.get_string_width(word)
            if line and used + gap + long <= wide:
                line, used = f"{line} {rest}", used + gap + long
                continue
            if line:
                yield line
            while long > wide:
                taken = self._fitting(rest, wide)
                yield rest[:taken]
                rest = rest[taken:]
                long = self.get_string_width(rest)
            line, used = rest, long
        yield line

    def _fitting(self, word: str, wide: float) -> int:
        """How many of a word’s letters stand in a line; at least one."""
        ends = accumulate(self.get_string_width(letter) for letter in word)
        return max(bisect_right(list(ends), wide), 1)

    def box(self, x: float, y: float, wide: float, high: float, colour: str) -> None:
        """A filled box."""
        self.set_fill_color(colour)
        self.rect(x, y, wide, high, style="F")

    def shape(self, outline: str, x: float, y: float, size: float, colour: str) -> None:
        """A filled outline, drawn in a square of 32 and made this large."""
        shape = PaintedPath()
        svg_path_converter(shape, outline)
        shape.style.fill_color, shape.style.stroke_color = colour, None
        shape.transform = Transform.scaling(size / SQUARE).translate(x, y)
        with self.drawing_context() as context:
            context.add_item(shape)

    def kiln(self, x: float, y: float, size: float, colour: str, ground: str) -> None:
        """The portal’s mark."""
        self.shape(KILN, x, y, size, colour)
        self.shape(DOOR, x, y, size, ground)

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


def one_line(words: str) -> str:
    """On one line and in composed characters, as far as they go."""
    return " ".join(unicodedata.normalize("NFC", words).split())


def printable(words: str) -> str:
    """On one line, in composed characters, without those that could not be printed."""
    return "".join(sign for sign in one_line(words) if ord(sign) in _signs())


def is_printable(words: str) -> bool:
    """Whether every sign of it can be printed."""
    return printable(words) == one_line(words)
