"""Proves again who is here, before a file with young people’s records leaves."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answered

from portal.accounts import people, proving
from portal.accounts.access import MEMBERS, open_to
from portal.accounts.forms import CodeForm, PresentPasswordForm
from portal.accounts.safe_addresses import safe_next
from portal.accounts.signing_in import Answer
from portal.extensions import db

views = Blueprint("proving", __name__)
MINUTES = proving.GOOD_FOR.seconds // 60
NOT_RIGHT = {
    True: "That code is not right, or it has been used. Wait for the next one, or use a recovery "
    "code.",
    False: "This is not your present password. Try again.",
}
TOO_MANY = "There were too many tries. Wait five minutes, then try again."


@views.route("/account/prove", methods=["GET", "POST"])
@open_to(MEMBERS)
def prove() -> str | Answered | tuple[str, int]:
    """Type a code, or the password without a second factor; then back to where one came from."""
    sign_in, wanted = people.current_sign_in(), safe_next(request.args.get("next"))
    has_factor = sign_in.member.has_second_factor
    form = CodeForm() if has_factor else PresentPasswordForm()
    if request.method == "GET":
        return _page(form, wanted)
    if not form.validate():
        return _page(form, wanted), 422
    field = form.code if has_factor else form.present
    answer = proving.prove(db.session, sign_in, given=field.data)
    if answer != Answer.IN:
        is_wrong = answer == Answer.WRONG
        field.errors, field.data = [NOT_RIGHT[has_factor] if is_wrong else TOO_MANY], ""
        return _page(form, wanted), 422 if is_wrong else 429
    flash(f"Thank you. Now press the button again: for {MINUTES} minutes you are not asked.")
    return redirect(wanted or url_for("account.home"), code=303)


def _page(form: CodeForm | PresentPasswordForm, wanted: str | None) -> str:
    return render_template(
        "accounts/prove.html", form=form, wanted=wanted, minutes=MINUTES, back=wanted or "/account"
    )
