"""The kinds of offer that organisations publish themselves: courses, vacancies and events.

Each says what it asks, and how an approved answer becomes an entry of the catalogue.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.accounts.models import Organisation
from portal.catalogue.models import Course, Event, Programme, Vacancy
from portal.clock import HERE
from portal.provision.columns import ATTENDANCE, STUDY_MODES
from portal.provision.forms import (
    EVENT_TYPES,
    LEVELS,
    MODE_WORDS,
    CourseForm,
    EventForm,
    VacancyForm,
)
from portal.provision.models import Venue
from portal.publishing.asking import (
    day_words,
    faults_by,
    programme_words,
    questions_of,
    sector_words,
)
from portal.publishing.fields import OfferForm, read_clock, read_day
from portal.publishing.kinds import Content, OfferKind, Surroundings
from portal.taxonomy import EntryKind
from portal.templating import counted, listed

COURSE_MONTHS, EVENT_MONTHS, VACANCY_MONTHS = 12, 12, 6
SUMMARY_LENGTH = 170
Columns = dict[str, Any]

_STUDY = {value: name for name, value in STUDY_MODES.items()}
_TIMES = {value: name for name, value in ATTENDANCE.items()}


def _programme(content: Content, around: Surroundings) -> Programme | None:
    slug = content.get("programme")
    if not slug:
        return None
    query = select(Programme).where(Programme.slug == slug).options(selectinload(Programme.skills))
    found: Programme | None = around.look_up("programme", slug, query)
    return found


def _venue(content: Content, around: Surroundings) -> Venue | None:
    reference = content.get("venue")
    if not reference:
        return None
    query = select(Venue).where(
        Venue.organisation_id == around.organisation.id, Venue.reference == reference
    )
    found: Venue | None = around.look_up("venue", reference, query)
    return found


def _standing(programme: Programme | None, content: Content) -> Columns:
    """Where it stands in the frame: with its programme, or where its own answers say."""
    if programme is None:
        return {
            "programme_id": None,
            "level_slug": content.get("level"),
            "sector": content.get("sector"),
            "growth": [],
            "skill_slugs": (),
        }
    return {
        "programme_id": programme.id,
        "level_slug": content.get("level") or programme.level_slug,
        "sector": programme.sector or content.get("sector"),
        "growth": programme.growth,
        "skill_slugs": tuple(skill.skill for skill in programme.skills),
    }


def _at(organisation: Organisation, place: str | None) -> str:
    return f"At {organisation.name}, {place}." if place else f"With {organisation.name}."


def _first_sentence(text: str) -> str:
    words = " ".join(text.split())
    if len(words) <= SUMMARY_LENGTH:
        return words
    return words[: SUMMARY_LENGTH - 1].rsplit(" ", 1)[0] + "…"


def _cost_words(content: Content) -> str | None:
    amount = content.get("cost")
    words = str(content.get("cost_words") or "")
    if not amount:
        return words or None
    free = not any(digit in "123456789" for digit in str(amount))
    price = "Free" if free else f"£{str(amount).replace(',', '').removesuffix('.00')}"
    return f"{price}. {words}".strip() if words else price


def _length_words(content: Content) -> str:
    unit = str(content["length_unit"]).removesuffix("s")
    return counted(int(content["length"]), unit)


def with_venue(content: Content, around: Surroundings) -> Content:
    """A course’s content with the words of its venue, which a moderator reads like the rest."""
    venue = _venue(content, around)
    return {
        **content,
        "venue_words": ", ".join(filter(None, (venue.name, _address(venue)))) if venue else None,
        "venue_name": venue.name if venue else None,
        "venue_address": _address(venue) if venue else None,
        "venue_town": venue.town if venue else None,
        "venue_district": venue.district if venue else None,
    }


def course_columns(content: Content, around: Surroundings) -> Columns:
    """What a course’s entry says."""
    town, campus = content.get("venue_town"), content.get("venue_name")
    first = read_day(content.get("starts_on") or "")
    flexible = bool(content.get("is_flexible_start"))
    return {
        **_standing(_programme(content, around), content),
        "title": content["title"],
        "body": "",
        "also_called": [],
        "summary": _at(around.organisation, town or campus),
        "district": content.get("venue_district"),
        "campus": (campus or "")[:200] or None,
        "town": town,
        "venue_address": content.get("venue_address"),
        "mode": content["mode"],
        "study_mode": content.get("study"),
        "attendance": content.get("attendance"),
        "starts": "At any time" if flexible and not first else content.get("starts_on"),
        "starts_on": first,
        "is_flexible_start": flexible,
        "length": _length_words(content),
        "award": (content.get("awarding_body") or "")[:200] or None,
        "awarding_body": content.get("awarding_body"),
        "cost": _cost_words(content),
        "entry_text": content.get("entry_requirements"),
        "apply_url": content["web_address"],
        "evidence": None,
        "who_for": content.get("who_for"),
        "what_you_learn": content.get("what_you_learn"),
        "how_you_learn": content.get("how_you_learn"),
        "what_to_bring": content.get("what_to_bring"),
        "how_assessed": content.get("how_assessed"),
        "where_next": content.get("where_next"),
        "reference": content.get("reference"),
        "is_national": bool(content.get("is_national")),
        "sub_regions": list(content.get("sub_regions") or []),
        "closes_on": None,
    }


def vacancy_columns(content: Content, around: Surroundings) -> Columns:
    """What a vacancy’s entry says."""
    return {
        **_standing(_programme(content, around), content),
        "title": content["title"],
        "summary": f"{content['employer_name']}, {content['town']}. {content['wage_words']}"[:500],
        "body": "",
        "also_called": [],
        "district": content.get("district"),
        "town": content["town"],
        "employer_name": content["employer_name"],
        "training_provider": content.get("training_provider")
        or (around.organisation.name if around.organisation.is_provider else None),
        "wage_words": content["wage_words"],
        "hours_words": content["hours_words"],
        "length": content.get("length"),
        "places": int(content["places"]) if content.get("places") else None,
        "closes_on": read_day(content["closes_on"]),
        "starts_on": read_day(content.get("starts_on") or ""),
        "apply_url": content["apply_url"],
        "what_you_do": content["what_you_do"],
        "what_you_need": content.get("what_you_need") or "",
        "what_you_learn": content.get("what_you_learn") or "",
    }


def event_columns(content: Content, around: Surroundings) -> Columns:
    """What an event’s entry says. Moments are kept in UTC."""
    online = bool(content.get("is_online"))
    place = "Online" if online else content.get("town") or content.get("venue")
    return {
        "title": content["title"],
        "summary": _first_sentence(content["summary"]),
        "body": content["summary"],
        "also_called": [],
        "level_slug": None,
        "sector": content.get("sector"),
        "growth": [],
        "skill_slugs": (),
        "district": content.get("district"),
        "event_type": content["event_type"],
        "starts_at": _moment(content["day"], content["begins"]),
        "ends_at": _moment(content["day"], content["ends"]),
        "venue": content.get("venue") or place or around.organisation.name,
        "address": content.get("address") or "",
        "town": content.get("town") or "",
        "is_online": online,
        "who_for": content["who_for"],
        "book_url": content.get("book_url"),
        "cost": content["cost"],
        "closes_on": None,
    }


def _moment(day_text: str, clock: str) -> dt.datetime:
    found = read_day(day_text)
    if found is None:
        message = f"“{day_text}” is no day"
        raise ValueError(message)
    hour, minute = (read_clock(clock) or "00:00").split(":")
    local = dt.datetime(found.year, found.month, found.day, int(hour), int(minute), tzinfo=HERE)
    return local.astimezone(dt.UTC).replace(tzinfo=None)


def _address(venue: Venue) -> str:
    parts = (venue.address, venue.town, venue.postcode)
    return ", ".join(dict.fromkeys(part for part in parts if part))


def _course_ends(content: Content) -> dt.date | None:
    """Nobody can join a course that has begun, unless people can start at any time."""
    return None if content.get("is_flexible_start") else read_day(content.get("starts_on") or "")


COURSE = OfferKind(
    kind=EntryKind.COURSE,
    noun="course",
    plural="courses",
    model=Course,
    questions=questions_of(
        CourseForm,
        "title programme aim level sector awarding_body who_for entry_requirements what_you_learn"
        " how_you_learn what_to_bring how_assessed where_next mode venue is_national sub_regions"
        " study attendance starts_on is_flexible_start length length_unit cost cost_words"
        " web_address reference",
        {
            "programme": programme_words,
            "level": lambda value: LEVELS.get(value, value),
            "sector": sector_words,
            "mode": lambda value: MODE_WORDS.get(value, value),
            "study": lambda value: _STUDY.get(value, value),
            "attendance": lambda value: _TIMES.get(value, value),
            "starts_on": day_words,
            "sub_regions": listed,
            "cost": lambda value: _cost_words({"cost": value}) or "",
        },
        "title awarding_body who_for entry_requirements what_you_learn how_you_learn what_to_bring"
        " how_assessed where_next cost_words venue",
        {"venue": "venue_words"},
    ),
    may_offer=lambda organisation: organisation.is_provider,
    columns_of=course_columns,
    completed=with_venue,
    runs_out=_course_ends,
    faults_in=faults_by(CourseForm),
    months=COURSE_MONTHS,
    is_published_on_trust=True,
    left_out_of_copies=("reference",),
)
VACANCY = OfferKind(
    kind=EntryKind.VACANCY,
    noun="vacancy",
    plural="vacancies",
    model=Vacancy,
    questions=questions_of(
        VacancyForm,
        "title programme level sector employer_name training_provider town district wage_words"
        " hours_words length places closes_on starts_on what_you_do what_you_need what_you_learn"
        " apply_url",
        {
            "programme": programme_words,
            "level": lambda value: LEVELS.get(value, value),
            "sector": sector_words,
            "closes_on": day_words,
            "starts_on": day_words,
        },
        "title employer_name training_provider town wage_words hours_words length what_you_do"
        " what_you_need what_you_learn",
    ),
    may_offer=lambda organisation: organisation.is_provider or organisation.kind == "employer",
    columns_of=vacancy_columns,
    completed=lambda content, _around: content,
    runs_out=lambda content: read_day(content.get("closes_on") or ""),
    faults_in=faults_by(VacancyForm),
    months=VACANCY_MONTHS,
)
EVENT = OfferKind(
    kind=EntryKind.EVENT,
    noun="event",
    plural="events",
    model=Event,
    questions=questions_of(
        EventForm,
        "title event_type summary who_for sector day begins ends is_online venue address town"
        " district cost book_url",
        {
            "event_type": lambda value: EVENT_TYPES.get(value, value),
            "sector": sector_words,
            "day": day_words,
        },
        "title summary who_for venue address town cost",
    ),
    may_offer=lambda _organisation: True,
    columns_of=event_columns,
    completed=lambda content, _around: content,
    runs_out=lambda content: read_day(content.get("day") or ""),
    faults_in=faults_by(EventForm),
    months=EVENT_MONTHS,
)
KINDS = (COURSE, VACANCY, EVENT)
FORMS: Mapping[EntryKind, type[OfferForm]] = {
    EntryKind.COURSE: CourseForm,
    EntryKind.VACANCY: VacancyForm,
    EntryKind.EVENT: EventForm,
}
