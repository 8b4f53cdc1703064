"""The ``portal`` command: what an operator does from a terminal."""

import csv
import logging
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import click
import flask_migrate
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.serving import run_simple

from portal import clock, demonstration, erasing, retention
from portal import preview as previewing
from portal.accounts.joining import add_first_moderator
from portal.accounts.links import LIVES
from portal.accounts.models import LinkPurpose, MemberRole
from portal.catalogue import register_file, register_report
from portal.catalogue.access_to_search import held_area, misses
from portal.catalogue.checking.counts import tallies
from portal.catalogue.checking.doubts import doubts_about
from portal.catalogue.checking.matter import Matter
from portal.catalogue.checking.readings import readings
from portal.catalogue.importing import EditionRefusedError, import_edition
from portal.catalogue.loading import content_digest, load, loaded_digest
from portal.catalogue.models import Wish
from portal.catalogue.register_file import RegisterFileError
from portal.catalogue.search.catalogue_search import CatalogueSearch
from portal.catalogue.search.engine import SearchUnavailableError
from portal.catalogue.vocabulary import (
    MissingContentError,
    catalogue_version,
    read_vocabulary,
)
from portal.climbing_frame.checking_routes import routes
from portal.clock import today
from portal.content.library import Library, read_library
from portal.extensions import db, overwrite_what_was_deleted
from portal.mail import (
    MAIL_ADDRESS,
    PORTAL_NAME,
    Delivered,
    address_for,
    given_up,
    post_for,
    try_again,
)
from portal.mail import deliver as deliver_letters
from portal.placements import clockwork
from portal.publishing import keeping_up
from portal.shortlists import alerts as saved_searches
from portal.shortlists import keeping
from portal.spreadsheet_cells import defused
from portal.templating import counted

logger = logging.getLogger(__name__)
SHOWN = 12
NOBODYS = 3


def init_app(app: Flask) -> None:
    """Add the commands."""
    for command in (
        init, load_content, reindex, check, preview, deliver, letters, export_searches, add_user,
        nightly, alerts, erase, demo, importing,
    ):  # fmt: skip
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
    """Prepare everything and serve it on this machine, to look at; not for the public.

    Content that is saved while it runs is brought in, and open pages show it.
    """
    prepare()
    app = _application()
    folder = Path(app.config["CONTENT_DIR"])
    previewing.keep_reading(folder, lambda: _read_again(app), previewing.init_app(app))
    click.echo(f"The portal is at http://{host}:{port}. Stop it with Ctrl-C.")
    threading.Thread(target=_keep_delivering, args=(app,), daemon=True).start()
    run_simple(host, port, app.wsgi_app, threaded=True)


def _read_again(app: Flask) -> list[str]:
    """Bring in content that was saved; the mistakes that keep it out, which are printed too."""
    with app.app_context():
        digest = content_digest(Path(app.config["CONTENT_DIR"]))
        library = read_library(Path(app.config["CONTENT_DIR"]))
        if library.problems:
            _print_problems(library)
            click.echo("The pages stay as they were.", err=True)
            return [str(problem) for problem in library.problems]
        try:
            _bring_in(library, digest)
            _index(only_if_behind=True)
        except (SQLAlchemyError, SearchUnavailableError, OSError):
            logger.exception("what was saved could not be brought in")
            return ["What was saved could not be brought in. Save it again in a moment."]
        return []


def _keep_delivering(app: Flask, seconds: float = 1, say: Callable[[str], object] = str) -> None:
    """Send what is due for as long as the process lives; trouble is noted, then tried again."""
    while True:
        with app.app_context():
            try:
                done = _delivered()
            except (SQLAlchemyError, OSError):
                logger.exception("mails wait: they could not be delivered now")
            else:
                if done != Delivered():
                    say(str(done))
        time.sleep(seconds)


def _application() -> Flask:
    """The application itself, which another thread can hold."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    return app


def _delivered() -> Delivered:
    area = held_area()
    return deliver_letters(
        db.session,
        post_for(current_app.config),
        now=clock.now(),
        portal_name=area.portal_name if area else PORTAL_NAME,
    )


@click.command("deliver")
@click.option("--loop", type=click.FloatRange(min=0.1), metavar="SECONDS", help="Go on for ever.")
@with_appcontext
def deliver(loop: float | None) -> None:
    """Send the mails that are due, and say how many."""
    if loop is None:
        click.echo(_delivered())
    else:
        _keep_delivering(_application(), loop, click.echo)


@click.command("letters")
@click.option("--again", type=int, metavar="ID", help="Try this one again.")
@with_appcontext
def letters(again: int | None) -> None:
    """List the mails that were given up, with when and why."""
    if again is not None:
        if not try_again(db.session, again, now=clock.now()):
            sys.exit(f"No mail with the number {again} was given up. “portal letters” lists them.")
        click.echo(f"Mail {again} is tried again by the next “portal deliver”.")
        return
    found = given_up(db.session)
    for letter in found:
        click.echo(f"{letter.id}  {letter.given_up_at:%Y-%m-%d %H:%M}  {letter.recipient}")
        click.echo(f"    {letter.subject}: {letter.last_error}")
    click.echo(f"{len(found)} given up. Try one again with “portal letters --again ID”.")


@click.command("add-user")
@click.argument("email")
@click.option("--name", prompt=True, help="The person’s name.")
@click.option("--council", prompt=True, help="The council’s name; it is made when it is new.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([role.value for role in MemberRole]),
    default=[MemberRole.OWNER.value, MemberRole.MODERATOR.value],
    show_default=True,
    help="What they may do; give it again for another.",
)
@with_appcontext
def add_user(email: str, name: str, council: str, roles: tuple[str, ...]) -> None:
    """Let somebody of the council in: print a link with which they choose a password."""
    if not MAIL_ADDRESS.fullmatch(email):
        sys.exit("Write a mail address, such as name@example.org.")
    path = add_first_moderator(
        db.session,
        email=email,
        name=name,
        council=council,
        roles=[MemberRole(role) for role in roles],
    )
    if path is None:
        sys.exit("There is an account with this address already. Its owner can get a new password.")
    days = LIVES[LinkPurpose.INVITATION].days
    click.echo(f"Give this link to {name} and nobody else. It works once, for {days} days:")
    click.echo(address_for(path))


@click.command("nightly")
@with_appcontext
def nightly() -> None:
    """Do what the clock has to do once a night; running it twice does nothing twice."""
    for words, act in (
        ("ran out and went off the site", keeping_up.expire_due),
        ("run out soon: their people have a mail", keeping_up.warn_due),
        ("ended a year ago and were put away", keeping_up.archive_old),
    ):
        click.echo(f"Offers that {words}: {act(db.session)}.")
    for words, act in (
        ("ran out because nobody answered", clockwork.expire_due),
        ("got a place from the waiting list", clockwork.fill_waiting_lists),
        ("are soon: everybody was reminded", clockwork.remind_due),
        ("are over: the employer was asked who came", clockwork.ask_who_came),
    ):
        click.echo(f"Requests that {words}: {act(db.session)}.")
    click.echo(f"Documents that soon run out: {clockwork.warn_about_evidence(db.session)}.")
    click.echo(f"Shortlists that go in a month, told of: {keeping.warn_due(db.session)}.")
    for done, number in retention.apply(db.session):
        click.echo(f"{done}: {number}.")
    _tell_of_news()
    _overwrite()


@click.command("erase")
@click.argument("address", required=False)
@click.option("--code", help="The code with which a request is followed.")
@click.option("--again", is_flag=True, help="All that was ever erased, as after a restore.")
@with_appcontext
def erase(address: str | None, code: str | None, again: bool) -> None:  # noqa: FBT001 - click’s
    """Erase all that is held about a mail address, or of the person of a request."""
    if sum(map(bool, (address, code, again))) != 1:
        sys.exit("Say one thing: a mail address, or --code CODE, or --again.")
    others = 0
    try:
        if again:
            erased, others = erasing.erase_again(db.session)
        elif code:
            erased = erasing.erase_code(db.session, code)
        else:
            erased = erasing.erase_address(db.session, address or "")
    except erasing.NotErasedError as error:
        sys.exit(str(error))
    for line in erased.lines:
        click.echo(line)
    if others:
        lines = counted(others, "line was", "lines were")
        sys.exit(f"{lines} written with another PORTAL_SECRET_KEY, and could not be compared.")


def _overwrite() -> None:
    if not overwrite_what_was_deleted(db.session):
        click.echo(erasing.STILL_IN_THE_FILE, err=True)


@click.command("alerts")
@with_appcontext
def alerts() -> None:
    """Write to those who saved a search that has news; running it twice writes nothing twice."""
    if not _tell_of_news():
        sys.exit(1)


def _tell_of_news() -> bool:
    """Answers whether the saved searches could be looked at."""
    unconfirmed = saved_searches.forget_old(db.session)
    click.echo(f"Saved searches that nobody confirmed, deleted: {unconfirmed}.")
    search: CatalogueSearch = current_app.extensions["catalogue_search"]
    try:
        state = read_vocabulary(db.session, catalogue_version(db.session))
        search.follow(db.session, state, today())
        told = saved_searches.tell_due(db.session, search, state)
    except (MissingContentError, SearchUnavailableError) as error:
        click.echo(f"Nobody was told of news: {error}", err=True)
        return False
    click.echo(f"Saved searches that had news: {told}.")
    return True


@click.command("demo")
@with_appcontext
def demo() -> None:
    """Make invented organisations with accounts and offers, marked as examples, to look round."""
    try:
        shown = demonstration.make_examples(
            db.session, environment=current_app.config["ENVIRONMENT"]
        )
    except demonstration.NotHereError:
        click.echo("Examples are not made in production. Nothing was changed.", err=True)
        sys.exit(1)
    click.echo(f"The password of all of them: {demonstration.PASSWORD}")
    for email, codes in shown.accounts.items():
        click.echo(email + (f", codes to sign in with: {' '.join(codes)}" if codes else ""))
    for stage, code in shown.codes.items():
        click.echo(f"A request that is {stage} is followed with {code}")
    _index(only_if_behind=True)


def prepare() -> None:
    """What a start needs: the database, the content when its files changed, the index."""
    Path(current_app.config["INSTANCE_DIR"]).mkdir(parents=True, exist_ok=True)
    flask_migrate.upgrade()
    folder = Path(current_app.config["CONTENT_DIR"])
    digest = content_digest(folder)
    if digest != loaded_digest(db.session):
        _bring_in(_faultless_library(), digest)
    _index(only_if_behind=True)


def _bring_in(library: Library, digest: str) -> None:
    """Load a faultless library; ``digest`` was taken before its files were read."""
    report = load(db.session, library, show_months=current_app.config["SHOW_MONTHS"], digest=digest)
    changed = len(report.added) + len(report.changed) + len(report.retired)
    click.echo(f"Loaded the content: {changed} entries added, changed or retired.")


@click.command("check")
@with_appcontext
def check() -> None:
    """Read the content folder; print counts and every doubt. Exits 1 when something is wrong."""
    library = read_library(Path(current_app.config["CONTENT_DIR"]))
    _print_problems(library)
    matter = Matter(library, today(), current_app.config["STALE_MONTHS"])
    found = doubts_about(matter)
    for doubt in found:
        click.echo(f"Doubt: {doubt}")
    # What has errors cannot be loaded, and routes are found in what is loaded.
    found_routes = () if library.problems else routes(library, matter.today)
    for lines in (tallies(matter), found_routes, readings(matter)):
        for line in lines:
            click.echo(line)
    kinds = Counter(doubt.found.split(":")[0] for doubt in found)
    click.echo(
        f"{len(library.problems)} errors, {len(found)} doubts"
        + (f" ({', '.join(f'{n} {kind}' for kind, n in kinds.most_common())})" if kinds else "")
    )
    sys.exit(1 if library.problems else 0)


@click.group("import")
def importing() -> None:
    """Bring in public data: a file of the register of qualifications."""


@importing.command("qualifications")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--many-withdrawn", is_flag=True, help="It is right that more than a quarter is left out."
)
@with_appcontext
def import_qualifications(file: BinaryIO, many_withdrawn: bool) -> None:  # noqa: FBT001 - click’s
    """Import an edition of the register of funded qualifications, all of it or nothing."""
    try:
        edition = register_file.read(
            file.read(register_file.MOST_BYTES + 1), today=today(), progress=_progress
        )
        report = import_edition(
            db.session, edition, many_withdrawn=many_withdrawn, progress=_progress
        )
    except (RegisterFileError, EditionRefusedError) as error:
        sys.exit(f"{error}\nNothing was changed.")
    for line in register_report.lines(report):
        click.echo(line)
    months = current_app.config["STALE_MONTHS"]
    for line in register_report.meaning(db.session, report, today=today(), stale_months=months):
        click.echo(line)
    if report.last_starts:
        _index(only_if_behind=True)


def _progress(doing: str, done: int, of: int) -> None:
    click.echo(f"{doing}: {done:,} of {of:,} rows", err=True)


@click.command("export-searches")
@with_appcontext
def export_searches() -> None:
    """Print as CSV what was searched for in vain, and what people told us is missing."""
    writer = csv.writer(sys.stdout)
    writer.writerow(("source", "when", "words", "times", "district"))
    for month, words, times in misses().most(at_least=NOBODYS):
        writer.writerow(("search", month, defused(words), times, ""))
    for wish in db.session.scalars(select(Wish).order_by(Wish.id)):
        writer.writerow(("told us", wish.told_on, defused(wish.words), 1, wish.district or ""))


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
