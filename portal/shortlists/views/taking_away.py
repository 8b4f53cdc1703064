"""What an adviser takes away of a list: a page to print, a PDF, and files for a spreadsheet."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from portal.accounts.access import ADVISERS, open_to
from portal.accounts.people import current_member
from portal.accounts.proving import after_proving
from portal.accounts.watching import note_read
from portal.catalogue.access_to_search import vocabulary
from portal.clock import today
from portal.codes import code_of_page
from portal.extensions import db
from portal.headers import as_file
from portal.mail import address_for
from portal.shortlists import sharing
from portal.shortlists.dates import coming
from portal.shortlists.models import Shortlist
from portal.shortlists.reading_shared import Whole
from portal.shortlists.reading_shared import whole as whole_of
from portal.shortlists.taking_away import HEADING, csv_of, pdf_of
from portal.shortlists.telling import things
from portal.shortlists.views.sharing import mine

views = Blueprint("taking_away", __name__)


@views.get("/advising/lists/<public_id>/print")
@open_to(ADVISERS)
def sheet(public_id: str) -> str:
    """The list as a page to print, without reference or name."""
    shortlist, whole = _read(public_id)
    told = things(whole.items, vocabulary(), today(), goals=whole.goals)
    addresses = [address_for(thing.path) if thing.path else "" for thing in told]
    return render_template(
        "shortlists/list_print.html",
        shortlist=shortlist,
        heading=HEADING,
        things=told,
        codes=[code_of_page(address) if address else None for address in addresses],
        addresses=addresses,
        dates=coming(whole.entries, today()),
    )


@views.get("/advising/lists/<public_id>/list.pdf")
@open_to(ADVISERS)
def pdf(public_id: str) -> Response:
    """The list as a PDF; its name says nothing of whose it is."""
    shortlist, whole = _read(public_id)
    data = pdf_of(whole, vocabulary(), made_by=shortlist.organisation.name)
    return as_file(data, "application/pdf", "list.pdf")


@views.post("/advising/lists/<public_id>/export.csv")
@open_to(ADVISERS)
@after_proving
def export(public_id: str) -> ResponseReturnValue:
    """One list for a spreadsheet. Taking it is kept in the trail, so looking alone cannot do it."""
    shortlist = mine(public_id)
    data = b"".join(csv_of(db.session, current_member(), shortlist))
    sharing.note_export(db.session, shortlist, by=current_member())
    return as_file(data, "text/csv", "shortlist.csv")


@views.post("/advising/lists/export.csv")
@open_to(ADVISERS)
@after_proving
def export_all() -> ResponseReturnValue:
    """All of the adviser’s lists for a spreadsheet."""
    data = b"".join(csv_of(db.session, current_member()))
    sharing.note_export(db.session, None, by=current_member())
    return as_file(data, "text/csv", "shortlists.csv")


def _read(public_id: str) -> tuple[Shortlist, Whole]:
    """The adviser’s own list with all that is on it; that it was read is noted."""
    shortlist = mine(public_id)
    note_read(db.session, current_member(), "shortlist", [shortlist.id])
    return shortlist, whole_of(db.session, shortlist, today())
