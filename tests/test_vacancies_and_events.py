"""What organisations publish: vacancies, events, and courses without a programme."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import html5lib
import pytest
from bs4 import BeautifulSoup
from builders import (
    make_course,
    make_event,
    make_organisation,
    make_vacancy,
    programme_text,
    publish,
)
from conftest import fill, make_app
from flask import Flask
from icalendar import Calendar
from pages import PageClient
from sqlalchemy import event as database_event
from sqlalchemy import select

from portal.accounts.models import Organisation
from portal.catalogue.loading import load
from portal.catalogue.models import Course, Entry, Event, Programme, Vacancy
from portal.catalogue.whats_on import by_month, time_of_day, weekday
from portal.clock import today
from portal.content.library import read_library
from portal.extensions import db

PROGRAMME = "programmes/engineering/potter-apprenticeship.md"
MOST_QUERIES = 8


@pytest.fixture
def page(small_app: Flask) -> PageClient:
    """A visitor’s browser on the small catalogue."""
    return PageClient(small_app)


def days(number: int) -> dt.date:
    return today() + dt.timedelta(days=number)


def programme_id(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(Programme.id)).one()


def college_id(app: Flask) -> int:
    with app.app_context():
        found = select(Organisation.id).where(Organisation.slug == "town-college")
        return db.session.scalars(found).one()


def results(app: Flask, **asked: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        app.test_client().get("/search.json", query_string=asked).get_json()["results"]
    )
    return found


def titles(app: Flask, **asked: str) -> list[str]:
    return [result["title"] for result in results(app, **asked)]


def reload(app: Flask) -> None:
    with app.app_context():
        load(db.session, read_library(Path(app.config["CONTENT_DIR"])), show_months=18)


def test_a_vacancy_says_everything_a_person_asks(small_app: Flask, page: PageClient) -> None:
    publish(small_app, make_vacancy(length="18 months", places=2, starts_on=days(90)))
    found = page.get("/vacancies/trainee-potter")
    for words in ("Bramble Kilns", "Hanley, ST1", "£8.00 an hour", "37 hours a week", "18 months",
                  "What you will do", "Load the kiln.", "What you need", "To turn up on time.",
                  "What you will learn", "How clay behaves.", "Applying for a job is free",
                  "Published by Bramble Kilns", "last confirmed on"):  # fmt: skip
        assert words in found.words
    assert "https://bramble-kilns.example/jobs" in found.links
    assert "Apply on bramble-kilns.example" in found.words
    assert "What shows that it exists" not in found.words


@pytest.mark.parametrize(
    ("left", "told"),
    [(0, "Closes today."), (1, "Closes tomorrow,"), (14, ", 14 days left."), (15, "Closes ")],
)
def test_a_vacancy_says_how_long_there_is_to_apply(
    small_app: Flask, page: PageClient, left: int, told: str
) -> None:
    publish(small_app, make_vacancy(closes_on=days(left)))
    words = page.get("/vacancies/trainee-potter").words
    assert told in words
    assert ("days left" in words) == (left == 14)


def test_a_vacancy_leads_to_its_programme_and_provider(small_app: Flask, page: PageClient) -> None:
    publish(
        small_app,
        make_vacancy(programme_id=programme_id(small_app), organisation_id=college_id(small_app)),
    )
    found = page.get("/vacancies/trainee-potter")
    assert "/programmes/potter-apprenticeship" in found.links
    assert "/providers/town-college" in found.links


@pytest.mark.parametrize(
    "address",
    ["/programmes/potter-apprenticeship", "/roles/kiln-worker", "/providers/town-college"],
)
def test_an_open_vacancy_stands_on_the_pages_it_belongs_to(
    small_app: Flask, page: PageClient, address: str
) -> None:
    assert "/vacancies/trainee-potter" not in page.get(address).links
    publish(
        small_app,
        make_vacancy(programme_id=programme_id(small_app), organisation_id=college_id(small_app)),
    )
    assert "/vacancies/trainee-potter" in page.get(address).links


def test_a_step_of_a_route_says_what_is_open_now(small_app: Flask, page: PageClient) -> None:
    publish(small_app, make_vacancy(programme_id=programme_id(small_app)))
    found = page.get("/plan/to/roles/kiln-worker?level=none&age=16")
    assert "/vacancies/trainee-potter" in found.links
    assert "Open now: Trainee potter with Bramble Kilns" in found.words


@pytest.mark.parametrize("make", [make_vacancy, make_event])
def test_what_is_past_its_last_day_is_gone_from_everywhere(
    small_app: Flask, page: PageClient, make: Callable[..., Entry]
) -> None:
    entry = make("past", title="Zebra crossing", show_until=days(-1))
    entry.closes_on = days(-1)
    path = entry.path
    publish(small_app, entry)
    assert page.get(path, status=410).heading == "This has been taken down"
    assert titles(small_app, q="zebra crossing") == []
    for address in ("/vacancies", "/events"):
        assert path not in page.get(address).links


def test_vacancies_stand_in_the_order_in_which_they_close(
    small_app: Flask, page: PageClient
) -> None:
    publish(
        small_app,
        make_vacancy("never", title="A", closes_on=None, show_until=days(9)),
        make_vacancy("late", title="B", closes_on=days(30)),
        make_vacancy("soon", title="C", closes_on=days(2)),
    )
    order = ["/vacancies/soon", "/vacancies/late", "/vacancies/never"]
    assert [a for a in page.get("/vacancies").links if a.startswith("/vacancies/")] == order
    assert titles(small_app, kind="vacancy", sort="closing") == ["C", "B", "A"]
    assert titles(small_app, kind="vacancy", sort="title") == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("address", "ways"),
    [
        ("/vacancies", ["https://www.findapprenticeship.service.gov.uk", "/search?kind=course"]),
        ("/events", ["/providers", "/search?kind=course"]),
        ("/events?type=fair", ["/events", "/providers"]),
    ],
)
def test_an_empty_list_says_kindly_what_to_do_instead(
    page: PageClient, address: str, ways: list[str]
) -> None:
    nothing = page.get(address).soup.select_one(".nothing")
    assert nothing is not None
    links = [a["href"] for a in nothing.find_all("a")]
    assert set(ways) <= set(links)
    assert "/talk" in links


def test_an_event_says_when_where_who_for_and_who_runs_it(
    small_app: Flask, page: PageClient
) -> None:
    publish(
        small_app,
        make_event(
            book_url="https://book.example/x", body="Tea.", organisation_id=college_id(small_app)
        ),
    )
    found = page.get("/events/open-day")
    for words in ("Open day", weekday(days(10)), "The Glost House, Hanley, ST1", "Tea.",
                  "Anybody from Year 9 up", "Free", "Book on book.example",
                  "Published by Town College", "last confirmed on"):  # fmt: skip
        assert words in found.words
    assert {"/providers/town-college", "/events/open-day.ics"} <= set(found.links)
    assert "What is on" in page.get("/providers/town-college").words


def test_events_stand_by_month_and_can_be_narrowed_to_one_type(
    small_app: Flask, page: PageClient
) -> None:
    first = dt.datetime.combine(days(10), dt.time(9))
    later = first + dt.timedelta(days=40)
    publish(
        small_app,
        make_event("fair", event_type="fair", starts_at=later, ends_at=later, show_until=days(50)),
        make_event("open-day", starts_at=first, ends_at=first),
    )
    found = page.get("/events")
    assert [a for a in found.links if "/events/" in a] == ["/events/open-day", "/events/fair"]
    months = [h.get_text() for h in found.soup.select("main h2")]
    assert months == [f"{day:%B %Y}" for day in (first, later)]
    fairs = page.get("/events?type=fair")
    assert [a for a in fairs.links if "/events/" in a] == ["/events/fair"]
    assert fairs.heading == "What is on: fairs"
    assert len(page.get("/events?type=nonsense").links) == len(found.links)


@pytest.mark.parametrize(
    ("moment", "day", "time"),
    [
        ("2027-01-05T09:00", "Tuesday 5 January 2027", "9am"),
        ("2027-06-05T09:00", "Saturday 5 June 2027", "10am"),
        ("2027-06-05T17:30", "Saturday 5 June 2027", "6.30pm"),
        ("2027-01-05T12:00", "Tuesday 5 January 2027", "midday"),
        ("2027-01-05T00:05", "Tuesday 5 January 2027", "12.05am"),
        ("2027-05-31T23:30", "Tuesday 1 June 2027", "12.30am"),
    ],
)
def test_events_are_told_by_the_clocks_of_the_city(moment: str, day: str, time: str) -> None:
    stored = dt.datetime.fromisoformat(moment)
    event = make_event(starts_at=stored, ends_at=stored)
    assert weekday(event.begins) == day
    assert time_of_day(event.begins) == time
    assert by_month([event])[0][0] == day.split(" ", 2)[2]


def calendar_of(app: Flask, slug: str = "open-day") -> Any:  # noqa: ANN401 - icalendar’s own
    answer = app.test_client().get(f"/events/{slug}.ics")
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={slug}.ics"
    [entry] = Calendar.from_ical(answer.get_data()).walk("VEVENT")
    return entry


def test_an_event_goes_into_a_calendar_and_is_brought_up_to_date_there(small_app: Flask) -> None:
    publish(small_app, make_event(title="Kilns"))
    first = calendar_of(small_app)
    assert first["dtstart"].dt == dt.datetime.combine(days(10), dt.time(9), dt.UTC)
    assert first["location"] == "The Glost House, Hanley, ST1"
    assert first["url"] == "http://127.0.0.1:5000/events/open-day"
    assert first["dtstamp"].dt.date() == today()
    with small_app.app_context():
        changed = db.session.scalars(select(Event)).one()
        changed.title = "Kilns and clay"
        db.session.expunge(changed)
    publish(small_app, changed)
    again = calendar_of(small_app)
    assert again["uid"] == first["uid"]
    assert again["sequence"] > first["sequence"]
    assert again["summary"] == "Kilns and clay"


def test_words_cannot_break_out_of_a_calendar_file(small_app: Flask) -> None:
    title = "Clay;\r\nATTENDEE:mailto:x@y.example\nEND:VEVENT, and \\n more"
    publish(small_app, make_event(title=title))
    entry = calendar_of(small_app)
    assert "attendee" not in entry
    assert "ATTENDEE" in entry["summary"]


def test_the_file_of_an_event_that_is_over_has_gone_too(small_app: Flask) -> None:
    publish(small_app, make_event(show_until=days(-1)))
    assert small_app.test_client().get("/events/open-day.ics").status_code == 410
    assert small_app.test_client().get("/events/nothing.ics").status_code == 404


OWN = {
    "level_slug": "2",
    "sector": "engineering",
    "who_for": "Anybody with clay to spare.",
    "what_you_learn": "How a wheel turns.",
    "how_you_learn": "In a shed.",
    "what_to_bring": "An apron.",
    "how_assessed": "No test.",
    "where_next": "A bigger shed.",
    "awarding_body": "Invented Awards",
    "reference": "SECRET-77",
    "venue_address": "1 Shed Lane",
    "is_flexible_start": True,
}


def test_a_course_without_a_programme_stands_on_its_own(small_app: Flask, page: PageClient) -> None:
    publish(small_app, make_course(organisation_id=college_id(small_app), **OWN))
    found = page.get("/courses/throwing-pots")
    for name, words in OWN.items():
        if isinstance(words, str) and name not in {"level_slug", "sector", "reference"}:
            assert words in found.words
    for words in ("Kept right by the provider itself, last on", "Level 2", "When it suits you",
                  "Published by Town College", "last confirmed on"):  # fmt: skip
        assert words in found.words
    for words in ("SECRET-77", "English and maths", "What it costs you", "More about it"):
        assert words not in found.words
    assert "/courses/throwing-pots" in page.get("/providers/town-college").links


def test_a_course_says_that_it_can_be_had_anywhere(small_app: Flask, page: PageClient) -> None:
    publish(
        small_app,
        make_course("all", is_national=True, organisation_id=college_id(small_app)),
        make_course("some", sub_regions=["Kent", "Essex"], organisation_id=college_id(small_app)),
    )
    assert "Anywhere in England" in page.get("/courses/all").words
    assert "At an employer in Kent or Essex" in page.get("/courses/some").words


def test_a_course_of_a_programme_that_its_provider_keeps_shows_what_the_programme_says(
    small_app: Flask, page: PageClient
) -> None:
    own = {**OWN, "programme_id": programme_id(small_app)}
    publish(small_app, make_course(organisation_id=college_id(small_app), **own))
    found = page.get("/courses/throwing-pots")
    for words in (
        "English and maths",
        "Ask the provider what it costs",
        "More about it",
        "An apron.",
    ):
        assert words in found.words
    assert "/courses/potter-town" in found.links


def test_a_course_without_a_programme_stands_in_its_square_and_in_no_hold(
    small_app: Flask, page: PageClient
) -> None:
    before = page.get("/plan/to/roles/kiln-worker?level=none&age=16").words
    publish(small_app, make_course(organisation_id=college_id(small_app), **OWN))
    square = page.get("/climbing-frame/squares/2-engineering")
    assert "/courses/throwing-pots" in square.links
    assert "/courses/throwing-pots" not in page.get("/climbing-frame/squares/3-engineering").links
    assert page.get("/plan/to/roles/kiln-worker?level=none&age=16").words == before


def test_a_square_with_only_such_a_course_is_not_empty(small_app: Flask, page: PageClient) -> None:
    own = {**OWN, "level_slug": "5"}
    assert "Nothing stands here yet" in page.get("/climbing-frame/squares/5-engineering").words
    publish(small_app, make_course(organisation_id=college_id(small_app), **own))
    words = page.get("/climbing-frame/squares/5-engineering").words
    assert "Throwing pots" in words
    assert "Nothing stands here yet" not in words


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Ladle and Loom", "Trainee potter"),
        ("Glost Training", "Trainee potter"),
        ("clay behaves", "Trainee potter"),
        ("Come and see", "Come and see the kilns"),
        ("Glost House", "Come and see the kilns"),
        ("shed", "Throwing pots"),
        ("wheel turns", "Throwing pots"),
        ("Invented Awards", "Throwing pots"),
    ],
)
def test_what_organisations_publish_is_found_by_its_own_words(
    small_app: Flask, typed: str, found: str
) -> None:
    publish(
        small_app,
        make_vacancy(training_provider="Glost Training", employer_name="Ladle and Loom"),
        make_event(),
        make_course(
            organisation_id=college_id(small_app),
            summary="In a shed.",
            **{name: OWN[name] for name in ("what_you_learn", "awarding_body")},
        ),
    )
    assert titles(small_app, q=typed)[0] == found


def test_search_says_what_one_must_know_of_a_vacancy_and_an_event(
    small_app: Flask, page: PageClient
) -> None:
    publish(small_app, make_vacancy(), make_event())
    [vacancy] = results(small_app, kind="vacancy")
    assert vacancy["employer"] == "Bramble Kilns"
    assert vacancy["closes_on"] == days(20).isoformat()
    [event] = results(small_app, kind="event")
    assert event["happens_on"] == days(10).isoformat()
    assert "closes_on" not in event
    words = page.get("/search?q=kiln&sort=closing").words
    assert f"Closes {days(20).day} " in words
    assert "Closes soonest" in words
    assert "Bramble Kilns" in words


def test_a_typed_vacancy_is_a_kind_that_can_be_taken_off(
    small_app: Flask, page: PageClient
) -> None:
    publish(small_app, make_vacancy())
    found = page.get("/search?q=kiln+vacancies")
    assert found.results == ["/vacancies/trainee-potter"]
    assert found.soup.select_one("input[value=vacancy][checked]")


def test_an_apprenticeship_vacancy_is_found_as_an_apprenticeship(small_app: Flask) -> None:
    publish(small_app, make_vacancy(programme_id=programme_id(small_app)), make_event())
    assert "Trainee potter" in titles(small_app, family="apprenticeship")
    assert "Come and see the kilns" not in titles(small_app, family="apprenticeship")


def test_distance_counts_for_what_has_a_place_only(small_app: Flask) -> None:
    college = college_id(small_app)
    publish(
        small_app,
        make_vacancy("here", title="Here"),
        make_vacancy("unknown", title="Unknown", district=None),
        make_event("online", title="Online", is_online=True, district=None),
        make_course("all", title="Anywhere", is_national=True, organisation_id=college),
        make_course("none", title="Nowhere", organisation_id=college),
    )
    near = titles(small_app, near="hanley", within="2")
    assert {"Here", "Online", "Anywhere"} <= set(near)
    assert not {"Unknown", "Nowhere"} & set(near)


def test_starting_soonest_counts_events_and_vacancies_too(small_app: Flask) -> None:
    publish(small_app, make_vacancy(starts_on=days(3)), make_event())
    order = titles(small_app, sort="soonest")
    assert order[:2] == ["Trainee potter", "Come and see the kilns"]


def test_loading_content_leaves_alone_what_organisations_published(
    small_app: Flask, page: PageClient
) -> None:
    publish(
        small_app,
        make_vacancy(),
        make_event(),
        make_course(organisation_id=college_id(small_app)),
    )
    reload(small_app)
    with small_app.app_context():
        report = load(
            db.session, read_library(Path(small_app.config["CONTENT_DIR"])), show_months=18
        )
        assert report.is_empty
    for address in ("/vacancies/trainee-potter", "/events/open-day", "/courses/throwing-pots"):
        assert page.get(address).heading


def test_a_renamed_programme_changes_what_its_vacancies_are_found_by(
    small_app: Flask, small_content: Path
) -> None:
    publish(small_app, make_vacancy(programme_id=programme_id(small_app)))
    assert "Trainee potter" not in titles(small_app, q="clayworker")
    text = programme_text(also_called='["Clayworker"]')
    (small_content / PROGRAMME).write_text(text, encoding="utf-8")
    reload(small_app)
    assert "Trainee potter" in titles(small_app, q="clayworker")


def test_nothing_leads_to_a_programme_that_is_not_shown_any_more(
    small_app: Flask, small_content: Path, page: PageClient
) -> None:
    programme = programme_id(small_app)
    publish(
        small_app,
        make_vacancy(programme_id=programme),
        make_course(programme_id=programme, organisation_id=college_id(small_app)),
    )
    text = programme_text(show_until="2026-11-02")
    (small_content / PROGRAMME).write_text(text, encoding="utf-8")
    reload(small_app)
    for address in ("/vacancies/trainee-potter", "/courses/throwing-pots"):
        assert "/programmes/potter-apprenticeship" not in page.get(address).links


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "college", "standing": "applied"},
        {"kind": "college", "standing": "refused"},
        {"kind": "college", "standing": "suspended"},
        {"kind": "employer", "standing": "verified"},
    ],
)
def test_whoever_is_no_provider_that_visitors_may_see_has_no_page(
    small_app: Flask, page: PageClient, changes: dict[str, str]
) -> None:
    with small_app.app_context():
        db.session.add(make_organisation("Quiet Works", **changes))
        db.session.commit()
    page.get("/providers/quiet-works", status=404)


def test_a_name_that_visitors_may_not_see_is_no_filter(small_app: Flask, page: PageClient) -> None:
    with small_app.app_context():
        db.session.add(make_organisation("Quiet Works", kind="college", standing="applied"))
        db.session.commit()
    publish(small_app, make_event())
    assert "Quiet Works" not in page.get("/search?provider=quiet-works").words
    assert "Town College" in page.get("/search?provider=town-college").words


PAYLOADS = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "**x**"]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_an_organisation_writes_stays_words(
    small_app: Flask, page: PageClient, payload: str
) -> None:
    shown = {"title": payload, "summary": f"About {payload}"}
    publish(
        small_app,
        make_vacancy(**shown, employer_name=payload, what_you_do=payload, wage_words=payload),
        make_event(**shown, body=payload, venue=payload),
        make_course(**shown, who_for=payload, organisation_id=college_id(small_app)),
    )
    addresses = ("/vacancies/trainee-potter", "/events/open-day", "/courses/throwing-pots",
                 "/vacancies", "/events", "/search?kind=vacancy")  # fmt: skip
    for address in addresses:
        body = page.client.get(address).get_data(as_text=True)
        assert "<script>alert" not in body
        assert "<img" not in body
        assert payload in page_words(body)
        if address.count("/") > 1:
            assert page_words(str(BeautifulSoup(body, "html.parser").h1)).strip() == payload


def page_words(body: str) -> str:
    tree = html5lib.parse(body, namespaceHTMLElements=False)
    return "".join(tree.itertext())


ADDRESSES = {
    "vacancy": "/vacancies/trainee-potter",
    "vacancies": "/vacancies",
    "event": "/events/open-day",
    "events": "/events",
    "course": "/courses/throwing-pots",
    "programme": "/programmes/potter-apprenticeship",
    "role": "/roles/kiln-worker",
    "provider": "/providers/town-college",
    "square": "/climbing-frame/squares/2-engineering",
    "route": "/plan/to/roles/kiln-worker?level=none&age=16",
    "file": "/events/open-day.ics",
    "results": "/search?kind=vacancy&kind=event&sort=closing",
}


@pytest.fixture
def busy_app(tmp_path: Path, small_content: Path) -> Flask:
    """Everything an organisation can publish, many times, in a portal that is running."""
    app = make_app(tmp_path / "busy", small_content, CATALOGUE_CHECK_SECONDS=60.0)
    fill(app)
    college, programme = college_id(app), programme_id(app)
    publish(
        app,
        *(
            make(f"{make.__name__}-{n}".replace("_", "-"), organisation_id=college, **more)
            for make, more in (
                (make_vacancy, {"programme_id": programme}),
                (make_event, {}),
                (make_course, {"level_slug": "2", "sector": "engineering"}),
            )
            for n in range(12)
        ),
        make_vacancy(programme_id=programme, organisation_id=college),
        make_event(organisation_id=college),
        make_course(organisation_id=college),
    )
    return app


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)
def test_a_full_page_asks_the_database_little_and_is_well_formed(
    busy_app: Flask, address: str
) -> None:
    page = PageClient(busy_app)
    asked: list[str] = []
    page.get(address)
    with busy_app.app_context():
        engine = db.engine
    database_event.listen(
        engine, "before_cursor_execute", lambda _c, _k, words, *_: asked.append(words)
    )
    answer = page.get(address)
    assert len(asked) <= MOST_QUERIES, asked
    if answer.response.mimetype == "text/html":
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(answer.response.get_data(as_text=True))
        assert parser.errors == []


def test_every_kind_says_who_published_it(small_app: Flask) -> None:
    with small_app.app_context():
        for model in (Course, Vacancy, Event):
            orphan = model(slug="orphan", kind="course")
            with pytest.raises(LookupError, match="orphan"):
                _ = orphan.provider if isinstance(orphan, Course) else orphan.publisher
