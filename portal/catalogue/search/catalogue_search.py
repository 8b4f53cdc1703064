"""The catalogue’s search: find, suggest, put, rebuild, and follow the database."""

import datetime as dt
import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from portal.catalogue.models import Entry
from portal.catalogue.search.documents import (
    SearchDocument,
    changed_since,
    document_of,
    documents_of,
    entries_with_words,
)
from portal.catalogue.search.engine import Engine, IndexBusyError
from portal.catalogue.search.filters import FILTERS, MILES
from portal.catalogue.search.query import MOST_PAGES, PAGE_SIZE, CatalogueQuery
from portal.catalogue.search.ranking import Ground, News, Ranked, Synonyms, news, rank
from portal.catalogue.search.suggestions import Suggestion, suggest
from portal.catalogue.search.text import stem, telling_words, terms, words
from portal.catalogue.search.understanding import understood
from portal.catalogue.vocabulary import Vocabulary, catalogue_version
from portal.extensions import DatabaseSession
from portal.taxonomy import EntryKind

logger = logging.getLogger(__name__)


class Hit(NamedTuple):
    """One result: what a card shows, and how far away it is in miles when that is asked."""

    document: Mapping[str, Any]
    miles: float | None = None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the document’s own values
        """What the index keeps to show of an entry."""
        return self.document[name]

    def has(self, facet: str) -> tuple[str, ...]:
        """The entry’s values of a facet."""
        values: tuple[str, ...] = self.document["facets"].get(facet, ())
        return values


class Option(NamedTuple):
    """One value of a filter: its name, how many it would leave, whether it is on."""

    value: str
    name: str
    total: int
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
    not_listed: tuple[str, ...] = ()
    wider: tuple[Wider, ...] = ()
    advice: Hit | None = None
    radii: Mapping[str, int] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        """How many pages can be asked for."""
        return min(-(-self.total // PAGE_SIZE), MOST_PAGES)


class CatalogueSearch:
    """Search over one index folder. Safe to share between threads."""

    def __init__(self, folder: Path, check_seconds: float = 1.0) -> None:
        """``check_seconds`` is how often the database is asked for the catalogue’s version."""
        self.engine = Engine(folder, check_seconds)
        self._check_seconds = check_seconds
        self._checked_at = float("-inf")
        self._synonyms: tuple[Mapping[str, Any], Synonyms] = ({}, {})

    def search(self, query: CatalogueQuery, vocabulary: Vocabulary, today: dt.date) -> Results:
        """Find, count and explain. Raises SearchUnavailableError when there is no index."""
        ground = self._ground(vocabulary, today)
        asked, query = query, understood(query, vocabulary)
        ranked = rank(ground, query)
        not_listed: tuple[str, ...] = ()
        if not ranked.total and query != asked:
            query, not_listed = _loosened(ground, asked, query, vocabulary)
            if not_listed:
                ranked = rank(ground, query)
        documents = ground.snapshot.stored(ranked.numbers)
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
            not_listed=not_listed,
            advice=_advice(ground, asked, query, vocabulary),
            wider=() if ranked.total else tuple(_wider(ground, query, vocabulary)),
            radii=ranked.counts.get("within", {}),
        )

    def news(
        self,
        query: CatalogueQuery,
        vocabulary: Vocabulary,
        today: dt.date,
        *,
        above: int,
        until: dt.date,
    ) -> News:
        """All that a search finds which is newer than the entry ``above``, or ends by ``until``."""
        ground = self._ground(vocabulary, today)
        return news(ground, understood(query, vocabulary), above=above, until=until)

    def _ground(self, vocabulary: Vocabulary, today: dt.date) -> Ground:
        return Ground(
            self.engine.snapshot(), self._known_synonyms(vocabulary), _places(vocabulary), today
        )

    def suggest(self, typed: str, today: dt.date) -> list[Suggestion]:
        """Titles to offer for what has been typed so far."""
        return suggest(typed, self.engine.snapshot(), today)

    def put(
        self,
        session: DatabaseSession,
        entries: Iterable[Entry],
        vocabulary: Vocabulary,
        today: dt.date,
    ) -> None:
        """Make these entries searchable, or take them out when they are not shown any more."""
        documents: list[SearchDocument] = []
        gone: list[int] = []
        for entry in entries:
            if entry.is_shown(today):
                documents.append(document_of(entry, vocabulary))
            else:
                gone.append(entry.id)
        self.engine.put(documents, gone, catalogue_version(session))

    def rebuild(self, session: DatabaseSession, vocabulary: Vocabulary, today: dt.date) -> int:
        """Make the whole index again from the database; return how many entries it has."""
        version = catalogue_version(session)
        documents = [
            document_of(entry, vocabulary)
            for entry in entries_with_words(session)
            if entry.is_shown(today)
        ]
        self.engine.rebuild(documents, version)
        return len(documents)

    def follow(self, session: DatabaseSession, vocabulary: Vocabulary, today: dt.date) -> None:
        """Bring the index up to the catalogue’s version when it is behind and not being written."""
        now = time.monotonic()
        if now - self._checked_at < self._check_seconds:
            return
        self._checked_at = now
        seen, newest = self.engine.version(), catalogue_version(session)
        # A load may come between reading the vocabulary and this: then the next look follows it,
        # so that nothing is indexed with words of an older catalogue.
        if seen < 0 or seen >= newest or vocabulary.version != newest:
            return
        try:
            shown, gone = changed_since(session, seen, today)
            self.engine.put(documents_of(session, shown, vocabulary), gone, newest)
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


@lru_cache(maxsize=4)
def _places(vocabulary: Vocabulary) -> Mapping[str, tuple[float, float]]:
    return {slug: (place.latitude, place.longitude) for slug, place in vocabulary.places.items()}


def _facets(ranked: Ranked, query: CatalogueQuery, vocabulary: Vocabulary) -> Iterable[Facet]:
    """Filters that would change something, with their most useful options."""
    for name, known in FILTERS.items():
        counts = ranked.counts.get(name, {})
        chosen = query.chosen.get(name, ())
        if not counts and not chosen:
            continue
        names = known.names(vocabulary)
        values: Iterable[str] = [v for v in names if v in counts or v in chosen]
        if not known.in_order:
            rank_of = {value: (value not in chosen, -counts.get(value, 0)) for value in values}
            values = sorted(rank_of, key=rank_of.__getitem__)
        most = max(known.shown, len(chosen))
        options = tuple(
            Option(value, names[value], counts.get(value, 0), value in chosen)
            for value in islice(values, most)
        )
        is_useful = len(options) > 1 or chosen or any(o.total < ranked.total for o in options)
        if is_useful:
            yield Facet(name, known.label, options)


def _total(ground: Ground, query: CatalogueQuery) -> int:
    return rank(ground, query, facets=False).total


def _advice(
    ground: Ground, asked: CatalogueQuery, query: CatalogueQuery, vocabulary: Vocabulary
) -> Hit | None:
    """The guide whose name was typed, when the words became filters that no guide has."""
    if query.words == asked.words or asked.chosen or query.page > 1:
        return None
    wanted = {stem(word) for word in telling_words(asked.words)}
    if query.near:
        place = vocabulary.places[query.near]
        wanted -= set(terms(" ".join((place.name, *place.also_called))))
    guides = CatalogueQuery(words=asked.words, chosen={"kind": (EntryKind.GUIDE.value,)})
    for document in ground.snapshot.stored(rank(ground, guides, facets=False).numbers[:3]):
        if wanted and wanted <= set(terms(" ".join((document["title"], *document["names"])))):
            return Hit(document)
    return None


def _loosened(
    ground: Ground, asked: CatalogueQuery, query: CatalogueQuery, vocabulary: Vocabulary
) -> tuple[CatalogueQuery, tuple[str, ...]]:
    """A search without a filter that was only typed, when nothing is known to fit it.

    “Evening maths” should not hide the maths courses whose times nobody has told us.
    """
    chosen = {(tag.name, tag.value) for tag in asked.tags(vocabulary)}
    typed = [tag for tag in query.tags(vocabulary) if (tag.name, tag.value) not in chosen]
    choices = [query.without(tag.name, tag.value) for tag in typed]
    totals = [_total(ground, choice) for choice in choices]
    if any(totals):
        best = totals.index(max(totals))
        return choices[best], (typed[best].label,)
    loosest = query
    for tag in typed:
        loosest = loosest.without(tag.name, tag.value)
    if typed and _total(ground, loosest):
        return loosest, tuple(tag.label for tag in typed)
    return query, ()


def _wider(ground: Ground, query: CatalogueQuery, vocabulary: Vocabulary) -> Iterable[Wider]:
    """The same search with each thing taken off in turn, and with the next wider radius."""
    for miles in MILES:
        if query.within and miles > query.within:
            changed = replace(query, within=miles, page=1)
            if found := _total(ground, changed):
                yield Wider(f"Look within {miles} miles", changed.url, found)
                break
    for tag in query.tags(vocabulary):
        changed = query.without(tag.name, tag.value)
        if found := _total(ground, changed):
            yield Wider(f"Take off “{tag.label}”", changed.url, found)
    if query.words and (query.chosen or query.near):
        changed = query.without("q")
        if found := _total(ground, changed):
            yield Wider(f"Without the words “{query.words}”", changed.url, found)
