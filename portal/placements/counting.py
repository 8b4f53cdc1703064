"""How many experiences young people have had: an adviser’s own, by their references.

Every query takes the organisation of whoever looks. Time in a workplace is counted apart from
talks and what happens online.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, or_, select, true

from portal.accounts.models import Organisation
from portal.content.formats import ExperienceWords
from portal.extensions import DatabaseSession
from portal.placements.models import Attendance, YoungPerson
from portal.publishing.desk import PAGE, Listed
from portal.taxonomy import AcademicYear, Tier

MOST = 3
ENCOUNTERS, WORKPLACES = "5", "6"
FILTERS = ("none", "one", "two", "three")


@dataclass(frozen=True)
class Had:
    """A young person, and what they have had so far."""

    person: YoungPerson
    elsewhere: int
    workplaces: int
    hours: float
    workplace_hours: float


@dataclass(frozen=True)
class Tally:
    """Of one year group: how many had none, one, two, and three or more."""

    year_group: str
    numbers: tuple[int, int, int, int]
    hours: float

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.numbers)

    @property
    def shares(self) -> list[tuple[float, float]]:
        """Of a whole of 100, where the part of each number begins and how wide it is."""
        parts = [100 * number / self.total for number in self.numbers]
        return [(sum(parts[:place]), part) for place, part in enumerate(parts)]


@dataclass(frozen=True)
class YearOf:
    """What one young person had in a school year, as the Gatsby benchmarks count."""

    reference: str
    year_group: str
    encounters: int
    workplaces: int
    hours: float
    workplace_hours: float


def tallies(
    session: DatabaseSession, organisation: Organisation, year_groups: Collection[str]
) -> list[Tally]:
    """Young people of an organisation by year group, in the order given, then any other."""
    had = _had(organisation)
    number = case((had.c.number >= MOST, MOST), else_=func.coalesce(had.c.number, 0))
    rows = session.execute(
        select(
            YoungPerson.year_group, number, func.count(), func.coalesce(func.sum(had.c.hours), 0)
        )
        .outerjoin(had, had.c.young_person_id == YoungPerson.id)
        .where(YoungPerson.organisation_id == organisation.id, YoungPerson.left_on.is_(None))
        .group_by(YoungPerson.year_group, number)
    )
    found: defaultdict[str, list[int]] = defaultdict(lambda: [0] * (MOST + 1))
    hours: defaultdict[str, float] = defaultdict(float)
    for year_group, had_so_many, people, lasted in rows:
        found[year_group][had_so_many] = people
        hours[year_group] += lasted
    ordered = [slug for slug in year_groups if slug in found]
    ordered += sorted(set(found) - set(ordered))
    return [
        Tally(slug, (found[slug][0], found[slug][1], found[slug][2], found[slug][3]), hours[slug])
        for slug in ordered
    ]


def young_people(
    session: DatabaseSession,
    organisation: Organisation,
    year_groups: Collection[str],
    *,
    had_so_many: str = "",
    year_group: str = "",
    words: str = "",
    number: int = 1,
) -> Listed[Had]:
    """A page of those who have not left, by year group in the order given, then by reference."""
    had = _had(organisation)
    counted = func.coalesce(had.c.number, 0)
    wanted = (
        select(
            YoungPerson, counted - func.coalesce(had.c.workplaces, 0),
            func.coalesce(had.c.workplaces, 0), func.coalesce(had.c.hours, 0),
            func.coalesce(had.c.workplace_hours, 0),
        )
        .outerjoin(had, had.c.young_person_id == YoungPerson.id)
        .where(
            YoungPerson.organisation_id == organisation.id, YoungPerson.left_on.is_(None),
            _as_many(counted, had_so_many),
            YoungPerson.year_group == year_group if year_group else true(),
            YoungPerson.reference.icontains(words, autoescape=True) if words else true(),
        )
    )  # fmt: skip
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    ordered = wanted.order_by(_in_order(year_groups), YoungPerson.reference)
    return _page(session, ordered, number, total)


def person_of(
    session: DatabaseSession, organisation: Organisation, public_id: str
) -> YoungPerson | None:
    """A young person whom the organisation looks after, or did."""
    return session.scalars(
        select(YoungPerson).where(
            YoungPerson.public_id == public_id, YoungPerson.organisation_id == organisation.id
        )
    ).one_or_none()


def experiences_of(session: DatabaseSession, person: YoungPerson) -> Sequence[Attendance]:
    """What somebody has had, the latest first."""
    return session.scalars(
        select(Attendance)
        .where(Attendance.young_person_id == person.id)
        .order_by(Attendance.on.desc(), Attendance.request_id)
    ).all()


def in_year_group(
    session: DatabaseSession, organisation: Organisation, year_group: str, noted: Collection[int]
) -> Sequence[YoungPerson]:
    """Everybody of a year group who has not left, and those who were noted before."""
    return session.scalars(
        select(YoungPerson)
        .where(
            YoungPerson.organisation_id == organisation.id,
            or_(
                YoungPerson.left_on.is_(None) & (YoungPerson.year_group == year_group),
                YoungPerson.id.in_(noted),
            ),
        )
        .order_by(YoungPerson.reference)
    ).all()


def years_of(
    session: DatabaseSession,
    organisation: Organisation,
    year: AcademicYear,
    experiences: Mapping[str, ExperienceWords],
) -> Iterator[YearOf]:
    """What everybody had in a school year: those who had nothing too, unless they left before."""
    people = session.scalars(
        select(YoungPerson)
        .where(
            YoungPerson.organisation_id == organisation.id,
            or_(YoungPerson.left_on.is_(None), YoungPerson.left_on >= year.first_day),
            YoungPerson.added_on <= year.last_day,
        )
        .order_by(YoungPerson.year_group, YoungPerson.reference)
    ).all()
    rows = session.scalars(
        select(Attendance)
        .join(YoungPerson, YoungPerson.id == Attendance.young_person_id)
        .where(
            YoungPerson.organisation_id == organisation.id,
            Attendance.on.between(year.first_day, year.last_day),
        )
    )
    had: defaultdict[int, list[Attendance]] = defaultdict(list)
    for row in rows:
        had[row.young_person_id].append(row)
    for person in people:
        yield _year_of(person, had[person.id], experiences)


def _year_of(
    person: YoungPerson, had: list[Attendance], experiences: Mapping[str, ExperienceWords]
) -> YearOf:
    def counting_to(benchmark: str) -> int:
        known = [experiences.get(row.experience) for row in had]
        return sum(benchmark in words.benchmarks for words in known if words)

    return YearOf(
        person.reference, person.year_group, counting_to(ENCOUNTERS), counting_to(WORKPLACES),
        sum(row.hours for row in had),
        sum(row.hours for row in had if row.tier == Tier.WORKPLACE),
    )  # fmt: skip


def _had(organisation: Organisation) -> Subquery:
    """What each young person of an organisation had, in one row."""
    is_workplace = Attendance.tier == Tier.WORKPLACE.value
    return (
        select(
            Attendance.young_person_id,
            func.count().label("number"),
            func.sum(case((is_workplace, 1), else_=0)).label("workplaces"),
            func.sum(Attendance.hours).label("hours"),
            func.sum(case((is_workplace, Attendance.hours), else_=0)).label("workplace_hours"),
        )
        .join(YoungPerson, YoungPerson.id == Attendance.young_person_id)
        .where(YoungPerson.organisation_id == organisation.id)
        .group_by(Attendance.young_person_id)
        .subquery()
    )


def _as_many(counted: ColumnElement[int], had_so_many: str) -> ColumnElement[bool]:
    if had_so_many not in FILTERS:
        return true()
    number = FILTERS.index(had_so_many)
    return counted >= MOST if number == MOST else counted == number


def _in_order(year_groups: Collection[str]) -> ColumnElement[int]:
    places = {slug: place for place, slug in enumerate(year_groups)}
    return case(places, value=YoungPerson.year_group, else_=len(places))


def _page(session: DatabaseSession, ordered: Select[Any], number: int, total: int) -> Listed[Had]:
    number = min(max(number, 1), max(-(-total // PAGE), 1))
    rows = session.execute(ordered.offset((number - 1) * PAGE).limit(PAGE))
    return Listed([Had(*row) for row in rows], number, total)
