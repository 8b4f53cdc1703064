"""Documents of an employer: handed in, looked at, handed out as downloads."""

import secrets

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
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.access import EDITORS, MODERATORS, open_to
from portal.accounts.people import current_member
from portal.extensions import db
from portal.placements import evidencing
from portal.placements.evidencing import MOST_BYTES, NAMES, EvidenceKind, NotADocumentError
from portal.placements.forms_evidence import EvidenceForm
from portal.placements.listings import may_offer
from portal.placements.models import Evidence
from portal.publishing.fields import read_day
from portal.publishing.moderation import OwnWorkError

views = Blueprint("evidence", __name__)
# Twice what is kept, so that a file somewhat too large is refused in words on the form’s own page.
ROOM = 2 * MOST_BYTES


@views.url_value_preprocessor
def _allow_a_large_file(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Let a document be larger than a form, from whoever carries a session.

    This runs before anything reads the form, so before the guard.
    """
    if endpoint == "evidence.send" and current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
        request.max_content_length = ROOM


@views.get("/workspace/evidence")
@open_to(EDITORS)
def all_evidence() -> str:
    """What is held, until when, and a form for another."""
    _refuse_others()
    return _page(EvidenceForm(data={"token": secrets.token_urlsafe(16)}))


@views.post("/workspace/evidence")
@open_to(EDITORS)
def send() -> BaseResponse | tuple[str, int]:
    """Keep a document."""
    _refuse_others()
    form = EvidenceForm()
    if not form.validate():
        return _page(form), 422
    member = current_member()
    kind = EvidenceKind(form.kind.data)
    try:
        evidencing.keep(
            db.session,
            member.organisation,
            kind=kind,
            file_name=form.file_name,
            content=form.file.data.read(MOST_BYTES + 1),
            expires_on=read_day(form.expires_on.data or ""),
            token=form.token.data,
            by=member,
        )
    except NotADocumentError as error:
        form.file.errors = [str(error)]
        return _page(form), 422
    flash(f"{NAMES[kind]}: kept. Moderators, and advisers of schools, can see it.")
    return redirect(url_for("evidence.all_evidence"), code=303)


@views.post("/workspace/evidence/<public_id>/remove")
@open_to(EDITORS)
def remove(public_id: str) -> BaseResponse:
    """Forget a document."""
    evidencing.remove(db.session, _mine_or_404(public_id), by=current_member())
    flash("It is removed.")
    return redirect(url_for("evidence.all_evidence"), code=303)


@views.get("/workspace/evidence/<public_id>/file")
@open_to(EDITORS)
def own_file(public_id: str) -> Response:
    """A document of one’s own organisation."""
    return evidencing.file_response(_mine_or_404(public_id))


@views.get("/desk/evidence/<public_id>/file")
@open_to(MODERATORS)
def file_for_moderators(public_id: str) -> Response:
    """A document, to look at before deciding."""
    return evidencing.file_response(_any_or_404(public_id))


@views.post("/desk/evidence/<public_id>/checked")
@open_to(MODERATORS)
def checked(public_id: str) -> BaseResponse:
    """Say that somebody has looked at it."""
    evidence = _any_or_404(public_id)
    try:
        evidencing.mark_checked(db.session, evidence, by=current_member())
        flash("It is marked: you have looked at it.")
    except OwnWorkError:
        flash("It is your own organisation’s. Another moderator has to look at it.")
    # The name of an endpoint’s argument, never an address: nobody is led elsewhere.
    offer = request.form.get("offer", "")
    where = url_for("desk.offer", public_id=offer) if offer else url_for("desk.overview")
    return redirect(where, code=303)


def _refuse_others() -> None:
    """Whoever has no work to show has no such pages."""
    if not may_offer(current_member().organisation):
        abort(404)


def _mine_or_404(public_id: str) -> Evidence:
    _refuse_others()
    found = evidencing.evidence_of(db.session, current_member().organisation, public_id)
    if found is None:
        abort(404)
    return found


def _any_or_404(public_id: str) -> Evidence:
    found = evidencing.any_evidence(db.session, public_id)
    if found is None:
        abort(404)
    return found


def _page(form: EvidenceForm) -> str:
    return render_template(
        "workspace/evidence.html",
        form=form,
        names={kind.value: name for kind, name in NAMES.items()},
        held=evidencing.held(db.session, current_member().organisation),
    )
