"""A spreadsheet’s way: staged, checked row by row, mended, then published or abandoned as a whole.

Nothing of it reaches a visitor or another table before it is published, and what was published can
be taken back. Each step can be asked for twice, and one that was cut off is taken up again.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, NamedTuple

from sqlalchemy import and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts.links import hash_of
from portal.accounts.models import Member, Organisation
from portal.accounts.trail import record
from portal.catalogue.drafts import digest_of
from portal.catalogue.loading import batched
from portal.catalogue.models import Programme
from portal.clock import now, today
from portal.extensions import DatabaseSession
from portal.provision.checking_rows import (
    AimWords,
    Checked,
    CheckedVenue,
    CheckingContext,
    check_courses,
    check_venues,
)
from portal.provision.columns import COURSES, OTHER_COURSES, VENUES, Format
from portal.provision.course_values import CourseValues
from portal.provision.keeping_venues import renew_courses
from portal.provision.models import LearningAim, Upload, UploadRow, UploadState, Venue
from portal.provision.offers import COURSE
from portal.provision.spreadsheet import Row, Sheet, read
from portal.publishing.kinds import Content
from portal.publishing.life import State
from portal.publishing.models import Offer, Revision
from portal.publishing.publishing_many import Put, put_all, take_back_all

FORMATS: Mapping[str, Format] = {
    "courses": COURSES,
    "other-courses": OTHER_COURSES,
    "venues": VENUES,
}
CHUNK = 250
# Two contents with the same of all of these are about one course at one place and time.
SAME = (
    "title", "aim", "mode", "starts_on", "is_flexible_start", "venue", "study", "attendance",
    "is_national", "sub_regions",
)  # fmt: skip
ANSWERS = (*(field.name for field in fields(CourseValues)), "programme")
# A step that has not moved for so long was cut off. Publishing is one transaction, which shows no
# progress before its end.
STILL = {
    UploadState.CHECKING: dt.timedelta(minutes=2),
    UploadState.PUBLISHING: dt.timedelta(minutes=10),
}
WORKING = frozenset({UploadState.CHECKING, UploadState.PUBLISHING})


class NotReadyError(Exception):
    """The spreadsheet cannot be published like this; its page says what is missing."""


def stage(
    session: DatabaseSession, by: Member, *, token: str, file_name: str, data: bytes
) -> Upload:
    """Keep a file’s rows, to be checked. Raises NotASpreadsheetError, and then keeps nothing."""
    # Tied to the organisation, so that the same token of two of them makes two uploads.
    token = hash_of(f"{by.organisation.public_id} {token}")
    same = select(Upload).where(Upload.token == token)
    known = session.scalars(same).one_or_none()
    if known is not None:
        return known
    sheet = read(data)
    upload = Upload(
        organisation_id=by.organisation_id,
        member_id=by.id,
        token=token,
        format=next(name for name, known in FORMATS.items() if known is sheet.format),
        file_name=file_name,
        state=UploadState.CHECKING.value,
        rows=len(sheet.rows),
        made_at=now(),
    )
    session.add(upload)
    try:
        session.flush()
    except IntegrityError:
        # The same form, sent twice at once.
        session.rollback()
        return session.scalars(same).one()
    session.execute(
        insert(UploadRow),
        [
            {"upload_id": upload.id, "number": row.number, "cells": row.cells, "problems": [],
             "is_faulty": False}
            for row in sheet.rows
        ],
    )  # fmt: skip
    record(session, "upload", upload, by=by, organisation=by.organisation, after=upload.state)
    session.commit()
    return upload


def claim(session: DatabaseSession, upload: Upload) -> bool:
    """Take up the work of an upload, unless somebody is at it: one conditional update."""
    moment, still = now(), STILL.get(upload.stand, dt.timedelta())
    taken = session.execute(
        update(Upload)
        .where(
            Upload.id == upload.id,
            Upload.state.in_([state.value for state in WORKING]),
            or_(Upload.working_since.is_(None), Upload.working_since < moment - still),
        )
        .values(working_since=moment)
        .returning(Upload.id)
    ).scalar_one_or_none()
    session.commit()
    return taken is not None


def work(session: DatabaseSession, upload: Upload) -> None:
    """Do the step that an upload stands at: check its rows or publish them."""
    if upload.stand == UploadState.CHECKING:
        check(session, upload)
    elif upload.stand == UploadState.PUBLISHING:
        _publish(session, upload)


def check(session: DatabaseSession, upload: Upload) -> None:
    """Say of every row what is wrong with it; notes how far it is, so that a page can show it."""
    sheet = sheet_of(session, upload)
    if sheet.format is VENUES:
        found: Sequence[Checked | CheckedVenue] = check_venues(sheet)
    else:
        found = check_courses(sheet, context=context_of(session, upload.organisation))
    upload.faulty = sum(1 for checked in found if checked.problems)
    for first in range(0, len(found), CHUNK):
        rows = zip(sheet.rows[first : first + CHUNK], found[first : first + CHUNK], strict=True)
        session.execute(update(UploadRow), [_row_values(upload, row, made) for row, made in rows])
        upload.done = min(first + CHUNK, len(found))
        upload.working_since = now()
        session.commit()
    upload.state, upload.working_since = UploadState.CHECKED.value, None
    session.commit()


def mend(session: DatabaseSession, upload: Upload, number: int, cells: Mapping[str, str]) -> None:
    """Keep other cells for one row; everything is checked again, since rows can repeat others."""
    row = session.get(UploadRow, (upload.id, number))
    if row is None or upload.stand not in {UploadState.CHECKED, UploadState.FAILED}:
        return
    row.cells = {**row.cells, **{name: cells[name] for name in row.cells if name in cells}}
    _check_again(upload)
    session.commit()


def leave_out(session: DatabaseSession, upload: Upload, number: int) -> None:
    """Take one row out of what will be published."""
    if upload.stand != UploadState.CHECKED:
        return
    gone = session.execute(
        delete(UploadRow).where(UploadRow.upload_id == upload.id, UploadRow.number == number)
    )
    upload.rows -= int(getattr(gone, "rowcount", 0))
    _check_again(upload)
    session.commit()


def explain_aims(
    session: DatabaseSession, upload: Upload, answers: Mapping[str, tuple[str, str, str]]
) -> None:
    """Keep what each learning aim is: a programme’s slug, or else a level and an area of work."""
    known = {aim.code: aim for aim in _aims(session, upload.organisation)}
    slugs = {slug for slug, _, _ in answers.values() if slug}
    found = session.execute(select(Programme.slug, Programme.id).where(Programme.slug.in_(slugs)))
    ids = dict(found.all())
    for code, (slug, level, sector) in answers.items():
        aim = known.get(code) or LearningAim(organisation_id=upload.organisation_id, code=code)
        aim.programme_id = ids.get(slug)
        aim.level, aim.sector = (None, None) if slug else (level, sector)
        session.add(aim)
    _check_again(upload)
    session.commit()


def unknown_aims(session: DatabaseSession, upload: Upload) -> dict[str, int]:
    """Learning aims that nobody has explained yet, with how many rows have each."""
    rows = session.execute(
        select(UploadRow.aim, func.count())
        .where(UploadRow.upload_id == upload.id, UploadRow.aim.is_not(None))
        .group_by(UploadRow.aim)
        .order_by(UploadRow.aim)
    )
    return {str(aim): number for aim, number in rows}


def ask_to_publish(session: DatabaseSession, upload: Upload) -> None:
    """Begin to publish. Raises NotReadyError while rows are faulty or codes unexplained."""
    if upload.stand in {UploadState.PUBLISHING, UploadState.PUBLISHED}:
        return
    if upload.stand != UploadState.CHECKED or upload.faulty or not upload.rows:
        raise NotReadyError
    if unknown_aims(session, upload):
        raise NotReadyError
    upload.state, upload.working_since = UploadState.PUBLISHING.value, None
    session.commit()


def abandon(session: DatabaseSession, upload: Upload, *, by: Member) -> None:
    """Forget a spreadsheet that was not published."""
    if upload.stand not in {UploadState.CHECKED, UploadState.CHECKING, UploadState.FAILED}:
        return
    _end(session, upload, UploadState.ABANDONED, by=by)
    session.execute(delete(UploadRow).where(UploadRow.upload_id == upload.id))
    session.commit()


def undo(session: DatabaseSession, upload: Upload, *, by: Member) -> int:
    """Take back what a published spreadsheet did, but for what was changed since."""
    if upload.stand != UploadState.PUBLISHED or upload.format == "venues":
        return 0
    rows = session.execute(
        select(UploadRow.offer_id, UploadRow.revision, UploadRow.approved_before).where(
            UploadRow.upload_id == upload.id, UploadRow.offer_id.is_not(None)
        )
    ).all()
    puts = [Put(number or 0, revision or 0, before) for number, revision, before in rows]
    undone = take_back_all(session, COURSE, puts, by=by)
    _end(session, upload, UploadState.UNDONE, by=by)
    session.commit()
    return undone


def fail(session: DatabaseSession, upload: Upload, words: str) -> None:
    """Note that a step could not be finished; nothing of it was kept."""
    upload.state, upload.what_went_wrong = UploadState.FAILED.value, words
    upload.working_since = None
    session.commit()


def sheet_of(session: DatabaseSession, upload: Upload) -> Sheet:
    """The staged rows as they were read."""
    rows = session.execute(
        select(UploadRow.number, UploadRow.cells)
        .where(UploadRow.upload_id == upload.id)
        .order_by(UploadRow.number)
    )
    return Sheet(FORMATS[upload.format], [Row(number, cells) for number, cells in rows])


def context_of(session: DatabaseSession, organisation: Organisation) -> CheckingContext:
    """What the rows of an organisation are checked against."""
    venues = session.scalars(select(Venue).where(Venue.organisation_id == organisation.id))
    aims = _aims(session, organisation)
    return CheckingContext(
        today=today(),
        venues={venue.reference.casefold(): venue for venue in venues},
        programmes_by_aim={aim.code: aim.programme_id for aim in aims if aim.programme_id},
        known_aims={
            aim.code: AimWords(aim.level, aim.sector) for aim in aims if not aim.programme_id
        },
    )


def _publish(session: DatabaseSession, upload: Upload) -> None:
    """Publish, whoever asks: the row is locked first, so that a second worker finds it done."""
    mine = session.execute(
        update(Upload)
        .where(Upload.id == upload.id, Upload.state == UploadState.PUBLISHING.value)
        .values(working_since=now())
        .returning(Upload.id)
    ).scalar_one_or_none()
    if mine is None:
        session.rollback()
        return
    by = session.get_one(Member, upload.member_id)
    changed: list[Venue] = []
    if upload.format == "venues":
        changed = _keep_venues(session, upload)
    else:
        _put_courses(session, upload, by)
    upload.published_at, upload.done = now(), upload.rows
    _end(session, upload, UploadState.PUBLISHED, by=by)
    session.commit()
    for venue in changed:
        renew_courses(session, venue, by=by)


def _put_courses(session: DatabaseSession, upload: Upload, by: Member) -> None:
    """Make and change offers a chunk at a time, and note on each row what it made."""
    plan = _plan(session, upload)
    numbers = iter(plan)
    contents = _contents(session, upload, plan)
    for puts in put_all(session, COURSE, contents, by=by, batch=upload.public_id):
        session.execute(
            update(UploadRow),
            [
                {"upload_id": upload.id, "number": number, "offer_id": put.offer_id,
                 "revision": put.revision, "approved_before": put.approved_before}
                for put, number in zip(puts, numbers, strict=False)
            ],
        )  # fmt: skip


def _contents(
    session: DatabaseSession, upload: Upload, plan: Mapping[int, int | None]
) -> Iterator[tuple[Content, int | None]]:
    """The content of each planned row beside the offer it changes, in the order of the plan."""
    programmes = _programmes_by_aim(session, upload.organisation)
    for chunk in batched(list(plan), CHUNK):
        rows = session.execute(
            select(UploadRow.number, UploadRow.content)
            .where(UploadRow.upload_id == upload.id, UploadRow.number.in_(chunk))
            .order_by(UploadRow.number)
        ).all()
        for number, content in rows:
            yield _whole(content, programmes), plan[number]


def _whole(content: Mapping[str, Any], programmes: Mapping[object, str]) -> dict[str, Any]:
    return {**content, "programme": programmes.get(content.get("aim"))}


def _plan(session: DatabaseSession, upload: Upload) -> dict[int, int | None]:
    """Rows that change something, in their order, each with the id of the offer it is about.

    An offer is about the same course, place and time; or else it has the same reference, where
    that says enough. Only keys are held, so that ten thousand rows need little memory.
    """
    programmes = _programmes_by_aim(session, upload.organisation)
    rows = {
        number: _keys(_whole(content, programmes))
        for number, content in session.execute(
            select(UploadRow.number, UploadRow.content)
            .where(UploadRow.upload_id == upload.id)
            .order_by(UploadRow.number),
            execution_options={"yield_per": CHUNK},
        )
    }
    offers = {
        number: _keys(content)
        for number, content in session.execute(
            select(Offer.id, Revision.content)
            .join(Revision, and_(Revision.offer_id == Offer.id, Revision.number == Offer.latest))
            .where(
                Offer.organisation_id == upload.organisation_id,
                Offer.kind == COURSE.kind.value,
                Offer.state != State.ARCHIVED.value,
            )
            .order_by(Offer.id),
            execution_options={"yield_per": CHUNK},
        )
    }
    found: dict[int, int] = {}
    for part in ("same", "reference"):
        ours = _once({n: getattr(k, part) for n, k in offers.items() if n not in found.values()})
        theirs = _once({n: getattr(k, part) for n, k in rows.items() if n not in found})
        found |= {number: ours[key] for key, number in theirs.items() if key in ours}
    return {
        number: found.get(number)
        for number, keys in rows.items()
        if number not in found or offers[found[number]].digest != keys.digest
    }


class _Keys(NamedTuple):
    """By what a row and an offer are known to be about the same thing, and whether they differ."""

    same: str
    reference: str
    digest: str


def _keys(content: Mapping[str, Any]) -> _Keys:
    same = digest_of([str(content.get(name) or "").casefold() for name in SAME])
    answers = {name: content.get(name) or None for name in ANSWERS}
    return _Keys(same, str(content.get("reference") or "").casefold(), digest_of(answers))


def _once(keys: Mapping[int, str]) -> dict[str, int]:
    """Keys that only one of them has, with whose they are."""
    times = Counter(keys.values())
    return {key: number for number, key in keys.items() if key and times[key] == 1}


def _keep_venues(session: DatabaseSession, upload: Upload) -> list[Venue]:
    """Keep every venue of a file; return those that were there before and are different now."""
    known = {
        venue.reference.casefold(): venue
        for venue in session.scalars(
            select(Venue).where(Venue.organisation_id == upload.organisation_id)
        )
    }
    changed = []
    for row in session.scalars(select(UploadRow).where(UploadRow.upload_id == upload.id)):
        values = {n: v for n, v in (row.content or {}).items() if n != "district"}
        venue = known.get(values["reference"].casefold())
        if venue is None:
            session.add(Venue(organisation_id=upload.organisation_id, **values))
            continue
        different = {n: v for n, v in values.items() if n != "reference" and getattr(venue, n) != v}
        for name, value in different.items():
            setattr(venue, name, value)
        if different:
            changed.append(venue)
    return changed


def _programmes_by_aim(session: DatabaseSession, organisation: Organisation) -> dict[object, str]:
    rows = session.execute(
        select(LearningAim.code, Programme.slug)
        .join(Programme, Programme.id == LearningAim.programme_id)
        .where(LearningAim.organisation_id == organisation.id)
    )
    return dict(rows.all())


def _aims(session: DatabaseSession, organisation: Organisation) -> Sequence[LearningAim]:
    return session.scalars(
        select(LearningAim).where(LearningAim.organisation_id == organisation.id)
    ).all()


def _row_values(upload: Upload, row: Row, checked: Checked | CheckedVenue) -> dict[str, Any]:
    aim = checked.unknown_aim if isinstance(checked, Checked) else None
    return {
        "upload_id": upload.id,
        "number": row.number,
        "problems": [asdict(problem) for problem in checked.problems],
        "is_faulty": bool(checked.problems),
        "content": asdict(checked.values) if checked.values else None,
        "aim": aim,
    }


def _check_again(upload: Upload) -> None:
    upload.state, upload.working_since, upload.done = UploadState.CHECKING.value, None, 0


def _end(session: DatabaseSession, upload: Upload, state: UploadState, *, by: Member) -> None:
    before, upload.state, upload.working_since = upload.state, state.value, None
    record(
        session, state.value, upload, by=by, organisation=by.organisation,
        before=before, after=state.value,
    )  # fmt: skip
