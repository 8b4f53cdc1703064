"""What programmes and courses say of themselves when they are compared, and for whom it is said.

Pure: it is given entries, what stands round them and the city’s words.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.catalogue.models import Course, Entry, Programme
from portal.catalogue.search.filters import SUITS
from portal.catalogue.vocabulary import AGE_BANDS, Vocabulary
from portal.catalogue.wording import ENGLISH_AND_MATHS
from portal.climbing_frame.telling import CourseNear, cost_of, miles_between, near_first
from portal.content.formats import QualificationType
from portal.shortlists.comparing import NOTHING_TO_ASK, UNKNOWN, Aspect, Fact, Said, said
from portal.shortlists.reading_facts import Around, is_ending
from portal.taxonomy import Family
from portal.templating import length_of_time, listed, miles, partial_date

MOST_LED_TO, MOST_PLACES, LONGEST = 5, 3, 240
EXAMS = {
    "most": "Mostly exams or timed tests",
    "some": "Some exams or timed tests",
    "few": "Few exams or timed tests",
}
Facts = Mapping[Aspect, Fact]


@dataclass(frozen=True)
class Reader:
    """For whom facts are told: an age and a district if they were given, a day, the city’s words.

    Distances are from the city’s centre where no district was given.
    """

    vocabulary: Vocabulary
    around: Around
    today: dt.date
    age: int | None = None
    near: str | None = None

    @property
    def start(self) -> str:
        """The district that distances are from."""
        return self.near or self.vocabulary.area.centre

    def kind_of(self, programme: Programme | None) -> QualificationType | None:
        """What kind of qualification a programme is; None without one."""
        kinds = self.vocabulary.qualification_types
        return kinds[programme.qualification_type] if programme else None

    def far(self, district: str | None) -> Fact:
        """How far a district is."""
        distance = miles_between(self.start, district, self.vocabulary)
        return UNKNOWN if distance is None else said(sentence(miles(distance)))


def sentence(words: str) -> str:
    """Words with a capital at the beginning."""
    return words[:1].upper() + words[1:]


def chosen(names: Mapping[str, str], slugs: Iterable[str]) -> str:
    """The names of some slugs in one line, such as “At work, day release”."""
    return sentence(", ".join(names[slug][:1].lower() + names[slug][1:] for slug in slugs))


def short(words: str | None) -> str:
    """The first lines of what may be a page."""
    line = " ".join((words or "").split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST].rsplit(' ', 1)[0]} …"


def distinct(*parts: str | None) -> str:
    """The parts of an address that are known, each once."""
    return ", ".join(dict.fromkeys(part for part in parts if part))


def usual_length(programme: Programme | None) -> Fact:
    """How long a programme usually takes."""
    return said(length_of_time(programme.months)) if programme and programme.months else UNKNOWN


def money(kind: QualificationType | None, reader: Reader) -> Fact:
    """What it pays or costs at the reader’s age; at every age when none was given."""
    if kind is None:
        return UNKNOWN
    if reader.age is not None or kind.family is Family.APPRENTICESHIP:
        return said(cost_of(kind, reader.age, reader.vocabulary))
    costs = [(name, kind.costs[band]) for band, name in AGE_BANDS.items() if band in kind.costs]
    if len(costs) == len(AGE_BANDS) and len({words for _, words in costs}) == 1:
        return said(costs[0][1])
    return said(*(f"{name}: {words}" for name, words in costs))


def asked(programme: Programme | None, own: str | None, who_for: str | None = None) -> Facts:
    """What is asked of those who begin: in an entry’s own words, and what is usual besides."""
    if programme is None:
        return {
            Aspect.NEEDS: said(short(own)),
            Aspect.ENGLISH_AND_MATHS: UNKNOWN,
            Aspect.SUBJECTS: UNKNOWN,
            Aspect.AGE: said(short(who_for)),
        }
    suits = [short(who_for)] if who_for else [SUITS[starter] for starter in programme.suits]
    return {
        Aspect.NEEDS: said(short(own or programme.entry_text)),
        Aspect.ENGLISH_AND_MATHS: said(ENGLISH_AND_MATHS[programme.english_and_maths]),
        Aspect.SUBJECTS: said(listed(programme.entry_subjects) or "None that we know of"),
        Aspect.AGE: said(*suits, _ages(programme)),
    }


def _ages(programme: Programme) -> str:
    if programme.min_age and programme.max_age:
        return f"Age {programme.min_age} to {programme.max_age}"
    return f"Age {programme.min_age} or over" if programme.min_age else ""


def assessed(
    programme: Programme | None, kind: QualificationType | None, own: str | None = None
) -> Fact:
    """How one is tested."""
    usual = programme.assessed if programme else None
    return said(EXAMS[kind.exams] if kind else "", short(own or usual))


def taught(programme: Programme, reader: Reader) -> Facts:
    """Who teaches a programme near the city, the nearest first, and how far the nearest is."""
    courses = reader.around.courses.get(programme.id, ())
    near = near_first(courses, reader.start, reader.vocabulary).get(programme.id, [])
    providers: dict[str, CourseNear] = {}
    for one in near:
        providers.setdefault(one.course.provider.name, one)
    if not providers:
        return {Aspect.WHERE: said("Nobody near here that we know of"), Aspect.FAR: UNKNOWN}
    names = [Said(name, one.course.path) for name, one in providers.items()][:MOST_PLACES]
    more = len(providers) - len(names)
    if more:
        names.append(Said(f"{more} more", f"{programme.path}#taught"))
    return {Aspect.WHERE: Fact(tuple(names)), Aspect.FAR: _nearest(next(iter(providers.values())))}


def _nearest(found: CourseNear) -> Fact:
    if found.miles is None:
        return UNKNOWN
    return said(f"{sentence(miles(found.miles))}, to {found.course.provider.name}")


def place_of(course: Course, reader: Reader) -> Facts:
    """Where a course is, and how far that is."""
    if course.is_national or course.mode == "online":
        words = "Anywhere in England" if course.is_national else "Online"
        return {Aspect.WHERE: said(words), Aspect.FAR: NOTHING_TO_ASK}
    if course.sub_regions:
        words = f"At an employer in {listed(course.sub_regions, 'or')}"
        return {Aspect.WHERE: said(words), Aspect.FAR: UNKNOWN}
    provider = course.provider
    place = distinct(course.campus, course.venue_address, course.town, course.district)
    main = f"Main address: {provider.place}. Ask which site" if provider.place else ""
    return {
        Aspect.WHERE: said(place or main),
        Aspect.FAR: reader.far(course.district or (None if place else provider.district)),
    }


def starts(course: Course, today: dt.date) -> Fact:
    """When a course starts, and whether that has passed."""
    if not course.starts:
        return said("When it suits you: ask them" if course.is_flexible_start else "")
    has_passed = course.starts_on is not None and course.starts_on < today
    note = "That date has passed: ask for the next one" if has_passed else ""
    return said(f"Starts {partial_date(course.starts)}", note)


def intakes(programme: Programme, reader: Reader) -> Fact:
    """When people can start a programme, as far as it is more than each provider’s own affair."""
    kind = reader.kind_of(programme)
    month = f"{reader.today.year}-{reader.today.month:02}"
    first, last = programme.first_intake, programme.last_intake
    is_work = kind is not None and kind.family is Family.APPRENTICESHIP
    return said(
        "When an employer has a place" if is_work else "",
        f"From {partial_date(first)}" if first and first > month else "",
        f"The last start is {partial_date(last)}" if last else "",
        "It is being replaced: ask if it still takes new people"
        if is_ending(programme, reader.vocabulary)
        else "",
    )


def leads(entry: Entry | None, reader: Reader) -> Fact:
    """Where a role or a programme leads, as its page says."""
    if entry is None:
        return UNKNOWN
    found = reader.around.leads.get(entry.id, ())
    named = [Said(other.title, other.path) for other in found[:MOST_LED_TO]]
    if len(found) > MOST_LED_TO:
        named.append(Said(f"{len(found) - MOST_LED_TO} more", entry.path))
    return Fact(tuple(named))
