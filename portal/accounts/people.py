"""Who is here: a visitor, or a member with a running session. Flask-Login carries it."""

import hmac
import re
import secrets

from flask import Flask, Response, current_app, g, request, session
from flask_login import AnonymousUserMixin, UserMixin, current_user, login_user, logout_user
from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer

from portal.accounts import signing_in
from portal.accounts.links import keyed_hash_of
from portal.accounts.models import Member, SignIn
from portal.extensions import db, login_manager

DEVICE_COOKIE = "portal-device"
DEVICE_SECONDS = 180 * 24 * 3600
CODE_SECONDS = 10 * 60
BROWSERS = ("Edg", "OPR", "SamsungBrowser", "Firefox", "Chrome", "Safari")
NAMES = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet"}
SYSTEMS = ("iPhone", "iPad", "Android", "Windows", "Mac OS", "CrOS", "Linux")
SYSTEM_NAMES = {"CrOS": "a Chromebook", "Mac OS": "a Mac", "iPhone": "an iPhone", "iPad": "an iPad"}


class Visitor(AnonymousUserMixin):  # type: ignore[misc]
    """Somebody without an account, of whom nothing is known or kept."""

    member: Member | None = None


class SignedIn(UserMixin):  # type: ignore[misc]
    """A member in one browser."""

    def __init__(self, sign_in: SignIn, token: str) -> None:
        """From the row of the session and the token whose hash the row keeps."""
        self.sign_in = sign_in
        self.member: Member = sign_in.member
        self._token = token

    def get_id(self) -> str:
        """What the signed cookie carries."""
        return self._token


def init_app(app: Flask) -> None:
    """Make everybody a visitor who has no running session."""
    login_manager.anonymous_user = Visitor
    login_manager.session_protection = None  # the row ends the session; addresses of phones change
    login_manager.user_loader(_load)
    app.after_request(_keep_device)


def _load(token: str) -> SignedIn | None:
    sign_in = signing_in.find(db.session, token)
    return SignedIn(sign_in, token) if sign_in else None


def current_sign_in() -> SignIn:
    """The session of the member who is here. Raises LookupError for a visitor."""
    if not current_user.is_authenticated:
        message = "nobody is signed in: the view lacks its mark"
        raise LookupError(message)
    found: SignIn = current_user.sign_in
    return found


def current_member() -> Member:
    """The member who is here. Raises LookupError for a visitor."""
    return current_sign_in().member


def enter(outcome: signing_in.Outcome) -> None:
    """Put a new session into the browser; whatever the cookie held before is gone."""
    if outcome.token is None or outcome.member is None:
        message = "only a finished sign-in opens a session"
        raise LookupError(message)
    session.clear()
    sign_in = signing_in.find(db.session, outcome.token)
    if sign_in is None:
        return
    login_user(SignedIn(sign_in, outcome.token))
    g.known_as = outcome.member.public_id


def leave() -> None:
    """Forget the session in the browser."""
    logout_user()
    session.clear()


def ask_for_code(member: Member) -> None:
    """Remember for ten minutes, in the signed cookie, that the password was right."""
    session.clear()
    session["half-way"] = _half_way().dumps([member.public_id, _fingerprint(member)])


def half_way_in() -> Member | None:
    """The member whose password was right and who has still to give a code."""
    try:
        public_id, fingerprint = _half_way().loads(session.get("half-way", ""), CODE_SECONDS)
    except BadData:
        return None
    member = db.session.query(Member).filter_by(public_id=public_id).one_or_none()
    if member is None or not hmac.compare_digest(fingerprint, _fingerprint(member)):
        return None
    return member


def device_words() -> str:
    """The browser and system in words, for “where you are signed in”."""
    agent = request.user_agent.string
    browser = next((NAMES.get(name, name) for name in BROWSERS if name in agent), "A browser")
    system = next((SYSTEM_NAMES.get(name, name) for name in SYSTEMS if name in agent), None)
    return f"{browser} on {system}" if system else browser


def known_device(email: str) -> str:
    """What this browser keeps of an account it has signed in to; empty for another’s."""
    try:
        account, secret = _device().loads(request.cookies.get(DEVICE_COOKIE, ""))
    except (BadData, ValueError):
        return ""
    member = db.session.query(Member).filter_by(email=signing_in.normal(email)).one_or_none()
    if member is None or member.public_id != account or not re.fullmatch(r"[\w-]+", secret):
        return ""
    return str(secret)


def _keep_device(response: Response) -> Response:
    """After signing in: let this browser’s tries count apart from everybody else’s."""
    if "known_as" in g:
        response.set_cookie(
            DEVICE_COOKIE,
            _device().dumps([g.known_as, secrets.token_urlsafe(12)]),
            max_age=DEVICE_SECONDS,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Strict",
        )
    return response


def _device() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="known device")


def _half_way() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="half way in")


def _fingerprint(member: Member) -> str:
    """Changes with the password, so that half a sign-in does not outlive it."""
    # Without a word for what it is for: the signature round it has one.
    return keyed_hash_of(member.password_hash or "").hex()
