"""The content that is looked at, with its prose taken out once for every check."""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from portal.content.documents import Problem
from portal.content.library import Item, Library
from portal.content.reading_grade import Passage, grade, words
from portal.content.reading_prose import OF_TABLES, passages_in, passages_of, passages_of_table

HEADING = re.compile(r"^## +(.+?) *$", flags=re.MULTILINE)


@dataclass(frozen=True, eq=False)
class Prose:
    """A role, a programme or a guide with its sentences. ``folder`` is the kind it is one of."""

    folder: str
    item: Item[Any]

    @cached_property
    def passages(self) -> list[Passage]:
        """All that is written as sentences on it."""
        return passages_of(self.item)

    @cached_property
    def grade(self) -> float:
        """How hard it is to read."""
        return grade(self.passages)

    @cached_property
    def told(self) -> list[Passage]:
        """What stands below the front matter."""
        return passages_in(self.item.body, self.item.document.body_line)

    @property
    def length(self) -> int:
        """How many words stand below the front matter."""
        return sum(len(words(passage.text)) for passage in self.told)

    @property
    def sections(self) -> dict[str, str]:
        """The Markdown below each heading."""
        _, *parts = HEADING.split(self.item.body)
        return dict(zip(parts[::2], map(str.strip, parts[1::2]), strict=True))

    def problem(self, passage: Passage, found: str, remedy: str) -> Problem:
        """A problem on the line on which a passage begins."""
        return Problem(self.item.document.file, passage.line, found, remedy)


@dataclass(frozen=True, eq=False)
class Matter:
    """All content on one day. ``stale_months`` is how long something counts as checked."""

    library: Library
    today: dt.date
    stale_months: int

    @cached_property
    def prose(self) -> list[Prose]:
        """Every role, programme and guide."""
        return [Prose(folder, item) for folder, item in self.library.published()]

    def prose_of(self, folder: str) -> list[Prose]:
        """Those of one kind."""
        return [prose for prose in self.prose if prose.folder == folder]

    @cached_property
    def cells(self) -> list[tuple[Item[Any], Passage]]:
        """Every sentence of the tables, with its row."""
        return [pair for table in OF_TABLES for pair in passages_of_table(self.library, table)]

    @cached_property
    def passages(self) -> list[tuple[str, Passage]]:
        """Everything that is written as sentences anywhere, with its file."""
        found = [(p.item.document.file, passage) for p in self.prose for passage in p.passages]
        return found + [(item.document.file, passage) for item, passage in self.cells]


Check = Callable[[Matter], Iterable[Problem]]
