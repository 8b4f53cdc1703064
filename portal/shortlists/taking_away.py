"""A list to take away: as sheets of paper, and as rows for a spreadsheet.

No reference, no adviser and no file’s name that says whose list it is: paper lies about.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row

from portal.accounts.models import Member
from portal.catalogue.models import FOLDERS, LIVE
from portal.catalogue.vocabulary import Vocabulary
from portal.clock import today
from portal.extensions import DatabaseSession
from portal.mail import address_for
from portal.printed_list import PrintedThing, printed_list
from portal.shortlists.dates import coming
from portal.shortlists.models import Shortlist
from portal.shortlists.reading_shared import Whole, rows_to_export
from portal.shortlists.telling import KINDS, ROUTE, Thing, things
from portal.spreadsheet_cells import csv_file
from portal.taxonomy import EntryKind

HEADING = "Ideas to talk over together"
HEADINGS = (
    "Your reference", "Review on", "Put away on", "Template", "Place on the list", "Kind", "Title",
    "Address", "Why", "Closes on", "On the site now",
)  # fmt: skip


def pdf_of(whole: Whole, words: Vocabulary, *, made_by: str) -> bytes:
    """A list as sheets to print, with what closes and happens first."""
    dates = coming(whole.entries, today())
    told = things(whole.items, words, today(), goals=whole.goals)
    return printed_list(
        portal_name=words.area.portal_name,
        heading=HEADING,
        made_by=made_by,
        dates=[(date.words, date.title) for date in dates],
        things=[_printed(thing) for thing in told],
    )


def csv_of(
    session: DatabaseSession, adviser: Member, shortlist: Shortlist | None = None
) -> Iterator[bytes]:
    """One list, or all of an adviser’s own, as a spreadsheet; no cell of it is a formula."""
    return csv_file(HEADINGS, map(_cells, rows_to_export(session, adviser, shortlist)))


def _printed(thing: Thing) -> PrintedThing:
    return PrintedThing(
        title=thing.title,
        kind=thing.kind,
        reason=thing.reason,
        told=[words for words in (thing.who, thing.summary) if words],
        facts=thing.facts,
        steps=[f"{step.title}. {step.told}".strip() for step in thing.steps],
        next=thing.next,
        address=address_for(thing.path) if thing.path else "",
    )


def _cells(row: Row[Any]) -> Sequence[object]:
    on_list = [row.reference, row.review_on or "", _day(row), "yes" if row.is_template else "no"]
    if row.public_id is None:
        return [*on_list, *[""] * 7]
    if row.kind is None:
        title = (row.route or {}).get("title", "")
        return [*on_list, row.place, ROUTE, title, "", row.reason, "", ""]
    kind = EntryKind(row.kind)
    is_shown = row.status == LIVE and row.show_until >= today()
    return [
        *on_list, row.place, KINDS[kind], row.title, address_for(f"/{FOLDERS[kind]}/{row.slug}"),
        row.reason, row.closes_on or "", "yes" if is_shown else "no",
    ]  # fmt: skip


def _day(row: Row[Any]) -> object:
    return row.archived_at.date() if row.archived_at else ""
