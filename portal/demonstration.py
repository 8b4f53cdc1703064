"""Examples to look at: invented organisations, their people and what they offer, plainly marked.

Only for machines on which somebody looks round: production refuses. Everything is made by the verbs
that people use, so that it has a history like theirs. Running it twice makes nothing twice.
"""

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy import select

from portal.accounts import second_factor
from portal.accounts.models import (
    Member,
    MemberRole,
    MemberState,
    Organisation,
    RecoveryCode,
    Standing,
)
from portal.accounts.naming import free_slug
from portal.accounts.passwords import hashed
from portal.catalogue import reading
from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.experiences import Listing
from portal.catalogue.models import Entry, Role
from portal.clock import now, today
from portal.extensions import DatabaseSession
from portal.placements import advising, asking, hosting
from portal.placements.asking import Wish
from portal.placements.listings import LISTING
from portal.pledges import pledging
from portal.pledges.models import Stance
from portal.provision.models import Venue
from portal.provision.offers import COURSE, EVENT, VACANCY
from portal.publishing import moderation, verifying
from portal.publishing.kinds import OfferKind
from portal.publishing.models import Offer
from portal.shortlists import curating, filing
from portal.taxonomy import AcademicYear, EmployerSize

PASSWORD = "three words: teapot lantern gravel"  # noqa: S105 - printed for whoever looks round
MARK = "(example)"
SITE = "https://www.example.org"
WHY_WAY = "A way there that suits how you like to learn."


class NotHereError(Exception):
    """Production shows no examples."""


@dataclass
class Shown:
    """Who can sign in, with which password and codes."""

    accounts: dict[str, list[str]] = field(default_factory=dict)
    # Codes with which young people follow what they asked for, by how far it has come.
    codes: dict[str, str] = field(default_factory=dict)


def make_examples(session: DatabaseSession, *, environment: str) -> Shown:
    """Make the examples, or find them made. Raises NotHereError in production."""
    if environment == "production":
        raise NotHereError
    shown = Shown()
    council = _organisation(session, "council", f"Example Council {MARK}")
    moderators = [
        _member(session, council, f"moderator-{n}@example.org", [MemberRole.MODERATOR])
        for n in (1, 2)
    ]
    for moderator in moderators:
        shown.accounts[moderator.email] = _new_codes(session, moderator)
    college = _organisation(session, "training-provider", f"Oven Lane Training {MARK}")
    pottery = _organisation(session, "employer", f"Saltglaze Tiles {MARK}")
    waiting = _organisation(session, "employer", f"Slipware Studio {MARK}")
    school = _organisation(session, "school", f"Longbank School {MARK}")
    teacher = _member(session, college, "provider@example.org", [MemberRole.OWNER])
    potter = _member(session, pottery, "employer@example.org", [MemberRole.OWNER])
    _member(session, waiting, "applicant@example.org", [MemberRole.OWNER])
    adviser = _member(session, school, "adviser@example.org", [MemberRole.ADVISER])
    lead = _member(session, council, "safeguarding@example.org", [MemberRole.SAFEGUARDING])
    for person in (adviser, lead):
        shown.accounts[person.email] = _new_codes(session, person)
    for person in (teacher, potter):
        shown.accounts[person.email] = []
    session.commit()
    for organisation in (college, pottery, school):
        verifying.verify(
            session, organisation, by=moderators[0], is_trusted=organisation is college,
            evidence={"Call-back": "An example: nobody was rung."},
        )  # fmt: skip
    _courses(session, teacher)
    _others(session, teacher, potter, moderators)
    _pledge(session, potter)
    listing = _listing(session, potter, moderators)
    if listing is not None:
        shown.codes = _requests(session, listing, potter, adviser)
    _shortlist(session, adviser)
    return shown


def _organisation(session: DatabaseSession, kind: str, name: str) -> Organisation:
    known = session.scalars(select(Organisation).where(Organisation.name == name)).one_or_none()
    if known is not None:
        return known
    verified = kind == "council"
    made = Organisation(
        slug=free_slug(session, name), kind=kind, name=name, checked_on=today(),
        summary="An invented organisation, to look round with.", town="Hanley", district="ST1",
        website=SITE, phone="01632 960001", why="An example.", applied_at=now(),
        source={"name": "An example", "date": today().isoformat()},
        standing=Standing.VERIFIED.value if verified else Standing.APPLIED.value,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def _member(
    session: DatabaseSession, organisation: Organisation, email: str, roles: list[MemberRole]
) -> Member:
    known = session.scalars(select(Member).where(Member.email == email)).one_or_none()
    if known is not None:
        return known
    made = Member(
        organisation=organisation, email=email, name=f"{roles[0].value.capitalize()} {MARK}",
        roles=[role.value for role in roles], state=MemberState.ACTIVE.value, joined_at=now(),
        password_hash=hashed(PASSWORD),
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def _new_codes(session: DatabaseSession, member: Member) -> list[str]:
    """Recovery codes, since nobody’s phone knows an example’s secret."""
    if not member.has_second_factor:
        member.totp_secret, member.totp_since = second_factor.new_secret(), now()
    codes = second_factor.new_recovery_codes()
    session.query(RecoveryCode).filter_by(member_id=member.id).delete()
    session.add_all(
        RecoveryCode(member_id=member.id, code_hash=second_factor.code_hash(code)) for code in codes
    )
    return codes


def _offer(
    session: DatabaseSession, kind: OfferKind, by: Member, title: str, **answers: object
) -> str:
    content = {"title": f"{title} {MARK}", **answers}
    token = f"example {kind.kind.value} {title}"
    return moderation.begin_offer(session, kind, content, by=by, token=token).public_id


def _courses(session: DatabaseSession, by: Member) -> None:
    known = session.scalars(select(Venue).where(Venue.organisation_id == by.organisation_id))
    if known.first() is None:
        session.add(
            Venue(organisation_id=by.organisation_id, reference="OVEN", name="Oven Lane Centre",
                  address="1 Oven Lane", town="Hanley", postcode="ST1 1AA")
        )  # fmt: skip
        session.commit()
    september = dt.date(today().year + 1, 9, 6)
    for title, level, sector, weeks in (
        ("Throwing and glazing for beginners", "1", "creative", 10),
        ("Kiln firing", "2", "engineering", 12),
        ("Painting by hand", "2", "creative", 8),
    ):
        answers = {
            "level": level, "sector": sector, "who_for": "Anybody who wants to work with clay.",
            "what_you_learn": "How to shape, dry, fire and finish a pot.",
            "entry_requirements": "Nothing. We begin at the beginning.", "mode": "classroom",
            "venue": "OVEN", "study": "part-time", "attendance": "evening",
            "starts_on": september.isoformat(), "length": weeks, "length_unit": "weeks",
            "cost": "0", "web_address": f"{SITE}/courses",
        }  # fmt: skip
        public_id = _offer(session, COURSE, by, title, **answers)
        offer = _found(session, public_id)
        if offer.can("publish"):
            moderation.publish(session, offer, COURSE, by=by)


def _others(
    session: DatabaseSession, teacher: Member, potter: Member, moderators: list[Member]
) -> None:
    """A vacancy that two moderators approved, and an event that waits for them."""
    vacancy = _offer(
        session, VACANCY, potter, "Trainee tile maker",
        level="2", sector="engineering", employer_name=potter.organisation.name, town="Hanley",
        district="ST1", wage_words="£8.00 an hour", hours_words="Monday to Friday, 37 hours",
        closes_on=(today() + dt.timedelta(days=60)).isoformat(), apply_url=f"{SITE}/jobs",
        what_you_do="Mix, press, glaze and pack tiles with a small team.",
        what_you_need="To like making things.", what_you_learn="How tiles are made.",
    )  # fmt: skip
    offer = _found(session, vacancy)
    if offer.can("submit"):
        moderation.submit(session, offer, VACANCY, by=potter)
        for moderator in moderators:
            moderation.approve(session, offer, VACANCY, revision=offer.latest, by=moderator)
    event = _offer(
        session, EVENT, teacher, "Open evening",
        event_type="open-day", summary="Look round, meet the people who teach, and try a wheel.",
        who_for="Anybody from Year 9 up, with family and friends.", sector="creative",
        day=(today() + dt.timedelta(days=40)).isoformat(), begins="17:00", ends="19:30",
        venue="Oven Lane Centre", address="1 Oven Lane", town="Hanley", district="ST1",
        cost="Free",
    )  # fmt: skip
    offer = _found(session, event)
    if offer.can("submit"):
        moderation.submit(session, offer, EVENT, by=teacher)


def _pledge(session: DatabaseSession, potter: Member) -> None:
    year = AcademicYear.of(today())
    if pledging.pledge_of(session, potter.organisation, year) is None:
        pledging.keep(
            session, potter.organisation, year=year, stance=Stance.OFFERING, reason=None,
            size=EmployerSize.MICRO, sector="engineering", by=potter, seen=None,
            lines=[
                pledging.Line("shadowing", "spring", 6),
                pledging.Line("visit", "summer", 20),
            ],
        )  # fmt: skip


def _listing(session: DatabaseSession, potter: Member, moderators: list[Member]) -> Listing | None:
    """A day in the studio that a moderator approved."""
    days = [today() + dt.timedelta(days=n) for n in (30, 37, 44)]
    public_id = _offer(
        session, LISTING, potter, "A day in the tile studio",
        experience="shadowing", sector="engineering", skills=[],
        what_you_do="Watch a tile being pressed, glaze one of your own, and help to pack.",
        what_you_learn="How tiles are made, and what each person in a small team does.",
        year_groups=["year-10", "year-11", "year-12"], min_age=14,
        adjustments="The studio is on the ground floor. Tell your adviser what would help.",
        dates=[{"first_day": d.isoformat(), "last_day": "", "places": "2"} for d in days],
        begins="09:30", ends="15:30", hours_a_day="5.5", town="Hanley", district="ST1",
        address="1 Oven Lane, Hanley, ST1 1AA", meeting_words="Come in by the shop door.",
        travel="Hanley bus station is ten minutes away on foot.",
        supervision="always-with-others", is_often=False,
        supervision_words="Somebody from the studio is with you all day.",
        dress="Old clothes and closed shoes.", lunch="Bring lunch. There is a kettle.",
        expenses="none", is_paid=False, insurance="yes", risk_assessment="reviewed",
        hazards=["heat"],
    )  # fmt: skip
    offer = _found(session, public_id)
    if offer.can("submit"):
        moderation.submit(session, offer, LISTING, by=potter)
        for moderator in moderators:
            moderation.approve(session, offer, LISTING, revision=offer.latest, by=moderator)
    return offer.entry if isinstance(offer.entry, Listing) else None


def _requests(
    session: DatabaseSession, listing: Listing, potter: Member, adviser: Member
) -> dict[str, str]:
    """One that waits for the adviser, one for the employer, and one with a place."""
    codes = {}
    for number, name in enumerate(("asked", "sent", "booked")):
        asked = asking.ask(
            session, listing, listing.occasions[number], advisers=adviser.organisation,
            wish=Wish(
                first_name="Example", born_on=today() - dt.timedelta(days=365 * 19),
                year_group="year-12", hopes="To see how tiles get their colours.",
                availability="Any day.", adjustments="", reach="An example: nobody.",
            ),
            token=f"example {name}",
        )  # fmt: skip
        codes[name] = asked.code
        request = asked.request
        if name != "asked" and request.can("send-on"):
            advising.send_on(
                session, request, hopes=request.hopes, adjustments="", availability="Any day.",
                reference=f"EX-{number}", by=adviser,
            )  # fmt: skip
        if name == "booked" and request.can("offer"):
            hosting.offer(session, request, by=potter)
            advising.take_up(
                session, request, rules=vocabulary().work_rules, parent_email=None, by=adviser
            )
    return codes


def _shortlist(session: DatabaseSession, adviser: Member) -> None:
    """A list with reasons: a job of the catalogue, ways towards it, and the examples above."""
    made = filing.begin(session, reference="EX-1", token="example list", by=adviser)  # noqa: S106
    if made.items:
        return
    day = today()
    role = session.scalars(select(Role).order_by(Role.sector != "engineering", Role.title)).first()
    ways = reading.programmes_to(session, [role.id] if role else [], day)
    by_kind = reading.by_family(ways, vocabulary(), most=1)
    chosen: list[tuple[Entry, str]] = (
        [(role, "You said that you like making things.")] if role else []
    )
    chosen += [(one, WHY_WAY) for found in list(by_kind.values())[:3] for one in found]
    chosen += [
        (one, "It is open now, and near.") for one in reading.vacancies(session, day, most=1)
    ]
    chosen += [
        (one, "A day to see what it is like.") for one in reading.listings(session, day, most=1)
    ]
    for entry, reason in chosen:
        curating.put_on(session, made, [entry], reason=reason)


def _found(session: DatabaseSession, public_id: str) -> Offer:
    return session.scalars(select(Offer).where(Offer.public_id == public_id)).one()
