"""What a visitor takes a list along with: paper, a calendar, a mail, a code, or a link.

The link holds nothing but what is on the list, so that anybody may open it; nothing is stored.
"""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.access import open_to_everyone
from portal.accounts.views.private_pages import keep_private
from portal.catalogue import reading
from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.models import Entry
from portal.clock import today
from portal.codes import code_of_page
from portal.extensions import db, limiter
from portal.headers import as_file
from portal.mail import address_for
from portal.same_origin import only_from_here
from portal.shortlists import dates, handing, on_device
from portal.shortlists.forms_my_list import CodeForm, MailForm, keys_of, new_token
from portal.shortlists.views.my_list import cards_of

views = Blueprint("handing", __name__)
views.after_request(keep_private)
MANY = 5


@views.get("/my-list/print")
@open_to_everyone
def printed() -> AnyResponse | str:
    """The list for one sheet of A4, with a code to scan for each thing on it."""
    cards = cards_of(on_device.here())
    if not cards:
        return _to_list()
    shown = [card.entry for card in cards if card.entry]
    return render_template(
        "shortlists/my_list_print.html",
        cards=cards,
        codes={entry.key: code_of_page(address_for(entry.path)) for entry in shown},
        dates={date.entry.key: date for date in dates.coming(shown, today())},
        is_long=len(cards) > MANY,
    )


@views.get("/my-list/dates.ics")
@open_to_everyone
def calendar() -> AnyResponse:
    """Closing days and events on the list, for a calendar."""
    found = [d for d in dates.coming(_mine(), today()) if d.is_for_a_calendar]
    if not found:
        return _to_list()
    data = dates.calendar_file(found, portal_name=vocabulary().area.portal_name)
    return as_file(data, "text/calendar", "my-list.ics")


@views.get("/my-list/mail")
@open_to_everyone
def write() -> AnyResponse | str:
    """Ask where the list shall go."""
    form = MailForm(meta={"csrf": False})
    form.token.data, entries = new_token(), _mine()
    return _ask_address(form, entries) if entries else _to_list()


@views.post("/my-list/mail")
@open_to_everyone
@only_from_here
@limiter.limit("300 per hour")
def mail() -> AnyResponse | str | tuple[str, int]:
    """Send the list to an address. Everybody gets the same answer, and so does a program."""
    form, entries = MailForm(meta={"csrf": False}), _mine()
    if not entries:
        return _to_list()
    if not form.validate():
        return _ask_address(form, entries), 422
    if not form.topic.data:
        handing.mail(db.session, entries, address=form.email.data, token=form.token.data)
    return redirect(url_for(".mailed"), code=303)


@views.get("/my-list/mail/sent")
@open_to_everyone
def mailed() -> str:
    """It is on its way, and what to do when it does not come."""
    return render_template("shortlists/my_list_mailed.html")


@views.post("/my-list/code")
@open_to_everyone
@only_from_here
@limiter.limit("300 per hour")
def code() -> AnyResponse | str:
    """A short code with which an adviser gets the list, once."""
    form, entries = CodeForm(meta={"csrf": False}), _mine()
    if not form.validate() or not entries:
        return _to_list()
    given = handing.hand(db.session, [entry.key for entry in entries], token=form.token.data)
    return render_template(
        "shortlists/my_list_code.html",
        code=given,
        number=len(entries),
        until=today() + handing.LIVES,
    )


@views.get("/list")
@open_to_everyone
def shared() -> str:
    """What stands in a link, as far as it is shown; whose it was is not in it."""
    keys = keys_of(request.args)
    entries = _shown(keys)
    return render_template(
        "shortlists/list.html",
        entries=entries,
        missing=len(keys) - len(entries),
        dates=dates.coming(entries, today()),
    )


@views.post("/list/keep-all")
@open_to_everyone
@only_from_here
def keep_all() -> AnyResponse:
    """Put everything in a link on one’s own list, at its end."""
    entries = _shown(keys_of(request.form))
    try:
        on_device.keep(on_device.here().with_all(entry.key for entry in entries))
    except on_device.FullError:
        return redirect("/my-list?told=too-many", code=303)
    return redirect("/my-list?told=added" if entries else "/my-list", code=303)


def _mine() -> list[Entry]:
    return _shown(on_device.here().keys)


def _shown(keys: Sequence[str]) -> list[Entry]:
    """Entries that visitors may see, in the order of their keys, each once."""
    found = reading.by_keys(db.session, keys)
    inside = {found[key].id: found[key] for key in keys if key in found}
    return [entry for entry in inside.values() if entry.is_shown(today())]


def _ask_address(form: MailForm, entries: Sequence[Entry]) -> str:
    return render_template("shortlists/my_list_mail.html", form=form, number=len(entries))


def _to_list() -> AnyResponse:
    return redirect(url_for("my_list.my_list"), code=303)
