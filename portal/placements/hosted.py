"""What employers read of requests: only what they may know, in values without anything else.

Every query takes the organisation of whoever looks, and no page is handed a request itself. Before
a booking an ``Asked`` holds nothing that says who somebody is, where they learn or who advises
them; what an adviser has not sent on does not exist.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import contains_eager, joinedload

from portal.accounts.models import AuditRow, Member, Organisation
from portal.catalogue.experiences import Listing, Occasion
from portal.clock import today
from portal.extensions import DatabaseSession
from portal.placements.ages import age_on
from portal.placements.life import Stage
from portal.placements.models import Placement, Request
from portal.publishing.desk import Listed, page_of
from portal.publishing.models import Offer, Revision
from portal.taxonomy import AcademicYear


class Seen(StrEnum):
    """How far a request has come, as far as an employer may know it."""

    ANSWER = "answer"
    OTHER_DAY = "other-day"
    YES = "yes"
    WAITING_LIST = "waiting-list"
    BOOKED = "booked"
    CAME = "came"
    ABSENT = "absent"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    GONE = "gone"


SEEN_AS: Mapping[Stage, Seen] = {
    Stage.SENT: Seen.ANSWER,
    Stage.OTHER_DAY: Seen.OTHER_DAY,
    Stage.OFFERED: Seen.YES,
    # That a parent is asked would say something about an age.
    Stage.AWAITING_CONSENT: Seen.YES,
    Stage.WAITING_LIST: Seen.WAITING_LIST,
    Stage.BOOKED: Seen.BOOKED,
    Stage.ATTENDED: Seen.CAME,
    Stage.ABSENT: Seen.ABSENT,
    Stage.DECLINED: Seen.DECLINED,
    Stage.CANCELLED: Seen.CANCELLED,
    # Who did not want it any more, and why, is not the employer’s to know.
    Stage.NO_CONSENT: Seen.GONE,
    Stage.WITHDRAWN: Seen.GONE,
    Stage.EXPIRED: Seen.GONE,
}
SEEN_WORDS: Mapping[Seen, str] = {
    Seen.ANSWER: "Needs your answer",
    Seen.OTHER_DAY: "You asked for another day",
    Seen.YES: "You said yes",
    Seen.WAITING_LIST: "On the waiting list",
    Seen.BOOKED: "Booked",
    Seen.CAME: "Came",
    Seen.ABSENT: "Did not come",
    Seen.DECLINED: "You said no",
    Seen.CANCELLED: "You cancelled",
    Seen.GONE: "Not wanted any more",
}
# The words are of use as long as somebody may still come, and no longer.
STILL_OPEN = frozenset({Seen.ANSWER, Seen.OTHER_DAY, Seen.YES, Seen.WAITING_LIST, Seen.BOOKED})
NAMED = frozenset({Seen.BOOKED, Seen.CAME, Seen.ABSENT})
WAITING = frozenset({Seen.OTHER_DAY, Seen.YES, Seen.WAITING_LIST})
ENDED = frozenset(Seen) - STILL_OPEN


@dataclass(frozen=True)
class Booked:
    """Whom to expect, and who to ask about them: known only when a place is held."""

    first_name: str | None
    age: int | None
    organisation: str
    phone: str | None
    adviser: str
    email: str
    came: int
    hours: float
    skills: tuple[str, ...]
    says: tuple[str, ...]
    # What the young person ticked afterwards: answers of lists, by their keys.
    heard: tuple[str, ...]
    is_confirmed: bool


@dataclass(frozen=True)
class Asked:
    """A request as an employer may see it. A test names every field: add none without a reason."""

    public_id: str
    seen: Seen
    title: str
    path: str
    first_day: dt.date
    last_day: dt.date
    other_day: dt.date | None
    is_over: bool
    is_group: bool
    people: int
    year_group: str
    hopes: str
    availability: str
    adjustments: str
    answer_by: dt.date | None
    reason: str | None
    booked: Booked | None

    @property
    def words(self) -> str:
        """How far it has come, in the employer’s words."""
        return SEEN_WORDS[self.seen]


@dataclass(frozen=True)
class Day:
    """A time at which people come: what for, how many, and each of their bookings."""

    title: str
    first_day: dt.date
    last_day: dt.date
    taken: int
    places: int
    bookings: Sequence[Asked]


@dataclass(frozen=True)
class Given:
    """What an organisation gave in a school year by one kind of experience."""

    experience: str
    people: int
    hours: float


def counts(session: DatabaseSession, organisation: Organisation) -> Mapping[Seen, int]:
    """How many requests stand where, as far as an employer may know."""
    rows = session.execute(
        select(Request.stage, func.count())
        .join(Listing, Listing.id == Request.listing_id)
        .where(*_theirs(organisation))
        .group_by(Request.stage)
    )
    found = dict.fromkeys(Seen, 0)
    for stage, number in rows:
        found[SEEN_AS[Stage(stage)]] += number
    return found


def to_answer(session: DatabaseSession, organisation: Organisation, number: int) -> Listed[Asked]:
    """What waits for a yes, another day or a no, the longest waiting first."""
    return _page(
        session, _requests(organisation, {Seen.ANSWER}), number, Request.changed_at, Request.id
    )


def to_confirm(session: DatabaseSession, organisation: Organisation) -> Listed[Asked]:
    """Bookings whose day is over, the oldest first: one page, and more when these are done."""
    over = _requests(organisation, {Seen.BOOKED}).where(Occasion.last_day <= today())
    return _page(session, over, 1, Occasion.last_day, Request.id)


def waiting(session: DatabaseSession, organisation: Organisation, number: int) -> Listed[Asked]:
    """What was answered and is not booked, by day."""
    return _page(session, _requests(organisation, WAITING), number, Occasion.first_day, Request.id)


def ended(session: DatabaseSession, organisation: Organisation, number: int) -> Listed[Asked]:
    """What is over in one way or another, the latest first."""
    return _page(
        session, _requests(organisation, ENDED), number, Occasion.first_day.desc(),
        Request.id.desc(),
    )  # fmt: skip


def booked(session: DatabaseSession, organisation: Organisation, number: int) -> Listed[Day]:
    """Who comes when, soonest first; a page counts bookings, not days."""
    coming = _requests(organisation, {Seen.BOOKED}).where(Occasion.last_day > today())
    query = coming.order_by(Occasion.first_day, Occasion.id, Request.id)
    found = page_of(session, query, number, _number(session, coming))
    return Listed(list(_days(found.rows)), found.number, found.total)


def asked_of(
    session: DatabaseSession, organisation: Organisation, public_id: str
) -> Request | None:
    """The request behind an ``Asked``, for the verbs alone: no page is handed it."""
    return session.scalars(
        _requests(organisation, frozenset(Seen))
        .where(Request.public_id == public_id)
        .options(contains_eager(Request.listing).selectinload(Listing.occasions))
    ).one_or_none()


def seen_by_employer(request: Request) -> Asked:
    """Only what the employer may know now."""
    seen, occasion = SEEN_AS[request.stand], request.occasion
    is_open = seen in STILL_OPEN
    is_own_reason = seen in {Seen.DECLINED, Seen.CANCELLED}
    return Asked(
        public_id=request.public_id, seen=seen, title=request.listing.title,
        path=request.listing.path, first_day=occasion.first_day, last_day=occasion.last_day,
        other_day=request.proposed.first_day if request.proposed else None,
        is_over=occasion.is_over, is_group=request.is_group, people=request.people,
        year_group=request.year_group, hopes=request.hopes if is_open else "",
        availability=request.availability if is_open else "",
        adjustments=request.adjustments if is_open else "",
        answer_by=request.due_on if seen == Seen.ANSWER else None,
        reason=request.reason if is_own_reason else None,
        booked=_booked(request) if seen in NAMED else None,
    )  # fmt: skip


def approved_answers(session: DatabaseSession, listing: Listing) -> Mapping[str, Any]:
    """What the employer itself said of a listing, as a moderator approved it."""
    found = session.scalar(
        select(Revision.content)
        .join(Offer, and_(Offer.id == Revision.offer_id, Offer.approved == Revision.number))
        .where(Offer.entry_id == listing.id)
    )
    return found or {}


def own_acts(
    session: DatabaseSession, organisation: Organisation, request: Request
) -> list[tuple[dt.datetime, str, str]]:
    """When the employer’s own people did what; what anybody else did is not theirs to know."""
    rows = session.execute(
        select(AuditRow.at, AuditRow.act, Member.name)
        .join(Member, Member.id == AuditRow.member_id)
        .where(
            AuditRow.subject_kind == Request.__tablename__,
            AuditRow.subject_id == request.id,
            AuditRow.organisation_id == organisation.id,
            AuditRow.act.in_(OWN_ACTS),
        )
        .order_by(AuditRow.id.desc())
    )
    return [(at, OWN_ACTS[act], name) for at, act, name in rows]


OWN_ACTS: Mapping[str, str] = {
    "offer": "said yes",
    "other-day": "asked for another day",
    "decline": "said no",
    "cancel": "cancelled it",
    "attend": "said who came",
    "miss": "said that nobody came",
    "correct": "put right who came",
}


def given(
    session: DatabaseSession, organisation: Organisation, year: AcademicYear
) -> Sequence[Given]:
    """How many people came in a school year, and for how many hours, by kind of experience."""
    rows = session.execute(
        select(
            Listing.experience, func.sum(Placement.came),
            func.sum(Placement.came * Placement.hours),
        )
        .select_from(Placement)
        .join(Request, Request.id == Placement.request_id)
        .join(Listing, Listing.id == Request.listing_id)
        .join(Occasion, Occasion.id == Placement.occasion_id)
        .where(
            *_theirs(organisation),
            Request.stage == Stage.ATTENDED.value,
            Occasion.first_day.between(year.first_day, year.last_day),
        )
        .group_by(Listing.experience)
        .order_by(Listing.experience)
    )  # fmt: skip
    return [Given(experience, people, hours) for experience, people, hours in rows]


def _theirs(organisation: Organisation) -> tuple[ColumnElement[bool], ...]:
    """What came to the organisation: an adviser has sent it on."""
    return (
        Listing.organisation_id == organisation.id,
        Request.stage.in_([stage.value for stage in SEEN_AS]),
        # What was withdrawn or ran out before somebody sent it on never came here.
        Request.adviser_id.is_not(None),
    )


def _requests(organisation: Organisation, seen: Iterable[Seen]) -> Select[Request]:
    wanted = set(seen)
    return (
        select(Request)
        .join(Request.listing)
        .join(Request.occasion)
        .where(
            and_(*_theirs(organisation)),
            Request.stage.in_([stage.value for stage, as_ in SEEN_AS.items() if as_ in wanted]),
        )
        .options(
            contains_eager(Request.listing), contains_eager(Request.occasion),
            joinedload(Request.proposed), joinedload(Request.organisation),
            joinedload(Request.adviser), joinedload(Request.placement),
        )
    )  # fmt: skip


def _page(
    session: DatabaseSession,
    query: Select[Request],
    number: int,
    *order: Any,  # noqa: ANN401
) -> Listed[Asked]:
    found = page_of(session, query.order_by(*order), number, _number(session, query))
    return Listed([seen_by_employer(row) for row in found.rows], found.number, found.total)


def _number(session: DatabaseSession, query: Select[Request]) -> int:
    counted = query.with_only_columns(func.count(Request.id), maintain_column_froms=True)
    return session.scalar(counted.options()) or 0


def _days(rows: Sequence[Request]) -> Iterable[Day]:
    for occasion, found in groupby(rows, key=lambda request: request.occasion):
        bookings = [seen_by_employer(request) for request in found]
        yield Day(
            bookings[0].title, occasion.first_day, occasion.last_day, occasion.taken,
            occasion.places, bookings,
        )  # fmt: skip


def _booked(request: Request) -> Booked | None:
    """``NAMED`` says when: a stage alone, so that nothing else can lead here."""
    placement, adviser = request.placement, request.adviser
    if placement is None or adviser is None:
        return None
    born_on = request.born_on
    return Booked(
        first_name=request.first_name,
        age=age_on(born_on, request.occasion.first_day) if born_on else None,
        organisation=request.organisation.name, phone=request.organisation.phone,
        adviser=adviser.name, email=adviser.email, came=placement.came, hours=placement.hours,
        skills=tuple(placement.skills), says=tuple(placement.employer_says),
        heard=tuple(placement.young_says),
        is_confirmed=placement.confirmed_at is not None,
    )  # fmt: skip
