"""Who an organisation is: a moderator makes sure, writes down how, and may take it back."""

from collections.abc import Mapping

from sqlalchemy import func, select, update

from portal.accounts import signing_in
from portal.accounts.models import Member, Organisation, Standing
from portal.accounts.trail import record
from portal.catalogue.keeping import next_version
from portal.catalogue.models import Course, Entry
from portal.clock import now
from portal.extensions import DatabaseSession
from portal.mail import address_for, queue
from portal.publishing import moderation
from portal.publishing.kinds import kind_of
from portal.publishing.models import Offer
from portal.publishing.moderation import LONGEST_WHY, ChangedMeanwhileError, OwnWorkError
from portal.publishing.showing import show_or_hide_all


def verify(
    session: DatabaseSession,
    organisation: Organisation,
    *,
    by: Member,
    evidence: Mapping[str, str],
    is_trusted: bool,
    listed: Organisation | None = None,
) -> None:
    """Say that an organisation is what it says, with how that was made sure.

    ``listed`` is the same organisation where content already has it: its courses and its address
    go over to the one that somebody signs in for. Verifying again changes nothing.
    """
    if organisation.standing == Standing.VERIFIED:
        return
    if organisation.standing not in {Standing.APPLIED, Standing.REFUSED}:
        raise ChangedMeanwhileError
    _refuse_own(organisation, by)
    if listed is not None and listed.standing == Standing.LISTED:
        _take_over(session, organisation, listed)
    organisation.evidence = dict(evidence)
    organisation.is_trusted = is_trusted and organisation.is_provider
    _decide(session, organisation, Standing.VERIFIED, "verify", by=by, why=_written(evidence))
    _tell_members(session, organisation, "verified", "/workspace", why="")
    show_or_hide_all(session, organisation, next_version(session))
    session.commit()


def refuse(session: DatabaseSession, organisation: Organisation, *, by: Member, why: str) -> None:
    """Say that an application cannot be accepted, and why."""
    if organisation.standing == Standing.REFUSED:
        return
    if organisation.standing != Standing.APPLIED:
        raise ChangedMeanwhileError
    _refuse_own(organisation, by)
    _tell_members(session, organisation, "not-verified", "/talk", why=why)
    _decide(session, organisation, Standing.REFUSED, "refuse", by=by, why=why)
    _end_sessions(session, organisation)
    session.commit()


def suspend(session: DatabaseSession, organisation: Organisation, *, by: Member, why: str) -> None:
    """Shut an organisation out: its people are signed out, everything it published goes."""
    if organisation.standing == Standing.SUSPENDED:
        return
    if organisation.standing != Standing.VERIFIED:
        raise ChangedMeanwhileError
    _refuse_own(organisation, by)
    _tell_members(session, organisation, "organisation-suspended", "/talk", why=why)
    _decide(session, organisation, Standing.SUSPENDED, "suspend", by=by, why=why)
    _end_sessions(session, organisation)
    show_or_hide_all(session, organisation, next_version(session))
    _end_what_depends(session, organisation)
    session.commit()


def reinstate(
    session: DatabaseSession, organisation: Organisation, *, by: Member, why: str
) -> None:
    """Let a suspended organisation in again; what was live and has not run out is shown again."""
    if organisation.standing == Standing.VERIFIED:
        return
    if organisation.standing != Standing.SUSPENDED:
        raise ChangedMeanwhileError
    _refuse_own(organisation, by)
    _decide(session, organisation, Standing.VERIFIED, "reinstate", by=by, why=why)
    show_or_hide_all(session, organisation, next_version(session))
    session.commit()


def set_trust(
    session: DatabaseSession, organisation: Organisation, *, by: Member, is_trusted: bool
) -> None:
    """Let a provider publish courses at once, to be read after; or stop that."""
    if organisation.is_trusted == is_trusted or not organisation.is_provider:
        return
    _refuse_own(organisation, by)
    organisation.is_trusted = is_trusted
    record(
        session, "trust" if is_trusted else "stop trusting", organisation, by=by,
        organisation=organisation,
    )  # fmt: skip
    session.commit()


def likely_listed(session: DatabaseSession, organisation: Organisation) -> list[Organisation]:
    """Listed organisations that may be this one: the same register number, name or website."""
    listed = session.scalars(select(Organisation).where(Organisation.standing == Standing.LISTED))
    name = organisation.name.casefold()
    return [
        other
        for other in listed
        if (organisation.ukprn and other.ukprn == organisation.ukprn)
        or name in {other.name.casefold(), *(called.casefold() for called in other.also_called)}
        or (organisation.website and _host(other.website) == _host(organisation.website))
    ]


def listed_courses(session: DatabaseSession, organisation: Organisation) -> int:
    """How many courses content lists for an organisation."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Course)
            .where(Course.organisation_id == organisation.id)
        )
        or 0
    )


def _take_over(session: DatabaseSession, organisation: Organisation, listed: Organisation) -> None:
    """Give the address, facts and entries of the listed one to the one with members."""
    session.execute(
        update(Entry)
        .where(Entry.organisation_id == listed.id)
        .values(organisation_id=organisation.id),
        execution_options={"synchronize_session": False},
    )
    facts = {name: getattr(listed, name) for name in (
        "slug", "name", "kind", "summary", "also_called", "source", "ages", "digest",
    )}  # fmt: skip
    session.expire_all()
    session.delete(listed)
    session.flush()
    for name, value in facts.items():
        setattr(organisation, name, value)
    session.flush()


def _decide(
    session: DatabaseSession,
    organisation: Organisation,
    standing: Standing,
    act: str,
    *,
    by: Member,
    why: str,
) -> None:
    before = organisation.standing
    decided = session.execute(
        update(Organisation)
        .where(Organisation.id == organisation.id, Organisation.standing == before)
        .values(standing=standing.value, decided_at=now())
        .returning(Organisation.id)
    ).scalar_one_or_none()
    if decided is None:  # another moderator was quicker
        session.rollback()
        raise ChangedMeanwhileError
    record(
        session, act, organisation, by=by, organisation=organisation,
        before=before, after=standing.value, why=why[:LONGEST_WHY],
    )  # fmt: skip


def _end_what_depends(session: DatabaseSession, organisation: Organisation) -> None:
    """Nobody goes to whoever was shut out, whatever was promised."""
    offers = select(Offer).where(
        Offer.organisation_id == organisation.id, Offer.entry_id.is_not(None)
    )
    for offer in session.scalars(offers).all():
        moderation.end_what_depends(session, offer, kind_of(offer.kind))


def _end_sessions(session: DatabaseSession, organisation: Organisation) -> None:
    for member in organisation.members:
        signing_in.end_all(session, member)


def _tell_members(
    session: DatabaseSession, organisation: Organisation, letter: str, path: str, *, why: str
) -> None:
    for member in organisation.members:
        if member.may_sign_in:
            queue(session, recipient=member.email, letter=letter, name=member.name,
                  organisation=organisation.name, why=why, link=address_for(path))  # fmt: skip


def _refuse_own(organisation: Organisation, by: Member) -> None:
    if by.organisation_id == organisation.id:
        raise OwnWorkError


def _written(evidence: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {words}" for name, words in evidence.items() if words)


def _host(website: str | None) -> str:
    return (website or "").split("//")[-1].split("/")[0].removeprefix("www.").lower()
