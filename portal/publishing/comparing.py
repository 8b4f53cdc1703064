"""What is different between two wordings, word by word, and where in them the doubts stand.

Pure: no Flask, no database. Long texts cost no more than a moment: past a limit, they are shown as
taken out and put in whole.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

MOST_WORDS = 3000
WORD = re.compile(r"\s*\S+|\s+")


class Change(StrEnum):
    """What became of some words."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Piece:
    """Some words of one kind; ``is_held`` where a person should read them with care."""

    change: Change
    words: str
    is_held: bool = False


def compared(before: str | None, after: str, held: Iterable[str] = ()) -> list[Piece]:
    """The words of both texts in reading order; ``before`` is None where there is no earlier one.

    ``held`` are pieces of the new text that raised a doubt.
    """
    spans = _spans(after, held)
    if before is None:
        return list(_cut(after, 0, spans, Change.KEPT))
    found: list[Piece] = []
    at = 0
    for removed, kept_or_added, change in _steps(before, after):
        if removed:
            found.append(Piece(Change.REMOVED, removed))
        found += _cut(kept_or_added, at, spans, change)
        at += len(kept_or_added)
    return found


def _steps(before: str, after: str) -> Iterator[tuple[str, str, Change]]:
    """Each stretch as what was taken out and what stands there now."""
    old, new = WORD.findall(before), WORD.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        yield ("", after, Change.KEPT) if before == after else (before, after, Change.ADDED)
        return
    for step, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        if step == "equal":
            yield "", "".join(new[k:m]), Change.KEPT
        else:
            yield "".join(old[i:j]), "".join(new[k:m]), Change.ADDED


def _spans(text: str, held: Iterable[str]) -> list[tuple[int, int]]:
    """Where the held pieces stand, in order, without overlaps."""
    spans: list[tuple[int, int]] = []
    places = (match.span() for words in held if words for match in _every(words, text))
    for start, end in sorted(places):
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def _every(words: str, text: str) -> Iterator[re.Match[str]]:
    return re.finditer(re.escape(words), text)


def _cut(
    words: str, offset: int, spans: Iterable[tuple[int, int]], change: Change
) -> Iterator[Piece]:
    """Words that begin at ``offset`` of the whole text, cut where held pieces begin and end."""
    done, last = offset, offset + len(words)
    for start, end in spans:
        start, end = max(start, done), min(end, last)  # noqa: PLW2901 - the part that is here
        if start >= end:
            continue
        if start > done:
            yield Piece(change, words[done - offset : start - offset])
        yield Piece(change, words[start - offset : end - offset], is_held=True)
        done = end
    if done < last:
        yield Piece(change, words[done - offset :])
