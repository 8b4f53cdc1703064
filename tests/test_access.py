"""The access matrix: every route and method, everybody who may come, their things and others’.

A route without a row fails the build.

The rows stand here and not beside the views, so that a view whose guard is taken away disagrees.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from builders import write_content
from conftest import fill, make_app
from flask import Flask
from members import make_member, make_organisation, signed_in
from offers import make_offer
from pages import PageClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.accounts.access import MARK, open_to_everyone
from portal.accounts.models import Member, MemberRole, MemberState, SignIn, Standing
from portal.catalogue.models import Course, Entry
from portal.clock import now
from portal.extensions import db
from portal.provision.models import Upload, UploadRow, UploadState, Venue
from portal.publishing.life import State
from portal.publishing.models import Report

# Endpoint to row; a row for a whole blueprint where all its routes are alike.
EVERYONE, ARRIVING, MEMBERS, EDITORS, OWNERS, PROVIDERS, MODERATORS = (
    "everyone", "arriving", "members", "editors", "owners", "providers", "moderators",
)  # fmt: skip
BLUEPRINTS = {
    "pages": EVERYONE, "searching": EVERYONE, "entries": EVERYONE, "browsing": EVERYONE,
    "advice": EVERYONE, "planning": EVERYONE, "picture": EVERYONE, "skills": EVERYONE,
    "gaps": EVERYONE, "outbox": EVERYONE, "joining": EVERYONE, "keeping_up": EVERYONE,
    "desk": MODERATORS, "organisations": MODERATORS, "venues": PROVIDERS, "uploads": PROVIDERS,
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
ADMITS = {
    EVERYONE: {
        "visitor", "owner", "editor", "employer", "adviser", "moderator", "new moderator",
        "applicant", "suspended", "of a suspended organisation",
    },
    ARRIVING: {
        "owner", "editor", "employer", "adviser", "moderator", "new moderator", "applicant",
    },
    MEMBERS: {"owner", "editor", "employer", "adviser", "moderator", "applicant"},
    EDITORS: {"owner", "editor", "employer", "applicant"},
    OWNERS: {"owner", "employer", "applicant"},
    PROVIDERS: {"owner", "editor", "applicant"},
    MODERATORS: {"moderator"},
}  # fmt: skip
SIGNED_OUT = {"visitor", "suspended", "of a suspended organisation"}
# Routes that name a thing of an organisation: whose it is decides as well.
OWNED = {
    "offers.one": "offer", "offers.edit": "offer", "offers.do": "offer",
    "venues.one": "venue", "venues.delete": "venue",
    "uploads.one": "upload", "uploads.errors": "upload", "uploads.explain": "upload",
    "uploads.mend": "upload", "uploads.decide": "upload",
    "members.person": "member", "members.invite_again": "member", "members.reinstate": "member",
    "members.remove": "member", "members.stop_second_factor": "member",
    "members.suspend": "member", "account.end_sign_in": "sign-in",
}  # fmt: skip
OF_ANYBODY = {"desk": "offer", "organisations": "organisation", "reports": "report"}
SAMPLES: dict[str, object] = {
    "slug": "kiln-operator", "statement": "privacy", "filename": "portal.css", "name": "level",
    "folder": "roles", "token": "nobodys", "kind": "role", "plural": "events", "act": "copy",
    "number": 2, "format": "courses",
}  # fmt: skip
ENDPOINT_SAMPLES: dict[str, dict[str, object]] = {
    "uploads.decide": {"act": "continue"},
    "workspace.take_over": {"slug": "a-listed-course"},
}


@dataclass(frozen=True)
class Cast:
    """Everybody, and one thing of each kind for each organisation, on one small portal."""

    app: Flask
    people: dict[str, Member]
    things: dict[tuple[str, str], str]
    saved: Path

    def restore(self) -> None:
        """Put the database back as it was, whatever the last request did."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
            path = Path(str(db.engine.url.database))
        for leftover in path.parent.glob(f"{path.name}-*"):
            leftover.unlink()
        shutil.copy(self.saved, path)

    def client(self, who: str) -> PageClient:
        if who == "visitor":
            return PageClient(self.app)
        return signed_in(
            self.app, self.people[who], with_second_factor=who in {"moderator", "adviser"}
        )


@pytest.fixture(scope="module")
def cast(tmp_path_factory: pytest.TempPathFactory) -> Cast:
    folder = tmp_path_factory.mktemp("access")
    write_content(folder / "content")
    app = make_app(folder / "instance", folder / "content")
    app.config["WTF_CSRF_ENABLED"] = False
    fill(app)
    college = make_organisation(app, kind="college", is_trusted=True)
    people = {
        "owner": make_member(app, organisation=college),
        "editor": make_member(app, organisation=college, roles=(MemberRole.EDITOR,)),
        "employer": make_member(app, kind="employer"),
        "adviser": make_member(app, kind="school", roles=(MemberRole.ADVISER,)),
        "moderator": make_member(app, kind="council", roles=(MemberRole.MODERATOR,)),
        "new moderator": make_member(app, kind="council", roles=(MemberRole.MODERATOR,)),
        "applicant": make_member(app, kind="training-provider", standing=Standing.APPLIED),
        "suspended": make_member(app, state=MemberState.SUSPENDED),
        "of a suspended organisation": make_member(app, standing=Standing.SUSPENDED),
    }
    things = dict(things_of(app, people))
    with app.app_context():
        db.session.remove()
        path = Path(str(db.engine.url.database))
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    saved = folder / "saved.sqlite"
    shutil.copy(path, saved)
    return Cast(app, people, things, saved)


def things_of(app: Flask, people: dict[str, Member]) -> Iterator[tuple[tuple[str, str], str]]:
    """The public id of one thing of each kind, for everybody who could have it."""
    for who, person in people.items():
        yield (who, "offer"), make_offer(app, person, State.LIVE)
        with app.app_context():
            venue = Venue(organisation_id=person.organisation_id, reference=who, name=who,
                          postcode="ST1 1AA")  # fmt: skip
            upload = Upload(
                organisation_id=person.organisation_id, member_id=person.id, token=who,
                format="venues", file_name="venues.csv", state=UploadState.CHECKED.value, rows=1,
                made_at=now(),
            )  # fmt: skip
            colleague = Member(
                organisation_id=person.organisation_id, email=f"{who[:3]}-{person.id}@example.org",
                name="A colleague", roles=["editor"], state="active", joined_at=now(),
            )  # fmt: skip
            row = SignIn(token_hash=who, member_id=person.id, device="Firefox", began_at=now(),
                         seen_at=now())  # fmt: skip
            db.session.add_all([venue, upload, colleague, row])
            db.session.flush()
            db.session.add(UploadRow(upload_id=upload.id, number=2, cells={}, problems=[]))
            listed = db.session.scalars(select(Course)).first()
            assert listed
            if who == "owner":
                listed.slug, listed.organisation_id = "a-listed-course", person.organisation_id
            entry = db.session.scalars(select(Entry)).first()
            assert entry
            report = Report(token=who, entry_id=entry.id, reason="wrong", words="", made_at=now(),
                            is_urgent=False)  # fmt: skip
            db.session.add(report)
            db.session.commit()
            made = {
                "venue": venue.public_id, "upload": upload.public_id, "sign-in": row.public_id,
                "member": colleague.public_id, "report": report.public_id,
                "organisation": person.organisation.public_id,
            }  # fmt: skip
        for kind, public_id in made.items():
            yield (who, kind), public_id


def row_of(endpoint: str) -> str:
    return ROWS.get(endpoint) or BLUEPRINTS.get(endpoint.split(".", maxsplit=1)[0], "")


def addresses(cast: Cast, endpoint: str, who: str, *, own: bool) -> str:
    """A sample address of a route, about one’s own thing or about somebody else’s."""
    rule = next(r for r in cast.app.url_map.iter_rules() if r.endpoint == endpoint)
    values = {n: v for n, v in SAMPLES.items() if n in rule.arguments}
    values |= {n: v for n, v in ENDPOINT_SAMPLES.get(endpoint, {}).items() if n in rule.arguments}
    if "public_id" in rule.arguments:
        kind = OWNED.get(endpoint) or OF_ANYBODY[endpoint.split(".", maxsplit=1)[0]]
        holder = who if own and who in cast.people else ("employer" if who == "owner" else "owner")
        if not own and who == "editor":
            holder = "employer"
        if endpoint not in OWNED:
            holder = "owner"
        values["public_id"] = cast.things[holder, kind]
    with cast.app.test_request_context():
        return str(cast.app.url_for(endpoint, **values))


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
        return "in" if own or endpoint not in OWNED else "nothing"
    if who in SIGNED_OUT:
        return "sign in"
    if who == "new moderator" and row in {MEMBERS, MODERATORS}:
        return "second factor"
    return "nothing"


def every_cell(cast: Cast) -> Iterator[tuple[str, str, str, bool]]:
    for rule in cast.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            for who in ("visitor", *cast.people):
                yield rule.endpoint, method, who, True
                if rule.endpoint in OWNED:
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
        response = cast.client(who).client.open(address, method=method, buffered=True)
        said = outcome(response)
        if method != "GET":
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
    assert [endpoint for endpoint in (*ROWS, *OWNED) if endpoint not in known] == []


def test_every_cell_of_the_matrix(cast: Cast) -> None:
    found, number = disagreements(cast)
    print(f"{number} cells")
    assert not found, "\n".join(found)
    assert number > 1000


@pytest.mark.parametrize(
    "endpoint",
    ["desk.overview", "offers.one", "members.everybody", "uploads.one", "account.home"],
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
            except LookupError:
                said = "in"  # the view itself asks who is here, which nobody guards any more
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
    ):
        client = cast.client(who).client
        theirs, nobodys = client.get(refused), client.get("/workspace/nowhere/at-all")
        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.data == nobodys.data
        assert dict(theirs.headers) == dict(nobodys.headers)
