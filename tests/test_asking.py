"""A young person asks without an account and follows it with a code; a parent says yes or no."""

import datetime as dt
import re
import threading
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from conftest import close
from flask import Flask
from icalendar import Calendar
from members import make_member
from offers import make_city
from pages import Page, PageClient
from pdfs import words_of
from placements import Made, make_adviser, make_listing, make_request, request_called
from sqlalchemy import select

from portal.accounts.models import (
    Member,
    MemberRole,
    MemberState,
    OneUseLink,
    Organisation,
    Standing,
)
from portal.catalogue.experiences import Listing, Occasion
from portal.certificate import certificate
from portal.clock import now, today
from portal.extensions import db
from portal.mail import Letter
from portal.placements import asking
from portal.placements.asking import code_of, plain
from portal.placements.documents import days_of
from portal.placements.life import Stage
from portal.placements.models import Request
from portal.placements.panels import ask_for_this
from portal.placements.reading_asking import who_could_help
from portal.placements.views import following as following_views
from portal.publishing.models import Concern

WORRY = "I want to kill myself and I do not know whom to tell."
HOPES = "I want to learn how a kiln is fired."
FIFTEEN = dt.timedelta(days=365 * 15 + 100)
IN_A_MONTH = dt.timedelta(days=30)
ENDED = {
    Stage.ATTENDED, Stage.ABSENT, Stage.NOT_SENT_ON, Stage.DECLINED, Stage.NO_CONSENT,
    Stage.WITHDRAWN, Stage.CANCELLED, Stage.EXPIRED,
}  # fmt: skip


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One small city for all tests: each brings listings and organisations of its own."""
    app = make_city(tmp_path_factory.mktemp("city"))
    yield app
    close(app)


@pytest.fixture
def app(city: Flask) -> Flask:
    return city


@pytest.fixture
def browser(app: Flask) -> PageClient:
    return PageClient(app)


def born(years: int = 15) -> str:
    day = today() - dt.timedelta(days=365 * years + 100)
    return f"{day.day}/{day.month}/{day.year}"


def filled(page: Page, listing: Listing, adviser: Member, **changes: str) -> dict[str, str]:
    """What somebody fills in on the page that they have before them."""
    return {
        "csrf_token": page.value_of("csrf_token"),
        "token": page.value_of("token"),
        "doubted": page.value_of("doubted"),
        "occasion": listing.occasions[0].public_id,
        "advisers": adviser.organisation.public_id,
        "first_name": "Zoë",
        "born_on": born(),
        "year_group": "year-10",
        "hopes": HOPES,
        "availability": "Any Friday.",
        "adjustments": "",
        "reach": "Miss Ali, my tutor",
        "email": "",
    } | changes  # fmt: skip


def form_of(browser: PageClient, listing: Listing) -> Page:
    return browser.get(f"{listing.path}/ask")


def ask(
    browser: PageClient, listing: Listing, adviser: Member, *, status: int = 303, **changes: str
) -> Page:
    page = form_of(browser, listing)
    return browser.post(f"{listing.path}/ask", filled(page, listing, adviser, **changes), status)


def code_on(page: Page) -> str:
    return re.findall(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", page.words)[0]


def follow(app: Flask, code: str) -> PageClient:
    """A browser in which the code was entered."""
    client = PageClient(app)
    page = client.get("/requests")
    client.post("/requests", {"csrf_token": page.value_of("csrf_token"), "code": code}, 303)
    return client


def post_from(client: PageClient, page: Page, address: str, status: int, **fields: str) -> Page:
    return client.post(address, {"csrf_token": page.value_of("csrf_token"), **fields}, status)


def sent_to(client: PageClient, address: str) -> str:
    """Where a page sends whoever has no business there."""
    response = client.client.get(address)
    assert response.status_code == 303
    return str(response.location)


def requests_for(app: Flask, listing: Listing) -> list[Request]:
    """Everything that was asked for a listing, in order."""
    wanted = select(Request).where(Request.listing_id == listing.id).order_by(Request.id)
    with app.app_context():
        return list(db.session.scalars(wanted))


def taken_in(app: Flask, occasion: Occasion) -> int:
    with app.app_context():
        return db.session.get_one(Occasion, occasion.id).taken


# Asking


def test_a_year_10_pupil_asks_and_gets_a_code(app: Flask, browser: PageClient) -> None:
    listing, adviser = make_listing(app), make_adviser(app)
    answer = ask(browser, listing, adviser, email="zoe@kilnhurst.example")
    assert answer.response.location == "/requests/asked"
    page = browser.get("/requests/asked")
    assert page.heading == "Your request is with your adviser"
    code = code_on(page)
    # It can be loaded again.
    assert code_on(browser.get("/requests/asked")) == code
    [made] = requests_for(app, listing)
    assert (made.stand, made.first_name, made.year_group) == (Stage.ASKED, "Zoë", "year-10")
    assert made.organisation_id == adviser.organisation_id
    assert made.due_on is not None
    with app.app_context():
        letter = db.session.scalars(select(Letter).where(Letter.recipient == adviser.email)).one()
    assert "Zoë" not in letter.text
    assert HOPES not in letter.text


def test_once_the_code_is_written_down_it_is_not_shown_again(
    app: Flask, browser: PageClient
) -> None:
    listing, adviser = make_listing(app), make_adviser(app)
    ask(browser, listing, adviser)
    page = browser.get("/requests/asked")
    code = code_on(page)
    answer = post_from(browser, page, "/requests/asked", 303)
    assert answer.response.location == "/requests/mine"
    assert browser.get("/requests/mine").heading == "Your adviser is reading it"
    assert sent_to(browser, "/requests/asked") == "/requests"
    with browser.client.session_transaction() as kept:
        assert code not in str(dict(kept))


def test_the_same_form_sent_twice_makes_one_request_with_one_code(
    app: Flask, browser: PageClient
) -> None:
    listing, adviser = make_listing(app), make_adviser(app)
    fields = filled(form_of(browser, listing), listing, adviser)
    codes = []
    for _ in range(2):
        browser.post(f"{listing.path}/ask", fields, 303)
        codes.append(code_on(browser.get("/requests/asked")))
    assert codes[0] == codes[1]
    assert len(requests_for(app, listing)) == 1


def test_eight_that_send_the_same_form_at_once_make_one_request(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing, adviser = make_listing(app), make_adviser(app)
    page = form_of(PageClient(app), listing)
    fields = filled(page, listing, adviser)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    answers = at_once(
        8, lambda: app.test_client().post(f"{listing.path}/ask", data=fields).status_code
    )
    assert answers == [303] * 8
    assert len(requests_for(app, listing)) == 1


def at_once(number: int, act: Callable[[], object]) -> list[object]:
    """What an act answers when so many do it at the same moment."""
    gate, found = threading.Barrier(number), []

    def run() -> None:
        gate.wait()
        found.append(act())

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("occasion", "", "Choose a day."),
        ("occasion", "nonsense", "Not a valid choice."),
        ("advisers", "", "Choose who helps you."),
        ("first_name", "", "Write your first name or your initials."),
        ("first_name", "Z" * 41, "Use 40 characters at most. Yours are still here."),
        ("born_on", "", "Write your date of birth."),
        ("born_on", "31/2/2011", "Write the day, month and year, such as 7/9/2027."),
        ("year_group", "", "Choose your year."),
        ("year_group", "year-7", "Not a valid choice."),
        ("hopes", "", "Write what you hope for. One sentence is enough."),
        ("hopes", "a " * 251, "Use 500 characters at most. Yours are still here."),
        ("reach", "", "Write how your adviser can reach you, such as through your tutor."),
        (
            "email",
            "zoe at home",
            "Write a mail address, such as name@example.org, or leave it empty.",
        ),
    ],
)
def test_a_mistake_is_told_and_nothing_is_lost(
    app: Flask, browser: PageClient, field: str, typed: str, told: str
) -> None:
    listing, adviser = make_listing(app), make_adviser(app)
    page = ask(browser, listing, adviser, status=422, **{field: typed})
    assert page.errors == [told]
    kept = {"first_name": "Zoë", "reach": "Miss Ali, my tutor"} | {field: typed}
    for name in {"first_name", "reach"} - ({field} if not typed else set()):
        assert page.value_of(name) == kept[name]
    assert requests_for(app, listing) == []


@pytest.mark.parametrize(
    ("years", "told"),
    [
        (12, "You can ask from 13 to 25."),
        (13, "On that day you have to be 14 or older, and you would be 13."),
        (26, "You can ask from 13 to 25."),
    ],
)
def test_the_age_on_the_day_has_to_fit(
    app: Flask, browser: PageClient, years: int, told: str
) -> None:
    listing, adviser = make_listing(app, min_age=14), make_adviser(app)
    page = ask(browser, listing, adviser, status=422, born_on=born(years))
    assert len(page.errors) == 1
    assert page.errors[0].startswith(told)


def test_who_turns_fourteen_on_the_very_day_may_ask(app: Flask, browser: PageClient) -> None:
    listing, adviser = make_listing(app, min_age=14), make_adviser(app)
    on = listing.occasions[0].first_day
    ask(browser, listing, adviser, born_on=f"{on.day}/{on.month}/{on.year - 14}")
    assert len(requests_for(app, listing)) == 1


def test_somebody_not_born_yet_is_told_to_look_at_the_year(app: Flask, browser: PageClient) -> None:
    listing, adviser = make_listing(app), make_adviser(app)
    page = ask(browser, listing, adviser, status=422, born_on=f"1/1/{today().year + 1}")
    assert page.errors == ["Your date of birth lies in the future. Look at the year again."]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Ring me on 07700 900123.", "07700 900123"),
        ("I am on snap as zoe_clay99.", "snap"),
        ("Zoë wants to see a kiln.", "Zoë"),
    ],
)
def test_a_way_to_get_in_touch_is_pointed_out_once_and_may_then_stand(
    app: Flask, browser: PageClient, words: str, found: str
) -> None:
    listing, adviser = make_listing(app), make_adviser(app)
    page = ask(browser, listing, adviser, status=422, hopes=words)
    assert len(page.errors) == 1
    assert "Leave out names and ways to reach you" in page.errors[0]
    assert found in page.errors[0]
    browser.post(f"{listing.path}/ask", filled(page, listing, adviser, hopes=words), 303)
    assert requests_for(app, listing)[0].hopes == words


def test_a_doubt_about_other_words_is_pointed_out_again(app: Flask, browser: PageClient) -> None:
    listing, adviser = make_listing(app), make_adviser(app)
    page = ask(browser, listing, adviser, status=422, hopes="Ring me on 07700 900123.")
    again = filled(page, listing, adviser, hopes="Ring me on 07700 900124.")
    assert "07700 900124" in browser.post(f"{listing.path}/ask", again, 422).errors[0]


def test_the_page_says_who_sees_what_and_offers_help(app: Flask, browser: PageClient) -> None:
    make_adviser(app)
    page = form_of(browser, make_listing(app))
    assert "Who sees what you write" in page.words
    assert "0800 1111" in page.words
    assert page.response.headers["Cache-Control"] == "no-store"
    assert page.soup.find("meta", attrs={"name": "robots", "content": "noindex"})


def test_a_full_day_says_that_one_would_wait(app: Flask, browser: PageClient) -> None:
    make_adviser(app)
    listing = make_listing(app, places=0)
    assert "full: you would be on the waiting list" in form_of(browser, listing).words


def test_only_the_years_that_it_suits_can_be_chosen(app: Flask, browser: PageClient) -> None:
    make_adviser(app)
    page = form_of(browser, make_listing(app, year_groups=["year-12"]))
    years = [str(option["value"]) for option in page.soup.select("#year_group option")]
    assert years == ["", "year-12"]


def test_where_nobody_advises_the_page_leads_to_somebody(small_app: Flask) -> None:
    page = form_of(PageClient(small_app), make_listing(small_app))
    assert page.heading == "There is no adviser here yet to ask"
    assert "/talk" in page.links


def test_only_known_organisations_with_somebody_who_reads_can_be_asked(small_app: Flask) -> None:
    school = make_adviser(small_app).organisation
    council = make_member(small_app, kind="council", roles=(MemberRole.ADVISER,)).organisation
    college = make_member(small_app, kind="college", roles=(MemberRole.ADVISER,)).organisation
    make_member(small_app, kind="school", roles=(MemberRole.OWNER,))
    make_member(small_app, kind="employer", roles=(MemberRole.ADVISER,))
    make_member(small_app, kind="employer-provider", roles=(MemberRole.ADVISER,))
    for standing in (Standing.APPLIED, Standing.SUSPENDED, Standing.REFUSED):
        make_member(small_app, kind="school", roles=(MemberRole.ADVISER,), standing=standing)
    for state in (MemberState.INVITED, MemberState.SUSPENDED, MemberState.REMOVED):
        make_member(small_app, kind="school", roles=(MemberRole.ADVISER,), state=state)
    with small_app.app_context():
        found = who_could_help(db.session, make_listing(small_app))
        names = {heading: [home.name for home in homes] for heading, homes in found.items()}
    assert names == {
        "Schools": [school.name],
        "Colleges and training": [college.name],
        "For everybody in the city": [council.name],
    }


def test_nobody_is_sent_on_to_themselves(small_app: Flask) -> None:
    college = make_member(small_app, kind="college", roles=(MemberRole.ADVISER,)).organisation
    with small_app.app_context():
        assert who_could_help(db.session, make_listing(small_app, organisation=college)) == {}


@pytest.mark.parametrize(
    "columns",
    [
        {"opens_on": today() + IN_A_MONTH},
        {"closes_on": today() - dt.timedelta(days=1)},
        {"days": [(today(), today(), 2)]},
        {"experience": "video"},
    ],
    ids=["not open yet", "closed", "only today", "video"],
)
def test_what_is_not_open_cannot_be_asked_for(
    app: Flask, browser: PageClient, columns: dict[str, object]
) -> None:
    make_adviser(app)
    days = columns.pop("days", None)
    listing = make_listing(app, days=days, **columns)  # type: ignore[arg-type]
    page = form_of(browser, listing)
    assert page.heading == "You cannot ask for this just now"


def test_what_was_taken_down_or_never_was_cannot_be_asked_for(
    app: Flask, browser: PageClient
) -> None:
    gone = make_listing(app, status="retired")
    browser.get(f"{gone.path}/ask", 410)
    browser.get("/listings/never-was/ask", 404)


def test_a_team_that_gets_too_many_in_a_day_is_spared(
    app: Flask, browser: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "TO_ONE_TEAM", (asking.Limit(1, dt.timedelta(days=1)),))
    listing, adviser = make_listing(app), make_adviser(app)
    ask(browser, listing, adviser)
    page = ask(browser, listing, adviser, status=429)
    assert "Try again tomorrow" in page.errors[0]
    assert len(requests_for(app, listing)) == 1


# Something worrying


def test_worrying_words_bring_help_first_and_reach_the_safeguarding_lead(
    app: Flask, browser: PageClient
) -> None:
    listing, adviser = make_listing(app), make_adviser(app)
    ask(browser, listing, adviser, hopes=WORRY)
    page = browser.get("/requests/asked")
    assert page.words.index("0800 1111") < page.words.index("Your code")
    assert "You have done nothing wrong" in page.words
    assert code_on(page)
    [made] = requests_for(app, listing)
    with app.app_context():
        concern = db.session.scalars(
            select(Concern).where(Concern.request_public_id == made.public_id)
        ).one()
    assert WORRY in concern.words
    assert concern.was_noticed


def test_worrying_words_bring_help_even_when_something_else_is_missing(
    app: Flask, browser: PageClient
) -> None:
    listing, adviser = make_listing(app), make_adviser(app)
    page = ask(browser, listing, adviser, status=422, hopes=WORRY, first_name="")
    assert page.words.index("0800 1111") < page.words.index("There is a problem")


def test_worrying_words_are_not_held_up_by_a_phone_number(app: Flask, browser: PageClient) -> None:
    listing, adviser = make_listing(app), make_adviser(app)
    ask(browser, listing, adviser, hopes=f"{WORRY} Ring me on 07700 900123.")
    assert len(requests_for(app, listing)) == 1


# The code


def test_a_code_is_read_as_people_write_it(app: Flask) -> None:
    with app.app_context():
        codes = [code_of(f"token-{number}") for number in range(200)]
        assert codes == [code_of(f"token-{number}") for number in range(200)]
    for code in codes:
        assert re.fullmatch(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code)
        for written in (
            code.lower(),
            code.replace("-", " "),
            code.replace("-", ""),
            f"  {code}. ",
            code.replace("0", "O").replace("1", "I"),
            code.replace("1", "l").replace("V", "u"),
        ):
            assert plain(written) == plain(code)


def test_codes_of_other_forms_differ(app: Flask) -> None:
    with app.app_context():
        assert len({code_of(f"token-{n}") for n in range(1000)}) == 1000


def test_a_code_opens_its_request_and_no_address_holds_it(app: Flask) -> None:
    made = make_request(app, Stage.SENT)
    client = follow(app, f" {made.code.lower().replace('-', ' ')} ")
    page = client.get("/requests/mine")
    assert page.heading == "The employer is reading it"
    for secret in (made.code, made.public_id, "Zo", made.request.code_hash or "-"):
        assert not [link for link in page.links if secret in link]


def test_every_wrong_code_gets_the_same_answer(app: Flask, browser: PageClient) -> None:
    made = make_request(app)
    answers = set()
    for wrong in ("", "AAAA", "AAAA-AAAA-AAAA-AAAA", made.code[:-1], made.public_id, "\x00ß" * 40):
        page = browser.get("/requests")
        told = post_from(browser, page, "/requests", 422, code=wrong)
        assert told.errors == [following_views.WRONG_CODE]
        answers.add(told.words)
    assert len(answers) == 1
    assert sent_to(browser, "/requests/mine") == "/requests"


def test_without_a_code_there_is_only_the_page_to_enter_one(
    app: Flask, browser: PageClient
) -> None:
    make_request(app)
    for address in ("mine", "mine/withdraw", "mine/calendar.ics", "mine/certificate.pdf", "asked"):
        assert sent_to(browser, f"/requests/{address}") == "/requests"


def test_a_device_forgets_when_told_and_by_itself(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_request(app)
    client = follow(app, made.code)
    page = client.get("/requests/mine")
    post_from(client, page, "/requests/forget", 303)
    assert sent_to(client, "/requests/mine") == "/requests"
    client = follow(app, made.code)
    later = now() + dt.timedelta(hours=3)
    monkeypatch.setattr("portal.clock.now", lambda: later)
    assert sent_to(client, "/requests/mine") == "/requests"


def test_a_code_opens_nothing_once_what_is_known_was_emptied(app: Flask) -> None:
    made = make_request(app)
    client = follow(app, made.code)
    with app.app_context():
        request_called(made.public_id).code_hash = None
        db.session.commit()
    assert sent_to(client, "/requests/mine") == "/requests"


# The stages


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_says_what_it_means_and_what_comes_next(app: Flask, stage: Stage) -> None:
    made = make_request(app, stage)
    page = follow(app, made.code).get("/requests/mine")
    assert "Next:" in page.words
    assert made.request.listing.title in page.words
    assert "Report a concern" in page.words
    can_go_back = "/requests/mine/withdraw" in page.links
    assert can_go_back == (stage not in ENDED)


@pytest.mark.parametrize("stage", list(Stage))
def test_where_to_go_is_shown_to_the_booked_and_to_nobody_else(app: Flask, stage: Stage) -> None:
    made = make_request(app, stage)
    page = follow(app, made.code).get("/requests/mine")
    is_booked = stage == Stage.BOOKED
    for words in ("7 Glost Yard", "green door", "Alex Marl"):
        assert (words in page.words) == is_booked
    client = follow(app, made.code)
    for name, is_there in (("calendar.ics", is_booked), ("certificate.pdf", stage == "attended")):
        answered = client.client.get(f"/requests/mine/{name}")
        assert answered.status_code == (200 if is_there else 404)


@pytest.mark.parametrize(
    ("stage", "reason", "words"),
    [
        (Stage.NOT_SENT_ON, "clashes", "The day clashes with school or college"),
        (Stage.DECLINED, "full", "There is no room left on that day"),
        (Stage.CANCELLED, "closed-then", "We have to close on that day"),
        (Stage.WITHDRAWN, "ill", "Somebody is ill or is needed at home"),
        (Stage.EXPIRED, "no-longer-offered", "We have had to stop offering this"),
    ],
)
def test_a_reason_is_told_in_the_words_of_its_list(
    app: Flask, stage: Stage, reason: str, words: str
) -> None:
    made = make_request(app, stage, reason=reason)
    assert words in follow(app, made.code).get("/requests/mine").words


def test_another_day_that_is_proposed_is_shown(app: Flask) -> None:
    first, second = today() + IN_A_MONTH, today() + IN_A_MONTH * 2
    listing = make_listing(app, days=[(first, first, 1), (second, second, 1)])
    made = make_request(app, Stage.OTHER_DAY, listing=listing)
    page = follow(app, made.code).get("/requests/mine")
    assert f"They could take you on {second:%A} {second.day}" in page.words


# Taking it back, and saying how it was


def test_taking_a_booking_back_frees_the_place_for_the_next(app: Flask) -> None:
    listing, adviser = make_listing(app, places=1), make_adviser(app)
    booked = make_request(app, Stage.BOOKED, listing=listing, adviser=adviser)
    waiting = make_request(app, Stage.WAITING_LIST, listing=listing, adviser=adviser)
    client = follow(app, booked.code)
    page = client.get("/requests/mine/withdraw")
    assert page.heading == "Do you want to take it back?"
    # Looking changes nothing.
    assert requests_for(app, listing)[0].stand == Stage.BOOKED
    post_from(client, page, "/requests/mine/withdraw", 303, reason="ill")
    assert client.get("/requests/mine").heading == "It was taken back"
    # Sent again, it does nothing more.
    post_from(client, page, "/requests/mine/withdraw", 303, reason="ill")
    stages = {made.public_id: made.stand for made in requests_for(app, listing)}
    assert stages == {booked.public_id: Stage.WITHDRAWN, waiting.public_id: Stage.BOOKED}
    assert taken_in(app, listing.occasions[0]) == 1


def test_taking_a_booking_back_leaves_the_place_free(app: Flask) -> None:
    made = make_request(app, Stage.BOOKED)
    assert taken_in(app, made.request.occasion) == 1
    client = follow(app, made.code)
    page = client.get("/requests/mine/withdraw")
    post_from(client, page, "/requests/mine/withdraw", 303, reason="travel")
    assert taken_in(app, made.request.occasion) == 0


def test_taking_back_needs_a_reason_from_the_list(app: Flask) -> None:
    made = make_request(app, Stage.SENT)
    client = follow(app, made.code)
    page = client.get("/requests/mine/withdraw")
    for reason in ("", "because"):
        told = post_from(client, page, "/requests/mine/withdraw", 422, reason=reason)
        assert told.errors
    assert requests_for(app, made.request.listing)[0].stand == Stage.SENT


def test_what_is_over_cannot_be_taken_back(app: Flask) -> None:
    gone = today() - dt.timedelta(days=1)
    listing = make_listing(app, days=[(gone, gone, 2)])
    made = make_request(app, Stage.BOOKED, listing=listing)
    client = follow(app, made.code)
    page = client.get("/requests/mine")
    assert "/requests/mine/withdraw" not in page.links
    post_from(client, page, "/requests/mine/withdraw", 409, reason="ill")
    assert taken_in(app, listing.occasions[0]) == 1


def test_ticks_about_how_it_was_are_kept_and_can_be_changed(app: Flask) -> None:
    made = make_request(app, Stage.ATTENDED)
    client = follow(app, made.code)
    page = client.get("/requests/mine")
    fields = {"went_well": "support", "could_be_better": "support"}
    post_from(client, page, "/requests/mine/says", 303, **fields)
    again = client.get("/requests/mine")
    ticked = [str(box["value"]) for box in again.soup.find_all("input", checked=True)]
    assert ticked == ["support", "support"]
    with app.app_context():
        placement = request_called(made.public_id).placement
        assert placement
        assert placement.young_says == ["went-well/support", "could-be-better/support"]
    post_from(client, again, "/requests/mine/says", 303, went_well="clear")
    with app.app_context():
        placement = request_called(made.public_id).placement
        assert placement
        assert placement.young_says == ["went-well/clear"]


def test_ticks_from_outside_the_list_or_before_the_day_are_refused(app: Flask) -> None:
    for stage, ticked in ((Stage.ATTENDED, "my own words"), (Stage.BOOKED, "clear")):
        made = make_request(app, stage)
        client = follow(app, made.code)
        page = client.get("/requests/mine")
        post_from(client, page, "/requests/mine/says", 422, went_well=ticked)
        with app.app_context():
            placement = request_called(made.public_id).placement
            assert placement
            assert placement.young_says == []


def test_what_the_employer_ticked_is_shown_in_the_words_of_the_list(app: Flask) -> None:
    made = make_request(app, Stage.ATTENDED)
    with app.app_context():
        placement = request_called(made.public_id).placement
        assert placement
        placement.employer_says = ["questions", "my own words"]
        db.session.commit()
    words = follow(app, made.code).get("/requests/mine").words
    assert "Questions got good answers" in words
    assert "my own words" not in words


# What one takes along


def test_the_calendar_has_the_time_of_the_citys_clocks(app: Flask) -> None:
    summer = dt.date(today().year + 1, 7, 1)
    listing = make_listing(app, days=[(summer, summer, 2)])
    made = make_request(app, Stage.BOOKED, listing=listing)
    response = follow(app, made.code).get("/requests/mine/calendar.ics").response
    assert response.mimetype == "text/calendar"
    assert response.headers["Cache-Control"] == "no-store"
    [event] = Calendar.from_ical(response.get_data()).walk("VEVENT")
    assert event.decoded("dtstart") == dt.datetime(summer.year, 7, 1, 8, 30, tzinfo=dt.UTC)
    assert event.decoded("dtend") == dt.datetime(summer.year, 7, 1, 14, 30, tzinfo=dt.UTC)
    assert event["summary"] == listing.title
    assert event["location"] == "7 Glost Yard, Hanley, ST1 9ZZ"
    assert "Zoë" not in response.get_data(as_text=True)


def test_several_days_are_an_event_each_and_leave_the_weekend_out(app: Flask) -> None:
    monday = dt.date(2027, 1, 4)
    listing = make_listing(app, days=[(monday, monday + dt.timedelta(days=11), 2)])
    occasion = listing.occasions[0]
    listing.days = 10
    assert [day.weekday() for day in days_of(listing, occasion)] == [0, 1, 2, 3, 4] * 2
    listing.days = 12
    assert len(days_of(listing, occasion)) == 12


def test_without_times_the_calendar_has_whole_days(app: Flask) -> None:
    day = today() + IN_A_MONTH
    listing = make_listing(app, days=[(day, day + dt.timedelta(days=1), 2)], begins=None, ends=None)
    made = make_request(app, Stage.BOOKED, listing=listing)
    response = follow(app, made.code).get("/requests/mine/calendar.ics").response
    events = Calendar.from_ical(response.get_data()).walk("VEVENT")
    assert [event.decoded("dtstart") for event in events] == [day, day + dt.timedelta(days=1)]
    assert len({str(event["uid"]) for event in events}) == 2


def test_whoever_was_there_has_a_certificate_with_name_hours_and_skills(app: Flask) -> None:
    made = make_request(app, Stage.ATTENDED, first_name="Zoë Łukasz")
    with app.app_context():
        placement = request_called(made.public_id).placement
        assert placement
        placement.skills = ["skill-1", "skill-2", "gone-since"]
        db.session.commit()
    response = follow(app, made.code).client.get("/requests/mine/certificate.pdf")
    assert response.status_code == 200
    assert response.mimetype == "application/pdf"
    assert response.headers["Cache-Control"] == "no-store"
    words = words_of(response.get_data())
    listing = made.request.listing
    for said in (
        "Smalltown Pathways", "Zoë Łukasz", listing.title, listing.publisher.name, "6 hours",
        "Shadowing day", "Hanley", "Skill 1 · Skill 2", f"{made.request.occasion.first_day:%Y}",
    ):  # fmt: skip
        assert said in words
    assert "7 Glost Yard" not in words


def written(**changes: object) -> bytes:
    """A certificate with short words but for what a test is about."""
    given: dict[str, object] = {
        "portal_name": "Smalltown Pathways",
        "heading": "Certificate",
        "name": "Zoë Łukasz",
        "says": "took part.",
        "facts": [("When", "Monday"), ("Hours", "")],
        "lists": [("Skills", ["Listening"]), ("Nothing", [])],
        "footer": "Confirmed.",
    }
    return certificate(**given | changes)  # type: ignore[arg-type]


def test_a_certificate_is_the_same_each_time_and_says_its_title_and_language() -> None:
    pdf = written()
    assert pdf == written()
    assert b"/Lang (en-GB)" in pdf
    title = "Certificate: Zoë Łukasz".encode("utf-16-be").hex()
    assert f"/Title <feff{title}>".encode() in pdf
    assert "Hours" not in words_of(pdf)
    assert "Nothing" not in words_of(pdf)


def test_many_skills_and_a_long_name_fit_on_one_sheet() -> None:
    skills = [f"Speaking clearly with people {number}" for number in range(70)]
    pdf = written(name="Wolfeschlegelsteinhausen-" * 4, lists=[("Skills", skills)])
    assert pdf.count(b"/Type /Page\n") == 1
    for skill in skills:
        assert skill in words_of(pdf)


def test_what_does_not_fit_on_one_sheet_goes_on_to_the_next() -> None:
    skills = [f"Speaking clearly with people {number}" for number in range(200)]
    pdf = written(lists=[("Skills", skills)])
    assert pdf.count(b"/Type /Page\n") == 2
    assert words_of(pdf).count("Confirmed.") == 2
    assert skills[-1] in words_of(pdf)


def test_a_name_in_other_letters_is_left_to_write_by_hand() -> None:
    pdf = written(name="محمد")
    assert words_of(pdf).startswith("Smalltown Pathways Certificate took part.")
    assert b"/Title (Certificate)" in pdf


def test_two_characters_that_make_one_letter_are_one_letter() -> None:
    assert "Zoë" in words_of(written(name="Zoe\u0308"))


# A parent or carer


def consent_page(app: Flask, made: Made) -> tuple[PageClient, Page]:
    client = PageClient(app)
    return client, client.get(f"/consent/{made.consent_token}")


def answer(client: PageClient, page: Page, made: Made, status: int, **fields: str) -> Page:
    given = {"is_parent": "y", "yes": "Yes, I agree"} | fields
    return post_from(
        client, page, f"/consent/{made.consent_token}", status,
        **{name: value for name, value in given.items() if value},
    )  # fmt: skip


def test_the_page_for_a_parent_says_what_when_and_who_and_nothing_of_the_child(
    app: Flask,
) -> None:
    made = make_request(app, Stage.AWAITING_CONSENT)
    client, page = consent_page(app, made)
    listing = made.request.listing
    for said in (listing.title, listing.publisher.name, made.request.organisation.name, "Hanley"):
        assert said in page.words
    assert "8 hours a day" in page.words
    for secret in ("Zoë", "Miss Ali", "Glost Yard", "green door", "kilnhurst.example"):
        assert secret not in page.response.get_data(as_text=True)
    headers = page.response.headers
    assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "same-origin")
    assert page.soup.find("meta", attrs={"name": "robots"})
    # Looking uses nothing.
    client.get(f"/consent/{made.consent_token}")
    with app.app_context():
        assert request_called(made.public_id).stand == Stage.AWAITING_CONSENT


def test_a_yes_books_the_place_and_works_once(app: Flask) -> None:
    made = make_request(app, Stage.AWAITING_CONSENT)
    client, page = consent_page(app, made)
    told = answer(client, page, made, 303)
    assert client.get(told.response.location).heading == "Thank you. The place is booked"
    with app.app_context():
        found = request_called(made.public_id)
        assert found.stand == Stage.BOOKED
        assert found.consented_at is not None
    assert taken_in(app, made.request.occasion) == 1
    again = answer(client, page, made, 410)
    assert again.heading == "This link does not work any more"
    client.get(f"/consent/{made.consent_token}", 410)
    assert taken_in(app, made.request.occasion) == 1


def test_a_yes_that_comes_when_all_is_taken_waits(app: Flask) -> None:
    listing, adviser = make_listing(app, places=1), make_adviser(app)
    made = make_request(app, Stage.AWAITING_CONSENT, listing=listing, adviser=adviser)
    make_request(app, Stage.BOOKED, listing=listing, adviser=adviser)
    client, page = consent_page(app, made)
    told = answer(client, page, made, 303)
    assert client.get(told.response.location).heading == "Thank you. They are on the waiting list"
    assert follow(app, made.code).get("/requests/mine").heading == "You are on the waiting list"


def test_a_yes_to_what_was_taken_down_books_nothing(app: Flask) -> None:
    made = make_request(app, Stage.AWAITING_CONSENT)
    with app.app_context():
        db.session.get_one(Listing, made.request.listing_id).status = "retired"
        db.session.commit()
    client, page = consent_page(app, made)
    assert answer(client, page, made, 303).response.location.endswith("/not-now")
    assert taken_in(app, made.request.occasion) == 0


def test_a_no_is_kept_and_books_nothing(app: Flask) -> None:
    made = make_request(app, Stage.AWAITING_CONSENT)
    client, page = consent_page(app, made)
    told = answer(client, page, made, 303, yes="", no="No, I do not agree")
    assert client.get(told.response.location).heading == "Thank you. Nothing is booked"
    page = follow(app, made.code).get("/requests/mine")
    assert page.heading == "Your parent or carer did not agree"
    assert taken_in(app, made.request.occasion) == 0


@pytest.mark.parametrize(
    "fields",
    [{"is_parent": ""}, {"yes": ""}, {"no": "No, I do not agree"}],
    ids=["no tick", "no answer", "both answers"],
)
def test_an_answer_needs_the_tick_and_is_one_of_two(app: Flask, fields: dict[str, str]) -> None:
    made = make_request(app, Stage.AWAITING_CONSENT)
    client, page = consent_page(app, made)
    answer(client, page, made, 422, **fields)
    with app.app_context():
        assert request_called(made.public_id).stand == Stage.AWAITING_CONSENT
    answer(client, page, made, 303)


def test_an_old_link_a_wrong_one_and_one_of_a_request_taken_back_do_not_work(app: Flask) -> None:
    old, back = (make_request(app, Stage.AWAITING_CONSENT) for _ in range(2))
    with app.app_context():
        link = db.session.get_one(OneUseLink, old.request.consent_link_id)
        link.expires_at = now() - dt.timedelta(minutes=1)
        request_called(back.public_id).stage = Stage.WITHDRAWN.value
        db.session.commit()
    client = PageClient(app)
    pages = [client.get(f"/consent/{token}", 410) for token in (
        old.consent_token, back.consent_token, "never-was",
    )]  # fmt: skip
    assert len({page.words for page in pages}) == 1


def test_of_many_answers_at_once_one_counts(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_request(app, Stage.AWAITING_CONSENT)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    fields = [{"is_parent": "y", name: "on"} for name in ("yes", "no") * 5]
    waiting = iter(fields)
    codes = at_once(10, lambda: app.test_client().post(
        f"/consent/{made.consent_token}", data=next(waiting)
    ).status_code)  # fmt: skip
    assert sorted(codes) == [303, *[410] * 9]
    with app.app_context():
        found = request_called(made.public_id)
        is_booked = found.stand == Stage.BOOKED
        assert found.stand in {Stage.BOOKED, Stage.NO_CONSENT}
    assert taken_in(app, made.request.occasion) == is_booked


# The panel on a listing’s page


def test_a_listings_page_shows_days_places_and_the_way_to_ask(app: Flask) -> None:
    first, second = today() + IN_A_MONTH, today() + IN_A_MONTH * 2
    listing = make_listing(app, days=[(first, first, 2), (second, second, 0)])
    with app.app_context():
        panel = ask_for_this(db.session.get_one(Listing, listing.id))
        assert panel
        assert panel.is_first
        places = [words for _, words in panel.values["days"]]
    assert places == ["2 places left", "full: you would be on the waiting list"]


def test_a_video_has_nothing_to_ask_and_a_visit_can_be_asked_for_a_group(app: Flask) -> None:
    with app.app_context():
        video, visit = (make_listing(app, experience=name) for name in ("video", "visit"))
        assert ask_for_this(db.session.get_one(Listing, video.id)) is None
        panel = ask_for_this(db.session.get_one(Listing, visit.id))
        assert panel
        assert panel.values["is_for_groups"]


# Nothing leaks, and looking changes nothing


def everything_in(app: Flask) -> dict[str, list[str]]:
    """Every row of the database."""
    with app.app_context():
        return {
            name: sorted(map(str, db.session.execute(select(table)).all()))
            for name, table in db.metadata.tables.items()
        }


def test_looking_changes_nothing(app: Flask) -> None:
    adviser = make_adviser(app)
    made = [make_request(app, stage, adviser=adviser) for stage in Stage]
    before = everything_in(app)
    for one in made:
        form_of(PageClient(app), one.request.listing)
        if one.consent_token:
            PageClient(app).get(f"/consent/{one.consent_token}")
    after = everything_in(app)
    assert before == after
    client = follow(app, made[list(Stage).index(Stage.BOOKED)].code)
    for address in ("mine", "mine/withdraw", "mine/calendar.ics"):
        client.get(f"/requests/{address}")
    assert everything_in(app) == before


def test_nothing_personal_stands_in_the_search_index(app: Flask) -> None:
    listing, adviser = make_listing(app), make_adviser(app)
    ask(PageClient(app), listing, adviser, first_name="Quetzalia", hopes="Xylography, please.")
    browser = PageClient(app)
    for word in ("Quetzalia", "Xylography", "Glost"):
        page = browser.get(f"/search?q={quote(word)}")
        assert page.results == []


def test_no_letter_says_anything_about_the_young_person(app: Flask) -> None:
    listing, adviser = make_listing(app, places=1), make_adviser(app)
    secrets = {"first_name": "Quetzalia", "hopes": "Xylography.", "reach": "Mx Tutor"}
    with app.app_context():
        make_member(app, organisation=db.session.get_one(Organisation, listing.organisation_id))
    mail = {"email": "young@kilnhurst.example", "parent_email": "parent@kilnhurst.example"}
    booked, asking_parent = (
        make_request(app, stage, listing=listing, adviser=adviser, **secrets, **mail)
        for stage in (Stage.BOOKED, Stage.AWAITING_CONSENT)
    )
    client, page = consent_page(app, asking_parent)
    answer(client, page, asking_parent, 303)
    follower = follow(app, booked.code)
    page = follower.get("/requests/mine/withdraw")
    post_from(follower, page, "/requests/mine/withdraw", 303, reason="ill")
    with app.app_context():
        letters = db.session.scalars(select(Letter)).all()
    assert {letter.subject for letter in letters} >= {
        "A place with you is free again", "A place is booked", "A place with you is taken",
        "There is news about what you asked for", "There is news about a request",
    }  # fmt: skip
    for letter in letters:
        told = letter.subject + letter.text
        assert not [secret for secret in (*secrets.values(), "Glost Yard") if secret in told]
