"""What time it is: moments in UTC, as they are stored, and days in the city."""

import datetime as dt
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Europe/London")


def now() -> dt.datetime:
    """This moment in UTC, without a zone, as the database keeps moments."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def today() -> dt.date:
    """The day in the city."""
    return dt.datetime.now(HERE).date()


def is_within(at: str, time: dt.timedelta) -> bool:
    """Whether a moment that was written down in ISO form lies less than this long ago."""
    return now() - dt.datetime.fromisoformat(at) < time


def here(moment: dt.datetime) -> dt.datetime:
    """A stored moment as the city’s clocks show it."""
    return moment.replace(tzinfo=dt.UTC).astimezone(HERE)
