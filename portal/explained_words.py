"""Finds the words of a glossary in sentences, so that a page can explain each where it comes first.

A word with a capital inside it (“DBS”, “T Level”) is found as it is written. Any other is found
with a capital at the start of a sentence as well. Of two words that begin together the longer is
found: “degree apprenticeship” before “degree”.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

NOTHING_USED: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Piece:
    """A stretch of a sentence; ``slug`` names the word that it is, when it is to be explained."""

    text: str
    slug: str = ""


class Glossary:
    """Words by slug, each in all its forms; compared by identity, so that results can be kept."""

    def __init__(self, forms: Mapping[str, Iterable[str]]) -> None:
        """``forms`` are the ways to write each word; an s at the end goes without saying."""
        self._slugs = {
            written: slug
            for slug, words in forms.items()
            for word in words
            for written in (word, word[:1].upper() + word[1:])
        }
        longest = sorted(self._slugs, key=lambda written: (-len(written), written))
        found = "|".join(map(re.escape, longest)) or "(?!)"
        self._pattern = re.compile(rf"(?<![\w’-])({found})s?(?![\w-])")

    def slug_of(self, written: str) -> str:
        """The word that is written like this, alone; empty when it is none of ours."""
        found = self._pattern.fullmatch(written)
        return self._slugs[found[1]] if found else ""

    def pieces(self, text: str, used: frozenset[str]) -> tuple[Piece, ...]:
        """The text in pieces: one for each word that is neither in ``used`` nor came before."""
        return _pieces(self, text, used)

    def split(self, text: str, used: frozenset[str]) -> tuple[Piece, ...]:
        """The same, worked out anew: a quarter of a millisecond for all sentences of a page."""
        known = set(used)
        found: list[Piece] = []
        at = 0
        for match in self._pattern.finditer(text):
            slug = self._slugs[match[1]]
            if slug not in known:
                known.add(slug)
                found += [Piece(text[at : match.start()]), Piece(match[0], slug)]
                at = match.end()
        found.append(Piece(text[at:]))
        return tuple(piece for piece in found if piece.text)


@lru_cache(maxsize=8192)
def _pieces(glossary: Glossary, text: str, used: frozenset[str]) -> tuple[Piece, ...]:
    return glossary.split(text, used)


class Explained:
    """What one page has explained so far. The page’s own title explains itself."""

    def __init__(self, glossary: Glossary, title: str) -> None:
        """Nothing is explained yet."""
        self.glossary = glossary
        self._titled = frozenset({glossary.slug_of(title)} - {""})
        self.used: frozenset[str] = NOTHING_USED

    @property
    def known(self) -> frozenset[str]:
        """Words that need no explaining any more."""
        return self.used | self._titled

    def remember(self, slugs: Iterable[str]) -> None:
        """These have been linked to their meaning."""
        self.used |= frozenset(slugs)

    def pieces(self, text: str) -> tuple[Piece, ...]:
        """A plain sentence of the page in pieces; what it explains is remembered."""
        found = self.glossary.pieces(text, self.known)
        self.remember(piece.slug for piece in found if piece.slug)
        return found
