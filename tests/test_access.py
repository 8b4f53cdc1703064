"""The access matrix: every route and method, everybody who may come, their things and others’.

A route without a row fails the build.

The rows stand here and not beside the views, so that a view whose guard is taken away disagrees.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

import pytest
from everybody import EMPLOYER_SLUG, LISTING_SLUG, TALK_SLUG, VISITOR, Cast, make_cast
from jinja2.exceptions import UndefinedError
from shortlists import PROGRAMME, ROLE
from werkzeug.test import TestResponse

from portal.accounts.access import MARK, open_to_everyone
from portal.clock import today
from portal.taxonomy import AcademicYear

# Endpoint to row; a row for a whole blueprint where all its routes are alike.
(
    EVERYONE, ARRIVING, MEMBERS, EDITORS, HOSTS, OWNERS, PROVIDERS, ADVISERS, MODERATORS,
    SAFEGUARDING,
) = (
    "everyone", "arriving", "members", "editors", "hosts", "owners", "providers", "advisers",
    "moderators", "safeguarding",
)  # fmt: skip
BLUEPRINTS = {
    "pages": EVERYONE, "searching": EVERYONE, "entries": EVERYONE, "browsing": EVERYONE,
    "employability": EVERYONE,
    "advice": EVERYONE, "planning": EVERYONE, "picture": EVERYONE, "skills": EVERYONE,
    "gaps": EVERYONE, "outbox": EVERYONE, "joining": EVERYONE, "keeping_up": EVERYONE,
    "desk": MODERATORS, "organisations": MODERATORS, "venues": PROVIDERS, "uploads": PROVIDERS,
    "asking": EVERYONE, "following": EVERYONE, "consenting": EVERYONE, "register": EVERYONE,
    "ledger": EVERYONE, "advising": ADVISERS, "young_people": ADVISERS, "hosting": EDITORS,
    "pledging": EDITORS, "writing": HOSTS, "my_list": EVERYONE, "handing": EVERYONE,
    "comparing": EVERYONE, "shared": EVERYONE, "lists": ADVISERS, "one_list": ADVISERS,
    "list_items": ADVISERS, "sharing": ADVISERS, "taking_away": ADVISERS,
}  # fmt: skip
ROWS = {
    "static": EVERYONE,
    "signing_in.sign_in": EVERYONE,
    "signing_in.code": EVERYONE,
    "signing_in.signed_out": EVERYONE,
    "signing_in.forgotten_password": EVERYONE,
    "signing_in.link_sent": EVERYONE,
    "signing_in.new_password": EVERYONE,
    "signing_in.sign_out": ARRIVING,
    "account.second_factor": ARRIVING,
    "account.another_phone": MEMBERS,
    "account.details": MEMBERS,
    "account.end_others": MEMBERS,
    "account.end_sign_in": MEMBERS,
    "account.home": MEMBERS,
    "account.password": MEMBERS,
    "account.recovery_codes": MEMBERS,
    "account.stop_second_factor": MEMBERS,
    "proving.prove": MEMBERS,
    "alerts.new": EVERYONE,
    "alerts.ask": EVERYONE,
    "alerts.look_in_your_mail": EVERYONE,
    "alerts.confirm": EVERYONE,
    "alerts.begin": EVERYONE,
    "alerts.on": EVERYONE,
    "alerts.stop": EVERYONE,
    "alerts.stop_now": EVERYONE,
    "alerts.own": ADVISERS,
    "alerts.save": ADVISERS,
    "alerts.stop_own": ADVISERS,
    "members.everybody": OWNERS,
    "members.invite_again": OWNERS,
    "members.person": OWNERS,
    "members.reinstate": OWNERS,
    "members.remove": OWNERS,
    "members.stop_second_factor": OWNERS,
    "members.suspend": OWNERS,
    "reports.report": EVERYONE,
    "reports.told": EVERYONE,
    "reports.reports": MODERATORS,
    "reports.one_report": MODERATORS,
    "reports.settle": MODERATORS,
    "concerns.tell": EVERYONE,
    "concerns.told": EVERYONE,
    "concerns.everything": SAFEGUARDING,
    "concerns.one": SAFEGUARDING,
    "concerns.settle": SAFEGUARDING,
    "evidence.all_evidence": HOSTS,
    "evidence.send": HOSTS,
    "evidence.remove": HOSTS,
    "evidence.own_file": HOSTS,
    "evidence.checked": MODERATORS,
    "evidence.file_for_moderators": MODERATORS,
    "workspace.home": EDITORS,
    "workspace.keep_up": EDITORS,
    "workspace.listed": PROVIDERS,
    "workspace.take_over": PROVIDERS,
    "workspace.courses_file": PROVIDERS,
    "workspace.venues_file": PROVIDERS,
    "offers.listing": EDITORS,
    "offers.together": EDITORS,
    "offers.new": EDITORS,
    "offers.one": EDITORS,
    "offers.edit": EDITORS,
    "offers.do": EDITORS,
}
# Whom each row lets in. Everybody else is sent to sign in or finds nothing.
EDITING = {"owner", "editor", "employer", "another employer", "applicant"}
ADVISING = {"adviser", "another adviser"}
WITH_ALL = {
    *EDITING, *ADVISING, "school owner", "adviser of an applicant", "moderator",
    "safeguarding lead",
}  # fmt: skip
SIGNED_OUT = {VISITOR, "suspended", "of a suspended organisation"}
# Sent to set up the second factor that they lack, where they would be let in with it.
LACKING = {"new moderator": {"members", "moderators"}, "new adviser": {"members", "advisers"}}
ADMITS = {
    EVERYONE: WITH_ALL | SIGNED_OUT | set(LACKING),
    ARRIVING: WITH_ALL | set(LACKING),
    MEMBERS: WITH_ALL,
    EDITORS: EDITING | {"school owner"},
    # Editors of whoever has work to show, which schools have not.
    HOSTS: EDITING,
    OWNERS: {"owner", "employer", "another employer", "school owner", "applicant"},
    PROVIDERS: {"owner", "editor", "applicant"},
    ADVISERS: ADVISING,
    MODERATORS: {"moderator"},
    SAFEGUARDING: {"safeguarding lead"},
}
# Routes that name a thing of an organisation: whose it is decides as well. A whole blueprint where
# all that name something are alike.
OWNED_BLUEPRINTS = {
    "advising": "advised", "hosting": "hosted", "writing": "listing",
    "young_people": "young person", "one_list": "shortlist", "list_items": "shortlist",
    "sharing": "shortlist", "taking_away": "shortlist",
}  # fmt: skip
OWNED = {
    "offers.one": "offer", "offers.edit": "offer", "offers.do": "offer",
    "venues.one": "venue", "venues.delete": "venue",
    "uploads.one": "upload", "uploads.errors": "upload", "uploads.explain": "upload",
    "uploads.mend": "upload", "uploads.decide": "upload",
    "members.person": "member", "members.invite_again": "member", "members.reinstate": "member",
    "members.remove": "member", "members.stop_second_factor": "member",
    "members.suspend": "member", "account.end_sign_in": "sign-in",
    "evidence.own_file": "evidence", "evidence.remove": "evidence",
}  # fmt: skip
# Routes that name a thing which whoever is let in may see, whosever it is.
OF_ANYBODY = {
    "desk": "offer", "organisations": "organisation", "reports": "report", "concerns": "concern",
    "evidence": "evidence", "advising.evidence": "organisation",
    # What is stopped already and what is another’s answer alike; test_alerts.py shows what is kept.
    "alerts.stop_own": "saved search",
}  # fmt: skip
# Whose thing is somebody else’s to whom; for all others it is the college’s.
SOMEBODY_ELSE = {
    "owner": "employer", "editor": "employer", "employer": "another employer",
    "another employer": "employer", "adviser": "another adviser", "another adviser": "adviser",
}  # fmt: skip
# Arguments that name a part of the thing.
PARTS = {"item_id", "link_id"}
THIS_YEAR = str(AcademicYear.of(today()))
SAMPLES: dict[str, object] = {
    "slug": "kiln-operator", "statement": "privacy", "filename": "portal.css", "name": "level",
    "folder": "roles", "token": "nobodys", "kind": "role", "plural": "events", "act": "copy",
    "number": 2, "format": "courses", "part": "what", "year": THIS_YEAR, "said": "booked",
}  # fmt: skip
ENDPOINT_SAMPLES: dict[str, dict[str, object]] = {
    "uploads.decide": {"act": "continue"},
    "workspace.take_over": {"slug": "a-listed-course"},
    "entries.listing": {"slug": LISTING_SLUG},
    "asking.ask": {"slug": LISTING_SLUG},
    "advising.ask_for_group": {"slug": TALK_SLUG},
    "advising.evidence": {"kind": "insurance"},
    "register.employer": {"slug": EMPLOYER_SLUG},
    "register.badge": {"slug": EMPLOYER_SLUG},
    "register.certificate": {"slug": EMPLOYER_SLUG},
}
# What is sent where an empty form names nothing.
SENT: Mapping[str, Mapping[str, str]] = {
    "young_people.export": {"year": THIS_YEAR},
    "list_items.add_route": {"way": f"earning {PROGRAMME} {ROLE}"},
}


@pytest.fixture(scope="module")
def cast(tmp_path_factory: pytest.TempPathFactory) -> Cast:
    return make_cast(tmp_path_factory.mktemp("access"))


def row_of(endpoint: str) -> str:
    return ROWS.get(endpoint) or BLUEPRINTS.get(endpoint.split(".", maxsplit=1)[0], "")


def owned(endpoint: str) -> str:
    """Which thing of an organisation a route names; “” for none."""
    blueprint = endpoint.split(".", maxsplit=1)[0]
    if endpoint in OF_ANYBODY:
        return ""
    return OWNED.get(endpoint) or OWNED_BLUEPRINTS.get(blueprint, "")


def addresses(cast: Cast, endpoint: str, who: str, *, own: bool) -> str:
    """A sample address of a route, about one’s own thing or about somebody else’s."""
    rule = next(r for r in cast.app.url_map.iter_rules() if r.endpoint == endpoint)
    values = {n: v for n, v in SAMPLES.items() if n in rule.arguments}
    values |= {n: v for n, v in ENDPOINT_SAMPLES.get(endpoint, {}).items() if n in rule.arguments}
    holder = holder_of(cast, endpoint, who, own=own)
    if "public_id" in rule.arguments:
        values["public_id"] = cast.things[holder, named(endpoint)]
    for name in PARTS & rule.arguments:
        values[name] = cast.things[holder, name.removesuffix("_id")]
    with cast.app.test_request_context():
        return str(cast.app.url_for(endpoint, **values))


def named(endpoint: str) -> str:
    blueprint = endpoint.split(".", maxsplit=1)[0]
    return owned(endpoint) or OF_ANYBODY.get(endpoint) or OF_ANYBODY[blueprint]


def holder_of(cast: Cast, endpoint: str, who: str, *, own: bool) -> str:
    """Whose thing a sample address is about."""
    if not owned(endpoint) or who not in cast.people:
        return "owner"
    return who if own else SOMEBODY_ELSE.get(who, "owner")


def outcome(response: TestResponse) -> str:
    sent_to = urlsplit(response.location or "").path if response.status_code == 303 else ""
    if sent_to == "/sign-in":
        return "sign in"
    if sent_to == "/account/second-factor":
        return "second factor"
    return "nothing" if response.status_code == 404 else "in"


def wanted(endpoint: str, who: str, *, own: bool) -> str:
    row = row_of(endpoint)
    if (endpoint, who) in NOT_THEIRS:
        return "nothing"
    if who in ADMITS[row]:
        return "in" if own else "nothing"
    if who in SIGNED_OUT:
        return "sign in"
    return "second factor" if row in LACKING.get(who, ()) else "nothing"


def every_cell(cast: Cast) -> Iterator[tuple[str, str, str, bool]]:
    for rule in cast.app.url_map.iter_rules():
        names_a_thing = "public_id" in rule.arguments and owned(rule.endpoint)
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            for who in (VISITOR, *cast.people):
                yield rule.endpoint, method, who, True
                if names_a_thing:
                    yield rule.endpoint, method, who, False


# Views that send on by themselves those whom the matrix lets in: without a second factor there is
# nothing to renew or stop, and without a right password there is no code to give.
SENDS_ON = {
    "account.another_phone", "account.recovery_codes", "account.second_factor",
    "account.stop_second_factor", "signing_in.code",
}  # fmt: skip
# The one sample course is the college’s: to another provider it is somebody else’s.
NOT_THEIRS = {("workspace.take_over", "applicant")}


def disagreements(cast: Cast) -> tuple[list[str], int]:
    """Cells whose answer is not what the matrix says, and how many were run."""
    found, number = [], 0
    for endpoint, method, who, own in every_cell(cast):
        number += 1
        row = row_of(endpoint)
        if not row:
            continue
        address = addresses(cast, endpoint, who, own=own)
        sent = SENT.get(endpoint) if method == "POST" else None
        client = cast.client(who).client
        response = client.open(address, method=method, data=sent, buffered=True)
        said = outcome(response)
        if method != "GET" and said == "in":
            cast.restore()
        if row == EVERYONE and said == "nothing":
            said = "in"  # a sample that names nothing
        if endpoint in SENDS_ON and who in ADMITS[row] and said in {"sign in", "second factor"}:
            said = "in"
        if said != wanted(endpoint, who, own=own):
            whose = "own" if own else "another’s"
            found.append(
                f"{method} {endpoint} ({whose}) as {who}: {said} ({response.status_code})"
                f" instead of {wanted(endpoint, who, own=own)}"
            )
    return found, number


def test_every_route_has_a_row(cast: Cast) -> None:
    missing = [r.endpoint for r in cast.app.url_map.iter_rules() if not row_of(r.endpoint)]
    assert missing == [], "add a row for each to the matrix in tests/test_access.py"


def test_no_row_is_left_over(cast: Cast) -> None:
    known = {r.endpoint for r in cast.app.url_map.iter_rules()}
    assert [
        endpoint for endpoint in (*ROWS, *OWNED, *ENDPOINT_SAMPLES) if endpoint not in known
    ] == []


@pytest.mark.long
def test_every_cell_of_the_matrix(cast: Cast) -> None:
    found, number = disagreements(cast)
    print(f"{number} cells")
    assert not found, "\n".join(found)
    assert number > 5000


@pytest.mark.parametrize(
    "endpoint",
    [
        "desk.overview",
        "offers.one",
        "members.everybody",
        "uploads.one",
        "account.home",
        "advising.one",
        "hosting.one",
        "concerns.one",
        "young_people.one",
        "writing.tasks",
        "evidence.own_file",
        "pledging.first",
        "lists.overview",
        "one_list.one",
        "taking_away.pdf",
    ],
)
def test_taking_a_guard_away_turns_the_matrix_red(cast: Cast, endpoint: str) -> None:
    view = cast.app.view_functions[endpoint]
    mark = getattr(view, MARK)
    open_to_everyone(view)
    try:
        answers = []
        for who in ("visitor", "adviser"):
            address = addresses(cast, endpoint, who, own=True)
            try:
                said = outcome(cast.client(who).client.get(address))
            except (LookupError, UndefinedError):
                said = "in"  # the page itself asks who is here, which nobody guards any more
            answers.append(said != wanted(endpoint, who, own=True))
        assert any(answers)
    finally:
        setattr(view, MARK, mark)


def test_a_refusal_is_byte_for_byte_an_address_that_does_not_exist(cast: Cast) -> None:
    for who, refused in (
        ("owner", f"/workspace/offers/{cast.things['employer', 'offer']}"),
        ("editor", f"/workspace/uploads/{cast.things['employer', 'upload']}"),
        ("owner", f"/workspace/members/{cast.things['employer', 'member']}"),
        ("employer", f"/desk/offers/{cast.things['owner', 'offer']}"),
        ("adviser", f"/advising/requests/{cast.things['another adviser', 'advised']}"),
        ("adviser", f"/advising/young-people/{cast.things['another adviser', 'young person']}"),
        ("adviser", f"/advising/lists/{cast.things['another adviser', 'shortlist']}"),
        ("owner", f"/advising/lists/{cast.things['owner', 'shortlist']}"),
        ("employer", f"/workspace/requests/{cast.things['another employer', 'hosted']}"),
        ("employer", f"/workspace/requests/{cast.things['employer', 'unsent']}"),
        ("employer", f"/advising/requests/{cast.things['employer', 'hosted']}"),
        ("employer", f"/workspace/listings/{cast.things['another employer', 'listing']}"),
        ("employer", f"/workspace/evidence/{cast.things['another employer', 'evidence']}/file"),
        ("moderator", f"/concerns/{cast.things['owner', 'concern']}"),
        ("moderator", f"/advising/requests/{cast.things['adviser', 'advised']}"),
        ("safeguarding lead", f"/advising/requests/{cast.things['adviser', 'advised']}"),
    ):
        client = cast.client(who).client
        theirs, nobodys = client.get(refused), client.get("/workspace/nowhere/at-all")
        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.data == nobodys.data
        assert dict(theirs.headers) == dict(nobodys.headers)
