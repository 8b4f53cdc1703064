"""One click from a letter keeps offers up: no sign-in, one use, nothing kept by the browser."""

import datetime as dt
from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.access import open_to_everyone
from portal.accounts.models import Organisation
from portal.accounts.views.private_pages import keep_private
from portal.extensions import db
from portal.publishing import keeping_up
from portal.publishing.kinds import offer_kinds
from portal.publishing.models import Offer
from portal.publishing.moderation import ChangedMeanwhileError, could_last_until

views = Blueprint("keeping_up", __name__)
LONGEST_COUNT = 4


# The address holds a token: no other site is told it, and no browser keeps the page.
views.after_request(keep_private)


@views.get("/keep-up/<token>")
@open_to_everyone
def keep_up(token: str) -> str | tuple[str, int]:
    """What runs out soon, all ticked."""
    member = keeping_up.find_by_link(db.session, token)
    if member is None:
        return render_template("reports/keep_up_used.html"), 410
    return _ask(token, member.organisation)


@views.post("/keep-up/<token>")
@open_to_everyone
def say_they_hold(token: str) -> AnyResponse | tuple[str, int]:
    """Keep the ticked ones up longer. Uses the link, once."""
    member = keeping_up.find_by_link(db.session, token)
    wanted = request.form.getlist("offer")
    if member is not None and not wanted:
        return _ask(token, member.organisation, mistake="Tick at least one."), 422
    try:
        kept = keeping_up.extend_by_link(db.session, token, wanted, offer_kinds())
    except ChangedMeanwhileError:
        return _ask_again(token), 409
    if kept is None:
        return render_template("reports/keep_up_used.html"), 410
    return redirect(url_for("keeping_up.kept_up", kept=kept), code=303)


@views.get("/keep-up/thank-you")
@open_to_everyone
def kept_up() -> str:
    """What was kept up, and where to change the rest."""
    said = request.args.get("kept", "")
    kept = int(said) if said.isdecimal() and len(said) <= LONGEST_COUNT else 0
    return render_template("reports/kept_up.html", kept=kept)


def _ask_again(token: str) -> str:
    member = keeping_up.find_by_link(db.session, token)
    if member is None:
        return render_template("reports/keep_up_used.html")
    changed = "Somebody changed one of these just now. Look through them, then press again."
    return _ask(token, member.organisation, mistake=changed)


def _ask(token: str, organisation: Organisation, *, mistake: str = "") -> str:
    due = keeping_up.due_soon(db.session, organisation)
    longer, ending = _parted(due)
    return render_template(
        "reports/keep_up.html",
        token=token,
        organisation=organisation,
        longer=longer,
        ending=ending,
        kinds=offer_kinds(),
        mistake=mistake,
    )


def _parted(due: Sequence[Offer]) -> tuple[list[tuple[Offer, dt.date]], list[Offer]]:
    """What one click keeps up, with the new last day; and what ends or must be read again."""
    kinds = offer_kinds()
    days = [(offer, could_last_until(offer, kinds[offer.kind])) for offer in due]
    return [(o, until) for o, until in days if until], [o for o, until in days if until is None]
