"""The wordings of an offer: begun, kept, found again. Nothing here changes a state or commits."""

import datetime as dt

from portal.accounts.models import Member, Organisation, Standing
from portal.catalogue.models import Entry
from portal.clock import now, today
from portal.publishing.contents import doubts_of, title_of
from portal.publishing.kinds import Content, OfferKind
from portal.publishing.life import State
from portal.publishing.models import Offer, Revision


def new_offer(
    kind: OfferKind,
    content: Content,
    *,
    by: Member,
    token: str | None = None,
    batch: str | None = None,
    entry: Entry | None = None,
) -> Offer:
    """An offer with its first revision, not in any session yet."""
    moment = now()
    offer = Offer(
        organisation=by.organisation,
        kind=kind.kind.value,
        title=title_of(kind, content),
        state=State.DRAFT.value,
        latest=0,
        token=token,
        batch=batch,
        entry=entry,
        made_at=moment,
        changed_at=moment,
    )
    put_content(offer, kind, content, by=by)
    return offer


def put_content(offer: Offer, kind: OfferKind, content: Content, *, by: Member) -> None:
    """Keep a wording: in the revision being written, or in a new one when the last was sent."""
    doubts = doubts_of(kind, content)
    offer.title = title_of(kind, content)
    if offer.revisions and offer.revisions[-1].sent_at is None:
        draft = offer.revisions[-1]
        draft.content, draft.doubts = dict(content), doubts
        draft.made_by_id, draft.made_at = by.id, now()
        return
    offer.latest += 1
    offer.revisions.append(
        Revision(number=offer.latest, content=dict(content), doubts=doubts, made_by_id=by.id,
                 made_at=now())
    )  # fmt: skip


def latest_of(offer: Offer) -> Revision:
    """The revision being written, or the last that was."""
    return offer.revisions[-1]


def revision_of(offer: Offer, number: int) -> Revision:
    """A revision by its number."""
    return next(revision for revision in offer.revisions if revision.number == number)


def may_publish_on_trust(organisation: Organisation, kind: OfferKind) -> bool:
    """Whether the organisation may publish this kind at once."""
    return (
        organisation.standing == Standing.VERIFIED
        and organisation.is_trusted
        and kind.is_published_on_trust
    )


def last_day(kind: OfferKind, content: Content) -> dt.date:
    """The last day an offer is shown when it is confirmed today."""
    limit = today() + dt.timedelta(days=round(kind.months * 30.4))
    own = kind.runs_out(content)
    return min(limit, own) if own else limit


def was_sent_back(offer: Offer) -> bool:
    """Whether a moderator sent it back or took it down, and none has said yes since.

    Asked of the revisions and their approvals: neither taking it back from the moderators nor
    forgetting the change is a way round them.
    """
    refused = max((r.number for r in offer.revisions if r.reasons), default=0)
    up_to = range(refused + 1, (offer.approved or 0) + 1)
    return bool(refused) and not any(r.approvals for r in offer.revisions if r.number in up_to)
