"""One plain spelling for the many ways to write the same letters.

Full-width digits, circled letters, Cyrillic look-alikes, accents, invisible characters and letters
s p a c e d out all become what a reader would read, in lower case. Each letter remembers where it
stood, so that what is found can be shown as it was written. Pure.
"""

import re
import unicodedata
from collections.abc import Container, Sequence
from dataclasses import dataclass

LONGEST_FOUND = 80


@dataclass(frozen=True)
class Folded:
    """A text in plain lower case, which knows where in the original each letter stood."""

    original: str
    text: str
    places: Sequence[int]

    def found(self, start: int, end: int) -> str:
        """The piece of the original that stands behind a piece of the folded text."""
        stop = self.places[end] if end < len(self.places) else len(self.original)
        return self.original[self.places[start] : stop].strip()[:LONGEST_FOUND]

    def without(self, dropped: Container[int]) -> "Folded":
        """The same text with some of its letters left out."""
        kept = [index for index in range(len(self.text)) if index not in dropped]
        letters = "".join([self.text[index] for index in kept])
        return Folded(self.original, letters, [self.places[index] for index in kept])


LONGEST_LETTER = 4
LOOK_ALIKES = {
    like: letter
    for letter, likes in {
        "a": "аα", "b": "вβ", "c": "сϲ", "d": "ԁ", "e": "еε", "h": "һнη", "i": "іιı", "j": "ј",
        "k": "кκ", "m": "м", "n": "п", "o": "оο", "p": "рρ", "q": "ԛ", "s": "ѕ", "t": "тτ",
        "u": "υ", "v": "ν", "w": "ԝω", "x": "хχ", "y": "уγ",
        "": "'’‘‛ʼ´`", ".": "。．｡․•·∙", "-": "‐‑‒–—―−", "/": "⁄∕",
    }.items()
    for like in likes
}  # fmt: skip


class _Letters(dict[str, str]):
    """What each character becomes; worked out once, when it is first met."""

    def __missing__(self, character: str) -> str:
        self[character] = plain = self._plain(character)
        return plain

    @staticmethod
    def _plain(character: str) -> str:
        if unicodedata.category(character) in {"Cf", "Mn", "Me", "Mc"}:
            return ""
        if (digit := unicodedata.digit(character, None)) is not None:
            return str(digit)
        parts = unicodedata.normalize("NFKD", LOOK_ALIKES.get(character, character)).casefold()
        if len(parts) > LONGEST_LETTER:  # ligatures of whole phrases would make texts grow
            return " "
        kept = (LOOK_ALIKES.get(p, p) for p in parts if not unicodedata.combining(p))
        return "".join(kept)


LETTERS = _Letters()


REPEATED = re.compile(r"([^a-z0-9])\1{3,}")
SPACED = re.compile(r"(?<![a-z0-9])[a-z0-9](?:(?:[ ]{1,2}|[.\-*])[a-z0-9@.:/](?![a-z0-9])){2,}")


def folded(text: str) -> Folded:
    """The text in plain letters; a sign or space written many times over is kept three times."""
    whole = _letter_by_letter(text)
    runs = [range(m.start() + 3, m.end()) for m in REPEATED.finditer(whole.text)]
    return whole.without({index for run in runs for index in run}) if runs else whole


def _letter_by_letter(text: str) -> Folded:
    if text.isascii() and text.isprintable() and "'" not in text and "`" not in text:
        return Folded(text, text.lower(), range(len(text)))
    pieces = [LETTERS[character] for character in text]
    places = [place for place, piece in enumerate(pieces) for _ in piece]
    return Folded(text, "".join(pieces), places)


def closed_up(view: Folded) -> Folded:
    """The same text with “s n a p” written “snap”."""
    text = view.text
    dropped = {
        index
        for match in SPACED.finditer(text)
        for index in range(match.start() + 1, match.end())
        if text[index] in " -*" or _only_parts_letters(text, index)
    }
    return view.without(dropped) if dropped else view


def _only_parts_letters(text: str, index: int) -> bool:
    """Whether a dot stands between two letters, as in “d.a.v.e”."""
    return (
        text[index] == "." and text[index - 1].isalnum() and text[index + 1 : index + 2].isalnum()
    )
