"""Doubts about words: too hard, too long, or none of ours."""

import re
from collections.abc import Iterator

from portal.catalogue.checking.matter import Matter
from portal.catalogue.checking.unwanted import ANY_UNWANTED, UNWANTED
from portal.content import reading_grade
from portal.content.documents import Problem
from portal.content.reading_grade import HARDEST, MOST_WORDS

MOST_IN_A_GUIDE = 700


def hard_pages(matter: Matter) -> Iterator[Problem]:
    """Pages that ask for more school than most visitors have."""
    for prose in matter.prose:
        if prose.grade > HARDEST:
            yield prose.item.problem(
                (),
                f"hard to read: {prose.item.slug} asks for grade {prose.grade:.1f}.",
                f"Shorten sentences and take easier words, down to {HARDEST:.0f}.",
            )


def long_guides(matter: Matter) -> Iterator[Problem]:
    """Guides that nobody reads to the end."""
    for prose in matter.prose_of("guides"):
        if prose.length > MOST_IN_A_GUIDE:
            yield prose.item.problem(
                (),
                f"long guide: {prose.item.slug} has {prose.length} words.",
                f"Shorten it to {MOST_IN_A_GUIDE}, or make two of it.",
            )


def long_sentences(matter: Matter) -> Iterator[Problem]:
    """Sentences that cannot be read in one go."""
    for file, passage in matter.passages:
        for sentence in reading_grade.long_sentences(passage):
            length = len(reading_grade.words(sentence))
            yield Problem(
                file,
                passage.line,
                f"long sentence: “{sentence[:60]}…” has {length} words.",
                f"Make two of it; {MOST_WORDS} words is the most.",
            )


def unwanted_words(matter: Matter) -> Iterator[Problem]:
    """Words that hint at who should do a job, that sell, or that are spelled the American way."""
    for file, passage in matter.passages:
        if not ANY_UNWANTED.search(passage.text):
            continue
        for unwanted in UNWANTED:
            for sentence in passage.sentences:
                for found in unwanted.pattern.finditer(sentence):
                    if not _is_a_name(found):
                        yield Problem(
                            file, passage.line, f"{unwanted.kind}: “{found[0]}”.", unwanted.reason
                        )


def _is_a_name(found: re.Match[str]) -> bool:
    """A capital within a sentence begins a name, which is spelled as its owner spells it."""
    return found.start() > 0 and found[0][0].isupper()
