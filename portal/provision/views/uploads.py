"""Spreadsheets: send one, see what is wrong row by row, mend, publish or abandon, undo."""

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
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.access import PROVIDER_EDITORS, open_to
from portal.accounts.people import current_member
from portal.catalogue.access_to_search import vocabulary
from portal.clock import now
from portal.extensions import db
from portal.headers import as_file
from portal.provision import choices, uploading, working
from portal.provision.columns import ERRORS, NO_HEADING, ROW
from portal.provision.forms import LEVELS, UploadForm
from portal.provision.models import Upload, UploadRow, UploadState
from portal.provision.offers import COURSE
from portal.provision.spreadsheet import MOST_BYTES, NotASpreadsheetError, write
from portal.publishing.revisions import may_publish_on_trust
from portal.templating import counted

views = Blueprint("uploads", __name__)
# Faulty rows on a page; uploads in the list; bytes of a form beside its file.
SHOWN, LISTED, ROOM_FOR_FIELDS = 50, 30, 10_000


@views.url_value_preprocessor
def _allow_a_large_file(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Let a spreadsheet be larger than a form, from whoever carries a session.

    This runs before anything reads the form, so before the guard.
    """
    if endpoint == "uploads.send" and current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
        request.max_content_length = MOST_BYTES + ROOM_FOR_FIELDS


@views.get("/workspace/uploads")
@open_to(PROVIDER_EDITORS)
def all_uploads() -> str:
    """Send a spreadsheet, and those sent before."""
    form = UploadForm(data={"token": secrets.token_urlsafe(16)})
    return _sending_page(form)


@views.post("/workspace/uploads")
@open_to(PROVIDER_EDITORS)
def send() -> BaseResponse | tuple[str, int]:
    """Keep a spreadsheet’s rows and check them."""
    form = UploadForm()
    if not form.validate():
        return _sending_page(form), 422
    try:
        upload = uploading.stage(
            db.session,
            current_member(),
            token=form.token.data,
            file_name=form.file_name,
            data=form.file.data.read(),
        )
    except NotASpreadsheetError as error:
        form.file.errors = [str(error)]
        return _sending_page(form), 422
    working.start(upload)
    return redirect(url_for("uploads.one", public_id=upload.public_id), code=303)


@views.get("/workspace/uploads/<public_id>")
@open_to(PROVIDER_EDITORS)
def one(public_id: str) -> str:
    """How far it is, what is wrong, and what can be done."""
    upload = my_upload(public_id)
    aims = uploading.unknown_aims(db.session, upload)
    return render_template(
        "workspace/upload.html",
        upload=upload,
        rows=_faulty(upload),
        columns=uploading.FORMATS[upload.format].columns,
        aims=aims,
        no_heading=NO_HEADING,
        levels=LEVELS,
        sectors=choices.sectors(vocabulary()),
        programmes=choices.programmes(db.session, vocabulary()) if aims else {},
        is_working=upload.stand in uploading.WORKING,
        is_still=_is_still(upload),
        on_trust=may_publish_on_trust(upload.organisation, COURSE),
    )


@views.post("/workspace/uploads/<public_id>/rows/<int:number>")
@open_to(PROVIDER_EDITORS)
def mend(public_id: str, number: int) -> BaseResponse:
    """Keep other cells for a row, or leave it out, and check again."""
    upload = my_upload(public_id)
    if "leave-out" in request.form:
        uploading.leave_out(db.session, upload, number)
        flash(f"Row {number} is left out.")
    else:
        uploading.mend(db.session, upload, number, request.form)
        flash(f"Row {number} is kept and has been checked again.")
    return _worked_on(upload)


@views.post("/workspace/uploads/<public_id>/aims")
@open_to(PROVIDER_EDITORS)
def explain(public_id: str) -> BaseResponse:
    """Keep what learning aim codes stand for."""
    upload = my_upload(public_id)
    answers = {}
    for code in uploading.unknown_aims(db.session, upload):
        programme, level, sector = (
            request.form.get(f"{name}-{code}", "") for name in ("programme", "level", "sector")
        )
        known = sector in dict(choices.sectors(vocabulary()))
        if programme or (level in LEVELS and known):
            answers[code] = (programme, level, sector)
    uploading.explain_aims(db.session, upload, answers)
    flash(f"{counted(len(answers), 'code')} explained. This is remembered for your next file.")
    return _worked_on(upload)


@views.post("/workspace/uploads/<public_id>/<any(publish, abandon, undo, continue):act>")
@open_to(PROVIDER_EDITORS)
def decide(public_id: str, act: str) -> BaseResponse:
    """Publish or abandon the whole of it, take back what was published, go on after a stop."""
    upload = my_upload(public_id)
    if act == "publish":
        try:
            uploading.ask_to_publish(db.session, upload)
        except uploading.NotReadyError:
            flash("It cannot be published yet. This page says what is missing.")
        return _worked_on(upload)
    if act == "abandon":
        uploading.abandon(db.session, upload, by=current_member())
        flash("The spreadsheet is abandoned. Nothing of it was published.")
    elif act == "undo":
        number = uploading.undo(db.session, upload, by=current_member())
        flash(f"{counted(number, 'course')} taken back to what was there before.")
    return _worked_on(upload)


@views.get("/workspace/uploads/<public_id>/errors.csv")
@open_to(PROVIDER_EDITORS)
def errors(public_id: str) -> Response:
    """The whole spreadsheet with a column that says what is wrong, to mend and send again."""
    upload = my_upload(public_id)
    rows = db.session.scalars(
        select(UploadRow).where(UploadRow.upload_id == upload.id).order_by(UploadRow.number)
    )
    parts = write(uploading.FORMATS[upload.format], map(_with_errors, rows), errors=True)
    return as_file(parts, "text/csv", f"{upload.format}-with-errors.csv")


@views.get('/workspace/templates/<any(courses, "other-courses", venues):format>.csv')
@open_to(PROVIDER_EDITORS)
def empty(format: str) -> Response:  # noqa: A002 - the word of those who send files
    """A file with nothing but the headings."""
    return as_file(write(uploading.FORMATS[format], []), "text/csv", f"{format}.csv")


def my_upload(public_id: str) -> Upload:
    """An upload of the viewer’s own organisation, or the answer that there is none."""
    upload = db.session.scalars(
        select(Upload).where(
            Upload.public_id == public_id,
            Upload.organisation_id == current_member().organisation_id,
        )
    ).one_or_none()
    if upload is None:
        abort(404)
    return upload


def _worked_on(upload: Upload) -> BaseResponse:
    if upload.stand in uploading.WORKING:
        working.start(upload)
    return redirect(url_for("uploads.one", public_id=upload.public_id), code=303)


def _sending_page(form: UploadForm) -> str:
    uploads = db.session.scalars(
        select(Upload)
        .where(Upload.organisation_id == current_member().organisation_id)
        .order_by(Upload.id.desc())
        .limit(LISTED)
    ).all()
    return render_template("workspace/uploads.html", form=form, uploads=uploads)


def _faulty(upload: Upload) -> list[UploadRow]:
    if upload.stand not in {UploadState.CHECKED, UploadState.FAILED}:
        return []
    rows = db.session.scalars(
        select(UploadRow)
        .where(UploadRow.upload_id == upload.id, UploadRow.is_faulty)
        .order_by(UploadRow.number)
        .limit(SHOWN)
    )
    return list(rows)


def _is_still(upload: Upload) -> bool:
    """Whether a step was cut off, so that the page offers to take it up."""
    since = upload.working_since
    return upload.stand in uploading.WORKING and (
        since is None or now() - since > uploading.STILL[upload.stand]
    )


def _with_errors(row: UploadRow) -> dict[str, str]:
    told = " ".join(f"{problem['column']}: {problem['words']}" for problem in row.problems)
    return {**row.cells, ROW: str(row.number), ERRORS: told}
