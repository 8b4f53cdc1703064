"""The register of qualifications, 8,000 rows: read and imported, and a second edition after it."""

import datetime as dt
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.figures import Figure, note, timed
from portal import create_app
from portal.catalogue import register_file
from portal.catalogue.importing import ImportReport, import_edition
from portal.catalogue.loading import load
from portal.clock import today
from portal.content.library import Library
from portal.extensions import db

ROWS, OFFERS = 8_000, 9
FLOOR_SECONDS, FLOOR_MEGABYTES = 20, 300
ROOT = Path(__file__).resolve().parent.parent
FIRST, SECOND = dt.date(2026, 2, 18), dt.date(2026, 10, 22)


def measure(library: Library) -> None:
    """Two editions in this process, then one in a process of its own for its memory."""
    with _portal(library):
        note(Figure(f"{ROWS:,} qualifications: the first edition", _import(FIRST), "s",
                    FLOOR_SECONDS))  # fmt: skip
        note(Figure("a second edition, an eighth changed", _import(SECOND), "s", FLOOR_SECONDS))
        note(Figure("the same file again", _import(SECOND), "s"))
    code = "from bench import qualifications; qualifications.alone()"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    before, most = map(float, done.stdout.split()[-2:])
    note(Figure("most memory of an import’s process", most, "MB", FLOOR_MEGABYTES))
    note(Figure("of which the import itself", most - before, "MB"))


def alone() -> None:
    """Print the most memory before and after an import, in megabytes."""
    with _portal():
        before = _most_memory()
        _import(FIRST)
        print(before, _most_memory())


def _most_memory() -> float:
    """Of this program: what the kernel tells through getrusage is also of whoever began it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _import(snapshot: dt.date) -> float:
    data = _file(snapshot)

    def act() -> ImportReport:
        return import_edition(db.session, register_file.read(data, today=today()))

    return timed(act)


def _file(snapshot: dt.date) -> bytes:
    """A register of invented qualifications; in the second edition an eighth has other days."""
    codes = [f"Offer{n}" for n in range(OFFERS)]
    columns = [register_file.SNAPSHOT, register_file.NUMBER]
    columns += [column for column, *_ in register_file.COLUMNS]
    columns += [code + ending for code in codes for ending in register_file.OF_OFFERS]
    lines = [",".join(columns)]
    for n in range(ROWS):
        ends = "31/07/2028" if snapshot == SECOND and n % 8 == 0 else "31/07/2026"
        facts = [f"{snapshot:%d/%m/%Y}", f"{60000000 + n}", f"Level 2 Certificate in Kilns {n}",
                 "Kilnmark", "Level 2", "Occupational Qualification", "", "Engineering",
                 "Approved", "https://kilnmark.example/"]  # fmt: skip
        for place in range(OFFERS):
            facts += ["True", "01/09/2016", ends, ""] if place < 3 else ["False", "", "", ""]
        lines.append(",".join(facts))
    return ("\n".join(lines) + "\n").encode("utf-8-sig")


@contextmanager
def _portal(library: Library | None = None) -> Iterator[None]:
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    app = create_app(ENVIRONMENT="testing", SECRET_KEY="bench", INSTANCE_DIR=folder)
    try:
        with app.app_context():
            db.create_all()
            if library is not None:
                load(db.session, library, show_months=18)
            yield
            db.session.remove()
            db.engine.dispose()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
