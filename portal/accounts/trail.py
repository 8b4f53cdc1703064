"""The audit trail: rows are added beside the change they tell of, and never changed."""

from typing import Protocol

from portal.accounts.models import AuditRow, Member, Organisation
from portal.clock import now
from portal.extensions import DatabaseSession


class Subject(Protocol):
    """Anything whose history is kept."""

    __tablename__: str
    id: int


def record(  # noqa: PLR0913 - a row of the trail has this many columns
    session: DatabaseSession,
    act: str,
    subject: Subject,
    *,
    by: Member | None,
    organisation: Organisation | None = None,
    before: str | None = None,
    after: str | None = None,
    why: str | None = None,
    revision: int | None = None,
) -> None:
    """Add a row to the transaction of the change; flushes, so that the subject has an id."""
    session.flush()
    session.add(
        AuditRow(
            at=now(),
            member_id=by.id if by else None,
            act=act,
            subject_kind=subject.__tablename__,
            subject_id=subject.id,
            organisation_id=organisation.id if organisation else None,
            before=before,
            after=after,
            why=why,
            revision=revision,
        )
    )
