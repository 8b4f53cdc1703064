"""What visitors tell the moderators about a page: something wrong, or something not safe.

What may hurt somebody reaches the safeguarding leads as well, as a concern of its own.
"""

from collections.abc import Mapping

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts.limits import FORGOTTEN_AFTER, Limit, key_of, take
from portal.accounts.models import Member
from portal.accounts.trail import record
from portal.catalogue.models import Entry
from portal.clock import now
from portal.extensions import DatabaseSession
from portal.publishing.concerns import tell_with
from portal.publishing.models import Report

REASONS: Mapping[str, str] = {
    "wrong": "Something here is not right, or out of date",
    "closed": "It is full, closed or does not exist",
    "money": "It asks for money, or promises what cannot be true",
    "contact": "It asks me to get in touch in private",
    "unsafe": "Something about it does not feel safe",
}
UNSAFE = frozenset({"contact", "unsafe"})
URGENT = UNSAFE | {"money"}
ONE_PAGE = (Limit(100, FORGOTTEN_AFTER),)


def report(
    session: DatabaseSession, entry: Entry, *, token: str, reason: str, words: str
) -> Report | None:
    """Keep a report once, however often the form is sent.

    None when a page had so many in a day that one more would tell a moderator nothing.
    """
    known = _by_token(session, token)
    if known is not None:
        return known
    if reason not in URGENT and not take(session, key_of("report", str(entry.id)), ONE_PAGE):
        session.commit()
        return None
    found = Report(
        token=token, entry_id=entry.id, reason=reason, words=words, is_urgent=reason in URGENT,
        made_at=now(),
    )  # fmt: skip
    session.add(found)
    try:
        if reason in UNSAFE:
            _tell_the_leads(session, found, entry)
        session.commit()
    except IntegrityError:
        session.rollback()
        return _by_token(session, token)
    return found


def settle(session: DatabaseSession, found: Report, *, by: Member, decision: str) -> bool:
    """A moderator has dealt with a report; say whether it was this one, who decided first."""
    settled = session.execute(
        update(Report)
        .where(Report.id == found.id, Report.decided_at.is_(None))
        .values(decided_at=now(), decided_by_id=by.id, decision=decision)
        .returning(Report.id)
    ).scalar_one_or_none()
    if settled is None:
        session.rollback()
        return False
    record(session, "settle", found, by=by, why=decision, before="open", after="settled")
    session.commit()
    return True


def _tell_the_leads(session: DatabaseSession, found: Report, entry: Entry) -> None:
    """What may hurt somebody is the safeguarding leads’ as well, in the same transaction."""
    tell_with(
        session,
        token=key_of("report", found.token),
        words="\n".join(filter(None, (REASONS[found.reason], found.words))),
        where=entry.path,
    )


def _by_token(session: DatabaseSession, token: str) -> Report | None:
    return session.scalars(select(Report).where(Report.token == token)).one_or_none()
