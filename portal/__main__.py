"""The ``portal`` command. Expected trouble is one plain sentence, not a traceback."""

import sys

from flask.cli import FlaskGroup
from sqlalchemy.exc import OperationalError

from portal import create_app
from portal.catalogue.search.engine import IndexBusyError, SearchUnavailableError
from portal.catalogue.vocabulary import MissingContentError
from portal.config import UnsafeConfigurationError

HELP = """What an operator does from a terminal: docs/running.md explains each command."""


def main() -> None:
    """Entry point of the ``portal`` script."""
    try:
        create_app()
        FlaskGroup(create_app=create_app, help=HELP, add_version_option=False)()
    except UnsafeConfigurationError as error:
        sys.exit(f"The portal will not start like this.\n{error}")
    except OperationalError as error:
        sys.exit(
            f"The database could not be used: {error.orig}.\n"
            "Nothing was changed. Free space or wait for the other program, then try again."
        )
    except (MissingContentError, SearchUnavailableError) as error:
        sys.exit(str(error))
    except IndexBusyError as error:
        sys.exit(f"{error} The database is up to date; run “portal reindex” in a minute.")
    except OSError as error:
        sys.exit(
            f"A file could not be written: {error}.\n"
            "Free space, then run the command again; “portal reindex” mends the search."
        )


if __name__ == "__main__":
    main()
