"""Asks the checks what follows from a listing’s answers, however unfinished they are."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from portal.clock import today
from portal.content.formats import ExperienceWords, WorkRule
from portal.placements.checks import Facts, Outcome, Rule, Weight, outcomes, rules_on
from portal.placements.forms_dates import HOURS
from portal.placements.parts import still_to_come
from portal.publishing.fields import read_clock, read_day
from portal.publishing.kinds import Content

SINGLE_DAY = 1
Time = tuple[dt.date | None, dt.date | None]


def outcomes_of(
    content: Content, experience: ExperienceWords, rules: Mapping[str, WorkRule]
) -> tuple[Outcome, ...]:
    """What follows for any of the days, what stands in the way first; each said once.

    That something is not answered yet is left out: the form says so itself.
    """
    times = list(times_of(content)) or [(None, None)]
    found = [
        outcome
        for first, last in times
        for outcome in outcomes(
            facts_of(content, experience, rules, first, last), rules_on(rules, first or today())
        )
        if not outcome.is_unanswered
    ]
    order = list(Weight)
    once = {outcome.slug: outcome for outcome in reversed(found)}
    return tuple(sorted(once.values(), key=lambda o: (order.index(o.weight), found.index(o))))


def times_of(content: Content) -> Iterator[Time]:
    """First and last day of every row that can be read and is still to come."""
    for row in still_to_come(content):
        first = read_day(str(row.get("first_day") or ""))
        if first is not None:
            yield first, read_day(str(row.get("last_day") or "")) or first


def facts_of(
    content: Content,
    experience: ExperienceWords,
    rules: Mapping[str, WorkRule],
    first: dt.date | None,
    last: dt.date | None,
) -> Facts:
    """The facts that an employer has stated, for one of the times."""
    return Facts(
        experience=experience.slug,
        tier=experience.tier,
        youngest=whole(content.get("min_age")),
        year_groups=tuple(content.get("year_groups") or ()),
        first_day=first,
        last_day=last,
        days=days_of(content),
        hours_a_day=hours(content.get("hours_a_day")),
        begins=read_clock(str(content.get("begins") or "")) or "",
        ends=read_clock(str(content.get("ends") or "")) or "",
        supervision=str(content.get("supervision") or ""),
        is_often=_is_often(content, rules),
        insurance=str(content.get("insurance") or ""),
        risk_assessment=str(content.get("risk_assessment") or ""),
        hazards=tuple(content.get("hazards") or ()),
        is_paid=bool(content.get("is_paid")) if "is_paid" in content else None,
        is_paid_expenses={"some": True, "none": False}.get(str(content.get("expenses"))),
    )


def days_of(content: Content) -> int | None:
    """All days of one time: as stated, or one where each begins and ends on the same day."""
    stated = whole(content.get("days"))
    if stated is not None:
        return stated
    times = list(times_of(content))
    return SINGLE_DAY if times and all(first == last for first, last in times) else None


def whole(value: Any) -> int | None:  # noqa: ANN401 - as it was typed
    """A whole number that somebody wrote; None when it is none."""
    text = str(value or "")
    return int(text[:6]) if text.isascii() and text.isdecimal() else None


def hours(value: Any) -> float | None:  # noqa: ANN401 - as it was typed
    """Hours that somebody wrote; None when they are none."""
    text = str(value or "")
    return float(text) if HOURS.fullmatch(text) else None


def stops(found: Iterable[Outcome]) -> list[Outcome]:
    """Those that stand in the way."""
    return [outcome for outcome in found if outcome.weight == Weight.STOP]


def _is_often(content: Content, rules: Mapping[str, WorkRule]) -> bool:
    """As the employer says, or because it lasts for more days than guidance calls seldom."""
    seldom = rules.get(Rule.BARRED_FREQUENT)
    days = days_of(content) or 0
    is_long = seldom is not None and seldom.value is not None and days > seldom.value
    return bool(content.get("is_often")) or is_long
