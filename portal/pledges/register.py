"""The public register: who pledged what in a year, and what one employer’s page shows.

Only what verified organisations say is read here, and never who said “not this year”.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, selectinload
from werkzeug.datastructures import MultiDict

from portal.accounts.models import Organisation, Standing
from portal.catalogue.experiences import Listing, Occasion
from portal.catalogue.vocabulary import Vocabulary
from portal.clock import today
from portal.extensions import DatabaseSession
from portal.pledges.models import Pledge, PledgeLine, Stance
from portal.taxonomy import AcademicYear, EmployerSize

PAGE, MOST_PAGES = 50, 200
# Fewer young people than this are never told of one employer alone.
FEWEST_TOLD = 5
_IS_VERIFIED = Organisation.standing == Standing.VERIFIED.value
_OFFERS = Pledge.stance == Stance.OFFERING.value
_IS_INTERESTED = Pledge.stance == Stance.INTERESTED.value


class Sort(StrEnum):
    """In which order the register stands."""

    NAME = "name"
    AMOUNT = "amount"


@dataclass(frozen=True)
class RegisterQuery:
    """What somebody wants to see of the register; None is everything."""

    year: AcademicYear
    this_year: AcademicYear
    kind: str | None = None
    sector: str | None = None
    size: EmployerSize | None = None
    place: str | None = None
    sort: Sort = Sort.NAME
    page: int = 1

    @classmethod
    def of(
        cls,
        arguments: MultiDict[str, str],
        words: Vocabulary,
        *,
        years: Sequence[AcademicYear],
        this_year: AcademicYear,
    ) -> "RegisterQuery":
        """The query that parameters ask for. Never fails: what is unknown is dropped."""
        by_name = {str(year): year for year in years}
        kind, sector = arguments.get("kind"), arguments.get("sector")
        page = arguments.get("page", "")
        is_page = page.isascii() and page.isdigit() and len(page) <= len(str(MOST_PAGES))
        return cls(
            year=by_name.get(arguments.get("year", ""), this_year),
            this_year=this_year,
            kind=kind if kind in words.experiences else None,
            sector=sector if sector in words.sectors else None,
            size=arguments.get("size", type=EmployerSize),
            place=" ".join(arguments.get("place", "").replace("\0", "").split())[:100] or None,
            sort=arguments.get("sort", Sort.NAME, type=Sort),
            page=max(int(page), 1) if is_page else 1,
        )

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are on."""
        chosen = {"kind": self.kind, "sector": self.sector, "size": self.size, "place": self.place}
        return {name: str(value) for name, value in chosen.items() if value}

    @property
    def url(self) -> str:
        """The address that asks for this, without what goes without saying."""
        pairs = {} if self.year == self.this_year else {"year": str(self.year)}
        pairs |= self.filters
        if self.sort is not Sort.NAME:
            pairs["sort"] = self.sort.value
        if self.page > 1:
            pairs["page"] = str(self.page)
        return f"/pledges?{urlencode(pairs)}" if pairs else "/pledges"

    def on_page(self, page: int) -> "RegisterQuery":
        """The same on another page."""
        return replace(self, page=page)

    def without(self, name: str) -> "RegisterQuery":
        """The same with one filter taken off."""
        return replace(self, page=1, **{name: None})  # type: ignore[arg-type]  # a filter’s name

    def in_year(self, year: AcademicYear) -> "RegisterQuery":
        """The register of another year, with nothing filtered."""
        return RegisterQuery(year=year, this_year=self.this_year)


@dataclass(frozen=True)
class Tally:
    """How many organisations promised how many experiences."""

    organisations: int
    people: int


@dataclass(frozen=True)
class Register:
    """A page of the register."""

    rows: Sequence[Pledge]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(-(-self.total // PAGE), 1)


@dataclass(frozen=True)
class OnEmployer:
    """What stands on an employer’s page beside what it publishes.

    ``came`` is how many young people came this year; None where they are too few to tell.
    """

    pledges: Sequence[Pledge]
    came: int | None


def by_kind(pledge: Pledge) -> dict[str, int]:
    """For how many young people a pledge is, by kind of experience, the most first."""
    found: defaultdict[str, int] = defaultdict(int)
    for line in pledge.lines:
        found[line.experience] += line.people
    return dict(sorted(found.items(), key=lambda row: (-row[1], row[0])))


def years(session: DatabaseSession, this_year: AcademicYear) -> list[AcademicYear]:
    """This year and every other in which somebody has pledged in public, the newest first."""
    rows = session.scalars(
        select(Pledge.year)
        .join(Pledge.organisation)
        .where(_IS_VERIFIED, or_(_OFFERS, _IS_INTERESTED))
        .distinct()
    )
    return sorted({this_year, *map(AcademicYear.parse, rows)}, reverse=True)


def tally(session: DatabaseSession, year: AcademicYear) -> Tally:
    """What verified organisations promise for a year in all."""
    row = session.execute(
        select(func.count(Pledge.id.distinct()), func.coalesce(func.sum(PledgeLine.people), 0))
        .select_from(Pledge)
        .join(Pledge.organisation)
        .join(Pledge.lines)
        .where(_IS_VERIFIED, _OFFERS, Pledge.year == str(year))
    ).one()
    return Tally(*row)


def places(session: DatabaseSession, year: AcademicYear) -> list[str]:
    """Towns and postcode districts in which somebody pledged, towns first."""
    rows = session.execute(
        select(Organisation.town, Organisation.district)
        .join(Pledge, Pledge.organisation_id == Organisation.id)
        .where(_IS_VERIFIED, or_(_OFFERS, _IS_INTERESTED), Pledge.year == str(year))
        .distinct()
    ).all()
    towns = {row.town.casefold(): row.town for row in rows if row.town}
    districts = {row.district for row in rows if row.district}
    return [*sorted(towns.values()), *sorted(districts, key=lambda name: (len(name), name))]


def find(session: DatabaseSession, query: RegisterQuery) -> Register:
    """The pledges that a query asks for; a page past the end is the last one."""
    amount = _amount(query).subquery()
    wanted = select(Pledge).join(amount, amount.c.pledge_id == Pledge.id)
    wanted = wanted.join(Pledge.organisation).where(_OFFERS, *_wanted(query))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    number = min(query.page, max(-(-total // PAGE), 1))
    by_name = func.lower(Organisation.name), Organisation.id
    order = (amount.c.people.desc(), *by_name) if query.sort is Sort.AMOUNT else by_name
    rows = session.scalars(
        wanted.options(contains_eager(Pledge.organisation), selectinload(Pledge.lines))
        .order_by(*order)
        .offset((number - 1) * PAGE)
        .limit(PAGE)
    )
    return Register(rows.all(), number, total)


def interested(session: DatabaseSession, query: RegisterQuery) -> Sequence[Organisation]:
    """Who would like to help and has not said how, by name; nobody where a kind is asked for."""
    if query.kind is not None:
        return []
    return session.scalars(
        select(Organisation)
        .join(Pledge, Pledge.organisation_id == Organisation.id)
        .where(_IS_INTERESTED, *_wanted(query))
        .order_by(func.lower(Organisation.name), Organisation.id)
    ).all()


def offered(session: DatabaseSession, year: AcademicYear, slug: str) -> Pledge | None:
    """What a verified organisation offers in a year: what a badge or a certificate stands on."""
    return session.scalars(
        select(Pledge)
        .join(Pledge.organisation)
        .where(Organisation.slug == slug, _IS_VERIFIED, _OFFERS, Pledge.year == str(year))
        .options(contains_eager(Pledge.organisation), selectinload(Pledge.lines))
    ).one_or_none()


def organisation(session: DatabaseSession, slug: str) -> Organisation | None:
    """A verified organisation."""
    return session.scalars(
        select(Organisation).where(Organisation.slug == slug, _IS_VERIFIED)
    ).one_or_none()


def of_employer(session: DatabaseSession, of: Organisation) -> OnEmployer:
    """An employer’s pledges, the newest first, and how many came this year where not too few."""
    pledges = session.scalars(
        select(Pledge)
        .where(Pledge.organisation_id == of.id, or_(_OFFERS, _IS_INTERESTED))
        .options(selectinload(Pledge.lines))
        .order_by(Pledge.year.desc())
    ).all()
    came = session.scalar(_came(of, AcademicYear.of(today()))) or 0
    return OnEmployer(pledges, came if came >= FEWEST_TOLD else None)


def _came(of: Organisation, year: AcademicYear) -> Select[int]:
    return (
        select(func.sum(Occasion.attended))
        .join(Occasion.listing)
        .where(Listing.organisation_id == of.id)
        .where(Occasion.first_day.between(year.first_day, year.last_day))
    )


def _amount(query: RegisterQuery) -> Select[int, int]:
    """How much each pledge promises, of the kind that is asked for."""
    wanted = select(PledgeLine.pledge_id, func.sum(PledgeLine.people).label("people"))
    if query.kind is not None:
        wanted = wanted.where(PledgeLine.experience == query.kind)
    return wanted.group_by(PledgeLine.pledge_id)


def _wanted(query: RegisterQuery) -> list[ColumnElement[bool]]:
    """What holds of every pledge of a verified organisation that passes the filters."""
    wanted: list[ColumnElement[bool]] = [_IS_VERIFIED, Pledge.year == str(query.year)]
    if query.sector is not None:
        wanted.append(Pledge.sector == query.sector)
    if query.size is not None:
        wanted.append(Organisation.size == query.size.value)
    if query.place is not None:
        town, district = func.lower(Organisation.town), Organisation.district
        wanted.append(or_(town == query.place.lower(), district == query.place.upper()))
    return wanted
