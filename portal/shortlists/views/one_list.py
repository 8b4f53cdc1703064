"""An adviser’s page of one list, and what is done with the whole of it."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.accounts.access import ADVISERS, open_to
from portal.accounts.people import current_member
from portal.accounts.watching import note_read
from portal.catalogue.access_to_search import vocabulary
from portal.climbing_frame.access_to_frame import frame
from portal.clock import today
from portal.extensions import db
from portal.forms import PortalForm
from portal.shortlists import adding_to, coverage, curating, filing, reading_lists
from portal.shortlists.coverage import Thing
from portal.shortlists.list_forms import (
    NO_TOKEN,
    CodeForm,
    CopyForm,
    DetailsForm,
    LeaveForm,
    UseForm,
    new_token,
    typed,
)
from portal.shortlists.models import Shortlist, ShortlistItem
from portal.shortlists.views.lists import READ, show_overview
from portal.shortlists.views.sharing import panel_values
from portal.shortlists.warnings import Caution, cautions
from portal.templating import counted

views = Blueprint("one_list", __name__)
NO_SUCH_CODE = (
    "Nothing is under this code now. Look whether it is typed right. A code works once, and for "
    "14 days: they can make another."
)
MANY_CODES = "You have tried many codes. Wait a few minutes, then try again."
FULL = f"A list holds {curating.MOST_ITEMS} things, and theirs does not fit on this one as well."
PUT_AWAY = "This list is in the archive. Bring it back before you add to it."


@views.get("/advising/lists/<public_id>")
@open_to(ADVISERS)
def one(public_id: str) -> str:
    """What is on a list and why, what needs a look, and the tools."""
    return show_list(public_id)


@views.post("/advising/lists/<public_id>/details")
@open_to(ADVISERS)
def details(public_id: str) -> Response | tuple[str, int]:
    """Give it another reference or another day to look at it again; make a template of it."""
    shortlist = mine_or_404(public_id)
    form = DetailsForm(typed(), meta=NO_TOKEN)
    if not form.validate():
        return show_list(public_id, details=form), 422
    filing.change_details(
        db.session, shortlist, reference=form.reference.data, review_on=form.review_day,
        is_template=form.is_template.data,
    )  # fmt: skip
    flash("Kept.")
    return to_list(shortlist)


@views.post("/advising/lists/<public_id>/add-to")
@open_to(ADVISERS)
def add_to(public_id: str) -> Response:
    """Add to this list from now on, and go and look for more."""
    shortlist = mine_or_404(public_id)
    if shortlist.is_archived:
        flash(PUT_AWAY)
        return to_list(shortlist)
    adding_to.begin(shortlist)
    return redirect(url_for("searching.search"), code=303)


@views.post("/advising/lists/<public_id>/copy")
@open_to(ADVISERS)
def copy(public_id: str) -> Response | tuple[str, int]:
    """Make a copy under another reference, and show it."""
    shortlist = mine_or_404(public_id)
    form = CopyForm(typed(), meta=NO_TOKEN)
    if not form.validate():
        return show_list(public_id, copy=form), 422
    made = filing.copy(
        db.session, shortlist, reference=form.copy_reference.data,
        token=form.token.data or new_token(), by=current_member(),
    )  # fmt: skip
    flash(f"This is the copy: {made.reference}.")
    return to_list(made)


@views.post("/advising/lists/<public_id>/use")
@open_to(ADVISERS)
def use(public_id: str) -> Response | tuple[str, int]:
    """Copy a template for each reference of a class or a group."""
    template = mine_or_404(public_id)
    form = UseForm(typed(), meta=NO_TOKEN)
    if not template.is_template:
        abort(404)
    if not form.validate():
        return show_list(public_id, use=form), 422
    number = filing.use(
        db.session, template, references=form.references, token=form.token.data or new_token(),
        by=current_member(),
    )  # fmt: skip
    flash(f"{counted(number, 'list')} begun from this template.")
    return redirect(url_for("lists.overview"), code=303)


@views.post("/advising/lists/<public_id>/archive")
@open_to(ADVISERS)
def archive(public_id: str) -> Response:
    """Put it away."""
    shortlist = mine_or_404(public_id)
    filing.archive(db.session, shortlist, by=current_member())
    adding_to.stop_if(shortlist)
    flash("It is in the archive now.")
    return to_list(shortlist)


@views.post("/advising/lists/<public_id>/bring-back")
@open_to(ADVISERS)
def bring_back(public_id: str) -> Response:
    """Take it out of the archive."""
    shortlist = mine_or_404(public_id)
    filing.bring_back(db.session, shortlist, by=current_member())
    flash("It is among your current lists again.")
    return to_list(shortlist)


@views.post("/advising/lists/<public_id>/keep")
@open_to(ADVISERS)
def keep(public_id: str) -> Response:
    """Say that a list that was about to go is still needed."""
    shortlist = mine_or_404(public_id)
    curating.touch(db.session, shortlist)
    flash("It stays.")
    return to_list(shortlist)


@views.get("/advising/lists/<public_id>/delete")
@open_to(ADVISERS)
def ask_to_delete(public_id: str) -> str:
    """Ask whether it shall really go."""
    shortlist = mine_or_404(public_id)
    note_read(db.session, current_member(), READ, [shortlist.id])
    return render_template("shortlists/list_delete.html", shortlist=shortlist)


@views.post("/advising/lists/<public_id>/delete")
@open_to(ADVISERS)
def delete(public_id: str) -> Response:
    """Delete it for good."""
    shortlist = mine_or_404(public_id)
    adding_to.stop_if(shortlist)
    filing.throw_away(db.session, shortlist, by=current_member())
    flash("The list is deleted. Links to it have stopped.")
    return redirect(url_for("lists.overview"), code=303)


@views.post("/advising/lists/from-code")
@open_to(ADVISERS)
def from_code() -> Response | tuple[str, int]:
    """Put the list that a young person handed over on a list of the adviser’s, or on a new one."""
    form = CodeForm(typed(), meta=NO_TOKEN)
    into = mine_or_404(form.into.data) if form.into.data else None
    if not form.validate():
        return _code_again(form, into), 422
    status = 422
    try:
        taken = _taken_in(form, into)
    except filing.TooManyGuessesError:
        form.code.errors, status, taken = [MANY_CODES], 429, None
    except curating.TooManyError:
        form.code.errors, taken = [FULL], None
    if taken is None:
        return _code_again(form, into), status
    flash("What they had on their list is on this one now. Their notes stayed with them.")
    return to_list(taken)


def _taken_in(form: CodeForm, into: Shortlist | None) -> Shortlist | None:
    if into is not None and into.is_archived:
        form.code.errors = [PUT_AWAY]
        return None
    taken = filing.take_in(
        db.session, form.code.data, into=into, reference=form.code_reference.data,
        token=form.token.data or new_token(), by=current_member(),
    )  # fmt: skip
    if taken is None:
        form.code.errors = [NO_SUCH_CODE]
    return taken


def _code_again(form: CodeForm, into: Shortlist | None) -> str:
    return show_overview(code=form) if into is None else show_list(into.public_id, code=form)


def mine_or_404(public_id: str) -> Shortlist:
    """The adviser’s own list, or the answer that there is none."""
    found = reading_lists.mine(db.session, current_member(), public_id)
    if found is None:
        abort(404)
    return found


def to_list(shortlist: Shortlist, item: ShortlistItem | None = None) -> Response:
    """Back to the page of the list, to the thing that was changed where there is one."""
    return redirect(shortlist.path + (f"#item-{item.public_id}" if item else ""), code=303)


def show_list(public_id: str, **forms: PortalForm) -> str:
    """The page of one of the adviser’s own lists, with the forms as they were sent, or empty."""
    member = current_member()
    shortlist = reading_lists.whole(db.session, member, public_id)
    if shortlist is None:
        abort(404)
    note_read(db.session, member, READ, [shortlist.id])
    staff = reading_lists.staff_of(db.session, member)
    mistaken = [form for form in forms.values() if form.mistakes]
    return render_template(
        "shortlists/list_one.html",
        shortlist=shortlist,
        cautions=_cautions(shortlist),
        hints=coverage.hints(_things(shortlist)),
        known_steps=frame().holds,
        is_added_to=adding_to.is_target(shortlist),
        has_colleagues=bool(staff.colleagues),
        mistaken=mistaken[0] if mistaken else None,
        details=forms.get("details") or _details_form(shortlist),
        copy=forms.get("copy") or CopyForm(formdata=None, meta=NO_TOKEN),
        use=forms.get("use") or UseForm(formdata=None, meta=NO_TOKEN),
        code=forms.get("code") or CodeForm(formdata=None, meta=NO_TOKEN),
        leave=LeaveForm.of(staff.colleagues),
        **panel_values(shortlist),
    )


def _cautions(shortlist: Shortlist) -> dict[int, list[Caution]]:
    """What is the matter, by the number of the item; nothing for routes and what is all right."""
    found = {
        item.id: list(cautions(item.entry, seen_version=item.seen_version, today=today()))
        for item in shortlist.items
        if item.entry is not None
    }
    return {number: some for number, some in found.items() if some}


def _things(shortlist: Shortlist) -> list[Thing]:
    """What still counts for what a list covers."""
    words, day = vocabulary(), today()
    return [
        coverage.thing_of(item.entry, words, day)
        if item.entry
        else coverage.thing_of_route(item.route or {})
        for item in shortlist.items
        if item.entry is None or item.entry.is_shown(day)
    ]


def _details_form(shortlist: Shortlist) -> DetailsForm:
    return DetailsForm(
        formdata=None, meta=NO_TOKEN,
        data={
            "reference": shortlist.reference,
            "review_on": shortlist.review_on.isoformat() if shortlist.review_on else "",
            "is_template": shortlist.is_template,
        },
    )  # fmt: skip
