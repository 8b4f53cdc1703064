"""Reads a typed search: “level 2 plumbing Hanley” asks for a level, a subject and a place.

A kind, a level, a qualification or a place that was typed becomes a filter, which can be seen and
taken off again; what is left are the words to look for.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from portal.catalogue.search.query import CatalogueQuery, narrowed
from portal.catalogue.search.text import CHATTER, STOP_WORDS, words
from portal.catalogue.vocabulary import Vocabulary

# What people type for a filter, as folded words. Longer phrases are tried first.
PHRASES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "apprenticeship": (("family", "apprenticeship"),),
    "apprenticeships": (("family", "apprenticeship"),),
    "apprentice": (("family", "apprenticeship"),),
    "apprenticship": (("family", "apprenticeship"),),
    "degree apprenticeship": (("type", "degree-apprenticeship"),),
    "degree apprenticeships": (("type", "degree-apprenticeship"),),
    "higher apprenticeship": (("type", "higher-apprenticeship"),),
    "higher apprenticeships": (("type", "higher-apprenticeship"),),
    "foundation apprenticeship": (("type", "foundation-apprenticeship"),),
    "tlevel": (("type", "t-level"),),
    "tlevels": (("type", "t-level"),),
    "alevel": (("type", "a-level"),),
    "alevels": (("type", "a-level"),),
    "btec": (("type", "applied-general"),),
    "btecs": (("type", "applied-general"),),
    "hnc": (("type", "hnc"),),
    "foundation degree": (("type", "foundation-degree"),),
    "degree": (("type", "degree"),),
    "degrees": (("type", "degree"),),
    "masters": (("type", "postgraduate"),),
    "bootcamp": (("type", "skills-bootcamp"),),
    "bootcamps": (("type", "skills-bootcamp"),),
    "vacancy": (("kind", "vacancy"),),
    "vacancies": (("kind", "vacancy"),),
    "work experience": (("kind", "listing"),),
    "work placement": (("kind", "listing"),),
    "work placements": (("kind", "listing"),),
    "work shadowing": (("experience", "shadowing"),),
    "job shadowing": (("experience", "shadowing"),),
    "evening": (("attendance", "evening"),),
    "evenings": (("attendance", "evening"),),
    "weekend": (("attendance", "weekend"),),
    "part time": (("study", "part-time"),),
    "full time": (("study", "full-time"),),
    "online": (("mode", "online"),),
    "levelentry": (("level", "entry"),),
    **{f"level{n}": (("level", str(n)),) for n in range(1, 9)},
}
PLACE_WORDS = frozenset({"in", "near", "at", "around", "by", "close", "nearby", "from"})
LONGEST_PHRASE = 4


def understood(query: CatalogueQuery, vocabulary: Vocabulary) -> CatalogueQuery:
    """The same search with every filter that its words ask for taken out of the words."""
    if not query.words:
        return query
    folded = words(query.words)
    found: list[tuple[str, str]] = []
    kept: list[str] = []
    at = 0
    places = _place_names(vocabulary)
    while at < len(folded):
        for length in range(min(LONGEST_PHRASE, len(folded) - at), 0, -1):
            phrase = " ".join(folded[at : at + length])
            filters = tuple(_filters_of(phrase, vocabulary))
            if not filters:
                filters = _place_of(phrase, folded, at, length, places)
                if filters:
                    while kept and kept[-1] in PLACE_WORDS:
                        kept.pop()
            if filters:
                found += filters
                at += length
                break
        else:
            kept.append(folded[at])
            at += 1
    if not found:
        return query
    left = [word for word in kept if word not in STOP_WORDS]
    if not [word for word in left if word not in CHATTER]:
        left = []
    return narrowed(replace(query, words=" ".join(left)), found, vocabulary.area.search_miles)


def _filters_of(phrase: str, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    """The filters a phrase asks for, when the area’s vocabulary has their values."""
    for name, value in PHRASES.get(phrase, ()):
        if name != "type" or value in vocabulary.qualification_types:
            yield name, value


@lru_cache(maxsize=4)
def _place_names(vocabulary: Vocabulary) -> dict[str, tuple[str, bool]]:
    names = {}
    for slug, place in vocabulary.places.items():
        for name in (place.name, *place.also_called):
            names[" ".join(words(name))] = (slug, place.ambiguous == "yes")
    return names


def _place_of(
    phrase: str, folded: list[str], at: int, length: int, places: Mapping[str, tuple[str, bool]]
) -> tuple[tuple[str, str], ...]:
    """A place is one when “in” or “near” stands before it, or when it ends the search."""
    if phrase not in places:
        return ()
    slug, is_ambiguous = places[phrase]
    is_introduced = at > 0 and folded[at - 1] in PLACE_WORDS
    is_last = at + length == len(folded)
    district = re.fullmatch(r"[a-z]{1,2}\d{1,2}", phrase)
    if is_introduced or (is_last and not is_ambiguous) or district:
        return (("near", slug),)
    return ()
