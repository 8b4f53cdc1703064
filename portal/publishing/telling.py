"""Letters to whoever wrote an offer: what became of it, and what has to change."""

from collections.abc import Mapping

from sqlalchemy import select

from portal.accounts.models import Member, MemberState, Organisation
from portal.extensions import DatabaseSession
from portal.mail import address_for, queue
from portal.publishing.kinds import OfferKind
from portal.publishing.models import Offer


def tell_writers(
    session: DatabaseSession, offer: Offer, kind: OfferKind, letter: str, revision: int
) -> None:
    """Queue a letter about what became of a revision, once for each who may write."""
    reasons = offer.revisions[-1].reasons
    for member in writers_of(session, offer.organisation):
        queue(
            session,
            recipient=member.email,
            letter=letter,
            key=f"{letter} {offer.public_id} {revision} {member.id} {offer.version}",
            name=member.name,
            title=offer.title,
            noun=kind.noun,
            reasons=written(kind, reasons),
            link=address_for(f"/workspace/offers/{offer.public_id}"),
        )


def writers_of(session: DatabaseSession, organisation: Organisation) -> list[Member]:
    """The owners and editors who are told what became of an offer."""
    members = session.scalars(
        select(Member).where(
            Member.organisation_id == organisation.id, Member.state == MemberState.ACTIVE
        )
    )
    return [member for member in members if member.may_edit]


def written(kind: OfferKind, reasons: Mapping[str, str]) -> str:
    """The reasons with the labels of their questions, for the trail and for letters."""
    lines = []
    for name, words in reasons.items():
        question = kind.question(name)
        lines.append(f"{question.label}: {words}" if question else words)
    return "\n".join(lines)
