"""The ``portal`` command: what an operator does from a terminal."""

import csv
import sys
from collections import Counter
from pathlib import Path

import click
import flask_migrate
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import select
from werkzeug.serving import run_simple

from portal.catalogue.access_to_search import misses, today
from portal.catalogue.checking import doubts, tallies
from portal.catalogue.loading import content_digest, load, loaded_digest
from portal.catalogue.models import Wish
from portal.catalogue.search.catalogue_search import CatalogueSearch
from portal.catalogue.vocabulary import catalogue_version, read_vocabulary
from portal.content.library import Library, read_library
from portal.extensions import db

SHOWN = 12
NOBODYS = 3


def init_app(app: Flask) -> None:
    """Add the commands."""
    for command in (init, load_content, reindex, check, preview, export_searches):
        app.cli.add_command(command)


@click.command("init")
@with_appcontext
def init() -> None:
    """Make the database, or bring it to the newest form."""
    Path(current_app.config["INSTANCE_DIR"]).mkdir(parents=True, exist_ok=True)
    flask_migrate.upgrade()
    click.echo("The database is ready.")


@click.command("load")
@with_appcontext
def load_content() -> None:
    """Bring the content folder into the database, and say what changed."""
    digest = content_digest(Path(current_app.config["CONTENT_DIR"]))
    report = load(
        db.session,
        _faultless_library(),
        show_months=current_app.config["SHOW_MONTHS"],
        digest=digest,
    )
    for name, items in (
        ("Added", report.added),
        ("Changed", report.changed),
        ("Retired", report.retired),
        ("Vocabulary", report.vocabulary),
    ):
        if items:
            more = f" and {len(items) - SHOWN} more" if len(items) > SHOWN else ""
            click.echo(f"{name}: {len(items)}: {', '.join(items[:SHOWN])}{more}")
    click.echo(f"Unchanged: {report.unchanged}. The catalogue is at version {report.version}.")
    _index(only_if_behind=True)


@click.command("reindex")
@with_appcontext
def reindex() -> None:
    """Make the search index again from the database."""
    _index(only_if_behind=False)


@click.command("preview")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True)
@with_appcontext
def preview(host: str, port: int) -> None:
    """Prepare everything and serve it on this machine, to look at; not for the public."""
    prepare()
    click.echo(f"The portal is at http://{host}:{port}. Stop it with Ctrl-C.")
    run_simple(host, port, current_app.wsgi_app, threaded=True)


def prepare() -> None:
    """What a start needs: the database, the content when its files changed, the index."""
    Path(current_app.config["INSTANCE_DIR"]).mkdir(parents=True, exist_ok=True)
    flask_migrate.upgrade()
    folder = Path(current_app.config["CONTENT_DIR"])
    digest = content_digest(folder)
    if digest != loaded_digest(db.session):
        report = load(
            db.session,
            _faultless_library(),
            show_months=current_app.config["SHOW_MONTHS"],
            digest=digest,
        )
        changed = len(report.added) + len(report.changed) + len(report.retired)
        click.echo(f"Loaded the content: {changed} entries added, changed or retired.")
    _index(only_if_behind=True)


@click.command("check")
@with_appcontext
def check() -> None:
    """Read the content folder; print counts and every doubt. Exits 1 when something is wrong."""
    library = read_library(Path(current_app.config["CONTENT_DIR"]))
    _print_problems(library)
    for line in tallies(library):
        click.echo(line)
    found = list(doubts(library, today(), current_app.config["STALE_MONTHS"]))
    for doubt in found:
        click.echo(f"Doubt: {doubt}")
    kinds = Counter(doubt.found.split(":")[0] for doubt in found)
    click.echo(
        f"{len(library.problems)} errors, {len(found)} doubts"
        + (f" ({', '.join(f'{n} {kind}' for kind, n in kinds.most_common())})" if kinds else "")
    )
    sys.exit(1 if library.problems else 0)


@click.command("export-searches")
@with_appcontext
def export_searches() -> None:
    """Print as CSV what was searched for in vain, and what people told us is missing."""
    writer = csv.writer(sys.stdout)
    writer.writerow(("source", "when", "words", "times", "district"))
    for month, words, times in misses().most(at_least=NOBODYS):
        writer.writerow(("search", month, _defused(words), times, ""))
    for wish in db.session.scalars(select(Wish).order_by(Wish.id)):
        writer.writerow(("told us", wish.told_on, _defused(wish.words), 1, wish.district or ""))


def _defused(text: str) -> str:
    """A cell that a spreadsheet will not run as a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text


def _faultless_library() -> Library:
    library = read_library(Path(current_app.config["CONTENT_DIR"]))
    if library.problems:
        _print_problems(library)
        click.echo(f"{len(library.problems)} errors. Nothing was changed.", err=True)
        sys.exit(1)
    return library


def _print_problems(library: Library) -> None:
    for problem in library.problems:
        click.echo(f"Error: {problem}", err=True)


def _index(*, only_if_behind: bool) -> None:
    search: CatalogueSearch = current_app.extensions["catalogue_search"]
    state = read_vocabulary(db.session, catalogue_version(db.session))
    if only_if_behind and search.engine.version() >= 0:
        search.follow(db.session, state, today())
        return
    number = search.rebuild(db.session, state, today())
    click.echo(f"Indexed {number:,} entries.")
