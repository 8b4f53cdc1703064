"""What the pages for somebody who asks need to know: who could help, and why it was refused."""

from collections.abc import Mapping

from sqlalchemy import select

from portal.accounts.membership import roles_of
from portal.accounts.models import (
    COUNCIL,
    SCHOOL,
    Member,
    MemberRole,
    MemberState,
    Organisation,
    Standing,
)
from portal.catalogue.experiences import Listing, Occasion
from portal.catalogue.vocabulary import Vocabulary
from portal.clock import today
from portal.content.formats import WorkRule
from portal.extensions import DatabaseSession
from portal.placements.checks import rules_on
from portal.placements.consent import consent_age
from portal.placements.life import Stage
from portal.placements.models import Request

SCHOOLS, COLLEGES, EVERYBODY = "Schools", "Colleges and training", "For everybody in the city"
REASONS_IN: Mapping[Stage, str] = {
    Stage.NOT_SENT_ON: "why-not-sent-on",
    Stage.DECLINED: "why-declined",
    Stage.CANCELLED: "why-cancelled",
    Stage.WITHDRAWN: "why-withdrawn",
    Stage.EXPIRED: "why-cancelled",
}
# What a parent or carer may want to know, in the order in which they would ask.
RULES_FOR_PARENTS = (
    "young-hours-a-day", "young-night-begins", "young-rest-break", "prohibited-work",
)  # fmt: skip


def who_could_help(session: DatabaseSession, listing: Listing) -> dict[str, list[Organisation]]:
    """Whoever advises, by heading: verified, with somebody who reads what is asked.

    Never whoever offers the listing itself: nobody sends a young person on to themselves.
    """
    members = session.scalars(
        select(Member)
        .join(Member.organisation)
        .where(
            Organisation.standing == Standing.VERIFIED,
            Organisation.id != listing.organisation_id,
            Member.state == MemberState.ACTIVE,
        )
        .order_by(Organisation.name)
    )
    found: dict[str, list[Organisation]] = {SCHOOLS: [], COLLEGES: [], EVERYBODY: []}
    for member in members:
        home = member.organisation
        if MemberRole.ADVISER not in roles_of(home.kind) or not member.may_advise:
            continue
        if home not in (under := found[_heading(home)]):
            under.append(home)
    # The city’s own team comes last, where whoever found nothing else ends up.
    found[EVERYBODY].sort(key=lambda home: home.kind == COUNCIL)
    return {heading: homes for heading, homes in found.items() if homes}


def _heading(home: Organisation) -> str:
    if home.kind == SCHOOL:
        return SCHOOLS
    return COLLEGES if home.is_provider else EVERYBODY


def occasion_of(listing: Listing, public_id: str) -> Occasion | None:
    """A day of the listing that can still be asked for."""
    return next((day for day in listing.coming if day.public_id == public_id), None)


def by_code_hash(session: DatabaseSession, code_hash: str) -> Request | None:
    """The request that somebody follows on this device; none once its facts were emptied."""
    return session.scalars(select(Request).where(Request.code_hash == code_hash)).one_or_none()


def reason_in_words(request: Request, vocabulary: Vocabulary) -> str:
    """Why it ended, in the words of the list it was chosen from; empty when nobody said."""
    name = REASONS_IN.get(request.stand)
    if name is None or not request.reason:
        return ""
    return vocabulary.choices_of(name).get(request.reason, "")


def said_by_employer(request: Request, vocabulary: Vocabulary) -> list[str]:
    """What the employer ticked afterwards, in the words of the list."""
    if request.placement is None or request.stand != Stage.ATTENDED:
        return []
    words = vocabulary.choices_of("went-well")
    return [words[slug] for slug in request.placement.employer_says if slug in words]


def rules_for_parents(request: Request, vocabulary: Vocabulary) -> list[WorkRule]:
    """The rules for a workplace that hold on the first day; none for anything else."""
    if not request.listing.is_workplace:
        return []
    held = rules_on(vocabulary.work_rules, request.occasion.first_day)
    return [held[slug] for slug in RULES_FOR_PARENTS if slug in held]


def consent_below(vocabulary: Vocabulary) -> int | None:
    """The age below which a parent or carer is asked, where the city says one."""
    return consent_age(vocabulary.work_rules, today())
