"""What a link opens: a list for somebody at home, who needs no account and is not known."""

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.access import open_to_everyone
from portal.catalogue.access_to_search import vocabulary
from portal.clock import today
from portal.extensions import db, limiter
from portal.headers import as_file
from portal.shortlists import comparing, reading_shared, sharing, this_browser
from portal.shortlists.dates import calendar_file, coming
from portal.shortlists.models import ShareLink
from portal.shortlists.sharing import Answer
from portal.shortlists.sharing_forms import PassphraseForm
from portal.shortlists.taking_away import HEADING, pdf_of
from portal.shortlists.telling import things
from portal.taxonomy import EntryKind

views = Blueprint("shared", __name__)
WRONG = "These are not the words. Look at them again, or ask whoever sent you the link."
TOO_MANY = "There were too many tries. Wait an hour, or ask whoever sent the link for a new one."


@views.get("/shared/<token>")
@open_to_everyone
def shared(token: str) -> Response:
    """The list: what is on it, why, what to do next, and until when.

    It writes one thing: that it was opened once more, so that the adviser knows it arrived.
    """
    link = reading_shared.by_token(db.session, token)
    if link is None:
        return _nothing()
    if not this_browser.is_open(link):
        return _ask(token, PassphraseForm(formdata=None))
    if request.method == "GET":
        sharing.count_opening(db.session, link)
    return _show(token, link)


@views.post("/shared/<token>")
@open_to_everyone
@limiter.limit("300 per hour")
def unlock(token: str) -> AnyResponse:
    """Give the passphrase. The right one opens the list in this browser for a while."""
    link = reading_shared.by_token(db.session, token)
    if link is None:
        return _nothing()
    if this_browser.is_open(link):
        return _to_list(token)
    form = PassphraseForm()
    if not form.validate():
        return _ask(token, form, 422)
    given = sharing.answer(db.session, link, form.passphrase.data)
    if given == Answer.RIGHT:
        this_browser.note_open(link)
        return _to_list(token)
    is_too_many = given == Answer.TOO_MANY
    form.passphrase.errors = [TOO_MANY if is_too_many else WRONG]
    return _ask(token, form, 429 if is_too_many else 422)


@views.get("/shared/<token>/list.pdf")
@open_to_everyone
@limiter.limit("300 per hour")
def pdf(token: str) -> Response:
    """The list to print and keep."""
    link = _opened(token)
    if link is None:
        return _nothing()
    whole = reading_shared.whole(db.session, link.shortlist, today())
    made_by = link.shortlist.organisation.name
    return as_file(pdf_of(whole, vocabulary(), made_by=made_by), "application/pdf", "list.pdf")


@views.get("/shared/<token>/dates.ics")
@open_to_everyone
def dates(token: str) -> Response:
    """What closes and what is on, for a calendar."""
    link = _opened(token)
    if link is None:
        return _nothing()
    found = coming(reading_shared.whole(db.session, link.shortlist, today()).entries, today())
    data = calendar_file(found, portal_name=vocabulary().area.portal_name)
    return as_file(data, "text/calendar", "dates.ics")


@views.after_request
def keep_secret(response: Response) -> Response:
    """Kept by no browser, found by no search engine, and its address told to nobody."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    return response


def _opened(token: str) -> ShareLink | None:
    """The link, when what it shows may be taken along from here."""
    link = reading_shared.by_token(db.session, token)
    return link if link is not None and this_browser.is_open(link) else None


def _show(token: str, link: ShareLink) -> Response:
    whole = reading_shared.whole(db.session, link.shortlist, today())
    shown = [entry for entry in whole.entries if entry.is_shown(today())]
    page = render_template(
        "shortlists/shared.html",
        heading=HEADING,
        token=token,
        made_by=link.shortlist.organisation.name,
        until=link.expires_at,
        things=things(whole.items, vocabulary(), today(), goals=whole.goals),
        dates=coming(shown, today()),
        compared=[entry for entry in shown if entry.kind != EntryKind.GUIDE],
        most_compared=comparing.MOST,
        keys=[entry.key for entry in shown],
    )
    return make_response(page)


def _ask(token: str, form: PassphraseForm, status: int = 200) -> Response:
    page = render_template("shortlists/shared_passphrase.html", token=token, form=form)
    response = make_response(page, status)
    # Not “no-referrer”: a form sent over https without a referrer is refused.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _nothing() -> Response:
    """Revoked, expired or never there: which one is not told, in no byte and no header."""
    return make_response(render_template("shortlists/shared_nothing.html"), 404)


def _to_list(token: str) -> AnyResponse:
    return redirect(f"/shared/{token}", code=303)
