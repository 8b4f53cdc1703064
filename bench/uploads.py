"""A spreadsheet of 10,000 courses: read, checked, published, searchable, taken back."""

import resource
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import select

from bench.figures import Figure, note, timed
from portal import create_app
from portal.accounts.models import Member, Organisation, Standing
from portal.catalogue.access_to_search import catalogue_search, vocabulary
from portal.catalogue.loading import load
from portal.clock import now, today
from portal.content.library import Library
from portal.extensions import db
from portal.provision import uploading
from portal.provision.columns import OTHER_COURSES
from portal.provision.models import Upload, Venue
from portal.provision.spreadsheet import write

ROWS, STARTS = 10_000, 4
FLOOR_SECONDS, FLOOR_MEGABYTES = 60, 300


def measure(library: Library) -> None:
    """The whole way of one file, and how much memory the process needed at most."""
    data = b"".join(write(OTHER_COURSES, map(_row, range(ROWS))))
    with _provider(library) as by:
        steps = {
            "read and stage": lambda: uploading.stage(
                db.session, by, token="bench", file_name="courses.csv", data=data
            ),
            "check every row": lambda: uploading.check(db.session, _upload()),
            "publish them all": _publish,
            "bring the search index up to date": _index,
        }
        total = 0.0
        for name, step in steps.items():
            seconds = timed(step)
            total += seconds
            note(Figure(f"{ROWS:,} rows: {name}", seconds, "s"))
        note(Figure(f"{ROWS:,} rows: the whole way", total, "s", FLOOR_SECONDS))
        seconds = timed(lambda: uploading.undo(db.session, _upload(), by=by))
        note(Figure(f"{ROWS:,} rows: take them back", seconds, "s", FLOOR_SECONDS))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    note(Figure("most memory of the whole process", peak, "MB", FLOOR_MEGABYTES))


def _upload() -> Upload:
    return db.session.scalars(select(Upload)).one()


def _publish() -> None:
    upload = _upload()
    uploading.ask_to_publish(db.session, upload)
    uploading.claim(db.session, upload)
    uploading.work(db.session, upload)


def _index() -> None:
    with current_app.app_context():
        catalogue_search()


def _row(place: int) -> dict[str, str]:
    """A course and one of its four starts: the directory wants a row for each start."""
    number, start = divmod(place, STARTS)
    return {
        "COURSE_TYPE": "Skills Bootcamp",
        "SECTOR": "CONSTRUCTION",
        "EDUCATION_LEVEL": "3",
        "AWARDING_BODY": "An awarding body",
        "WHO_THIS_COURSE_IS_FOR": f"Adults who want to learn trade number {number}. " * 15,
        "ENTRY_REQUIREMENTS": f"Nothing is needed to begin, says row {number}. " * 8,
        "WHAT_YOU_WILL_LEARN": f"How to build wall number {number} and much more. " * 8,
        "HOW_YOU_WILL_LEARN": "In a workshop, with tools. " * 8,
        "COURSE_NAME": f"Building course {number}",
        "YOUR_REFERENCE": f"B{place}",
        "DELIVERY_MODE": "Classroom",
        "START_DATE": f"{number % 28 + 1:02}/{9 + start:02}/{today().year + 1}",
        "VENUE_NAME": "Kiln House",
        "YOUR_VENUE_REFERENCE": "V1",
        "COURSE_WEBPAGE": f"https://www.kilnhouse.example.org/courses/{number}",
        "COST": "100",
        "DURATION": "10",
        "DURATION_UNIT": "Weeks",
        "STUDY_MODE": "Part time",
        "ATTENDANCE_PATTERN": "Evening",
    }


@contextmanager
def _provider(library: Library) -> Iterator[Member]:
    """A trusted provider with one venue, on a portal of its own."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    app: Flask = create_app(ENVIRONMENT="testing", SECRET_KEY="bench", INSTANCE_DIR=folder)
    try:
        with app.app_context():
            db.create_all()
            load(db.session, library, show_months=18)
            search = app.extensions["catalogue_search"]
            search.rebuild(db.session, vocabulary(), today())
            home = Organisation(
                slug="kiln-house", kind="training-provider", name="Kiln House", is_trusted=True,
                standing=Standing.VERIFIED.value, checked_on=today(),
            )  # fmt: skip
            by = Member(
                organisation=home, email="bench@example.org", name="Sam", roles=["owner"],
                state="active", joined_at=now(),
            )  # fmt: skip
            db.session.add(by)
            db.session.flush()
            db.session.add(
                Venue(organisation_id=home.id, reference="V1", name="Kiln House", town="Hanley",
                      postcode="ST1 5HS")
            )  # fmt: skip
            db.session.commit()
            yield by
            db.session.remove()
            db.engine.dispose()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
