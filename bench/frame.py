"""A made-up climbing frame of any size, shaped like the real one, and how fast it is climbed."""

import datetime as dt
import gc
import random
import shutil
import tempfile
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from bench.figures import Figure, median, note, p95, timed
from portal import create_app
from portal.catalogue.loading import load
from portal.catalogue.vocabulary import read_vocabulary
from portal.climbing_frame.access_to_frame import frame as current_frame
from portal.climbing_frame.building import frame_of
from portal.climbing_frame.finding import Climb
from portal.climbing_frame.graph import (
    LEVELS,
    NO_LEVEL,
    Frame,
    Gives,
    Grade,
    Hold,
    Move,
    Needs,
    Origin,
    Source,
)
from portal.climbing_frame.rules import build_frame, kind_of
from portal.climbing_frame.sideways import sideways
from portal.climbing_frame.starting import StartingPoint
from portal.content.library import Library
from portal.extensions import db
from portal.taxonomy import Family

HOLDS, MOVES, TIMES = 2_000, 20_000, 10
PAIRS, STARTS = 200, 40
TODAY = dt.date(2026, 11, 21)
# The sectors that the pages of the city know.
SECTORS = (
    "animals-and-land", "business", "care", "construction", "creative", "digital", "education",
    "engineering", "food-and-hospitality", "hair-and-beauty", "health-and-science",
    "law-and-finance", "protective-services", "sales-and-marketing", "transport-and-logistics",
)  # fmt: skip
# Some skills belong to every sector, most to one.
COMMON, IN_A_SECTOR = 30, 18
SOURCE = Source("Made up", "2026")
NOVEMBER = 2026 * 12 + 10
# How often each occurs in the real catalogue of November 2026, in hundredths.
ROLE_RANKS = {0: 3, 1: 3, 2: 31, 3: 28, 4: 7, 5: 3, 6: 21, 7: 4}
RANKS = {0: 1, 1: 5, 2: 19, 3: 33, 4: 5, 5: 3, 6: 30, 7: 4}
ASKED = {
    0: {NO_LEVEL: 1},
    1: {NO_LEVEL: 3, 0: 1},
    2: {NO_LEVEL: 2, 1: 1},
    3: {2: 9, 1: 1},
    4: {3: 5, 2: 1},
    5: {3: 1},
    6: {3: 1},
    7: {6: 2, 3: 1},
}
FAMILIES = {
    0: {Family.ADULT: 1},
    1: {Family.TECHNICAL: 3, Family.ADULT: 1},
    2: {Family.APPRENTICESHIP: 5, Family.TECHNICAL: 4, Family.ADULT: 1},
    3: {Family.APPRENTICESHIP: 5, Family.TECHNICAL: 3, Family.ACADEMIC: 3, Family.ADULT: 1},
    4: {Family.APPRENTICESHIP: 3, Family.TECHNICAL: 2},
    5: {Family.APPRENTICESHIP: 2, Family.TECHNICAL: 3, Family.ACADEMIC: 1},
    6: {Family.ACADEMIC: 8, Family.APPRENTICESHIP: 2},
    7: {Family.ACADEMIC: 1, Family.APPRENTICESHIP: 1},
}
MONTHS = {None: 18, 10: 6, 12: 11, 18: 6, 24: 24, 36: 30, 48: 5}
GRADES = {Grade.FOUR: 56, Grade.NONE: 41, Grade.FIVE: 3}
AGES = {(None, None): 62, (16, None): 20, (16, 18): 10, (18, None): 5, (19, None): 3}
SUBJECTS = {"": 92, "Maths": 4, "Chemistry": 2, "Biology": 2}
BRIDGES = tuple((name, grade) for name in ("english", "maths") for grade in list(Grade)[1:])


Stock = dict[tuple[str, str | None, int], list[Hold]]


def one_of(chance: random.Random, shares: dict) -> object:  # type: ignore[type-arg]
    """One of some things, as often as its share says."""
    return chance.choices(list(shares), list(shares.values()))[0]


def skills_of(chance: random.Random, sector: str | None) -> dict[str, int]:
    """Eight to twelve skills of 300, most of them of the sector, each with its importance."""
    own = SECTORS.index(sector) if sector else chance.randrange(len(SECTORS))
    first = COMMON + own * IN_A_SECTOR
    common = chance.sample(range(COMMON), 3)
    chosen = common + chance.sample(range(first, first + IN_A_SECTOR), chance.randint(5, 9))
    return {f"skill-{n}": chance.randint(1, 3) for n in chosen}


def role(chance: random.Random, number: int) -> Hold:
    """A job; most of the lower ones can be walked into."""
    rank, sector = one_of(chance, ROLE_RANKS), chance.choice(SECTORS)
    is_registered = rank > 3 and chance.random() < 0.3
    is_open = rank <= 2 and chance.random() < 0.6
    return Hold(
        f"roles/role-{number}",
        f"Role {number}",
        LEVELS[rank],
        sector,
        needs=Needs(min_age=18 if chance.random() < 0.2 else None),
        skills=skills_of(chance, sector),
        register="A register" if is_registered else None,
        direct="You can apply with no experience." if is_open else None,
        source=SOURCE,
    )


def programme(chance: random.Random, number: int) -> Hold:
    """A course or an apprenticeship; one in twelve is for every sector."""
    rank, months = one_of(chance, RANKS), one_of(chance, MONTHS)
    sector = chance.choice(SECTORS) if chance.random() < 11 / 12 else None
    youngest, oldest = one_of(chance, AGES)
    subject = one_of(chance, SUBJECTS) if rank > 2 else ""
    given = one_of(chance, SUBJECTS) if rank == 3 else ""
    return Hold(
        f"programmes/programme-{number}",
        f"Programme {number}",
        LEVELS[rank],
        sector,
        family=one_of(chance, FAMILIES[rank]),
        months=months,
        usual_months=months or 18,
        exams=chance.choice(("few", "some", "most")),
        local=chance.choice((0, 1, 1, 2)),
        needs=Needs(
            one_of(chance, ASKED[rank]),
            one_of(chance, GRADES) if rank > 1 else Grade.NONE,
            youngest,
            oldest,
            (frozenset({subject}),) if subject else (),
        ),
        gives=Gives(subjects=frozenset({given} - {""})),
        skills=skills_of(chance, sector),
        source=SOURCE,
    )


def bridge(name: str, grade: Grade) -> Hold:
    """What mends one grade of English or of maths."""
    return Hold(
        f"programmes/{name}-{grade.name.lower()}",
        f"{name} {grade.name}",
        LEVELS[min(grade, 2)],
        family=Family.ESSENTIALS,
        months=10,
        gives=Gives(**{name: grade}),
        source=SOURCE,
    )


def holds_of(number: int, chance: random.Random) -> list[Hold]:
    """Three jobs for every seven programmes, and the few bridges that are enough for all."""
    roles = number * 3 // 10
    found = [role(chance, n) for n in range(roles)]
    found += [bridge(*given) for given in BRIDGES]
    return found + [programme(chance, n) for n in range(number - len(found))]


def stock_of(holds: Sequence[Hold]) -> Stock:
    """Holds by their kind, sector and level."""
    found: Stock = defaultdict(list)
    for hold in holds:
        if not hold.is_bridge:
            found[hold.kind, hold.sector, hold.rank].append(hold)
    return found


def somewhere_on(chance: random.Random, before: Hold, stock: Stock) -> tuple[Hold, Origin] | None:
    """Where a hold could lead, in the shares of the real frame; None when there is nothing."""
    up = before.rank + chance.choice((0, 1, 1, 1, 2, 3))
    sector = before.sector if before.sector and chance.random() < 0.9 else None
    if before.is_role:
        kind, origin = chance.choice((("role", Origin.STATED), ("programme", Origin.RULE)))
        up = before.rank + chance.choice((-1, 0, 0, 1)) if kind == "role" else up
        sector = before.sector
    elif chance.random() < 0.2:
        kind, origin, up = "role", Origin.STATED, before.rank - chance.choice((0, 0, 0, -1, 1))
        sector = before.sector or chance.choice(SECTORS)
    else:
        kind, origin = "programme", one_of(chance, {Origin.RULE: 4, Origin.STATED: 1})
        sector = sector if before.sector else chance.choice(SECTORS)
    choices = stock.get((kind, sector, up))
    after = chance.choice(choices) if choices else before
    suits = after.is_role or after.needs.level <= before.rank
    return (after, origin) if suits and after is not before else None


def moves_of(holds: Sequence[Hold], number: int, chance: random.Random) -> Iterator[Move]:
    """So many moves, no two of them between the same holds."""
    stock = stock_of(holds)
    known: set[tuple[str, str]] = set()
    while len(known) < number:
        before = chance.choice(holds)
        found = None if before.is_bridge else somewhere_on(chance, before, stock)
        if found is None or (before.key, found[0].key) in known:
            continue
        after, origin = found
        known.add((before.key, after.key))
        yield Move(before, after, kind_of(before, after), origin, "A reason.", SOURCE)


def made_up(number: int, moves: int, seed: int = 7) -> tuple[list[Hold], list[Move]]:
    """Holds and moves of a frame; the same every time."""
    chance = random.Random(seed)
    holds = holds_of(number, chance)
    return holds, list(moves_of(holds, moves, chance))


def people(frame: Frame, number: int, seed: int) -> Iterator[tuple[StartingPoint, Hold]]:
    """Starting points of every kind, each with a goal: a job for four in five."""
    chance = random.Random(seed)
    for _ in range(number):
        start = StartingPoint(
            level=chance.choice((NO_LEVEL, 0, 1, 1, 2, 2, 2, 3, 3, 4)),
            english=chance.choice(list(Grade)),
            maths=chance.choice(list(Grade)),
            age=chance.choice((None, 14, 16, 17, 18, 21, 35)),
            held=(chance.choice(frame.roles).key,) if chance.random() < 0.3 else (),
            month=NOVEMBER,
        )
        yield start, chance.choice(frame.roles if chance.random() < 0.8 else frame.programmes)


def build(holds: Sequence[Hold], moves: Sequence[Move]) -> Frame:
    """The frame and the tables that a first climb makes for all that come after it."""
    frame = Frame(holds, moves)
    for start, goal in people(frame, 3, seed=1):
        Climb(frame, start).routes(goal)
    sideways(frame, frame.roles[0])
    return frame


def weight(number: int, moves: int) -> float:
    """Megabytes that a frame holds, with its holds, its moves and its tables."""
    gc.collect()
    tracemalloc.start()
    frame = build(*made_up(number, moves))
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held / 1e6 if frame.holds else 0.0


def routes(frame: Frame, floor: float | None = None) -> float:
    """Every pair of a start and a goal once, each with a climb of its own; the 95th percentile."""
    size = f"{len(frame.holds):,} holds"
    times: list[float] = []
    in_vain: list[float] = []
    gc.collect()
    for start, goal in people(frame, PAIRS, seed=2):
        climb = Climb(frame, start)
        began = time.perf_counter()
        found = climb.routes(goal)
        (times if found else in_vain).append(time.perf_counter() - began)
    slow = p95(times + in_vain)
    note(Figure(f"routes, {size}, {PAIRS} pairs, median", median(times + in_vain), "ms"))
    note(Figure(f"routes, {size}, {PAIRS} pairs, p95", slow, "ms", floor))
    note(Figure(f"routes, {size}, where there is one, p95", p95(times), "ms"))
    note(Figure(f"routes, {size}, pairs without a route", len(in_vain), "pairs"))
    worst = max(in_vain, default=0) * 1000
    note(Figure(f"routes, {size}, worst of those without", worst, "ms"))
    return slow


@contextmanager
def city(library: Library) -> Iterator[Flask]:
    """The portal with the city’s own catalogue."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    app = create_app(ENVIRONMENT="testing", SECRET_KEY="bench", INSTANCE_DIR=folder)
    with app.app_context():
        db.create_all()
        load(db.session, library, show_months=18)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    shutil.rmtree(folder)


class Kept:
    """A made-up frame where the portal keeps the one of its catalogue."""

    def __init__(self, frame: Frame) -> None:
        """Nothing else is ever built."""
        self._frame = frame

    def follow(self, *_given: object) -> Frame:
        """The same frame, whatever the catalogue says."""
        return self._frame


def from_the_database(app: Flask) -> None:
    """The frame of the city’s own catalogue, as the portal builds it."""
    with app.app_context():
        words = read_vocabulary(db.session, 0)
        found: list[Frame] = []
        seconds = timed(lambda: found.append(frame_of(db.session, words, TODAY)))
    size = f"{len(found[0].holds):,} holds, {found[0].graph.number_of_edges():,} moves"
    note(Figure(f"frame of the city from its database, {size}", seconds, "s"))


def pages(app: Flask, made: Frame) -> None:
    """The picture of a made-up frame with a route on it, and the city’s own ways to a job."""
    own = app.extensions["climbing_frame"]
    app.extensions["climbing_frame"] = Kept(made)
    drawn = asked(app, "/climbing-frame?level=2&age=17&to={}", made)
    note(Figure(f"frame page with a route, {len(made.holds):,} holds, p95", drawn, "ms", 60))
    app.extensions["climbing_frame"] = own
    with app.app_context():
        real = current_frame()
    told = asked(app, "/plan/to/{}?level=2&age=17", real)
    note(Figure("page of ways to a job of the city, p95", told, "ms"))


def asked(app: Flask, address: str, frame: Frame) -> float:
    """The 95th percentile of a page, asked for once for each of sixty jobs."""
    client = app.test_client()
    chance = random.Random(4)
    goals = [address.format(chance.choice(frame.roles).key) for _ in range(61)]
    client.get(goals.pop())
    return p95([timed(lambda goal=goal: client.get(goal)) for goal in goals])  # type: ignore[misc]


def measure(library: Library) -> None:
    """Building a frame, climbing it, and climbing one ten times its size."""
    size = f"{HOLDS:,} holds, {MOVES:,} moves"
    note(Figure(f"memory of a frame, {size}", weight(HOLDS, MOVES), "MB", 100))
    holds, moves = made_up(HOLDS, MOVES)
    note(Figure(f"build a frame, {size}", timed(lambda: build(holds, moves)), "s", 2))
    ruled: list[Frame] = []
    seconds = timed(lambda: ruled.append(build_frame(holds, ())))
    more = ruled.pop().graph.number_of_edges()
    note(Figure(f"the same holds by rules alone, {more:,} moves", seconds, "s"))
    frame = build(holds, moves)
    small = routes(frame, floor=25)
    with city(library) as app:
        from_the_database(app)
        pages(app, frame)
    note(Figure("sideways moves, every job, p95", p95(beside(frame)), "ms", 10))
    reach = [timed(Climb(frame, start).reach) for start, _ in people(frame, STARTS, seed=3)]
    note(Figure(f"everything within reach, {STARTS} starts, p95", p95(reach), "ms"))
    large = routes(build(*made_up(HOLDS * TIMES, MOVES * TIMES)))
    note(Figure(f"routes, p95 at {TIMES} times the size", large / small, "times", TIMES))


def beside(frame: Frame) -> list[float]:
    """Seconds that the jobs beside each job take."""
    return [timed(lambda job=job: sideways(frame, job)) for job in frame.roles]
