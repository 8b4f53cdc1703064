"""Which shortlist an adviser is adding to while looking round, and why: for one visit.

In the signed session cookie, which ends when the browser is closed or the adviser signs out.
"""

from flask import Flask, Response, g, session
from flask_login import current_user

from portal.accounts.models import Member
from portal.catalogue.collecting import Collection
from portal.extensions import db
from portal.shortlists import on_device, reading_lists
from portal.shortlists.models import LONGEST_REASON, Shortlist

ADDING_TO, REASON = "adding-to", "adding-because"


def init_app(app: Flask) -> None:
    """After each request: let no browser keep a page that shows what an adviser adds to."""
    app.after_request(_keep_nothing)


def _keep_nothing(response: Response) -> Response:
    if g.get("shows_adding_to", False):
        response.headers["Cache-Control"] = "no-store"
    return response


def begin(shortlist: Shortlist) -> None:
    """Add to this list from now on."""
    session[ADDING_TO] = shortlist.public_id
    session.pop(REASON, None)
    g.pop("adding_to", None)


def stop() -> None:
    """Add to no list any more."""
    session.pop(ADDING_TO, None)
    session.pop(REASON, None)
    g.pop("adding_to", None)


def stop_if(shortlist: Shortlist) -> None:
    """Add to no list any more, if it was this one."""
    if is_target(shortlist):
        stop()


def is_target(shortlist: Shortlist) -> bool:
    """Whether this list is added to."""
    return session.get(ADDING_TO) == shortlist.public_id


def remember_reason(reason: str) -> None:
    """Offer the same reason for what is added next."""
    session[REASON] = reason[:LONGEST_REASON]


def reason() -> str:
    """Why what was added last fits."""
    return str(session.get(REASON, ""))


def target() -> Shortlist | None:
    """The list that is added to: the adviser’s own, and not put away; None when there is none."""
    if "adding_to" not in g:
        g.adding_to = _found()
    found: Shortlist | None = g.adding_to
    return found


def _found() -> Shortlist | None:
    member, public_id = _asked()
    found = reading_lists.mine(db.session, member, public_id) if member else None
    return None if found is None or found.is_archived else found


def _asked() -> tuple[Member | None, str]:
    """Who adds, when they may, and the list that this browser says."""
    public_id = str(session.get(ADDING_TO, ""))
    if not public_id or not current_user.is_authenticated:
        return None, ""
    member: Member = current_user.member
    return (member if member.may_advise else None), public_id


def collected_here() -> Collection:
    """What cards must know: the adviser’s list that is added to, or the visitor’s own."""
    outline = _outline()
    if outline is None:
        own = on_device.here()
        return Collection(keys=frozenset(own.keys), number=len(own.kept))
    g.shows_adding_to = True
    return Collection(
        keys=outline.keys, number=outline.number, path=outline.path,
        reference=outline.reference, reason=reason(),
    )  # fmt: skip


def _outline() -> reading_lists.Outline | None:
    member, public_id = _asked()
    return reading_lists.outline(db.session, member, public_id) if member else None
