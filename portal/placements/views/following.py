"""A young person follows a request with its code: how far it is, the day, the certificate."""

from flask import Blueprint, Response, abort, current_app, redirect, render_template, url_for
from flask import request as asked_for
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.access import open_to_everyone
from portal.accounts.views.private_pages import keep_private
from portal.catalogue.access_to_search import vocabulary
from portal.clock import today
from portal.extensions import db, limiter
from portal.headers import as_file
from portal.placements import asking, withdrawing
from portal.placements.documents import calendar_file, certificate_of, days_of, place_of
from portal.placements.forms_asking import CodeForm, SayForm, WithdrawForm
from portal.placements.life import Act, ImpossibleActError, Stage
from portal.placements.models import Request
from portal.placements.reading_asking import by_code_hash, reason_in_words, said_by_employer
from portal.placements.steps import ChangedMeanwhileError
from portal.placements.views import remembering

views = Blueprint("following", __name__)
views.after_request(keep_private)
WRONG_CODE = "We do not know this code. Look at it again: it has four groups of four."
MEANWHILE = "Somebody did something with your request just now. This is how it stands."
TOO_LATE = "That is not possible any more. This is how your request stands."


@views.route("/requests", methods=["GET", "POST"])
@open_to_everyone
@limiter.limit("300 per hour", methods=["POST"])
def find() -> AnyResponse | str | tuple[str, int]:
    """Enter a code. Every wrong one gets the same answer."""
    form = CodeForm()
    if asked_for.method == "GET":
        return render_template("placements/find.html", form=form)
    code = form.code.data or ""
    found = asking.by_code(db.session, code)
    if not form.validate() or found is None:
        form.code.errors = [WRONG_CODE]
        return render_template("placements/find.html", form=form), 422
    remembering.follow(code)
    return redirect(url_for("following.mine"), code=303)


@views.post("/requests/forget")
@open_to_everyone
def forget() -> AnyResponse:
    """Forget the request on this device; the code still opens it."""
    remembering.forget()
    return redirect(url_for("following.find"), code=303)


@views.get("/requests/mine")
@open_to_everyone
def mine() -> str:
    """How far the request is, in plain words, and what one can do now."""
    return _show(_mine())


@views.route("/requests/mine/withdraw", methods=["GET", "POST"])
@open_to_everyone
def withdraw() -> AnyResponse | str | tuple[str, int]:
    """Say that one does not want it any more, with a reason from a list."""
    found = _mine()
    if asked_for.method == "POST" and found.stand == Stage.WITHDRAWN:
        return redirect(url_for("following.mine"), code=303)
    if not can_withdraw(found):
        return _show(found, told=TOO_LATE), 409
    form = WithdrawForm.with_reasons(vocabulary().choices_of("why-withdrawn"))
    if asked_for.method == "GET":
        return render_template("placements/withdraw.html", form=form, made=found)
    if not form.validate():
        return render_template("placements/withdraw.html", form=form, made=found), 422
    try:
        withdrawing.withdraw(db.session, found, reason=form.reason.data)
    except (ChangedMeanwhileError, ImpossibleActError):
        return _show(_mine(), told=MEANWHILE), 409
    return redirect(url_for("following.mine"), code=303)


@views.post("/requests/mine/says")
@open_to_everyone
def say() -> AnyResponse | tuple[str, int]:
    """Tick what went well and what could be better."""
    found = _mine()
    form = _say_form(found)
    if found.stand != Stage.ATTENDED or not form.validate():
        return _show(found, told=TOO_LATE), 422
    asking.say(db.session, found, form.said)
    return redirect(url_for("following.mine", _anchor="said"), code=303)


@views.get("/requests/mine/calendar.ics")
@open_to_everyone
def calendar() -> Response:
    """The booked days for a calendar."""
    found = _mine()
    if found.stand != Stage.BOOKED:
        abort(404)
    base = current_app.config["BASE_URL"].rstrip("/")
    data = calendar_file(
        found,
        address=base + url_for("following.find"),
        portal_name=vocabulary().area.portal_name,
    )
    return as_file(data, "text/calendar", "work-experience.ics")


@views.get("/requests/mine/certificate.pdf")
@open_to_everyone
def certificate() -> Response:
    """A certificate for whoever was there."""
    found = _mine()
    if found.stand != Stage.ATTENDED:
        abort(404)
    data = certificate_of(found, vocabulary())
    return as_file(data, "application/pdf", "certificate.pdf")


def can_withdraw(found: Request) -> bool:
    """Whether it can still be taken back: also on the morning of the day, but not after it."""
    return found.can(Act.WITHDRAW) and found.occasion.first_day >= today()


def _mine() -> Request:
    """The request that is followed here, or the page to enter a code."""
    code_hash = remembering.followed()
    found = by_code_hash(db.session, code_hash) if code_hash else None
    if found is None:
        abort(redirect(url_for("following.find"), code=303))
    return found


def _say_form(found: Request) -> SayForm:
    words = vocabulary()
    return SayForm.with_lists(
        words.choices_of("went-well"),
        words.choices_of("could-be-better"),
        said=found.placement.young_says if found.placement else (),
    )


def _show(found: Request, *, told: str = "") -> str:
    return render_template(
        "placements/mine.html",
        made=found,
        reason=reason_in_words(found, vocabulary()),
        shows_place=found.stand == Stage.BOOKED,
        has_certificate=found.stand == Stage.ATTENDED,
        dates=days_of(found.listing, found.occasion),
        place=place_of(found.listing),
        can_withdraw=can_withdraw(found),
        they_say=said_by_employer(found, vocabulary()),
        say=_say_form(found),
        has_said=bool(found.placement and found.placement.young_says),
        told=told,
    )
