"""Does the long steps of a spreadsheet outside the request, one at a time in each process.

The step’s own state is in the database: another process, or the page’s own button, takes up what
was cut off.
"""

import logging
from concurrent.futures import ThreadPoolExecutor

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from portal.catalogue.access_to_search import catalogue_search
from portal.catalogue.search.engine import SearchUnavailableError
from portal.extensions import db
from portal.provision import uploading
from portal.provision.models import Upload

logger = logging.getLogger(__name__)
# Fewer rows than this are quicker done than waited for.
AT_ONCE = 300
BUSY = "The portal could not finish this step. Nothing of it was kept: try again in a minute."


def init_app(app: Flask) -> None:
    """Give the application one thread for long steps."""
    app.extensions["long_steps"] = ThreadPoolExecutor(1, thread_name_prefix="long-steps")


def start(upload: Upload) -> None:
    """Do the step that an upload stands at: now when it is short, else beside the requests."""
    if upload.rows <= AT_ONCE:
        _do(upload.id)
        return
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the thread needs the application itself
    app.extensions["long_steps"].submit(_do_in, app, upload.id)


def _do_in(app: Flask, number: int) -> None:
    with app.app_context():
        _do(number)


def _do(number: int) -> None:
    upload = db.session.get(Upload, number)
    if upload is None or not uploading.claim(db.session, upload):
        return
    try:
        uploading.work(db.session, upload)
    except SQLAlchemyError:
        logger.exception("a step of an upload failed")
        db.session.rollback()
        uploading.fail(db.session, upload, BUSY)
        return
    try:
        # The index is brought up to date here, so that no visitor waits for ten thousand rows.
        catalogue_search()
    except SearchUnavailableError:
        logger.warning("the search index could not follow an upload; the next search tries again")
