"""The pledge: made in minutes, shown in the register, on employers’ pages, badges, certificates."""

import datetime as dt
import re
import secrets
from collections.abc import Iterator
from threading import Barrier, Thread
from typing import Any
from xml.etree import ElementTree as ET

import html5lib
import pytest
from bs4 import Tag
from builders import make_vacancy, publish
from conftest import close
from flask import Flask
from members import make_member, make_organisation, signed_in
from offers import make_city
from pages import Page, PageClient
from sqlalchemy import event, func, select
from test_workspace import form_of, send, values_in
from werkzeug.test import TestResponse

from portal.accounts.models import AuditRow, Member, Organisation, Standing
from portal.catalogue.experiences import Listing, Occasion
from portal.catalogue.models import ORGANISATION, Entry
from portal.clock import today
from portal.extensions import db
from portal.pledges import pledging, register
from portal.pledges.models import Pledge, PledgeLine, Stance
from portal.pledges.pledging import ChangedMeanwhileError, EmptyPledgeError, Line, keep
from portal.pledges.wording import usual_time
from portal.taxonomy import AcademicYear, EmployerSize, Tier

YEAR = AcademicYear.of(today())
VISITS, SHADOWING = Line("visit", "autumn", 30), Line("shadowing", "spring", 4)
TWO_KINDS = f"/workspace/pledge/how-many?year={YEAR}&kind=visit&kind=shadowing"
MOST_INPUTS, MOST_QUERIES = 12, 8
XSS = "<script>alert(1)</script>\"'&<b>"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A small city for all tests of this file."""
    app = make_city(tmp_path_factory.mktemp("pledges"))
    yield app
    close(app)


@pytest.fixture
def small_app(city: Flask) -> Iterator[Flask]:
    """The city, in which nobody has pledged or published anything yet."""
    yield city
    with city.app_context():
        db.session.rollback()
        made = [*db.session.scalars(select(Pledge))]
        published = db.session.scalars(select(Entry).where(Entry.kept_by == ORGANISATION))
        for row in [*made, *published.unique()]:
            db.session.delete(row)
        db.session.commit()


@pytest.fixture
def page(small_app: Flask) -> PageClient:
    """A visitor’s browser on the small catalogue."""
    return PageClient(small_app)


@pytest.fixture
def pottery(small_app: Flask) -> Member:
    """The owner of a verified pottery."""
    return make_member(small_app, kind="employer")


@pytest.fixture
def owner(small_app: Flask, pottery: Member) -> PageClient:
    """The browser in which the pottery’s owner is signed in."""
    return signed_in(small_app, pottery)


def pledged(  # the pledge’s own keywords, each with a default
    app: Flask,
    member: Member,
    *lines: Line,
    stance: Stance = Stance.OFFERING,
    year: AcademicYear = YEAR,
    seen: int | None = None,
    **values: Any,  # noqa: ANN401 - any of keep’s
) -> int:
    """Keep a pledge by the verb; its version."""
    given: dict[str, Any] = {"reason": None, "size": EmployerSize.MICRO, "sector": "engineering"}
    with app.app_context():
        by = db.session.get_one(Member, member.id)
        kept = keep(
            db.session, by.organisation, year=year, stance=stance, lines=lines, by=by, seen=seen,
            **given | values,
        )  # fmt: skip
        return kept.version


def employer(app: Flask, name: str, *lines: Line, **values: Any) -> Member:  # noqa: ANN401
    """An employer with a pledge; ``town`` and the like are the organisation’s."""
    own = {key: values.pop(key) for key in ("town", "district") if key in values}
    standing = values.pop("standing", Standing.VERIFIED)
    home = make_organisation(app, kind="employer", name=name, standing=standing, **own)
    member = make_member(app, organisation=home)
    pledged(app, member, *lines, **values)
    return member


def stored(app: Flask, member: Member, year: AcademicYear = YEAR) -> dict[str, Any]:
    """The organisation’s pledge as it is kept."""
    with app.app_context():
        home = db.session.get_one(Organisation, member.organisation_id)
        found = pledging.pledge_of(db.session, home, year)
        assert found
        return {
            "stance": found.stance, "reason": found.reason, "sector": found.sector,
            "lines": set(pledging.lines_of(found)), "version": found.version, "size": home.size,
        }  # fmt: skip


def counted(app: Flask, model: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def acts(app: Flask, member: Member) -> list[str]:
    with app.app_context():
        rows = (
            select(AuditRow)
            .where(AuditRow.subject_kind == "pledge")
            .where(AuditRow.organisation_id == member.organisation_id)
            .order_by(AuditRow.id)
        )
        return [row.act for row in db.session.scalars(rows)]


def change_standing(app: Flask, member: Member, standing: Standing) -> None:
    with app.app_context():
        db.session.get_one(Organisation, member.organisation_id).standing = standing.value
        db.session.commit()


def slug_of(member: Member) -> str:
    return member.organisation.slug


def fetch(browser: PageClient, address: str, status: int = 200) -> TestResponse:
    """A page, which is checked as every page is, or a file."""
    if status != 200 or not address.endswith(".pdf"):
        return browser.get(address, status).response
    response = browser.client.get(address)
    assert response.status_code == status, address
    return response


def names_in(found: Page) -> list[str]:
    return [link.get_text() for link in found.soup.select("main table .course-title")]


# The verb.


@pytest.mark.parametrize(
    ("stance", "reason", "lines", "expected"),
    [
        (Stance.OFFERING, None, [VISITS, SHADOWING], (None, {VISITS, SHADOWING})),
        (Stance.OFFERING, "too-busy", [VISITS], (None, {VISITS})),
        (Stance.OFFERING, None, [], EmptyPledgeError),
        (Stance.INTERESTED, None, [], (None, set())),
        (Stance.INTERESTED, "too-busy", [VISITS], (None, set())),
        (Stance.NOT_THIS_YEAR, "too-busy", [], ("too-busy", set())),
        (Stance.NOT_THIS_YEAR, "too-busy", [VISITS], ("too-busy", set())),
    ],
)
def test_a_pledge_keeps_what_belongs_to_its_answer(
    small_app: Flask,
    pottery: Member,
    stance: Stance,
    reason: str | None,
    lines: list[Line],
    expected: Any,  # noqa: ANN401 - values or an error
) -> None:
    if expected is EmptyPledgeError:
        with pytest.raises(EmptyPledgeError):
            pledged(small_app, pottery, stance=stance)
        assert counted(small_app, Pledge) == 0
        return
    pledged(small_app, pottery, *lines, stance=stance, reason=reason)
    kept = stored(small_app, pottery)
    assert (kept["reason"], kept["lines"]) == expected
    assert (kept["stance"], kept["sector"], kept["size"]) == (stance, "engineering", "1-to-9")


def test_every_line_says_the_area_of_work(small_app: Flask, pottery: Member) -> None:
    pledged(small_app, pottery, VISITS, SHADOWING)
    with small_app.app_context():
        assert set(db.session.scalars(select(PledgeLine.sector))) == {"engineering"}


def test_the_same_pledge_twice_changes_nothing(small_app: Flask, pottery: Member) -> None:
    for _ in range(3):
        assert pledged(small_app, pottery, VISITS, SHADOWING) == 1
    assert pledged(small_app, pottery, SHADOWING, VISITS, size=None) == 1
    assert (counted(small_app, Pledge), counted(small_app, PledgeLine)) == (1, 2)
    assert acts(small_app, pottery) == ["pledged"]


def test_a_change_leaves_what_is_wanted_and_a_row_in_the_trail(
    small_app: Flask, pottery: Member
) -> None:
    version = pledged(small_app, pottery, VISITS, SHADOWING)
    more = Line("visit", "autumn", 60)
    version = pledged(small_app, pottery, more, Line("talk", "summer", 90), seen=version)
    assert stored(small_app, pottery)["lines"] == {more, Line("talk", "summer", 90)}
    version = pledged(small_app, pottery, more, size=EmployerSize.SMALL, seen=version)
    assert stored(small_app, pottery)["size"] == EmployerSize.SMALL
    pledged(small_app, pottery, stance=Stance.INTERESTED, seen=version)
    assert stored(small_app, pottery)["lines"] == set()
    assert acts(small_app, pottery) == ["pledged", *["changed pledge"] * 3]


@pytest.mark.parametrize("seen", [None, 0, 7])
def test_a_page_that_is_too_old_changes_nothing(
    small_app: Flask, pottery: Member, seen: int | None
) -> None:
    pledged(small_app, pottery, VISITS)
    with pytest.raises(ChangedMeanwhileError):
        pledged(small_app, pottery, SHADOWING, seen=seen)
    assert stored(small_app, pottery)["lines"] == {VISITS}
    with pytest.raises(ChangedMeanwhileError):
        pledged(small_app, pottery, SHADOWING, year=YEAR.following, seen=3)


@pytest.mark.parametrize("is_same", [True, False])
def test_of_two_made_at_one_moment_there_is_one(
    small_app: Flask, pottery: Member, *, is_same: bool
) -> None:
    """The other one is made between the look and the writing of this one."""
    met: list[bool] = []

    def rival(*_given: object) -> None:
        if not met:
            met.append(True)
            thread = Thread(target=pledged, args=(small_app, pottery, VISITS))
            thread.start()
            thread.join()

    event.listen(Pledge, "before_insert", rival)
    if is_same:
        assert pledged(small_app, pottery, VISITS) == 1
    else:
        with pytest.raises(ChangedMeanwhileError):
            pledged(small_app, pottery, SHADOWING)
    event.remove(Pledge, "before_insert", rival)
    assert (counted(small_app, Pledge), counted(small_app, PledgeLine)) == (1, 1)
    assert stored(small_app, pottery)["lines"] == {VISITS}
    assert acts(small_app, pottery) == ["pledged"]


def test_of_many_who_change_it_at_once_one_does(small_app: Flask, pottery: Member) -> None:
    version = pledged(small_app, pottery, VISITS)
    barrier, done = Barrier(4), []

    def change(people: int) -> None:
        barrier.wait()
        try:
            pledged(small_app, pottery, Line("talk", "summer", people), seen=version)
        except ChangedMeanwhileError:
            return
        done.append(people)

    threads = [Thread(target=change, args=(people,)) for people in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    assert stored(small_app, pottery)["lines"] == {Line("talk", "summer", done[0])}


@pytest.mark.parametrize(
    ("day", "years"),
    [
        (dt.date(2026, 9, 1), ["2026-27"]),
        (dt.date(2027, 5, 31), ["2026-27"]),
        (dt.date(2027, 6, 1), ["2026-27", "2027-28"]),
        (dt.date(2027, 8, 31), ["2026-27", "2027-28"]),
        (dt.date(2027, 9, 1), ["2027-28"]),
    ],
)
def test_from_june_the_next_year_can_be_pledged_for(day: dt.date, years: list[str]) -> None:
    assert [str(year) for year in pledging.open_years(day)] == years


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0.1, "a few minutes"), (0.5, "half an hour"), (1, "about an hour"),
        (6.5, "about 6.5 hours"), (32, "about 5 days in all"), (315, "about 45 days in all"),
    ],
)  # fmt: skip
def test_times_are_told_as_people_say_them(hours: float, words: str) -> None:
    assert usual_time(hours) == words


# Making it.


def test_a_pottery_pledges_in_at_most_twelve_inputs(
    small_app: Flask, owner: PageClient, pottery: Member
) -> None:
    """Every tick, every box, every choice and every button that is pressed counts."""
    assert "/workspace/pledge" in owner.get("/workspace").links
    first = owner.get("/workspace/pledge")
    choose = first.soup.find("form", action="/workspace/pledge/how-many")
    assert isinstance(choose, Tag)
    ticked = [box for box in choose.select("input[type=checkbox]")
              if box["value"] in {"visit", "shadowing"}]  # fmt: skip
    year = str(choose.select_one("[name=year]")["value"])  # type: ignore[index]
    query = "&".join(f"kind={box['value']}" for box in ticked)
    second = owner.get(f"{choose['action']}?year={year}&{query}")
    form = form_of(second, TWO_KINDS)
    fields = [f for f in form.find_all(["input", "select"]) if f.get("type") != "hidden"]
    assert len(fields) == 8
    assert len(ticked) + 1 + len(fields) + 1 <= MOST_INPUTS
    kept = send(owner, second, TWO_KINDS, **{
        "visit-autumn": "30", "visit-summer": "1,200", "shadowing-spring": " 4 ",
        "sector": "engineering", "size": "1-to-9",
    })  # fmt: skip
    assert stored(small_app, pottery)["lines"] == {
        VISITS, SHADOWING, Line("visit", "summer", 1200)
    }  # fmt: skip
    thanks = owner.get(kept.response.location or "")
    assert thanks.heading == "Thank you"
    assert "promises 1,234 experiences of work" in thanks.words
    assert "/workspace/listings/new" in thanks.links
    assert f"/pledges/{YEAR}/{slug_of(pottery)}/certificate.pdf" in thanks.links


def test_what_is_known_is_chosen_already(
    small_app: Flask, owner: PageClient, pottery: Member
) -> None:
    pledged(small_app, pottery, VISITS, year=YEAR.before, size=EmployerSize.SMALL)
    values = values_in(form_of(owner.get(TWO_KINDS), TWO_KINDS))
    assert (values["sector"], values["size"]) == ("engineering", "10-to-49")
    assert values["visit-autumn"] == ""


def test_last_year_again_takes_one_click_and_a_look(
    small_app: Flask, owner: PageClient, pottery: Member
) -> None:
    assert "as=last-year" not in str(owner.get("/workspace/pledge").links)
    pledged(small_app, pottery, VISITS, SHADOWING, year=YEAR.before)
    address = f"/workspace/pledge/how-many?year={YEAR}&as=last-year"
    assert address in owner.get("/workspace/pledge").links
    second = owner.get(address)
    assert counted(small_app, Pledge) == 1
    send(owner, second, TWO_KINDS)
    assert stored(small_app, pottery)["lines"] == {VISITS, SHADOWING}
    assert stored(small_app, pottery, YEAR.before)["lines"] == {VISITS, SHADOWING}
    assert address not in owner.get("/workspace/pledge").links


def test_last_year_is_not_offered_where_nothing_was(
    small_app: Flask, owner: PageClient, pottery: Member
) -> None:
    pledged(small_app, pottery, stance=Stance.INTERESTED, year=YEAR.before)
    first = owner.get("/workspace/pledge")
    assert "The same as last year" not in first.words
    again = owner.get(f"/workspace/pledge/how-many?year={YEAR}&as=last-year", status=422)
    assert again.errors == ["Tick at least one kind of experience."]


def test_changing_a_pledge_begins_with_what_it_says(
    small_app: Flask, owner: PageClient, pottery: Member
) -> None:
    pledged(small_app, pottery, VISITS, SHADOWING)
    first = owner.get("/workspace/pledge")
    ticked = [box["value"] for box in first.soup.select("input[type=checkbox][checked]")]
    assert sorted(ticked) == ["shadowing", "visit"]
    only_visits = f"/workspace/pledge/how-many?year={YEAR}&kind=visit"
    second = owner.get(only_visits)
    assert second.value_of("visit-autumn") == "30"
    send(owner, second, only_visits, **{"visit-autumn": "25"})
    assert stored(small_app, pottery)["lines"] == {Line("visit", "autumn", 25)}


WRONG = "write a whole number from 1 to 5,000, or leave it empty."


@pytest.mark.parametrize(
    ("typed", "mistakes"),
    [
        ({"visit-autumn": "5000", "shadowing-spring": "1"}, []),
        ({"visit-autumn": "0", "visit-spring": "1", "shadowing-spring": "1"}, []),
        ({"visit-autumn": "5001", "shadowing-spring": "1"},
         [f"Workplace visit, autumn term: {WRONG}"]),
        ({"visit-autumn": "30", "shadowing-spring": "-1"},
         [f"Shadowing day, spring term: {WRONG}"]),
        ({"visit-autumn": "some", "shadowing-spring": "9" * 5000},
         [f"Workplace visit, autumn term: {WRONG}", f"Shadowing day, spring term: {WRONG}"]),
        ({"visit-autumn": "30", "shadowing-autumn": "0"},
         ["Shadowing day: write how many, in at least one term."]),
        ({"visit-autumn": "30", "shadowing-spring": "4", "sector": "", "size": ""},
         ["Choose your main area of work.", "Choose how many people work for you."]),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(
    small_app: Flask, owner: PageClient, typed: dict[str, str], mistakes: list[str]
) -> None:
    filled = {"sector": "engineering", "size": "1-to-9"} | typed
    answer = send(owner, owner.get(TWO_KINDS), TWO_KINDS, 422 if mistakes else 303, **filled)
    assert answer.errors == mistakes
    assert counted(small_app, Pledge) == (0 if mistakes else 1)
    if mistakes:
        assert answer.value_of("visit-autumn") == filled["visit-autumn"]
        for link in answer.soup.select(".error-summary a"):
            assert answer.soup.find(id=str(link["href"])[1:])


@pytest.mark.parametrize("query", ["", "&kind=", "&kind=bungee", "&as=last-year"])
def test_nothing_ticked_is_told(owner: PageClient, query: str) -> None:
    told = owner.get(f"/workspace/pledge/how-many?year={YEAR}{query}", status=422)
    assert told.errors == ["Tick at least one kind of experience."]
    assert told.soup.find(id="kind")


@pytest.mark.parametrize("path", ["", "/how-many", "/kept"])
@pytest.mark.parametrize("year", [YEAR.before, YEAR.following.following, "soon"])
def test_other_years_cannot_be_pledged_for(
    owner: PageClient, path: str, year: AcademicYear | str
) -> None:
    owner.get(f"/workspace/pledge{path}?year={year}", status=404)


def short_answer(browser: PageClient, pressed: str, answer: int = 303, **changes: str) -> Page:
    """Press one of the two other buttons of the first page."""
    first = browser.get("/workspace/pledge")
    forms = first.soup.select(f"form[action='/workspace/pledge?year={YEAR}']")
    form = next(form for form in forms if values_in(form)["stance"] == pressed)
    return browser.post(str(form["action"]), values_in(form) | changes, answer)


def test_interested_is_said_with_one_button(
    small_app: Flask, owner: PageClient, page: PageClient, pottery: Member
) -> None:
    kept = short_answer(owner, "interested")
    assert "is interested in helping" in owner.get(kept.response.location or "").words
    found = page.get("/pledges")
    assert names_in(found) == []
    assert f"/employers/{slug_of(pottery)}" in found.links
    assert "It is interested in helping" in page.get(f"/employers/{slug_of(pottery)}").words
    short_answer(owner, "interested")
    assert (stored(small_app, pottery)["version"], acts(small_app, pottery)) == (1, ["pledged"])


def test_not_this_year_says_why_and_is_named_nowhere(
    small_app: Flask, owner: PageClient, page: PageClient, pottery: Member
) -> None:
    assert short_answer(owner, "not-this-year", 422).errors == ["Choose the main reason."]
    assert short_answer(owner, "not-this-year", 422, reason="rain").errors
    kept = short_answer(owner, "not-this-year", reason="too-busy")
    assert owner.get(kept.response.location or "").heading == "Thank you"
    assert stored(small_app, pottery)["reason"] == "too-busy"
    for address in ("/pledges", "/pledges?sort=amount", f"/pledges?year={YEAR}", "/"):
        assert pottery.organisation.name not in page.get(address).words
    own = page.get(f"/employers/{slug_of(pottery)}").words
    assert "do not have the time" not in own
    assert "It has not made a pledge yet." in own


@pytest.mark.parametrize("stance", ["offering", "maybe", ""])
def test_no_other_answer_is_kept(small_app: Flask, owner: PageClient, stance: str) -> None:
    assert short_answer(owner, "interested", 422, stance=stance).errors == ["Choose an answer."]
    assert counted(small_app, Pledge) == 0


def test_whoever_is_second_keeps_what_they_typed(
    small_app: Flask, owner: PageClient, pottery: Member
) -> None:
    second = owner.get(TWO_KINDS)
    pledged(small_app, pottery, VISITS)
    typed = {"visit-autumn": "9", "shadowing-spring": "8", "sector": "engineering",
             "size": "1-to-9"}  # fmt: skip
    told = send(owner, second, TWO_KINDS, 409, **typed)
    assert "Somebody else changed this while you were writing" in told.words
    assert told.value_of("shadowing-spring") == "8"
    assert stored(small_app, pottery)["lines"] == {VISITS}
    send(owner, told, TWO_KINDS)
    assert Line("shadowing", "spring", 8) in stored(small_app, pottery)["lines"]


def test_a_short_answer_from_an_old_page_is_told(
    small_app: Flask, owner: PageClient, pottery: Member
) -> None:
    pledged(small_app, pottery, VISITS)
    answered = short_answer(owner, "interested", seen="")
    assert "changed the pledge just now" in owner.get(answered.response.location or "").words
    assert stored(small_app, pottery)["stance"] == Stance.OFFERING


def test_whoever_is_not_verified_pledges_and_is_not_shown(
    small_app: Flask, page: PageClient
) -> None:
    member = make_member(small_app, kind="employer", standing=Standing.APPLIED)
    pledged(small_app, member, VISITS)
    thanks = signed_in(small_app, member).get("/workspace/pledge/kept")
    assert "as soon as a moderator has made sure who you are" in thanks.words
    assert "badge.svg" not in str(thanks.soup)
    assert member.organisation.name not in page.get("/pledges").words
    page.get(f"/employers/{slug_of(member)}", status=404)


def test_without_a_pledge_there_is_nothing_to_thank_for(owner: PageClient) -> None:
    answer = owner.client.get("/workspace/pledge/kept")
    assert (answer.status_code, answer.location) == (303, f"/workspace/pledge?year={YEAR}")


# The register.


@pytest.fixture
def register_of_three(small_app: Flask) -> Flask:
    """Three employers that offer something, and one that is interested."""
    employer(small_app, "Ash Ceramics", VISITS, SHADOWING, town="Hanley", district="ST1")
    employer(small_app, "birch bakery", Line("talk", "summer", 90), town="Stone",
             district="ST15", sector=None, size=EmployerSize.LARGE)  # fmt: skip
    employer(small_app, "Cedar Care", Line("visit", "spring", 5), town="Hanley", district="ST6",
             size=EmployerSize.SMALL)  # fmt: skip
    employer(small_app, "Damson Dairy", stance=Stance.INTERESTED, town="Stone", sector=None)
    return small_app


@pytest.mark.parametrize(
    ("query", "names", "interested"),
    [
        ("", ["Ash Ceramics", "birch bakery", "Cedar Care"], True),
        ("sort=amount", ["birch bakery", "Ash Ceramics", "Cedar Care"], True),
        ("kind=visit", ["Ash Ceramics", "Cedar Care"], False),
        ("kind=shadowing&sort=amount", ["Ash Ceramics"], False),
        ("kind=mentoring", [], False),
        ("sector=engineering", ["Ash Ceramics", "Cedar Care"], False),
        ("size=250-plus", ["birch bakery"], False),
        ("size=1-to-9", ["Ash Ceramics"], True),
        ("place=Hanley", ["Ash Ceramics", "Cedar Care"], False),
        ("place=hanley&size=10-to-49", ["Cedar Care"], False),
        ("place=ST15", ["birch bakery"], False),
        ("place=Stone", ["birch bakery"], True),
        ("place=Atlantis", [], False),
        ("place=%00%25", [], False),
        ("kind=bungee&sector=x&size=y&sort=z&page=-1&year=1066",
         ["Ash Ceramics", "birch bakery", "Cedar Care"], True),
    ],
)  # fmt: skip
def test_the_register_is_narrowed_and_sorted(
    register_of_three: Flask, query: str, names: list[str], *, interested: bool
) -> None:
    found = PageClient(register_of_three).get(f"/pledges?{query}")
    assert names_in(found) == names
    assert ("Damson Dairy" in found.words) == interested
    assert "Employers 3" in found.words
    assert "promise 129" in found.words


def test_a_filter_is_a_tag_that_takes_itself_off(register_of_three: Flask) -> None:
    found = PageClient(register_of_three).get("/pledges?kind=visit&place=Hanley&sort=amount")
    tags = {tag.get_text(): tag["href"] for tag in found.soup.select(".tag")}
    assert tags == {
        "Workplace visits, take this filter off": "/pledges?place=Hanley&sort=amount",
        "Hanley, take this filter off": "/pledges?kind=visit&sort=amount",
    }
    chosen = [str(o["value"]) for o in found.soup.select("option[selected]")]
    assert chosen == ["visit", "Hanley", "amount"]


def test_the_amount_is_that_of_the_kind_that_is_asked_for(small_app: Flask) -> None:
    employer(small_app, "Ash Ceramics", Line("visit", "autumn", 5), Line("talk", "autumn", 500))
    employer(small_app, "Cedar Care", Line("visit", "autumn", 3), Line("visit", "spring", 3))
    page = PageClient(small_app)
    assert names_in(page.get("/pledges?sort=amount")) == ["Ash Ceramics", "Cedar Care"]
    visits = page.get("/pledges?sort=amount&kind=visit")
    assert names_in(visits) == ["Cedar Care", "Ash Ceramics"]
    told = [cell.get_text() for cell in visits.soup.select("td[data-label='Workplace visits']")]
    assert told == ["6", "5"]


def test_the_register_has_pages(small_app: Flask) -> None:
    for number in range(register.PAGE + 1):
        employer(small_app, f"Firm {number:02}", VISITS)
    page = PageClient(small_app)
    first = page.get("/pledges?sort=amount")
    assert len(names_in(first)) == register.PAGE
    second = page.get(next(link for link in first.links if "page=2" in link))
    assert names_in(second) == [f"Firm {register.PAGE}"]
    assert "/pledges?sort=amount" in second.links
    assert names_in(page.get("/pledges?page=99")) == names_in(second)


def test_every_year_has_its_register(small_app: Flask, pottery: Member, page: PageClient) -> None:
    pledged(small_app, pottery, VISITS, year=YEAR.before)
    this = page.get("/pledges")
    assert names_in(this) == []
    last = page.get(f"/pledges?year={YEAR.before}")
    assert f"/pledges?year={YEAR.before}" in this.links
    assert names_in(last) == [pottery.organisation.name]
    assert last.heading == f"Who has pledged: {YEAR.before}"
    assert last.value_of("year") == str(YEAR.before)


def public_addresses(member: Member) -> dict[str, str]:
    files = f"/pledges/{YEAR}/{slug_of(member)}"
    return {
        "page": f"/employers/{slug_of(member)}",
        "badge": f"{files}/badge.svg",
        "certificate": f"{files}/certificate.pdf",
    }


@pytest.mark.parametrize("standing", sorted(set(Standing) - {Standing.VERIFIED}))
def test_whoever_is_not_verified_has_no_pledge_page_badge_or_certificate(
    small_app: Flask, pottery: Member, page: PageClient, standing: Standing
) -> None:
    pledged(small_app, pottery, VISITS)
    for address in public_addresses(pottery).values():
        fetch(page, address)
    assert names_in(page.get("/pledges")) == [pottery.organisation.name]
    assert "1 employer has pledged" in page.get("/").words
    change_standing(small_app, pottery, standing)
    for address in public_addresses(pottery).values():
        page.get(address, status=404)
    assert pottery.organisation.name not in page.get("/pledges").words
    assert "1 employer has pledged" not in page.get("/").words
    with small_app.app_context():
        assert register.tally(db.session, YEAR) == register.Tally(0, 0)


def test_an_interested_organisation_that_is_suspended_is_not_named(
    small_app: Flask, pottery: Member, page: PageClient
) -> None:
    pledged(small_app, pottery, stance=Stance.INTERESTED)
    assert pottery.organisation.name in page.get("/pledges").words
    change_standing(small_app, pottery, Standing.SUSPENDED)
    assert pottery.organisation.name not in page.get("/pledges").words


# An employer’s page.


def make_listing(app: Flask, member: Member, *, attended: int = 0, days: int = 30) -> None:
    """A day at work that somebody published, with one time."""
    first = today() + dt.timedelta(days=days)
    with app.app_context():
        db.session.add(
            Listing(
                slug=f"day-{secrets.token_hex(3)}", title="A day at the kiln", summary="See it.",
                organisation_id=member.organisation_id, checked_on=today(),
                show_until=today() + dt.timedelta(days=90), kept_by=ORGANISATION, digest="",
                version=1, experience="shadowing", tier=Tier.WORKPLACE.value,
                occasions=[Occasion(first_day=first, last_day=first, places=9, taken=attended,
                                    attended=attended)],
            )
        )  # fmt: skip
        db.session.commit()


def test_an_employers_page_shows_what_it_pledged_and_what_is_open(
    small_app: Flask, pottery: Member, page: PageClient
) -> None:
    pledged(small_app, pottery, VISITS, SHADOWING)
    pledged(small_app, pottery, SHADOWING, year=YEAR.before)
    make_listing(small_app, pottery)
    publish(small_app, make_vacancy(organisation_id=pottery.organisation_id))
    found = page.get(public_addresses(pottery)["page"])
    assert found.heading == pottery.organisation.name
    for words in (f"School year {YEAR} 34 experiences", "Workplace visits: 30",
                  f"School year {YEAR.before} 4 experiences", "A day at the kiln",
                  "1 to 9 people"):  # fmt: skip
        assert words in found.words
    assert "/vacancies/trainee-potter" in found.links
    assert any(link.startswith("/concern?about=/employers/") for link in found.links)
    assert public_addresses(pottery)["page"] in page.get("/vacancies/trainee-potter").links


def test_a_listing_without_a_day_to_come_is_not_open(
    small_app: Flask, pottery: Member, page: PageClient
) -> None:
    make_listing(small_app, pottery, days=-1)
    assert "A day at the kiln" not in page.get(public_addresses(pottery)["page"]).words


@pytest.mark.parametrize("came", [0, 1, 4, 5, 9])
def test_few_young_people_are_not_told_of_one_employer(
    small_app: Flask, pottery: Member, page: PageClient, came: int
) -> None:
    # Whatever today is, the first day of this school year lies in it.
    make_listing(small_app, pottery, attended=came, days=(YEAR.first_day - today()).days)
    words = page.get(public_addresses(pottery)["page"]).words
    assert (f"{came} young people came" in words) == (came >= register.FEWEST_TOLD)
    assert ("came" in words) == (came >= register.FEWEST_TOLD)


def test_an_organisation_without_anything_to_show_has_no_page(
    small_app: Flask, page: PageClient
) -> None:
    school = make_member(small_app, kind="school")
    page.get(f"/employers/{slug_of(school)}", status=404)
    page.get("/employers/nobody", status=404)
    pledged(small_app, school, VISITS)
    page.get(f"/employers/{slug_of(school)}")


def test_a_provider_that_pledges_is_linked_to_its_courses(
    small_app: Flask, page: PageClient
) -> None:
    college = make_member(small_app, kind="college")
    pledged(small_app, college, VISITS)
    found = page.get(f"/employers/{slug_of(college)}")
    assert f"/providers/{slug_of(college)}" in found.links


# The badge and the certificate.


def test_the_badge_can_stand_on_any_site(
    small_app: Flask, pottery: Member, page: PageClient
) -> None:
    pledged(small_app, pottery, VISITS)
    badge = page.get(public_addresses(pottery)["badge"]).response
    assert badge.mimetype == "image/svg+xml"
    assert badge.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert badge.headers["Cache-Control"] == "public, max-age=86400"
    assert "Set-Cookie" not in badge.headers
    assert page.get("/pledges").response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_the_badge_is_a_picture_and_nothing_else(
    small_app: Flask, pottery: Member, page: PageClient
) -> None:
    pledged(small_app, pottery, VISITS)
    svg = page.get(public_addresses(pottery)["badge"]).response.get_data(as_text=True)
    root = ET.fromstring(svg)  # noqa: S314 - our own
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names == {"svg", "title", "desc", "rect", "path", "g", "text"}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not [name for name in attributes if name == "style" or name.startswith("on")]
    assert "href" not in svg
    said = [element.text for element in root.iter() if element.tag.endswith("text")]
    assert said == [f"Pledged {YEAR}", "Smalltown Pathways"]
    described = {root[0].attrib["id"], root[1].attrib["id"]}
    assert set(root.attrib["aria-labelledby"].split()) == described
    assert pottery.organisation.name in str(root[1].text)


@pytest.mark.parametrize("file", ["badge.svg", "certificate.pdf"])
@pytest.mark.parametrize("year", [str(YEAR.before), "2026", "²026-27", "1-2", "x" * 300])
def test_only_an_offer_has_a_badge_and_a_certificate(
    small_app: Flask, pottery: Member, page: PageClient, file: str, year: str
) -> None:
    pledged(small_app, pottery, VISITS, year=YEAR.following)
    pledged(small_app, pottery, stance=Stance.INTERESTED)
    for asked in (year, YEAR):
        page.get(f"/pledges/{asked}/{slug_of(pottery)}/{file}", status=404)
    fetch(page, f"/pledges/{YEAR.following}/{slug_of(pottery)}/{file}")


def test_the_certificate_is_a_sheet_of_paper(
    small_app: Flask, pottery: Member, page: PageClient
) -> None:
    pledged(small_app, pottery, VISITS, SHADOWING)
    found = fetch(page, public_addresses(pottery)["certificate"])
    assert found.mimetype == "application/pdf"
    assert found.get_data().startswith(b"%PDF-")
    assert f"pledge-{YEAR}-{slug_of(pottery)}.pdf" in found.headers["Content-Disposition"]


def test_a_name_that_is_a_script_stays_a_name(small_app: Flask, page: PageClient) -> None:
    member = employer(small_app, XSS, VISITS)
    employer(small_app, f"{XSS}2", stance=Stance.INTERESTED)
    svg = page.get(public_addresses(member)["badge"]).response.get_data(as_text=True)
    assert "script" not in {e.tag.rpartition("}")[2] for e in ET.fromstring(svg).iter()}  # noqa: S314
    thanks = signed_in(small_app, member).client.get("/workspace/pledge/kept")
    for address in ("/pledges", public_addresses(member)["page"]):
        assert b"<script>alert" not in page.client.get(address).get_data()
    assert b"<script>alert" not in thanks.get_data()
    fetch(page, public_addresses(member)["certificate"])


def test_the_code_for_the_badge_is_what_a_site_needs(
    small_app: Flask, owner: PageClient, pottery: Member
) -> None:
    pledged(small_app, pottery, VISITS)
    thanks = owner.get("/workspace/pledge/kept")
    field = thanks.soup.find(id="code")
    assert isinstance(field, Tag)
    addresses = re.findall(r'(?:href|src)="([^"]+)"', str(field["value"]))
    site = small_app.config["BASE_URL"].rstrip("/")
    assert addresses == [
        site + public_addresses(pottery)["page"], site + public_addresses(pottery)["badge"]
    ]  # fmt: skip


# What holds of all of it.


@pytest.fixture
def everything(small_app: Flask, pottery: Member) -> list[tuple[str, bool]]:
    """Every page of the pledge that has something to show, and whether it is for members."""
    employer(small_app, "Ash Ceramics", VISITS, SHADOWING, town="Hanley", district="ST1")
    employer(small_app, "Damson Dairy", stance=Stance.INTERESTED, sector=None)
    pledged(small_app, pottery, VISITS, year=YEAR.before)
    pledged(small_app, pottery, VISITS, SHADOWING)
    make_listing(small_app, pottery, attended=6)
    public = public_addresses(pottery)
    return [
        ("/pledges", False), ("/pledges?kind=visit&place=Hanley", False), (public["page"], False),
        (public["badge"], False), (public["certificate"], False), ("/", False),
        ("/workspace/pledge", True), (TWO_KINDS, True), ("/workspace/pledge/kept", True),
        (f"/workspace/pledge/how-many?year={YEAR}&as=last-year", True),
    ]  # fmt: skip


def dump(app: Flask) -> dict[str, list[tuple[Any, ...]]]:
    with app.app_context():
        return {
            table.name: sorted(map(tuple, db.session.execute(select(table))), key=repr)
            for table in db.metadata.sorted_tables
            if table.name != "sign_in"
        }


def test_looking_changes_nothing(
    small_app: Flask, owner: PageClient, page: PageClient, everything: list[tuple[str, bool]]
) -> None:
    before = dump(small_app)
    for address, is_theirs in everything:
        fetch(owner if is_theirs else page, address)
    assert dump(small_app) == before


def test_every_page_is_well_formed(
    owner: PageClient, page: PageClient, everything: list[tuple[str, bool]]
) -> None:
    for address, is_theirs in everything:
        response = (owner if is_theirs else page).client.get(address)
        if response.mimetype == "text/html":
            parser = html5lib.HTMLParser(strict=False)
            parser.parse(response.get_data(as_text=True))
            assert parser.errors == [], address


@pytest.fixture
def statements(small_app: Flask) -> Iterator[list[str]]:
    """What the database is asked."""
    asked: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    with small_app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def test_every_page_asks_the_database_little(
    owner: PageClient, page: PageClient, everything: list[tuple[str, bool]], statements: list[str]
) -> None:
    for address, is_theirs in everything:
        browser = owner if is_theirs else page
        browser.client.get(address)
        statements.clear()
        browser.client.get(address)
        print(f"{len(statements):3} {address}")
        assert len(statements) <= MOST_QUERIES + 4 * is_theirs, address


def test_a_register_of_many_asks_no_more(small_app: Flask, statements: list[str]) -> None:
    browser = PageClient(small_app)
    numbers = []
    for number in range(12):
        employer(small_app, f"Firm {number}", VISITS, SHADOWING)
        if number in {0, 11}:
            browser.client.get("/pledges")
            statements.clear()
            browser.client.get("/pledges")
            numbers.append(len(statements))
    assert numbers[0] == numbers[1]
