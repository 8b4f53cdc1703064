"""Who asked for an experience of work, who has a place and who came; and what employers show."""

import datetime as dt

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Member, Organisation, random_id
from portal.catalogue.experiences import Listing, Occasion
from portal.clock import today
from portal.extensions import Base
from portal.placements.life import OPEN, STAGE_WORDS, Act, Stage, can


class YoungPerson(Base):
    """Somebody whom an adviser looks after, under the adviser’s own reference: never a name."""

    __tablename__ = "young_person"
    __table_args__ = (UniqueConstraint("organisation_id", "reference"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=random_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    reference: Mapped[str] = mapped_column(String(40))
    year_group: Mapped[str] = mapped_column(String(90))
    added_on: Mapped[dt.date]
    left_on: Mapped[dt.date | None]


class Request(Base):
    """A young person’s wish for a listing, through an adviser; or an adviser’s, for a group.

    What is known of the person is emptied some time after the end. ``version`` makes the second
    of two people who decide at once hear of it.
    """

    __tablename__ = "request"
    __table_args__ = (
        CheckConstraint(
            f"stage IN ({', '.join(repr(stage.value) for stage in Stage)})", name="stage_known"
        ),
        CheckConstraint("people >= 1", name="people_counted"),
        Index("ix_request_advised", "organisation_id", "stage"),
        Index("ix_request_listing", "listing_id", "stage"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=random_id)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    occasion_id: Mapped[int] = mapped_column(ForeignKey("occasion.id"), index=True)
    proposed_id: Mapped[int | None] = mapped_column(ForeignKey("occasion.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    adviser_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    young_person_id: Mapped[int | None] = mapped_column(ForeignKey("young_person.id"), index=True)
    stage: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str | None] = mapped_column(String(90))
    is_group: Mapped[bool] = mapped_column(default=False)
    people: Mapped[int] = mapped_column(default=1)
    year_group: Mapped[str] = mapped_column(String(90))
    # The person’s own words and facts.
    first_name: Mapped[str | None] = mapped_column(String(40))
    born_on: Mapped[dt.date | None]
    hopes: Mapped[str] = mapped_column(Text, default="")
    availability: Mapped[str] = mapped_column(String(500), default="")
    adjustments: Mapped[str] = mapped_column(Text, default="")
    reach: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str | None] = mapped_column(String(254))
    parent_email: Mapped[str | None] = mapped_column(String(254))
    # Consent: due or not is settled when the adviser takes the offer up.
    is_consent_due: Mapped[bool] = mapped_column(default=False)
    consent_link_id: Mapped[int | None] = mapped_column(ForeignKey("one_use_link.id"), unique=True)
    consented_at: Mapped[dt.datetime | None]
    asked_at: Mapped[dt.datetime] = mapped_column(index=True)
    changed_at: Mapped[dt.datetime]
    due_on: Mapped[dt.date | None] = mapped_column(index=True)
    emptied_at: Mapped[dt.datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    listing: Mapped[Listing] = relationship(lazy="joined", innerjoin=True)
    occasion: Mapped[Occasion] = relationship(foreign_keys=[occasion_id], lazy="joined")
    proposed: Mapped[Occasion | None] = relationship(foreign_keys=[proposed_id])
    organisation: Mapped[Organisation] = relationship()
    adviser: Mapped[Member | None] = relationship()
    young_person: Mapped[YoungPerson | None] = relationship()
    placement: Mapped["Placement | None"] = relationship(back_populates="request")

    @property
    def stand(self) -> Stage:
        """How far it has come."""
        return Stage(self.stage)

    @property
    def stage_words(self) -> str:
        """How far it has come, in the adviser’s words."""
        return STAGE_WORDS[self.stand]

    @property
    def is_open(self) -> bool:
        """Whether something can still become of it."""
        return self.stand in OPEN

    @property
    def is_booked(self) -> bool:
        """Whether a place is held, so that its people may know of each other."""
        return self.stand in {Stage.BOOKED, Stage.ATTENDED, Stage.ABSENT}

    def can(self, act: str) -> bool:
        """Whether an act is possible now."""
        return can(self.stand, Act(act))


class Placement(Base):
    """A request that was booked: one place, or as many as the group has people."""

    __tablename__ = "placement"
    __table_args__ = (CheckConstraint("came >= 0 AND came <= people", name="came_within_people"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), primary_key=True)
    occasion_id: Mapped[int] = mapped_column(ForeignKey("occasion.id"), index=True)
    people: Mapped[int]
    booked_at: Mapped[dt.datetime]
    # A place that was given back; it does not count any more.
    freed_at: Mapped[dt.datetime | None]
    confirmed_at: Mapped[dt.datetime | None]
    came: Mapped[int] = mapped_column(default=0)
    hours: Mapped[float] = mapped_column(default=0)
    skills: Mapped[list[str]] = mapped_column(JSON, default=list)
    employer_says: Mapped[list[str]] = mapped_column(JSON, default=list)
    young_says: Mapped[list[str]] = mapped_column(JSON, default=list)
    reminded_week_at: Mapped[dt.datetime | None]
    reminded_day_at: Mapped[dt.datetime | None]
    asked_to_confirm_at: Mapped[dt.datetime | None]

    request: Mapped[Request] = relationship(back_populates="placement")
    occasion: Mapped[Occasion] = relationship(lazy="joined", innerjoin=True)


class Attendance(Base):
    """One young person was at one experience, with its hours: what an adviser’s counts are made of.

    It repeats the facts of the listing, so that they outlive it.
    """

    __tablename__ = "attendance"

    request_id: Mapped[int] = mapped_column(
        ForeignKey("request.id", ondelete="CASCADE"), primary_key=True
    )
    young_person_id: Mapped[int] = mapped_column(
        ForeignKey("young_person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    on: Mapped[dt.date] = mapped_column("on_day")
    experience: Mapped[str] = mapped_column(String(90))
    tier: Mapped[str] = mapped_column(String(10))
    sector: Mapped[str | None] = mapped_column(String(90))
    hours: Mapped[float]


class Evidence(Base):
    """A document that shows an employer has done what is asked: the newest of a kind counts."""

    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence_held", "organisation_id", "kind", "added_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=random_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(20))
    token: Mapped[str] = mapped_column(String(64), unique=True)
    file_name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(40))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    expires_on: Mapped[dt.date | None]
    added_at: Mapped[dt.datetime]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    checked_at: Mapped[dt.datetime | None]
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    warned_at: Mapped[dt.datetime | None]

    @property
    def is_current(self) -> bool:
        """Whether it has not run out."""
        return self.expires_on is None or self.expires_on >= today()
