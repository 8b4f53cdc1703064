"""No employer learns who asks before there is a booking: all of the portal is opened as one.

SAFETY row 1. What a single request shows is in test_hosting.py; this looks everywhere, by whatever
id, and then shows that it would have found a name.
"""

import datetime as dt
import re
import secrets
import statistics
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path

import pytest
from conftest import close, fill
from flask import Flask
from listings import shadowing
from members import make_member, make_organisation, signed_in
from offers import here, letters_to, make_city
from pages import PageClient
from pdfs import words_of
from placements import Made, make_listing, make_request, request_called
from sqlalchemy import select
from test_safety import SAMPLE
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal.accounts.access import who_may_enter
from portal.accounts.models import Member, MemberRole, Organisation
from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.models import Entry
from portal.clock import today
from portal.extensions import db
from portal.mail import Letter
from portal.placements import advising, consenting, hosting
from portal.placements.life import Stage
from portal.placements.models import YoungPerson
from portal.taxonomy import AcademicYear

BORN = dt.date(2011, 2, 3)
NAMED = (Stage.BOOKED, Stage.ATTENDED, Stage.ABSENT)
HIDDEN = tuple(stage for stage in Stage if stage not in NAMED)
SCHOOL, ADVISER = "Quillbrook Academy", "Ottoline Marlpit"
# How those are called who asked the employer who looks, and those who asked another one.
ASKED_HERE, ASKED_ELSEWHERE = "Zephyrine", "Peregrina"
OF_A_PERSON = (
    ASKED_HERE, ASKED_ELSEWHERE, "Vantongeren", "@young.example", "@home.example", "REF-7734",
    "2011-02-03", "3 February 2011", "3 Feb 2011", "3/2/2011", "03/02/2011", "elsewhere-hopes",
    "elsewhere-needs", "elsewhere-time",
)  # fmt: skip
OF_A_SCHOOL = ("Quillbrook", "Ottoline", "Marlpit", "01632 960123")
NAMES = (ASKED_HERE, ASKED_ELSEWHERE, "Vantongeren", "Quillbrook", "Ottoline", "Marlpit")
# Where anybody chooses who may help them, whoever asked for anything or not.
LISTS_SCHOOLS = {"asking.ask"}
# Beside the plain address: every tab, filter and page that could list more.
QUERIES = (
    "", "?show=booked", "?show=waiting", "?show=ended&page=2", "?stage=sent&tick=all&page=2",
    f"?year={AcademicYear.of(today())}&what=requests",
)  # fmt: skip
OVERVIEWS = ("/workspace", "/workspace/requests", "/advising", "/advising/young-people")
GUESSES, FEW = 10_000, 2


@dataclass(frozen=True)
class Town:
    """Two employers, a school, and a request of every stage to each employer."""

    app: Flask
    employer: Member
    adviser: Member
    asked: Mapping[tuple[str, Stage], Made]

    def host(self) -> PageClient:
        return signed_in(self.app, self.employer)

    def hidden(self) -> list[Made]:
        """What does not exist for the employer: not theirs, or with an adviser still."""
        never = {(ASKED_HERE, Stage.ASKED), (ASKED_HERE, Stage.NOT_SENT_ON)}
        return [m for key, m in self.asked.items() if key[0] == ASKED_ELSEWHERE or key in never]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One town for all tests in which nobody is booked."""
    found = make_town(tmp_path_factory.mktemp("town"))
    yield found
    close(found.app)


@pytest.fixture
def moving_town(tmp_path: Path) -> Iterator[Town]:
    """One in which somebody is."""
    found = make_town(tmp_path)
    yield found
    close(found.app)


def make_town(folder: Path) -> Town:
    app = make_city(folder / "town")
    app.config["WTF_CSRF_ENABLED"] = False
    school = make_organisation(app, kind="school", name=SCHOOL, phone="01632 960123")
    adviser = make_member(
        app, organisation=school, roles=(MemberRole.ADVISER,), name=ADVISER,
        email="ottoline@quillbrook.example",
    )  # fmt: skip
    employers = {name: make_member(app, kind="employer") for name in (ASKED_HERE, ASKED_ELSEWHERE)}
    asked = {
        (name, stage): make_known(app, name, stage, employer.organisation, adviser)
        for name, employer in employers.items()
        for stage in (HIDDEN if name == ASKED_HERE else Stage)
    }
    fill(app)
    return Town(app, employers[ASKED_HERE], adviser, asked)


def make_known(
    app: Flask, name: str, stage: Stage, organisation: Organisation, adviser: Member
) -> Made:
    """A request full of what says who somebody is."""
    with app.app_context():
        known = select(Entry.slug).where(Entry.organisation_id == organisation.id)
        title = f"Saltglaze number {len(db.session.scalars(known).all()) + 1}"
    listing = make_listing(app, organisation=organisation, title=title, content=shadowing(title))
    own_words = {}
    if name == ASKED_ELSEWHERE:
        own_words = {"hopes": "elsewhere-hopes", "adjustments": "elsewhere-needs",
                     "availability": "elsewhere-time"}  # fmt: skip
    return make_request(
        app, stage, listing=listing, adviser=adviser, reference=f"REF-7734-{name[:1]}-{stage}",
        first_name=f"{name}-{stage}", born_on=BORN, reach="Mrs Vantongeren, my tutor",
        email=f"{stage}@young.example", parent_email=f"{stage}@home.example", **own_words,
    )  # fmt: skip


def ids_of(town: Town) -> list[str]:
    """Every request and young person, and some of all else that has an id in an address."""
    found: list[str] = []
    with town.app.app_context():
        for table in db.metadata.sorted_tables:
            if "public_id" in table.c and table.name != "sign_in":
                ids = list(db.session.scalars(select(table.c.public_id)))
                found += ids if table.name == "request" else ids[:FEW] + ids[-FEW:]
    return list(dict.fromkeys(found))


def slugs_of(town: Town) -> list[str]:
    with town.app.app_context():
        listings = db.session.scalars(select(Entry.slug).where(Entry.kind == "listing")).all()
        return [*listings[:2], *listings[-2:], *db.session.scalars(select(Organisation.slug))]


def addresses(town: Town, method: str) -> list[tuple[str, str]]:
    """Every route that takes a method, with everything that its address could name."""
    ids, slugs = ids_of(town), slugs_of(town)
    values: dict[str, list[str]] = {name: [str(value)] for name, value in SAMPLE.items()} | {
        "public_id": ids,
        "slug": slugs,
        "kind": ["role", "listing", "insurance"],
        "plural": ["events", "listings"],
        "year": [str(AcademicYear.of(today()))],
    }
    found = []
    with town.app.test_request_context():
        for rule in town.app.url_map.iter_rules():
            if method not in (rule.methods or ()) or ends_the_session(rule):
                continue
            names = sorted(rule.arguments)
            few = FEW if is_shut(town, rule.endpoint) else None
            for chosen in product(*(values[name][:few] for name in names)):
                given = dict(zip(names, chosen, strict=True))
                found.append((rule.endpoint, town.app.url_for(rule.endpoint, **given)))
    return found


def is_shut(town: Town, endpoint: str) -> bool:
    """Whether the guard turns the employer away, whatever the address names."""
    entrance = who_may_enter(town.app, endpoint)
    if entrance is None:
        return True
    return entrance.admits is not None and not entrance.admits(town.employer)


def ends_the_session(rule: Rule) -> bool:
    return rule.endpoint in {"signing_in.sign_out", "account.end_others", "outbox.outbox"}


def whole(response: TestResponse) -> str:
    """Everything that a browser gets, of a PDF its words."""
    body = response.get_data()
    told = words_of(body) if response.mimetype == "application/pdf" else body.decode()
    return f"{response.headers}\n{told}"


def look_everywhere(town: Town) -> Iterator[tuple[str, str, str]]:
    """Every page and every answer to an empty form: endpoint, address and all that it says."""
    client, seen = town.host().client, 0
    for endpoint, address in addresses(town, "GET"):
        for query in QUERIES if address in OVERVIEWS else QUERIES[:1]:
            yield endpoint, address + query, whole(client.get(address + query, buffered=True))
            seen += 1
    for endpoint, address in addresses(town, "POST"):
        yield endpoint, f"POST {address}", whole(client.post(address, buffered=True))
        seen += 1
    print(f"{seen} answers")
    assert seen > 800


def told_in(answers: Iterable[tuple[str, str, str]]) -> dict[str, set[str]]:
    """Which words that nobody should read stand where."""
    found: dict[str, set[str]] = {}
    for endpoint, address, text in answers:
        words = OF_A_PERSON if endpoint in LISTS_SCHOOLS else OF_A_PERSON + OF_A_SCHOOL
        for word in words:
            if word in text:
                found.setdefault(word, set()).add(address)
    return found


def test_an_employer_learns_from_no_page_form_or_error_who_asked(town: Town) -> None:
    assert told_in(look_everywhere(town)) == {}


def test_the_same_look_finds_whoever_is_booked_and_nobody_else(moving_town: Town) -> None:
    """The test of the test: one request goes the whole way, by the verbs."""
    town = moving_town
    made = town.asked[ASKED_HERE, Stage.ASKED]
    for go in (sent_on, said_yes_to, parent_asked):
        go(town, made)
        assert told_in(look_at(town, made)) == {}, go.__name__
        assert told_in(letters(town)) == {}, go.__name__
    consented(town, made)
    found = told_in(look_at(town, made))
    own = {f"/workspace/requests/{made.public_id}", "/workspace/requests?show=booked"}
    assert found.pop(ASKED_HERE) == own
    assert found.pop("Ottoline") >= {f"/workspace/requests/{made.public_id}"}
    assert set(found) <= {"Quillbrook", "Marlpit", "01632 960123"}
    assert told_in(letters(town)) == {}


def look_at(town: Town, made: Made) -> Iterator[tuple[str, str, str]]:
    """The pages that list or show requests, without those that cannot have changed."""
    client, one = town.host().client, f"/workspace/requests/{made.public_id}"
    others = [f"/workspace/requests/{other.public_id}" for other in town.asked.values()]
    tabs = [f"/workspace/requests{query}" for query in QUERIES]
    for path in dict.fromkeys([one, "/workspace", "/ledger.json", *tabs, *others]):
        yield "", path, whole(client.get(path))
    assert client.get(one).status_code == 200


def letters(town: Town) -> list[tuple[str, str, str]]:
    with town.app.app_context():
        found = [("", row.subject, row.subject + row.text) for row in letters_to(town.employer)]
    assert found
    return found


def sent_on(town: Town, made: Made) -> None:
    with town.app.app_context():
        advising.send_on(
            db.session, request_called(made.public_id), hopes="To see a kiln.", adjustments="",
            availability="", reference="", by=here(town.adviser),
        )  # fmt: skip


def said_yes_to(town: Town, made: Made) -> None:
    with town.app.app_context():
        hosting.offer(db.session, request_called(made.public_id), by=here(town.employer))


def parent_asked(town: Town, made: Made) -> None:
    with town.app.test_request_context():
        taken = advising.take_up(
            db.session, request_called(made.public_id), rules=vocabulary().work_rules,
            parent_email="booked@home.example", by=here(town.adviser),
        )  # fmt: skip
        assert taken == advising.Taken.CONSENT_ASKED


def consented(town: Town, made: Made) -> None:
    with town.app.app_context():
        query = select(Letter.text).where(Letter.recipient == "booked@home.example")
        link = re.search(r"/consent/(\S+)", db.session.scalars(query).one())
        assert link
        consenting.consent(db.session, link[1])
        assert request_called(made.public_id).stand == Stage.BOOKED


# Searching


def test_nobody_who_asked_is_found_by_searching_or_kept_in_a_file(town: Town) -> None:
    client = town.host().client
    for word in ("Saltglaze", *NAMES):
        for beginning in (word, word[:5].lower()):
            found = client.get("/search.json", query_string={"q": beginning}).get_json()
            suggested = client.get("/suggest.json", query_string={"q": beginning}).get_json()
            is_known = bool(found["total"] or suggested["suggestions"])
            assert is_known == (word == "Saltglaze"), beginning
    files = [path for path in Path(town.app.config["INSTANCE_DIR"]).rglob("*") if path.is_file()]
    index = [path.read_bytes().lower() for path in files if "sqlite" not in path.name]
    # The index keeps words by their beginnings.
    for word in ("Saltglaze", *NAMES):
        kept = [held for held in index if word[:7].lower().encode() in held]
        assert bool(kept) == (word == "Saltglaze"), word


# Guessing


def guesses(town: Town, number: int) -> Iterator[str]:
    """Ids by chance, and by every slip near one that exists."""
    real = [made.public_id for made in town.hidden()]
    for public_id in real:
        slips = (public_id, public_id.lower(), public_id[:-1], public_id + "A", public_id[::-1])
        yield from (slip for slip in slips for _ in ("one side", "the other"))
    with town.app.app_context():
        yield from db.session.scalars(select(YoungPerson.public_id))
        yield from db.session.scalars(select(YoungPerson.reference))
    yield from map(str, range(1, 200))
    for _ in range(number):
        yield secrets.token_urlsafe(16)


@pytest.mark.long
def test_ten_thousand_guesses_tell_an_employer_nothing(town: Town) -> None:
    client, answers = town.host().client, set()
    for number, guess in enumerate(islice(guesses(town, GUESSES), GUESSES)):
        side = ("workspace", "advising")[number % 2]
        answer = client.get(f"/{side}/requests/{guess}")
        answers.add((answer.status_code, answer.data, str(sorted(answer.headers))))
    assert number + 1 == GUESSES
    [(status, body, _)] = answers
    assert status == 404
    assert body == client.get("/nowhere").data


@pytest.mark.parametrize("path", ["/workspace/requests", "/advising/requests"])
def test_what_is_hidden_answers_as_fast_as_what_is_not_there(town: Town, path: str) -> None:
    hidden, client = [made.public_id for made in town.hidden()], town.host().client

    def measured(public_id: str) -> float:
        began = time.perf_counter()
        assert client.get(f"{path}/{public_id}").status_code == 404
        return time.perf_counter() - began

    # A busy machine disturbs one side now and then; a real difference shows every time.
    for _ in range(8):
        took: dict[str, list[float]] = {"hidden": [], "nobody": []}
        for number in range(120):
            nobody = secrets.token_urlsafe(16)
            ids = {"hidden": hidden[number % len(hidden)], "nobody": nobody}
            for which in ("hidden", "nobody") if number % 2 else ("nobody", "hidden"):
                took[which].append(measured(ids[which]))
        there, missing = (statistics.median(took[which]) for which in ("hidden", "nobody"))
        if abs(there - missing) <= 0.1 * max(there, missing):
            return
    pytest.fail(f"{there * 1000:.1f} ms for what is hidden, {missing * 1000:.1f} ms for nothing")
