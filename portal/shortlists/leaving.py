"""Lists change hands: an adviser leaves them to a colleague, or takes over what nobody looks after.

Only within an organisation. The trail keeps from whom to whom, by the numbers of the members.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import update

from portal.accounts.models import Member
from portal.accounts.trail import record
from portal.clock import now
from portal.extensions import DatabaseSession
from portal.shortlists.models import Shortlist


class NotAColleagueError(Exception):
    """Somebody who may not have the lists of this organisation; nothing was changed."""


def leave(session: DatabaseSession, lists: Iterable[Shortlist], *, to: Member, by: Member) -> int:
    """Leave an adviser’s own lists to a colleague who may advise; return how many went over.

    Raises NotAColleagueError.
    """
    if to.organisation_id != by.organisation_id or not may_look_after_lists(to):
        raise NotAColleagueError
    mine = [shortlist for shortlist in lists if shortlist.adviser_id == by.id]
    return _give(session, mine, to=to, by=by, act="left to a colleague")


def take_over(session: DatabaseSession, lists: Iterable[Shortlist], *, by: Member) -> int:
    """Look after lists of the own organisation that nobody looks after; return how many."""
    free = [
        shortlist
        for shortlist in lists
        if shortlist.organisation_id == by.organisation_id
        and not may_look_after_lists(shortlist.adviser)
    ]
    return _give(session, free, to=by, by=by, act="taken over")


def may_look_after_lists(member: Member) -> bool:
    """Whether somebody may still sign in, and advise."""
    return member.may_advise and member.may_sign_in


def _give(
    session: DatabaseSession, lists: Iterable[Shortlist], *, to: Member, by: Member, act: str
) -> int:
    """Of those who give or take the same list at once, one does."""
    number = 0
    for shortlist in lists:
        before = shortlist.adviser_id
        giving = update(Shortlist).where(
            Shortlist.id == shortlist.id, Shortlist.adviser_id == before
        )
        given: Any = session.execute(
            giving.values(adviser_id=to.id, touched_at=now(), warned_at=None),
            execution_options={"synchronize_session": False},
        )
        if given.rowcount:
            number += 1
            record(
                session, act, shortlist, by=by, organisation=by.organisation,
                before=f"member {before}", after=f"member {to.id}",
            )  # fmt: skip
    session.commit()
    return number
