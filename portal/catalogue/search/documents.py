"""What the index keeps of an entry: its words, its facets, and what a result shows."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectin_polymorphic, selectinload

from portal.catalogue.models import Course, Entry, Guide, Programme, Role
from portal.catalogue.vocabulary import Vocabulary
from portal.extensions import DatabaseSession

MANY_SKILLS = 10
FOREVER = dt.date.max.toordinal()


@dataclass(frozen=True)
class SearchDocument:
    """One entry as the engine stores it.

    ``facets`` maps a facet to the values it has here; ``place`` is latitude and longitude in
    degrees, None for what can be had anywhere; ``starts``, ``checked`` and ``until`` (the last day
    it is shown) are proleptic ordinals,
    0 when not known.
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
    checked: int = 0
    until: int = FOREVER
    shown: dict[str, str] = field(default_factory=dict)


def entries_with_words(session: DatabaseSession, *, since: int | None = None) -> Sequence[Entry]:
    """Entries with what their documents need: those changed after a version, or all."""
    query = select(Entry).options(
        selectin_polymorphic(Entry, [Role, Programme, Course, Guide]),
        selectinload(Entry.skills),
        joinedload(Course.programme).selectinload(Programme.skills),
    )
    if since is not None:
        query = query.where(Entry.version > since)
    return session.scalars(query).unique().all()


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
    shown = {
        "level_name": vocabulary.level_name(entry.level),
        "sector_name": vocabulary.sectors[entry.sector].name if entry.sector else "",
    }
    names: tuple[str, ...] = (entry.title, *entry.also_called)
    starts = 0
    if isinstance(entry, Role):
        words += [entry.body, *(way["text"] for way in entry.ways_in)]
        shown["soc2020"] = entry.soc2020
    elif isinstance(entry, Guide):
        words += [entry.body]
    elif isinstance(entry, Programme):
        facets |= _programme_facets(entry, vocabulary)
        words += [entry.body, entry.entry_text, entry.reference or ""]
        shown["type_name"] = vocabulary.qualification_types[entry.qualification_type].name
    elif isinstance(entry, Course):
        facets |= _programme_facets(entry.programme, vocabulary) | _course_facets(entry)
        provider = entry.provider
        words += [entry.programme.title, entry.programme.summary, *entry.programme.also_called,
                  entry.award or "", entry.campus or "", entry.town or "", provider.name,
                  *provider.also_called]  # fmt: skip
        starts = entry.starts_on.toordinal() if entry.starts_on else 0
        shown["type_name"] = vocabulary.qualification_types[entry.programme.qualification_type].name
        shown["provider"] = provider.name
        shown["where"] = entry.campus or entry.town or provider.town or ""
        shown["evidence"] = entry.evidence
    place = vocabulary.district(entry.district)
    return SearchDocument(
        id=entry.id,
        kind=entry.kind,
        title=entry.title,
        summary=entry.summary,
        url=entry.path,
        names=names,
        text=" ".join(words),
        facets=facets,
        place=(place.latitude, place.longitude) if place else None,
        is_placed=isinstance(entry, Course) and _has_a_place(entry),
        starts=starts,
        checked=entry.checked_on.toordinal(),
        until=entry.show_until.toordinal(),
        shown={name: value for name, value in shown.items() if value},
    )


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
