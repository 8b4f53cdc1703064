"""Who belongs to an organisation and may do what in it: owners decide, and every change is kept."""

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, select, update

from portal.accounts import links, second_factor, signing_in
from portal.accounts.models import (
    ADVICE_SERVICE,
    COUNCIL,
    EMPLOYER_PROVIDER,
    PROVIDERS,
    SCHOOL,
    LinkPurpose,
    Member,
    MemberRole,
    MemberState,
    OneUseLink,
    Organisation,
    RecoveryCode,
    SignIn,
)
from portal.accounts.trail import record
from portal.clock import now
from portal.extensions import DatabaseSession
from portal.mail import address_for, forget, queue

UNUSED_FOR = dt.timedelta(days=180)
_WRITERS = (MemberRole.OWNER, MemberRole.EDITOR)
_ADVISERS = (*_WRITERS, MemberRole.ADVISER)
# An employer that trains its own people is an employer first: none may read of young people here.
_ADVISING = {SCHOOL, ADVICE_SERVICE, *PROVIDERS} - {EMPLOYER_PROVIDER}
_ROLES: Mapping[str, tuple[MemberRole, ...]] = {
    **dict.fromkeys(_ADVISING, _ADVISERS),
    COUNCIL: tuple(MemberRole),
}


class LastOwnerError(Exception):
    """An organisation keeps at least one owner."""


def roles_of(kind: str) -> tuple[MemberRole, ...]:
    """The roles that members of a kind of organisation may have."""
    return _ROLES.get(kind, _WRITERS)


def roles_of_first(kind: str) -> list[MemberRole]:
    """What the person may do who signs an organisation up."""
    advises = kind in {SCHOOL, ADVICE_SERVICE}
    return [MemberRole.OWNER, *([MemberRole.ADVISER] if advises else [])]


def members_of(session: DatabaseSession, organisation: Organisation) -> list[Member]:
    """Everybody who is or was invited and has not been removed, by name."""
    rows = session.scalars(
        select(Member)
        .where(Member.organisation_id == organisation.id, Member.state != MemberState.REMOVED)
        .order_by(Member.name)
    )
    return list(rows)


def find_colleague(
    session: DatabaseSession, viewer: Member, public_id: str, *, even_removed: bool = False
) -> Member | None:
    """A member of the viewer’s own organisation; None for everybody else’s."""
    wanted = select(Member).where(
        Member.public_id == public_id, Member.organisation_id == viewer.organisation_id
    )
    if not even_removed:
        wanted = wanted.where(Member.state != MemberState.REMOVED)
    return session.scalars(wanted).one_or_none()


def change_details(
    session: DatabaseSession, member: Member, *, name: str, job_title: str | None
) -> None:
    """Keep what a member says of themselves: the name and the job."""
    if (member.name, member.job_title) == (name, job_title):
        return
    member.name, member.job_title = name, job_title
    record(session, "changed details", member, by=member, organisation=member.organisation)
    session.commit()


def change_roles(
    session: DatabaseSession, member: Member, roles: Sequence[MemberRole], *, by: Member
) -> None:
    """Give a member other roles and end their sessions. Raises LastOwnerError."""
    wanted = [role.value for role in roles_of(member.organisation.kind) if role in roles]
    if wanted == member.roles:
        return
    if MemberRole.OWNER.value not in wanted:
        _keep_an_owner(session, member)
    before = ", ".join(member.roles)
    member.roles = wanted
    signing_in.end_all(session, member)
    # As a reason: all roles of one person are longer than the name of a state may be.
    record(
        session, "changed roles", member, by=by, organisation=member.organisation,
        why=f"From {before} to {', '.join(wanted)}",
    )  # fmt: skip
    session.commit()


def suspend(session: DatabaseSession, member: Member, *, by: Member | None, why: str) -> None:
    """Stop somebody signing in, at once. Raises LastOwnerError."""
    if member.state != MemberState.ACTIVE:
        return
    _keep_an_owner(session, member)
    _set_state(session, member, MemberState.SUSPENDED, "suspended", by=by, why=why)
    session.commit()


def reinstate(session: DatabaseSession, member: Member, *, by: Member) -> None:
    """Let somebody sign in again."""
    if member.state != MemberState.SUSPENDED:
        return
    _set_state(session, member, MemberState.ACTIVE, "reinstated", by=by, why=None)
    session.commit()


def remove(session: DatabaseSession, member: Member, *, by: Member | None) -> None:
    """Take somebody out for good; name and address are erased. Raises LastOwnerError.

    ``by`` is an owner; None when somebody asked the operator to erase what is held about them.
    """
    if member.state == MemberState.REMOVED:
        return
    _keep_an_owner(session, member)
    _set_state(session, member, MemberState.REMOVED, "removed", by=by, why=None)
    forget(session, member.email)
    member.name, member.email = "Former member", f"removed-{member.public_id.lower()}@invalid"
    member.job_title = member.password_hash = member.totp_secret = member.totp_since = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.member_id == member.id))
    session.execute(delete(OneUseLink).where(OneUseLink.member_id == member.id))
    session.execute(delete(SignIn).where(SignIn.member_id == member.id))
    session.commit()


def set_up_second_factor(
    session: DatabaseSession, sign_in: SignIn, *, secret: str, code: str
) -> list[str] | None:
    """Begin to ask for a code; return recovery codes, shown once. None when the code is wrong."""
    member = sign_in.member
    step = second_factor.step_of(secret, code, after=0, moment=now())
    if step is None:
        return None
    member.totp_secret, member.totp_since, member.totp_last_step = secret, now(), step
    sign_in.with_second_factor = True
    signing_in.end_all(session, member, but=sign_in)
    record(session, "set up second factor", member, by=member, organisation=member.organisation)
    codes = _replace_recovery_codes(session, member)
    session.commit()
    return codes


def renew_recovery_codes(session: DatabaseSession, member: Member) -> list[str]:
    """New recovery codes, shown once; the old ones stop working."""
    codes = _replace_recovery_codes(session, member)
    record(session, "renewed recovery codes", member, by=member, organisation=member.organisation)
    session.commit()
    return codes


def stop_second_factor(session: DatabaseSession, member: Member, *, by: Member | None) -> None:
    """Stop asking for a code: the member’s own wish, or an owner’s for somebody without a phone.

    Whoever must have one is asked to set it up again at the next sign-in.
    """
    member.totp_secret = member.totp_since = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.member_id == member.id))
    record(session, "stopped second factor", member, by=by, organisation=member.organisation)
    if by is not member:
        signing_in.end_all(session, member)
    session.commit()


def unused_recovery_codes(session: DatabaseSession, member: Member) -> int:
    """How many recovery codes are left."""
    return (
        session.scalar(
            select(func.count()).where(
                RecoveryCode.member_id == member.id, RecoveryCode.used_at.is_(None)
            )
        )
        or 0
    )


def suspend_unused(session: DatabaseSession) -> int:
    """Suspend whoever has not signed in for half a year, and tell them; return how many."""
    since = now() - UNUSED_FOR
    seen = select(SignIn.member_id).where(SignIn.seen_at > since)
    idle = session.scalars(
        select(Member).where(
            Member.state == MemberState.ACTIVE, Member.joined_at < since, Member.id.not_in(seen)
        )
    ).all()
    suspended = 0
    for member in idle:
        try:
            suspend(session, member, by=None, why="Not signed in for half a year.")
        except LastOwnerError:
            continue
        queue(session, recipient=member.email, letter="unused", sign_in=address_for("/sign-in"))
        session.commit()
        suspended += 1
    return suspended


def _replace_recovery_codes(session: DatabaseSession, member: Member) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.member_id == member.id))
    codes = second_factor.new_recovery_codes()
    session.add_all(
        RecoveryCode(member_id=member.id, code_hash=second_factor.code_hash(code)) for code in codes
    )
    return codes


def _set_state(
    session: DatabaseSession,
    member: Member,
    state: MemberState,
    act: str,
    *,
    by: Member | None,
    why: str | None,
) -> None:
    before, member.state = member.state, state.value
    signing_in.end_all(session, member)
    for purpose in LinkPurpose:
        links.withdraw(session, purpose, member)
    record(
        session, act, member, by=by, organisation=member.organisation,
        before=before, after=state.value, why=why,
    )  # fmt: skip


def _keep_an_owner(session: DatabaseSession, leaving: Member) -> None:
    if not leaving.has_role(MemberRole.OWNER) or leaving.state != MemberState.ACTIVE:
        return
    # Writes first: of two owners who leave at the same time, the second sees that the first has.
    session.execute(
        update(Organisation)
        .where(Organisation.id == leaving.organisation_id)
        .values(slug=Organisation.slug),
        execution_options={"synchronize_session": False},
    )
    others = session.scalars(
        select(Member)
        .where(
            Member.organisation_id == leaving.organisation_id,
            Member.id != leaving.id,
            Member.state == MemberState.ACTIVE,
        )
        .execution_options(populate_existing=True)
    )
    if not any(member.has_role(MemberRole.OWNER) for member in others):
        raise LastOwnerError
