"""What an adviser does: reads a wish, sends it on without a name, takes up what is offered."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from portal.accounts import links
from portal.accounts.links import hash_of
from portal.accounts.models import LinkPurpose, Member, OneUseLink
from portal.accounts.trail import record
from portal.catalogue.experiences import Listing, Occasion
from portal.clock import now, today
from portal.content.formats import WorkRule
from portal.extensions import DatabaseSession
from portal.mail import address_for
from portal.placements import telling
from portal.placements.booking import refuse_unready, take_place
from portal.placements.consent import is_consent_due
from portal.placements.life import Act, Stage
from portal.placements.models import Attendance, Request, YoungPerson
from portal.placements.steps import (
    ChangedMeanwhileError,
    commit,
    due,
    second_hears_of_it,
    step,
)


class Taken(StrEnum):
    """What came of taking an offer up."""

    BOOKED = "booked"
    WAITING_LIST = "waiting-list"
    CONSENT_ASKED = "consent-asked"


class NoParentError(Exception):
    """Consent is due, and nobody said where a parent or carer can be written to."""


def send_on(
    session: DatabaseSession,
    request: Request,
    *,
    hopes: str,
    adjustments: str,
    availability: str,
    reference: str,
    by: Member,
) -> None:
    """Send the wish to the employer: what it says now, and no name.

    ``reference`` is the adviser’s own for the young person; empty for none.
    """
    if request.stand == Stage.SENT:
        return
    step(session, request, Act.SEND_ON, by=by)
    request.adviser = by
    request.hopes, request.adjustments, request.availability = hopes, adjustments, availability
    if reference:
        request.young_person = _young_person(session, by, reference, request.year_group)
    telling.employer_of_new(session, request)
    commit(session)


def not_send_on(session: DatabaseSession, request: Request, *, reason: str, by: Member) -> None:
    """Do not send it on, with a reason that the young person reads."""
    if request.stand == Stage.NOT_SENT_ON:
        return
    step(session, request, Act.NOT_SEND_ON, by=by, why=reason)
    request.adviser, request.reason = by, reason
    telling.young_person(session, request)
    commit(session)


def ask_for_group(  # noqa: PLR0913 - one form
    session: DatabaseSession,
    listing: Listing,
    occasion: Occasion,
    *,
    people: int,
    year_group: str,
    hopes: str,
    adjustments: str,
    token: str,
    by: Member,
) -> Request:
    """Ask for an experience for a group. Parents are the school’s own matter, as for any visit."""
    key = hash_of(f"group {by.organisation.public_id} {token}")
    known = session.scalars(select(Request).where(Request.token == key)).one_or_none()
    if known is not None:
        return known
    request = Request(
        token=key, listing=listing, occasion=occasion, organisation=by.organisation, adviser=by,
        stage=Stage.SENT.value, is_group=True, people=people, year_group=year_group, hopes=hopes,
        adjustments=adjustments, asked_at=now(), changed_at=now(),
    )  # fmt: skip
    request.due_on = due(request, Stage.SENT)
    session.add(request)
    try:
        record(session, "ask", request, by=by, organisation=by.organisation, after=request.stage)
        telling.employer_of_new(session, request)
        session.commit()
    except IntegrityError:
        session.rollback()
        return session.scalars(select(Request).where(Request.token == key)).one()
    return request


def take_other_day(session: DatabaseSession, request: Request, *, by: Member) -> None:
    """Say yes to the day that the employer proposed instead."""
    if request.stand == Stage.OFFERED or request.proposed is None:
        return
    request.occasion, request.proposed = request.proposed, None
    step(session, request, Act.TAKE_OTHER_DAY, by=by)
    commit(session)


def take_up(
    session: DatabaseSession,
    request: Request,
    *,
    rules: Mapping[str, WorkRule],
    parent_email: str | None,
    by: Member,
) -> Taken:
    """Take an offer up: ask a parent or carer where that is due, or else take the place.

    Raises NoParentError, NotBookableError, ImpossibleActError and ChangedMeanwhileError.
    """
    done = {Stage.BOOKED: Taken.BOOKED, Stage.WAITING_LIST: Taken.WAITING_LIST}
    if request.stand in done:
        return done[request.stand]
    if request.stand == Stage.AWAITING_CONSENT:
        return Taken.CONSENT_ASKED
    request.is_consent_due = not request.is_group and is_consent_due(
        rules,
        tier=request.listing.tier,
        born_on=request.born_on,
        first_day=request.occasion.first_day,
    )
    request.adviser = by
    with second_hears_of_it(session):
        if request.is_consent_due and request.consented_at is None:
            ask_parent(session, request, parent_email=parent_email, by=by)
            return Taken.CONSENT_ASKED
        is_booked = take_place(session, request, by=by)
    telling.booked_or_queued(session, request)
    commit(session)
    return Taken.BOOKED if is_booked else Taken.WAITING_LIST


def ask_parent(
    session: DatabaseSession, request: Request, *, parent_email: str | None, by: Member
) -> None:
    """Write to a parent or carer; an earlier letter’s link stops working. Raises NoParentError."""
    if not parent_email:
        session.rollback()
        raise NoParentError
    # What else is missing is told to the adviser now, not to a parent later.
    refuse_unready(request, but_for="consent")
    step(session, request, Act.ASK_CONSENT, by=by)
    if request.consent_link_id is not None:
        old = session.get(OneUseLink, request.consent_link_id)
        if old is not None and old.used_at is None:
            old.used_at = now()
    token = links.issue(session, LinkPurpose.CONSENT, None)
    session.flush()
    link = links.look_up(session, LinkPurpose.CONSENT, token)
    request.consent_link_id = link.id if link else None
    request.parent_email = parent_email
    telling.parent(session, request, link=address_for(f"/consent/{token}"))
    commit(session)


def note_who_came(
    session: DatabaseSession, request: Request, people: Iterable[YoungPerson], *, by: Member
) -> int:
    """Say which young people of the school were in a group; return how many."""
    placement = request.placement
    if placement is None or request.stand != Stage.ATTENDED:
        return 0
    session.execute(delete(Attendance).where(Attendance.request_id == request.id))
    came = list(people)[: placement.came]
    for young_person in came:
        session.add(attendance_of(request, young_person))
    record(
        session, "note who came", request, by=by, organisation=by.organisation,
        after=str(len(came)),
    )  # fmt: skip
    commit(session)
    return len(came)


def attendance_of(request: Request, young_person: YoungPerson) -> Attendance:
    """What is kept of one young person’s being there."""
    placement = request.placement
    return Attendance(
        request_id=request.id, young_person_id=young_person.id, on=request.occasion.first_day,
        experience=request.listing.experience, tier=request.listing.tier,
        sector=request.listing.sector, hours=placement.hours if placement else 0,
    )  # fmt: skip


def add_young_people(
    session: DatabaseSession, rows: Iterable[tuple[str, str]], *, by: Member
) -> int:
    """Add references with their year groups; known ones get the new year group. Return how many."""
    number = 0
    for reference, year_group in rows:
        found = _young_person(session, by, reference, year_group)
        found.year_group, found.left_on = year_group, None
        number += 1
    session.flush()
    record(
        session, "add young people", by.organisation, by=by, organisation=by.organisation,
        after=str(number),
    )  # fmt: skip
    commit(session)
    return number


def mark_left(session: DatabaseSession, young_person: YoungPerson, *, by: Member) -> None:
    """Somebody is not with the adviser’s school or team any more."""
    if young_person.left_on is not None:
        return
    young_person.left_on = today()
    record(session, "left", young_person, by=by, organisation=by.organisation)
    commit(session)


def note_export(session: DatabaseSession, what: str, *, by: Member) -> None:
    """Keep that somebody took a list of young people, or of requests, out of the portal."""
    record(
        session, "export", by.organisation, by=by, organisation=by.organisation, after=what
    )  # fmt: skip
    commit(session)


def _young_person(
    session: DatabaseSession, by: Member, reference: str, year_group: str
) -> YoungPerson:
    found = session.scalars(
        select(YoungPerson).where(
            YoungPerson.organisation_id == by.organisation_id, YoungPerson.reference == reference
        )
    ).one_or_none()
    if found is None:
        found = YoungPerson(
            organisation_id=by.organisation_id, reference=reference, year_group=year_group,
            added_on=today(),
        )  # fmt: skip
        session.add(found)
        try:
            session.flush()
        except IntegrityError as error:
            session.rollback()
            raise ChangedMeanwhileError from error
    return found
