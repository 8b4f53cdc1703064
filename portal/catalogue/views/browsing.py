"""Browsing without searching: sectors, levels, providers."""

from collections import defaultdict

from flask import Blueprint, abort, render_template

from portal.accounts.access import open_to_everyone
from portal.catalogue import reading
from portal.catalogue.access_to_search import today, vocabulary
from portal.catalogue.models import Entry, Programme
from portal.catalogue.views.entries import FAMILY_NAMES
from portal.extensions import db
from portal.taxonomy import EntryKind, Level

views = Blueprint("browsing", __name__)


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
    """One provider and its courses."""
    organisation = reading.provider(db.session, slug)
    if organisation is None:
        abort(404)
    courses = reading.courses_at(db.session, organisation, today())
    rungs: defaultdict[Level, list[Entry]] = defaultdict(list)
    for course in courses:
        if course.level is not None:
            rungs[course.level].append(course)
    return render_template(
        "catalogue/provider.html",
        provider=organisation,
        courses=courses,
        rungs=[(step, rungs[step]) for step in Level if rungs[step]],
    )
