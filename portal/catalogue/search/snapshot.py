"""One generation of the index as arrays: never changed, so that threads may share it."""

import bisect
import datetime as dt
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from portal.catalogue.search.arrays import FACETS, Codes, Column, Floats, Ints, Keys, Mask

K1, B = 1.2, 0.6
EARTH_MILES = 3958.8
TERMS_KEPT = 20_000
DOCUMENTS_KEPT = 4_096
PREFIXES = 24
LONGEST_GUESS = 24


@dataclass
class Segment:
    """One Whoosh segment as arrays. Postings are decoded when first asked for, then kept."""

    reader: Any
    size: int
    columns: dict[str, Column]
    latitude: Floats
    longitude: Floats
    placed: Mask
    starts: Ints
    closes: Ints
    checked: Ints
    until: Ints
    length: Floats
    title_length: Floats
    title_key: Keys
    words: list[str]
    words_by_length: dict[int, list[str]]
    postings: dict[tuple[str, str], tuple[Ints, Floats]] = field(default_factory=dict)
    shown: dict[int, dict[str, Any]] = field(default_factory=dict)

    def document(self, number: int) -> dict[str, Any]:
        """What a document shows; those asked for before are kept, so many at most."""
        found = self.shown.get(number)
        if found is None:
            found = self.reader.stored_fields(number)["doc"]
            if len(self.shown) < DOCUMENTS_KEPT:
                self.shown[number] = found
        return found

    def term(self, name: str, term: str) -> tuple[Ints, Floats]:
        """Document numbers and how often each has the term."""
        key = (name, term)
        found = self.postings.get(key)
        if found is None:
            found = self._decoded(name, term)
            if len(self.postings) < TERMS_KEPT:
                self.postings[key] = found
        return found

    def _decoded(self, name: str, term: str) -> tuple[Ints, Floats]:
        ids: list[int] = []
        weights: list[float] = []
        if (name, term) in self.reader:
            matcher = self.reader.postings(name, term)
            while matcher.is_active():
                ids.append(matcher.id())
                weights.append(matcher.weight())
                matcher.next()
        return np.array(ids, dtype=np.int32), np.array(weights, dtype=np.float32)


class Snapshot:
    """One generation of the index. Document numbers run through its segments in order."""

    def __init__(
        self, generation: int, segments: list[Segment], codes: Codes, lock: threading.Lock
    ) -> None:
        """Join the segments’ arrays; ``lock`` guards Whoosh’s readers, which are one thread’s."""
        self.generation = generation
        self.codes = codes
        self._segments = segments
        self._lock = lock
        self._bases = [0]
        for segment in segments:
            self._bases.append(self._bases[-1] + segment.size)
        self.size = self._bases[-1]
        self.columns = {
            facet: Column.joined([segment.columns[facet] for segment in segments])
            if segments
            else Column(np.zeros(1, dtype=np.int32), np.empty(0, dtype=np.int32))
            for facet in FACETS
        }
        self.latitude = self._joined("latitude", np.float32)
        self.longitude = self._joined("longitude", np.float32)
        self.placed = self._joined("placed", np.bool_)
        self.starts = self._joined("starts", np.int32)
        self.closes = self._joined("closes", np.int32)
        self.checked = self._joined("checked", np.int32)
        self.until = self._joined("until", np.int32)
        self.length = self._joined("length", np.float32)
        self.title_length = self._joined("title_length", np.float32)
        self.title_key = self._joined("title_key", np.uint64)
        self.live = np.ones(self.size, dtype=np.bool_)
        for base, segment in zip(self._bases, segments, strict=False):
            deleted = list(segment.reader.segment().deleted_docs())
            self.live[np.array(deleted, dtype=np.int64) + base] = False
        self.live_count = int(self.live.sum())
        average = float(self.length[self.live].mean()) if self.live_count else 1.0
        self._norm = (K1 * (1 - B + B * self.length / max(average, 1.0))).astype(np.float32)
        self._impacts: dict[str, tuple[Ints, Floats]] = {}
        self._shown: tuple[dt.date | None, Mask] = (None, self.live)
        self._guesses: dict[str, str | None] = {}
        self._joined_postings: dict[tuple[str, str], tuple[Ints, Floats]] = {}

    @cached_property
    def title_rank(self) -> Ints:
        """Each document’s place in the alphabet; made when a generation is first sorted."""
        order = np.lexsort((self.title_key[:, 1], self.title_key[:, 0]))
        rank = np.empty(self.size, dtype=np.int32)
        rank[order] = np.arange(self.size, dtype=np.int32)
        return rank

    @cached_property
    def entry_ids(self) -> Ints:
        """Each document’s entry; read when a generation is first asked for more than a page."""
        with self._lock:
            ids = [
                segment.reader.stored_fields(number)["doc"]["id"]
                for segment in self._segments
                for number in range(segment.size)
            ]
        return np.array(ids, dtype=np.int32)

    def _joined(self, name: str, kind: Any) -> Any:  # noqa: ANN401 - numpy's own type argument
        arrays = [getattr(segment, name) for segment in self._segments]
        empty = np.empty((0, 2) if name == "title_key" else 0, dtype=kind)
        return np.concatenate(arrays) if arrays else empty

    def _postings(self, name: str, term: str) -> tuple[Ints, Floats]:
        """Document numbers and weights over all segments; those asked for before are kept."""
        key = (name, term)
        found = self._joined_postings.get(key)
        if found is None:
            found = self._join_postings(name, term)
            if name != "text" and len(self._joined_postings) < TERMS_KEPT:
                self._joined_postings[key] = found
        return found

    def _join_postings(self, name: str, term: str) -> tuple[Ints, Floats]:
        with self._lock:
            parts = [segment.term(name, term) for segment in self._segments]
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32)
        ids = [part[0] + np.int32(base) for part, base in zip(parts, self._bases, strict=False)]
        return np.concatenate(ids), np.concatenate([part[1] for part in parts])

    def impacts(self, term: str) -> tuple[Ints, Floats]:
        """Documents with a term and what it adds to each one's BM25 score."""
        found = self._impacts.get(term)
        if found is None:
            ids, weights = self._postings("text", term)
            count = len(ids)
            telling = self.rarity(count)
            score = (telling * weights * (K1 + 1) / (weights + self._norm[ids])).astype(np.float32)
            found = ids, score
            if len(self._impacts) < TERMS_KEPT:
                self._impacts[term] = found
        return found

    def rarity(self, count: int) -> float:
        """BM25’s inverse document frequency: how telling a word is that this many have."""
        return float(np.log1p((max(self.live_count, count) - count + 0.5) / (count + 0.5)))

    def titled(self, term: str) -> Ints:
        """Documents with the term in their title."""
        return self._postings("title", term)[0]

    def has_titled(self, term: str, ids: Ints) -> Floats:
        """1 for each of these documents that has the term in its title, else 0."""
        flags = np.zeros(self.size, dtype=np.float32)
        flags[self.titled(term)] = 1
        return np.asarray(flags[ids])

    def named(self, key: str) -> Ints:
        """Documents that have exactly this name or title."""
        return self._postings("name", key)[0]

    def shown(self, today: dt.date) -> Mask:
        """Documents that are in the index and not past their last day; kept for the day."""
        day, mask = self._shown
        if day != today:
            mask = self.live & (self.until >= today.toordinal())
            self._shown = (today, mask)
        return mask

    def spelled(self, word: str) -> Ints:
        """Documents with exactly this word in a name, unstemmed."""
        return self._postings("word", word)[0]

    def has_term(self, term: str) -> bool:
        """Whether any live document has the term."""
        ids = self.impacts(term)[0]
        return bool(len(ids)) and bool(self.live[ids].any())

    def completions(self, start: str, most: int = PREFIXES) -> tuple[str, ...]:
        """Words of names that begin like this: at most a few, whatever the lexicon's size."""
        found: set[str] = set()
        for segment in self._segments:
            first = bisect.bisect_left(segment.words, start)
            for word in segment.words[first : first + most]:
                if not word.startswith(start):
                    break
                found.add(word)
        return tuple(sorted(found)[:most])

    def nearest_word(self, word: str) -> str | None:
        """The word of a name that was probably meant, or None. Guesses are kept."""
        if word not in self._guesses:
            if len(self._guesses) >= TERMS_KEPT:
                self._guesses.clear()
            self._guesses[word] = self._nearest_word(word)
        return self._guesses[word]

    def _nearest_word(self, word: str) -> str | None:
        """Compare with words of about the same length; longer ones are nobody’s mistake."""
        if not 4 <= len(word) <= LONGEST_GUESS:  # noqa: PLR2004 - shorter words are guesses at anything
            return None
        allowed = 1 if len(word) < 6 else 2  # noqa: PLR2004
        near: list[str] = []
        for length in range(len(word) - allowed, len(word) + allowed + 1):
            for segment in self._segments:
                near += segment.words_by_length.get(length, [])
        best = process.extract(
            word, near, scorer=OSA.distance, score_cutoff=allowed, limit=8, processor=None
        )
        if not best:
            return None
        # Of equally near words, one that begins with the same letters is likelier.
        return min(best, key=lambda b: (b[1], -_shared_start(word, b[0]), b[0]))[0]

    def miles_from(self, latitude: float, longitude: float) -> Floats:
        """Each document's distance in miles; NaN for what has no place."""
        north = np.radians(self.latitude - np.float32(latitude))
        east = np.radians(self.longitude - np.float32(longitude)) * np.float32(
            np.cos(np.radians(latitude))
        )
        miles: Floats = (np.hypot(north, east) * EARTH_MILES).astype(np.float32)
        return miles

    def stored(self, numbers: Iterable[int]) -> list[dict[str, Any]]:
        """What the documents show, in the order asked for."""
        found = []
        with self._lock:
            for number in numbers:
                at = bisect.bisect_right(self._bases, number) - 1
                segment = self._segments[at]
                found.append(segment.document(number - self._bases[at]))
        return found


def _shared_start(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
