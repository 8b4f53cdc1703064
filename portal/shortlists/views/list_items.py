"""What advisers do with the things on a list. Whatever is pressed, reasons that were typed stay."""

from flask import Blueprint, abort, flash, redirect, request
from werkzeug.wrappers import Response

from portal.accounts.access import ADVISERS, open_to
from portal.accounts.coming_back import way_back
from portal.catalogue.access_to_search import vocabulary
from portal.climbing_frame.access_to_frame import frame
from portal.extensions import db
from portal.shortlists import adding_to, curating, reading_lists
from portal.shortlists.models import Shortlist, ShortlistItem
from portal.shortlists.panels import anchor_of
from portal.shortlists.routes import kept_route
from portal.shortlists.views.one_list import PUT_AWAY, mine_or_404, to_list

views = Blueprint("list_items", __name__)
REASON_OF = "reason-"
LONGEST_PLACE = 3
FULL = f"This list is full: it holds {curating.MOST_ITEMS} things. Take something off first."


@views.post("/advising/lists/<public_id>/reasons")
@open_to(ADVISERS)
def reasons(public_id: str) -> Response:
    """Keep every reason on the page."""
    shortlist = _with_reasons(public_id)
    flash("Your reasons are kept.")
    return to_list(shortlist)


@views.post("/advising/lists/<public_id>/items/<item_id>/move")
@open_to(ADVISERS)
def move(public_id: str, item_id: str) -> Response:
    """Put a thing at another place."""
    shortlist = _with_reasons(public_id)
    item = _item_or_404(shortlist, item_id)
    to = request.form.get("to", "")
    if to.isdecimal() and len(to) <= LONGEST_PLACE:
        curating.move(db.session, shortlist, item, to=int(to))
    return to_list(shortlist, item)


@views.post("/advising/lists/<public_id>/items/<item_id>/take-off")
@open_to(ADVISERS)
def take_off(public_id: str, item_id: str) -> Response:
    """Take a thing off. What is not on the list any more is off it: pressed twice, it is done."""
    shortlist = _with_reasons(public_id)
    item = reading_lists.item_of(shortlist, item_id)
    if item is not None:
        title = item.title
        curating.take_off(db.session, shortlist, item)
        flash(f"“{title}” is off the list.")
    return to_list(shortlist)


@views.post("/advising/lists/<public_id>/items/<item_id>/seen")
@open_to(ADVISERS)
def seen(public_id: str, item_id: str) -> Response:
    """Say that what changed about a thing is known."""
    shortlist = _with_reasons(public_id)
    item = _item_or_404(shortlist, item_id)
    curating.mark_seen(db.session, shortlist, [item])
    return to_list(shortlist, item)


@views.post("/advising/lists/<public_id>/seen")
@open_to(ADVISERS)
def all_seen(public_id: str) -> Response:
    """The same for everything on the list."""
    shortlist = _with_reasons(public_id)
    curating.mark_seen(db.session, shortlist, shortlist.items)
    return to_list(shortlist)


@views.post("/advising/lists/<public_id>/routes")
@open_to(ADVISERS)
def add_route(public_id: str) -> Response:
    """Keep a route of the climbing frame as it stands, with the reason in the bar."""
    shortlist = mine_or_404(public_id)
    found = kept_route(frame(), vocabulary(), request.form.get("way", ""))
    if found is None:
        abort(404)
    if shortlist.is_archived:
        flash(PUT_AWAY)
        return to_list(shortlist)
    reason = request.form.get("reason", "")
    adding_to.remember_reason(reason)
    try:
        curating.put_route_on(db.session, shortlist, found, reason=reason)
    except curating.TooManyError:
        flash(FULL)
        return to_list(shortlist)
    back = way_back(shortlist.path)
    return redirect(f"{back.partition('#')[0]}#{anchor_of(found.key)}", code=303)


def _with_reasons(public_id: str) -> Shortlist:
    """The adviser’s own list, once the reasons that were sent with it are kept."""
    shortlist = mine_or_404(public_id)
    sent = {
        name.removeprefix(REASON_OF): words
        for name, words in request.form.items()
        if name.startswith(REASON_OF)
    }
    if sent:
        curating.give_reasons(db.session, shortlist, sent)
    return shortlist


def _item_or_404(shortlist: Shortlist, item_id: str) -> ShortlistItem:
    item = reading_lists.item_of(shortlist, item_id)
    if item is None:
        abort(404)
    return item
