"""Passwords: what may be one, and how one is kept."""

import re

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

LEAST, LEAST_WITH_REACH, MOST = 8, 12, 128
# Fewer guesses than this and a list of common passwords finds it.
GUESSES_LOG10 = 7.0
# zxcvbn compares every stretch with every other, so it is shown only the beginning.
LOOKED_AT = 40
ADVICE = "Three words that do not belong together are hard to guess and easy to remember."
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Checked when nobody has the address, so that it takes as long as when somebody does.
_NOBODYS = _hasher.hash("nobody has this password")


def hashed(password: str) -> str:
    """The argon2id hash to keep."""
    return _hasher.hash(password)


def is_right(password_hash: str | None, password: str) -> bool:
    """Whether this is the password; takes as long when there is none to compare with."""
    try:
        _hasher.verify(password_hash or _NOBODYS, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def fault_of(password: str, *, reaches_far: bool, context: tuple[str, ...] = ()) -> str | None:
    """Why this may not be a password, in words; None when it may.

    ``context`` holds words that somebody would try first: the name, the address, the organisation.
    """
    least = LEAST_WITH_REACH if reaches_far else LEAST
    if len(password) < least:
        return f"Use at least {least} characters. {ADVICE}"
    if len(password) > MOST:
        return f"Use {MOST} characters at most."
    words = [word for text in context for word in _words_of(text)]
    looked_at = password[:LOOKED_AT]
    if zxcvbn(looked_at, user_inputs=words)["guesses_log10"] < GUESSES_LOG10:
        return f"This is easy to guess. {ADVICE}"
    return None


def _words_of(text: str) -> list[str]:
    """What somebody would try who knows this: all of it, its words, and its words run together."""
    words = re.findall(r"\w+", text)
    return [text, *words, "".join(words)]
