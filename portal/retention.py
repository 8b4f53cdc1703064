"""What is kept of people, how long, and what becomes of it then: one table.

The nightly job does what it says, and the privacy page shows it. Whoever keeps something new of a
person adds its line here.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import delete

from portal.accounts import joining, limits, links, membership, signing_in, watching
from portal.catalogue.access_to_search import misses
from portal.catalogue.drafts import months_after
from portal.catalogue.models import Wish
from portal.clock import now, today
from portal.extensions import DatabaseSession
from portal.mail import REMEMBERED as LETTERS_REMEMBERED
from portal.mail import forget_old as forget_old_letters
from portal.placements import clockwork
from portal.publishing.models import Report
from portal.shortlists import alerts, handing, keeping, sharing
from portal.templating import counted

SEARCHES_MONTHS = 13
TOLD_FOR = dt.timedelta(days=2 * 365)


class Whose(StrEnum):
    """Whom a line is about, as a heading."""

    VISITORS = "If you use the site"
    ASKING = "If you ask for work experience"
    MEMBERS = "If you sign in for an organisation"


@dataclass(frozen=True)
class Kept:
    """One line: what is kept, how long, and what becomes of it.

    ``act`` is what the nightly job does about it, where time alone does nothing; ``done`` says it
    to the operator, with how many there were. Names of settings in ``how_long`` are filled in.
    """

    whose: Whose
    what: str
    how_long: str
    then: str = "Deleted."
    act: Callable[[DatabaseSession], int | None] | None = None
    done: str = ""

    def time(self, settings: Mapping[str, Any]) -> str:
        """How long it is kept, as this portal is set up."""
        return self.how_long.format_map(settings)


def _days(length: dt.timedelta) -> str:
    return counted(length.days, "day")


def _forget_searches(_session: DatabaseSession) -> None:
    misses().forget_before(f"{months_after(today(), -SEARCHES_MONTHS):%Y-%m}")


def _forget_wishes(session: DatabaseSession) -> int:
    old = delete(Wish).where(Wish.told_on < today() - TOLD_FOR)
    done: Any = session.execute(old, execution_options={"synchronize_session": False})
    return int(done.rowcount)


def _forget_reports(session: DatabaseSession) -> int:
    old = delete(Report).where(Report.decided_at < now() - TOLD_FOR)
    done: Any = session.execute(old, execution_options={"synchronize_session": False})
    return int(done.rowcount)


def _forget_letters(session: DatabaseSession) -> None:
    forget_old_letters(session, now=now())


_VISITORS = (
    Kept(
        Whose.VISITORS, "Words of searches that found nothing, without anybody’s name",
        f"{SEARCHES_MONTHS} months", act=_forget_searches,
    ),
    Kept(
        Whose.VISITORS, "What you told us is missing", "2 years", act=_forget_wishes,
        done="Words about what is missing, deleted",
    ),
    Kept(
        Whose.VISITORS, "What you told the moderators about a page",
        "2 years after they settled it", act=_forget_reports,
        done="Reports settled long ago, deleted",
    ),
    Kept(
        Whose.VISITORS, "What you told us about somebody’s safety",
        "As long as the council’s safeguarding leads need it", "They decide. No clock deletes it.",
    ),
    Kept(
        Whose.VISITORS, "Your list, while it goes to an adviser under a code",
        f"{_days(handing.LIVES)}, or until the code is used", act=keeping.forget_over,
        done="Codes and links of lists that are over, deleted",
    ),
    Kept(
        Whose.VISITORS, "Your mail address with a search that you saved",
        f"Until you stop it; {_days(alerts.UNCONFIRMED_FOR)} when you do not confirm it",
        "Deleted at once, with the search.", act=alerts.forget_old,
        done="Saved searches that nobody confirmed, deleted",
    ),
    Kept(
        Whose.VISITORS, "A mail we sent: its words until it is sent, then to whom and when",
        _days(LETTERS_REMEMBERED), act=_forget_letters,
    ),
)  # fmt: skip
_ASKING = (
    Kept(
        Whose.ASKING, "What you wrote, when nothing came of it",
        f"{_days(clockwork.KEPT_AFTER_NOTHING)} after the end",
        "Emptied. A line without you stays, so that the city can count.",
        act=clockwork.empty_old,
        done="Requests that ended long ago and were emptied of what is known of a person",
    ),
    Kept(
        Whose.ASKING, "What you wrote, when you had a place",
        f"{_days(clockwork.KEPT_AFTER_PLACEMENT)} after the end",
        "Emptied. Your adviser keeps the experience under a number, not your name.",
    ),
)  # fmt: skip
_MEMBERS = (
    Kept(
        Whose.MEMBERS, "An adviser’s shortlist, archived ones and templates too",
        "{SHORTLIST_MONTHS} months after somebody last worked on it",
        "Deleted with its reasons and links. Its adviser is told a month before.",
        act=keeping.delete_due,
        done="Shortlists that nobody used, deleted",
    ),
    Kept(
        Whose.MEMBERS, "A link that shows a shortlist",
        f"It opens for {max(sharing.DAYS)} days at most; that it was there is kept "
        f"{_days(keeping.LINKS_REMEMBERED)} more",
    ),
    Kept(
        Whose.MEMBERS, "Which records about young people an adviser read on a day",
        _days(watching.REMEMBERED), act=watching.forget_old,
        done="Notes of what advisers read, deleted",
    ),
    Kept(
        Whose.MEMBERS, "Where and when you signed in",
        f"{_days(signing_in.REMEMBERED)} after you were last there", act=signing_in.forget_old,
    ),
    Kept(
        Whose.MEMBERS, "A wrong password or code, without saying whose",
        _days(limits.FORGOTTEN_AFTER), act=limits.forget_old,
    ),
    Kept(
        Whose.MEMBERS, "A link in a mail that lets you do something once",
        f"{_days(links.REMEMBERED)} after it stopped working", act=links.forget_old,
    ),
    Kept(
        Whose.MEMBERS, "An application that nobody confirms",
        _days(joining.UNCONFIRMED_FOR), act=joining.forget_unconfirmed,
        done="Accounts that nobody confirmed, deleted",
    ),
    Kept(
        Whose.MEMBERS, "Your account: your name, job and mail address",
        f"Until you are removed; after {_days(membership.UNUSED_FOR)} without use it is suspended",
        "Your name and address are erased at once.", act=membership.suspend_unused,
        done="Accounts unused for half a year, suspended",
    ),
    Kept(
        Whose.MEMBERS, "Who wrote, approved or changed what",
        "As long as the portal runs", "The rows hold no name once you are removed.",
    ),
)  # fmt: skip
RETENTION = (*_VISITORS, *_ASKING, *_MEMBERS)


def apply(session: DatabaseSession) -> Iterator[tuple[str, int]]:
    """Do what every line says, one after another, each committed; twice does nothing twice.

    Says as it goes what was done, and how often.
    """
    for kept in RETENTION:
        if kept.act is not None:
            number = kept.act(session)
            session.commit()
            if number is not None:
                yield kept.done, number
