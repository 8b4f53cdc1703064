"""Letters about requests and placements: who hears of what. Nothing here commits.

No letter says anything about a young person. To an employer it says only that there is something
to look at; where and when go to those who have a place.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from portal.accounts.models import Member, MemberRole, MemberState, Organisation
from portal.extensions import DatabaseSession
from portal.mail import address_for, queue
from portal.placements.life import Stage
from portal.placements.models import Request
from portal.publishing.telling import writers_of


def advisers_in(session: DatabaseSession, organisation: Organisation) -> list[Member]:
    """Everybody who reads requests for an organisation, by name."""
    members = session.scalars(
        select(Member)
        .where(Member.organisation_id == organisation.id, Member.state == MemberState.ACTIVE)
        .order_by(Member.name)
    )
    return [member for member in members if member.has_role(MemberRole.ADVISER)]


def advisers_of(session: DatabaseSession, request: Request) -> list[Member]:
    """The adviser who took a request on; all of the team while nobody has, or when they left."""
    adviser = request.adviser
    if adviser is not None and adviser.may_sign_in and adviser.has_role(MemberRole.ADVISER):
        return [adviser]
    return advisers_in(session, request.organisation)


def advisers_of_new(session: DatabaseSession, request: Request) -> None:
    """Somebody asked for something."""
    _tell_advisers(session, request, "request-asked")


def adviser(session: DatabaseSession, request: Request) -> None:
    """The employer, or a parent, answered."""
    _tell_advisers(session, request, "request-answered")


def employer_of_new(session: DatabaseSession, request: Request) -> None:
    """A request waits for an answer."""
    _tell_employer(session, request, "request-sent")


def young_person(session: DatabaseSession, request: Request) -> None:
    """There is news: whoever left a mail address is asked to look with their code."""
    _tell_young_person(session, request, "request-news")


def parent(session: DatabaseSession, request: Request, *, link: str) -> None:
    """Ask a parent or carer for consent."""
    if not request.parent_email:
        return
    listing, occasion = request.listing, request.occasion
    queue(
        session,
        recipient=request.parent_email,
        letter="consent",
        organiser=request.organisation.name,
        employer=listing.publisher.name,
        title=listing.title,
        first_day=occasion.first_day,
        last_day=occasion.last_day,
        link=link,
    )


def booked_or_queued(session: DatabaseSession, request: Request) -> None:
    """A place was taken, or there was none: everybody on both sides hears of it."""
    if request.stand == Stage.BOOKED:
        booked_now(session, [request])
    else:
        _tell_advisers(session, request, "request-answered")
        _tell_young_person(session, request, "request-news")


def booked_now(session: DatabaseSession, requests: Iterable[Request]) -> None:
    """Places were taken, some of them from the waiting list."""
    for request in requests:
        _tell_advisers(session, request, "booked-adviser")
        _tell_employer(session, request, "booked-employer")
        _tell_young_person(session, request, "request-news")


def withdrawn(
    session: DatabaseSession, request: Request, *, was_booked: bool, by: Member | None
) -> None:
    """It is not wanted any more; the employer hears of it if it had come that far."""
    if request.adviser_id is not None:
        _tell_employer(session, request, "called-off-employer" if was_booked else "withdrawn")
    if by is None:
        _tell_advisers(session, request, "request-answered")
    else:
        _tell_young_person(session, request, "request-news")


def called_off(session: DatabaseSession, request: Request) -> None:
    """The employer, or a moderator, called it off."""
    _tell_advisers(session, request, "called-off-adviser")
    _tell_young_person(session, request, "called-off-young-person")
    if request.parent_email and request.consented_at:
        _tell(session, request, request.parent_email, "called-off-parent", who="parent")


def came(session: DatabaseSession, request: Request) -> None:
    """The employer says that somebody came: the certificate is there."""
    _tell_young_person(session, request, "certificate")
    _tell_advisers(session, request, "request-answered")


def reminder(session: DatabaseSession, request: Request, *, when: str) -> None:
    """A week and a day before: both sides, the young person, and the parent who said yes."""
    _tell_advisers(session, request, "reminder-adviser", when=when)
    _tell_employer(session, request, "reminder-employer", when=when)
    _tell_young_person(session, request, "reminder-young-person", when=when)
    if request.parent_email and request.consented_at:
        _tell(session, request, request.parent_email, "reminder-parent", who="parent", when=when)


def ask_who_came(session: DatabaseSession, request: Request) -> None:
    """The day is over: one click says who came."""
    _tell_employer(session, request, "who-came")


def _tell_advisers(
    session: DatabaseSession, request: Request, letter: str, **values: object
) -> None:
    link = address_for(f"/advising/requests/{request.public_id}")
    for member in advisers_of(session, request):
        _tell(
            session, request, member.email, letter, who=str(member.id), name=member.name,
            link=link, **values,
        )  # fmt: skip


def _tell_employer(
    session: DatabaseSession, request: Request, letter: str, **values: object
) -> None:
    link = address_for(f"/workspace/requests/{request.public_id}")
    for member in writers_of(session, request.listing.publisher):
        if member.may_sign_in:
            _tell(
                session, request, member.email, letter, who=str(member.id), name=member.name,
                link=link, **values,
            )  # fmt: skip


def _tell_young_person(
    session: DatabaseSession, request: Request, letter: str, **values: object
) -> None:
    if request.email:
        _tell(
            session, request, request.email, letter, who="young", link=address_for("/requests"),
            **values,
        )  # fmt: skip


def _tell(
    session: DatabaseSession,
    request: Request,
    recipient: str,
    letter: str,
    *,
    who: str,
    **values: Any,  # noqa: ANN401 - whatever its letter says
) -> None:
    session.flush()
    queue(
        session,
        recipient=recipient,
        letter=letter,
        key=f"{letter} {request.public_id} {request.version} {who} {values.get('when', '')}",
        title=request.listing.title,
        employer=request.listing.publisher.name,
        first_day=request.occasion.first_day,
        stage=request.stage_words,
        **values,
    )
