"""What an organisation promises for a school year."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Organisation
from portal.extensions import Base
from portal.taxonomy import AcademicYear


class Stance(StrEnum):
    """What an organisation says to the pledge."""

    OFFERING = "offering"
    INTERESTED = "interested"
    NOT_THIS_YEAR = "not-this-year"


class Pledge(Base):
    """One organisation’s promise for one school year.

    ``version`` makes the second of two people who write at once hear of it.
    """

    __tablename__ = "pledge"
    __table_args__ = (
        UniqueConstraint("organisation_id", "year"),
        CheckConstraint(
            f"stance IN ({', '.join(repr(stance.value) for stance in Stance)})",
            name="stance_known",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    year: Mapped[str] = mapped_column(String(7), index=True)
    stance: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(90))
    sector: Mapped[str | None] = mapped_column(String(90))
    made_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    lines: Mapped[list["PledgeLine"]] = relationship(
        back_populates="pledge", cascade="all, delete-orphan", order_by="PledgeLine.id"
    )

    @property
    def academic_year(self) -> AcademicYear:
        """The school year it is for."""
        return AcademicYear.parse(self.year)

    @property
    def is_offering(self) -> bool:
        """Whether it promises something."""
        return self.stance == Stance.OFFERING

    @property
    def people(self) -> int:
        """For how many young people in all, counting each experience."""
        return sum(line.people for line in self.lines)


class PledgeLine(Base):
    """So many young people may have one kind of experience in one term, in one area of work."""

    __tablename__ = "pledge_line"
    __table_args__ = (
        UniqueConstraint("pledge_id", "experience", "term"),
        CheckConstraint("people >= 1", name="people_counted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id", ondelete="CASCADE"))
    experience: Mapped[str] = mapped_column(String(90))
    term: Mapped[str] = mapped_column(String(90))
    sector: Mapped[str | None] = mapped_column(String(90))
    people: Mapped[int]

    pledge: Mapped[Pledge] = relationship(back_populates="lines")
