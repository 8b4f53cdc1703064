"""Anybody tells what worries them, and has help at once; the safeguarding leads act on it."""

import secrets
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.access import SAFEGUARDING, open_to, open_to_everyone
from portal.accounts.limits import key_of
from portal.accounts.people import current_member
from portal.accounts.safe_addresses import safe_next
from portal.accounts.views.private_pages import private
from portal.extensions import db, limiter
from portal.publishing import concerns
from portal.publishing.concern_forms import ConcernForm
from portal.publishing.forms import DecisionForm
from portal.publishing.models import LONGEST_PATH, Concern
from portal.publishing.views.desk import page_number

views = Blueprint("concerns", __name__)
TWICE = "Another lead dealt with this just before you. What you wrote was not kept."


@views.route("/concern", methods=["GET", "POST"])
@open_to_everyone
@limiter.limit("300 per hour", methods=["POST"])
def tell() -> AnyResponse:
    """Help at once, and a form that goes to the safeguarding leads."""
    form = ConcernForm()
    if request.method == "GET":
        form.token.data = secrets.token_urlsafe(16)
        return _ask(form, page_named(request.args.get("about")))
    about = page_named(form.about.data)
    if not form.validate():
        return _ask(form, about, 422)
    concerns.tell(
        db.session,
        token=key_of("concern form", form.token.data or secrets.token_urlsafe(16)),
        words=form.words.data,
        where=about,
        reach=form.reach.data,
        is_doubtful=form.is_from_a_program,
    )
    return redirect(url_for("concerns.told"), code=303)


@views.get("/concern/thank-you")
@open_to_everyone
def told() -> Response:
    """What happens now, and help at once."""
    return private(render_template("concerns/told.html"))


@views.get("/concerns")
@open_to(SAFEGUARDING)
def everything() -> str:
    """Every concern, the open ones first."""
    return render_template(
        "concerns/concerns.html",
        listed=concerns.all_concerns(db.session, page_number()),
        still_open=concerns.count_open(db.session),
    )


@views.get("/concerns/<public_id>")
@open_to(SAFEGUARDING)
def one(public_id: str) -> str:
    """One concern, where it was made, and the decision."""
    return _show(_concern_or_404(public_id), DecisionForm(formdata=None))


@views.post("/concerns/<public_id>/settle")
@open_to(SAFEGUARDING)
def settle(public_id: str) -> AnyResponse | tuple[str, int]:
    """Say what was done about a concern."""
    found = _concern_or_404(public_id)
    form = DecisionForm()
    if not form.validate():
        return _show(found, form), 422
    first = concerns.settle(db.session, found, by=current_member(), decision=form.decision.data)
    flash("Settled. It stands among the settled ones now." if first else TWICE)
    return redirect(url_for("concerns.everything"), code=303)


def page_named(address: str | None) -> str:
    """The path of a page of this site whose address holds no secret; “” for anything else."""
    path = urlsplit(safe_next(address) or "").path
    try:
        endpoint, values = current_app.url_map.bind("").match(path)
    except HTTPException:
        return ""
    is_fit = len(path) <= LONGEST_PATH and "token" not in values
    return path if is_fit and endpoint != request.endpoint else ""


def _concern_or_404(public_id: str) -> Concern:
    found = concerns.find(db.session, public_id)
    if found is None:
        abort(404)
    return found


def _ask(form: ConcernForm, about: str, status: int = 200) -> Response:
    form.about.data = about
    named = concerns.page_name(db.session, about) if about else ""
    return private(render_template("concerns/tell.html", form=form, named=named), status)


def _show(found: Concern, form: DecisionForm) -> str:
    return render_template(
        "concerns/concern.html",
        concern=found,
        form=form,
        named=concerns.page_name(db.session, found.where),
    )
