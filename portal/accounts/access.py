"""Deny by default: a view says who may enter it, or nobody may.

A refusal answers exactly like a page that does not exist. Only a visitor at the door of a page for
members is sent to sign in, whatever the address names and whether it exists or not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from flask import Flask, Response, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts import signing_in
from portal.accounts.models import Member, MemberRole
from portal.extensions import db

View = TypeVar("View", bound=Callable[..., object])
MARK = "open_to"


@dataclass(frozen=True)
class Entrance:
    """Who may enter: everyone, or the members whom ``admits`` lets in."""

    name: str
    admits: Callable[[Member], bool] | None = None
    # Pages on which a member without the second factor they must have can set it up.
    before_second_factor: bool = False


EVERYONE = Entrance("everyone")
ARRIVING = Entrance("members, even before their second factor", lambda _: True, True)  # noqa: FBT003
MEMBERS = Entrance("members", lambda _: True)
EDITORS = Entrance("owners and editors", lambda member: member.may_edit)
OWNERS = Entrance("owners", lambda member: member.has_role(MemberRole.OWNER))
PROVIDER_EDITORS = Entrance(
    "owners and editors of a provider",
    lambda member: member.may_edit and member.organisation.is_provider,
)
MODERATORS = Entrance("moderators", lambda member: member.is_moderator)
ADVISERS = Entrance("advisers", lambda member: member.may_advise)
SAFEGUARDING = Entrance("safeguarding leads", lambda member: member.is_safeguarding_lead)
ENTRANCES = (
    EVERYONE, ARRIVING, MEMBERS, EDITORS, OWNERS, PROVIDER_EDITORS, MODERATORS, ADVISERS,
    SAFEGUARDING,
)  # fmt: skip


def open_to(entrance: Entrance) -> Callable[[View], View]:
    """Mark a view with who may enter it."""

    def mark(view: View) -> View:
        setattr(view, MARK, entrance)
        return view

    return mark


def open_to_everyone(view: View) -> View:
    """Mark a view that visitors may enter."""
    return open_to(EVERYONE)(view)


def who_may_enter(app: Flask, endpoint: str) -> Entrance | None:
    """The mark on an endpoint’s view, or None when nobody may enter it."""
    mark = getattr(app.view_functions[endpoint], MARK, None)
    return mark if isinstance(mark, Entrance) else None


def guard() -> ResponseReturnValue | None:
    """Before every request: let in, send to sign in, or answer that there is no such page."""
    if not request.endpoint:
        return None
    entrance = who_may_enter(current_app, request.endpoint)
    if entrance is None:
        abort(404)
    if entrance.admits is None:
        return None
    if not current_user.is_authenticated:
        wanted = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("signing_in.sign_in", next=wanted), code=303)
    member: Member = current_user.member
    if not entrance.admits(member):
        abort(404)
    lacks_factor = member.must_have_second_factor and not current_user.sign_in.with_second_factor
    if lacks_factor and not entrance.before_second_factor:
        return redirect(url_for("account.second_factor"), code=303)
    signing_in.note_seen(db.session, current_user.sign_in)
    return None


def keep_nothing(response: Response) -> Response:
    """After every request: what stands behind sign-in is not kept by any browser or cache."""
    entrance = who_may_enter(current_app, request.endpoint) if request.endpoint else None
    # A refusal must not differ from an address that does not exist, headers included.
    if response.status_code == 404:  # noqa: PLR2004
        return response
    if entrance is not None and entrance.admits is not None:
        response.headers["Cache-Control"] = "no-store"
    return response


def init_app(app: Flask) -> None:
    """Guard every request, and let visitors have the application’s own static files."""
    app.before_request(guard)
    app.after_request(keep_nothing)
    open_to_everyone(app.view_functions["static"])
