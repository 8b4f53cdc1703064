"""The index in a folder: Whoosh as store and postings. No other module writes or opens it.

Whoosh keeps documents in immutable segments. What a segment holds is decoded once into numpy
arrays and kept as long as the segment lives, so that one changed entry costs one small segment.
"""

import hashlib
import logging
import shutil
import threading
import time
import weakref
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from whoosh import fields, formats, index
from whoosh.codec.whoosh3 import W3Codec
from whoosh.index import LockError
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from portal.catalogue.search.arrays import FACETS, Codes, Column, Keys
from portal.catalogue.search.documents import SearchDocument
from portal.catalogue.search.snapshot import Segment, Snapshot
from portal.catalogue.search.text import meaningful, name_keys, terms
from portal.catalogue.search.text import words as words_of

logger = logging.getLogger(__name__)


TITLE_WEIGHT = 3
NAME_WEIGHT = 2
KEY_LETTERS = 16
# What a result may show besides its title; empty where an entry has none.
SHOWN = (
    "type_name", "level_name", "sector_name", "provider", "where", "evidence", "soc2020",
    "anywhere", "employer", "closes_on", "happens_on",
)  # fmt: skip
WRITER_PATIENCE = 10.0
DOCUMENTS_IN_A_SEGMENT = 5_000
SMALL_SEGMENT, MOST_SMALL_SEGMENTS = 100, 8
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


class PlainCodec(W3Codec):  # type: ignore[misc]
    """Whoosh’s own format without packing, and without lengths, which we keep ourselves."""

    length_stats = False

    def __init__(self) -> None:
        super().__init__(compression=0)


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
        writer.commit(mergetype=_merged_when_many)
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
        writer = self._writer()
        try:
            segments = [self._segment_of(batch) for batch in _batches(documents)]
        except BaseException:
            writer.cancel()
            raise
        # Whoosh sorts a whole commit in memory, or on disk at a quarter of the speed; segments
        # made one by one stay small, and one table of contents shows them all at once.
        writer._close_segment()  # noqa: SLF001
        writer._commit_toc(segments)  # noqa: SLF001
        writer._finish()  # noqa: SLF001
        self._note(version)

    def _segment_of(self, documents: Iterable[SearchDocument]) -> Any:  # noqa: ANN401
        """Write one segment that no table of contents shows yet."""
        part = SegmentWriter(
            self._open_index(), _lk=False, codec=PlainCodec(), compound=False, limitmb=1024
        )
        for document in documents:
            part.add_document(**_stored(document))
        return part._finalize_segment()  # noqa: SLF001

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

    def _writer(self) -> Any:  # noqa: ANN401
        try:
            return self._open_index().writer(
                timeout=WRITER_PATIENCE, codec=PlainCodec(), compound=False
            )
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
        snapshot = Snapshot(reader.generation(), segments, self._codes, self._reader_lock)
        # Another thread may still be using an older one; its files close when the last lets go.
        weakref.finalize(snapshot, reader.close)
        return snapshot


def _merged_when_many(writer: SegmentWriter, segments: list[Any]) -> list[Any]:
    """Whoosh’s merge policy: small segments become one when there are several of them."""
    small = [s for s in segments if s.doc_count_all() <= SMALL_SEGMENT]
    if len(small) < MOST_SMALL_SEGMENTS:
        return segments
    for segment in small:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return [segment for segment in segments if segment not in small]


def _batches(documents: Iterable[SearchDocument]) -> Iterator[list[SearchDocument]]:
    remaining = iter(documents)
    while batch := list(islice(remaining, DOCUMENTS_IN_A_SEGMENT)):
        yield batch


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
            "closes": document.closes,
            "checked": document.checked,
            "until": document.until,
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
        closes=np.array([document["closes"] for document in documents], dtype=np.int32),
        until=np.array([document["until"] for document in documents], dtype=np.int32),
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
