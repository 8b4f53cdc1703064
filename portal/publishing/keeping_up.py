"""What the clock does each night, and the one click that keeps an offer up longer."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.exc import StaleDataError

from portal.accounts import links
from portal.accounts.models import LinkPurpose, Member, Organisation, Standing
from portal.catalogue.keeping import next_version
from portal.clock import now, today
from portal.extensions import DatabaseSession
from portal.mail import address_for, queue
from portal.publishing.kinds import OfferKind
from portal.publishing.life import SHOWN, State
from portal.publishing.models import Offer
from portal.publishing.moderation import (
    ChangedMeanwhileError,
    archive,
    expire,
    extend,
)
from portal.publishing.telling import writers_of

WARNED_BEFORE = dt.timedelta(days=14)
ARCHIVED_AFTER = dt.timedelta(days=365)
NAMED_IN_LETTER = 10


def expire_due(session: DatabaseSession) -> int:
    """Move what has run out to its state; pages stopped showing it that day by themselves."""
    due = session.scalars(
        select(Offer).where(
            Offer.state.in_([state.value for state in (*SHOWN, State.PAUSED)]),
            Offer.show_until < today(),
        )
    ).all()
    expired = 0
    for offer in due:
        try:
            expire(session, offer, next_version(session))
            session.commit()
        except ChangedMeanwhileError:
            continue  # somebody kept it up at this very moment, or the next night will see it
        expired += 1
    return expired


def warn_due(session: DatabaseSession) -> int:
    """Write to whoever offers something that soon runs out; one letter for an organisation."""
    due: defaultdict[Organisation, list[Offer]] = defaultdict(list)
    for offer in session.scalars(
        select(Offer)
        .join(Offer.organisation)
        .where(
            Organisation.standing == Standing.VERIFIED,
            Offer.state.in_([state.value for state in SHOWN]),
            Offer.show_until <= today() + WARNED_BEFORE,
            Offer.show_until >= today(),
            Offer.warned_at.is_(None),
        )
        .order_by(Offer.show_until, Offer.title)
    ):
        due[offer.organisation].append(offer)
    warned = 0
    for organisation, offers in due.items():
        number = len(offers)
        try:
            _warn(session, organisation, offers)
            session.commit()
        except StaleDataError:
            session.rollback()  # somebody is writing one of them: tomorrow night will do
            continue
        warned += number
    return warned


def archive_old(session: DatabaseSession) -> int:
    """Put away what ended a year ago."""
    old = session.scalars(
        select(Offer).where(
            Offer.state.in_([State.CLOSED.value, State.EXPIRED.value]),
            Offer.changed_at < now() - ARCHIVED_AFTER,
        )
    ).all()
    for offer in old:
        archive(session, offer, by=None)
    return len(old)


def due_soon(session: DatabaseSession, organisation: Organisation) -> list[Offer]:
    """What of an organisation is up and runs out within the time of the warning, soonest first."""
    rows = session.scalars(
        select(Offer)
        .where(
            Offer.organisation_id == organisation.id,
            Offer.state.in_([state.value for state in SHOWN]),
            Offer.show_until <= today() + WARNED_BEFORE,
            Offer.show_until >= today(),
        )
        .order_by(Offer.show_until, Offer.title)
        .options(selectinload(Offer.revisions))
    )
    return list(rows)


def find_by_link(session: DatabaseSession, token: str) -> Member | None:
    """Whose letter a link was in, while it can still be used. Looking does not use it."""
    link = links.look_up(session, LinkPurpose.EXTEND, token)
    member = session.get(Member, link.member_id) if link and link.member_id else None
    return member if member and member.may_sign_in and member.may_edit else None


def extend_by_link(
    session: DatabaseSession, token: str, wanted: Sequence[str], kinds: Mapping[str, OfferKind]
) -> int | None:
    """Keep offers up longer on the word of whoever has the letter; None when the link is used.

    ``wanted`` holds public ids; those of other organisations are passed over.
    """
    used = links.use(session, LinkPurpose.EXTEND, token)
    member = session.get(Member, used.member_id) if used and used.member_id else None
    if member is None or not member.may_sign_in or not member.may_edit:
        session.rollback()
        return None
    offers = [o for o in due_soon(session, member.organisation) if o.public_id in set(wanted)]
    return extend(session, offers, kinds, by=member)


def _warn(session: DatabaseSession, organisation: Organisation, offers: list[Offer]) -> None:
    first = min(offer.show_until or today() for offer in offers)
    for member in writers_of(session, organisation):
        token = links.issue(session, LinkPurpose.EXTEND, member)
        queue(
            session,
            recipient=member.email,
            letter="runs-out",
            name=member.name,
            titles=[offer.title for offer in offers[:NAMED_IN_LETTER]],
            more=max(len(offers) - NAMED_IN_LETTER, 0),
            first_day=first,
            link=address_for(f"/keep-up/{token}"),
        )
    for offer in offers:
        offer.warned_at = now()
