"""What the writing pages read: an organisation’s own listings, and what there is to choose from."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Organisation
from portal.catalogue.models import LIVE, Entry, Role
from portal.catalogue.vocabulary import Vocabulary
from portal.clock import today
from portal.extensions import DatabaseSession
from portal.placements.forms_listing import Choices
from portal.publishing.models import Offer
from portal.taxonomy import EntryKind

MOST_EARLIER = 12
EVERY_AREA = "Useful in every area of work"


def listing_of(
    session: DatabaseSession, organisation: Organisation, public_id: str
) -> Offer | None:
    """A listing of the organisation."""
    return session.scalars(
        select(Offer)
        .where(
            Offer.public_id == public_id,
            Offer.organisation_id == organisation.id,
            Offer.kind == EntryKind.LISTING.value,
        )
        .options(selectinload(Offer.revisions), joinedload(Offer.entry))
    ).one_or_none()


def earlier(session: DatabaseSession, organisation: Organisation) -> Sequence[Offer]:
    """The listings that an organisation sent in and changed last, to copy one of them."""
    return session.scalars(
        select(Offer)
        .where(
            Offer.organisation_id == organisation.id,
            Offer.kind == EntryKind.LISTING.value,
            Offer.submitted_at.is_not(None),
        )
        .order_by(Offer.changed_at.desc(), Offer.id.desc())
        .limit(MOST_EARLIER)
    ).all()


def choices(session: DatabaseSession, words: Vocabulary, *, with_roles: bool) -> Choices:
    """What forms offer to choose from; roles only where they are asked for."""
    return Choices(
        experiences=[
            (slug, kind.name) for slug, kind in words.experiences.items() if kind.is_listed
        ],
        sectors=[(slug, sector.name) for slug, sector in words.sectors.items()],
        year_groups=[(slug, group.name) for slug, group in words.year_groups.items()],
        skills=[(slug, skill.name) for slug, skill in words.skills.items()],
        roles=_roles(session, words) if with_roles else {},
    )


def _roles(session: DatabaseSession, words: Vocabulary) -> dict[str, list[tuple[str, str]]]:
    rows = session.execute(
        select(Role.slug, Entry.title, Entry.sector)
        .where(Entry.status == LIVE, Entry.show_until >= today())
        .order_by(Entry.title)
    )
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for slug, title, sector in rows:
        found[words.sectors[sector].name if sector else EVERY_AREA].append((slug, title))
    return {area: found[area] for area in sorted(found)}
