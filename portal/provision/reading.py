"""What the workspace shows, fetched in few queries: always of one organisation, never all of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import AuditRow, Member, Organisation
from portal.catalogue.models import CONTENT, LIVE, Course, Entry
from portal.clock import today
from portal.extensions import DatabaseSession
from portal.provision.models import Venue
from portal.publishing.keeping_up import WARNED_BEFORE
from portal.publishing.kinds import OfferKind
from portal.publishing.life import SHOWN, WAITING, State
from portal.publishing.models import Offer, Revision
from portal.taxonomy import EntryKind

A_PAGE, FIRST_FEW, A_HISTORY = 50, 5, 40
SENT_BACK = frozenset({State.SENT_BACK, State.LIVE_SENT_BACK})
UNSENT = frozenset({State.DRAFT, State.LIVE_EDITED})


@dataclass(frozen=True)
class Shelf:
    """One way to narrow the list of offers: by their states, or to what runs out soon."""

    slug: str
    label: str
    states: frozenset[State]
    is_soon: bool = False


ALL = Shelf("all", "All", frozenset(State) - {State.ARCHIVED})
SHELVES = (
    ALL,
    Shelf("sent-back", "Sent back", SENT_BACK),
    Shelf("soon", "Running out", SHOWN, is_soon=True),
    Shelf("drafts", "Drafts", UNSENT),
    Shelf("waiting", "Waiting", WAITING),
    Shelf("live", "Live", SHOWN),
    Shelf("paused", "Paused", frozenset({State.PAUSED})),
    Shelf("ended", "Ended", frozenset({State.CLOSED, State.EXPIRED})),
    Shelf("archived", "Archived", frozenset({State.ARCHIVED})),
)


@dataclass(frozen=True)
class Tally:
    """How many offers of one kind stand in each state, and how many run out soon."""

    states: Mapping[State, int] = field(default_factory=dict)
    soon: int = 0

    def on(self, shelf: Shelf) -> int:
        """How many stand on a shelf."""
        if shelf.is_soon:
            return self.soon
        return sum(number for state, number in self.states.items() if state in shelf.states)

    @property
    def live(self) -> int:
        """How many a visitor may see."""
        return sum(number for state, number in self.states.items() if state in SHOWN)


@dataclass(frozen=True)
class OfferPage:
    """A page of offers with the latest answers of each by its id."""

    offers: Sequence[Offer]
    answers: Mapping[int, Mapping[str, Any]]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(ceil(self.total / A_PAGE), 1)


def shelf(slug: str | None) -> Shelf:
    """The shelf of an address; everything when there is none of that name."""
    return next((shelf for shelf in SHELVES if shelf.slug == slug), ALL)


def tallies(session: DatabaseSession, organisation: Organisation) -> Mapping[str, Tally]:
    """Counts of every kind, in one query."""
    rows = session.execute(
        select(Offer.kind, Offer.state, func.count(), func.sum(case((_is_soon(), 1), else_=0)))
        .where(Offer.organisation_id == organisation.id)
        .group_by(Offer.kind, Offer.state)
    )
    states: defaultdict[str, dict[State, int]] = defaultdict(dict)
    soon: defaultdict[str, int] = defaultdict(int)
    for kind, state, number, running_out in rows:
        states[kind][State(state)] = number
        soon[kind] += running_out
    return {kind: Tally(found, soon[kind]) for kind, found in states.items()}


def offers(
    session: DatabaseSession,
    organisation: Organisation,
    kind: OfferKind,
    *,
    on: Shelf,
    words: str,
    number: int,
) -> OfferPage:
    """A page of an organisation’s offers of a kind, what needs doing first."""
    wanted = and_(
        Offer.organisation_id == organisation.id,
        Offer.kind == kind.kind.value,
        Offer.state.in_([state.value for state in on.states]),
        _is_soon() if on.is_soon else true(),
        Offer.title.icontains(words, autoescape=True) if words else true(),
    )
    total = session.scalar(select(func.count()).where(wanted)) or 0
    number = min(max(number, 1), max(ceil(total / A_PAGE), 1))
    found = session.scalars(
        select(Offer)
        .where(wanted)
        .order_by(_need(), Offer.show_until, func.lower(Offer.title), Offer.id)
        .limit(A_PAGE)
        .offset((number - 1) * A_PAGE)
    ).all()
    return OfferPage(found, _answers(session, found), number, total)


def unfinished(session: DatabaseSession, organisation: Organisation) -> list[Offer]:
    """The first few offers that somebody has to go on with: sent back, then never sent."""
    rows = session.scalars(
        select(Offer)
        .where(
            Offer.organisation_id == organisation.id,
            Offer.state.in_([state.value for state in SENT_BACK | UNSENT]),
        )
        .options(selectinload(Offer.revisions))
        .order_by(_need(), Offer.changed_at.desc())
        .limit(2 * FIRST_FEW)
    )
    return list(rows)


def running_out(session: DatabaseSession, organisation: Organisation) -> list[Offer]:
    """What is up and runs out soon, soonest first, at most a page of it."""
    rows = session.scalars(
        select(Offer)
        .where(Offer.organisation_id == organisation.id, _is_soon())
        .options(selectinload(Offer.revisions))
        .order_by(Offer.show_until, Offer.title)
        .limit(A_PAGE)
    )
    return list(rows)


def offer_of(session: DatabaseSession, organisation: Organisation, public_id: str) -> Offer | None:
    """An offer of the organisation."""
    return session.scalars(
        select(Offer)
        .where(Offer.public_id == public_id, Offer.organisation_id == organisation.id)
        .options(selectinload(Offer.revisions), joinedload(Offer.entry))
    ).one_or_none()


def offers_by_id(
    session: DatabaseSession, organisation: Organisation, public_ids: Collection[str]
) -> list[Offer]:
    """Those of some offers that are the organisation’s, at most a page of them."""
    rows = session.scalars(
        select(Offer)
        .where(
            Offer.organisation_id == organisation.id, Offer.public_id.in_(list(public_ids)[:A_PAGE])
        )
        .options(selectinload(Offer.revisions), selectinload(Offer.entry))
        .order_by(Offer.title)
    )
    return list(rows)


def history(session: DatabaseSession, offer: Offer) -> list[tuple[AuditRow, Member | None]]:
    """Who did what with an offer, the latest first."""
    rows = session.execute(
        select(AuditRow, Member)
        .outerjoin(Member, Member.id == AuditRow.member_id)
        .where(AuditRow.subject_kind == Offer.__tablename__, AuditRow.subject_id == offer.id)
        .order_by(AuditRow.id.desc())
        .limit(A_HISTORY)
    )
    return [(row, member) for row, member in rows]


def listed_courses(session: DatabaseSession, organisation: Organisation) -> Sequence[Course]:
    """Courses that the city lists for the organisation, which it does not keep itself yet."""
    return (
        session.scalars(
            select(Course)
            .where(*_listed(organisation))
            .options(joinedload(Course.programme))
            .order_by(Entry.title, Entry.slug)
        )
        .unique()
        .all()
    )


def listed_course(session: DatabaseSession, organisation: Organisation, slug: str) -> Course | None:
    """One of them, or one that was one of them before the organisation took it over."""
    return (
        session.scalars(
            select(Course)
            .where(Entry.slug == slug, Entry.organisation_id == organisation.id)
            .options(joinedload(Course.programme))
        )
        .unique()
        .one_or_none()
    )


def count_listed(session: DatabaseSession, organisation: Organisation) -> int:
    """How many courses the city lists for the organisation."""
    return session.scalar(select(func.count(Course.id)).where(*_listed(organisation))) or 0


def offer_for(session: DatabaseSession, entry: Entry) -> Offer | None:
    """The offer that keeps an entry, or will once it is published."""
    return session.scalars(select(Offer).where(Offer.entry_id == entry.id)).one_or_none()


def offers_for(session: DatabaseSession, entries: Collection[Entry]) -> Mapping[int, Offer]:
    """The same for several, by the entry’s id."""
    rows = session.scalars(select(Offer).where(Offer.entry_id.in_([entry.id for entry in entries])))
    return {offer.entry_id: offer for offer in rows if offer.entry_id}


def live_courses(
    session: DatabaseSession, organisation: Organisation
) -> Sequence[tuple[Mapping[str, Any], Entry]]:
    """The approved answers of every course that is up, and its entry, by title."""
    rows = session.execute(
        select(Revision.content, Entry)
        .join(Offer, and_(Offer.id == Revision.offer_id, Offer.approved == Revision.number))
        .join(Entry, Entry.id == Offer.entry_id)
        .where(
            Offer.organisation_id == organisation.id,
            Offer.kind == EntryKind.COURSE.value,
            Offer.state.in_([state.value for state in SHOWN]),
        )
        .order_by(Offer.title, Offer.id)
    )
    return [(content, entry) for content, entry in rows]


def venues(session: DatabaseSession, organisation: Organisation) -> Sequence[Venue]:
    """Where an organisation teaches, by name."""
    return session.scalars(
        select(Venue)
        .where(Venue.organisation_id == organisation.id)
        .order_by(func.lower(Venue.name), Venue.reference)
    ).all()


def venue_of(session: DatabaseSession, organisation: Organisation, public_id: str) -> Venue | None:
    """A venue of the organisation."""
    return session.scalars(
        select(Venue).where(Venue.public_id == public_id, Venue.organisation_id == organisation.id)
    ).one_or_none()


def courses_at(session: DatabaseSession, organisation: Organisation) -> Mapping[str, int]:
    """How many courses that are not archived name each venue, by its reference."""
    reference = Revision.content["venue"].as_string()
    rows = session.execute(
        select(reference, func.count(func.distinct(Offer.id)))
        .join(Offer, Offer.id == Revision.offer_id)
        .where(
            Offer.organisation_id == organisation.id,
            Offer.kind == EntryKind.COURSE.value,
            Offer.state != State.ARCHIVED.value,
            or_(Revision.number == Offer.latest, Revision.number == Offer.approved),
            reference.is_not(None),
        )
        .group_by(reference)
    )
    return dict(rows.all())


def _is_soon() -> ColumnElement[bool]:
    return and_(
        Offer.state.in_([state.value for state in SHOWN]),
        Offer.show_until >= today(),
        Offer.show_until <= today() + WARNED_BEFORE,
    )


def _need() -> ColumnElement[int]:
    """Where in the list an offer stands: what somebody has to do comes first."""
    order = (SENT_BACK, None, UNSENT, WAITING, {State.LIVE}, {State.PAUSED}, {State.EXPIRED},
             {State.CLOSED})  # fmt: skip
    return case(
        *(
            (_is_soon() if states is None else Offer.state.in_([s.value for s in states]), place)
            for place, states in enumerate(order)
        ),
        else_=len(order),
    )


def _listed(organisation: Organisation) -> tuple[ColumnElement[bool], ...]:
    return (
        Entry.organisation_id == organisation.id,
        Entry.kept_by == CONTENT,
        Entry.status == LIVE,
    )


def _answers(session: DatabaseSession, found: Sequence[Offer]) -> Mapping[int, Mapping[str, Any]]:
    rows = session.execute(
        select(Revision.offer_id, Revision.content)
        .join(Offer, and_(Offer.id == Revision.offer_id, Offer.latest == Revision.number))
        .where(Offer.id.in_([offer.id for offer in found]))
    )
    return dict(rows.all())
