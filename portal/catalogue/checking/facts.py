"""Doubts about facts: what is old, has no date, or is said nowhere."""

import re
from collections.abc import Iterator
from typing import Any

from portal.catalogue.checking.matter import Matter
from portal.catalogue.drafts import months_after
from portal.content.documents import Problem
from portal.content.library import Item

YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
WITH_A_SOURCE = ("outlook", "places", "providers", "services", "moves", "minimum_wages", "courses")


def stale(matter: Matter) -> Iterator[Problem]:
    """What nobody has read again for too long, and what was read on a day to come."""
    library = matter.library
    items: list[Item[Any]] = [item for _, item in library.published()]
    for table in ("courses", "providers", "services", "moves", "outlook"):
        items += getattr(library, table).values()
    for item in items:
        checked = item.fields.checked
        if months_after(checked, matter.stale_months) < matter.today:
            yield item.problem(
                ("checked",), f"stale: {item.slug} was checked on {checked}.", "Read it again."
            )
        elif checked > matter.today:
            yield item.problem(
                ("checked",), f"checked in the future: {item.slug}.", "Write the day it was read."
            )


def sources_of(matter: Matter) -> Iterator[tuple[Item[Any], str]]:
    """Each time something names where it comes from, with the date it gives."""
    for _, item in matter.library.published():
        for source in item.fields.sources:
            yield item, source.date
    for table in WITH_A_SOURCE:
        for item in getattr(matter.library, table).values():
            yield item, item.fields.source_date


def undated(matter: Matter) -> Iterator[Problem]:
    """A source whose date names no year."""
    for item, date in sources_of(matter):
        if not YEAR.search(date):
            yield item.problem(
                (),
                f"no date: a source of {item.slug} is dated “{date}”.",
                "Write the year at least; for a page without one, the month it was read.",
            )


def costs_without_source(matter: Matter) -> Iterator[Problem]:
    """Money that nobody is named for."""
    for item in matter.library.qualification_types.values():
        if item.fields.costs and not (item.fields.source and item.fields.source_date):
            yield item.problem(
                ("costs",),
                f"no source: nobody is named for what {item.slug} costs.",
                "Add source and source_date.",
            )


def without_pay(matter: Matter) -> Iterator[Problem]:
    """Roles whose page will say nothing about pay."""
    for item in matter.library.roles.values():
        if item.fields.soc2020 not in matter.library.pay:
            yield item.problem(
                ("soc2020",),
                f"no pay: none is published for {item.fields.soc2020} ({item.slug}).",
                "Check the code; the page will say nothing about pay.",
            )


def without_outlook(matter: Matter) -> Iterator[Problem]:
    """Roles that do not say where the work is, or what will become of it."""
    for item in matter.library.roles.values():
        for name in ("here", "future"):
            if not getattr(item.fields, name):
                yield item.problem(
                    (name,),
                    f"no {name}: {item.slug} names no fact of the outlook.",
                    f"Add {name} = […] with slugs of outlook.csv.",
                )


def without_local_course(matter: Matter) -> Iterator[Problem]:
    """Programmes that nobody near is known to teach."""
    taught = {course.fields.programme for course in matter.library.courses.values()}
    for item in matter.library.programmes.values():
        if item.slug not in taught:
            yield item.problem(
                (),
                f"no local course: nobody here is known to teach {item.slug}.",
                "Add a course when one is known.",
            )


def ended(matter: Matter) -> Iterator[Problem]:
    """Programmes that take nobody any more."""
    month = matter.today.strftime("%Y-%m")
    for item in matter.library.programmes.values():
        if item.fields.last_intake and item.fields.last_intake < month:
            yield item.problem(
                ("last_intake",),
                f"ended: {item.slug} took its last people in {item.fields.last_intake}.",
                "Set show_until, or say what replaces it.",
            )
