"""Organisations, and the members who sign in for them."""

import datetime as dt
import secrets
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import Base

EMPLOYER_PROVIDER = "employer-provider"
PROVIDERS = (
    "college", "sixth-form", "university", "training-provider", "adult-learning", "special", "utc",
    "charity", EMPLOYER_PROVIDER,
)  # fmt: skip
EMPLOYER, SCHOOL, ADVICE_SERVICE, COUNCIL = "employer", "school", "advice-service", "council"


def random_id() -> str:
    """A public id that nobody can guess or count: 128 random bits."""
    return secrets.token_urlsafe(16)


class Standing(StrEnum):
    """How far an organisation is known."""

    LISTED = "listed"  # in the catalogue from content; nobody signs in for it
    APPLIED = "applied"
    VERIFIED = "verified"
    REFUSED = "refused"
    SUSPENDED = "suspended"


class MemberRole(StrEnum):
    """What a member may do in an organisation; one person may have several."""

    OWNER = "owner"
    EDITOR = "editor"
    ADVISER = "adviser"
    MODERATOR = "moderator"
    SAFEGUARDING = "safeguarding"


class MemberState(StrEnum):
    """Whether a member may sign in."""

    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REMOVED = "removed"


class Organisation(Base):
    """An employer, a provider, a school, an advice service or the council."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=random_id)
    slug: Mapped[str] = mapped_column(String(90), unique=True)
    kind: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(110))
    summary: Mapped[str | None] = mapped_column(String(500))
    address: Mapped[str | None] = mapped_column(String(500))
    town: Mapped[str | None] = mapped_column(String(100))
    district: Mapped[str | None] = mapped_column(String(4))
    website: Mapped[str | None] = mapped_column(String(500))
    ukprn: Mapped[str | None] = mapped_column(String(8))
    ages: Mapped[str | None] = mapped_column(String(100))
    also_called: Mapped[list[str]] = mapped_column(JSON, default=list)
    source: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    checked_on: Mapped[dt.date]
    digest: Mapped[str] = mapped_column(String(64), default="")

    standing: Mapped[str] = mapped_column(String(12), default=Standing.LISTED.value, index=True)
    is_trusted: Mapped[bool] = mapped_column(default=False)
    company_number: Mapped[str | None] = mapped_column(String(8))
    urn: Mapped[str | None] = mapped_column(String(6))
    phone: Mapped[str | None] = mapped_column(String(30))
    why: Mapped[str | None] = mapped_column(String(500))
    # How many people work for it: a value of EmployerSize.
    size: Mapped[str | None] = mapped_column(String(12))
    applied_at: Mapped[dt.datetime | None]
    decided_at: Mapped[dt.datetime | None]
    # How a moderator made sure: the register looked at, the number rung, the answer given.
    evidence: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)

    members: Mapped[list["Member"]] = relationship(back_populates="organisation")

    @property
    def place(self) -> str:
        """Street, town and district, as far as they are known."""
        parts = [self.address, self.town, self.district]
        return ", ".join(dict.fromkeys(part for part in parts if part))

    @property
    def is_provider(self) -> bool:
        """Whether it teaches, and so may publish courses."""
        return self.kind in PROVIDERS

    @property
    def is_public(self) -> bool:
        """Whether a visitor may see it and what it publishes."""
        return self.standing in {Standing.LISTED, Standing.VERIFIED}

    @property
    def is_waiting(self) -> bool:
        """Whether a moderator has still to decide who it is."""
        return self.standing == Standing.APPLIED


class Member(Base):
    """A person who signs in for one organisation."""

    __tablename__ = "member"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=random_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    job_title: Mapped[str | None] = mapped_column(String(100))
    roles: Mapped[list[str]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_since: Mapped[dt.datetime | None]
    totp_last_step: Mapped[int] = mapped_column(default=0)
    joined_at: Mapped[dt.datetime]

    organisation: Mapped[Organisation] = relationship(back_populates="members", lazy="joined")

    def has_role(self, *roles: MemberRole) -> bool:
        """Whether the member has any of these roles."""
        return any(role in self.roles for role in roles)

    @property
    def is_moderator(self) -> bool:
        """Whether the member decides what the city publishes."""
        return self.has_role(MemberRole.MODERATOR)

    @property
    def is_safeguarding_lead(self) -> bool:
        """Whether the member reads what worries people about somebody’s safety."""
        return self.has_role(MemberRole.SAFEGUARDING)

    @property
    def may_advise(self) -> bool:
        """Whether the member may read what young people ask: not before we know who advises."""
        is_known = self.organisation.standing == Standing.VERIFIED
        return is_known and self.has_role(MemberRole.ADVISER)

    @property
    def may_edit(self) -> bool:
        """Whether the member may write what the organisation offers."""
        return self.has_role(MemberRole.OWNER, MemberRole.EDITOR)

    @property
    def has_second_factor(self) -> bool:
        """Whether signing in asks for a code from the member’s phone."""
        return self.totp_since is not None

    @property
    def must_have_second_factor(self) -> bool:
        """Whether the member’s roles reach so far that a password alone is too little."""
        return self.has_role(MemberRole.MODERATOR, MemberRole.ADVISER, MemberRole.SAFEGUARDING)

    @property
    def may_sign_in(self) -> bool:
        """Active, in an organisation that has not been shut out."""
        shut_out = {Standing.SUSPENDED, Standing.REFUSED}
        return self.state == MemberState.ACTIVE and self.organisation.standing not in shut_out


class RecoveryCode(Base):
    """One way back in without the phone, kept as a hash; it works once."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("member_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[dt.datetime | None]


class SignIn(Base):
    """One browser in which a member is signed in. Ending the row ends the session at once."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=random_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    device: Mapped[str] = mapped_column(String(80))
    began_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    with_second_factor: Mapped[bool] = mapped_column(default=False)
    # When the member last proved again, in this browser, who they are.
    proved_at: Mapped[dt.datetime | None]

    member: Mapped[Member] = relationship(lazy="joined", innerjoin=True)


class LinkPurpose(StrEnum):
    """What a link in a mail lets its holder do, once."""

    CONFIRM = "confirm"
    INVITATION = "invitation"
    RESET = "reset"
    EXTEND = "extend"
    CONSENT = "consent"
    ALERTS = "alerts"


class OneUseLink(Base):
    """A link in a mail. Only its hash is kept; using it is one conditional update."""

    __tablename__ = "one_use_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(12))
    member_id: Mapped[int | None] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), index=True
    )
    made_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class Attempt(Base):
    """Something counted against a limit, such as a wrong password for an address.

    ``key`` is a hash, so that the table does not say whom it is about. Rows go when they no longer
    count.
    """

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime]


class AuditRow(Base):
    """Who did what, when, from which state to which, and why. The database refuses changes."""

    __tablename__ = "audit_row"
    __table_args__ = (Index("ix_audit_row_subject", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    # No foreign key: the row outlives the person. None means the clock or a visitor.
    member_id: Mapped[int | None]
    act: Mapped[str] = mapped_column(String(30))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    organisation_id: Mapped[int | None] = mapped_column(index=True)
    revision: Mapped[int | None]
    before: Mapped[str | None] = mapped_column(String(30))
    after: Mapped[str | None] = mapped_column(String(30))
    why: Mapped[str | None] = mapped_column(String(2000))


class RecordRead(Base):
    """That a member read one record about young people on a day: counted, so that few are too many.

    ``record`` is its kind and number, such as ``shortlist 12``. Rows go after a year.
    """

    __tablename__ = "record_read"

    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True
    )
    read_on: Mapped[dt.date] = mapped_column(primary_key=True)
    record: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[dt.datetime]
