"""Brings the content folder into the database: all of it or nothing, and says what changed.

Loading the same content twice changes nothing. An entry whose file has gone is retired, not
deleted, so that its address can still say what happened.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import selectin_polymorphic, selectinload

from portal.accounts.models import Organisation, Standing
from portal.catalogue.drafts import Draft, Key, Values, digest_of, drafts_of, source_of
from portal.catalogue.funding import follow_register
from portal.catalogue.keeping import begin_writing, locked_state
from portal.catalogue.models import (
    CONTENT,
    LIVE,
    ORGANISATION,
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
    Vacancy,
    VocabularyPart,
)
from portal.catalogue.vocabulary import PARTS
from portal.content import formats
from portal.content import values as content_values
from portal.content.documents import documents_in
from portal.content.library import Item, Library
from portal.extensions import DatabaseSession
from portal.taxonomy import EntryKind

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
    begin_writing(session)
    state = locked_state(session)
    version = state.version + 1
    report.vocabulary = _store_vocabulary(session, library)
    providers = _store_providers(session, library, report)
    drafts = {draft.key: draft for draft in drafts_of(library, show_months)}
    rows = _store_entries(session, drafts, providers, version, report)
    session.flush()
    _store_links(session, drafts, rows, version)
    _follow_register(session, version, report)
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
    code = [Path(__file__).with_name(name) for name in ("loading.py", "drafts.py")]
    code += [Path(formats.__file__), Path(content_values.__file__)]
    for path in (*code, *documents_in(folder, "*.*")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def loaded_digest(session: DatabaseSession) -> str:
    """The digest of what was loaded last; empty before that."""
    return session.scalar(select(CatalogueState.content_digest)) or ""


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
        values["source"] = source_of(fields)
        values["checked_on"] = fields.checked
        digest = digest_of(values)
        row = stored.get(slug)
        if row is None:
            stored[slug] = row = Organisation(**values, digest=digest)
            session.add(row)
            report.added.append(f"provider {slug}")
        elif row.digest != digest and row.standing == Standing.LISTED:
            # Whoever signs in for an organisation keeps its facts right, not the content folder.
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
    kinds = [Role, Programme, Course, Guide]
    stored = (
        select(Entry)
        .where(Entry.kept_by == CONTENT)
        .options(selectin_polymorphic(Entry, kinds), selectinload(Entry.skills))
    )
    rows: dict[Key, Entry] = {
        (EntryKind(entry.kind), entry.slug): entry for entry in session.scalars(stored)
    }
    taken_over = _kept_by_organisations(session)
    for key, draft in drafts.items():
        if key in taken_over:
            continue
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


def _kept_by_organisations(session: DatabaseSession) -> set[Key]:
    """Entries that an organisation keeps right itself, whatever content says of them."""
    kept = select(Entry.kind, Entry.slug).where(Entry.kept_by == ORGANISATION)
    return {(EntryKind(kind), slug) for kind, slug in session.execute(kept)}


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


def _follow_register(session: DatabaseSession, version: int, report: LoadReport) -> None:
    """Programmes that name other qualifications now may have another last start."""
    touched = {*report.added, *report.changed}
    names = (f"programme {programme.slug}" for programme in follow_register(session, version))
    report.changed.extend(name for name in names if name not in touched)


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
    for kind in (Course, Vacancy):
        of_programme = select(kind.id).where(kind.programme_id.in_(programmes))
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
