"""Counts searches that found nothing: the words and the month, nobody's name or address.

A metric, kept apart from the database and dropped when it cannot be written: a search never fails
or waits because of it.
"""

import atexit
import datetime as dt
import logging
import sqlite3
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

logger = logging.getLogger(__name__)
PATIENCE_SECONDS = 0.05
TABLE = """CREATE TABLE IF NOT EXISTS miss (
    month TEXT NOT NULL, words TEXT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (month, words))"""
COUNT = """INSERT INTO miss VALUES (?, ?, ?)
    ON CONFLICT (month, words) DO UPDATE SET times = times + excluded.times"""


class Misses:
    """A small SQLite file of its own, written every few seconds at most."""

    def __init__(self, path: Path, every_seconds: float = 2.0) -> None:
        """Remember the file; it is made by the first miss."""
        self.path = path
        self._every_seconds = every_seconds
        self._waiting: Counter[tuple[str, str]] = Counter()
        self._written_at = float("-inf")
        self._lock = threading.Lock()
        atexit.register(self.write)

    def count(self, words: str, today: dt.date) -> None:
        """Add one; it is written with the next few."""
        with self._lock:
            self._waiting[today.strftime("%Y-%m"), words.lower()] += 1
            is_time = time.monotonic() - self._written_at >= self._every_seconds
        if is_time:
            self.write()

    def write(self) -> None:
        """Write what waits, or let it go."""
        with self._lock:
            rows = [(month, words, times) for (month, words), times in self._waiting.items()]
            self._waiting.clear()
            self._written_at = time.monotonic()
        if not rows:
            return
        try:
            with closing(sqlite3.connect(self.path, timeout=PATIENCE_SECONDS)) as file, file:
                file.execute(TABLE)
                file.executemany(COUNT, rows)
        except (sqlite3.Error, OSError) as error:
            logger.info("searches that found nothing were not counted: %s", type(error).__name__)

    def forget(self, words: str) -> None:
        """Forget every search that had these words in it, without a trace in the file."""
        self._delete("instr(words, ?)", words.lower())

    def forget_before(self, month: str) -> None:
        """Forget what was searched for before a month, such as “2025-10”."""
        self._delete("month < ?", month)

    def _delete(self, where: str, value: str) -> None:
        self.write()
        if not self.path.exists():
            return
        with closing(sqlite3.connect(self.path, isolation_level=None)) as file:
            file.execute(TABLE)
            file.execute(f"DELETE FROM miss WHERE {where}", (value,))  # noqa: S608 - ours
            file.execute("VACUUM")

    def most(self, at_least: int) -> list[tuple[str, str, int]]:
        """Month, words and times of those searched for often enough to be nobody’s own."""
        self.write()
        if not self.path.exists():
            return []
        with closing(sqlite3.connect(self.path)) as file:
            return file.execute(
                "SELECT month, words, times FROM miss WHERE times >= ? ORDER BY times DESC, words",
                (at_least,),
            ).fetchall()
