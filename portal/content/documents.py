"""Files as people write them: TOML, Markdown with TOML front matter, and CSV.

A document knows where each of its values stands, so that whoever reads it can be told the line.
"""

import csv
import io
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Location = tuple[str | int, ...]

FENCE = "+++"
POSITION = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, order=True)
class Problem:
    """Something in the content that somebody has to mend."""

    file: str
    line: int
    found: str
    remedy: str

    def __str__(self) -> str:
        """One line for a terminal: where, what, and what to write."""
        return f"{self.file}, line {self.line}: {self.found} {self.remedy}"


class UnreadableError(Exception):
    """A file that could not be read at all; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        """Keep the problem for the report."""
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True)
class Document:
    """A file's values, its prose, and the text that they came from.

    ``first_line`` is the line of the file on which ``text`` begins.
    """

    file: str
    slug: str
    data: dict[str, Any]
    text: str
    body: str = ""
    first_line: int = 1
    body_line: int = 1
    rows: tuple[int, ...] = field(default=())

    def line_of(self, location: Location) -> int:
        """The line on which a value stands, or the nearest heading above it."""
        if self.rows:
            index = location[0] if location else 0
            return self.rows[index] if isinstance(index, int) and index < len(self.rows) else 1
        return self.first_line + _line_in_toml(self.text.splitlines(), location)

    def problem(self, location: Location, found: str, remedy: str) -> Problem:
        """A problem with the value at a location."""
        return Problem(self.file, self.line_of(location), found, remedy)


def _line_in_toml(lines: list[str], location: Location) -> int:
    """Index of the line that sets a value, following tables and arrays of tables downwards."""
    at = 0
    parts = list(location)
    while parts:
        name = str(parts.pop(0))
        index = parts.pop(0) if parts and isinstance(parts[0], int) else 0
        header = re.compile(rf"\s*\[\[?\s*{re.escape(name)}\s*\]")
        setting = re.compile(rf'\s*"?{re.escape(name)}"?\s*=')
        headers = [n for n in range(at, len(lines)) if header.match(lines[n])]
        if headers:
            at = headers[min(int(index), len(headers) - 1)]
            continue
        settings = [n for n in range(at, len(lines)) if setting.match(lines[n])]
        return settings[0] if settings else at
    return at


def _decode(path: Path, file: str) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UnreadableError(
            Problem(file, line, "This is not UTF-8 text.", "Save the file as UTF-8 and try again.")
        ) from error


def _parse_toml(text: str, file: str, first_line: int) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = POSITION.search(str(error))
        line = int(where.group(1)) if where else len(text.splitlines())
        lines = text.splitlines() or [""]
        shown = lines[min(line, len(lines)) - 1].strip()
        reason = POSITION.sub("", str(error)).strip()
        raise UnreadableError(
            Problem(
                file,
                first_line + line - 1,
                f"“{shown}” cannot be read ({reason}).",
                'Write name = "value", with quotes round words and a comma between values in [ ].',
            )
        ) from error


def read_toml(path: Path, root: Path) -> Document:
    """Read a TOML file. Raises UnreadableError with the line when it is not TOML."""
    file = path.relative_to(root).as_posix()
    text = _decode(path, file)
    return Document(file, path.stem, _parse_toml(text, file, 1), text)


def read_markdown(path: Path, root: Path) -> Document:
    """Read Markdown with TOML front matter between two lines of +++."""
    file = path.relative_to(root).as_posix()
    text = _decode(path, file)
    lines = text.splitlines()
    fences = [n for n, line in enumerate(lines) if line.strip() == FENCE][:2]
    if len(fences) < 2 or fences[0] != 0:  # noqa: PLR2004 - an opening and a closing fence
        raise UnreadableError(
            Problem(
                file,
                1,
                "The front matter is missing or not closed.",
                "Begin the file with a line of +++, then the fields, then another line of +++.",
            )
        )
    front = "\n".join(lines[1 : fences[1]])
    return Document(
        file,
        path.stem,
        _parse_toml(front, file, 2),
        front,
        body="\n".join(lines[fences[1] + 1 :]).strip(),
        first_line=2,
        body_line=fences[1] + 2,
    )


def read_csv(path: Path, root: Path) -> Document:
    """Read a CSV file with a header row into ``data["rows"]``, a list of dicts of filled cells."""
    file = path.relative_to(root).as_posix()
    reader = csv.reader(io.StringIO(_decode(path, file), newline=""), strict=True)
    rows: list[dict[str, str]] = []
    lines: list[int] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        previous = reader.line_num
        for cells in reader:
            line, previous = previous + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise UnreadableError(
                    Problem(
                        file,
                        line,
                        f"This row has {len(cells)} cells; the header has {len(header)}.",
                        "Put quotes round a cell that holds a comma; leave unknown cells empty.",
                    )
                )
            filled = zip(header, cells, strict=True)
            rows.append({name: cell.strip() for name, cell in filled if cell.strip()})
            lines.append(line)
    except csv.Error as error:
        raise UnreadableError(
            Problem(
                file,
                reader.line_num,
                f"This row cannot be read ({error}).",
                "Check that every quote that opens also closes.",
            )
        ) from error
    return Document(file, path.stem, {"rows": rows}, "", rows=tuple(lines))


def documents_in(folder: Path, pattern: str) -> Iterator[Path]:
    """Files below a folder that match, in a fixed order, without hidden ones."""
    for path in sorted(folder.rglob(pattern)):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path
