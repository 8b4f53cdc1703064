"""Advisers’ pages: all their lists, with a new one at the top, and lists that change hands."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from portal.accounts.access import ADVISERS, open_to
from portal.accounts.people import current_member
from portal.accounts.watching import note_read
from portal.extensions import db
from portal.publishing.views.desk import page_number
from portal.shortlists import adding_to, filing, leaving, reading_lists
from portal.shortlists.list_forms import NO_TOKEN, BeginForm, CodeForm, LeaveForm, new_token, typed
from portal.shortlists.reading_lists import Shelf, Staff
from portal.templating import counted

views = Blueprint("lists", __name__)
# What pages note as read: the limit on reading counts it.
READ = "shortlist"
# What was looked for last, in the session of the browser.
SOUGHT = "lists-sought"
SHELVES = {
    Shelf.CURRENT: "Current",
    Shelf.DUE: "Due for review",
    Shelf.LOOK: "Need a look",
    Shelf.TEMPLATES: "Templates",
    Shelf.ARCHIVED: "In the archive",
    Shelf.GOING: "Go soon",
    Shelf.NOBODYS: "Nobody looks after",
}
# Shown where something stands on them.
ONLY_WHEN_NEEDED = {Shelf.GOING, Shelf.NOBODYS}
NOT_COLLEAGUES = "They may not have lists here any more. Nothing was changed."


@views.get("/advising/lists")
@open_to(ADVISERS)
def overview() -> str:
    """The adviser’s lists, a shelf at a time, with what is due and what needs a look."""
    return show_overview()


@views.post("/advising/lists/find")
@open_to(ADVISERS)
def find() -> Response:
    """Look for lists by their reference. Sent, so that no reference stands in an address or log."""
    words = request.form.get("q", "").replace("\0", "")[:40].strip()
    session[SOUGHT] = words
    return redirect(url_for("lists.overview", show=Shelf.ALL.value if words else None), code=303)


@views.post("/advising/lists")
@open_to(ADVISERS)
def begin() -> Response | tuple[str, int]:
    """Begin a list, and go and look for what belongs on it."""
    form = BeginForm(typed(), meta=NO_TOKEN)
    if not form.validate():
        return show_overview(begin=form), 422
    made = filing.begin(
        db.session, reference=form.reference.data, token=form.token.data or new_token(),
        by=current_member(), is_template=form.is_template.data,
    )  # fmt: skip
    adding_to.begin(made)
    return redirect(url_for("searching.search"), code=303)


@views.post("/advising/lists/leave")
@open_to(ADVISERS)
def leave() -> Response | tuple[str, int]:
    """Leave lists to a colleague: those that were ticked, or all."""
    member = current_member()
    staff = reading_lists.staff_of(db.session, member)
    form = LeaveForm.of(staff.colleagues, typed())
    if not form.validate():
        return show_overview(leave=form), 422
    named = request.form.getlist("list") if form.which.data == "ticked" else None
    lists = reading_lists.several_of_mine(db.session, member, named)
    colleague = form.chosen(staff.colleagues)
    try:
        number = leaving.leave(db.session, lists, to=colleague, by=member)
    except leaving.NotAColleagueError:
        flash(NOT_COLLEAGUES)
        return _to_overview()
    flash(
        f"{counted(number, 'list')} went to {colleague.name}, who finds "
        f"{'it' if number == 1 else 'them'} among their own."
        if number
        else "No list went to anybody. Tick those that you want to leave first."
    )
    return _to_overview()


@views.post("/advising/lists/take-over")
@open_to(ADVISERS)
def take_over() -> Response:
    """Look after lists that nobody in the organisation looks after: those ticked, or all."""
    member = current_member()
    named = None if "all" in request.form else request.form.getlist("list")
    lists = reading_lists.several_of_nobody(db.session, member, named)
    number = leaving.take_over(db.session, lists, by=member)
    flash(f"You look after {counted(number, 'more list')} now." if number else "Tick a list first.")
    return _to_overview()


def show_overview(
    *,
    begin: BeginForm | None = None,
    code: CodeForm | None = None,
    leave: LeaveForm | None = None,
) -> str:
    """The overview, with the forms as they were sent, or empty."""
    member = current_member()
    staff = reading_lists.staff_of(db.session, member)
    on = _shelf()
    words = str(session.get(SOUGHT, "")) if on is Shelf.ALL else ""
    shown = reading_lists.shown(db.session, member, staff, on=on, words=words, number=page_number())
    note_read(db.session, member, READ, [row.shortlist.id for row in shown.rows])
    sent = [form for form in (begin, code, leave) if form is not None]
    return render_template(
        "shortlists/lists.html",
        shown=shown,
        on=on,
        words=words,
        shelves=_shelves(staff, on),
        begin=begin or BeginForm(formdata=None, meta=NO_TOKEN),
        code=code or CodeForm(formdata=None, meta=NO_TOKEN),
        leave=leave or LeaveForm.of(staff.colleagues),
        has_colleagues=bool(staff.colleagues),
        mistaken=sent[0] if sent else None,
    )


def _shelves(staff: Staff, on: Shelf) -> list[tuple[Shelf, str, int]]:
    """Each shelf with its name and its number of lists; some only where there are any."""
    counts = reading_lists.counts(db.session, current_member(), staff)
    return [
        (shelf, name, counts[shelf])
        for shelf, name in SHELVES.items()
        if shelf not in ONLY_WHEN_NEEDED or counts[shelf] or on is shelf
    ]


def _shelf() -> Shelf:
    asked = request.args.get("show", "")
    return Shelf(asked) if asked in set(Shelf) else Shelf.CURRENT


def _to_overview() -> Response:
    return redirect(url_for("lists.overview"), code=303)
