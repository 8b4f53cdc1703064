"""Builds the frame from the catalogue, once for each version of it and each day."""

import datetime as dt
import statistics
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from portal.catalogue.models import LIVE, Course, Entry, EntryLink, Programme, Role
from portal.catalogue.vocabulary import Vocabulary
from portal.climbing_frame.graph import NO_LEVEL, Frame, Gives, Grade, Hold, Needs, Source
from portal.climbing_frame.rules import Relation, Stated, build_frame
from portal.extensions import DatabaseSession
from portal.taxonomy import Level, Starter

GRADES = {
    "none": Grade.NONE,
    "working-towards": Grade.NONE,
    "entry": Grade.ENTRY,
    "grade-3": Grade.THREE,
    "grade-4": Grade.FOUR,
    "grade-5": Grade.FIVE,
}
ADULT_FROM = 19
WALK_IN = frozenset({"direct", "training"})


def frame_of(session: DatabaseSession, vocabulary: Vocabulary, today: dt.date) -> Frame:
    """Read the catalogue and build its frame: five queries, whatever its size."""
    local = _local_courses(session, today)
    shown = Entry.status == LIVE, Entry.show_until >= today
    roles = session.scalars(select(Role).where(*shown).options(selectinload(Role.skills))).all()
    programmes = session.scalars(
        select(Programme).where(*shown).options(selectinload(Programme.skills))
    ).all()
    usual = _usual_months(programmes)
    together = _taken_together(programmes, vocabulary)
    holds = [_role(role) for role in roles]
    holds += [
        _programme(programme, vocabulary, local.get(programme.id, 0), usual, together)
        for programme in programmes
    ]
    keys = {entry.id: entry.path[1:] for entry in (*roles, *programmes)}
    ways = {role.id: role.ways_in for role in roles}
    sources = {entry.id: _source(entry) for entry in (*roles, *programmes)}
    stated = list(_links(session, keys, ways, sources))
    stated += [
        Stated(
            Relation.MOVE,
            move.before,
            move.after,
            move.reason,
            move.months,
            move.takes,
            Source(move.source_name, move.source_date, move.source_url),
        )
        for move in vocabulary.moves.values()
    ]
    return build_frame(holds, stated, vocabulary.version)


def _local_courses(session: DatabaseSession, today: dt.date) -> Mapping[int, int]:
    rows = session.execute(
        select(Course.programme_id, func.count())
        .where(Entry.status == LIVE, Entry.show_until >= today)
        .group_by(Course.programme_id)
    )
    # A course without a programme stands in no hold.
    return {programme: number for programme, number in rows if programme is not None}


def _links(
    session: DatabaseSession,
    keys: Mapping[int, str],
    ways: Mapping[int, list[dict[str, str]]],
    sources: Mapping[int, Source],
) -> Iterable[Stated]:
    """What the entries' own pages state. A way into a role points from the role: it is turned."""
    for link in session.scalars(select(EntryLink)):
        if link.source_id not in keys or link.target_id not in keys:
            continue
        relation = Relation(link.relation)
        before, after = keys[link.source_id], keys[link.target_id]
        reason = ""
        if relation is Relation.WAY_IN:
            before, after = after, before
            reason = ways[link.source_id][link.position]["text"]
        yield Stated(relation, before, after, reason, source=sources[link.source_id])


def _role(role: Role) -> Hold:
    direct = next((way["text"] for way in role.ways_in if way["kind"] in WALK_IN), None)
    return Hold(
        key=role.path[1:],
        title=role.title,
        level=Level(role.level_slug or ""),
        sector=role.sector,
        growth=tuple(role.growth),
        needs=Needs(min_age=role.min_age),
        skills={skill.skill: skill.importance for skill in role.skills},
        register=role.register,
        direct=None if role.register else direct,
        source=_source(role),
        entry_id=role.id,
        soc2020=role.soc2020,
    )


def _programme(
    programme: Programme,
    vocabulary: Vocabulary,
    local: int,
    usual: Mapping[str, int],
    together: Mapping[str, frozenset[str]],
) -> Hold:
    kind = vocabulary.qualification_types[programme.qualification_type]
    return Hold(
        key=programme.path[1:],
        title=programme.title,
        level=Level(programme.level_slug or ""),
        sector=programme.sector,
        growth=tuple(programme.growth),
        family=kind.family,
        type=programme.qualification_type,
        months=programme.months,
        usual_months=programme.months or usual.get(programme.qualification_type, 12),
        exams=kind.exams,
        local=local,
        needs=_needs(programme),
        gives=Gives(
            GRADES[programme.gives_english or "none"],
            GRADES[programme.gives_maths or "none"],
            frozenset(programme.gives_subjects) | together.get(kind.slug, frozenset()),
        ),
        skills={skill.skill: skill.importance for skill in programme.skills},
        source=_source(programme),
        entry_id=programme.id,
    )


def _needs(programme: Programme) -> Needs:
    level = programme.entry_level
    youngest, oldest = programme.min_age, programme.max_age
    if set(programme.suits) == {Starter.ADULT}:
        youngest = max(youngest or 0, ADULT_FROM)
    if set(programme.suits) == {Starter.YEAR_11}:
        oldest = min(oldest or ADULT_FROM - 1, ADULT_FROM - 1)
    return Needs(
        level=NO_LEVEL if level == "none" else Level(level).rank,
        english_and_maths=GRADES[programme.english_and_maths],
        min_age=youngest,
        max_age=oldest,
        subjects=tuple(_choices(subject) for subject in programme.entry_subjects),
        opens=_month(programme.first_intake),
        closes=_month(programme.last_intake),
    )


@cache
def _choices(subject: str) -> frozenset[str]:
    return frozenset(part.strip() for part in subject.split(" or "))


def _taken_together(
    programmes: Iterable[Programme], vocabulary: Vocabulary
) -> Mapping[str, frozenset[str]]:
    """Subjects that somebody can choose beside a programme of a type taken several at a time."""
    subjects: defaultdict[str, set[str]] = defaultdict(set)
    for programme in programmes:
        if vocabulary.qualification_types[programme.qualification_type].taken_together:
            subjects[programme.qualification_type].update(programme.gives_subjects)
    return {kind: frozenset(given) for kind, given in subjects.items()}


def _usual_months(programmes: Iterable[Programme]) -> Mapping[str, int]:
    known: defaultdict[str, list[int]] = defaultdict(list)
    for programme in programmes:
        if programme.months:
            known[programme.qualification_type].append(programme.months)
    return {kind: int(statistics.median(months)) for kind, months in known.items()}


def _month(text: str | None) -> int | None:
    if text is None:
        return None
    year, month = text.split("-")
    return month_number(dt.date(int(year), int(month), 1))


def month_number(day: dt.date) -> int:
    """A month as one number that grows by one a month."""
    return day.year * 12 + day.month - 1


def _source(entry: Entry) -> Source:
    """The entry’s own page, which names where each of its facts comes from."""
    return Source(f"our page “{entry.title}”", entry.checked_on.isoformat(), entry.path)


class FrameHolder:
    """The frame of the running application; built again when the catalogue or the day changes."""

    def __init__(self) -> None:
        """Nothing is built until somebody asks."""
        self._lock = threading.Lock()
        self._held: tuple[tuple[int, dt.date], Frame] | None = None

    def follow(self, session: DatabaseSession, vocabulary: Vocabulary, today: dt.date) -> Frame:
        """The frame for this version of the catalogue and this day."""
        wanted = (vocabulary.version, today)
        held = self._held
        if held is not None and held[0] == wanted:
            return held[1]
        with self._lock:
            if self._held is None or self._held[0] != wanted:
                self._held = (wanted, frame_of(session, vocabulary, today))
            return self._held[1]
