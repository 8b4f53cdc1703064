"""What organisations offer, through its whole life; and what people say about what they saw."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Member, Organisation, random_id
from portal.catalogue.models import Entry
from portal.extensions import Base
from portal.publishing.life import SHOWN, STATE_WORDS, WAITING, Act, State, can

FIRST_APPROVALS = 2
MOST_EXTENSIONS = 3
LONGEST_PATH = 200


class Offer(Base):
    """Something an organisation publishes, through its whole life.

    ``latest`` is the revision being written, ``approved`` the one that a visitor may see.
    ``version`` makes the second of two people who write at once hear of it.
    """

    __tablename__ = "offer"
    __table_args__ = (
        CheckConstraint(
            f"state IN ({', '.join(repr(state.value) for state in State)})", name="state_known"
        ),
        CheckConstraint("approved IS NULL OR approved <= latest", name="approved_exists"),
        Index("ix_offer_queue", "state", "submitted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=random_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(16), default=State.DRAFT.value)
    latest: Mapped[int] = mapped_column(default=0)
    approved: Mapped[int | None]
    on_trust: Mapped[bool] = mapped_column(default=False)
    reviewed_at: Mapped[dt.datetime | None]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), unique=True)
    show_until: Mapped[dt.date | None]
    extensions: Mapped[int] = mapped_column(default=0)
    warned_at: Mapped[dt.datetime | None]
    confirmed_on: Mapped[dt.date | None]
    token: Mapped[str | None] = mapped_column(String(64), unique=True)
    batch: Mapped[str | None] = mapped_column(String(32), index=True)
    made_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]
    submitted_at: Mapped[dt.datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    entry: Mapped[Entry | None] = relationship()
    revisions: Mapped[list["Revision"]] = relationship(
        back_populates="offer", order_by="Revision.number", cascade="all, delete-orphan"
    )

    @property
    def stand(self) -> State:
        """Where it is in its life."""
        return State(self.state)

    @property
    def state_words(self) -> str:
        """The state as its people read it."""
        return STATE_WORDS[self.stand]

    @property
    def is_live(self) -> bool:
        """Whether its approved revision is up, as far as its own life goes."""
        return self.stand in SHOWN

    @property
    def is_waiting(self) -> bool:
        """Whether a moderator has still to read it."""
        return self.stand in WAITING

    @property
    def has_change(self) -> bool:
        """Whether there are words that nobody has approved."""
        return self.approved != self.latest

    @property
    def extensions_left(self) -> int:
        """How often it may still be kept up longer without being read again."""
        return max(MOST_EXTENSIONS - self.extensions, 0)

    def can(self, act: str) -> bool:
        """Whether an act is possible now."""
        return can(self.stand, Act(act))


class Revision(Base):
    """One wording of an offer. It never changes once it was sent to a moderator."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("offer_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    doubts: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    # Why it was sent back: a field’s name, or “” for the whole, to a sentence.
    reasons: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    made_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None]

    offer: Mapped[Offer] = relationship(back_populates="revisions")
    approvals: Mapped[list["Approval"]] = relationship(cascade="all, delete-orphan")


class Approval(Base):
    """A moderator’s yes to one exact revision."""

    __tablename__ = "approval"

    revision_id: Mapped[int] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    at: Mapped[dt.datetime]
    member: Mapped[Member] = relationship()


class Report(Base):
    """A visitor’s word that something on an entry’s page is wrong or not safe."""

    __tablename__ = "report"
    __table_args__ = (Index("ix_report_open", "decided_at", "is_urgent"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=random_id)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text)
    is_urgent: Mapped[bool]
    made_at: Mapped[dt.datetime]
    decided_at: Mapped[dt.datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decision: Mapped[str | None] = mapped_column(String(500))

    entry: Mapped[Entry] = relationship()


class Source(StrEnum):
    """How a concern came to be known."""

    TOLD = "told"  # somebody filled in the form
    NOTICED = "noticed"  # the portal saw worrying words in a text box


class Concern(Base):
    """A worry about somebody’s safety, which only the safeguarding leads read.

    Nobody is asked for a name. ``reach`` is how to get in touch, if they wrote it. A doubtful one
    may be a program’s, or one of very many: it is kept all the same, and listed after the others.
    """

    __tablename__ = "concern"
    __table_args__ = (
        CheckConstraint(
            f"source IN ({', '.join(repr(source.value) for source in Source)})", name="source_known"
        ),
        Index("ix_concern_open", "decided_at", "made_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=random_id)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    source: Mapped[str] = mapped_column(String(8))
    # The path of the page that it is about or was made on, if that is known.
    where: Mapped[str] = mapped_column(String(LONGEST_PATH), default="")
    words: Mapped[str] = mapped_column(Text)
    reach: Mapped[str] = mapped_column(String(200), default="")
    # Not a foreign key: requests live above publishing, and are emptied before concerns are.
    request_public_id: Mapped[str | None] = mapped_column(String(32))
    is_doubtful: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[dt.datetime]
    decided_at: Mapped[dt.datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decision: Mapped[str | None] = mapped_column(String(500))

    decided_by: Mapped[Member | None] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether no safeguarding lead has dealt with it yet."""
        return self.decided_at is None

    @property
    def was_noticed(self) -> bool:
        """Whether the portal saw it in a text box, and nobody told it."""
        return self.source == Source.NOTICED
