"""A visitor’s list leaves the device: under a short code to an adviser, or in one mail.

Notes stay on the device, because anybody’s address can be typed and any adviser can be told a code.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts.limits import LETTERS_TO_ONE_ADDRESS, key_of
from portal.accounts.limits import take as take_one_more
from portal.accounts.links import keyed_hash_of
from portal.accounts.signing_in import normal
from portal.catalogue.models import Entry
from portal.clock import now, today
from portal.extensions import DatabaseSession
from portal.mail import address_for, queue
from portal.shortlists import dates
from portal.shortlists.models import HandedList

LIVES = dt.timedelta(days=14)
# No vowels, so that no code is a word, and nothing that is taken for something else.
ALPHABET = "346789BCDFGHJKMNPQRTVWXY"
GROUP = 4


def path_of(entries: Iterable[Entry]) -> str:
    """The path of a page that shows entries to anybody, and holds nothing else."""
    return "/list?" + "&".join(f"e={entry.key}" for entry in entries)


def hand(session: DatabaseSession, keys: Sequence[str], *, token: str) -> str:
    """Keep the keys for whoever gets the code, such as “K7PM-3XWQ”, which is kept nowhere.

    The same form sent twice makes one code.
    """
    code = _code_of(f"{token} {' '.join(keys)}")
    kept = _hash_of(code)
    if session.scalars(select(HandedList).where(HandedList.code_hash == kept)).first() is None:
        session.add(HandedList(code_hash=kept, keys=list(keys), expires_at=now() + LIVES))
    try:
        session.commit()
    except IntegrityError:
        # The same form, sent twice at once.
        session.rollback()
    return code


def take(session: DatabaseSession, code: str) -> list[str] | None:
    """The keys under a code, once, in the caller’s transaction; None when there are none any more.

    However many ask at the same time, one conditional update lets one of them have it.
    """
    there = (HandedList.code_hash == _hash_of(code), HandedList.expires_at > now())
    using = update(HandedList).where(*there, HandedList.used_at.is_(None)).values(used_at=now())
    used: Any = session.execute(using, execution_options={"synchronize_session": False})
    if not used.rowcount:
        return None
    return session.scalars(select(HandedList.keys).where(*there)).one()


def mail(session: DatabaseSession, entries: Sequence[Entry], *, address: str, token: str) -> None:
    """Send a list to an address, as far as it may get letters now; whether it does is not told."""
    recipient = normal(address)
    if take_one_more(session, key_of("letter", recipient), LETTERS_TO_ONE_ADDRESS):
        queue(
            session,
            recipient=recipient,
            letter="your-list",
            key=f"list-{key_of(token, recipient)}",
            things=[(entry.title, address_for(entry.path)) for entry in entries],
            dates=[(date.title, date.words) for date in dates.coming(entries, today())],
            link=address_for(path_of(entries)),
        )
    session.commit()


def _code_of(seed: str) -> str:
    number, letters = int.from_bytes(keyed_hash_of(f"hand {seed}")), ""
    while len(letters) < 2 * GROUP:
        number, at = divmod(number, len(ALPHABET))
        letters += ALPHABET[at]
    return f"{letters[:GROUP]}-{letters[GROUP:]}"


def _hash_of(code: str) -> str:
    """The hash kept of a code, however it was typed. Keyed, because a code is short."""
    letters = "".join(letter for letter in code.upper() if letter in ALPHABET)
    return keyed_hash_of(f"handed {letters}").hex()
