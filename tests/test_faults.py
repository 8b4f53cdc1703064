"""When the disk is full, the database is locked or a file is wrong: a clear word, nothing lost."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from builders import role_text
from conftest import fill, make_app
from flask import Flask
from pages import PageClient
from programs import PORTAL, run

from portal.catalogue.models import Entry
from portal.extensions import db

ROLE = "roles/engineering/kiln-worker.md"


def portal(
    app: Flask, *arguments: str, largest_file: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the portal command as an operator does, with a limit on what it can write."""
    return run(PORTAL, *arguments, environment=where(app), largest_file=largest_file)


def where(app: Flask) -> dict[str, str]:
    """The environment in which a program finds what an application has."""
    return {
        **os.environ,
        "PORTAL_INSTANCE_DIR": str(app.config["INSTANCE_DIR"]),
        "PORTAL_CONTENT_DIR": str(app.config["CONTENT_DIR"]),
    }


def titles(app: Flask) -> list[str]:
    with app.app_context():
        db.session.remove()
        return [e.title for e in db.session.query(Entry).order_by(Entry.title)]


def test_a_faulty_file_is_named_and_nothing_changes(small_app: Flask, small_content: Path) -> None:
    before = titles(small_app)
    (small_content / ROLE).write_text(role_text("Other", level='"99"'), encoding="utf-8")
    done = portal(small_app, "load")
    assert done.returncode == 1
    assert f"{ROLE}, line 5: level: “99” does not fit. Write one of: entry" in done.stderr
    assert "Nothing was changed." in done.stderr
    assert titles(small_app) == before


def test_a_full_disk_is_said_and_nothing_is_lost(small_app: Flask, small_content: Path) -> None:
    before = titles(small_app)
    (small_content / ROLE).write_text(role_text("Firer"), encoding="utf-8")
    done = portal(small_app, "load", largest_file=4096)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "Nothing was changed" in done.stderr
    assert titles(small_app) == before
    assert PageClient(small_app).get("/roles/kiln-worker").heading == "Kiln worker"
    assert portal(small_app, "load").returncode == 0
    assert "Firer" in titles(small_app)


def test_an_index_that_cannot_be_written_is_said_and_mended_by_one_command(
    small_app: Flask, small_content: Path
) -> None:
    (small_content / ROLE).write_text(role_text("Firer"), encoding="utf-8")
    folder = next((Path(small_app.config["INSTANCE_DIR"]) / "search").glob("format-*"))
    stuck = folder / "MAIN_WRITELOCK"
    done = portal(small_app, "reindex", largest_file=100)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "portal reindex" in done.stderr
    assert stuck.exists()
    assert portal(small_app, "load").returncode == 0
    assert portal(small_app, "reindex").returncode == 0
    client = PageClient(make_app(Path(small_app.config["INSTANCE_DIR"]), small_content))
    assert client.get("/search?q=firer").results == ["/roles/kiln-worker"]


def test_a_locked_database_answers_503_to_a_write_and_still_reads(small_app: Flask) -> None:
    small_app.config["WTF_CSRF_ENABLED"] = False
    with small_app.app_context():
        db.session.remove()
        db.engine.dispose()
    page = PageClient(small_app)
    path = Path(small_app.config["INSTANCE_DIR"]) / "portal.sqlite"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        answer = page.client.post("/tell-us", data={"token": "t" * 20, "words": "a class"})
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert "Nothing is lost" in answer.get_data(as_text=True)
        assert page.get("/roles/kiln-worker").heading == "Kiln worker"
        assert page.get("/search?q=kiln").results
    finally:
        other.execute("ROLLBACK")
        other.close()
    again = page.client.post("/tell-us", data={"token": "t" * 20, "words": "a class"})
    assert again.status_code == 303


def test_a_database_that_is_not_there_leaves_an_error_page_that_works(
    tmp_path: Path, small_content: Path
) -> None:
    app = make_app(tmp_path / "gone", small_content)
    page = PageClient(app)
    found = page.get("/search", status=503)
    assert "There is nothing in the catalogue yet" in found.words
    (tmp_path / "gone" / "portal.sqlite").unlink()
    with app.app_context():
        db.engine.dispose()
    assert page.client.get("/").status_code == 503
    assert page.client.get("/healthz").status_code == 200
    assert page.client.get("/readyz").status_code == 503


def test_a_bad_configuration_is_one_plain_sentence(small_app: Flask) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "portal", "check"],
        env={**os.environ, "PORTAL_ENVIRONMENT": "production"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "PORTAL_SECRET_KEY" in done.stderr
    assert "Traceback" not in done.stderr
    assert small_app


@pytest.mark.parametrize("command", ["check", "load", "reindex", "export-searches"])
def test_commands_work_on_good_content(small_app: Flask, command: str) -> None:
    """These as a shell starts them; the others begin in a process that knows the portal."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "portal", command],
        env=where(small_app),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_kill_in_the_middle_of_a_load_loses_nothing(small_app: Flask, small_content: Path) -> None:
    """A killed load leaves the old catalogue, and the next one finishes the work."""
    before = titles(small_app)
    (small_content / ROLE).write_text(role_text("Firer"), encoding="utf-8")
    code = (
        "import os, portal.catalogue.loading as l\n"
        "l._store_links = lambda *a: os.kill(os.getpid(), 9)\n"
        f"{PORTAL}\n"
    )
    killed = run(code, "load", environment=where(small_app))
    assert killed.returncode == -9
    assert titles(small_app) == before
    assert portal(small_app, "load").returncode == 0
    assert "Firer" in titles(small_app)
    fill(small_app)
