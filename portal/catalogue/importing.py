"""Brings an edition of the register of qualifications in: all of it or nothing.

The same file twice changes nothing, and an edition older than the present one is refused. What an
edition leaves out stays, as withdrawn by it, so that pages can say so.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select, update

from portal.catalogue.funding import follow_register, present_edition, words_for_offers
from portal.catalogue.keeping import begin_writing, locked_state
from portal.catalogue.loading import BATCH
from portal.catalogue.register import FACTS, Qualification, RegisterEdition
from portal.catalogue.register_file import Edition, Offer, Progress, no_progress
from portal.clock import now
from portal.extensions import DatabaseSession

# From one edition to the next a fiftieth went; half a file loses half of them.
MOST_WITHDRAWN = 0.25

Values = dict[str, Any]


class EditionRefusedError(ValueError):
    """The file is sound, and yet must not come in. Its words are for whoever gave it."""


@dataclass
class ImportReport:
    """What an import did, by number; ``changed`` names what changed of each.

    ``last_starts`` are the slugs of programmes whose last start follows the register anew.
    """

    snapshot: dt.date
    before: dt.date | None = None
    is_same_file: bool = False
    added: list[str] = field(default_factory=list)
    changed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    withdrawn: list[str] = field(default_factory=list)
    unchanged: int = 0
    titles: dict[str, str] = field(default_factory=dict)
    unknown_offers: tuple[str, ...] = ()
    unread_columns: tuple[str, ...] = ()
    last_starts: list[str] = field(default_factory=list)


def import_edition(
    session: DatabaseSession,
    edition: Edition,
    *,
    many_withdrawn: bool = False,
    progress: Progress = no_progress,
) -> ImportReport:
    """Make the register say what an edition says, in one transaction; refusals change nothing.

    Raises EditionRefusedError for an older edition, and, unless ``many_withdrawn``, for one that
    leaves out so much that it is more likely half a file.
    """
    begin_writing(session)
    state = locked_state(session)
    try:
        report = _compared(session, edition, many_withdrawn=many_withdrawn)
    except EditionRefusedError:
        session.rollback()
        raise
    if report.is_same_file:
        session.rollback()
        return report
    _store(session, edition, report, progress)
    _note_edition(session, edition, report)
    session.flush()
    followed = follow_register(session, state.version + 1)
    report.last_starts = [programme.slug for programme in followed]
    if followed:
        state.version += 1
        state.changed_at = now()
    session.commit()
    return report


def _compared(session: DatabaseSession, edition: Edition, *, many_withdrawn: bool) -> ImportReport:
    """What the edition would change. Raises EditionRefusedError."""
    report = ImportReport(edition.snapshot, before=present_edition(session))
    words = words_for_offers(session)
    report.unknown_offers = tuple(code for code in edition.offers if words and code not in words)
    report.unread_columns = edition.unread
    _refuse_older(report)
    row = session.get(RegisterEdition, edition.snapshot)
    if row is not None and row.file_digest == edition.digest:
        report.is_same_file = True
        report.unchanged = row.qualifications
        return report
    _compare(session, edition, report)
    if not many_withdrawn:
        _refuse_half_a_file(edition, report)
    return report


def _refuse_older(report: ImportReport) -> None:
    if report.before is not None and report.snapshot < report.before:
        message = (
            f"This is the edition of {report.snapshot:%d/%m/%Y}. The register already holds the "
            f"one of {report.before:%d/%m/%Y}, which is newer. Import a newer file."
        )
        raise EditionRefusedError(message)


def _refuse_half_a_file(edition: Edition, report: ImportReport) -> None:
    present = len(report.withdrawn) + len(report.changed) + report.unchanged
    if len(report.withdrawn) > MOST_WITHDRAWN * present:
        message = (
            f"The file has {len(edition.rows):,} qualifications, and {len(report.withdrawn):,} of "
            f"the {present:,} in the present edition are missing from it. It may be cut off: "
            "download it again. When it is right, import it with --many-withdrawn."
        )
        raise EditionRefusedError(message)


def _compare(session: DatabaseSession, edition: Edition, report: ImportReport) -> None:
    """Fill the report: what is new, what differs and in what, what is left out."""
    columns = [getattr(Qualification, name) for name in ("number", *FACTS)]
    seen = set()
    held = select(*columns).where(Qualification.withdrawn_on.is_(None))
    for number, *facts in session.execute(held.order_by(Qualification.number)):
        row = edition.rows.get(number)
        if row is None:
            report.withdrawn.append(number)
            report.titles[number] = facts[0]
            continue
        seen.add(number)
        if differing := _differing(dict(zip(FACTS, facts, strict=True)), row.facts):
            report.changed[number] = differing
        else:
            report.unchanged += 1
    report.added = [number for number in edition.rows if number not in seen]
    for number in (*report.added, *report.changed):
        report.titles[number] = edition.rows[number].facts["title"]


def _differing(before: Values, after: Values) -> tuple[str, ...]:
    """The names of what differs; of an offer, which part of it."""
    names = [name for name in FACTS if name != "offers" and before[name] != after[name]]
    old: dict[str, Offer] = before["offers"]
    new: dict[str, Offer] = after["offers"]
    for code in {**old, **new}:
        if code not in new:
            names.append(f"{code} withdrawn")
        elif code not in old:
            names.append(f"{code} added")
        else:
            parts = (part for part in new[code] if old[code].get(part) != new[code][part])
            names += [f"{code} {part}" for part in parts]
    return tuple(names)


def _store(
    session: DatabaseSession, edition: Edition, report: ImportReport, progress: Progress
) -> None:
    day = edition.snapshot
    stored = set(
        session.scalars(select(Qualification.number).where(Qualification.withdrawn_on.is_not(None)))
    )
    new = [
        {**_values(edition, number), "first_seen": day}
        for number in report.added
        if number not in stored
    ]
    back = [n for n in report.added if n in stored]
    altered = [_values(edition, number) for number in (*back, *report.changed)]
    gone = [{"number": number, "withdrawn_on": day} for number in report.withdrawn]
    done, of = 0, len(new) + len(altered) + len(gone)
    for statement, rows in (
        (insert(Qualification), new),
        (update(Qualification), altered),
        (update(Qualification), gone),
    ):
        for batch in _batches(rows):
            session.execute(statement, batch)
            done += len(batch)
            progress("Writing", done, of)


def _values(edition: Edition, number: str) -> Values:
    return {
        "number": number,
        **edition.rows[number].facts,
        "last_changed": edition.snapshot,
        "withdrawn_on": None,
    }


def _batches(rows: Sequence[Values]) -> Iterator[Sequence[Values]]:
    for first in range(0, len(rows), BATCH):
        yield rows[first : first + BATCH]


def _note_edition(session: DatabaseSession, edition: Edition, report: ImportReport) -> None:
    session.merge(
        RegisterEdition(
            snapshot=edition.snapshot,
            file_digest=edition.digest,
            qualifications=len(edition.rows),
            added=len(report.added),
            changed=len(report.changed),
            withdrawn=len(report.withdrawn),
            imported_at=now(),
        )
    )
