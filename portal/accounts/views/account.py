"""One’s own account: who one is here, the password, where one is signed in, the second factor."""

from flask import (
    Blueprint,
    abort,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response as Answered

from portal.accounts import joining, membership, people, signing_in
from portal.accounts.access import ARRIVING, MEMBERS, open_to
from portal.accounts.forms import (
    ROLES,
    ChangePasswordForm,
    CodeForm,
    DetailsForm,
    PresentPasswordForm,
)
from portal.accounts.models import Member, MemberRole
from portal.accounts.second_factor import address_of, new_secret
from portal.accounts.signing_in import Answer
from portal.clock import here
from portal.codes import code_of
from portal.extensions import db
from portal.mail import PORTAL_NAME

views = Blueprint("account", __name__)
PENDING = "second-factor-to-prove"
NOT_YOURS = {
    Answer.WRONG: "This is not your present password. Try again.",
    Answer.TOO_MANY: "There were too many tries. Wait five minutes, then try again.",
}


@views.get("/account")
@open_to(MEMBERS)
def home() -> str:
    """Who I am here, and what I can change."""
    member = people.current_member()
    return render_template(
        "accounts/home.html",
        member=member,
        roles=[ROLES[MemberRole(role)] for role in member.roles],
        sign_ins=signing_in.running(db.session, member),
        this=people.current_sign_in(),
        codes_left=membership.unused_recovery_codes(db.session, member),
        here=here,
    )


@views.route("/account/details", methods=["GET", "POST"])
@open_to(MEMBERS)
def details() -> str | Answered | tuple[str, int]:
    """Change my name or job."""
    member = people.current_member()
    form = DetailsForm(data={"name": member.name, "job_title": member.job_title})
    if request.method == "GET":
        return render_template("accounts/details.html", form=form)
    if not form.validate():
        return render_template("accounts/details.html", form=form), 422
    membership.change_details(
        db.session, member, name=form.name.data, job_title=form.job_title.data
    )
    flash("Your details are kept.")
    return redirect(url_for(".home"), code=303)


@views.route("/account/password", methods=["GET", "POST"])
@open_to(MEMBERS)
def password() -> str | Answered | tuple[str, int]:
    """Change my password: every other browser is signed out."""
    member, sign_in = people.current_member(), people.current_sign_in()
    form = ChangePasswordForm(member)
    if request.method == "GET":
        return render_template("accounts/password.html", form=form)
    if not (form.validate() and _proves(form)):
        return render_template("accounts/password.html", form=form), 422
    joining.change_password(db.session, member, password=form.password.data)
    people.enter(signing_in.begin_again(db.session, sign_in, device=people.device_words()))
    flash("Your new password is kept. You are signed out everywhere else.")
    return redirect(url_for(".home"), code=303)


@views.post("/account/sign-ins/<public_id>/end")
@open_to(MEMBERS)
def end_sign_in(public_id: str) -> Answered:
    """Sign out one browser."""
    sign_in = signing_in.find_own(db.session, people.current_member(), public_id)
    if sign_in is None:
        abort(404)
    signing_in.sign_out(db.session, sign_in)
    flash(f"{sign_in.device} is signed out.")
    return redirect(url_for(".home"), code=303)


@views.post("/account/sign-ins/end-others")
@open_to(MEMBERS)
def end_others() -> Answered:
    """Sign out everywhere but here."""
    signing_in.sign_out_elsewhere(db.session, people.current_sign_in())
    flash("You are signed out everywhere but here.")
    return redirect(url_for(".home"), code=303)


@views.route("/account/second-factor", methods=["GET", "POST"])
@open_to(ARRIVING)
def second_factor() -> str | Answered | tuple[str, int]:
    """Set up the second factor, or see that it is there."""
    member = people.current_member()
    secret = _pending_secret(member)
    if secret is None:
        if request.method == "POST":
            return redirect(url_for(".second_factor"), code=303)
        if member.has_second_factor:
            left = membership.unused_recovery_codes(db.session, member)
            return render_template(
                "accounts/second_factor.html", member=member, codes_left=left, here=here
            )
        secret = _begin_set_up(member)
    form = CodeForm()
    if request.method == "GET":
        return _set_up_page(form, member, secret)
    codes = None
    if form.validate():
        codes = membership.set_up_second_factor(
            db.session, people.current_sign_in(), secret=secret, code=form.code.data
        )
        if codes is None:
            form.code.errors = ["That code is not right. Wait for the next one and try again."]
    if codes is None:
        form.code.data = ""
        return _set_up_page(form, member, secret), 422
    session.pop(PENDING, None)
    return render_template("accounts/recovery_codes.html", codes=codes, is_new=True)


@views.route("/account/second-factor/codes", methods=["GET", "POST"])
@open_to(MEMBERS)
def recovery_codes() -> str | Answered | tuple[str, int]:
    """New recovery codes in place of the old ones."""
    member = _with_second_factor()
    form = PresentPasswordForm()
    if request.method == "GET":
        return render_template("accounts/new_codes.html", form=form)
    if not (form.validate() and _proves(form)):
        return render_template("accounts/new_codes.html", form=form), 422
    codes = membership.renew_recovery_codes(db.session, member)
    return render_template("accounts/recovery_codes.html", codes=codes, is_new=False)


@views.route("/account/second-factor/another-phone", methods=["GET", "POST"])
@open_to(MEMBERS)
def another_phone() -> str | Answered | tuple[str, int]:
    """Set the second factor up again; the old phone works until the new one is proved."""
    member = _with_second_factor()
    form = PresentPasswordForm()
    if request.method == "GET":
        return render_template("accounts/another_phone.html", form=form)
    if not (form.validate() and _proves(form)):
        return render_template("accounts/another_phone.html", form=form), 422
    _begin_set_up(member)
    return redirect(url_for(".second_factor"), code=303)


@views.route("/account/second-factor/stop", methods=["GET", "POST"])
@open_to(MEMBERS)
def stop_second_factor() -> str | Answered | tuple[str, int]:
    """Sign in with the password alone from now on; not for those whose roles reach far."""
    member = people.current_member()
    if member.must_have_second_factor:
        flash("You need the second step, because your part here reaches far.")
        return redirect(url_for(".second_factor"), code=303)
    if not member.has_second_factor:
        return redirect(url_for(".home"), code=303)
    form = PresentPasswordForm()
    if request.method == "GET":
        return render_template("accounts/stop_second_factor.html", form=form)
    if not (form.validate() and _proves(form)):
        return render_template("accounts/stop_second_factor.html", form=form), 422
    membership.stop_second_factor(db.session, member, by=member)
    flash("You sign in with your password alone from now on.")
    return redirect(url_for(".home"), code=303)


def _with_second_factor() -> Member:
    member = people.current_member()
    if not member.has_second_factor:
        abort(redirect(url_for(".second_factor"), code=303))
    return member


def _proves(form: ChangePasswordForm | PresentPasswordForm) -> bool:
    """Whether the present password is right; otherwise the form says so."""
    answer = signing_in.prove_again(db.session, people.current_member(), password=form.present.data)
    if answer == Answer.IN:
        return True
    form.present.errors = [NOT_YOURS[answer]]
    return False


def _begin_set_up(member: Member) -> str:
    """A secret in the signed cookie until it is proved; it takes the place of none but this one."""
    secret = new_secret()
    session[PENDING] = [secret, str(member.totp_since)]
    return secret


def _pending_secret(member: Member) -> str | None:
    secret, replaces = session.get(PENDING) or (None, None)
    return secret if replaces == str(member.totp_since) else None


def _set_up_page(form: CodeForm, member: Member, secret: str) -> str:
    address = address_of(secret, account=member.email, issuer=PORTAL_NAME)
    return render_template(
        "accounts/set_up_second_factor.html",
        form=form,
        member=member,
        groups=[secret[start : start + 4] for start in range(0, len(secret), 4)],
        code=code_of(address),
    )
