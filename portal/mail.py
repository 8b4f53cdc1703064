"""Letters: queued inside the transaction that gives cause for them, delivered after it.

A letter is a text template under ``templates/mail``: its first line is the subject, then comes an
empty line, then paragraphs. A line that begins with “- ” is an item of a list. A line that holds
only an address of the portal becomes a button; when the line above it ends with a colon, that
line is what the button says.

What people typed stays words: a value cannot make a line, a list, a button or a header. Only
``address_for`` makes links, from the configured address and never from a request’s Host. Subjects
hold no values, because they are shown on locked screens and in logs.

A letter is sent at least once: whoever dies between sending it and noting so leaves it to be sent
again, with the same Message-ID.
"""

import datetime as dt
import re
import smtplib
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app
from jinja2 import Environment, TemplateNotFound
from sqlalchemy import String, Text, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.extensions import Base, DatabaseSession

LEASE = dt.timedelta(minutes=5)
REMEMBERED = dt.timedelta(days=30)
# Below the lease: one letter is a dozen answers of the server at most, each waited for this long.
PATIENCE_SECONDS = 15
WAITS = tuple(dt.timedelta(minutes=m) for m in (1, 5, 30, 2 * 60, 6 * 60, 12 * 60, 24 * 60))
PORTAL_NAME = "Careers portal"
LONGEST_ADDRESS = 254
LONGEST_ERROR = 500
MAIL_ADDRESS = re.compile(r"[^\s@<>()\[\]:;,\\\"]+@[^\s@<>()\[\]:;,\\\"]+")
PATH = re.compile(r"/(?!/)[!-~]*")
# Line ends, other controls and half characters; and the marks that turn text round.
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
PERMANENT = range(500, 600)
INSERTS: Mapping[str, Callable[..., Any]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}

Post = Callable[[EmailMessage], None]


class RefusedError(Exception):
    """The letter can never be delivered to this recipient; trying again would not help."""


class Letter(Base):
    """One letter to one person. Its text is emptied once it is sent."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(String(100), unique=True)
    recipient: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    # The path with which a mail program stops such letters by itself; emptied once it is sent.
    stop_path: Mapped[str] = mapped_column(String(300), default="")
    queued_at: Mapped[dt.datetime]
    next_try_at: Mapped[dt.datetime] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    taken_until: Mapped[dt.datetime | None]
    sent_at: Mapped[dt.datetime | None]
    given_up_at: Mapped[dt.datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(LONGEST_ERROR))


@dataclass(frozen=True)
class Delivered:
    """How many letters a round sent, will try again, and gave up."""

    sent: int = 0
    put_off: int = 0
    given_up: int = 0

    def __str__(self) -> str:
        return f"Sent {self.sent}, put off {self.put_off}, given up {self.given_up}."


class PortalAddress(str):
    """An address of the portal: the only value that may become a link."""

    __slots__ = ()


class BlockKind(StrEnum):
    """What a part of a letter is."""

    WORDS = "words"
    ITEMS = "items"
    BUTTON = "button"


@dataclass(frozen=True)
class Block:
    """Lines that belong together. A button’s one line is its address, and it has a label."""

    kind: BlockKind
    lines: tuple[str, ...]
    label: str = ""


def address_for(path: str) -> PortalAddress:
    """The public address of a path of the portal. Raises ValueError when it is not a path."""
    if not PATH.fullmatch(path):
        message = f"“{path}” is not a path of the portal: begin with one slash, leave no gaps"
        raise ValueError(message)
    return PortalAddress(_base() + path)


def queue(
    session: DatabaseSession,
    *,
    recipient: str,
    letter: str,
    key: str | None = None,
    stop_path: str = "",
    **values: object,
) -> Letter | None:
    """Write a letter into the session’s transaction, which sends it only if it is committed.

    The same key is queued once, also by two transactions at the same time; the second time the
    answer is None. ``stop_path`` takes a mail program’s own “unsubscribe”, by POST (RFC 8058).
    Raises ValueError when the recipient is not one plain address.
    """
    if len(recipient) > LONGEST_ADDRESS or not MAIL_ADDRESS.fullmatch(UNSEEN.sub(" ", recipient)):
        message = "A letter goes to one mail address, such as name@example.org"
        raise ValueError(message)
    subject, text = written(letter, values)
    now = clock.now()
    insert = INSERTS[session.get_bind().dialect.name]
    added = insert(Letter).values(
        key=key, recipient=recipient, subject=subject, text=text, stop_path=stop_path,
        queued_at=now, next_try_at=now, tries=0,
    )  # fmt: skip
    # Not a savepoint: SQLite would commit one that is the first thing in its transaction.
    row = session.scalars(added.on_conflict_do_nothing(index_elements=["key"]).returning(Letter))
    found: Letter | None = row.first()
    return found


def written(letter: str, values: Mapping[str, object]) -> tuple[str, str]:
    """Subject and text of a letter. Raises an error when the subject asks for a value."""
    environment = _templates()
    name = f"mail/{letter}.txt"
    if environment.loader is None:
        raise TemplateNotFound(name)
    source, *_ = environment.loader.get_source(environment, name)
    first_line, _, rest = source.partition("\n")
    subject = environment.from_string(first_line).render().strip()
    if not subject or not rest.startswith("\n"):
        message = f"{name} must begin with a subject, then an empty line"
        raise ValueError(message)
    _, _, text = environment.get_template(name).render(values).partition("\n")
    return subject, text.strip("\n")


def _templates() -> Environment:
    """The application’s templates, in which every value that is shown is made one line."""
    held: Environment | None = current_app.extensions.get("mail_templates")
    if held is None:
        held = current_app.jinja_env.overlay(autoescape=False, finalize=_as_words)
        current_app.extensions["mail_templates"] = held
    return held


def _as_words(value: object) -> str:
    """A value on one line; what begins like a list or an address of ours is quoted."""
    if isinstance(value, PortalAddress):
        return value
    words = " ".join(UNSEEN.sub(" ", str(value)).split())
    if words == "-" or words.startswith(("- ", _base())):
        return f"“{words}”"
    return words


def _base() -> str:
    return str(current_app.config["BASE_URL"]).rstrip("/")


def blocks_of(text: str, base: str) -> Iterator[Block]:
    """The parts of a letter’s text; ``base`` is the portal’s own address."""

    def kind_of(line: str) -> BlockKind:
        if line.startswith("- "):
            return BlockKind.ITEMS
        is_address = re.fullmatch(r"[!-~]+", line) and line.startswith(f"{base}/")
        return BlockKind.BUTTON if is_address else BlockKind.WORDS

    for paragraph in re.split(r"\n{2,}", text.strip("\n")):
        groups = [(kind, list(g)) for kind, g in groupby(paragraph.split("\n"), kind_of)]
        for place, (kind, lines) in enumerate(groups):
            if kind is BlockKind.BUTTON:
                label = _label(groups[place - 1][1]) if place else ""
                yield from (Block(kind, (line,), label or "Open this page") for line in lines)
                continue
            following = groups[place + 1][0] if place + 1 < len(groups) else None
            is_labelled = following is BlockKind.BUTTON and _label(lines)
            kept = lines[:-1] if is_labelled else lines
            if kept:
                yield Block(kind, tuple(line.removeprefix("- ") for line in kept))


def _label(lines: Sequence[str]) -> str:
    """What the button below these lines says, when the last of them is meant for it."""
    last = lines[-1]
    return last.removesuffix(":") if last.endswith(":") and not last.startswith("- ") else ""


def message_from(letter: Letter, portal_name: str = PORTAL_NAME) -> EmailMessage:
    """The mail: the same letter makes the same one each time, so that a second can be told."""
    base = _base()
    message = EmailMessage(policy=SMTP)
    message["Subject"] = letter.subject
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = letter.recipient
    message["Date"] = format_datetime(letter.queued_at.replace(tzinfo=dt.UTC))
    name = f"{letter.queued_at:%Y%m%d%H%M%S%f}-{letter.id}"
    message["Message-ID"] = f"<{name}@{urlsplit(base).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.stop_path:
        message["List-Unsubscribe"] = f"<{address_for(letter.stop_path)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    given = {"portal_name": portal_name, "address": base, "subject": letter.subject}
    layouts = current_app.jinja_env
    message.set_content(
        layouts.get_template("mail/layout.text").render(**given, text=letter.text) + "\n"
    )
    message.add_alternative(
        layouts.get_template("mail/layout.html").render(
            **given, blocks=list(blocks_of(letter.text, base))
        ),
        subtype="html",
    )
    # A long address on one line: folded, mail programs could not read it.
    message.policy = SMTP.clone(max_line_length=998)
    return message


def deliver(
    session: DatabaseSession,
    post: Post,
    *,
    now: dt.datetime,
    most: int = 100,
    portal_name: str = PORTAL_NAME,
) -> Delivered:
    """Send what is due, at most so many, committing after each. Needs a session of its own."""
    began = time.monotonic()
    outcomes: Counter[str] = Counter()
    for number in _due(session, now, most):
        # A slow server must not make the leases begin in the past.
        at = now + dt.timedelta(seconds=time.monotonic() - began)
        letter = _take(session, number, at)
        if letter is not None:
            outcomes[_send(session, letter, post, at, portal_name)] += 1
    return Delivered(**outcomes)


def _is_due(now: dt.datetime) -> tuple[Any, ...]:
    return (
        Letter.sent_at.is_(None),
        Letter.given_up_at.is_(None),
        Letter.next_try_at <= now,
        or_(Letter.taken_until.is_(None), Letter.taken_until <= now),
    )


def _due(session: DatabaseSession, now: dt.datetime, most: int) -> Sequence[int]:
    due = select(Letter.id).where(*_is_due(now)).order_by(Letter.next_try_at, Letter.id)
    found = session.scalars(due.limit(most)).all()
    session.commit()
    return found


def _take(session: DatabaseSession, number: int, now: dt.datetime) -> Letter | None:
    """The letter, which is now ours for the lease; None when another deliverer was quicker."""
    taken = _change(
        session, (Letter.id == number, *_is_due(now)),
        taken_until=now + LEASE, tries=Letter.tries + 1,
    )  # fmt: skip
    if not taken:
        return None
    letter = session.get_one(Letter, number, populate_existing=True)
    # Let go of it, so that no transaction is open while the server is waited for.
    session.expunge(letter)
    session.commit()
    return letter


def _send(
    session: DatabaseSession, letter: Letter, post: Post, now: dt.datetime, portal_name: str
) -> str:
    """Post a letter that is ours, and note what came of it."""
    number, tries, lease = letter.id, letter.tries, letter.taken_until
    # Another deliverer may have taken it since, if this one was held up longer than its lease.
    ours = (Letter.id == number, Letter.taken_until == lease, Letter.sent_at.is_(None))
    try:
        post(message_from(letter, portal_name))
    except Exception as error:  # noqa: BLE001 - one bad letter must not stop the others
        told = _told(error)
        if isinstance(error, RefusedError) or tries > len(WAITS):
            _change(session, ours, given_up_at=now, taken_until=None, last_error=told)
            return "given_up"
        put_off = now + WAITS[tries - 1]
        _change(session, ours, next_try_at=put_off, taken_until=None, last_error=told)
        return "put_off"
    # The text may hold a link that lets somebody in.
    _change(
        session, (Letter.id == number,),
        sent_at=now, taken_until=None, given_up_at=None, last_error=None, text="", stop_path="",
    )  # fmt: skip
    return "sent"


def _told(error: Exception) -> str:
    return UNSEEN.sub(" ", f"{type(error).__name__}: {error}")[:LONGEST_ERROR]


def _change(session: DatabaseSession, where: tuple[Any, ...], **values: object) -> bool:
    changing = update(Letter).where(*where).values(**values)
    done: Any = session.execute(changing, execution_options={"synchronize_session": False})
    session.commit()
    return bool(done.rowcount)


def given_up(session: DatabaseSession) -> Sequence[Letter]:
    """Letters that wait for a person, oldest first."""
    waiting = select(Letter).where(Letter.given_up_at.is_not(None))
    return session.scalars(waiting.order_by(Letter.given_up_at, Letter.id)).all()


def try_again(session: DatabaseSession, number: int, *, now: dt.datetime) -> bool:
    """Begin anew with a letter that was given up. Answers whether there was one."""
    return _change(
        session, (Letter.id == number, Letter.given_up_at.is_not(None)),
        given_up_at=None, tries=0, next_try_at=now,
    )  # fmt: skip


def forget_old(session: DatabaseSession, *, now: dt.datetime) -> None:
    """Delete letters that were sent or given up a month ago; the caller commits."""
    old = now - REMEMBERED
    session.execute(delete(Letter).where(or_(Letter.sent_at < old, Letter.given_up_at < old)))


def forget(session: DatabaseSession, recipient: str) -> int:
    """Take every letter to somebody out of the queue and the record, in the caller’s transaction.

    Answers how many there were.
    """
    theirs = delete(Letter).where(func.lower(Letter.recipient) == recipient.lower())
    done: Any = session.execute(theirs, execution_options={"synchronize_session": False})
    return int(done.rowcount)


class OutboxPost:
    """Puts mails into a folder, where a developer reads them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, message: EmailMessage) -> None:
        """Write the mail, whole or not at all; a second sending takes the first one’s place."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = re.sub(r"[^0-9-]", "", message["Message-ID"].partition("@")[0])
        part = self._folder / f"{name}.part"
        part.write_bytes(message.as_bytes())
        part.replace(self._folder / f"{name}.eml")


class SmtpPost:
    """Hands mails to a server: ``smtp://user:password@host:587`` (STARTTLS) or ``smtps://``."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._is_wrapped = parts.scheme == "smtps"
        self._host = parts.hostname or ""
        self._port = parts.port or (465 if self._is_wrapped else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")

    def __call__(self, message: EmailMessage) -> None:
        """Send it. Raises RefusedError when the recipient is refused for good."""
        server = self._connected()
        try:
            self._open(server)
            _hand_over(server, message)
        finally:
            # Whatever happens to this, the mail has been accepted or not.
            with suppress(OSError):
                server.quit()

    def _connected(self) -> smtplib.SMTP:
        if self._is_wrapped:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(
                self._host, self._port, timeout=PATIENCE_SECONDS, context=context
            )
        return smtplib.SMTP(self._host, self._port, timeout=PATIENCE_SECONDS)

    def _open(self, server: smtplib.SMTP) -> None:
        """Encrypt, then sign in. Passwords, and mails for other machines, never go in the clear."""
        if not self._is_wrapped and (self._user or self._host not in THIS_MACHINE):
            server.starttls(context=ssl.create_default_context())
        if self._user:
            server.login(self._user, self._password)


def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        server.send_message(message)
    except smtplib.SMTPNotSupportedError as error:
        raise RefusedError(*error.args) from error
    except smtplib.SMTPRecipientsRefused as error:
        # There is one recipient.
        [(code, words)] = error.recipients.values()
        told = f"{code} {words.decode('utf-8', 'replace')}"
        if code in PERMANENT:
            raise RefusedError(told) from error
        raise smtplib.SMTPException(told) from error


def post_for(config: Mapping[str, Any]) -> Post:
    """The post that the settings name: a mail server, or the outbox in the instance folder."""
    if config["MAIL_SERVER"]:
        return SmtpPost(config["MAIL_SERVER"])
    return OutboxPost(outbox_folder(config))


def outbox_folder(config: Mapping[str, Any]) -> Path:
    """Where mails go when there is no server."""
    return Path(config["INSTANCE_DIR"]) / "outbox"
