"""What the register of qualifications says of programmes: on their pages, and of last starts.

A programme’s own ``qualifications`` are the numbers that content gives. Only what the register
says is told, with the day of its edition: never that something is free for somebody.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from portal.catalogue.models import LIVE, Programme, VocabularyPart
from portal.catalogue.register import (
    Qualification,
    RegisterEdition,
    last_start_of_all,
)
from portal.content.formats import FundingOfferRow
from portal.extensions import DatabaseSession

BATCH = 500


class Stand(StrEnum):
    """Where today stands to the days of an offer."""

    COMING = "coming"
    OPEN = "open"
    ENDED = "ended"
    # The edition named a day beforehand, and a later one may have moved it.
    PERHAPS_ENDED = "perhaps-ended"


@dataclass(frozen=True)
class OfferShown:
    """An offer of public money for new starts on any of a programme’s qualifications."""

    name: str
    says: str
    stand: Stand
    first_day: dt.date | None
    last_day: dt.date | None
    note: str
    number: int


@dataclass(frozen=True)
class FundingShown:
    """What a programme’s page says of its qualifications; ``edition`` is the register’s day.

    ``last_start`` is the last day of new starts with public money, where the edition settles it.
    """

    edition: dt.date
    qualifications: Sequence[Qualification]
    offers: Sequence[OfferShown]
    last_start: dt.date | None
    has_ended: bool

    @property
    def listed(self) -> int:
        """How many the edition still holds."""
        return sum(q.withdrawn_on is None for q in self.qualifications)

    @property
    def has_doubtful_days(self) -> bool:
        """Whether a last day passed after the edition was made, so that a newer one may differ."""
        return any(offer.stand is Stand.PERHAPS_ENDED for offer in self.offers)


def present_edition(session: DatabaseSession) -> dt.date | None:
    """The day that the newest edition describes; None before one was imported."""
    return session.scalar(select(func.max(RegisterEdition.snapshot)))


def funding_shown(
    session: DatabaseSession,
    programme: Programme,
    words: Mapping[str, FundingOfferRow],
    today: dt.date,
) -> FundingShown | None:
    """What the register says of a programme; None when it knows nothing of it. One statement."""
    if not programme.qualifications:
        return None
    edition = select(func.max(RegisterEdition.snapshot)).scalar_subquery()
    rows = session.execute(
        select(Qualification, edition).where(Qualification.number.in_(programme.qualifications))
    ).all()
    if not rows:
        return None
    known = {qualification.number: qualification for qualification, _ in rows}
    snapshot: dt.date = rows[0][1]
    found = [known[number] for number in programme.qualifications if number in known]
    school_age = {code for code, row in words.items() if row.school_age}
    last = last_start_of_all(programme.qualifications, known, snapshot, school_age)
    return FundingShown(
        edition=snapshot,
        qualifications=found,
        offers=_offers([q for q in found if q.withdrawn_on is None], words, snapshot, today),
        last_start=last,
        has_ended=last is not None and last < today,
    )


def _offers(
    qualifications: Sequence[Qualification],
    words: Mapping[str, FundingOfferRow],
    snapshot: dt.date,
    today: dt.date,
) -> list[OfferShown]:
    """The offers that the city has words for, in their order; of several, until the last ends.

    ``number`` counts the qualifications on which it goes on, or all that had it once none does.
    """
    shown = []
    for code, row in words.items():
        offers = [q.offers[code] for q in qualifications if code in q.offers]
        going_on = [o for o in offers if not o["ends"] or o["ends"] >= today.isoformat()]
        offers = going_on or offers
        if not offers:
            continue
        first = _day(min((offer["starts"] or "" for offer in offers), default=""))
        lasts = [offer["ends"] for offer in offers]
        last = _day(max(lasts)) if all(lasts) else None
        notes = {offer["notes"] for offer in offers}
        shown.append(
            OfferShown(
                name=row.name,
                says=row.says,
                stand=_stand(first, last, snapshot, today),
                first_day=first,
                last_day=last,
                note=notes.pop() if len(notes) == 1 else "",
                number=len(offers),
            )
        )
    return shown


def _stand(first: dt.date | None, last: dt.date | None, snapshot: dt.date, today: dt.date) -> Stand:
    if last is not None and last < today:
        return Stand.ENDED if last < snapshot else Stand.PERHAPS_ENDED
    return Stand.COMING if first is not None and today < first else Stand.OPEN


def _day(written: str) -> dt.date | None:
    return dt.date.fromisoformat(written) if written else None


def words_for_offers(session: DatabaseSession) -> dict[str, FundingOfferRow]:
    """The city’s words for each offer by its code, also before the rest is read."""
    part = VocabularyPart.name == "funding_offers"
    rows: list[dict[str, Any]] = session.scalar(select(VocabularyPart.content).where(part)) or []
    return {row["code"]: FundingOfferRow.model_validate(row) for row in rows}


def linked_programmes(session: DatabaseSession) -> list[Programme]:
    """Live programmes that name numbers on the register, by title."""
    live = select(Programme).where(Programme.status == LIVE).order_by(Programme.title)
    return [programme for programme in session.scalars(live) if programme.qualifications]


def known_qualifications(
    session: DatabaseSession, programmes: Sequence[Programme]
) -> dict[str, Qualification]:
    """The qualifications that some programmes stand for, by number."""
    numbers = sorted({number for programme in programmes for number in programme.qualifications})
    known: dict[str, Qualification] = {}
    for first in range(0, len(numbers), BATCH):
        wanted = Qualification.number.in_(numbers[first : first + BATCH])
        known |= {q.number: q for q in session.scalars(select(Qualification).where(wanted))}
    return known


def follow_register(session: DatabaseSession, version: int) -> list[Programme]:
    """Give each programme the last start that the register settles; return those that changed.

    ``version`` is the catalogue’s next one, whose lock the caller holds.
    """
    snapshot = present_edition(session)
    programmes = list(session.scalars(select(Programme)))
    known = known_qualifications(session, programmes) if snapshot else {}
    school_age = {code for code, row in words_for_offers(session).items() if row.school_age}
    changed = []
    for programme in programmes:
        numbers = programme.qualifications
        last = last_start_of_all(numbers, known, snapshot, school_age) if snapshot else None
        month = f"{last:%Y-%m}" if last else None
        if month != programme.funded_last_intake:
            programme.funded_last_intake = month
            programme.version = version
            changed.append(programme)
    return changed
