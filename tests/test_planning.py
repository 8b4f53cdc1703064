"""Planning through pages: questions, routes, the frame, skills first."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from conftest import CONTENT
from flask import Flask
from pages import Page, PageClient

from portal.climbing_frame.answers import Answers
from portal.climbing_frame.starting import Preference
from portal.content.library import read_library

QUESTIONS = ("age", "level", "english-and-maths", "subjects", "before", "what-matters")


def go(page: PageClient, address: str) -> str:
    """Where an answered question sends the reader."""
    response = page.client.get(address)
    assert response.status_code == 303, f"{address} answered {response.status_code}"
    return str(response.headers["Location"])


def answer(page: PageClient, found: Page, **answers: str) -> str:
    """Fill the form of a question as a browser without script would, and send it."""
    form = found.soup.find("form", class_="question")
    assert form is not None
    kept = [(i["name"], i["value"]) for i in form.find_all("input", type="hidden")]
    query = "&".join(f"{name}={value}" for name, value in [*kept, *answers.items(), ("go", "next")])
    return go(page, f"{form['action']}?{query}")


def test_one_question_a_page_leads_to_what_can_be_done_from_here(page: PageClient) -> None:
    given = (
        {"age": "16"},
        {"level": "2"},
        {"english": "4", "maths": "3"},
        {"like": "Maths"},
        {},
        {},
    )
    address = "/plan/questions/age"
    for name, answers in zip(QUESTIONS, given, strict=True):
        assert urlsplit(address).path == f"/plan/questions/{name}"
        address = answer(page, page.get(address), **answers)
    assert urlsplit(address).path == "/plan/from-here"
    assert parse_qs(urlsplit(address).query) == {
        "age": ["16"], "level": ["2"], "english": ["4"], "maths": ["3"], "like": ["Maths"],
    }  # fmt: skip
    found = page.get(address)
    assert found.heading == "What you can do from here"
    assert "GCSE Maths" in found.words


def test_a_goal_is_carried_through_the_questions(page: PageClient) -> None:
    address = answer(page, page.get("/plan/questions/age?goal=roles/plumber"), age="16")
    assert "goal=roles/plumber" in address
    address = go(page, address.replace("?", "?go=finish&level=none&"))
    assert address == "/plan/to/roles/plumber?level=none&age=16"
    found = page.get(address)
    assert found.heading == "Plumber: ways to get there"
    assert "Earn while you learn" in found.words
    assert "Technical route" in found.words


def test_everything_can_be_answered_on_one_page(page: PageClient) -> None:
    address = go(page, "/plan/all?go=finish&level=3&age=18&want=earn&near=ST6&job=")
    assert address == "/plan/from-here?level=3&age=18&near=ST6&want=earn"


@pytest.mark.parametrize("path", ["/plan/questions/age", "/plan/all"])
@pytest.mark.parametrize("age", ["ten", "5", "130", "-3", "16.5"])
def test_an_impossible_age_is_explained_and_nothing_else_is_lost(
    page: PageClient, path: str, age: str
) -> None:
    found = page.get(f"{path}?level=2&age={age}&go=next", status=422)
    assert found.errors == ["Write your age as a number from 11 to 99, or leave it out."]
    assert found.value_of("age") == age
    kept = found.soup.find("input", attrs={"name": "level", "value": "2"})
    assert kept is not None


def test_every_question_can_be_skipped(page: PageClient) -> None:
    for name in QUESTIONS:
        assert page.client.get(f"/plan/questions/{name}?go=next").status_code == 303


def test_without_any_answer_one_is_asked_first(page: PageClient) -> None:
    assert go(page, "/plan/from-here") == "/plan/questions/level"
    assert page.get("/plan/to/roles/plumber").heading == "Plumber: where do you start from?"


@pytest.mark.parametrize(
    "query",
    [
        "level=99&english=A*&maths=%00&age=9999999999999999999999&near=ZZ99",
        "level=2&like=Nonsense&job=roles/nobody&passed=programmes/nothing&want=fame&skill=x",
        "level=2&" + "&".join(f"passed=programmes/p{n}" for n in range(400)),
        "level=%F0%9F%92%A9&age=%D9%A1%D9%A6",
        "level=2&to=roles/nobody&way=99999999999999999999",
    ],
)
@pytest.mark.parametrize(
    "path", ["/plan/from-here", "/plan/to/roles/plumber", "/climbing-frame", "/plan/all", "/skills"]
)
def test_an_address_that_makes_no_sense_is_no_error(
    page: PageClient, path: str, query: str
) -> None:
    assert page.client.get(f"{path}?{query}").status_code in {200, 303}


def test_answers_are_read_written_and_changed(catalogue: Flask) -> None:
    with catalogue.test_request_context(
        "/?level=2&age=16&like=Maths&want=earn&near=st6"
    ) as context:
        from_views = Answers.read(context.request.args, *_frame_and_words())
    assert from_views.query() == "?level=2&age=16&near=ST6&like=Maths&want=earn"
    assert from_views.query(level="3", want=()) == "?level=3&age=16&near=ST6&like=Maths"
    assert from_views.want == (Preference.EARN,)


def _frame_and_words():  # noqa: ANN202 - two values of the running request
    from portal.catalogue.access_to_search import vocabulary  # noqa: PLC0415
    from portal.climbing_frame.access_to_frame import frame  # noqa: PLC0415

    return frame(), vocabulary()


def test_routes_say_what_each_step_asks_pays_and_gives(page: PageClient) -> None:
    found = page.get("/plan/to/roles/adult-nurse?level=2&english=4&maths=3&age=17&near=ST6")
    words = found.words
    assert "Nursing degree" in words
    assert "Beside the step before: GCSE Maths" in words or "First: GCSE Maths" in words
    assert "at least £8.00 an hour" in words
    assert "Student Finance" in words
    assert re.search(r"Near here: .*University.* \(about \d+ miles\)", words)
    assert "New at this step:" in words
    lines = found.soup.select("svg.timeline")
    assert lines
    assert all("learning without a wage" in str(line["aria-label"]) for line in lines)


def test_earning_technical_and_academic_ways_stand_side_by_side(page: PageClient) -> None:
    found = page.get("/plan/to/roles/adult-nurse?level=2&english=4&maths=4&age=16")
    names = [h.get_text() for h in found.soup.select(".compare h3")]
    assert {"Earn while you learn", "Technical route", "Academic route"} <= set(names)


def test_a_changed_answer_shows_what_it_changes(page: PageClient) -> None:
    found = page.get("/plan/to/roles/adult-nurse?level=2&english=3&maths=3&age=16")
    changes = found.soup.select(".changes li")
    assert any("grade 4 in English and maths" in change.get_text() for change in changes)
    link = str(changes[0].find("a")["href"])  # type: ignore[index]
    assert page.get(link).heading == "Adult nurse: ways to get there"


def test_what_was_done_already_has_no_way_to_it(page: PageClient) -> None:
    found = page.get("/plan/to/roles/chef?level=2&job=roles/chef")
    assert "You said that you have done this already" in found.words


def test_what_is_ruled_out_by_age_is_not_offered(page: PageClient) -> None:
    young = page.get("/plan/to/roles/adult-nurse?level=2&english=4&maths=4&age=16").words
    old = page.get("/plan/to/roles/adult-nurse?level=2&english=4&maths=4&age=40").words
    assert "Health T Level" in young
    assert "Health T Level" not in old
    assert "Access to Higher Education" in old


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/roles/plumber", "Find a way there"),
        ("/roles/plumber", "Moves sideways"),
        ("/roles/adult-nurse", "You must have Nursing and Midwifery Council"),
        ("/roles/bus-driver", "Youngest age 18"),
        ("/roles/adult-nurse", "If it does not work out at first"),
        ("/programmes/health-t-level", "Plan B, if the grades do not come"),
        ("/programmes/health-t-level", "Also open to you afterwards"),
    ],
)
def test_an_entry_shows_its_moves(page: PageClient, address: str, expected: str) -> None:
    assert expected in page.get(address).words


def test_an_entry_is_whole_without_any_panel(catalogue: Flask, page: PageClient) -> None:
    contributors = catalogue.extensions["panels"]
    catalogue.extensions["panels"] = ()
    try:
        found = page.get("/roles/plumber")
    finally:
        catalogue.extensions["panels"] = contributors
    assert "Find a way there" not in found.words
    assert "Where it can lead" in found.words


def test_plan_b_names_a_resit_and_a_step_down(page: PageClient) -> None:
    words = page.get("/climbing-frame/programmes/health-t-level").words
    assert "Sit English or maths again" in words
    assert "A step down that leads back up" in words


def test_every_move_says_why_and_where_that_can_be_checked(page: PageClient) -> None:
    found = page.get("/climbing-frame/roles/care-worker")
    moves = found.soup.select(".moves li")
    assert len(moves) > 10
    for move in moves:
        assert re.search(r"Stated on|Worked out from", move.get_text())


def test_the_picture_and_its_table_say_the_same(page: PageClient) -> None:
    found = page.get("/climbing-frame")
    drawn = {str(a["href"]) for a in found.soup.select("svg.frame a")}
    listed = {str(a["href"]) for a in found.soup.select(".frame-table a")}
    assert drawn == listed
    counts = sum(int(text.get_text()) for text in found.soup.select(".count-roles + .count"))
    assert counts == len(read_library(CONTENT).roles)


def test_a_route_is_drawn_and_written(page: PageClient) -> None:
    found = page.get("/climbing-frame?level=2&english=4&maths=4&age=16&to=roles/adult-nurse&way=1")
    assert len(found.soup.select(".route-dot")) == len(found.soup.select(".drawn-steps li"))
    assert found.soup.select_one(".drawn-steps li:last-child a").get_text() == "Adult nurse"  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["3", "construction", "9-construction", "3-nowhere", "-", "x-y"])
def test_a_square_that_does_not_exist_is_not_found(page: PageClient, name: str) -> None:
    page.get(f"/climbing-frame/squares/{name}", status=404)


@pytest.mark.parametrize("address", ["/plan/to/roles/nobody", "/climbing-frame/programmes/no"])
def test_a_hold_that_does_not_exist_is_not_found(page: PageClient, address: str) -> None:
    page.get(address, status=404)


def test_skills_lead_to_jobs_by_how_much_one_has(page: PageClient) -> None:
    found = page.get("/skills?from=roles/retail-assistant")
    jobs = [a.get_text() for a in found.soup.select(".fit h3 a")]
    assert jobs[0] == "Shop manager"
    assert "Retail assistant" not in jobs
    assert "Missing: managing people" in found.words
    ticked = found.soup.select("input[name=skill][checked]")
    used = read_library(CONTENT).roles["retail-assistant"].fields.skills
    assert {field["value"] for field in ticked} == set(used)


def test_a_skill_is_found_by_typing(page: PageClient) -> None:
    found = page.get("/skills?find=brick")
    assert [label.get_text() for label in found.soup.select(".choice label")] == ["Bricklaying"]
    assert "No skill of ours has that word" in page.get("/skills?find=xyzzy").words


def not_for_me(page: PageClient, found: Page, **more: str) -> Page:
    fields = {
        "csrf_token": found.value_of("csrf_token"),
        "job": "roles/shop-manager",
        "skill": "selling",
        **more,
    }
    response = page.client.post("/skills/not-for-me", data=fields)
    assert response.status_code == 303
    assert response.headers["Location"] == "/skills?skill=selling"
    return page.get(str(response.headers["Location"]))


def test_a_job_that_is_not_for_me_stays_away_until_i_let_it_back(catalogue: Flask) -> None:
    catalogue.config["WTF_CSRF_SSL_STRICT"] = False
    page = PageClient(catalogue)
    before = page.get("/skills?skill=selling")
    assert "Shop manager" in {a.get_text() for a in before.soup.select(".fit h3 a")}
    for _ in range(2):
        after = not_for_me(page, before)
        assert "Shop manager" not in {a.get_text() for a in after.soup.select(".fit h3 a")}
    assert "Left out until you close the browser" in after.words
    again = not_for_me(page, after, again="yes")
    assert "Shop manager" in {a.get_text() for a in again.soup.select(".fit h3 a")}


def test_a_job_cannot_be_ruled_out_from_another_site(page: PageClient) -> None:
    page.client.get("/skills?skill=selling")
    response = page.client.post("/skills/not-for-me", data={"job": "roles/shop-manager"})
    assert response.status_code == 400


def test_looking_sets_no_cookie(page: PageClient) -> None:
    for address in ("/plan", "/plan/from-here?level=2", "/climbing-frame", "/skills", "/gaps"):
        assert "Set-Cookie" not in page.client.get(address).headers


def test_planning_is_not_for_robots(page: PageClient) -> None:
    rules = page.client.get("/robots.txt").get_data(as_text=True)
    assert "Disallow: /plan/" in rules
