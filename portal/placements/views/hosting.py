"""Employers’ pages about requests: answers to give, who comes when, and who came.

No template here is handed a request: only what ``portal.placements.hosted`` makes of it.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.accounts.access import EDITORS, open_to
from portal.accounts.models import Organisation
from portal.accounts.people import current_member
from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.experiences import Occasion
from portal.clock import today
from portal.extensions import db
from portal.placements import hosted, hosting
from portal.placements.advising_forms import ReasonForm, typed
from portal.placements.checks import Outcome, Weight
from portal.placements.hosted import Seen
from portal.placements.hosting_forms import CameForm, OtherDayForm
from portal.placements.life import ImpossibleActError
from portal.placements.listings import weighed
from portal.placements.models import Request
from portal.placements.steps import ChangedMeanwhileError
from portal.publishing.views.desk import page_number
from portal.taxonomy import AcademicYear

views = Blueprint("hosting", __name__)
TABS = ("", "booked", "waiting", "ended")
CHANGED = "It changed while you were reading, or a colleague answered first. Nothing was done."
TOO_SOON = "Nobody can say who came before the day. Nothing was done."
NO_SUCH_DAY = "That day is not offered any more. Choose another one. Nothing was done."
CALLED_OFF = {Seen.CANCELLED, Seen.DECLINED}


@views.get("/workspace/requests")
@open_to(EDITORS)
def overview() -> str:
    """What needs an answer, who comes when, what waits for others, and what was given."""
    organisation = my_organisation()
    show = request.args.get("show", "")
    show = show if show in TABS else ""
    lists: dict[str, Callable[..., Any]] = {
        "": hosted.to_answer,
        "booked": hosted.booked,
        "waiting": hosted.waiting,
        "ended": hosted.ended,
    }
    year = AcademicYear.of(today())
    return render_template(
        "hosting/overview.html",
        show=show,
        listed=lists[show](db.session, organisation, page_number()),
        confirm=hosted.to_confirm(db.session, organisation),
        counts=hosted.counts(db.session, organisation),
        seen=Seen,
        given=hosted.given(db.session, organisation, year),
        year=year,
    )


@views.get("/workspace/requests/<public_id>")
@open_to(EDITORS)
def one(public_id: str) -> str:
    """One request, as far as an employer may know it."""
    return _show(_ours(public_id))


@views.post("/workspace/requests/<public_id>/offer")
@open_to(EDITORS)
def offer(public_id: str) -> Response | tuple[str, int]:
    """Say yes."""
    found = _ours(public_id)

    def decide() -> str:
        hosting.offer(db.session, found, by=current_member())
        return "You said yes. Their adviser takes the place next, and you get a letter then."

    return _decided(found, {Seen.YES}, decide)


@views.post("/workspace/requests/<public_id>/other-day")
@open_to(EDITORS)
def other_day(public_id: str) -> Response | tuple[str, int]:
    """Say yes to another day."""
    found = _ours(public_id)
    days = _other_days(found)
    form = OtherDayForm.of(days, formdata=typed())
    if not form.validate():
        return _show(found, other_day=form), 422
    wanted = next(day for day in days if day.public_id == form.day.data)

    def decide() -> str:
        hosting.propose_other_day(db.session, found, wanted, by=current_member())
        return "Their adviser reads which day suits you better."

    return _decided(found, {Seen.OTHER_DAY}, decide, other_day=form)


@views.post("/workspace/requests/<public_id>/decline")
@open_to(EDITORS)
def decline(public_id: str) -> Response | tuple[str, int]:
    """Say no, with a reason from the list."""
    found = _ours(public_id)
    form = _reasons("why-declined", typed())
    if not form.validate():
        return _show(found, decline=form), 422

    def decide() -> str:
        hosting.decline(db.session, found, reason=form.reason.data, by=current_member())
        return "You said no. They and their adviser read your reason."

    return _decided(found, {Seen.DECLINED}, decide, decline=form)


@views.post("/workspace/requests/<public_id>/cancel")
@open_to(EDITORS)
def cancel(public_id: str) -> Response | tuple[str, int]:
    """Call a booking off, with a reason from the list."""
    found = _ours(public_id)
    form = _reasons("why-cancelled", typed())
    if not form.validate():
        return _show(found, cancel=form), 422

    def decide() -> str:
        hosting.cancel(db.session, found, reason=form.reason.data, by=current_member())
        return "Cancelled. Everybody who has to know has a letter."

    return _decided(found, {Seen.CANCELLED}, decide, cancel=form)


@views.post("/workspace/requests/<public_id>/came")
@open_to(EDITORS)
def came(public_id: str) -> Response | tuple[str, int]:
    """Say who came: with one click everybody, or in more detail."""
    found = _ours(public_id)
    form = _came_form(found, typed())
    if not form.validate():
        return _show(found, came=form), 422
    is_one_click = "details" not in request.form

    def decide() -> str:
        people = found.placement.people if found.placement else 0
        if is_one_click and hosted.seen_by_employer(found).seen == Seen.CAME:
            return "This was done already."
        hosting.confirm(
            db.session, found, came=form.number.data or people,
            hours=float(form.hours.data) if form.hours.data else None,
            skills=form.skills.data, says=form.says.data, by=current_member(),
        )  # fmt: skip
        return "Thank you. Their certificate is ready for them."

    return _decided(found, {Seen.CAME}, decide, came=form)


@views.post("/workspace/requests/<public_id>/did-not-come")
@open_to(EDITORS)
def did_not_come(public_id: str) -> Response | tuple[str, int]:
    """Say that nobody came."""
    found = _ours(public_id)

    def decide() -> str:
        if hosted.seen_by_employer(found).seen != Seen.ABSENT:
            hosting.confirm(db.session, found, came=0, by=current_member())
        return "Noted. Their adviser finds out why."

    return _decided(found, {Seen.ABSENT}, decide)


def my_organisation() -> Organisation:
    """Whose requests these are."""
    return current_member().organisation


def _ours(public_id: str) -> Request:
    """For the verbs; templates get what ``_show`` makes of it."""
    found = hosted.asked_of(db.session, my_organisation(), public_id)
    if found is None:
        abort(404)
    return found


def _decided(
    found: Request, reached: set[Seen], decide: Callable[[], str], **forms: object
) -> Response | tuple[str, int]:
    """Do it, unless it is so already, or it is not any more as it was read."""
    public_id, seen = found.public_id, hosted.seen_by_employer(found).seen
    if _read() not in {"", seen.value} and seen not in reached:
        return _show(found, notice=CHANGED, **forms), 409
    try:
        flash(decide())
    except (ChangedMeanwhileError, ImpossibleActError):
        notice = CHANGED
    except hosting.TooSoonError:
        notice = TOO_SOON
    except LookupError:
        notice = NO_SUCH_DAY
    else:
        return redirect(url_for("hosting.one", public_id=public_id), code=303)
    db.session.rollback()
    return _show(_ours(public_id), notice=notice, **forms), 409


def _read() -> str:
    """How far the request had come on the page that was read."""
    return request.form.get("seen", "")


def _show(found: Request, *, notice: str = "", **forms: Any) -> str:  # noqa: ANN401
    asked = hosted.seen_by_employer(found)
    mistaken = [form for form in forms.values() if form.mistakes]
    words = vocabulary()
    return render_template(
        "hosting/request.html",
        asked=asked,
        seen=Seen,
        notice=notice,
        mistaken=mistaken[0] if mistaken else None,
        checks=_checks(found) if asked.seen == Seen.BOOKED else [],
        acts=hosted.own_acts(db.session, my_organisation(), found),
        other_day=forms.get("other_day") or OtherDayForm.of(_other_days(found), formdata=None),
        decline=forms.get("decline") or _reasons("why-declined"),
        cancel=forms.get("cancel") or _reasons("why-cancelled"),
        came=forms.get("came") or _came_form(found),
        reasons=words.choices_of("why-declined") | words.choices_of("why-cancelled"),
        said=words.choices_of("went-well"),
    )


def _checks(found: Request) -> list[Outcome]:
    """What law and guidance ask before they come, by the employer’s own answers."""
    answers = hosted.approved_answers(db.session, found.listing)
    return [outcome for outcome in weighed(answers) if outcome.weight != Weight.STOP]


def _other_days(found: Request) -> list[Occasion]:
    """Days of the same experience that are still to come, with room for them."""
    others = [day for day in found.listing.coming if day.id != found.occasion_id]
    return [day for day in others if day.free >= found.people]


def _reasons(name: str, formdata: object = None) -> ReasonForm:
    return ReasonForm.of(vocabulary().choices_of(name), act=name, formdata=formdata)


def _came_form(found: Request, formdata: object = None) -> CameForm:
    words, placement = vocabulary(), found.placement
    names = [row.skill for row in found.listing.skills]
    skills = {slug: words.skills[slug].name for slug in names if slug in words.skills}
    said: dict[str, object] = {}
    if placement is not None and placement.confirmed_at is not None:
        said = {
            "number": placement.came or None, "hours": placement.hours or None,
            "skills": placement.skills, "says": placement.employer_says,
        }  # fmt: skip
    return CameForm.of(
        found.people, skills, words.choices_of("went-well"), formdata=formdata, data=said
    )
