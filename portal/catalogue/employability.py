"""Skills for any job: which jobs lean on each most."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.catalogue.models import LIVE, Entry, EntrySkill
from portal.extensions import DatabaseSession
from portal.taxonomy import EntryKind

MOST_JOBS = 4
CANNOT_DO_WITHOUT = 3


@dataclass(frozen=True)
class Job:
    """A job that cannot be done without a skill."""

    title: str
    path: str


@dataclass(frozen=True)
class Need:
    """Some jobs that need a skill most, from different areas of work, and how many there are."""

    jobs: Sequence[Job] = ()
    number: int = 0

    @property
    def more(self) -> int:
        """How many jobs need it beside those named."""
        return self.number - len(self.jobs)


def needs_of(
    session: DatabaseSession, skills: Iterable[str], today: dt.date
) -> defaultdict[str, Need]:
    """For each skill the jobs that cannot be done without it. One query.

    Named first are jobs that put the skill foremost, one for each area of work, and those that no
    earlier skill has named.
    """
    wanted = list(skills)
    rows = session.execute(
        select(EntrySkill.skill, Entry.slug, Entry.title, Entry.sector)
        .join(Entry, Entry.id == EntrySkill.entry_id)
        .where(
            Entry.kind == EntryKind.ROLE,
            Entry.status == LIVE,
            Entry.show_until >= today,
            EntrySkill.importance == CANNOT_DO_WITHOUT,
            EntrySkill.skill.in_(wanted),
        )
        .order_by(EntrySkill.position, Entry.title)
    ).all()
    by_skill: defaultdict[str, list[tuple[str, str, str | None]]] = defaultdict(list)
    for skill, slug, title, sector in rows:
        by_skill[skill].append((slug, title, sector))
    named: set[str] = set()
    needs = defaultdict(Need)
    for skill in wanted:
        chosen = _spread(by_skill[skill], named)
        named.update(slug for slug, _ in chosen)
        jobs = [Job(title, f"/roles/{slug}") for slug, title in chosen]
        needs[skill] = Need(jobs, len(by_skill[skill]))
    return needs


def _spread(found: Sequence[tuple[str, str, str | None]], named: set[str]) -> list[tuple[str, str]]:
    """A few jobs of different areas of work, those not named yet before the others."""
    chosen: dict[str | None, tuple[str, str]] = {}
    for slug, title, sector in sorted(found, key=lambda job: job[0] in named):
        if len(chosen) < MOST_JOBS:
            chosen.setdefault(sector, (slug, title))
    return list(chosen.values())
