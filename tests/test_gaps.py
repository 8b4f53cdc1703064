"""Gaps: what we know of no course for, told so that nobody takes it for more than that."""

import csv
import dataclasses
import io
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from builders import TABLES, programme_text, role_text
from conftest import fill, make_app
from flask import Flask
from frames import (
    SEPTEMBER,
    frames,
    make_bridge,
    make_frame,
    make_move,
    make_programme,
    make_role,
    starting_points,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import PageClient
from placements import make_listing
from sqlalchemy import select

from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.loading import load
from portal.catalogue.models import Role
from portal.climbing_frame import gaps as thinking
from portal.climbing_frame.access_to_frame import frame as present_frame
from portal.climbing_frame.building import month_number
from portal.climbing_frame.finding import Climb
from portal.climbing_frame.gaps import (
    AtMost,
    Gap,
    GapKind,
    ProgrammeGap,
    RequirementGap,
    RoleGap,
    SquareGap,
    gaps_of,
)
from portal.climbing_frame.graph import Frame, Gives, Grade, Hold, Needs
from portal.climbing_frame.starting import Requirement
from portal.climbing_frame.views.gaps import SORTS
from portal.clock import today
from portal.content.library import read_library
from portal.extensions import db
from portal.taxonomy import Family, Level

COURSES = "courses/town-college.csv"
MAKER = "programmes/engineering/glazing-apprenticeship.md"
FROM_EVERY_START = (Level.ENTRY, Level.ONE, Level.TWO, Level.THREE)
FOUR = Needs(english_and_maths=Grade.FOUR)
MOST_SECONDS = 1.5
CLAIMS = re.compile(
    r"no provision|not taught|nobody teaches|no courses?\b|not offered|unavailable|there is no",
    re.IGNORECASE,
)


def found(kind: GapKind, frame: Frame) -> list[Gap]:
    return [gap for gap in gaps_of(frame, SEPTEMBER) if gap.kind is kind]


def standing(*holds: Hold) -> Frame:
    return make_frame(holds=holds)


# Squares


@pytest.mark.parametrize(
    ("holds", "expected"),
    [
        ([make_programme(local=1)], []),
        ([make_programme(local=0)], [(2, 0, 1, ())]),
        ([make_role(level=4)], [(4, 1, 0, ())]),
        ([make_role(level=2), make_programme(local=0)], [(2, 1, 1, ())]),
        ([make_role(level=2), make_programme("a", local=0), make_programme("b", local=1)], []),
        ([make_role(level=2), make_programme("a", 3)], [(2, 1, 0, (Level.THREE,))]),
        (
            [make_role(level=2), make_programme("a", 1), make_programme("b", 3)],
            [(2, 1, 0, (Level.ONE, Level.THREE))],
        ),
        ([make_role(level=2), make_programme("a", 4)], [(2, 1, 0, ())]),
        (
            [make_role(level=2), make_programme("a", 3, local=0)],
            [(2, 1, 0, ()), (3, 0, 1, ())],
        ),
        ([make_role(level=2), make_programme("a", 3, sector="digital")], [(2, 1, 0, ())]),
        ([make_programme(local=0, sector=None)], []),
        ([make_programme(local=0, needs=Needs(closes=SEPTEMBER - 1))], []),
        ([make_programme(local=0, needs=Needs(opens=SEPTEMBER + 1))], []),
        (
            [make_programme(local=1, needs=Needs(closes=SEPTEMBER - 1)), make_role()],
            [(2, 1, 0, ())],
        ),
    ],
)
def test_a_square_is_a_gap_when_something_stands_there_and_no_known_course(
    holds: list[Hold], expected: list[tuple[int, int, int, tuple[Level, ...]]]
) -> None:
    squares = found(GapKind.SQUARE, standing(*holds))
    assert [
        (gap.level.rank, len(gap.roles), len(gap.programmes), gap.beside)
        for gap in squares
        if isinstance(gap, SquareGap) and gap.level
    ] == expected
    assert [gap.touches for gap in squares] == [row[1] + row[2] for row in expected]


# Roles


NURSE = make_role("nurse", 3, growth=("health",))
QUIET = make_role("clerk", 3)


def starts_without_a_way(frame: Frame) -> tuple[Level, ...]:
    rows = found(GapKind.ROLE, frame)
    assert len(rows) <= 1
    return rows[0].starts if rows and isinstance(rows[0], RoleGap) else ()


def leading(*programmes: Hold, bridges: Iterable[Hold] = ()) -> Frame:
    return make_frame(*(make_move(p, NURSE) for p in programmes), holds=[NURSE, *bridges])


@pytest.mark.parametrize(
    ("programmes", "starts"),
    [
        ([make_programme("a", 3)], ()),
        ([make_programme("a", 3, local=0)], FROM_EVERY_START),
        ([], FROM_EVERY_START),
        ([make_programme("a", 3, needs=Needs(level=2))], (Level.ENTRY, Level.ONE)),
        ([make_programme("a", 4, needs=Needs(level=3))], FROM_EVERY_START[:3]),
        ([make_programme("a", 3, needs=FOUR)], (Level.ENTRY, Level.ONE)),
        ([make_programme("a", 3, needs=Needs(max_age=17))], (Level.THREE,)),
        ([make_programme("a", 3, needs=Needs(min_age=18))], ()),
        ([make_programme("a", 3, local=0), make_programme("b", 3)], ()),
    ],
)
def test_a_growing_role_is_a_gap_from_the_starts_without_a_known_way(
    programmes: list[Hold], starts: tuple[Level, ...]
) -> None:
    assert starts_without_a_way(leading(*programmes)) == starts


def test_a_role_that_is_not_growing_and_one_that_one_walks_into_are_no_gaps() -> None:
    assert found(GapKind.ROLE, make_frame(make_move(make_programme(local=0), QUIET))) == []
    walk_in = make_role("porter", 1, growth=("health",), direct="You can apply.")
    assert found(GapKind.ROLE, standing(walk_in)) == []


def test_a_job_may_open_a_programme_whose_level_is_not_asked_of_those_who_do_it() -> None:
    porter = make_role("porter", 1, direct="You can apply.")
    asked = make_programme("a", 4, needs=Needs(level=4))
    frame = make_frame(make_move(porter, asked, waives=True), make_move(asked, NURSE))
    assert starts_without_a_way(frame) == ()


def test_roles_are_told_in_the_order_of_their_addresses() -> None:
    slugs = [f"role-{n}" for n in range(9)]
    roles = [make_role(slug, 3, growth=("health",)) for slug in reversed(slugs)]
    rows = found(GapKind.ROLE, standing(*roles))
    assert [row.role.slug for row in rows if isinstance(row, RoleGap)] == slugs


def test_english_and_maths_mend_a_way_only_where_a_course_in_them_is_known() -> None:
    asked = make_programme("a", 3, needs=FOUR)

    def rungs(**changes: object) -> list[Hold]:
        made = []
        for grade in (Grade.THREE, Grade.FOUR):
            for name in ("english", "maths"):
                bridge = make_bridge(f"{name}-{grade}", **{name: grade})
                made.append(dataclasses.replace(bridge, **changes))
        return made

    assert starts_without_a_way(leading(asked, bridges=rungs())) == ()
    assert starts_without_a_way(leading(asked, bridges=rungs(local=0))) == (Level.ENTRY, Level.ONE)


@pytest.mark.parametrize(
    ("programmes", "wanted", "lacking"),
    [
        ([make_programme("a", 3, local=0)], "a", []),
        ([make_programme("a", 3, needs=FOUR)], "a", ["english four", "maths four"]),
        (
            [make_programme("a", 3, needs=dataclasses.replace(FOUR, min_age=18))],
            "a",
            ["english four", "maths four"],
        ),
        (
            [
                make_programme("a", 3, local=0),
                make_programme("b", 3, needs=dataclasses.replace(FOUR, level=1)),
            ],
            "b",
            ["english four", "maths four"],
        ),
        ([make_programme("a", 3, needs=Needs(level=2))], None, []),
        (
            [make_programme("a", 3, needs=Needs(subjects=(frozenset({"Biology", "Art"}),)))],
            "a",
            ["subject Art or Biology"],
        ),
        ([make_programme("z", 3, local=0, sector="digital"), make_programme("b", 3, local=0)],
         "b", []),
        ([make_programme("a", 3, local=0), make_programme("b", 3, needs=FOUR)],
         "b", ["english four", "maths four"]),
        ([], None, []),
    ],
)  # fmt: skip
def test_the_nearest_thing_in_the_way_is_named(
    programmes: list[Hold], wanted: str | None, lacking: list[str]
) -> None:
    (gap,) = found(GapKind.ROLE, leading(*programmes))
    assert isinstance(gap, RoleGap)
    assert (gap.wanted.slug if gap.wanted else None) == wanted
    assert [f"{d.requirement} {d.wanted}" for d in gap.lacking] == lacking


def test_what_is_in_the_way_is_found_behind_steps_that_are_themselves_out_of_reach() -> None:
    first = make_programme("first", 2, local=0)
    second = make_programme("second", 3, needs=Needs(level=2))
    frame = make_frame(make_move(first, second), make_move(second, NURSE))
    (gap,) = found(GapKind.ROLE, frame)
    assert isinstance(gap, RoleGap)
    assert gap.starts == (Level.ENTRY, Level.ONE)
    assert gap.wanted is first


def test_age_alone_is_never_told_as_something_that_nobody_gives() -> None:
    (gap,) = found(GapKind.ROLE, leading(make_programme("a", 3, needs=Needs(max_age=15))))
    assert isinstance(gap, RoleGap)
    assert (gap.wanted, gap.lacking) == (None, ())


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_nothing_that_a_climb_reaches_is_called_out_of_reach(data: st.DataObject) -> None:
    frame = data.draw(frames())
    start = data.draw(starting_points(frame))
    most = AtMost.of(frame, dataclasses.replace(start, held=()))
    assert Climb(frame, most.start, local_only=True).reach().keys() <= most.reached


@settings(max_examples=40, deadline=None)
@given(frames())
def test_a_start_is_a_gap_exactly_when_the_climb_finds_no_way_from_it(frame: Frame) -> None:
    grown = {
        key: dataclasses.replace(hold, growth=("making",)) if hold.is_role else hold
        for key, hold in frame.holds.items()
    }
    moves = [
        dataclasses.replace(move, before=grown[move.before.key], after=grown[move.after.key])
        for move in frame.moves
        if move.before
    ]
    growing = Frame(grown.values(), moves)
    near = [hold for hold in grown.values() if hold.is_role or hold.local]
    known = Frame(near, [m for m in moves if m.before in near and m.after in near])
    told = {
        gap.role.key: gap.starts for gap in found(GapKind.ROLE, growing) if isinstance(gap, RoleGap)
    }
    for level, start in thinking.STARTS.items():
        begins = dataclasses.replace(start, month=SEPTEMBER)
        reached = Climb(known, begins, local_only=True).reach()
        for role in growing.roles:
            assert (level in told.get(role.key, ())) == (role.key not in reached)


# Requirements


@pytest.mark.parametrize(
    ("holds", "expected"),
    [
        (
            [make_programme(needs=FOUR)],
            [("english", "four", 1, 0, None), ("maths", "four", 1, 0, None)],
        ),
        (
            [make_programme(needs=FOUR), make_bridge("e", english=Grade.FIVE)],
            [("maths", "four", 1, 0, None)],
        ),
        (
            [make_programme(needs=FOUR, gives=Gives(maths=Grade.FOUR)),
             make_programme("e", local=0, sector=None, gives=Gives(english=Grade.FOUR))],
            [("english", "four", 1, 1, None)],
        ),
        (
            [make_programme(needs=Needs(subjects=(frozenset({"Physics", "Maths"}),)))],
            [("subject", "Maths or Physics", 1, 0, None)],
        ),
        (
            [make_programme(needs=Needs(subjects=(frozenset({"Physics", "Maths"}),))),
             make_programme("a", gives=Gives(subjects=frozenset({"Maths"})))],
            [],
        ),
        ([make_programme("a", 3, needs=Needs(level=2))], [("level", "2", 1, 0, "care")]),
        ([make_programme("a", 3, needs=Needs(level=2)), make_programme("b", 2)], []),
        (
            [make_programme("a", 3, needs=Needs(level=2)), make_programme("b", 2, local=0)],
            [("level", "2", 1, 1, "care")],
        ),
        (
            [make_programme("a", 3, needs=Needs(level=2)), make_programme("b", 2, sector=None)],
            [("level", "2", 1, 0, "care")],
        ),
        ([make_programme("a", 3, needs=Needs(level=0))], [("level", "entry", 1, 0, "care")]),
        ([make_programme("a", 3, needs=Needs(level=2, closes=SEPTEMBER - 1))], []),
        ([make_programme("a", 3)], []),
    ],
)  # fmt: skip
def test_a_requirement_is_a_gap_when_no_known_course_gives_it(
    holds: list[Hold], expected: list[tuple[str, str, int, int, str | None]]
) -> None:
    assert [
        (gap.requirement.value, gap.wanted, len(gap.asked_by), len(gap.gives), gap.sector)
        for gap in found(GapKind.REQUIREMENT, standing(*holds))
        if isinstance(gap, RequirementGap)
    ] == expected


def test_courses_of_the_same_level_elsewhere_are_counted_but_not_supported_internships() -> None:
    holds = [
        make_programme("a", 3, needs=Needs(level=2)),
        make_programme("b", 2, sector="digital"),
        make_programme("c", 2, sector=None),
        make_programme("d", 2, sector=None, family=Family.SUPPORT),
        make_bridge("e", english=Grade.FOUR),
    ]
    (gap,) = found(GapKind.REQUIREMENT, standing(*holds))
    assert isinstance(gap, RequirementGap)
    assert gap.requirement is Requirement.LEVEL
    assert gap.elsewhere == 2


# Programmes


@pytest.mark.parametrize(
    ("programme", "role", "gaps"),
    [
        (make_programme(local=0), NURSE, 1),
        (make_programme(local=0, family=Family.APPRENTICESHIP), NURSE, 1),
        (make_programme(local=1), NURSE, 0),
        (make_programme(local=0), QUIET, 0),
        (make_programme(local=0, needs=Needs(closes=SEPTEMBER - 1)), NURSE, 0),
        (make_programme(local=0, needs=Needs(closes=SEPTEMBER)), NURSE, 1),
        (make_programme(local=0, needs=Needs(opens=SEPTEMBER + 1)), NURSE, 0),
        (make_programme(local=0, needs=Needs(opens=SEPTEMBER)), NURSE, 1),
    ],
)
def test_a_programme_is_a_gap_when_it_leads_to_a_growing_role_without_a_known_course(
    programme: Hold, role: Hold, gaps: int
) -> None:
    rows = found(GapKind.PROGRAMME, make_frame(make_move(programme, role)))
    assert [g.programme for g in rows if isinstance(g, ProgrammeGap)] == [programme] * gaps
    assert all(gap.growth == ("health",) and gap.touches == 1 for gap in rows)


@pytest.mark.parametrize(("offered", "gaps"), [((), 1), ((3,), 1), ((1,), 0), ((2,), 0)])
def test_a_role_is_open_when_it_or_a_way_into_it_is_offered(
    offered: tuple[int, ...], gaps: int
) -> None:
    role = dataclasses.replace(NURSE, entry_id=1)
    frame = make_frame(make_move(dataclasses.replace(make_programme(), entry_id=2), role))
    rows = [g for g in gaps_of(frame, SEPTEMBER, offered=offered) if g.kind is GapKind.OPENING]
    assert len(rows) == gaps
    assert all(gap.touches == 1 and gap.growth == role.growth for gap in rows)


@settings(max_examples=30, deadline=None)
@given(frames())
def test_the_same_frame_gives_the_same_gaps_in_the_same_order(frame: Frame) -> None:
    again = Frame(reversed(frame.holds.values()), list(frame.moves))
    assert gaps_of(frame, SEPTEMBER) == gaps_of(again, SEPTEMBER)


# The page and its files, on the real catalogue


def data(page: PageClient, query: str = "") -> dict[str, object]:
    answer = page.client.get(f"/gaps.json{query}").get_json()
    assert isinstance(answer, dict)
    return answer


def rows_of(page: PageClient, query: str = "") -> list[dict[str, object]]:
    rows = data(page, query)["gaps"]
    assert isinstance(rows, list)
    return rows


def spreadsheet(answer: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.decode("utf-8-sig"))))


def in_table(page: PageClient, query: str = "") -> list[str]:
    soup = page.get(f"/gaps{query}").soup
    return [link.get_text() for link in soup.select("tbody td:first-child a")]


def test_the_page_says_what_a_gap_is_when_it_was_worked_out_and_from_what(page: PageClient) -> None:
    found = page.get("/gaps")
    assert found.heading == "Rungs we cannot see"
    for words in (
        "It does not mean that there is none",
        "count only where an organisation has published them here",
        f"Worked out on {today().day} ",
        "providers’ own pages and from the sources named on each entry",
    ):
        assert words in found.words
    assert {"/tell-us", "/talk", "/gaps.csv", "/gaps.json"} <= set(found.links)


def test_every_row_leads_to_its_own_page(page: PageClient) -> None:
    for row in rows_of(page):
        address = "/" + str(row["url"]).split("/", 3)[3]
        if row["kind"] == "square":
            assert address == f"/climbing-frame/squares/{row['level']}-{row['sector']}"
        else:
            page.get(address)


def test_the_page_counts_each_kind_and_links_to_it(page: PageClient) -> None:
    found = page.get("/gaps")
    figures = [int(f.get_text()) for f in found.soup.select(".fact-figure")]
    assert figures == [data(page, f"?kind={kind}")["count"] for kind in GapKind]
    assert sum(figures) == data(page)["count"]
    assert sum(figures) > 0
    assert {f"/gaps?kind={kind}" for kind in GapKind} <= set(found.links)


@pytest.mark.parametrize(
    ("query", "holds_for"),
    [
        ("?kind=programme", lambda row: row["kind"] == "programme"),
        ("?sector=engineering", lambda row: row["sector"] == "engineering"),
        ("?sector=every", lambda row: row["sector"] is None),
        ("?level=1", lambda row: row["level"] == "1"),
        ("?level=entry", lambda row: row["level"] == "entry"),
        ("?growth=health-and-care", lambda row: "health-and-care" in row["growth"]),
        (
            "?kind=square&sector=digital&level=1",
            lambda row: (row["kind"], row["level"], row["sector"]) == ("square", "1", "digital"),
        ),
    ],
)
def test_a_filter_keeps_what_fits_it_on_the_page_and_in_both_files(
    page: PageClient, query: str, holds_for: Callable[[dict[str, object]], bool]
) -> None:
    everything, kept = rows_of(page), rows_of(page, query)
    assert kept == [row for row in everything if holds_for(row)]
    assert 0 < len(kept) < len(everything)
    titles = [row["title"] for row in kept]
    assert in_table(page, query) == titles
    assert [r["gap"] for r in spreadsheet(page.client.get(f"/gaps.csv{query}").data)] == titles
    assert f"/gaps.csv{query}" in page.get(f"/gaps{query}").links


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("kind", lambda row: list(GapKind).index(GapKind(row["kind"]))),
        ("name", lambda row: row["title"].casefold()),
        ("level", lambda row: Level(row["level"]).rank if row["level"] else 9),
        ("sector", lambda row: row["sector"] is None),
        ("most", lambda row: -row["touches"]),
    ],
)
def test_rows_are_put_in_the_order_asked_for(
    page: PageClient, sort: str, key: Callable[[dict[str, object]], int]
) -> None:
    rows = rows_of(page, f"?sort={sort}")
    assert [key(row) for row in rows] == sorted(key(row) for row in rows)
    soup = page.get(f"/gaps?sort={sort}").soup
    assert len(soup.select("th[aria-sort]")) == 1
    chosen = soup.select_one("#sort option[selected]")
    assert chosen is not None
    assert chosen["value"] == sort
    assert len(soup.select("#sort option")) == len(SORTS)


@pytest.mark.parametrize(
    "query",
    [
        "?kind=nothing", "?sector=%00", "?level=99", "?level=−1", "?growth=x", "?sort=;drop",
        "?page=0", "?page=-1", "?page=abc", "?page=９", "?page=99999999", "?other=1",
        "?kind=&sector=&level=&growth=&sort=",
    ],
)  # fmt: skip
def test_parameters_that_mean_nothing_are_dropped(page: PageClient, query: str) -> None:
    assert page.get(f"/gaps{query}").soup.select("tbody tr")
    assert data(page, query) == data(page)
    assert page.client.get(f"/gaps.csv{query}").data == page.client.get("/gaps.csv").data


def test_what_fits_no_filter_is_told_without_claiming_that_all_is_well(page: PageClient) -> None:
    found = page.get("/gaps?kind=role&sector=education&level=8")
    assert "0 gaps" in found.words
    assert "We see no gap like that" in found.words
    assert data(page, "?kind=role&sector=education&level=8")["gaps"] == []


def test_long_lists_are_given_in_pages_and_files_are_whole(
    page: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.climbing_frame.views.gaps.PAGE_SIZE", 40)
    titles = [row["title"] for row in rows_of(page, "?sort=name")]
    pages = -(-len(titles) // 40)
    assert pages > 1
    turned = [in_table(page, f"?sort=name&page={n}") for n in range(1, pages + 1)]
    assert [title for shown in turned for title in shown] == titles
    assert in_table(page, "?sort=name&page=49") == turned[-1]
    first = page.get("/gaps?sort=name")
    assert "/gaps?sort=name&page=2" in first.links
    assert "/gaps.csv?sort=name" in page.get("/gaps?sort=name&page=2").links


def test_a_page_never_holds_more_than_a_hundred_rows(page: PageClient) -> None:
    assert 0 < len(in_table(page)) <= 100


def test_the_spreadsheet_says_its_source_and_date_in_every_row(page: PageClient) -> None:
    answer = page.client.get("/gaps.csv")
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    date = today().isoformat()
    assert answer.headers["Content-Disposition"] == f"attachment; filename=gaps-{date}.csv"
    rows = spreadsheet(answer.data)
    assert len(rows) == data(page)["count"]
    for row in rows:
        assert row["date"] == date
        assert "providers’ own pages" in row["source"]
        assert row["page"].startswith("http")
        assert all(
            row[name] for name in row if name not in {"growth sectors", "level", "for example"}
        )


def test_the_data_says_its_date_its_filters_and_what_it_is_not(page: PageClient) -> None:
    answer = data(page, "?kind=role&level=6&sort=name")
    assert answer["date"] == today().isoformat()
    assert answer["filters"] == {"kind": "role", "level": "6"}
    assert "It does not mean that there is none" in str(answer["note"])
    assert "Vacancies" in str(answer["note"])
    assert answer["count"] == len(rows_of(page, "?kind=role&level=6"))


def test_no_words_claim_more_than_we_know(page: PageClient) -> None:
    for row in rows_of(page):
        known = str(row["known"])
        assert re.search(r"We do not know of", known), row
        assert not CLAIMS.search(known), row
    for query in ("", "?kind=role&sector=education&level=8"):
        for sentence in re.split(r"(?<=[.?!:])\s", page.get(f"/gaps{query}").words):
            if CLAIMS.search(sentence):
                assert re.search(
                    r"we (do not )?(know|see)|does not mean", sentence, re.IGNORECASE
                ), sentence


def test_the_words_that_claim_too_much_are_seen_when_they_stand_there() -> None:
    assert CLAIMS.search("There is no provision here.")
    assert CLAIMS.search("It is not taught in the city.")


def test_examples_are_few(page: PageClient) -> None:
    for row in rows_of(page):
        examples = row["examples"]
        assert isinstance(examples, list)
        assert len(examples) <= 3


def test_all_gaps_of_the_city_are_found_quickly_and_once(
    catalogue: Flask, page: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with catalogue.test_request_context():
        frame, month = present_frame(), month_number(today())
        assert vocabulary().area.growth
    spent = []
    for _ in range(2):
        began = time.process_time()
        assert gaps_of(frame, month)
        spent.append(time.process_time() - began)
    print(f"\ngaps of {len(frame.holds)} holds: {min(spent):.2f} s")
    assert min(spent) < MOST_SECONDS
    page.get("/gaps")
    monkeypatch.setattr("portal.climbing_frame.views.gaps.gaps_of", None)
    page.get("/gaps?kind=role")


# On small content


@pytest.fixture
def making(tmp_path: Path, small_content: Path) -> Flask:
    """A growing job with one programme of which no course is known."""
    growing = role_text(growth='["making"]', level='"3"')
    (small_content / "roles/engineering/kiln-worker.md").write_text(growing, encoding="utf-8")
    (small_content / MAKER).write_text(
        programme_text("Glazing apprenticeship", level='"3"'), encoding="utf-8"
    )
    app = make_app(tmp_path / "instance", small_content)
    fill(app)
    return app


def titles(app: Flask, kind: str) -> list[str]:
    answer = app.test_client().get(f"/gaps.json?kind={kind}").get_json()
    return [row["title"] for row in answer["gaps"]]


def reload(app: Flask) -> None:
    with app.app_context():
        load(db.session, read_library(Path(app.config["CONTENT_DIR"])), show_months=18)


def test_a_gap_goes_when_a_course_is_added(making: Flask, small_content: Path) -> None:
    assert titles(making, "programme") == ["Glazing apprenticeship"]
    assert titles(making, "square") == ["Level 3 in Engineering and making"]
    new = "glazing-town,Glazing,glazing-apprenticeship,Seen in a list.,A source,2026,2026-11-01\n"
    (small_content / COURSES).write_text(TABLES[COURSES] + new, encoding="utf-8")
    reload(making)
    assert titles(making, "programme") == []
    assert titles(making, "square") == []


def test_a_way_to_a_growing_job_appears_with_its_course(making: Flask, small_content: Path) -> None:
    courses = small_content / COURSES
    kept = courses.read_text(encoding="utf-8")
    courses.unlink()
    reload(making)
    assert titles(making, "role") == ["Kiln worker"]
    courses.write_text(kept.replace("potter-app", "glazing-app"), encoding="utf-8")
    reload(making)
    assert titles(making, "role") == []


def test_a_title_like_a_formula_is_plain_text_in_the_spreadsheet(
    making: Flask, small_content: Path
) -> None:
    title = "=HYPERLINK(0)"
    (small_content / MAKER).write_text(programme_text(title, level='"3"'), encoding="utf-8")
    reload(making)
    rows = spreadsheet(making.test_client().get("/gaps.csv?kind=programme").data)
    assert [row["gap"] for row in rows] == [f"'{title}"]
    assert title in PageClient(making).get("/gaps?kind=programme").words


def test_a_role_with_an_experience_or_a_vacancy_of_a_way_in_has_no_gap(small_app: Flask) -> None:
    def without() -> set[str]:
        found = small_app.test_client().get("/gaps.json?kind=opening").get_json()["gaps"]
        return {gap["title"] for gap in found}

    assert without() == {"Kiln worker"}
    with small_app.app_context():
        role = db.session.scalars(select(Role)).one()
    make_listing(small_app, role_id=role.id)
    assert without() == set()


def test_a_list_without_rows_says_so_with_care(small_app: Flask, small_content: Path) -> None:
    others = "kind=square", "kind=role", "kind=requirement", "kind=programme"
    for kind in others:
        assert small_app.test_client().get(f"/gaps.json?{kind}").get_json()["gaps"] == []
    assert "We see no gap like that" in PageClient(small_app).get("/gaps?kind=role").words
    assert (small_content / COURSES).exists()
