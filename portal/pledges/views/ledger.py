"""The ledger as a page, as CSV and as JSON: the same figures, rounded alike."""

import csv
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from flask import Blueprint, Response, abort, jsonify, render_template, request

from portal.accounts.access import open_to_everyone
from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.vocabulary import Vocabulary
from portal.clock import today
from portal.extensions import db
from portal.headers import as_file
from portal.pledges.ledger import NOTHING, ROUNDED_TO, Ledger, Public, Side, Tally, rounded, share
from portal.pledges.reading_ledger import count_pledges, read_ledger, years
from portal.taxonomy import AcademicYear, EmployerSize, Tier

views = Blueprint("ledger", __name__)
EACH = 3
NOT_SAID = "Not said"
TIERS: Mapping[str, str] = {
    Tier.WORKPLACE: "Time in a workplace",
    Tier.MEETING: "Meeting people from work",
    Tier.ONLINE: "Online",
}
SIZES: Mapping[str, str] = {
    EmployerSize.MICRO: "1 to 9 people",
    EmployerSize.SMALL: "10 to 49 people",
    EmployerSize.MEDIUM: "50 to 249 people",
    EmployerSize.LARGE: "250 people or more",
}
HEADINGS = {
    Side.TIER: "How near to working",
    Side.EXPERIENCE: "Kind of experience",
    Side.TERM: "Term",
    Side.SECTOR: "Area of work",
    Side.DISTRICT: "Postcode district of the employer",
    Side.SIZE: "Size of the employer",
}


@dataclass(frozen=True)
class Row:
    """One line of a table: its name and what may be published of it."""

    value: str
    name: str
    tally: Public


@dataclass(frozen=True)
class Gauge:
    """One group of experiences against what three for everybody would be.

    ``bars`` are stages with their public number in words and how far they fill the whole.
    """

    name: str
    bars: tuple[tuple[str, str, float], ...]


@views.get("/ledger")
@open_to_everyone
def page() -> str:
    """What employers promised and what came of it, against three for every young person."""
    words, year = vocabulary(), _year()
    found = read_ledger(db.session, words, year)
    wanted = words.area.cohort.people * EACH
    total = found.total
    return render_template(
        "pledges/ledger.html",
        year=year,
        years=years(db.session, AcademicYear.of(today())),
        counts=count_pledges(db.session, year),
        total=total,
        public=Public.of(total),
        wanted=wanted,
        each=EACH,
        missing=max(wanted - total.promised, 0),
        gauges=[
            _gauge("Everything together", total, wanted),
            _gauge(TIERS[Tier.WORKPLACE], found.at(Side.TIER, [Tier.WORKPLACE]), wanted),
            _gauge(
                "Meeting people and online",
                found.at(Side.TIER, [Tier.MEETING, Tier.ONLINE]),
                wanted,
            ),
        ],
        tables={side: rows(found, side, words) for side in Side},
        headings=HEADINGS,
        rounded_to=ROUNDED_TO,
    )


@views.get("/ledger.csv")
@open_to_everyone
def as_csv() -> Response:
    """Every table one under another: by what, which, and the four figures."""
    words, year = vocabulary(), _year()
    found = read_ledger(db.session, words, year)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("year", "by", "value", "promised", "published", "taken", "attended"))
    everything = Public.of(found.total)
    writer.writerow((year, "everything", "", *asdict(everything).values()))
    for side in Side:
        for row in rows(found, side, words):
            writer.writerow((year, side.value, row.name, *asdict(row.tally).values()))
    return as_file(out.getvalue(), "text/csv", f"ledger-{year}.csv")


@views.get("/ledger.json")
@open_to_everyone
def as_json() -> Response:
    """The same for programs, with what the figures are measured against."""
    words, year = vocabulary(), _year()
    found = read_ledger(db.session, words, year)
    cohort = words.area.cohort
    return jsonify(
        year=str(year),
        taken_on=today().isoformat(),
        measured_against={
            "young_people": cohort.people,
            "who": cohort.who,
            "cohort_year": cohort.year,
            "source": cohort.source.name,
            "each": EACH,
        },
        note=(
            f"Taken and attended count young people: rounded to the nearest {ROUNDED_TO}, and"
            " small numbers are not shown."
        ),
        total=asdict(Public.of(found.total)),
        **{
            f"by_{side.value}": [
                {"value": row.value, "name": row.name, **asdict(row.tally)}
                for row in rows(found, side, words)
            ]
            for side in Side
        },
    )


def rows(found: Ledger, side: Side, words: Vocabulary) -> list[Row]:
    """The table of one side in the city’s own order; what stands nowhere comes last."""
    parts = found.by(side)
    names = _names(side, words)
    order = [*(value for value in names if value in parts), *sorted(parts.keys() - names.keys())]
    return [
        Row(value, names.get(value, value) or NOT_SAID, Public.of(parts.get(value, NOTHING)))
        for value in order
        if not parts[value].is_empty
    ]


def _names(side: Side, words: Vocabulary) -> Mapping[str, str]:
    names: Mapping[Side, Mapping[str, str]] = {
        Side.TIER: TIERS,
        Side.EXPERIENCE: {slug: kind.plural for slug, kind in words.experiences.items()},
        Side.TERM: {slug: term.name for slug, term in words.terms.items()},
        Side.SECTOR: {slug: sector.name for slug, sector in words.sectors.items()},
        Side.DISTRICT: {},
        Side.SIZE: SIZES,
    }
    return {str(value): name for value, name in names[side].items()}


def _gauge(name: str, tally: Tally, wanted: int) -> Gauge:
    public = Public.of(tally)
    people = {"taken": rounded(tally.taken) or 0, "attended": rounded(tally.attended) or 0}
    fills = asdict(tally) | people
    return Gauge(
        name,
        tuple(
            (stage, f"{said:,}" if isinstance(said, int) else said, share(fills[stage], wanted))
            for stage, said in asdict(public).items()
        ),
    )


def _year() -> AcademicYear:
    """The year that the address asks for, or this one."""
    asked = request.args.get("year")
    if asked is None:
        return AcademicYear.of(today())
    try:
        return AcademicYear.parse(asked)
    except ValueError:
        abort(404)
