"""Days that come round again: one time at a workplace, every week, two weeks or month.

This is pure: a day in, days out.
"""

import calendar
import datetime as dt
from enum import StrEnum

MONTHS_IN_YEAR = 12


class Every(StrEnum):
    """How often a time comes round."""

    WEEK = "week"
    TWO_WEEKS = "two-weeks"
    MONTH = "month"


WORDS = {
    Every.WEEK: "Every week",
    Every.TWO_WEEKS: "Every two weeks",
    Every.MONTH: "Every month, in the same week of the month",
}
WEEKS = {Every.WEEK: 1, Every.TWO_WEEKS: 2}


def repeated(
    first: dt.date, last: dt.date, every: Every, times: int
) -> list[tuple[dt.date, dt.date]]:
    """First and last day of so many times in all, beginning with the one that is given.

    A month later is the same weekday in the same week of the month, or the last of that month.
    """
    length = last - first
    days = [_later(first, every, number) for number in range(times)]
    return [(day, day + length) for day in days]


def _later(first: dt.date, every: Every, number: int) -> dt.date:
    if every in WEEKS:
        return first + dt.timedelta(weeks=WEEKS[every] * number)
    years, month = divmod(first.month - 1 + number, MONTHS_IN_YEAR)
    year, month = first.year + years, month + 1
    weeks = calendar.monthcalendar(year, month)
    days = [week[first.weekday()] for week in weeks if week[first.weekday()]]
    return dt.date(year, month, days[min((first.day - 1) // 7, len(days) - 1)])
