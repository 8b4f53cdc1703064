"""Pages whose address or words are for one person only, and must not stay behind."""

from flask import Response, make_response, render_template


def private(page: str, status: int = 200) -> Response:
    """A page that no browser keeps, and whose address no other site is told.

    Not “no-referrer”: then the form’s own answer would arrive without a referrer, and a form sent
    over https without one is refused.
    """
    return keep_private(make_response(page, status))


def keep_private(response: Response) -> Response:
    """The same for an answer that is made already, as after every request of a blueprint."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def too_late() -> Response:
    """The answer to a link that was used, is too old, or never was: which one is not told."""
    return private(render_template("accounts/too_late.html"), 410)
