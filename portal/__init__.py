"""The portal: ``create_app`` is its table of contents."""

from flask import Flask

from portal import cli, headers, outbox, pages, templating
from portal.accounts import access, people
from portal.accounts.views import account, joining, members, proving, signing_in
from portal.catalogue import access_to_search, collecting
from portal.catalogue import panels as entry_panels
from portal.catalogue.views import advice, browsing, employability, entries, searching
from portal.climbing_frame import access_to_frame, route_panels
from portal.climbing_frame import panels as frame_panels
from portal.climbing_frame.views import gaps, picture, planning, skills
from portal.config import flask_settings, read_settings
from portal.extensions import QuietSessions, compress, csrf, db, limiter, login_manager, migrate
from portal.placements import listings as experiences
from portal.placements import panels as placement_panels
from portal.placements.views import (
    advising,
    asking,
    consenting,
    evidence,
    following,
    hosting,
    writing,
    young_people,
)
from portal.pledges.views import ledger, pledging, register
from portal.provision import offers as offered
from portal.provision import working
from portal.provision.views import offers, uploads, venues, workspace
from portal.publishing import kinds as offer_kinds
from portal.publishing import panels as report_panels
from portal.publishing.views import concerns, desk, keeping_up, organisations, reports
from portal.shortlists import adding_to, on_device
from portal.shortlists import panels as shortlist_panels
from portal.shortlists.views import (
    alerts,
    comparing,
    handing,
    list_items,
    lists,
    my_list,
    one_list,
    shared,
    sharing,
    taking_away,
)

EXTENSIONS = (db, csrf, login_manager, limiter, compress)
PARTS = (
    templating, headers, people, access_to_search, access_to_frame, pages, working, outbox,
    on_device, adding_to, cli,
)  # fmt: skip
VIEWS = (
    pages, searching, entries, browsing, advice, employability, planning, picture, skills, gaps,
    signing_in, joining, account, members, proving,
    desk, organisations, reports, keeping_up, concerns,
    workspace, offers, venues, uploads,
    # placements
    advising, asking, consenting, evidence, following, hosting, writing, young_people,
    # pledges
    pledging, register, ledger,
    # shortlists
    my_list, handing, comparing, lists, one_list, list_items, sharing, shared, taking_away, alerts,
)  # fmt: skip
PANELS = (placement_panels.ask_for_this, frame_panels.next_steps, report_panels.tell_the_moderators)


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
    collecting.init_app(app, adding_to.collected_here)
    route_panels.init_app(app, (shortlist_panels.add_this_route,))
    offer_kinds.init_app(app, (*offered.KINDS, *experiences.KINDS))
    for module in VIEWS:
        app.register_blueprint(module.views)
    access.init_app(app)
    return app
