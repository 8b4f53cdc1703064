"""Requests do what their form says: no more than it asks for by posting, nothing by looking."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from flask import redirect, request
from sqlalchemy import select, update
from test_access import ADMITS, EVERYONE, Cast, addresses, row_of
from test_access import cast as cast  # noqa: PLC0414 - a fixture, which pytest finds by its name
from test_workspace import MAIN, WRITTEN
from werkzeug.wrappers import Response

from portal.accounts.models import Organisation, SignIn
from portal.accounts.people import current_member
from portal.clock import today
from portal.extensions import db
from portal.publishing.models import Offer

MADE_UP = "over-posted"
# What is by chance or the clock, and so differs between two requests that do the same.
BY_CHANCE = {"public_id", "token", "token_hash", "text", "key", "code_hash", "id", "at"}
ASKED_OF_AN_EVENT = {
    "title", "summary", "who_for", "sector", "event_type", "day", "begins", "ends", "is_online",
    "venue", "address", "town", "district", "cost", "book_url", "token", "version", "then",
}  # fmt: skip
WHO = ("owner", "moderator")
REASON = {"revision": "1", "tick_title": "y", "words_title": "Say more."}
DOWN = {f"down_{name}": value for name, value in REASON.items() if name != "revision"}
CALL = {
    "register": "Active", "mail_fits": "yes", "rang": "01632 960001", "answered": "Sam",
    "rang_on": today().isoformat(), "listed": "",
}  # fmt: skip
# What each form sends that does something, and what else it may ask for.
FORMS: dict[str, tuple[dict[str, str], set[str]]] = {
    "account.details": ({"name": "Alex"}, {"job_title"}),
    "account.password": ({"present": "x", "password": "teapot lantern gravel"}, set()),
    "account.recovery_codes": ({"present": "x"}, set()),
    "account.another_phone": ({"present": "x"}, set()),
    "account.stop_second_factor": ({"present": "x"}, set()),
    "account.second_factor": ({"code": "000000"}, set()),
    "account.end_sign_in": ({}, set()),
    "account.end_others": ({}, set()),
    "members.everybody": (
        {"name": "Jo", "email": "jo@kilnhurst.example", "roles": "editor"},
        set(),
    ),
    "members.person": ({"roles": "editor"}, set()),
    "members.invite_again": ({}, set()),
    "members.suspend": ({"why": "They left."}, set()),
    "members.reinstate": ({}, set()),
    "members.stop_second_factor": ({}, set()),
    "members.remove": ({}, set()),
    "workspace.keep_up": ({"offer": "OFFER"}, set()),
    "workspace.take_over": ({}, set()),
    "offers.together": ({"act": "pause", "offer": "OFFER.1"}, set()),
    "offers.new": (WRITTEN["events"], ASKED_OF_AN_EVENT),
    "offers.edit": (WRITTEN["events"] | {"version": "1"}, ASKED_OF_AN_EVENT),
    "offers.do": ({}, {"token"}),
    "venues.new": (MAIN, {"county", "email", "phone", "website"}),
    "venues.one": (MAIN, {"county", "email", "phone", "website"}),
    "venues.delete": ({}, set()),
    "uploads.send": ({"token": "x"}, set()),
    "uploads.mend": ({"VENUE_NAME": "Hall"}, set()),
    "uploads.explain": ({}, set()),
    "uploads.decide": ({}, set()),
    "desk.approve": ({"revision": "1"}, set()),
    "desk.send_back": (REASON, set()),
    "desk.take_down": (DOWN, set()),
    "desk.mark_reviewed": ({"read": "OFFER.1"}, set()),
    "organisations.verify": (CALL, {"is_trusted"}),
    "organisations.refuse": ({"why": "Nobody knows it."}, set()),
    "organisations.suspend": ({"why": "It asked for money."}, set()),
    "organisations.reinstate": ({"why": "A mistake."}, set()),
    "organisations.trust": ({"is_trusted": "no"}, set()),
    "reports.settle": ({"decision": "We rang them."}, set()),
}


# Where what everybody has does not stand for a form to do something.
STANDING: dict[str, tuple[type[Any], dict[str, str]]] = {
    "desk.approve": (Offer, {"state": "submitted"}),
    "desk.send_back": (Offer, {"state": "submitted"}),
    "organisations.verify": (Organisation, {"standing": "applied"}),
    "organisations.refuse": (Organisation, {"standing": "applied"}),
    "organisations.reinstate": (Organisation, {"standing": "suspended"}),
}


def added(endpoint: str) -> Iterator[dict[str, str]]:
    """Every column of every table: with a value that it would take, then with a made-up one."""
    fields, asked = FORMS[endpoint]
    tables = db.metadata.sorted_tables
    names = {c.name for t in tables for c in t.columns} - asked - set(fields)
    would_take = {
        "state": "live", "standing": "verified", "roles": "moderator", "kind": "council",
        "kept_by": "content", "status": "live", "email": "mine@evil.example", "approved": "2",
    }  # fmt: skip
    yield {name: would_take.get(name, "1") for name in sorted(names)}
    yield dict.fromkeys(sorted(names), MADE_UP)


def kept(cast: Cast) -> dict[str, list[Any]]:
    """Every row of every table, but for what is by chance or the clock."""
    with cast.app.app_context(), db.engine.connect() as connection:
        return {
            table.name: [
                tuple(value for name, value in row.items() if is_of_the_form(name, value))
                for row in connection.execute(select(table)).mappings()
            ]
            for table in db.metadata.sorted_tables
            if table.name != "attempt"
        }


def is_of_the_form(name: str, value: object) -> bool:
    return name not in BY_CHANCE and not isinstance(value, dt.datetime)


def begin(cast: Cast, endpoint: str) -> None:
    """Put everything where it was, and where a form has something to do."""
    cast.restore()
    if endpoint not in STANDING:
        return
    model, values = STANDING[endpoint]
    public_id = cast.things["owner", model.__tablename__]
    with cast.app.app_context():
        db.session.execute(update(model).where(model.public_id == public_id).values(values))
        db.session.commit()


def after(cast: Cast, endpoint: str, who: str, fields: dict[str, str]) -> dict[str, list[Any]]:
    """What is kept after a request, from the same beginning."""
    begin(cast, endpoint)
    address = addresses(cast, endpoint, who, own=True)
    offer = cast.things["owner", "offer"]
    sent = {name: value.replace("OFFER", offer) for name, value in fields.items()}
    answer = cast.client(who).client.post(address, data=sent, buffered=True)
    assert answer.status_code in {200, 303, 404, 409, 422}, f"{endpoint}: {answer.status_code}"
    return kept(cast)


def posting(cast: Cast) -> list[str]:
    """Every endpoint behind sign-in that something can be posted to."""
    return sorted(
        rule.endpoint
        for rule in cast.app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and row_of(rule.endpoint) != EVERYONE
        and rule.endpoint != "signing_in.sign_out"
    )  # fmt: skip


def one_who_may(endpoint: str) -> str:
    return next(who for who in WHO if who in ADMITS[row_of(endpoint)])


def test_every_form_behind_sign_in_is_in_the_table(cast: Cast) -> None:
    assert posting(cast) == sorted(FORMS)


def test_names_of_columns_in_a_form_change_nothing_more(cast: Cast) -> None:
    found, still = [], []
    for endpoint, (fields, _) in FORMS.items():
        who = one_who_may(endpoint)
        begin(cast, endpoint)
        nothing = kept(cast)
        plain = after(cast, endpoint, who, fields)
        if all(plain[name] == nothing[name] for name in plain if name != "sign_in"):
            still.append(endpoint)
        for more in added(endpoint):
            loaded = after(cast, endpoint, who, fields | more)
            found += [f"{endpoint}: {name}" for name in plain if loaded[name] != plain[name]]
            assert MADE_UP not in str(loaded), endpoint
    cast.restore()
    print(f"{len(FORMS)} forms; these change nothing by themselves: {still}")
    assert found == []
    assert len(FORMS) - len(still) >= 20, "too few do anything, so that little is shown by them"


def test_a_view_that_takes_whatever_it_is_sent_is_found(cast: Cast) -> None:
    """The test of the test: a view that over-posting can move."""
    view = cast.app.view_functions["account.details"]
    try:
        cast.app.view_functions["account.details"] = takes_everything
        takes_everything.open_to = view.open_to  # type: ignore[attr-defined]
        more = next(iter(added("account.details")))
        plain = after(cast, "account.details", "owner", {"name": "Alex"})
        loaded = after(cast, "account.details", "owner", {"name": "Alex"} | more)
        assert plain["member"] != loaded["member"]
    finally:
        cast.app.view_functions["account.details"] = view
        cast.restore()


def takes_everything() -> Response:
    member = current_member()
    for name, value in request.form.items():
        if name in {"name", "state", "job_title"}:
            setattr(member, name, value)
    db.session.commit()
    return redirect("/account", code=303)


@pytest.mark.parametrize("who", ["owner", "editor", "employer", "moderator", "adviser"])
def test_looking_changes_nothing_whoever_looks(cast: Cast, who: str) -> None:
    cast.restore()
    client = cast.client(who).client
    before, looked = whole(cast), 0
    for rule in cast.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        for own in (True, False):
            address = addresses(cast, rule.endpoint, who, own=own)
            for query in ("", "?q=kiln&state=live&act=publish&check=1&tick=all&page=2&then=later"):
                client.get(address + query, buffered=True)
                looked += 1
    assert looked > 300
    assert whole(cast) == before


def whole(cast: Cast) -> dict[str, list[Any]]:
    """Every row as it is, but for when a session was last seen."""
    with cast.app.app_context(), db.engine.connect() as connection:
        found = {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in db.metadata.sorted_tables
        }
    for row in found[SignIn.__tablename__]:
        del row["seen_at"]
    return found
