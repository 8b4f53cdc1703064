"""The portal: ``create_app`` is its table of contents."""

from flask import Flask

from portal import cli, headers, pages, templating
from portal.accounts import access, visitors
from portal.catalogue import access_to_search
from portal.catalogue import panels as entry_panels
from portal.catalogue.views import advice, browsing, entries, searching
from portal.climbing_frame import access_to_frame
from portal.climbing_frame import panels as frame_panels
from portal.climbing_frame.views import gaps, picture, planning, skills
from portal.config import flask_settings, read_settings
from portal.extensions import QuietSessions, compress, csrf, db, limiter, login_manager, migrate

EXTENSIONS = (db, csrf, login_manager, limiter, compress)
PARTS = (templating, headers, visitors, access_to_search, access_to_frame, pages, cli)
VIEWS = (pages, searching, entries, browsing, advice, planning, picture, skills, gaps)
PANELS = (frame_panels.next_steps,)


def create_app(**settings: object) -> Flask:
    """Make the application. Raises UnsafeConfigurationError when it must not start like this."""
    values = read_settings(settings)
    app = Flask(__name__, instance_path=str(values["INSTANCE_DIR"].resolve()))
    app.config.update(flask_settings(values))
    app.session_interface = QuietSessions()
    for extension in EXTENSIONS:
        extension.init_app(app)
    migrate.init_app(app, db, directory="migrations", render_as_batch=True)
    for part in PARTS:
        part.init_app(app)
    entry_panels.init_app(app, PANELS)
    for module in VIEWS:
        app.register_blueprint(module.views)
    access.init_app(app)
    return app
