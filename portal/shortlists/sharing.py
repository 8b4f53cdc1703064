"""Links that show a shortlist to whoever has them: made, revoked, opened, counted.

Each verb commits. A link’s token is kept nowhere, only its hash; a passphrase is kept as passwords
are. That a list was shared stands in the trail; who opened it is not known to anybody.
"""

import datetime as dt
import unicodedata
from base64 import urlsafe_b64encode
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts.limits import Limit, forget, key_of, take
from portal.accounts.links import hash_of, keyed_hash_of
from portal.accounts.models import Member
from portal.accounts.passwords import fault_of, hashed, is_right
from portal.accounts.trail import record
from portal.clock import now, today
from portal.extensions import DatabaseSession
from portal.shortlists.models import ShareLink, Shortlist

DAYS = (1, 7, 14)
WRONG_PASSPHRASES = (Limit(10, dt.timedelta(hours=1)),)


class Answer(StrEnum):
    """What came of a passphrase."""

    RIGHT = "right"
    WRONG = "wrong"
    TOO_MANY = "too many"


def share(
    session: DatabaseSession,
    shortlist: Shortlist,
    *,
    days: int,
    passphrase: str,
    token: str,
    by: Member,
) -> ShareLink:
    """A new link, which ``address_token`` opens for so many days. The same form makes it once."""
    token_hash = hash_of(address_token(shortlist, token))
    known = _known(session, shortlist, token_hash)
    if known is not None:
        return known
    made = ShareLink(
        shortlist_id=shortlist.id,
        token_hash=token_hash,
        passphrase_hash=hashed(plain(passphrase)) if plain(passphrase) else None,
        expires_at=now() + dt.timedelta(days=min(days, max(DAYS))),
    )
    session.add(made)
    try:
        record(session, "shared", shortlist, by=by, organisation=shortlist.organisation)
        session.commit()
    except IntegrityError:
        # The same form, sent twice at once: the other one was first.
        session.rollback()
        known = _known(session, shortlist, token_hash)
        if known is None:
            raise
        return known
    return made


def address_token(shortlist: Shortlist, token: str) -> str:
    """The secret in the address of a link: 256 bits that only this portal makes of a form’s token.

    So a form that is sent twice has one link, although the secret is not kept.
    """
    digest = keyed_hash_of(f"share {shortlist.public_id} {token}")
    return urlsafe_b64encode(digest).decode().rstrip("=")


def revoke(session: DatabaseSession, link: ShareLink, *, by: Member) -> None:
    """Make a link show nothing from now on. Once more does no harm."""
    if link.revoked_at is None:
        link.revoked_at = now()
        shortlist = link.shortlist
        record(session, "stopped sharing", shortlist, by=by, organisation=shortlist.organisation)
        session.commit()


def count_opening(session: DatabaseSession, link: ShareLink) -> None:
    """Count that the list was shown: the one thing that looking at it writes.

    It says how often and on which day last, and nothing of anybody. However many look at once,
    each is counted, because the database adds and not we.
    """
    session.execute(
        update(ShareLink)
        .where(ShareLink.id == link.id)
        .values(opened=ShareLink.opened + 1, opened_on=today())
        .execution_options(synchronize_session=False)
    )
    session.commit()


def answer(session: DatabaseSession, link: ShareLink, passphrase: str) -> Answer:
    """Try a passphrase on a link that has one. Wrong ones are counted, whoever gives them."""
    key, kept = key_of("share link", link.public_id), link.passphrase_hash
    is_let = take(session, key, WRONG_PASSPHRASES)
    # Before the slow part, so that nobody waits for this one to write.
    session.commit()
    if not is_let:
        return Answer.TOO_MANY
    if not is_right(kept, plain(passphrase)):
        return Answer.WRONG
    forget(session, key)
    session.commit()
    return Answer.RIGHT


def plain(passphrase: str) -> str:
    """A passphrase as it counts: telephones write capitals and spaces that nobody meant."""
    return " ".join(unicodedata.normalize("NFKC", passphrase).casefold().split())


def fault_of_passphrase(passphrase: str, *, shortlist: Shortlist) -> str | None:
    """Why this may not be the passphrase of a link, in words; None when it may."""
    context = (shortlist.reference, shortlist.organisation.name)
    return fault_of(plain(passphrase), reaches_far=False, context=context)


def note_export(session: DatabaseSession, shortlist: Shortlist | None, *, by: Member) -> None:
    """Keep that an adviser took one list, or all of theirs, out of the portal."""
    record(
        session, "export", shortlist or by.organisation, by=by, organisation=by.organisation,
        after="a shortlist" if shortlist else "all shortlists",
    )  # fmt: skip
    session.commit()


def _known(session: DatabaseSession, shortlist: Shortlist, token_hash: str) -> ShareLink | None:
    return session.scalars(
        select(ShareLink).where(
            ShareLink.token_hash == token_hash, ShareLink.shortlist_id == shortlist.id
        )
    ).one_or_none()
