"""What an employer does: says yes, another day or no; cancels; says who came."""

from collections.abc import Sequence

from sqlalchemy import select, update

from portal.accounts.models import Member
from portal.catalogue.experiences import Listing, Occasion
from portal.catalogue.models import Entry
from portal.clock import now, today
from portal.extensions import DatabaseSession
from portal.placements import telling
from portal.placements.advising import attendance_of
from portal.placements.booking import fill, give_back
from portal.placements.life import BEFORE_BOOKING, Act, ImpossibleActError, Stage
from portal.placements.models import Attendance, Request
from portal.placements.steps import commit, note, step


class TooSoonError(Exception):
    """Nobody can say who came before the day."""


def offer(session: DatabaseSession, request: Request, *, by: Member) -> None:
    """Say yes to a request for the day it names."""
    if request.stand == Stage.OFFERED:
        return
    step(session, request, Act.OFFER, by=by)
    telling.adviser(session, request)
    commit(session)


def propose_other_day(
    session: DatabaseSession, request: Request, occasion: Occasion, *, by: Member
) -> None:
    """Say yes to another day of the same listing. Raises LookupError for any other."""
    if occasion.listing_id != request.listing_id or not occasion.is_coming:
        raise LookupError(occasion.public_id)
    if request.stand == Stage.OTHER_DAY and request.proposed_id == occasion.id:
        return
    step(session, request, Act.OTHER_DAY, by=by)
    request.proposed = occasion
    telling.adviser(session, request)
    commit(session)


def decline(session: DatabaseSession, request: Request, *, reason: str, by: Member) -> None:
    """Say no, with a reason from the list."""
    if request.stand == Stage.DECLINED:
        return
    step(session, request, Act.DECLINE, by=by, why=reason)
    request.reason = reason
    telling.adviser(session, request)
    telling.young_person(session, request)
    commit(session)


def cancel(session: DatabaseSession, request: Request, *, reason: str, by: Member) -> None:
    """Call a booking off, with a reason from the list; the place is free again."""
    if request.stand == Stage.CANCELLED:
        return
    step(session, request, Act.CANCEL, by=by, why=reason)
    request.reason = reason
    give_back(session, request)
    telling.called_off(session, request)
    telling.booked_now(session, fill(session, request.occasion))
    commit(session)


def confirm(
    session: DatabaseSession,
    request: Request,
    *,
    came: int,
    hours: float | None = None,
    skills: Sequence[str] = (),
    says: Sequence[str] = (),
    by: Member,
) -> None:
    """Say how many came: nobody is not there by mistake, and the last word counts.

    ``hours`` are those of the listing unless something else is said. Raises TooSoonError and
    ImpossibleActError.
    """
    placement = request.placement
    if placement is None or not request.is_booked:
        raise ImpossibleActError(request.stand, Act.ATTEND)
    if request.occasion.first_day > today():
        raise TooSoonError
    came = min(max(came, 0), placement.people)
    wanted = Stage.ATTENDED if came else Stage.ABSENT
    if request.stand != wanted:
        step(session, request, Act.ATTEND if came else Act.MISS, by=by)
    else:
        note(session, request, "correct", by=by)
    before = placement.came
    placement.came, placement.confirmed_at = came, now()
    placement.hours = (request.listing.hours if hours is None else hours) if came else 0
    placement.skills, placement.employer_says = list(skills), list(says)
    session.execute(
        update(Occasion)
        .where(Occasion.id == placement.occasion_id)
        .values(attended=Occasion.attended + (came - before)),
        execution_options={"synchronize_session": False},
    )
    session.expire(request.occasion, ["attended"])
    _note_who_was_there(session, request)
    if before == 0 and came:
        telling.came(session, request)
    commit(session)


def stop_everything(session: DatabaseSession, entry: Entry) -> None:
    """A moderator took a listing down or shut its organisation out: nobody goes there.

    Inside the caller’s transaction: every open request ends, and advisers hear of it.
    """
    if not isinstance(entry, Listing):
        return
    waiting = [stage.value for stage in BEFORE_BOOKING]
    for request in session.scalars(
        select(Request).where(
            Request.listing_id == entry.id,
            Request.stage.in_([*waiting, Stage.BOOKED.value]),
        )
    ):
        if request.stand == Stage.BOOKED and request.occasion.first_day <= today():
            continue
        act = Act.CANCEL if request.stand == Stage.BOOKED else Act.EXPIRE
        step(session, request, act, by=None, why="no-longer-offered")
        request.reason = "no-longer-offered"
        give_back(session, request)
        telling.called_off(session, request)


def _note_who_was_there(session: DatabaseSession, request: Request) -> None:
    """An adviser’s counts follow what the employer says, who of a group came is theirs to note."""
    known = session.scalars(select(Attendance).where(Attendance.request_id == request.id)).all()
    came = request.placement.came if request.placement else 0
    is_still_right = request.is_group and came >= len(known)
    for attendance in known:
        if is_still_right and request.placement:
            attendance.hours = request.placement.hours
        else:
            session.delete(attendance)
    session.flush()
    if request.stand == Stage.ATTENDED and request.young_person and not request.is_group:
        session.add(attendance_of(request, request.young_person))
