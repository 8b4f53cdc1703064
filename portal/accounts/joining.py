"""How people come to have an account: signing up, being invited, confirming, a new password.

Whether an address has an account is never told to whoever asks: every answer is the same, and
what is true goes to the address itself by mail.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from portal.accounts import links, signing_in
from portal.accounts.limits import LETTERS_TO_ONE_ADDRESS, SIGN_UPS_OF_ONE_NAME, key_of, take
from portal.accounts.membership import roles_of_first
from portal.accounts.models import (
    COUNCIL,
    LinkPurpose,
    Member,
    MemberRole,
    MemberState,
    OneUseLink,
    Organisation,
    Standing,
    random_id,
)
from portal.accounts.naming import free_slug
from portal.accounts.passwords import hashed
from portal.accounts.trail import record
from portal.clock import now, today
from portal.extensions import DatabaseSession
from portal.mail import address_for, queue

UNCONFIRMED_FOR = dt.timedelta(days=7)


@dataclass(frozen=True)
class SigningUp:
    """What an organisation says when it signs up, already checked by its form."""

    kind: str
    name: str
    address: str | None
    town: str
    district: str | None
    website: str | None
    phone: str
    company_number: str | None
    ukprn: str | None
    urn: str | None
    why: str
    person: str
    job_title: str
    email: str


def sign_up(session: DatabaseSession, said: SigningUp) -> None:
    """Keep an application until its address is confirmed; nobody is told what was there before."""
    email = signing_in.normal(said.email)
    name = " ".join(said.name.casefold().split())
    allowed = take(session, key_of("sign-up", name), SIGN_UPS_OF_ONE_NAME)
    if not allowed or not _may_write_to(session, email):
        session.commit()
        return
    with once(session):
        member = session.scalars(select(Member).where(Member.email == email)).one_or_none()
        if member is None:
            member = _new_application(session, said, email)
        else:
            _work_as_long(session, said)
        if member.state == MemberState.INVITED:
            _send_link(session, member, LinkPurpose.CONFIRM, "confirm")
        else:
            there = address_for("/sign-in")
            queue(session, recipient=email, letter="already-a-member", sign_in=there)
        session.commit()


def expected(session: DatabaseSession, purpose: LinkPurpose, token: str) -> Member | None:
    """Whoever may use a link now; None when it was used, is too old, or never was."""
    link = links.look_up(session, purpose, token)
    member = session.get(Member, link.member_id) if link and link.member_id else None
    if member is None:
        return None
    waits = member.state == MemberState.INVITED
    return member if (member.may_sign_in if purpose == LinkPurpose.RESET else waits) else None


def confirm(
    session: DatabaseSession, purpose: LinkPurpose, token: str, *, password: str
) -> Member | None:
    """Use a confirmation or an invitation: the account is active from now. None when too late."""
    used = links.use(session, purpose, token)
    member = session.get(Member, used.member_id) if used else None
    if member is None or member.state != MemberState.INVITED:
        session.rollback()
        return None
    member.password_hash = hashed(password)
    member.state = MemberState.ACTIVE.value
    if member.organisation.is_waiting and member.organisation.applied_at is None:
        member.organisation.applied_at = now()
    record(session, "joined", member, by=member, organisation=member.organisation)
    session.commit()
    return member


def invite(
    session: DatabaseSession,
    by: Member,
    *,
    email: str,
    name: str,
    roles: Sequence[MemberRole],
    organisation: Organisation | None = None,
) -> None:
    """Invite somebody into one’s organisation; what is answered is the same whoever they are."""
    host = organisation or by.organisation
    address = signing_in.normal(email)
    if not _may_write_to(session, address):
        session.commit()
        return
    with once(session):
        member = session.scalars(select(Member).where(Member.email == address)).one_or_none()
        if member is None:
            member = _new_member(session, host, address, name, roles)
            record(session, "invited", member, by=by, organisation=host, why=_written(roles))
        if member.state == MemberState.INVITED and member.organisation_id == host.id:
            _send_link(
                session, member, LinkPurpose.INVITATION, "invitation", organisation=host.name
            )
        else:
            there = address_for("/sign-in")
            queue(session, recipient=address, letter="invited-elsewhere",
                  organisation=host.name, sign_in=there)  # fmt: skip
        session.commit()


def ask_for_new_password(session: DatabaseSession, email: str) -> None:
    """Send a link for a new password, or a letter that says there is no account."""
    address = signing_in.normal(email)
    if _may_write_to(session, address):
        member = session.scalars(select(Member).where(Member.email == address)).one_or_none()
        usable = member if member and member.may_sign_in else None
        # The link of nobody is never sent; making it takes the time that a real one takes.
        token = links.issue(session, LinkPurpose.RESET, usable)
        queue(
            session,
            recipient=address,
            letter="new-password" if usable else "no-account",
            link=address_for(f"/new-password/{token}") if usable else address_for("/sign-up"),
        )
    session.commit()


def set_new_password(session: DatabaseSession, token: str, *, password: str) -> Member | None:
    """Use a link for a new password: every session and every other such link ends."""
    used = links.use(session, LinkPurpose.RESET, token)
    member = session.get(Member, used.member_id) if used and used.member_id else None
    if member is None or not member.may_sign_in:
        session.rollback()
        return None
    change_password(session, member, password=password)
    return member


def change_password(session: DatabaseSession, member: Member, *, password: str) -> None:
    """Keep a new password, end every session, and tell the member by mail."""
    member.password_hash = hashed(password)
    links.withdraw(session, LinkPurpose.RESET, member)
    signing_in.end_all(session, member)
    record(session, "changed password", member, by=member, organisation=member.organisation)
    queue(
        session,
        recipient=member.email,
        letter="password-changed",
        reset=address_for("/forgotten-password"),
    )
    session.commit()


def add_first_moderator(
    session: DatabaseSession, *, email: str, name: str, council: str, roles: Sequence[MemberRole]
) -> str | None:
    """Make a council member from the terminal and return the path of their link.

    None when the address is somebody’s already and confirmed.
    """
    address = signing_in.normal(email)
    host = session.scalars(
        select(Organisation).where(Organisation.kind == COUNCIL, Organisation.name == council)
    ).first()
    if host is None:
        host = Organisation(
            slug=free_slug(session, council), kind=COUNCIL, name=council, checked_on=today(),
            standing=Standing.VERIFIED.value, decided_at=now(),
        )  # fmt: skip
        session.add(host)
    member = session.scalars(select(Member).where(Member.email == address)).one_or_none()
    if member is not None and member.state != MemberState.INVITED:
        return None
    if member is None:
        member = _new_member(session, host, address, name, roles)
        record(session, "invited", member, by=None, organisation=host, why=_written(roles))
    token = links.issue(session, LinkPurpose.INVITATION, member)
    session.commit()
    return f"/invitation/{token}"


def forget_unconfirmed(session: DatabaseSession) -> int:
    """Delete people who never confirmed, and organisations that so have nobody."""
    old = now() - UNCONFIRMED_FOR
    members = list(
        session.scalars(
            select(Member).where(Member.state == MemberState.INVITED, Member.joined_at < old)
        )
    )
    for member in members:
        session.execute(delete(OneUseLink).where(OneUseLink.member_id == member.id))
        host = member.organisation
        session.delete(member)
        session.flush()
        if host.is_waiting and host.applied_at is None:
            session.delete(host)
    session.commit()
    return len(members)


def _may_write_to(session: DatabaseSession, address: str) -> bool:
    return take(session, key_of("letter", address), LETTERS_TO_ONE_ADDRESS)


def _new_application(session: DatabaseSession, said: SigningUp, email: str) -> Member:
    host = Organisation(
        slug=free_slug(session, said.name),
        kind=said.kind,
        name=said.name,
        address=said.address,
        town=said.town,
        district=said.district,
        website=said.website,
        phone=said.phone,
        company_number=said.company_number,
        ukprn=said.ukprn,
        urn=said.urn,
        why=said.why,
        checked_on=today(),
        standing=Standing.APPLIED.value,
    )
    session.add(host)
    owner = _new_member(session, host, email, said.person, roles_of_first(said.kind))
    owner.job_title = said.job_title
    record(session, "applied", host, by=None, organisation=host, after=Standing.APPLIED.value)
    return owner


def _work_as_long(session: DatabaseSession, said: SigningUp) -> None:
    """Do what a new application takes, and undo it: the time must not tell who has an account."""
    attempt = session.begin_nested()
    nobody = _new_application(session, said, f"{random_id()}@invalid")
    links.issue(session, LinkPurpose.CONFIRM, nobody)
    session.flush()
    attempt.rollback()


def _new_member(
    session: DatabaseSession,
    host: Organisation,
    email: str,
    name: str,
    roles: Sequence[MemberRole],
) -> Member:
    member = Member(
        organisation=host,
        email=email,
        name=name,
        roles=[role.value for role in roles],
        state=MemberState.INVITED.value,
        joined_at=now(),
    )
    session.add(member)
    session.flush()
    return member


def _send_link(
    session: DatabaseSession, member: Member, purpose: LinkPurpose, letter: str, **values: str
) -> None:
    links.withdraw(session, purpose, member)
    token = links.issue(session, purpose, member)
    queue(
        session,
        recipient=member.email,
        letter=letter,
        name=member.name,
        link=address_for(f"/{purpose.value}/{token}"),
        **values,
    )


@contextmanager
def once(session: DatabaseSession) -> Iterator[None]:
    """Leave it when the same form, sent twice at once, has done it already."""
    try:
        yield
    except IntegrityError:
        session.rollback()


def _written(roles: Sequence[MemberRole]) -> str:
    return ", ".join(role.value for role in roles)
