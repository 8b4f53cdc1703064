"""The moderators’ desk with a great deal waiting: how long its pages take."""

import datetime as dt
import secrets

from sqlalchemy import func, insert, select

from bench.figures import Figure, note
from bench.pages import city, page, signed_in
from portal.accounts.models import AuditRow, Member, Organisation, Standing
from portal.clock import now, today
from portal.content.library import Library
from portal.extensions import db
from portal.publishing.life import State
from portal.publishing.models import Offer, Revision

WAITING, ORGANISATIONS, ROWS = 5_000, 200, 50_000
MODERATOR = "bench-0@example.org"
CONTENT = {
    "title": "Open evening", "event_type": "open-day", "who_for": "Anybody from Year 9 up",
    "summary": "Come and look round our workshop, and talk to the people who teach here. " * 4,
    "day": "2027-03-01", "begins": "17:00", "ends": "19:00", "venue": "Main hall", "cost": "Free",
}  # fmt: skip


def measure(library: Library) -> None:
    """Every page of the desk at 5,000 waiting offers, and the most statements that one asks."""
    with city(library, _fill) as app:
        client = signed_in(app, MODERATOR)
        with app.app_context():
            middle = db.session.scalar(select(Offer.public_id).where(Offer.id == WAITING // 2))
            organisation = db.session.scalar(
                select(Organisation.public_id).where(Organisation.standing == Standing.APPLIED)
            )
        asked = [
            page(app, client, f"{name} at {WAITING:,} waiting", address, floor=150)
            for name, address in (
                ("the desk", "/desk"),
                ("offers, first page", "/desk/offers"),
                ("offers, last page", "/desk/offers?page=100"),
                ("one offer", f"/desk/offers/{middle}"),
                ("published on trust", "/desk/on-trust"),
                ("organisations", "/desk/organisations?q=pottery"),
                ("one organisation", f"/desk/organisations/{organisation}"),
                ("reports", "/desk/reports"),
                ("stale pages", "/desk/stale"),
                ("the trail", "/desk/trail"),
                ("the trail, filtered", "/desk/trail?act=approve&organisation=pottery+19"),
            )
        ]
        note(Figure("most statements for one page of the desk", max(asked), "statements", 12))


def _fill() -> None:
    """Moderators who are far behind."""
    moderator = _people()
    _offers()
    _trail(moderator)


def _people() -> int:
    """Organisations, every fourth not verified, each with an owner; and a moderator’s id."""
    moment = now()
    council = _organisation(0, "council", Standing.VERIFIED)
    others = [
        _organisation(n, "college", Standing.VERIFIED if n % 4 else Standing.APPLIED)
        for n in range(1, ORGANISATIONS + 1)
    ]
    members = [
        Member(
            organisation=home, email=f"{home.slug}@example.org", name="Sam Potter", state="active",
            roles=["moderator" if home is council else "owner"], joined_at=moment,
        )
        for home in (council, *others)
    ]  # fmt: skip
    db.session.add_all(members)
    db.session.commit()
    return members[0].id


def _organisation(number: int, kind: str, standing: Standing) -> Organisation:
    return Organisation(
        slug=f"bench-{number}", kind=kind, name=f"Pottery {number}", standing=standing.value,
        checked_on=today(), applied_at=now(), source={"name": "Made up", "date": "2026"},
    )  # fmt: skip


def _offers() -> None:
    """As many waiting as is asked of the desk, a tenth as many on trust, all sent in order."""
    homes = list(db.session.scalars(select(Member.id).where(Member.id > 1)))
    start = now() - dt.timedelta(days=60)
    owners = {m.id: m.organisation_id for m in db.session.scalars(select(Member))}
    offers, revisions = [], []
    for n in range(1, WAITING + WAITING // 10 + 1):
        sent = start + dt.timedelta(minutes=n)
        waits = n <= WAITING
        member = homes[n % len(homes)]
        offers.append({
            "id": n, "public_id": secrets.token_urlsafe(16), "organisation_id": owners[member],
            "kind": "event", "title": f"Open evening {n}", "latest": 1, "on_trust": not waits,
            "state": (State.SUBMITTED if waits else State.LIVE).value,
            "approved": None if waits else 1, "made_at": sent, "changed_at": sent,
            "submitted_at": sent, "version": 1, "show_until": today(), "extensions": 0,
        })  # fmt: skip
        revisions.append({
            "offer_id": n, "number": 1, "content": CONTENT, "doubts": [], "reasons": {},
            "made_by_id": member, "made_at": sent, "sent_at": sent,
        })  # fmt: skip
    db.session.execute(insert(Offer), offers)
    db.session.execute(insert(Revision), revisions)


def _trail(moderator: int) -> None:
    """Years of rows about offers."""
    number = db.session.scalar(select(func.count()).select_from(Offer)) or 1
    found = db.session.execute(select(Offer.id, Offer.organisation_id))
    homes = {offer: organisation for offer, organisation in found}  # noqa: C416 - rows, not pairs
    rows = [
        {
            "at": now(), "member_id": moderator, "act": "approve" if n % 9 == 0 else "submit",
            "subject_kind": "offer", "subject_id": n % number + 1,
            "organisation_id": homes[n % number + 1],
        }
        for n in range(ROWS)
    ]  # fmt: skip
    db.session.execute(insert(AuditRow), rows)
