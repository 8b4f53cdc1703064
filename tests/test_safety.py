"""What must hold on public pages, whatever is sent to them."""

import gc
import hashlib
import random
import re
import string
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import fill, make_app
from everybody import make_pledge
from flask import Flask, url_for
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from members import make_member
from pages import PageClient
from placements import make_listing, make_request
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.accounts.access import who_may_enter
from portal.accounts.links import hash_of
from portal.catalogue.models import Wish
from portal.clock import now, today
from portal.config import UnsafeConfigurationError, read_settings
from portal.extensions import db
from portal.headers import HEADERS
from portal.placements.asking import plain
from portal.placements.life import Stage
from portal.placements.views import remembering
from portal.provision.spreadsheet import defused
from portal.taxonomy import AcademicYear

SAMPLE = {
    "slug": "bricklayer",
    "filename": "portal.css",
    "statement": "privacy",
    "name": "level",
    "folder": "roles",
    "kind": "role",
    "token": "nobodys",
    "public_id": "nobodys",
    "plural": "events",
    "act": "publish",
    "number": 2,
    "format": "courses",
    "part": "what",
    "year": str(AcademicYear.of(today())),
    "said": "booked",
    "item_id": "nobodys",
    "link_id": "nobodys",
}
# A page whose address is a secret, or that is one person’s, tells nobody where one came from.
STRICTER = {"Referrer-Policy": {HEADERS["Referrer-Policy"], "no-referrer", "same-origin"}}
# The one picture that other sites may show.
BADGE = f"/pledges/{SAMPLE['year']}/{SAMPLE['slug']}/badge.svg"
ELSEWHERE = {BADGE: {"Cross-Origin-Resource-Policy": {"same-origin", "cross-origin"}}}


def every_address(app: Flask) -> list[tuple[str, str]]:
    """Endpoint and a sample address of every rule of the URL map."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            values = {name: SAMPLE[name] for name in rule.arguments}
            found.append((rule.endpoint, url_for(rule.endpoint, **values)))
    return found


def test_every_route_says_who_may_enter(catalogue: Flask) -> None:
    unsaid = [e for e, _ in every_address(catalogue) if who_may_enter(catalogue, e) is None]
    assert unsaid == [], "mark these views with @open_to_everyone, or say who may enter"


def test_a_view_that_says_nothing_answers_like_a_page_that_does_not_exist(
    small_app: Flask,
) -> None:
    small_app.add_url_rule("/secret", "secret", lambda: "the secret")
    client = small_app.test_client()
    refused, missing = client.get("/secret"), client.get("/nowhere")
    assert refused.status_code == 404
    assert refused.data == missing.data
    assert dict(refused.headers) == dict(missing.headers)


def test_headers_stand_on_every_route_and_status(catalogue: Flask) -> None:
    client = catalogue.test_client()
    addresses = [a for _, a in every_address(catalogue)]
    addresses += ["/nowhere", "/roles/nobody", "/static/nothing.css"]
    for address in addresses:
        for method in ("GET", "POST", "PUT"):
            assert_headers(client.open(address, method=method, buffered=True), method, address)
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def assert_headers(response: TestResponse, method: str, address: str) -> None:
    for name, value in HEADERS.items():
        allowed = ELSEWHERE.get(address, {}).get(name) or STRICTER.get(name, {value})
        assert response.headers.get(name) in allowed, f"{method} {address} lacks {name}"


@pytest.fixture
def lived_in(small_app: Flask) -> tuple[FlaskClient, list[str]]:
    """A city with experiences and pledges, whoever follows a request there, and all addresses."""
    listing = make_listing(small_app, slug=SAMPLE["slug"])
    make_pledge(small_app, make_member(small_app, kind="employer"), slug=str(SAMPLE["slug"]))
    asked = make_request(small_app, Stage.AWAITING_CONSENT, listing=listing)
    booked = make_request(small_app, Stage.BOOKED, listing=listing)
    fill(small_app)
    client = small_app.test_client()
    with client.session_transaction() as session:
        session[remembering.FOLLOWED] = [hash_of(plain(booked.code)), now().isoformat()]
    addresses = [a for _, a in every_address(small_app)]
    assert client.get("/requests/mine").status_code == 200
    assert client.get(BADGE).status_code == 200
    return client, [*addresses, f"/consent/{asked.consent_token}"]


def test_headers_stand_where_there_is_something_to_see(
    lived_in: tuple[FlaskClient, list[str]],
) -> None:
    client, addresses = lived_in
    for address in addresses:
        assert_headers(client.get(address, buffered=True), "GET", address)


def dump(app: Flask) -> str:
    with app.app_context():
        tables = db.metadata.sorted_tables
        rows = [str(db.session.execute(select(table)).all()) for table in tables]
        return hashlib.sha256("".join(rows).encode()).hexdigest()


def test_no_get_changes_state(small_app: Flask, lived_in: tuple[FlaskClient, list[str]]) -> None:
    client, addresses = lived_in
    before = dump(small_app)
    for address in addresses:
        client.get(address, buffered=True)
        client.get(f"{address}?q=kiln&near=ST1&page=2&age=16&yes=y&is_parent=y", buffered=True)
    assert dump(small_app) == before


def test_reading_sets_no_cookie(page: PageClient) -> None:
    for address in ("/", "/search?q=nurse", "/roles/bricklayer", "/guides", "/talk?age=16"):
        assert "Set-Cookie" not in page.client.get(address).headers


def test_telling_us_works_without_script_and_counts_once(small_app: Flask) -> None:
    page = PageClient(small_app)
    small_app.config["WTF_CSRF_ENABLED"] = True
    form = page.get("/tell-us?q=pottery+evening+class")
    assert form.value_of("words") == "pottery evening class"
    fields = {name: form.value_of(name) for name in ("csrf_token", "token", "words")}
    for _ in range(3):
        answer = page.post("/tell-us", {**fields, "district": "st4"}, status=303)
        assert answer.response.location == "/tell-us/thank-you"
    with small_app.app_context():
        wish = db.session.query(Wish).one()
        assert (wish.words, wish.district) == ("pottery evening class", "ST4")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"words": ""}, "Write what you were looking for."),
        ({"words": "x" * 201}, "Use 200 characters at most."),
        ({"district": "ST4 2DE"}, "Write only the first half, such as ST4."),
        ({"website": "http://spam.example"}, "Leave this field empty."),
    ],
)
def test_a_mistake_in_the_form_is_told_and_nothing_is_lost(
    small_app: Flask, changes: dict[str, str], told: str
) -> None:
    small_app.config["WTF_CSRF_ENABLED"] = False
    client = small_app.test_client()
    fields = {"token": "t" * 20, "words": "a class", "district": "ST4"} | changes
    answer = client.post("/tell-us", data=fields)
    body = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert told in body
    assert "There is a problem" in body
    if "words" not in changes:
        assert 'value="a class"' in body
    with small_app.app_context():
        assert db.session.query(Wish).count() == 0


def test_a_form_without_its_token_is_refused(small_app: Flask) -> None:
    small_app.config["WTF_CSRF_ENABLED"] = True
    answer = small_app.test_client().post("/tell-us", data={"words": "x", "token": "y"})
    assert answer.status_code == 400
    with small_app.app_context():
        assert db.session.query(Wish).count() == 0


SCRIPTS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "{{ 7*7 }}",
    "</title><script>alert(1)</script>",
    "<svg/onload=alert(1)>",
    "%3Cscript%3Ealert(1)%3C/script%3E",
]


@pytest.mark.parametrize("payload", SCRIPTS)
def test_script_in_a_search_stays_words(page: PageClient, payload: str) -> None:
    for address, parameters in (
        ("/search", {"q": payload, "near": payload}),
        ("/tell-us", {"q": payload}),
        ("/talk", {"age": payload, "situation": payload}),
    ):
        response = page.client.get(address, query_string=parameters)
        body = response.get_data(as_text=True)
        assert response.status_code == 200
        soup = BeautifulSoup(body, "html.parser")
        assert all(script.get("src") for script in soup.find_all("script"))
        handlers = [n for tag in soup.find_all(True) for n in tag.attrs if n.startswith("on")]
        assert handlers == []
        assert not soup.find_all("img")
        assert not [a for a in soup.find_all("a") if str(a.get("href")).startswith("javascript")]
        assert "7*7" in body or "7*7" not in payload


def hostile(seed: int, number: int) -> list[str]:
    """Queries made to hurt."""
    chance = random.Random(seed)  # noqa: S311 - only shapes data
    parts = [
        *(
            [
                "*",
                "?",
                "a*",
                "title:",
                "text:x",
                "AND",
                "OR",
                "NOT",
                "(",
                ")",
                "~9",
                "^99",
                "%",
                "_",
                "-",
                "--",
                ";",
                "[a",
                "TO",
                "z]",
            ]
        ),
        *('"', "\\", "\x00", "\u202e", "\ud7ff", "' OR 1=1 --"),
        *("é" * 40, "a" * 100, "1" * 30),
        *("ab" * 50, "😀" * 20, "level" * 20),
    ]
    queries = []
    for _ in range(number):
        words = [chance.choice(parts) for _ in range(chance.randint(1, 30))]
        words += ["".join(chance.choices(string.printable, k=chance.randint(0, 40)))]
        queries.append(" ".join(words))
    return queries


def test_a_thousand_hostile_searches_never_fail(page: PageClient) -> None:
    for typed in hostile(seed=7, number=1000):
        response = page.client.get("/search.json", query_string={"q": typed, "page": typed[:9]})
        assert response.status_code == 200, typed


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=60), max_size=8))
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_parameters_are_answered(page: PageClient, parameters: dict[str, str]) -> None:
    for address in ("/search", "/suggest.json", "/talk", "/tell-us", "/roles/bricklayer"):
        assert page.client.get(address, query_string=parameters).status_code == 200


def test_searches_that_find_nothing_are_counted_as_words_only(small_app: Flask) -> None:
    client = small_app.test_client()
    for _ in range(3):
        client.get("/search?q=astronaut")
    client.get("/search?q=kiln")
    misses = small_app.extensions["search_misses"]
    [(month, words, times)] = misses.most(at_least=3)
    assert (words, times) == ("astronaut", 3)
    assert re.fullmatch(r"\d{4}-\d{2}", month)
    assert misses.most(at_least=4) == []


def test_a_search_never_fails_for_the_sake_of_counting(small_app: Flask) -> None:
    path = small_app.extensions["search_misses"].path
    path.unlink(missing_ok=True)
    path.mkdir()
    assert small_app.test_client().get("/search?q=astronaut").status_code == 200


@given(st.text(max_size=40))
def test_a_cell_for_a_spreadsheet_never_begins_like_a_formula(words: str) -> None:
    assert defused(words)[:1] not in {"=", "+", "-", "@", "\t", "\r"}


SAFE = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "kX8vQ2mZpL5nR9tYwB3jF6hD1sG4aC7eU0iO",
    "TRUSTED_HOSTS": ["pathways.example"],
    "BASE_URL": "https://pathways.example",
    "RATE_LIMIT_STORE": "redis://127.0.0.1:6379",
    "MAIL_SERVER": "smtps://mail.example",
}


def test_a_safe_production_configuration_is_accepted() -> None:
    assert read_settings(SAFE, {})["ENVIRONMENT"] == "production"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"SECRET_KEY": ""}, "PORTAL_SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "PORTAL_SECRET_KEY"),
        ({"SECRET_KEY": "a" * 64}, "random"),
        ({"TRUSTED_HOSTS": []}, "PORTAL_TRUSTED_HOSTS"),
        ({"BASE_URL": "http://pathways.example"}, "https"),
        ({"RATE_LIMIT_STORE": "memory://"}, "PORTAL_RATE_LIMIT_STORE"),
        ({"MAIL_SERVER": ""}, "PORTAL_MAIL_SERVER"),
        ({"ENVIRONMENT": "live"}, "PORTAL_ENVIRONMENT"),
    ],
)
def test_an_unsafe_configuration_refuses_to_start_and_says_why(
    change: dict[str, object], told: str
) -> None:
    with pytest.raises(UnsafeConfigurationError, match=told):
        read_settings({**SAFE, **change}, {})


def test_a_setting_that_cannot_be_read_is_named() -> None:
    with pytest.raises(UnsafeConfigurationError, match="PORTAL_PROXIES"):
        read_settings({}, {"PORTAL_PROXIES": "two"})


def test_a_foreign_host_is_refused(tmp_path: Path, small_content: Path) -> None:
    app = make_app(tmp_path / "hosts", small_content, TRUSTED_HOSTS=["pathways.example"])
    client = app.test_client()
    assert client.get("/healthz", base_url="https://pathways.example").status_code == 200
    assert client.get("/healthz", base_url="https://evil.example").status_code == 400


def test_a_file_that_a_browser_has_already_is_not_left_open(catalogue: Flask) -> None:
    """Left open, it would be told as a warning when it is thrown away, which fails a test."""
    client = catalogue.test_client()
    tag = client.get("/static/favicon.svg").headers["ETag"]
    kept = client.get("/static/favicon.svg", headers={"If-None-Match": tag})
    assert kept.status_code == 304
    del kept
    gc.collect()
