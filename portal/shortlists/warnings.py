"""What an adviser has to know of something that is on a list already. Pure: an entry and a day in.

``portal.shortlists.reading_lists`` says the same in SQL, to find the lists that need a look; a test
holds the two together.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from portal.catalogue.models import LIVE, Entry

SOON = dt.timedelta(days=14)


class Matter(StrEnum):
    """What is the matter, the gravest first."""

    TAKEN_DOWN = "taken-down"
    CLOSED = "closed"
    EXPIRED = "expired"
    CLOSES_SOON = "closes-soon"
    CHANGED = "changed"


@dataclass(frozen=True)
class Caution:
    """One thing that is the matter, with the day it is about where there is one."""

    matter: Matter
    day: dt.date | None = None

    @property
    def is_over(self) -> bool:
        """Whether nobody can take it up any more."""
        return self.matter in {Matter.TAKEN_DOWN, Matter.CLOSED, Matter.EXPIRED}


def cautions(entry: Entry, *, seen_version: int, today: dt.date) -> tuple[Caution, ...]:
    """What is the matter with an entry since its adviser saw ``seen_version`` of it.

    What is over says only that: nobody has to read what changed in it before.
    """
    if entry.status != LIVE:
        return (Caution(Matter.TAKEN_DOWN),)
    if entry.closes_on is not None and entry.closes_on < today:
        return (Caution(Matter.CLOSED, entry.closes_on),)
    if entry.show_until < today:
        return (Caution(Matter.EXPIRED, entry.show_until),)
    found = []
    if entry.closes_on is not None and entry.closes_on <= today + SOON:
        found.append(Caution(Matter.CLOSES_SOON, entry.closes_on))
    if entry.version > seen_version:
        found.append(Caution(Matter.CHANGED))
    return tuple(found)
