"""Takes places and gives them back: each by one conditional update, so that none is taken twice.

The only way to a booking. It asks for itself whether an adviser sent the request on, whether the
employer said yes, whether consent was given where it is due, and whether the age is right on the
day. Nothing here commits.
"""

import datetime as dt

from sqlalchemy import select, update

from portal.accounts.models import Member, Standing
from portal.catalogue.experiences import Listing, Occasion
from portal.clock import now, today
from portal.extensions import DatabaseSession
from portal.placements.ages import age_on
from portal.placements.life import Act, Stage
from portal.placements.models import Placement, Request
from portal.placements.steps import second_hears_of_it, step

# Nobody learns of a place later than this before the day.
NOTICE = dt.timedelta(days=2)
SAID_YES = frozenset({Stage.OFFERED, Stage.AWAITING_CONSENT, Stage.WAITING_LIST})


class NotBookableError(Exception):
    """Something is missing before a place can be taken; ``why`` says what, as a slug."""

    def __init__(self, why: str) -> None:
        """Which condition does not hold."""
        super().__init__(why)
        self.why = why


def take_place(session: DatabaseSession, request: Request, *, by: Member | None) -> bool:
    """Book the request, or put it on the waiting list when no place is free.

    Returns whether it is booked. Raises NotBookableError when a condition does not hold, and
    ChangedMeanwhileError.
    """
    refuse_unready(request)
    # The update writes what was changed of the request before it.
    with second_hears_of_it(session):
        is_taken = _take(session, request.occasion, request.people)
    if not is_taken:
        if request.stand != Stage.WAITING_LIST:
            step(session, request, Act.QUEUE, by=by)
        return False
    step(session, request, Act.BOOK, by=by)
    session.add(
        Placement(
            request=request, occasion=request.occasion, people=request.people, booked_at=now()
        )
    )
    session.flush()
    return True


def give_back(session: DatabaseSession, request: Request) -> None:
    """Free the places of a booked request; those who wait may take them."""
    placement = request.placement
    if placement is None or placement.freed_at is not None:
        return
    placement.freed_at = now()
    session.execute(
        update(Occasion)
        .where(Occasion.id == placement.occasion_id)
        .values(taken=Occasion.taken - placement.people),
        execution_options={"synchronize_session": False},
    )
    session.expire(placement.occasion, ["taken"])


def fill(session: DatabaseSession, occasion: Occasion) -> list[Request]:
    """Book those on the waiting list, in their order, for whom there is room; return them."""
    if occasion.first_day < today() + NOTICE:
        return []
    waiting = session.scalars(
        select(Request)
        .where(Request.occasion_id == occasion.id, Request.stage == Stage.WAITING_LIST.value)
        .order_by(Request.changed_at, Request.id)
    ).all()
    booked = []
    for request in waiting:
        try:
            if take_place(session, request, by=None):
                booked.append(request)
        except NotBookableError:
            continue
    return booked


def refuse_unready(request: Request, *, but_for: str = "") -> None:
    """Raise NotBookableError unless everybody who has to has said yes and the day still fits.

    ``but_for`` names a condition that is only about to be met.
    """
    listing, occasion = request.listing, request.occasion
    conditions = {
        "adviser": request.adviser_id is not None,
        "employer": request.stand in SAID_YES,
        "consent": not request.is_consent_due or request.consented_at is not None,
        "listing": listing.is_shown(today()) and is_verified(listing),
        "day": occasion.is_coming,
        "age": is_old_enough(request, listing, occasion),
    }
    for why, holds in conditions.items():
        if not holds and why != but_for:
            raise NotBookableError(why)


def is_old_enough(request: Request, listing: Listing, occasion: Occasion) -> bool:
    """Whether the person has the age that is asked for on the day. A group’s school sees to it."""
    if request.is_group or not listing.min_age:
        return True
    return request.born_on is not None and (
        age_on(request.born_on, occasion.first_day) >= listing.min_age
    )


def is_verified(listing: Listing) -> bool:
    """Whether somebody has made sure who offers it, and nobody has shut them out since."""
    return listing.publisher.standing == Standing.VERIFIED


def _take(session: DatabaseSession, occasion: Occasion, people: int) -> bool:
    """However many ask at once, the update finds room for no more than there are places."""
    taken = session.execute(
        update(Occasion)
        .where(
            Occasion.id == occasion.id,
            Occasion.is_offered,
            Occasion.taken + people <= Occasion.places,
        )
        .values(taken=Occasion.taken + people)
        .returning(Occasion.id),
        execution_options={"synchronize_session": False},
    ).scalar_one_or_none()
    if taken is not None:
        session.expire(occasion, ["taken"])
    return taken is not None
