"""Puts an approved revision into the catalogue, and takes it out again.

An entry that an organisation keeps says exactly what its approved revision says.
"""

from sqlalchemy import select

from portal.accounts.models import Organisation, Standing
from portal.accounts.naming import first_free, slug_of
from portal.catalogue.keeping import taken_slugs
from portal.catalogue.models import LIVE, ORGANISATION, RETIRED, Entry, EntrySkill
from portal.clock import today
from portal.extensions import DatabaseSession
from portal.publishing.kinds import Content, OfferKind, Surroundings
from portal.publishing.life import SHOWN
from portal.publishing.models import Offer
from portal.taxonomy import EntryKind

SKILL_IMPORTANCE = 2


class Addresses:
    """The addresses of a kind that are taken, read once for many new entries."""

    def __init__(self, session: DatabaseSession, kind: EntryKind) -> None:
        """Read them all."""
        self._taken = taken_slugs(session, kind, "")

    def take(self, wanted: str) -> str:
        """The first that is free, which is taken from now on."""
        slug = first_free(wanted, self._taken)
        self._taken.add(slug)
        return slug


def show(
    session: DatabaseSession,
    offer: Offer,
    kind: OfferKind,
    content: Content,
    *,
    version: int,
    addresses: Addresses | None = None,
    around: Surroundings | None = None,
) -> Entry:
    """Make the entry say what the content says, and show it."""
    organisation = offer.organisation
    columns = kind.columns_of(content, around or Surroundings(session, organisation))
    skills = columns.pop("skill_slugs", ())
    entry = offer.entry
    if entry is None:
        wanted = slug_of(f"{columns['title']} {organisation.name}")
        slug = (
            addresses.take(wanted)
            if addresses
            else first_free(wanted, taken_slugs(session, kind.kind, wanted))
        )
        offer.entry = entry = kind.model(slug=slug, digest="")
        session.add(entry)
    entry.kept_by = ORGANISATION
    for name, value in columns.items():
        setattr(entry, name, value)
    entry.organisation = organisation
    entry.sources = [{"name": organisation.name, "date": today().isoformat()}]
    if organisation.website:
        entry.sources[0]["url"] = organisation.website
    entry.skills = [
        EntrySkill(skill=skill, importance=SKILL_IMPORTANCE, position=position)
        for position, skill in enumerate(skills)
    ]
    _mark(entry, offer, version)
    return entry


def show_or_hide(session: DatabaseSession, offer: Offer, version: int) -> None:
    """Bring what a visitor sees into line with the offer’s state and who offers it."""
    entry = offer.entry or (session.get(Entry, offer.entry_id) if offer.entry_id else None)
    if entry is not None:
        _mark(entry, offer, version)


def hide(session: DatabaseSession, offer: Offer, version: int) -> None:
    """Take an offer’s entry off the site."""
    show_or_hide(session, offer, version)


def show_or_hide_all(session: DatabaseSession, organisation: Organisation, version: int) -> None:
    """The same for everything of an organisation, as when it is suspended."""
    offers = select(Offer).where(
        Offer.organisation_id == organisation.id, Offer.entry_id.is_not(None)
    )
    for offer in session.scalars(offers):
        show_or_hide(session, offer, version)


def _mark(entry: Entry, offer: Offer, version: int) -> None:
    if entry.kept_by != ORGANISATION:
        return  # the city’s own, which nobody has taken over yet
    is_up = offer.stand in SHOWN and offer.organisation.standing == Standing.VERIFIED
    entry.status = LIVE if is_up else RETIRED
    entry.checked_on = offer.confirmed_on or today()
    entry.show_until = offer.show_until or today()
    entry.version = version
