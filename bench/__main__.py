"""Every measurement, with its floor. Exits 1 when one is not reached."""

import datetime as dt
import gc
import os
import platform
import random
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, render_template
from jinja2 import DictLoader
from werkzeug.datastructures import MultiDict

from bench import desk, frame, ledger, qualifications, shortlists, uploads
from bench.catalogue import HOSTILE, QUERIES, documents
from bench.figures import FIGURES, Figure, note, p95, timed
from portal import create_app
from portal.catalogue.access_to_search import catalogue_search, vocabulary
from portal.catalogue.loading import load
from portal.catalogue.search.engine import Engine
from portal.catalogue.search.query import CatalogueQuery
from portal.content.library import Library, read_library
from portal.extensions import db

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
TODAY = dt.date(2026, 11, 21)
SMALL, LARGE = 5_000, 50_000
BARE = Flask("bare")
TEMPLATE = (
    "<!doctype html><title>{{ title }}</title><ul>{% for n in items %}<li>{{ n }}</li>"
    "{% endfor %}</ul>"
)
BARE.jinja_loader = DictLoader({"bare.html": TEMPLATE})


@BARE.get("/")
def bare() -> str:
    """The page that others are compared with."""
    return render_template("bare.html", title="Bare", items=range(20))


@contextmanager
def portal_with(library: Library, number: int) -> "Iterator[Flask]":
    """An application whose index holds a made-up catalogue of a size."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    app = create_app(ENVIRONMENT="testing", SECRET_KEY="bench", INSTANCE_DIR=folder)
    app.config["CATALOGUE_CHECK_SECONDS"] = 1.0
    with app.app_context():
        db.create_all()
        load(db.session, library, show_months=18)
        engine: Engine = catalogue_search().engine
        made = list(documents(library, number))
        seconds = timed(lambda: engine.rebuild(made, version=1))
        floor = 120.0 if number == LARGE else None
        note(Figure(f"index {number:,} entries", seconds, "s", floor))
        yield app
        db.session.remove()
        db.engine.dispose()
    shutil.rmtree(folder)


def searches(app: Flask, number: int, floor: float) -> None:
    """Search with all facets, in-process and warm, for every kind of query."""
    with app.app_context():
        words = vocabulary()
        search = catalogue_search()
        note(Figure("open the index", timed(search.engine.snapshot), "s"))

        def run(typed: str) -> float:
            query = CatalogueQuery.of(MultiDict({"q": typed}), words)
            return timed(lambda: search.search(query, words, TODAY))

        everything: list[float] = []
        for kind, typed in QUERIES.items():
            for one in typed * 2:
                run(one)
            gc.collect()
            times = [run(one) for one in typed * (300 // len(typed))]
            everything += times
            note(Figure(f"search {number:,}, {kind}, p95", p95(times), "ms", floor))
        note(Figure(f"search {number:,}, all, median", statistics.median(everything) * 1e3, "ms"))
        for one in HOSTILE:
            run(one)
        hostile = [run(one) for one in HOSTILE * 40]
        ratio = p95(hostile) / p95(everything)
        note(Figure(f"search {number:,}, hostile p95 over honest p95", ratio, "times", 3.0))


def change(app: Flask, library: Library, number: int) -> None:
    """One entry changed and searchable again."""
    engine: Engine = app.extensions["catalogue_search"].engine
    changed = list(documents(library, 12, seed=9))
    times = []
    for document in changed:

        def put_and_find(document: object = document) -> None:
            engine.put([document])  # type: ignore[list-item]
            engine.snapshot().impacts("care")

        times.append(timed(put_and_find))
    worst = max(times) * 1000
    note(Figure(f"one entry changed and searchable, worst of 12, at {number:,}", worst, "ms", 200))


def memory(app: Flask, number: int) -> None:
    """What a worker holds after searching, in a process of its own."""
    code = (
        "import sys, resource, datetime as dt\n"
        "from pathlib import Path\n"
        "from werkzeug.datastructures import MultiDict\n"
        "from portal import create_app\n"
        "from portal.catalogue.access_to_search import catalogue_search, vocabulary\n"
        "from portal.catalogue.search.query import CatalogueQuery\n"
        "from bench.catalogue import QUERIES, HOSTILE\n"
        "app = create_app(ENVIRONMENT='testing', SECRET_KEY='b', INSTANCE_DIR=Path(sys.argv[1]))\n"
        "client = app.test_client()\n"
        "for q in [q for qs in QUERIES.values() for q in qs] + HOSTILE:\n"
        "    client.get('/search', query_string={'q': q})\n"
        "print(open('/proc/self/status').read().split('VmRSS:')[1].split()[0])\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, app.config["INSTANCE_DIR"]],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    note(Figure(f"a worker's memory at {number:,}", int(done.stdout) / 1024, "MB", 250))


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def served(target: str, environment: dict[str, str]) -> "Iterator[str]":
    """A WSGI application on two workers, as in production."""
    port = free_port()
    server = str(Path(sys.executable).parent / "granian")
    options = "--interface wsgi --workers 2 --blocking-threads 2 --no-ws --log-level critical"
    command = [server, *options.split(), "--host", "127.0.0.1", "--port", str(port), target]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    address = f"http://127.0.0.1:{port}"
    for _ in range(150):
        try:
            urllib.request.urlopen(f"{address}/", timeout=2).read()  # noqa: S310
            break
        except OSError:
            time.sleep(0.1)
    try:
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def load_on(addresses: list[str], seconds: float = 6.0) -> tuple[float, float]:
    """Requests a second and p95 in milliseconds from 20 clients on this machine."""
    times: list[float] = []
    until = time.perf_counter() + seconds

    def client(seed: int) -> None:
        chance = random.Random(seed)
        while time.perf_counter() < until:
            address = chance.choice(addresses)
            start = time.perf_counter()
            with urllib.request.urlopen(address, timeout=20) as answer:  # noqa: S310
                answer.read()
            times.append(time.perf_counter() - start)

    threads = [threading.Thread(target=client, args=(n,)) for n in range(20)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(times) / (time.perf_counter() - start), p95(times)


def wrk_on(script: Path, address: str) -> tuple[float, float] | None:
    """The same by wrk, which costs the machine less than a client in Python does."""
    if not shutil.which("wrk"):
        return None
    done = subprocess.run(
        ["wrk", "-t1", "-c20", "-d8s", "--latency", "-s", str(script), address],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    )
    rate, p95_line = 0.0, 0.0
    for line in done.stdout.splitlines():
        if "Requests/sec" in line:
            rate = float(line.split()[1])
        if line.startswith("p95"):
            p95_line = float(line.split()[1]) / 1000
    return rate, p95_line


WRK = """
local paths = {%s}
local n = 0
request = function() n = n %% #paths + 1; return wrk.format("GET", paths[n]) end
done = function(s, latency, r) io.write("p95 " .. latency:percentile(95) .. "\\n") end
"""


def over_http(app: Flask) -> None:
    """The results page with two workers, beside a bare page in the same run."""
    typed = [q for queries in QUERIES.values() for q in queries]
    paths = [f"/search?q={q.replace(' ', '+')}" for q in typed]
    environment = {
        "PORTAL_INSTANCE_DIR": str(app.config["INSTANCE_DIR"]),
        "PORTAL_SECRET_KEY": "bench",
        "PORTAL_ENVIRONMENT": "testing",
    }
    script = Path(tempfile.mkdtemp()) / "paths.lua"

    def measure(address: str, wanted: list[str]) -> tuple[float, float]:
        script.write_text(WRK % ", ".join(f'"{path}"' for path in wanted), encoding="utf-8")
        load_on([address + path for path in wanted], seconds=2)
        return wrk_on(script, address) or load_on([address + path for path in wanted])

    with served("bench.__main__:BARE", {}) as address:
        bare_rate, _ = measure(address, ["/"])
    # Every search a different one, so that no page is a kept one: what the work itself costs.
    fresh = [f"{path}+{word}" for path in paths for word in ("jobs", "courses", "career", "study")]
    fresh = [f"{path}&page={n}" for path in fresh for n in range(1, 31)]
    with served("portal.wsgi:application", environment) as address:
        fresh_rate, fresh_slow = measure(address, fresh)
    with served("portal.wsgi:application", environment) as address:
        rate, slow = measure(address, paths)
    note(Figure("results page, never the same one", fresh_rate, "requests/s"))
    note(Figure("the same over bare page", fresh_rate / bare_rate, "of the rate"))
    note(Figure("the same, 20 at once, p95", fresh_slow, "ms"))
    note(Figure("bare page with one template", bare_rate, "requests/s"))
    note(Figure("results page, everyday searches", rate, "requests/s"))
    note(Figure("results page over bare page", rate / bare_rate, "of the rate", 0.3, at_least=True))
    note(Figure("results page, 20 at once, p95", slow, "ms", 50))


def starts(_library: Library) -> None:
    """A start that has nothing to do, until the first page is answered."""
    folder = tempfile.mkdtemp(prefix="bench-")
    environment = {**os.environ, "PORTAL_INSTANCE_DIR": folder}

    def start() -> None:
        port = free_port()
        command = [sys.executable, str(ROOT / "dev.py"), "run", "--port", str(port)]
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read()
                break
            except OSError:
                time.sleep(0.05)
        process.terminate()
        subprocess.run(["pkill", "-f", f"preview --port {port}"], check=False)  # noqa: S607

    note(Figure("start with an empty instance folder", timed(start), "s"))
    note(Figure("start again", timed(start), "s", 5))
    shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Measure everything, or what is named: one of the parts below."""
    parts = {
        "starts": starts,
        "frame": frame.measure,
        "desk": desk.measure,
        "uploads": uploads.measure,
        "ledger": ledger.measure,
        "shortlists": shortlists.measure,
        "qualifications": qualifications.measure,
    }
    everything = {"small", "large", "http", *parts}
    wanted = set(sys.argv[1:]) or everything
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    library = read_library(ROOT / "content")
    for name, measure in parts.items():
        if name in wanted:
            measure(library)
    if wanted & {"small", "http"}:
        with portal_with(library, SMALL) as app:
            searches(app, SMALL, 3.0)
            change(app, library, SMALL)
            if "http" in wanted:
                over_http(app)
    if "large" in wanted:
        with portal_with(library, LARGE) as app:
            searches(app, LARGE, 10.0)
            change(app, library, LARGE)
            memory(app, LARGE)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    note(Figure("this process at its largest", peak, "MB"))
    missed = [figure for figure in FIGURES if not figure.is_reached]
    print(f"{len(FIGURES)} figures, {len(missed)} floors not reached")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
