"""What each kind of content file may hold: one class a format, one description a field.

``content/README.md`` explains the same to people; a test holds the two together.
"""

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from portal.content.values import (
    Audience,
    District,
    EnglishAndMaths,
    Exams,
    Grade,
    HoldPath,
    Importance,
    Link,
    Month,
    Pattern,
    QualificationNumber,
    Situation,
    Slug,
    SourceDate,
    StudyLoad,
    Summary,
    Title,
    WayIn,
    Words,
    Workplace,
    curly,
    listed,
)
from portal.taxonomy import AgeBand, Family, Level, SkillKind, Starter, Tier


class Format(BaseModel):
    """Fields that are not named here are mistakes, usually of spelling."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Source(Format):
    """Where a fact comes from."""

    name: Words
    url: Link | None = None
    date: SourceDate


class Cohort(Format):
    """How many young people the city counts, for the pledge."""

    people: Annotated[int, Field(gt=0)]
    who: Words
    year: SourceDate
    source: Source


class Term(Format):
    """A part of the school year; ``begins`` is its first day as month and day."""

    slug: Slug
    name: Title
    begins: Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]


class YearGroup(Format):
    """A school year or what comes after, with the ages that people in it usually have."""

    slug: Slug
    name: Title
    youngest: Annotated[int, Field(ge=10, le=99)]
    oldest: Annotated[int, Field(ge=10, le=99)]
    # Until the last Friday in June of Year 11 somebody has to go to school.
    is_compulsory: bool


class ExperienceWords(Format):
    """A kind of experience that an employer can give.

    ``hours`` is what one usually lasts. A group’s experience is asked for by an adviser for
    several; one that nobody asks for, such as a video, is there for everybody at once.
    ``benchmarks`` are the Gatsby benchmarks it counts towards.
    """

    slug: Slug
    name: Title
    plural: Title
    tier: Tier
    summary: Summary
    hours: Annotated[float, Field(gt=0, le=2000)]
    is_for_groups: bool = False
    is_asked_for: bool = True
    is_listed: bool = True
    benchmarks: tuple[Literal["5", "6"], ...]
    sample_do: Words
    sample_learn: Words


class WorkRule(Format):
    """What law or guidance asks, from a day on: a number where one can be compared, and words.

    When the law changes, another one with a slug of its own names the ``rule`` that it continues.
    """

    slug: Slug
    rule: Slug | None = None
    name: Title
    value: float | None = None
    says: Words
    starts: dt.date
    ends: dt.date | None = None
    source: Source


class ChoiceRow(Format):
    """One answer of a list: lists stand where free text between adults and the young must not."""

    list: Literal[
        "why-no-pledge", "why-not-sent-on", "why-declined", "why-cancelled", "why-withdrawn",
        "went-well", "could-be-better",
    ]  # fmt: skip
    slug: Slug
    name: Words

    @property
    def key(self) -> str:
        """Its name among all answers."""
        return f"{self.list}/{self.slug}"


class GrowthSector(Format):
    """Work that the city expects more of."""

    slug: Slug
    name: Title
    summary: Summary
    source: Source


class Contact(Format):
    """Whom a visitor writes to about the portal."""

    name: Words
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[a-z]+$")] | None = None
    website: Link


class Area(Format):
    """The city."""

    name: Title
    region: Title
    people: Words
    portal_name: Title
    strapline: Words
    centre: District
    search_miles: Annotated[int, Field(gt=0, le=100)]
    contact: Contact
    cohort: Cohort
    growth: Annotated[tuple[GrowthSector, ...], Field(min_length=1)]


class LevelWords(Format):
    """A level explained."""

    slug: Level
    name: Title
    plain: Words
    like: tuple[Words, ...]


class SectorWords(Format):
    """A sector explained."""

    slug: Slug
    name: Title
    short: Annotated[str, BeforeValidator(curly), StringConstraints(min_length=2, max_length=13)]
    official: Title
    summary: Summary
    subjects: tuple[Words, ...]


class QualificationType(Format):
    """A kind of qualification, with the dates between which people can start it."""

    slug: Slug
    name: Title
    plural: Title
    family: Family
    summary: Summary
    suits: Annotated[tuple[Starter, ...], Field(min_length=1)]
    exams: Exams
    taken_together: Annotated[int, Field(ge=2, le=10)] | None = None
    first_intake: Month | None = None
    last_intake: Month | None = None
    replaced_by: Slug | None = None
    note: Words | None = None
    costs: dict[AgeBand, Words] = {}
    free_for: tuple[AgeBand, ...] = ()
    source: Words | None = None
    source_url: Link | None = None
    source_date: SourceDate | None = None


class SkillRow(Format):
    """One skill of the vocabulary."""

    slug: Slug
    name: Title
    kind: SkillKind
    summary: Summary
    # How somebody shows an employer that they have it, and how to get more of it.
    show: Words | None = None
    get: Words | None = None


class SkillGroup(Format):
    """Skills for any job that belong together.

    Those of a shared group stand in a framework of employers and schools, as the page says.
    """

    slug: Slug
    name: Title
    summary: Summary
    skills: Annotated[tuple[Slug, ...], Field(min_length=1)]
    is_shared: bool = False


class OutlookRow(Format):
    """A fact about work in the area, or about its future and why, that roles name by slug."""

    slug: Slug
    about: Literal["here", "future"]
    says: Words
    source_name: Words
    source_url: Link | None = None
    source_date: SourceDate
    checked: dt.date


class GlossaryRow(Format):
    """A word that young people may not know, in plain words. ``also`` are its other forms."""

    slug: Slug
    word: Title
    also: Annotated[tuple[Words, ...], BeforeValidator(listed)] = ()
    plain: Summary


class FundingOfferRow(Format):
    """A way in which public money pays for a qualification, by its code in the register’s columns.

    ``school_age`` offers end before somebody leaves school: a last start does not wait for them.
    """

    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]+$", max_length=60)]
    name: Title
    says: Words
    school_age: Literal["yes"] | None = None


class PlaceRow(Format):
    """A district or town one can search near. ``ambiguous`` names need “in” or “near”."""

    slug: Slug
    name: Title
    kind: Literal["district", "town"]
    district: District
    latitude: Annotated[float, Field(ge=49, le=61)]
    longitude: Annotated[float, Field(ge=-9, le=2)]
    also_called: Annotated[tuple[Words, ...], BeforeValidator(listed)] = ()
    ambiguous: Literal["yes"] | None = None
    source_name: Words
    source_date: SourceDate


class ProviderRow(Format):
    """Somebody who teaches."""

    slug: Slug
    name: Title
    kind: Literal[
        "college", "sixth-form", "university", "training-provider", "adult-learning", "special",
        "utc", "charity", "employer-provider",
    ]  # fmt: skip
    summary: Summary | None = None
    address: Words | None = None
    town: Words | None = None
    district: District | None = None
    website: Link | None = None
    ukprn: Annotated[str, StringConstraints(pattern=r"^\d{8}$")] | None = None
    also_called: Annotated[tuple[Words, ...], BeforeValidator(listed)] = ()
    ages: Words | None = None
    source_name: Words
    source_url: Link | None = None
    source_date: SourceDate
    checked: dt.date


class ServiceRow(Format):
    """Somewhere to get advice or help."""

    slug: Slug
    name: Title
    summary: Annotated[
        str, BeforeValidator(curly), StringConstraints(min_length=10, max_length=260)
    ]
    for_ages_from: Annotated[int, Field(ge=0, le=99)] | None = None
    for_ages_to: Annotated[int, Field(ge=0, le=99)] | None = None
    situations: Annotated[tuple[Situation, ...], BeforeValidator(listed)]
    area: Words | None = None
    phone: Words | None = None
    email: Words | None = None
    website: Link | None = None
    how: Words | None = None
    source_name: Words
    source_url: Link | None = None
    source_date: SourceDate
    checked: dt.date


class PayRow(Format):
    """Full-time yearly pay in one ONS occupation group, in pounds. Blank means not published."""

    soc2020: Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
    group: Words
    low: int | None = None
    typical: int | None = None
    high: int | None = None


class MoveRow(Format):
    """A step that people take and that no entry’s own page says: from one hold to another.

    ``months`` is the time people usually spend in the first before they can take the step.
    ``takes`` is how long the second lasts for somebody who comes this way, where that is less than
    for others: a degree that is topped up, an apprenticeship that counts what was learned before.
    """

    before: HoldPath
    after: HoldPath
    reason: Words
    months: Annotated[int, Field(ge=0, le=120)] | None = None
    takes: Annotated[int, Field(ge=1, le=96)] | None = None
    source_name: Words
    source_url: Link | None = None
    source_date: SourceDate
    checked: dt.date

    @property
    def key(self) -> str:
        """One row for one step."""
        return f"{self.before} {self.after}"


class MinimumWageRow(Format):
    """The least that may be paid an hour, in pence, from a day on."""

    slug: Slug
    who: Words
    pence: Annotated[int, Field(gt=0)]
    starts: dt.date
    source_name: Words
    source_url: Link | None = None
    source_date: SourceDate


class SynonymRow(Format):
    """What people type, and the words the catalogue uses for it."""

    typed: Annotated[str, StringConstraints(to_lower=True, min_length=2, max_length=60)]
    means: Annotated[tuple[Words, ...], BeforeValidator(listed)]


class Published(Format):
    """What every entry says of itself."""

    title: Title
    summary: Summary
    also_called: tuple[Words, ...] = ()
    checked: dt.date
    show_until: dt.date | None = None
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    old_slugs: tuple[Slug, ...] = ()


class WayInFormat(Format):
    """One way into a role."""

    kind: WayIn
    text: Words
    programmes: tuple[Slug, ...] = ()


class RoleFormat(Published):
    """A job-role profile.

    ``register`` says which body or licence one must have before one may do the work at all.
    ``here`` and ``future`` name facts of the outlook: where in the area such work is, and what
    its future looks like.
    """

    sector: Slug
    level: Level
    growth: tuple[Slug, ...] = ()
    soc2020: Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
    min_age: Annotated[int, Field(ge=13, le=30)] | None = None
    register_: Annotated[Words | None, Field(alias="register")] = None
    hours: Words | None = None
    pattern: Annotated[tuple[Pattern, ...], Field(min_length=1)]
    where: Annotated[tuple[Workplace, ...], Field(min_length=1)]
    here: tuple[Slug, ...] = ()
    future: tuple[Slug, ...] = ()
    next_roles: tuple[Slug, ...]
    similar_roles: tuple[Slug, ...]
    skills: Annotated[dict[Slug, Importance], Field(min_length=8, max_length=15)]
    ways_in: Annotated[tuple[WayInFormat, ...], Field(min_length=2)]


class EntryRequirement(Format):
    """What one needs before one starts."""

    level: Level | Literal["none"]
    english_and_maths: EnglishAndMaths = "none"
    min_age: Annotated[int, Field(ge=14, le=30)] | None = None
    max_age: Annotated[int, Field(ge=15, le=30)] | None = None
    subjects: tuple[Words, ...] = ()
    text: Words


class ProgrammeFormat(Published):
    """A qualification or apprenticeship standard, whoever teaches it."""

    qualification_type: Slug
    sector: Slug
    level: Level
    growth: tuple[Slug, ...] = ()
    reference: Words | None = None
    qualifications: tuple[QualificationNumber, ...] = ()
    months: Annotated[int, Field(ge=1, le=96)] | None = None
    study: tuple[StudyLoad, ...] = ()
    assessed: Words | None = None
    placement: Words | None = None
    suits: tuple[Starter, ...] = ()
    first_intake: Month | None = None
    last_intake: Month | None = None
    replaced_by: Slug | None = None
    skills: Annotated[tuple[Slug, ...], Field(min_length=4, max_length=12)]
    leads_to_roles: tuple[Slug, ...]
    leads_to_programmes: tuple[Slug, ...]
    gives_english: Grade | None = None
    gives_maths: Grade | None = None
    gives_subjects: tuple[Words, ...] = ()
    entry: EntryRequirement


class GuideFormat(Published):
    """A page of advice."""

    audience: Annotated[tuple[Audience, ...], Field(alias="for", min_length=1)]
    order: int


class CourseRow(Format):
    """A programme that one provider runs at a place."""

    slug: Slug
    title: Title
    programme: Slug
    level: Level | None = None
    campus: Words | None = None
    town: Words | None = None
    district: District | None = None
    mode: Literal["classroom", "online", "work-based", "blended"] | None = None
    study: Literal["full-time", "part-time", "flexible"] | None = None
    attendance: Literal["daytime", "evening", "weekend", "day-release", "block-release"] | None = (
        None
    )
    starts: Words | None = None
    length: Words | None = None
    award: Words | None = None
    cost: Words | None = None
    entry: Words | None = None
    apply_url: Link | None = None
    evidence: Words
    source_name: Words
    source_url: Link | None = None
    source_date: SourceDate
    checked: dt.date
