"""What this browser knows of links: one that was just made, and those whose passphrase was right.

In the signed session cookie, which ends when the browser is closed; after a while it does not count
any more, because at school the next person sits at the same machine.
"""

import datetime as dt
from dataclasses import dataclass

from flask import session

from portal.clock import is_within, now
from portal.codes import Code, code_of
from portal.mail import address_for
from portal.shortlists.models import ShareLink, Shortlist

MADE, OPENED = "shared", "opened"
SHOWN_FOR = dt.timedelta(minutes=30)
OPEN_FOR = dt.timedelta(hours=2)
MOST_OPEN = 5


@dataclass(frozen=True)
class NewLink:
    """A link whose address can still be shown, with its code for a camera."""

    link: ShareLink
    address: str
    code: Code


def keep_new(link: ShareLink, token: str) -> None:
    """Keep the address of a new link until it is sent to somebody."""
    session[MADE] = [link.public_id, token, now().isoformat()]


def new_link(shortlist: Shortlist) -> NewLink | None:
    """The link that was just made for this list, while its address may still be shown."""
    public_id, token, at = session.get(MADE) or ("", "", "")
    if not public_id or not is_within(at, SHOWN_FOR):
        return None
    made = next((link for link in shortlist.links if link.public_id == public_id), None)
    if made is None or not made.is_open:
        return None
    address = address_for(f"/shared/{token}")
    return NewLink(made, address, code_of(address))


def forget_new() -> None:
    """Know no address any more."""
    session.pop(MADE, None)


def note_open(link: ShareLink) -> None:
    """Note that the passphrase was right, for this browser."""
    known: dict[str, str] = session.get(OPENED, {})
    others = [(name, at) for name, at in known.items() if name != link.public_id]
    kept = [*others, (link.public_id, now().isoformat())]
    session[OPENED] = dict(kept[-MOST_OPEN:])


def is_open(link: ShareLink) -> bool:
    """Whether the list may be shown here: it needs no passphrase, or the right one was given."""
    if link.passphrase_hash is None:
        return True
    at = session.get(OPENED, {}).get(link.public_id, "")
    return bool(at) and is_within(at, OPEN_FOR)
