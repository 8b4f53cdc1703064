"""The catalogue’s search: ``search``, ``suggest``, ``put``, ``rebuild``, and following the database."""

import datetime as dt
import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from portal.catalogue.loading import catalogue_version
from portal.catalogue.models import Entry
from portal.catalogue.search.documents import SearchDocument, document_of, entries_with_words
from portal.catalogue.search.engine import Engine, IndexBusyError, Snapshot
from portal.catalogue.search.filters import FILTERS, MILES
from portal.catalogue.search.query import MOST_PAGES, PAGE_SIZE, CatalogueQuery
from portal.catalogue.search.ranking import Ranked, Synonyms, rank, total_only
from portal.catalogue.search.suggestions import Suggestion, suggest
from portal.catalogue.search.text import terms, words
from portal.catalogue.search.understanding import understood
from portal.catalogue.vocabulary import Vocabulary

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Hit:
    """One result: what a card shows, and how far away it is in miles when that is asked."""

    document: Mapping[str, Any]
    miles: float | None = None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the document’s own values
        """What the index keeps to show; empty when this entry has none."""
        return self.document.get(name, "")

    def has(self, facet: str) -> tuple[str, ...]:
        """The entry’s values of a facet."""
        values: tuple[str, ...] = self.document["facets"].get(facet, ())
        return values


@dataclass(frozen=True)
class Option:
    """One value of a filter: its name, how many it would leave, whether it is on."""

    value: str
    name: str
    count: int
    is_on: bool


@dataclass(frozen=True)
class Facet:
    """A filter as the page offers it."""

    name: str
    label: str
    options: tuple[Option, ...]

    @property
    def is_on(self) -> bool:
        """Whether any of its options is."""
        return any(option.is_on for option in self.options)


@dataclass(frozen=True)
class Wider:
    """A way out of an empty result: the same search without one thing."""

    label: str
    url: str
    total: int


@dataclass(frozen=True)
class Results:
    """What a search found. ``query`` is the search as it was understood."""

    query: CatalogueQuery
    hits: tuple[Hit, ...]
    total: int
    facets: tuple[Facet, ...]
    instead: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    wider: tuple[Wider, ...] = ()
    radii: Mapping[str, int] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        """How many pages can be asked for."""
        return min(-(-self.total // PAGE_SIZE), MOST_PAGES)


class CatalogueSearch:
    """Search over one index folder. Safe to share between threads."""

    def __init__(self, folder: Path, check_seconds: float = 1.0) -> None:
        """``check_seconds`` is how often the database is asked for the catalogue’s version."""
        self.engine = Engine(folder)
        self._check_seconds = check_seconds
        self._checked_at = float("-inf")
        self._synonyms: tuple[Mapping[str, Any], Synonyms] = ({}, {})

    def search(
        self, query: CatalogueQuery, vocabulary: Vocabulary, today: dt.date
    ) -> Results:
        """Find, count and explain. Raises SearchUnavailableError when there is no index."""
        query = understood(query, vocabulary)
        snapshot = self.engine.snapshot()
        synonyms = self._known_synonyms(vocabulary)
        place = _place(query, vocabulary)
        ranked = rank(snapshot, query, synonyms, today=today, place=place)
        documents = snapshot.stored(ranked.numbers)
        return Results(
            query=query,
            hits=tuple(
                Hit(document, miles)
                for document, miles in zip(documents, ranked.miles, strict=True)
            ),
            total=ranked.total,
            facets=tuple(_facets(ranked, query, vocabulary)),
            instead=ranked.reading.instead,
            left_out=ranked.left_out,
            wider=tuple(_wider(snapshot, query, synonyms, vocabulary, today))
            if not ranked.total
            else (),
            radii=ranked.counts.get("within", {}),
        )

    def suggest(self, typed: str) -> list[Suggestion]:
        """Titles to offer for what has been typed so far."""
        return suggest(typed, self.engine.snapshot())

    def put(self, session: Session, entries: Iterable[Entry], vocabulary: Vocabulary, today: dt.date) -> None:
        """Make these entries searchable, or take them out when they are not shown any more."""
        documents: list[SearchDocument] = []
        gone: list[int] = []
        for entry in entries:
            if entry.is_shown(today):
                documents.append(document_of(entry, vocabulary))
            else:
                gone.append(entry.id)
        self.engine.put(documents, gone, catalogue_version(session))

    def rebuild(self, session: Session, vocabulary: Vocabulary, today: dt.date) -> int:
        """Make the whole index again from the database; return how many entries it has."""
        version = catalogue_version(session)
        documents = [
            document_of(entry, vocabulary)
            for entry in entries_with_words(session)
            if entry.is_shown(today)
        ]
        self.engine.rebuild(documents, version)
        return len(documents)

    def follow(self, session: Session, vocabulary: Vocabulary, today: dt.date) -> None:
        """Bring the index up to the catalogue’s version when it is behind and not being written."""
        now = time.monotonic()
        if now - self._checked_at < self._check_seconds:
            return
        self._checked_at = now
        seen = self.engine.version()
        if seen < 0 or seen >= catalogue_version(session):
            return
        try:
            self.put(session, entries_with_words(session, since=seen), vocabulary, today)
        except IndexBusyError:
            logger.info("another process is bringing the search index up to date")

    def _known_synonyms(self, vocabulary: Vocabulary) -> Synonyms:
        """The vocabulary’s synonyms as terms; made once for each vocabulary."""
        rows, known = self._synonyms
        if rows is not vocabulary.synonyms:
            known = {
                tuple(words(row.typed)): tuple(tuple(terms(means)) for means in row.means)
                for row in vocabulary.synonyms.values()
            }
            self._synonyms = (vocabulary.synonyms, known)
        return known


def _place(query: CatalogueQuery, vocabulary: Vocabulary) -> tuple[float, float] | None:
    if query.near is None:
        return None
    place = vocabulary.places[query.near]
    return place.latitude, place.longitude


def _facets(ranked: Ranked, query: CatalogueQuery, vocabulary: Vocabulary) -> Iterable[Facet]:
    """Filters that would change something, with their most useful options."""
    for name, known in FILTERS.items():
        counts = ranked.counts.get(name, {})
        chosen = query.chosen.get(name, ())
        if not counts and not chosen:
            continue
        names = known.names(vocabulary)
        options = [
            Option(value, label, counts.get(value, 0), value in chosen)
            for value, label in names.items()
            if value in counts or value in chosen
        ]
        if not known.in_order:
            options.sort(key=lambda option: (not option.is_on, -option.count, option.name))
        is_useful = len(options) > 1 or chosen or any(o.count < ranked.total for o in options)
        if is_useful:
            yield Facet(name, known.label, tuple(options[: max(known.shown, len(chosen))]))


def _wider(
    snapshot: Snapshot,
    query: CatalogueQuery,
    synonyms: Synonyms,
    vocabulary: Vocabulary,
    today: dt.date,
) -> Iterable[Wider]:
    """The same search with each thing taken off in turn, and with the next wider radius."""
    place = _place(query, vocabulary)

    def total(changed: CatalogueQuery) -> int:
        return total_only(snapshot, changed, synonyms, today, place if changed.near else None)

    for miles in MILES:
        if query.within and miles > query.within:
            changed = replace(query, within=miles, page=1)
            if found := total(changed):
                yield Wider(f"Look within {miles} miles", changed.url, found)
                break
    for tag in query.tags(vocabulary):
        changed = query.without(tag.name, tag.value)
        if found := total(changed):
            yield Wider(f"Take off “{tag.label}”", changed.url, found)
    if query.words and (query.chosen or query.near):
        changed = query.without("q")
        if found := total(changed):
            yield Wider(f"Without the words “{query.words}”", changed.url, found)
