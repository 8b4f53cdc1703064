"""How a listing’s answers become the columns of its entry."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.models import LIVE, Role
from portal.content.formats import ExperienceWords
from portal.placements.forms_listing import EXPENSES, MOST_SKILLS
from portal.placements.parts import Setting, setting_of
from portal.placements.weighing import days_of, hours, whole
from portal.publishing.fields import read_clock, read_day
from portal.publishing.kinds import Content, Surroundings

SUMMARY_LENGTH = 170
MINUTES = 60
HOURS_IN_DAY = 24
ONE_DAY = dt.timedelta(days=1)
Columns = dict[str, Any]


def experience_of(content: Content) -> ExperienceWords | None:
    """The kind of experience that a content says, if the city has it."""
    return vocabulary().experiences.get(str(content.get("experience") or ""))


def setting_in(content: Content) -> Setting:
    """What a content’s kind of experience asks for; everything, while it says none."""
    experience = experience_of(content)
    return Setting.WORKPLACE if experience is None else setting_of(experience)


def role_of(content: Content, around: Surroundings) -> Role | None:
    """The job that it is about, where one was chosen and is still there."""
    slug = content.get("role")
    if not slug:
        return None
    query = (
        select(Role)
        .where(Role.slug == slug, Role.status == LIVE)
        .options(selectinload(Role.skills))
    )
    found: Role | None = around.look_up("role", slug, query)
    return found


def columns_of(content: Content, around: Surroundings) -> Columns:
    """What a listing’s entry says; also of an unfinished one, to look at before it is sent."""
    experience = experience_of(content)
    if experience is None:
        message = "a listing says what kind of experience it is"
        raise ValueError(message)
    role = role_of(content, around)
    return {
        "title": content.get("title") or "",
        "summary": _first_sentence(str(content.get("what_you_do") or "")),
        "body": "",
        "also_called": [],
        "level_slug": None,
        "experience": experience.slug,
        "tier": experience.tier.value,
        **_standing(content, role),
        **_times(content, experience),
        **_texts(content),
        "year_groups": list(content.get("year_groups") or []),
        "min_age": whole(content.get("min_age")),
        "expenses": _expenses(content),
        "supervision": content.get("supervision_words"),
        "has_captions": bool(content.get("has_captions")),
        "dates": list(_dates(content)),
    }


def _standing(content: Content, role: Role | None) -> Columns:
    """Where it stands: with its job, or in the area of work that it says."""
    chosen = tuple(content.get("skills") or ())
    from_role = tuple(skill.skill for skill in role.skills) if role else ()
    return {
        "role_id": role.id if role else None,
        "sector": (role.sector if role else None) or content.get("sector"),
        "growth": role.growth if role else [],
        "skill_slugs": (chosen or from_role)[:MOST_SKILLS],
    }


def _times(content: Content, experience: ExperienceWords) -> Columns:
    begins, ends = (read_clock(str(content.get(name) or "")) for name in ("begins", "ends"))
    is_video = setting_of(experience) is Setting.VIDEO
    days = None if is_video else days_of(content)
    stated = hours(content.get("hours_a_day"))
    length = stated or _between(begins, ends) or experience.hours / (days or 1)
    return {
        "begins": begins,
        "ends": ends,
        "days": days,
        "hours_a_day": None if is_video else length,
        "opens_on": read_day(str(content.get("opens_on") or "")),
        "closes_on": read_day(str(content.get("closes_on") or "")),
    }


def _texts(content: Content) -> Columns:
    may_be_missing = (
        "town", "district", "address", "meeting_words", "dress", "lunch", "travel", "adjustments",
        "insurance", "risk_assessment", "video_url",
    )  # fmt: skip
    never = ("what_you_do", "what_you_learn", "transcript")
    return {name: content.get(name) or None for name in may_be_missing} | {
        name: content.get(name) or "" for name in never
    }


def _between(begins: str | None, ends: str | None) -> float | None:
    """Hours from one time to the other, also past midnight; None where one is not known."""
    if not begins or not ends:
        return None
    first, last = (int(clock[:2]) + int(clock[3:]) / MINUTES for clock in (begins, ends))
    return round((last - first) % HOURS_IN_DAY, 2)


def _expenses(content: Content) -> str | None:
    words = {
        "some": content.get("expenses_words") or f"{EXPENSES['some']}.",
        "none": f"{EXPENSES['none']}.",
    }.get(str(content.get("expenses")))
    wage = "You are paid a wage." if content.get("is_paid") else None
    return " ".join(filter(None, (wage, words))) or None


def _dates(content: Content) -> Iterator[dict[str, Any]]:
    """Every row that can be read; of two with the same first day the earlier one."""
    seen = set()
    for row in content.get("dates") or []:
        first = read_day(str(row.get("first_day") or ""))
        last = read_day(str(row.get("last_day") or "")) or first
        places = whole(row.get("places"))
        if first and last and last >= first and places and first not in seen:
            seen.add(first)
            yield {"first_day": first, "last_day": last, "places": places}


def runs_out(content: Content) -> dt.date | None:
    """The day before the last time begins: nobody can ask for it after that. Videos stay."""
    days = [row["first_day"] for row in _dates(content)]
    return max(days) - ONE_DAY if days else None


def _first_sentence(text: str) -> str:
    words = " ".join(text.split())
    if len(words) <= SUMMARY_LENGTH:
        return words
    return words[: SUMMARY_LENGTH - 1].rsplit(" ", 1)[0] + "…"
