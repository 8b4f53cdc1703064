"""Which documents answer a query, in what order, and how many each filter would leave.

Blind to prestige: nothing here looks at the kind of an entry, its level or who runs it. A document
scores by the words it shares with the query (BM25), more when they are in its title, most when
the query is exactly one of its names.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from portal.catalogue.search.arrays import FACETS, Floats, Ints, Mask
from portal.catalogue.search.filters import MILES, STARTS
from portal.catalogue.search.query import PAGE_SIZE, CatalogueQuery
from portal.catalogue.search.snapshot import Snapshot
from portal.catalogue.search.text import (
    CHATTER,
    STOP_WORDS,
    name_keys,
    stem,
    telling_words,
    words,
)
from portal.taxonomy import EntryKind

TITLE_SHARE = 1.5
EXACT_NAME = 12.0
COMPLETION = 0.6
SYNONYM = 0.9
LONGEST_SYNONYM = 4
MOST_PARTS = 8
# When nothing has every word, what has this share of the best’s rarity is shown too.
NEARLY_ALL = 0.6
ROUNDING = 1e-4
ALTERNATIVES = 8
SOON_DAYS, YEAR_DAYS = 92, 365

Synonyms = Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]]


@dataclass(frozen=True)
class Ground:
    """What every search of a moment stands on; ``places`` are latitude and longitude by slug."""

    snapshot: Snapshot
    synonyms: Synonyms
    places: Mapping[str, tuple[float, float]]
    today: dt.date


@dataclass(frozen=True)
class Measures:
    """Each document’s score, and its distance in miles when a place was asked for."""

    scores: Floats
    miles: Floats | None


@dataclass(frozen=True)
class Alternative:
    """One way to satisfy a part of the query: all of these terms, worth this much."""

    terms: tuple[str, ...]
    worth: float = 1.0


@dataclass(frozen=True)
class Part:
    """A typed word or phrase and everything that counts as having it."""

    typed: str
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True)
class Reading:
    """The typed words as the index compares them; ``instead`` maps misspellings to guesses."""

    parts: tuple[Part, ...]
    instead: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ranked:
    """Numbers of the documents on the page, the total, and counts by facet and value.

    ``left_out`` holds typed words that no result has, when none has them all.
    """

    numbers: tuple[int, ...]
    total: int
    counts: Mapping[str, Mapping[str, int]]
    reading: Reading
    left_out: tuple[str, ...] = ()
    miles: tuple[float | None, ...] = ()


def read(typed: str, snapshot: Snapshot, synonyms: Synonyms) -> Reading:
    """Words to parts: synonyms first, then the word itself, words it begins, or the nearest one."""
    folded = words(typed)
    parts: list[Part] = []
    instead: dict[str, str] = {}
    at = 0
    while at < len(folded):
        for length in range(min(LONGEST_SYNONYM, len(folded) - at), 0, -1):
            phrase = tuple(folded[at : at + length])
            if phrase in synonyms:
                parts.append(_synonym_part(phrase, synonyms[phrase]))
                at += length
                break
        else:
            word = folded[at]
            at += 1
            if word in STOP_WORDS:
                continue
            part = _word_part(word, snapshot, instead)
            if part not in parts:
                parts.append(part)
    telling = [part for part in parts if part.typed not in CHATTER]
    return Reading(tuple(telling or parts)[:MOST_PARTS], instead)


def _synonym_part(phrase: tuple[str, ...], means: tuple[tuple[str, ...], ...]) -> Part:
    own = tuple(stem(word) for word in phrase if word not in STOP_WORDS)
    alternatives = [Alternative(own)] if own else []
    alternatives += [Alternative(terms, SYNONYM) for terms in means[:ALTERNATIVES]]
    return Part(" ".join(phrase), tuple(alternatives))


def _word_part(word: str, snapshot: Snapshot, instead: dict[str, str]) -> Part:
    term = stem(word)
    if snapshot.has_term(term):
        return Part(word, (Alternative((term,)),))
    if len(word) > 2:  # noqa: PLR2004 - two letters begin too much
        begun = dict.fromkeys(stem(w) for w in snapshot.completions(word))
        if begun:
            found = tuple(Alternative((t,), COMPLETION) for t in begun)
            return Part(word, found[:ALTERNATIVES])
    guess = snapshot.nearest_word(word)
    if guess is not None:
        instead[word] = guess
        return Part(word, (Alternative((stem(guess),)),))
    return Part(word, (Alternative((term,)),))


def rank(ground: Ground, query: CatalogueQuery, *, facets: bool = True) -> Ranked:
    """Search one generation of the index; counting what filters would leave can be left out."""
    snapshot, sifted = ground.snapshot, _sift(ground, query)
    ids, miles = sifted.ids, sifted.miles
    counts = _counts(snapshot, sifted, ids) if facets else {}
    if miles is not None and facets:
        counts["within"] = _within(snapshot, sifted.matching, sifted.masks, miles)
    first = (query.page - 1) * PAGE_SIZE
    measures = Measures(sifted.scores, miles)
    page = _ordered(ground, query, ids, measures)[first : first + PAGE_SIZE]
    return Ranked(
        numbers=tuple(int(n) for n in page),
        total=len(ids),
        counts=counts,
        reading=sifted.reading,
        left_out=sifted.left_out,
        miles=tuple(_mile(miles, snapshot, int(n)) for n in page),
    )


class News(NamedTuple):
    """Entries that a search finds, by their ids: the newest first, and the last days of some."""

    newest: tuple[int, ...] = ()
    ending: tuple[tuple[int, dt.date], ...] = ()


def news(ground: Ground, query: CatalogueQuery, *, above: int, until: dt.date) -> News:
    """What a search finds on any page that is newer than an entry, or ends by a day.

    A vacancy or a listing ends when one can no longer apply; an event on its day.
    """
    snapshot = ground.snapshot
    found = _sift(ground, query).ids
    ids, last = snapshot.entry_ids[found], snapshot.closes[found]
    happens = _facet_mask(snapshot, "kind", (EntryKind.EVENT.value,))[found] & (last == 0)
    last = np.where(happens, snapshot.starts[found], last)
    soon = np.flatnonzero((last >= ground.today.toordinal()) & (last <= until.toordinal()))
    ending = sorted((int(last[n]), int(ids[n])) for n in soon)
    return News(
        newest=tuple(sorted((int(n) for n in ids[ids > above]), reverse=True)),
        ending=tuple((number, dt.date.fromordinal(day)) for day, number in ending),
    )


@dataclass(frozen=True)
class _Sifted:
    """What a query’s words match, and what each of its filters lets through."""

    reading: Reading
    scores: Floats
    matching: Mask
    left_out: tuple[str, ...]
    masks: Mapping[str, Mask]
    starts: Mapping[str, Mask]
    miles: Floats | None

    @property
    def ids(self) -> Ints:
        """The documents that pass everything."""
        allowed = self.matching.copy()
        for mask in self.masks.values():
            allowed &= mask
        return np.flatnonzero(allowed).astype(np.int32)


def _sift(ground: Ground, query: CatalogueQuery) -> _Sifted:
    snapshot = ground.snapshot
    reading = read(query.words, snapshot, ground.synonyms)
    scores, matching, left_out = _matching(ground, reading, query.words)
    starts = _start_bands(snapshot, ground.today)
    masks = {
        name: _start_mask(starts, values)
        if name == "starts"
        else _facet_mask(snapshot, name, values)
        for name, values in query.chosen.items()
    }
    place = ground.places[query.near] if query.near else None
    miles = snapshot.miles_from(*place) if place else None
    if miles is not None and query.within:
        masks["near"] = ~snapshot.placed | (miles <= query.within)
    return _Sifted(reading, scores, matching, left_out, masks, starts, miles)


def _start_mask(starts: Mapping[str, Mask], values: tuple[str, ...]) -> Mask:
    return np.asarray(np.logical_or.reduce([starts[value] for value in values]))


def _facet_mask(snapshot: Snapshot, name: str, values: tuple[str, ...]) -> Mask:
    codes = snapshot.codes
    return snapshot.columns[name].mask(codes.known(name, values), len(codes.values(name)))


def _matching(ground: Ground, reading: Reading, typed: str) -> tuple[Floats, Mask, tuple[str, ...]]:
    """Scores, the documents that match, and the words that had to be left out."""
    snapshot, shown = ground.snapshot, ground.snapshot.shown(ground.today)
    scores = np.zeros(snapshot.size, dtype=np.float32)
    if not reading.parts:
        return scores, shown, ()
    covered = np.zeros(snapshot.size, dtype=np.float32)
    everything = 0.0
    titled = np.zeros(snapshot.size, dtype=np.float32)
    found_by_part: list[Ints] = []
    for part in reading.parts:
        best = np.zeros(snapshot.size, dtype=np.float32)
        in_title = np.zeros(snapshot.size, dtype=np.float32)
        for alternative in part.alternatives:
            ids, score, title = _alternative(snapshot, alternative)
            best[ids] = np.maximum(best[ids], score)
            in_title[ids] = np.maximum(in_title[ids], title)
        hits = np.flatnonzero(best).astype(np.int32)
        found_by_part.append(hits)
        scores += best
        rarity = snapshot.rarity(len(hits))
        covered[hits] += rarity
        everything += rarity
        titled += in_title
    scores *= 1 + TITLE_SHARE * titled / snapshot.title_length
    is_named = np.zeros(snapshot.size, dtype=bool)
    for key in _names_typed(typed, reading):
        named = snapshot.named(key)
        scores[named] += EXACT_NAME
        is_named[named] = True
    if len(reading.parts) == 1:
        for alternative in reading.parts[0].alternatives:
            named = snapshot.named("".join(alternative.terms))
            scores[named] += EXACT_NAME * alternative.worth
    covered[~shown] = 0
    most = float(covered.max(initial=0))
    has_all = most >= everything * (1 - ROUNDING)
    matching = covered >= (most * (1 - ROUNDING) if has_all else most * NEARLY_ALL)
    matching &= covered > 0
    # Whose name it is matches, also where one writes in two words what others write in one.
    matching |= is_named & shown
    left_out: tuple[str, ...] = ()
    if not has_all:
        any_match = np.flatnonzero(matching)
        left_out = tuple(
            part.typed
            for part, hits in zip(reading.parts, found_by_part, strict=True)
            if not np.intersect1d(hits, any_match, assume_unique=True).size
        )
    return scores, matching, left_out


def _names_typed(typed: str, reading: Reading) -> set[str]:
    """The keys of every name that the query may be: whole, without chatter, without mistakes."""
    telling = telling_words(typed)
    guessed = " ".join(reading.instead.get(word, word) for word in telling)
    return set().union(*map(name_keys, (typed, " ".join(telling), guessed)))


def _alternative(snapshot: Snapshot, alternative: Alternative) -> tuple[Ints, Floats, Floats]:
    """Documents with all terms of an alternative, their scores, and its terms in their titles."""
    ids, score = snapshot.impacts(alternative.terms[0])
    in_title = snapshot.has_titled(alternative.terms[0], ids)
    for term in alternative.terms[1:]:
        other, other_score = snapshot.impacts(term)
        _, mine, theirs = np.intersect1d(ids, other, assume_unique=True, return_indices=True)
        ids, score, in_title = ids[mine], score[mine] + other_score[theirs], in_title[mine]
        in_title = in_title + snapshot.has_titled(term, ids)
    worth = np.float32(alternative.worth)
    return ids, score * worth, in_title * worth


def _start_bands(snapshot: Snapshot, today: dt.date) -> dict[str, Mask]:
    days = snapshot.starts - np.int32(today.toordinal())
    return {
        "soon": (days >= 0) & (days <= SOON_DAYS),
        "this-year": (days >= 0) & (days <= YEAR_DAYS),
        "later": days > YEAR_DAYS,
    }


def _counts(snapshot: Snapshot, sifted: _Sifted, ids: Ints) -> dict[str, Mapping[str, int]]:
    """For each facet, what each value would leave with every *other* filter still on."""
    matching, masks, starts = sifted.matching, sifted.masks, sifted.starts
    counts: dict[str, Mapping[str, int]] = {}
    for facet in FACETS:
        chosen = _others(matching, masks, facet) if facet in masks else ids
        values = snapshot.codes.values(facet)
        numbers = snapshot.columns[facet].counts(chosen, len(values))
        counts[facet] = {
            value: int(n) for value, n in zip(values, numbers.tolist(), strict=False) if n
        }
    chosen = _others(matching, masks, "starts") if "starts" in masks else ids
    counts["starts"] = {
        band: n for band in STARTS if (n := int(np.count_nonzero(starts[band][chosen])))
    }
    return counts


def _others(matching: Mask, masks: Mapping[str, Mask], facet: str) -> Ints:
    allowed = matching.copy()
    for name, mask in masks.items():
        if name != facet:
            allowed &= mask
    return np.flatnonzero(allowed).astype(np.int32)


def _within(
    snapshot: Snapshot, matching: Mask, masks: Mapping[str, Mask], miles: Floats
) -> dict[str, int]:
    """How many each radius would leave, with what can be had anywhere always counted."""
    ids = _others(matching, masks, "near")
    anywhere = int(np.count_nonzero(~snapshot.placed[ids]))
    distance = miles[ids][snapshot.placed[ids]]
    return {str(radius): anywhere + int(np.count_nonzero(distance <= radius)) for radius in MILES}


def _ordered(ground: Ground, query: CatalogueQuery, ids: Ints, measures: Measures) -> Ints:
    """The documents up to the page’s end in the order asked for; equal ones keep one order."""
    snapshot, scores, miles = ground.snapshot, measures.scores, measures.miles
    wanted = query.page * PAGE_SIZE
    if query.sort == "nearest" and miles is not None:
        distance = np.where(snapshot.placed[ids] & ~np.isnan(miles[ids]), miles[ids], np.inf)
        return np.asarray(ids[np.lexsort((-scores[ids], distance))][:wanted])
    if query.sort in {"soonest", "closing"}:
        days = snapshot.starts if query.sort == "soonest" else snapshot.closes
        ahead = days[ids].astype(np.int64)
        ahead[ahead < ground.today.toordinal()] = np.iinfo(np.int64).max
        return np.asarray(ids[np.lexsort((-scores[ids], ahead))][:wanted])
    if query.sort == "newest":
        return np.asarray(ids[np.lexsort((-scores[ids], -snapshot.checked[ids]))][:wanted])
    if query.sort == "title":
        return np.asarray(ids[np.argsort(snapshot.title_rank[ids])][:wanted])
    if len(ids) > wanted:
        edge = -np.partition(-scores[ids], wanted - 1)[wanted - 1]
        better, equal = ids[scores[ids] > edge], ids[scores[ids] == edge]
        # Many may be as good as the last one that fits; the alphabet decides among them.
        places = wanted - len(better)
        first = np.argpartition(snapshot.title_rank[equal], places - 1)[:places]
        ids = np.concatenate([better, equal[first]])
    return np.asarray(ids[np.lexsort((snapshot.title_rank[ids], -scores[ids]))][:wanted])


def _mile(miles: Floats | None, snapshot: Snapshot, number: int) -> float | None:
    if miles is None or not snapshot.placed[number] or np.isnan(miles[number]):
        return None
    return float(miles[number])
