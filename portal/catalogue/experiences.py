"""Experiences of work that employers offer, and the days on which they can be had."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint, case
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Organisation, random_id
from portal.catalogue.models import Entry, Role, publisher_of
from portal.clock import today
from portal.extensions import Base
from portal.taxonomy import EntryKind, Tier


class Listing(Entry):
    """An employer’s offer of an experience of work, on one day or on several."""

    __tablename__ = "listing"
    __mapper_args__ = {"polymorphic_identity": EntryKind.LISTING.value}  # noqa: RUF012

    id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    experience: Mapped[str] = mapped_column(String(90), index=True)
    tier: Mapped[str] = mapped_column(String(10))
    role_id: Mapped[int | None] = mapped_column(ForeignKey("role.id"), index=True)
    year_groups: Mapped[list[str]] = mapped_column(JSON, default=list)
    min_age: Mapped[int | None]
    days: Mapped[int | None]
    hours_a_day: Mapped[float | None]
    begins: Mapped[str | None] = mapped_column(String(5))
    ends: Mapped[str | None] = mapped_column(String(5))
    town: Mapped[str | None] = mapped_column(String(100))
    # These two are shown to nobody but those who have a place, and their advisers.
    address: Mapped[str | None] = mapped_column(String(500))
    meeting_words: Mapped[str | None] = mapped_column(String(500))
    what_you_do: Mapped[str] = mapped_column(Text, default="")
    what_you_learn: Mapped[str] = mapped_column(Text, default="")
    supervision: Mapped[str | None] = mapped_column(String(500))
    dress: Mapped[str | None] = mapped_column(String(500))
    lunch: Mapped[str | None] = mapped_column(String(500))
    travel: Mapped[str | None] = mapped_column(String(500))
    adjustments: Mapped[str | None] = mapped_column(String(500))
    expenses: Mapped[str | None] = mapped_column(String(500))
    insurance: Mapped[str | None] = mapped_column(String(20))
    risk_assessment: Mapped[str | None] = mapped_column(String(20))
    opens_on: Mapped[dt.date | None]
    video_url: Mapped[str | None] = mapped_column(String(500))
    has_captions: Mapped[bool] = mapped_column(default=False)
    transcript: Mapped[str] = mapped_column(Text, default="")

    role: Mapped[Role | None] = relationship(foreign_keys=[role_id])
    occasions: Mapped[list["Occasion"]] = relationship(
        back_populates="listing", cascade="all, delete-orphan", order_by="Occasion.first_day"
    )

    @property
    def publisher(self) -> Organisation:
        """Whoever offers it; a listing always has somebody."""
        return publisher_of(self)

    @property
    def is_workplace(self) -> bool:
        """Whether somebody spends time in a workplace."""
        return self.tier == Tier.WORKPLACE

    @property
    def hours(self) -> float:
        """All hours of it; 0 where they are not known."""
        return (self.days or 1) * (self.hours_a_day or 0)

    @property
    def coming(self) -> list["Occasion"]:
        """The days that can still be asked for, soonest first."""
        return [occasion for occasion in self.occasions if occasion.is_coming]

    @property
    def is_open(self) -> bool:
        """Whether somebody can ask for it today."""
        has_opened = self.opens_on is None or self.opens_on <= today()
        has_closed = self.closes_on is not None and self.closes_on < today()
        return has_opened and not has_closed and bool(self.coming)

    @property
    def dates(self) -> list["Occasion"]:
        """The same as ``occasions``; set it from what an approved wording says."""
        return self.occasions

    @dates.setter
    def dates(self, wanted: list[dict[str, Any]]) -> None:
        """Offer these days and no others; a day on which places are taken never vanishes.

        Each has ``first_day``, ``last_day`` and ``places``. Places that are taken stay, and so does
        the last day of theirs.
        """
        known = {occasion.first_day: occasion for occasion in self.occasions}
        for row in wanted:
            occasion = known.pop(row["first_day"], None)
            if occasion is None and row["first_day"] <= today():
                continue  # it passed before anybody had read it
            if occasion is None:
                self.occasions.append(Occasion(**row, taken=0, attended=0, is_offered=True))
                continue
            occasion.is_offered = True
            # Whoever has a place was told until when.
            if not occasion.taken:
                occasion.last_day = row["last_day"]
            # In SQL, because a place may be taken while this is written.
            occasion.places = case(
                (Occasion.taken > row["places"], Occasion.taken), else_=row["places"]
            )
        for occasion in known.values():
            occasion.is_offered = False


class Occasion(Base):
    """One time at which an experience is offered: a day, or several one after the other.

    ``taken`` and ``attended`` count young people; both are changed by conditional updates only.
    """

    __tablename__ = "occasion"
    __table_args__ = (
        UniqueConstraint("listing_id", "first_day"),
        CheckConstraint("places >= 0", name="places_counted"),
        CheckConstraint("taken >= 0 AND taken <= places", name="taken_within_places"),
        CheckConstraint("attended >= 0 AND attended <= taken", name="attended_within_taken"),
        CheckConstraint("last_day >= first_day", name="days_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=random_id)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"))
    first_day: Mapped[dt.date] = mapped_column(index=True)
    last_day: Mapped[dt.date]
    places: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    attended: Mapped[int] = mapped_column(default=0)
    is_offered: Mapped[bool] = mapped_column(default=True)

    listing: Mapped[Listing] = relationship(back_populates="occasions")

    @property
    def free(self) -> int:
        """How many places nobody has yet."""
        return max(self.places - self.taken, 0)

    @property
    def is_coming(self) -> bool:
        """Whether it is offered and has not begun."""
        return self.is_offered and self.first_day > today()

    @property
    def is_over(self) -> bool:
        """Whether its last day has passed or is today."""
        return self.last_day <= today()
