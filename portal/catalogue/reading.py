"""Fetches what a page shows, in few queries: an entry or a refusal, then what stands round it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import joinedload, selectinload, with_polymorphic
from sqlalchemy.orm.util import AliasedClass

from portal.accounts.models import Organisation
from portal.catalogue.experiences import Listing, Occasion
from portal.catalogue.models import (
    FOLDERS,
    LIVE,
    Course,
    Entry,
    EntryLink,
    Event,
    Guide,
    OldSlug,
    Programme,
    Role,
    Vacancy,
)
from portal.catalogue.vocabulary import Vocabulary
from portal.extensions import DatabaseSession
from portal.taxonomy import EntryKind, EventType, Family

E = TypeVar("E", bound=Entry)
MODELS: Mapping[EntryKind, type[Entry]] = {
    EntryKind.ROLE: Role,
    EntryKind.PROGRAMME: Programme,
    EntryKind.COURSE: Course,
    EntryKind.GUIDE: Guide,
    EntryKind.VACANCY: Vacancy,
    EntryKind.EVENT: Event,
    EntryKind.LISTING: Listing,
}
KINDS_BY_FOLDER = {folder: kind for kind, folder in FOLDERS.items()}
OF_PROGRAMMES: Mapping[type[Entry], Any] = {
    Course: Course.programme,
    Vacancy: Vacancy.programme,
}


class MovedError(Exception):
    """The entry has another address now."""

    def __init__(self, path: str) -> None:
        """Where it went."""
        super().__init__(path)
        self.path = path


class TakenDownError(Exception):
    """The entry was here and is not shown any more."""


@dataclass(frozen=True)
class Links:
    """What a page links to, by relation; ways in also by the number of the way."""

    to: Mapping[str, list[Entry]] = field(default_factory=dict)
    here: Mapping[str, list[Entry]] = field(default_factory=dict)
    ways: Mapping[int, list[Entry]] = field(default_factory=dict)


def find(session: DatabaseSession, model: type[E], slug: str, today: dt.date) -> E | None:
    """The entry at an address; None when there never was one.

    Raises MovedError or TakenDownError when there was.
    """
    kind = next(kind for kind, known in MODELS.items() if known is model)
    query = select(model).where(Entry.slug == slug).options(selectinload(Entry.skills))
    if model in OF_PROGRAMMES:
        query = query.options(joinedload(OF_PROGRAMMES[model]))
    if model is Listing:
        query = query.options(selectinload(Listing.occasions), joinedload(Listing.role))
    entry = session.scalars(query).unique().one_or_none()
    if entry is None:
        moved = session.scalars(
            select(Entry).join(OldSlug).where(OldSlug.kind == kind, OldSlug.slug == slug)
        ).first()
        if moved is not None:
            raise MovedError(moved.path)
        return None
    if not entry.is_shown(today):
        raise TakenDownError
    return entry


def by_keys(session: DatabaseSession, keys: Iterable[str]) -> dict[str, Entry]:
    """Entries by the keys asked for, shown or not, with what their kinds have; at most 3 queries.

    A key that an entry had before finds it. Keys that nothing has are left out.
    """
    wanted = {key: named for key in keys if (named := _named(key))}
    if not wanted:
        return {}
    several = with_polymorphic(Entry, "*")
    pairs = tuple_(several.kind, several.slug)
    query = select(several).options(*what_kinds_have(several))
    found = session.scalars(query.where(pairs.in_(wanted.values()))).unique()
    known = {(entry.kind, entry.slug): entry for entry in found}
    lost = [named for named in wanted.values() if named not in known]
    if lost:
        moved = select(several, OldSlug).join(OldSlug, OldSlug.entry_id == several.id)
        rows = session.execute(moved.where(tuple_(OldSlug.kind, OldSlug.slug).in_(lost))).unique()
        known |= {(old.kind, old.slug): entry for entry, old in rows}
    return {key: known[named] for key, named in wanted.items() if named in known}


def what_kinds_have(several: AliasedClass[Entry]) -> tuple[Any, ...]:
    """Options that fetch what the kinds have, for entries as ``with_polymorphic(Entry, "*")``."""
    return (
        joinedload(several.Course.programme),
        joinedload(several.Vacancy.programme),
        selectinload(several.Listing.occasions),
    )


def _named(key: str) -> tuple[str, str] | None:
    """Kind and slug of a key such as ``roles/bricklayer``; None when it is none."""
    folder, _, slug = key.partition("/")
    kind = KINDS_BY_FOLDER.get(folder)
    return (kind.value, slug) if kind and slug else None


def _shown(today: dt.date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Entry.status == LIVE, Entry.show_until >= today


def links_of(session: DatabaseSession, entry: Entry, today: dt.date) -> Links:
    """Entries that this one points at and that point here, in the order content gives them."""
    rows = session.execute(
        select(EntryLink, Entry)
        .join(
            Entry,
            or_(
                and_(EntryLink.source_id == entry.id, Entry.id == EntryLink.target_id),
                and_(EntryLink.target_id == entry.id, Entry.id == EntryLink.source_id),
            ),
        )
        .where(or_(EntryLink.source_id == entry.id, EntryLink.target_id == entry.id))
        .where(*_shown(today))
        .order_by(EntryLink.position, Entry.title)
    ).unique()
    to: defaultdict[str, list[Entry]] = defaultdict(list)
    here: defaultdict[str, list[Entry]] = defaultdict(list)
    ways: defaultdict[int, list[Entry]] = defaultdict(list)
    for link, other in rows:
        if link.source_id == entry.id:
            to[link.relation].append(other)
            if link.relation == "way-in":
                ways[link.position].append(other)
        else:
            here[link.relation].append(other)
    return Links(to, here, ways)


def courses_of(
    session: DatabaseSession, programmes: Iterable[int], today: dt.date
) -> Sequence[Course]:
    """Courses of some programmes, by title and provider."""
    return (
        session.scalars(
            select(Course)
            .join(Organisation, Course.organisation_id == Organisation.id)
            .where(Course.programme_id.in_(list(programmes)), *_shown(today))
            .options(joinedload(Course.programme))
            .order_by(Course.title, Organisation.name)
        )
        .unique()
        .all()
    )


def courses_of_their_own(
    session: DatabaseSession, *, level: str, sector: str, today: dt.date
) -> Sequence[Course]:
    """Courses without a programme that stand at a level in a sector, by title."""
    return (
        session.scalars(
            select(Course)
            .where(Course.programme_id.is_(None), *_shown(today))
            .where(Entry.level_slug == level, Entry.sector == sector)
            .order_by(Entry.title)
        )
        .unique()
        .all()
    )


def vacancies(
    session: DatabaseSession,
    today: dt.date,
    *,
    programmes: Iterable[int] | None = None,
    most: int | None = None,
) -> Sequence[Vacancy]:
    """Open vacancies, of some programmes or all, those that close soonest first."""
    query = select(Vacancy).where(*_shown(today))
    if programmes is not None:
        query = query.where(Vacancy.programme_id.in_(list(programmes)))
    order = Entry.closes_on.is_(None), Entry.closes_on, Entry.title
    return session.scalars(query.order_by(*order).limit(most)).unique().all()


def events(
    session: DatabaseSession,
    today: dt.date,
    *,
    of_type: EventType | None = None,
    sector: str | None = None,
    most: int | None = None,
) -> Sequence[Event]:
    """What is on, of one type or all, about one area of work or any, the soonest first."""
    query = select(Event).where(*_shown(today))
    if of_type is not None:
        query = query.where(Event.event_type == of_type.value)
    if sector is not None:
        query = query.where(Event.sector == sector)
    return session.scalars(query.order_by(Event.starts_at, Entry.title).limit(most)).unique().all()


def listings(
    session: DatabaseSession,
    today: dt.date,
    *,
    roles: Iterable[int] | None = None,
    experience: str | None = None,
    most: int | None = None,
) -> Sequence[Listing]:
    """Experiences that are shown, about some jobs or of one kind or all, the soonest first."""
    first_day = (
        select(func.min(Occasion.first_day))
        .where(Occasion.listing_id == Listing.id, Occasion.is_offered, Occasion.first_day > today)
        .correlate(Listing)
        .scalar_subquery()
    )
    query = select(Listing).where(*_shown(today)).options(selectinload(Listing.occasions))
    if roles is not None:
        query = query.where(Listing.role_id.in_(list(roles)))
    if experience is not None:
        query = query.where(Listing.experience == experience)
    order = first_day.is_(None), first_day, Entry.title
    return session.scalars(query.order_by(*order).limit(most)).unique().all()


def offered_for(session: DatabaseSession, today: dt.date) -> set[int]:
    """The ids of roles that an experience of work is about, and of programmes with a vacancy."""
    about = select(Listing.role_id).where(Listing.role_id.is_not(None), *_shown(today))
    leading = select(Vacancy.programme_id).where(Vacancy.programme_id.is_not(None), *_shown(today))
    return {number for number in session.scalars(about.union(leading)) if number is not None}


@dataclass(frozen=True)
class Published:
    """What an organisation has up now, beside courses."""

    vacancies: list[Vacancy] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)


def published_by(session: DatabaseSession, organisation: Organisation, today: dt.date) -> Published:
    """Vacancies by closing day, events the soonest first, and experiences of work."""
    several = with_polymorphic(Entry, [Vacancy, Event, Listing])
    kinds = (EntryKind.VACANCY.value, EntryKind.EVENT.value, EntryKind.LISTING.value)
    found = session.scalars(
        select(several)
        .where(several.kind.in_(kinds))
        .where(several.organisation_id == organisation.id)
        .where(several.status == LIVE, several.show_until >= today)
        .order_by(
            several.closes_on.is_(None), several.closes_on, several.Event.starts_at, several.title
        )
        .options(selectinload(several.Listing.occasions))
    ).unique()
    published = Published()
    for entry in found:
        if isinstance(entry, Vacancy):
            published.vacancies.append(entry)
        elif isinstance(entry, Event):
            published.events.append(entry)
        elif isinstance(entry, Listing):
            published.listings.append(entry)
    return published


def programmes_to(
    session: DatabaseSession, roles: Iterable[int], today: dt.date
) -> Sequence[Programme]:
    """Programmes that lead to any of some roles, or that are a way into them."""
    ids = list(roles)
    leading = select(EntryLink.source_id).where(
        EntryLink.relation == "leads-to", EntryLink.target_id.in_(ids)
    )
    ways = select(EntryLink.target_id).where(
        EntryLink.relation == "way-in", EntryLink.source_id.in_(ids)
    )
    return (
        session.scalars(
            select(Programme)
            .where(or_(Entry.id.in_(leading), Entry.id.in_(ways)), *_shown(today))
            .order_by(Entry.level_slug, Entry.title)
        )
        .unique()
        .all()
    )


def beside(
    session: DatabaseSession, programme: Programme, roles: Iterable[int], today: dt.date
) -> list[Programme]:
    """Other programmes to the same roles, and those of the same sector at the same level.

    The second makes sure that a page that offers one kind of route offers the others too.
    """
    to_same = programmes_to(session, roles, today)
    same_step = (
        session.scalars(
            select(Programme)
            .where(
                Entry.level_slug == programme.level_slug,
                or_(Entry.sector == programme.sector, Entry.sector.is_(None)),
                *_shown(today),
            )
            .order_by(Entry.sector.is_(None), Entry.title)
        )
        .unique()
        .all()
    )
    found = {other.id: other for other in (*to_same, *same_step) if other.id != programme.id}
    return list(found.values())


def by_family(
    programmes: Iterable[Programme], vocabulary: Vocabulary, most: int | None = None
) -> dict[Family, list[Programme]]:
    """Programmes by kind of route, in the families’ own order, at most so many of each."""
    found: dict[Family, list[Programme]] = {family: [] for family in Family}
    for programme in programmes:
        kind = vocabulary.qualification_types[programme.qualification_type]
        if most is None or len(found[kind.family]) < most:
            found[kind.family].append(programme)
    return {family: members for family, members in found.items() if members}


def steps(
    session: DatabaseSession, today: dt.date, *, sector: str | None = None, level: str | None = None
) -> Sequence[Entry]:
    """Roles and programmes of a sector or at a level, by title."""
    both = with_polymorphic(Entry, [Programme, Role])
    query = select(both).where(
        both.kind.in_((EntryKind.ROLE.value, EntryKind.PROGRAMME.value)),
        both.status == LIVE,
        both.show_until >= today,
    )
    if sector is not None:
        query = query.where(both.sector == sector)
    if level is not None:
        query = query.where(both.level_slug == level)
    return session.scalars(query.order_by(both.title)).unique().all()


def counts_by(session: DatabaseSession, column: str, today: dt.date) -> dict[str, dict[str, int]]:
    """How many entries of each kind stand at each value of a column such as ``sector``."""
    group = Entry.sector if column == "sector" else Entry.level_slug
    rows = session.execute(
        select(group, Entry.kind, func.count()).where(*_shown(today)).group_by(group, Entry.kind)
    )
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for value, kind, number in rows:
        if value is not None:
            found[value][kind] = number
    return found


def provider(session: DatabaseSession, slug: str) -> Organisation | None:
    """A provider by slug."""
    return session.scalars(select(Organisation).where(Organisation.slug == slug)).one_or_none()


def providers(session: DatabaseSession, today: dt.date) -> Sequence[tuple[Organisation, int]]:
    """Every provider with how many courses it has here."""
    rows = session.execute(
        select(Organisation, func.count(Course.id))
        .join(Course, Course.organisation_id == Organisation.id)
        .where(*_shown(today))
        .group_by(Organisation.id)
        .order_by(Organisation.name)
    )
    return [(organisation, number) for organisation, number in rows]


def courses_at(
    session: DatabaseSession, organisation: Organisation, today: dt.date
) -> Sequence[Course]:
    """A provider’s courses by level and title."""
    return (
        session.scalars(
            select(Course)
            .where(Course.organisation_id == organisation.id, *_shown(today))
            .options(joinedload(Course.programme))
            .order_by(Entry.level_slug, Entry.title)
        )
        .unique()
        .all()
    )


def guides(session: DatabaseSession, today: dt.date) -> Sequence[Guide]:
    """Every guide in its order."""
    return session.scalars(select(Guide).where(*_shown(today)).order_by(Guide.order)).unique().all()
