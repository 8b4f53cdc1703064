"""What an import of the register says in a terminal: what changed, and what it means here."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from portal.catalogue.funding import (
    known_qualifications,
    linked_programmes,
    present_edition,
    words_for_offers,
)
from portal.catalogue.importing import ImportReport
from portal.catalogue.models import Programme
from portal.catalogue.register import Qualification
from portal.extensions import DatabaseSession
from portal.templating import counted, day

FIRST = 5
MONTHS = 12
A_YEAR = dt.timedelta(days=365)
# Words that titles share whatever they are about.
OF_ANY_TITLE = frozenset(
    {
        "level", "entry", "award", "certificate", "diploma", "extended", "subsidiary",
        "foundation", "national", "technical", "qualification", "qualifications", "course",
        "apprenticeship", "introduction", "introductory", "with", "from", "into", "skills",
        "studies", "principles", "practice", "work", "working",
    }
)  # fmt: skip
ROOT = 5
SHORTEST = 4


def lines(report: ImportReport) -> Iterator[str]:
    """What the import changed."""
    if report.is_same_file:
        yield f"This file was imported already: the edition of {day(report.snapshot)}."
        yield "Nothing was changed."
        return
    before = f", after that of {day(report.before)}" if report.before else ""
    yield f"The edition of {day(report.snapshot)}{before}."
    for name, numbers in (("Added", report.added), ("Withdrawn", report.withdrawn)):
        yield f"{name}: {len(numbers):,}."
        yield from _first([f"{number} {report.titles[number]}" for number in numbers])
    yield f"Changed: {len(report.changed):,}."
    times = Counter(name for names in report.changed.values() for name in names)
    if times:
        yield "    In " + ", ".join(f"{name} {n:,}" for name, n in times.most_common())
    yield from _first(
        [f"{n} {report.titles[n]}: {', '.join(names)}" for n, names in report.changed.items()]
    )
    yield f"Unchanged: {report.unchanged:,}."
    for code in report.unknown_offers:
        yield (
            f"The offer {code} is kept, and pages cannot name it: add it to "
            "content/funding_offers.csv, then run “portal load”."
        )
    if report.unread_columns:
        yield f"Columns that were not read: {', '.join(report.unread_columns)}."


def meaning(
    session: DatabaseSession, report: ImportReport, *, today: dt.date, stale_months: int
) -> Iterator[str]:
    """What the register means for the programmes of content that name its numbers."""
    programmes = linked_programmes(session)
    snapshot = present_edition(session)
    if snapshot is None:
        return
    yield f"{counted(len(programmes), 'programme names', 'programmes name')} numbers on it."
    if (today - snapshot) > A_YEAR * stale_months / MONTHS:
        yield f"This edition is of {day(snapshot)}. Look for a newer one: last days move."
    known = known_qualifications(session, programmes)
    not_counted = {code for code, row in words_for_offers(session).items() if row.school_age}
    for heading, found in (
        ("Last starts that follow the register anew", report.last_starts),
        (
            "Public money for new starts ended before this edition was made",
            _ending(programmes, known, not_counted, snapshot),
        ),
        (
            "A last day has passed since, and a newer edition may move it",
            _ending(programmes, known, not_counted, today, after=snapshot),
        ),
        (
            "By this edition, public money for new starts ends within a year",
            _ending(programmes, known, not_counted, today + A_YEAR, after=today),
        ),
        ("Numbers that the register does not hold", _not_held(programmes, known)),
        ("Levels that disagree", _other_levels(programmes, known)),
        ("Titles that share no word", _other_titles(programmes, known)),
    ):
        items = list(found)
        if items:
            yield f"{heading}: {len(items):,}."
            yield from (f"    {item}" for item in items)


def _first(items: Sequence[str]) -> Iterator[str]:
    yield from (f"    {item}" for item in items[:FIRST])
    if len(items) > FIRST:
        yield f"    and {len(items) - FIRST:,} more"


def _ending(
    programmes: Iterable[Programme],
    known: Mapping[str, Qualification],
    not_counted: Iterable[str],
    until: dt.date,
    after: dt.date = dt.date.min,
) -> Iterator[str]:
    """Programmes whose last offer, as far as it is known, ends between two days."""
    for programme in programmes:
        held = [known[number] for number in programme.qualifications if number in known]
        lasts = [qualification.last_day(not_counted) for qualification in held]
        if not lasts or len(held) < len(programme.qualifications):
            continue
        if None not in lasts and after <= (last := max(filter(None, lasts))) < until:
            yield f"{programme.slug}: {day(last)}"


def _not_held(programmes: Iterable[Programme], known: Mapping[str, Qualification]) -> Iterator[str]:
    for programme in programmes:
        for number in programme.qualifications:
            if number not in known:
                yield f"{programme.slug}: {number}. Compare it with the register, or take it out."
            elif (withdrawn := known[number].withdrawn_on) is not None:
                yield f"{programme.slug}: {number} went with the edition of {day(withdrawn)}."


def _linked(
    programmes: Iterable[Programme], known: Mapping[str, Qualification]
) -> Iterator[tuple[Programme, Qualification]]:
    for programme in programmes:
        for number in programme.qualifications:
            if number in known:
                yield programme, known[number]


def _other_levels(
    programmes: Iterable[Programme], known: Mapping[str, Qualification]
) -> Iterator[str]:
    for programme, qualification in _linked(programmes, known):
        levels = qualification.levels
        if levels and programme.level_slug not in levels:
            yield (
                f"{programme.slug} is at {programme.level_slug}, and {qualification.number} "
                f"({qualification.title}) at {qualification.level}."
            )


def _other_titles(
    programmes: Iterable[Programme], known: Mapping[str, Qualification]
) -> Iterator[str]:
    for programme, qualification in _linked(programmes, known):
        ours = _roots(" ".join([programme.title, *programme.also_called]))
        theirs = _roots(qualification.title)
        if ours and theirs and not ours & theirs:
            yield (
                f"{programme.slug} is “{programme.title}”, and {qualification.number} is "
                f"“{qualification.title}”."
            )


def _roots(title: str) -> set[str]:
    """The beginnings of the words that say what a title is about."""
    words = re.findall(r"[a-z]+", title.lower())
    return {w[:ROOT] for w in words if len(w) >= SHORTEST and w not in OF_ANY_TITLE}
