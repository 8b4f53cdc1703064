"""What a young person takes along: the days for a calendar, and a certificate afterwards."""

import datetime as dt
from collections.abc import Iterator

from portal.catalogue.experiences import Listing, Occasion
from portal.catalogue.vocabulary import Vocabulary
from portal.catalogue.whats_on import CalendarEntry, calendar_of, days_in_words
from portal.certificate import certificate
from portal.clock import HERE
from portal.placements.models import Request
from portal.templating import counted

WEEKEND = 5
DAY = dt.timedelta(days=1)


def calendar_file(request: Request, *, address: str, portal_name: str) -> bytes:
    """An iCalendar file of a booked request, one entry for each day; ``address`` is its page.

    It names nobody.
    """
    return calendar_of(_entries(request, address), portal_name=portal_name)


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
            ("When", days_in_words(first, last)),
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


def _entries(request: Request, address: str) -> Iterator[CalendarEntry]:
    listing = request.listing
    for number, day in enumerate(days_of(listing, request.occasion), start=1):
        begins, ends = _times(listing, day)
        yield CalendarEntry(
            name=f"request-{request.public_id}-{number}",
            version=request.version,
            changed_at=request.changed_at.replace(tzinfo=dt.UTC),
            begins=begins,
            ends=ends,
            title=listing.title,
            told=_told(listing, address),
            address=address,
            place=place_of(listing),
        )


def _times(listing: Listing, day: dt.date) -> tuple[dt.date, dt.date]:
    """By the city’s clocks; the whole day where no times are known."""
    if not (listing.begins and listing.ends):
        return day, day + DAY
    return _moment(day, listing.begins), _moment(day, listing.ends)


def _moment(day: dt.date, clock: str) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.fromisoformat(clock), HERE).astimezone(dt.UTC)


def _told(listing: Listing, address: str) -> str:
    parts = [listing.publisher.name, listing.meeting_words or "", f"More: {address}"]
    return "\n\n".join(part for part in parts if part)
