"""Browsing without searching: sectors, levels, providers, vacancies, what is on."""

from collections import defaultdict

from flask import Blueprint, abort, render_template, request

from portal.accounts.access import open_to_everyone
from portal.catalogue import reading
from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.models import Entry, Programme
from portal.catalogue.views.entries import FAMILY_NAMES
from portal.catalogue.whats_on import EVENT_NAMES, by_month
from portal.clock import today
from portal.content.formats import GlossaryRow
from portal.extensions import db
from portal.taxonomy import EntryKind, EventType, Level

views = Blueprint("browsing", __name__)
MOST_LISTED = 100


@views.get("/sectors")
@open_to_everyone
def sectors() -> str:
    """Every area of work."""
    return render_template(
        "catalogue/sectors.html", counts=reading.counts_by(db.session, "sector", today())
    )


@views.get("/sectors/<slug>")
@open_to_everyone
def sector(slug: str) -> str:
    """One area of work as a ladder: what there is at each level."""
    words = vocabulary().sectors.get(slug)
    if words is None:
        abort(404)
    entries = reading.steps(db.session, today(), sector=slug)
    rungs: defaultdict[Level, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.level is not None:
            rungs[entry.level].append(entry)
    growth = [
        g for g in vocabulary().growth.values() if any(g.slug in entry.growth for entry in entries)
    ]
    return render_template(
        "catalogue/sector.html",
        sector=words,
        rungs=[(level, rungs[level]) for level in Level if rungs[level]],
        roles=[entry for entry in entries if entry.kind == EntryKind.ROLE],
        growth=growth,
    )


@views.get("/levels")
@open_to_everyone
def levels() -> str:
    """The nine levels, explained."""
    return render_template(
        "catalogue/levels.html", counts=reading.counts_by(db.session, "level", today())
    )


@views.get("/levels/<slug>")
@open_to_everyone
def level(slug: str) -> str:
    """One level: what it means and what stands there, every kind of route beside the others."""
    words = vocabulary().levels.get(slug)
    if words is None:
        abort(404)
    entries = reading.steps(db.session, today(), level=slug)
    programmes = [entry for entry in entries if isinstance(entry, Programme)]
    steps = list(Level)
    at = steps.index(words.slug)
    return render_template(
        "catalogue/level.html",
        level=words,
        families=reading.by_family(programmes, vocabulary()),
        family_names=FAMILY_NAMES,
        roles=[entry for entry in entries if entry.kind == EntryKind.ROLE],
        below=steps[at - 1] if at else None,
        above=steps[at + 1] if at + 1 < len(steps) else None,
    )


@views.get("/words")
@open_to_everyone
def words() -> str:
    """Every word that pages explain, from A to Z."""
    letters: defaultdict[str, list[GlossaryRow]] = defaultdict(list)
    for row in sorted(vocabulary().glossary.values(), key=lambda row: row.word.casefold()):
        letters[row.word[0].upper()].append(row)
    return render_template("catalogue/words.html", letters=letters)


@views.get("/providers")
@open_to_everyone
def providers() -> str:
    """Everybody who teaches something listed here."""
    return render_template(
        "catalogue/providers.html", providers=reading.providers(db.session, today())
    )


@views.get("/providers/<slug>")
@open_to_everyone
def provider(slug: str) -> str:
    """One provider: its courses, open vacancies and events."""
    organisation = reading.provider(db.session, slug)
    if organisation is None or not (organisation.is_public and organisation.is_provider):
        abort(404)
    courses = reading.courses_at(db.session, organisation, today())
    published = reading.published_by(db.session, organisation, today())
    rungs: defaultdict[Level | None, list[Entry]] = defaultdict(list)
    for course in courses:
        rungs[course.level].append(course)
    return render_template(
        "catalogue/provider.html",
        provider=organisation,
        courses=courses,
        vacancies=published.vacancies,
        events=published.events,
        listings=published.listings,
        rungs=[(step, rungs[step]) for step in (*Level, None) if rungs[step]],
    )


@views.get("/vacancies")
@open_to_everyone
def vacancies() -> str:
    """What one can apply for now, what closes soonest first."""
    found = reading.vacancies(db.session, today(), most=MOST_LISTED)
    return render_template("catalogue/vacancies.html", vacancies=found, most=MOST_LISTED)


@views.get("/events")
@open_to_everyone
def events() -> str:
    """What is on, the soonest first, by month; ``type`` asks for one type of event."""
    asked = request.args.get("type", "")
    chosen = next((kind for kind in EventType if kind.value == asked), None)
    found = reading.events(db.session, today(), of_type=chosen, most=MOST_LISTED)
    return render_template(
        "catalogue/events.html",
        months=by_month(found),
        total=len(found),
        most=MOST_LISTED,
        chosen=chosen,
        names=EVENT_NAMES,
    )


@views.get("/listings")
@open_to_everyone
def listings() -> str:
    """Experiences of work that one can ask for, the soonest first; ``kind`` asks for one kind."""
    chosen = vocabulary().experiences.get(request.args.get("kind", ""))
    found = reading.listings(
        db.session, today(), experience=chosen.slug if chosen else None, most=MOST_LISTED
    )
    return render_template(
        "catalogue/listings.html", listings=found, most=MOST_LISTED, chosen=chosen
    )
