"""Alembic’s environment: the application’s own engine and tables."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from portal import mail
from portal.accounts import models as accounts
from portal.catalogue import experiences
from portal.catalogue import models as catalogue
from portal.extensions import Base
from portal.placements import models as placements
from portal.pledges import models as pledges
from portal.provision import models as provision
from portal.publishing import models as publishing
from portal.shortlists import models as shortlists

# Importing the models is what puts their tables into the metadata.
KNOWN = (
    accounts, catalogue, experiences, mail, placements, pledges, provision, publishing, shortlists,
)  # fmt: skip


def run() -> None:
    """Bring the database of the running application to the wanted revision."""
    database = current_app.extensions["migrate"].db
    with database.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            _switch_foreign_keys(connection, "OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        if is_sqlite:
            _switch_foreign_keys(connection, "ON")


def _switch_foreign_keys(connection: Connection, switch: str) -> None:
    """SQLite changes a table by making it anew and dropping the old one.

    With foreign keys on, that refuses, or takes along every row that points at the table. They
    can only be switched outside a transaction.
    """
    connection.commit()
    connection.exec_driver_sql(f"PRAGMA foreign_keys = {switch}")
    connection.commit()
    if switch == "ON" and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
        message = f"After the migration these rows point at nothing: {lost[:5]}"
        raise RuntimeError(message)


run()
