"""Words that more than one page of the pledge uses: sizes, tiers, how long something takes."""

from collections.abc import Mapping

from portal.content.formats import ExperienceWords
from portal.taxonomy import EmployerSize, Tier
from portal.templating import counted

SIZES: Mapping[EmployerSize, str] = {
    EmployerSize.MICRO: "1 to 9 people",
    EmployerSize.SMALL: "10 to 49 people",
    EmployerSize.MEDIUM: "50 to 249 people",
    EmployerSize.LARGE: "250 people or more",
}
TIERS: Mapping[Tier, str] = {
    Tier.WORKPLACE: "Where you work",
    Tier.MEETING: "Face to face, at a school or college",
    Tier.ONLINE: "Online",
}
HALF_AN_HOUR, A_DAY, HOURS_A_DAY = 0.5, 8, 7


def usual_time(hours: float) -> str:
    """How long an experience usually takes, as one would say it."""
    if hours < HALF_AN_HOUR:
        return "a few minutes"
    if hours == HALF_AN_HOUR:
        return "half an hour"
    if hours > A_DAY:
        return f"about {counted(round(hours / HOURS_A_DAY), 'day')} in all"
    return "about an hour" if hours == 1 else f"about {hours:g} hours"


def how_to_count(kind: ExperienceWords) -> str:
    """What to think of when saying for how many."""
    if not kind.is_asked_for:
        return "About how many do you think will watch it?"
    if kind.is_for_groups:
        return "Count every young person in the group. A class is about 30."
    return "Count every young person once."
