"""What the moderators’ desk reads: what is waiting, a page at a time, and who did what.

Nothing here writes. Every list is one page long, however much is waiting.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.accounts.models import Member, Organisation, Standing
from portal.catalogue.models import LIVE, Course, Entry
from portal.clock import today
from portal.extensions import DatabaseSession
from portal.publishing.life import SHOWN, WAITING
from portal.publishing.models import Approval, Offer, Report, Revision

PAGE = 50
RUNS_OUT_WITHIN = dt.timedelta(days=30)
DAYS_IN_MONTH = 30.4
T = TypeVar("T")


@dataclass(frozen=True)
class Waiting:
    """How much waits for a moderator."""

    offers: int
    unverified_offers: int
    organisations: int
    reports: int
    urgent_reports: int
    stale: int
    on_trust: int


@dataclass(frozen=True)
class Listed(Generic[T]):
    """One page of a list, and where in the list it stands."""

    rows: Sequence[T]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(-(-self.total // PAGE), 1)

    @property
    def first(self) -> int:
        """The place of the first row in the whole list, counted from one."""
        return (self.number - 1) * PAGE + 1


@dataclass(frozen=True)
class OfferRow:
    """A waiting offer in a table, with how many doubts its words raised."""

    offer: Offer
    doubts: int


_waits = Offer.state.in_([state.value for state in WAITING])
_is_shown = Offer.state.in_([state.value for state in SHOWN])
_is_verified = Organisation.standing == Standing.VERIFIED
_applies = and_(
    Organisation.standing == Standing.APPLIED.value, Organisation.applied_at.is_not(None)
)
_is_unread = and_(Offer.on_trust.is_(True), Offer.reviewed_at.is_(None), _is_shown)
_is_open = Report.decided_at.is_(None)


def waiting(session: DatabaseSession, stale_months: int) -> Waiting:
    """Everything that waits, counted by one statement."""
    offers = select(func.count()).select_from(Offer).join(Offer.organisation).where(_waits)
    row = session.execute(
        select(
            offers.where(_is_verified).scalar_subquery(),
            offers.where(~_is_verified).scalar_subquery(),
            _count_of(Organisation, _applies),
            _count_of(Report, _is_open),
            _count_of(Report, _is_open, Report.is_urgent.is_(True)),
            _count_of(Entry, *_stale(stale_months)),
            _count_of(Offer, _is_unread),
        )
    ).one()
    return Waiting(*row)


def waiting_offers(
    session: DatabaseSession, number: int, *, is_verified: bool = True
) -> Listed[OfferRow]:
    """Offers to decide about, the longest waiting first; or those whose organisation is unknown."""
    wanted = _waits, _is_verified if is_verified else ~_is_verified
    query = (
        select(Offer)
        .join(Offer.organisation)
        .where(*wanted)
        .options(contains_eager(Offer.organisation))
        .order_by(Offer.submitted_at, Offer.id)
    )
    total = _number(session, select(func.count(Offer.id)).join(Offer.organisation).where(*wanted))
    found = page_of(session, query, number, total)
    doubts = _doubts(session, found.rows)
    rows = [OfferRow(offer, doubts.get(offer.id, 0)) for offer in found.rows]
    return Listed(rows, found.number, found.total)


def on_trust(session: DatabaseSession, number: int) -> Listed[Offer]:
    """What was published on trust and nobody has read yet, the oldest first."""
    query = select(Offer).where(_is_unread).order_by(Offer.submitted_at, Offer.id)
    return page_of(session, query, number, _number(session, _counting(Offer, _is_unread)))


def waiting_organisations(session: DatabaseSession, number: int) -> Listed[Organisation]:
    """Organisations whose address was confirmed and that nobody has verified yet."""
    query = select(Organisation).where(_applies).order_by(Organisation.applied_at, Organisation.id)
    return page_of(session, query, number, _number(session, _counting(Organisation, _applies)))


def organisations_called(session: DatabaseSession, words: str) -> Sequence[Organisation]:
    """Organisations whose name holds the words; at most a page."""
    return session.scalars(
        select(Organisation)
        .where(Organisation.name.icontains(words, autoescape=True))
        .order_by(Organisation.name)
        .limit(PAGE)
    ).all()


def open_reports(session: DatabaseSession, number: int) -> Listed[Report]:
    """Reports that nobody has dealt with, the urgent ones first, then the oldest."""
    query = (
        select(Report)
        .where(_is_open)
        .options(joinedload(Report.entry))
        .order_by(Report.is_urgent.desc(), Report.made_at, Report.id)
    )
    return page_of(session, query, number, _number(session, _counting(Report, _is_open)))


def stale_entries(session: DatabaseSession, number: int, stale_months: int) -> Listed[Entry]:
    """What is shown though nobody has looked at it for long, or stops being shown soon."""
    wanted = _stale(stale_months)
    query = select(Entry).where(*wanted).order_by(Entry.show_until, Entry.checked_on, Entry.id)
    return page_of(session, query, number, _number(session, _counting(Entry, *wanted)))


def find_offer(session: DatabaseSession, public_id: str) -> Offer | None:
    """An offer that was sent to the moderators or published at least once; a draft is nobody’s."""
    return session.scalars(
        select(Offer).where(
            Offer.public_id == public_id,
            select(Revision.id)
            .where(Revision.offer_id == Offer.id, Revision.sent_at.is_not(None))
            .exists(),
        )
    ).one_or_none()


def find_offers(session: DatabaseSession, public_ids: Iterable[str]) -> dict[str, Offer]:
    """Several offers by public id; at most a page."""
    wanted = list(public_ids)[:PAGE]
    found = session.scalars(select(Offer).where(Offer.public_id.in_(wanted)))
    return {offer.public_id: offer for offer in found}


def offer_of(session: DatabaseSession, entry: Entry) -> Offer | None:
    """The offer that an entry shows; None for what content says."""
    return session.scalars(select(Offer).where(Offer.entry_id == entry.id)).one_or_none()


def find_organisation(session: DatabaseSession, public_id: str) -> Organisation | None:
    """An organisation by its public id."""
    return session.scalars(
        select(Organisation).where(Organisation.public_id == public_id)
    ).one_or_none()


def find_report(session: DatabaseSession, public_id: str) -> Report | None:
    """A report by its public id."""
    return session.scalars(
        select(Report).where(Report.public_id == public_id).options(joinedload(Report.entry))
    ).one_or_none()


def find_entry(session: DatabaseSession, kind: str, slug: str) -> Entry | None:
    """What a visitor sees at an address, to report it."""
    return session.scalars(
        select(Entry).where(
            Entry.kind == kind, Entry.slug == slug, Entry.status == LIVE,
            Entry.show_until >= today(),
        )
    ).one_or_none()  # fmt: skip


def revision_to_read(offer: Offer) -> Revision:
    """The newest wording that its writers sent; what they are still writing is theirs alone."""
    return next(revision for revision in reversed(offer.revisions) if revision.sent_at is not None)


def approved_before(offer: Offer, read: Revision) -> Revision | None:
    """The approved wording to compare with; None when there is none, or it is the one read."""
    if offer.approved is None or offer.approved == read.number:
        return None
    return next(revision for revision in offer.revisions if revision.number == offer.approved)


def next_offer(session: DatabaseSession, *, after: Offer, by: Member) -> str | None:
    """The public id of the next offer that this moderator can decide about, or of the first."""
    later = _later(Offer.submitted_at, Offer.id, after)
    following = _first(session, _decidable(by).where(later, Offer.id != after.id))
    return following or _first(session, _decidable(by).where(Offer.id != after.id))


def offer_before(session: DatabaseSession, offer: Offer, *, by: Member) -> str | None:
    """The public id of the offer that stands before this one in the queue."""
    earlier = ~_later(Offer.submitted_at, Offer.id, offer)
    query = _decidable(by).where(earlier, Offer.id != offer.id).order_by(None)
    return session.scalar(query.order_by(Offer.submitted_at.desc(), Offer.id.desc()).limit(1))


def first_offer(session: DatabaseSession, *, by: Member) -> str | None:
    """The public id of the offer that waits longest for this moderator."""
    return _first(session, _decidable(by))


def course_counts(session: DatabaseSession, listed: Sequence[Organisation]) -> Mapping[int, int]:
    """How many courses content lists for each organisation."""
    rows = session.execute(
        select(Course.organisation_id, func.count())
        .where(Course.organisation_id.in_([organisation.id for organisation in listed]))
        .group_by(Course.organisation_id)
    )
    return {organisation: number for organisation, number in rows if organisation is not None}


def live_offers(session: DatabaseSession, organisation: Organisation) -> int:
    """How many offers of an organisation are up."""
    wanted = Offer.organisation_id == organisation.id
    return _number(session, _counting(Offer, wanted, _is_shown))


def _decidable(by: Member) -> Select[str]:
    """Waiting offers of others, which this moderator has not approved yet, oldest first."""
    done = (
        select(Revision.id)
        .join(Approval, Approval.revision_id == Revision.id, isouter=True)
        .where(
            Revision.offer_id == Offer.id,
            Revision.number == Offer.latest,
            or_(Approval.member_id == by.id, Revision.made_by_id == by.id),
        )
    )
    return (
        select(Offer.public_id)
        .join(Offer.organisation)
        .where(_waits, _is_verified, Offer.organisation_id != by.organisation_id, ~done.exists())
        .order_by(Offer.submitted_at, Offer.id)
    )


def _first(session: DatabaseSession, query: Select[str]) -> str | None:
    return session.scalar(query.limit(1))


def _later(moment: Any, number: Any, after: Offer) -> ColumnElement[bool]:  # noqa: ANN401
    """Whether a row stands after an offer in the order of the queue."""
    return or_(moment > after.submitted_at, and_(moment == after.submitted_at, number > after.id))


def _stale(months: int) -> tuple[ColumnElement[bool], ...]:
    old = today() - dt.timedelta(days=round(months * DAYS_IN_MONTH))
    ends = today() + RUNS_OUT_WITHIN
    return (
        Entry.status == LIVE,
        Entry.show_until >= today(),
        or_(Entry.checked_on < old, Entry.show_until < ends),
    )


def _counting(model: type[Any], *wanted: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(model).where(*wanted)


def _count_of(model: type[Any], *wanted: ColumnElement[bool]) -> Any:  # noqa: ANN401
    return _counting(model, *wanted).scalar_subquery()


def _number(session: DatabaseSession, query: Select[int]) -> int:
    return session.scalar(query) or 0


def page_of(session: DatabaseSession, query: Select[T], number: int, total: int) -> Listed[T]:
    """A page of a query; a number past the end is the last page."""
    last = max(-(-total // PAGE), 1)
    number = min(max(number, 1), last)
    rows = session.scalars(query.offset((number - 1) * PAGE).limit(PAGE)).unique().all()
    return Listed(rows, number, total)


def _doubts(session: DatabaseSession, offers: Sequence[Offer]) -> dict[int, int]:
    """How many doubts the latest wording of each offer raised."""
    rows = session.execute(
        select(Revision.offer_id, Revision.doubts)
        .join(Offer, and_(Offer.id == Revision.offer_id, Offer.latest == Revision.number))
        .where(Offer.id.in_([offer.id for offer in offers]))
    )
    return {offer: len(doubts) for offer, doubts in rows}
