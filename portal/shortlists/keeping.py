"""How long shortlists stay: their advisers are told a month before, then they go with all on them.

Archived lists and templates count like the others. Whoever works on a list keeps it.
"""

import datetime as dt
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, delete, or_, select, update

from portal.accounts.models import Member, MemberState, Organisation
from portal.accounts.trail import record
from portal.catalogue.drafts import months_after
from portal.clock import now, today
from portal.extensions import DatabaseSession
from portal.mail import address_for, queue
from portal.shortlists.models import HandedList, ShareLink, Shortlist

WARNED_BEFORE = dt.timedelta(days=30)
LINKS_REMEMBERED = dt.timedelta(days=30)


def warn_due(session: DatabaseSession) -> int:
    """Tell advisers of lists that go in a month; return how many lists were told of.

    That somebody was told and the letter that tells them are one transaction: whoever is killed
    between them has done neither.
    """
    advisers = session.scalars(select(Shortlist.adviser_id).where(*_due()).distinct()).all()
    return sum(_warn(session, number) for number in advisers)


def delete_due(session: DatabaseSession) -> int:
    """Delete lists that nobody has worked on since; return how many."""
    due = (Shortlist.touched_at < _untouched_since(), Shortlist.warned_at < now() - WARNED_BEFORE)
    deleted = 0
    for number, organisation_id in session.execute(
        select(Shortlist.id, Shortlist.organisation_id).where(*due)
    ).all():
        # Again with its conditions: its adviser may have opened it while others were deleted.
        gone = session.execute(
            delete(Shortlist).where(Shortlist.id == number, *due).returning(Shortlist.id),
            execution_options={"synchronize_session": False},
        ).scalar_one_or_none()
        if gone is not None:
            record(
                session, "deleted", Shortlist(id=number), by=None,
                organisation=session.get_one(Organisation, organisation_id),
                why="Nobody had worked on it for so long.",
            )  # fmt: skip
            deleted += 1
        session.commit()
    return deleted


def forget_over(session: DatabaseSession) -> int:
    """Delete codes that were used or ran out, and links that have long shown nothing."""
    moment, long_ago = now(), now() - LINKS_REMEMBERED
    codes = delete(HandedList).where(
        or_(HandedList.used_at.is_not(None), HandedList.expires_at < moment)
    )
    links = delete(ShareLink).where(
        or_(ShareLink.revoked_at < long_ago, ShareLink.expires_at < long_ago)
    )
    gone = 0
    for over in (codes, links):
        done: Any = session.execute(over, execution_options={"synchronize_session": False})
        gone += int(done.rowcount)
    session.commit()
    return gone


def _warn(session: DatabaseSession, adviser_id: int) -> int:
    told = session.scalars(
        update(Shortlist)
        .where(Shortlist.adviser_id == adviser_id, *_due())
        .values(warned_at=now())
        .returning(Shortlist.id),
        execution_options={"synchronize_session": False},
    ).all()
    if told:
        adviser = session.get_one(Member, adviser_id)
        is_here = adviser.may_sign_in and adviser.may_advise
        for reader in [adviser] if is_here else _colleagues(session, adviser):
            queue(
                session, recipient=reader.email, letter="lists-go", name=reader.name,
                number=len(told), goes_on=today() + WARNED_BEFORE, is_theirs=is_here,
                link=address_for("/advising/lists?show=going"),
            )  # fmt: skip
    session.commit()
    return len(told)


def _due() -> tuple[ColumnElement[bool], ...]:
    """Lists whose last month has begun and whose adviser does not know."""
    return (
        Shortlist.warned_at.is_(None),
        Shortlist.touched_at < _untouched_since() + WARNED_BEFORE,
    )


def _untouched_since() -> dt.datetime:
    """When a list that goes today was last worked on."""
    day = months_after(today(), -current_app.config["SHORTLIST_MONTHS"])
    return dt.datetime.combine(day, dt.time())


def _colleagues(session: DatabaseSession, gone: Member) -> list[Member]:
    """Whoever can take on the lists of somebody who does not come back."""
    members = session.scalars(
        select(Member)
        .where(
            Member.organisation_id == gone.organisation_id,
            Member.id != gone.id,
            Member.state == MemberState.ACTIVE,
        )
        .order_by(Member.name)
    )
    return [member for member in members if member.may_sign_in and member.may_advise]
