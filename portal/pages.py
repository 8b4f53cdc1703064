"""Home, statements, health, and what is shown when something goes wrong."""

import logging

from flask import Blueprint, Flask, Response, jsonify, render_template, request
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, SecurityError

from portal.accounts import people
from portal.accounts.access import open_to_everyone
from portal.accounts.watching import TooManyReadsError
from portal.catalogue import reading
from portal.catalogue.access_to_search import catalogue_search
from portal.catalogue.search.engine import SearchUnavailableError
from portal.catalogue.vocabulary import MissingContentError
from portal.clock import today
from portal.extensions import db
from portal.pledges import register
from portal.retention import RETENTION, Whose
from portal.taxonomy import AcademicYear

logger = logging.getLogger(__name__)
views = Blueprint("pages", __name__)
ENDLESS = (
    "/search", "/suggest.json", "/plan/", "/skills?", "/climbing-frame?", "/gaps?", "/compare?",
    "/list?", "/my-list", "/alerts/", "/shared/",
)  # fmt: skip
STATEMENTS = ("accessibility", "privacy", "cookies")


@views.get("/")
@open_to_everyone
def home() -> str:
    """What could I do next? Doors to everything."""
    school_year = AcademicYear.of(today())
    return render_template(
        "pages/home.html",
        counts=reading.counts_by(db.session, "sector", today()),
        pledged=register.tally(db.session, school_year),
        school_year=school_year,
    )


@views.get("/<any(accessibility, privacy, cookies):statement>")
@open_to_everyone
def statement(statement: str) -> str:
    """A statement that the law asks for."""
    return render_template(f"pages/{statement}.html", retention=RETENTION, whose=Whose)


@views.get("/healthz")
@open_to_everyone
def healthz() -> Response:
    """Whether this process answers at all."""
    return jsonify(status="up")


@views.get("/readyz")
@open_to_everyone
def readyz() -> tuple[Response, int]:
    """Whether the database and the index answer."""
    parts = {"database": "ready", "index": "ready"}
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        parts["database"] = type(error).__name__
    try:
        catalogue_search().engine.snapshot()
    except (SearchUnavailableError, MissingContentError, SQLAlchemyError) as error:
        parts["index"] = type(error).__name__
    ready = all(state == "ready" for state in parts.values())
    return jsonify(status="ready" if ready else "not ready", **parts), 200 if ready else 503


@views.get("/robots.txt")
@open_to_everyone
def robots() -> Response:
    """Everything may be found but the endless combinations of filters."""
    return Response(
        "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in ENDLESS),
        mimetype="text/plain",
    )


def init_app(app: Flask) -> None:
    """Answer every error with a page that says what happened and what to do."""

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response | tuple[Response, int] | HTTPException:
        if isinstance(error, SecurityError):
            # The host is not ours, so no address of ours can be built for a page.
            return Response("This site does not answer to that name.\n", 400, mimetype="text/plain")
        code = error.code or 500
        if code < 400 or error.response is not None:  # noqa: PLR2004 - redirects are not errors
            return error
        return _answer(code)

    @app.errorhandler(SearchUnavailableError)
    def no_index(error: SearchUnavailableError) -> tuple[Response, int]:
        logger.error("%s", error)
        return _answer(503, "search")

    @app.errorhandler(MissingContentError)
    def no_content(error: MissingContentError) -> tuple[Response, int]:
        logger.error("%s", error)
        return _answer(503, "content")

    @app.errorhandler(TooManyReadsError)
    def too_many_reads(_error: TooManyReadsError) -> tuple[Response, int]:
        # The row of the session has ended; without this the page would still greet the member.
        people.leave()
        return _answer(429, "reads")

    @app.errorhandler(OperationalError)
    def database_error(error: OperationalError) -> tuple[Response, int]:
        db.session.rollback()
        logger.error("the database did not answer: %s", type(error.orig).__name__)
        return _answer(503, "busy")

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> tuple[Response, int]:
        if app.config["ENVIRONMENT"] != "production":
            raise error
        logger.error("unexpected error", exc_info=error)
        return _answer(500)


def _answer(code: int, reason: str = "") -> tuple[Response, int]:
    """An error as a page, or as JSON where JSON was asked for. Needs neither database nor index."""
    if request.path.endswith(".json"):
        response = jsonify(error=code, reason=reason or None)
    else:
        known = code if code in {400, 404, 405, 410, 413, 422, 429, 503} else 500
        response = Response(render_template("errors/error.html", code=known, reason=reason))
    if code == 503:  # noqa: PLR2004
        response.headers["Retry-After"] = "30"
    return response, code
