"""Listings in any state of being written. All of it is invented."""

import datetime as dt
from typing import Any

from portal.clock import today

DAY = dt.timedelta(days=1)


def in_days(number: int) -> dt.date:
    """A day to come that is no weekend."""
    found = today() + DAY * number
    return found + DAY * max(0, 7 - found.weekday()) if found.weekday() > 4 else found


def row(first: dt.date, last: dt.date | None = None, places: object = 2) -> dict[str, Any]:
    """One time, as a form keeps it."""
    return {
        "first_day": first.isoformat(),
        "last_day": (last or first).isoformat(),
        "places": str(places),
    }


def shadowing(title: str = "A day in a pottery studio", **changes: object) -> dict[str, Any]:
    """A faultless day in a workplace."""
    return {
        "experience": "shadowing", "title": title, "role": "kiln-worker", "sector": None,
        "what_you_do": "Load a kiln with us.", "what_you_learn": "How clay behaves.",
        "skills": [], "year_groups": ["year-10", "year-11"], "min_age": 14,
        "adjustments": "There is a lift.", "dates": [row(in_days(30)), row(in_days(40))],
        "days": None, "begins": "09:30", "ends": "15:30", "hours_a_day": "5.5",
        "opens_on": None, "closes_on": None, "town": "Smalltown", "district": "ST1",
        "address": "1 Oven Lane, ST1 2AB", "meeting_words": "Come in by the shop.",
        "travel": "Bus 6 stops outside.", "supervision": "always-with-others",
        "is_often": False, "supervision_words": "The studio manager.", "dress": "Old clothes.",
        "lunch": "Bring lunch.", "expenses": "some", "expenses_words": "We pay your bus fare.",
        "is_paid": False, "insurance": "yes", "risk_assessment": "reviewed",
        "hazards": ["heat"],
    } | changes  # fmt: skip
