"""Entries as content wants them: a library turned into rows, skills and links, and nothing else."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from portal.catalogue.models import Course, Entry, Guide, Programme, Role
from portal.content import formats
from portal.content.library import ANY_SECTOR, Item, Library
from portal.content.values import curly
from portal.taxonomy import EntryKind

Key = tuple[EntryKind, str]
Values = dict[str, Any]


@dataclass(frozen=True)
class Draft:
    """An entry as content wants it: its row, its skills, its links and its earlier addresses."""

    key: Key
    model: type[Entry]
    values: Values
    skills: tuple[tuple[str, int], ...] = ()
    links: tuple[tuple[str, int, Key], ...] = ()
    old_slugs: tuple[str, ...] = ()
    provider: str | None = None
    programme: str | None = None

    @property
    def digest(self) -> str:
        """Changes exactly when something about the entry changes."""
        return digest_of(
            [self.values, self.skills, self.links, self.old_slugs, self.provider, self.programme]
        )


def digest_of(value: object) -> str:
    """Changes exactly when the value, written as JSON, does."""
    written = json.dumps(value, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def drafts_of(library: Library, show_months: int) -> Iterable[Draft]:
    """Every entry of a library, each after those it points at."""
    for guide in library.guides.values():
        yield _guide(guide, show_months)
    for role in library.roles.values():
        yield _role(role, show_months)
    for programme in library.programmes.values():
        yield _programme(programme, library, show_months)
    for course in library.courses.values():
        yield _course(course, library, show_months)


def _common(item: Item[Any], show_months: int) -> Values:
    fields = item.fields
    return {
        "title": fields.title,
        "summary": fields.summary,
        "body": curly(item.body) if item.body else "",
        "also_called": list(fields.also_called),
        "sources": [source.model_dump(mode="json") for source in fields.sources],
        "checked_on": fields.checked,
        "show_until": fields.show_until or months_after(fields.checked, show_months),
    }


def _role(item: Item[formats.RoleFormat], show_months: int) -> Draft:
    fields = item.fields
    links = [("next", n, (EntryKind.ROLE, slug)) for n, slug in enumerate(fields.next_roles)]
    links += [("similar", n, (EntryKind.ROLE, slug)) for n, slug in enumerate(fields.similar_roles)]
    links += [
        ("way-in", n, (EntryKind.PROGRAMME, slug))
        for n, way in enumerate(fields.ways_in)
        for slug in way.programmes
    ]
    return Draft(
        (EntryKind.ROLE, item.slug),
        Role,
        _common(item, show_months)
        | {
            "level_slug": fields.level.value,
            "sector": fields.sector,
            "growth": list(fields.growth),
            "soc2020": fields.soc2020,
            "min_age": fields.min_age,
            "register": fields.register_,
            "hours": fields.hours,
            "pattern": list(fields.pattern),
            "workplaces": list(fields.where),
            "here": list(fields.here),
            "future": list(fields.future),
            "ways_in": [{"kind": way.kind, "text": way.text} for way in fields.ways_in],
        },
        skills=tuple(sorted(fields.skills.items(), key=lambda pair: -pair[1])),
        links=tuple(dict.fromkeys(links)),
        old_slugs=fields.old_slugs,
    )


def _programme(item: Item[formats.ProgrammeFormat], library: Library, show_months: int) -> Draft:
    fields = item.fields
    kind = library.qualification_types[fields.qualification_type].fields
    links = [
        ("leads-to", n, (EntryKind.ROLE, slug)) for n, slug in enumerate(fields.leads_to_roles)
    ]
    links += [
        ("leads-to", n, (EntryKind.PROGRAMME, slug))
        for n, slug in enumerate(fields.leads_to_programmes)
    ]
    return Draft(
        (EntryKind.PROGRAMME, item.slug),
        Programme,
        _common(item, show_months)
        | {
            "level_slug": fields.level.value,
            "sector": None if fields.sector == ANY_SECTOR else fields.sector,
            "growth": list(fields.growth),
            "qualification_type": fields.qualification_type,
            "reference": fields.reference,
            "qualifications": list(fields.qualifications),
            "months": fields.months,
            "study": list(fields.study),
            "assessed": fields.assessed,
            "placement": fields.placement,
            "suits": [starter.value for starter in fields.suits or kind.suits],
            "first_intake": fields.first_intake or kind.first_intake,
            "stated_last_intake": fields.last_intake or kind.last_intake,
            "replaced_by": fields.replaced_by,
            "entry_level": str(fields.entry.level),
            "english_and_maths": fields.entry.english_and_maths,
            "min_age": fields.entry.min_age,
            "max_age": fields.entry.max_age,
            "entry_subjects": list(fields.entry.subjects),
            "entry_text": fields.entry.text,
            "gives_english": fields.gives_english,
            "gives_maths": fields.gives_maths,
            "gives_subjects": list(fields.gives_subjects),
        },
        skills=tuple((skill, 2) for skill in fields.skills),
        links=tuple(dict.fromkeys(links)),
        old_slugs=fields.old_slugs,
    )


def _course(item: Item[formats.CourseRow], library: Library, show_months: int) -> Draft:
    fields = item.fields
    programme = library.programmes[fields.programme].fields
    provider = library.providers[item.document.slug].fields
    district = fields.district
    if district is None and fields.mode != "online" and not fields.campus:
        # The campus is not known: the provider's main site is the nearest thing to a place.
        district = provider.district
    where = fields.campus or fields.town or provider.town
    return Draft(
        (EntryKind.COURSE, item.slug),
        Course,
        {
            "title": fields.title,
            "summary": f"At {provider.name}" + (f", {where}." if where else "."),
            "level_slug": (fields.level or programme.level).value,
            "sector": None if programme.sector == ANY_SECTOR else programme.sector,
            "growth": list(programme.growth),
            "district": district,
            "sources": [source_of(fields)],
            "checked_on": fields.checked,
            "show_until": months_after(fields.checked, show_months),
            "campus": fields.campus,
            "town": fields.town,
            "mode": fields.mode,
            "study_mode": fields.study,
            "attendance": fields.attendance,
            "starts": fields.starts,
            "starts_on": _day(fields.starts),
            "length": fields.length,
            "award": fields.award,
            "cost": fields.cost,
            "entry_text": fields.entry,
            "apply_url": fields.apply_url,
            "evidence": fields.evidence,
        },
        skills=tuple((skill, 2) for skill in programme.skills),
        provider=item.document.slug,
        programme=fields.programme,
    )


def _guide(item: Item[formats.GuideFormat], show_months: int) -> Draft:
    return Draft(
        (EntryKind.GUIDE, item.slug),
        Guide,
        _common(item, show_months)
        | {"audience": list(item.fields.audience), "order": item.fields.order},
        old_slugs=item.fields.old_slugs,
    )


def source_of(fields: formats.ProviderRow | formats.CourseRow) -> dict[str, str | None]:
    """A table row’s source in the form that entries keep."""
    return {"name": fields.source_name, "url": fields.source_url, "date": fields.source_date}


def _day(words: str | None) -> dt.date | None:
    """The first day of a start given as a day or a month; None for other words."""
    found = re.fullmatch(r"(\d{4})-(\d{2})(?:-(\d{2}))?", words or "")
    return dt.date(int(found[1]), int(found[2]), int(found[3] or 1)) if found else None


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day some months later, or that month’s last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (dt.date(year + (month == 11), (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day  # noqa: PLR2004
    return dt.date(year, month + 1, min(day.day, last))
