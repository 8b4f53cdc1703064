"""Requests do what their form says: no more than it asks for by posting, nothing by looking."""

import datetime as dt
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from everybody import VISITOR, Cast
from flask import redirect, request
from sqlalchemy import select, update
from test_access import ADMITS, EVERYONE, THIS_YEAR, addresses, row_of
from test_access import cast as cast  # noqa: PLC0414 - a fixture, which pytest finds by its name
from test_workspace import MAIN, WRITTEN
from werkzeug.wrappers import Response

from portal.accounts.links import hash_of
from portal.accounts.models import Organisation, RecordRead, SignIn
from portal.accounts.people import current_member
from portal.clock import now, today
from portal.extensions import db
from portal.placements.asking import plain
from portal.placements.models import Request
from portal.placements.views import remembering
from portal.publishing.models import Offer

MADE_UP = "over-posted"
# What is by chance or the clock, and so differs between two requests that do the same.
BY_CHANCE = {"public_id", "token", "token_hash", "text", "key", "code_hash", "id", "at"}
ASKED_OF_AN_EVENT = {
    "title", "summary", "who_for", "sector", "event_type", "day", "begins", "ends", "is_online",
    "venue", "address", "town", "district", "cost", "book_url", "token", "version", "then",
}  # fmt: skip
WHO = ("owner", "moderator", "adviser", "safeguarding lead", VISITOR)
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
    "concerns.settle": ({"decision": "We rang them."}, set()),
    "concerns.tell": ({"words": "Somebody was unkind.", "token": "x"}, {"reach", "website"}),
    "asking.ask": (
        {
            "occasion": "<moment day>", "advisers": "<adviser organisation>", "token": "x",
            "first_name": "Zoe", "born_on": "2011-02-03", "year_group": "year-10",
            "hopes": "To see a kiln.", "reach": "My tutor",
        },
        {"availability", "adjustments", "email"},
    ),
    "asking.noted": ({}, set()),
    "following.find": ({"code": "<moment booked code>"}, set()),
    "following.forget": ({}, set()),
    "following.withdraw": ({"reason": "ill"}, set()),
    "following.say": ({"went_well": "clear"}, set()),
    "consenting.answer": ({"is_parent": "y", "yes": "y"}, set()),
    "advising.ask_for_group": (
        {
            "day": "<moment talk day>", "people": "5", "year_group": "year-10", "token": "x",
            "hopes": "To hear about clay.",
        },
        {"adjustments"},
    ),
    "advising.send_on": (
        {"version": "VERSION", "hopes": "To see a kiln.", "reference": "A-1"},
        {"adjustments", "availability"},
    ),
    "advising.not_send_on": ({"version": "VERSION", "reason": "clashes"}, set()),
    "advising.take_other_day": ({"version": "VERSION"}, set()),
    "advising.take_up": ({"version": "VERSION", "parent_email": "mum@home.example"}, set()),
    "advising.ask_parent_again": (
        {"version": "VERSION", "parent_email": "dad@home.example"},
        set(),
    ),
    "advising.withdraw": ({"version": "VERSION", "reason": "ill"}, set()),
    "advising.who_came": ({}, {"people"}),
    "young_people.add": ({"lines": "A-1042, Year 10"}, set()),
    "young_people.left": ({}, set()),
    "young_people.export": ({"year": THIS_YEAR}, set()),
    "hosting.offer": ({}, set()),
    "hosting.other_day": ({"day": "<moment other day>"}, set()),
    "hosting.decline": ({"reason": "full"}, set()),
    "hosting.cancel": ({"reason": "closed-then"}, set()),
    "hosting.came": ({"details": "1", "number": "1", "hours": "5"}, {"skills"}),
    "hosting.did_not_come": ({}, set()),
    "writing.new": ({"experience": "shadowing", "title": "A day", "token": "x"}, set()),
    "writing.write": (
        {
            "version": "1", "experience": "shadowing", "title": "Two days", "role": "kiln-worker",
            "what_you_do": "Load a kiln.", "what_you_learn": "How clay behaves.",
        },
        {"sector", "skills"},
    ),
    "evidence.send": (
        {"token": "x", "kind": "insurance", "expires_on": "2031-02-03", "file": "FILE"},
        set(),
    ),
    "evidence.remove": ({}, set()),
    "evidence.checked": ({}, set()),
    "pledging.answer": ({"stance": "interested"}, {"reason"}),
    "pledging.promise": ({"visit-autumn": "5", "sector": "engineering", "size": "1-to-9"}, set()),
    "proving.prove": ({"code": "000000"}, set()),
    "lists.find": ({"q": "R-1"}, set()),
    "lists.begin": ({"reference": "R-1", "token": "x"}, {"is_template"}),
    "lists.leave": ({"which": "all", "colleague": "<adviser colleague>"}, set()),
    "lists.take_over": ({"all": "y"}, set()),
    "one_list.details": ({"reference": "R-2"}, {"review_on", "is_template"}),
    "one_list.add_to": ({}, set()),
    "one_list.copy": ({"copy_reference": "R-3", "token": "x"}, set()),
    "one_list.use": ({"lines": "R-4", "token": "x"}, set()),
    "one_list.archive": ({}, set()),
    "one_list.bring_back": ({}, set()),
    "one_list.delete": ({}, set()),
    "one_list.keep": ({}, set()),
    "one_list.from_code": (
        {"code": "<moment list code>", "code_reference": "R-5", "token": "x"},
        {"into"},
    ),
    "list_items.reasons": ({"reason-<adviser item>": "It is near."}, set()),
    "list_items.move": ({"to": "1"}, set()),
    "list_items.take_off": ({}, set()),
    "list_items.seen": ({}, set()),
    "list_items.all_seen": ({}, set()),
    "list_items.add_route": (
        {"way": "earning programmes/potter-apprenticeship roles/kiln-worker"},
        {"reason"},
    ),
    "sharing.share": ({"share-days": "7", "share-token": "x" * 43}, set()),
    "sharing.revoke": ({}, set()),
    "taking_away.export": ({}, set()),
    "taking_away.export_all": ({}, set()),
    "alerts.save": ({}, set()),
    "alerts.stop_own": ({}, set()),
}  # fmt: skip
# Blueprints in which visitors post what is kept; all other forms of theirs have tests of their own.
OPEN_FORMS = {"asking", "following", "consenting", "concerns"}
# Where a form has something to do only at another moment of a request: its address there.
AT = {
    "advising.take_other_day": "/advising/requests/<moment other-day>/take-other-day",
    "advising.take_up": "/advising/requests/<moment offered>/take-up",
    "advising.ask_parent_again": "/advising/requests/<moment awaiting-consent>/ask-parent-again",
    "hosting.other_day": "/workspace/requests/<moment sent>/other-day",
    "hosting.cancel": "/workspace/requests/<moment booked>/cancel",
    "hosting.came": "/workspace/requests/<moment over>/came",
    "hosting.did_not_come": "/workspace/requests/<moment over>/did-not-come",
    "consenting.answer": "/consent/<moment consent>",
    "asking.ask": "/listings/<moment listing slug>/ask",
    "pledging.promise": "/workspace/pledge/how-many?kind=visit",
}
FOLLOWED = {"following.withdraw": "booked code", "following.say": "came code"}

# Files leave only for somebody who has just proved who they are.
AFTER_PROVING = {"young_people.export", "taking_away.export", "taking_away.export_all"}


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
        "stage": "booked", "stance": "offering", "parent_email": "mine@evil.example",
        "consented_at": "2026-01-01 00:00:00", "checked_at": "2026-01-01 00:00:00",
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
    with cast.app.app_context():
        if endpoint in AFTER_PROVING:
            db.session.execute(update(SignIn).values(proved_at=now()))
            db.session.commit()
        if endpoint not in STANDING:
            return
        model, values = STANDING[endpoint]
        public_id = cast.things["owner", model.__tablename__]
        db.session.execute(update(model).where(model.public_id == public_id).values(values))
        db.session.commit()


def after(cast: Cast, endpoint: str, who: str, fields: dict[str, str]) -> dict[str, list[Any]]:
    """What is kept after a request, from the same beginning."""
    begin(cast, endpoint)
    address = filled(cast, AT.get(endpoint, "")) or addresses(cast, endpoint, who, own=True)
    offer = cast.things["owner", "offer"]
    sent: dict[str, Any] = {
        filled(cast, n): filled(cast, v.replace("OFFER", offer)) for n, v in fields.items()
    }
    if sent.get("version") == "VERSION":
        sent["version"] = version_of(cast, address)
    if sent.get("file") == "FILE":
        sent["file"] = (BytesIO(b"%PDF-1.7\n"), "cover.pdf")
    client = cast.client(who).client
    if endpoint in FOLLOWED:
        code = plain(cast.things["moment", FOLLOWED[endpoint]])
        with client.session_transaction() as session:
            session[remembering.FOLLOWED] = [hash_of(code), now().isoformat()]
    answer = client.post(address, data=sent, buffered=True)
    assert answer.status_code in {200, 303, 404, 409, 422}, f"{endpoint}: {answer.status_code}"
    return kept(cast)


def filled(cast: Cast, text: str) -> str:
    """A text with the ids of the things that it names, such as <moment day>."""
    return re.sub(r"<(moment|adviser) ([a-z -]+)>", lambda f: cast.things[f[1], f[2]], text)


def version_of(cast: Cast, address: str) -> str:
    """Which state of the request an adviser has read."""
    with cast.app.app_context():
        wanted = select(Request.version).where(Request.public_id == address.split("/")[3])
        return str(db.session.scalars(wanted).one())


def posting(cast: Cast) -> list[str]:
    """Every endpoint behind sign-in that something can be posted to, and the open ones named."""
    return sorted(
        rule.endpoint
        for rule in cast.app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and rule.endpoint != "signing_in.sign_out"
        and (row_of(rule.endpoint) != EVERYONE or rule.endpoint.split(".")[0] in OPEN_FORMS)
    )  # fmt: skip


def one_who_may(endpoint: str) -> str:
    return next(who for who in WHO if who in ADMITS[row_of(endpoint)])


def test_every_form_is_in_the_table(cast: Cast) -> None:
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
    assert len(FORMS) - len(still) > 62, "too few do anything, so that little is shown by them"


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
    """Every row as it is, but for when a session was last seen and what an adviser has read.

    Reading about young people is noted so that it can be limited and looked into afterwards
    (``accounts.watching``): the note is about the reader, and no page shows or uses it.
    """
    with cast.app.app_context(), db.engine.connect() as connection:
        found = {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in db.metadata.sorted_tables
        }
    for row in found[SignIn.__tablename__]:
        del row["seen_at"]
    del found[RecordRead.__tablename__]
    return found
