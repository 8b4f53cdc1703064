"""Fetches what stands round things that are compared, and what could stand beside them.

Few queries, whatever is compared: see the tests.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from portal.catalogue import reading
from portal.catalogue.experiences import Listing
from portal.catalogue.models import (
    LIVE,
    Course,
    Entry,
    EntryLink,
    EntrySkill,
    Programme,
    Role,
    Vacancy,
)
from portal.catalogue.vocabulary import Vocabulary
from portal.extensions import DatabaseSession
from portal.taxonomy import EntryKind, Family

LEADING = ("leads-to", "next")


@dataclass(frozen=True)
class Around:
    """What the facts of entries are read from, each by the id of an entry.

    ``skills`` are slugs in their order, ``leads`` where roles and programmes lead, ``courses``
    where programmes are taught, ``roles`` what listings are about.
    """

    skills: Mapping[int, Sequence[str]] = field(default_factory=dict)
    leads: Mapping[int, Sequence[Entry]] = field(default_factory=dict)
    courses: Mapping[int, Sequence[Course]] = field(default_factory=dict)
    roles: Mapping[int, Role] = field(default_factory=dict)


def programme_of(entry: Entry, today: dt.date) -> Programme | None:
    """The programme that an entry is or belongs to, when visitors may see it."""
    if isinstance(entry, Programme):
        return entry
    belongs = entry.programme if isinstance(entry, Course | Vacancy) else None
    return belongs if belongs is not None and belongs.is_shown(today) else None


def is_ending(programme: Programme, vocabulary: Vocabulary) -> bool:
    """Whether it is being replaced, or takes new people for the last time."""
    kind = vocabulary.qualification_types[programme.qualification_type]
    return bool(programme.last_intake or programme.replaced_by or kind.replaced_by)


def around(session: DatabaseSession, entries: Sequence[Entry], today: dt.date) -> Around:
    """Everything that the facts of some entries need: at most four queries."""
    programmes = [found for entry in entries if (found := programme_of(entry, today))]
    ids = {entry.id for entry in (*entries, *programmes)}
    taught = {entry.id for entry in entries if isinstance(entry, Programme)}
    about = {e.role_id for e in entries if isinstance(e, Listing) and e.role_id is not None}
    return Around(
        skills=_skills(session, ids),
        leads=_leads(session, ids, today),
        courses=_courses(session, taught, today) if taught else {},
        roles=_roles(session, about, today) if about else {},
    )


def other_routes(
    session: DatabaseSession,
    entries: Sequence[Entry],
    around: Around,
    vocabulary: Vocabulary,
    today: dt.date,
) -> list[Programme]:
    """One programme of each family of route that is not there yet, at much the same level.

    They lead to the same jobs as the first of the entries that leads to any, or stand at its level
    in its area of work. English and maths are no other way: they are taken beside one.
    """
    first = next((e for e in entries if isinstance(e, Role) or programme_of(e, today)), None)
    if first is None:
        return []
    programme = programme_of(first, today)
    if programme is None:
        found: Sequence[Programme] = reading.programmes_to(session, [first.id], today)
    else:
        roles = [e.id for e in around.leads.get(programme.id, ()) if e.kind == EntryKind.ROLE]
        found = reading.beside(session, programme, roles, today)
    there = {p.id for entry in entries if (p := programme_of(entry, today))}
    families = {vocabulary.qualification_types[p.qualification_type].family
                for entry in entries if (p := programme_of(entry, today))}  # fmt: skip
    near = [p for p in found if p.id not in there and _levels_between(p, first) <= 1]
    near.sort(
        key=lambda p: (
            _levels_between(p, first), is_ending(p, vocabulary), p.sector != first.sector
        )
    )  # fmt: skip
    groups = reading.by_family(near, vocabulary, most=1)
    left_out = {*families, Family.ESSENTIALS}
    return [members[0] for family, members in groups.items() if family not in left_out]


def _levels_between(programme: Programme, entry: Entry) -> int:
    levels = programme.level, entry.level
    return abs(levels[0].rank - levels[1].rank) if levels[0] and levels[1] else 0


def _skills(session: DatabaseSession, ids: Iterable[int]) -> Mapping[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    rows = session.execute(
        select(EntrySkill.entry_id, EntrySkill.skill)
        .where(EntrySkill.entry_id.in_(ids))
        .order_by(EntrySkill.position)
    )
    for entry_id, skill in rows:
        found[entry_id].append(skill)
    return found


def _leads(
    session: DatabaseSession, ids: Iterable[int], today: dt.date
) -> Mapping[int, list[Entry]]:
    """Jobs first, then what can be learned next, each in the order that content gives."""
    found: defaultdict[int, list[Entry]] = defaultdict(list)
    rows = session.execute(
        select(EntryLink.source_id, Entry)
        .join(Entry, Entry.id == EntryLink.target_id)
        .where(EntryLink.source_id.in_(ids), EntryLink.relation.in_(LEADING))
        .where(Entry.status == LIVE, Entry.show_until >= today)
        .order_by(Entry.kind.desc(), EntryLink.position, Entry.title)
    ).unique()
    for source_id, entry in rows:
        found[source_id].append(entry)
    return found


def _courses(
    session: DatabaseSession, ids: Iterable[int], today: dt.date
) -> Mapping[int, list[Course]]:
    found: defaultdict[int, list[Course]] = defaultdict(list)
    for course in reading.courses_of(session, ids, today):
        if course.programme_id is not None:
            found[course.programme_id].append(course)
    return found


def _roles(session: DatabaseSession, ids: Iterable[int], today: dt.date) -> Mapping[int, Role]:
    roles = session.scalars(select(Role).where(Role.id.in_(ids))).unique()
    return {role.id: role for role in roles if role.is_shown(today)}
