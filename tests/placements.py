"""Listings with their days, and requests at any stage, straight in the database. All invented."""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask
from members import make_member, make_organisation
from sqlalchemy import select

from portal.accounts import links
from portal.accounts.links import hash_of
from portal.accounts.models import LinkPurpose, Member, MemberRole, Organisation
from portal.catalogue.experiences import Listing, Occasion
from portal.catalogue.models import ORGANISATION, CatalogueState
from portal.catalogue.vocabulary import read_vocabulary
from portal.clock import now, today
from portal.extensions import db
from portal.placements.asking import code_of, plain
from portal.placements.life import Stage
from portal.placements.models import Attendance, Placement, Request, YoungPerson
from portal.placements.steps import due
from portal.publishing.life import State
from portal.publishing.models import Offer, Revision
from portal.taxonomy import EntryKind, Tier

IN_A_MONTH = dt.timedelta(days=30)
YEAR = dt.timedelta(days=365)
FIFTEEN = dt.timedelta(days=365 * 15 + 100)
# Each of these needs what comes before it: an adviser who sent it on, a place.
WITH_ADVISER = frozenset(set(Stage) - {Stage.ASKED})
PLACED = frozenset({Stage.BOOKED, Stage.ATTENDED, Stage.ABSENT})
Day = tuple[dt.date, dt.date, int]


@dataclass(frozen=True)
class Made:
    """A request, handed over for reading, with what is kept nowhere in the clear."""

    request: Request
    code: str
    consent_token: str = ""

    @property
    def public_id(self) -> str:
        return self.request.public_id


def make_listing(
    app: Flask,
    *,
    organisation: Organisation | None = None,
    experience: str = "shadowing",
    days: Sequence[Day] | None = None,
    places: int = 2,
    state: State = State.LIVE,
    content: dict[str, Any] | None = None,
    **columns: object,
) -> Listing:
    """A listing that was approved, with its days, handed over for reading.

    ``days`` are first day, last day and places; without them there is one day in a month.
    """
    home = organisation or make_organisation(app, kind="employer")
    in_a_month = today() + IN_A_MONTH
    with app.app_context():
        tier = read_vocabulary(db.session, 0).experiences[experience].tier
        version = db.session.scalars(select(CatalogueState)).one()
        version.version += 1
        listing = Listing(**_columns(home, version.version, tier, experience) | columns)
        for first_day, last_day, number in days or [(in_a_month, in_a_month, places)]:
            listing.occasions.append(
                Occasion(
                    first_day=first_day, last_day=last_day, places=number, taken=0, attended=0,
                    is_offered=True,
                )
            )  # fmt: skip
        db.session.add(listing)
        db.session.add(_offer_of(listing, home, state, content or {}))
        db.session.commit()
        return _read(listing)


def _columns(home: Organisation, version: int, tier: Tier, experience: str) -> dict[str, Any]:
    return {
        "slug": f"a-day-in-the-studio-{secrets.token_hex(4)}",
        "title": "A day in the studio",
        "summary": "See how pots are made, from clay to kiln.",
        "experience": experience,
        "tier": tier.value,
        "organisation_id": home.id,
        "sector": "engineering",
        "district": "ST1",
        "town": "Hanley",
        "address": "7 Glost Yard, Hanley, ST1 9ZZ",
        "meeting_words": "Ring the bell at the green door.",
        "what_you_do": "Watch a pot being thrown.\nGlaze a tile.",
        "what_you_learn": "How clay behaves.",
        "supervision": "One of our trainers is with you all day.",
        "year_groups": ["year-10", "year-11", "year-12"],
        "min_age": 14,
        "days": 1,
        "hours_a_day": 6,
        "begins": "09:30",
        "ends": "15:30",
        "kept_by": ORGANISATION,
        "digest": "",
        "checked_on": today(),
        "show_until": today() + YEAR,
        "sources": [{"name": home.name, "date": today().isoformat()}],
        "version": version,
    }


def _offer_of(listing: Listing, home: Organisation, state: State, content: dict[str, Any]) -> Offer:
    """What stands behind a listing that somebody published."""
    revision = Revision(
        number=1, content=content, doubts=[], reasons={}, made_at=now(), sent_at=now()
    )
    return Offer(
        organisation_id=home.id, kind=EntryKind.LISTING.value, title=listing.title,
        state=state.value, latest=1, approved=1, entry=listing, show_until=listing.show_until,
        confirmed_on=today(), made_at=now(), changed_at=now(), submitted_at=now(),
        revisions=[revision],
    )  # fmt: skip


def _read(listing: Listing) -> Listing:
    db.session.refresh(listing)
    assert all(occasion.id for occasion in listing.occasions)
    assert listing.publisher.id
    db.session.expunge_all()
    return listing


def make_adviser(app: Flask, *, organisation: Organisation | None = None) -> Member:
    """Somebody who reads what young people ask, in a verified school unless told otherwise."""
    return make_member(
        app,
        kind="school",
        organisation=organisation,
        roles=(MemberRole.ADVISER,),
        name="Alex Marl",
        job_title="Careers adviser",
    )


def make_request(
    app: Flask,
    stage: Stage = Stage.ASKED,
    *,
    listing: Listing | None = None,
    adviser: Member | None = None,
    occasion: Occasion | None = None,
    reference: str = "",
    **columns: object,
) -> Made:
    """A request as if it had come to a stage by the verbs: with its place, letter or certificate.

    Without ``adviser`` it is with a school of its own. ``reference`` makes a young person of it.
    """
    offered = listing or make_listing(app)
    by = adviser or make_adviser(app)
    token = secrets.token_urlsafe(16)
    with app.app_context():
        wanted = db.session.get_one(Occasion, (occasion or offered.occasions[0]).id)
        code = code_of(token)
        request = Request(**_wish(token, code, stage, wanted, by) | columns)
        db.session.add(request)
        request.occasion = wanted
        request.listing = wanted.listing
        request.due_on = due(request, stage)
        if reference:
            request.young_person = YoungPerson(
                organisation_id=by.organisation_id, reference=reference,
                year_group=request.year_group, added_on=today(),
            )  # fmt: skip
        db.session.flush()
        consent_token = _come_to(request, stage, wanted)
        db.session.commit()
        return Made(_read_request(request), code, consent_token)


def _wish(token: str, code: str, stage: Stage, wanted: Occasion, by: Member) -> dict[str, Any]:
    return {
        "token": hash_of(f"ask {token}"),
        "code_hash": hash_of(plain(code)),
        "listing_id": wanted.listing_id,
        "occasion_id": wanted.id,
        "organisation_id": by.organisation_id,
        "adviser_id": by.id if stage in WITH_ADVISER else None,
        "stage": stage.value,
        "year_group": "year-10",
        "first_name": "Zoë",
        "born_on": today() - FIFTEEN,
        "hopes": "How glazes get their colour.",
        "availability": "Any weekday.",
        "adjustments": "A quiet place to eat.",
        "reach": "Miss Ali, my tutor",
        "email": None,
        "asked_at": now(),
        "changed_at": now(),
    }


def _come_to(request: Request, stage: Stage, wanted: Occasion) -> str:
    """What else a stage has: a proposed day, a letter to a parent, a place. The letter’s token."""
    if stage == Stage.OTHER_DAY and request.proposed_id is None:
        others = [o for o in wanted.listing.occasions if o.id != wanted.id]
        request.proposed = others[0] if others else wanted
    if stage == Stage.AWAITING_CONSENT:
        token = links.issue(db.session, LinkPurpose.CONSENT, None)
        db.session.flush()
        link = links.look_up(db.session, LinkPurpose.CONSENT, token)
        assert link
        request.consent_link_id, request.is_consent_due = link.id, True
        request.parent_email = request.parent_email or "parent@kilnhurst.example"
        return token
    if stage in PLACED:
        _place(request, stage, wanted)
    return ""


def _place(request: Request, stage: Stage, wanted: Occasion) -> None:
    came = request.people if stage == Stage.ATTENDED else 0
    hours = wanted.listing.hours if came else 0
    wanted.taken += request.people
    db.session.flush()
    wanted.attended += came
    db.session.add(
        Placement(
            request_id=request.id, occasion_id=wanted.id, people=request.people, booked_at=now(),
            came=came, hours=hours, confirmed_at=None if stage == Stage.BOOKED else now(),
            skills=[], employer_says=[], young_says=[],
        )
    )  # fmt: skip
    if came and request.young_person is not None:
        db.session.flush()
        db.session.add(
            Attendance(
                request_id=request.id, young_person_id=request.young_person.id,
                on=wanted.first_day, experience=wanted.listing.experience,
                tier=wanted.listing.tier, sector=wanted.listing.sector, hours=hours,
            )
        )  # fmt: skip


def _read_request(request: Request) -> Request:
    """Loaded as far as tests read it."""
    db.session.refresh(request)
    loaded = (
        request.listing.occasions, request.listing.publisher, request.occasion, request.proposed,
        request.organisation, request.adviser, request.young_person, request.placement,
        request.placement.occasion if request.placement else None,
    )  # fmt: skip
    assert loaded[0]
    db.session.expunge_all()
    return request


def request_called(public_id: str) -> Request:
    """The request as it is now, inside an application context."""
    return db.session.scalars(select(Request).where(Request.public_id == public_id)).one()
