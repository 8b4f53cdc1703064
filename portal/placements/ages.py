"""Who may come and when: ages, school years, weeks and nights.

Everything is worked out for a given day, as England counts: what somebody may do depends on their
age when they come, not when they ask.
"""

import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from portal.taxonomy import AcademicYear

# Somebody in Year 10 is 14 when the year begins and has turned 15 when it ends.
BEFORE_YEAR = 4
YEARS_OF_SCHOOL = range(1, 14)
LAST_COMPULSORY = 11
# Those who have left school after Year 11 are as old as Year 12.
AFTER_SCHOOL = MappingProxyType({"left-school": 12})
ADULT = "adult"
FRIDAY = 4
DAYS_IN_WEEK = 7
HOURS_IN_DAY = 24
NOON = 12
CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def age_on(born: dt.date, day: dt.date) -> int:
    """Whole years on a day; a birthday on 29 February counts on 1 March in other years.

    Raises ValueError when somebody is born after the day.
    """
    if born > day:
        message = f"somebody born on {born} has no age on {day}"
        raise ValueError(message)
    is_still_to_come = (day.month, day.day) < (born.month, born.day)
    return day.year - born.year - is_still_to_come


def youngest_in(year_group: int) -> int:
    """The age that the youngest in a school year have, as 14 in Year 10."""
    return year_group + BEFORE_YEAR


def oldest_in(year_group: int) -> int:
    """The age that the oldest in a school year have reached, as 15 in Year 10."""
    return youngest_in(year_group) + 1


def year_group_of(born: dt.date, day: dt.date) -> int | None:
    """The school year of somebody’s age on a day, from 1 to 13; None before and after school.

    Years change on 1 September. Raises ValueError when somebody is born after the day.
    """
    age_on(born, day)
    found = AcademicYear.of(day).begins - AcademicYear.of(born).begins - BEFORE_YEAR - 1
    return found if found in YEARS_OF_SCHOOL else None


def leaving_day(year: AcademicYear) -> dt.date:
    """The last Friday in June of a school year: the last day on which Year 11 has to learn."""
    last = dt.date(year.begins + 1, 6, 30)
    return last - dt.timedelta(days=(last.weekday() - FRIDAY) % DAYS_IN_WEEK)


def has_to_be_at_school(year_group: int, day: dt.date) -> bool:
    """Whether a school year is still of compulsory school age on a day."""
    if year_group == LAST_COMPULSORY:
        return day <= leaving_day(AcademicYear.of(day))
    return year_group < LAST_COMPULSORY


def is_compulsory_school_age(born: dt.date, day: dt.date) -> bool:
    """Whether somebody has not reached school leaving age by the end of a day.

    That comes on the last Friday in June of the school year in which they turn 16, at the end of
    the day (Education Act 1996, section 8). When it begins matters to nobody here. Raises
    ValueError when somebody is born after the day.
    """
    age_on(born, day)
    turns_16 = AcademicYear(AcademicYear.of(born).begins + oldest_in(LAST_COMPULSORY))
    return day <= leaving_day(turns_16)


def years_words(years: tuple[int, ...]) -> str:
    """School years as people say them, such as Years 7, 8 and 9."""
    *others, last = years
    return f"Years {', '.join(map(str, others))} and {last}" if others else f"Year {last}"


def days_of_weeks(first: dt.date | None, last: dt.date | None) -> tuple[int, ...]:
    """How many days of each week, from Monday, lie between two days; none where one is missing."""
    if first is None or last is None or last < first:
        return ()
    length = (last - first).days + 1
    head = min(DAYS_IN_WEEK - first.weekday(), length)
    whole, tail = divmod(length - head, DAYS_IN_WEEK)
    return tuple(days for days in (head, *(DAYS_IN_WEEK,) * whole, tail) if days)


def fullest_week(weeks: tuple[int, ...], days: int) -> tuple[int, int]:
    """Of days spread over weeks as one likes: how many the fullest has, at least and at most.

    Where the weeks are not known, or have no room for the days, next to nothing is certain.
    """
    most = min(days, DAYS_IN_WEEK)
    if sum(weeks) < days:
        return 1, most
    enough = (n for n in range(1, most) if sum(min(week, n) for week in weeks) >= days)
    return next(enough, most), min(days, max(weeks))


def _hours_of(clock: str) -> float | None:
    """Hours after midnight of one clock time."""
    found = CLOCK.fullmatch(clock)
    return int(found[1]) + int(found[2]) / 60 if found else None


def clock_words(hours: float) -> str:
    """Hours after midnight as people say them, such as 10pm."""
    hour, minutes = divmod(round(hours * 60) % (HOURS_IN_DAY * 60), 60)
    past = f":{minutes:02}" if minutes else ""
    return f"{(hour - 1) % NOON + 1}{past}{'am' if hour < NOON else 'pm'}"


def _clock_hours(begins: str, ends: str) -> tuple[float | None, float | None]:
    """Two clock times such as 09:30 in hours after midnight; an end on the next day is over 24.

    What is no time is None, and so are both when they are the same.
    """
    start, finish = _hours_of(begins), _hours_of(ends)
    if start is None or finish is None or finish > start:
        return start, finish
    return (start, finish + HOURS_IN_DAY) if finish < start else (None, None)


@dataclass(frozen=True)
class Times:
    """When it is: first and last day, how many of the days, how long and from when to when.

    What cannot be, such as a day of 30 hours, counts as not known.
    """

    first_day: dt.date | None
    last_day: dt.date | None
    stated_days: int | None
    stated_hours: float | None
    begins: str
    ends: str

    @cached_property
    def weeks(self) -> tuple[int, ...]:
        """How many days of each week lie between first and last; none while unknown."""
        return days_of_weeks(self.first_day, self.last_day)

    @cached_property
    def days(self) -> int | None:
        """All days; one where it begins and ends on the same day."""
        days = 1 if self.stated_days is None and self.weeks == (1,) else self.stated_days
        return days if days is not None and days > 0 else None

    @cached_property
    def hours(self) -> float | None:
        """Hours a day, without breaks."""
        hours = self.stated_hours
        return hours if hours is not None and 0 < hours <= HOURS_IN_DAY else None

    @cached_property
    def clock(self) -> tuple[float | None, float | None]:
        """From when to when, in hours after midnight."""
        return _clock_hours(self.begins, self.ends)

    @cached_property
    def longest(self) -> float | None:
        """Hours from beginning to end, with breaks."""
        start, finish = self.clock
        return None if start is None or finish is None else finish - start

    @cached_property
    def off(self) -> float | None:
        """Hours between the end of one day and the beginning of the next."""
        return None if self.longest is None else HOURS_IN_DAY - self.longest

    def begins_at_night(self, night: float, morning: float) -> bool:
        """Whether a day begins in the night."""
        start = self.clock[0]
        return start is not None and any(a <= start < b for a, b in _nights(night, morning))

    def is_at_night(self, night: float, morning: float) -> bool:
        """Whether some of it falls into the night for certain, if only one time is known."""
        start, finish = self.clock
        if finish is None:
            return self.begins_at_night(night, morning)
        if start is None:
            return any(a < finish <= b for a, b in _nights(night, morning))
        return any(start < b and a < finish for a, b in _nights(night, morning))


def _nights(night: float, morning: float) -> list[tuple[float, float]]:
    """The nights before, of and after a day, in hours after its midnight."""
    length = (morning - night) % HOURS_IN_DAY
    starts = (night - HOURS_IN_DAY, night, night + HOURS_IN_DAY)
    return [(start, start + length) for start in starts]


@dataclass(frozen=True)
class Comers:
    """Who may come: the least age, if it is known, year groups by slug, and the first day."""

    youngest: int | None
    year_groups: tuple[str, ...]
    day: dt.date | None

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The school years among the year groups, lowest first."""
        found = {re.fullmatch(r"year-([0-9]{1,2})", slug) for slug in self.year_groups}
        return tuple(sorted(int(match[1]) for match in found if match))

    @cached_property
    def after_school(self) -> tuple[int, ...]:
        """The school years that those who have left school are as old as."""
        return tuple(year for slug, year in AFTER_SCHOOL.items() if slug in self.year_groups)

    @cached_property
    def least_by_year(self) -> int | None:
        """The age of the youngest in the lowest year group; None where no age is known."""
        return min((youngest_in(year) for year in self.years + self.after_school), default=None)

    @cached_property
    def least_age(self) -> int | None:
        """The least age that somebody may have: as stated, or as the lowest year group has."""
        return self.least_by_year if self.youngest is None else self.youngest

    def has_pupils(self, leaving_age: float) -> bool:
        """Whether somebody may come who has not reached school leaving age."""
        if not self.year_groups:
            return self.least_age is not None and self.least_age < leaving_age
        return any(oldest_in(n) <= leaving_age and not self._has_left(n) for n in self.years)

    def has_leavers(self, leaving_age: float) -> bool:
        """Whether somebody is known to be able to come who is over school leaving age."""
        if not self.year_groups:
            return self.least_age is not None and self.least_age >= leaving_age
        is_over = any(youngest_in(n) >= leaving_age or self._has_left(n) for n in self.years)
        return is_over or bool(self.after_school) or ADULT in self.year_groups

    def _has_left(self, year: int) -> bool:
        """Whether a year group may have left school by the day; not so while it is unknown."""
        return self.day is not None and not has_to_be_at_school(year, self.day)
