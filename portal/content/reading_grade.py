"""How hard prose is to read: its sentences, and the school grade that they ask for.

The grade is Flesch’s and Kincaid’s (Kincaid and others, 1975): from the words of a sentence and
the syllables of a word. A grade of 7 is what most people of twelve or thirteen read with ease.
It says nothing about whether what stands there is true, or worth reading.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from portal.content.reading_syllables import syllables

HARDEST = 7.0
HARDEST_FOR_THE_YOUNG = 6.0
MOST_WORDS = 25
END = re.compile(r"(?<=[.!?…])[”’)]*\s+(?=[“‘(]*[A-Z0-9£])")


@dataclass(frozen=True)
class Passage:
    """A paragraph, an item of a list or one value, and the line of the file it begins on."""

    text: str
    line: int = 1

    @cached_property
    def sentences(self) -> list[str]:
        """Its sentences. What ends without a full stop, as items of lists do, ends all the same."""
        return sentences(self.text)


def sentences(text: str) -> list[str]:
    """Words up to each full stop, question mark or exclamation mark before a capital."""
    return [part for part in END.split(" ".join(text.split())) if words(part)]


def words(sentence: str) -> list[str]:
    """What stands between spaces and has a letter or a digit: “part-time” is one word."""
    return [word for word in sentence.split() if any(map(str.isalnum, word))]


def long_sentences(passage: Passage) -> list[str]:
    """The sentences that are too long to be read in one go."""
    return [found for found in passage.sentences if len(words(found)) > MOST_WORDS]


def grade(passages: Iterable[Passage]) -> float:
    """The grade of everything together, to one decimal; 0 where there is no sentence."""
    found = [words(sentence) for passage in passages for sentence in passage.sentences]
    return round(_grade(found), 1) if found else 0.0


def _grade(found: Sequence[Sequence[str]]) -> float:
    said = [word for sentence in found for word in sentence]
    spoken = sum(map(syllables, said))
    return 0.39 * len(said) / len(found) + 11.8 * spoken / len(said) - 15.59
