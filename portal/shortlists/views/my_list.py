"""A visitor’s own list: add and take off from any card, put in order, note, clear.

Reading it changes nothing, and nothing of it stays here: each answer sends it back to its device.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.access import open_to_everyone
from portal.accounts.coming_back import way_back
from portal.accounts.safe_addresses import safe_next
from portal.accounts.views.private_pages import keep_private
from portal.catalogue import reading
from portal.catalogue.collecting import Collection
from portal.catalogue.models import LIVE, Entry
from portal.clock import today
from portal.extensions import db
from portal.mail import address_for
from portal.same_origin import only_from_here
from portal.shortlists import adding_to, curating, dates, handing, on_device
from portal.shortlists.forms_my_list import Arranging, new_token
from portal.shortlists.on_device import DeviceList, FullError

views = Blueprint("my_list", __name__)
views.after_request(keep_private)
NO_ROOM = "Your device has no more room for notes this long. Shorten some, then keep them again."
TOLD = {
    "full": "Your list is full. Take something off or shorten a note, then add it again.",
    "full-shortlist": "This shortlist is full. Take something off first.",
    "gone": "That is not shown here any more, so it was not added.",
    "cleared": "Your list is cleared. Nothing of it is left on this device.",
    "kept": "Your list is kept on this device.",
    "added": "All of it is on your list now.",
    "off": "It is off your list.",
    "too-many": "Your list has no room for all of it, so nothing was added. Take some things off, "
    "or add what you want one by one.",
}


@dataclass(frozen=True)
class Card:
    """One thing on a list as its page shows it; without an entry when it is not shown any more."""

    key: str
    title: str
    note: str = ""
    entry: Entry | None = None

    @property
    def anchor(self) -> str:
        """Its name within the page."""
        return self.key.replace("/", "-")


@views.get("/my-list")
@open_to_everyone
def my_list() -> str:
    """What is on the list, in its order, and what one can do with it."""
    return _page(on_device.here(), told=TOLD.get(request.args.get("told", ""), ""))


@views.get("/my-list/keys.json")
@open_to_everyone
def keys() -> Response:
    """What is collected here, for a page that a browser kept from before."""
    here = adding_to.collected_here()
    return jsonify(keys=sorted(here.keys), number=here.number)


@views.post("/my-list/change")
@open_to_everyone
@only_from_here
def change() -> AnyResponse:
    """Add what a card shows to the list that is being made here, or take it off.

    For an adviser who is adding to a shortlist it is that one.
    """
    if "stop" in request.form:
        adding_to.stop()
        return _back("")
    key = request.form.get("add") or request.form.get("take-off") or ""
    told = _change(key, is_added="add" in request.form)
    if request.headers.get("Accept") == "application/json":
        return _as_data(key, TOLD.get(told, ""))
    if not told:
        return _back(key)
    shortlist = adding_to.target()
    if shortlist is None:
        return redirect(f"/my-list?told={told}", code=303)
    flash(TOLD[told])
    return redirect(shortlist.path, code=303)


@views.post("/my-list/arrange")
@open_to_everyone
@only_from_here
def arrange() -> AnyResponse | tuple[str, int]:
    """Keep the notes, whatever else was pressed: up, down or take off."""
    asked, before = Arranging.of(request.form), on_device.here()
    try:
        arranged = asked.arranged(before)
    except FullError:
        typed = DeviceList(
            tuple(
                on_device.Kept(one.key, asked.notes.get(one.key, one.note)) for one in before.kept
            )
        )
        return _page(typed, told=NO_ROOM, is_wrong=True), 422
    _keep(before, arranged.renamed(_newer_names(arranged.keys)))
    if request.headers.get("Accept") == "application/json":
        return jsonify(kept=True)
    return redirect("/my-list" + _where(asked, arranged), code=303)


@views.post("/my-list/clear")
@open_to_everyone
@only_from_here
def clear() -> AnyResponse:
    """Forget the list on this device."""
    _keep(on_device.here(), DeviceList())
    return redirect("/my-list?told=cleared", code=303)


def cards_of(own: DeviceList) -> list[Card]:
    """The list in its order; what moderators took down keeps only the words of its address."""
    found = reading.by_keys(db.session, own.keys)
    return [_card(one, found.get(one.key)) for one in own.kept]


def _card(one: on_device.Kept, entry: Entry | None) -> Card:
    if entry is not None and entry.status == LIVE:
        shown = entry if entry.is_shown(today()) else None
        return Card(one.key, entry.title, one.note, shown)
    return Card(one.key, one.key.partition("/")[2].replace("-", " ").capitalize(), one.note)


def _page(own: DeviceList, *, told: str, is_wrong: bool = False) -> str:
    cards = cards_of(own)
    shown = [card.entry for card in cards if card.entry]
    return render_template(
        "shortlists/my_list.html",
        cards=cards,
        shown=shown,
        dates=dates.coming(shown, today()),
        told=told,
        is_wrong=is_wrong,
        token=new_token(),
        address=address_for(handing.path_of(shown)),
        most=on_device.MOST,
        longest_note=on_device.LONGEST_NOTE,
    )


def _change(key: str, *, is_added: bool) -> str:
    """Change whichever list it is; the answer is what went wrong, by its name, or nothing."""
    entry = reading.by_keys(db.session, [key]).get(key)
    shown = entry if entry is not None and entry.is_shown(today()) else None
    if is_added and shown is None:
        return "gone"
    shortlist = adding_to.target()
    try:
        if shortlist is None:
            _change_own(key, shown, is_added=is_added)
        elif is_added and shown is not None:
            reason = request.form.get("reason", "")
            adding_to.remember_reason(reason)
            curating.put_on(db.session, shortlist, [shown], reason=reason)
        else:
            for item in [i for i in shortlist.items if i.entry and i.entry.key == key]:
                curating.take_off(db.session, shortlist, item)
    except FullError:
        return "full"
    except curating.TooManyError:
        return "full-shortlist"
    return ""


def _change_own(key: str, shown: Entry | None, *, is_added: bool) -> None:
    before = on_device.here()
    if is_added and shown is not None:
        _keep(before, before.renamed(_newer_names(before.keys)).with_all([shown.key]))
    else:
        _keep(before, before.without(key).renamed(_newer_names(before.keys)).without(key))


def _keep(before: DeviceList, after: DeviceList) -> None:
    """Send the list back; one that did not change is sent too, so that it lasts from today."""
    if before.kept or after.kept:
        on_device.keep(after)


def _newer_names(keys: Sequence[str]) -> Mapping[str, str]:
    """What entries on the list are called now, where they moved."""
    found = reading.by_keys(db.session, keys)
    return {key: entry.key for key, entry in found.items() if entry.key != key}


def _where(asked: Arranging, arranged: DeviceList) -> str:
    """Where the page goes on: at the button that was pressed, or the other one at an end."""
    key = asked.up or asked.down
    if key not in arranged.keys:
        return "?told=off" if asked.take_off else "?told=kept"
    place = arranged.keys.index(key)
    is_up = place > 0 if asked.up else place == len(arranged.keys) - 1
    return f"#{'up' if is_up else 'down'}-{key.replace('/', '-')}"


def _as_data(key: str, told: str) -> Response:
    here: Collection = adding_to.collected_here()
    return jsonify(on=key in here.keys, number=here.number, told=told)


def _back(key: str) -> AnyResponse:
    back = way_back("/my-list")
    anchor = f"#at-{key.replace('/', '-')}" if safe_next(f"/{key}") and key else ""
    return redirect(back.partition("#")[0] + anchor, code=303)
