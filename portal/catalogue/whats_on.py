"""What is on: events by month, days and times as people say them, and a file for a calendar."""

import datetime as dt
from collections.abc import Iterable, Mapping
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


def calendar_file(event: Event, *, address: str, portal_name: str) -> bytes:
    """An iCalendar file of one event; ``address`` is its page.

    The same event always has the same name in it, and a number that grows when it changes, so that
    a calendar that has it already brings it up to date.
    """
    entry = CalendarEvent()
    entry.add("uid", f"event-{event.id}@{urlsplit(address).hostname}")
    entry.add("sequence", event.version)
    entry.add("dtstamp", dt.datetime.combine(event.checked_on, dt.time(), dt.UTC))
    entry.add("dtstart", event.starts_at.replace(tzinfo=dt.UTC))
    entry.add("dtend", event.ends_at.replace(tzinfo=dt.UTC))
    entry.add("summary", event.title)
    entry.add("description", f"{event.summary}\n\n{event.publisher.name}\n{address}")
    entry.add("location", "Online" if event.is_online else event.place)
    entry.add("url", address)
    calendar = Calendar()
    calendar.add("prodid", f"-//{portal_name}//EN")
    calendar.add("version", "2.0")
    calendar.add_component(entry)
    written: bytes = calendar.to_ical()
    return written
