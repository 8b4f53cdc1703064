"""What stands in the catalogue: one table of entries, joined by one for each kind."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Organisation
from portal.clock import here
from portal.extensions import Base
from portal.taxonomy import EntryKind, Level

LIVE, RETIRED = "live", "retired"
CONTENT, ORGANISATION = "content", "organisation"
FOLDERS = {
    EntryKind.ROLE: "roles",
    EntryKind.PROGRAMME: "programmes",
    EntryKind.COURSE: "courses",
    EntryKind.GUIDE: "guides",
    EntryKind.VACANCY: "vacancies",
    EntryKind.EVENT: "events",
    EntryKind.LISTING: "listings",
}


class CatalogueState(Base):
    """One row: the version that every index and cache follows, and what was loaded last."""

    __tablename__ = "catalogue_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    content_digest: Mapped[str] = mapped_column(String(64), default="")
    changed_at: Mapped[dt.datetime | None]


class VocabularyPart(Base):
    """One part of the city's vocabulary (levels, sectors, skills…) as validated content."""

    __tablename__ = "vocabulary_part"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    content: Mapped[Any] = mapped_column(JSON)


class Entry(Base):
    """Anything in the catalogue. ``version`` is the catalogue version that last changed it."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("kind", "slug"),
        CheckConstraint(f"status IN ('{LIVE}', '{RETIRED}')", name="status_known"),
        Index("ix_entry_version", "version"),
    )
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_abstract": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    slug: Mapped[str] = mapped_column(String(90))
    title: Mapped[str] = mapped_column(String(255))
    summary: Mapped[str] = mapped_column(String(500))
    body: Mapped[str] = mapped_column(Text, default="")
    also_called: Mapped[list[str]] = mapped_column(JSON, default=list)
    level_slug: Mapped[str | None] = mapped_column("level", String(5))
    sector: Mapped[str | None] = mapped_column(String(90), index=True)
    growth: Mapped[list[str]] = mapped_column(JSON, default=list)
    status: Mapped[str] = mapped_column(String(10), default=LIVE)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    district: Mapped[str | None] = mapped_column(String(4))
    sources: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    checked_on: Mapped[dt.date]
    show_until: Mapped[dt.date]
    # The last day one can apply, for sorting and showing; it never outlives ``show_until``.
    closes_on: Mapped[dt.date | None]
    # Who keeps it right: the content folder, or the organisation that published it.
    kept_by: Mapped[str] = mapped_column(String(12), default=CONTENT)
    digest: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]

    organisation: Mapped[Organisation | None] = relationship(lazy="joined")
    skills: Mapped[list["EntrySkill"]] = relationship(
        back_populates="entry", cascade="all, delete-orphan", order_by="EntrySkill.position"
    )

    @property
    def level(self) -> Level | None:
        """Where it stands in the frame; guides stand nowhere."""
        return Level(self.level_slug) if self.level_slug else None

    @property
    def key(self) -> str:
        """What names it among all entries, on lists and in addresses: ``roles/bricklayer``."""
        return f"{FOLDERS[EntryKind(self.kind)]}/{self.slug}"

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/{self.key}"

    @property
    def is_kept_by_organisation(self) -> bool:
        """Whether whoever published it keeps it right, and not the content folder."""
        return self.kept_by == ORGANISATION

    def is_shown(self, today: dt.date) -> bool:
        """Whether a visitor may see it: live, and somebody has checked it recently enough."""
        return self.status == LIVE and today <= self.show_until


class OldSlug(Base):
    """An earlier address of an entry. Addresses never vanish without a redirect."""

    __tablename__ = "old_slug"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    slug: Mapped[str] = mapped_column(String(90), primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"))
    entry: Mapped[Entry] = relationship()


class EntrySkill(Base):
    """A skill that a role needs or a programme gives; importance 3 is the most."""

    __tablename__ = "entry_skill"
    __table_args__ = (CheckConstraint("importance BETWEEN 1 AND 3", name="importance_range"),)

    entry_id: Mapped[int] = mapped_column(
        ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True
    )
    skill: Mapped[str] = mapped_column(String(90), primary_key=True, index=True)
    importance: Mapped[int]
    position: Mapped[int]
    entry: Mapped[Entry] = relationship(back_populates="skills")


class EntryLink(Base):
    """A stated connection between entries, as content gives it.

    ``relation`` is ``next`` or ``similar`` between roles, ``leads-to`` from a programme, and
    ``way-in`` from a role to a programme, where ``position`` numbers the way.
    """

    __tablename__ = "entry_link"

    source_id: Mapped[int] = mapped_column(
        ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True
    )
    relation: Mapped[str] = mapped_column(String(10), primary_key=True)
    target_id: Mapped[int] = mapped_column(
        ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)


class Role(Entry):
    """A job-role profile."""

    __tablename__ = "role"
    __mapper_args__ = {"polymorphic_identity": EntryKind.ROLE.value}  # noqa: RUF012

    id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    soc2020: Mapped[str] = mapped_column(String(4))
    min_age: Mapped[int | None]
    register: Mapped[str | None] = mapped_column(String(500))
    hours: Mapped[str | None] = mapped_column(String(200))
    pattern: Mapped[list[str]] = mapped_column(JSON)
    workplaces: Mapped[list[str]] = mapped_column(JSON)
    # Facts of the outlook by slug: where in the area such work is, and what is coming.
    here: Mapped[list[str]] = mapped_column(JSON, default=list)
    future: Mapped[list[str]] = mapped_column(JSON, default=list)
    ways_in: Mapped[list[dict[str, str]]] = mapped_column(JSON)


class Programme(Entry):
    """A qualification, apprenticeship standard or course of study, whoever teaches it."""

    __tablename__ = "programme"
    __mapper_args__ = {"polymorphic_identity": EntryKind.PROGRAMME.value}  # noqa: RUF012

    id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    qualification_type: Mapped[str] = mapped_column(String(90), index=True)
    reference: Mapped[str | None] = mapped_column(String(50))
    # Numbers on the regulator’s register that this programme stands for.
    qualifications: Mapped[list[str]] = mapped_column(JSON, default=list)
    months: Mapped[int | None]
    study: Mapped[list[str]] = mapped_column(JSON)
    assessed: Mapped[str | None] = mapped_column(String(500))
    placement: Mapped[str | None] = mapped_column(String(500))
    suits: Mapped[list[str]] = mapped_column(JSON)
    first_intake: Mapped[str | None] = mapped_column(String(7))
    # What content says, and what the register of qualifications says: ``last_intake`` is both.
    stated_last_intake: Mapped[str | None] = mapped_column("last_intake", String(7))
    funded_last_intake: Mapped[str | None] = mapped_column(String(7))
    replaced_by: Mapped[str | None] = mapped_column(String(90))
    entry_level: Mapped[str] = mapped_column(String(5))
    english_and_maths: Mapped[str] = mapped_column(String(20))
    min_age: Mapped[int | None]
    max_age: Mapped[int | None]
    entry_subjects: Mapped[list[str]] = mapped_column(JSON)
    entry_text: Mapped[str] = mapped_column(String(500))
    gives_english: Mapped[str | None] = mapped_column(String(10))
    gives_maths: Mapped[str | None] = mapped_column(String(10))
    gives_subjects: Mapped[list[str]] = mapped_column(JSON, default=list)

    courses: Mapped[list["Course"]] = relationship(
        back_populates="programme", foreign_keys="Course.programme_id"
    )

    @property
    def last_intake(self) -> str | None:
        """The month of the last start, such as ``2026-07``: the earlier of what two sources say."""
        said = (self.stated_last_intake, self.funded_last_intake)
        return min(filter(None, said), default=None)


class Course(Entry):
    """A programme that a provider runs at a place."""

    __tablename__ = "course"
    __mapper_args__ = {"polymorphic_identity": EntryKind.COURSE.value}  # noqa: RUF012

    id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"), index=True)
    campus: Mapped[str | None] = mapped_column(String(200))
    town: Mapped[str | None] = mapped_column(String(100))
    mode: Mapped[str | None] = mapped_column(String(20))
    study_mode: Mapped[str | None] = mapped_column(String(20))
    attendance: Mapped[str | None] = mapped_column(String(20))
    starts: Mapped[str | None] = mapped_column(String(200))
    starts_on: Mapped[dt.date | None]
    length: Mapped[str | None] = mapped_column(String(200))
    award: Mapped[str | None] = mapped_column(String(200))
    cost: Mapped[str | None] = mapped_column(String(500))
    entry_text: Mapped[str | None] = mapped_column(String(500))
    apply_url: Mapped[str | None] = mapped_column(String(500))
    # What shows that it exists; None where the provider itself keeps it right.
    evidence: Mapped[str | None] = mapped_column(String(500))
    who_for: Mapped[str | None] = mapped_column(Text)
    what_you_learn: Mapped[str | None] = mapped_column(String(2000))
    how_you_learn: Mapped[str | None] = mapped_column(String(2000))
    what_to_bring: Mapped[str | None] = mapped_column(String(2000))
    how_assessed: Mapped[str | None] = mapped_column(String(2000))
    where_next: Mapped[str | None] = mapped_column(String(2000))
    awarding_body: Mapped[str | None] = mapped_column(String(255))
    reference: Mapped[str | None] = mapped_column(String(255))
    venue_address: Mapped[str | None] = mapped_column(String(500))
    is_flexible_start: Mapped[bool] = mapped_column(default=False)
    is_national: Mapped[bool] = mapped_column(default=False)
    sub_regions: Mapped[list[str]] = mapped_column(JSON, default=list)

    programme: Mapped[Programme | None] = relationship(
        back_populates="courses", foreign_keys=[programme_id]
    )

    @property
    def provider(self) -> Organisation:
        """Whoever runs it; a course always has one."""
        return publisher_of(self)


class Vacancy(Entry):
    """A paid place that is open until ``closes_on``: an apprenticeship or a first job."""

    __tablename__ = "vacancy"
    __mapper_args__ = {"polymorphic_identity": EntryKind.VACANCY.value}  # noqa: RUF012

    id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"), index=True)
    employer_name: Mapped[str] = mapped_column(String(200))
    training_provider: Mapped[str | None] = mapped_column(String(200))
    town: Mapped[str] = mapped_column(String(100))
    wage_words: Mapped[str] = mapped_column(String(200))
    hours_words: Mapped[str] = mapped_column(String(200))
    length: Mapped[str | None] = mapped_column(String(100))
    places: Mapped[int | None]
    starts_on: Mapped[dt.date | None]
    apply_url: Mapped[str] = mapped_column(String(500))
    what_you_do: Mapped[str] = mapped_column(Text)
    what_you_need: Mapped[str] = mapped_column(Text, default="")
    what_you_learn: Mapped[str] = mapped_column(Text, default="")

    programme: Mapped[Programme | None] = relationship(foreign_keys=[programme_id])

    @property
    def publisher(self) -> Organisation:
        """Whoever published it; a vacancy always has one."""
        return publisher_of(self)


class Event(Entry):
    """An open day, a taster, a talk or a fair. Its moments are in UTC."""

    __tablename__ = "event"
    __mapper_args__ = {"polymorphic_identity": EntryKind.EVENT.value}  # noqa: RUF012

    id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    event_type: Mapped[str] = mapped_column(String(20))
    starts_at: Mapped[dt.datetime] = mapped_column(index=True)
    ends_at: Mapped[dt.datetime]
    venue: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(500), default="")
    town: Mapped[str] = mapped_column(String(100), default="")
    is_online: Mapped[bool] = mapped_column(default=False)
    who_for: Mapped[str] = mapped_column(String(500))
    book_url: Mapped[str | None] = mapped_column(String(500))
    cost: Mapped[str] = mapped_column(String(200))

    @property
    def publisher(self) -> Organisation:
        """Whoever published it; an event always has one."""
        return publisher_of(self)

    @property
    def begins(self) -> dt.datetime:
        """When it begins, as the city’s clocks show it."""
        return here(self.starts_at)

    @property
    def ends(self) -> dt.datetime:
        """When it ends, as the city’s clocks show it."""
        return here(self.ends_at)

    @property
    def is_within_a_day(self) -> bool:
        """Whether it ends on the day it begins."""
        return self.begins.date() == self.ends.date()

    @property
    def place(self) -> str:
        """Venue, street, town and district, as far as they are known."""
        parts = [self.venue, self.address, self.town, self.district]
        return ", ".join(dict.fromkeys(part for part in parts if part))


def publisher_of(entry: Entry) -> Organisation:
    """The organisation of an entry that cannot be without one. Raises LookupError."""
    if entry.organisation is None:
        message = f"{entry.kind} {entry.slug} has no organisation"
        raise LookupError(message)
    return entry.organisation


class Guide(Entry):
    """A page of advice."""

    __tablename__ = "guide"
    __mapper_args__ = {"polymorphic_identity": EntryKind.GUIDE.value}  # noqa: RUF012

    id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    audience: Mapped[list[str]] = mapped_column(JSON)
    order: Mapped[int] = mapped_column("sort_order")


class Wish(Base):
    """What somebody looked for and told the city was missing: the words and a district only."""

    __tablename__ = "wish"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    words: Mapped[str] = mapped_column(String(200))
    district: Mapped[str | None] = mapped_column(String(4))
    told_on: Mapped[dt.date]
