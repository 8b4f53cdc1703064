"""A course as the city lists it, put into the answers of a form, so that its provider goes on."""

import re
from typing import Any

from portal.catalogue.models import Course
from portal.provision.columns import ATTENDANCE, UNITS

# The directory has one answer for both, and so have our forms.
SAME_TIMES = {"block-release": "day-release"}
LENGTH = re.compile(
    rf"([1-9]\d{{0,2}}) ({'|'.join(unit.removesuffix('s') for unit in UNITS.values())})s?"
)
PRICE = re.compile(r"£(\d{1,3}(?:,\d{3})+|\d{1,6})(\.\d{2})?\.?")


def content_of_course(entry: Course, venues: dict[str, str] | None = None) -> dict[str, Any]:
    """What is known of a listed course, under the names of the questions; the rest is left open.

    ``venues`` are the provider’s own: references by names.
    """
    programme = entry.programme
    times = SAME_TIMES.get(entry.attendance or "", entry.attendance)
    own_level = entry.level_slug != (programme.level_slug if programme else None)
    by_name = {name.casefold(): reference for name, reference in (venues or {}).items()}
    return {
        "title": entry.title,
        "programme": programme.slug if programme else None,
        "level": entry.level_slug if own_level else None,
        "sector": None if programme else entry.sector,
        "awarding_body": entry.awarding_body or entry.award,
        "entry_requirements": entry.entry_text,
        "mode": entry.mode,
        "venue": by_name.get((entry.campus or "").casefold()),
        "study": entry.study_mode,
        "attendance": times if times in ATTENDANCE.values() else None,
        "starts_on": entry.starts_on.isoformat() if entry.starts_on else None,
        "web_address": entry.apply_url,
        **_length(entry.length or ""),
        **_cost(entry.cost or ""),
    }


def _length(words: str) -> dict[str, Any]:
    found = LENGTH.fullmatch(words.strip().lower())
    return {"length": int(found[1]), "length_unit": f"{found[2]}s"} if found else {}


def _cost(words: str) -> dict[str, Any]:
    found = PRICE.fullmatch(words.strip())
    if found:
        return {"cost": found[1].replace(",", "") + (found[2] or "")}
    return {"cost": "0"} if words.strip().lower() == "free" else {"cost_words": words or None}
