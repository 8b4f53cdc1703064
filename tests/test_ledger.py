"""The ledger: its figures are the rows’, and nobody can be found in what is published of them."""

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from conftest import close
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from offers import make_city
from pages import PageClient
from sqlalchemy import delete

from portal.accounts.models import Organisation, Standing
from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.experiences import Listing, Occasion
from portal.catalogue.models import ORGANISATION
from portal.clock import now, today
from portal.extensions import db
from portal.pledges.ledger import FEW, Ledger, Line, Public, Side, Tally, rounded, share, shown
from portal.pledges.models import Pledge, PledgeLine, Stance
from portal.pledges.reading_ledger import count_pledges, first_day_of, read_ledger, term_of, years
from portal.taxonomy import AcademicYear

YEAR = AcademicYear(2026)
numbers = count()
SIZES = [None, "1-to-9", "250-plus"]
KINDS = ["talk", "online-presentation", "visit", "placement"]
DAYS = [
    dt.date(2026, 8, 31), dt.date(2026, 9, 1), dt.date(2026, 12, 31), dt.date(2027, 1, 1),
    dt.date(2027, 4, 14), dt.date(2027, 4, 15), dt.date(2027, 8, 31), dt.date(2027, 9, 1),
]  # fmt: skip


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = make_city(Path(tmp_path_factory.mktemp("ledger")))
    yield app
    close(app)


employers = st.fixed_dictionaries(
    {
        "standing": st.sampled_from(["verified", "verified", "verified", "suspended", "applied"]),
        "district": st.sampled_from([None, "ST1", "ST4"]),
        "size": st.sampled_from(SIZES),
        "stance": st.sampled_from([None, *Stance]),
        "lines": st.lists(
            st.tuples(
                st.sampled_from(KINDS), st.sampled_from(["autumn", "spring", "summer"]),
                st.integers(1, 300),
            ),
            max_size=4, unique_by=lambda line: line[:2],
        ),
        "occasions": st.lists(
            st.tuples(
                st.sampled_from(KINDS), st.sampled_from(["engineering", None]),
                st.sampled_from(DAYS), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30),
                st.booleans(),
            ),
            max_size=4,
        ),
    }
)  # fmt: skip


def put(given_: dict[str, Any]) -> None:
    number = next(numbers)
    organisation = Organisation(
        kind="employer", slug=f"employer-{number}", name=f"Employer {number}",
        standing=given_["standing"], district=given_["district"], size=given_["size"],
        checked_on=today(),
    )  # fmt: skip
    db.session.add(organisation)
    db.session.flush()
    if given_["stance"]:
        pledge = Pledge(
            organisation=organisation, year=str(YEAR), stance=str(given_["stance"]),
            sector="engineering", made_at=now(), changed_at=now(),
        )  # fmt: skip
        for experience, term, people in given_["lines"]:
            pledge.lines.append(PledgeLine(experience=experience, term=term, people=people))
        db.session.add(pledge)
    for n, (kind, sector, day, a, b, c, offered) in enumerate(given_["occasions"]):
        attended, taken, places = sorted((a, b, c))
        listing = Listing(
            slug=f"l-{number}-{n}", title="A day", summary="A day at work.", digest="", version=1,
            experience=kind, tier=vocabulary().experiences[kind].tier.value, sector=sector,
            organisation_id=organisation.id, checked_on=today(), show_until=today(),
            kept_by=ORGANISATION, status="retired",
        )  # fmt: skip
        listing.occasions.append(
            Occasion(
                first_day=day,
                last_day=day,
                places=places,
                taken=taken,
                attended=attended,
                is_offered=offered,
            )
        )
        db.session.add(listing)


def expected(world: list[dict[str, Any]]) -> Counter[str]:
    """Counted one by one, in another way than the ledger counts."""
    found: Counter[str] = Counter()
    for each in world:
        if each["standing"] != "verified":
            continue
        if each["stance"] == Stance.OFFERING:
            found["promised"] += sum(line[2] for line in each["lines"])
        for _, _, day, a, b, c, offered in each["occasions"]:
            attended, taken, places = sorted((a, b, c))
            if dt.date(2026, 9, 1) <= day <= dt.date(2027, 8, 31):
                found["published"] += places if offered else taken
                found["taken"] += taken
                found["attended"] += attended
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=st.lists(employers, max_size=6))
def test_the_ledger_reconciles_to_the_rows(city: Flask, world: list[dict[str, Any]]) -> None:
    with city.app_context():
        for each in world:
            put(each)
        db.session.flush()
        ledger = read_ledger(db.session, vocabulary(), YEAR)
        stances = count_pledges(db.session, YEAR)
        db.session.rollback()
    wanted = expected(world)
    assert ledger.total == Tally(
        **{n: wanted[n] for n in ("promised", "published", "taken", "attended")}
    )
    for side in Side:
        assert sum(ledger.by(side).values(), Tally()) == ledger.total
        for value, tally in ledger.by(side).items():
            assert ledger.at(side, [value]) == tally
    assert sum(stances.values()) == sum(
        1 for each in world if each["standing"] == "verified" and each["stance"]
    )


@pytest.mark.parametrize(
    ("day", "term"),
    [
        (dt.date(2026, 9, 1), "autumn"),
        (dt.date(2026, 12, 31), "autumn"),
        (dt.date(2027, 1, 1), "spring"),
        (dt.date(2027, 8, 31), "summer"),
        (dt.date(2027, 9, 1), "autumn"),
    ],
)
def test_a_day_lies_in_the_term_that_began_last(city: Flask, day: dt.date, term: str) -> None:
    with city.app_context():
        terms = vocabulary().terms.values()
        assert term_of(terms, day) == term
        for each in terms:
            assert AcademicYear.of(first_day_of(each, YEAR)) == YEAR
            assert term_of(terms, first_day_of(each, YEAR)) == each.slug


@pytest.mark.parametrize(
    ("people", "words"),
    [
        (0, "0"), (1, FEW), (4, FEW), (5, "5"), (7, "5"), (8, "10"), (12, "10"), (13, "15"),
        (1234, "1,235"),
    ],
)  # fmt: skip
def test_numbers_of_young_people_are_rounded_and_small_ones_hidden(people: int, words: str) -> None:
    assert shown(people) == words


@given(st.integers(0, 10**6))
def test_a_published_number_never_says_more_than_the_nearest_five(people: int) -> None:
    number = rounded(people)
    if number is None:
        assert 1 <= people <= 4
    else:
        assert number % 5 == 0
        assert abs(number - people) <= 2


def test_places_are_published_as_they_are_and_young_people_rounded() -> None:
    assert Public.of(Tally(3, 2, 2, 7)) == Public(3, 2, FEW, 5)


@pytest.mark.parametrize(
    ("part", "whole", "fill"), [(0, 0, 0), (1, 0, 0), (5, 10, 0.5), (20, 10, 1)]
)
def test_a_bar_never_runs_over(part: int, whole: int, fill: float) -> None:
    assert share(part, whole) == fill


def test_a_line_counts_on_the_sides_that_it_names() -> None:
    lines = [Line({Side.TERM: t}, Tally(promised=n)) for t, n in (("autumn", 1), ("", 2), ("", 4))]
    ledger = Ledger.of(lines)
    assert ledger.by(Side.TERM) == {"autumn": Tally(promised=1), "": Tally(promised=6)}
    assert ledger.by(Side.SIZE) == {}


def fill_a_little(app: Flask) -> None:
    """One employer who promised ten and gave three places, two of them taken."""
    with app.app_context():
        put(
            {
                "standing": Standing.VERIFIED.value, "district": "ST4", "size": "1-to-9",
                "stance": Stance.OFFERING.value, "lines": [("visit", "autumn", 10)],
                "occasions": [("visit", "engineering", today(), 1, 2, 3, True)],
            },
        )  # fmt: skip
        db.session.query(Pledge).update({"year": str(AcademicYear.of(today()))})
        db.session.commit()


@pytest.fixture
def a_little(city: Flask) -> Iterator[PageClient]:
    fill_a_little(city)
    yield PageClient(city)
    with city.app_context():
        for model in (PledgeLine, Pledge, Occasion):
            db.session.execute(delete(model))
        db.session.commit()


def test_page_csv_and_json_say_the_same(a_little: PageClient) -> None:
    page = a_little.get("/ledger")
    assert page.heading == "The ledger: three experiences of work for everybody"
    assert FEW in page.words
    told = a_little.client.get("/ledger.json").get_json()
    assert told["total"] == {"promised": 10, "published": 3, "taken": FEW, "attended": FEW}
    assert told["measured_against"]["each"] == 3
    rows = list(csv.DictReader(io.StringIO(a_little.client.get("/ledger.csv").text)))
    everything = next(row for row in rows if row["by"] == "everything")
    assert {n: everything[n] for n in told["total"]} == {
        n: str(v) for n, v in told["total"].items()
    }
    for side in Side:
        listed = [(row["value"], row["promised"]) for row in rows if row["by"] == side.value]
        assert listed == [(row["name"], str(row["promised"])) for row in told[f"by_{side.value}"]]
    assert "Not said" not in page.words


def test_talks_and_online_are_counted_apart_from_workplaces(a_little: PageClient) -> None:
    told = a_little.client.get("/ledger.json").get_json()
    assert [row["value"] for row in told["by_tier"]] == ["workplace"]


def test_an_empty_ledger_says_so(city: Flask) -> None:
    page = PageClient(city).get("/ledger")
    assert "Nothing is in the ledger" in page.words


@pytest.mark.parametrize("year", ["2026", "2026-28", "next", "9999-99", "²⁰²⁶-27", "0000-01", ""])
def test_a_year_that_is_none_is_no_page(city: Flask, year: str) -> None:
    assert PageClient(city).client.get("/ledger", query_string={"year": year}).status_code == 404


def test_the_latest_year_comes_first_and_this_one_is_always_there(city: Flask) -> None:
    with city.app_context():
        assert years(db.session, YEAR) == [YEAR]
        put(
            {
                "standing": "verified", "district": None, "size": None, "stance": None,
                "lines": [], "occasions": [("talk", None, dt.date(2024, 10, 1), 0, 0, 1, True)],
            },
        )  # fmt: skip
        db.session.flush()
        assert [str(year) for year in years(db.session, YEAR)] == ["2026-27", "2024-25"]
        db.session.rollback()
