"""Links to a list: made, opened at home without an account, counted, stopped; nothing leaks."""

import datetime as dt
import logging
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import html5lib
import pytest
from builders import make_event, make_vacancy, publish
from flask import Flask
from icalendar import Calendar
from listings import shadowing
from members import make_organisation, signed_in
from pages import Page, PageClient
from pdfs import words_of
from placements import make_adviser, make_listing
from shortlists import (
    COURSE,
    PROGRAMME,
    ROLE,
    WithList,
    list_called,
    make_adviser_with_list,
    make_courses,
    make_link,
    make_list,
    take_away,
    trail,
)
from sqlalchemy import event, select, update

from portal.accounts.links import hash_of
from portal.accounts.models import Attempt, Member, MemberState, Organisation, Standing
from portal.accounts.passwords import hashed
from portal.clock import now, today
from portal.extensions import db
from portal.shortlists.models import ShareLink
from portal.shortlists.this_browser import OPEN_FOR, OPENED, SHOWN_FOR

WORDS = "teapot ladder cloud"
REASON = "Because glazes are chemistry that you can hold."
TOGETHER = 50
MOST_QUERIES = 12
ADDRESS = re.compile(r"/shared/([\w-]{43})")


@pytest.fixture
def app(small_app: Flask) -> Flask:
    """A small town with something that closes, something that is on and a listing."""
    publish(small_app, make_vacancy(), make_event())
    return small_app


@pytest.fixture
def made(app: Flask) -> WithList:
    """An adviser with a list of one of each kind, with reasons, and a route."""
    listing = make_listing(app, content=shadowing())
    keys = (ROLE, PROGRAMME, COURSE, "vacancies/trainee-potter", "events/open-day", listing.key,
            "guides/starting-out")  # fmt: skip
    reasons = [REASON, *(f"Reason number {number}." for number in range(2, 8))]
    return make_adviser_with_list(app, keys=keys, reasons=reasons, with_route=True)


def fields(page: Page, **changed: str) -> dict[str, str]:
    """The form for a link as it stands on the page."""
    kept = {name: page.value_of(name) for name in ("csrf_token", "share-token")}
    return kept | {"share-days": "14", "share-passphrase": ""} | changed


def share(app: Flask, made: WithList, **changed: str) -> tuple[PageClient, str]:
    """Make a link as an adviser does; the browser, and the token in the address it shows."""
    browser = signed_in(app, made.adviser)
    given = fields(browser.get(made.path), **{f"share-{n}": v for n, v in changed.items()})
    told = browser.post(f"{made.path}/links", given, 303)
    assert told.response.location == f"{made.path}#share"
    return browser, token_on(browser.get(made.path))


def token_on(page: Page) -> str:
    found = ADDRESS.search(str(page.soup.find(id="share-address")))
    assert found
    return found[1]


def links_of(app: Flask, made: WithList) -> list[ShareLink]:
    with app.app_context():
        found = list(db.session.scalars(select(ShareLink).order_by(ShareLink.id)))
        db.session.expunge_all()
        assert all(link.shortlist_id == made.shortlist.id for link in found)
        return found


def change(app: Flask, public_id: str, **columns: object) -> None:
    with app.app_context():
        query = update(ShareLink).where(ShareLink.public_id == public_id)
        db.session.execute(query.values(**columns))
        db.session.commit()


# Making and stopping


def test_an_adviser_makes_a_link_and_sees_its_address_and_code(app: Flask, made: WithList) -> None:
    browser, token = share(app, made, days="7")
    [link] = links_of(app, made)
    assert link.token_hash == hash_of(token)
    assert link.passphrase_hash is None
    assert abs(link.expires_at - now() - dt.timedelta(days=7)) < dt.timedelta(minutes=1)
    page = browser.get(made.path)
    assert "The link is ready" in page.words
    assert page.soup.select_one("svg.share-code path")
    assert "Not opened yet." in page.words
    assert [row.act for row in trail(app)] == ["shared"]
    PageClient(app).get(f"/shared/{token}")


def test_the_address_is_shown_in_that_browser_only_and_for_half_an_hour(
    app: Flask, made: WithList, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, token = share(app, made)
    assert token not in str(signed_in(app, made.adviser).get(made.path).soup)
    other = make_list(app, made.adviser, reference="R-105")
    assert token not in str(browser.get(other.path).soup)
    later = now() + SHOWN_FOR
    monkeypatch.setattr("portal.clock.now", lambda: later)
    assert token not in str(browser.get(made.path).soup)


def test_the_form_sent_twice_makes_one_link(app: Flask, made: WithList) -> None:
    browser = signed_in(app, made.adviser)
    given = fields(browser.get(made.path))
    for _ in range(2):
        browser.post(f"{made.path}/links", given, 303)
        shown = token_on(browser.get(made.path))
    assert [link.token_hash for link in links_of(app, made)] == [hash_of(shown)]
    assert [row.act for row in trail(app)] == ["shared"]


def test_the_form_sent_by_many_at_once_makes_one_link(app: Flask, made: WithList) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    given = {"share-days": "14", "share-passphrase": "", "share-token": "t" * 43}
    browsers = [signed_in(app, made.adviser) for _ in range(8)]

    def send(browser: PageClient) -> int:
        return browser.client.post(f"{made.path}/links", data=given).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, browsers)) == {303}
    assert len(links_of(app, made)) == 1


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("days", "15", "Not a valid choice"),
        ("passphrase", "short", "Use at least 8 characters"),
        ("passphrase", "password1", "easy to guess"),
        ("passphrase", "aaaaaaaaaaaa", "easy to guess"),
        ("token", "", "not complete"),
    ],
)
def test_what_is_not_safe_makes_no_link(
    app: Flask, made: WithList, field: str, value: str, told: str
) -> None:
    browser = signed_in(app, made.adviser)
    given = fields(browser.get(made.path), **{f"share-{field}": value})
    page = browser.post(f"{made.path}/links", given, 422)
    assert told in page.errors[0]
    assert links_of(app, made) == []


def test_a_link_that_is_stopped_shows_nothing_and_stopping_twice_does_no_harm(
    app: Flask, made: WithList
) -> None:
    browser, token = share(app, made)
    [link] = links_of(app, made)
    csrf = {"csrf_token": browser.get(made.path).value_of("csrf_token")}
    for _ in range(2):
        browser.post(f"{made.path}/links/{link.public_id}/revoke", csrf, 303)
    page = browser.get(made.path)
    assert "The link is stopped." in page.words
    assert "The link is ready" not in page.words
    assert [row.act for row in trail(app)] == ["shared", "stopped sharing"]
    PageClient(app).get(f"/shared/{token}", 404)


def test_nobody_shares_or_stops_what_is_not_theirs(app: Flask, made: WithList) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    public_id, token = make_link(app, made.shortlist)
    colleague = make_adviser_with_list(app, organisation=made.adviser.organisation)
    browser = signed_in(app, colleague.adviser)
    given = {"share-days": "14", "share-token": "t" * 43}
    browser.post(f"{made.path}/links", given, 404)
    for path in (made.path, colleague.path):
        browser.post(f"{path}/links/{public_id}/revoke", {}, 404)
    assert len(links_of(app, made)) == 1
    PageClient(app).get(f"/shared/{token}")


# Opened at home


def test_whoever_has_a_link_reads_what_is_on_the_list_and_why_without_an_account(
    app: Flask, made: WithList
) -> None:
    _, token = make_link(app, made.shortlist)
    page = PageClient(app).get(f"/shared/{token}")
    assert page.heading == "Ideas to talk over together"
    for item in made.items:
        assert item.title in page.words
        assert item.reason in page.words
    for said in (made.adviser.organisation.name, "Load and fire a pottery kiln.", "£8.00 an hour",
                 "The Glost House", "Closes: ", "Open day: ", "Next day: ", "Level 2, 18 months",
                 "Apply before it closes."):  # fmt: skip
        assert said in page.words, said
    for path in (f"/{ROLE}", "/vacancies/trainee-potter", "/events/open-day"):
        assert path in page.links


def test_the_page_tells_nobody_its_own_address(app: Flask, made: WithList) -> None:
    _, token = make_link(app, made.shortlist)
    page = PageClient(app).get(f"/shared/{token}")
    headers = page.response.headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "noindex" in str(page.soup.find("meta", attrs={"name": "robots"}))
    own = {f"/shared/{token}/list.pdf", f"/shared/{token}/dates.ics"}
    html = page.response.get_data(as_text=True)
    assert html.count(token) == len(own)
    assert own <= set(page.links)


def test_side_by_side_names_entries_and_nothing_else(app: Flask, made: WithList) -> None:
    few = make_list(app, made.adviser, keys=[ROLE, COURSE, "guides/starting-out"])
    _, token = make_link(app, few)
    [link] = [p for p in PageClient(app).get(f"/shared/{token}").links if p.startswith("/compare")]
    assert link == f"/compare?e={ROLE}&e={COURSE}"
    _, token = make_link(app, made.shortlist)
    page = PageClient(app).get(f"/shared/{token}")
    [form] = page.soup.find_all("form", action="/compare")
    assert form["method"] == "get"
    names = {(tick["name"], tick["value"]) for tick in form.find_all("input")}
    keys = {item.entry.key for item in made.items if item.entry and item.entry.kind != "guide"}
    assert names == {("e", key) for key in keys}


def test_what_is_not_shown_any_more_keeps_its_name_and_its_reason_only(
    app: Flask, made: WithList
) -> None:
    _, token = make_link(app, made.shortlist)
    take_away(app, ["vacancies/trainee-potter", ROLE])
    page = PageClient(app).get(f"/shared/{token}")
    assert "Trainee potter" in page.words
    assert "£8.00 an hour" not in page.words
    assert "This is not on the site any more." in page.words
    assert not {f"/{ROLE}", "/vacancies/trainee-potter"} & set(page.links)
    assert "vacancies" not in str(page.soup.find_all("form"))


def test_a_link_to_a_list_without_anything_on_it_says_so(app: Flask, made: WithList) -> None:
    _, token = make_link(app, make_list(app, made.adviser, keys=[]))
    assert "There is nothing on this list yet." in PageClient(app).get(f"/shared/{token}").words


def test_revoked_expired_unknown_and_malformed_links_answer_alike(
    app: Flask, made: WithList
) -> None:
    tokens = {"unknown": "u" * 43, "malformed": "é%00<", "short": "x"}
    for name, columns in {
        "revoked": {"revoked_at": now()},
        "expired": {"expires_at": now() - dt.timedelta(seconds=1)},
        "with passphrase": {"revoked_at": now(), "passphrase_hash": hashed(WORDS)},
    }.items():
        public_id, tokens[name] = make_link(app, made.shortlist)
        change(app, public_id, **columns)
    answers = set()
    for token in tokens.values():
        for path in ("", "/list.pdf", "/dates.ics"):
            response = PageClient(app).client.get(f"/shared/{token}{path}")
            answers.add((response.status_code, response.data, str(sorted(response.headers))))
    [(status, body, headers)] = answers
    assert status == 404
    assert b"This link does not work" in body
    assert "no-store" in headers
    with app.app_context():
        assert set(db.session.scalars(select(ShareLink.opened))) == {0}


def test_a_link_shows_nothing_while_its_school_is_shut_out(app: Flask, made: WithList) -> None:
    _, token = make_link(app, made.shortlist)
    with app.app_context():
        home = db.session.get_one(Organisation, made.adviser.organisation_id)
        home.standing = Standing.SUSPENDED.value
        db.session.commit()
    PageClient(app).get(f"/shared/{token}", 404)


def test_a_link_shows_nothing_once_its_adviser_is_shut_out_until_a_colleague_has_the_list(
    app: Flask, made: WithList
) -> None:
    _, token = make_link(app, made.shortlist)
    colleague = make_adviser(app, organisation=made.adviser.organisation)
    with app.app_context():
        db.session.get_one(Member, made.adviser.id).state = MemberState.SUSPENDED.value
        db.session.commit()
    PageClient(app).get(f"/shared/{token}", 404)
    with app.app_context():
        list_called(made.public_id).adviser_id = colleague.id
        db.session.commit()
    PageClient(app).get(f"/shared/{token}", 200)


def test_a_link_shows_nothing_while_its_list_is_put_away(app: Flask, made: WithList) -> None:
    _, token = make_link(app, made.shortlist)
    for archived_at, status in ((now(), 404), (None, 200)):
        with app.app_context():
            list_called(made.public_id).archived_at = archived_at
            db.session.commit()
        PageClient(app).get(f"/shared/{token}", status)


def test_a_link_works_up_to_its_last_moment(
    app: Flask, made: WithList, monkeypatch: pytest.MonkeyPatch
) -> None:
    public_id, token = make_link(app, made.shortlist, days=14)
    [link] = links_of(app, made)
    assert link.public_id == public_id
    for moved, status in ((dt.timedelta(seconds=-1), 200), (dt.timedelta(), 404)):
        moment = link.expires_at + moved
        monkeypatch.setattr("portal.shortlists.reading_shared.now", lambda moment=moment: moment)
        PageClient(app).get(f"/shared/{token}", status)


def test_fifty_who_open_it_at_once_are_fifty(app: Flask, made: WithList) -> None:
    _, token = make_link(app, made.shortlist)

    def open_it(_number: int) -> int:
        return app.test_client().get(f"/shared/{token}").status_code

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(open_it, range(TOGETHER))) == [200] * TOGETHER
    [link] = links_of(app, made)
    assert (link.opened, link.opened_on) == (TOGETHER, today())
    assert f"Opened {TOGETHER} times" in signed_in(app, made.adviser).get(made.path).words


def test_only_the_list_itself_counts(app: Flask, made: WithList) -> None:
    _, token = make_link(app, made.shortlist, passphrase_hash=hashed(WORDS))
    _, plain = make_link(app, made.shortlist)
    browser = PageClient(app)
    browser.get(f"/shared/{token}")
    browser.client.head(f"/shared/{plain}")
    browser.client.get(f"/shared/{plain}/list.pdf")
    browser.client.get(f"/shared/{plain}/dates.ics")
    assert [link.opened for link in links_of(app, made)] == [0, 0]


def test_the_page_asks_the_database_little_however_long_the_list(
    app: Flask, made: WithList
) -> None:
    long = make_list(app, made.adviser, keys=make_courses(app, 40), with_route=True)
    _, token = make_link(app, long)
    client = app.test_client()
    client.get(f"/shared/{token}")
    asked: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    client.get(f"/shared/{token}")
    event.remove(engine, "before_cursor_execute", note)
    assert 0 < len(asked) <= MOST_QUERIES, asked


def test_the_page_is_valid_and_can_be_translated(app: Flask, made: WithList) -> None:
    _, token = make_link(app, made.shortlist)
    response = PageClient(app).client.get(f"/shared/{token}")
    html5lib.HTMLParser(strict=True).parse(response.get_data(as_text=True))
    page = Page(response, "")
    assert page.soup.html["lang"] == "en-GB"
    names = [tag.get_text() for tag in page.soup.find_all(translate="no")]
    assert made.adviser.organisation.name in names
    assert "Bramble Kilns" in names
    # A sentence in pieces is translated piece by piece: each ends where its element ends.
    main = page.soup.main
    for tag in main.find_all(["p", "dd", "li", "span"]):
        for inner in tag.find_all(["strong", "em", "b", "i", "br"]):
            raise AssertionError(inner)
    assert not main.find_all("img")
    assert not [svg for svg in main.find_all("svg") if svg.find("text")]


# Passphrases


def unlock(browser: PageClient, token: str, words: str, status: int) -> Page:
    page = browser.get(f"/shared/{token}")
    given = {"csrf_token": page.value_of("csrf_token"), "passphrase": words}
    return browser.post(f"/shared/{token}", given, status)


def locked(app: Flask, made: WithList) -> tuple[str, str]:
    return make_link(app, made.shortlist, passphrase_hash=hashed(WORDS))


def test_the_right_words_open_the_list_in_this_browser_only(app: Flask, made: WithList) -> None:
    _, token = share(app, made, passphrase="Teapot  LADDER cloud ")
    browser, other = PageClient(app), PageClient(app)
    asked = browser.get(f"/shared/{token}")
    assert REASON not in asked.words
    # A form sent over https without a referrer is refused.
    assert asked.response.headers["Referrer-Policy"] == "same-origin"
    assert asked.response.headers["Cache-Control"] == "no-store"
    assert browser.client.get(f"/shared/{token}/list.pdf").status_code == 404
    told = unlock(browser, token, " teapot Ladder cloud", 303)
    assert told.response.location == f"/shared/{token}"
    assert REASON in browser.get(f"/shared/{token}").words
    assert browser.client.get(f"/shared/{token}/list.pdf").status_code == 200
    assert REASON not in other.get(f"/shared/{token}").words
    assert other.client.get(f"/shared/{token}/list.pdf").status_code == 404
    assert other.client.get(f"/shared/{token}/dates.ics").status_code == 404


def test_the_words_open_their_own_link_and_for_two_hours(
    app: Flask, made: WithList, monkeypatch: pytest.MonkeyPatch
) -> None:
    (_, token), (_, second) = locked(app, made), locked(app, made)
    browser = PageClient(app)
    unlock(browser, token, WORDS, 303)
    assert REASON not in browser.get(f"/shared/{second}").words
    later = now() + OPEN_FOR
    monkeypatch.setattr("portal.clock.now", lambda: later)
    assert REASON not in browser.get(f"/shared/{token}").words


def test_a_browser_remembers_a_few_links_and_no_more(app: Flask, made: WithList) -> None:
    browser = PageClient(app)
    for _ in range(7):
        _, token = locked(app, made)
        unlock(browser, token, WORDS, 303)
        assert REASON in browser.get(f"/shared/{token}").words
    with browser.client.session_transaction() as session:
        assert len(session[OPENED]) == 5


def test_wrong_words_are_told_and_ten_an_hour_are_enough(app: Flask, made: WithList) -> None:
    public_id, token = locked(app, made)
    for number in range(10):
        page = unlock(PageClient(app), token, f"wrong {number}", 422)
        assert page.errors == [
            "These are not the words. Look at them again, or ask whoever sent you the link."
        ]
    page = unlock(PageClient(app), token, WORDS, 429)
    assert "too many tries" in page.errors[0]
    # Another link of the same list is not held up.
    _, other = locked(app, made)
    unlock(PageClient(app), other, WORDS, 303)
    with app.app_context():
        earlier = now() - dt.timedelta(hours=1, seconds=1)
        db.session.execute(update(Attempt).values(at=earlier))
        db.session.commit()
    unlock(PageClient(app), token, WORDS, 303)
    assert public_id


def test_of_fifty_wrong_words_at_once_ten_are_looked_at(app: Flask, made: WithList) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    _, token = locked(app, made)

    def guess(number: int) -> int:
        given = {"passphrase": f"wrong {number}"}
        return app.test_client().post(f"/shared/{token}", data=given).status_code

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(guess, range(TOGETHER)))
    assert sorted(answers) == [422] * 10 + [429] * 40


def test_an_empty_or_endless_passphrase_is_not_looked_at(app: Flask, made: WithList) -> None:
    _, token = locked(app, made)
    for words in ("", "   ", "x" * 129):
        unlock(PageClient(app), token, words, 422)
    with app.app_context():
        assert list(db.session.scalars(select(Attempt))) == []


def test_words_for_a_link_that_works_no_more_or_needs_none(app: Flask, made: WithList) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    assert client.post("/shared/nothing", data={"passphrase": WORDS}).status_code == 404
    _, token = make_link(app, made.shortlist)
    assert client.post(f"/shared/{token}", data={"passphrase": "x"}).status_code == 303


# Nothing leaks

MARKERS = ("REF-7734", "Ottoline", "Marlpit", "ottoline@quillbrook.example", "OTHER-REASON",
           "REF-8845", WORDS)  # fmt: skip


def make_known(app: Flask) -> WithList:
    """An adviser and lists full of what nobody at home should read."""
    school = make_organisation(app, kind="school", name="Longbank School", phone="01632 960123")
    adviser = make_adviser(app, organisation=school)
    with app.app_context():
        member = db.session.merge(adviser)
        member.name, member.email = "Ottoline Marlpit", "ottoline@quillbrook.example"
        db.session.commit()
    make_list(app, adviser, reference="REF-8845", keys=[COURSE], reasons=["OTHER-REASON"])
    keys = [ROLE, "vacancies/trainee-potter", "events/open-day"]
    made = make_list(app, adviser, reference="REF-7734", keys=keys, reasons=[REASON] * 3)
    return WithList(adviser, made)


def test_no_reference_adviser_or_other_list_is_told_anywhere(app: Flask) -> None:
    made = make_known(app)
    _, token = make_link(app, made.shortlist)
    client, told = app.test_client(), []
    for path in ("", "/list.pdf", "/dates.ics"):
        response = client.get(f"/shared/{token}{path}")
        assert response.status_code == 200
        body = response.get_data()
        words = words_of(body) if path.endswith("pdf") else body.decode()
        told.append(f"{response.headers}\n{words}\n{body!r}")
        assert (REASON in words) == (path != "/dates.ics")
    assert [marker for marker in (*MARKERS, "01632") if marker in "".join(told)] == []
    # The adviser’s own page would be found.
    own = str(signed_in(app, made.adviser).get(made.path).soup)
    assert "REF-7734" in own


def test_the_dates_are_a_calendar_that_names_no_reason_and_no_link(
    app: Flask, made: WithList
) -> None:
    _, token = make_link(app, made.shortlist)
    response = PageClient(app).client.get(f"/shared/{token}/dates.ics")
    assert response.mimetype == "text/calendar"
    assert response.headers["Content-Disposition"] == "attachment; filename=dates.ics"
    text = response.get_data(as_text=True)
    assert token not in text
    events = Calendar.from_ical(text).walk("VEVENT")
    closes = today() + dt.timedelta(days=20)
    assert closes in [found.decoded("dtstart") for found in events]
    assert REASON not in text


def test_the_token_is_in_no_file_and_no_log(
    app: Flask, made: WithList, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)
    try:
        _, token = share(app, made, passphrase=WORDS)
        _, plain = make_link(app, made.shortlist)
        browser = PageClient(app)
        unlock(browser, token, WORDS, 303)
        unlock(PageClient(app), token, "something else", 422)
        for path in ("", "/list.pdf", "/dates.ics"):
            browser.client.get(f"/shared/{token}{path}")
            browser.client.get(f"/shared/{plain}{path}")
    finally:
        logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
    assert len(caplog.text) > 1_000
    kept = [path for path in Path(app.config["INSTANCE_DIR"]).rglob("*") if path.is_file()]
    assert {path.suffix for path in kept} >= {".sqlite", ".sqlite-wal"}
    content = b"".join(path.read_bytes() for path in kept)
    assert hash_of(token).encode() in content
    for secret in (token, plain, WORDS):
        assert secret.encode() not in content
        assert secret not in caplog.text


def test_a_link_goes_with_its_list(app: Flask, made: WithList) -> None:
    make_link(app, made.shortlist)
    with app.app_context():
        db.session.delete(list_called(made.public_id))
        db.session.commit()
        assert list(db.session.scalars(select(ShareLink))) == []


def test_every_link_of_the_page_goes_to_this_site(app: Flask, made: WithList) -> None:
    _, token = make_link(app, made.shortlist)
    links = PageClient(app).get(f"/shared/{token}").links
    assert {urlsplit(link).scheme for link in links} <= {"", "tel"}
