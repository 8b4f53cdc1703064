"""Certificates to print and keep: one sheet of A4, drawn by us, in letters that most names need.

The same words on the same day make the same bytes. Nothing runs over an edge: what is long is set
smaller, then wrapped, and at last goes on to a second sheet. Where the letters lack a sign of
somebody’s name, a line is left to write the name on by hand, which is better than a wrong one.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from portal.paper import (
    COBALT,
    CREAM,
    INK,
    KILN_FOOT,
    MIDDLE_COBALT,
    PALE_COBALT,
    QUIET,
    SQUARE,
    TERRACOTTA,
    WHITE,
    Sheet,
    is_printable,
    one_line,
    printable,
)

WIDE, HIGH, BAND = 297.0, 210.0, 66.0
LEFT, RIGHT, TOP, FOOT = 84.0, 20.0, 28.0, 26.0
TEXT_WIDE, GUTTER = WIDE - LEFT - RIGHT, 8.0
NAME_POINTS, NAME_LEAST = 40.0, 22.0
# Few, because each try reads the letters anew.
SIZES = (1.2, 1.0, 0.8, 0.62)
# Left edge, size and colour of the kilns that stand at the foot of the band.
KILNS = ((-22.0, 92.0, PALE_COBALT), (16.0, 58.0, MIDDLE_COBALT), (2.0, 36.0, TERRACOTTA))


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
        portal_name=printable(portal_name),
        heading=printable(heading),
        name=_written(name),
        says=printable(says),
        facts=[(printable(label), printable(value)) for label, value in facts if value.strip()],
        lists=[
            (printable(title), [printable(item) for item in items])
            for title, items in lists
            if items
        ],
        footer=printable(footer),
    )
    fitting = (page for size in SIZES if (page := _printed(words, size, most=1)))
    return next(fitting, b"") or _printed(words, SIZES[-1])


def _printed(words: Words, size: float, *, most: int | None = None) -> bytes:
    """The certificate in one size; nothing when it takes more sheets than it may."""
    with closing(_Certificate(words, size)) as sheet:
        sheet.write_all()
        return bytes(sheet.output()) if most is None or sheet.page <= most else b""


class _Certificate(Sheet):
    """The sheet being written; a further one looks the same and goes on with the words."""

    def __init__(self, words: Words, size: float) -> None:
        """Begin it; ``size`` makes everything in the middle smaller alike."""
        title = f"{words.heading}: {words.name}" if words.name else words.heading
        super().__init__(orientation="landscape", title=title, author=words.portal_name)
        self.words, self.size = words, size
        self.set_margins(LEFT, TOP, RIGHT)
        self.set_auto_page_break(auto=True, margin=FOOT)

    def header(self) -> None:
        """The paper itself: a band of cobalt with kilns, and whose certificate it is."""
        self.box(0, 0, WIDE, HIGH, CREAM)
        self.box(0, 0, BAND, HIGH, COBALT)
        for x, size, colour in KILNS:
            self.kiln(x, HIGH - size * KILN_FOOT / SQUARE, size, colour, COBALT)
        self.box(BAND, 0, 2.4, HIGH, TERRACOTTA)
        self.kiln(9, TOP - 6, 26, WHITE, COBALT)
        self.set_xy(14, TOP + 24)
        self.letters("B", 15, WHITE)
        self.lines(self.words.portal_name, BAND - 22)
        self.set_xy(LEFT, TOP)

    def footer(self) -> None:
        """What stands at the foot of every sheet."""
        self.letters("", 9, QUIET)
        self.set_xy(LEFT, HIGH - 12 - self.height_of(self.words.footer, TEXT_WIDE))
        self.lines(self.words.footer, TEXT_WIDE)

    def write_all(self) -> None:
        """Write the words from top to foot."""
        self.add_page()
        self.letters("B", 22 * self.size, TERRACOTTA)
        self.lines(self.words.heading, TEXT_WIDE)
        self._down(7)
        self._write_name()
        self.letters("", 16 * self.size, INK)
        self.lines(self.words.says, TEXT_WIDE)
        self._down(9)
        for at in range(0, len(self.words.facts), 2):
            self._write_facts(self.words.facts[at : at + 2])
        for title, items in self.words.lists:
            self._write_label(title, TEXT_WIDE)
            self.letters("", 13 * self.size, INK)
            self.lines("\u00a0· ".join(items), TEXT_WIDE)
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
        self.letters("B", points, COBALT)
        wide = self.get_string_width(self.words.name)
        self.letters(
            "B", max(min(points, points * TEXT_WIDE / wide), NAME_LEAST * self.size), COBALT
        )
        self.lines(self.words.name, TEXT_WIDE)
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
            self.letters("B", 14 * self.size, INK)
            self.lines(value, wide)
            foot = max(foot, self.y)
        self.set_xy(LEFT, foot)
        self._down(5)

    def _fact_height(self, fact: tuple[str, str], wide: float) -> float:
        self.letters("", 10.5 * self.size, QUIET)
        label = self.height_of(fact[0], wide)
        self.letters("B", 14 * self.size, INK)
        return label + self.height_of(fact[1], wide) + 6

    def _write_label(self, words: str, wide: float) -> None:
        self.letters("", 10.5 * self.size, QUIET)
        self.lines(words, wide)

    def _down(self, millimetres: float) -> None:
        self.set_xy(LEFT, self.y + millimetres * self.size)


def _written(name: str) -> str:
    """The name, or nothing when a sign of it could not be printed."""
    return one_line(name) if is_printable(name) else ""
