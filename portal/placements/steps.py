"""What every verb about a request shares: one step along its way, kept in the trail, committed."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm.exc import StaleDataError

from portal.accounts.models import Member
from portal.accounts.trail import record
from portal.clock import now, today
from portal.extensions import DatabaseSession
from portal.placements.life import Act, Stage, after
from portal.placements.models import Request

# How long somebody may take before a request runs out, from the day it came to them.
ANSWERED_WITHIN = {
    Stage.ASKED: dt.timedelta(days=21),
    Stage.SENT: dt.timedelta(days=21),
    Stage.OTHER_DAY: dt.timedelta(days=14),
    Stage.OFFERED: dt.timedelta(days=14),
    Stage.AWAITING_CONSENT: dt.timedelta(days=14),
}


class ChangedMeanwhileError(Exception):
    """Somebody else decided after this page was made; nothing was done."""


def step(
    session: DatabaseSession,
    request: Request,
    act: Act,
    *,
    by: Member | None,
    why: str | None = None,
) -> None:
    """Take the request to the stage that the table says, and keep who did it.

    Writes the request first, so that the second of two who decide at once hears of it. Raises
    ImpossibleActError and ChangedMeanwhileError.
    """
    before, following = request.stage, after(request.stand, act)
    request.stage, request.due_on = following.value, due(request, following)
    note(session, request, act.value, by=by, before=before, why=why)


def note(
    session: DatabaseSession,
    request: Request,
    act: str,
    *,
    by: Member | None,
    before: str | None = None,
    why: str | None = None,
) -> None:
    """Keep that something was done with a request. Raises ChangedMeanwhileError."""
    request.changed_at = now()
    try:
        record(
            session, act, request, by=by, organisation=by.organisation if by else None,
            before=before or request.stage, after=request.stage, why=why,
        )  # fmt: skip
    except StaleDataError as error:
        session.rollback()
        raise ChangedMeanwhileError from error


def due(request: Request, stage: Stage) -> dt.date | None:
    """The last day for the next answer: never after the day before the experience begins."""
    if stage == Stage.WAITING_LIST:
        return request.occasion.first_day - dt.timedelta(days=1)
    if stage not in ANSWERED_WITHIN:
        return None
    return min(today() + ANSWERED_WITHIN[stage], request.occasion.first_day - dt.timedelta(days=1))


def commit(session: DatabaseSession) -> None:
    """Commit; whoever comes second of two hears of it."""
    with second_hears_of_it(session):
        session.commit()


@contextmanager
def second_hears_of_it(session: DatabaseSession) -> Iterator[None]:
    """Where a query may write what was changed before it. Raises ChangedMeanwhileError."""
    try:
        yield
    except StaleDataError as error:
        session.rollback()
        raise ChangedMeanwhileError from error
