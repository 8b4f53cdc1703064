"""Forms without a token: taken only when the browser says that this site’s own page sent them.

A card’s button stands on pages that set no cookie and are the same for everybody, so it cannot
carry a token. Browsers say where a form comes from: in ``Sec-Fetch-Site``, in ``Origin``, or at
least in ``Referer``. Whoever says nothing is refused.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import abort, request

from portal.extensions import csrf

P = ParamSpec("P")
R = TypeVar("R")
OURS = "same-origin"


def is_from_here() -> bool:
    """Whether this request was sent by a page of this site."""
    told = request.headers.get("Sec-Fetch-Site")
    if told is not None:
        return told == OURS
    sender = request.headers.get("Origin") or request.headers.get("Referer") or ""
    parts = urlsplit(sender)
    return (parts.scheme, parts.netloc) == (request.scheme, request.host)


def only_from_here(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view that needs no token, and that refuses what another site made a browser send."""

    @wraps(view)
    def guarded(*given: P.args, **named: P.kwargs) -> R:
        if not is_from_here():
            abort(400)
        return view(*given, **named)

    csrf.exempt(guarded)
    return guarded
