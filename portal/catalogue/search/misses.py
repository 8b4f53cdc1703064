"""Counts searches that found nothing: the words and the month, nobody's name or address.

A metric, kept apart from the database and dropped when it cannot be written: a search never fails
or waits because of it.
"""

import datetime as dt
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

logger = logging.getLogger(__name__)
PATIENCE_SECONDS = 0.05
TABLE = """CREATE TABLE IF NOT EXISTS miss (
    month TEXT NOT NULL, words TEXT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (month, words))"""
COUNT = """INSERT INTO miss VALUES (?, ?, 1)
    ON CONFLICT (month, words) DO UPDATE SET times = times + 1"""


class Misses:
    """A small SQLite file of its own."""

    def __init__(self, path: Path) -> None:
        """Remember the file; it is made by the first miss."""
        self.path = path

    def count(self, words: str, today: dt.date) -> None:
        """Add one, or let it go."""
        try:
            with closing(sqlite3.connect(self.path, timeout=PATIENCE_SECONDS)) as file, file:
                file.execute(TABLE)
                file.execute(COUNT, (today.strftime("%Y-%m"), words.lower()))
        except (sqlite3.Error, OSError) as error:
            logger.info("a search that found nothing was not counted: %s", type(error).__name__)

    def most(self, at_least: int) -> list[tuple[str, str, int]]:
        """Month, words and times of those searched for often enough to be nobody’s own."""
        if not self.path.exists():
            return []
        with closing(sqlite3.connect(self.path)) as file:
            return file.execute(
                "SELECT month, words, times FROM miss WHERE times >= ? ORDER BY times DESC, words",
                (at_least,),
            ).fetchall()
