"""Alembic’s environment: the application’s own engine and tables."""

from alembic import context
from flask import current_app

from portal.accounts import models as accounts
from portal.catalogue import models as catalogue
from portal.extensions import Base

# Importing the models is what puts their tables into the metadata.
KNOWN = (accounts, catalogue)


def run() -> None:
    """Bring the database of the running application to the wanted revision."""
    database = current_app.extensions["migrate"].db
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
