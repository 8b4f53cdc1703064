"""Advisers build, keep and hand over their lists; nobody else’s exists for them."""

import datetime as dt
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary

import html5lib
import pytest
from builders import make_event, make_vacancy, publish
from conftest import close
from flask import Flask
from hypothesis import given as with_any
from hypothesis import settings
from hypothesis import strategies as st
from members import make_member, make_organisation, signed_in
from offers import make_city
from pages import Page, PageClient
from placements import make_adviser, make_listing
from shortlists import (
    COURSE,
    PROGRAMME,
    REFERENCE,
    ROLE,
    TWO,
    WithList,
    add_to,
    list_called,
    lists_of,
    make_adviser_with_list,
    make_courses,
    make_link,
    make_list,
    reasons,
    take_away,
    titles,
    trail,
)
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError

from portal.accounts.models import Member, MemberRole, MemberState, Standing
from portal.catalogue import reading
from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.models import LIVE, RETIRED
from portal.climbing_frame.access_to_frame import frame
from portal.climbing_frame.finding import Climb
from portal.climbing_frame.graph import NO_LEVEL, Grade
from portal.climbing_frame.starting import StartingPoint
from portal.climbing_frame.telling import money
from portal.clock import now, today
from portal.extensions import db
from portal.shortlists import curating, filing, handing, leaving, reading_lists
from portal.shortlists.coverage import NOTHING_ASKED, Hint, Thing, hints
from portal.shortlists.models import HandedList, Shortlist
from portal.shortlists.reading_lists import Shelf
from portal.shortlists.routes import MOST_STEPS, kept_route, way_of
from portal.shortlists.warnings import Matter, cautions

MOST_QUERIES = 12
HOME = "/advising/lists"
DAY = dt.timedelta(days=1)
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One small city for all tests that bring schools of their own."""
    app = make_city(tmp_path_factory.mktemp("city"))
    yield app
    close(app)


@pytest.fixture
def made(city: Flask) -> WithList:
    """The adviser of a new school, with a list of two things."""
    return make_adviser_with_list(city, reasons=("It is warm.", "It is paid."))


@pytest.fixture
def desk(city: Flask, made: WithList) -> PageClient:
    return signed_in(city, made.adviser)


@pytest.fixture
def colleague(city: Flask, made: WithList) -> Member:
    return make_adviser(city, organisation=made.adviser.organisation)


def sought(page: PageClient, words: str) -> Page:
    """The lists that are found by a reference."""
    return page.get(str(send(page, f"{HOME}/find", q=words).response.location))


def send(page: PageClient, address: str, status: int = 303, **fields: Any) -> Page:  # noqa: ANN401
    """Send a form, with the token that every form of this browser has."""
    return page.post(address, {"csrf_token": token_of(page)} | fields, status)


_tokens: WeakKeyDictionary[PageClient, str] = WeakKeyDictionary()


def token_of(page: PageClient) -> str:
    if page not in _tokens:
        _tokens[page] = page.get(HOME).value_of("csrf_token")
    return _tokens[page]


def everything(page: Page) -> str:
    """All words of a page, also of what stands outside its main part."""
    return " ".join(page.soup.get_text(" ").split())


def add_here(page: PageClient, key: str, reason: str = "") -> None:
    """Press the button of a card."""
    sent = {"add": key, "reason": reason, "back": "/search"}
    answer = page.client.post("/my-list/change", data=sent, headers=FROM_HERE)
    assert answer.status_code == 303


def hand_over(app: Flask, *keys: str) -> str:
    """The code under which a visitor hands over their list."""
    with app.app_context():
        return handing.hand(db.session, keys or TWO, token=secrets.token_hex(8))


def dump(app: Flask) -> str:
    """All that is kept, but for what was read and who was seen when."""
    with app.app_context():
        connection = db.session.connection().connection.driver_connection
        lines = connection.iterdump()
        return "\n".join(x for x in lines if "record_read" not in x and "sign_in" not in x)


def references(app: Flask, adviser: Member) -> list[str]:
    with app.app_context():
        return [one.reference for one in lists_of(adviser)]


def ids(made: WithList) -> list[str]:
    return [item.public_id for item in made.items]


# ---- Begin, and add from anywhere.


def test_a_list_is_begun_by_its_reference_and_cards_add_to_it(city: Flask) -> None:
    adviser = make_adviser(city)
    page = signed_in(city, adviser)
    answer = send(page, HOME, reference="R-200", token="one")
    assert answer.response.headers["Location"] == "/search"
    assert "Adding to R-200" in everything(page.get("/search"))
    add_here(page, ROLE, "You like the heat.")
    assert page.get("/search").soup.find(id="collect-reason").get_text().strip() == (
        "You like the heat."
    )
    add_here(page, COURSE, "It is near.")
    add_here(page, ROLE, "Pressed twice.")
    with city.app_context():
        [kept] = lists_of(adviser)
        assert [(i.entry.key, i.reason) for i in kept.items if i.entry] == [
            (ROLE, "You like the heat."),
            (COURSE, "It is near."),
        ]


def test_the_same_form_begins_one_list_and_another_form_another(
    city: Flask, made: WithList, desk: PageClient
) -> None:
    for token in ("a", "a", "b"):
        send(desk, HOME, reference="R-7", token=token)
    assert references(city, made.adviser) == [REFERENCE, "R-7", "R-7"]


def test_somebody_else_with_the_same_token_begins_a_list_of_their_own(city: Flask) -> None:
    first, second = make_adviser(city), make_adviser(city)
    for adviser in (first, second):
        send(signed_in(city, adviser), HOME, reference="R-7", token="a")
    assert references(city, first) == references(city, second) == ["R-7"]


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("", "Write a reference of your own"),
        ("   ", "Write a reference of your own"),
        ("sam@kilnhurst.example", "Take the “@” out"),
        ("Sam Potter", "not somebody’s name"),
        ("x" * 41, "Use 40 characters at most"),
    ],
)
def test_a_reference_is_neither_a_name_nor_an_address(
    city: Flask, made: WithList, desk: PageClient, reference: str, told: str
) -> None:
    before = dump(city)
    wrong = send(desk, HOME, 422, reference=reference, token="t")
    assert told in wrong.errors[0]
    assert wrong.value_of("reference") == reference.strip()
    wrong = send(desk, f"{made.path}/copy", 422, copy_reference=reference, token="t")
    assert told in wrong.errors[0]
    wrong = send(desk, f"{made.path}/details", 422, reference=reference, review_on="")
    assert told in wrong.errors[0]
    assert dump(city) == before


def test_a_template_is_called_after_what_it_is_for(city: Flask) -> None:
    adviser = make_adviser(city)
    page = signed_in(city, adviser)
    send(page, HOME, reference="Animal care", is_template="y", token="t")
    assert "Animal care" in page.get(f"{HOME}?show=templates").words
    assert "Animal care" not in page.get(HOME).words


def test_looking_round_goes_on_from_the_list(desk: PageClient, made: WithList) -> None:
    assert "Adding to" not in everything(desk.get("/search"))
    send(desk, f"{made.path}/add-to")
    assert f"Adding to {REFERENCE}" in everything(desk.get("/search"))
    assert "Look for more" in desk.get(made.path).words


# ---- What is on a list.


def test_all_reasons_are_kept_by_one_form(city: Flask, made: WithList, desk: PageClient) -> None:
    first, second = ids(made)
    sent = {f"reason-{first}": "  Two\nlines.  ", f"reason-{second}": "y" * 400}
    for _ in range(2):
        send(desk, f"{made.path}/reasons", **sent)
    assert reasons(city, made.public_id) == ["Two lines.", "y" * 300]


def test_whatever_is_pressed_what_was_typed_stays(
    city: Flask, made: WithList, desk: PageClient
) -> None:
    first, second = ids(made)
    here = f"{made.path}/items"
    send(desk, f"{here}/{second}/move", to="0", **{f"reason-{first}": "Typed."})
    assert titles(city, made.public_id) == ["Potter apprenticeship", "Kiln worker"]
    send(desk, f"{here}/{first}/seen", **{f"reason-{second}": "Typed too."})
    assert reasons(city, made.public_id) == ["Typed too.", "Typed."]
    send(desk, f"{here}/{second}/take-off", **{f"reason-{first}": "Typed last."})
    assert reasons(city, made.public_id) == ["Typed last."]


def test_the_page_has_a_form_that_moves_each_thing_without_script(
    city: Flask, made: WithList, desk: PageClient
) -> None:
    shown = desk.get(made.path)
    down = shown.soup.find("button", string=None, attrs={"value": "1"})
    assert down.get("form") == "reasons"
    assert "Down: Kiln worker" in down.get_text()
    answer = send(desk, str(down["formaction"]), to=str(down["value"]))
    assert answer.response.headers["Location"] == f"{made.path}#item-{ids(made)[0]}"
    assert titles(city, made.public_id) == ["Potter apprenticeship", "Kiln worker"]


@pytest.mark.parametrize("to", ["", "-1", "x", "9999", "0.5", "٣"])
def test_a_place_that_is_none_breaks_nothing(
    city: Flask, made: WithList, desk: PageClient, to: str
) -> None:
    send(desk, f"{made.path}/items/{ids(made)[0]}/move", to=to)
    assert sorted(titles(city, made.public_id)) == ["Kiln worker", "Potter apprenticeship"]


@settings(max_examples=25, deadline=None)
@with_any(moves=st.lists(st.tuples(st.integers(0, 5), st.integers(-2, 9)), max_size=8))
def test_any_series_of_moves_keeps_everything_once_in_the_order_asked(
    city: Flask, moves: list[tuple[int, int]]
) -> None:
    shortlist = six_things(city)
    with city.app_context():
        kept = list_called(shortlist.public_id)
        wanted = [item.id for item in kept.items]
        for which, to in moves:
            item = kept.items[which]
            curating.move(db.session, kept, item, to=to)
            wanted.remove(item.id)
            wanted.insert(min(max(to, 0), len(wanted)), item.id)
            db.session.expire_all()
            assert [item.id for item in kept.items] == wanted


_six: dict[Flask, Shortlist] = {}


def six_things(app: Flask) -> Shortlist:
    """One list for all examples of a property."""
    if app not in _six:
        _six[app] = make_list(app, make_adviser(app), keys=(*TWO, COURSE, *make_courses(app, 3)))
    return _six[app]


def test_taking_a_thing_off_twice_takes_one_thing_off(
    city: Flask, made: WithList, desk: PageClient
) -> None:
    for _ in range(2):
        send(desk, f"{made.path}/items/{ids(made)[0]}/take-off")
    assert titles(city, made.public_id) == ["Potter apprenticeship"]


def test_a_full_list_takes_no_more_and_loses_nothing(city: Flask) -> None:
    keys = make_courses(city, curating.MOST_ITEMS + 1)
    made = make_adviser_with_list(city, keys=keys[:-1])
    page = signed_in(city, made.adviser)
    add_to(page, made.public_id)
    add_here(page, keys[-1])
    assert len(titles(city, made.public_id)) == curating.MOST_ITEMS
    add_here(page, keys[0])
    with city.app_context():
        kept = list_called(made.public_id)
        found = reading.by_keys(db.session, keys).values()
        with pytest.raises(curating.TooManyError):
            curating.put_on(db.session, kept, found)
    assert len(titles(city, made.public_id)) == curating.MOST_ITEMS


def at_once(number: int, run: Callable[[], str]) -> Counter[str]:
    """What comes of so many at the same moment, each in a connection of its own."""
    gate = Barrier(number)

    def wait_and_run(_: int) -> str:
        gate.wait()
        return run()

    with ThreadPoolExecutor(number) as pool:
        return Counter(pool.map(wait_and_run, range(number)))


def until_not_busy(run: Callable[[], str]) -> str:
    """Asked again, as somebody does who is told that it was busy."""
    while True:
        try:
            return run()
        except OperationalError:
            db.session.rollback()


def test_one_thing_added_by_many_at_once_is_on_the_list_once(city: Flask) -> None:
    made = make_adviser_with_list(city)

    def add() -> str:
        with city.app_context():

            def put() -> str:
                kept = list_called(made.public_id)
                found = reading.by_keys(db.session, [COURSE]).values()
                curating.put_on(db.session, kept, found, reason="Near.")
                return "added"

            return until_not_busy(put)

    assert at_once(20, add) == {"added": 20}
    assert len(titles(city, made.public_id)) == 3


def test_one_form_sent_by_many_at_once_begins_one_list(city: Flask) -> None:
    adviser = make_adviser(city)

    def begin() -> str:
        with city.app_context():

            def make() -> str:
                me = db.session.get_one(Member, adviser.id)
                found = filing.begin(db.session, reference="R-1", token="t", by=me)
                return found.public_id

            return until_not_busy(make)

    assert len(at_once(20, begin)) == 1
    assert references(city, adviser) == ["R-1"]


# ---- What needs a look.

GONE = [Matter.TAKEN_DOWN], [Matter.CLOSED], [Matter.EXPIRED]
# status, days until it closes, days until it is not shown, versions newer than the seen one
MATTERS = [
    (LIVE, None, 100, 0, []),
    (LIVE, 100, 100, 0, []),
    (LIVE, 15, 100, 0, []),
    (LIVE, 14, 100, 0, [Matter.CLOSES_SOON]),
    (LIVE, 0, 100, 0, [Matter.CLOSES_SOON]),
    (LIVE, -1, 100, 0, [Matter.CLOSED]),
    (LIVE, -1, -1, 3, [Matter.CLOSED]),
    (LIVE, None, 0, 0, []),
    (LIVE, None, -1, 0, [Matter.EXPIRED]),
    (LIVE, None, -1, 1, [Matter.EXPIRED]),
    (LIVE, 5, -1, 0, [Matter.EXPIRED]),
    (LIVE, None, 100, 1, [Matter.CHANGED]),
    (LIVE, None, 100, -1, []),
    (LIVE, 3, 100, 2, [Matter.CLOSES_SOON, Matter.CHANGED]),
    (RETIRED, None, 100, 0, [Matter.TAKEN_DOWN]),
    (RETIRED, -5, -5, 5, [Matter.TAKEN_DOWN]),
]


@pytest.mark.parametrize(("status", "closes", "shown", "newer", "wanted"), MATTERS)
def test_what_is_the_matter_with_something_on_a_list(
    status: str, closes: int | None, shown: int, newer: int, wanted: list[Matter]
) -> None:
    entry: Any = SimpleNamespace(
        status=status,
        closes_on=None if closes is None else today() + closes * DAY,
        show_until=today() + shown * DAY,
        version=5 + newer,
    )
    found = cautions(entry, seen_version=5, today=today())
    assert [caution.matter for caution in found] == wanted
    assert [caution.is_over for caution in found] == [[m] in GONE for m in wanted]


def test_the_overview_finds_exactly_the_lists_whose_pages_tell_of_something(city: Flask) -> None:
    adviser = make_adviser(city)
    keys = make_courses(city, len(MATTERS))
    lists = [make_list(city, adviser, keys=[key], reference=f"R-{n}") for n, key in enumerate(keys)]
    make_list(city, adviser, keys=(), with_route=True, reference="a route needs no look")
    with city.app_context():
        found = reading.by_keys(db.session, keys)
        for key, (status, closes, shown, newer, _) in zip(keys, MATTERS, strict=True):
            entry = found[key]
            entry.status, entry.version = status, entry.version + newer
            entry.closes_on = None if closes is None else today() + closes * DAY
            entry.show_until = today() + shown * DAY
        db.session.commit()
        me = db.session.get_one(Member, adviser.id)
        staff = reading_lists.staff_of(db.session, me)
        rows = reading_lists.shown(db.session, me, staff, on=Shelf.LOOK).rows
        tallied = reading_lists.shown(db.session, me, staff, on=Shelf.CURRENT).rows
    expected = {f"R-{n}" for n, case in enumerate(MATTERS) if case[-1]}
    assert {row.shortlist.reference for row in rows} == expected
    assert {row.shortlist.reference for row in tallied if row.to_look_at} == expected
    page = signed_in(city, adviser)
    for shortlist, (*_, wanted) in zip(lists, MATTERS, strict=True):
        assert ("to look at" in page.get(shortlist.path).words) == bool(wanted)


def test_what_changed_is_told_until_it_was_seen(city: Flask) -> None:
    keys = make_courses(city, 2)
    made = make_adviser_with_list(city, keys=keys)
    page = signed_in(city, made.adviser)
    with city.app_context():
        for entry in reading.by_keys(db.session, keys).values():
            entry.version += 1
        db.session.commit()
    assert page.get(made.path).words.count("It changed since you last saw it.") == 2
    for _ in range(2):
        send(page, f"{made.path}/items/{ids(made)[0]}/seen")
    assert page.get(made.path).words.count("It changed since you last saw it.") == 1
    send(page, f"{made.path}/seen")
    assert "to look at" not in page.get(made.path).words


def test_what_is_gone_is_told_and_not_linked(city: Flask) -> None:
    keys = make_courses(city, 1)
    made = make_adviser_with_list(city, keys=(*keys, ROLE))
    take_away(city, keys)
    shown = signed_in(city, made.adviser).get(made.path)
    assert "It was taken down." in shown.words
    assert f"/{keys[0]}" not in shown.links
    assert f"/{ROLE}" in shown.links


# ---- What a list leaves out.

APPRENTICESHIP, COLLEGE = frozenset({"apprenticeship"}), frozenset({"technical"})
LEVEL_2 = (2, Grade.FOUR)
COVERED = [
    ([], []),
    ([Thing(APPRENTICESHIP, LEVEL_2)], []),
    (
        [Thing(APPRENTICESHIP, LEVEL_2), Thing(APPRENTICESHIP, LEVEL_2)],
        [Hint.ONE_KIND, Hint.NO_PLAN_B, Hint.NOTHING_TO_JOIN],
    ),
    (
        [Thing(APPRENTICESHIP, LEVEL_2), Thing(COLLEGE, LEVEL_2)],
        [Hint.NO_PLAN_B, Hint.NOTHING_TO_JOIN],
    ),
    ([Thing(APPRENTICESHIP, LEVEL_2), Thing(COLLEGE, (1, Grade.FOUR), is_joinable=True)], []),
    # The same level with less English and maths is a plan B as well.
    ([Thing(APPRENTICESHIP, LEVEL_2), Thing(COLLEGE, (2, Grade.NONE), is_joinable=True)], []),
    # Where nothing is asked, or nobody says what is, nothing easier is needed.
    ([Thing(APPRENTICESHIP, NOTHING_ASKED), Thing(COLLEGE, None, is_joinable=True)], []),
    ([Thing(APPRENTICESHIP), Thing(COLLEGE, is_joinable=True)], []),
    ([Thing(), Thing()], [Hint.ONE_KIND, Hint.NOTHING_TO_JOIN]),
    ([Thing(COLLEGE), Thing(is_joinable=True)], [Hint.ONE_KIND]),
]


@pytest.mark.parametrize(("things", "wanted"), COVERED)
def test_what_a_list_leaves_out(things: list[Thing], wanted: list[Hint]) -> None:
    assert list(hints(things)) == wanted
    assert list(hints(reversed(things))) == wanted


def test_the_hint_is_quiet_and_goes_when_something_is_added(city: Flask) -> None:
    adviser = make_adviser(city)
    page = signed_in(city, adviser)
    publish(city, make_event(slug := f"open-{secrets.token_hex(4)}"))
    thin = make_list(city, adviser, keys=(ROLE, PROGRAMME))
    words = page.get(thin.path).words
    assert "You might add Another kind of route" in words
    assert "Something to join now" in words
    more = make_list(city, adviser, keys=(ROLE, PROGRAMME, f"events/{slug}"), with_route=True)
    assert "Something to join now" not in page.get(more.path).words
    assert "You might add" not in page.get(make_list(city, adviser, keys=()).path).words


# ---- Details, copies, templates, the archive, deleting.


def test_a_day_to_look_again_puts_a_list_among_those_due(made: WithList, desk: PageClient) -> None:
    later, now_due = today() + DAY, today()
    for _ in range(2):
        send(desk, f"{made.path}/details", reference="R-9", review_on=f"{later:%d/%m/%Y}")
    assert "R-9" not in desk.get(f"{HOME}?show=due").words
    send(desk, f"{made.path}/details", reference="R-9", review_on=now_due.isoformat())
    assert "R-9 Due for review" in desk.get(f"{HOME}?show=due").words
    wrong = send(desk, f"{made.path}/details", 422, reference="R-9", review_on="soon")
    assert wrong.errors == ["Write the day, month and year, such as 7/9/2027."]
    assert wrong.value_of("review_on") == "soon"
    send(desk, f"{made.path}/details", reference="R-9", review_on="")
    assert "R-9" not in desk.get(f"{HOME}?show=due").words


def test_a_copy_has_things_reasons_and_order_and_lives_by_itself(city: Flask) -> None:
    made = make_adviser_with_list(city, reasons=("One.", "Two."), with_route=True)
    page = signed_in(city, made.adviser)
    make_link(city, made.shortlist)
    for _ in range(2):
        answer = send(page, f"{made.path}/copy", copy_reference="R-105", token="t")
    copied = answer.response.headers["Location"].rpartition("/")[2]
    assert references(city, made.adviser) == [REFERENCE, "R-105"]
    assert titles(city, copied) == titles(city, made.public_id)
    assert reasons(city, copied) == ["One.", "Two.", ""]
    send(page, f"{made.path}/items/{ids(made)[0]}/take-off")
    assert len(titles(city, copied)) == 3
    with city.app_context():
        assert list_called(copied).links == []


def test_a_template_is_used_for_forty_references_and_once_for_each(city: Flask) -> None:
    keys = make_courses(city, curating.MOST_ITEMS)
    made = make_adviser_with_list(city, keys=keys, is_template=True, reference="Year 11 clay")
    page = signed_in(city, made.adviser)
    wanted = [f"R-{n}" for n in range(40)]
    for _ in range(2):
        send(page, f"{made.path}/use", lines="\r\n".join([*wanted, "", wanted[0]]), token="t")
    assert references(city, made.adviser) == ["Year 11 clay", *wanted]
    with city.app_context():
        lists = lists_of(made.adviser)
        assert not any(one.is_template for one in lists[1:])
        assert {len(one.items) for one in lists} == {len(keys)}


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("", "Write at least one reference."),
        (" \n ", "Write at least one reference."),
        ("R-1\nSam Potter", "“Sam Potter”: Use a number or code of your own"),
        ("R-1\nsam@kilnhurst.example", "“sam@kilnhurst.example”: Take the “@” out"),
        ("R-1\n" + "x" * 41, "is too long"),
        ("\n".join(f"R-{n}" for n in range(41)), "There are 41 references."),
    ],
)
def test_one_wrong_line_makes_no_list_at_all(city: Flask, lines: str, told: str) -> None:
    made = make_adviser_with_list(city, is_template=True)
    page = signed_in(city, made.adviser)
    wrong = send(page, f"{made.path}/use", 422, lines=lines, token="t")
    assert told in wrong.errors[0]
    assert references(city, made.adviser) == [REFERENCE]


def test_only_a_template_is_used_for_many(city: Flask, made: WithList, desk: PageClient) -> None:
    send(desk, f"{made.path}/use", 404, lines="R-1", token="t")
    assert references(city, made.adviser) == [REFERENCE]


def test_a_list_in_the_archive_is_found_again_and_takes_nothing(
    city: Flask, made: WithList, desk: PageClient
) -> None:
    send(desk, f"{made.path}/add-to")
    for _ in range(2):
        send(desk, f"{made.path}/archive")
    assert REFERENCE not in desk.get(HOME).words
    assert f"{REFERENCE} In the archive" in desk.get(f"{HOME}?show=archived").words
    assert f"{REFERENCE} In the archive" in sought(desk, REFERENCE.lower()).words
    assert "Adding to" not in everything(desk.get("/search"))
    assert not desk.get(made.path).soup.find("textarea", form="reasons")
    send(desk, f"{made.path}/add-to")
    add_to(desk, made.public_id)
    add_here(desk, COURSE)
    send(desk, f"{made.path}/routes", **A_WAY)
    wrong = send(desk, f"{HOME}/from-code", 422, code=hand_over(city, COURSE), into=made.public_id)
    assert wrong.errors == ["This list is in the archive. Bring it back before you add to it."]
    assert len(titles(city, made.public_id)) == 2
    for _ in range(2):
        send(desk, f"{made.path}/bring-back")
    assert REFERENCE in desk.get(HOME).words
    assert [row.act for row in trail_of(city, made)] == ["archived", "brought back"]


def test_deleting_asks_first_and_takes_everything_along(
    city: Flask, made: WithList, desk: PageClient
) -> None:
    make_link(city, made.shortlist)
    asked = desk.get(f"{made.path}/delete")
    assert asked.heading == f"Delete {REFERENCE}?"
    assert references(city, made.adviser) == [REFERENCE]
    send(desk, f"{made.path}/delete")
    assert references(city, made.adviser) == []
    desk.get(made.path, 404)
    send(desk, f"{made.path}/delete", 404)
    with city.app_context():
        for table in ("shortlist_item", "share_link"):
            left = text(f"SELECT count(*) FROM {table} WHERE shortlist_id = :id")  # noqa: S608
            assert db.session.scalar(left, {"id": made.shortlist.id}) == 0
    assert [row.act for row in trail_of(city, made)] == ["deleted"]


# ---- A visitor’s code.


def test_a_code_becomes_a_list_once(city: Flask, made: WithList, desk: PageClient) -> None:
    code = hand_over(city, COURSE, ROLE)
    answer = send(
        desk, f"{HOME}/from-code", code=f" {code.lower()} ", code_reference="R-3", token="t"
    )
    made_of_it = answer.response.headers["Location"].rpartition("/")[2]
    assert titles(city, made_of_it) == ["Potter apprenticeship", "Kiln worker"]
    again = send(desk, f"{HOME}/from-code", code=code, code_reference="R-3", token="t")
    assert again.response.headers["Location"] == answer.response.headers["Location"]
    wrong = send(desk, f"{HOME}/from-code", 422, code=code, code_reference="R-4", token="other")
    assert "Nothing is under this code now." in wrong.errors[0]
    assert wrong.value_of("code_reference") == "R-4"
    assert references(city, made.adviser) == [REFERENCE, "R-3"]


def test_a_code_joins_a_list_that_is_there(city: Flask, made: WithList, desk: PageClient) -> None:
    code = hand_over(city, ROLE, COURSE)
    send(desk, f"{HOME}/from-code", code=code, into=made.public_id)
    with city.app_context():
        keys = [item.entry.key for item in list_called(made.public_id).items if item.entry]
    assert keys == [*TWO, COURSE]
    assert references(city, made.adviser) == [REFERENCE]


def test_what_is_not_shown_any_more_is_left_out_of_what_a_code_brings(city: Flask) -> None:
    keys = make_courses(city, 2)
    adviser = make_adviser(city)
    code = hand_over(city, *keys)
    take_away(city, keys[:1])
    send(signed_in(city, adviser), f"{HOME}/from-code", code=code, code_reference="R-1", token="t")
    with city.app_context():
        [made] = lists_of(adviser)
        assert [item.entry.key for item in made.items if item.entry] == keys[1:]


def test_a_code_that_does_not_fit_is_not_used_up(city: Flask) -> None:
    made = make_adviser_with_list(city, keys=make_courses(city, curating.MOST_ITEMS))
    page = signed_in(city, made.adviser)
    code = hand_over(city)
    wrong = send(page, f"{HOME}/from-code", 422, code=code, into=made.public_id)
    assert "does not fit on this one" in wrong.errors[0]
    send(page, f"{HOME}/from-code", code=code, code_reference="R-1", token="t")
    assert len(references(city, made.adviser)) == 2


def test_a_code_needs_a_reference_for_what_it_becomes(
    city: Flask, made: WithList, desk: PageClient
) -> None:
    code = hand_over(city)
    for reference in ("", "Sam Potter", "a@b.example"):
        send(desk, f"{HOME}/from-code", 422, code=code, code_reference=reference, token="t")
    with city.app_context():
        assert db.session.scalars(select(HandedList.used_at)).all()[-1] is None
    assert references(city, made.adviser) == [REFERENCE]


def test_guessing_codes_is_stopped_and_right_codes_are_no_guesses(city: Flask) -> None:
    page = signed_in(city, make_adviser(city))

    def try_code(code: str, status: int) -> Page:
        reference = secrets.token_hex(4)
        return send(
            page, f"{HOME}/from-code", status, code=code, code_reference=reference, token="t"
        )

    for _ in range(12):
        try_code(hand_over(city), 303)
    for _ in range(10):
        try_code("BBBB-BBBB", 422)
    stopped = try_code("BBBB-BBBB", 429)
    assert "You have tried many codes." in stopped.errors[0]
    held = hand_over(city)
    try_code(held, 429)
    other = signed_in(city, make_adviser(city))
    send(other, f"{HOME}/from-code", code=held, code_reference="R-1", token="t")


def test_of_fifty_who_use_a_code_at_once_one_has_it(city: Flask) -> None:
    advisers = [make_adviser(city) for _ in range(50)]
    numbers = iter([adviser.id for adviser in advisers])
    code = hand_over(city)

    def take() -> str:
        number = next(numbers)
        with city.app_context():

            def take_in() -> str:
                me = db.session.get_one(Member, number)
                taken = filing.take_in(
                    db.session, code, into=None, reference="R-1", token="t", by=me
                )
                return "taken" if taken else "nothing"

            return until_not_busy(take_in)

    assert at_once(50, take) == {"taken": 1, "nothing": 49}
    assert sum(len(references(city, adviser)) for adviser in advisers) == 1


# ---- Lists change hands.


def leave(page: PageClient, to: Member, status: int = 303, *lists: str, which: str = "") -> Page:
    chosen = which or "ticked"
    return send(page, f"{HOME}/leave", status, which=chosen, colleague=to.public_id, list=[*lists])


def test_ticked_lists_go_to_a_colleague(
    city: Flask, made: WithList, desk: PageClient, colleague: Member
) -> None:
    other = make_list(city, made.adviser, reference="R-2")
    for _ in range(2):
        leave(desk, colleague, 303, made.public_id)
    assert references(city, made.adviser) == ["R-2"]
    assert references(city, colleague) == [REFERENCE]
    desk.get(made.path, 404)
    desk.get(other.path)
    assert signed_in(city, colleague).get(made.path).heading == REFERENCE
    assert [row.act for row in trail_of(city, made)] == ["left to a colleague"]


def test_all_lists_go_when_an_adviser_goes(
    city: Flask, made: WithList, desk: PageClient, colleague: Member
) -> None:
    make_list(city, made.adviser, reference="R-2", is_template=True)
    leave(desk, colleague, which="all")
    assert references(city, made.adviser) == []
    assert references(city, colleague) == [REFERENCE, "R-2"]


def test_nothing_ticked_leaves_nothing(
    city: Flask, made: WithList, desk: PageClient, colleague: Member
) -> None:
    leave(desk, colleague)
    assert "No list went to anybody." in desk.get(HOME).words
    assert references(city, made.adviser) == [REFERENCE]


@pytest.mark.parametrize(
    "who",
    ["of another school", "removed", "suspended", "invited", "no adviser", "oneself", "nobody"],
)
def test_lists_go_to_nobody_who_may_not_have_them(
    city: Flask, made: WithList, desk: PageClient, colleague: Member, who: str
) -> None:
    del colleague  # so that there is somebody to choose
    home, adviser = made.adviser.organisation, (MemberRole.ADVISER,)
    people: dict[str, Callable[[], Any]] = {
        "of another school": lambda: make_adviser(city),
        "removed": lambda: make_member(
            city, organisation=home, roles=adviser, state=MemberState.REMOVED
        ),
        "suspended": lambda: make_member(
            city, organisation=home, roles=adviser, state=MemberState.SUSPENDED
        ),
        "invited": lambda: make_member(
            city, organisation=home, roles=adviser, state=MemberState.INVITED
        ),
        "no adviser": lambda: make_member(city, organisation=home, roles=(MemberRole.EDITOR,)),
        "oneself": lambda: made.adviser,
        "nobody": lambda: SimpleNamespace(public_id="nobody", id=0),
    }
    to = people[who]()
    before = dump(city)
    wrong = leave(desk, to, 422, made.public_id)
    assert wrong.errors
    assert dump(city) == before
    if to.id and to.id != made.adviser.id:
        with city.app_context():
            mine = db.session.get_one(Member, made.adviser.id)
            with pytest.raises(leaving.NotAColleagueError):
                leaving.leave(
                    db.session, lists_of(mine), to=db.session.get_one(Member, to.id), by=mine
                )


@pytest.mark.parametrize("state", [MemberState.REMOVED, MemberState.SUSPENDED])
def test_lists_that_nobody_looks_after_are_taken_over(
    city: Flask, made: WithList, colleague: Member, state: MemberState
) -> None:
    page, elsewhere = signed_in(city, colleague), signed_in(city, make_adviser(city))
    assert "Nobody looks after" not in page.get(HOME).words
    with city.app_context():
        db.session.get_one(Member, made.adviser.id).state = state.value
        db.session.commit()
    assert "Nobody looks after: 1" in page.get(HOME).words
    shown = page.get(f"{HOME}?show=nobodys")
    assert REFERENCE in shown.words
    assert made.path not in shown.links
    page.get(made.path, 404)
    assert REFERENCE not in elsewhere.get(f"{HOME}?show=nobodys").words
    before = dump(city)
    send(elsewhere, f"{HOME}/take-over", list=made.public_id)
    send(elsewhere, f"{HOME}/take-over", all="y")
    assert dump(city) == before
    for _ in range(2):
        send(page, f"{HOME}/take-over", list=made.public_id)
    assert page.get(made.path).heading == REFERENCE
    assert [row.act for row in trail_of(city, made)] == ["taken over"]


def test_whoever_may_not_advise_any_more_has_lists_that_nobody_looks_after(
    city: Flask, made: WithList, colleague: Member
) -> None:
    make_list(city, made.adviser, reference="R-2")
    with city.app_context():
        db.session.get_one(Member, made.adviser.id).roles = [MemberRole.EDITOR.value]
        db.session.commit()
    page = signed_in(city, colleague)
    assert "Nobody looks after: 2" in page.get(HOME).words
    send(page, f"{HOME}/take-over", all="y")
    assert sorted(references(city, colleague)) == ["R-2", REFERENCE]


def test_a_colleague_who_can_still_come_keeps_their_lists(
    city: Flask, made: WithList, colleague: Member
) -> None:
    page = signed_in(city, colleague)
    before = dump(city)
    send(page, f"{HOME}/take-over", list=made.public_id)
    send(page, f"{HOME}/take-over", all="y")
    assert dump(city) == before


def test_of_many_who_take_over_a_list_at_once_one_has_it(city: Flask, made: WithList) -> None:
    home = made.adviser.organisation
    numbers = iter([make_adviser(city, organisation=home).id for _ in range(20)])
    with city.app_context():
        db.session.get_one(Member, made.adviser.id).state = MemberState.REMOVED.value
        db.session.commit()

    def take() -> str:
        number = next(numbers)
        with city.app_context():

            def take_over() -> str:
                me = db.session.get_one(Member, number)
                return str(
                    leaving.take_over(
                        db.session, reading_lists.several_of_nobody(db.session, me), by=me
                    )
                )

            return until_not_busy(take_over)

    assert at_once(20, take) == {"1": 1, "0": 19}
    assert len(trail_of(city, made)) == 1


# ---- Ways through the climbing frame.

A_WAY = {"way": f"earning {PROGRAMME} {ROLE}"}


def test_a_way_is_kept_as_it_stands_without_a_word_about_the_person(
    city: Flask, made: WithList, desk: PageClient
) -> None:
    send(desk, f"{made.path}/add-to")
    address = f"/plan/to/{ROLE}?level=1&english=3&maths=3&age=17&near=ST1"
    shown = desk.get(address)
    button = shown.soup.find("button", class_="route-add")
    assert button.get("form") == "collect"
    way, where = str(button["value"]), str(button["formaction"])
    steps = way.split(" ")[1:]
    assert shown.value_of("csrf_token")
    for _ in range(2):
        answer = desk.client.post(
            where,
            data={"csrf_token": token_of(desk), "way": way, "reason": "You said so."},
            headers={"Referer": f"http://localhost{address}"},
        )
    assert answer.headers["Location"].startswith(address)
    assert desk.get(address).soup.find(id=answer.headers["Location"].partition("#")[2])
    with city.app_context():
        *_, kept = list_called(made.public_id).items
        assert len(list_called(made.public_id).items) == 3
        assert kept.reason == "You said so."
        title = kept.title
        assert kept.route
        assert [step["key"] for step in kept.route["steps"]] == steps
        assert kept.route["goal"] == {"key": ROLE, "title": "Kiln worker"}
        for told in ("17", "ST1", "age", "near", "english"):
            assert told not in str(kept.route).replace(str(kept.route["steps"]), "")
    assert f"This way is on {REFERENCE}" in desk.get(address).words
    page = desk.get(made.path)
    assert title in page.words
    assert f"/{ROLE}" in page.links


@pytest.mark.parametrize(
    "way",
    [
        "",
        " ",
        "earning",
        "earning ",
        f"flying {PROGRAMME} {ROLE}",
        f"{PROGRAMME} {ROLE}",
        "earning roles/nothing",
        f"earning {PROGRAMME} roles/nothing",
        f"earning {ROLE} {ROLE}",
        "earning <script>",
        " ".join(["earning"] + [ROLE] * (MOST_STEPS + 1)),
    ],
)
def test_a_way_that_cannot_be_is_not_kept(
    city: Flask, made: WithList, desk: PageClient, way: str
) -> None:
    send(desk, f"{made.path}/routes", 404, way=way)
    assert len(titles(city, made.public_id)) == 2


def test_only_who_adds_to_a_list_is_offered_ways_to_keep(city: Flask, desk: PageClient) -> None:
    address = f"/plan/to/{ROLE}?level=1"
    for page in (PageClient(city), desk):
        assert not page.get(address).soup.find(class_="route-add")


def test_a_full_list_takes_no_way(city: Flask) -> None:
    made = make_adviser_with_list(city, keys=make_courses(city, curating.MOST_ITEMS))
    page = signed_in(city, made.adviser)
    send(page, f"{made.path}/routes", **A_WAY)
    assert "This list is full" in page.get(made.path).words
    assert len(titles(city, made.public_id)) == curating.MOST_ITEMS


def test_every_way_that_the_frame_finds_can_be_kept(catalogue: Flask) -> None:
    with catalogue.test_request_context():
        held, told = frame(), vocabulary()
        start = StartingPoint(level=NO_LEVEL, english=Grade.NONE, maths=Grade.NONE, age=16)
        climb = Climb(held, start, frozenset())
        goals = list(held.roles)[::15]
        routes = [route for goal in goals for route in climb.routes(goal)]
        assert len(routes) > 20
        for route in routes:
            kept = kept_route(held, told, way_of(route))
            assert kept
            assert kept.snapshot["goal"]["key"] == route.goal.key
            for step in kept.snapshot["steps"]:
                assert step["money"] == money(held.holds[step["key"]], None, told)
            learned = [step["key"] for step in kept.snapshot["steps"] if not step["is_beside"]]
            assert [step.hold.key for step in route.steps] == learned


# ---- Nobody else’s.

LIST_GETS = ("", "/delete")
LIST_POSTS: dict[str, dict[str, Any]] = {
    "details": {"reference": "R-666", "review_on": ""},
    "reasons": {},
    "add-to": {},
    "copy": {"copy_reference": "R-666", "token": "t"},
    "use": {"lines": "R-666", "token": "t"},
    "archive": {},
    "bring-back": {},
    "delete": {},
    "keep": {},
    "seen": {},
    "routes": A_WAY,
}
ITEM_POSTS: dict[str, dict[str, Any]] = {"move": {"to": "1"}, "take-off": {}, "seen": {}}


@pytest.fixture(params=["the same school", "another school"])
def stranger(request: pytest.FixtureRequest, city: Flask, made: WithList) -> WithList:
    """Another adviser with a list of their own."""
    same = request.param == "the same school"
    home = made.adviser.organisation if same else None
    return make_adviser_with_list(city, organisation=home, keys=(COURSE, ROLE), is_template=True)


@pytest.fixture
def nothing(desk: PageClient) -> bytes:
    """What the adviser is answered where there is no page."""
    return desk.client.get("/there-is-no-such-page").get_data()


def test_a_list_of_somebody_else_is_not_there(
    city: Flask, desk: PageClient, stranger: WithList, nothing: bytes
) -> None:
    token = token_of(desk)
    before = dump(city)
    for path in LIST_GETS:
        answer = desk.client.get(stranger.path + path)
        assert (answer.status_code, answer.get_data()) == (404, nothing), path
    for name, fields in LIST_POSTS.items():
        sent = {"csrf_token": token, **fields}
        answer = desk.client.post(f"{stranger.path}/{name}", data=sent)
        assert (answer.status_code, answer.get_data()) == (404, nothing), name
    for item in stranger.items:
        for name, fields in ITEM_POSTS.items():
            sent = {"csrf_token": token, f"reason-{item.public_id}": "Not mine.", **fields}
            answer = desk.client.post(f"{stranger.path}/items/{item.public_id}/{name}", data=sent)
            assert (answer.status_code, answer.get_data()) == (404, nothing), name
    assert dump(city) == before


def test_every_address_of_a_list_is_among_those_tried(city: Flask) -> None:
    ours = {"lists", "one_list", "list_items"}
    rules = [rule for rule in city.url_map.iter_rules() if rule.endpoint.split(".")[0] in ours]
    tried = {f"{HOME}/<public_id>{path}" for path in LIST_GETS}
    tried |= {f"{HOME}/<public_id>/{name}" for name in LIST_POSTS}
    tried |= {f"{HOME}/<public_id>/items/<item_id>/{name}" for name in ITEM_POSTS}
    whole = {HOME, f"{HOME}/leave", f"{HOME}/take-over", f"{HOME}/from-code", f"{HOME}/find"}
    assert {rule.rule for rule in rules} == tried | whole


def test_a_thing_of_somebody_else_is_not_on_the_own_list(
    city: Flask, made: WithList, desk: PageClient, stranger: WithList, nothing: bytes
) -> None:
    token = token_of(desk)
    other = stranger.items[0].public_id
    before = (titles(city, stranger.public_id), reasons(city, stranger.public_id))
    for name in ("move", "seen"):
        sent = {"csrf_token": token, "to": "1", f"reason-{other}": "Not mine."}
        answer = desk.client.post(f"{made.path}/items/{other}/{name}", data=sent)
        assert (answer.status_code, answer.get_data()) == (404, nothing), name
    # What is not on the list is off it, whether there is such a thing elsewhere or not.
    answers = [
        send(desk, f"{made.path}/items/{name}/take-off", **{f"reason-{other}": "Not mine."})
        for name in (other, "no-such-thing")
    ]
    assert answers[0].response.get_data() == answers[1].response.get_data()
    assert (titles(city, stranger.public_id), reasons(city, stranger.public_id)) == before
    assert len(titles(city, made.public_id)) == 2


def test_ids_of_somebody_else_in_a_form_do_nothing(
    city: Flask, desk: PageClient, colleague: Member, stranger: WithList, nothing: bytes
) -> None:
    code = hand_over(city)
    token = token_of(desk)
    before = dump(city)
    leave(desk, colleague, 303, stranger.public_id)
    send(desk, f"{HOME}/take-over", list=stranger.public_id)
    sent = {"csrf_token": token, "code": code, "into": stranger.public_id}
    answer = desk.client.post(f"{HOME}/from-code", data=sent)
    assert (answer.status_code, answer.get_data()) == (404, nothing)
    assert dump(city) == before


def test_a_list_of_somebody_else_in_the_session_is_not_added_to(
    city: Flask, desk: PageClient, stranger: WithList
) -> None:
    add_to(desk, stranger.public_id)
    before = dump(city)
    assert REFERENCE not in everything(desk.get("/search"))
    assert not desk.get(f"/plan/to/{ROLE}?level=1").soup.find(class_="route-add")
    add_here(desk, PROGRAMME, "Not mine.")
    assert dump(city) == before


def test_whoever_is_no_adviser_any_more_adds_to_nothing(city: Flask, made: WithList) -> None:
    page = signed_in(city, made.adviser)
    add_to(page, made.public_id)
    with city.app_context():
        db.session.get_one(Member, made.adviser.id).roles = [MemberRole.EDITOR.value]
        db.session.commit()
    assert REFERENCE not in everything(page.get("/search"))
    add_here(page, COURSE)
    assert len(titles(city, made.public_id)) == 2
    page.get(HOME, 404)
    page.get(made.path, 404)


def test_an_organisation_that_is_not_known_yet_has_no_lists(city: Flask) -> None:
    home = make_organisation(city, kind="school", standing=Standing.APPLIED)
    page = signed_in(city, make_adviser(city, organisation=home))
    page.get(HOME, 404)


def test_another_site_cannot_send_a_form(city: Flask, made: WithList, desk: PageClient) -> None:
    before = dump(city)
    for path in (HOME, f"{made.path}/delete", f"{made.path}/reasons", f"{HOME}/leave"):
        assert desk.client.post(path, data={"reference": "R-1"}).status_code == 400
    assert dump(city) == before


# ---- The trail.


def trail_of(app: Flask, made: WithList) -> list[Any]:
    return [row for row in trail(app) if row.subject_id == made.shortlist.id]


def test_the_trail_tells_what_was_done_and_never_what_a_list_is_called(
    city: Flask, made: WithList, desk: PageClient, colleague: Member
) -> None:
    marker = "R-77-marker"
    since = len(trail(city))
    send(desk, HOME, reference=marker, token="t")
    with city.app_context():
        begun = next(one for one in lists_of(made.adviser) if one.reference == marker)
        path, public_id = begun.path, begun.public_id
    send(desk, f"{path}/copy", copy_reference=f"{marker}-2", token="t")
    send(desk, f"{path}/details", reference=marker, is_template="y", review_on="")
    send(desk, f"{path}/use", lines=f"{marker}-3", token="t")
    send(desk, f"{HOME}/from-code", code=hand_over(city), into=public_id)
    send(desk, f"{HOME}/from-code", code=hand_over(city), code_reference=f"{marker}-4", token="t")
    send(desk, f"{path}/archive")
    send(desk, f"{path}/bring-back")
    leave(desk, colleague, 303, public_id)
    theirs = signed_in(city, colleague)
    send(theirs, f"{path}/delete")
    rows = trail(city)[since:]
    assert [row.act for row in rows] == [
        "began", "copied", "copied", "took in a list", "began", "took in a list", "archived",
        "brought back", "left to a colleague", "deleted",
    ]  # fmt: skip
    assert {row.member_id for row in rows} == {made.adviser.id, colleague.id}
    assert {row.organisation_id for row in rows} == {made.adviser.organisation_id}
    for row in rows:
        kept = [getattr(row, column.key) for column in row.__table__.columns]
        assert not any(marker in str(value) for value in kept)


# ---- Pages.


def test_hundreds_of_lists_are_looked_through_by_page_and_by_reference(city: Flask) -> None:
    adviser = make_adviser(city)
    for n in range(60):
        make_list(city, adviser, keys=(), reference=f"R-{n:03}")
    page = signed_in(city, adviser)
    first = page.get(HOME)
    assert "60 lists page 1 of 3" in first.words
    assert len(first.soup.select(".lists-row")) == 25
    assert len(page.get(f"{HOME}?page=3").soup.select(".lists-row")) == 10
    for odd in ("99", "0", "-1", "x", "99999999"):
        page.get(f"{HOME}?page={odd}")
    assert "1 list called “r-041”" in sought(page, "r-041").words
    found = sought(page, "R-")
    assert "60 lists called “R-”" in found.words
    assert f"{HOME}?page=2&show=all" in found.links
    assert "60 lists called “R-” page 2" in page.get(f"{HOME}?page=2&show=all").words
    assert "R-" not in found.address
    assert "No list is called that" in sought(page, "%").words
    assert "called" not in sought(page, "").words
    page.get(f"{HOME}?show=nonsense")


def test_what_was_worked_on_last_stands_first(
    city: Flask, made: WithList, desk: PageClient
) -> None:
    make_list(city, made.adviser, reference="R-2")
    rows = desk.get(HOME).soup.select(".lists-name a")
    assert [row.get_text() for row in rows] == ["R-2", REFERENCE]
    send(desk, f"{made.path}/reasons", **{f"reason-{ids(made)[0]}": "New."})
    rows = desk.get(HOME).soup.select(".lists-name a")
    assert [row.get_text() for row in rows] == [REFERENCE, "R-2"]


@pytest.fixture
def count(city: Flask) -> Iterator[list[str]]:
    """The statements that the database was asked."""
    asked: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    with city.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def test_no_page_asks_much_of_the_database(city: Flask, count: list[str]) -> None:
    adviser = make_adviser(city)
    make_adviser(city, organisation=adviser.organisation)
    slugs = [secrets.token_hex(4) for _ in range(10)]
    publish(city, *(make_vacancy(slug) for slug in slugs), *(make_event(slug) for slug in slugs))
    listings = [make_listing(city).slug for _ in range(5)]
    keys = [f"{folder}/{slug}" for slug in slugs for folder in ("vacancies", "events")]
    keys += [f"listings/{slug}" for slug in listings] + [*TWO, COURSE] + make_courses(city, 11)
    whole = make_list(city, adviser, keys=keys, with_route=True)
    assert len(whole.items) == curating.MOST_ITEMS
    for n in range(25):
        make_list(city, adviser, reference=f"R-{n}")
    make_link(city, whole)
    page = signed_in(city, adviser)
    add_to(page, whole.public_id)
    addresses = (
        HOME, f"{HOME}?show=all", f"{HOME}?show=look", whole.path, f"{whole.path}/delete",
        "/search", f"/plan/to/{ROLE}?level=1",
    )  # fmt: skip
    for address in addresses:
        page.get(address)
        count.clear()
        page.get(address)
        assert len(count) <= MOST_QUERIES, f"{address} asks {len(count)}: {count}"


def test_the_first_look_of_a_day_asks_little_more(city: Flask, count: list[str]) -> None:
    made = make_adviser_with_list(city)
    page = signed_in(city, made.adviser)
    page.get("/account")
    count.clear()
    page.get(HOME)
    assert len([asked for asked in count if not asked.startswith("PRAGMA")]) <= MOST_QUERIES + 3


def test_every_page_is_sound_html_whatever_stands_on_it(
    city: Flask, made: WithList, desk: PageClient, colleague: Member
) -> None:
    assert colleague.id  # so that lists can be left to somebody
    odd = make_list(
        city, made.adviser, keys=(*TWO, COURSE), with_route=True, is_template=True,
        reference="<b>&amp;", reasons=["</textarea><script>alert(1)</script>", "“quoted” & so"],
        review_on=today(),
    )  # fmt: skip
    make_link(city, odd)
    for address in (HOME, f"{HOME}?show=templates", odd.path, f"{odd.path}/delete", made.path):
        answer = desk.client.get(address).get_data(as_text=True)
        html5lib.HTMLParser(strict=True).parse(answer)
        assert "<script>alert" not in answer
    assert "</textarea><script>" in desk.get(odd.path).soup.find("textarea", rows="2").get_text()


def test_what_stands_on_lists_is_kept_by_no_browser(desk: PageClient, made: WithList) -> None:
    for address in (HOME, made.path, f"{made.path}/delete"):
        assert desk.get(address).response.headers["Cache-Control"] == "no-store"


def test_a_list_that_goes_soon_is_shown_and_kept_by_one_press(
    city: Flask, made: WithList, desk: PageClient
) -> None:
    assert "Go soon" not in desk.get(HOME).words
    with city.app_context():
        list_called(made.public_id).warned_at = now()
        db.session.commit()
    assert "Go soon: 1" in desk.get(HOME).words
    assert REFERENCE in desk.get(f"{HOME}?show=going").words
    assert "deleted soon" in desk.get(made.path).words
    send(desk, f"{made.path}/keep")
    assert "Go soon" not in desk.get(HOME).words
    assert "No list goes soon" in desk.get(f"{HOME}?show=going").words
    with city.app_context():
        assert list_called(made.public_id).warned_at is None


def test_a_public_page_on_which_an_adviser_adds_is_kept_by_no_browser(
    desk: PageClient, made: WithList
) -> None:
    for address in (f"/{ROLE}", "/search?q=kiln", "/"):
        assert desk.get(address).response.headers["Cache-Control"] != "no-store"
    add_to(desk, made.public_id)
    for address in (f"/{ROLE}", "/search?q=kiln", "/"):
        answer = desk.get(address).response
        assert REFERENCE in answer.get_data(as_text=True)
        assert answer.headers["Cache-Control"] == "no-store"


def test_looking_at_lists_is_counted_and_changes_nothing_else(
    city: Flask, made: WithList, desk: PageClient
) -> None:
    desk.get("/account")
    before = dump(city)
    for address in (HOME, made.path, f"{made.path}/delete"):
        desk.get(address)
    assert dump(city) == before
    with city.app_context():
        read = text("SELECT count(*) FROM record_read WHERE member_id = :id")
        assert db.session.scalar(read, {"id": made.adviser.id}) == 1
