"""Everything that is allowed but may be wrong: one small table of checks."""

import datetime as dt

from portal.catalogue.checking import facts, likeness, shape, wording
from portal.catalogue.checking.matter import Check, Matter
from portal.content.documents import Problem
from portal.content.library import Library

# Each tells its doubts with a name of its own before the colon: the last line counts them by it.
CHECKS: tuple[Check, ...] = (
    facts.stale,
    facts.undated,
    facts.costs_without_source,
    facts.without_pay,
    facts.without_outlook,
    facts.without_local_course,
    facts.ended,
    shape.dead_ends,
    shape.unused_skills,
    shape.unused_facts,
    shape.skills_without_advice,
    shape.few_names,
    shape.shared_names,
    likeness.same_beginnings,
    likeness.stock_sentences,
    wording.hard_pages,
    wording.long_guides,
    wording.long_sentences,
    wording.unwanted_words,
)


def doubts_about(matter: Matter) -> list[Problem]:
    """Every doubt, sorted by file and line."""
    return sorted(doubt for check in CHECKS for doubt in check(matter))


def doubts(library: Library, today: dt.date, stale_months: int) -> list[Problem]:
    """Every doubt about a library on a day."""
    return doubts_about(Matter(library, today, stale_months))
