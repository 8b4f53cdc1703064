"""The verbs of publishing: each changes an offer’s state by the table, keeps who did it, commits.

Nothing reaches a visitor but by ``approve`` and ``publish``: both show one exact revision of an
organisation that somebody has verified.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from portal.accounts.models import Member, Organisation, Standing
from portal.accounts.trail import record
from portal.catalogue.keeping import next_version
from portal.catalogue.models import ORGANISATION, Entry
from portal.clock import now, today
from portal.extensions import DatabaseSession
from portal.publishing.kinds import Content, OfferKind, Surroundings
from portal.publishing.life import Act, State, after
from portal.publishing.models import FIRST_APPROVALS, Approval, Offer, Revision
from portal.publishing.revisions import (
    last_day,
    latest_of,
    may_publish_on_trust,
    new_offer,
    put_content,
    revision_of,
    was_sent_back,
)
from portal.publishing.showing import hide, show, show_or_hide
from portal.publishing.telling import tell_writers, written

LONGEST_WHY = 2000


class ChangedMeanwhileError(Exception):
    """Somebody changed the offer after this page was made; nothing was done."""


class NotVerifiedError(Exception):
    """Nobody has made sure yet who the organisation is."""


class OwnWorkError(Exception):
    """A moderator does not decide about words of their own."""


class TooOftenError(Exception):
    """It was kept up longer as often as may be without somebody reading it again."""


class UnfinishedError(Exception):
    """Something still has to be answered or mended first."""


class NotTrustedError(Exception):
    """The organisation’s offers wait for a moderator."""


@dataclass(frozen=True)
class Approved:
    """What came of an approval: whether it is up now, or how many yeses are still wanted."""

    is_live: bool
    still_wanted: int = 0


def begin_offer(
    session: DatabaseSession,
    kind: OfferKind,
    content: Content,
    *,
    by: Member,
    token: str | None = None,
    batch: str | None = None,
    entry: Entry | None = None,
) -> Offer:
    """A new draft. The same form sent twice, known by its token, makes one.

    ``entry`` is what the city has listed so far and the offer will keep once it is published.
    """
    known = _by_token(session, by.organisation, token)
    if known is not None:
        return known
    whole = kind.completed(content, Surroundings(session, by.organisation))
    offer = new_offer(kind, whole, by=by, token=token, batch=batch, entry=entry)
    session.add(offer)
    try:
        record(session, "begin", offer, by=by, organisation=by.organisation, after=offer.state)
        session.commit()
    except IntegrityError:
        session.rollback()
        known = _by_token(session, by.organisation, token)
        if known is None:
            raise
        return known
    return offer


def edit(
    session: DatabaseSession,
    offer: Offer,
    kind: OfferKind,
    content: Content,
    *,
    by: Member,
    seen: int,
) -> None:
    """Write an offer’s next wording; what is live stays as it was approved.

    ``seen`` is the version of the offer that the writer’s page showed. Raises
    ChangedMeanwhileError and IllegalActError.
    """
    whole = kind.completed(content, Surroundings(session, offer.organisation))
    if latest_of(offer).content == whole and not (offer.is_live and not offer.extensions_left):
        return
    if offer.version != seen:
        raise ChangedMeanwhileError
    _move(session, offer, Act.EDIT, by=by)
    put_content(offer, kind, whole, by=by)
    _commit(session)


def submit(session: DatabaseSession, offer: Offer, kind: OfferKind, *, by: Member) -> None:
    """Send the latest revision to the moderators. Raises UnfinishedError."""
    if offer.is_waiting:
        return
    _refuse_unfinished(offer, kind)
    _move(session, offer, Act.SUBMIT, by=by, revision=offer.latest)
    _seal(offer)
    _commit(session)


def withdraw(session: DatabaseSession, offer: Offer, *, by: Member) -> None:
    """Take an offer back from the moderators, to go on writing."""
    if not offer.is_waiting:
        return
    _move(session, offer, Act.WITHDRAW, by=by)
    _commit(session)


def discard_change(session: DatabaseSession, offer: Offer, *, by: Member) -> None:
    """Forget the change beside what is live: a new revision with the approved words."""
    if not offer.has_change or offer.approved is None:
        return
    approved = revision_of(offer, offer.approved)
    _move(session, offer, Act.DISCARD, by=by)
    offer.latest += 1
    offer.approved = offer.latest
    offer.title = str(approved.content["title"])
    offer.revisions.append(
        Revision(number=offer.latest, content=approved.content, doubts=approved.doubts,
                 made_by_id=by.id, made_at=now(), sent_at=now())
    )  # fmt: skip
    _commit(session)


def publish(session: DatabaseSession, offer: Offer, kind: OfferKind, *, by: Member) -> bool:
    """Publish on trust, to be reviewed after; or send it in when its words need a reader.

    Returns whether it is up. Raises NotTrustedError and IllegalActError.
    """
    if offer.is_live and not offer.has_change:
        return True
    if not may_publish_on_trust(offer.organisation, kind):
        raise NotTrustedError
    if latest_of(offer).doubts or was_sent_back(offer):
        submit(session, offer, kind, by=by)
        return False
    _refuse_unfinished(offer, kind)
    _move(session, offer, Act.PUBLISH, by=by, revision=offer.latest)
    _seal(offer)
    offer.on_trust, offer.reviewed_at = True, None
    _show_latest(session, offer, kind, next_version(session))
    _commit(session)
    return True


def approve(
    session: DatabaseSession, offer: Offer, kind: OfferKind, *, revision: int, by: Member
) -> Approved:
    """Say yes to one exact revision. An organisation’s first offer needs two moderators.

    Raises ChangedMeanwhileError when another revision is there by now, NotVerifiedError and
    OwnWorkError.
    """
    if offer.is_live and offer.approved == revision:
        return Approved(is_live=True)
    if not offer.is_waiting or offer.latest != revision:
        raise ChangedMeanwhileError
    if offer.organisation.standing != Standing.VERIFIED:
        raise NotVerifiedError
    latest = latest_of(offer)
    _refuse_own_work(latest, by)
    wanted = approvals_wanted(session, offer) - len(latest.approvals)
    if wanted > 0 and by.id in {approval.member_id for approval in latest.approvals}:
        return Approved(is_live=False, still_wanted=wanted)
    latest.approvals.append(Approval(member_id=by.id, at=now()))
    wanted -= 1
    if wanted > 0:
        _move(session, offer, Act.APPROVE_FIRST, by=by, revision=revision)
        _commit(session)
        return Approved(is_live=False, still_wanted=wanted)
    _move(session, offer, Act.APPROVE, by=by, revision=revision)
    offer.on_trust, offer.reviewed_at = False, now()
    _show_latest(session, offer, kind, next_version(session))
    tell_writers(session, offer, kind, "approved", revision)
    _commit(session)
    return Approved(is_live=True)


def send_back(
    session: DatabaseSession,
    offer: Offer,
    kind: OfferKind,
    *,
    revision: int,
    reasons: Mapping[str, str],
    by: Member,
) -> None:
    """Send a revision back to its writers with a reason for each question that needs one."""
    latest = latest_of(offer)
    if not offer.is_waiting and latest.number == revision and latest.reasons:
        return
    if not offer.is_waiting or offer.latest != revision:
        raise ChangedMeanwhileError
    _refuse_own_work(latest, by)
    _move(session, offer, Act.SEND_BACK, by=by, revision=revision, why=written(kind, reasons))
    latest.reasons = dict(reasons)
    tell_writers(session, offer, kind, "sent-back", revision)
    _commit(session)


def take_down(
    session: DatabaseSession,
    offer: Offer,
    kind: OfferKind,
    *,
    reasons: Mapping[str, str],
    by: Member,
) -> None:
    """Take a live offer off the site at once and send it back with the reasons."""
    if not offer.can(Act.TAKE_DOWN):
        return
    _refuse_own_work(latest_of(offer), by)
    _move(session, offer, Act.TAKE_DOWN, by=by, why=written(kind, reasons))
    latest_of(offer).reasons = dict(reasons)
    hide(session, offer, next_version(session))
    end_what_depends(session, offer, kind)
    tell_writers(session, offer, kind, "sent-back", offer.latest)
    _commit(session)


def end_what_depends(session: DatabaseSession, offer: Offer, kind: OfferKind) -> None:
    """End what people were promised of an offer that moderators take off the site, such as places.

    Inside the caller’s transaction.
    """
    if kind.when_taken_away is not None and offer.entry is not None:
        kind.when_taken_away(session, offer.entry)


def mark_reviewed(
    session: DatabaseSession, seen: Iterable[tuple[Offer, int]], *, by: Member
) -> int:
    """A moderator has read what was published on trust, and leaves it up; return how many.

    Each offer comes with the revision that was read; one that was published anew is passed over.
    """
    marked = 0
    for offer, revision in seen:
        if not offer.on_trust or offer.approved != revision:
            continue
        if offer.reviewed_at is None:
            offer.reviewed_at = now()
            _record(session, "review", offer, by=by, revision=revision)
        marked += 1
    _commit(session)
    return marked


def pause(session: DatabaseSession, offer: Offer, *, by: Member) -> None:
    """Take an offer off the site for a while."""
    _end(session, offer, Act.PAUSE, by=by)


def resume(session: DatabaseSession, offer: Offer, *, by: Member) -> None:
    """Put a paused offer up again as it was approved."""
    if offer.is_live:
        return
    _move(session, offer, Act.RESUME, by=by)
    show_or_hide(session, offer, next_version(session))
    _commit(session)


def close(session: DatabaseSession, offer: Offer, *, by: Member) -> None:
    """Take an offer off the site for good: full, filled or over."""
    _end(session, offer, Act.CLOSE, by=by)


def archive(session: DatabaseSession, offer: Offer, *, by: Member | None) -> None:
    """Put away what is not up any more. What the city lists can be taken over anew."""
    if offer.stand == State.ARCHIVED:
        return
    if offer.entry is not None and offer.entry.kept_by != ORGANISATION:
        offer.entry, offer.token = None, None
    _move(session, offer, Act.ARCHIVE, by=by)
    _commit(session)


def extend(
    session: DatabaseSession,
    offers: Sequence[Offer],
    kinds: Mapping[str, OfferKind],
    *,
    by: Member,
) -> int:
    """Say that offers still hold, as they were approved; return how many stay up longer.

    Those that were extended as often as may be, or that run out on a day of their own, are left.
    """
    version = None
    extended = 0
    for offer in offers:
        until = could_last_until(offer, kinds[offer.kind])
        if until is None or offer.confirmed_on == today():
            continue
        _move(session, offer, Act.EXTEND, by=by, revision=offer.approved)
        offer.extensions += 1
        offer.show_until, offer.confirmed_on, offer.warned_at = until, today(), None
        version = version or next_version(session)
        show_or_hide(session, offer, version)
        extended += 1
    _commit(session)
    return extended


def expire(session: DatabaseSession, offer: Offer, version: int) -> None:
    """The clock’s own act, inside the nightly transaction."""
    _move(session, offer, Act.EXPIRE, by=None)
    hide(session, offer, version)


def approvals_wanted(session: DatabaseSession, offer: Offer) -> int:
    """How many moderators must say yes: two for the first thing an organisation publishes."""
    earlier = session.scalar(
        select(func.count()).where(
            Offer.organisation_id == offer.organisation_id,
            Offer.approved.is_not(None),
        )
    )
    return 1 if earlier else FIRST_APPROVALS


def could_last_until(offer: Offer, kind: OfferKind) -> dt.date | None:
    """The later day that one click would give an offer; None when it must be read again or ends."""
    if not offer.can(Act.EXTEND) or not offer.extensions_left or offer.show_until is None:
        return None
    until = last_day(kind, revision_of(offer, offer.approved or offer.latest).content)
    return until if until > offer.show_until else None


def _move(
    session: DatabaseSession,
    offer: Offer,
    act: Act,
    *,
    by: Member | None,
    revision: int | None = None,
    why: str | None = None,
) -> None:
    """Change the state by the table and keep who did it."""
    before, following = offer.state, after(offer.stand, act)
    offer.state, offer.changed_at = following.value, now()
    _record(
        session, act.value, offer, by=by, before=before, after=following.value,
        why=why[:LONGEST_WHY] if why else None, revision=revision,
    )  # fmt: skip


def _record(
    session: DatabaseSession,
    act: str,
    offer: Offer,
    *,
    by: Member | None,
    **told: Any,  # noqa: ANN401 - what the trail keeps beside
) -> None:
    """Add to the trail, which writes the offer first: here the second of two finds out."""
    try:
        record(session, act, offer, by=by, organisation=offer.organisation, **told)
    except StaleDataError as error:
        session.rollback()
        raise ChangedMeanwhileError from error


def _refuse_unfinished(offer: Offer, kind: OfferKind) -> None:
    if kind.faults_in(latest_of(offer).content):
        raise UnfinishedError


def _seal(offer: Offer) -> None:
    latest_of(offer).sent_at = offer.submitted_at = now()


def _show_latest(session: DatabaseSession, offer: Offer, kind: OfferKind, version: int) -> None:
    offer.approved = offer.latest
    content = latest_of(offer).content
    offer.show_until = last_day(kind, content)
    offer.confirmed_on, offer.extensions, offer.warned_at = today(), 0, None
    show(session, offer, kind, content, version=version)


def _end(session: DatabaseSession, offer: Offer, act: Act, *, by: Member) -> None:
    """Pause or close: off the site now. Doing it again changes nothing."""
    if offer.stand in {State.PAUSED, State.CLOSED} and not offer.can(act):
        return
    _move(session, offer, act, by=by)
    hide(session, offer, next_version(session))
    _commit(session)


def _refuse_own_work(revision: Revision, by: Member) -> None:
    """Moderators may decide what colleagues at the council wrote, and never their own words."""
    if revision.made_by_id == by.id:
        raise OwnWorkError


def _by_token(
    session: DatabaseSession, organisation: Organisation, token: str | None
) -> Offer | None:
    if token is None:
        return None
    return session.scalars(
        select(Offer).where(Offer.token == token, Offer.organisation_id == organisation.id)
    ).one_or_none()


def _commit(session: DatabaseSession) -> None:
    """Commit; whoever comes second of two hears of it."""
    try:
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise ChangedMeanwhileError from error
