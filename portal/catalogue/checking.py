"""What ``portal check`` says: how much content there is, and every doubt about it."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any

from portal.catalogue.drafts import months_after
from portal.content.documents import Problem
from portal.content.formats import ProgrammeFormat, RoleFormat
from portal.content.library import Item, Library


def tallies(library: Library) -> Iterator[str]:
    """Counts, one line a kind."""
    kinds = Counter(item.fields.qualification_type for item in library.programmes.values())
    roles = Counter(item.fields.sector for item in library.roles.values())
    yield f"{len(library.roles)} roles in {len(roles)} sectors; fewest: " + ", ".join(
        f"{sector} {number}" for sector, number in roles.most_common()[-3:]
    )
    yield f"{len(library.programmes)} programmes of {len(kinds)} qualification types"
    yield f"{len(library.courses)} courses from {len(library.providers)} providers"
    yield (
        f"{len(library.guides)} guides, {len(library.services)} services, "
        f"{len(library.skills)} skills, {len(library.places)} places"
    )


def doubts(library: Library, today: dt.date, stale_months: int) -> Iterator[Problem]:
    """Things that are allowed but may be wrong, sorted by file."""
    found = [
        *_stale(library, today, stale_months),
        *_dead_ends(library),
        *_without_pay(library),
        *_programmes_without_courses(library),
        *_unused_skills(library),
        *_ended(library, today),
    ]
    yield from sorted(found)


def _stale(library: Library, today: dt.date, stale_months: int) -> Iterator[Problem]:
    items: list[Item[Any]] = [item for _, item in library.published()]
    items += [*library.courses.values(), *library.providers.values(), *library.services.values()]
    for item in items:
        checked = item.fields.checked
        if months_after(checked, stale_months) < today:
            yield item.problem(
                ("checked",), f"stale: {item.slug} was checked on {checked}.", "Read it again."
            )
        elif checked > today:
            yield item.problem(
                ("checked",), f"checked in the future: {item.slug}.", "Write the day it was read."
            )


def _dead_ends(library: Library) -> Iterator[Problem]:
    for item in library.programmes.values():
        fields: ProgrammeFormat = item.fields
        if not fields.leads_to_roles and not fields.leads_to_programmes:
            yield item.problem(
                ("leads_to_roles",), f"dead end: {item.slug} leads nowhere.", "Say what comes next."
            )


def _without_pay(library: Library) -> Iterator[Problem]:
    for item in library.roles.values():
        fields: RoleFormat = item.fields
        if fields.soc2020 not in library.pay:
            yield item.problem(
                ("soc2020",),
                f"no pay: none is published for {fields.soc2020} ({item.slug}).",
                "Check the code; the page will say nothing about pay.",
            )


def _programmes_without_courses(library: Library) -> Iterator[Problem]:
    taught = {course.fields.programme for course in library.courses.values()}
    for item in library.programmes.values():
        if item.slug not in taught:
            yield item.problem(
                (),
                f"no local course: nobody here is known to teach {item.slug}.",
                "Add a course when one is known.",
            )


def _unused_skills(library: Library) -> Iterator[Problem]:
    used = {skill for item in library.roles.values() for skill in item.fields.skills}
    used |= {skill for item in library.programmes.values() for skill in item.fields.skills}
    for item in library.skills.values():
        if item.slug not in used:
            yield item.problem((), f"unused skill: {item.slug}.", "Use it or take it out.")


def _ended(library: Library, today: dt.date) -> Iterator[Problem]:
    month = today.strftime("%Y-%m")
    for item in library.programmes.values():
        if item.fields.last_intake and item.fields.last_intake < month:
            yield item.problem(
                ("last_intake",),
                f"ended: {item.slug} took its last people in {item.fields.last_intake}.",
                "Set show_until, or say what replaces it.",
            )
