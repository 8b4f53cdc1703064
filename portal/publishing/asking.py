"""What every kind of offer needs to say what it asks: its questions, their words, its faults."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.models import Programme
from portal.extensions import db
from portal.publishing.fields import OfferForm, read_day
from portal.publishing.kinds import Content, Question
from portal.templating import day


def day_words(value: str) -> str:
    """A day as people say it; what is none as it was typed."""
    found = read_day(value)
    return day(found) if found else value


def sector_words(slug: str) -> str:
    """The name of an area of work."""
    found = vocabulary().sectors.get(slug)
    return found.name if found else slug


def programme_words(slug: str) -> str:
    """The title of a programme."""
    return db.session.scalar(select(Programme.title).where(Programme.slug == slug)) or slug


def questions_of(
    form: type[OfferForm],
    names: str,
    words: Mapping[str, Callable[[Any], str]],
    free: str,
    shown_as: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Question, ...]:
    """The questions of a form in an order of names; ``free`` names those answered in free text."""
    free_text = set(free.split())
    return tuple(
        Question(
            name,
            getattr(form, name).args[0],
            is_free_text=name in free_text,
            words=words.get(name),
            shown_as=shown_as.get(name, ""),
        )
        for name in names.split()
    )


def faults_by(form: type[OfferForm]) -> Callable[[Content], Mapping[str, str]]:
    """What the form would say of a content."""

    def faults_in(content: Content) -> Mapping[str, str]:
        filled = form.of(content)
        for name in ("programme", "sector", "venue"):
            if name in filled and hasattr(filled[name], "choices"):
                filled[name].choices = []
        filled.validate()
        return {name: str(errors[0]) for name, errors in filled.errors.items() if name}

    return faults_in
