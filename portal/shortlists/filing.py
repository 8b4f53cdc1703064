"""What advisers do with whole lists: begin, copy, put away, delete, take in a visitor’s.

Each verb keeps in the trail who did it, by number alone: what a list is called never stands there.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy import delete as deleting
from sqlalchemy.exc import IntegrityError

from portal.accounts.limits import WRONG_GUESSES, key_of
from portal.accounts.limits import take as take_one_more
from portal.accounts.links import hash_of
from portal.accounts.models import Member
from portal.accounts.trail import record
from portal.catalogue import reading
from portal.clock import now, today
from portal.extensions import DatabaseSession
from portal.shortlists import curating, handing
from portal.shortlists.models import Shortlist, ShortlistItem

MOST_COPIES = 40


class TooManyGuessesError(Exception):
    """Too many codes that nobody gave out were tried; this one was not looked at."""


def begin(
    session: DatabaseSession, *, reference: str, token: str, by: Member, is_template: bool = False
) -> Shortlist:
    """A new list. The same token makes it once."""
    key = _key(by, token, reference)
    return _once(
        session, key, lambda: _new(session, "began", by, key, reference, is_template=is_template)
    )


def change_details(
    session: DatabaseSession,
    shortlist: Shortlist,
    *,
    reference: str,
    review_on: dt.date | None,
    is_template: bool,
) -> None:
    """Give a list another reference, a day to look at it again, or make a template of it."""
    shortlist.reference, shortlist.review_on = reference, review_on
    shortlist.is_template = is_template
    curating.touch(session, shortlist)


def copy(
    session: DatabaseSession, shortlist: Shortlist, *, reference: str, token: str, by: Member
) -> Shortlist:
    """A list of its own with the same things and reasons in the same order."""
    key = _key(by, token, reference)
    return _once(session, key, lambda: _copied(session, shortlist, by, key, reference))


def use(
    session: DatabaseSession,
    template: Shortlist,
    *,
    references: Iterable[str],
    token: str,
    by: Member,
) -> int:
    """A copy for each reference, all of them or none; return how many this token has made."""
    wanted = list(dict.fromkeys(references))[:MOST_COPIES]
    try:
        for reference in wanted:
            key = _key(by, token, reference)
            if _known(session, key) is None:
                _copied(session, template, by, key, reference)
        curating.touch(session, template)
    except IntegrityError:
        # The same form, sent twice at once: the other made them.
        session.rollback()
    return len(wanted)


def archive(session: DatabaseSession, shortlist: Shortlist, *, by: Member) -> None:
    """Put a list away: it is found again, and nothing is added to it."""
    if _has_changed(session, shortlist, Shortlist.archived_at.is_(None), archived_at=now()):
        record(session, "archived", shortlist, by=by, organisation=by.organisation)
    curating.touch(session, shortlist)


def bring_back(session: DatabaseSession, shortlist: Shortlist, *, by: Member) -> None:
    """Take a list out of the archive."""
    if _has_changed(session, shortlist, Shortlist.archived_at.is_not(None), archived_at=None):
        record(session, "brought back", shortlist, by=by, organisation=by.organisation)
    curating.touch(session, shortlist)


def throw_away(session: DatabaseSession, shortlist: Shortlist, *, by: Member) -> None:
    """Delete a list with all that is on it; links to it stop working."""
    gone: Any = session.execute(
        deleting(Shortlist).where(Shortlist.id == shortlist.id),
        execution_options={"synchronize_session": False},
    )
    if gone.rowcount:
        record(session, "deleted", shortlist, by=by, organisation=by.organisation)
    session.commit()


def take_in(
    session: DatabaseSession,
    code: str,
    *,
    into: Shortlist | None,
    reference: str,
    token: str,
    by: Member,
) -> Shortlist | None:
    """Put a visitor’s list, handed over by a code, on a list or on a new one; the code is used.

    None when there is no such code (any more). Nothing is used unless all of it is kept. Raises
    TooManyGuessesError and curating.TooManyError.
    """
    key = _key(by, token, reference)
    keys = _keys_under(session, code, by)
    if keys is None:
        return _known(session, key) if into is None else None
    entries = [e for e in reading.by_keys(session, keys).values() if e.is_shown(today())]
    target = into or _new(session, "began", by, key, reference)
    curating.lay_on(session, target, entries)
    record(session, "took in a list", target, by=by, organisation=by.organisation)
    curating.touch(session, target)
    return target


def _keys_under(session: DatabaseSession, code: str, by: Member) -> list[str] | None:
    """What a code hands over. Each that hands over nothing counts against a limit, and is kept."""
    keys = handing.take(session, code)
    guess = session.begin_nested()
    if not take_one_more(session, key_of("list code", by.public_id), WRONG_GUESSES):
        session.rollback()
        raise TooManyGuessesError
    if keys is None:
        session.commit()
        return None
    guess.rollback()
    return keys


def _new(
    session: DatabaseSession,
    act: str,
    by: Member,
    key: str,
    reference: str,
    *,
    is_template: bool = False,
) -> Shortlist:
    made = Shortlist(
        token=key, organisation=by.organisation, adviser=by, reference=reference,
        is_template=is_template,
    )  # fmt: skip
    session.add(made)
    record(session, act, made, by=by, organisation=by.organisation)
    return made


def _copied(
    session: DatabaseSession, shortlist: Shortlist, by: Member, key: str, reference: str
) -> Shortlist:
    made = _new(session, "copied", by, key, reference)
    made.items = [
        ShortlistItem(
            entry=item.entry, route=item.route, route_key=item.route_key, position=item.position,
            reason=item.reason, seen_version=item.seen_version,
        )
        for item in shortlist.items
    ]  # fmt: skip
    return made


def _once(session: DatabaseSession, key: str, make: Callable[[], Shortlist]) -> Shortlist:
    """The list of a key: made now, unless it was made before or is made at the same moment."""
    known = _known(session, key)
    if known is not None:
        return known
    try:
        made = make()
        session.commit()
    except IntegrityError:
        session.rollback()
        return session.scalars(select(Shortlist).where(Shortlist.token == key)).one()
    return made


def _key(by: Member, token: str, reference: str) -> str:
    """What makes a list once, however often a form is sent: nobody else’s form makes the same."""
    return hash_of(f"list {by.public_id} {token} {reference}")


def _known(session: DatabaseSession, key: str) -> Shortlist | None:
    return session.scalars(select(Shortlist).where(Shortlist.token == key)).one_or_none()


def _has_changed(
    session: DatabaseSession,
    shortlist: Shortlist,
    is_due: ColumnElement[bool],
    **values: object,
) -> bool:
    """Change the list if it is still as it was; however many do so at once, one has."""
    changing = update(Shortlist).where(Shortlist.id == shortlist.id, is_due).values(**values)
    done: Any = session.execute(changing, execution_options={"synchronize_session": False})
    return bool(done.rowcount)
