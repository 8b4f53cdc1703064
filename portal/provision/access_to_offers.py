"""What the member who is here may have of their organisation’s things; the rest does not exist."""

from flask import abort

from portal.accounts.models import Organisation
from portal.accounts.people import current_member
from portal.extensions import db
from portal.provision import reading
from portal.provision.models import Venue
from portal.publishing.kinds import OfferKind, offer_kinds
from portal.publishing.models import Offer


def my_organisation() -> Organisation:
    """Whose workspace this is."""
    return current_member().organisation


def my_kinds() -> list[OfferKind]:
    """What the organisation may offer."""
    return [kind for kind in offer_kinds().values() if kind.may_offer(my_organisation())]


def my_kind(plural: str) -> OfferKind:
    """A kind that the organisation may offer, by its plural."""
    kind = next((kind for kind in my_kinds() if kind.plural == plural), None)
    if kind is None:
        abort(404)
    return kind


def my_offer(public_id: str) -> Offer:
    """An offer of the organisation."""
    offer = reading.offer_of(db.session, my_organisation(), public_id)
    if offer is None:
        abort(404)
    return offer


def my_venue(public_id: str) -> Venue:
    """A venue of the organisation."""
    venue = reading.venue_of(db.session, my_organisation(), public_id)
    if venue is None:
        abort(404)
    return venue
