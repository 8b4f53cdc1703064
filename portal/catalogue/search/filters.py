"""The filters: each knows its parameter, its label, its options’ names and how to say itself.

From one definition come the query, the form control, the removable tag and the sentence.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from portal.catalogue.vocabulary import AGE_BANDS, Vocabulary
from portal.taxonomy import EntryKind

KINDS = {
    EntryKind.ROLE: "Jobs",
    EntryKind.PROGRAMME: "Qualifications and apprenticeships",
    EntryKind.COURSE: "Courses near here",
    EntryKind.VACANCY: "Vacancies open now",
    EntryKind.LISTING: "Work experience",
    EntryKind.EVENT: "Events",
    EntryKind.GUIDE: "Advice",
}
FAMILIES = {
    "apprenticeship": "Apprenticeships",
    "technical": "Technical and vocational",
    "academic": "A levels and degrees",
    "essentials": "English, maths and digital",
    "adult": "For adults starting again",
    "support": "With extra support",
}
MODES = {
    "classroom": "In a classroom",
    "work-based": "At work",
    "online": "Online",
    "blended": "Part online",
}
STUDY = {"full-time": "Full time", "part-time": "Part time", "flexible": "Flexible"}
ATTENDANCE = {
    "daytime": "In the daytime",
    "evening": "In the evening",
    "weekend": "At the weekend",
    "day-release": "Day release from work",
    "block-release": "Blocks of days away from work",
}
SUITS = {
    "year-11": "Finishing Year 11",
    "year-13": "Finishing Year 13",
    "adult": "Adults, 19 and over",
    "graduate": "People with a degree",
}
STARTS = {
    "soon": "In the next 3 months",
    "this-year": "In the next 12 months",
    "later": "Later than that",
}
MILES = (2, 5, 10, 15, 25, 40)
SORTS = {
    "best": "Best match",
    "nearest": "Nearest first",
    "soonest": "Starts soonest",
    "closing": "Closes soonest",
    "newest": "Checked most recently",
    "title": "A to Z",
}


@dataclass(frozen=True)
class Filter:
    """One way to narrow a search. ``shown`` is how many options a page offers at most."""

    name: str
    label: str
    options: Callable[[Vocabulary], Mapping[str, str]]
    says: str
    shown: int = 12
    in_order: bool = True

    def names(self, vocabulary: Vocabulary) -> Mapping[str, str]:
        """Every value it may have, with its name."""
        return _names(self, vocabulary)

    def sentence(self, values: tuple[str, ...], vocabulary: Vocabulary) -> str:
        """“at Level 2 or Level 3”."""
        names = self.names(vocabulary)
        return self.says.format(" or ".join(names.get(value, value) for value in values))


@lru_cache(maxsize=64)
def _names(known: Filter, vocabulary: Vocabulary) -> Mapping[str, str]:
    return known.options(vocabulary)


def _fixed(options: Mapping[Any, str]) -> Callable[[Vocabulary], Mapping[str, str]]:
    named = {str(value): name for value, name in options.items()}
    return lambda _: named


FILTERS: Mapping[str, Filter] = {
    f.name: f
    for f in (
        Filter("kind", "Show me", _fixed(KINDS), "{}"),
        Filter("family", "Kind of route", _fixed(FAMILIES), "{}"),
        Filter("level", "Level", lambda v: {s: w.name for s, w in v.levels.items()}, "at {}"),
        Filter(
            "sector", "Area of work", lambda v: {s: w.name for s, w in v.sectors.items()}, "in {}",
            shown=15,
        ),
        Filter(
            "growth", "Growing here", lambda v: {s: w.name for s, w in v.growth.items()},
            "in the growth area {}",
        ),
        Filter(
            "type", "Qualification",
            lambda v: {s: w.plural for s, w in v.qualification_types.items()}, "{}", shown=10,
            in_order=False,
        ),
        Filter(
            "experience", "Kind of experience",
            lambda v: {s: w.plural for s, w in v.experiences.items()}, "{}",
        ),
        Filter(
            "year", "School year", lambda v: {s: w.name for s, w in v.year_groups.items()},
            "for {}",
        ),
        Filter("suits", "Good for", _fixed(SUITS), "for {}"),
        Filter(
            "entry", "What you need to get in",
            lambda v: {"none": "No qualifications"} | {s: w.name for s, w in v.levels.items()},
            "needing {}",
        ),
        Filter("free", "Free if you are", _fixed(AGE_BANDS), "free at {}"),
        Filter("mode", "How you learn", _fixed(MODES), "{}"),
        Filter("study", "Full or part time", _fixed(STUDY), "{}"),
        Filter("attendance", "When", _fixed(ATTENDANCE), "{}"),
        Filter("starts", "Starts", _fixed(STARTS), "starting {}"),
        Filter(
            "provider", "Where it is taught",
            lambda v: {s: p.name for s, p in v.providers.items()}, "at {}", shown=8, in_order=False,
        ),
        Filter(
            "skill", "Skills", lambda v: {s: w.name for s, w in v.skills.items()}, "with {}",
            shown=8, in_order=False,
        ),
    )
}  # fmt: skip
