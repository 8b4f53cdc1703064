"""What forms of the workspace offer to choose from."""

from collections import defaultdict

from sqlalchemy import select

from portal.catalogue.models import LIVE, Entry, Programme
from portal.catalogue.vocabulary import Vocabulary
from portal.clock import today
from portal.extensions import DatabaseSession

EVERY_AREA = "Useful in every area of work"


def sectors(vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """Areas of work by slug, in the city’s order."""
    return [(slug, sector.name) for slug, sector in vocabulary.sectors.items()]


def programmes(
    session: DatabaseSession, vocabulary: Vocabulary
) -> dict[str, list[tuple[str, str]]]:
    """Programmes by slug with level and title, under the name of their area of work."""
    rows = session.execute(
        select(Programme.slug, Entry.title, Entry.level_slug, Entry.sector)
        .where(Entry.status == LIVE, Entry.show_until >= today())
        .order_by(Entry.title)
    )
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for slug, title, level, sector in rows:
        area = vocabulary.sectors[sector].name if sector else EVERY_AREA
        found[area].append((slug, f"{title} ({vocabulary.level_name(level)})"))
    return {area: found[area] for area in sorted(found)}
