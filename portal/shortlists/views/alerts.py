"""Saved searches: ask for mails about one, confirm them, stop them; an adviser’s own list of them.

Nothing personal stands in an address: what is searched for does, and tokens that say nothing.
"""

import datetime as dt
from dataclasses import dataclass, replace

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
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.access import ADVISERS, open_to, open_to_everyone
from portal.accounts.people import current_member
from portal.accounts.views.private_pages import keep_private
from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.search.query import CatalogueQuery
from portal.extensions import csrf, db, limiter
from portal.shortlists import alerts
from portal.shortlists.alert_forms import AlertForm
from portal.shortlists.alert_hits import here_day, query_of
from portal.shortlists.models import SavedSearch

views = Blueprint("alerts", __name__)
SAVED = "The search is saved. We write to you when something new fits it."
FULL = f"You have {alerts.MOST_OF_ONE_MEMBER} saved searches, which is the most. Stop one first."
STOPPED = "Stopped. There will be no more mails about that search."


@dataclass(frozen=True)
class Row:
    """A saved search as its adviser’s page shows it; without words when part of it is gone."""

    public_id: str
    address: str
    sentence: str
    saved_on: dt.date
    told_on: dt.date | None


@views.after_request
def keep(response: Response) -> Response:
    """No browser keeps these pages; a refusal must not differ from what does not exist."""
    return response if response.status_code == 404 else keep_private(response)  # noqa: PLR2004


@views.get("/alerts/new")
@open_to_everyone
def new() -> AnyResponse | str:
    """What will come and how often; a visitor is asked for an address, an adviser for a yes."""
    query = _asked()
    if query.is_empty:
        return redirect("/search", code=303)
    form = AlertForm(formdata=None)
    form.note_time()
    return _show(query, form)


@views.post("/alerts/new")
@open_to_everyone
@limiter.limit("300 per hour")
def ask() -> AnyResponse | tuple[str, int]:
    """Send a link to the address. A program is told that all is well."""
    query, form = _asked(), AlertForm()
    if query.is_empty:
        return redirect("/search", code=303)
    if form.is_from_a_program:
        current_app.logger.info("a wish for alerts that no person filled in was dropped")
        return redirect(url_for("alerts.look_in_your_mail"), code=303)
    if _is_too_long(query) or not form.validate():
        return _show(query, form), 422
    alerts.ask(db.session, email=form.email.data, query=query.url, token=form.shown.data)
    return redirect(url_for("alerts.look_in_your_mail"), code=303)


@views.get("/alerts/look-in-your-mail")
@open_to_everyone
def look_in_your_mail() -> str:
    """What happens next; the same for every address."""
    return render_template("shortlists/alert_look_in_your_mail.html")


@views.get("/alerts/confirm/<token>")
@open_to_everyone
def confirm(token: str) -> str | tuple[str, int]:
    """Which search it is, and a button. Looking uses nothing."""
    saved = alerts.unconfirmed(db.session, token)
    if saved is None:
        return _too_late()
    return render_template(
        "shortlists/alert_confirm.html",
        token=token,
        sentence=_sentence(saved.query),
    )


@views.post("/alerts/confirm/<token>")
@open_to_everyone
def begin(token: str) -> AnyResponse | tuple[str, int]:
    """Send mails from now on. Uses the link, once."""
    if not alerts.confirm(db.session, token):
        return _too_late()
    return redirect(url_for("alerts.on"), code=303)


@views.get("/alerts/on")
@open_to_everyone
def on() -> str:
    """That mails will come."""
    return render_template("shortlists/alert_on.html")


@views.get("/alerts/stop/<token>")
@open_to_everyone
def stop(token: str) -> str:
    """Which search it is, and a button; or that it is stopped already."""
    saved = alerts.find(db.session, _stopped_by(token))
    if saved is None:
        return render_template("shortlists/alert_stopped.html")
    return render_template(
        "shortlists/alert_stop.html",
        token=token,
        sentence=_sentence(saved.query),
    )


@views.post("/alerts/stop/<token>")
@open_to_everyone
def stop_now(token: str) -> str:
    """Stop it and forget the address. Answered without a redirect, as RFC 8058 wants it."""
    alerts.stop(db.session, _stopped_by(token))
    return render_template("shortlists/alert_stopped.html")


# Mail programs send it by themselves, without a page of ours; the token is what allows it.
csrf.exempt(stop_now)


@views.get("/advising/alerts")
@open_to(ADVISERS)
def own() -> str:
    """The adviser’s saved searches."""
    return render_template(
        "shortlists/alert_list.html",
        saved=[_row(saved) for saved in alerts.own(db.session, current_member())],
        most=alerts.MOST_OF_ONE_MEMBER,
    )


@views.post("/advising/alerts")
@open_to(ADVISERS)
def save() -> AnyResponse | tuple[str, int]:
    """Save a search for whoever is signed in."""
    query = _asked()
    if query.is_empty:
        return redirect("/search", code=303)
    if _is_too_long(query):
        return _show(query, AlertForm(formdata=None)), 422
    flash(SAVED if alerts.save_for(db.session, current_member(), query=query.url) else FULL)
    return redirect(url_for("alerts.own"), code=303)


@views.post("/advising/alerts/<public_id>/stop")
@open_to(ADVISERS)
def stop_own(public_id: str) -> AnyResponse:
    """Stop one; what is not one’s own, or is stopped already, answers alike and changes nothing."""
    alerts.stop_own(db.session, current_member(), public_id)
    flash(STOPPED)
    return redirect(url_for("alerts.own"), code=303)


def _asked() -> CatalogueQuery:
    """What is searched for; how its results are sorted and turned over makes no other search."""
    query = CatalogueQuery.of(request.args, vocabulary())
    return replace(query, sort="best", page=1, unknown_place="")


def _is_too_long(query: CatalogueQuery) -> bool:
    return len(query.url) > alerts.LONGEST_QUERY


def _show(query: CatalogueQuery, form: AlertForm) -> str:
    return render_template(
        "shortlists/alert_new.html",
        query=query,
        search=query.url.partition("?")[2],
        sentence=query.sentence(vocabulary()),
        is_too_long=_is_too_long(query),
        form=form,
        for_adviser=current_user.is_authenticated and current_user.member.may_advise,
    )


def _sentence(address: str) -> str:
    """A saved search in English, as far as its parts still exist."""
    query = query_of(address, vocabulary())
    return query.sentence(vocabulary()) if query else ""


def _row(saved: SavedSearch) -> Row:
    return Row(
        public_id=saved.public_id,
        address=saved.query,
        sentence=_sentence(saved.query),
        saved_on=here_day(saved.made_at),
        told_on=here_day(saved.told_at) if saved.told_at else None,
    )


def _stopped_by(token: str) -> str:
    """The public id in a token that we wrote; anything else is a page that does not exist."""
    public_id = alerts.stopped_by(token)
    if public_id is None:
        abort(404)
    return public_id


def _too_late() -> tuple[str, int]:
    """Used, too old or never there: which one is not told."""
    return render_template("shortlists/alert_too_late.html"), 410
