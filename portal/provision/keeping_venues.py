"""The verbs for venues: each keeps who did it, and commits.

Pages of courses say where they are. When a venue changes, each of its courses gets new words, which
go up at once where the organisation is trusted, and to the moderators otherwise.
"""

from collections.abc import Mapping

from sqlalchemy import and_, select
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Member, Organisation
from portal.accounts.trail import record
from portal.extensions import DatabaseSession
from portal.provision.many_at_once import GOING_ON, send_on
from portal.provision.models import Venue
from portal.provision.offers import COURSE
from portal.provision.reading import courses_at
from portal.publishing import moderation
from portal.publishing.life import IllegalActError, State
from portal.publishing.models import Offer, Revision
from portal.publishing.revisions import latest_of
from portal.taxonomy import EntryKind


class ReferenceTakenError(Exception):
    """Another venue of the organisation has this reference already."""


class VenueInUseError(Exception):
    """Courses are still given there."""

    def __init__(self, number: int) -> None:
        """How many."""
        super().__init__(f"{number} courses are given there")
        self.number = number


def add_venue(session: DatabaseSession, values: Mapping[str, str], *, by: Member) -> Venue:
    """Keep a new venue. Sending the same again changes nothing. Raises ReferenceTakenError."""
    known = _by_reference(session, by.organisation, values["reference"])
    if known is not None:
        return _same_or_refused(known, values)
    venue = Venue(organisation_id=by.organisation_id, **values)
    session.add(venue)
    try:
        record(session, "add", venue, by=by, organisation=by.organisation)
        session.commit()
    except IntegrityError:
        session.rollback()
        known = _by_reference(session, by.organisation, values["reference"])
        if known is None:
            raise
        return _same_or_refused(known, values)
    return venue


def change_venue(
    session: DatabaseSession, venue: Venue, values: Mapping[str, str], *, by: Member
) -> int:
    """Keep what is different now, give its courses the new words, and return how many have them.

    The reference stays: spreadsheets and courses know the venue by it.
    """
    different = {name: value for name, value in values.items() if getattr(venue, name) != value}
    if not different:
        return 0
    for name, value in different.items():
        setattr(venue, name, value)
    record(
        session, "change", venue, by=by, organisation=by.organisation,
        why=", ".join(sorted(different)),
    )  # fmt: skip
    session.commit()
    return renew_courses(session, venue, by=by)


def renew_courses(session: DatabaseSession, venue: Venue, *, by: Member) -> int:
    """Give the courses at a venue its words as they are now; return how many have them."""
    return sum(_say_anew(session, offer, by=by) for offer in _courses_at(session, venue))


def _say_anew(session: DatabaseSession, offer: Offer, *, by: Member) -> bool:
    """Give a course the venue’s new words, by the way that any change of its words goes."""
    stood = offer.stand
    try:
        moderation.edit(session, offer, COURSE, latest_of(offer).content, by=by, seen=offer.version)
        if stood in GOING_ON:
            send_on(session, offer, COURSE, by=by)
    except (IllegalActError, moderation.UnfinishedError, moderation.ChangedMeanwhileError):
        session.rollback()
        return False
    return True


def delete_venue(session: DatabaseSession, venue: Venue, *, by: Member) -> None:
    """Forget a venue that no course names. Raises VenueInUseError."""
    number = courses_at(session, by.organisation).get(venue.reference, 0)
    if number:
        raise VenueInUseError(number)
    record(session, "delete", venue, by=by, organisation=by.organisation, why=venue.name[:200])
    session.delete(venue)
    session.commit()


def _same_or_refused(known: Venue, values: Mapping[str, str]) -> Venue:
    if any(getattr(known, name) != value for name, value in values.items()):
        raise ReferenceTakenError
    return known


def _by_reference(
    session: DatabaseSession, organisation: Organisation, reference: str
) -> Venue | None:
    """Spreadsheets do not tell capitals from small letters, so two references must not either."""
    rows = session.scalars(select(Venue).where(Venue.organisation_id == organisation.id))
    wanted = reference.casefold()
    return next((venue for venue in rows if venue.reference.casefold() == wanted), None)


def _courses_at(session: DatabaseSession, venue: Venue) -> list[Offer]:
    """Courses whose newest words name the venue, but for those that are put away."""
    rows = session.scalars(
        select(Offer)
        .join(Revision, and_(Revision.offer_id == Offer.id, Revision.number == Offer.latest))
        .where(
            Offer.organisation_id == venue.organisation_id,
            Offer.kind == EntryKind.COURSE.value,
            Offer.state.not_in([State.ARCHIVED.value, State.CLOSED.value, State.EXPIRED.value]),
            Revision.content["venue"].as_string() == venue.reference,
        )
    )
    return list(rows.unique())
