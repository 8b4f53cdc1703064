"""The people of one’s organisation: owners invite them and decide what they may do."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.accounts import joining, membership, people
from portal.accounts.access import OWNERS, open_to
from portal.accounts.forms import InviteForm, ReasonForm, RolesForm
from portal.accounts.models import Member, MemberRole, MemberState
from portal.extensions import db

views = Blueprint("members", __name__, url_prefix="/workspace/members")
Page = str | Response | tuple[str, int]


@views.errorhandler(membership.LastOwnerError)
def last_owner(_error: membership.LastOwnerError) -> Response:
    """Say what to do first, and change nothing."""
    db.session.rollback()
    flash(
        "Nothing was changed: there must be at least one owner. Make somebody else an owner first."
    )
    return redirect(url_for("members.everybody"), code=303)


@views.route("", methods=["GET", "POST"])
@open_to(OWNERS)
def everybody() -> Page:
    """Everybody here, and a form to invite somebody."""
    owner = people.current_member()
    form = InviteForm(membership.roles_of(owner.organisation.kind))
    if request.method == "GET":
        return _list(form)
    if not form.validate():
        return _list(form), 422
    joining.invite(
        db.session, owner, email=form.email.data, name=form.name.data, roles=form.roles.data
    )
    flash(f"We have written to {form.email.data}.")
    return redirect(url_for(".everybody"), code=303)


@views.route("/<public_id>", methods=["GET", "POST"])
@open_to(OWNERS)
def person(public_id: str) -> Page:
    """One colleague: what they may do, and whether they may sign in."""
    member = _colleague(public_id)
    form = RolesForm(
        membership.roles_of(member.organisation.kind),
        data={"roles": [MemberRole(role) for role in member.roles]},
    )
    if request.method == "GET":
        return _person(member, form)
    if not form.validate():
        return _person(member, form), 422
    membership.change_roles(db.session, member, form.roles.data, by=people.current_member())
    flash(f"{member.name} may now do what you ticked.")
    return redirect(url_for(".everybody"), code=303)


@views.post("/<public_id>/invite-again")
@open_to(OWNERS)
def invite_again(public_id: str) -> Response:
    """Send the invitation once more; the link in the first stops working."""
    member = _colleague(public_id)
    if member.state == MemberState.INVITED:
        joining.invite(
            db.session,
            people.current_member(),
            email=member.email,
            name=member.name,
            roles=[MemberRole(role) for role in member.roles],
        )
        flash(f"We have written to {member.email} again.")
    return redirect(url_for(".everybody"), code=303)


@views.route("/<public_id>/suspend", methods=["GET", "POST"])
@open_to(OWNERS)
def suspend(public_id: str) -> Page:
    """Stop somebody signing in, with the reason."""
    member, owner = _colleague(public_id), people.current_member()
    if member.id == owner.id:
        flash("You cannot suspend yourself. Another owner can.")
        return redirect(url_for(".everybody"), code=303)
    form = ReasonForm()
    if request.method == "GET":
        return render_template("accounts/suspend.html", member=member, form=form)
    if not form.validate():
        return render_template("accounts/suspend.html", member=member, form=form), 422
    membership.suspend(db.session, member, by=owner, why=form.why.data)
    flash(f"{member.name} cannot sign in any more.")
    return redirect(url_for(".everybody"), code=303)


@views.post("/<public_id>/reinstate")
@open_to(OWNERS)
def reinstate(public_id: str) -> Response:
    """Let somebody sign in again."""
    member = _colleague(public_id)
    membership.reinstate(db.session, member, by=people.current_member())
    flash(f"{member.name} can sign in again.")
    return redirect(url_for(".everybody"), code=303)


@views.post("/<public_id>/stop-second-factor")
@open_to(OWNERS)
def stop_second_factor(public_id: str) -> Response:
    """For somebody who has lost the phone and the recovery codes."""
    member, owner = _colleague(public_id), people.current_member()
    if member.id == owner.id:
        return redirect(url_for("account.second_factor"), code=303)
    membership.stop_second_factor(db.session, member, by=owner)
    flash(f"{member.name} signs in without a code next time.")
    return redirect(url_for(".everybody"), code=303)


@views.route("/<public_id>/remove", methods=["GET", "POST"])
@open_to(OWNERS)
def remove(public_id: str) -> Page:
    """Take somebody out for good, after asking."""
    owner = people.current_member()
    is_sent = request.method == "POST"
    member = membership.find_colleague(db.session, owner, public_id, even_removed=is_sent)
    if member is None:
        abort(404)
    if not is_sent:
        return render_template("accounts/remove.html", member=member)
    if member.state != MemberState.REMOVED:
        name = member.name
        membership.remove(db.session, member, by=owner)
        flash(f"{name} is no longer here.")
    return redirect(url_for(".everybody"), code=303)


def _colleague(public_id: str) -> Member:
    member = membership.find_colleague(db.session, people.current_member(), public_id)
    if member is None:
        abort(404)
    return member


def _list(form: InviteForm) -> str:
    owner = people.current_member()
    return render_template(
        "accounts/members.html",
        form=form,
        members=membership.members_of(db.session, owner.organisation),
        me=owner,
    )


def _person(member: Member, form: RolesForm) -> str:
    is_me = member.id == people.current_member().id
    return render_template("accounts/person.html", form=form, member=member, is_me=is_me)
