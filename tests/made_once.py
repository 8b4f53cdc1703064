"""What tests begin with and none of them is about: made once for each worker, copied afterwards.

A database without rows comes from the migrations and from nothing else; test_architecture.py
compares a copy of it with the models. A loaded catalogue is copied only for the same content.
"""

import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Hashable
from contextlib import closing
from functools import cache
from pathlib import Path
from types import CodeType

from flask import Flask
from flask_migrate import upgrade
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from portal.clock import today
from portal.extensions import db

SQLITE = "sqlite"
_kept: dict[Hashable, Path] = {}


class CompiledTemplates(BytecodeCache):
    """Templates that another application of this process compiled, found by their whole source."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._code[bucket.key, bucket.checksum] = bucket.code


COMPILED = CompiledTemplates()


@event.listens_for(Engine, "connect")
def _do_not_wait_for_the_disk(connection: object, _record: object) -> None:
    """No test pulls the plug. What kills the portal or fills its disk runs it as a program."""
    if type(connection).__module__ == "sqlite3":
        connection.execute("PRAGMA synchronous = OFF")  # type: ignore[attr-defined]


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="portal-made-once-"))


def lay_tables(app: Flask) -> None:
    """Bring the application’s database to the newest tables, by a copy where there is none yet."""
    with app.app_context():
        database = Path(db.engine.url.database or "")
        if db.engine.dialect.name != SQLITE or database.exists():
            upgrade()
            return
        if "tables" not in _kept:
            upgrade()
            _kept["tables"] = _copy_of_database("tables.sqlite")
            return
    shutil.copy(_kept["tables"], database)


def fill_as_before(app: Flask, fill: Callable[[Flask], None]) -> None:
    """Load and index the content of a new application, by a copy when it was loaded before."""
    instance, content = (Path(app.config[name]) for name in ("INSTANCE_DIR", "CONTENT_DIR"))
    made_from = ("filled", today(), _digest_of(content))
    if made_from not in _kept:
        fill(app)
        kept = _folder() / f"filled-{len(_kept)}"
        shutil.copytree(instance / "search", kept / "search")
        with app.app_context():
            _copy_of_database(f"{kept.name}/portal.sqlite")
        _kept[made_from] = kept
        return
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    for left in instance.glob("portal.sqlite-*"):
        left.unlink()
    shutil.copytree(_kept[made_from], instance, dirs_exist_ok=True)
    with app.app_context():
        db.session.execute(text("PRAGMA user_version"))  # open, as in whoever filled it
        db.session.remove()


def _copy_of_database(name: str) -> Path:
    """A file with all that the database of the running application holds, also in its journal."""
    path = _folder() / name
    with db.engine.connect() as connection:
        connection.exec_driver_sql("VACUUM INTO ?", (str(path),))
    with closing(sqlite3.connect(path)) as copy:
        copy.execute("PRAGMA journal_mode = WAL")  # kept in the file; nobody has to change it later
    return path


def _digest_of(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
