"""What advisers read: the requests of their own organisation, a page at a time.

Every query takes the organisation of whoever looks: nobody else’s request exists for it.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.accounts.models import AuditRow, Member, Organisation
from portal.catalogue.experiences import Listing, Occasion
from portal.catalogue.models import LIVE, Entry
from portal.clock import today
from portal.extensions import DatabaseSession
from portal.placements.life import Stage
from portal.placements.models import Attendance, Request, YoungPerson
from portal.publishing.desk import Listed, page_of
from portal.publishing.models import Concern


@dataclass(frozen=True)
class Shelf:
    """Some stages that an adviser looks at together, and what comes first among them."""

    slug: str
    label: str
    stages: frozenset[Stage]


TURN = Shelf(
    "", "Your turn", frozenset({Stage.ASKED, Stage.OTHER_DAY, Stage.OFFERED})
)  # fmt: skip
OTHERS = Shelf(
    "others", "With others", frozenset({Stage.SENT, Stage.AWAITING_CONSENT, Stage.WAITING_LIST})
)
BOOKED = Shelf("booked", "Booked", frozenset({Stage.BOOKED}))
ENDED = Shelf("ended", "Ended", frozenset(Stage) - TURN.stages - OTHERS.stages - BOOKED.stages)
SHELVES = (TURN, OTHERS, BOOKED, ENDED)


@dataclass(frozen=True)
class Happened:
    """Something that was done with a request: when, by whom, what came of it, and why."""

    at: dt.datetime
    act: str
    who: str
    why: str | None


def shelf_called(slug: str) -> Shelf:
    """The shelf of an address; what waits for the adviser when there is none of that name."""
    return next((shelf for shelf in SHELVES if shelf.slug == slug), TURN)


def counts(session: DatabaseSession, organisation: Organisation) -> Mapping[Stage, int]:
    """How many requests stand at each stage."""
    rows = session.execute(
        select(Request.stage, func.count())
        .where(Request.organisation_id == organisation.id)
        .group_by(Request.stage)
    )
    return {Stage(stage): number for stage, number in rows}


def requests(
    session: DatabaseSession,
    organisation: Organisation,
    *,
    on: Shelf,
    stage: str = "",
    words: str = "",
    number: int = 1,
) -> Listed[Request]:
    """A page of requests, what is due first on top; ``words`` are of a name or a reference."""
    wanted = _wanted(organisation, on, stage, words)
    query = wanted.options(
        contains_eager(Request.occasion),
        contains_eager(Request.young_person),
        joinedload(Request.proposed),
    ).order_by(*_order(on))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    return page_of(session, query, number, total)


def request_of(
    session: DatabaseSession, organisation: Organisation, public_id: str
) -> Request | None:
    """A request that the organisation advises on."""
    return session.scalars(
        select(Request)
        .where(Request.public_id == public_id, Request.organisation_id == organisation.id)
        .options(
            joinedload(Request.young_person), joinedload(Request.proposed),
            joinedload(Request.placement), joinedload(Request.adviser),
        )
    ).one_or_none()  # fmt: skip


def all_requests(
    session: DatabaseSession, organisation: Organisation, first: dt.date, last: dt.date
) -> Sequence[Request]:
    """Every request for a day between two, for a file."""
    return session.scalars(
        select(Request)
        .join(Request.occasion)
        .where(
            Request.organisation_id == organisation.id,
            Occasion.first_day.between(first, last),
        )
        .options(joinedload(Request.young_person), joinedload(Request.placement))
        .order_by(Request.asked_at, Request.id)
    ).all()


def group_listing(session: DatabaseSession, slug: str) -> Listing | None:
    """An experience that can be asked for today, with its days."""
    found = session.scalars(
        select(Listing)
        .where(Entry.slug == slug, Entry.status == LIVE, Entry.show_until >= today())
        .options(selectinload(Listing.occasions))
    ).one_or_none()
    return found if found is not None and found.is_open else None


def organisation_called(session: DatabaseSession, public_id: str) -> Organisation | None:
    """An organisation whose offers visitors may see."""
    found = session.scalars(
        select(Organisation).where(Organisation.public_id == public_id)
    ).one_or_none()
    return found if found is not None and found.is_public else None


def came_in(session: DatabaseSession, request: Request) -> set[int]:
    """Which young people were noted for a request."""
    return set(
        session.scalars(
            select(Attendance.young_person_id).where(Attendance.request_id == request.id)
        )
    )


def is_safeguarding_told(session: DatabaseSession, request: Request) -> bool:
    """Whether the words raised a concern; what it says is for the safeguarding leads alone."""
    raised = select(Concern.id).where(Concern.request_public_id == request.public_id)
    return bool(session.scalar(select(raised.exists())))


def history(session: DatabaseSession, request: Request) -> list[Happened]:
    """What was done so far, the latest first."""
    rows = session.execute(
        select(AuditRow, Member)
        .outerjoin(Member, Member.id == AuditRow.member_id)
        .where(AuditRow.subject_kind == Request.__tablename__, AuditRow.subject_id == request.id)
        .order_by(AuditRow.id.desc())
    )
    return [Happened(row.at, row.act, _who(request, row, by), row.why) for row, by in rows]


def did_last(session: DatabaseSession, request: Request) -> tuple[int | None, str]:
    """Who did the latest thing to a request, and what: to tell a form sent twice from a quarrel."""
    row = session.execute(
        select(AuditRow.member_id, AuditRow.act)
        .where(AuditRow.subject_kind == Request.__tablename__, AuditRow.subject_id == request.id)
        .order_by(AuditRow.id.desc())
        .limit(1)
    ).first()
    return (row.member_id, row.act) if row else (None, "")


def _who(request: Request, row: AuditRow, by: Member | None) -> str:
    if row.member_id is None:
        return "The young person, a parent or carer, or the portal"
    if by is None:
        return "Somebody who left"
    return by.name if by.organisation_id == request.organisation_id else by.organisation.name


def _wanted(organisation: Organisation, on: Shelf, stage: str, words: str) -> Select[Request]:
    stages = [s.value for s in on.stages if stage in {"", s.value}] or [s.value for s in on.stages]
    return (
        select(Request)
        .join(Request.occasion)
        .outerjoin(Request.young_person)
        .where(
            Request.organisation_id == organisation.id,
            Request.stage.in_(stages),
            _named(words) if words else true(),
        )
    )


def _named(words: str) -> ColumnElement[bool]:
    return or_(
        Request.first_name.icontains(words, autoescape=True),
        YoungPerson.reference.icontains(words, autoescape=True),
    )


def _order(on: Shelf) -> tuple[Any, ...]:
    if on is ENDED:
        return Request.changed_at.desc(), Request.id.desc()
    if on is BOOKED:
        return Occasion.first_day, Request.id
    return Request.due_on, Request.asked_at, Request.id
