"""Documents that show an employer is ready: kept, looked at by a moderator, handed out, removed.

What a file is follows from its first bytes, never from its name or what a browser says of it. It
leaves the portal only as a download that no browser runs anything of.
"""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum

from flask import Response
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from portal.accounts.links import hash_of
from portal.accounts.models import Member, Organisation
from portal.accounts.trail import record
from portal.clock import now
from portal.extensions import DatabaseSession
from portal.placements.models import Evidence
from portal.publishing.moderation import OwnWorkError

MOST_BYTES = 5 * 1024 * 1024
PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
ENDINGS = {PDF: "pdf", PNG: "png", JPEG: "jpg"}
# A document that does something when it is opened shows nothing that a plain one could not.
RUNS = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")


class EvidenceKind(StrEnum):
    """What a document shows."""

    INSURANCE = "insurance"
    RISKS = "risk-assessment"
    SAFEGUARDING = "safeguarding-policy"


NAMES: Mapping[EvidenceKind, str] = {
    EvidenceKind.INSURANCE: "Employers’ liability insurance certificate",
    EvidenceKind.RISKS: "Risk assessment",
    EvidenceKind.SAFEGUARDING: "Safeguarding policy",
}


class NotADocumentError(Exception):
    """The file is none that is kept; the message says why and what to do, in plain words."""


def media_type_of(content: bytes) -> str:
    """What a file is by its own bytes. Raises NotADocumentError for anything but three kinds."""
    if not content:
        message = "This file is empty. Choose another one."
        raise NotADocumentError(message)
    if len(content) > MOST_BYTES:
        message = "This file is larger than 5 MB. Send a smaller one, such as a photo of it."
        raise NotADocumentError(message)
    found = _known_type(content)
    if found is None:
        message = "This is not a PDF, PNG or JPEG file. Save it as one of these and send it again."
        raise NotADocumentError(message)
    if found == PDF and any(sign in content for sign in RUNS):
        message = "This PDF runs a program or holds other files. Print it to a new PDF first."
        raise NotADocumentError(message)
    return found


def keep(
    session: DatabaseSession,
    organisation: Organisation,
    *,
    kind: EvidenceKind,
    file_name: str,
    content: bytes,
    expires_on: dt.date | None,
    token: str,
    by: Member,
) -> Evidence:
    """Keep a document in the place of the one before. The same form sent twice keeps one.

    Raises NotADocumentError.
    """
    media_type = media_type_of(content)
    key = hash_of(f"evidence {organisation.public_id} {token}")
    same = select(Evidence).where(Evidence.token == key)
    known = session.scalars(same).one_or_none()
    if known is not None:
        return known
    for old in session.scalars(_held(organisation).where(Evidence.kind == kind.value)):
        session.delete(old)
    evidence = Evidence(
        organisation_id=organisation.id, kind=kind.value, token=key, file_name=file_name,
        media_type=media_type, content=content, expires_on=expires_on, added_at=now(),
        added_by_id=by.id,
    )  # fmt: skip
    session.add(evidence)
    try:
        record(session, "add evidence", evidence, by=by, organisation=organisation, after=kind)
        session.commit()
    except IntegrityError:
        session.rollback()
        return session.scalars(same).one()
    return evidence


def remove(session: DatabaseSession, evidence: Evidence, *, by: Member) -> None:
    """Forget a document."""
    record(
        session, "remove evidence", evidence, by=by, organisation=by.organisation,
        before=evidence.kind,
    )  # fmt: skip
    session.delete(evidence)
    session.commit()


def mark_checked(session: DatabaseSession, evidence: Evidence, *, by: Member) -> None:
    """A moderator has looked at it. Raises OwnWorkError for one of their own organisation."""
    if evidence.checked_at is not None:
        return
    if evidence.organisation_id == by.organisation_id:
        raise OwnWorkError
    evidence.checked_at, evidence.checked_by_id = now(), by.id
    organisation = session.get_one(Organisation, evidence.organisation_id)
    record(
        session, "check evidence", evidence, by=by, organisation=organisation, after=evidence.kind
    )
    session.commit()


def held(session: DatabaseSession, organisation: Organisation) -> Mapping[str, Evidence]:
    """What an organisation holds, the newest of each kind, in the order of the kinds."""
    rows = session.scalars(_held(organisation).order_by(Evidence.added_at, Evidence.id))
    newest = {evidence.kind: evidence for evidence in rows}
    return {kind.value: newest[kind.value] for kind in EvidenceKind if kind.value in newest}


def evidence_of(
    session: DatabaseSession, organisation: Organisation, public_id: str
) -> Evidence | None:
    """A document of the organisation."""
    return session.scalars(_held(organisation).where(Evidence.public_id == public_id)).one_or_none()


def any_evidence(session: DatabaseSession, public_id: str) -> Evidence | None:
    """A document of whichever organisation: for moderators only."""
    return session.scalars(select(Evidence).where(Evidence.public_id == public_id)).one_or_none()


def file_response(evidence: Evidence) -> Response:
    """The document as a download under a name of ours, in which no browser runs anything."""
    response = Response(evidence.content, content_type=evidence.media_type)
    name = f"{evidence.kind}.{ENDINGS[evidence.media_type]}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response


def _known_type(content: bytes) -> str | None:
    if content.startswith((b"%PDF-1.", b"%PDF-2.")):
        return PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        return PNG
    return JPEG if content.startswith(b"\xff\xd8\xff") else None


def _held(organisation: Organisation) -> Select[Evidence]:
    return select(Evidence).where(Evidence.organisation_id == organisation.id)
