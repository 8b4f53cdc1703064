"""What the index keeps of an entry: its words, its facets, and what a result shows."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, joinedload, selectin_polymorphic, selectinload

from portal.catalogue.experiences import Listing
from portal.catalogue.loading import BATCH, batched
from portal.catalogue.models import LIVE, Course, Entry, Event, Guide, Programme, Role, Vacancy
from portal.catalogue.vocabulary import Vocabulary
from portal.catalogue.whats_on import EVENT_NAMES
from portal.extensions import DatabaseSession
from portal.taxonomy import EventType, Tier

MANY_SKILLS = 10
FOREVER = dt.date.max.toordinal()
# What people type for an event, whatever its title says.
EVENT_WORDS: Mapping[EventType, tuple[str, ...]] = {
    EventType.OPEN_DAY: ("open day", "open evening"),
    EventType.TASTER: ("taster day", "taster session"),
    EventType.TALK: ("talk",),
    EventType.FAIR: ("careers fair", "jobs fair"),
}


@dataclass(frozen=True)
class SearchDocument:
    """One entry as the engine stores it.

    ``facets`` maps a facet to the values it has here; ``place`` is latitude and longitude in
    degrees, None for what can be had anywhere; ``starts``, ``closes`` (the last day one can apply),
    ``checked`` and ``until`` (the last day it is shown) are proleptic ordinals, 0 when not known.
    """

    id: int
    kind: str
    title: str
    summary: str
    url: str
    names: tuple[str, ...] = ()
    text: str = ""
    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    place: tuple[float, float] | None = None
    is_placed: bool = False
    starts: int = 0
    closes: int = 0
    checked: int = 0
    until: int = FOREVER
    shown: dict[str, str] = field(default_factory=dict)


def entries_with_words(
    session: DatabaseSession, *, only: Sequence[int] | None = None
) -> Sequence[Entry]:
    """Entries with what their documents need: those with some ids, or all."""
    query = select(Entry).options(
        selectin_polymorphic(Entry, [Role, Programme, Course, Guide, Vacancy, Event, Listing]),
        selectinload(Entry.skills),
        selectinload(Listing.occasions),
        joinedload(Listing.role),
        joinedload(Course.programme).selectinload(Programme.skills),
        joinedload(Vacancy.programme).selectinload(Programme.skills),
    )
    if only is not None:
        query = query.where(Entry.id.in_(only))
    return session.scalars(query).unique().all()


def changed_since(
    session: DatabaseSession, version: int, today: dt.date
) -> tuple[list[int], list[int]]:
    """The ids of what changed after a version: entries that are shown, and those that are not."""
    is_shown = and_(Entry.status == LIVE, Entry.show_until >= today)
    changed = session.execute(select(Entry.id, is_shown).where(Entry.version > version)).all()
    return [n for n, shown in changed if shown], [n for n, shown in changed if not shown]


def documents_of(
    session: DatabaseSession, numbers: Sequence[int], vocabulary: Vocabulary
) -> Iterator[SearchDocument]:
    """The documents of entries with these ids, read a batch at a time.

    They are read beside the session, so that thousands of entries do not stay in its memory.
    """
    with Session(session.get_bind()) as beside:
        for batch in batched(numbers, BATCH):
            for entry in entries_with_words(beside, only=batch):
                yield document_of(entry, vocabulary)
            beside.expunge_all()


def document_of(entry: Entry, vocabulary: Vocabulary) -> SearchDocument:
    """The document for any kind of entry."""
    facets: dict[str, tuple[str, ...]] = {"kind": (entry.kind,)}
    if entry.level:
        facets["level"] = (entry.level.value,)
    if entry.sector:
        facets["sector"] = (entry.sector,)
    if entry.growth:
        facets["growth"] = tuple(entry.growth)
    if entry.skills:
        facets["skill"] = tuple(skill.skill for skill in entry.skills[:MANY_SKILLS])
    words = [entry.summary, *_vocabulary_words(entry, vocabulary)]
    shown: dict[str, str | None] = {
        "level_name": vocabulary.level_name(entry.level),
        "sector_name": vocabulary.sectors[entry.sector].name if entry.sector else "",
    }
    part = _part_of(entry, vocabulary)
    shown |= part.shown
    place = vocabulary.district(entry.district)
    return SearchDocument(
        id=entry.id,
        kind=entry.kind,
        title=entry.title,
        summary=entry.summary,
        url=entry.path,
        names=(entry.title, *entry.also_called),
        text=" ".join(filter(None, (*words, *part.words))),
        facets={**facets, **part.facets},
        place=(place.latitude, place.longitude) if place else None,
        is_placed=part.is_placed,
        starts=part.starts.toordinal() if part.starts else 0,
        closes=entry.closes_on.toordinal() if entry.closes_on else 0,
        checked=entry.checked_on.toordinal(),
        until=entry.show_until.toordinal(),
        shown={name: value for name, value in shown.items() if value},
    )


@dataclass(frozen=True)
class _Part:
    """What one kind of entry adds to its document."""

    words: tuple[str | None, ...] = ()
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shown: Mapping[str, str | None] = field(default_factory=dict)
    is_placed: bool = False
    starts: dt.date | None = None


def _part_of(entry: Entry, vocabulary: Vocabulary) -> _Part:
    part = _Part()
    match entry:
        case Role():
            ways = (way["text"] for way in entry.ways_in)
            part = _Part((entry.body, *ways), shown={"soc2020": entry.soc2020})
        case Guide():
            part = _Part((entry.body,))
        case Programme():
            part = _Part(
                (entry.body, entry.entry_text, entry.reference, *entry.qualifications),
                _programme_facets(entry, vocabulary),
                _type_name(entry, vocabulary),
            )
        case Course():
            part = _course(entry, vocabulary)
        case Vacancy():
            part = _vacancy(entry, vocabulary)
        case Event():
            part = _event(entry)
        case Listing():
            part = _listing(entry, vocabulary)
    return part


def _course(course: Course, vocabulary: Vocabulary) -> _Part:
    of = _of_programme(course.programme, vocabulary)
    provider = course.provider
    return _Part(
        (*of.words, course.award, course.campus, course.town, provider.name, *provider.also_called,
         course.who_for, course.what_you_learn, course.awarding_body),
        {**of.facets, **_course_facets(course)},
        {
            **of.shown,
            "provider": provider.name,
            "where": course.campus or course.town or provider.town,
            "evidence": course.evidence,
            "anywhere": "yes" if course.is_national else None,
        },
        _has_a_place(course),
        course.starts_on,
    )  # fmt: skip


def _vacancy(vacancy: Vacancy, vocabulary: Vocabulary) -> _Part:
    of = _of_programme(vacancy.programme, vocabulary)
    return _Part(
        (*of.words, vacancy.employer_name, vacancy.training_provider, vacancy.publisher.name,
         *vacancy.publisher.also_called, vacancy.town, vacancy.what_you_do,
         vacancy.what_you_learn),
        of.facets,
        {
            **of.shown,
            "provider": vacancy.publisher.name,
            "employer": vacancy.employer_name,
            "where": vacancy.town,
            "closes_on": vacancy.closes_on.isoformat() if vacancy.closes_on else None,
        },
        is_placed=True,
        starts=vacancy.starts_on,
    )  # fmt: skip


def _event(event: Event) -> _Part:
    day = event.begins.date()
    return _Part(
        (event.publisher.name, *event.publisher.also_called, event.venue, event.town, event.body,
         event.who_for, *EVENT_WORDS[EventType(event.event_type)]),
        shown={
            "type_name": EVENT_NAMES[EventType(event.event_type)][0],
            "provider": event.publisher.name,
            "where": event.venue or event.town,
            "happens_on": day.isoformat(),
        },
        is_placed=not event.is_online,
        starts=day,
    )  # fmt: skip


def _listing(listing: Listing, vocabulary: Vocabulary) -> _Part:
    kind = vocabulary.experiences[listing.experience]
    role = listing.role
    coming = listing.coming
    return _Part(
        (kind.name, kind.plural, *((role.title, *role.also_called) if role else ()),
         listing.publisher.name, *listing.publisher.also_called, listing.town,
         listing.what_you_do, listing.what_you_learn),
        {"experience": (listing.experience,), "year": tuple(listing.year_groups)},
        {
            "type_name": kind.name,
            "provider": listing.publisher.name,
            "employer": listing.publisher.name,
            "where": listing.town,
            "happens_on": coming[0].first_day.isoformat() if coming else None,
        },
        is_placed=listing.tier != Tier.ONLINE and listing.district is not None,
        starts=coming[0].first_day if coming else None,
    )  # fmt: skip


def _of_programme(programme: Programme | None, vocabulary: Vocabulary) -> _Part:
    """What an entry is found by because of the programme it belongs to, when that is known."""
    if programme is None:
        return _Part()
    return _Part(
        (programme.title, programme.summary, *programme.also_called),
        _programme_facets(programme, vocabulary),
        _type_name(programme, vocabulary),
    )


def _type_name(programme: Programme, vocabulary: Vocabulary) -> dict[str, str | None]:
    return {"type_name": vocabulary.qualification_types[programme.qualification_type].name}


def _vocabulary_words(entry: Entry, vocabulary: Vocabulary) -> list[str]:
    """Names of what the entry's slugs stand for, since people search for those too."""
    words = [vocabulary.level_name(entry.level)]
    if entry.sector:
        sector = vocabulary.sectors[entry.sector]
        words += [sector.name, sector.official]
    words += [vocabulary.growth[slug].name for slug in entry.growth if slug in vocabulary.growth]
    words += [vocabulary.skills[skill.skill].name for skill in entry.skills]
    return words


def _programme_facets(programme: Programme, vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    kind = vocabulary.qualification_types[programme.qualification_type]
    facets: dict[str, Any] = {
        "type": (programme.qualification_type,),
        "family": (kind.family.value,),
        "suits": tuple(programme.suits),
        "entry": (programme.entry_level,),
        "free": tuple(band.value for band in kind.free_for),
    }
    facets["study"] = tuple(load for load in programme.study if load in {"full-time", "part-time"})
    facets["mode"] = tuple(load for load in programme.study if load in {"work-based", "online"})
    return {name: values for name, values in facets.items() if values}


def _has_a_place(course: Course) -> bool:
    """Whether distance matters: not online, and not at an employer who may be anywhere."""
    if course.is_national:
        return False
    if course.mode == "work-based":
        return course.district is not None
    return course.mode != "online"


def _course_facets(course: Course) -> dict[str, tuple[str, ...]]:
    values = {
        "provider": course.provider.slug,
        "mode": course.mode,
        "study": course.study_mode,
        "attendance": course.attendance,
    }
    return {name: (value,) for name, value in values.items() if value}
