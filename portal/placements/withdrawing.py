"""Takes a request back, whichever side of the adviser’s desk it is done on."""

from portal.accounts.models import Member
from portal.extensions import DatabaseSession
from portal.placements import telling
from portal.placements.booking import fill, give_back
from portal.placements.life import Act, Stage
from portal.placements.models import Request
from portal.placements.steps import commit, step


def withdraw(
    session: DatabaseSession, request: Request, *, reason: str, by: Member | None = None
) -> None:
    """It is not wanted any more, or nobody can come; a place goes to whoever waits.

    ``by`` is the adviser; None when the young person does it with the code.
    """
    if request.stand == Stage.WITHDRAWN:
        return
    was_booked = request.stand == Stage.BOOKED
    step(session, request, Act.WITHDRAW, by=by, why=reason)
    request.reason = reason
    give_back(session, request)
    telling.withdrawn(session, request, was_booked=was_booked, by=by)
    telling.booked_now(session, fill(session, request.occasion) if was_booked else [])
    commit(session)
