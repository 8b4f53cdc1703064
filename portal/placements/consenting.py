"""What a parent or carer does with the one-use link in a letter: says yes or no."""

from sqlalchemy import select

from portal.accounts import links
from portal.accounts.models import LinkPurpose
from portal.clock import now
from portal.extensions import DatabaseSession
from portal.placements import telling
from portal.placements.booking import NotBookableError, take_place
from portal.placements.life import Act, Stage
from portal.placements.models import Request
from portal.placements.steps import commit, step


def find(session: DatabaseSession, token: str) -> Request | None:
    """The request that a link asks about, while it can be used. Looking does not use it."""
    link = links.look_up(session, LinkPurpose.CONSENT, token)
    return _of_link(session, link.id) if link else None


def consent(session: DatabaseSession, token: str) -> Request | None:
    """Say yes: the place is taken at once, or the request waits for one. None: link used or old."""
    request = _use(session, token)
    if request is None:
        return None
    request.consented_at = now()
    try:
        take_place(session, request, by=None)
    except NotBookableError as error:
        # The yes is kept; the adviser reads why no place could be taken.
        step(session, request, Act.EXPIRE, by=None, why=error.why)
    telling.booked_or_queued(session, request)
    commit(session)
    return request


def refuse(session: DatabaseSession, token: str) -> Request | None:
    """Say no. None when the link was used or is too old."""
    request = _use(session, token)
    if request is None:
        return None
    step(session, request, Act.REFUSE_CONSENT, by=None)
    telling.adviser(session, request)
    commit(session)
    return request


def _use(session: DatabaseSession, token: str) -> Request | None:
    link = links.use(session, LinkPurpose.CONSENT, token)
    request = _of_link(session, link.id) if link else None
    if request is None:
        session.rollback()
    return request


def _of_link(session: DatabaseSession, link_id: int) -> Request | None:
    return session.scalars(
        select(Request).where(
            Request.consent_link_id == link_id, Request.stage == Stage.AWAITING_CONSENT.value
        )
    ).one_or_none()
