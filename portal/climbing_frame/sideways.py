"""Skills as a bridge between jobs: what two jobs share, what is missing, and what one could do.

A skill counts for its importance to the job times its rarity (`Frame.rarity`), so that sharing
“plastering” says more than sharing “teamwork”.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import islice

from portal.climbing_frame.graph import Frame, Hold

# The part of a job’s skills that makes a move to it, and the part that makes it worth a look.
ENOUGH, SOME = 0.45, 0.25
MOST_BESIDE = 8


@dataclass(frozen=True, eq=False)
class Likeness:
    """A job seen from a set of skills. ``coverage`` is the part of its weight one has, 0 to 1."""

    role: Hold
    coverage: float
    shared: tuple[str, ...]
    missing: tuple[str, ...]


def coverage(frame: Frame, hold: Hold, skills: Collection[str]) -> float:
    """The part of the weight of a hold's skills that somebody has, 0 to 1."""
    weights = frame.weights[hold.key]
    whole = sum(weights.values())
    return sum(weights[skill] for skill in weights if skill in skills) / whole if whole else 0.0


def likeness(frame: Frame, role: Hold, skills: Collection[str]) -> Likeness:
    """What somebody with these skills has of what a job needs, the weightiest first."""
    weights = frame.weights[role.key]
    ordered = sorted(weights, key=lambda skill: (-weights[skill], skill))
    shared = tuple(skill for skill in ordered if skill in skills)
    missing = tuple(skill for skill in ordered if skill not in skills)
    return Likeness(role, coverage(frame, role, skills), shared, missing)


def roles_within_reach(
    frame: Frame, skills: Collection[str], *, without: Collection[str] = (), limit: int = 20
) -> list[Likeness]:
    """Jobs by how much of what they need one has; those in ``without`` are left out."""
    near = {role.key: role for skill in skills for role in frame.roles_by_skill.get(skill, ())}
    found = [likeness(frame, role, skills) for key, role in near.items() if key not in without]
    found.sort(key=lambda like: (-like.coverage, like.role.title, like.role.key))
    return found[:limit]


def sideways(
    frame: Frame, role: Hold, limit: int = MOST_BESIDE, *, enough: float = SOME
) -> list[Likeness]:
    """Jobs not more than a level above one that share at least a part of their skills with it."""
    near = roles_within_reach(frame, role.skills, without={role.key}, limit=len(frame.roles))
    beside = (like for like in near if like.coverage >= enough and like.role.rank <= role.rank + 1)
    return list(islice(beside, limit))


def gives(frame: Frame, skills: Collection[str], role: Hold) -> Mapping[str, Hold | None]:
    """For each skill that a job still needs, what gives it: near here first, then near its level.

    Only what belongs to the job’s own area of work, or to every area, is worth learning for it.
    """
    return {
        skill: min(
            (
                hold
                for hold in frame.programmes_by_skill.get(skill, ())
                if hold.sector in (role.sector, None)
            ),
            key=lambda hold: (
                not hold.local,
                hold.sector is None,
                abs(hold.rank - role.rank),
                hold.key,
            ),
            default=None,
        )
        for skill in skills
    }
