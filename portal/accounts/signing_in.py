"""Signing in and out: the only code that begins and ends a session.

A session is a row. Its browser holds a token in the signed cookie, the database the token’s hash;
ending the row refuses the cookie from the next request on.
"""

import datetime as dt
import secrets
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete, select, update

from portal.accounts import passwords, second_factor
from portal.accounts.limits import WRONG_GUESSES, forget, key_of, take
from portal.accounts.links import hash_of
from portal.accounts.models import Member, RecoveryCode, SignIn
from portal.clock import now
from portal.extensions import DatabaseSession

REMEMBERED = dt.timedelta(days=190)
SEEN_EVERY = dt.timedelta(minutes=10)
IDLE, LONGEST = dt.timedelta(days=1), dt.timedelta(days=30)
IDLE_WITH_REACH, LONGEST_WITH_REACH = dt.timedelta(hours=1), dt.timedelta(hours=12)


class Answer(StrEnum):
    """What came of trying to sign in."""

    IN = "in"
    CODE_WANTED = "code-wanted"
    WRONG = "wrong"
    TOO_MANY = "too-many"


@dataclass(frozen=True)
class Outcome:
    """The answer; whose account it is once the password was right; the token of a new session."""

    answer: Answer
    member: Member | None = None
    token: str | None = None


def normal(email: str) -> str:
    """An address as accounts keep it: people type capitals and spaces."""
    return email.strip().lower()


def check_password(
    session: DatabaseSession, *, email: str, password: str, known_device: str, device: str
) -> Outcome:
    """Sign in, or ask for a code where the account has a second factor.

    ``known_device`` is what a browser keeps that has signed in to this account before, else empty:
    it has tries of its own, so that guessing elsewhere does not lock its owner out.
    """
    key = key_of("sign-in", normal(email), known_device)
    allowed = take(session, key, WRONG_GUESSES)
    session.commit()
    if not allowed:
        return Outcome(Answer.TOO_MANY)
    member = session.scalars(select(Member).where(Member.email == normal(email))).one_or_none()
    usable = member.password_hash if member and member.may_sign_in else None
    if not passwords.is_right(usable, password) or member is None:
        return Outcome(Answer.WRONG)
    if member.has_second_factor:
        # The tries stay counted until the code was right too.
        return Outcome(Answer.CODE_WANTED, member)
    forget(session, key)
    return _begin(session, member, device, with_second_factor=False)


def check_code(
    session: DatabaseSession, member: Member, *, code: str, known_device: str, device: str
) -> Outcome:
    """Finish signing in with six digits or a recovery code. Each works once."""
    key = key_of("code", member.public_id)
    allowed = take(session, key, WRONG_GUESSES)
    session.commit()
    if not allowed:
        return Outcome(Answer.TOO_MANY, member)
    if not member.may_sign_in or not (
        _accept_digits(session, member, code) or _accept_recovery_code(session, member, code)
    ):
        session.rollback()
        return Outcome(Answer.WRONG, member)
    forget(session, key)
    forget(session, key_of("sign-in", member.email, known_device))
    return _begin(session, member, device, with_second_factor=True)


def begin(session: DatabaseSession, member: Member, *, device: str) -> Outcome:
    """A session for somebody who has just proved who they are by a link from their mail."""
    return _begin(session, member, device, with_second_factor=False)


def begin_again(session: DatabaseSession, ended: SignIn, *, device: str) -> Outcome:
    """A session in place of one that the member’s own act has ended, as changing the password."""
    return _begin(session, ended.member, device, with_second_factor=ended.with_second_factor)


def prove_again(session: DatabaseSession, member: Member, *, password: str) -> Answer:
    """Whether whoever sits at a running session knows its password, before an act that reaches far.

    Guesses are counted, so that a session left open on a shared computer cannot be used for them.
    """
    key = key_of("prove again", member.public_id)
    allowed = take(session, key, WRONG_GUESSES)
    session.commit()
    if not allowed:
        return Answer.TOO_MANY
    if not passwords.is_right(member.password_hash, password):
        return Answer.WRONG
    forget(session, key)
    session.commit()
    return Answer.IN


def prove_again_by_code(session: DatabaseSession, member: Member, *, code: str) -> Answer:
    """The same with six digits or a recovery code. It has as many tries as signing in has."""
    key = key_of("code", member.public_id)
    allowed = take(session, key, WRONG_GUESSES)
    session.commit()
    if not allowed:
        return Answer.TOO_MANY
    if not (_accept_digits(session, member, code) or _accept_recovery_code(session, member, code)):
        session.rollback()
        return Answer.WRONG
    forget(session, key)
    session.commit()
    return Answer.IN


def find(session: DatabaseSession, token: str) -> SignIn | None:
    """The running session of a token: not ended, not idle, not too old, of a member in standing."""
    sign_in = session.scalars(
        select(SignIn).where(SignIn.token_hash == hash_of(token), SignIn.ended_at.is_(None))
    ).one_or_none()
    if sign_in is None or not sign_in.member.may_sign_in:
        return None
    idle, longest = _lives_of(sign_in.member)
    moment = now()
    if moment - sign_in.seen_at > idle or moment - sign_in.began_at > longest:
        return None
    return sign_in


def find_own(session: DatabaseSession, member: Member, public_id: str) -> SignIn | None:
    """One of the member’s own sessions, also when it has ended; None for anybody else’s."""
    return session.scalars(
        select(SignIn).where(SignIn.public_id == public_id, SignIn.member_id == member.id)
    ).one_or_none()


def note_seen(session: DatabaseSession, sign_in: SignIn) -> None:
    """Remember that the session is in use; once in ten minutes, so that reading stays cheap."""
    moment = now()
    if moment - sign_in.seen_at < SEEN_EVERY:
        return
    sign_in.seen_at = moment
    session.commit()


def sign_out(session: DatabaseSession, sign_in: SignIn) -> None:
    """End one session. Ending it again changes nothing."""
    if sign_in.ended_at is None:
        sign_in.ended_at = now()
        session.commit()


def sign_out_elsewhere(session: DatabaseSession, sign_in: SignIn) -> None:
    """End every session of the member but this one."""
    end_all(session, sign_in.member, but=sign_in)
    session.commit()


def end_all(session: DatabaseSession, member: Member, *, but: SignIn | None = None) -> None:
    """End a member’s sessions inside the caller’s transaction."""
    ended = update(SignIn).where(SignIn.member_id == member.id, SignIn.ended_at.is_(None))
    if but is not None:
        ended = ended.where(SignIn.id != but.id)
    session.execute(ended.values(ended_at=now()))


def forget_old(session: DatabaseSession) -> None:
    """Delete sessions that nobody can use any more; the last half year says who is active."""
    session.execute(delete(SignIn).where(SignIn.seen_at < now() - REMEMBERED))


def running(session: DatabaseSession, member: Member) -> list[SignIn]:
    """Where the member is signed in, the latest first."""
    idle, longest = _lives_of(member)
    moment = now()
    rows = session.scalars(
        select(SignIn)
        .where(SignIn.member_id == member.id, SignIn.ended_at.is_(None))
        .where(SignIn.began_at > moment - longest, SignIn.seen_at > moment - idle)
        .order_by(SignIn.seen_at.desc())
    )
    return list(rows)


def _lives_of(member: Member) -> tuple[dt.timedelta, dt.timedelta]:
    """How long a session lives unused, and at most."""
    if member.must_have_second_factor:
        return IDLE_WITH_REACH, LONGEST_WITH_REACH
    return IDLE, LONGEST


def _begin(
    session: DatabaseSession, member: Member, device: str, *, with_second_factor: bool
) -> Outcome:
    token = secrets.token_urlsafe(32)
    moment = now()
    session.add(
        SignIn(
            token_hash=hash_of(token),
            member_id=member.id,
            device=device,
            began_at=moment,
            seen_at=moment,
            with_second_factor=with_second_factor,
        )
    )
    session.commit()
    return Outcome(Answer.IN, member, token)


def _accept_digits(session: DatabaseSession, member: Member, code: str) -> bool:
    """Whether the code is right and new; a conditional update lets it work once."""
    step = second_factor.step_of(
        member.totp_secret or "", code, after=member.totp_last_step, moment=now()
    )
    if step is None or not member.has_second_factor:
        return False
    taken = session.execute(
        update(Member)
        .where(Member.id == member.id, Member.totp_last_step < step)
        .values(totp_last_step=step)
        .returning(Member.id)
    )
    return taken.scalar_one_or_none() is not None


def _accept_recovery_code(session: DatabaseSession, member: Member, code: str) -> bool:
    taken = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.member_id == member.id,
            RecoveryCode.code_hash == second_factor.code_hash(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now())
        .returning(RecoveryCode.id)
    )
    return taken.scalar_one_or_none() is not None
