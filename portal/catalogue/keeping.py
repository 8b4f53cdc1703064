"""Keeps the catalogue’s version: whoever changes an entry takes the next one, one at a time."""

import datetime as dt

from sqlalchemy import select, text

from portal.catalogue.models import CatalogueState, Entry
from portal.extensions import DatabaseSession
from portal.taxonomy import EntryKind


def locked_state(session: DatabaseSession) -> CatalogueState:
    """The state row, held for writing so that two changes queue instead of mixing."""
    state = session.get(CatalogueState, 1, with_for_update=True, populate_existing=True)
    if state is None:
        state = CatalogueState(id=1, version=0)
        session.add(state)
    return state


def begin_writing(session: DatabaseSession) -> None:
    """Take SQLite’s one place for writers before anything was written or read for writing."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("BEGIN IMMEDIATE"))


def next_version(session: DatabaseSession) -> int:
    """Raise the version inside the caller’s transaction; indexes and caches follow its commit."""
    state = locked_state(session)
    state.version += 1
    state.changed_at = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    session.flush()
    return state.version


def taken_slugs(session: DatabaseSession, kind: EntryKind, beginning: str) -> set[str]:
    """The addresses of a kind that begin so."""
    return set(
        session.scalars(
            select(Entry.slug).where(Entry.kind == kind.value, Entry.slug.startswith(beginning))
        )
    )
