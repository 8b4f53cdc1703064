"""Anything beside anything, fairly: what is the same, what differs, what nobody has told us."""

import datetime as dt
import re
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from builders import make_event, make_vacancy, programme_text, publish
from conftest import ROOT, fill, make_app
from flask import Flask
from pages import Page, PageClient
from placements import make_listing
from playwright.sync_api import BrowserContext
from sqlalchemy import select
from test_browser import found_by_axe
from test_pages import html_faults, queries_of

from portal.catalogue.models import RETIRED, Course, Guide, OldSlug, Role
from portal.catalogue.vocabulary import read_vocabulary
from portal.clock import today
from portal.extensions import db
from portal.shortlists.asking_to_compare import MOST_READ, Asked, keys_in
from portal.shortlists.comparing import (
    NOTHING_TO_ASK,
    UNKNOWN,
    Aspect,
    Fact,
    Likeness,
    Row,
    Thing,
    compare,
    said,
)
from portal.shortlists.facts_of_learning import LONGEST, Reader
from portal.shortlists.reading_facts import Around
from portal.shortlists.telling_facts import thing_of

T_LEVEL = "programmes/management-and-administration-t-level"
APPRENTICESHIP = "programmes/business-administrator-apprenticeship"
A_LEVELS = "programmes/a-levels"
THREE_WAYS = (T_LEVEL, APPRENTICESHIP, A_LEVELS)
FOUR_KINDS = ("roles/electrician", T_LEVEL, "courses/bricklayer-apprenticeship-nscg", A_LEVELS)
FOUR_JOBS = ("roles/adult-nurse", "roles/paramedic", "roles/plumber", "roles/software-developer")
ASK = "Not known: ask"
NOT_HERE = "Does not apply"
SAME, DIFFERENT, UNSURE = "The same for all", "Different", "Not known for all"
MOST_QUERIES = 12
NO_BETTER = "No way is better than another. They suit different people."
WEIGHING = re.compile(
    r"\b(better|best|worse|worst|superior|inferior|prestig\w+|easier|harder|clever\w*|proper|"
    r"second[- ]choice|fallback|lesser|ordinary|top)\b",
    re.IGNORECASE,
)


def address(*keys: str, **given: object) -> str:
    return Asked(keys).address() + "".join(f"&{name}={value}" for name, value in given.items())


def words_of(cell: object) -> str:
    return " ".join(cell.get_text(" ").split())  # type: ignore[attr-defined]


def table(found: Page) -> dict[str, list[str]]:
    """The cells of each row by its heading, as they are read."""
    rows = {}
    for row in found.soup.select(".beside-table tbody tr"):
        for hidden in row.select(".likeness, .cell-for"):
            hidden.extract()
        rows[words_of(row.th)] = [words_of(cell) for cell in row.find_all("td")]
    return rows


def likeness(found: Page) -> dict[str, str]:
    """What each row is marked as."""
    marks = found.soup.select(".beside-table .likeness")
    return {words_of(mark.parent).removesuffix(words_of(mark)).strip(): words_of(mark)
            for mark in marks}  # fmt: skip


def columns(found: Page) -> list[str]:
    return [str(link["href"])[1:] for link in found.soup.select(".beside-table thead a")]


# What rows say


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((said("Level 3"), said("Level 3")), Likeness.SAME),
        ((said("Level 3"), said("level 3")), Likeness.SAME),
        ((said("One", "Two"), said("Two", "One")), Likeness.SAME),
        ((said("Level 3"), said("Level 2")), Likeness.DIFFERS),
        ((said("Level 3"), said("Level 2"), UNKNOWN), Likeness.DIFFERS),
        ((said("Level 3"), said("Level 2"), NOTHING_TO_ASK), Likeness.DIFFERS),
        ((said("Level 3"), UNKNOWN), Likeness.UNSURE),
        ((UNKNOWN, UNKNOWN), Likeness.UNSURE),
        ((UNKNOWN, NOTHING_TO_ASK), Likeness.UNSURE),
        ((said("Level 3"), NOTHING_TO_ASK), Likeness.PARTLY),
        ((said("Level 3"), said("Level 3"), NOTHING_TO_ASK), Likeness.PARTLY),
    ],
)
def test_a_row_says_whether_things_differ_and_never_guesses(
    facts: tuple[Fact, ...], expected: Likeness
) -> None:
    assert Row(Aspect.LEVEL, facts).likeness is expected
    assert Row(Aspect.LEVEL, facts[::-1]).likeness is expected


def thing(key: str = "roles/a", skills: tuple[str, ...] | None = None, **facts: Fact) -> Thing:
    return Thing(key, key, {Aspect[name.upper()]: fact for name, fact in facts.items()}, skills)


def test_rows_stand_in_one_order_whoever_comes_first() -> None:
    one = thing(when=said("Now"), level=said("Level 3"))
    other = thing("roles/b", money=said("Free"), level=said("Level 2"))
    orders = [[row.aspect for row in compare(pair)] for pair in ([one, other], [other, one])]
    assert orders == [[Aspect.LEVEL, Aspect.MONEY, Aspect.WHEN]] * 2


def test_what_is_nothing_to_ask_of_any_thing_is_no_row_and_what_nobody_knows_is() -> None:
    found = compare([thing(level=NOTHING_TO_ASK, far=UNKNOWN), thing("roles/b", far=UNKNOWN)])
    assert [row.aspect for row in found] == [Aspect.FAR]


def test_only_what_all_have_alike_is_hidden_when_one_asks_for_differences() -> None:
    one = thing(level=said("3"), money=said("Free"), far=said("A mile"), length=said("A year"))
    other = thing("roles/b", level=said("3"), money=said("Paid"), far=UNKNOWN)
    shown = [row.aspect for row in compare([one, other], only_differences=True)]
    assert shown == [Aspect.LENGTH, Aspect.MONEY, Aspect.FAR]


@pytest.mark.parametrize(
    ("skills", "shared", "other"),
    [
        ([("a", "b"), ("b", "c")], ["b", "b"], ["a", "c"]),
        ([("a",), ("a",)], ["a", "a"], ["No others"] * 2),
        ([("a",), ("b",)], ["None of those listed"] * 2, ["a", "b"]),
        ([("a", "b"), ("a",), ("b",)], ["a b", "a", "b"], ["No others"] * 3),
        ([("a",), ()], ["", ""], ["a", ""]),
        ([("a", "b"), None], ["", NOT_HERE], ["a b", NOT_HERE]),
    ],
)
def test_skills_are_shared_or_not_as_far_as_they_are_known(
    skills: list[tuple[str, ...] | None], shared: list[str], other: list[str]
) -> None:
    things = [thing(f"roles/{number}", known) for number, known in enumerate(skills)]
    rows = {row.aspect: row.facts for row in compare(things)}

    def read(aspect: Aspect) -> list[str]:
        return [" ".join(s.words for s in f.said) if f.applies else NOT_HERE for f in rows[aspect]]

    assert read(Aspect.SHARED_SKILLS) == shared
    assert read(Aspect.OTHER_SKILLS) == other


def test_one_thing_alone_shares_nothing_with_others() -> None:
    assert [row.aspect for row in compare([thing(skills=("a",))])] == [Aspect.OTHER_SKILLS]


# What an address asks


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["roles/a", "roles/a", "courses/b-2"], ("roles/a", "courses/b-2")),
        (["", "roles", "roles/", "/roles/a", "roles/a/b", "ROLES/A", "roles/a b"], ()),
        (["roles/../a", "roles/a\x00", "roles/a\n", "roles/é", "roles/'", "javascript:x"], ()),
        ([f"roles/{'a' * 200}"], ()),
        ([f"roles/a{n}" for n in range(90)], tuple(f"roles/a{n}" for n in range(MOST_READ))),
    ],
)
def test_keys_are_read_once_and_only_where_they_could_be_some(
    values: list[str], expected: tuple[str, ...]
) -> None:
    assert keys_in(values) == expected


def test_an_address_of_a_comparison_keeps_what_was_typed_when_things_come_and_go() -> None:
    asked = Asked(("roles/a", "roles/b"), age=17, near="ST4", only_differences=True)
    assert asked.without("roles/a") == "/compare?e=roles/b&age=17&near=ST4&only=differences"
    assert asked.beside("roles/c").startswith("/compare?e=roles/a&e=roles/b&e=roles/c&age=17")
    assert Asked().address() == "/compare"


# Pages, on the city’s own catalogue


SIDE_BY_SIDE: list[tuple[str, tuple[str, ...], dict[str, object], dict[str, list[str]]]] = [
    (
        "a T Level beside an apprenticeship beside A levels", THREE_WAYS,
        {"age": 17, "near": "ST4"},
        {
            "What it is": ["T Level", "Level 3 apprenticeship", "A level"],
            "Level": ["Level 3", "Level 3", "Level 3"],
            "How long it takes": ["2 years", "18 months", "2 years"],
            "Cost or pay at 17": ["Free", "You are paid: at least £", "Free"],
            "How you spend the time": ["45 days with an employer", "At work", "Full time"],
            "English and maths": ["grade 4", "work towards them", "grade 4"],
            "How you are tested": ["Some exams", "Few exams", "Mostly exams"],
            "Who it is for, and age": ["Age 16 or over"] * 3,
            "When": [ASK, "When an employer has a place", ASK],
        },
    ),
    (
        "the same at 30", THREE_WAYS, {"age": 30},
        {"Cost or pay at 30": [ASK, "then at least £", "Advanced Learner Loan"]},
    ),
    (
        "the same without an age", THREE_WAYS, {},
        {"Cost or pay": ["Under 19: Free", "You are paid", "24 or over: You can ask for"]},
    ),
    (
        "a job beside a course", ("roles/bricklayer", "courses/bricklayer-apprenticeship-nscg"),
        {"near": "ST5"},
        {
            "What it is": ["Job", "Level 2 apprenticeship Newcastle and Stafford Colleges"],
            "How long it takes": [NOT_HERE, "2 years"],
            "Cost or pay": ["a year is typical", "You are paid"],
            "How far from ST5": [NOT_HERE, "mile"],
            "English and maths": ["Depends on the way in", "You can work towards them"],
            "How you are tested": [NOT_HERE, "Few exams"],
            "What it leads to": ["Construction site supervisor", "Bricklayer"],
        },
    ),
    (
        "four jobs", FOUR_JOBS, {"age": 40},
        {"What it is": ["Job"] * 4, "Cost or pay at 40": ["£"] * 4},
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "given", "expected"),
    [case[1:] for case in SIDE_BY_SIDE],
    ids=[case[0] for case in SIDE_BY_SIDE],
)
def test_things_stand_side_by_side(
    page: PageClient,
    keys: tuple[str, ...],
    given: dict[str, object],
    expected: dict[str, list[str]],
) -> None:
    found = page.get(address(*keys, **given))
    assert columns(found) == list(keys)
    rows = table(found)
    for heading, wanted in expected.items():
        for words, cell in zip(wanted, rows[heading], strict=True):
            assert words in cell, heading


def test_rows_are_marked_in_words(page: PageClient) -> None:
    marks = likeness(page.get(address(*THREE_WAYS, age=17)))
    assert marks["Level"] == SAME
    assert marks["Cost or pay at 17"] == marks["How you are tested"] == DIFFERENT
    assert marks["When"] == UNSURE
    jobs = likeness(page.get(address(*FOUR_JOBS)))
    assert jobs["What it is"] == SAME
    assert "How long it takes" not in jobs, "no job has a length"


def test_a_row_that_differs_looks_so_too(page: PageClient) -> None:
    found = page.get(address(*THREE_WAYS))
    styles = {words_of(row.th).partition(" Diff")[0].partition(" The ")[0]: row["class"]
              for row in found.soup.select(".beside-table tbody tr:not(.row-acts)")}  # fmt: skip
    assert styles["Level"] == ["row-same"]
    assert styles["How long it takes"] == ["row-differs"]


def test_one_can_see_only_what_differs(page: PageClient) -> None:
    everything = page.get(address(*THREE_WAYS))
    link = next(k for k in everything.links if "only=differences" in k)
    found = page.get(link)
    assert set(likeness(everything).values()) >= {SAME, DIFFERENT}
    assert SAME not in likeness(found).values()
    assert set(likeness(everything).items()) - set(likeness(found).items()) == {
        (heading, SAME) for heading, mark in likeness(everything).items() if mark == SAME
    }


def test_without_a_place_it_is_far_from_the_city_centre(page: PageClient) -> None:
    keys = T_LEVEL, APPRENTICESHIP
    assert "How far from the city centre" in table(page.get(address(*keys)))
    assert "How far from the city centre" in table(page.get(address(*keys, near="ZZ9")))
    assert "How far from ST6" in table(page.get(address(*keys, near="st6")))


def test_where_a_programme_is_taught_is_linked_nearest_first(page: PageClient) -> None:
    near = {district: page.get(address(T_LEVEL, near=district)) for district in ("ST4", "CW5")}
    places = {d: table(found)["Where"][0] for d, found in near.items()}
    assert places["ST4"] != places["CW5"]
    links = [k for k in near["ST4"].links if k.startswith("/courses/")]
    assert links
    assert page.get(links[0])


@pytest.mark.parametrize("age", ["9", "100", "-1", "abc", "1e9", "9" * 5000])
def test_an_impossible_age_is_told_and_the_rest_is_shown(page: PageClient, age: str) -> None:
    found = page.get(address(*THREE_WAYS, age=age))
    assert found.errors == ["Write your age as a number from 11 to 99, or leave it out."]
    assert "Cost or pay" in table(found)


HOSTILE = [
    "e=", "e=%00", "e=roles/%27%20OR%201=1", "e=" + "a" * 5000, "e=roles/x&" * 300,
    "e[]=roles/plumber", "e=<script>alert(1)</script>", "e=roles/plumber&near=%00&only=%27",
    "e=roles/plumber&near=<b>&age=", "e=roles/plumber&only=differences&age=17&age=18&near=x",
    "e=%F0%9F%98%80/%E2%80%AE", "e=roles/plumber%0d%0aSet-Cookie:x", "e=//evil.example/x",
    "e=%ff%fe",
    "e=guides/money", "e=sectors/care", "only=differences", "age=17&near=ST4",
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE, ids=[h[:30] for h in HOSTILE])
def test_hostile_addresses_get_an_ordinary_page(page: PageClient, query: str) -> None:
    found = page.get(f"/compare?{query}")
    assert found.heading == "Compare side by side"
    assert html_faults(page, f"/compare?{query}") == []
    text = found.response.get_data(as_text=True)
    assert "<script>alert" not in text
    assert "evil.example" not in " ".join(found.links)


def test_without_anything_it_says_how_to_begin(page: PageClient) -> None:
    found = page.get("/compare")
    assert {"/search", "/my-list", "/parents#example"} <= set(found.links)
    assert not found.soup.select("table")


def test_what_is_not_there_is_told_without_a_name_and_the_rest_is_shown(page: PageClient) -> None:
    found = page.get(address("roles/plumber", "roles/nobody", "courses/none", "guides/money"))
    assert columns(found) == ["roles/plumber"]
    assert "3 things you asked for cannot be shown here" in found.words
    assert "nobody" not in found.words
    assert "cannot be shown" not in page.get(address("roles/plumber", "roles/plumber")).words


def test_more_than_four_are_told_and_the_first_four_shown(page: PageClient) -> None:
    keys = (*FOUR_JOBS, "roles/roofer", "roles/baker")
    found = page.get(address(*keys))
    assert columns(found) == list(FOUR_JOBS)
    assert "4 fit side by side" in found.words
    assert {"/roles/roofer", "/roles/baker"} <= set(found.links)


def test_a_thing_is_taken_out_and_another_put_beside_by_links(page: PageClient) -> None:
    found = page.get(address(T_LEVEL, APPRENTICESHIP, age=17, near="ST4"))
    out = str(found.soup.select(".tags a")[0]["href"])
    assert columns(page.get(out)) == [APPRENTICESHIP]
    added = [str(a["href"]) for a in found.soup.select(".families a")]
    assert columns(page.get(added[0]))[:2] == [T_LEVEL, APPRENTICESHIP]
    assert all("age=17&near=ST4" in link for link in (out, *added))


def test_whoever_looks_at_one_kind_of_route_is_offered_the_others(page: PageClient) -> None:
    for key, wanted in ((T_LEVEL, "apprenticeship"), (APPRENTICESHIP, "t-level")):
        offered = " ".join(
            str(a["href"]) for a in page.get(address(key)).soup.select(".families a")
        )
        assert wanted in offered.replace(key, "")
    for key in (T_LEVEL, "roles/electrician", "courses/bricklayer-apprenticeship-nscg"):
        levels = page.get(address(key)).soup.select(".families .quiet")
        assert {words_of(level) for level in levels} <= {
            "Level 1",
            "Level 2",
            "Level 3",
            "Level 4",
        }


def test_what_is_on_the_visitors_list_is_offered(page: PageClient) -> None:
    headers = {"Sec-Fetch-Site": "same-origin"}
    page.client.post("/my-list/change", data={"add": "roles/baker"}, headers=headers)
    assert address("roles/baker") in page.get("/compare").links
    found = page.get(address("roles/plumber"))
    assert address("roles/plumber", "roles/baker") in found.links
    assert address("roles/baker", "roles/baker") not in page.get(address("roles/baker")).links


def test_age_and_place_stand_in_no_address_but_that_of_the_comparison(page: PageClient) -> None:
    found = page.get(address(*THREE_WAYS, age=17, near="ST4"))
    carrying = [
        k for k in found.links if {"age", "near"} & dict(parse_qsl(urlsplit(k).query)).keys()
    ]
    assert carrying
    assert {urlsplit(link).path for link in carrying} == {"/compare"}
    forms = [form for form in found.soup.find_all("form") if form.find("input", value="17")]
    assert {str(form["action"]) for form in forms} == {"/compare"}
    untyped = page.get(address(*THREE_WAYS)).links
    assert not [link for link in untyped if "age=" in link or "near=" in link]


def test_a_comparison_is_the_same_for_everybody_who_opens_its_address(
    catalogue: Flask, page: PageClient
) -> None:
    one, other = page.get(address(*THREE_WAYS, age=17)), PageClient(catalogue)
    assert table(one) == table(other.get(address(*THREE_WAYS, age=17)))
    assert "Set-Cookie" not in one.response.headers
    assert one.soup.find("meta", attrs={"name": "robots", "content": "noindex"})


@pytest.mark.parametrize("keys", [THREE_WAYS, FOUR_KINDS, FOUR_JOBS], ids=["ways", "kinds", "jobs"])
def test_a_comparison_asks_the_database_little(
    page: PageClient, catalogue: Flask, keys: tuple[str, ...]
) -> None:
    headers = {"Sec-Fetch-Site": "same-origin"}
    for key in ("roles/baker", "courses/bricklayer-apprenticeship-nscg", A_LEVELS):
        page.client.post("/my-list/change", data={"add": key}, headers=headers)
    for chosen in (keys, keys[:3]):
        assert queries_of(catalogue, page, address(*chosen, age=17, near="ST4")) <= MOST_QUERIES


@pytest.mark.parametrize(
    "where",
    ["/compare", "/parents", address(T_LEVEL), address(*THREE_WAYS, age=17), address(*FOUR_KINDS),
     address(*FOUR_JOBS, only="differences"), address("roles/plumber", age="x"),
     "/guides/questions-to-ask-at-an-open-day"],
)  # fmt: skip
def test_the_pages_are_well_formed(page: PageClient, where: str) -> None:
    assert page.get(where).heading
    assert html_faults(page, where) == []


def test_no_kind_of_route_is_worded_as_better(page: PageClient) -> None:
    for keys in (THREE_WAYS, FOUR_KINDS, (), (T_LEVEL,)):
        found = page.get(address(*keys) if keys else "/compare")
        assert NO_BETTER in found.words
        for cell in found.soup.select(".beside-table td"):
            cell.decompose()
        assert WEIGHING.findall(found.words.replace(NO_BETTER, "")) == []
    assert WEIGHING.findall(page.get("/parents").words.replace(NO_BETTER, "")) == []


def test_the_order_is_the_visitors_own(page: PageClient) -> None:
    assert columns(page.get(address(*THREE_WAYS[::-1]))) == list(THREE_WAYS[::-1])


# Pages, in a small city where things can be changed


@pytest.fixture
def small_page(small_app: Flask) -> PageClient:
    return PageClient(small_app)


def test_a_job_stands_beside_a_course_beside_a_vacancy(
    small_app: Flask, small_page: PageClient
) -> None:
    closes = today() + dt.timedelta(days=20)
    publish(small_app, make_vacancy(closes_on=closes, level_slug="2", what_you_need="Care. " * 99))
    rows = table(small_page.get(
        address("roles/kiln-worker", "courses/potter-town", "vacancies/trainee-potter")
    ))  # fmt: skip
    assert rows["What it is"] == [
        "Job", "Level 2 apprenticeship Town College", "Vacancy Bramble Kilns",
    ]  # fmt: skip
    assert rows["Cost or pay"][0].startswith("£24,000 a year is typical")
    assert rows["Cost or pay"][1].startswith("You are paid: at least £8.00")
    assert rows["Cost or pay"][2] == "£8.00 an hour"
    assert rows["When"][2].startswith("Closes ")
    assert rows["English and maths"][2] == rows["How long it takes"][1] == ASK
    assert rows["How long it takes"][0] == rows["How you are tested"][2] == NOT_HERE
    assert len(rows["What you need"][2]) <= LONGEST + 2
    assert "Skill 1" in rows["Skills in common"][0]
    assert "Skill 6" in rows["Other skills"][0]


def test_an_open_day_stands_beside_a_day_at_work_and_no_address_is_given_away(
    small_app: Flask, small_page: PageClient
) -> None:
    publish(small_app, make_event(book_url="https://bramble-kilns.example/book"))
    with small_app.app_context():
        role = db.session.scalars(select(Role)).one().id
    make_listing(small_app, slug="a-day", role_id=role, expenses="We pay your bus fare.")
    found = small_page.get(address("events/open-day", "listings/a-day"))
    rows = table(found)
    assert rows["What it is"][0] == "Open day Bramble Kilns"
    assert rows["What it is"][1].startswith("Shadowing")
    assert rows["Cost or pay"] == ["Free", "It costs nothing We pay your bus fare."]
    assert rows["Where"] == ["The Glost House, Hanley, ST1", "Hanley, ST1"]
    assert rows["How far from the city centre"] == ["Under a mile"] * 2
    assert rows["What it leads to"] == [NOT_HERE, "Kiln worker"]
    assert rows["What you need"] == ["Book a place first", "Ask through an adviser"]
    assert "Level" not in rows
    assert "Glost Yard" not in found.words
    assert "green door" not in found.words


def test_an_event_online_is_nowhere_to_travel_to(small_app: Flask, small_page: PageClient) -> None:
    publish(small_app, make_event(is_online=True, venue="", town="", district=None))
    rows = table(small_page.get(address("events/open-day")))
    assert rows["Where"] == ["Online"]
    assert "How far from the city centre" not in rows


def test_what_was_taken_down_is_not_shown_by_name(small_app: Flask, small_page: PageClient) -> None:
    publish(small_app, make_vacancy(title="Something withdrawn", status=RETIRED))
    found = small_page.get(address("roles/kiln-worker", "vacancies/trainee-potter"))
    assert columns(found) == ["roles/kiln-worker"]
    assert "1 thing you asked for cannot be shown here" in found.words
    assert "Something withdrawn" not in found.response.get_data(as_text=True)


def test_what_runs_out_is_not_shown(small_app: Flask, small_page: PageClient) -> None:
    publish(small_app, make_vacancy(closes_on=today() - dt.timedelta(days=1)))
    assert columns(small_page.get(address("vacancies/trainee-potter"))) == []


def test_a_course_says_nothing_of_a_programme_that_was_taken_down(
    small_app: Flask, small_page: PageClient
) -> None:
    with small_app.app_context():
        course = db.session.scalars(select(Course)).one()
        assert course.programme
        course.programme.status = RETIRED
        db.session.commit()
    rows = table(small_page.get(address("courses/potter-town")))
    assert rows["What it is"] == ["Course Town College"]
    assert rows["Cost or pay"] == rows["English and maths"] == [ASK]


def test_an_old_address_finds_what_moved_once(small_app: Flask, small_page: PageClient) -> None:
    with small_app.app_context():
        role = db.session.scalars(select(Role)).one()
        db.session.add(OldSlug(kind="role", slug="oven-man", entry_id=role.id))
        db.session.commit()
    found = small_page.get(address("roles/oven-man", "roles/kiln-worker"))
    assert columns(found) == ["roles/kiln-worker"]
    assert "cannot be shown" not in found.words


def test_a_page_of_advice_is_no_column(small_app: Flask) -> None:
    with small_app.app_context():
        guide = db.session.scalars(select(Guide)).one()
        reader = Reader(read_vocabulary(db.session, 0), Around(), today())
        with pytest.raises(TypeError, match="not compared"):
            thing_of(guide, reader)


# For parents and carers


def test_parents_are_led_through_guides_a_comparison_and_questions(page: PageClient) -> None:
    found = page.get("/parents")
    links = found.links
    order = [links.index(f"/guides/{slug}") for slug in
             ("for-parents", "choosing", "routes-at-16", "money", "work-experience-for-parents",
              "questions-to-ask-at-an-open-day")]  # fmt: skip
    assert order == sorted(order)
    assert {"/my-list", "/events", "/talk", "/plan"} <= set(links)


def test_the_ready_example_holds_three_kinds_of_route_at_one_level(page: PageClient) -> None:
    link = next(k for k in page.get("/parents").links if k.startswith("/compare?"))
    found = page.get(link)
    assert likeness(found)["Level"] == SAME
    assert likeness(found)["What it is"] == DIFFERENT
    shown = [str(cell["class"][0]) for cell in found.soup.select(".beside-table thead th[class]")]
    assert shown == ["family-technical", "family-apprenticeship", "family-academic"]
    sectors = table(found)["Area of work"]
    assert sectors[0] == sectors[1]


def type_text(slug: str, family: str, **more: str) -> str:
    lines = "".join(f"{name} = {value}\n" for name, value in more.items())
    return (
        f'[[type]]\nslug = "{slug}"\nname = "{slug.title()}"\nplural = "Many"\n'
        f'family = "{family}"\nsummary = "A way to learn something."\nsuits = ["year-11"]\n'
        f'exams = "some"\n{lines}'
    )


def with_three_ways(folder: Path, **of_the_second: str) -> None:
    """A way of each kind at Level 3 in the small city, and a second technical one."""
    types = folder / "qualification_types.toml"
    text = types.read_text("utf-8") + "".join(
        type_text(slug, family)
        for slug, family in [
            ("craft", "technical"),
            ("paid", "apprenticeship"),
            ("books", "academic"),
        ]
    )
    types.write_text(text + type_text("old-craft", "technical", **of_the_second), encoding="utf-8")
    for slug, kind, sector in [
        ("b-clay", "craft", "engineering"), ("z-clay", "old-craft", "engineering"),
        ("potter-3", "paid", "engineering"), ("subjects", "books", "any"),
    ]:  # fmt: skip
        path = folder / "programmes" / sector / f"{slug}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(
            programme_text(slug.title(), qualification_type=f'"{kind}"', sector=f'"{sector}"',
                           level='"3"'), encoding="utf-8",
        )  # fmt: skip


@pytest.mark.parametrize(
    "ending",
    [{"replaced_by": '"craft"'}, {"last_intake": '"2026-09"'}, {"first_intake": '"2099-09"'}],
    ids=["replaced", "ends", "has not begun"],
)
def test_the_example_is_chosen_by_rule_and_nothing_that_ends_is_in_it(
    tmp_path: Path, small_content: Path, ending: dict[str, str]
) -> None:
    with_three_ways(small_content, **ending)
    app = make_app(tmp_path / "instance", small_content)
    fill(app)
    expected = address("programmes/b-clay", "programmes/potter-3", "programmes/subjects")
    assert expected in PageClient(app).get("/parents").links


def test_a_city_without_three_ways_has_no_example(small_page: PageClient) -> None:
    found = small_page.get("/parents")
    assert found.soup.find(id="example") is None
    assert not [link for link in found.links if link.startswith("/compare?")]


def test_compare_and_the_page_for_parents_are_found_from_every_page_and_the_guides(
    page: PageClient,
) -> None:
    footer = page.get("/").soup.footer
    assert footer
    assert {"/compare", "/parents"} <= {a["href"] for a in footer.find_all("a")}
    for where in ("/guides", "/guides/for-parents"):
        assert "/compare" in [a["href"] for a in page.get(where).soup.select("main a")]


def test_the_guide_of_questions_stays_short_and_asks_about_every_kind_of_route() -> None:
    path = ROOT / "content" / "guides" / "questions-to-ask-at-an-open-day.md"
    text = path.read_text(encoding="utf-8").split("+++")[2]
    assert len(text.split()) <= 700
    for kind in ("T Level", "Apprenticeship", "A levels", "Degree"):
        assert f"**{kind}" in text


# In a real browser


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390])
def test_a_comparison_fits_a_phone(context: BrowserContext, site: str, width: int) -> None:
    tab = context.new_page()
    tab.set_viewport_size({"width": width, "height": 800})
    for where in (address(*FOUR_KINDS, age=17, near="ST4"), address(*THREE_WAYS), "/parents"):
        tab.goto(site + where)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        wide = tab.evaluate(
            "[...document.querySelectorAll('main *')].filter(it => it.checkVisibility() &&"
            " it.getBoundingClientRect().right > innerWidth).length"
        )
        assert wide == 0


@pytest.mark.browser
def test_on_a_phone_each_value_is_labelled_and_nothing_is_labelled_twice(
    context: BrowserContext, site: str
) -> None:
    tab = context.new_page()
    tab.set_viewport_size({"width": 390, "height": 800})
    tab.goto(site + address(*THREE_WAYS))
    labels = tab.locator(".row-differs").first.locator(".cell-for:visible")
    assert labels.count() == 3
    tab.set_viewport_size({"width": 1280, "height": 800})
    assert tab.locator(".cell-for:visible").count() == 0


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_for_a_screen_reader_it_is_a_table_at_any_width(
    catalogue: Flask, context: BrowserContext, site: str, width: int
) -> None:
    where = address(*THREE_WAYS, age=17)
    tab = context.new_page()
    tab.set_viewport_size({"width": width, "height": 800})
    tab.goto(site + where)
    nodes = context.new_cdp_session(tab).send("Accessibility.getFullAXTree")["nodes"]
    roles = Counter(node["role"]["value"] for node in nodes if not node["ignored"])
    things, rows = len(THREE_WAYS), len(table(PageClient(catalogue).get(where)))
    assert roles["table"] == 1
    assert roles["row"] == 1 + rows
    assert roles["columnheader"] == 1 + things
    assert roles["rowheader"] == rows
    assert roles["cell"] == things * rows, "each has its value, whatever the eye sees"


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_comparison(context: BrowserContext, site: str, scheme: str) -> None:
    tab = context.new_page()
    tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for where in (
        address(*FOUR_KINDS, age=17),
        address("roles/plumber", age="x"),
        "/compare",
        "/parents",
    ):
        tab.goto(site + where)
        for width in (320, 768, 1280):
            tab.set_viewport_size({"width": width, "height": 900})
            if scheme == "light":
                assert found_by_axe(tab) == []
        # In the dark only colours differ.
        assert found_by_axe(tab, ["color-contrast"], "rule") == []
