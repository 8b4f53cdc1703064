"""What can be offered: higher packages give each kind its questions and how it becomes an entry.

Publishing knows no kind by itself; ``create_app`` wires those that ``provision`` and others offer.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Select

from portal.accounts.models import Organisation
from portal.catalogue.models import Entry
from portal.catalogue.panels import Panel
from portal.extensions import DatabaseSession
from portal.publishing.models import Offer
from portal.taxonomy import EntryKind

Content = Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """One thing a form asks: what a moderator sees, compares, and can send back with a reason.

    ``words`` shows an answer as people read it. Free text is looked through for contact details.
    """

    name: str
    label: str
    is_free_text: bool = False
    # The name under which the content keeps what is shown, where that is not the answer itself.
    shown_as: str = ""
    words: Callable[[Any], str] | None = None

    def answer_in(self, content: Content) -> str:
        """The answer in words; empty when there is none."""
        value = content.get(self.shown_as or self.name)
        if value in (None, "", [], False):
            return ""
        if self.words is not None:
            return self.words(value)
        return (
            "Yes" if value is True else ", ".join(value) if isinstance(value, list) else str(value)
        )


class Surroundings:
    """What an offer refers to: its organisation, and rows looked up once for however many."""

    def __init__(self, session: DatabaseSession, organisation: Organisation) -> None:
        """For the offers of one organisation in one transaction."""
        self.session = session
        self.organisation = organisation
        self._known: dict[tuple[str, object], Any] = {}

    def look_up(self, name: str, key: object, query: Select[Any]) -> Any:  # noqa: ANN401 - any row
        """The one row that a query finds, or None; asked once for each name and key."""
        if (name, key) not in self._known:
            self._known[name, key] = self.session.scalars(query).one_or_none()
        return self._known[name, key]


@dataclass(frozen=True)
class OfferKind:
    """A kind of offer.

    ``columns_of`` turns a faultless content into the columns of the entry, and ``skill_slugs``
    where it gives skills; ``runs_out`` says the last day it can be shown whatever happens, such as
    a closing date, or None.
    ``months`` is how long it stays up before somebody has to say that it still holds.
    """

    kind: EntryKind
    noun: str
    plural: str
    model: type[Entry]
    questions: tuple[Question, ...]
    may_offer: Callable[[Organisation], bool]
    columns_of: Callable[[Content, Surroundings], dict[str, Any]]
    runs_out: Callable[[Content], dt.date | None]
    # The content with the words of what it refers to, such as a venue, copied in: so that a
    # moderator reads them, and nobody can change them afterwards.
    completed: Callable[[Content, Surroundings], Content]
    # What still has to be answered or mended before it can be sent: question and words.
    faults_in: Callable[[Content], Mapping[str, str]]
    months: int
    is_published_on_trust: bool = False
    # Where its own pages for writing begin; empty where the workspace’s one form serves.
    writes_at: str = ""
    # Answers that a copy does not take with it, because they are of one offer only.
    left_out_of_copies: tuple[str, ...] = ()
    # Ends what depends on an entry that moderators take off the site, in their transaction.
    when_taken_away: Callable[[DatabaseSession, Entry], None] | None = None
    # What a moderator sees beside an offer to decide about, such as documents.
    shown_beside: Callable[[Offer], Panel | None] | None = None

    # The names of the questions that an offer is asked, where some depend on its other answers.
    asks: Callable[[Content], Collection[str]] | None = None

    def asked(self, content: Content) -> tuple[Question, ...]:
        """The questions of one offer."""
        if self.asks is None:
            return self.questions
        names = self.asks(content)
        return tuple(question for question in self.questions if question.name in names)

    def question(self, name: str) -> Question | None:
        """The question of this name."""
        return next((q for q in self.questions if q.name == name), None)


def init_app(app: Flask, kinds: Iterable[OfferKind]) -> None:
    """Keep the kinds, in the order in which pages list them."""
    app.extensions["offer_kinds"] = {kind.kind.value: kind for kind in kinds}


def offer_kinds() -> Mapping[str, OfferKind]:
    """Every kind by the name of its entry’s kind."""
    kinds: Mapping[str, OfferKind] = current_app.extensions["offer_kinds"]
    return kinds


def kind_of(name: str) -> OfferKind:
    """The kind of an offer."""
    return offer_kinds()[name]
