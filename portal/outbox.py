"""Mails that were not sent, to look at while developing. In production none of this exists."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, render_template

from portal.accounts.access import open_to_everyone
from portal.mail import outbox_folder

views = Blueprint("outbox", __name__)
NAME = re.compile(r"[0-9]{20}-[0-9]{1,19}")
SHOWN = 100
ENVIRONMENTS = {"development", "testing"}


@dataclass(frozen=True)
class Line:
    """A line of a mail, with its path when it is an address of the portal."""

    words: str
    path: str


@dataclass(frozen=True)
class Mail:
    """A mail in the outbox."""

    name: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        """What the mail is about."""
        return str(self.message["Subject"])

    @property
    def recipient(self) -> str:
        """Whom it is for."""
        return str(self.message["To"])

    @property
    def paragraphs(self) -> list[list[Line]]:
        """The text, with paths to follow; they work whatever port this machine serves on."""
        base = current_app.config["BASE_URL"].rstrip("/")
        return [
            [_line(words, base) for words in paragraph.split("\n")]
            for paragraph in self.part("plain").strip().split("\n\n")
        ]

    def part(self, kind: str) -> str:
        """The plain or the html part."""
        found = self.message.get_body(preferencelist=(kind,))
        return found.get_content().replace("\r\n", "\n") if found is not None else ""


def _line(words: str, base: str) -> Line:
    is_address = words.startswith(f"{base}/") and " " not in words
    return Line(words, words.removeprefix(base) if is_address else "")


@views.get("/outbox")
@open_to_everyone
def mails() -> str:
    """The newest mails."""
    names = sorted(
        (p.stem for p in _folder().glob("*.eml") if NAME.fullmatch(p.stem)), reverse=True
    )
    return render_template("mail/outbox.html", mails=[_mail_or_404(n) for n in names[:SHOWN]])


@views.get("/outbox/<name>")
@open_to_everyone
def mail(name: str) -> str:
    """One mail, as text."""
    return render_template("mail/outbox_message.html", mail=_mail_or_404(name))


@views.get("/outbox/<name>/html")
@open_to_everyone
def html_part(name: str) -> Response:
    """The HTML part of one mail as source, never rendered."""
    return Response(_mail_or_404(name).part("html"), mimetype="text/plain")


def _folder() -> Path:
    return outbox_folder(current_app.config)


def _mail_or_404(name: str) -> Mail:
    path = _folder() / f"{name}.eml"
    if not NAME.fullmatch(name) or not path.is_file():
        abort(404)
    message = message_from_bytes(path.read_bytes(), EmailMessage, policy=default)
    return Mail(name, message)


def init_app(app: Flask) -> None:
    """Have the pages on a developer’s machine and in tests, and nowhere else."""
    if app.config["ENVIRONMENT"] in ENVIRONMENTS:
        app.register_blueprint(views)
