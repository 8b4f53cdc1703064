"""What the portal makes with its secret key stays what it was: addresses, codes and hashes hold."""

import base64
import hashlib
import hmac
from pathlib import Path

import pytest
from flask import Flask, session
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select

from portal import erasing
from portal.accounts import people
from portal.accounts.links import keyed_hash_of
from portal.accounts.models import Member
from portal.extensions import db
from portal.placements import asking
from portal.shortlists import handing, sharing
from portal.shortlists.models import HandedList, Shortlist

KEY = b"only-for-tests"
ODD = "Zoë’s \ud83d token"  # half of a pair of surrogates, as a hostile form may send
NOUGHT_TO_Z = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BASE_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def plainly(words: str) -> bytes:
    return hmac.new(KEY, words.encode("utf-8", "replace"), hashlib.sha256).digest()


@pytest.mark.parametrize("words", ["", "share it", ODD])
def test_a_keyed_hash_is_an_hmac_with_the_secret_key(small_app: Flask, words: str) -> None:
    with small_app.app_context():
        assert keyed_hash_of(words) == plainly(words)


@pytest.mark.parametrize("token", ["token", ODD])
def test_the_address_of_a_shared_list_stays(small_app: Flask, token: str) -> None:
    wanted = base64.urlsafe_b64encode(plainly(f"share Abc123 {token}")).decode().rstrip("=")
    with small_app.app_context():
        assert sharing.address_token(Shortlist(public_id="Abc123"), token) == wanted


@pytest.mark.parametrize("token", ["token", ODD])
def test_the_code_of_a_request_stays(small_app: Flask, token: str) -> None:
    digest = plainly(f"code {token}")[:10]
    letters = base64.b32encode(digest).decode().translate(str.maketrans(BASE_32, NOUGHT_TO_Z))
    with small_app.app_context():
        assert asking.code_of(token).replace("-", "") == letters


@pytest.mark.parametrize("token", ["token", ODD])
def test_the_code_of_a_handed_list_and_what_is_kept_of_it_stay(
    small_app: Flask, token: str
) -> None:
    number, letters = int.from_bytes(plainly(f"hand {token} roles/bricklayer roles/other")), ""
    for _ in range(8):
        number, at = divmod(number, 24)
        letters += "346789BCDFGHJKMNPQRTVWXY"[at]
    with small_app.app_context():
        code = handing.hand(db.session, ["roles/bricklayer", "roles/other"], token=token)
        assert code == f"{letters[:4]}-{letters[4:]}"
        kept = db.session.scalars(select(HandedList.code_hash)).one()
        assert kept == plainly(f"handed {letters}").hex()


def test_a_line_of_the_ledger_of_what_was_erased_stays(small_app: Flask) -> None:
    with small_app.app_context():
        erasing.erase_address(db.session, "zoë@kiln.example.org")
    ledger = Path(small_app.config["INSTANCE_DIR"]) / erasing.LEDGER
    _, kind, digest, key = ledger.read_text("ascii").strip().split(",")
    assert (kind, digest) == ("address", plainly("erased zoë@kiln.example.org").hex())
    assert key == plainly("erased which key").hex()[:8]


@pytest.mark.parametrize("kept", ["$argon2id$v=19$kept", None])
def test_half_a_sign_in_is_tied_to_the_password_as_before(
    small_app: Flask, kept: str | None
) -> None:
    with small_app.test_request_context():
        people.ask_for_code(Member(public_id="Ada", password_hash=kept))
        half_way = URLSafeTimedSerializer(KEY, salt="half way in").loads(session["half-way"])
    assert half_way == ["Ada", plainly(kept or "").hex()]
