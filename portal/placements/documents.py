"""What a young person takes along: the days for a calendar, and a certificate afterwards."""

import datetime as dt
from urllib.parse import urlsplit

from icalendar import Calendar
from icalendar import Event as CalendarEvent

from portal.catalogue.experiences import Listing, Occasion
from portal.catalogue.vocabulary import Vocabulary
from portal.catalogue.whats_on import weekday
from portal.certificate import certificate
from portal.clock import HERE
from portal.placements.models import Request
from portal.templating import counted

WEEKEND = 5
DAY = dt.timedelta(days=1)


def calendar_file(request: Request, *, address: str, portal_name: str) -> bytes:
    """An iCalendar file of a booked request, one entry for each day; ``address`` is its page.

    It names nobody. The same day has the same name in it each time, and a number that grows, so
    that a calendar that has it already brings it up to date.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{portal_name}//EN")
    calendar.add("version", "2.0")
    for number, day in enumerate(days_of(request.listing, request.occasion), start=1):
        entry = CalendarEvent()
        entry.add("uid", f"request-{request.public_id}-{number}@{urlsplit(address).hostname}")
        entry.add("sequence", request.version)
        entry.add("dtstamp", request.changed_at.replace(tzinfo=dt.UTC))
        _add_times(entry, request.listing, day)
        entry.add("summary", request.listing.title)
        entry.add("description", _told(request.listing, address))
        entry.add("location", place_of(request.listing))
        entry.add("url", address)
        calendar.add_component(entry)
    written: bytes = calendar.to_ical()
    return written


def days_of(listing: Listing, occasion: Occasion) -> list[dt.date]:
    """The days somebody comes: all of them, or those of the week where that is what is offered."""
    number = (occasion.last_day - occasion.first_day).days + 1
    every = [occasion.first_day + DAY * passed for passed in range(number)]
    if listing.days is None or listing.days >= number:
        return every
    return [day for day in every if day.weekday() < WEEKEND] or every


def place_of(listing: Listing) -> str:
    """Street, town and district, as far as they are known; for those who have a place."""
    if listing.tier == "online":
        return "Online"
    parts = [part for part in (listing.address, listing.town, listing.district) if part]
    return ", ".join(p for at, p in enumerate(parts) if not any(p in q for q in parts[:at]))


def certificate_of(request: Request, vocabulary: Vocabulary) -> bytes:
    """A certificate that somebody was there. Raises LookupError when nobody said so."""
    placement, listing = request.placement, request.listing
    if placement is None or not placement.came:
        raise LookupError(request.public_id)
    name = vocabulary.area.portal_name
    first, last = request.occasion.first_day, request.occasion.last_day
    skills = [
        vocabulary.skills[slug].name for slug in placement.skills if slug in vocabulary.skills
    ]
    return certificate(
        portal_name=name,
        heading="Certificate of work experience",
        name=request.first_name or "",
        says=f"took part in “{listing.title}” with {listing.publisher.name}.",
        facts=[
            ("When", weekday(first) if first == last else f"{weekday(first)} to {weekday(last)}"),
            ("How long", hours_in_words(placement.hours)),
            ("Kind of experience", vocabulary.experiences[listing.experience].name),
            ("Where", "Online" if listing.tier == "online" else listing.town or ""),
        ],
        lists=[("Skills practised", skills)],
        footer=f"{listing.publisher.name} confirmed through {name} that this took place.",
    )


def hours_in_words(hours: float) -> str:
    """6 hours, 4.5 hours; nothing where nobody counted."""
    if not hours:
        return ""
    return counted(int(hours), "hour") if hours == int(hours) else f"{hours:g} hours"


def _add_times(entry: CalendarEvent, listing: Listing, day: dt.date) -> None:
    """By the city’s clocks; the whole day where no times are known."""
    if not (listing.begins and listing.ends):
        entry.add("dtstart", day)
        entry.add("dtend", day + DAY)
        return
    for name, clock in (("dtstart", listing.begins), ("dtend", listing.ends)):
        moment = dt.datetime.combine(day, dt.time.fromisoformat(clock), HERE)
        entry.add(name, moment.astimezone(dt.UTC))


def _told(listing: Listing, address: str) -> str:
    parts = [listing.publisher.name, listing.meeting_words or "", f"More: {address}"]
    return "\n\n".join(part for part in parts if part)
