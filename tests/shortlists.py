"""Advisers with their lists, straight in the database. All of it is invented."""

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from builders import make_course, publish
from flask import Flask
from pages import PageClient
from placements import make_adviser
from sqlalchemy import select

from portal.accounts.links import hash_of
from portal.accounts.models import AuditRow, Member, Organisation
from portal.catalogue import reading
from portal.clock import now
from portal.extensions import db
from portal.shortlists import adding_to
from portal.shortlists.models import ShareLink, Shortlist, ShortlistItem

# Another than the example that pages give.
REFERENCE = "R-2231"
# What every test’s small town has.
ROLE, PROGRAMME, COURSE = (
    "roles/kiln-worker", "programmes/potter-apprenticeship", "courses/potter-town",
)  # fmt: skip
TWO = (ROLE, PROGRAMME)
A_ROUTE: dict[str, Any] = {
    "title": "Kiln worker: earn while you learn",
    "goal": {"key": ROLE, "title": "Kiln worker"},
    "name": "Earn while you learn",
    "family": "apprenticeship",
    "steps": [
        {
            "key": PROGRAMME, "title": "Potter apprenticeship", "level": "2", "months": 18,
            "money": "You are paid.", "is_beside": False,
        },
        {
            "key": ROLE, "title": "Kiln worker", "level": "2", "months": None, "money": "",
            "is_beside": False,
        },
    ],
}  # fmt: skip


@dataclass(frozen=True)
class WithList:
    """An adviser, and a list of theirs as it was made. Both are for reading."""

    adviser: Member
    shortlist: Shortlist

    @property
    def path(self) -> str:
        return self.shortlist.path

    @property
    def public_id(self) -> str:
        return self.shortlist.public_id

    @property
    def items(self) -> list[ShortlistItem]:
        return self.shortlist.items


def make_list(
    app: Flask,
    adviser: Member,
    *,
    keys: Sequence[str] = TWO,
    reasons: Sequence[str] = (),
    with_route: bool = False,
    **columns: object,
) -> Shortlist:
    """A list of the adviser’s with these entries in this order, and perhaps a route at its end."""
    given = {"reference": REFERENCE, "token": secrets.token_hex(16)} | columns
    with app.app_context():
        made = Shortlist(
            organisation_id=adviser.organisation_id, adviser_id=adviser.id, **given
        )  # fmt: skip
        entries = reading.by_keys(db.session, keys)
        assert set(entries) == set(keys)
        for number, key in enumerate(keys):
            made.items.append(
                ShortlistItem(
                    entry=entries[key], position=number, seen_version=entries[key].version,
                    reason=reasons[number] if number < len(reasons) else "",
                )
            )  # fmt: skip
        if with_route:
            made.items.append(
                ShortlistItem(route=A_ROUTE, route_key=hash_of("a route"), position=len(keys))
            )
        db.session.add(made)
        db.session.commit()
        return read_list(made)


def make_adviser_with_list(
    app: Flask, *, organisation: Organisation | None = None, **given: object
) -> WithList:
    """An adviser of a school of their own, unless told otherwise, with one list of two things."""
    adviser = make_adviser(app, organisation=organisation)
    return WithList(adviser, make_list(app, adviser, **given))


def make_link(
    app: Flask, shortlist: Shortlist, *, days: int = 14, passphrase_hash: str | None = None
) -> tuple[str, str]:
    """A link that shows a list: its public id, and the token that is kept nowhere."""
    token = secrets.token_urlsafe(32)
    with app.app_context():
        link = ShareLink(
            shortlist_id=shortlist.id, token_hash=hash_of(token), passphrase_hash=passphrase_hash,
            expires_at=now() + dt.timedelta(days=days),
        )  # fmt: skip
        db.session.add(link)
        db.session.commit()
        return link.public_id, token


def make_courses(app: Flask, number: int) -> list[str]:
    """So many courses in the catalogue; their keys."""
    slugs = [f"clay-{n}-{secrets.token_hex(3)}" for n in range(number)]
    publish(app, *(make_course(slug, title=f"Clay, part {n}") for n, slug in enumerate(slugs)))
    return [f"courses/{slug}" for slug in slugs]


def read_list(shortlist: Shortlist) -> Shortlist:
    """Loaded as far as tests read it."""
    db.session.refresh(shortlist)
    loaded = (shortlist.organisation, shortlist.adviser, shortlist.links, shortlist.items)
    assert loaded
    for item in shortlist.items:
        assert item.title
    db.session.expunge_all()
    return shortlist


def list_called(public_id: str) -> Shortlist:
    """The list as it is now, inside an application context."""
    return db.session.scalars(select(Shortlist).where(Shortlist.public_id == public_id)).one()


def lists_of(adviser: Member) -> list[Shortlist]:
    """An adviser’s lists as they are now, inside an application context."""
    mine = select(Shortlist).where(Shortlist.adviser_id == adviser.id).order_by(Shortlist.id)
    return list(db.session.scalars(mine))


def titles(app: Flask, public_id: str) -> list[str]:
    """What is on a list now, in order."""
    with app.app_context():
        return [item.title for item in list_called(public_id).items]


def reasons(app: Flask, public_id: str) -> list[str]:
    """Why what is on a list was chosen, in order."""
    with app.app_context():
        return [item.reason for item in list_called(public_id).items]


def trail(app: Flask) -> list[AuditRow]:
    """What the trail holds of lists, in order."""
    with app.app_context():
        about = AuditRow.subject_kind == Shortlist.__tablename__
        rows = db.session.scalars(select(AuditRow).where(about).order_by(AuditRow.id)).all()
        db.session.expunge_all()
        return list(rows)


def add_to(page: PageClient, public_id: str) -> None:
    """Let a browser add to a list from now on, whosever it is."""
    with page.client.session_transaction() as session:
        session[adding_to.ADDING_TO] = public_id


def take_away(app: Flask, keys: Iterable[str]) -> None:
    """Take entries down, as a moderator does."""
    with app.app_context():
        for entry in reading.by_keys(db.session, list(keys)).values():
            entry.status = "retired"
        db.session.commit()
