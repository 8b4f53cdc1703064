"""The content folder: every mistake is told with its file, its line and what to write."""

import datetime as dt
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from builders import GUIDE, SECTORS, TABLES, programme_text, role_text
from conftest import CONTENT

from portal.catalogue.checking.doubts import doubts
from portal.content import formats
from portal.content.library import Library, read_library
from portal.content.values import curly
from portal.placements.checks import Rule
from portal.publishing.wording import doubts_in
from portal.taxonomy import Tier

ROLE = "roles/engineering/kiln-worker.md"
PROGRAMME = "programmes/engineering/potter-apprenticeship.md"
COURSES = "courses/town-college.csv"
GROUPS = "skill_groups.toml"

MISTAKES: list[tuple[str, str, int, str, str]] = [
    (ROLE, role_text(level='"nine"'), 5, "level", "Write one of: entry, 1"),
    (ROLE, role_text(sector='"enginering"'), 4, "There is no sector", "“engineering”"),
    (ROLE, role_text(soc2020='"81"'), 7, "soc2020", "four digits"),
    (ROLE, role_text(checked='"yesterday"'), 8, "checked", "Write"),
    (ROLE, role_text(here='["klins-here"]'), 11, "There is no outlook", "“kilns-here”"),
    (ROLE, role_text(here='["more-kilns"]'), 11, "There is no outlook", "Add it"),
    (ROLE, role_text(next_roles='["kiln-wroker"]'), 13, "There is no role", "“kiln-worker”"),
    (ROLE, role_text(pattern='["quickly"]'), 9, "pattern", "Write one of: daytime"),
    (ROLE, role_text(pattern='["nightly"]'), 9, "pattern", "“nights”"),
    (ROLE, role_text(summary='"Short"'), 3, "summary", "at least 10"),
    (ROLE, role_text().replace("title =", "titel ="), 2, "“titel” is not a field", "“title”"),
    (ROLE, role_text().replace("skill-1 = 2", "skil-1 = 2"), 17, "no skill", "“skill-1”"),
    (ROLE, role_text().replace("skill-1 = 2", "skill-1 = 9"), 17, "skill-1", "less than or equal"),
    (ROLE, role_text().replace("Good to know", "Good"), 37, "headings", "in this order"),
    (ROLE, role_text().replace('level = "2"', 'level = "2'), 5, "cannot be read", "quotes"),
    (ROLE, role_text().replace("+++\n", "", 1), 1, "front matter", "line of +++"),
    (ROLE, role_text().replace('kind = "work"', 'kind = "luck"'), 27, "kind", "apprenticeship"),
    (PROGRAMME, programme_text(qualification_type='"apprentice"'), 4, "no qualification", "name"),
    (PROGRAMME, programme_text(leads_to_roles='["potter"]'), 9, "There is no role", "name"),
    (PROGRAMME, programme_text(months='"two years"'), 11, "months", "number"),
    (COURSES, TABLES[COURSES].replace("potter-apprenticeship", "x"), 2, "no programme", "name"),
    (COURSES, TABLES[COURSES] + "a,b\n", 3, "2 cells; the header has 7", "quotes"),
    (COURSES, TABLES[COURSES].replace("Seen in a list.", ""), 2, "evidence is missing", "Add"),
    (COURSES, TABLES[COURSES] + TABLES[COURSES].splitlines()[1] + "\n", 3, "already used", "name"),
    ("sectors.toml", SECTORS.replace("[[sector]]", "[[sectr]]"), 2, "“sectr”", "[[sector]]"),
    ("guides/starting-out.md", GUIDE.replace("roles/k", "role/k"), 11, "leads nowhere", "kiln"),
    (GROUPS, TABLES[GROUPS].replace("skill-2", "skil-2"), 5, "no skill", "“skill-2”"),
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
    assert curly(written) == set_as


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
        ("Skills", formats.SkillRow),
        ("Groups of skills", formats.SkillGroup),
        ("Outlook", formats.OutlookRow),
        ("Words", formats.GlossaryRow),
        ("Offers of public money", formats.FundingOfferRow),
        ("Courses", formats.CourseRow),
        ("Kinds of experience", formats.ExperienceWords),
        ("Rules for time at work", formats.WorkRule),
        ("Terms", formats.Term),
        ("Year groups", formats.YearGroup),
        ("Answers", formats.ChoiceRow),
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
    ("roles", len, 260),
    ("programmes", len, 380),
    ("courses", len, 600),
    ("skills", len, 250),
    ("sectors", len, 15),
    ("levels", len, 9),
]


@pytest.mark.parametrize(("kind", "size", "floor"), FLOORS)
def test_the_city_has_content_enough(kind: str, size: Callable[..., int], floor: int) -> None:
    library = read_library(CONTENT)
    assert library.problems == []
    assert size(getattr(library, kind)) >= floor


def test_every_sector_has_twelve_roles_and_every_level_something() -> None:
    library = read_library(CONTENT)
    roles = [item.fields.sector for item in library.roles.values()]
    assert min(roles.count(sector) for sector in library.sectors) >= 12
    levels = {item.fields.level for item in library.programmes.values()}
    assert {"entry", "1", "2", "3", "4", "5", "6", "7"} <= {level.value for level in levels}


def test_every_growth_sector_has_roles_and_programmes() -> None:
    library = read_library(CONTENT)
    for slug in library.growth:
        assert sum(slug in item.fields.growth for item in library.roles.values()) >= 25, slug
        assert any(slug in item.fields.growth for item in library.programmes.values()), slug


def test_every_course_says_what_shows_that_it_exists() -> None:
    for item in read_library(CONTENT).courses.values():
        assert len(item.fields.evidence) > 15
        assert item.fields.source_date


def test_closed_providers_are_not_listed() -> None:
    names = " ".join(item.fields.name for item in read_library(CONTENT).providers.values())
    assert "PM Training" not in names
    assert "Acacia" not in names


EXPERIENCES = {
    "talk": Tier.MEETING,
    "online-presentation": Tier.ONLINE,
    "video": Tier.ONLINE,
    "mock-interview": Tier.MEETING,
    "mentoring": Tier.MEETING,
    "visit": Tier.WORKPLACE,
    "shadowing": Tier.WORKPLACE,
    "project": Tier.MEETING,
    "placement": Tier.WORKPLACE,
    "t-level-placement": Tier.WORKPLACE,
    "supported-internship": Tier.WORKPLACE,
    "apprenticeship-interview": Tier.MEETING,
}
AIMS = {"fifty-hours", "three-experiences"}
ONLY_WORDS = {Rule.STUDENT_COUNTS, Rule.MINIMUM_WAGE}
LISTS = get_args(formats.ChoiceRow.model_fields["list"].annotation)


@cache
def city() -> Library:
    """The real content, read once for all that only look at it."""
    return read_library(CONTENT)


def test_the_pledge_knows_twelve_experiences_and_which_are_time_in_a_workplace() -> None:
    found = city().experiences
    assert {slug: item.fields.tier for slug, item in found.items()} == EXPERIENCES


def test_only_time_in_a_workplace_counts_towards_the_benchmark_for_workplaces() -> None:
    for slug, item in city().experiences.items():
        assert ("6" in item.fields.benchmarks) is (item.fields.tier is Tier.WORKPLACE), slug


def test_suggested_words_would_not_be_held_for_a_moderator() -> None:
    for slug, item in city().experiences.items():
        for words in (item.fields.summary, item.fields.sample_do, item.fields.sample_learn):
            assert doubts_in(words) == [], slug


def test_a_t_level_placement_is_suggested_with_the_hours_that_the_rule_asks() -> None:
    library = city()
    hours = library.experiences["t-level-placement"].fields.hours
    assert hours == library.work_rules[Rule.T_LEVEL].fields.value


@pytest.mark.parametrize("slug", [*Rule, *sorted(AIMS)])
def test_every_rule_that_code_compares_is_there_with_its_number(slug: str) -> None:
    rule = city().work_rules[slug].fields
    assert (rule.value is None) is (slug in ONLY_WORDS)
    assert rule.ends is None
    assert rule.starts <= dt.date(2026, 11, 22)


def test_a_rule_says_what_it_asks_in_two_sentences_at_most() -> None:
    for slug, item in city().work_rules.items():
        assert len(re.findall(r"[.?!](?= |$)", item.fields.says)) <= 2, slug


@pytest.mark.parametrize("name", LISTS)
def test_every_list_offers_four_answers_that_are_short_sentences(name: str) -> None:
    names = [item.fields.name for item in city().choices.values() if item.fields.list == name]
    assert len(names) >= 4
    assert len(set(names)) == len(names)
    for words in names:
        assert words[0].isupper()
        assert words[-1] not in ".!?,", words
        assert doubts_in(words) == []


@pytest.mark.parametrize("name", LISTS)
def test_the_readme_says_who_chooses_from_every_list(name: str) -> None:
    readme = (CONTENT / "README.md").read_text(encoding="utf-8")
    assert f"`{name}`" in readme.split("## Answers")[1]


def test_year_groups_follow_each_other_until_school_is_over() -> None:
    groups = city().year_groups
    years = [groups[f"year-{number}"].fields for number in range(7, 14)]
    assert [(y.youngest, y.oldest) for y in years] == [(n + 4, n + 5) for n in range(7, 14)]
    assert [y.is_compulsory for y in years] == [True] * 5 + [False] * 2
    assert set(groups) - {year.slug for year in years} == {"left-school", "adult"}


def test_the_first_term_begins_with_the_school_year() -> None:
    terms = city().terms
    assert [(slug, term.fields.begins) for slug, term in terms.items()] == [
        ("autumn", "09-01"),
        ("spring", "01-01"),
        ("summer", "04-15"),
    ]
