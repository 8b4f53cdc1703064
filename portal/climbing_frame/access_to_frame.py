"""The frame of the running application, brought up to date when asked for."""

from flask import Flask, current_app, g

from portal.catalogue.access_to_search import vocabulary
from portal.climbing_frame.building import FrameHolder
from portal.climbing_frame.graph import Frame
from portal.clock import today
from portal.extensions import db


def init_app(app: Flask) -> None:
    """Give the application one frame, and templates the names of what stands in it."""
    app.extensions["climbing_frame"] = FrameHolder()
    app.jinja_env.filters["hold_title"] = hold_title


def frame() -> Frame:
    """The frame for this request. Raises MissingContentError when nothing was loaded."""
    if "frame" not in g:
        holder: FrameHolder = current_app.extensions["climbing_frame"]
        g.frame = holder.follow(db.session, vocabulary(), today())
    held: Frame = g.frame
    return held


def hold_title(key: str) -> str:
    """What the hold with a key is called."""
    return frame().holds[key].title
