"""What ``portal check`` says of routes: every role has one from no qualifications, or a named gap.

The content is loaded into a database of its own in memory, so that nothing need be loaded before
it is checked, and nothing is changed.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from portal.catalogue.loading import load
from portal.catalogue.vocabulary import Vocabulary, catalogue_version, read_vocabulary
from portal.climbing_frame.building import frame_of, month_number
from portal.climbing_frame.finding import Climb
from portal.climbing_frame.gaps import STARTS, role_gaps
from portal.climbing_frame.graph import Frame, Hold
from portal.content.library import Library
from portal.extensions import Base
from portal.taxonomy import Level
from portal.templating import listed

# Entries stay on show for as long as in any portal; which is of no matter for a single day.
SHOW_MONTHS = 18


@contextmanager
def loaded(library: Library) -> Iterator[Session]:
    """A session on a database in memory that holds a faultless library and nothing else."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    try:
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            load(session, library, show_months=SHOW_MONTHS)
            yield session
    finally:
        engine.dispose()


def routes(library: Library, today: dt.date) -> Iterator[str]:
    """How many roles have a route from each start, then the gap of each without from nothing."""
    with loaded(library) as session:
        words = read_vocabulary(session, catalogue_version(session))
        frame = frame_of(session, words, today)
    yield from _told(frame, words, today)


def _told(frame: Frame, words: Vocabulary, today: dt.date) -> Iterator[str]:
    month, number = month_number(today), len(frame.roles)
    gaps = list(role_gaps(frame, month, frozenset(role.key for role in frame.roles)))
    # A look at all roles at once follows few ways to each: what it misses is looked for by itself.
    start = replace(STARTS[Level.ENTRY], month=month)
    near, anywhere = Climb(frame, start, local_only=True), Climb(frame, start)
    doubtful = [gap.role for gap in gaps if Level.ENTRY in gap.starts]
    without = [role for role in doubtful if not near.routes(role, limit=1)]
    yield (
        f"Routes near here from no qualifications: {number - len(without)} of {number} roles; "
        f"a named gap: {len(without)}"
    )
    for role in without:
        yield f"  Gap: {role.title}. {_away(anywhere, role) or near.obstacle(role).reason}"
    found = [
        f"{words.level_name(level)}: {number - sum(level in gap.starts for gap in gaps)}"
        for level in (Level.ONE, Level.TWO, Level.THREE)
    ]
    yield f"Roles with a route near here at a first look from {', '.join(found)}"


def _away(anywhere: Climb, role: Hold) -> str:
    """The steps of the best way that are not near, when there is a way at all."""
    routes = anywhere.routes(role, limit=1)
    away = [hold.title for route in routes for hold in route.learning if not hold.local]
    return f"We know of nobody near here who teaches {listed(away)}." if away else ""
