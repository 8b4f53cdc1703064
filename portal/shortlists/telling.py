"""What each thing on a list is, said to somebody who did not make it: in words and a few facts.

Pure: an entry, its reason and the vocabulary go in. What is not known is left out. Each fact is a
sentence or a name in one piece, because a browser translates piece by piece.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from portal.catalogue.experiences import Listing
from portal.catalogue.models import Course, Entry, Event, Programme, Role, Vacancy
from portal.catalogue.vocabulary import AGE_BANDS, Vocabulary
from portal.catalogue.whats_on import EVENT_NAMES, days_in_words, weekday, when
from portal.shortlists.models import ShortlistItem
from portal.taxonomy import AgeBand, EntryKind, EventType, Tier
from portal.templating import day, length_of_time, partial_date, pounds

KINDS: Mapping[EntryKind, str] = {
    EntryKind.ROLE: "A job",
    EntryKind.PROGRAMME: "A qualification",
    EntryKind.COURSE: "A course",
    EntryKind.GUIDE: "Advice to read",
    EntryKind.VACANCY: "A paid place that is open now",
    EntryKind.EVENT: "An event",
    EntryKind.LISTING: "An experience of work",
}
NEXT: Mapping[EntryKind, str] = {
    EntryKind.ROLE: "Read what the job is like and the ways into it.",
    EntryKind.PROGRAMME: "See who teaches it near you, and ask them what they look for.",
    EntryKind.COURSE: "Ask who runs it whether it runs this year, and how to apply.",
    EntryKind.GUIDE: "Read it together.",
    EntryKind.VACANCY: "Apply before it closes. It may close sooner if many people apply.",
    EntryKind.EVENT: "Go together if you can. Look first whether you have to book.",
    EntryKind.LISTING: "Ask for a place on its page. An adviser sends the request on.",
}
ROUTE, OF_ROUTE = "A way to get there", "Look at the first step, and ask what it takes to begin."
GONE = "This is not on the site any more. Ask whoever sent you the list what fits instead."

Facts = Iterator[tuple[str, str]]


@dataclass(frozen=True)
class RouteStep:
    """One step of a route as it stood when it was kept."""

    title: str
    told: str


@dataclass(frozen=True)
class Thing:
    """One thing on a list as it is told. A route has its goal’s ``path``; what is gone has none."""

    title: str
    kind: str
    icon: str
    reason: str
    summary: str = ""
    next: str = ""
    who: str = ""
    path: str = ""
    facts: Sequence[tuple[str, str]] = ()
    steps: Sequence[RouteStep] = ()
    is_gone: bool = False


def things(
    items: Iterable[ShortlistItem], words: Vocabulary, today: dt.date, *, goals: frozenset[str]
) -> list[Thing]:
    """Everything on a list in its order; what is not shown any more keeps its name only.

    ``goals`` are the keys of those goals of routes that are shown.
    """
    return [_thing(item, words, today, goals) for item in items]


def _thing(item: ShortlistItem, words: Vocabulary, today: dt.date, goals: frozenset[str]) -> Thing:
    entry = item.entry
    if entry is None:
        return _route(item, words, goals)
    kind = EntryKind(entry.kind)
    if not entry.is_shown(today):
        return Thing(entry.title, KINDS[kind], kind.value, item.reason, GONE, is_gone=True)
    return Thing(
        title=entry.title,
        kind=_kind_of(entry, words),
        icon=kind.value,
        reason=item.reason,
        summary=entry.summary,
        next=NEXT[kind],
        who=_who(entry),
        path=entry.path,
        facts=tuple((name, text) for name, text in _facts(entry, words) if text),
    )


def _kind_of(entry: Entry, words: Vocabulary) -> str:
    match entry:
        case Programme():
            return words.qualification_types[entry.qualification_type].name
        case Event():
            return EVENT_NAMES[EventType(entry.event_type)][0]
        case Listing():
            return words.experiences[entry.experience].name
    return KINDS[EntryKind(entry.kind)]


def _who(entry: Entry) -> str:
    if isinstance(entry, Vacancy):
        return entry.employer_name
    return entry.organisation.name if entry.organisation else ""


def _facts(entry: Entry, words: Vocabulary) -> Facts:
    match entry:
        case Role():
            yield from _of_role(entry, words)
        case Programme():
            yield from _of_programme(entry, words)
        case Course():
            yield from _of_course(entry, words)
        case Vacancy():
            yield from _of_vacancy(entry)
        case Event():
            yield from _of_event(entry)
        case Listing():
            yield from _of_listing(entry)


def _of_role(role: Role, words: Vocabulary) -> Facts:
    pay = words.pay.get(role.soc2020)
    if pay and pay.typical:
        yield "Pay for a full year", f"{pounds(pay.typical)} is typical. Starters often earn less."
    yield "Hours", role.hours or ""


def _of_programme(programme: Programme, words: Vocabulary) -> Facts:
    yield "Level", _level(programme, words)
    yield "How long", length_of_time(programme.months) if programme.months else ""
    kind = words.qualification_types[programme.qualification_type]
    yield from _cost(kind.costs)
    yield "To get in", programme.entry_text


def _of_course(course: Course, words: Vocabulary) -> Facts:
    programme = course.programme
    yield "Where", _listed([course.campus, course.town, course.district])
    yield "Starts", partial_date(course.starts) if course.starts else ""
    months = length_of_time(programme.months) if programme and programme.months else ""
    yield "How long", course.length or months
    yield "Level", _level(course, words)
    if course.cost:
        yield "Cost", course.cost
    elif programme:
        yield from _cost(words.qualification_types[programme.qualification_type].costs)


def _of_vacancy(vacancy: Vacancy) -> Facts:
    yield "Closes", weekday(vacancy.closes_on) if vacancy.closes_on else ""
    yield "Where", _listed([vacancy.town, vacancy.district])
    yield "Pay", vacancy.wage_words
    yield "Hours", vacancy.hours_words
    yield "Starts", day(vacancy.starts_on) if vacancy.starts_on else ""


def _of_event(event: Event) -> Facts:
    yield "When", when(event)
    yield "Where", "Online" if event.is_online else event.place
    yield "Who it is for", event.who_for
    yield "Cost", event.cost


def _of_listing(listing: Listing) -> Facts:
    coming = listing.coming
    if coming:
        yield "Next time", days_in_words(coming[0].first_day, coming[0].last_day)
    is_online = listing.tier == Tier.ONLINE
    yield "Where", "Online" if is_online else _listed([listing.town, listing.district])
    yield "Youngest age on the day", str(listing.min_age or "")


def _level(entry: Entry, words: Vocabulary) -> str:
    """With something beside it that people know."""
    if entry.level is None:
        return ""
    level = words.levels[entry.level.value]
    return f"{level.name}, like {level.like[0]}"


def _cost(costs: Mapping[AgeBand, str]) -> Facts:
    """What it costs those whom parents ask for."""
    band = AgeBand.UNDER_19
    yield f"Cost, {AGE_BANDS[band].lower()}", costs.get(band, "")


def _route(item: ShortlistItem, words: Vocabulary, goals: frozenset[str]) -> Thing:
    route = item.route or {}
    goal = route.get("goal", {"key": "", "title": item.title})
    kept = route.get("steps", [])
    return Thing(
        title=item.title,
        kind=ROUTE,
        icon="level",
        reason=item.reason,
        summary=f"Steps to {goal['title']}, as they stood when this list was made.",
        next=OF_ROUTE,
        path=f"/{goal['key']}" if goal["key"] in goals else "",
        steps=[RouteStep(str(step["title"]), _of_step(step, words)) for step in kept],
    )


def _of_step(step: Mapping[str, object], words: Vocabulary) -> str:
    """Level, length and money, as far as they were known."""
    level, months = step.get("level"), step.get("months")
    length = length_of_time(months) if isinstance(months, int) and months else ""
    first = _listed([words.level_name(str(level)) if level else "", length])
    return " ".join(part for part in (first and f"{first}.", str(step.get("money") or "")) if part)


def _listed(parts: Iterable[str | None]) -> str:
    return ", ".join(dict.fromkeys(part for part in parts if part))
