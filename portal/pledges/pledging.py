"""The verbs of the pledge: an organisation makes its promise for a school year, or changes it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from portal.accounts.models import Member, Organisation
from portal.accounts.trail import record
from portal.catalogue.models import Entry
from portal.clock import now
from portal.extensions import DatabaseSession
from portal.pledges.models import Pledge, PledgeLine, Stance
from portal.taxonomy import AcademicYear, EmployerSize

JUNE = 6


class ChangedMeanwhileError(Exception):
    """Somebody made or changed the pledge after this page was made; nothing was done."""


class EmptyPledgeError(Exception):
    """Whoever offers something says what, and for how many."""


@dataclass(frozen=True)
class Line:
    """So many young people in one term may have one kind of experience."""

    experience: str
    term: str
    people: int


@dataclass(frozen=True)
class Draft:
    """What a pledge would say if it said the same as the year before."""

    lines: tuple[Line, ...]
    sector: str | None

    @property
    def people(self) -> int:
        """For how many in all."""
        return sum(line.people for line in self.lines)


@dataclass(frozen=True)
class _Wanted:
    """A pledge as somebody wants it, with nothing in it that does not belong to the stance."""

    stance: Stance
    reason: str | None
    sector: str | None
    lines: frozenset[Line]


def open_years(today: dt.date) -> tuple[AcademicYear, ...]:
    """The years that can be pledged for: this one, and from 1 June the next one too."""
    this = AcademicYear.of(today)
    return (this, this.following) if today >= dt.date(this.begins + 1, JUNE, 1) else (this,)


def pledge_of(
    session: DatabaseSession, organisation: Organisation, year: AcademicYear
) -> Pledge | None:
    """The organisation’s pledge for a year."""
    return session.scalars(
        select(Pledge).where(Pledge.organisation_id == organisation.id, Pledge.year == str(year))
    ).one_or_none()


def renewed_from(
    session: DatabaseSession, organisation: Organisation, year: AcademicYear
) -> Draft | None:
    """What the organisation offered in the year before; None when it offered nothing."""
    before = pledge_of(session, organisation, year.before)
    if before is None or not before.is_offering:
        return None
    return Draft(lines=tuple(lines_of(before)), sector=before.sector)


def lines_of(pledge: Pledge) -> list[Line]:
    """What a pledge promises, as values."""
    return [Line(line.experience, line.term, line.people) for line in pledge.lines]


def likely_sector(session: DatabaseSession, organisation: Organisation) -> str | None:
    """The area of work that the organisation last named, in a pledge or in what it published."""
    said = session.scalar(
        select(Pledge.sector)
        .where(Pledge.organisation_id == organisation.id, Pledge.sector.is_not(None))
        .order_by(Pledge.year.desc())
        .limit(1)
    )
    return said or session.scalar(
        select(Entry.sector)
        .where(Entry.organisation_id == organisation.id, Entry.sector.is_not(None))
        .order_by(Entry.id.desc())
        .limit(1)
    )


def keep(  # noqa: PLR0913 - a pledge says this much
    session: DatabaseSession,
    organisation: Organisation,
    *,
    year: AcademicYear,
    stance: Stance,
    reason: str | None,
    size: EmployerSize | None,
    sector: str | None,
    lines: Sequence[Line],
    by: Member,
    seen: int | None,
) -> Pledge:
    """Make the organisation’s one pledge for a year, or change it. The same again changes nothing.

    ``seen`` is the version of the pledge that the writer’s page showed, None where there was none;
    ``size`` None leaves what is known of the organisation. Raises EmptyPledgeError and
    ChangedMeanwhileError.
    """
    offers = stance is Stance.OFFERING
    if offers and not lines:
        raise EmptyPledgeError
    why = reason if stance is Stance.NOT_THIS_YEAR else None
    wanted = _Wanted(stance, why, sector, frozenset(lines if offers else ()))
    pledge = pledge_of(session, organisation, year)
    if pledge is not None and _says(pledge, wanted) and size in {None, organisation.size}:
        return pledge
    if seen != (pledge.version if pledge else None):
        raise ChangedMeanwhileError
    try:
        kept = _write(session, pledge or _begun(organisation, year, by), wanted, by=by)
        organisation.size = size.value if size else organisation.size
        session.commit()
    except StaleDataError:
        session.rollback()
        raise ChangedMeanwhileError from None
    except IntegrityError:
        session.rollback()
        return _same_or_refused(pledge_of(session, organisation, year), wanted)
    return kept


def _begun(organisation: Organisation, year: AcademicYear, by: Member) -> Pledge:
    return Pledge(
        organisation_id=organisation.id, year=str(year), made_at=now(), made_by_id=by.id, lines=[]
    )


def _write(session: DatabaseSession, pledge: Pledge, wanted: _Wanted, *, by: Member) -> Pledge:
    """Say what is wanted, with a row in the trail."""
    before = pledge.stance
    known = {(line.experience, line.term): line for line in pledge.lines}
    pledge.stance, pledge.reason = wanted.stance.value, wanted.reason
    pledge.sector, pledge.changed_at = wanted.sector, now()
    pledge.lines = [
        known.get((line.experience, line.term))
        or PledgeLine(experience=line.experience, term=line.term)
        for line in wanted.lines
    ]
    for kept, line in zip(pledge.lines, wanted.lines, strict=True):
        kept.people, kept.sector = line.people, wanted.sector
    session.add(pledge)
    record(
        session, "changed pledge" if before else "pledged", pledge, by=by,
        organisation=by.organisation, before=before, after=pledge.stance, why=_told(pledge),
    )  # fmt: skip
    return pledge


def _told(pledge: Pledge) -> str:
    """The trail’s words: the year, and how much is promised in all."""
    return f"{pledge.year}: {pledge.people}" if pledge.is_offering else pledge.year


def _says(pledge: Pledge, wanted: _Wanted) -> bool:
    return (pledge.stance, pledge.reason, pledge.sector, frozenset(lines_of(pledge))) == (
        wanted.stance, wanted.reason, wanted.sector, wanted.lines,
    )  # fmt: skip


def _same_or_refused(known: Pledge | None, wanted: _Wanted) -> Pledge:
    """Of two that were made at once, the second stands when it says the same."""
    if known is None or not _says(known, wanted):
        raise ChangedMeanwhileError
    return known
