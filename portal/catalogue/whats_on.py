"""What is on: events by month, days and times as people say them, and a file for a calendar."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlsplit

from icalendar import Calendar
from icalendar import Event as CalendarEvent

from portal.catalogue.models import Event
from portal.taxonomy import EventType
from portal.templating import MONTHS, day

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NOON = 12
EVENT_NAMES: Mapping[EventType, tuple[str, str]] = {
    EventType.OPEN_DAY: ("Open day", "Open days"),
    EventType.TASTER: ("Taster", "Tasters"),
    EventType.TALK: ("Talk", "Talks"),
    EventType.FAIR: ("Fair", "Fairs"),
}


def by_month(events: Iterable[Event]) -> list[tuple[str, list[Event]]]:
    """Events that stand in order of time, under “December 2026” and so on."""
    groups = groupby(events, key=lambda event: (event.begins.year, event.begins.month))
    return [(f"{MONTHS[month - 1]} {year}", list(found)) for (year, month), found in groups]


def weekday(date: dt.date) -> str:
    """Saturday 5 December 2026."""
    return f"{WEEKDAYS[date.weekday()]} {day(date)}"


def time_of_day(moment: dt.datetime) -> str:
    """10am, 6.30pm, midday."""
    if (moment.hour, moment.minute) == (NOON, 0):
        return "midday"
    minutes = f".{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour % NOON or NOON}{minutes}{'am' if moment.hour < NOON else 'pm'}"


def days_in_words(first: dt.date, last: dt.date) -> str:
    """Monday 7 December 2026 to Friday 11 December 2026; one day stands alone."""
    return weekday(first) if first == last else f"{weekday(first)} to {weekday(last)}"


def when(event: Event) -> str:
    """Saturday 5 December 2026, 10am to 3pm. An event of several days says both."""
    begins, ends = event.begins, event.ends
    first = f"{weekday(begins.date())}, {time_of_day(begins)}"
    if event.is_within_a_day:
        return f"{first} to {time_of_day(ends)}"
    return f"{first}, to {weekday(ends.date())}, {time_of_day(ends)}"


@dataclass(frozen=True)
class CalendarEntry:
    """What a calendar is told: it begins and ends on days, or at moments that know their zone.

    The same entry always has the same ``name``, and a ``version`` that grows when it changes, so
    that a calendar that has it already brings it up to date. ``address`` is its page.
    """

    name: str
    version: int
    changed_at: dt.datetime
    begins: dt.date
    ends: dt.date
    title: str
    told: str
    address: str
    place: str | None = None


def entry_of(event: Event, *, address: str, told: str) -> CalendarEntry:
    """An event as an entry of a calendar."""
    return CalendarEntry(
        name=f"event-{event.id}",
        version=event.version,
        changed_at=dt.datetime.combine(event.checked_on, dt.time(), dt.UTC),
        begins=event.starts_at.replace(tzinfo=dt.UTC),
        ends=event.ends_at.replace(tzinfo=dt.UTC),
        title=event.title,
        told=told,
        address=address,
        place="Online" if event.is_online else event.place,
    )


def calendar_of(entries: Iterable[CalendarEntry], *, portal_name: str) -> bytes:
    """An iCalendar file."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{portal_name}//EN")
    calendar.add("version", "2.0")
    for entry in entries:
        calendar.add_component(_component(entry))
    written: bytes = calendar.to_ical()
    return written


def calendar_file(event: Event, *, address: str, portal_name: str) -> bytes:
    """An iCalendar file of one event; ``address`` is its page."""
    told = f"{event.summary}\n\n{event.publisher.name}\n{address}"
    return calendar_of([entry_of(event, address=address, told=told)], portal_name=portal_name)


def _component(entry: CalendarEntry) -> CalendarEvent:
    component = CalendarEvent()
    component.add("uid", f"{entry.name}@{urlsplit(entry.address).hostname}")
    component.add("sequence", entry.version)
    component.add("dtstamp", entry.changed_at)
    component.add("dtstart", entry.begins)
    component.add("dtend", entry.ends)
    component.add("summary", entry.title)
    component.add("description", entry.told)
    component.add("url", entry.address)
    if entry.place is not None:
        component.add("location", entry.place)
    return component
