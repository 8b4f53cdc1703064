"""Limits counted in the database, so that they hold across workers and restarts.

Failures are counted, not people: a whole school signs in from one address.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from portal.accounts.models import Attempt
from portal.clock import now
from portal.extensions import DatabaseSession, one_at_a_time

FORGOTTEN_AFTER = dt.timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """So many within so long."""

    most: int
    within: dt.timedelta


# Each wait is longer than the one before, and the last is a day: nobody is locked out for good.
WRONG_GUESSES = (
    Limit(10, dt.timedelta(minutes=5)),
    Limit(40, dt.timedelta(hours=1)),
    Limit(120, dt.timedelta(days=1)),
)
LETTERS_TO_ONE_ADDRESS = (Limit(3, dt.timedelta(hours=1)), Limit(6, dt.timedelta(days=1)))
SIGN_UPS_OF_ONE_NAME = (Limit(5, dt.timedelta(days=1)),)


def key_of(*parts: str) -> str:
    """The key of what is counted: a hash of its parts."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def take(session: DatabaseSession, key: str, limits: tuple[Limit, ...]) -> bool:
    """Note one more inside the caller’s transaction, unless there were too many.

    What is refused is not noted, so that knocking on does not make the wait longer. Of those that
    come together no more get through than the limit says: the first statement writes, which lets
    one in at a time.
    """
    one_at_a_time(session, key)
    attempt = Attempt(key=key, at=now())
    session.add(attempt)
    session.flush()
    for limit in limits:
        since = attempt.at - limit.within
        counted = session.scalar(select(func.count()).where(Attempt.key == key, Attempt.at > since))
        if (counted or 0) > limit.most:
            session.delete(attempt)
            session.flush()
            return False
    return True


def forget(session: DatabaseSession, key: str) -> None:
    """Take back what was noted, as after signing in."""
    session.execute(delete(Attempt).where(Attempt.key == key))


def forget_old(session: DatabaseSession) -> None:
    """Delete attempts that no limit counts any more."""
    session.execute(delete(Attempt).where(Attempt.at < now() - FORGOTTEN_AFTER))
