"""A portal that has been in use is brought up to date without losing a row."""

import datetime as dt
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import MetaData, Table, func, select

from portal import create_app
from portal.extensions import db

FIRST, DAY = "0001", dt.date(2026, 11, 21)
IN_USE = {
    "organisation": {
        "id": 1, "slug": "example-college", "kind": "college", "name": "Example College",
        "also_called": [], "source": {}, "checked_on": DAY, "digest": "",
    },
    "entry": {
        "id": 1, "kind": "guide", "slug": "pots", "title": "Pots", "summary": "Make pots.",
        "body": "", "also_called": [], "growth": [], "status": "live", "organisation_id": 1,
        "sources": [], "checked_on": DAY, "show_until": DAY, "digest": "", "version": 1,
    },
    "entry_skill": {"entry_id": 1, "skill": "clay", "importance": 3, "position": 0},
}  # fmt: skip


def test_a_database_in_use_keeps_its_rows_through_every_migration(tmp_path: Path) -> None:
    app = create_app(
        ENVIRONMENT="testing", SECRET_KEY="only-for-tests", INSTANCE_DIR=tmp_path / "instance"
    )
    (tmp_path / "instance").mkdir()
    with app.app_context():
        upgrade(revision=FIRST)
        with db.engine.begin() as connection:
            for name, row in IN_USE.items():
                connection.execute(_table(name).insert().values(**row))
        db.engine.dispose()
        upgrade()
        assert {name: _count(name) for name in IN_USE} == dict.fromkeys(IN_USE, 1)
        with db.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        db.engine.dispose()


def _table(name: str) -> Table:
    return Table(name, MetaData(), autoload_with=db.engine)


def _count(name: str) -> int:
    with db.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(_table(name))) or 0
