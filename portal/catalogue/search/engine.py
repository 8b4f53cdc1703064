"""Whoosh as store and postings, numpy for ranking and counting. No other module imports either.

Whoosh keeps documents in immutable segments. What a segment holds is decoded once into numpy
arrays and kept as long as the segment lives, so that one changed entry costs one small segment.
A *snapshot* is one generation of the index as arrays; it never changes, so threads may share it.
"""

import bisect
import hashlib
import logging
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA
from whoosh import fields, formats, index
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter
from whoosh.index import LockError
from whoosh.writing import CLEAR

from portal.catalogue.search.documents import SearchDocument
from portal.catalogue.search.text import meaningful, name_keys, terms
from portal.catalogue.search.text import words as words_of

logger = logging.getLogger(__name__)

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Keys = NDArray[np.uint64]

FACETS = (
    "kind", "level", "sector", "growth", "type", "family", "provider", "mode", "study",
    "attendance", "free", "entry", "suits", "skill",
)  # fmt: skip
K1, B = 1.2, 0.6
TITLE_WEIGHT = 3
NAME_WEIGHT = 2
KEY_LETTERS = 16
EARTH_MILES = 3958.8
# What a result may show besides its title; empty where an entry has none.
SHOWN = ("type_name", "level_name", "sector_name", "provider", "where", "evidence", "soc2020")
TERMS_KEPT = 20_000
DOCUMENTS_KEPT = 4_096
PREFIXES = 24
LONGEST_GUESS = 24
WRITER_PATIENCE = 10.0
NOWHERE = np.float32(np.nan)

# What is stored follows from this code: when it changes, an older index is not read.
FORMAT = hashlib.sha256(
    b"".join(
        (Path(__file__).parent / name).read_bytes()
        for name in ("text.py", "documents.py", "engine.py")
    )
).hexdigest()[:8]


class Terms(fields.FieldType):  # type: ignore[misc]
    """A field of ready-made terms: a list, counted. Nothing is analysed a second time."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), analyzer=None, scorable=False, stored=False)

    def index(
        self, value: list[str], **_given: object
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Each term with how often it stands there; Whoosh keeps that as the posting’s weight."""
        for term, times in Counter(value).items():
            yield term.encode(), times, float(times), b""


class PlainFieldWriter(W3FieldWriter):  # type: ignore[misc]
    """Writes postings without asking for every one how long its document is: we know that."""

    def add_postings(self, schema: object, _lengths: object, items: object) -> None:
        """Write postings in order."""
        super().add_postings(schema, None, items)


class PlainCodec(W3Codec):  # type: ignore[misc]
    """Whoosh’s own format, written without lengths and without packing."""

    def __init__(self) -> None:
        super().__init__(compression=0)

    def field_writer(self, storage: object, segment: object) -> PlainFieldWriter:
        """The writer of postings."""
        return PlainFieldWriter(self, storage, segment)


SCHEMA = fields.Schema(
    id=fields.ID(stored=True, unique=True),
    text=Terms(),
    title=Terms(),
    name=Terms(),
    word=Terms(),
    doc=fields.STORED,
)


class SearchUnavailableError(Exception):
    """There is no index to search; the message says how to make one."""


class IndexBusyError(Exception):
    """Another process is writing the index; try again shortly."""


@dataclass(frozen=True)
class Column:
    """One facet's values over documents: document i has values[offsets[i]:offsets[i + 1]].

    ``single`` is the one value of each document (-1 for none) where no document has two.
    """

    offsets: Ints
    values: Ints

    @cached_property
    def single(self) -> Ints | None:
        """Most facets have one value a document, which is four times quicker to count."""
        lengths = np.diff(self.offsets)
        if lengths.max(initial=0) > 1:
            return None
        codes = np.full(len(lengths), -1, dtype=np.int32)
        codes[lengths == 1] = self.values
        return codes

    @classmethod
    def joined(cls, columns: Sequence["Column"]) -> "Column":
        """Columns of consecutive segments as one."""
        if len(columns) == 1:
            return columns[0]
        starts = np.cumsum([0, *(len(c.values) for c in columns)])
        offsets = [c.offsets[:-1] + start for c, start in zip(columns, starts, strict=False)]
        last = np.array([starts[-1]], dtype=np.int32)
        return cls(
            np.concatenate([*offsets, last]).astype(np.int32),
            np.concatenate([c.values for c in columns]),
        )

    def counts(self, ids: Ints, size: int) -> Ints:
        """How many of the documents have each value code."""
        if self.single is not None:
            return np.asarray(np.bincount(self.single[ids] + 1, minlength=size + 1)[1:])
        return np.asarray(np.bincount(self.values[self._positions(ids)], minlength=size))

    def mask(self, codes: Sequence[int], size: int) -> Mask:
        """Documents that have any of the codes, of which there are so many."""
        wanted = np.zeros(size + 1, dtype=np.bool_)
        wanted[np.array(codes, dtype=np.int32)] = True
        if self.single is not None:
            return np.asarray(wanted[self.single])
        totals = np.concatenate([[0], np.cumsum(wanted[self.values])])
        return np.asarray(totals[self.offsets[1:]] > totals[self.offsets[:-1]])

    def _positions(self, ids: Ints) -> Ints:
        """Positions in ``values`` of everything the documents have."""
        starts = self.offsets[ids]
        lengths = self.offsets[ids + 1] - starts
        total = int(lengths.sum())
        if total == 0:
            return np.empty(0, dtype=np.int32)
        ends = np.cumsum(lengths)
        steps = np.arange(total, dtype=np.int32) - np.repeat(ends - lengths, lengths)
        positions: Ints = (np.repeat(starts, lengths) + steps).astype(np.int32)
        return positions


class Codes:
    """Facet values as small integers, the same in every segment of one process."""

    def __init__(self) -> None:
        """Begin with no values."""
        self._codes: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}
        self._lock = threading.Lock()

    def code(self, facet: str, value: str) -> int:
        """The code of a value, made when it is new."""
        codes = self._codes[facet]
        if value not in codes:
            with self._lock:
                codes.setdefault(value, len(codes))
        return codes[value]

    def known(self, facet: str, values: Iterable[str]) -> list[int]:
        """Codes of those values that some document has had."""
        codes = self._codes[facet]
        return [codes[value] for value in values if value in codes]

    def values(self, facet: str) -> list[str]:
        """Values in the order of their codes."""
        return list(self._codes[facet])


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
    checked: Ints
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
        self.checked = self._joined("checked", np.int32)
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
        self.nearest_word = lru_cache(maxsize=4096)(self._nearest_word)
        self.completions = lru_cache(maxsize=4096)(self._completions)

    def _joined(self, name: str, kind: Any) -> Any:  # noqa: ANN401 - numpy's own type argument
        arrays = [getattr(segment, name) for segment in self._segments]
        empty = np.empty((0, 2) if name == "title_key" else 0, dtype=kind)
        return np.concatenate(arrays) if arrays else empty

    def _postings(self, name: str, term: str) -> tuple[Ints, Floats]:
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

    def spelled(self, word: str) -> Ints:
        """Documents with exactly this word in a name, unstemmed."""
        return self._postings("word", word)[0]

    def has_term(self, term: str) -> bool:
        """Whether any live document has the term."""
        ids = self.impacts(term)[0]
        return bool(len(ids)) and bool(self.live[ids].any())

    def _completions(self, start: str) -> tuple[str, ...]:
        """Words of names that begin like this: at most a few, whatever the lexicon's size."""
        found: set[str] = set()
        for segment in self._segments:
            first = bisect.bisect_left(segment.words, start)
            for word in segment.words[first : first + PREFIXES]:
                if not word.startswith(start):
                    break
                found.add(word)
        return tuple(sorted(found)[:PREFIXES])

    def _nearest_word(self, word: str) -> str | None:
        """The word of a name that was probably meant, or None. Bounded by word length."""
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


class Engine:
    """The index in a folder: written by one process at a time, read by any number."""

    def __init__(self, folder: Path, look_every: float = 0.0) -> None:
        """Remember the folder; nothing is opened until it is needed.

        Other processes’ writes are looked for every ``look_every`` seconds at most; our own are
        seen at once.
        """
        self._look_every = look_every
        self._looked_at = float("-inf")
        self.folder = folder / f"format-{FORMAT}"
        self._codes = Codes()
        self._segments: dict[str, Segment] = {}
        self._snapshot: Snapshot | None = None
        self._index: Any = None
        self._reader_lock = threading.Lock()
        self._refresh_lock = threading.Lock()

    def snapshot(self) -> Snapshot:
        """The newest generation. Raises SearchUnavailableError when there is no index."""
        held = self._snapshot
        now = time.monotonic()
        if held is not None and now - self._looked_at < self._look_every:
            return held
        generation = self._generation()
        self._looked_at = now
        if held is not None and held.generation == generation:
            return held
        with self._refresh_lock:
            held = self._snapshot
            if held is None or held.generation != generation:
                held = self._snapshot = self._opened()
        return held

    def version(self) -> int:
        """The catalogue version the index has followed to; -1 without an index."""
        try:
            return int((self.folder / "version").read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return -1

    def put(
        self,
        documents: Iterable[SearchDocument],
        gone: Iterable[int] = (),
        version: int | None = None,
    ) -> None:
        """Add or replace documents and remove others, in one commit."""
        writer = self._writer()
        try:
            for number in gone:
                writer.delete_by_term("id", str(number))
            for document in documents:
                writer.update_document(**_stored(document))
        except BaseException:
            writer.cancel()
            raise
        writer.commit()
        self._note(version)

    def rebuild(self, documents: Iterable[SearchDocument], version: int | None = None) -> None:
        """Replace everything in one commit; readers see the old index until then."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for other in self.folder.parent.glob("format-*"):
            if other != self.folder:
                shutil.rmtree(other, ignore_errors=True)
        if not index.exists_in(self.folder):
            index.create_in(self.folder, SCHEMA)
        self._index = None
        writer = self._writer(limitmb=256)
        try:
            for document in documents:
                writer.add_document(**_stored(document))
        except BaseException:
            writer.cancel()
            raise
        writer.commit(mergetype=CLEAR)
        self._note(version)

    def _note(self, version: int | None) -> None:
        """Remember the version after the commit: an update may be repeated, but not missed."""
        self._looked_at = float("-inf")
        if version is not None:
            path = self.folder / "version.new"
            path.write_text(str(version), encoding="ascii")
            path.replace(self.folder / "version")

    def _open_index(self) -> Any:  # noqa: ANN401 - Whoosh has no types
        if self._index is None:
            if not (self.folder.is_dir() and index.exists_in(self.folder)):
                message = "There is no search index yet. Make one with: portal reindex"
                raise SearchUnavailableError(message)
            self._index = index.open_dir(self.folder)
        return self._index

    def _generation(self) -> int:
        whoosh_index = self._open_index()
        generation: int = whoosh_index.latest_generation()
        if generation < 0:
            self._index = self._snapshot = None
            message = "The search index has gone. Make it again with: portal reindex"
            raise SearchUnavailableError(message)
        return generation

    def _writer(self, **options: int) -> Any:  # noqa: ANN401
        try:
            return self._open_index().writer(timeout=WRITER_PATIENCE, codec=PlainCodec(), **options)
        except LockError as error:
            message = "Another process is writing the search index."
            raise IndexBusyError(message) from error

    def _opened(self) -> Snapshot:
        reader = self._open_index().reader()
        segments: list[Segment] = []
        kept: dict[str, Segment] = {}
        for leaf, _ in reader.leaf_readers():
            name = leaf.segment().segment_id()
            held = self._segments.get(name)
            if held is None:
                held = _decoded(leaf, self._codes)
            else:
                # The arrays stay; the new reader knows what has been deleted since.
                held = Segment(**{**vars(held), "reader": leaf})
            kept[name] = held
            segments.append(held)
        self._segments = kept
        return Snapshot(reader.generation(), segments, self._codes, self._reader_lock)


def _stored(document: SearchDocument) -> dict[str, Any]:
    """The fields Whoosh keeps of a document."""
    title = terms(document.title)
    names = terms(" ".join(document.names[1:]))
    text = terms(document.text) + title * TITLE_WEIGHT + names * NAME_WEIGHT
    vocabulary = {word for name in document.names for word in meaningful(name)}
    return {
        "id": str(document.id),
        "text": text,
        "title": list(dict.fromkeys(title)),
        "name": sorted(set().union(*map(name_keys, document.names))),
        "word": sorted(vocabulary),
        "doc": {
            "id": document.id,
            "kind": document.kind,
            "title": document.title,
            "summary": document.summary,
            "url": document.url,
            "names": document.names[1:],
            "facets": document.facets,
            "place": document.place,
            "placed": document.is_placed,
            "starts": document.starts,
            "checked": document.checked,
            "length": len(text),
            "title_length": max(len(set(title)), 1),
            **dict.fromkeys(SHOWN, ""),
            **document.shown,
        },
    }


def _decoded(leaf: Any, codes: Codes) -> Segment:  # noqa: ANN401
    """Everything but the postings of a segment, as arrays."""
    size: int = leaf.doc_count_all()
    documents: list[Mapping[str, Any]] = [leaf.stored_fields(n)["doc"] for n in range(size)]
    columns = {}
    for facet in FACETS:
        offsets = np.zeros(size + 1, dtype=np.int32)
        values: list[int] = []
        for n, document in enumerate(documents):
            values.extend(codes.code(facet, value) for value in document["facets"].get(facet, ()))
            offsets[n + 1] = len(values)
        columns[facet] = Column(offsets, np.array(values, dtype=np.int32))
    places = [document["place"] or (NOWHERE, NOWHERE) for document in documents]
    words = sorted(term.decode() for term in leaf.lexicon("word"))
    by_length: dict[int, list[str]] = {}
    for word in words:
        by_length.setdefault(len(word), []).append(word)
    return Segment(
        reader=leaf,
        size=size,
        columns=columns,
        latitude=np.array([place[0] for place in places], dtype=np.float32),
        longitude=np.array([place[1] for place in places], dtype=np.float32),
        placed=np.array([document["placed"] for document in documents], dtype=np.bool_),
        starts=np.array([document["starts"] for document in documents], dtype=np.int32),
        checked=np.array([document["checked"] for document in documents], dtype=np.int32),
        length=np.array([document["length"] for document in documents], dtype=np.float32),
        title_length=np.array([d["title_length"] for d in documents], dtype=np.float32),
        title_key=_title_keys([document["title"] for document in documents]),
        words=words,
        words_by_length=by_length,
    )


def _title_keys(titles: list[str]) -> Keys:
    """Two numbers a title that sort as its first sixteen letters do."""
    folded = ["".join(words_of(title))[:KEY_LETTERS].ljust(KEY_LETTERS) for title in titles]
    letters = "".join(folded).encode("ascii", "replace")
    return np.frombuffer(letters, dtype=">u8").astype(np.uint64).reshape(-1, 2)
