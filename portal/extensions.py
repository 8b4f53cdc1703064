"""The Flask extensions, made once and bound to the application by ``create_app``."""

import sqlite3
from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Engine, MetaData, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session


class Base(DeclarativeBase):
    """The mapped classes' base: constraints get names that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


# Functions take a session of either kind: a request’s, or one that a command made.
DatabaseSession = Session | scoped_session[Any]

db = SQLAlchemy(model_class=Base)
migrate = Migrate()
csrf = CSRFProtect()
login_manager = LoginManager()
limiter = Limiter(get_remote_address)
compress = Compress()


class QuietSessions(SecureCookieSessionInterface):
    """Flask’s own sessions, which a visitor without a cookie does not pay for."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Begin empty, or read the cookie when there is one."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


@event.listens_for(Engine, "connect")
def _sqlite_as_it_should_be(connection: Any, _record: object) -> None:  # noqa: ANN401
    """Foreign keys, a journal that readers do not wait for, writes that survive a power cut.

    And what is deleted is overwritten with noughts, not only marked as free.
    """
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA busy_timeout = 5000")
        connection.execute("PRAGMA secure_delete = ON")


def overwrite_what_was_deleted(session: DatabaseSession) -> bool:
    """Leave nothing in SQLite’s files of what was deleted and committed; whether that was possible.

    Overwriting is not enough: where rows were moved between pages, copies of them stay behind (13
    of 1,000 in a trial). So the file is written anew, and the journal emptied. PostgreSQL’s own
    vacuum sees to this in time.
    """
    engine = session.get_bind().engine
    if engine.dialect.name != "sqlite":
        return True
    session.rollback()
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
            busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    except OperationalError:
        return False
    return not busy


def one_at_a_time(session: DatabaseSession, key: str) -> None:
    """Wait until no other transaction works on what the key names.

    SQLite lets one write at a time anyhow; PostgreSQL has to be told.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": key})
