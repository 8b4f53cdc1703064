"""The public register of pledges, each employer’s page, and its badge and certificate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, abort, current_app, render_template, request

from portal.accounts.access import open_to_everyone
from portal.accounts.models import EMPLOYER, EMPLOYER_PROVIDER
from portal.catalogue import reading
from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.experiences import Listing
from portal.certificate import certificate as sheet
from portal.clock import here, today
from portal.extensions import db
from portal.pledges import register
from portal.pledges.models import Pledge
from portal.pledges.register import RegisterQuery, Sort, by_kind
from portal.pledges.wording import SIZES
from portal.taxonomy import AcademicYear
from portal.templating import day

views = Blueprint("register", __name__)
ONE_DAY = 86_400
EMPLOYERS = {EMPLOYER, EMPLOYER_PROVIDER}
SORTS = {Sort.NAME: "Name", Sort.AMOUNT: "Most promised first"}


@dataclass(frozen=True)
class Filter:
    """A choice on the page: its label, what it says when nothing is chosen, and its options."""

    label: str
    everything: str
    options: Mapping[str, str]


def name_of(kind: str) -> str:
    """What several experiences of a kind are called."""
    words = vocabulary().experiences.get(kind)
    return words.plural if words else "Experiences of another kind"


def filters(places: Sequence[str]) -> dict[str, Filter]:
    """What the register can be narrowed by, by the name in the address."""
    words = vocabulary()
    kinds = {slug: kind.plural for slug, kind in words.experiences.items()}
    sectors = {slug: sector.name for slug, sector in words.sectors.items()}
    sizes = {size.value: name for size, name in SIZES.items()}
    return {
        "kind": Filter("Kind of experience", "Every kind", kinds),
        "sector": Filter("Area of work", "Every area", sectors),
        "size": Filter("Size of employer", "Every size", sizes),
        "place": Filter("Town or district", "Everywhere", {place: place for place in places}),
    }


@views.get("/pledges")
@open_to_everyone
def pledges() -> str:
    """Who pledged what in a year."""
    this_year = AcademicYear.of(today())
    years = register.years(db.session, this_year)
    query = RegisterQuery.of(request.args, vocabulary(), years=years, this_year=this_year)
    found = register.find(db.session, query)
    return render_template(
        "pledges/register.html",
        query=query.on_page(found.number),
        found=found,
        interested=register.interested(db.session, query) if found.number == 1 else [],
        tally=register.tally(db.session, query.year),
        filters=filters(register.places(db.session, query.year)),
        years=years,
        sorts=SORTS,
        by_kind=by_kind,
        name_of=name_of,
    )


@views.get("/employers/<slug>")
@open_to_everyone
def employer(slug: str) -> str:
    """What an organisation is, what it pledged, and what it offers now."""
    organisation = register.organisation(db.session, slug)
    if organisation is None:
        abort(404)
    known = register.of_employer(db.session, organisation)
    has_up = reading.published_by(db.session, organisation, today())
    listings = [entry for entry in has_up.listings if entry.is_open or not _is_asked_for(entry)]
    shows = known.pledges or has_up.listings or has_up.vacancies or has_up.events
    if organisation.kind not in EMPLOYERS and not shows:
        abort(404)
    this_year = AcademicYear.of(today())
    return render_template(
        "pledges/employer.html",
        employer=organisation,
        pledges=[pledge for pledge in known.pledges if pledge.is_offering],
        is_interested=any(
            not pledge.is_offering and pledge.academic_year >= this_year for pledge in known.pledges
        ),
        came=known.came,
        this_year=this_year,
        listings=listings,
        vacancies=has_up.vacancies,
        events=has_up.events,
        sizes=SIZES,
        by_kind=by_kind,
        name_of=name_of,
    )


@views.get("/pledges/<year>/<slug>/badge.svg")
@open_to_everyone
def badge(year: str, slug: str) -> Response:
    """A picture that says who pledged, for the organisation’s own website."""
    pledge = _offered_or_404(year, slug)
    picture = render_template(
        "pledges/badge.svg", pledge=pledge, portal_name=vocabulary().area.portal_name
    )
    response = Response(picture, mimetype="image/svg+xml")
    # Other sites show it as an image, which the rest of the portal does not allow.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = f"public, max-age={ONE_DAY}"
    return response


@views.get("/pledges/<year>/<slug>/certificate.pdf")
@open_to_everyone
def certificate(year: str, slug: str) -> Response:
    """The same as a sheet of paper to hang up."""
    pledge = _offered_or_404(year, slug)
    area = vocabulary().area
    promised = [f"{name_of(kind)}: {people:,}" for kind, people in by_kind(pledge).items()]
    data = sheet(
        portal_name=area.portal_name,
        heading=f"Pledged {pledge.year}",
        name=pledge.organisation.name,
        says=f"promises young people in {area.name} experiences of work.",
        facts=[
            ("School year", pledge.year),
            ("For how many", f"{pledge.people:,}"),
            ("Pledged on", day(here(pledge.made_at).date())),
        ],
        lists=[("What is promised", promised)],
        footer=f"{current_app.config['BASE_URL'].rstrip('/')}/employers/{slug}",
    )
    response = Response(data, mimetype="application/pdf")
    response.headers.set(
        "Content-Disposition", "inline", filename=f"pledge-{pledge.year}-{slug}.pdf"
    )
    return response


def _is_asked_for(entry: Listing) -> bool:
    """Whether one needs a day for it; a video is there at any time."""
    kind = vocabulary().experiences.get(entry.experience)
    return kind is None or kind.is_asked_for


def _offered_or_404(year: str, slug: str) -> Pledge:
    try:
        wanted = AcademicYear.parse(year)
    except ValueError:
        abort(404)
    pledge = register.offered(db.session, wanted, slug)
    if pledge is None:
        abort(404)
    return pledge
