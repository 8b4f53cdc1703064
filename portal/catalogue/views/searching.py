"""Search: the results page, the same as JSON, and suggestions while typing."""

import datetime as dt
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request
from werkzeug.datastructures import MultiDict

from portal.accounts.access import open_to_everyone
from portal.catalogue.access_to_search import catalogue_search, misses, vocabulary
from portal.catalogue.collecting import Collection, collection
from portal.catalogue.search.catalogue_search import Hit
from portal.catalogue.search.filters import MILES, SORTS
from portal.catalogue.search.query import CatalogueQuery
from portal.catalogue.vocabulary import Vocabulary
from portal.clock import today

views = Blueprint("searching", __name__)
SHOWN_PLACES = "town"
PAGES_KEPT = 256


class Rendered(NamedTuple):
    """A page of results, the words that found nothing, and the keys of what is shown."""

    html: str
    missed: str
    shown: frozenset[str]


def _asked() -> CatalogueQuery:
    return CatalogueQuery.of(request.args, vocabulary())


def _count_miss(words: str) -> None:
    if words:
        misses().count(words, today())


@views.get("/search")
@open_to_everyone
def search() -> str:
    """Results with filters, as a page; with ``part=results`` only what filters change."""
    template = "results" if request.args.get("part") == "results" else "search"
    generation = catalogue_search().engine.snapshot().generation
    asked, here = (template, _asked().url, generation, vocabulary(), today()), collection()
    if here.reference:
        # An adviser’s list is nobody else’s, so neither is the page.
        return _rendered.__wrapped__(*asked, here).html
    rendered = _rendered(*asked, here.among(set()))
    if here.keys & rendered.shown:
        rendered = _rendered(*asked, here.among(rendered.shown))
    _count_miss(rendered.missed)
    return rendered.html


@lru_cache(maxsize=PAGES_KEPT)
def _rendered(
    template: str,
    url: str,
    _generation: int,
    words: Vocabulary,
    today: dt.date,
    here: Collection,
) -> Rendered:
    """The page for a search: the same for everybody until the catalogue or the day changes.

    A class that types the same words gets the same page, so the newest few hundred are kept: one
    for those who have none of what is shown on their list, and one for each choice of it.
    """
    asked = CatalogueQuery.of(MultiDict(parse_qsl(urlsplit(url).query)), words)
    results = catalogue_search().search(asked, words, today)
    html = render_template(
        f"catalogue/{template}.html",
        results=results,
        query=results.query,
        tags=results.query.tags(words),
        sentence=results.query.sentence(words),
        towns=[place.name for place in words.places.values() if place.kind == SHOWN_PLACES],
        radii=MILES,
        sorts=SORTS,
        collected=here,
        # The frame of the page asks by itself; it must not learn more than this page is kept for.
        collection=lambda: here,
    )
    shown = frozenset(hit.url.removeprefix("/") for hit in results.hits)
    return Rendered(html, "" if results.total else results.query.words, shown)


@views.get("/search.json")
@open_to_everyone
def search_json() -> Response:
    """The same search as data; docs/search-api.md describes it."""
    results = catalogue_search().search(_asked(), vocabulary(), today())
    _count_miss("" if results.total else results.query.words)
    return jsonify(
        total=results.total,
        page=results.query.page,
        pages=results.pages,
        query=dict(_pairs(results.query)),
        results=[_as_data(hit) for hit in results.hits],
        facets={
            facet.name: {option.value: option.total for option in facet.options}
            for facet in results.facets
        },
    )


def _pairs(query: CatalogueQuery) -> dict[str, list[str]]:
    pairs: dict[str, list[str]] = {}
    for name, value in query.arguments():
        pairs.setdefault(name, []).append(value)
    return pairs


def _as_data(hit: Hit) -> dict[str, object]:
    data: dict[str, object] = {
        "kind": hit.kind,
        "title": hit.title,
        "url": current_app.config["BASE_URL"].rstrip("/") + hit.url,
        "summary": hit.summary,
        "level": next(iter(hit.has("level")), None),
        "sector": next(iter(hit.has("sector")), None),
        "provider": hit.provider or None,
    }
    if hit.kind == "role":
        data["soc2020"] = hit.soc2020
    for name in ("employer", "closes_on", "happens_on"):
        if hit.document[name]:
            data[name] = hit.document[name]
    if hit.miles is not None:
        data["miles"] = round(hit.miles, 1)
    return data


@views.get("/suggest.json")
@open_to_everyone
def suggest() -> Response:
    """Titles that begin like what was typed."""
    found = catalogue_search().suggest((request.args.get("q") or "")[:100], today())
    response = make_response(
        jsonify(suggestions=[{"title": s.title, "kind": s.kind, "url": s.url} for s in found])
    )
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
