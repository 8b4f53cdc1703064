"""Everybody who may come to a portal, each with one thing of every kind. All of it is invented."""

import datetime as dt
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from builders import write_content
from conftest import fill, make_app
from flask import Flask
from listings import shadowing
from members import make_member, make_organisation, sign_in
from offers import make_offer
from pages import PageClient
from placements import make_listing, make_request
from shortlists import make_link, make_list
from sqlalchemy import select, update

from portal.accounts.links import hash_of
from portal.accounts.models import Member, MemberRole, MemberState, SignIn, Standing
from portal.catalogue.models import Course, Entry
from portal.clock import now, today
from portal.extensions import db
from portal.placements.life import Stage
from portal.placements.models import Evidence
from portal.pledges.models import Pledge, PledgeLine, Stance
from portal.provision.models import Upload, UploadRow, UploadState, Venue
from portal.publishing.life import State
from portal.publishing.models import Concern, Offer, Report, Source
from portal.shortlists.models import HandedList, SavedSearch
from portal.taxonomy import AcademicYear

VISITOR = "visitor"
# Who is at the door with a password alone, though their roles ask for more.
WITHOUT_SECOND_FACTOR = {"new moderator", "new adviser"}
EMPLOYER_SLUG, LISTING_SLUG, TALK_SLUG = "an-employer", "a-day-in-a-studio", "a-talk-about-clay"
Things = dict[tuple[str, str], str]


@dataclass(frozen=True)
class Cast:
    """Everybody, and one thing of each kind for each of them, on one small portal."""

    app: Flask
    people: Mapping[str, Member]
    things: Things
    saved: Path
    tokens: Mapping[str, str] = field(default_factory=dict)

    def restore(self) -> None:
        """Put the database back as it was, whatever the last request did."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
            path = Path(str(db.engine.url.database))
        for leftover in path.parent.glob(f"{path.name}-*"):
            leftover.unlink()
        shutil.copy(self.saved, path)

    def client(self, who: str) -> PageClient:
        """A browser of its own, signed in by a row that is part of how everything was."""
        client = PageClient(self.app)
        if who != VISITOR:
            with client.client.session_transaction() as session:
                session["_user_id"], session["_fresh"] = self.tokens[who], True
        return client


def make_cast(folder: Path) -> Cast:
    write_content(folder / "content")
    app = make_app(folder / "instance", folder / "content")
    app.config["WTF_CSRF_ENABLED"] = False
    fill(app)
    people = make_people(app)
    things = make_things(app, people)
    tokens = {
        who: sign_in(
            app, person, with_second_factor=False if who in WITHOUT_SECOND_FACTOR else None
        )
        for who, person in people.items()
    }
    with app.app_context():
        # Files are handed out to whoever has just proved who they are: whose files, is asked here.
        db.session.execute(update(SignIn).values(proved_at=now()))
        db.session.commit()
        db.session.remove()
        path = Path(str(db.engine.url.database))
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    saved = folder / "saved.sqlite"
    shutil.copy(path, saved)
    return Cast(app, people, things, saved, tokens)


def make_people(app: Flask) -> dict[str, Member]:
    """Two of each side that must know nothing of the other, and whoever is not let in yet."""
    college = make_organisation(app, kind="college", is_trusted=True)
    school = make_organisation(app, kind="school")
    adviser, moderator = (MemberRole.ADVISER,), (MemberRole.MODERATOR,)
    return {
        "owner": make_member(app, organisation=college),
        "editor": make_member(app, organisation=college, roles=(MemberRole.EDITOR,)),
        "employer": make_member(app, kind="employer"),
        "another employer": make_member(app, kind="employer"),
        "school owner": make_member(app, kind="school"),
        "adviser": make_member(app, organisation=school, roles=adviser),
        "another adviser": make_member(app, kind="school", roles=adviser),
        "new adviser": make_member(app, organisation=school, roles=adviser),
        "adviser of an applicant": make_member(
            app, kind="school", roles=adviser, standing=Standing.APPLIED
        ),
        "moderator": make_member(app, kind="council", roles=moderator),
        "new moderator": make_member(app, kind="council", roles=moderator),
        "safeguarding lead": make_member(app, kind="council", roles=(MemberRole.SAFEGUARDING,)),
        "applicant": make_member(app, kind="training-provider", standing=Standing.APPLIED),
        "suspended": make_member(app, state=MemberState.SUSPENDED),
        "of a suspended organisation": make_member(app, standing=Standing.SUSPENDED),
    }


def make_things(app: Flask, people: Mapping[str, Member]) -> Things:
    """The public id of one thing of each kind, for everybody who could have it."""
    things: Things = {}
    for who, person in people.items():
        things[who, "offer"] = make_offer(app, person, State.LIVE)
        things |= {(who, kind): found for kind, found in _rows(app, who, person).items()}
    for who, person in people.items():
        made = _experiences(app, who, person, people)
        made |= _lists(app, who, person)
        things |= {(who, kind): found for kind, found in made.items()}
    things["adviser", "colleague"] = people["new adviser"].public_id
    return things | make_moments(app, people)


def make_moments(app: Flask, people: Mapping[str, Member]) -> Things:
    """Requests at the moments at which there is more to do, and what their forms name."""
    day, adviser = dt.timedelta(days=1), people["adviser"]
    soon, past = today() + 40 * day, today() - 3 * day
    days = [(soon, soon, 9), (soon + day, soon + day, 9)]
    home = people["owner"].organisation
    listing = make_listing(app, organisation=home, content=shadowing(), days=days)
    over = make_listing(app, organisation=home, content=shadowing(), days=[(past, past, 9)])
    talk = make_listing(
        app, organisation=home, experience="talk", slug=TALK_SLUG, places=90,
        content=shadowing() | {"experience": "talk"},
    )  # fmt: skip
    made = {
        stage: make_request(app, stage, listing=listing, adviser=adviser)
        for stage in (Stage.SENT, Stage.OTHER_DAY, Stage.OFFERED, Stage.AWAITING_CONSENT,
                      Stage.BOOKED)
    }  # fmt: skip
    made_over = make_request(app, Stage.BOOKED, listing=over, adviser=adviser)
    came = make_request(app, Stage.ATTENDED, listing=over, adviser=adviser)
    named = {
        "over": made_over.public_id,
        "came code": came.code,
        "booked code": made[Stage.BOOKED].code,
        "consent": made[Stage.AWAITING_CONSENT].consent_token,
        "day": listing.occasions[0].public_id,
        "other day": listing.occasions[1].public_id,
        "talk day": talk.occasions[0].public_id,
        "listing slug": listing.slug,
        "list code": make_code(app),
        **{stage.value: request.public_id for stage, request in made.items()},
    }
    return {("moment", kind): value for kind, value in named.items()}


def make_code(app: Flask) -> str:
    """A code under which a visitor’s list waits for an adviser."""
    code = "K7PM3XWQ"
    with app.app_context():
        db.session.add(
            HandedList(code_hash=hash_of(code), keys=["roles/kiln-worker"],
                       expires_at=now() + dt.timedelta(days=9))
        )  # fmt: skip
        db.session.commit()
    return code


def _rows(app: Flask, who: str, person: Member) -> dict[str, str]:
    with app.app_context():
        venue = Venue(organisation_id=person.organisation_id, reference=who, name=who,
                      postcode="ST1 1AA")  # fmt: skip
        upload = Upload(
            organisation_id=person.organisation_id, member_id=person.id, token=who,
            format="venues", file_name="venues.csv", state=UploadState.CHECKED.value, rows=1,
            made_at=now(),
        )  # fmt: skip
        colleague = Member(
            organisation_id=person.organisation_id, email=f"colleague-{person.id}@example.org",
            name="A colleague", roles=["editor"], state="active", joined_at=now(),
        )  # fmt: skip
        row = SignIn(token_hash=who, member_id=person.id, device="Firefox", began_at=now(),
                     seen_at=now())  # fmt: skip
        evidence = Evidence(
            organisation_id=person.organisation_id, kind="insurance", token=who,
            file_name="cover.pdf", media_type="application/pdf", content=b"%PDF-1.7\n",
            added_at=now(), added_by_id=person.id,
        )  # fmt: skip
        concern = Concern(token=who, source=Source.TOLD.value, words="Somebody was unkind.",
                          made_at=now())  # fmt: skip
        db.session.add_all([venue, upload, colleague, row, evidence, concern])
        db.session.flush()
        db.session.add(UploadRow(upload_id=upload.id, number=2, cells={}, problems=[]))
        if who == "owner":
            listed = db.session.scalars(select(Course)).one()
            listed.slug, listed.organisation_id = "a-listed-course", person.organisation_id
        entry = db.session.scalars(select(Entry)).first()
        assert entry
        report = Report(token=who, entry_id=entry.id, reason="wrong", words="", made_at=now(),
                        is_urgent=False)  # fmt: skip
        db.session.add(report)
        db.session.commit()
        kept = (venue, upload, evidence, concern, report)
        return {thing.__tablename__: thing.public_id for thing in kept} | {
            "organisation": colleague.organisation.public_id,
            "member": colleague.public_id,
            "sign-in": row.public_id,
        }


def _experiences(
    app: Flask, who: str, person: Member, people: Mapping[str, Member]
) -> dict[str, str]:
    """A listing, a request that came for it, and one that was made through the person."""
    is_sample = who == "employer"
    slug = {"slug": LISTING_SLUG} if is_sample else {}
    listing = make_listing(
        app, organisation=person.organisation, content=shadowing(), places=9, **slug
    )
    if is_sample:
        make_pledge(app, person, slug=EMPLOYER_SLUG)
    came = make_request(app, Stage.SENT, listing=listing, adviser=people["adviser"])
    unsent = make_request(app, Stage.ASKED, listing=listing, adviser=people["adviser"])
    advised = make_request(app, Stage.ASKED, listing=listing, adviser=person, reference=who)
    with app.app_context():
        offers = select(Offer.public_id).where(Offer.entry_id == listing.id)
        wording = db.session.scalars(offers).one()
    assert advised.request.young_person
    return {
        "listing": wording,
        "hosted": came.public_id,
        "unsent": unsent.public_id,
        "advised": advised.public_id,
        "young person": advised.request.young_person.public_id,
    }


def _lists(app: Flask, who: str, person: Member) -> dict[str, str]:
    """A shortlist with a link to it, and a saved search: also of those who may have none."""
    made = make_list(app, person, reference=who, is_template=True)
    link, _token = make_link(app, made)
    with app.app_context():
        saved = SavedSearch(member_id=person.id, query="/search?q=kiln", confirmed_at=now())
        db.session.add(saved)
        db.session.commit()
        return {
            "shortlist": made.public_id,
            "item": made.items[0].public_id,
            "link": link,
            "saved search": saved.public_id,
        }


def make_pledge(app: Flask, person: Member, *, slug: str) -> None:
    """A pledge for this school year, by an organisation that is found under a slug."""
    with app.app_context():
        organisation = db.session.get_one(Member, person.id).organisation
        organisation.slug = slug
        lines = [
            PledgeLine(experience=kind, term=term, people=people)
            for kind, term, people in (("talk", "autumn", 10), ("visit", "spring", 4))
        ]
        db.session.add(
            Pledge(organisation=organisation, year=str(AcademicYear.of(today())), lines=lines,
                   stance=Stance.OFFERING.value, made_at=now(), changed_at=now())
        )  # fmt: skip
        db.session.commit()
