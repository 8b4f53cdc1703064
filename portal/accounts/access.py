"""Deny by default: a view says who may enter it, or nobody may.

A refusal answers exactly like a page that does not exist.
"""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, abort, current_app, request

View = TypeVar("View", bound=Callable[..., object])
MARK = "open_to"
EVERYONE = "everyone"


def open_to_everyone(view: View) -> View:
    """Mark a view that visitors may enter."""
    setattr(view, MARK, EVERYONE)
    return view


def who_may_enter(app: Flask, endpoint: str) -> str | None:
    """The mark on an endpoint's view, or None when nobody may enter it."""
    mark = getattr(app.view_functions[endpoint], MARK, None)
    return mark if isinstance(mark, str) else None


def refuse_unmarked() -> None:
    """Before every request: stop at a view that says nothing."""
    if request.endpoint and who_may_enter(current_app, request.endpoint) != EVERYONE:
        abort(404)


def init_app(app: Flask) -> None:
    """Guard every request, and let visitors have the application's own static files."""
    app.before_request(refuse_unmarked)
    open_to_everyone(app.view_functions["static"])
