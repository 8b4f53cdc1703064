"""The pages of single entries: a role, a programme, a course, a vacancy, an event."""

from typing import TypeVar

from flask import Blueprint, Response, abort, current_app, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.access import open_to_everyone
from portal.catalogue import reading
from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.experiences import Listing
from portal.catalogue.funding import funding_shown
from portal.catalogue.models import Course, Entry, Event, Programme, Role, Vacancy
from portal.catalogue.panels import panels_for
from portal.catalogue.vocabulary import AGE_BANDS
from portal.catalogue.whats_on import EVENT_NAMES, calendar_file
from portal.catalogue.wording import ENGLISH_AND_MATHS, LOADS, PATTERNS, WAYS_IN, WORKPLACES
from portal.clock import today
from portal.content.formats import QualificationType
from portal.extensions import db
from portal.headers import as_file
from portal.taxonomy import EntryKind, EventType, Family

views = Blueprint("entries", __name__)
E = TypeVar("E", bound=Entry)
MOST_BESIDE = 6
MOST_EVENTS = 4
FAMILY_NAMES = {
    Family.APPRENTICESHIP: "Earn while you learn",
    Family.TECHNICAL: "Technical and vocational courses",
    Family.ACADEMIC: "A levels and degrees",
    Family.ESSENTIALS: "English, maths and digital",
    Family.ADULT: "For adults starting again",
    Family.SUPPORT: "With extra support",
}


def entry_or_404(model: type[E], slug: str) -> E:
    """The entry at this address, or the answer that there is none."""
    entry = reading.find(db.session, model, slug, today())
    if entry is None:
        abort(404)
    return entry


def shown_programme(of: Course | Vacancy) -> Programme | None:
    """The programme that an entry belongs to, when it has one that visitors may see."""
    return of.programme if of.programme and of.programme.is_shown(today()) else None


def type_of(programme: Programme | None) -> QualificationType | None:
    """What kind of qualification a programme is; None without one."""
    return vocabulary().qualification_types[programme.qualification_type] if programme else None


@views.errorhandler(reading.MovedError)
def moved(error: reading.MovedError) -> AnyResponse:
    """Send an old address to the new one."""
    return redirect(error.path, code=301)


@views.errorhandler(reading.TakenDownError)
def taken_down(_error: reading.TakenDownError) -> tuple[str, int]:
    """Say that a page was here."""
    return render_template("errors/taken_down.html"), 410


@views.get("/roles/<slug>")
@open_to_everyone
def role(slug: str) -> str:
    """A job: what it is like, what it pays, how to get in, what comes next."""
    entry = entry_or_404(Role, slug)
    links = reading.links_of(db.session, entry, today())
    programmes = reading.programmes_to(db.session, [entry.id], today())
    ids = [programme.id for programme in programmes]
    return render_template(
        "catalogue/role.html",
        role=entry,
        links=links,
        families=reading.by_family(programmes, vocabulary()),
        family_names=FAMILY_NAMES,
        courses=reading.courses_of(db.session, ids, today()),
        vacancies=reading.vacancies(db.session, today(), programmes=ids),
        listings=reading.listings(db.session, today(), roles=[entry.id]),
        events=reading.events(db.session, today(), sector=entry.sector, most=MOST_EVENTS),
        here=[vocabulary().outlook[slug] for slug in entry.here],
        future=[vocabulary().outlook[slug] for slug in entry.future],
        pay=vocabulary().pay.get(entry.soc2020),
        patterns=PATTERNS,
        workplaces=WORKPLACES,
        way_names=WAYS_IN,
        panels=panels_for(entry),
    )


@views.get("/programmes/<slug>")
@open_to_everyone
def programme(slug: str) -> str:
    """A qualification or apprenticeship: what it is, how to get in, where it is taught."""
    entry = entry_or_404(Programme, slug)
    links = reading.links_of(db.session, entry, today())
    roles = [e for e in links.to.get("leads-to", []) if e.kind == EntryKind.ROLE]
    others = reading.beside(db.session, entry, [role.id for role in roles], today())
    return render_template(
        "catalogue/programme.html",
        programme=entry,
        kind=vocabulary().qualification_types[entry.qualification_type],
        roles=roles,
        onward=[e for e in links.to.get("leads-to", []) if e.kind == EntryKind.PROGRAMME],
        before=[e for e in links.here.get("leads-to", []) if e.kind == EntryKind.PROGRAMME],
        families=reading.by_family(others, vocabulary(), most=MOST_BESIDE),
        family_names=FAMILY_NAMES,
        courses=reading.courses_of(db.session, [entry.id], today()),
        vacancies=reading.vacancies(db.session, today(), programmes=[entry.id]),
        age_bands=AGE_BANDS,
        loads=LOADS,
        english_and_maths=ENGLISH_AND_MATHS[entry.english_and_maths],
        month=f"{today():%Y-%m}",
        funding=funding_shown(db.session, entry, vocabulary().funding_offers, today()),
        panels=panels_for(entry),
    )


@views.get("/courses/<slug>")
@open_to_everyone
def course(slug: str) -> str:
    """One provider’s course, and what shows that it exists."""
    entry = entry_or_404(Course, slug)
    programme = shown_programme(entry)
    same = reading.courses_of(db.session, [programme.id], today()) if programme else []
    return render_template(
        "catalogue/course.html",
        course=entry,
        programme=programme,
        kind=type_of(programme),
        others=[other for other in same if other.id != entry.id],
        age_bands=AGE_BANDS,
        english_and_maths=ENGLISH_AND_MATHS[programme.english_and_maths] if programme else "",
        panels=panels_for(entry),
    )


@views.get("/vacancies/<slug>")
@open_to_everyone
def vacancy(slug: str) -> str:
    """One paid apprenticeship or the like: what one does, what it pays, how to apply in time."""
    entry = entry_or_404(Vacancy, slug)
    programme = shown_programme(entry)
    same = (
        reading.vacancies(db.session, today(), programmes=[programme.id], most=MOST_BESIDE)
        if programme
        else []
    )
    return render_template(
        "catalogue/vacancy.html",
        vacancy=entry,
        programme=programme,
        kind=type_of(programme),
        others=[other for other in same if other.id != entry.id],
        panels=panels_for(entry),
    )


@views.get("/events/<slug>")
@open_to_everyone
def event(slug: str) -> str:
    """One open day, taster, talk or fair: when, where and who it is for."""
    entry = entry_or_404(Event, slug)
    name, _ = EVENT_NAMES[EventType(entry.event_type)]
    return render_template(
        "catalogue/event.html", event=entry, type_name=name, panels=panels_for(entry)
    )


@views.get("/events/<slug>.ics")
@open_to_everyone
def event_file(slug: str) -> Response:
    """An event as a file that calendars read."""
    entry = entry_or_404(Event, slug)
    data = calendar_file(
        entry,
        address=current_app.config["BASE_URL"].rstrip("/") + entry.path,
        portal_name=vocabulary().area.portal_name,
    )
    return as_file(data, "text/calendar", f"{entry.slug}.ics")


@views.get("/listings/<slug>")
@open_to_everyone
def listing(slug: str) -> str:
    """One experience of work: what one does there, when, who it suits, how to ask for it."""
    entry = entry_or_404(Listing, slug)
    role = entry.role if entry.role and entry.role.is_shown(today()) else None
    same = reading.listings(db.session, today(), roles=[role.id], most=MOST_BESIDE) if role else []
    return render_template(
        "catalogue/listing.html",
        listing=entry,
        role=role,
        others=[other for other in same if other.id != entry.id],
        is_preview=False,
        panels=panels_for(entry),
    )
