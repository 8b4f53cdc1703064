"""What this browser knows of a request: its code until it is written down, then only its hash.

In the signed session cookie, which ends when the browser is closed; after a while it does not count
any more, because at school the next person sits at the same machine.
"""

import datetime as dt
from dataclasses import dataclass

from flask import session

from portal.accounts.links import hash_of
from portal.clock import is_within, now
from portal.placements.asking import plain

ASKED, FOLLOWED = "asked", "follows"
CODE_SHOWN_FOR = dt.timedelta(minutes=30)
FOLLOWED_FOR = dt.timedelta(hours=2)


@dataclass(frozen=True)
class New:
    """A code that was made just now, and whether what was written calls for help first."""

    code: str
    needs_help: bool


def keep_new(code: str, *, needs_help: bool) -> None:
    """Keep a new code until it is written down."""
    forget()
    session[ASKED] = [code, needs_help, now().isoformat()]


def new() -> New | None:
    """The new code, while it may still be shown."""
    code, needs_help, at = session.get(ASKED) or ("", False, "")
    return New(code, needs_help) if code and is_within(at, CODE_SHOWN_FOR) else None


def follow(code: str) -> None:
    """Follow the request of a code on this device; the code itself is not kept."""
    forget()
    session[FOLLOWED] = [hash_of(plain(code)), now().isoformat()]


def followed() -> str | None:
    """The hash of the code of the request that is followed here."""
    code_hash, at = session.get(FOLLOWED) or (None, "")
    return code_hash if code_hash and is_within(at, FOLLOWED_FOR) else None


def forget() -> None:
    """Know nothing of any request any more."""
    session.pop(ASKED, None)
    session.pop(FOLLOWED, None)
