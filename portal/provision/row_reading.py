"""One row of a spreadsheet while it is read: its cells’ values, and what is wrong with them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from portal.accounts.safe_addresses import is_web_address
from portal.provision import columns
from portal.provision.cells import UnreadableError, quoted, read_answer, with_plain_lines
from portal.provision.columns import Column, Format, Need

Value = TypeVar("Value")
# Control characters other than line ends and tabs, and those that turn the direction of a text.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell, in one sentence that says what to write instead."""

    column: str
    words: str

    def __str__(self) -> str:
        """The column and the sentence, as the ERRORS column of a file tells them."""
        return f"{self.column}: {self.words}"


class RowReading:
    """Hands out the values of a row’s cells, and keeps what is wrong with them."""

    def __init__(self, cells: Mapping[str, str], format_: Format) -> None:
        self._columns = format_.by_name
        self._cells = {name: self._tidied(column, cells) for name, column in self._columns.items()}
        self.problems: list[Problem] = []
        if beyond := cells.get(columns.NO_HEADING):
            self.wrong(
                columns.NO_HEADING,
                f"{quoted(beyond)} stands to the right of the last heading: "
                "empty that cell, or put text that has commas between quotation marks.",
            )
        for name, text in self._cells.items():
            self._look_at(self._columns[name], text)

    @staticmethod
    def _tidied(column: Column, cells: Mapping[str, str]) -> str:
        text = with_plain_lines(cells.get(column.name, "")).strip()
        return text if column.is_long else " ".join(text.split())

    def _look_at(self, column: Column, text: str) -> None:
        """What can be wrong with a cell whatever the others say."""
        if column.need is Need.ALWAYS and not text:
            self.missing(column.name)
        elif column.most and len(text) > column.most:
            self.wrong(
                column.name,
                f"{quoted(text)} is {len(text):,} characters long: "
                f"shorten it to {column.most:,} or fewer.",
            )
        elif not text.isprintable() and _INVISIBLE.search(text):
            self.wrong(
                column.name,
                f"{quoted(text)} holds a character that nobody can see: "
                "type the text again instead of pasting it.",
            )

    def __getitem__(self, name: str) -> str:
        """A cell’s text; blank for a column that this format does not have."""
        return self._cells.get(name, "")

    def wrong(self, name: str, words: str) -> None:
        """Keep a problem; the first of a cell is enough."""
        if not self._is_wrong(name):
            self.problems.append(Problem(name, words))

    def _is_wrong(self, name: str) -> bool:
        return any(problem.column == name for problem in self.problems)

    def missing(self, name: str, why: str = "") -> None:
        """Keep that a cell is empty and may not be."""
        column = self._columns[name]
        remedy = f"write {column.asks}{why}"
        if column.answers and columns.YES not in column.answers:
            remedy += f" (one of {', '.join(column.answers)})"
        self.wrong(name, f"This cell is empty: {remedy}.")

    def unwanted(self, name: str, why: str) -> None:
        """Keep that a cell says something where nothing belongs."""
        if self[name]:
            self.wrong(name, f"{quoted(self[name])} does not belong here, because {why}: empty it.")

    def value(self, name: str, read: Callable[[str], Value]) -> Value | None:
        """What a cell says, or None when it is empty or cannot be read."""
        if not self[name] or self._is_wrong(name):
            return None
        try:
            return read(self[name])
        except UnreadableError as error:
            self.wrong(name, str(error))
            return None

    def answer(self, name: str) -> str | None:
        """The value of one of the answers that a column knows."""
        if name not in self._columns:
            return None
        return self.value(name, lambda text: read_answer(text, self._columns[name]))

    def web_address(self, name: str) -> str:
        """A cell that must hold a web address when it holds anything."""
        if self[name] and not is_web_address(self[name]):
            self.wrong(
                name,
                f"{quoted(self[name])} is not a web address that people can open: "
                "write it in full, such as https://www.example.org/course.",
            )
        return self[name]
