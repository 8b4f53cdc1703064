"""A provider with something in every state, in words that the test chooses, and all its pages."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from members import make_member, make_organisation
from offers import CHANGED, PUBLISHED, SENT, SOON, _publish, _send, course, event, here
from sqlalchemy import select, update

from portal.accounts.models import Member, MemberRole, MemberState, Organisation, SignIn, Standing
from portal.accounts.second_factor import new_secret
from portal.accounts.trail import record
from portal.catalogue.models import ORGANISATION, CatalogueState, Entry
from portal.clock import now, today
from portal.extensions import db
from portal.provision.columns import NO_HEADING
from portal.provision.models import Upload, UploadRow, UploadState, Venue
from portal.provision.offers import COURSE, EVENT, VACANCY
from portal.publishing.kinds import OfferKind
from portal.publishing.life import State
from portal.publishing.models import Offer, Report
from portal.publishing.revisions import new_offer, put_content

# What a field is called → what stands in it.
Say = Callable[[str], str]
numbers = itertools.count(1)
WEBSITE = "https://www.kilnhurst.example"
# Questions whose answers are chosen or checked, so that a finished offer holds nothing else there.
CHECKED = {
    "programme", "level", "sector", "mode", "venue", "is_national", "study", "attendance",
    "starts_on", "is_flexible_start", "length_unit", "cost", "web_address", "district", "places",
    "closes_on", "apply_url", "event_type", "day", "begins", "ends", "is_online", "book_url",
    "sub_regions", "aim", "length",
}  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """A page: what it is called, who opens it, and where it is."""

    name: str
    who: str
    address: str


@dataclass(frozen=True)
class Provider:
    """An organisation with its people and all the pages that are about it."""

    organisation: Organisation
    people: Mapping[str, Member]
    sheets: tuple[Sheet, ...]


def vacancy(title: str) -> dict[str, Any]:
    """A faultless vacancy."""
    closes = (today() + SOON * 3).isoformat()
    return {
        "title": title, "programme": "", "level": "2", "sector": "engineering",
        "employer_name": "Saltglaze Tiles", "training_provider": "", "town": "Smalltown",
        "district": "ST1", "wage_words": "£8.00 an hour", "hours_words": "37 hours a week",
        "length": "A year", "places": 2, "closes_on": closes, "starts_on": "",
        "what_you_do": "Glaze tiles.", "what_you_need": "Care.", "what_you_learn": "Glazing.",
        "apply_url": "https://saltglaze.example/jobs",
    }  # fmt: skip


FAULTLESS: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "course": course, "vacancy": vacancy, "event": event,
}  # fmt: skip


def said_in(kind: OfferKind, state: State, say: Say) -> dict[str, Any]:
    """Answers in the test’s words: everywhere in a draft, else where words are free."""
    content = FAULTLESS[kind.noun]("")
    if kind is COURSE:
        content |= {"length": 12, "mode": "classroom", "venue": "MAIN", "is_national": False,
                    "sub_regions": [say(f"course {state.value} area")]}  # fmt: skip
    free = [q.name for q in kind.questions if q.name not in CHECKED]
    if state == State.DRAFT:
        free += [n for n in sorted(CHECKED - {"venue"}) if isinstance(content.get(n), str)]
    return content | {name: say(f"{kind.noun} {state.value} {name}") for name in free}


def put_offer(app: Flask, author: Member, kind: OfferKind, state: State, say: Say) -> str:
    """The public id of an offer in a state, as if it had come there by the verbs."""
    content = said_in(kind, state, say)
    with app.app_context():
        by = here(author)
        offer = new_offer(kind, content, by=by)
        offer.state, offer.on_trust = state.value, state == State.LIVE
        db.session.add(offer)
        if state in PUBLISHED:
            _publish(offer, kind, content, None)
        if state in PUBLISHED | SENT:
            _send(offer.revisions[-1], offer)
        if state in CHANGED:
            changed = {**content, "title": say(f"{kind.noun} changed title")}
            put_content(offer, kind, changed, by=by)
        if state in {State.LIVE_SUBMITTED, State.LIVE_SENT_BACK}:
            _send(offer.revisions[-1], offer)
        if state in {State.SENT_BACK, State.LIVE_SENT_BACK}:
            offer.revisions[-1].reasons = {"title": say("reason"), "": say("reason of all")}
        record(db.session, "submit", offer, by=by, organisation=by.organisation,
               why=say(f"{kind.noun} {state.value} audit why"))  # fmt: skip
        db.session.commit()
        return offer.public_id


def put_upload(app: Flask, author: Member, state: UploadState, say: Say, **given: Any) -> str:  # noqa: ANN401 - columns
    """The public id of an upload in a state, with two rows, both wrong when it is checked."""
    is_wrong = state in {UploadState.CHECKED, UploadState.FAILED}
    cells = {name: say(f"cell {name}") for name in ("COURSE_NAME", "WHO_THIS_COURSE_IS_FOR",
                                                    "START_DATE", "COURSE_WEBPAGE")}  # fmt: skip
    columns = {
        "format": "courses", "rows": 2, "faulty": 2, "token": f"token-{next(numbers)}",
        "file_name": say("file name"), "what_went_wrong": say("what went wrong"),
        "made_at": now(), "published_at": now(), "state": state.value,
    } | given  # fmt: skip
    with app.app_context():
        upload = Upload(organisation_id=author.organisation_id, member_id=author.id, **columns)
        db.session.add(upload)
        db.session.flush()
        for number in range(2, 2 + columns["rows"]):
            problems = [{"column": name, "words": say(f"problem {name}")} for name in cells]
            problems.append({"column": NO_HEADING, "words": say("problem of the row")})
            wrong = problems if is_wrong and columns["faulty"] else []
            db.session.add(
                UploadRow(upload_id=upload.id, number=number, problems=wrong, cells=cells,
                          is_faulty=bool(wrong), aim=say("aim") if is_wrong else None)
            )  # fmt: skip
        db.session.commit()
        return upload.public_id


def put_people(app: Flask, say: Say, **columns: object) -> dict[str, Member]:
    """An organisation’s owner and colleagues in every state, with a second browser of the owner."""
    home = make_organisation(
        app, is_trusted=True, name=say("organisation"), address=say("address"), town=say("town"),
        phone=say("phone"), why=say("why they join"), summary=say("summary"), website=WEBSITE,
        ukprn="10000001", evidence={"Register": say("register"), "Call": say("call")}, **columns,
    )  # fmt: skip
    editor = (MemberRole.EDITOR,)
    people = {"owner": make_member(app, organisation=home, name=say("member"), job_title=say("job"),
                                   email=f"owner-{home.id}@kilnhurst.example")}  # fmt: skip
    for state in (MemberState.ACTIVE, MemberState.INVITED, MemberState.SUSPENDED):
        people[state.value] = make_member(
            app, organisation=home, roles=editor, state=state, name=say(f"{state.value} member"),
            totp_secret=new_secret(), totp_since=now(),
        )  # fmt: skip
    with app.app_context():
        db.session.add(
            SignIn(token_hash=f"hash {home.id}", member_id=people["owner"].id,
                   device=say("device"), began_at=now(), seen_at=now())
        )  # fmt: skip
        db.session.commit()
    return people


def put_venue(app: Flask, author: Member, say: Say) -> str:
    with app.app_context():
        names = ("name", "address", "town", "county", "email", "phone", "website")
        venue = Venue(organisation_id=author.organisation_id, reference="MAIN", postcode="ST1 1AA",
                      **{name: say(f"venue {name}") for name in names})  # fmt: skip
        other = Venue(organisation_id=author.organisation_id, reference=say("venue reference"),
                      name=say("other venue"), postcode="ST1 1AA")  # fmt: skip
        db.session.add_all([venue, other])
        db.session.commit()
        return venue.public_id


def put_report(app: Flask, offer: str, say: Say, *, is_settled: bool) -> str:
    with app.app_context():
        entry = db.session.scalars(
            select(Entry).join(Offer, Offer.entry_id == Entry.id).where(Offer.public_id == offer)
        ).one()
        report = Report(
            token=f"report-{next(numbers)}", entry_id=entry.id, reason="unsafe", is_urgent=True,
            words=say("report"), made_at=now(), decided_at=now() if is_settled else None,
            decision=say("decision") if is_settled else None,
        )  # fmt: skip
        db.session.add(report)
        db.session.commit()
        return report.public_id


OFFERS = [
    *((COURSE, state) for state in (State.DRAFT, State.SENT_BACK, State.LIVE,
                                    State.LIVE_SUBMITTED)),
    *((kind, state) for kind in (VACANCY, EVENT) for state in (State.DRAFT, State.LIVE_SUBMITTED)),
]  # fmt: skip
UPLOADS = (UploadState.CHECKED, UploadState.FAILED)


def make_provider(
    app: Flask,
    say: Say,
    *,
    offers: list[tuple[OfferKind, State]] = OFFERS,
    uploads: tuple[UploadState, ...] = UPLOADS,
    **columns: object,
) -> Provider:
    """A provider with all of this, and the list of its pages."""
    people = put_people(app, say, **columns)
    owner = people["owner"]
    venue = put_venue(app, owner, say)
    made = {(kind, state): put_offer(app, owner, kind, state, say) for kind, state in offers}
    sent = {state: put_upload(app, owner, state, say) for state in uploads}
    reported = made[COURSE, State.LIVE]
    reports = [put_report(app, reported, say, is_settled=it) for it in (False, True)]
    with app.app_context():
        home = db.session.get_one(Organisation, owner.organisation_id)
        record(db.session, "verify", home, by=here(owner), organisation=home, why=say("audit why"))
        state = db.session.scalars(select(CatalogueState)).one()
        state.version += 1
        db.session.execute(
            update(Entry).where(Entry.kept_by == ORGANISATION).values(version=state.version)
        )
        db.session.commit()
        sheets = (
            *sheets_of_offers(made),
            *sheets_of_the_desk(home, reports),
            *sheets_of_the_workspace(people, venue, sent),
        )
        db.session.refresh(home)
        db.session.expunge_all()
    return Provider(home, people, sheets)


def sheets_of_offers(made: Mapping[tuple[OfferKind, State], str]) -> Iterator[Sheet]:
    for (kind, state), public_id in made.items():
        name = f"{kind.noun} {state.value}"
        yield Sheet(f"workspace: {name}", "owner", f"/workspace/offers/{public_id}")
        if state != State.ARCHIVED:
            yield Sheet(f"form: {name}", "owner", f"/workspace/offers/{public_id}/edit")
        if state == State.DRAFT:
            address = f"/workspace/offers/{public_id}/edit?check=1"
            yield Sheet(f"form with errors: {name}", "owner", address)
        elif state != State.ARCHIVED:
            yield Sheet(f"desk: {name}", "moderator", f"/desk/offers/{public_id}")
        entry = db.session.scalars(
            select(Entry)
            .join(Offer, Offer.entry_id == Entry.id)
            .where(Offer.public_id == public_id)
        ).one_or_none()
        if entry is not None and entry.is_shown(today()):
            yield Sheet(f"public: {name}", "visitor", entry.path)
            yield Sheet(f"report form: {name}", "visitor", f"/report/{entry.kind}/{entry.slug}")


def sheets_of_the_desk(home: Organisation, reports: list[str]) -> Iterator[Sheet]:
    for public_id in reports:
        yield Sheet("desk: report", "moderator", f"/desk/reports/{public_id}")
    yield Sheet("desk: organisation", "moderator", f"/desk/organisations/{home.public_id}")
    if home.standing == Standing.VERIFIED:
        yield Sheet("public: provider", "visitor", f"/providers/{home.slug}")


def sheets_of_the_workspace(
    people: Mapping[str, Member], venue: str, sent: Mapping[UploadState, str]
) -> Iterator[Sheet]:
    for path in ("", "/courses", "/courses?tick=all", "/vacancies", "/events", "/venues",
                 f"/venues/{venue}", "/listed", "/uploads", "/members"):  # fmt: skip
        yield Sheet(f"workspace: {path}", "owner", f"/workspace{path}")
    for state, public_id in sent.items():
        yield Sheet(f"upload: {state.value}", "owner", f"/workspace/uploads/{public_id}")
    for who, member in people.items():
        address = f"/workspace/members/{member.public_id}"
        yield Sheet(f"member: {who}", "owner", address)
        yield Sheet(f"remove: {who}", "owner", f"{address}/remove")
    yield Sheet("suspend", "owner", f"/workspace/members/{people['active'].public_id}/suspend")
    for path in ("", "/details", "/password", "/second-factor"):
        yield Sheet(f"account: {path}", "owner", f"/account{path}")


LISTS = tuple(
    Sheet(f"{who}: {address}", who, address)
    for who, addresses in {
        "visitor": ("/vacancies", "/events", "/providers", "/search?q=kilnhurst&kind=course"),
        "moderator": ("/desk", "/desk/offers", "/desk/offers?who=unverified", "/desk/on-trust",
                      "/desk/stale", "/desk/trail", "/desk/reports", "/desk/organisations",
                      "/desk/organisations?q=a", "/account", "/account/second-factor"),
    }.items()
    for address in addresses
)  # fmt: skip


def make_waiting(app: Flask, say: Say) -> tuple[Sheet, ...]:
    """An organisation that nobody has verified, with an offer that waits, on the desk."""
    home = make_organisation(
        app, kind="employer", standing=Standing.APPLIED, name=say("applicant"), phone=say("ring"),
        why=say("applicant why"), company_number="01234567", website=WEBSITE,
    )  # fmt: skip
    member = make_member(
        app, organisation=home, name=say("applicant person"), job_title=say("applicant job")
    )
    offer = put_offer(app, member, EVENT, State.SUBMITTED, say)
    return (
        Sheet("desk: applicant", "moderator", f"/desk/organisations/{home.public_id}"),
        Sheet("desk: waiting offer", "moderator", f"/desk/offers/{offer}"),
    )
