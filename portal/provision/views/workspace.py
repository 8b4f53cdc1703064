"""The workspace of an organisation: what needs doing, what it offers, and its files."""

from dataclasses import fields
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.access import EDITORS, PROVIDER_EDITORS, open_to
from portal.accounts.links import hash_of
from portal.accounts.people import current_member
from portal.catalogue.models import CONTENT, LIVE, Entry
from portal.extensions import db
from portal.headers import as_file
from portal.provision import reading
from portal.provision.access_to_offers import my_kinds, my_organisation
from portal.provision.columns import COURSES, OTHER_COURSES, VENUES, Format
from portal.provision.course_values import TEXTS, CourseValues
from portal.provision.models import Venue
from portal.provision.offers import COURSE
from portal.provision.spreadsheet import write
from portal.provision.taking_over import content_of_course
from portal.publishing import moderation
from portal.publishing.kinds import Content, offer_kinds
from portal.templating import counted

KEPT = {field.name for field in fields(CourseValues)}
views = Blueprint("workspace", __name__)
FORMATS = {"courses": COURSES, "other": OTHER_COURSES}
CHANGED = "Somebody changed one of these at the same moment. Look at the list and try again."


@views.get("/workspace")
@open_to(EDITORS)
def home() -> str:
    """What needs doing first, then everything else."""
    organisation = my_organisation()
    unfinished = reading.unfinished(db.session, organisation)
    teaches = COURSE.may_offer(organisation)
    due = reading.running_out(db.session, organisation)
    kinds = offer_kinds()
    return render_template(
        "workspace/workspace.html",
        organisation=organisation,
        kinds=my_kinds(),
        all_kinds=kinds,
        tallies=reading.tallies(db.session, organisation),
        no_tally=reading.Tally(),
        shelves=[s for s in reading.SHELVES if s.slug not in {"all", "live", "archived"}],
        sent_back=[offer for offer in unfinished if offer.stand in reading.SENT_BACK],
        unsent=[o for o in unfinished if o.stand in reading.UNSENT][: reading.FIRST_FEW],
        keep=[offer for offer in due if moderation.could_last_until(offer, kinds[offer.kind])],
        read_again=[offer for offer in due if not offer.extensions_left],
        teaches=teaches,
        listed=reading.count_listed(db.session, organisation) if teaches else 0,
    )


@views.post("/workspace/keep-up")
@open_to(EDITORS)
def keep_up() -> BaseResponse:
    """Say that some offers still hold."""
    wanted = request.form.getlist("offer")
    found = reading.offers_by_id(db.session, my_organisation(), wanted)
    try:
        number = moderation.extend(db.session, found, offer_kinds(), by=current_member())
        flash(f"{counted(number, 'offer')} kept up longer.")
    except moderation.ChangedMeanwhileError:
        flash(CHANGED)
    return redirect(url_for("workspace.home"), code=303)


@views.get("/workspace/listed")
@open_to(PROVIDER_EDITORS)
def listed() -> str:
    """Courses that the city lists for the provider, each with a way to keep it oneself."""
    courses = reading.listed_courses(db.session, my_organisation())
    return render_template(
        "workspace/listed.html",
        courses=courses,
        taken=reading.offers_for(db.session, courses),
    )


@views.post("/workspace/listed/<slug>/take-over")
@open_to(PROVIDER_EDITORS)
def take_over(slug: str) -> BaseResponse:
    """A draft that says what the city says; once published, the same page is the provider’s."""
    organisation = my_organisation()
    course = reading.listed_course(db.session, organisation, slug)
    if course is None:
        abort(404)
    offer = reading.offer_for(db.session, course)
    if offer is None:
        if course.kept_by != CONTENT or course.status != LIVE:
            abort(404)
        venues = {venue.name: venue.reference for venue in reading.venues(db.session, organisation)}
        offer = moderation.begin_offer(
            db.session,
            COURSE,
            content_of_course(course, venues),
            by=current_member(),
            token=hash_of(f"{organisation.public_id} takes over {course.slug}"),
            entry=course,
        )
    flash("Here is what the city says of it. Its page stays as it is until you publish this.")
    return redirect(url_for("offers.edit", public_id=offer.public_id), code=303)


@views.get("/workspace/courses.csv")
@open_to(PROVIDER_EDITORS)
def courses_file() -> Response:
    """What is live, in the columns of the national course directory."""
    organisation = my_organisation()
    name = request.args.get("format", "courses")
    if name not in FORMATS:
        abort(404)
    names = {v.reference: v.name for v in reading.venues(db.session, organisation)}
    rows = (
        _course_cells(content, entry, FORMATS[name], names)
        for content, entry in reading.live_courses(db.session, organisation)
        if bool(content.get("aim")) == (name == "courses")
    )
    return as_file(write(FORMATS[name], rows), "text/csv", f"{name}-live.csv")


@views.get("/workspace/venues.csv")
@open_to(PROVIDER_EDITORS)
def venues_file() -> Response:
    """Where the provider teaches, in the same columns as the directory’s."""
    rows = map(_venue_cells, reading.venues(db.session, my_organisation()))
    return as_file(write(VENUES, rows), "text/csv", "venues.csv")


def _course_cells(
    content: Content, entry: Entry, format_: Format, names: dict[str, str]
) -> dict[str, str]:
    """An approved content as a row. The entry knows level and area where a programme says them."""
    blank = dict.fromkeys(TEXTS.values(), "")
    known: dict[str, Any] = {n: v for n, v in content.items() if v is not None and n in KEPT}
    standing = {"level": entry.level_slug, "sector": entry.sector}
    values = CourseValues(**(standing | blank | known))
    return values.cells(format_, venue_name=names.get(values.venue or "", ""))


def _venue_cells(venue: Venue) -> dict[str, str]:
    return {
        "YOUR_VENUE_REFERENCE": venue.reference,
        "VENUE_NAME": venue.name,
        "ADDRESS_LINE_1": venue.address[:100],
        "ADDRESS_LINE_2": venue.address[100:],
        "TOWN_OR_CITY": venue.town,
        "COUNTY": venue.county,
        "POSTCODE": venue.postcode,
        "EMAIL": venue.email,
        "PHONE": venue.phone,
        "WEBSITE": venue.website,
    }
