"""Advisers’ shortlists, the links that show them, lists on their way, and searches that are saved.

Nothing here holds a name: a list is titled by a reference. A visitor’s own list is not here at all;
it stays on the visitor’s device.
"""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Member, Organisation, random_id
from portal.catalogue.models import Entry
from portal.clock import now, today
from portal.extensions import Base

LONGEST_REASON = 300
LONGEST_REFERENCE = 40


class Shortlist(Base):
    """What an adviser has chosen for somebody or for a group, in order and with reasons.

    ``adviser_id`` is whose it is: no colleague sees it unless it is left to them. ``touched_at`` is
    when somebody last worked on it; ``warned_at`` when its adviser was told that it will go.
    """

    __tablename__ = "shortlist"
    __table_args__ = (Index("ix_shortlist_adviser", "adviser_id", "archived_at", "touched_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=random_id)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    adviser_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    reference: Mapped[str] = mapped_column(String(LONGEST_REFERENCE))
    is_template: Mapped[bool] = mapped_column(default=False)
    review_on: Mapped[dt.date | None]
    made_at: Mapped[dt.datetime] = mapped_column(default=now)
    touched_at: Mapped[dt.datetime] = mapped_column(default=now, index=True)
    archived_at: Mapped[dt.datetime | None]
    warned_at: Mapped[dt.datetime | None]

    organisation: Mapped[Organisation] = relationship()
    adviser: Mapped[Member] = relationship()
    items: Mapped[list["ShortlistItem"]] = relationship(
        back_populates="shortlist",
        cascade="all, delete-orphan",
        order_by="ShortlistItem.position, ShortlistItem.id",
    )
    links: Mapped[list["ShareLink"]] = relationship(
        back_populates="shortlist", cascade="all, delete-orphan", order_by="ShareLink.id.desc()"
    )

    @property
    def is_archived(self) -> bool:
        """Whether it was put away: it is found again, and nothing is added to it."""
        return self.archived_at is not None

    @property
    def is_due(self) -> bool:
        """Whether it is time to look at it again."""
        return self.review_on is not None and self.review_on <= today() and not self.is_archived

    @property
    def path(self) -> str:
        """The address of its page, for its adviser."""
        return f"/advising/lists/{self.public_id}"


class ShortlistItem(Base):
    """One thing on a shortlist: an entry of the catalogue, or a route as it stood when it was kept.

    ``route`` holds what ``portal.shortlists.routes`` writes: a goal and its steps, nothing of the
    person. ``seen_version`` is the entry’s version when the adviser last looked at it.
    """

    __tablename__ = "shortlist_item"
    __table_args__ = (
        UniqueConstraint("shortlist_id", "entry_id"),
        UniqueConstraint("shortlist_id", "route_key"),
        CheckConstraint("(entry_id IS NULL) = (route_key IS NOT NULL)", name="one_of_two"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=random_id)
    shortlist_id: Mapped[int] = mapped_column(ForeignKey("shortlist.id", ondelete="CASCADE"))
    entry_id: Mapped[int | None] = mapped_column(
        ForeignKey("entry.id", ondelete="CASCADE"), index=True
    )
    route_key: Mapped[str | None] = mapped_column(String(64))
    route: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    position: Mapped[int]
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="")
    seen_version: Mapped[int] = mapped_column(default=0)
    added_at: Mapped[dt.datetime] = mapped_column(default=now)

    shortlist: Mapped[Shortlist] = relationship(back_populates="items")
    entry: Mapped[Entry | None] = relationship()

    @property
    def title(self) -> str:
        """What it is called."""
        return self.entry.title if self.entry else str((self.route or {}).get("title", ""))


class ShareLink(Base):
    """A link with which anybody opens a shortlist, until it expires or is revoked.

    Only hashes are kept. ``opened`` counts how often, not by whom.
    """

    __tablename__ = "share_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=random_id)
    shortlist_id: Mapped[int] = mapped_column(
        ForeignKey("shortlist.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    passphrase_hash: Mapped[str | None] = mapped_column(String(200))
    made_at: Mapped[dt.datetime] = mapped_column(default=now)
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
    opened: Mapped[int] = mapped_column(default=0)
    opened_on: Mapped[dt.date | None]

    shortlist: Mapped[Shortlist] = relationship(back_populates="links")

    @property
    def is_open(self) -> bool:
        """Whether it still shows the list."""
        return self.revoked_at is None and self.expires_at > now()


class HandedList(Base):
    """A visitor’s list on its way to an adviser: the keys of entries under a code, once.

    Notes stay with the visitor, and nothing says who it is.
    """

    __tablename__ = "handed_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    keys: Mapped[list[str]] = mapped_column(JSON)
    made_at: Mapped[dt.datetime] = mapped_column(default=now)
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class SavedSearch(Base):
    """A search whose news somebody wants by mail: a visitor’s address, or a member.

    ``query`` is the search’s address. ``seen_through`` is the newest entry that was told of;
    ``told_at`` when a mail last went. A visitor’s counts from when the mail to it was answered.
    """

    __tablename__ = "saved_search"
    __table_args__ = (
        UniqueConstraint("email", "query"),
        UniqueConstraint("member_id", "query"),
        CheckConstraint("(email IS NULL) = (member_id IS NOT NULL)", name="one_of_two"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=random_id)
    email: Mapped[str | None] = mapped_column(String(254))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    query: Mapped[str] = mapped_column(String(600))
    made_at: Mapped[dt.datetime] = mapped_column(default=now)
    confirm_link_id: Mapped[int | None] = mapped_column(
        ForeignKey("one_use_link.id", ondelete="SET NULL")
    )
    confirmed_at: Mapped[dt.datetime | None]
    seen_through: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[dt.datetime | None]

    member: Mapped[Member | None] = relationship()


class ClosingTold(Base):
    """That somebody was told of an entry that closes soon, so that they are told once."""

    __tablename__ = "closing_told"

    search_id: Mapped[int] = mapped_column(
        ForeignKey("saved_search.id", ondelete="CASCADE"), primary_key=True
    )
    entry_id: Mapped[int] = mapped_column(
        ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True
    )
    told_at: Mapped[dt.datetime] = mapped_column(default=now)
