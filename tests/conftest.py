"""One real catalogue for every test that only reads, and small ones for tests that write."""

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from builders import write_content
from flask import Flask
from made_once import COMPILED, fill_as_before, lay_tables
from pages import PageClient
from sqlalchemy import event

from portal import create_app
from portal.catalogue.loading import load
from portal.catalogue.vocabulary import read_vocabulary
from portal.clock import today
from portal.content.library import read_library
from portal.extensions import db

# PostgreSQL’s wheel asks where sockets may stand, and warns when the system does not say.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp())
# Pages and rows are many small things that die young; looking through the old ones for rings again
# and again took a tenth of the time.
AS_USUAL = gc.get_threshold()
gc.set_threshold(100_000, 20, 50)
pytest_plugins = ["browsers"]
ROOT = Path(__file__).resolve().parent.parent
CONTENT = ROOT / "content"


_made: list[Flask] = []


def close(app: Flask) -> None:
    """Let go of an application’s database connections."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def usual_memory() -> Iterator[None]:
    """Let memory be tidied as often as in a portal that runs, for tests that measure it."""
    before = gc.get_threshold()
    gc.set_threshold(*AS_USUAL)
    yield
    gc.set_threshold(*before)


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """Close every application that a test made; Python 3.13 warns about connections left open."""
    yield
    while _made:
        close(_made.pop())


def make_app(instance: Path, content: Path, **settings: object) -> Flask:
    """An application of its own, with a database that the migrations made."""
    app = create_app(
        ENVIRONMENT="testing",
        SECRET_KEY="only-for-tests",
        INSTANCE_DIR=instance,
        CONTENT_DIR=content,
        **{"CATALOGUE_CHECK_SECONDS": 0.0, **settings},
    )
    app.jinja_env.bytecode_cache = COMPILED
    instance.mkdir(parents=True, exist_ok=True)
    lay_tables(app)
    _made.append(app)
    return app


def fill(app: Flask) -> None:
    """Load the application’s content folder and index it."""
    with app.app_context():
        library = read_library(Path(app.config["CONTENT_DIR"]))
        assert library.problems == []
        load(db.session, library, show_months=18)
        vocabulary = read_vocabulary(db.session, 0)
        app.extensions["catalogue_search"].rebuild(db.session, vocabulary, today())


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The real content, loaded and indexed once for each worker. Tests do not change it."""
    app = make_app(tmp_path_factory.mktemp("catalogue"), CONTENT, CATALOGUE_CHECK_SECONDS=60.0)
    _made.remove(app)
    fill(app)
    yield app
    close(app)


@pytest.fixture
def page(catalogue: Flask) -> PageClient:
    """A visitor’s browser without script, on the real catalogue."""
    return PageClient(catalogue)


@pytest.fixture
def small_content(tmp_path: Path) -> Path:
    """A content folder with one of everything, to change as a test needs."""
    folder = tmp_path / "content"
    write_content(folder)
    return folder


@pytest.fixture
def small_app(tmp_path: Path, small_content: Path) -> Flask:
    """An application on the small content, loaded and indexed, for tests that write."""
    app = make_app(tmp_path / "instance", small_content)
    fill_as_before(app, fill)
    return app


@pytest.fixture
def count_queries(catalogue: Flask) -> Iterator[Callable[[], int]]:
    """How many statements the database has been asked since the test began."""
    statements: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with catalogue.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield lambda: len(statements)
    event.remove(engine, "before_cursor_execute", note)


def chromium() -> str | None:
    """The system’s browser; in CI it must be there."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    if chromium() or os.environ.get("CI"):
        return
    reason = "no Chromium here: install your system’s “chromium” package to run the browser tests"
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if any("chromium" in str(report.longrepr).lower() for report in skipped):
        terminalreporter.write_line(
            "The browser tests were left out. To have them, install Chromium "
            "(Debian, Ubuntu: sudo apt-get install chromium) and run this again."
        )
