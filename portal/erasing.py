"""Erases what is held about a person who asks for it, and does so again after a restore.

By a mail address: saved searches, letters, requests with all that is known of their person, an
account. By the code of a request: that request. A ledger beside the database says what was erased
and when, in a form that only this portal can compare; so a restored database is told again.

What safeguarding leads were told is not touched: they decide about it. Nor is the trail, which
holds no names.
"""

import csv
import datetime as dt
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any, Self

from flask import current_app
from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.accounts import limits, membership
from portal.accounts.limits import key_of
from portal.accounts.links import keyed_hash_of
from portal.accounts.membership import LastOwnerError
from portal.accounts.models import Member, MemberState
from portal.accounts.signing_in import normal
from portal.catalogue.access_to_search import misses
from portal.catalogue.models import Wish
from portal.clock import now
from portal.extensions import DatabaseSession, overwrite_what_was_deleted
from portal.mail import MAIL_ADDRESS, Letter, outbox_folder
from portal.placements import asking, clockwork, withdrawing
from portal.placements.models import Request
from portal.publishing.models import Concern, Report
from portal.shortlists import alerts
from portal.shortlists.models import SavedSearch

ADDRESS, CODE = "address", "code"
LEDGER = "erased.csv"
STRUCK_OUT = "(erased)"  # no longer than the shortest address, so that it fits
STILL_IN_THE_FILE = (
    "Another program uses the database, so what was deleted can still be found in its file. Run "
    "this again in a minute."
)
ADDRESSES = (
    Member.email, SavedSearch.email, Request.email, Request.parent_email, Letter.recipient,
)  # fmt: skip
WORDS_OF_A_REQUEST = (Request.hopes, Request.availability, Request.adjustments, Request.reach)


class NotErasedError(Exception):
    """Nothing was erased; the message says why and what to do."""


@dataclass(frozen=True)
class Erased:
    """How much there was of each kind, and whether nothing of it is left in the files."""

    searches: int = 0
    letters: int = 0
    requests: int = 0
    accounts: int = 0
    # What was told us about pages and the catalogue, with the address in it.
    told: int = 0
    # Kept: what the safeguarding leads were told that names the address.
    concerns: int = 0
    is_overwritten: bool = True

    @property
    def lines(self) -> list[str]:
        """What was done, in words."""
        said = [
            f"Saved searches stopped: {self.searches}.",
            f"Letters forgotten: {self.letters}.",
            f"Requests emptied: {self.requests}.",
            f"Accounts removed: {self.accounts}.",
            f"Addresses struck out of what people told us: {self.told}.",
        ]
        if self.concerns:
            said.append(
                f"Concerns that belong to it: {self.concerns}. They are kept: a safeguarding lead "
                "decides about them."
            )
        return said if self.is_overwritten else [*said, STILL_IN_THE_FILE]

    def __add__(self, other: Self) -> Self:
        counts = [field.name for field in fields(self) if field.name != "is_overwritten"]
        return replace(
            self, **{name: getattr(self, name) + getattr(other, name) for name in counts}
        )


@dataclass(frozen=True)
class Line:
    """One line of the ledger: when, by what, and the keyed hash of it; ``key`` tells the key."""

    at: dt.datetime
    kind: str
    digest: str
    key: str


def erase_address(session: DatabaseSession, address: str) -> Erased:
    """Erase what is held about a mail address. Twice is harmless. Raises NotErasedError."""
    email, moment = normal(address), now()
    accounts = _remove_account(session, email, moment)
    _write_down(Line(moment, ADDRESS, _digest(email), _key_mark()))
    return _without_traces(session, _erase_address(session, email, moment) + accounts)


def erase_code(session: DatabaseSession, code: str) -> Erased:
    """Erase what is known of the person of a request. Raises NotErasedError for no such code."""
    request = asking.by_code(session, code)
    if request is None or request.code_hash is None:
        message = "No request is followed with this code. If it was erased before, that is done."
        raise NotErasedError(message)
    _write_down(Line(now(), CODE, _digest(request.code_hash), _key_mark()))
    return _without_traces(session, _erase_request(session, request))


def erase_again(session: DatabaseSession) -> tuple[Erased, int]:
    """Erase once more all that the ledger names, as after a restore; what came later stays.

    Answers as well how many lines were written with another secret key: those it cannot compare.
    """
    lines = list(_ledger())
    ours = [line for line in lines if line.key == _key_mark()]
    codes = {_digest(code): code for code in session.scalars(select(Request.code_hash)) if code}
    addresses = {_digest(email): email for email in _addresses(session)}
    erased = Erased()
    for line in ours:
        if line.kind == CODE and line.digest in codes:
            wanted = select(Request).where(Request.code_hash == codes[line.digest])
            for request in session.scalars(wanted).all():
                erased += _erase_request(session, request)
        if line.kind == ADDRESS and line.digest in addresses:
            email = addresses[line.digest]
            erased += _remove_account(session, email, line.at)
            erased += _erase_address(session, email, line.at)
    return _without_traces(session, erased), len(lines) - len(ours)


def _erase_address(session: DatabaseSession, email: str, before: dt.datetime) -> Erased:
    """All but an account, as far as it is not newer."""
    erased = Erased()
    asked = select(Request).where(
        or_(*(func.lower(column) == email for column in (Request.email, Request.parent_email)),
            *(_holds(column, email) for column in WORDS_OF_A_REQUEST)),
        Request.asked_at <= before,
    )  # fmt: skip
    for request in session.scalars(asked).all():
        erased += _erase_request(session, request)
    searches = _stop_searches(
        session, func.lower(SavedSearch.email) == email, SavedSearch.made_at <= before
    )
    letters = _forget_letters(session, email, before)
    wishes = select(Wish).where(_holds(Wish.words, email), Wish.told_on <= before.date())
    reports = select(Report).where(_holds(Report.words, email), Report.made_at <= before)
    told = _strike_out([*session.scalars(wishes), *session.scalars(reports)], email)
    for key in (key_of("sign-in", email, ""), key_of("letter", email)):
        limits.forget(session, key)
    named = or_(_holds(Concern.words, email), _holds(Concern.reach, email))
    concerns = session.scalar(select(func.count()).where(named)) or 0
    session.commit()
    misses().forget(email)
    return erased + Erased(searches=searches, letters=letters, told=told, concerns=concerns)


def _erase_request(session: DatabaseSession, request: Request) -> Erased:
    """Take it back while it is open, so that nobody expects them; then empty it."""
    number, public_id = request.id, request.public_id
    theirs = {normal(email) for email in (request.email, request.parent_email) if email}
    if request.is_open:
        withdrawing.withdraw(session, request, reason="")
    clockwork.empty(session, number)
    letters = sum(
        _forget_letters(session, email, now()) for email in theirs if not _asks(session, email)
    )
    named = select(func.count()).where(Concern.request_public_id == public_id)
    concerns = session.scalar(named) or 0
    session.commit()
    return Erased(requests=1, letters=letters, concerns=concerns)


def _remove_account(session: DatabaseSession, email: str, before: dt.datetime) -> Erased:
    """Take a member out, as an owner would. Raises NotErasedError for the last owner."""
    member = session.scalars(
        select(Member).where(
            func.lower(Member.email) == email,
            Member.state != MemberState.REMOVED,
            Member.joined_at <= before,
        )
    ).one_or_none()
    if member is None:
        return Erased()
    number = member.id
    theirs = select(func.count()).where(func.lower(Letter.recipient) == email)
    letters = session.scalar(theirs) or 0  # which go with the account
    try:
        membership.remove(session, member, by=None)
    except LastOwnerError as error:
        session.rollback()
        message = (
            "This is the account of the only owner of an organisation. Nothing was erased. Make "
            "somebody else an owner there first, then run this again."
        )
        raise NotErasedError(message) from error
    searches = _stop_searches(session, SavedSearch.member_id == number)
    return Erased(searches=searches, letters=letters, accounts=1)


def _stop_searches(session: DatabaseSession, *where: ColumnElement[bool]) -> int:
    found = session.scalars(select(SavedSearch.public_id).where(*where)).all()
    for public_id in found:
        alerts.stop(session, public_id)
    return len(found)


def _asks(session: DatabaseSession, email: str) -> bool:
    """Whether another request still needs the address."""
    needed = or_(func.lower(Request.email) == email, func.lower(Request.parent_email) == email)
    return session.scalars(select(Request.id).where(needed).limit(1)).first() is not None


def _forget_letters(session: DatabaseSession, email: str, before: dt.datetime) -> int:
    """Letters out of the queue, the record, and the folder of a development machine."""
    for path in outbox_folder(current_app.config).glob("*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=default)
        if normal(str(message["To"])) == email:
            path.unlink(missing_ok=True)
    theirs = delete(Letter).where(func.lower(Letter.recipient) == email, Letter.queued_at <= before)
    done: Any = session.execute(theirs, execution_options={"synchronize_session": False})
    return int(done.rowcount)


def _holds(column: InstrumentedAttribute[str], email: str) -> ColumnElement[bool]:
    """Whether somebody wrote the address into a text."""
    return func.lower(column).contains(email, autoescape=True)


def _strike_out(found: Sequence[Wish | Report], email: str) -> int:
    """Take the address out of what people told; the rest may be about somebody’s safety."""
    for told in found:
        told.words = re.sub(re.escape(email), STRUCK_OUT, told.words, flags=re.IGNORECASE)
    return len(found)


def _without_traces(session: DatabaseSession, erased: Erased) -> Erased:
    return replace(erased, is_overwritten=overwrite_what_was_deleted(session))


def _addresses(session: DatabaseSession) -> set[str]:
    """Every mail address that is held: in columns of its own, or written into a text."""
    held = {
        normal(email)
        for column in ADDRESSES
        for email in session.scalars(select(column).distinct())
        if email
    }
    return held | {
        normal(found[0].rstrip(".!?"))
        for column in (*WORDS_OF_A_REQUEST, Wish.words, Report.words)
        for words in session.scalars(select(column).where(column.contains("@")))
        for found in MAIL_ADDRESS.finditer(words)
    }


def _ledger() -> Iterator[Line]:
    path = _path()
    if not path.exists():
        return
    with path.open(encoding="ascii", newline="") as file:
        for at, kind, digest, key in csv.reader(file):
            yield Line(dt.datetime.fromisoformat(at), kind, digest, key)


def _write_down(line: Line) -> None:
    """Add a line that survives a power cut, before anything is erased."""
    number = os.open(_path(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(number, "w", encoding="ascii", newline="") as file:
        csv.writer(file).writerow((line.at.isoformat(), line.kind, line.digest, line.key))
        file.flush()
        os.fsync(file.fileno())


def _path() -> Path:
    return Path(current_app.config["INSTANCE_DIR"]) / LEDGER


def _digest(value: str) -> str:
    """Nobody can tell from it whose address it was, without the secret key."""
    return keyed_hash_of(f"erased {value}").hex()


def _key_mark() -> str:
    """A mark that changes with the secret key."""
    return _digest("which key")[:8]
