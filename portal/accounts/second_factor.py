"""The second factor: six digits from an app on one’s phone, or a recovery code from paper."""

import datetime as dt
import hashlib
import secrets

import pyotp

STEP_SECONDS = 30
CODES = 10
# Without letters and digits that are taken for one another.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_secret() -> str:
    """A secret to share with an app."""
    return pyotp.random_base32()


def address_of(secret: str, *, account: str, issuer: str) -> str:
    """The otpauth address that apps read."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def step_of(secret: str, code: str, *, after: int, moment: dt.datetime) -> int | None:
    """The time step whose code this is, one step early or late; None when it is wrong.

    A step is accepted once: those up to ``after`` have been used.
    """
    digits = "".join(code.split())
    current = int(moment.replace(tzinfo=dt.UTC).timestamp()) // STEP_SECONDS
    known = pyotp.TOTP(secret)
    for step in (current, current - 1, current + 1):
        expected = known.generate_otp(step)
        if step > after and secrets.compare_digest(expected.encode(), digits.encode()):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Ten codes to write down, such as “k7pm-3xwq-9dta”."""
    return [
        "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))
        for _ in range(CODES)
    ]


def code_hash(code: str) -> str:
    """The hash kept of a recovery code, however it was typed."""
    letters = "".join(letter for letter in code.lower() if letter in ALPHABET)
    return hashlib.sha256(letters.encode()).hexdigest()
