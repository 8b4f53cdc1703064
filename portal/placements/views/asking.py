"""A young person asks for an experience from a phone, without an account, and gets a code."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.access import open_to_everyone
from portal.accounts.models import Organisation
from portal.accounts.views.private_pages import keep_private
from portal.catalogue import reading
from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.experiences import Listing
from portal.catalogue.views import entries
from portal.catalogue.views.entries import entry_or_404
from portal.extensions import db, limiter
from portal.placements import asking
from portal.placements.booking import is_verified
from portal.placements.forms_asking import AskForm
from portal.placements.reading_asking import occasion_of, who_could_help
from portal.placements.views import remembering

views = Blueprint("asking", __name__)
# What is typed here, and the code afterwards, stays in no browser.
views.after_request(keep_private)
views.register_error_handler(reading.TakenDownError, entries.taken_down)
Advisers = dict[str, list[Organisation]]
TOO_MANY = (
    "So many people have asked them today that nobody could read more. Try again tomorrow, or "
    "choose somebody else."
)


@views.errorhandler(reading.MovedError)
def moved(error: reading.MovedError) -> AnyResponse:
    """Send an old address to the new one."""
    return redirect(f"{error.path}/ask", code=301)


@views.route("/listings/<slug>/ask", methods=["GET", "POST"])
@open_to_everyone
@limiter.limit("300 per hour", methods=["POST"])
def ask(slug: str) -> AnyResponse | str | tuple[str, int]:
    """One short form: which day, who helps, and what somebody hopes for."""
    listing = entry_or_404(Listing, slug)
    kind = vocabulary().experiences[listing.experience]
    if not (kind.is_asked_for and listing.is_open and is_verified(listing)):
        return render_template("placements/not_open.html", listing=listing)
    advisers = who_could_help(db.session, listing)
    if not advisers:
        return render_template("placements/nobody_advises.html", listing=listing)
    form = AskForm.for_listing(listing, advisers, vocabulary().year_groups)
    if request.method == "GET":
        return _show(form)
    if not form.validate():
        return _show(form), 422
    return _ask(form, advisers)


def _ask(form: AskForm, advisers: Advisers) -> AnyResponse | tuple[str, int]:
    """Bring it to the adviser; a day that went while somebody typed is told as an error."""
    chosen = next(
        home
        for homes in advisers.values()
        for home in homes
        if home.public_id == form.advisers.data
    )
    wanted = occasion_of(form.listing, form.occasion.data)
    if wanted is None:
        form.occasion.errors = ["This day has just gone. Choose another one."]
        return _show(form), 422
    try:
        asked = asking.ask(
            db.session, form.listing, wanted, advisers=chosen, wish=form.wish, token=form.token.data
        )
    except asking.TooManyError:
        form.advisers.errors = [TOO_MANY]
        return _show(form), 429
    remembering.keep_new(asked.code, needs_help=asked.is_worrying)
    return redirect(url_for("asking.asked"), code=303)


@views.get("/requests/asked")
@open_to_everyone
def asked() -> AnyResponse | str:
    """The code to write down, and what happens next. It can be loaded again for a while."""
    new = remembering.new()
    made = asking.by_code(db.session, new.code) if new else None
    if new is None or made is None:
        return redirect(url_for("following.find"), code=303)
    return render_template("placements/asked.html", made=made, new=new)


@views.post("/requests/asked")
@open_to_everyone
def noted() -> AnyResponse:
    """The code is written down: forget it here, and follow the request."""
    new = remembering.new()
    if new is not None:
        remembering.follow(new.code)
    return redirect(url_for("following.mine"), code=303)


def _show(form: AskForm) -> str:
    return render_template(
        "placements/ask.html", form=form, listing=form.listing, needs_help=form.is_worrying
    )
