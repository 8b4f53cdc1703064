"""Watches how much members read about young people, so that nobody reads all of them in a day.

Each record counts once a day, whatever it is read on. Files to take away are not counted here:
they ask for proof first (``proving``) and stand in the trail.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from flask import current_app
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.accounts import signing_in
from portal.accounts.models import (
    COUNCIL,
    AuditRow,
    Member,
    MemberRole,
    MemberState,
    Organisation,
    RecordRead,
)
from portal.accounts.trail import record
from portal.clock import now, today
from portal.extensions import DatabaseSession, one_at_a_time
from portal.mail import INSERTS, address_for, queue

STOPPED = "read too much"
REMEMBERED = dt.timedelta(days=365)


class TooManyReadsError(Exception):
    """The member has read as much as anybody may in a day; their sessions have been ended."""


def note_read(session: DatabaseSession, member: Member, kind: str, ids: Iterable[int]) -> None:
    """Note that the member reads these records, before a page shows them. Raises TooManyReadsError.

    ``kind`` is what they are, such as “shortlist”; ``ids`` their numbers. Call it before the page
    writes anything. What is noted stays whatever becomes of the page, in a session of its own: so
    the page keeps what it has fetched. Beyond the limit nothing is shown and nothing noted.
    """
    wanted = {f"{kind} {number}" for number in ids}
    read = select(RecordRead.record).where(
        RecordRead.member_id == member.id,
        RecordRead.read_on == today(),
        RecordRead.record.in_(wanted),
    )
    unread = wanted.difference(session.scalars(read)) if wanted else set()
    if not unread:
        return
    with Session(session.get_bind()) as own:
        if _keep(own, member.id, unread) > current_app.config["READS_A_DAY"]:
            own.rollback()
            _stop(own, member.id)
            raise TooManyReadsError
        own.commit()


def forget_old(session: DatabaseSession) -> int:
    """Delete what was read so long ago that nobody asks any more, in the caller’s transaction."""
    old = delete(RecordRead).where(RecordRead.read_on < today() - REMEMBERED)
    done: Any = session.execute(old, execution_options={"synchronize_session": False})
    return int(done.rowcount)


def _keep(session: Session, member_id: int, records: Iterable[str]) -> int:
    """Add what is read, and count the day; of those that come together one goes first."""
    one_at_a_time(session, f"reads of {member_id}")
    day, moment = today(), now()
    insert = INSERTS[session.get_bind().dialect.name]
    rows = [
        {"member_id": member_id, "read_on": day, "record": name, "at": moment}
        for name in sorted(records)
    ]
    # Apart from the statement, so that it is the same, and compiled, for any number of rows.
    session.execute(insert(RecordRead.__table__).on_conflict_do_nothing(), rows)
    counted = select(func.count()).where(
        RecordRead.member_id == member_id, RecordRead.read_on == day
    )
    return session.scalar(counted) or 0


def _stop(session: Session, member_id: int) -> None:
    """End the member’s sessions; once a day write to whoever has to look into it."""
    one_at_a_time(session, f"reads of {member_id}")
    member = session.get_one(Member, member_id)
    signing_in.end_all(session, member)
    why = f"More than {current_app.config['READS_A_DAY']} records on {today()}"
    if not _is_told(session, member, why):
        record(session, STOPPED, member, by=member, organisation=member.organisation, why=why)
        for reader in _who_looks_into_it(session, member):
            _write_to(session, reader, member)
    session.commit()


def _is_told(session: Session, member: Member, why: str) -> bool:
    """Whether the trail says so already: the day stands in the words."""
    told = select(AuditRow.id).where(
        AuditRow.subject_kind == Member.__tablename__,
        AuditRow.subject_id == member.id,
        AuditRow.act == STOPPED,
        AuditRow.why == why,
    )
    return session.scalars(told.limit(1)).first() is not None


def _who_looks_into_it(session: Session, member: Member) -> list[Member]:
    """The owners where the member works, and the council’s safeguarding leads, each once."""
    found = session.scalars(
        select(Member)
        .join(Member.organisation)
        .where(
            Member.state == MemberState.ACTIVE,
            (Organisation.id == member.organisation_id) | (Organisation.kind == COUNCIL),
        )
        .order_by(Member.id)
    )
    return [one for one in found if one.may_sign_in and _has_to_know(one, member)]


def _has_to_know(reader: Member, member: Member) -> bool:
    is_owner_there = reader.organisation_id == member.organisation_id and reader.has_role(
        MemberRole.OWNER
    )
    return is_owner_there or reader.is_safeguarding_lead


def _write_to(session: Session, reader: Member, member: Member) -> None:
    is_colleague = reader.organisation_id == member.organisation_id
    path = f"/workspace/members/{member.public_id}"
    queue(
        session,
        recipient=reader.email,
        letter="read-too-much",
        key=f"read-too-much {today()} {member.id} {reader.id}",
        name=reader.name,
        who=member.name,
        organisation=member.organisation.name,
        limit=current_app.config["READS_A_DAY"],
        link=address_for(path) if is_colleague and reader.has_role(MemberRole.OWNER) else None,
    )
