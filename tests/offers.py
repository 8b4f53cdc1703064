"""Offers in any state of their life, and pages to decide about them. All of it is invented."""

import datetime as dt
import secrets
from pathlib import Path
from typing import Any

from builders import write_content
from conftest import _made, fill, make_app
from flask import Flask
from made_once import fill_as_before
from members import make_member, make_organisation
from sqlalchemy import func, select

from portal.accounts.models import AuditRow, Member, MemberRole
from portal.catalogue.models import Entry
from portal.clock import now, today
from portal.extensions import db
from portal.mail import Letter
from portal.provision.offers import COURSE, EVENT
from portal.publishing.kinds import OfferKind
from portal.publishing.life import SHOWN, State
from portal.publishing.models import Offer, Revision
from portal.publishing.revisions import new_offer, put_content
from portal.publishing.showing import hide, show

SOON = dt.timedelta(days=30)
PUBLISHED = {*SHOWN, State.PAUSED, State.CLOSED, State.EXPIRED}
SENT = {State.SUBMITTED, State.SENT_BACK}
CHANGED = {State.LIVE_EDITED, State.LIVE_SUBMITTED, State.LIVE_SENT_BACK}


def event(title: str = "Open evening", **changes: object) -> dict[str, Any]:
    """A faultless event."""
    return {
        "title": title, "event_type": "open-day", "summary": "Come and look round.",
        "who_for": "Anybody", "sector": "", "day": (today() + SOON * 12).isoformat(),
        "begins": "17:00", "ends": "19:00", "is_online": False, "venue": "Main hall",
        "address": "1 Oven Lane", "town": "Smalltown", "district": "ST1", "cost": "Free",
        "book_url": "",
    } | changes  # fmt: skip


def course(title: str = "Pottery for beginners", **changes: object) -> dict[str, Any]:
    """A faultless course without a programme."""
    return {
        "title": title, "programme": "", "aim": "", "level": "2", "sector": "engineering",
        "who_for": "Adults", "entry_requirements": "No grades needed", "mode": "online",
        "venue": "",
        "is_national": True, "sub_regions": [], "study": "part-time", "attendance": "evening",
        "is_flexible_start": True, "starts_on": "", "length": 12, "length_unit": "weeks",
        "cost": "0", "cost_words": "", "web_address": "https://kilnhurst.example/clay",
    } | changes  # fmt: skip


def make_offer(
    app: Flask,
    author: Member,
    state: State = State.SUBMITTED,
    *,
    kind: OfferKind = EVENT,
    is_first: bool = True,
    on_trust: bool = False,
    show_until: dt.date | None = None,
    **changes: object,
) -> str:
    """The public id of an offer in a state, as if it had come there by the verbs."""
    title = f"Offer {secrets.token_hex(4)}"
    content = (course if kind is COURSE else event)(title, **changes)
    with app.app_context():
        by = db.session.get_one(Member, author.id)
        if not is_first:
            db.session.add(_ended(by))
        offer = new_offer(kind, content, by=by)
        db.session.add(offer)
        offer.state, offer.on_trust = state.value, on_trust
        if state in PUBLISHED:
            _publish(offer, kind, content, show_until)
        if state in PUBLISHED | SENT:
            _send(offer.revisions[-1], offer)
        if state in CHANGED:
            put_content(offer, kind, content | {"cost": "£2"}, by=by)
        if state in {State.LIVE_SUBMITTED, State.LIVE_SENT_BACK}:
            _send(offer.revisions[-1], offer)
        if state in {State.SENT_BACK, State.LIVE_SENT_BACK}:
            offer.revisions[-1].reasons = {"title": "Say more."}
        db.session.commit()
        return offer.public_id


def _publish(
    offer: Offer, kind: OfferKind, content: dict[str, Any], show_until: dt.date | None
) -> None:
    offer.approved, offer.confirmed_on = 1, today() - dt.timedelta(days=200)
    offer.show_until = show_until or today() + SOON
    db.session.flush()
    show(db.session, offer, kind, content, version=1)
    hide(db.session, offer, 1)


def _send(revision: Revision, offer: Offer) -> None:
    revision.sent_at = offer.submitted_at = now()


def _ended(by: Member) -> Offer:
    """Something that the organisation published long ago."""
    offer = new_offer(EVENT, event("An old event"), by=by)
    offer.state, offer.approved = State.ARCHIVED.value, 1
    return offer


def make_city(folder: Path) -> Flask:
    """A small city that outlives a test; whoever made it closes it."""
    write_content(folder / "content")
    app = make_app(folder / "instance", folder / "content")
    _made.remove(app)
    fill_as_before(app, fill)
    return app


def make_moderators(app: Flask) -> tuple[Member, Member]:
    council = make_organisation(app, kind="council")
    roles = (MemberRole.MODERATOR,)
    first = make_member(app, organisation=council, roles=roles, name="Robin Slip")
    return first, make_member(app, organisation=council, roles=roles, name="Jo Sagger")


def here(member: Member) -> Member:
    return db.session.get_one(Member, member.id)


def offer_called(public_id: str) -> Offer:
    return db.session.scalars(select(Offer).where(Offer.public_id == public_id)).one()


def is_shown(offer: Offer) -> bool:
    entry = db.session.get(Entry, offer.entry_id) if offer.entry_id else None
    return entry is not None and entry.is_shown(today())


def rows_about(offer: Offer) -> int:
    counted = select(func.count()).where(
        AuditRow.subject_kind == "offer", AuditRow.subject_id == offer.id
    )
    return db.session.scalar(counted) or 0


def letters_to(member: Member) -> list[Letter]:
    return list(db.session.scalars(select(Letter).where(Letter.recipient == member.email)))
