"""Publishes and takes back many offers at once, inside the caller’s transaction.

The rules are those of ``moderation``: the same table of states, the same trust, the same trail.
Only the writing is in bulk, a chunk at a time, so that a spreadsheet of ten thousand rows is one
transaction and needs little memory.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import insert, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import AuditRow, Member
from portal.catalogue.keeping import next_version
from portal.clock import now, today
from portal.extensions import DatabaseSession
from portal.publishing.kinds import Content, OfferKind, Surroundings
from portal.publishing.life import Act, State, after
from portal.publishing.models import Offer, Revision
from portal.publishing.revisions import (
    last_day,
    latest_of,
    may_publish_on_trust,
    new_offer,
    put_content,
    revision_of,
    was_sent_back,
)
from portal.publishing.showing import Addresses, hide, show

CHUNK = 250
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Put:
    """What became of one content: its offer, the revision it made, the approved one before."""

    offer_id: int
    revision: int
    approved_before: int | None


@dataclass
class _Work:
    """What every offer of one batch shares, and the acts to be recorded once they have ids."""

    session: DatabaseSession
    kind: OfferKind
    by: Member
    version: int
    addresses: Addresses
    around: Surroundings
    is_trusted: bool
    acts: list[tuple[Offer, str, str | None, str, int | None]] = field(default_factory=list)

    def move(self, offer: Offer, act: Act, revision: int | None = None) -> None:
        """Change the state by the table, and remember it."""
        before, offer.state = offer.state, after(offer.stand, act).value
        offer.changed_at = now()
        self.acts.append((offer, act.value, before, offer.state, revision))

    def show(self, offer: Offer, content: Content) -> None:
        """Put a content into the catalogue."""
        show(
            self.session, offer, self.kind, content,
            version=self.version, addresses=self.addresses, around=self.around,
        )  # fmt: skip

    def write(self) -> None:
        """Write a chunk with its trail, and let go of what nobody needs any more."""
        self.session.flush()
        moment = now()
        if self.acts:
            rows = [self._row(*act) | {"at": moment} for act in self.acts]
            self.session.execute(insert(AuditRow), rows)
        for offer in {id(act[0]): act[0] for act in self.acts}.values():
            entry = offer.entry
            self.session.expunge(offer)
            if entry is not None:
                self.session.expunge(entry)
        self.acts.clear()

    def _row(
        self, offer: Offer, act: str, before: str | None, following: str, revision: int | None
    ) -> dict[str, Any]:
        return {
            "member_id": self.by.id,
            "act": act,
            "subject_kind": Offer.__tablename__,
            "subject_id": offer.id,
            "organisation_id": offer.organisation_id,
            "before": before,
            "after": following,
            "revision": revision,
        }


def put_all(
    session: DatabaseSession,
    kind: OfferKind,
    contents: Iterable[tuple[Content, int | None]],
    *,
    by: Member,
    batch: str,
) -> Iterator[list[Put]]:
    """Make an offer of each content, or change the one whose id stands beside it.

    Each is published on trust or sent in. Contents are faultless: whoever calls has checked them.
    Answers chunk by chunk what was made; nothing is committed.
    """
    work = _begin(session, kind, by)
    for chunk in _chunks(contents):
        with session.no_autoflush:
            known = _offers(session, [number for _, number in chunk if number])
            made = [
                (_put(work, content, known.get(number or 0), batch), before)
                for content, number in chunk
                for before in [_approved(known.get(number or 0))]
            ]
        session.flush()
        puts = [Put(offer.id, offer.latest, before) for offer, before in made]
        work.write()
        yield puts


def take_back_all(
    session: DatabaseSession, kind: OfferKind, puts: Iterable[Put], *, by: Member
) -> int:
    """Undo what ``put_all`` did to each offer that nobody has changed since; return how many.

    New offers are put away; changed ones say again what was approved before.
    """
    work, undone = _begin(session, kind, by), 0
    for chunk in _chunks(puts):
        with session.no_autoflush:
            offers = _offers(session, [put.offer_id for put in chunk])
            for put in chunk:
                offer = offers[put.offer_id]
                if offer.latest != put.revision or offer.stand == State.ARCHIVED:
                    continue
                if put.approved_before is None:
                    _put_away(work, offer)
                else:
                    _say_again(work, offer, put.approved_before)
                undone += 1
        work.write()
    return undone


def _begin(session: DatabaseSession, kind: OfferKind, by: Member) -> _Work:
    return _Work(
        session, kind, by, next_version(session), Addresses(session, kind.kind),
        Surroundings(session, by.organisation), may_publish_on_trust(by.organisation, kind),
    )  # fmt: skip


def _chunks(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    rest = iter(things)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _offers(session: DatabaseSession, numbers: Sequence[int]) -> dict[int, Offer]:
    if not numbers:
        return {}
    rows = session.scalars(
        select(Offer)
        .where(Offer.id.in_(numbers))
        .options(selectinload(Offer.revisions), joinedload(Offer.entry))
    )
    return {offer.id: offer for offer in rows.unique()}


def _approved(known: Offer | None) -> int | None:
    return known.approved if known else None


def _put(work: _Work, content: Content, known: Offer | None, batch: str) -> Offer:
    """One content as an offer that is up or sent in."""
    whole = work.kind.completed(content, work.around)
    if known is None:
        offer = new_offer(work.kind, whole, by=work.by, batch=batch)
        work.acts.append((offer, "begin", None, offer.state, None))
    else:
        offer = known
        if offer.is_waiting:
            work.move(offer, Act.WITHDRAW)
        work.move(offer, Act.EDIT)
        put_content(offer, work.kind, whole, by=work.by)
    _send(work, offer)
    work.session.add(offer)
    return offer


def _send(work: _Work, offer: Offer) -> None:
    """Publish on trust; what needs a reader, or comes from somebody not trusted, is sent in."""
    latest = latest_of(offer)
    latest.sent_at = offer.submitted_at = now()
    if not work.is_trusted or latest.doubts or was_sent_back(offer):
        work.move(offer, Act.SUBMIT, offer.latest)
        return
    work.move(offer, Act.PUBLISH, offer.latest)
    offer.on_trust, offer.reviewed_at, offer.approved = True, None, offer.latest
    offer.show_until, offer.confirmed_on = last_day(work.kind, latest.content), today()
    offer.extensions, offer.warned_at = 0, None
    work.show(offer, latest.content)


def _put_away(work: _Work, offer: Offer) -> None:
    was_live = offer.is_live
    if was_live:
        work.move(offer, Act.CLOSE)
    work.move(offer, Act.ARCHIVE)
    if was_live:
        hide(work.session, offer, work.version)


def _say_again(work: _Work, offer: Offer, approved_before: int) -> None:
    earlier = revision_of(offer, approved_before)
    if offer.is_waiting:
        work.move(offer, Act.WITHDRAW)
    if offer.stand not in {State.LIVE_EDITED, State.LIVE_SENT_BACK}:
        work.move(offer, Act.EDIT)
    moment, is_up = now(), offer.is_live
    offer.latest += 1
    offer.title = str(earlier.content["title"])
    offer.revisions.append(
        Revision(number=offer.latest, content=earlier.content, doubts=earlier.doubts,
                 made_by_id=work.by.id, made_at=moment, sent_at=moment if is_up else None)
    )  # fmt: skip
    if not is_up:
        return  # it was not up before either: a draft with its earlier words is left
    work.move(offer, Act.DISCARD if offer.approved == approved_before else Act.PUBLISH)
    offer.approved = offer.latest
    work.show(offer, earlier.content)
