"""Lines such as “A-1042, Year 10” as references with year groups; pure: text in, rows out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

MOST_LINES = 500
LONGEST_REFERENCE = 40
GAP = re.compile(r"[,;\t]")
# Two words of letters with capitals, such as a first name and a surname.
FULL_NAME = re.compile(r"[^\W\d_][\w’'\-]*(?:\s+[^\W\d_][\w’'\-]*)+")
DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Pasted:
    """What was read: rows to keep, what is wrong by line, and references that look like names."""

    rows: tuple[tuple[str, str], ...] = ()
    mistakes: tuple[str, ...] = ()
    like_names: tuple[str, ...] = ()


def read_lines(text: str, year_groups: Mapping[str, str]) -> Pasted:
    """Read every line that is not blank. ``year_groups`` are their names by slug."""
    lines = [(n, line) for n, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST_LINES:
        return Pasted(mistakes=(f"There are {len(lines)} lines. Paste {MOST_LINES} at most.",))
    rows: dict[str, str] = {}
    mistakes: list[str] = []
    for number, line in lines:
        reference, year_group = _parts(line, year_groups)
        wrong = "; ".join(_faults(reference, year_group, rows))
        if wrong:
            mistakes.append(f"Line {number}: {wrong}.")
        elif year_group:
            rows[reference] = year_group
    like_names = tuple(reference for reference in rows if is_like_a_name(reference))
    return Pasted(tuple(rows.items()), tuple(mistakes), like_names)


def is_like_a_name(reference: str) -> bool:
    """Whether a reference may be somebody’s whole name, which the portal must not keep."""
    return not DIGIT.search(reference) and FULL_NAME.fullmatch(reference) is not None


def _parts(line: str, year_groups: Mapping[str, str]) -> tuple[str, str | None]:
    """The reference, and the slug of the year group where it is one."""
    # Once: the name of a year group may hold a comma.
    reference, *rest = (" ".join(part.split()) for part in GAP.split(line, maxsplit=1))
    wanted = "".join(rest).casefold()
    for slug, name in year_groups.items():
        if wanted in {slug, name.casefold(), slug.removeprefix("year-")}:
            return reference, slug
    return reference, None


def _faults(reference: str, year_group: str | None, rows: Mapping[str, str]) -> Iterator[str]:
    if not reference:
        yield "write the reference first"
    if len(reference) > LONGEST_REFERENCE:
        yield f"use {LONGEST_REFERENCE} characters at most for the reference"
    if year_group is None:
        yield "write the year group after a comma, such as Year 10"
    elif rows.get(reference, year_group) != year_group:
        yield "this reference is there already with another year group"
