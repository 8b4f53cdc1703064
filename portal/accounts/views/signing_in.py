"""Signing in and out, and a new password for whoever has forgotten theirs."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answered

from portal.accounts import joining, people, signing_in
from portal.accounts.access import ARRIVING, open_to, open_to_everyone
from portal.accounts.forms import AddressForm, CodeForm, NewPasswordForm, SignInForm
from portal.accounts.models import LinkPurpose, Member
from portal.accounts.safe_addresses import safe_next
from portal.accounts.signing_in import Answer, Outcome
from portal.accounts.views.private_pages import private, too_late
from portal.extensions import db

views = Blueprint("signing_in", __name__)
WRONG = "The mail address or the password is not right. Try again, or get a new password below."
TOO_MANY = "There were too many tries. Wait five minutes, or get a new password below."
WRONG_CODE = (
    "That code is not right, or it has been used. Wait for the next one, or use a recovery code."
)
TOO_MANY_CODES = "There were too many tries. Wait five minutes, then try the next code."


@views.route("/sign-in", methods=["GET", "POST"])
@open_to_everyone
def sign_in() -> Answered:
    """A mail address and a password; whatever is wrong, the answer is the same."""
    form = SignInForm()
    if request.method == "GET":
        form.next.data = safe_next(request.args.get("next"))
        if current_user.is_authenticated:
            return redirect(first_page(current_user.member, form.next.data), code=303)
        return private(render_template("accounts/sign_in.html", form=form))
    if not form.validate():
        return private(render_template("accounts/sign_in.html", form=form), 422)
    outcome = signing_in.check_password(
        db.session,
        email=form.email.data,
        password=form.password.data,
        known_device=people.known_device(form.email.data),
        device=people.device_words(),
    )
    if outcome.answer == Answer.CODE_WANTED and outcome.member is not None:
        people.ask_for_code(outcome.member)
        return redirect(url_for(".code", next=form.next.data or None), code=303)
    if outcome.answer == Answer.IN:
        return _entered(outcome, form.next.data)
    is_wrong = outcome.answer == Answer.WRONG
    form.email.errors = [WRONG if is_wrong else TOO_MANY]
    return private(render_template("accounts/sign_in.html", form=form), 422 if is_wrong else 429)


@views.route("/sign-in/code", methods=["GET", "POST"])
@open_to_everyone
def code() -> Answered:
    """The second half, for whoever has a second factor and gave the right password."""
    form = CodeForm()
    member = people.half_way_in()
    if member is None:
        return redirect(url_for(".sign_in", next=safe_next(request.args.get("next"))), code=303)
    if request.method == "GET":
        form.next.data = safe_next(request.args.get("next"))
        return private(render_template("accounts/code.html", form=form))
    if not form.validate():
        return private(render_template("accounts/code.html", form=form), 422)
    outcome = signing_in.check_code(
        db.session,
        member,
        code=form.code.data,
        known_device=people.known_device(member.email),
        device=people.device_words(),
    )
    if outcome.answer == Answer.IN:
        return _entered(outcome, form.next.data)
    is_wrong = outcome.answer == Answer.WRONG
    form.code.errors = [WRONG_CODE if is_wrong else TOO_MANY_CODES]
    form.code.data = ""
    return private(render_template("accounts/code.html", form=form), 422 if is_wrong else 429)


@views.post("/sign-out")
@open_to(ARRIVING)
def sign_out() -> Answered:
    """End the session in this browser."""
    signing_in.sign_out(db.session, people.current_sign_in())
    people.leave()
    return redirect(url_for(".signed_out"), code=303)


@views.get("/signed-out")
@open_to_everyone
def signed_out() -> Response:
    """Say so, and have the browser forget the pages it keeps."""
    response = private(render_template("accounts/signed_out.html"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@views.route("/forgotten-password", methods=["GET", "POST"])
@open_to_everyone
def forgotten_password() -> Answered:
    """Where to send a link for a new password; whether there is an account is not told."""
    form = AddressForm()
    if request.method == "GET":
        return private(render_template("accounts/forgotten_password.html", form=form))
    if not form.validate():
        return private(render_template("accounts/forgotten_password.html", form=form), 422)
    joining.ask_for_new_password(db.session, form.email.data)
    return redirect(url_for(".link_sent"), code=303)


@views.get("/forgotten-password/look-in-your-mail")
@open_to_everyone
def link_sent() -> str:
    """What happens next."""
    return render_template("accounts/link_sent.html")


@views.route("/new-password/<token>", methods=["GET", "POST"])
@open_to_everyone
def new_password(token: str) -> Answered:
    """Choose a new password. It does not sign in: that would step over the second factor."""
    member = joining.expected(db.session, LinkPurpose.RESET, token)
    if member is None:
        return too_late()
    form = NewPasswordForm(member)
    if request.method == "GET" or not form.validate():
        status = 200 if request.method == "GET" else 422
        return private(
            render_template("accounts/new_password.html", form=form, token=token), status
        )
    if joining.set_new_password(db.session, token, password=form.password.data) is None:
        return too_late()
    people.leave()
    flash("Your new password is kept. Sign in with it.")
    return redirect(url_for(".sign_in"), code=303)


def first_page(member: Member, wanted: str | None = None) -> str:
    """Where somebody goes after signing in."""
    if wanted:
        return wanted
    if member.is_moderator:
        return "/desk"
    return "/workspace" if member.may_edit else url_for("account.home")


def _entered(outcome: Outcome, wanted: str | None) -> Answered:
    people.enter(outcome)
    return redirect(first_page(people.current_member(), wanted), code=303)
