"""What the clock does each night with requests and placements. Twice a night does nothing twice."""

import datetime as dt
from collections.abc import Callable

from sqlalchemy import Select, select, update

from portal.accounts.models import Organisation
from portal.catalogue.experiences import Occasion
from portal.clock import now, today
from portal.extensions import DatabaseSession
from portal.mail import address_for, queue
from portal.placements import telling
from portal.placements.booking import fill
from portal.placements.life import BEFORE_BOOKING, Act, Stage
from portal.placements.models import Evidence, Placement, Request
from portal.placements.steps import ChangedMeanwhileError, commit, step
from portal.publishing.telling import writers_of

WEEK, DAY = dt.timedelta(days=7), dt.timedelta(days=1)
# How long what is known of a young person stays after the end of their request.
KEPT_AFTER_NOTHING = dt.timedelta(days=30)
KEPT_AFTER_PLACEMENT = dt.timedelta(days=365)
EVIDENCE_WARNED_BEFORE = dt.timedelta(days=30)


def expire_due(session: DatabaseSession) -> int:
    """End what nobody answered in time."""
    due = select(Request).where(
        Request.stage.in_([stage.value for stage in BEFORE_BOOKING]), Request.due_on < today()
    )

    def end(request: Request) -> None:
        step(session, request, Act.EXPIRE, by=None)
        telling.adviser(session, request)
        telling.young_person(session, request)

    return _each(session, due, end)


def fill_waiting_lists(session: DatabaseSession) -> int:
    """Give places that came free, as by a listing with more of them, to those who wait."""
    occasions = session.scalars(
        select(Occasion)
        .join(Request, Request.occasion_id == Occasion.id)
        .where(
            Request.stage == Stage.WAITING_LIST.value,
            Occasion.first_day > today(),
            Occasion.taken < Occasion.places,
        )
        .distinct()
    ).all()
    filled = 0
    for occasion in occasions:
        booked = fill(session, occasion)
        telling.booked_now(session, booked)
        commit(session)
        filled += len(booked)
    return filled


def remind_due(session: DatabaseSession) -> int:
    """Write a week before and a day before, each once."""
    reminded = 0
    for when, before, column in (
        ("tomorrow", DAY, Placement.reminded_day_at),
        ("in a week", WEEK, Placement.reminded_week_at),
    ):
        due = (
            select(Request)
            .join(Placement, Placement.request_id == Request.id)
            .join(Occasion, Occasion.id == Placement.occasion_id)
            .where(
                Request.stage == Stage.BOOKED.value,
                Occasion.first_day > today(),
                Occasion.first_day <= today() + before,
                column.is_(None),
            )
        )

        def remind(request: Request, when: str = when, name: str = column.key) -> None:
            telling.reminder(session, request, when=when)
            setattr(request.placement, name, now())
            if request.placement is not None:
                # Whoever is reminded on the eve needs no letter about the week.
                request.placement.reminded_week_at = request.placement.reminded_week_at or now()

        reminded += _each(session, due, remind)
    return reminded


def ask_who_came(session: DatabaseSession) -> int:
    """Ask employers who came, the day after it ended."""
    due = (
        select(Request)
        .join(Placement, Placement.request_id == Request.id)
        .join(Occasion, Occasion.id == Placement.occasion_id)
        .where(
            Request.stage == Stage.BOOKED.value,
            Occasion.last_day < today(),
            Placement.asked_to_confirm_at.is_(None),
        )
    )

    def ask(request: Request) -> None:
        telling.ask_who_came(session, request)
        if request.placement is not None:
            request.placement.asked_to_confirm_at = now()

    return _each(session, due, ask)


def empty_old(session: DatabaseSession) -> int:
    """Empty what is known of a young person when nobody needs it any more."""
    ended = [s.value for s in Stage if s not in BEFORE_BOOKING and s != Stage.BOOKED]
    placed = [Stage.ATTENDED.value, Stage.ABSENT.value]
    old = select(Request.id).where(
        Request.emptied_at.is_(None),
        Request.stage.in_(ended),
        (Request.stage.in_(placed) & (Request.changed_at < now() - KEPT_AFTER_PLACEMENT))
        | (Request.stage.not_in(placed) & (Request.changed_at < now() - KEPT_AFTER_NOTHING)),
    )
    numbers = session.scalars(old).all()
    for number in numbers:
        empty(session, number)
    commit(session)
    return len(numbers)


def empty(session: DatabaseSession, number: int) -> None:
    """Empty what is known of the person of one request; the caller commits."""
    session.execute(
        update(Request)
        .where(Request.id == number)
        .values(
            first_name=None, born_on=None, hopes="", availability="", adjustments="",
            reach="", email=None, parent_email=None, code_hash=None, emptied_at=now(),
        ),
        execution_options={"synchronize_session": False},
    )  # fmt: skip


def warn_about_evidence(session: DatabaseSession) -> int:
    """Write to employers whose documents soon run out."""
    due = session.scalars(
        select(Evidence).where(
            Evidence.expires_on <= today() + EVIDENCE_WARNED_BEFORE,
            Evidence.expires_on >= today(),
            Evidence.warned_at.is_(None),
        )
    ).all()
    for evidence in due:
        evidence.warned_at = now()
        organisation = session.get_one(Organisation, evidence.organisation_id)
        for member in writers_of(session, organisation):
            queue(
                session,
                recipient=member.email,
                letter="evidence-runs-out",
                key=f"evidence {evidence.public_id} {member.id}",
                name=member.name,
                expires_on=evidence.expires_on,
                link=address_for("/workspace/evidence"),
            )
    commit(session)
    return len(due)


def _each(session: DatabaseSession, due: Select[Request], act: Callable[[Request], None]) -> int:
    """Do something with each and commit after it, so that one quarrel does not stop the others."""
    done = 0
    numbers: list[int] = [request.id for request in session.scalars(due).all()]
    for number in numbers:
        request = session.get_one(Request, number)
        try:
            act(request)
            commit(session)
        except ChangedMeanwhileError:
            continue  # somebody is deciding about it at this very moment
        done += 1
    return done
