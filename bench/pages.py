"""What measuring pages shares: a city made for it, whoever looks, and how long a page takes."""

import gc
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from bench.figures import Figure, note, p95, timed
from portal import create_app
from portal.accounts.links import hash_of
from portal.accounts.models import Member, SignIn
from portal.catalogue.loading import load
from portal.clock import now
from portal.content.library import Library
from portal.extensions import db

TIMES = 40


@contextmanager
def city(library: Library, fill: Callable[[], object]) -> Iterator[Flask]:
    """An application with the catalogue and with what ``fill`` adds to its database."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    app = create_app(ENVIRONMENT="testing", SECRET_KEY="bench", INSTANCE_DIR=folder)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        db.create_all()
        load(db.session, library, show_months=18)
        fill()
        db.session.commit()
    # A worker never held the rows that were made here, so it does not look through them either.
    gc.collect()
    gc.freeze()
    # Outside the context, in which every request would be the first one’s visitor.
    yield app
    gc.unfreeze()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    shutil.rmtree(folder)


def signed_in(app: Flask, email: str) -> FlaskClient:
    """A browser of the member with this address."""
    token = secrets.token_urlsafe(32)
    with app.app_context():
        member = db.session.scalars(select(Member.id).where(Member.email == email)).one()
        db.session.add(
            SignIn(
                token_hash=hash_of(token), member_id=member, device="Bench", began_at=now(),
                seen_at=now(), proved_at=now(), with_second_factor=True,
            )
        )  # fmt: skip
        db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = token, True
    return client


def page(
    app: Flask,
    client: FlaskClient,
    name: str,
    address: str,
    *,
    floor: float,
    data: dict[str, str] | None = None,
) -> int:
    """Note the p95 of a page beside its floor in ms; answer how many statements it asks.

    With ``data`` the address is posted to.
    """
    statements: list[str] = []

    def remember(_c: object, _k: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    def fetch() -> None:
        answer = client.get(address) if data is None else client.post(address, data=data)
        if answer.status_code != 200:
            message = f"{address} answered {answer.status_code}"
            raise RuntimeError(message)

    fetch()
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", remember)
    fetch()
    event.remove(engine, "before_cursor_execute", remember)
    note(Figure(f"{name}, p95", p95([timed(fetch) for _ in range(TIMES)]), "ms", floor))
    return len(statements)
