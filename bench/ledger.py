"""The ledger, the register and requests in a city that keeps its promise: how long pages take."""

import datetime as dt
import random

from sqlalchemy import insert, select

from bench.pages import city, page, signed_in
from portal.accounts.models import Member, Organisation, Standing
from portal.catalogue.experiences import Listing, Occasion
from portal.catalogue.models import LIVE, ORGANISATION, Entry
from portal.clock import now, today
from portal.content.library import Library
from portal.extensions import db
from portal.placements.life import Stage
from portal.placements.models import Placement, Request, YoungPerson
from portal.pledges.models import Pledge, PledgeLine
from portal.taxonomy import AcademicYear, EmployerSize

EMPLOYERS, LISTINGS, REQUESTS, SCHOOLS = 500, 5_000, 50_000, 20
OCCASIONS, PLACES, YOUNG_PEOPLE = 3, 12, 4_000
SEED = 5
ADVISER, EMPLOYER = "adviser@example.org", "owner@example.org"


def measure(library: Library) -> None:
    """Pages of the ledger at 500 employers, 5,000 listings, 50,000 requests; and those beside."""
    with city(library, lambda: _fill(library)) as app:
        visitor = app.test_client()
        adviser, employer = signed_in(app, ADVISER), signed_in(app, EMPLOYER)
        for name, client, address in (
            ("the ledger", visitor, "/ledger"),
            ("the ledger as CSV", visitor, "/ledger.csv"),
            ("the ledger as JSON", visitor, "/ledger.json"),
            ("the register", visitor, "/pledges"),
            ("an employer’s page", visitor, "/employers/bench-employer-7"),
            ("the adviser’s requests", adviser, "/advising"),
            ("the adviser’s young people", adviser, "/advising/young-people"),
            ("the employer’s requests", employer, "/workspace/requests"),
        ):
            page(app, client, f"{name} at {REQUESTS:,} requests", address, floor=150)


def _fill(library: Library) -> None:
    chance = random.Random(SEED)
    _people(library)
    _pledges(library, chance)
    _listings(library, chance)
    _requests(chance)


def _people(library: Library) -> None:
    """Employers and schools, each with somebody; two of them are signed in."""
    districts = [item.fields.district for item in library.places.values() if item.fields.district]
    sizes = [size.value for size in EmployerSize]
    made = [
        Organisation(
            slug=f"bench-{kind}-{n}", kind=kind, name=f"{kind.title()} {n}", checked_on=today(),
            standing=Standing.VERIFIED.value, district=districts[n % len(districts)],
            size=sizes[n % len(sizes)], source={"name": "Made up", "date": "2026"},
        )
        for kind, number in (("employer", EMPLOYERS), ("school", SCHOOLS))
        for n in range(number)
    ]  # fmt: skip
    db.session.add_all(made)
    db.session.flush()
    for organisation, role in ((made[0], "owner"), (made[EMPLOYERS], "adviser")):
        member = Member(
            organisation=organisation, email=f"{role}@example.org", name="Sam Potter",
            roles=[role], state="active", joined_at=now(),
        )  # fmt: skip
        db.session.add(member)
    school = made[EMPLOYERS].id
    db.session.execute(
        insert(YoungPerson),
        [
            {"public_id": f"y{n}", "organisation_id": school, "reference": f"10B-{n}",
             "year_group": f"year-{7 + n % 7}", "added_on": today()}
            for n in range(YOUNG_PEOPLE // SCHOOLS)
        ],
    )  # fmt: skip


def _pledges(library: Library, chance: random.Random) -> None:
    kinds, terms = list(library.experiences), list(library.terms)
    for employer in db.session.scalars(select(Organisation.id).where(_is("employer"))).all():
        pledge = Pledge(
            organisation_id=employer, year=str(AcademicYear.of(today())), stance="offering",
            sector=chance.choice(list(library.sectors)), made_at=now(), changed_at=now(),
        )  # fmt: skip
        for experience in chance.sample(kinds, 3):
            for term in terms:
                people = chance.randint(1, 40)
                pledge.lines.append(PledgeLine(experience=experience, term=term, people=people))
        db.session.add(pledge)
    db.session.flush()


def _listings(library: Library, chance: random.Random) -> None:
    employers = db.session.scalars(select(Organisation.id).where(_is("employer"))).all()
    kinds = [item.fields for item in library.experiences.values() if item.fields.is_asked_for]
    first = AcademicYear.of(today()).first_day
    start = (db.session.scalars(select(Entry.id).order_by(Entry.id.desc())).first() or 0) + 1
    entries, listings, occasions = [], [], []
    for n in range(LISTINGS):
        number, kind = start + n, chance.choice(kinds)
        entries.append({
            "id": number, "kind": "listing", "slug": f"bench-{n}", "title": f"A day {n}",
            "summary": "A day at work.", "status": LIVE, "checked_on": today(), "version": 1,
            "show_until": today() + dt.timedelta(days=300), "digest": "", "kept_by": ORGANISATION,
            "sector": chance.choice(list(library.sectors)), "sources": [],
            "organisation_id": employers[n % len(employers)],
        })  # fmt: skip
        listings.append({
            "id": number, "experience": kind.slug, "tier": kind.tier.value, "has_captions": False,
            "year_groups": ["year-10"], "what_you_do": "", "what_you_learn": "", "transcript": "",
        })  # fmt: skip
        for k in range(OCCASIONS):
            day = first + dt.timedelta(days=chance.randrange(k * 100, k * 100 + 100))
            occasions.append({
                "public_id": f"o{n}-{k}", "listing_id": number, "first_day": day, "last_day": day,
                "places": PLACES, "taken": 0, "attended": 0, "is_offered": True,
            })  # fmt: skip
    db.session.execute(insert(Entry.__table__), entries)
    db.session.execute(insert(Listing.__table__), listings)
    db.session.execute(insert(Occasion), occasions)


def _requests(chance: random.Random) -> None:
    """Requests at every stage; those with a place are counted on their day."""
    schools = db.session.scalars(select(Organisation.id).where(_is("school"))).all()
    rows = db.session.execute(select(Occasion.id, Occasion.listing_id, Occasion.first_day)).all()
    taken: dict[int, list[int]] = {}
    requests, placements = [], []
    for n in range(REQUESTS):
        occasion, listing, day = rows[n % len(rows)]
        counts = taken.setdefault(occasion, [0, 0])
        stage = chance.choice(list(Stage))
        if stage in {Stage.BOOKED, Stage.ATTENDED, Stage.ABSENT}:
            stage = Stage.ATTENDED if day < today() else Stage.BOOKED
            counts[0] += 1
            counts[1] += stage == Stage.ATTENDED
            placements.append({
                "request_id": n + 1, "occasion_id": occasion, "people": 1, "booked_at": now(),
                "came": int(stage == Stage.ATTENDED), "hours": 6, "skills": [],
                "employer_says": [], "young_says": [],
            })  # fmt: skip
        requests.append({
            "id": n + 1, "public_id": f"r{n}", "token": f"t{n}", "listing_id": listing,
            "occasion_id": occasion, "organisation_id": schools[n % len(schools)],
            "stage": stage.value, "is_group": False, "people": 1, "year_group": "year-10",
            "first_name": "A", "born_on": dt.date(2011, 5, 1), "hopes": "To see it",
            "availability": "", "adjustments": "", "reach": "", "is_consent_due": False,
            "asked_at": now(), "changed_at": now(), "version": 1,
        })  # fmt: skip
    db.session.execute(insert(Request), requests)
    db.session.execute(insert(Placement), placements)
    db.session.connection().exec_driver_sql(
        "UPDATE occasion SET taken = ?, attended = ? WHERE id = ?",
        [(came[0], came[1], number) for number, came in taken.items()],
    )


def _is(kind: str):  # noqa: ANN202 - an expression of the database’s
    return (Organisation.kind == kind) & Organisation.slug.startswith("bench-")
