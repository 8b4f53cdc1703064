"""Brings the content folder into the database: all of it or nothing, and says what changed.

Loading the same content twice changes nothing. An entry whose file has gone is retired, not
deleted, so that its address can still say what happened.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select, text, update

from portal.accounts.models import Organisation
from portal.catalogue.models import (
    LIVE,
    RETIRED,
    CatalogueState,
    Course,
    Entry,
    EntryLink,
    EntrySkill,
    Guide,
    OldSlug,
    Programme,
    Role,
    VocabularyPart,
)
from portal.catalogue.vocabulary import PARTS
from portal.content import formats
from portal.content.documents import documents_in
from portal.content.library import ANY_SECTOR, Item, Library
from portal.extensions import DatabaseSession
from portal.taxonomy import EntryKind

Key = tuple[EntryKind, str]
Values = dict[str, Any]
BATCH = 500


@dataclass
class LoadReport:
    """What a load did, by kind and slug."""

    version: int = 0
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    unchanged: int = 0
    vocabulary: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether the database already said the same."""
        return not (self.added or self.changed or self.retired or self.vocabulary)


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
        return _digest(
            [self.values, self.skills, self.links, self.old_slugs, self.provider, self.programme]
        )


def load(
    session: DatabaseSession, library: Library, *, show_months: int, digest: str = ""
) -> LoadReport:
    """Make the database say what a faultless library says, in one transaction.

    ``digest`` is kept with it, so that a later start can see that no file has changed since.
    Raises ValueError when the library has problems; then nothing is touched.
    """
    if library.problems or library.area is None:
        message = "A library with problems cannot be loaded."
        raise ValueError(message)
    report = LoadReport()
    state = _locked_state(session)
    version = state.version + 1
    report.vocabulary = _store_vocabulary(session, library)
    providers = _store_providers(session, library, report)
    drafts = {draft.key: draft for draft in drafts_of(library, show_months)}
    rows = _store_entries(session, drafts, providers, version, report)
    session.flush()
    _store_links(session, drafts, rows, version)
    _mark_dependents(
        session, version, everything=bool(report.vocabulary) or _providers_changed(report)
    )
    if not report.is_empty:
        state.version = version
        state.changed_at = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    state.content_digest = digest
    report.version = state.version
    session.commit()
    return report


def content_digest(folder: Path) -> str:
    """Changes whenever a content file, or the code that turns content into rows, does."""
    digest = hashlib.sha256()
    code = (Path(__file__), Path(formats.__file__))
    for path in (*code, *documents_in(folder, "*.*")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def loaded_digest(session: DatabaseSession) -> str:
    """The digest of what was loaded last; empty before that."""
    return session.scalar(select(CatalogueState.content_digest)) or ""


def _locked_state(session: DatabaseSession) -> CatalogueState:
    """The state row, held for writing so that two loads queue instead of mixing."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("BEGIN IMMEDIATE"))
    state = session.get(CatalogueState, 1, with_for_update=True)
    if state is None:
        state = CatalogueState(id=1, version=0)
        session.add(state)
    return state


def _digest(value: object) -> str:
    written = json.dumps(value, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def _store_vocabulary(session: DatabaseSession, library: Library) -> list[str]:
    """Store the parts that differ from what is stored; return their names."""
    wanted: dict[str, Any] = {"area": library.area.model_dump(mode="json") if library.area else {}}
    for name in PARTS:
        items: Mapping[str, Item[Any]] = getattr(library, name)
        wanted[name] = [item.fields.model_dump(mode="json") for item in items.values()]
    stored = {part.name: part for part in session.scalars(select(VocabularyPart))}
    changed = [
        n for n, content in wanted.items() if n not in stored or stored[n].content != content
    ]
    for name in changed:
        if name in stored:
            stored[name].content = wanted[name]
        else:
            session.add(VocabularyPart(name=name, content=wanted[name]))
    return changed


def _store_providers(
    session: DatabaseSession, library: Library, report: LoadReport
) -> dict[str, Organisation]:
    stored = {o.slug: o for o in session.scalars(select(Organisation))}
    for slug, item in library.providers.items():
        fields = item.fields
        values = fields.model_dump(
            include={"slug", "kind", "name", "summary", "address", "town", "district", "website",
                     "ukprn", "ages"}
        )  # fmt: skip
        values["also_called"] = list(fields.also_called)
        values["source"] = _source(fields)
        values["checked_on"] = fields.checked
        digest = _digest(values)
        row = stored.get(slug)
        if row is None:
            stored[slug] = row = Organisation(**values, digest=digest)
            session.add(row)
            report.added.append(f"provider {slug}")
        elif row.digest != digest:
            _assign(row, {**values, "digest": digest})
            report.changed.append(f"provider {slug}")
    return stored


def _store_entries(
    session: DatabaseSession,
    drafts: Mapping[Key, Draft],
    providers: Mapping[str, Organisation],
    version: int,
    report: LoadReport,
) -> dict[Key, Entry]:
    """Add, change and retire entries; programmes before courses, which point at them."""
    rows: dict[Key, Entry] = {
        (EntryKind(entry.kind), entry.slug): entry for entry in session.scalars(select(Entry))
    }
    for key, draft in drafts.items():
        name = f"{key[0]} {key[1]}"
        row = rows.get(key)
        digest = draft.digest
        if row is not None and row.digest == digest and row.status == LIVE:
            report.unchanged += 1
            continue
        values = {**draft.values, "digest": digest, "version": version, "status": LIVE}
        if draft.provider:
            values["organisation"] = providers[draft.provider]
        if draft.programme:
            values["programme"] = rows[EntryKind.PROGRAMME, draft.programme]
        if row is None:
            rows[key] = row = draft.model(slug=key[1], **values)
            session.add(row)
            report.added.append(name)
        else:
            _assign(row, values)
            report.changed.append(name)
        row.skills = [
            EntrySkill(skill=skill, importance=importance, position=position)
            for position, (skill, importance) in enumerate(draft.skills)
        ]
    for key in rows.keys() - drafts.keys():
        if rows[key].status == LIVE:
            _assign(rows[key], {"status": RETIRED, "version": version})
            report.retired.append(f"{key[0]} {key[1]}")
    return rows


def _store_links(
    session: DatabaseSession, drafts: Mapping[Key, Draft], rows: Mapping[Key, Entry], version: int
) -> None:
    """Write the links and earlier addresses of every entry that this load touched."""
    touched = {key: row for key, row in rows.items() if row.version == version}
    _clear_links(session, [row.id for row in touched.values()])
    for key, row in touched.items():
        draft = drafts.get(key)
        if draft is None:
            continue
        session.add_all(
            EntryLink(source_id=row.id, relation=relation, target_id=rows[target].id, position=n)
            for relation, n, target in draft.links
        )
        session.add_all(
            OldSlug(kind=key[0].value, slug=slug, entry_id=row.id) for slug in draft.old_slugs
        )


def _clear_links(session: DatabaseSession, ids: Sequence[int]) -> None:
    """Delete the links and earlier addresses of some entries, a batch at a time."""
    for batch in batched(ids, BATCH):
        for table, column in ((EntryLink, EntryLink.source_id), (OldSlug, OldSlug.entry_id)):
            session.execute(
                delete(table).where(column.in_(batch)),
                execution_options={"synchronize_session": False},
            )


def batched(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """Runs of a sequence; databases limit how many values one statement may hold."""
    for first in range(0, len(ids), size):
        yield ids[first : first + size]


def _mark_dependents(session: DatabaseSession, version: int, *, everything: bool) -> None:
    """Give the new version to what is indexed with words of something that changed."""
    session.flush()
    if everything:
        session.execute(update(Entry).values(version=version))
        return
    programmes = select(Programme.id).where(Programme.version == version)
    of_programme = select(Course.id).where(Course.programme_id.in_(programmes))
    session.execute(
        update(Entry).where(Entry.id.in_(of_programme)).values(version=version),
        execution_options={"synchronize_session": False},
    )


def _providers_changed(report: LoadReport) -> bool:
    """Whether any course may be indexed with a provider’s old name."""
    return any(name.startswith("provider ") for name in (*report.added, *report.changed))


def _assign(row: object, values: Values) -> None:
    for name, value in values.items():
        setattr(row, name, value)


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
        "body": formats.curly(item.body) if item.body else "",
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
            "hours": fields.hours,
            "pattern": list(fields.pattern),
            "workplaces": list(fields.where),
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
            "months": fields.months,
            "study": list(fields.study),
            "assessed": fields.assessed,
            "placement": fields.placement,
            "suits": [starter.value for starter in fields.suits or kind.suits],
            "first_intake": fields.first_intake or kind.first_intake,
            "last_intake": fields.last_intake or kind.last_intake,
            "replaced_by": fields.replaced_by,
            "entry_level": str(fields.entry.level),
            "english_and_maths": fields.entry.english_and_maths,
            "min_age": fields.entry.min_age,
            "max_age": fields.entry.max_age,
            "entry_subjects": list(fields.entry.subjects),
            "entry_text": fields.entry.text,
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
            "sources": [_source(fields)],
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


def _source(fields: formats.ProviderRow | formats.CourseRow) -> dict[str, str | None]:
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
