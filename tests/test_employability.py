"""Skills for any job, and the pictures that guides have."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import CONTENT
from flask import Flask
from pages import PageClient
from sqlalchemy import select, update

from portal.catalogue.employability import MOST_JOBS, needs_of
from portal.catalogue.models import RETIRED, Entry, EntrySkill, Role
from portal.catalogue.vocabulary import read_vocabulary
from portal.clock import today
from portal.extensions import db
from portal.taxonomy import SkillKind

PICTURES = Path(__file__).parent.parent / "portal/templates/pictures/guides"
GROUPS = tomllib.loads((CONTENT / "skill_groups.toml").read_text("utf-8"))["group"]
GROUPED = [skill for group in GROUPS for skill in group["skills"]]


@pytest.fixture
def essential(catalogue: Flask) -> dict[str, object]:
    with catalogue.app_context():
        skills = read_vocabulary(db.session, 0).skills
    return {slug: row for slug, row in skills.items() if row.kind is SkillKind.ESSENTIAL}


def test_every_essential_skill_stands_in_one_group(essential: dict[str, object]) -> None:
    assert sorted(GROUPED) == sorted(essential)


def test_a_skill_says_what_it_means_and_how_to_show_and_get_it(
    page: PageClient, essential: dict[str, object]
) -> None:
    soup = page.get("/employability").soup
    for slug in essential:
        card = soup.find(id=slug)
        assert card is not None, f"{slug} is not on the page"
        terms = [term.get_text() for term in card.select("dt")]
        assert terms[:2] == ["How to show it", "How to get it"], slug


def test_no_two_skills_are_shown_or_got_alike(page: PageClient) -> None:
    soup = page.get("/employability").soup
    advice = [answer.get_text() for answer in soup.select(".employ-skill dd") if not answer.a]
    openings = [" ".join(words.split()[:6]) for words in advice]
    assert len(openings) == 2 * len(GROUPED)
    assert len(set(openings)) == len(openings)


def test_the_jobs_named_cannot_do_without_the_skill(catalogue: Flask) -> None:
    with catalogue.app_context():
        needs = needs_of(db.session, GROUPED, today())
        for skill, need in needs.items():
            slugs = [job.path.removeprefix("/roles/") for job in need.jobs]
            rows = db.session.execute(
                select(EntrySkill.importance, Role.sector)
                .join(Role, Role.id == EntrySkill.entry_id)
                .where(EntrySkill.skill == skill, Role.slug.in_(slugs))
            ).all()
            assert [importance for importance, _ in rows] == [3] * len(slugs), skill
            assert len({sector for _, sector in rows}) == len(slugs), skill
            assert len(slugs) <= MOST_JOBS
            assert need.more >= 0


def test_the_page_names_a_job_for_most_skills_and_many_jobs_in_all(page: PageClient) -> None:
    soup = page.get("/employability").soup
    links = [a["href"] for a in soup.select(".employ-skill dd a")]
    assert len(set(links)) > len(GROUPED)


def test_a_job_that_was_taken_down_is_not_named(small_app: Flask) -> None:
    with small_app.app_context():
        role = db.session.scalars(select(Role)).first()
        assert role is not None
        db.session.execute(update(EntrySkill).values(importance=3))
        before = needs_of(db.session, ["skill-1"], today())["skill-1"]
        assert f"/roles/{role.slug}" in [job.path for job in before.jobs]
        db.session.execute(update(Entry).where(Entry.id == role.id).values(status=RETIRED))
        after = needs_of(db.session, ["skill-1"], today())["skill-1"]
        assert f"/roles/{role.slug}" not in [job.path for job in after.jobs]
        assert after.number == before.number - 1


def test_another_city_groups_its_own_skills(small_app: Flask) -> None:
    visitor = PageClient(small_app)
    assert "Doing" in visitor.get("/employability").words
    for address in ("/employability", "/employability/form"):
        words = visitor.get(address).words
        assert "Skill 1" in words
        assert "employers and schools share" not in words
        assert "Universal Framework" not in words


def test_a_skill_leads_to_the_skills_page_with_that_skill_ticked(page: PageClient) -> None:
    card = page.get("/employability").soup.find(id="patience")
    assert card is not None
    link = card.select_one(".employ-go a")
    assert link is not None
    ticked = page.get(str(link["href"])).soup.find("input", id="has-patience")
    assert ticked is not None
    assert ticked.has_attr("checked")


def test_the_page_says_whose_list_it_is_and_claims_no_agreement_in_the_city(
    page: PageClient,
) -> None:
    words = page.get("/employability").words
    assert "Universal Framework" in words
    assert "We know of none in print" in words


def test_the_form_has_a_row_with_three_boxes_for_each_skill(page: PageClient) -> None:
    form = page.get("/employability/form")
    rows = form.soup.select("tbody tr")
    assert len(rows) == len(GROUPED)
    assert all(len(row.select(".employ-box")) == 3 for row in rows)
    assert not form.soup.select("form, input")


def test_the_page_asks_the_database_little(
    page: PageClient, count_queries: Callable[[], int]
) -> None:
    page.get("/employability")
    before = count_queries()
    page.get("/employability")
    assert count_queries() - before <= 6


@pytest.mark.parametrize("path", sorted(PICTURES.glob("*.svg")), ids=lambda path: path.stem)
def test_a_picture_belongs_to_a_guide_and_says_in_words_what_it_shows(path: Path) -> None:
    assert (CONTENT / f"guides/{path.stem}.md").exists(), "name the picture like its guide"
    svg = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").svg
    assert svg is not None
    assert svg["role"] == "img"
    for name in str(svg["aria-labelledby"]).split():
        words = svg.find(id=name)
        assert words is not None
        assert len(words.get_text()) > 20
    assert not re.search(r'(fill|stroke|style)="', str(svg)), "colours come from the style sheet"


def test_a_guide_shows_its_picture_and_others_go_without(page: PageClient) -> None:
    assert page.get("/guides/first-payslip").soup.select_one(".guide-prose .drawn svg")
    assert not page.get("/guides/choosing").soup.select_one(".drawn")
