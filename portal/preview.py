"""A preview for people who write content: what they save stands on the page a moment later."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue

from portal.accounts.access import open_to_everyone
from portal.catalogue.vocabulary import catalogue_version
from portal.content.documents import documents_in
from portal.extensions import db

Stamps = Mapping[Path, int]
MOST_TOLD = 10

views = Blueprint("preview", __name__)


@dataclass
class Preview:
    """What the browser asks for: the mistakes that keep the last change from being shown."""

    mistakes: list[str] = field(default_factory=list)


def init_app(app: Flask) -> Preview:
    """Let pages ask whether there is something new. Only ``portal preview`` does this."""
    app.register_blueprint(views)
    app.config["PREVIEW"] = True
    app.extensions["preview"] = preview = Preview()
    return preview


@views.get("/preview/state")
@open_to_everyone
def state() -> ResponseReturnValue:
    """The catalogue’s version, and the first mistakes in files that were saved since."""
    preview: Preview = current_app.extensions["preview"]
    response = jsonify(version=catalogue_version(db.session), mistakes=preview.mistakes[:MOST_TOLD])
    response.headers["Cache-Control"] = "no-store"
    return response


def keep_reading(folder: Path, read: Callable[[], list[str]], preview: Preview) -> threading.Thread:
    """Call ``read`` whenever a file of the folder was saved, for as long as the process lives.

    ``read`` brings the content in and gives back the mistakes that kept it from doing so.
    """

    def watch(seconds: float = 0.5) -> None:
        before = stamps(folder)
        while True:
            time.sleep(seconds)
            now = stamps(folder)
            if now != before:
                before = now
                preview.mistakes = read()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


def stamps(folder: Path) -> Stamps:
    """When each content file was last saved, in nanoseconds."""
    found: dict[Path, int] = {}
    for path in documents_in(folder, "*.*"):
        try:
            found[path] = path.stat().st_mtime_ns
        except FileNotFoundError:
            continue  # some editors write a new file and rename it
    return found
