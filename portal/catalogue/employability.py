"""Skills for any job: the shared list, the portal’s own additions, and which jobs lean on each.

The shared eight are those of the Skills Builder Universal Framework, which bodies of employers and
of education drew up together. What a skill means, and how to show and get it, is content
(``skills.csv``); only the grouping is here. A skill that the city’s list lacks is left out.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.catalogue.models import LIVE, Entry, EntrySkill
from portal.content.formats import SkillRow
from portal.extensions import DatabaseSession
from portal.taxonomy import EntryKind

MOST_JOBS = 4
CANNOT_DO_WITHOUT = 3


@dataclass(frozen=True)
class Group:
    """Skills that belong together. A shared one is in the framework of employers and schools."""

    name: str
    summary: str
    skills: tuple[str, ...]
    is_shared: bool = False


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


GROUPS = (
    Group(
        "Talking and listening",
        "Taking in what people say, and being understood.",
        ("listening", "speaking"),
        is_shared=True,
    ),
    Group(
        "Solving problems",
        "Finding out what is wrong, and thinking of something new.",
        ("problem-solving", "creativity"),
        is_shared=True,
    ),
    Group(
        "Managing yourself",
        "The newest edition calls these two “adapting” and “planning”.",
        ("staying-positive", "aiming-high"),
        is_shared=True,
    ),
    Group(
        "Working together",
        "Doing your part, and helping others to do theirs.",
        ("teamwork", "leadership"),
        is_shared=True,
    ),
    Group(
        "Words, numbers and facts",
        "What school teaches most, used at work.",
        ("reading", "writing", "working-with-numbers", "research", "critical-thinking"),
    ),
    Group(
        "Being someone to rely on",
        "What people notice in the first week.",
        (
            "time-keeping", "organisation", "attention-to-detail", "working-alone",
            "confidentiality", "health-and-safety",
        ),
    ),
    Group(
        "Getting on with people",
        "For work with customers, patients, children and colleagues.",
        (
            "empathy", "patience", "customer-service", "giving-feedback", "negotiating",
            "persuading",
        ),
    ),
    Group(
        "Keeping going",
        "For days that are busy, new or hard on the body.",
        (
            "adaptability", "decision-making", "working-under-pressure", "physical-fitness",
            "working-with-hands",
        ),
    ),
)  # fmt: skip


def known_groups(skills: Mapping[str, SkillRow]) -> list[tuple[Group, list[SkillRow]]]:
    """The groups with those of their skills that the city’s list has; none that is empty."""
    found = ((group, [skills[s] for s in group.skills if s in skills]) for group in GROUPS)
    return [(group, rows) for group, rows in found if rows]


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
