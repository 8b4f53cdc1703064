"""How the content reads: grades of each kind of page, the hardest pages, the longest sentences."""

import statistics
from collections import defaultdict
from collections.abc import Iterator

from portal.catalogue.checking.matter import Matter
from portal.content.reading_grade import (
    HARDEST,
    HARDEST_FOR_THE_YOUNG,
    MOST_WORDS,
    Passage,
    grade,
    long_sentences,
)

SHOWN = 10
# What people of every age read; the middle page of these is to be easier still.
FOR_THE_YOUNG = frozenset({"roles", "programmes"})


def readings(matter: Matter) -> Iterator[str]:
    """The grades, one line a kind; then the hardest pages; then how many sentences are too long."""
    yield f"Reading grades (Flesch-Kincaid; no page above {HARDEST:g}):"
    for folder in ("roles", "programmes", "guides"):
        grades = [prose.grade for prose in matter.prose_of(folder)]
        if grades:
            middle = statistics.median(grades)
            goal = f" (aim: {HARDEST_FOR_THE_YOUNG:g})" if folder in FOR_THE_YOUNG else ""
            easy = sum(found <= HARDEST for found in grades)
            yield (
                f"  {folder}: {middle:.1f} in the middle{goal}, {max(grades):.1f} at most; "
                f"{easy} of {len(grades)} ({easy / len(grades):.0%}) are easy enough"
            )
    yield f"  tables, each read as one page: {', '.join(_tables(matter))}"
    yield f"The {SHOWN} hardest pages:"
    hardest = sorted(matter.prose, key=lambda prose: prose.grade, reverse=True)[:SHOWN]
    for prose in hardest:
        yield f"  {prose.grade:.1f} {prose.item.document.file}"
    number = sum(len(long_sentences(passage)) for _, passage in matter.passages)
    yield f"Sentences of more than {MOST_WORDS} words: {number}"


def _tables(matter: Matter) -> Iterator[str]:
    found: defaultdict[str, list[Passage]] = defaultdict(list)
    for item, passage in matter.cells:
        found[item.document.file.partition("/")[0]].append(passage)
    graded = {name.partition(".")[0]: grade(passages) for name, passages in found.items()}
    for name in sorted(graded, key=lambda name: -graded[name]):
        yield f"{name} {graded[name]:.1f}"
