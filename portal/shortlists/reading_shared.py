"""Fetches what a link shows, and what an adviser takes away: lists with everything that is on them.

Whoever has a link sees no more than its list: no query here takes anything else of the adviser’s.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import selectinload, with_polymorphic

from portal.accounts.links import hash_of
from portal.accounts.models import Member, MemberState, Organisation, Standing
from portal.catalogue import reading
from portal.catalogue.models import Entry
from portal.clock import now
from portal.extensions import DatabaseSession
from portal.shortlists.models import ShareLink, Shortlist, ShortlistItem


def by_token(session: DatabaseSession, token: str) -> ShareLink | None:
    """The link with its list, while it works: not revoked or expired, nor the list put away."""
    return session.scalars(
        select(ShareLink)
        .join(ShareLink.shortlist)
        .join(Shortlist.organisation)
        .join(Shortlist.adviser)
        .where(
            ShareLink.token_hash == hash_of(token),
            ShareLink.revoked_at.is_(None),
            ShareLink.expires_at > now(),
            Shortlist.archived_at.is_(None),
            # Whoever is shut out reaches nobody by links that were made before.
            Organisation.standing == Standing.VERIFIED.value,
            Member.state == MemberState.ACTIVE.value,
        )
    ).one_or_none()


@dataclass(frozen=True)
class Whole:
    """A list with all that is on it: its items, and the keys of goals of routes that are shown."""

    items: list[ShortlistItem]
    goals: frozenset[str]

    @property
    def entries(self) -> list[Entry]:
        """What is on it of the catalogue, shown or not."""
        return [item.entry for item in self.items if item.entry]


def whole(session: DatabaseSession, shortlist: Shortlist, today: dt.date) -> Whole:
    """All that is on a list, in its order; at most 6 queries."""
    items = _items_of(session, shortlist)
    goals = [item.route["goal"]["key"] for item in items if item.route]
    shown = (e.key for e in reading.by_keys(session, goals).values() if e.is_shown(today))
    return Whole(items, frozenset(shown))


def rows_to_export(
    session: DatabaseSession, adviser: Member, shortlist: Shortlist | None = None
) -> Sequence[Row[Any]]:
    """Every item of one list or of all of an adviser’s own; a list without items has one row.

    In one query and as plain rows, because an adviser may have thousands of them.
    """
    order = ShortlistItem.position, ShortlistItem.id
    place = func.row_number().over(partition_by=Shortlist.id, order_by=order)
    query = (
        select(
            Shortlist.reference, Shortlist.review_on, Shortlist.archived_at, Shortlist.is_template,
            ShortlistItem.public_id, place.label("place"), ShortlistItem.route,
            ShortlistItem.reason, Entry.kind, Entry.slug, Entry.title, Entry.closes_on,
            Entry.status, Entry.show_until,
        )
        .select_from(Shortlist)
        .outerjoin(ShortlistItem, ShortlistItem.shortlist_id == Shortlist.id)
        .outerjoin(Entry, Entry.id == ShortlistItem.entry_id)
        .where(Shortlist.adviser_id == adviser.id)
        .order_by(Shortlist.reference, Shortlist.id, *order)
    )  # fmt: skip
    if shortlist is not None:
        query = query.where(Shortlist.id == shortlist.id)
    return session.execute(query).all()


def _items_of(session: DatabaseSession, shortlist: Shortlist) -> list[ShortlistItem]:
    several = with_polymorphic(Entry, "*")
    entry = selectinload(ShortlistItem.entry.of_type(several))
    query = (
        select(ShortlistItem)
        .where(ShortlistItem.shortlist_id == shortlist.id)
        .order_by(ShortlistItem.position, ShortlistItem.id)
        .options(entry.options(*reading.what_kinds_have(several)))
    )
    return list(session.scalars(query).unique())
