"""What advisers do with what is on a list. Each verb changes it and commits.

The trail says that a list was begun, copied, handed over or deleted (``filing``, ``leaving``); what
is on it is nobody’s business later, so single items leave no trace there.

Statements name the rows they change, so that whatever is done twice or at once is done once.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Update, delete, update
from sqlalchemy.exc import IntegrityError

from portal.catalogue.models import Entry
from portal.clock import now
from portal.extensions import DatabaseSession
from portal.shortlists.models import LONGEST_REASON, Shortlist, ShortlistItem
from portal.shortlists.routes import KeptRoute

MOST_ITEMS = 40


class TooManyError(Exception):
    """A list holds no more; nothing was changed."""


def put_on(
    session: DatabaseSession, shortlist: Shortlist, entries: Iterable[Entry], *, reason: str = ""
) -> None:
    """Put entries at the end, as far as they are not on it. Raises TooManyError."""
    wanted = list(entries)
    lay_on(session, shortlist, wanted, reason=reason)
    if not _is_kept(session, shortlist):
        put_on(session, shortlist, wanted, reason=reason)


def put_route_on(
    session: DatabaseSession, shortlist: Shortlist, route: KeptRoute, *, reason: str = ""
) -> None:
    """Put a route at the end, unless it is on it. Raises TooManyError."""
    if all(item.route_key != route.key for item in shortlist.items):
        _append(shortlist, route=dict(route.snapshot), route_key=route.key, reason=reason)
        _refuse_too_many(session, shortlist)
    if not _is_kept(session, shortlist):
        put_route_on(session, shortlist, route, reason=reason)


def lay_on(
    session: DatabaseSession, shortlist: Shortlist, entries: Iterable[Entry], *, reason: str = ""
) -> None:
    """The same as ``put_on`` in the caller’s transaction. Raises TooManyError."""
    on_it = {item.entry_id for item in shortlist.items}
    for entry in entries:
        if entry.id not in on_it:
            on_it.add(entry.id)
            _append(shortlist, entry=entry, seen_version=entry.version, reason=reason)
    _refuse_too_many(session, shortlist)


def take_off(session: DatabaseSession, shortlist: Shortlist, item: ShortlistItem) -> None:
    """Take one thing off the list."""
    gone = delete(ShortlistItem).where(
        ShortlistItem.id == item.id, ShortlistItem.shortlist_id == shortlist.id
    )
    session.execute(gone, execution_options={"synchronize_session": False})
    touch(session, shortlist)


def give_reasons(
    session: DatabaseSession, shortlist: Shortlist, reasons: Mapping[str, str]
) -> None:
    """Keep why things were chosen, by the public ids of the items."""
    for item in shortlist.items:
        words = one_line(reasons.get(item.public_id, item.reason))
        if words != item.reason:
            _change(session, item, reason=words)
    touch(session, shortlist)


def move(session: DatabaseSession, shortlist: Shortlist, item: ShortlistItem, *, to: int) -> None:
    """Put one thing at a place, counted from 0; the others keep their order."""
    others = [other for other in shortlist.items if other is not item]
    others.insert(min(max(to, 0), len(others)), item)
    for position, other in enumerate(others):
        if other.position != position:
            _change(session, other, position=position)
    touch(session, shortlist)


def mark_seen(
    session: DatabaseSession, shortlist: Shortlist, items: Iterable[ShortlistItem]
) -> None:
    """Note that the adviser knows these entries as they are now."""
    for item in items:
        if item.entry is not None:
            _change(session, item, seen_version=item.entry.version)
    touch(session, shortlist)


def touch(session: DatabaseSession, shortlist: Shortlist) -> None:
    """Note that somebody works on the list, so that it stays; commit what was changed."""
    touching = update(Shortlist).where(Shortlist.id == shortlist.id)
    _do(session, touching.values(touched_at=now(), warned_at=None))
    session.commit()


def one_line(words: str) -> str:
    """A reason as it is kept."""
    return " ".join(words.replace("\0", "").split())[:LONGEST_REASON].rstrip()


def _append(shortlist: Shortlist, *, reason: str, **columns: Any) -> None:  # noqa: ANN401
    last = max((item.position for item in shortlist.items), default=-1)
    shortlist.items.append(
        ShortlistItem(position=last + 1, reason=one_line(reason), **columns)
    )  # fmt: skip


def _refuse_too_many(session: DatabaseSession, shortlist: Shortlist) -> None:
    if len(shortlist.items) > MOST_ITEMS:
        session.rollback()
        raise TooManyError


def _is_kept(session: DatabaseSession, shortlist: Shortlist) -> bool:
    """Commit what was added; False when some of it was added by somebody else at the moment."""
    try:
        touch(session, shortlist)
    except IntegrityError:
        session.rollback()
        return False
    return True


def _change(session: DatabaseSession, item: ShortlistItem, **values: object) -> None:
    _do(session, update(ShortlistItem).where(ShortlistItem.id == item.id).values(**values))


def _do(session: DatabaseSession, statement: Update) -> None:
    session.execute(statement, execution_options={"synchronize_session": False})
