"""What ``portal check`` says: counts, grades, routes, and doubts that say what to write."""

import datetime as dt
import re
import statistics
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from builders import GUIDE, programme_text, role_text
from conftest import CONTENT, ROOT
from flask import Flask

from portal.catalogue.checking.counts import tallies
from portal.catalogue.checking.doubts import doubts, doubts_about
from portal.catalogue.checking.matter import Matter
from portal.catalogue.checking.readings import readings
from portal.climbing_frame.checking_routes import routes
from portal.content.documents import Problem
from portal.content.library import read_library
from portal.content.reading_grade import (
    HARDEST_FOR_THE_YOUNG,
    Passage,
    grade,
    long_sentences,
    sentences,
    words,
)
from portal.content.reading_prose import passages_in, passages_of
from portal.content.reading_syllables import KNOWN, syllables

TODAY = dt.date(2026, 11, 22)
CHECKING = ROOT / "portal" / "catalogue" / "checking"
ROLE, OTHER = "roles/engineering/kiln-worker.md", "roles/engineering/glazer.md"
PROGRAMME, GUIDE_FILE = "programmes/engineering/potter-apprenticeship.md", "guides/starting-out.md"
SKILLS = "slug,name,kind,summary\n" + "".join(
    f"skill-{n},Skill {n},technical,Doing the thing well.\n" for n in range(1, 20)
)
Write = Callable[[str, str], None]


@pytest.fixture
def write(small_content: Path) -> Write:
    """Write a file of the small content."""
    return lambda name, text: _ignored((small_content / name).write_text(text, encoding="utf-8"))


def _ignored(_: object) -> None: ...


@pytest.fixture
def told(small_content: Path) -> Callable[[str], list[str]]:
    """What is told of a kind of doubt."""
    return lambda kind: [
        f"{doubt.file}: {doubt.found} {doubt.remedy}"
        for doubt in doubts(read_library(small_content), TODAY, 12)
        if doubt.found.startswith(f"{kind}: ")
    ]


def test_a_fact_that_no_role_names_is_told(write: Write, told: Callable[[str], list[str]]) -> None:
    assert told("unused fact") == []
    write(ROLE, role_text(future="[]"))
    (found,) = told("unused fact")
    assert "more-kilns" in found


def test_a_hard_page_is_told_with_its_grade(write: Write, told: Callable[[str], list[str]]) -> None:
    assert told("hard to read") == []
    hard = "Administrative responsibilities necessitate considerable organisational capabilities."
    write(ROLE, role_text().replace("Warm.", f"{hard} {hard}"))
    (found,) = told("hard to read")
    assert re.search(r"kiln-worker asks for grade \d\d", found)


LONG = "You " + "carry it and " * 9 + "rest."


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (ROLE, role_text().replace("Warm.", LONG)),
        (ROLE, role_text().replace('"A way in."', f'"{LONG}"', 1)),
        (PROGRAMME, programme_text().replace("Words about it.", f"- {LONG}", 1)),
        (PROGRAMME, programme_text().replace("Each employer decides.", LONG)),
        (GUIDE_FILE, GUIDE.replace("Begin with", f"| A | B |\n|---|---|\n| {LONG} | x |\n\nTry")),
        ("skills.csv", f'slug,name,kind,summary\nskill-1,One,technical,"{LONG}"\n'),
    ],
)
def test_a_long_sentence_is_told_wherever_it_stands(
    write: Write, told: Callable[[str], list[str]], name: str, text: str
) -> None:
    write(name, text)
    (found,) = (line for line in told("long sentence") if line.startswith(name))
    assert "has 29 words" in found


def test_a_long_guide_is_told(write: Write, told: Callable[[str], list[str]]) -> None:
    write(GUIDE_FILE, GUIDE + "\n" + "Five words stand in here.\n" * 139)
    assert told("long guide") == []
    write(GUIDE_FILE, GUIDE + "\n" + "Five words stand in here.\n" * 140)
    assert len(told("long guide")) == 1


def test_names_that_are_another_roles_title_are_told(
    write: Write, told: Callable[[str], list[str]]
) -> None:
    write(OTHER, role_text("Glazer", also_called='["kiln WORKER"]'))
    (found,) = told("shared name")
    assert "“kiln WORKER” of glazer is the title of kiln-worker" in found
    (few,) = told("few names")
    assert "glazer has 1 other name" in few


@pytest.mark.parametrize(
    ("day", "doubts_told"),
    [
        ("By eight you are at the kiln.", 1),
        ("By Eight, you ARE at a desk.", 1),
        ("By nine you are at the kiln.", 0),
        ("By eight you", 0),
    ],
)
def test_days_that_begin_alike_are_told(
    write: Write, told: Callable[[str], list[str]], day: str, doubts_told: int
) -> None:
    write(ROLE, role_text().replace("Warm.", "By eight you are in boots."))
    write(OTHER, role_text("Glazer").replace("Warm.", day))
    assert len(told("same beginning")) == doubts_told


@pytest.mark.parametrize(("pages", "doubts_told"), [(2, 0), (3, 1)])
def test_a_sentence_on_three_pages_of_a_kind_is_told(
    write: Write, told: Callable[[str], list[str]], pages: int, doubts_told: int
) -> None:
    stock = "You need to look after your knees and your back."
    for number in range(pages):
        text = role_text(f"Worker {number}").replace("Hot.", f"- Fact {number}.\n- {stock}")
        write(f"roles/engineering/worker-{number}.md", text)
    found = told("stock sentence")
    assert len(found) == doubts_told
    assert all(f"stands on {pages} pages" in line for line in found)


UNWANTED = [
    ("gender", "A fireman comes."),
    ("gender", "He or she signs it."),
    ("class", "It is unskilled work."),
    ("marketing", "It is an exciting place."),
    ("marketing", "No two days are the same."),
    ("American", "Mix the color."),
    ("American", "You organize the shelves."),
    ("American", "Specialization comes later."),
    ("American", "They traveled far."),
]


@pytest.mark.parametrize(("kind", "sentence"), UNWANTED)
def test_unwanted_words_are_told_by_kind(
    write: Write, told: Callable[[str], list[str]], kind: str, sentence: str
) -> None:
    write(ROLE, role_text().replace("Warm.", sentence))
    assert len(told(kind)) == 1


WANTED = """
Mrs A asks a midwife for a seaman’s book. The workmanship of a craftsmanship award shows. Check the
size of the prize and resize the maize. Read the gas meter. Colour and honour the harbour. We
organise travel and travelled far; the counsellor labelled it. A postman’s round? No: a post round.
Ask for Center Parcs and the World Health Organization. The program runs on a computer. An actor
plays a part, and a collar is blue. Seize the day. An exercise, a franchise and a surprise.
"""


def test_words_that_only_look_unwanted_are_left_alone(
    write: Write, told: Callable[[str], list[str]]
) -> None:
    write(ROLE, role_text().replace("Warm.", WANTED.replace("A postman’s round? No: a", "A")))
    kinds = ("gender", "class", "marketing", "American")
    assert [line for kind in kinds for line in told(kind)] == []


def test_other_names_of_a_job_may_hold_what_people_type(
    write: Write, told: Callable[[str], list[str]]
) -> None:
    write(ROLE, role_text(also_called='["Fireman", "Foreman"]'))
    assert told("gender") == []


def test_a_fact_without_a_date_or_a_source_is_told(
    write: Write, told: Callable[[str], list[str]], small_content: Path
) -> None:
    write(ROLE, role_text().replace('date = "2026-01"', 'date = "undated"'))
    assert len(told("no date")) == 1
    types = small_content / "qualification_types.toml"
    before = types.read_text(encoding="utf-8")
    write("qualification_types.toml", before + 'costs = { under-19 = "Free." }\n')
    assert len(told("no source")) == 1


def test_a_role_that_names_no_fact_of_the_outlook_is_told(
    write: Write, told: Callable[[str], list[str]]
) -> None:
    write(ROLE, role_text(here="[]"))
    assert len(told("no here")) == 1
    assert told("no future") == []


# Measuring


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("One. Two! Three? Four", 4),
        ("He asks “Is it hot?” and goes.", 1),
        ("“Is it hot?” It is.", 2),
        ("At 8.30 e.g. on Monday it costs £1.50.", 1),
        ("It costs £2. £3 is more.", 2),
        ("– …", 0),
        ("", 0),
    ],
)
def test_sentences_end_before_a_capital(text: str, number: int) -> None:
    assert len(sentences(text)) == number


def test_a_sentence_of_twenty_five_words_is_short_enough() -> None:
    assert long_sentences(Passage("word " * 24 + "word.")) == []
    assert long_sentences(Passage("word " * 25 + "word.")) != []
    assert len(words("part-time – and £9 a day, 24/7")) == 6


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("kiln", 1), ("pottery", 3), ("apprenticeship", 4), ("part-time", 2), ("£1,200", 1),
        ("“Biology,”", 4), ("isn’t", 2), ("tiles", 1), ("testing", 2), ("GCSE", 1),
    ],
)  # fmt: skip
def test_syllables_are_those_one_hears(word: str, number: int) -> None:
    assert syllables(word) == number


def test_no_word_is_put_right_twice() -> None:
    assert len(KNOWN) > 200
    assert all(word == word.lower() for word in KNOWN)


def test_grades_are_those_of_the_published_formula() -> None:
    # 10 words in 2 sentences, 11 syllables.
    text = "You load a hot kiln. You wait until it cools."
    assert grade([Passage(text)]) == round(0.39 * 5 + 11.8 * 1.1 - 15.59, 1)
    assert grade([]) == 0


def test_prose_is_what_a_reader_meets() -> None:
    markdown = (
        "## A heading\n\nRead [this page](/roles/x) and\n**that**.\n\n- One thing\n\n"
        "| Head | Two |\n|---|---|\n| Label | A cell with many words |\n"
    )
    found = [(passage.text, passage.line) for passage in passages_in(markdown, 10)]
    assert found[0] == ("Read this page and that.", 12)
    assert [text for text, _ in found[1:]] == ["One thing", "A cell with many words"]


def test_a_passage_knows_its_line(small_content: Path) -> None:
    item = read_library(small_content).roles["kiln-worker"]
    lines = (small_content / ROLE).read_text(encoding="utf-8").splitlines()
    for passage in passages_of(item):
        assert passage.text in lines[passage.line - 1]


# The whole


def test_the_lines_count_what_there_is(small_content: Path) -> None:
    matter = Matter(read_library(small_content), TODAY, 12)
    lines = "\n".join([*tallies(matter), *readings(matter)])
    for words_of_it in (
        "1 roles in 1 sectors; fewest: engineering 1",
        "Roles in growth sectors: making 0",
        "1 programmes of 1 qualification types",
        "joined to a programme: 1, to a sector: 1, to every sector: 0",
        "Skills of a role: 8 at least, 8 in the middle, 8 at most; of a programme: 4 at least",
        "1 guide",
        "roles: ",
        "The 10 hardest pages:",
        "Sentences of more than 25 words: 0",
    ):
        assert words_of_it in lines


def test_a_role_without_a_route_has_its_gap_named(small_content: Path, write: Write) -> None:
    library = read_library(small_content)
    assert any("from no qualifications: 1 of 1 roles" in line for line in routes(library, TODAY))
    degree = programme_text("Kiln degree", leads_to_roles='["kiln-doctor"]', level='"6"')
    degree = degree.replace('level = "none"', 'level = "3"')
    write("programmes/engineering/kiln-degree.md", degree)
    onward = {"leads_to_roles": "[]", "leads_to_programmes": '["kiln-degree"]', "level": '"3"'}
    write("programmes/engineering/kiln-diploma.md", programme_text("Kiln diploma", **onward))
    ways = role_text("Kiln doctor").replace('kind = "direct"', 'kind = "university"')
    ways = ways.replace('kind = "work"', 'programmes = ["kiln-degree"]\nkind = "university"')
    write("roles/engineering/kiln-doctor.md", re.sub(r"skill-(\d) =", r"skill-1\1 =", ways))
    write("skills.csv", SKILLS)
    lines = list(routes(read_library(small_content), TODAY))
    assert (
        "  Gap: Kiln doctor. We know of nobody near here who teaches Kiln diploma and Kiln degree."
        in lines
    )


def test_routes_are_found_without_touching_the_portals_own_database(
    small_app: Flask, small_content: Path
) -> None:
    database = Path(small_app.config["INSTANCE_DIR"]) / "portal.sqlite"
    before = database.read_bytes()
    assert list(routes(read_library(small_content), TODAY))
    assert database.read_bytes() == before


# The city’s own content


@cache
def city() -> Matter:
    """The real content, read once for all that only look at it."""
    return Matter(read_library(CONTENT), TODAY, 12)


# What the city’s content is free of. A doubt of another kind is for somebody to look at.
SETTLED = (
    "hard to read", "long sentence", "long guide", "unused skill", "unused fact",
    "skill without advice", "few names", "shared name", "same beginning", "stock sentence",
    "gender", "class", "marketing", "American", "dead end", "no here", "no future", "no source",
    "checked in the future",
)  # fmt: skip


@cache
def city_doubts() -> list[Problem]:
    return doubts_about(city())


@pytest.mark.parametrize("kind", SETTLED)
def test_the_city_has_no_doubt_of_a_kind_that_was_settled(kind: str) -> None:
    assert [str(doubt) for doubt in city_doubts() if doubt.found.startswith(f"{kind}:")] == []


def test_every_kind_that_was_settled_is_one_that_a_check_tells() -> None:
    """A name that no check uses any more would pass whatever the content says."""
    source = "".join(path.read_text(encoding="utf-8") for path in CHECKING.glob("*.py"))
    for kind in set(SETTLED) - {"no here", "no future"}:
        assert f'f"{kind}:' in source or f'Unwanted("{kind}"' in source, kind


def test_the_middle_page_for_young_people_is_easier_still() -> None:
    for folder in ("roles", "programmes"):
        grades = [prose.grade for prose in city().prose_of(folder)]
        assert statistics.median(grades) <= HARDEST_FOR_THE_YOUNG, folder


MOST_SECONDS = 30


def test_the_whole_city_is_checked_within_half_a_minute() -> None:
    began = time.process_time()
    library = read_library(CONTENT)
    matter = Matter(library, TODAY, 12)
    lines = [*tallies(matter), *routes(library, TODAY), *readings(matter)]
    assert doubts(library, TODAY, 12)
    assert len(lines) > 20
    assert time.process_time() - began < MOST_SECONDS
