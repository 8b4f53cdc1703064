"""Fetches the ledger of a school year: two grouped queries, whatever the number of employers."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select

from portal.accounts.models import Organisation, Standing
from portal.catalogue.experiences import Listing, Occasion
from portal.catalogue.models import Entry
from portal.catalogue.vocabulary import Vocabulary
from portal.content.formats import Term
from portal.extensions import DatabaseSession
from portal.pledges.ledger import Ledger, Line, Side, Tally
from portal.pledges.models import Pledge, PledgeLine, Stance
from portal.taxonomy import AcademicYear


def read_ledger(session: DatabaseSession, vocabulary: Vocabulary, year: AcademicYear) -> Ledger:
    """Everything of verified organisations in a school year.

    What is given and who gives it are grouped apart: together they make nearly as many groups as
    there are days on offer.
    """
    return Ledger.of((*_promised(session, vocabulary, year), *_given(session, vocabulary, year)))


def years(session: DatabaseSession, present: AcademicYear) -> list[AcademicYear]:
    """School years of which there is something to tell, the latest first, this one always."""
    pledged = {AcademicYear.parse(year) for year in session.scalars(select(Pledge.year).distinct())}
    first, last = session.execute(
        select(func.min(Occasion.first_day), func.max(Occasion.first_day))
    ).one()
    held = {AcademicYear.of(day).begins for day in (first, last) if day is not None}
    given = {AcademicYear(n) for n in range(min(held), max(held) + 1)} if held else set()
    return sorted({present, *pledged, *given}, reverse=True)


def count_pledges(session: DatabaseSession, year: AcademicYear) -> dict[str, int]:
    """How many verified organisations say what to the pledge, by stance."""
    rows = session.execute(
        select(Pledge.stance, func.count())
        .join(Organisation, Organisation.id == Pledge.organisation_id)
        .where(Pledge.year == str(year), _is_known())
        .group_by(Pledge.stance)
    )
    return dict(rows.all())


def term_of(terms: Iterable[Term], day: dt.date) -> str:
    """The term in which a day lies: the last that has begun since 1 September."""
    year = AcademicYear.of(day)
    begun = [(first_day_of(term, year), term.slug) for term in terms]
    return max(((first, slug) for first, slug in begun if first <= day), default=(day, ""))[1]


def first_day_of(term: Term, year: AcademicYear) -> dt.date:
    """The first day of a term in a school year."""
    month, day = (int(part) for part in term.begins.split("-"))
    first = dt.date(year.begins, month, day)
    return first if first >= year.first_day else first.replace(year=year.begins + 1)


def _is_known() -> ColumnElement[bool]:
    return Organisation.standing == Standing.VERIFIED


def _promised(
    session: DatabaseSession, vocabulary: Vocabulary, year: AcademicYear
) -> Iterator[Line]:
    sector = func.coalesce(PledgeLine.sector, Pledge.sector)
    counted = (
        select(func.sum(PledgeLine.people))
        .select_from(PledgeLine)
        .join(Pledge, Pledge.id == PledgeLine.pledge_id)
        .join(Organisation, Organisation.id == Pledge.organisation_id)
        .where(Pledge.year == str(year), Pledge.stance == Stance.OFFERING.value, _is_known())
    )
    what = (PledgeLine.experience, PledgeLine.term, sector)
    for where, (people,) in _grouped(session, vocabulary, counted, what, Organisation.district):
        yield Line(where, Tally(promised=people))


def _given(session: DatabaseSession, vocabulary: Vocabulary, year: AcademicYear) -> Iterator[Line]:
    counted = (
        select(
            # A day that is not offered any more counts as far as somebody took it.
            func.sum(case((Occasion.is_offered, Occasion.places), else_=Occasion.taken)),
            func.sum(Occasion.taken),
            func.sum(Occasion.attended),
        )
        .select_from(Occasion)
        .join(Listing, Listing.id == Occasion.listing_id)
        .join(Organisation, Organisation.id == Listing.organisation_id)
        .where(
            Occasion.first_day >= year.first_day, Occasion.first_day <= year.last_day, _is_known()
        )
    )
    what = (Listing.experience, _term_column(vocabulary, year), Entry.sector)
    district = func.coalesce(Organisation.district, Entry.district)
    for where, figures in _grouped(session, vocabulary, counted, what, district):
        published, taken, attended = figures
        yield Line(where, Tally(published=published, taken=taken, attended=attended))


def _grouped(
    session: DatabaseSession,
    vocabulary: Vocabulary,
    counted: Select[*tuple[Any, ...]],
    what: tuple[Any, ...],
    district: Any,  # noqa: ANN401 - a column or an expression
) -> Iterator[tuple[Mapping[Side, str], tuple[int, ...]]]:
    """The figures of a query grouped by what is given (kind, term, area), then by who gives it."""
    for experience, term, sector, *figures in session.execute(
        counted.with_only_columns(*what, *counted.selected_columns)
        .group_by(*what)
    ):  # fmt: skip
        words = vocabulary.experiences.get(experience)
        yield (
            {
                Side.TIER: words.tier.value if words else "",
                Side.EXPERIENCE: experience,
                Side.TERM: term or "",
                Side.SECTOR: sector or "",
            },
            tuple(figures),
        )
    who = (district, Organisation.size)
    for place, size, *figures in session.execute(
        counted.with_only_columns(*who, *counted.selected_columns).group_by(*who)
    ):
        yield {Side.DISTRICT: place or "", Side.SIZE: size or ""}, tuple(figures)


def _term_column(vocabulary: Vocabulary, year: AcademicYear) -> ColumnElement[str]:
    """The slug of the term in which an occasion begins."""
    firsts = sorted(
        ((first_day_of(term, year), term.slug) for term in vocabulary.terms.values()), reverse=True
    )
    if not firsts:
        return literal("")
    column: ColumnElement[str] = case(
        *((Occasion.first_day >= first, literal(slug)) for first, slug in firsts), else_=literal("")
    )
    return column
