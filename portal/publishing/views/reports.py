"""Visitors tell that something is wrong or not safe; moderators deal with it."""

import secrets

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.accounts.access import MODERATORS, open_to, open_to_everyone
from portal.accounts.people import current_member
from portal.catalogue.models import Entry
from portal.extensions import db, limiter
from portal.publishing import desk, reporting
from portal.publishing.forms import DecisionForm, ReportForm
from portal.publishing.models import Report
from portal.publishing.reporting import REASONS
from portal.publishing.views.desk import page_number

views = Blueprint("reports", __name__)
TWICE = "Another moderator dealt with this just before you. What you wrote was not kept."


@views.route("/report/<kind>/<slug>", methods=["GET", "POST"])
@open_to_everyone
@limiter.limit("120 per hour", methods=["POST"])
def report(kind: str, slug: str) -> str | Response | tuple[str, int]:
    """Tell the moderators about a page."""
    entry = _entry_or_404(kind, slug)
    form = ReportForm()
    if request.method == "GET":
        form.token.data = secrets.token_urlsafe(16)
        return render_template("reports/report.html", form=form, entry=entry)
    if not form.validate():
        return render_template("reports/report.html", form=form, entry=entry), 422
    reporting.report(
        db.session,
        entry,
        token=form.token.data,
        reason=form.reason.data,
        words=form.words.data or "",
    )
    return redirect(url_for("reports.told"), code=303)


@views.get("/report/thank-you")
@open_to_everyone
def told() -> str:
    """Thank you, what happens now, and help at once for whoever needs it."""
    return render_template("reports/told.html")


@views.get("/desk/reports")
@open_to(MODERATORS)
def reports() -> str:
    """Reports that nobody has dealt with, the urgent ones first."""
    listed = desk.open_reports(db.session, page_number())
    return render_template("desk/reports.html", listed=listed, reasons=REASONS)


@views.get("/desk/reports/<public_id>")
@open_to(MODERATORS)
def one_report(public_id: str) -> str:
    """One report, the page it is about, and the decision."""
    return _show(_report_or_404(public_id), DecisionForm(formdata=None))


@views.post("/desk/reports/<public_id>/settle")
@open_to(MODERATORS)
def settle(public_id: str) -> Response | tuple[str, int]:
    """Say what was done about a report."""
    found = _report_or_404(public_id)
    form = DecisionForm()
    if not form.validate():
        return _show(found, form), 422
    first = reporting.settle(db.session, found, by=current_member(), decision=form.decision.data)
    flash("Settled. It is off the list." if first else TWICE)
    return redirect(url_for("reports.reports"), code=303)


def _entry_or_404(kind: str, slug: str) -> Entry:
    entry = desk.find_entry(db.session, kind, slug)
    if entry is None:
        abort(404)
    return entry


def _report_or_404(public_id: str) -> Report:
    found = desk.find_report(db.session, public_id)
    if found is None:
        abort(404)
    return found


def _show(found: Report, form: DecisionForm) -> str:
    return render_template(
        "desk/report.html",
        report=found,
        form=form,
        offer=desk.offer_of(db.session, found.entry),
        reason=REASONS[found.reason],
    )
