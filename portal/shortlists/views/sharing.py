"""An adviser’s links to a list: make one, stop one."""

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template
from werkzeug.wrappers import Response

from portal.accounts.access import ADVISERS, open_to
from portal.accounts.people import current_member
from portal.extensions import db
from portal.shortlists import reading_lists, sharing, this_browser
from portal.shortlists.models import Shortlist
from portal.shortlists.sharing_forms import ShareForm

views = Blueprint("sharing", __name__)


@views.post("/advising/lists/<public_id>/links")
@open_to(ADVISERS)
def share(public_id: str) -> Response | tuple[str, int]:
    """Make a link. The list shows its address for half an hour, in this browser only."""
    shortlist = mine(public_id)
    form = ShareForm(shortlist)
    if not form.validate():
        page = render_template("shortlists/share.html", shortlist=shortlist, share_form=form)
        return page, 422
    token = form.token.data
    made = sharing.share(
        db.session, shortlist, days=int(form.days.data), passphrase=form.passphrase.data or "",
        token=token, by=current_member(),
    )  # fmt: skip
    this_browser.keep_new(made, sharing.address_token(shortlist, token))
    return _to_panel(shortlist)


@views.post("/advising/lists/<public_id>/links/<link_id>/revoke")
@open_to(ADVISERS)
def revoke(public_id: str, link_id: str) -> Response:
    """Make a link show nothing any more."""
    shortlist = mine(public_id)
    link = next((link for link in shortlist.links if link.public_id == link_id), None)
    if link is None:
        abort(404)
    sharing.revoke(db.session, link, by=current_member())
    flash("The link is stopped. Whoever opens it now sees nothing of the list.")
    return _to_panel(shortlist)


def mine(public_id: str) -> Shortlist:
    """The adviser’s own list, or the answer that there is none."""
    found = reading_lists.mine(db.session, current_member(), public_id)
    if found is None:
        abort(404)
    return found


def panel_values(shortlist: Shortlist) -> Mapping[str, object]:
    """What ``shortlists/share_panel.html`` needs beside the list itself."""
    return {
        "links": [link for link in shortlist.links if link.is_open],
        "new_link": this_browser.new_link(shortlist),
        "share_form": ShareForm(shortlist, formdata=None),
    }


def _to_panel(shortlist: Shortlist) -> Response:
    return redirect(f"{shortlist.path}#share", code=303)
