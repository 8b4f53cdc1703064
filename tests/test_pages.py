"""Every page, as a visitor without script meets it."""

import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit
from zlib import crc32

import html5lib
import pytest
from conftest import close, fill
from everybody import EMPLOYER_SLUG, LISTING_SLUG, TALK_SLUG, make_pledge
from flask import Flask
from listings import shadowing
from members import make_member
from offers import make_city
from pages import PageClient
from placements import make_listing, make_request
from sqlalchemy import event, select

from portal.catalogue.models import Course, Entry, Programme, Role
from portal.extensions import db
from portal.placements.life import Stage

KINDS = {
    "home": "/",
    "everything": "/search",
    "results": "/search?q=nurse&level=3&near=hanley&within=10",
    "nothing found": "/search?q=nurse&level=1&near=leek&within=2",
    "role": "/roles/bricklayer",
    "programme": "/programmes/health-t-level",
    "programme for every sector": "/programmes/gcse-maths",
    "course": "/courses/bricklayer-apprenticeship-nscg",
    "sectors": "/sectors",
    "sector": "/sectors/engineering",
    "levels": "/levels",
    "level": "/levels/3",
    "providers": "/providers",
    "provider": "/providers/stoke-on-trent-college",
    "guides": "/guides",
    "guide": "/guides/routes-at-16",
    "guide with a picture": "/guides/first-payslip",
    "skills for any job": "/employability",
    "skills for any job as a form": "/employability/form",
    "words": "/words",
    "talk": "/talk",
    "talk with answers": "/talk?age=16&situation=send",
    "tell us": "/tell-us?q=pottery",
    "vacancies": "/vacancies",
    "events": "/events",
    "events of one type": "/events?type=open-day",
    "thank you": "/tell-us/thank-you",
    "my list": "/my-list",
    "a list from somebody": "/list?e=roles/bricklayer&e=programmes/health-t-level&e=roles/nobody",
    "compare nothing yet": "/compare",
    "compare": "/compare?e=programmes/a-levels&e=programmes/health-t-level&e=roles/bricklayer"
    "&age=17&near=ST4",
    "parents": "/parents",
    "alerts": "/alerts/new?q=nurse",
    "accessibility": "/accessibility",
    "privacy": "/privacy",
    "plan": "/plan",
    "plan to a goal": "/plan?goal=roles/plumber",
    "question of a number": "/plan/questions/age?goal=roles/plumber",
    "question of choices": "/plan/questions/level?age=16",
    "question of two parts": "/plan/questions/english-and-maths?level=2",
    "question of ticks": "/plan/questions/subjects?level=2",
    "question of a list": "/plan/questions/before?level=2",
    "last question": "/plan/questions/what-matters?level=2",
    "all questions": "/plan/all",
    "from here": "/plan/from-here?level=1&age=16&like=Maths",
    "from a job": "/plan/from-here?level=2&age=35&job=roles/retail-assistant&want=earn",
    "goal without answers": "/plan/to/roles/plumber",
    "routes": "/plan/to/roles/adult-nurse?level=2&english=4&maths=3&age=17&near=ST6&want=local",
    "routes to a programme": "/plan/to/programmes/law-degree?level=none&age=40",
    "climbing frame": "/climbing-frame",
    "route on the frame": "/climbing-frame?level=2&age=16&to=roles/plumber&way=2&show=roles",
    "square": "/climbing-frame/squares/3-construction",
    "empty square": "/climbing-frame/squares/8-care",
    "moves of a job": "/climbing-frame/roles/plumber",
    "moves of a programme": "/climbing-frame/programmes/health-t-level",
    "poster": "/climbing-frame/poster",
    "skills": "/skills",
    "skills of a job": "/skills?from=roles/retail-assistant&find=child",
    "gaps": "/gaps",
    "cookies": "/cookies",
    "experiences": "/listings",
    "experiences of one kind": "/listings?kind=shadowing",
    "pledges": "/pledges",
    "ledger": "/ledger",
    "ledger of last year": "/ledger?year=2025-26",
    "follow a request": "/requests",
    "concern": "/concern",
    "concern about a page": "/concern?about=/roles/bricklayer",
    "concern told": "/concern/thank-you",
}
# The city’s own content has no experiences or pledges: these stand in a small city that has.
WITH_EXPERIENCES = {
    "home": "/",
    "results": "/search?q=studio&kind=listing",
    "experiences": "/listings",
    "experiences of one kind": "/listings?kind=talk",
    "experience": f"/listings/{LISTING_SLUG}",
    "experience of meeting people": f"/listings/{TALK_SLUG}",
    "ask": f"/listings/{LISTING_SLUG}/ask",
    "role with experiences": "/roles/kiln-worker",
    "pledges": "/pledges",
    "pledges, narrowed": "/pledges?kind=visit&sort=amount",
    "employer": f"/employers/{EMPLOYER_SLUG}",
    "ledger": "/ledger",
    "concern about an experience": f"/concern?about=/listings/{LISTING_SLUG}",
}
MOST_QUERIES = 8


@pytest.mark.parametrize("address", KINDS.values(), ids=KINDS)
def test_every_kind_of_page_is_in_order(page: PageClient, address: str) -> None:
    assert page.get(address).heading


@pytest.fixture(scope="module")
def experiences(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A small city with experiences, pledges and somebody who was there."""
    app = make_city(tmp_path_factory.mktemp("experiences"))
    put_experiences(app)
    yield app
    close(app)


def put_experiences(app: Flask) -> None:
    employer = make_member(app, kind="employer")
    home = employer.organisation
    with app.app_context():
        role = db.session.scalars(select(Role)).one().id
    listing = make_listing(
        app, organisation=home, slug=LISTING_SLUG, content=shadowing(), role_id=role, places=20
    )
    make_listing(app, organisation=home, slug=TALK_SLUG, experience="talk", role_id=role,
                 content=shadowing() | {"experience": "talk"})  # fmt: skip
    make_pledge(app, employer, slug=EMPLOYER_SLUG)
    make_pledge(app, make_member(app, kind="employer"), slug="another-employer")
    for stage in (Stage.ASKED, Stage.BOOKED, Stage.ATTENDED):
        make_request(app, stage, listing=listing)
    fill(app)


@pytest.mark.parametrize("address", WITH_EXPERIENCES.values(), ids=WITH_EXPERIENCES)
def test_every_kind_of_page_about_experiences_is_in_order(experiences: Flask, address: str) -> None:
    page = PageClient(experiences)
    assert page.get(address).heading
    assert html_faults(page, address) == []
    # This city looks every time whether its catalogue has changed; and listings have days.
    assert queries_of(experiences, page, address) <= MOST_QUERIES + 2


def test_no_page_about_experiences_leads_nowhere(experiences: Flask) -> None:
    page = PageClient(experiences)
    found = {urldefrag(link).url for a in WITH_EXPERIENCES.values() for link in page.get(a).links}
    # The city’s guides are not there in a small one; test_every_page_that_can_be_reached has them.
    inside = sorted(k for k in found if k.startswith("/") and not k.startswith("/guides/"))
    answers = {link: page.client.get(link).status_code for link in inside}
    assert len(answers) > 30
    assert {link: status for link, status in answers.items() if status not in {200, 303}} == {}
    assert {f"/listings/{LISTING_SLUG}/ask", f"/employers/{EMPLOYER_SLUG}"} <= set(answers)


@pytest.mark.parametrize("address", KINDS.values(), ids=KINDS)
def test_every_kind_of_page_is_well_formed_html(page: PageClient, address: str) -> None:
    assert html_faults(page, address) == []


def html_faults(page: PageClient, address: str) -> list[object]:
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(page.client.get(address).get_data(as_text=True))
    return [error for error in parser.errors if error[1] != "invalid-codepoint"]


@pytest.mark.parametrize("address", KINDS.values(), ids=KINDS)
def test_a_page_asks_the_database_little(page: PageClient, catalogue: Flask, address: str) -> None:
    assert queries_of(catalogue, page, address) <= MOST_QUERIES


def queries_of(app: Flask, page: PageClient, address: str) -> int:
    """How many statements a page asks for when it was opened before."""
    page.client.get(address)
    with app.app_context():
        engine = db.engine
    asked: list[object] = []

    def note(*_: object) -> None:
        asked.append(_)

    event.listen(engine, "before_cursor_execute", note)
    page.client.get(address)
    event.remove(engine, "before_cursor_execute", note)
    return len(asked)


# Each has an address for nearly everything that can be typed or chosen.
MANY = ("/plan", "/climbing-frame", "/skills", "/gaps", "/concern", "/compare", "/list?", "/alerts")


def is_one_of_very_many(address: str) -> bool:
    """Whether many addresses are like this one and it is not among the few that are followed.

    Ways to a goal and moves have a page for every hold, and one more for every answer.
    """
    path, _, query = address.partition("?")
    if path.startswith(("/plan/to/", "/climbing-frame/roles/", "/climbing-frame/programmes/")):
        return crc32(address.encode()) % (100 if query else 8) != 0
    return bool(query) and path.startswith(MANY) and (crc32(address.encode()) % 20 != 0)


@pytest.mark.long
def test_every_page_that_can_be_reached_is_in_order_and_every_link_leads_somewhere(
    catalogue: Flask, page: PageClient
) -> None:
    """Follow every link of the site from home; what follows a question mark is one step deep.

    And wherever one kind of route is offered, so is another: roles with programmes show at least
    two families, unless only one kind leads there.
    """
    waiting = deque([("/", "the start")])
    seen = {"/"}
    several = []
    while waiting:
        address, came_from = waiting.popleft()
        try:
            found = page.get(address)
        except AssertionError as error:
            pytest.fail(f"{error} (linked from {came_from})")
        if re.fullmatch(r"/roles/[^/?]+", address):
            several.append(found.text.count('class="family ') > 1)
        if "?" in address:
            continue
        for link in found.links:
            target = urldefrag(link).url
            if is_one_of_very_many(target):
                continue
            if target.startswith("/") and target not in seen and "/tell-us?" not in target:
                seen.add(target)
                waiting.append((target, address))
            elif not target.startswith("/"):
                assert urlsplit(link).scheme in {"https", "http", "tel", "mailto", ""}, link
    with catalogue.app_context():
        paths = {entry.path for entry in db.session.scalars(select(Entry))}
    assert paths - seen == set(), "entries that no page links to"
    assert sum(several) / len(several) > 0.8


def test_links_within_a_page_have_their_place(page: PageClient) -> None:
    for address in KINDS.values():
        found = page.get(address)
        for link in found.links:
            if link.startswith("#"):
                assert found.soup.find(id=link[1:]), f"{address} has no {link}"


def test_a_role_says_everything_a_person_asks(page: PageClient) -> None:
    found = page.get("/roles/adult-nurse")
    for heading in ("What you do", "What a day is like", "Good to know", "Ways in",
                    "Learn it near here", "Skills you use", "Where this comes from"):  # fmt: skip
        assert heading in found.words
    assert "£" in found.words
    assert "Office for National Statistics, ASHE 2025" in found.words
    assert "Last checked on" in found.words


def test_a_programme_stands_beside_other_routes_to_the_same_jobs(page: PageClient) -> None:
    found = page.get("/programmes/health-t-level")
    families = {h.get_text(strip=True) for h in found.soup.select(".family h3")}
    assert {"Earn while you learn", "A levels and degrees"} <= families


def test_a_course_says_who_runs_it_what_shows_it_and_to_check(
    catalogue: Flask, page: PageClient
) -> None:
    with catalogue.app_context():
        courses = db.session.scalars(select(Course)).unique().all()
        expected = [(c.path, c.provider.name, c.evidence) for c in courses]
    for path, provider, evidence in expected[::12]:
        found = page.get(path)
        assert provider in found.words
        assert evidence in found.words
        assert "Check with the provider before you apply" in found.words


def test_apprenticeships_are_free_and_say_who_says_so(catalogue: Flask, page: PageClient) -> None:
    with catalogue.app_context():
        paths = [
            p.path
            for p in db.session.scalars(select(Programme))
            if p.qualification_type == "intermediate-apprenticeship"
        ]
    found = page.get(paths[0])
    assert "Free" in found.words
    assert "Source:" in found.words


@pytest.mark.parametrize(
    ("age", "situation", "expected", "unexpected"),
    [
        ("14", "at-school", "Childline", "Jobcentre Plus"),
        ("20", "care-experienced", "Next Steps", "Childline"),
        ("40", "adult", "National Careers Service", "Childline"),
        ("16", "send", "SENDIASS", "Adult learning"),
        ("", "", "National Careers Service", "zzz"),
    ],
)
def test_talk_finds_somebody_for_an_age_and_a_situation(
    page: PageClient, age: str, situation: str, expected: str, unexpected: str
) -> None:
    found = page.get(f"/talk?age={age}&situation={situation}")
    names = " ".join(h.get_text() for h in found.soup.select(".service h3"))
    assert expected in names
    assert unexpected not in names


def test_being_worried_is_never_in_an_address_and_help_is_always_there(page: PageClient) -> None:
    for address in ("/talk", "/talk?age=14&situation=choosing", "/talk?age=70"):
        found = page.get(address)
        assert not found.soup.find("option", value="worried")
        assert "0800 1111" in found.words
        assert found.soup.select(".service-safe")


@pytest.mark.parametrize("age", ["9", "100", "-1", "abc", "1e9", "９" * 3])
def test_an_impossible_age_is_told_and_kept(page: PageClient, age: str) -> None:
    found = page.get(f"/talk?age={age}&situation=choosing")
    assert found.errors
    assert found.soup.select(".service"), "the list stays useful"


def test_guides_set_tables_so_that_a_phone_can_stack_them(page: PageClient) -> None:
    cell = page.get("/guides/routes-at-16").soup.select_one("td[data-label='Paid?']")
    assert cell is not None


def test_link_previews_have_title_description_and_picture(page: PageClient) -> None:
    soup = page.get("/roles/bricklayer").soup
    previews = {m["property"]: m["content"] for m in soup.find_all("meta", property=True)}
    assert previews["og:title"].startswith("Bricklayer")
    assert len(previews["og:description"]) > 30
    picture = page.client.get(urlsplit(previews["og:image"]).path, buffered=True)
    assert picture.status_code == 200


@pytest.mark.parametrize("address", ["/roles/nobody", "/nowhere", "/levels/9", "/sectors/x"])
def test_a_page_that_is_not_there_says_so_kindly(page: PageClient, address: str) -> None:
    found = page.get(address, status=404)
    assert found.heading == "There is no page here"
    assert "/search" in found.links
