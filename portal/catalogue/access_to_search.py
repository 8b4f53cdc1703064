"""The search and the vocabulary of the running application, brought up to date when asked for."""

from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, g
from sqlalchemy.exc import SQLAlchemyError

from portal.catalogue.search.catalogue_search import CatalogueSearch
from portal.catalogue.search.misses import Misses
from portal.catalogue.vocabulary import (
    MissingContentError,
    Vocabulary,
    current_vocabulary,
    held_vocabulary,
)
from portal.catalogue.whats_on import days_in_words, time_of_day, weekday, when
from portal.clock import today
from portal.content.formats import Area
from portal.explained_words import Explained, Glossary
from portal.extensions import db


def init_app(app: Flask) -> None:
    """Give the application one search over its index, and templates the city’s words."""
    instance = Path(app.config["INSTANCE_DIR"])
    app.extensions["catalogue_search"] = CatalogueSearch(
        instance / "search", app.config["CATALOGUE_CHECK_SECONDS"]
    )
    app.jinja_env.filters.update(weekday=weekday, time_of_day=time_of_day, when=when)
    app.jinja_env.globals.update(
        vocabulary=vocabulary,
        held_area=held_area,
        today=today,
        explaining=explaining,
        days_in_words=days_in_words,
    )
    app.extensions["search_misses"] = Misses(instance / "metrics.sqlite")


def vocabulary() -> Vocabulary:
    """The vocabulary for this request. Raises MissingContentError when nothing was loaded."""
    if "vocabulary" not in g:
        g.vocabulary = current_vocabulary(
            db.session,
            current_app.config["SQLALCHEMY_DATABASE_URI"],
            current_app.config["CATALOGUE_CHECK_SECONDS"],
        )
    held: Vocabulary = g.vocabulary
    return held


def explaining(title: str) -> Explained:
    """What a page with this title has explained so far: nothing."""
    return Explained(_glossary_of(vocabulary()), title)


@lru_cache(maxsize=4)
def _glossary_of(words: Vocabulary) -> Glossary:
    """The words of a vocabulary in all their forms, made once for each version of it."""
    return Glossary({row.slug: (row.word, *row.also) for row in words.glossary.values()})


def held_area() -> Area | None:
    """The city, or None when the database cannot say: for pages that tell what went wrong."""
    held = held_vocabulary(current_app.config["SQLALCHEMY_DATABASE_URI"])
    if held is not None:
        return held.area
    try:
        return vocabulary().area
    except (MissingContentError, SQLAlchemyError):
        return None


def catalogue_search() -> CatalogueSearch:
    """The search, following the catalogue’s version in the database."""
    search: CatalogueSearch = current_app.extensions["catalogue_search"]
    search.follow(db.session, vocabulary(), today())
    return search


def misses() -> Misses:
    """Where searches that found nothing are counted."""
    found: Misses = current_app.extensions["search_misses"]
    return found
