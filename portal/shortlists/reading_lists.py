"""Fetches shortlists. Every query takes the viewer: another’s list does not exist for them."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload, with_polymorphic

from portal.accounts.models import Member
from portal.catalogue.models import FOLDERS, LIVE, Entry
from portal.catalogue.reading import what_kinds_have
from portal.clock import today
from portal.extensions import DatabaseSession
from portal.shortlists.leaving import may_look_after_lists
from portal.shortlists.models import Shortlist, ShortlistItem
from portal.shortlists.warnings import SOON
from portal.taxonomy import EntryKind

PAGE = 25


class Shelf(StrEnum):
    """Some lists that an adviser looks at together."""

    CURRENT = "current"
    DUE = "due"
    LOOK = "look"
    TEMPLATES = "templates"
    ARCHIVED = "archived"
    GOING = "going"
    NOBODYS = "nobodys"
    ALL = "all"


@dataclass(frozen=True)
class Row:
    """A list on the overview: how much is on it, and how much of that needs a look."""

    shortlist: Shortlist
    things: int
    to_look_at: int


@dataclass(frozen=True)
class Shown:
    """One page of lists, and where among all of them it stands."""

    rows: Sequence[Row]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(-(-self.total // PAGE), 1)


@dataclass(frozen=True)
class Outline:
    """What a card must know of the list that is added to."""

    reference: str
    path: str
    keys: frozenset[str] = field(default_factory=frozenset)
    number: int = 0


def mine(session: DatabaseSession, viewer: Member, public_id: str) -> Shortlist | None:
    """One of the viewer’s own lists with its items and their entries; None for anybody else’s."""
    return session.scalars(
        select(Shortlist)
        .where(Shortlist.public_id == public_id, Shortlist.adviser_id == viewer.id)
        .options(selectinload(Shortlist.items).selectinload(ShortlistItem.entry))
    ).one_or_none()


def whole(session: DatabaseSession, viewer: Member, public_id: str) -> Shortlist | None:
    """The same, with all that the kinds of entries have, and its links."""
    several = with_polymorphic(Entry, "*")
    entry = selectinload(Shortlist.items).selectinload(ShortlistItem.entry.of_type(several))
    return session.scalars(
        select(Shortlist)
        .where(Shortlist.public_id == public_id, Shortlist.adviser_id == viewer.id)
        .options(
            entry.options(*what_kinds_have(several)),
            selectinload(Shortlist.links),
        )
    ).one_or_none()


def item_of(shortlist: Shortlist, public_id: str) -> ShortlistItem | None:
    """One thing on a list; None when it is not on this one."""
    return next((item for item in shortlist.items if item.public_id == public_id), None)


def outline(session: DatabaseSession, viewer: Member, public_id: str) -> Outline | None:
    """The viewer’s own list in one query, as far as it can be added to; else None."""
    rows = session.execute(
        select(Shortlist.reference, ShortlistItem.id, Entry.kind, Entry.slug)
        .outerjoin(Shortlist.items)
        .outerjoin(Entry, Entry.id == ShortlistItem.entry_id)
        .where(
            Shortlist.public_id == public_id,
            Shortlist.adviser_id == viewer.id,
            Shortlist.archived_at.is_(None),
        )
    ).all()
    if not rows:
        return None
    keys = frozenset(f"{FOLDERS[EntryKind(row.kind)]}/{row.slug}" for row in rows if row.kind)
    number = sum(row.id is not None for row in rows)
    return Outline(rows[0].reference, f"/advising/lists/{public_id}", keys, number)


@dataclass(frozen=True)
class Staff:
    """The viewer’s organisation: whom one may leave lists to, and who may not advise any more."""

    colleagues: Sequence[Member]
    gone: frozenset[int]


def staff_of(session: DatabaseSession, viewer: Member) -> Staff:
    """Everybody who is or was a member beside the viewer, by name."""
    people = session.scalars(
        select(Member)
        .where(Member.organisation_id == viewer.organisation_id, Member.id != viewer.id)
        .order_by(Member.name, Member.id)
    ).all()
    colleagues = [one for one in people if may_look_after_lists(one)]
    return Staff(colleagues, frozenset(one.id for one in people if not may_look_after_lists(one)))


def several_of_mine(
    session: DatabaseSession, viewer: Member, public_ids: Iterable[str] | None = None
) -> Sequence[Shortlist]:
    """Those of the viewer’s own lists that are named, or all of them."""
    named = true() if public_ids is None else Shortlist.public_id.in_(list(public_ids))
    return session.scalars(select(Shortlist).where(Shortlist.adviser_id == viewer.id, named)).all()


def several_of_nobody(
    session: DatabaseSession, viewer: Member, public_ids: Iterable[str] | None = None
) -> Sequence[Shortlist]:
    """Those lists of the viewer’s organisation that nobody looks after: the named ones, or all."""
    named = true() if public_ids is None else Shortlist.public_id.in_(list(public_ids))
    on = _is_on(Shelf.NOBODYS, viewer, staff_of(session, viewer))
    return session.scalars(select(Shortlist).where(on, named)).all()


def counts(session: DatabaseSession, viewer: Member, staff: Staff) -> Mapping[Shelf, int]:
    """How many lists stand on each shelf, in one query."""
    on = {shelf: _is_on(shelf, viewer, staff) for shelf in Shelf}
    row = session.execute(
        select(*(func.count().filter(condition) for condition in on.values()))
        .select_from(Shortlist)
        .where(
            or_(Shortlist.adviser_id == viewer.id,
                Shortlist.organisation_id == viewer.organisation_id)
        )
    ).one()  # fmt: skip
    return dict(zip(on, row, strict=True))


def shown(
    session: DatabaseSession,
    viewer: Member,
    staff: Staff,
    *,
    on: Shelf,
    words: str = "",
    number: int = 1,
) -> Shown:
    """A page of lists; ``words`` are of a reference. A page beyond the last is the last."""
    named = Shortlist.reference.icontains(words, autoescape=True) if words else true()
    wanted = select(Shortlist).where(_is_on(on, viewer, staff), named)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    number = min(max(number, 1), max(-(-total // PAGE), 1))
    lists = session.scalars(
        wanted.options(joinedload(Shortlist.adviser))
        .order_by(*_order(on))
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    ).all()
    tallies = _tallies(session, [shortlist.id for shortlist in lists])
    return Shown([Row(one, *tallies.get(one.id, (0, 0))) for one in lists], number, total)


def _tallies(session: DatabaseSession, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    rows = session.execute(
        select(
            ShortlistItem.shortlist_id, func.count(), func.count().filter(_needs_a_look(today()))
        )
        .outerjoin(Entry, Entry.id == ShortlistItem.entry_id)
        .where(ShortlistItem.shortlist_id.in_(ids))
        .group_by(ShortlistItem.shortlist_id)
    )
    return {shortlist: (things, to_look_at) for shortlist, things, to_look_at in rows}


def _needs_a_look(day: dt.date) -> ColumnElement[bool]:
    """Whether ``warnings.cautions`` says anything of an item, in SQL."""
    return or_(
        Entry.status != LIVE,
        Entry.show_until < day,
        Entry.closes_on <= day + SOON,
        Entry.version > ShortlistItem.seen_version,
    )


def _is_on(shelf: Shelf, viewer: Member, staff: Staff) -> ColumnElement[bool]:
    if shelf is Shelf.NOBODYS:
        return and_(
            Shortlist.organisation_id == viewer.organisation_id,
            Shortlist.adviser_id.in_(staff.gone),
        )
    is_mine, is_archived = Shortlist.adviser_id == viewer.id, Shortlist.archived_at.is_not(None)
    look = (
        select(ShortlistItem.id)
        .join(Entry, Entry.id == ShortlistItem.entry_id)
        .where(ShortlistItem.shortlist_id == Shortlist.id, _needs_a_look(today()))
        .exists()
    )
    conditions: Mapping[Shelf, ColumnElement[bool]] = {
        Shelf.CURRENT: and_(~is_archived, ~Shortlist.is_template),
        Shelf.DUE: and_(~is_archived, Shortlist.review_on <= today()),
        Shelf.LOOK: and_(~is_archived, look),
        Shelf.TEMPLATES: and_(~is_archived, Shortlist.is_template),
        Shelf.ARCHIVED: is_archived,
        Shelf.GOING: Shortlist.warned_at.is_not(None),
        Shelf.ALL: true(),
    }
    return and_(is_mine, conditions[shelf])


def _order(shelf: Shelf) -> tuple[ColumnElement[Any], ...]:
    first: Mapping[Shelf, ColumnElement[Any]] = {
        Shelf.DUE: Shortlist.review_on.asc(),
        Shelf.TEMPLATES: Shortlist.reference.asc(),
        Shelf.ALL: Shortlist.reference.asc(),
        Shelf.NOBODYS: Shortlist.reference.asc(),
        Shelf.ARCHIVED: Shortlist.archived_at.desc(),
    }
    return first.get(shelf, Shortlist.touched_at.desc()), Shortlist.id.desc()
