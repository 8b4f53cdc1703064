"""The audit trail as people read it: when, who, what, about what, and why."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.accounts.models import AuditRow, Member, Organisation
from portal.extensions import DatabaseSession
from portal.publishing.models import Concern, Offer, Report

ROWS = 50
ACTS: Mapping[str, str] = {
    "begin": "Began",
    "edit": "Edited",
    "submit": "Sent in",
    "withdraw": "Taken back by its writer",
    "discard": "Change forgotten",
    "publish": "Published on trust",
    "approve-first": "First yes",
    "approve": "Approved",
    "send-back": "Sent back",
    "take-down": "Taken down",
    "review": "Read after publishing",
    "pause": "Paused",
    "resume": "Put up again",
    "close": "Closed",
    "extend": "Kept up longer",
    "expire": "Ran out",
    "archive": "Archived",
    "applied": "Applied",
    "verify": "Verified",
    "refuse": "Refused",
    "suspend": "Organisation suspended",
    "reinstate": "Organisation reinstated",
    "trust": "Trusted to publish courses",
    "stop trusting": "No longer trusted to publish courses",
    "settle": "Report settled",
    "upload": "Spreadsheet sent",
    "published": "Spreadsheet published",
    "abandoned": "Spreadsheet abandoned",
    "undone": "Spreadsheet taken back",
    "add": "Venue added",
    "change": "Venue changed",
    "delete": "Venue deleted",
    "invited": "Invited",
    "joined": "Joined",
    "changed roles": "Roles changed",
    "suspended": "Member suspended",
    "reinstated": "Member reinstated",
    "removed": "Member removed",
    "changed password": "Password changed",
    "set up second factor": "Second factor set up",
    "stopped second factor": "Second factor stopped",
    "renewed recovery codes": "Recovery codes renewed",
}


@dataclass(frozen=True)
class Told:
    """One row of the trail in words."""

    id: int
    at: dt.datetime
    who: str
    act: str
    about: str
    link: str | None
    organisation: str | None
    revision: int | None
    why: str | None


def trail(
    session: DatabaseSession,
    *,
    act: str = "",
    organisation: str = "",
    before: int | None = None,
    offer: Offer | None = None,
    of: Organisation | None = None,
) -> Sequence[Told]:
    """Rows, newest first, one more than a page when there are more.

    ``organisation`` is a part of a name, ``of`` the organisation itself, ``before`` the row where
    the page before this one ended.
    """
    wanted = (
        select(AuditRow.id)
        .where(AuditRow.subject_kind != Concern.__tablename__)  # the safeguarding leads’ alone
        .order_by(AuditRow.id.desc())
        .limit(ROWS + 1)
    )
    if act:
        wanted = wanted.where(AuditRow.act == act)
    if organisation:
        named = Organisation.name.icontains(organisation, autoescape=True)
        wanted = wanted.where(AuditRow.organisation_id.in_(select(Organisation.id).where(named)))
    if before is not None:
        wanted = wanted.where(AuditRow.id < before)
    if offer is not None:
        wanted = wanted.where(AuditRow.subject_kind == "offer", AuditRow.subject_id == offer.id)
    if of is not None:
        wanted = wanted.where(AuditRow.organisation_id == of.id)
    # The page first: joined before the limit, every row of the trail would be looked up.
    rows = session.scalars(wanted).all()
    found = session.execute(
        select(
            AuditRow,
            Member.name.label("member"),
            Organisation.name.label("organisation"),
            Organisation.public_id.label("organisation_id"),
            Offer.title.label("offer"),
            Offer.public_id.label("offer_id"),
            Report.public_id.label("report_id"),
        )
        .join(Member, Member.id == AuditRow.member_id, isouter=True)
        .join(Organisation, Organisation.id == AuditRow.organisation_id, isouter=True)
        .join(Offer, _is_about("offer", Offer.id), isouter=True)
        .join(Report, _is_about("report", Report.id), isouter=True)
        .where(AuditRow.id.in_(rows))
        .order_by(AuditRow.id.desc())
    )
    return [_told(row) for row in found]


def _is_about(kind: str, column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    return and_(AuditRow.subject_kind == kind, AuditRow.subject_id == column)


def _told(found: Row[*tuple[Any, ...]]) -> Told:
    row = found.AuditRow
    about, link = _about(found)
    return Told(
        id=row.id,
        at=row.at,
        who=found.member or ("Somebody who left" if row.member_id else "The clock or a visitor"),
        act=ACTS.get(row.act, row.act.replace("-", " ").capitalize()),
        about=about,
        link=link,
        organisation=found.organisation,
        revision=row.revision,
        why=row.why,
    )


def _about(found: Row[*tuple[Any, ...]]) -> tuple[str, str | None]:
    """What a row is about, and where it is looked at."""
    kind = found.AuditRow.subject_kind
    if found.offer is not None:
        return found.offer, f"/desk/offers/{found.offer_id}"
    if found.report_id is not None:
        return "A report", f"/desk/reports/{found.report_id}"
    if found.organisation is not None and kind in {"organisation", "member"}:
        words = found.organisation if kind == "organisation" else "A member"
        return words, f"/desk/organisations/{found.organisation_id}"
    return kind.capitalize(), None
