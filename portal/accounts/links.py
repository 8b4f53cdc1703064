"""One-use links for mails: made inside a transaction, used by one conditional update.

And the hashes that are kept of secrets, here and wherever else something opens by one.
"""

import datetime as dt
import hashlib
import hmac
import secrets

from flask import current_app
from sqlalchemy import delete, select, update

from portal.accounts.models import LinkPurpose, Member, OneUseLink
from portal.clock import now
from portal.extensions import DatabaseSession

REMEMBERED = dt.timedelta(days=30)
LIVES = {
    LinkPurpose.CONFIRM: dt.timedelta(days=3),
    LinkPurpose.INVITATION: dt.timedelta(days=7),
    LinkPurpose.RESET: dt.timedelta(hours=1),
    LinkPurpose.EXTEND: dt.timedelta(days=40),
    LinkPurpose.CONSENT: dt.timedelta(days=14),
    LinkPurpose.ALERTS: dt.timedelta(days=3),
}


def hash_of(token: str) -> str:
    """What is kept of a token: it has 256 random bits, so one round is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def keyed_hash_of(words: str) -> bytes:
    """256 bits that nobody can make of the words, or compare, without the secret key.

    The words begin with what it is for: what is made for one thing then opens no other.
    """
    secret = str(current_app.secret_key).encode()
    return hmac.new(secret, words.encode("utf-8", "replace"), hashlib.sha256).digest()


def issue(session: DatabaseSession, purpose: LinkPurpose, member: Member | None) -> str:
    """Add a link to the transaction and return its token, which is kept nowhere else."""
    token = secrets.token_urlsafe(32)
    moment = now()
    session.add(
        OneUseLink(
            token_hash=hash_of(token),
            purpose=purpose.value,
            member_id=member.id if member else None,
            made_at=moment,
            expires_at=moment + LIVES[purpose],
        )
    )
    return token


def look_up(session: DatabaseSession, purpose: LinkPurpose, token: str) -> OneUseLink | None:
    """The link, when it could still be used. Looking does not use it."""
    return session.scalars(
        select(OneUseLink).where(
            OneUseLink.token_hash == hash_of(token),
            OneUseLink.purpose == purpose.value,
            OneUseLink.used_at.is_(None),
            OneUseLink.expires_at > now(),
        )
    ).one_or_none()


def use(session: DatabaseSession, purpose: LinkPurpose, token: str) -> OneUseLink | None:
    """Use the link inside the caller’s transaction; None when it was used or is too old.

    However many ask at once, the update finds it unused for one of them only.
    """
    moment = now()
    used = session.execute(
        update(OneUseLink)
        .where(
            OneUseLink.token_hash == hash_of(token),
            OneUseLink.purpose == purpose.value,
            OneUseLink.used_at.is_(None),
            OneUseLink.expires_at > moment,
        )
        .values(used_at=moment)
        .returning(OneUseLink.id)
    ).scalar_one_or_none()
    return session.get(OneUseLink, used) if used is not None else None


def forget_old(session: DatabaseSession) -> None:
    """Delete links that have not worked for a month."""
    session.execute(delete(OneUseLink).where(OneUseLink.expires_at < now() - REMEMBERED))


def withdraw(session: DatabaseSession, purpose: LinkPurpose, member: Member) -> None:
    """Make a member’s unused links of a kind useless."""
    session.execute(
        update(OneUseLink)
        .where(
            OneUseLink.member_id == member.id,
            OneUseLink.purpose == purpose.value,
            OneUseLink.used_at.is_(None),
        )
        .values(used_at=now())
    )
