"""Where a provider teaches: add a venue, change it, delete it when no course needs it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.accounts.access import PROVIDER_EDITORS, open_to
from portal.accounts.people import current_member
from portal.extensions import db
from portal.provision import keeping_venues, reading
from portal.provision.access_to_offers import my_organisation, my_venue
from portal.provision.models import Venue
from portal.provision.venue_form import VenueForm
from portal.templating import counted

views = Blueprint("venues", __name__)
TAKEN = "Another of your venues has this reference. Write another one."


@views.get("/workspace/venues")
@open_to(PROVIDER_EDITORS)
def all_venues() -> str:
    """Every venue, with how many courses name it."""
    organisation = my_organisation()
    return render_template(
        "workspace/venues.html",
        venues=reading.venues(db.session, organisation),
        used=reading.courses_at(db.session, organisation),
    )


@views.route("/workspace/venues/new", methods=["GET", "POST"])
@open_to(PROVIDER_EDITORS)
def new() -> str | Response | tuple[str, int]:
    """Add a venue."""
    form = VenueForm()
    if request.method == "GET":
        return _page(form)
    if not form.validate():
        return _page(form), 422
    try:
        venue = keeping_venues.add_venue(
            db.session, form.values_with_reference, by=current_member()
        )
    except keeping_venues.ReferenceTakenError:
        form.reference.errors = [TAKEN]
        return _page(form), 422
    flash(f"“{venue.name}” is in your list. You can choose it for your courses now.")
    return redirect(url_for("venues.all_venues"), code=303)


@views.route("/workspace/venues/<public_id>", methods=["GET", "POST"])
@open_to(PROVIDER_EDITORS)
def one(public_id: str) -> str | Response | tuple[str, int]:
    """Change a venue."""
    venue = my_venue(public_id)
    form = VenueForm() if request.method == "POST" else VenueForm.of(venue)
    if request.method == "GET":
        return _page(form, venue)
    if not form.validate():
        return _page(form, venue), 422
    number = keeping_venues.change_venue(db.session, venue, form.values, by=current_member())
    put_right = f" The pages of {counted(number, 'course')} say so too." if number else ""
    flash(f"“{venue.name}” is kept.{put_right}")
    return redirect(url_for("venues.all_venues"), code=303)


@views.post("/workspace/venues/<public_id>/delete")
@open_to(PROVIDER_EDITORS)
def delete(public_id: str) -> Response:
    """Forget a venue that no course names."""
    venue = my_venue(public_id)
    name = venue.name
    try:
        keeping_venues.delete_venue(db.session, venue, by=current_member())
        flash(f"“{name}” is deleted.")
    except keeping_venues.VenueInUseError as error:
        flash(
            f"“{name}” cannot be deleted: {counted(error.number, 'course')} of yours "
            "name it. Give them another venue or archive them first."
        )
    return redirect(url_for("venues.all_venues"), code=303)


def _page(form: VenueForm, venue: Venue | None = None) -> str:
    return render_template("workspace/venue.html", form=form, venue=venue)
