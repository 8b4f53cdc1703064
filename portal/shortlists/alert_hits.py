"""What a saved search has to tell: which of its entries are new, and which close soon.

The search engine says what fits; the database says what is shown at this moment and what it is
called, so that no letter names what nobody can open.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from portal.accounts.models import Organisation
from portal.catalogue.models import FOLDERS, LIVE, Entry, Event, Vacancy
from portal.catalogue.search.query import CatalogueQuery
from portal.catalogue.search.ranking import News
from portal.catalogue.vocabulary import Vocabulary
from portal.clock import here
from portal.extensions import DatabaseSession
from portal.shortlists.models import ClosingTold
from portal.taxonomy import EntryKind

DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)
CLOSES_WITHIN = dt.timedelta(days=7)
# The night’s work does not reach everybody at the same minute each time.
SLACK = dt.timedelta(hours=2)
MOST_NAMED, MOST_CLOSING_NAMED = 20, 10


@dataclass(frozen=True)
class Waiting:
    """A saved search as it stood when it was read, and whom its letters go to."""

    id: int
    public_id: str
    recipient: str
    query: str
    seen_through: int
    told_at: dt.datetime | None


@dataclass(frozen=True)
class Line:
    """An entry as a letter names it. ``last_day`` is when it closes, or when it happens."""

    key: str
    kind: str
    title: str
    who: str
    last_day: dt.date | None


@dataclass(frozen=True)
class ToTell:
    """What goes into one letter, and what counts as told by it."""

    soon: tuple[Line, ...]
    new: tuple[Line, ...]
    more: int
    closing: tuple[int, ...]
    seen_through: int

    @property
    def keys(self) -> list[str]:
        """What the letter names, in its order."""
        return [line.key for line in (*self.soon, *self.new)]


def query_of(address: str, vocabulary: Vocabulary) -> CatalogueQuery | None:
    """The search that an address asks for; None when part of it does not exist any more.

    Without that part it would find what nobody asked for.
    """
    wanted = parse_qsl(urlsplit(address).query)
    query = CatalogueQuery.of(MultiDict(wanted), vocabulary)
    return query if wanted and set(wanted) <= set(query.arguments()) else None


def to_tell(
    session: DatabaseSession, waiting: Waiting, found: News, moment: dt.datetime
) -> ToTell | None:
    """The letter that is due now; None when there is nothing to say or it is too soon to say it.

    A letter comes at most once a week. It comes sooner, a day after the last at the earliest, when
    something closes before the week is over.
    """
    rests = waiting.told_at is not None and moment < waiting.told_at + WEEK - SLACK
    if rests and not _cannot_wait(waiting, (day for _, day in found.ending), moment):
        return None
    told = _told_closing(session, waiting) if found.ending and waiting.told_at else set()
    ending = {number: day for number, day in found.ending if number not in told}
    is_due = _cannot_wait(waiting, ending.values(), moment) if rests else ending or found.newest
    if not is_due:
        return None
    return _letter_of(session, waiting, found, ending, here_day(moment))


def here_day(moment: dt.datetime) -> dt.date:
    """The city’s day at a moment."""
    return here(moment).date()


def _told_closing(session: DatabaseSession, waiting: Waiting) -> set[int]:
    told = select(ClosingTold.entry_id).where(ClosingTold.search_id == waiting.id)
    return set(session.scalars(told))


def _cannot_wait(waiting: Waiting, days: Iterable[dt.date], moment: dt.datetime) -> bool:
    if waiting.told_at is None or moment < waiting.told_at + DAY - SLACK:
        return False
    return any(day <= here_day(waiting.told_at + WEEK) for day in days)


def _letter_of(
    session: DatabaseSession,
    waiting: Waiting,
    found: News,
    ending: dict[int, dt.date],
    today: dt.date,
) -> ToTell | None:
    new = [number for number in found.newest if number not in ending]
    soon_named = list(ending)[: MOST_CLOSING_NAMED if new else MOST_NAMED]
    new_named = new[: MOST_NAMED - len(soon_named)]
    named = {*soon_named, *new_named}
    lines = _lines_of(session, named, today)
    if not lines:
        return None
    hidden = named - lines.keys()
    seen = [number for number in found.newest if number not in hidden]
    return ToTell(
        soon=tuple(lines[number] for number in soon_named if number in lines),
        new=tuple(lines[number] for number in new_named if number in lines),
        more=len(ending) + len(new) - len(named),
        closing=tuple(number for number in ending if number not in hidden),
        seen_through=max(seen, default=waiting.seen_through),
    )


def _lines_of(
    session: DatabaseSession, numbers: Collection[int], today: dt.date
) -> dict[int, Line]:
    """What of these is shown, by its id."""
    vacancy, event = Vacancy.__table__.c, Event.__table__.c
    rows = session.execute(
        select(
            Entry.id, Entry.kind, Entry.slug, Entry.title, Entry.closes_on, Organisation.name,
            vacancy.employer_name, event.starts_at,
        )
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .outerjoin(Vacancy.__table__, vacancy.id == Entry.id)
        .outerjoin(Event.__table__, event.id == Entry.id)
        .where(Entry.id.in_(numbers), Entry.status == LIVE, Entry.show_until >= today)
    )  # fmt: skip
    return {
        row.id: Line(
            key=f"{FOLDERS[EntryKind(row.kind)]}/{row.slug}",
            kind=row.kind,
            title=row.title,
            who=row.employer_name or row.name or "",
            last_day=row.closes_on or (here_day(row.starts_at) if row.starts_at else None),
        )
        for row in rows
    }
