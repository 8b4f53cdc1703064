"""A parent or carer opens the one-use link of a letter, reads about it, and says yes or no."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.access import open_to_everyone
from portal.accounts.views.private_pages import keep_private
from portal.catalogue.access_to_search import vocabulary
from portal.extensions import db, limiter
from portal.placements import consenting
from portal.placements.forms_asking import ConsentForm
from portal.placements.life import Stage
from portal.placements.models import Request
from portal.placements.reading_asking import consent_below, rules_for_parents
from portal.placements.steps import ChangedMeanwhileError

views = Blueprint("consenting", __name__)
# Not “no-referrer”: a form sent over https without a referrer is refused. No other site is told.
views.after_request(keep_private)
SAID = {Stage.BOOKED: "booked", Stage.WAITING_LIST: "waiting"}
MEANWHILE = "Somebody did something with this request just now. Read it again, then answer."


@views.get("/consent/<token>")
@open_to_everyone
def consent(token: str) -> str | tuple[str, int]:
    """What it is, where, when, who organises it and which rules hold. Looking uses nothing."""
    found = consenting.find(db.session, token)
    if found is None:
        return _too_late()
    return _show(token, found, ConsentForm(formdata=None))


@views.post("/consent/<token>")
@open_to_everyone
@limiter.limit("300 per hour")
def answer(token: str) -> AnyResponse | str | tuple[str, int]:
    """Yes or no. Uses the link, once."""
    form = ConsentForm()
    found = consenting.find(db.session, token)
    if found is None:
        return _too_late()
    if not form.validate() or form.yes.data == form.no.data:
        return _show(token, found, form), 422
    try:
        made = (consenting.consent if form.yes.data else consenting.refuse)(db.session, token)
    except ChangedMeanwhileError:
        found = consenting.find(db.session, token)
        return (_show(token, found, form, told=MEANWHILE), 409) if found else _too_late()
    if made is None:
        return _too_late()
    said = SAID.get(made.stand, "not-now") if form.yes.data else "no"
    return redirect(url_for("consenting.answered", said=said), code=303)


@views.get("/consent/thank-you/<any('booked', 'waiting', 'not-now', 'no'):said>")
@open_to_everyone
def answered(said: str) -> str:
    """What came of the answer. The address says nothing about anybody."""
    return render_template("placements/consent_answered.html", said=said)


def _show(token: str, found: Request, form: ConsentForm, *, told: str = "") -> str:
    return render_template(
        "placements/consent.html",
        token=token,
        made=found,
        form=form,
        rules=rules_for_parents(found, vocabulary()),
        consent_below=consent_below(vocabulary()),
        told=told,
    )


def _too_late() -> tuple[str, int]:
    """Used, too old or never there: which one is not told."""
    return render_template("placements/consent_used.html"), 410
