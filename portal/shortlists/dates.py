"""When something on a list closes or happens: for pages, letters and a file for a calendar."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from portal.catalogue.experiences import Listing
from portal.catalogue.models import Course, Entry, Event
from portal.catalogue.whats_on import (
    EVENT_NAMES,
    CalendarEntry,
    calendar_of,
    entry_of,
    time_of_day,
    weekday,
)
from portal.mail import address_for
from portal.shortlists.warnings import SOON
from portal.taxonomy import EventType

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Date:
    """A day on which an entry closes or happens; ``what`` says which, such as “Closes”."""

    entry: Entry
    what: str
    on: dt.date

    @property
    def title(self) -> str:
        """What it is about."""
        return self.entry.title

    @property
    def words(self) -> str:
        """Closes: Saturday 5 December 2026. An event says at what time it begins."""
        at = f", {time_of_day(self.entry.begins)}" if isinstance(self.entry, Event) else ""
        return f"{self.what}: {weekday(self.on)}{at}"

    @property
    def is_for_a_calendar(self) -> bool:
        """Whether it is a day to keep: a day at work is one only for those who have a place."""
        return not isinstance(self.entry, Listing)

    def is_soon(self, today: dt.date) -> bool:
        """Whether it is within two weeks."""
        return self.on - today <= SOON


def coming(entries: Iterable[Entry], today: dt.date) -> list[Date]:
    """Every day to come of what is still shown, the soonest first; one for each entry."""
    found = (_date_of(entry) for entry in entries if entry.is_shown(today))
    return sorted((d for d in found if d and d.on >= today), key=lambda d: (d.on, d.title))


def calendar_file(dates: Iterable[Date], *, portal_name: str) -> bytes:
    """An iCalendar file of days to keep."""
    noted = (_noted(date) for date in dates if date.is_for_a_calendar)
    return calendar_of(noted, portal_name=portal_name)


def _date_of(entry: Entry) -> Date | None:
    if isinstance(entry, Event):
        return Date(entry, EVENT_NAMES[EventType(entry.event_type)][0], entry.begins.date())
    if isinstance(entry, Listing):
        return Date(entry, "Next day", entry.coming[0].first_day) if entry.coming else None
    if isinstance(entry, Course):
        return Date(entry, "Starts", entry.starts_on) if entry.starts_on else None
    return Date(entry, "Closes", entry.closes_on) if entry.closes_on else None


def _noted(date: Date) -> CalendarEntry:
    entry, address = date.entry, address_for(date.entry.path)
    told = f"{entry.summary}\n\n{address}"
    if isinstance(entry, Event):
        return entry_of(entry, address=address, told=told)
    return CalendarEntry(
        name=f"{entry.kind}-{entry.id}",
        version=entry.version,
        changed_at=dt.datetime.combine(entry.checked_on, dt.time(), dt.UTC),
        begins=date.on,
        ends=date.on + DAY,
        title=f"{date.what}: {entry.title}",
        told=told,
        address=address,
    )
