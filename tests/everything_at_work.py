"""An employer, a school and a safeguarding lead with something at every stage, and their pages.

As ``everything.py`` does for a provider: in words that the test chooses.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from everything import Say, Sheet, numbers
from flask import Flask
from listings import shadowing
from members import make_member, make_organisation
from placements import Made, make_listing, make_request
from shortlists import TWO, make_link, make_list
from sqlalchemy import select, update

from portal.accounts.models import Member, MemberRole, Organisation
from portal.catalogue.experiences import Listing
from portal.catalogue.models import CatalogueState, Entry
from portal.clock import now, today
from portal.extensions import db
from portal.placements.life import Stage
from portal.placements.models import Evidence
from portal.pledges.models import Pledge, PledgeLine
from portal.publishing.concerns import tell
from portal.publishing.models import Offer
from portal.shortlists.models import SavedSearch
from portal.taxonomy import AcademicYear

STAGES = (Stage.ASKED, Stage.SENT, Stage.OFFERED, Stage.AWAITING_CONSENT, Stage.WAITING_LIST,
          Stage.BOOKED, Stage.ATTENDED, Stage.DECLINED)  # fmt: skip
PARTS = ("what", "who", "when", "where", "on-the-day", "safety")
FREE = ("what_you_do", "what_you_learn", "adjustments", "town", "address", "meeting_words",
        "travel", "supervision_words", "dress", "lunch", "expenses_words")  # fmt: skip
SHOWN = ("summary", "what_you_do", "what_you_learn", "supervision", "dress", "lunch", "travel",
         "expenses", "adjustments", "town", "address", "meeting_words")  # fmt: skip


@dataclass(frozen=True)
class Work:
    """Who they are, and all the pages that are about them."""

    people: Mapping[str, Member]
    sheets: tuple[Sheet, ...]


def make_work(app: Flask, say: Say) -> Work:
    """An employer with a pledge, a listing, documents and requests of every kind."""
    home = make_organisation(
        app, kind="employer", name=say("host"), summary=say("host summary"), town=say("host town"),
        phone="01632 960001", size="1-to-9",
    )  # fmt: skip
    school = make_organisation(app, kind="school", name=say("school"), phone="01632 960002")
    people = {
        "host": make_member(app, organisation=home, name=say("host person")),
        "adviser": make_member(
            app, organisation=school, roles=(MemberRole.ADVISER,), name=say("adviser")
        ),
        "lead": make_member(app, kind="council", roles=(MemberRole.SAFEGUARDING,)),
    }
    title = say("listing")
    listing = make_listing(
        app, organisation=home, title=title, places=9, **{name: say(name) for name in SHOWN},
        content=shadowing(title) | {name: say(f"answer {name}") for name in FREE},
    )  # fmt: skip
    video = make_listing(
        app, organisation=home, experience="video", title=say("video"), days=[],
        video_url="https://www.example.org/film", has_captions=True, transcript=say("transcript"),
    )  # fmt: skip
    visit = make_listing(app, organisation=home, experience="visit", title=say("visit"), places=30)
    made = {
        stage: make_request(
            app, stage, listing=listing, adviser=people["adviser"], first_name=say("first")[:40],
            hopes=say("hopes"), availability=say("availability"), adjustments=say("adjustments"),
            reach=say("reach")[:200], reference=f"10B-{next(numbers)}",
        )
        for stage in STAGES
    }  # fmt: skip
    put_beside(app, people["host"], home)
    lists = (*sheets_of_lists(app, say, people["adviser"], listing),)
    with app.app_context():
        concern = tell(db.session, token=f"concern {next(numbers)}", words=say("concern"),
                       where="/listings", reach=say("concern reach")[:200]).public_id  # fmt: skip
        state = db.session.scalars(select(CatalogueState)).one()
        state.version += 1
        db.session.execute(
            update(Entry).where(Entry.organisation_id == home.id).values(version=state.version)
        )
        db.session.commit()
        offer = db.session.scalars(
            select(Offer.public_id).where(Offer.entry_id == listing.id)
        ).one()
    sheets = sheets_of(home, (listing, visit, video), offer, made, concern)
    return Work(people, (*sheets, *lists))


def sheets_of_lists(app: Flask, say: Say, adviser: Member, listing: Listing) -> Iterator[Sheet]:
    """Every page of an adviser’s lists, and what somebody at home sees of one."""
    keys, reasons = (*TWO, listing.key), [say("reason")[:300]] * 3
    made = make_list(
        app, adviser, reference=say("reference")[:40], keys=keys, reasons=reasons,
        with_route=True, review_on=today(), is_template=True,
    )  # fmt: skip
    _link, token = make_link(app, made)
    with app.app_context():
        query = f"/search?{urlencode({'q': say('saved search')[:90]})}"
        db.session.add(SavedSearch(member_id=adviser.id, query=query, confirmed_at=now()))
        db.session.commit()
    for address in ("/advising/lists", "/advising/lists?show=due", "/advising/lists?show=look",
                    "/advising/lists?show=templates", "/advising/lists?show=all", made.path,
                    f"{made.path}/delete", f"{made.path}/print", "/advising/alerts",
                    "/account/prove"):  # fmt: skip
        yield Sheet(f"adviser: {address}", "adviser", address)
    some = "&".join(f"e={key}" for key in keys)
    for address in (f"/shared/{token}", f"/list?{some}", f"/compare?{some}"):
        yield Sheet(f"visitor: {address}", "visitor", address)


def put_beside(app: Flask, owner: Member, home: Organisation) -> None:
    """A pledge and a document."""
    with app.app_context():
        pledge = Pledge(
            organisation_id=home.id, year=str(AcademicYear.of(today())), stance="offering",
            sector="engineering", made_at=now(), changed_at=now(), made_by_id=owner.id,
        )  # fmt: skip
        pledge.lines.append(PledgeLine(experience="visit", term="spring", people=30))
        document = Evidence(
            organisation_id=home.id, kind="insurance", token=f"document {home.id}",
            file_name="cover.pdf", media_type="application/pdf", content=b"%PDF-1.7",
            expires_on=today(), added_at=now(), added_by_id=owner.id,
        )  # fmt: skip
        db.session.add_all([pledge, document])
        db.session.commit()


def sheets_of(
    home: Organisation,
    listings: tuple[Listing, Listing, Listing],
    offer: str,
    made: Mapping[Stage, Made],
    concern: str,
) -> Iterator[Sheet]:
    """Every page that tells of any of it."""
    listing, visit, video = listings
    writing = f"/workspace/listings/{offer}"
    yield from (Sheet(f"listing: {part}", "host", f"{writing}/{part}") for part in PARTS)
    for address in (writing, f"{writing}/preview", "/workspace/listings", "/workspace/listings/new",
                    "/workspace/requests", "/workspace/evidence", "/workspace/pledge",
                    "/workspace/pledge/how-many?kind=visit&kind=talk", "/workspace/pledge/kept",
                    f"/workspace/offers/{offer}"):  # fmt: skip
        yield Sheet(f"host: {address}", "host", address)
    for stage, request in made.items():
        name = f"request {stage.value}"
        yield Sheet(f"adviser: {name}", "adviser", f"/advising/requests/{request.public_id}")
        if stage != Stage.ASKED:
            yield Sheet(f"host: {name}", "host", f"/workspace/requests/{request.public_id}")
    for address in ("/advising", "/advising?on=others", "/advising/young-people",
                    "/advising/young-people?had=none"):  # fmt: skip
        yield Sheet(f"adviser: {address}", "adviser", address)
    yield Sheet("adviser: group", "adviser", f"/advising/listings/{visit.slug}/ask-for-group")
    yield Sheet("lead: concerns", "lead", "/concerns")
    yield Sheet("lead: concern", "lead", f"/concerns/{concern}")
    parent = made[Stage.AWAITING_CONSENT].consent_token
    for address in (listing.path, f"{listing.path}/ask", video.path, "/listings", "/pledges",
                    f"/employers/{home.slug}", "/ledger", "/requests", "/concern",
                    f"/concern?about={listing.path}", f"/consent/{parent}"):  # fmt: skip
        yield Sheet(f"visitor: {address}", "visitor", address)
