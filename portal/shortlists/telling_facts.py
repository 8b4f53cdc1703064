"""Entries as columns of a comparison: each kind says in words what it has of each aspect.

Nothing is guessed. What an entry does not say, and its programme does not either, is not known.
Pure: entries, what stands round them and the city’s words go in, columns come out.
"""

from portal.accounts.models import Organisation
from portal.catalogue.experiences import Listing
from portal.catalogue.models import Course, Entry, Event, Programme, Role, Vacancy
from portal.catalogue.search.filters import ATTENDANCE, MODES, STUDY
from portal.catalogue.whats_on import EVENT_NAMES, days_in_words, when
from portal.catalogue.wording import LOADS, PATTERNS, WAYS_IN, WORKPLACES
from portal.climbing_frame.telling import pay_of
from portal.shortlists import facts_of_learning as learning
from portal.shortlists.comparing import NOTHING_TO_ASK, UNKNOWN, Aspect, Fact, Said, Thing, said
from portal.shortlists.facts_of_learning import Facts, Reader, chosen, distinct, sentence, short
from portal.shortlists.reading_facts import programme_of
from portal.taxonomy import EntryKind, EventType, Tier
from portal.templating import counted, day, listed, pounds

MOST_DAYS = 2
COMPARED = frozenset(EntryKind) - {EntryKind.GUIDE}


def thing_of(entry: Entry, reader: Reader) -> Thing:
    """One entry as a column. Raises TypeError for a kind that is not compared."""
    programme = programme_of(entry, reader.today)
    kind = reader.kind_of(programme)
    facts = {Aspect.LEVEL: _level(entry, reader), Aspect.SECTOR: _sector(entry, reader)}
    return Thing(
        entry.key,
        entry.title,
        {**facts, **_facts_of(entry, programme, reader)},
        None if isinstance(entry, Event) else _skills(entry, programme, reader),
        kind.family.value if kind else "",
    )


def _facts_of(entry: Entry, programme: Programme | None, reader: Reader) -> Facts:
    if isinstance(entry, Role):
        return _of_role(entry, reader)
    if isinstance(entry, Programme):
        return _of_programme(entry, reader)
    if isinstance(entry, Course):
        return _of_course(entry, programme, reader)
    if isinstance(entry, Vacancy):
        return _of_vacancy(entry, programme, reader)
    if isinstance(entry, Event):
        return _of_event(entry, reader)
    if isinstance(entry, Listing):
        return _of_listing(entry, reader)
    message = f"a {entry.kind} is not compared"
    raise TypeError(message)


def _of_role(role: Role, reader: Reader) -> Facts:
    pay = reader.vocabulary.pay.get(role.soc2020)
    half = ""
    if pay and pay.low and pay.high:
        half = f"Half earn {pounds(pay.low)} to {pounds(pay.high)}."
    ways = dict.fromkeys(way["kind"] for way in role.ways_in)
    places = ", ".join(WORKPLACES[place] for place in role.workplaces)
    return {
        Aspect.KIND: said("Job"),
        Aspect.MONEY: said(pay_of(role.soc2020, reader.vocabulary), half),
        Aspect.DAYS: said(
            f"Hours: {role.hours}" if role.hours else "", chosen(PATTERNS, role.pattern)
        ),
        Aspect.NEEDS: said(role.register, f"Ways in: {chosen(WAYS_IN, ways)}"),
        Aspect.ENGLISH_AND_MATHS: said("Depends on the way in"),
        Aspect.AGE: said(
            f"Age {role.min_age} or over" if role.min_age else "No rule that we know of"
        ),
        Aspect.WHERE: said(sentence(places)),
        Aspect.WHEN: said("When an employer has a vacancy"),
        Aspect.LEADS_TO: learning.leads(role, reader),
    }


def _of_programme(programme: Programme, reader: Reader) -> Facts:
    kind = reader.vocabulary.qualification_types[programme.qualification_type]
    return {
        Aspect.KIND: said(kind.name),
        Aspect.LENGTH: learning.usual_length(programme),
        Aspect.MONEY: learning.money(kind, reader),
        Aspect.DAYS: said(chosen(LOADS, programme.study), programme.placement),
        **learning.asked(programme, None),
        Aspect.ASSESSED: learning.assessed(programme, kind),
        **learning.taught(programme, reader),
        Aspect.WHEN: learning.intakes(programme, reader),
        Aspect.LEADS_TO: learning.leads(programme, reader),
    }


def _of_course(course: Course, programme: Programme | None, reader: Reader) -> Facts:
    kind = reader.kind_of(programme)
    ways = (MODES.get(course.mode or ""), STUDY.get(course.study_mode or ""),
            ATTENDANCE.get(course.attendance or ""))  # fmt: skip
    usual_days = chosen(LOADS, programme.study) if programme and not any(ways) else ""
    costs = (*said(course.cost).said, *learning.money(kind, reader).said)
    return {
        Aspect.KIND: _by(kind.name if kind else "Course", course.provider),
        Aspect.LENGTH: said(course.length) or learning.usual_length(programme),
        Aspect.MONEY: Fact(costs),
        Aspect.DAYS: said(*ways, usual_days, programme.placement if programme else ""),
        **learning.asked(programme, course.entry_text, course.who_for),
        Aspect.ASSESSED: learning.assessed(programme, kind, course.how_assessed),
        **learning.place_of(course, reader),
        Aspect.WHEN: learning.starts(course, reader.today),
        Aspect.LEADS_TO: learning.leads(programme, reader) or said(short(course.where_next)),
    }


def _of_vacancy(vacancy: Vacancy, programme: Programme | None, reader: Reader) -> Facts:
    kind = reader.kind_of(programme)
    is_training = programme is not None
    return {
        Aspect.KIND: said(f"Vacancy: {kind.name}" if kind else "Vacancy", vacancy.employer_name),
        Aspect.LENGTH: said(vacancy.length) or learning.usual_length(programme),
        Aspect.MONEY: said(vacancy.wage_words),
        Aspect.DAYS: said(vacancy.hours_words),
        **learning.asked(programme, vacancy.what_you_need),
        Aspect.ASSESSED: learning.assessed(programme, kind) if is_training else NOTHING_TO_ASK,
        Aspect.WHERE: said(distinct(vacancy.town, vacancy.district)),
        Aspect.FAR: reader.far(vacancy.district),
        Aspect.WHEN: said(
            f"Closes {day(vacancy.closes_on)}" if vacancy.closes_on else "",
            f"Starts {day(vacancy.starts_on)}" if vacancy.starts_on else "",
        ),
        Aspect.LEADS_TO: learning.leads(programme, reader),
    }


def _of_event(event: Event, reader: Reader) -> Facts:
    name, _ = EVENT_NAMES[EventType(event.event_type)]
    return {
        Aspect.KIND: _by(name, event.publisher),
        Aspect.MONEY: said(event.cost),
        Aspect.NEEDS: said("Book a place first" if event.book_url else ""),
        Aspect.AGE: said(event.who_for),
        Aspect.WHERE: said("Online" if event.is_online else "", event.place),
        Aspect.FAR: NOTHING_TO_ASK if event.is_online else reader.far(event.district),
        Aspect.WHEN: said(when(event)),
    }


def _of_listing(listing: Listing, reader: Reader) -> Facts:
    kind = reader.vocabulary.experiences[listing.experience]
    is_online = listing.tier == Tier.ONLINE
    years = reader.vocabulary.year_groups
    groups = listed((years[slug].name for slug in listing.year_groups if slug in years), "or")
    role = reader.around.roles.get(listing.role_id or 0)
    has_times = listing.begins and listing.ends
    return {
        Aspect.KIND: _by(kind.name, listing.publisher),
        Aspect.LENGTH: said(_length(listing)),
        Aspect.MONEY: said("It costs nothing", listing.expenses),
        Aspect.DAYS: said(f"{listing.begins} to {listing.ends}" if has_times else ""),
        Aspect.NEEDS: said("Ask through an adviser" if kind.is_asked_for else "Open to everybody"),
        Aspect.AGE: said(groups, f"Age {listing.min_age} or over" if listing.min_age else ""),
        Aspect.WHERE: said("Online" if is_online else distinct(listing.town, listing.district)),
        Aspect.FAR: NOTHING_TO_ASK if is_online else reader.far(listing.district),
        Aspect.WHEN: _occasions(listing) if kind.is_asked_for else said("At any time"),
        Aspect.LEADS_TO: Fact((Said(role.title, role.path),)) if role else UNKNOWN,
    }


def _by(name: str, organisation: Organisation) -> Fact:
    folder = "providers" if organisation.is_provider else "employers"
    return Fact((Said(name), Said(organisation.name, f"/{folder}/{organisation.slug}")))


def _level(entry: Entry, reader: Reader) -> Fact:
    if not entry.level:
        return NOTHING_TO_ASK if isinstance(entry, Event | Listing) else UNKNOWN
    return Fact((Said(reader.vocabulary.level_name(entry.level), f"/levels/{entry.level}"),))


def _sector(entry: Entry, reader: Reader) -> Fact:
    name = reader.vocabulary.sector_name(entry.sector)
    if entry.sector:
        return Fact((Said(name, f"/sectors/{entry.sector}"),))
    if isinstance(entry, Event):
        return NOTHING_TO_ASK
    return said(name) if programme_of(entry, reader.today) else UNKNOWN


def _skills(entry: Entry, programme: Programme | None, reader: Reader) -> tuple[str, ...]:
    """Its own, or those of the programme it belongs to."""
    known = reader.around.skills
    slugs = known.get(entry.id) or (known.get(programme.id) if programme else None) or ()
    return tuple(reader.vocabulary.skills[slug].name for slug in slugs)


def _length(listing: Listing) -> str:
    if listing.days and listing.days > 1:
        return counted(listing.days, "day")
    return f"{listing.hours:g} {'hour' if listing.hours == 1 else 'hours'}" if listing.hours else ""


def _occasions(listing: Listing) -> Fact:
    coming = listing.coming
    more = len(coming) - MOST_DAYS
    closes = f"Ask by {day(listing.closes_on)}" if listing.closes_on else ""
    return said(
        *(days_in_words(days.first_day, days.last_day) for days in coming[:MOST_DAYS]),
        f"{counted(more, 'other time')}" if more > 0 else "",
        closes if coming else "No days are planned just now",
    )
