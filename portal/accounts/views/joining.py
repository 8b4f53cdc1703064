"""Signing an organisation up, and the links from mails that make an account one’s own."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.accounts import joining, people, signing_in
from portal.accounts.access import open_to_everyone
from portal.accounts.forms import KINDS, KindForm, NewPasswordForm, SignUpForm
from portal.accounts.models import LinkPurpose
from portal.accounts.views.private_pages import private, too_late
from portal.accounts.views.signing_in import first_page
from portal.extensions import db

views = Blueprint("joining", __name__)


@views.get("/sign-up")
@open_to_everyone
def sign_up() -> Response:
    """What are you signing up? Then the questions that belong to it."""
    kind = request.args.get("kind")
    if kind not in KINDS:
        chosen = KindForm(request.args, meta={"csrf": False})
        if kind is not None:
            chosen.validate()
        page = render_template("accounts/sign_up_kind.html", form=chosen)
        return private(page, 200 if kind is None else 422)
    form = SignUpForm()
    form.show(kind)
    return private(_asked(form))


@views.post("/sign-up")
@open_to_everyone
def send_sign_up() -> Response:
    """Keep the application until its address is confirmed. A program is told that all is well."""
    form = SignUpForm()
    if form.kind.data not in KINDS:
        return redirect(url_for(".sign_up"), code=303)
    if form.is_from_a_program:
        current_app.logger.info("a sign-up that no person filled in was dropped")
        return redirect(url_for(".look_in_your_mail"), code=303)
    if not form.validate():
        return private(_asked(form), 422)
    joining.sign_up(db.session, form.said())
    return redirect(url_for(".look_in_your_mail"), code=303)


@views.get("/sign-up/look-in-your-mail")
@open_to_everyone
def look_in_your_mail() -> str:
    """What happens next, and how long it takes; the same for everybody."""
    return render_template("accounts/look_in_your_mail.html")


@views.route("/confirm/<token>", methods=["GET", "POST"])
@open_to_everyone
def confirm(token: str) -> Response:
    """Confirm the mail address of whoever signed up, and choose a password."""
    return _join(LinkPurpose.CONFIRM, token)


@views.route("/invitation/<token>", methods=["GET", "POST"])
@open_to_everyone
def invitation(token: str) -> Response:
    """Accept an invitation, and choose a password."""
    return _join(LinkPurpose.INVITATION, token)


def _join(purpose: LinkPurpose, token: str) -> Response:
    member = joining.expected(db.session, purpose, token)
    if member is None:
        return too_late()
    form = NewPasswordForm(member)
    if request.method == "GET" or not form.validate():
        page = render_template(
            "accounts/join.html", form=form, member=member, purpose=purpose, token=token
        )
        return private(page, 200 if request.method == "GET" else 422)
    joined = joining.confirm(db.session, purpose, token, password=form.password.data)
    if joined is None:
        return too_late()
    people.enter(signing_in.begin(db.session, joined, device=people.device_words()))
    return redirect(first_page(joined), code=303)


def _asked(form: SignUpForm) -> str:
    return render_template("accounts/sign_up.html", form=form, kind=KINDS[form.kind.data])
