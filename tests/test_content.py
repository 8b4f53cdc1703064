"""The content folder: every mistake is told with its file, its line and what to write."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from builders import GUIDE, SECTORS, TABLES, programme_text, role_text
from conftest import CONTENT

from portal.catalogue.checking import doubts
from portal.content import formats
from portal.content.library import read_library

ROLE = "roles/engineering/kiln-worker.md"
PROGRAMME = "programmes/engineering/potter-apprenticeship.md"
COURSES = "courses/town-college.csv"

MISTAKES: list[tuple[str, str, int, str, str]] = [
    (ROLE, role_text(level='"nine"'), 5, "level", "Write one of: entry, 1"),
    (ROLE, role_text(sector='"enginering"'), 4, "There is no sector", "“engineering”"),
    (ROLE, role_text(soc2020='"81"'), 7, "soc2020", "four digits"),
    (ROLE, role_text(checked='"yesterday"'), 8, "checked", "Write"),
    (ROLE, role_text(next_roles='["kiln-wroker"]'), 11, "There is no role", "“kiln-worker”"),
    (ROLE, role_text(pattern='["quickly"]'), 9, "pattern", "Write one of: daytime"),
    (ROLE, role_text(pattern='["nightly"]'), 9, "pattern", "“nights”"),
    (ROLE, role_text(summary='"Short"'), 3, "summary", "at least 10"),
    (ROLE, role_text().replace("title =", "titel ="), 2, "“titel” is not a field", "“title”"),
    (ROLE, role_text().replace("skill-1 = 2", "skil-1 = 2"), 15, "no skill", "“skill-1”"),
    (ROLE, role_text().replace("skill-1 = 2", "skill-1 = 9"), 15, "skill-1", "less than or equal"),
    (ROLE, role_text().replace("Good to know", "Good"), 33, "headings", "in this order"),
    (ROLE, role_text().replace('level = "2"', 'level = "2'), 5, "cannot be read", "quotes"),
    (ROLE, role_text().replace("+++\n", "", 1), 1, "front matter", "line of +++"),
    (ROLE, role_text().replace('kind = "work"', 'kind = "luck"'), 23, "kind", "apprenticeship"),
    (PROGRAMME, programme_text(qualification_type='"apprentice"'), 4, "no qualification", "name"),
    (PROGRAMME, programme_text(leads_to_roles='["potter"]'), 9, "There is no role", "name"),
    (PROGRAMME, programme_text(months='"two years"'), 11, "months", "number"),
    (COURSES, TABLES[COURSES].replace("potter-apprenticeship", "x"), 2, "no programme", "name"),
    (COURSES, TABLES[COURSES] + "a,b\n", 3, "2 cells; the header has 7", "quotes"),
    (COURSES, TABLES[COURSES].replace("Seen in a list.", ""), 2, "evidence is missing", "Add"),
    (COURSES, TABLES[COURSES] + TABLES[COURSES].splitlines()[1] + "\n", 3, "already used", "name"),
    ("sectors.toml", SECTORS.replace("[[sector]]", "[[sectr]]"), 2, "“sectr”", "[[sector]]"),
    ("guides/starting-out.md", GUIDE.replace("roles/k", "role/k"), 11, "leads nowhere", "kiln"),
    ("skills.csv", 'slug,name,kind,summary\n"a,b,c,d\n', 2, "cannot be read", "quote"),
]


@pytest.mark.parametrize(("name", "text", "line", "found", "remedy"), MISTAKES)
def test_a_mistake_is_told_with_line_and_remedy(
    small_content: Path, name: str, text: str, line: int, found: str, remedy: str
) -> None:
    (small_content / name).write_text(text, encoding="utf-8")
    problems = [p for p in read_library(small_content).problems if p.file == name]
    told = [p for p in problems if found in p.found]
    assert told, f"not told; instead: {problems}"
    assert told[0].line == line, told[0]
    assert remedy in told[0].remedy, told[0]


def test_faultless_content_has_no_problem(small_content: Path) -> None:
    assert read_library(small_content).problems == []


def test_a_missing_file_and_a_file_in_another_encoding_are_told(small_content: Path) -> None:
    (small_content / "levels.toml").unlink()
    (small_content / ROLE).write_bytes(role_text().encode().replace(b"Fire.", b"Caf\xe9"))
    told = {p.file: p for p in read_library(small_content).problems}
    assert "missing" in told["levels.toml"].found
    assert "UTF-8" in told[ROLE].remedy
    assert told[ROLE].line > 30


def test_a_role_in_the_wrong_folder_is_told(small_content: Path) -> None:
    wrong = small_content / "roles/care/kiln-worker.md"
    wrong.parent.mkdir()
    (small_content / ROLE).rename(wrong)
    assert any("folder “care”" in p.found for p in read_library(small_content).problems)


@pytest.mark.parametrize(
    ("written", "set_as"),
    [
        ("don't", "don’t"),
        ('"brickie"', "“brickie”"),
        ("the firm's 'muck'", "the firm’s ‘muck’"),
        ("90's and the '90s", "90’s and the ’90s"),
    ],
)
def test_quotes_are_set_curly(written: str, set_as: str) -> None:
    assert formats.curly(written) == set_as


def test_doubts_name_what_may_be_wrong(small_content: Path) -> None:
    (small_content / PROGRAMME).write_text(
        programme_text(leads_to_roles="[]", checked="2024-01-01"), encoding="utf-8"
    )
    found = {d.found.split(":")[0] for d in doubts(read_library(small_content), TODAY, 12)}
    assert {"stale", "dead end", "unused skill"} <= found


TODAY = dt.date(2026, 11, 21)


def documented_fields() -> list[tuple[str, type[formats.Format]]]:
    return [
        ("A role", formats.RoleFormat),
        ("A programme", formats.ProgrammeFormat),
        ("A guide", formats.GuideFormat),
        ("Courses", formats.CourseRow),
    ]


@pytest.mark.parametrize(("heading", "form"), documented_fields())
def test_the_readme_describes_every_field(heading: str, form: type[formats.Format]) -> None:
    readme = (CONTENT / "README.md").read_text(encoding="utf-8")
    prose = re.sub(r"```.*?```", "", readme, flags=re.DOTALL)
    section = prose.split(f"## {heading}")[1].split("\n## ")[0]
    for name, field in form.model_fields.items():
        written = field.alias or name
        assert (
            f"`{written}`" in section
            or f"`[{written}]`" in section
            or (f"`[[{written}]]`" in section)
        ), written


FLOORS: list[tuple[str, Callable[..., int], int]] = [
    ("roles", len, 90),
    ("programmes", len, 150),
    ("courses", len, 450),
    ("skills", len, 150),
    ("sectors", len, 15),
    ("levels", len, 9),
]


@pytest.mark.parametrize(("kind", "size", "floor"), FLOORS)
def test_the_city_has_content_enough(kind: str, size: Callable[..., int], floor: int) -> None:
    library = read_library(CONTENT)
    assert library.problems == []
    assert size(getattr(library, kind)) >= floor


def test_every_sector_has_six_roles_and_every_level_something() -> None:
    library = read_library(CONTENT)
    roles = [item.fields.sector for item in library.roles.values()]
    assert min(roles.count(sector) for sector in library.sectors) >= 6
    levels = {item.fields.level for item in library.programmes.values()}
    assert {"entry", "1", "2", "3", "4", "5", "6", "7"} <= {level.value for level in levels}


def test_every_growth_sector_has_roles_and_programmes() -> None:
    library = read_library(CONTENT)
    for slug in library.growth:
        assert sum(slug in item.fields.growth for item in library.roles.values()) >= 5, slug
        assert any(slug in item.fields.growth for item in library.programmes.values()), slug


def test_every_course_says_what_shows_that_it_exists() -> None:
    for item in read_library(CONTENT).courses.values():
        assert len(item.fields.evidence) > 15
        assert item.fields.source_date


def test_closed_providers_are_not_listed() -> None:
    names = " ".join(item.fields.name for item in read_library(CONTENT).providers.values())
    assert "PM Training" not in names
    assert "Acacia" not in names
