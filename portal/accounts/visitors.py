"""Whoever is not signed in. Signing in arrives with accounts; until then everybody is a visitor."""

from flask import Flask
from flask_login import AnonymousUserMixin

from portal.extensions import login_manager


class Visitor(AnonymousUserMixin):  # type: ignore[misc]
    """Somebody without an account, of whom nothing is known or kept."""


def init_app(_app: Flask) -> None:
    """Make everybody a visitor; nobody can be looked up."""
    login_manager.anonymous_user = Visitor
    login_manager.user_loader(lambda _identity: None)
