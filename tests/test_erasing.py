"""What is deleted is gone, from every file; what nobody uses goes by itself, after a warning."""

import datetime as dt
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import close
from flask import Flask
from members import make_member
from pages import PageClient
from placements import make_adviser, make_request, request_called
from shortlists import list_called, make_link, make_list
from sqlalchemy import JSON, LargeBinary, String, event, func, select

from portal import erasing
from portal.accounts.links import hash_of
from portal.accounts.models import (
    AuditRow,
    Member,
    MemberRole,
    MemberState,
    OneUseLink,
    RecordRead,
    RecoveryCode,
    SignIn,
)
from portal.catalogue.drafts import months_after
from portal.catalogue.models import Wish
from portal.clock import now, today
from portal.extensions import db, overwrite_what_was_deleted
from portal.mail import Letter
from portal.placements.life import Stage
from portal.publishing.models import Concern, Report, Source
from portal.retention import RETENTION
from portal.shortlists.models import HandedList, SavedSearch, ShareLink, Shortlist, ShortlistItem

ADDRESS, OTHER = "zoe.marker@home.example", "somebody.else@home.example"
DAY = dt.timedelta(days=1)
BY_ADDRESS, BY_TIME, KEPT = "goes by the address", "goes by time", "stays"
# Tables with nothing in them about a visitor, a young person or an adviser’s work with one.
ABOUT_OTHER_THINGS = {
    "approval", "attendance", "attempt", "catalogue_state", "closing_told", "course", "entry",
    "entry_link", "entry_skill", "event", "evidence", "guide", "learning_aim", "listing",
    "occasion", "offer", "old_slug", "organisation", "placement", "pledge", "pledge_line",
    "programme", "qualification", "register_edition", "revision", "role", "upload", "upload_row",
    "vacancy", "venue", "vocabulary_part",
}  # fmt: skip
# Every other column that can hold words, and what becomes of them. A new one has to be placed.
PLACED: Mapping[str, Mapping[str, str]] = {
    "request": {
        **dict.fromkeys(("first_name", "hopes", "availability", "adjustments"), BY_ADDRESS),
        **dict.fromkeys(("reach", "email", "parent_email", "code_hash"), BY_ADDRESS),
        # By chance, or from a list of ours.
        **dict.fromkeys(("public_id", "token", "stage", "reason", "year_group"), KEPT),
    },
    "saved_search": dict.fromkeys(("public_id", "email", "query"), BY_ADDRESS),
    "letter": dict.fromkeys(
        ("key", "recipient", "subject", "text", "stop_path", "last_error"), BY_ADDRESS
    ),
    "member": {
        **dict.fromkeys(("email", "name", "job_title", "password_hash"), BY_ADDRESS),
        "totp_secret": BY_ADDRESS,
        # The row stays for the trail, under no name.
        **dict.fromkeys(("public_id", "roles", "state"), KEPT),
    },
    "sign_in": dict.fromkeys(("public_id", "token_hash", "device"), BY_ADDRESS),
    "recovery_code": {"code_hash": BY_ADDRESS},
    "one_use_link": {"token_hash": BY_ADDRESS, "purpose": KEPT},
    # The address is struck out; the other words tell of a page or of what is missing.
    "wish": {"words": BY_ADDRESS, "token": KEPT, "district": KEPT},
    "report": {"words": BY_ADDRESS, **dict.fromkeys(("public_id", "token", "reason"), KEPT),
               "decision": KEPT},
    "shortlist": {"reference": BY_TIME, "token": BY_TIME, "public_id": BY_TIME},
    "shortlist_item": dict.fromkeys(("public_id", "route_key", "route", "reason"), BY_TIME),
    "share_link": dict.fromkeys(("public_id", "token_hash", "passphrase_hash"), BY_TIME),
    "handed_list": {"code_hash": BY_TIME, "keys": BY_TIME},
    "record_read": {"record": BY_TIME},
    # Safeguarding leads decide how long; no clock and no operator does.
    "concern": dict.fromkeys(
        ("public_id", "token", "source", "where", "words", "reach", "request_public_id",
         "decision"), KEPT,
    ),
    # A school’s own record under its own number.
    "young_person": dict.fromkeys(("public_id", "reference", "year_group"), KEPT),
    # The trail holds no name and nothing that was written; the database refuses to change it.
    "audit_row": dict.fromkeys(("act", "subject_kind", "before", "after", "why"), KEPT),
}  # fmt: skip


def text_columns() -> dict[str, set[str]]:
    return {
        table.name: {
            c.name for c in table.columns if isinstance(c.type, String | JSON | LargeBinary)
        }
        for table in db.metadata.sorted_tables
    }


def test_every_column_that_can_hold_words_of_a_person_is_placed() -> None:
    found = {table: names for table, names in text_columns().items() if table in PLACED}
    assert found == {table: set(names) for table, names in PLACED.items()}
    assert set(text_columns()) == set(PLACED) | ABOUT_OTHER_THINGS


def markers(table: str, fate: str) -> dict[str, str]:
    """A marker for each column with a fate."""
    return {name: f"mark.{table}.{name}"[:40] for name, its in PLACED[table].items() if its == fate}


def files_of(app: Flask) -> bytes:
    """Every byte that the portal keeps: database, journals, index, metrics, outbox, ledger."""
    folder = Path(app.config["INSTANCE_DIR"])
    return b"\0".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def still_there(app: Flask, planted: list[str]) -> list[str]:
    raw = files_of(app).lower()
    return [marker for marker in planted if marker.lower().encode() in raw]


def run(app: Flask, *words: str, fails: bool = False) -> str:
    result = app.test_cli_runner().invoke(args=list(words))
    assert (result.exit_code != 0) == fails, result.output
    return result.output


def crowd(app: Flask) -> None:
    """So many other rows around, before and after, that the database moves them about."""
    with app.app_context():
        for n in range(150):
            db.session.add(letter(f"other-{n}@home.example", text=f"Other words {n} " * (n % 30)))
            db.session.add(SavedSearch(email=f"o{n}@home.example", query=f"/search?q={n}"))
            db.session.commit()


def letter(recipient: str, **columns: Any) -> Letter:  # noqa: ANN401 - columns
    given = {"subject": "Words", "text": "Words", "queued_at": now(), "next_try_at": now()}
    return Letter(**{**given, "recipient": recipient, "tries": 0, **columns})


def plant(app: Flask) -> list[str]:
    """A marker in each column that goes by the address; for addresses the address itself."""
    crowd(app)
    asked = markers("request", BY_ADDRESS) | {"email": ADDRESS.title()}
    make_request(app, **asked | {"parent_email": "mark.parent@home.example"})
    own = markers("member", BY_ADDRESS) | {"email": ADDRESS}
    member = make_member(app, organisation=make_member(app).organisation, **own)
    entry_id = make_request(app).request.listing_id
    with app.app_context():
        db.session.add(letter(ADDRESS, text="mark.in.the.outbox"))
        db.session.commit()
    for _ in range(2):  # a hundred at a time
        run(app, "deliver")
    with app.app_context():
        words = f"Write to {ADDRESS} about it."
        search = markers("saved_search", BY_ADDRESS) | {"email": ADDRESS}
        sent = {**markers("letter", BY_ADDRESS), "recipient": ADDRESS.upper()}
        db.session.add_all([
            SavedSearch(**search),
            letter(**sent),
            SignIn(member_id=member.id, began_at=now(), seen_at=now(),
                   **markers("sign_in", BY_ADDRESS)),
            RecoveryCode(member_id=member.id, **markers("recovery_code", BY_ADDRESS)),
            OneUseLink(member_id=member.id, purpose="reset", made_at=now(), expires_at=now(),
                       **markers("one_use_link", BY_ADDRESS)),
            Wish(words=words, token="w", told_on=today()),
            Report(words=words, token="r", entry_id=entry_id, reason="wrong", is_urgent=False,
                   made_at=now()),
        ])  # fmt: skip
        db.session.commit()
    app.extensions["search_misses"].count(f"Mail to {ADDRESS}", today())
    assert ADDRESS in str(app.extensions["search_misses"].most(at_least=1))
    assert list((Path(app.config["INSTANCE_DIR"]) / "outbox").glob("*.eml"))
    crowd_after = [table for table in PLACED if BY_ADDRESS in PLACED[table].values()]
    planted = [m for table in crowd_after for m in markers(table, BY_ADDRESS).values()]
    not_marked = {"mark.request.email", "mark.member.email", "mark.saved_search.email",
                  "mark.request.parent_email", "mark.letter.recipient", "mark.wish.words",
                  "mark.report.words"}  # fmt: skip
    return [
        *(set(planted) - not_marked), ADDRESS, "mark.parent@home.example", "mark.in.the.outbox",
    ]  # fmt: skip


def test_erasing_an_address_leaves_none_of_its_words_in_any_file(small_app: Flask) -> None:
    planted = plant(small_app)
    crowd_of_letters = "other-149@home.example"
    assert still_there(small_app, planted) == planted
    said = run(small_app, "erase", f" {ADDRESS.upper()} ")
    assert still_there(small_app, planted) == []
    assert still_there(small_app, [crowd_of_letters]) == [crowd_of_letters]
    assert re_numbers(said) == [1, 2, 1, 1, 2]
    assert "Write to (erased) about it." in words_of(small_app, Report)
    assert re_numbers(run(small_app, "erase", ADDRESS)) == [0] * 5


def test_rows_that_the_database_moved_about_leave_no_copies_behind(small_app: Flask) -> None:
    """Overwriting leaves some, because moving a row to another page does not delete it."""
    chance = random.Random(1)  # noqa: S311 - only shapes data
    order = list(range(3000))
    chance.shuffle(order)
    text_of = "mark.{:04}" + "z" * 9

    def many(statement: str, rows: list[tuple[object, ...]]) -> None:
        with small_app.app_context(), db.engine.begin() as connection:
            for row in rows:
                connection.exec_driver_sql(statement, row)

    columns = "id, recipient, subject, text, stop_path, queued_at, next_try_at, tries"
    many(
        f"INSERT INTO letter ({columns}) VALUES (?, 'x', 'x', ?, '', ?, ?, 0)",  # noqa: S608
        [(n, text_of.format(n) * chance.randint(1, 20), now(), now()) for n in order],
    )
    grown = [(text_of.format(n) * chance.randint(1, 40), n) for n in range(0, 3000, 2)]
    many("UPDATE letter SET text = ? WHERE id = ?", grown)
    many("DELETE FROM letter WHERE id = ?", [(n,) for n in range(0, 3000, 3)])
    with small_app.app_context():
        assert overwrite_what_was_deleted(db.session)
    assert still_there(small_app, [f"mark.{n:04}" for n in range(0, 3000, 3)]) == []
    assert still_there(small_app, ["mark.0001"]) == ["mark.0001"]


def test_it_is_told_when_another_program_keeps_the_old_bytes_in_use(small_app: Flask) -> None:
    with small_app.app_context():
        database = str(db.engine.url.database)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with small_app.app_context():
            event.listen(db.engine, "connect", _impatient)
            db.engine.dispose()
            assert not overwrite_what_was_deleted(db.session)
        other.execute("ROLLBACK")
    with small_app.app_context():
        assert overwrite_what_was_deleted(db.session)


def _impatient(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA busy_timeout = 50")


def re_numbers(said: str) -> list[int]:
    return [int(line.rsplit(": ", 1)[1].rstrip(".")) for line in said.splitlines()]


def words_of(app: Flask, model: type[Wish | Report]) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(model.words)))


def test_an_address_among_what_a_young_person_wrote_is_found(small_app: Flask) -> None:
    made = make_request(small_app, reach=f"Mail me: {ADDRESS}.")
    run(small_app, "erase", ADDRESS)
    assert still_there(small_app, [ADDRESS]) == []
    with small_app.app_context():
        assert request_called(made.public_id).emptied_at


def test_a_code_erases_its_request_and_nobody_elses(small_app: Flask) -> None:
    mine = make_request(small_app, first_name="mark.first", email=ADDRESS, parent_email=OTHER)
    other = make_request(small_app, first_name="mark.other", parent_email=OTHER)
    with small_app.app_context():
        db.session.add_all([letter(ADDRESS), letter(OTHER)])
        db.session.commit()
    assert "Requests emptied: 1." in run(small_app, "erase", "--code", mine.code.lower())
    assert still_there(small_app, ["mark.first", ADDRESS]) == []
    # Another request still needs the parent’s address.
    assert still_there(small_app, ["mark.other", OTHER]) == ["mark.other", OTHER]
    assert "No request" in run(small_app, "erase", "--code", mine.code, fails=True)
    with small_app.app_context():
        assert request_called(other.public_id).is_open
        assert OTHER in db.session.scalars(select(Letter.recipient)).all()


def test_a_place_of_somebody_erased_is_given_back_and_the_employer_hears_of_it(
    small_app: Flask,
) -> None:
    made = make_request(small_app, Stage.BOOKED, adviser=make_adviser(small_app), email=ADDRESS)
    potter = make_member(small_app, organisation=made.request.listing.publisher)
    run(small_app, "erase", ADDRESS)
    with small_app.app_context():
        request = request_called(made.public_id)
        assert request.stand is Stage.WITHDRAWN
        assert request.placement
        assert request.placement.freed_at
        to_employer = select(Letter.subject).where(Letter.recipient == potter.email)
        assert len(db.session.scalars(to_employer).all()) == 1


def test_what_safeguarding_leads_were_told_stays_and_the_operator_hears_of_it(
    small_app: Flask,
) -> None:
    with small_app.app_context():
        db.session.add(
            Concern(token="c", source=Source.TOLD.value, words="Somebody was unkind.",
                    reach=ADDRESS, made_at=now())
        )  # fmt: skip
        db.session.commit()
    assert "Concerns that belong to it: 1. They are kept" in run(small_app, "erase", ADDRESS)
    assert still_there(small_app, [ADDRESS]) == [ADDRESS]


def test_the_only_owner_of_an_organisation_is_not_erased_and_nothing_else_is(
    small_app: Flask,
) -> None:
    make_member(small_app, email=ADDRESS)
    made = make_request(small_app, email=ADDRESS)
    assert "only owner" in run(small_app, "erase", ADDRESS, fails=True)
    with small_app.app_context():
        assert request_called(made.public_id).email == ADDRESS
    assert not (Path(small_app.config["INSTANCE_DIR"]) / erasing.LEDGER).exists()


@pytest.mark.parametrize("words", [(), (ADDRESS, "--again"), ("--again", "--code", "x")])
def test_erasing_wants_to_know_exactly_one_thing(small_app: Flask, words: tuple[str, ...]) -> None:
    assert "Say one thing" in run(small_app, "erase", *words, fails=True)


# The ledger


@pytest.fixture
def backup(small_app: Flask) -> Iterator[Callable[[], None]]:
    """Puts the database back as it was when this was asked for; the ledger stays as it is."""
    with small_app.app_context():
        database = Path(str(db.engine.url.database))
    copy = database.with_name("before.backup")

    def keep_or_restore() -> None:
        close(small_app)
        if not copy.exists():
            with closing(sqlite3.connect(database)) as connection:
                connection.execute("VACUUM INTO ?", (str(copy),))
            return
        for old in database.parent.glob(f"{database.name}-*"):
            old.unlink()
        shutil.move(copy, database)

    return keep_or_restore


def test_what_was_erased_is_erased_again_after_a_restore(
    small_app: Flask, backup: Callable[[], None]
) -> None:
    planted = plant(small_app)
    by_code = make_request(small_app, first_name="mark.by.code", availability="mark.by.code")
    backup()
    run(small_app, "erase", ADDRESS)
    run(small_app, "erase", "--code", by_code.code)
    backup()
    restored = set(planted) - {"mark.in.the.outbox"}
    assert {*restored, "mark.by.code"} <= set(still_there(small_app, [*planted, "mark.by.code"]))
    run(small_app, "erase", "--again")
    # Counts of searches are not part of the database, and were not restored with it.
    assert still_there(small_app, [*planted, "mark.by.code"]) == []
    assert re_numbers(run(small_app, "erase", "--again")) == [0] * 5


def test_what_came_after_the_erasure_stays_when_it_is_done_again(small_app: Flask) -> None:
    run(small_app, "erase", ADDRESS)
    with small_app.app_context():
        db.session.add(SavedSearch(email=ADDRESS, query="/search?q=new"))
        db.session.commit()
    later = make_request(small_app, email=ADDRESS)
    member = make_member(small_app, email=ADDRESS)
    run(small_app, "erase", "--again")
    with small_app.app_context():
        assert db.session.scalar(select(SavedSearch.email)) == ADDRESS
        assert request_called(later.public_id).email == ADDRESS
        assert db.session.get_one(Member, member.id).state == MemberState.ACTIVE


def test_the_ledger_names_nobody_and_is_for_its_owner_alone(small_app: Flask) -> None:
    run(small_app, "erase", ADDRESS)
    path = Path(small_app.config["INSTANCE_DIR"]) / erasing.LEDGER
    assert path.stat().st_mode & 0o777 == 0o600
    (line,) = path.read_text().splitlines()
    at, kind, digest, _mark = line.split(",")
    assert (dt.datetime.fromisoformat(at).date(), kind) == (now().date(), "address")
    assert ADDRESS not in line
    assert digest != hash_of(ADDRESS)


def test_lines_of_another_secret_key_are_counted_and_told(small_app: Flask) -> None:
    run(small_app, "erase", ADDRESS)
    small_app.secret_key = "another key"  # noqa: S105 - it opens nothing
    assert "1 line was written with another" in run(small_app, "erase", "--again", fails=True)


def test_an_erasure_that_was_killed_is_finished_by_the_next_one(small_app: Flask) -> None:
    make_request(small_app, email=ADDRESS, first_name="mark.killed")
    with small_app.app_context():
        db.session.add_all([letter(ADDRESS), SavedSearch(email=ADDRESS, query="/search?q=x")])
        db.session.commit()
    killed_at(small_app, "DELETE FROM letter", "erase", ADDRESS)
    run(small_app, "erase", "--again")
    assert still_there(small_app, [ADDRESS, "mark.killed"]) == []


def killed_at(app: Flask, statement: str, *words: str) -> None:
    """Run a command that is killed without warning just before a statement; “” is the commit."""
    code = (
        "import os, sys\n"
        "from sqlalchemy import Engine, event\n"
        "from portal import create_app\n"
        "def die(*_): os.kill(os.getpid(), 9)\n"
        "def look(c, k, statement, *_):\n"
        "    if sys.argv[1] and statement.startswith(sys.argv[1]): die()\n"
        "    if not sys.argv[1] and statement.startswith('INSERT INTO letter'):\n"
        "        event.listen(Engine, 'commit', die)\n"
        "event.listen(Engine, 'before_cursor_execute', look)\n"
        "create_app().test_cli_runner().invoke(args=sys.argv[2:])\n"
    )
    names = ("INSTANCE_DIR", "CONTENT_DIR")
    environment = {**os.environ, **{f"PORTAL_{name}": str(app.config[name]) for name in names},
                   "PORTAL_SECRET_KEY": app.config["SECRET_KEY"]}  # fmt: skip
    close(app)
    done = subprocess.run(  # noqa: PLW1510 - it is to be killed
        [sys.executable, "-W", "ignore", "-c", code, statement, *words], env=environment
    )
    assert done.returncode == -9


# Retention


def untouched_for(months: int, days: int = 0) -> dt.datetime:
    """A moment so many months and days ago."""
    return dt.datetime.combine(months_after(today(), -months), dt.time(12)) - days * DAY


def letters_to(app: Flask, member: Member) -> list[str]:
    with app.app_context():
        wanted = select(Letter.text).where(Letter.recipient == member.email)
        return list(db.session.scalars(wanted))


def count(app: Flask, model: type[Any]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize(
    ("moment", "is_told"),
    [(untouched_for(12, -29), True), (untouched_for(12, -32), False), (untouched_for(0), False)],
)
def test_an_adviser_is_told_a_month_before_and_once(
    small_app: Flask, moment: dt.datetime, *, is_told: bool
) -> None:
    adviser = make_adviser(small_app)
    shown = [make_list(small_app, adviser, touched_at=moment, reference="mark.ref") for _ in "12"]
    for _ in range(2):
        run(small_app, "nightly")
    texts = letters_to(small_app, adviser)
    assert len(texts) == int(is_told)
    assert count(small_app, Shortlist) == 2
    if is_told:
        assert "2 of your shortlists" in texts[0]
        assert "/advising/lists" in texts[0]
        assert "mark.ref" not in texts[0]
        assert shown[0].public_id not in texts[0]


@pytest.mark.parametrize("kind", [{}, {"archived_at": now()}, {"is_template": True}])
def test_a_list_goes_a_month_after_the_warning_with_all_that_is_on_it(
    small_app: Flask, kind: dict[str, Any]
) -> None:
    adviser = make_adviser(small_app)
    old = {"touched_at": untouched_for(13), "warned_at": now() - 31 * DAY} | kind
    gone = make_list(small_app, adviser, with_route=True, reasons=["mark.reason"], **old)
    make_link(small_app, gone)
    stays = make_list(small_app, adviser)
    assert "Shortlists that nobody used, deleted: 1." in run(small_app, "nightly")
    assert [count(small_app, model) for model in (Shortlist, ShortlistItem, ShareLink)] == [1, 2, 0]
    with small_app.app_context():
        assert list_called(stays.public_id)
        row = db.session.scalars(select(AuditRow).where(AuditRow.act == "deleted")).one()
        assert (row.subject_id, row.member_id) == (gone.id, None)


@pytest.mark.parametrize(
    "columns",
    [
        {"touched_at": untouched_for(13), "warned_at": now() - 29 * DAY},
        {"touched_at": untouched_for(13), "warned_at": None},
        {"touched_at": untouched_for(11), "warned_at": now() - 60 * DAY},
    ],
)
def test_a_list_stays_while_its_adviser_has_had_no_month_or_works_on_it(
    small_app: Flask, columns: dict[str, Any]
) -> None:
    make_list(small_app, make_adviser(small_app), **columns)
    run(small_app, "nightly")
    assert count(small_app, Shortlist) == 1


def test_how_long_lists_stay_is_a_setting(small_app: Flask) -> None:
    small_app.config["SHORTLIST_MONTHS"] = 6
    make_list(
        small_app, make_adviser(small_app), touched_at=untouched_for(7), warned_at=now() - 31 * DAY
    )
    run(small_app, "nightly")
    assert count(small_app, Shortlist) == 0
    assert (
        "6 months after somebody last worked on it" in PageClient(small_app).get("/privacy").words
    )


def test_the_lists_of_somebody_who_left_are_told_to_colleagues_who_advise(
    small_app: Flask,
) -> None:
    gone = make_member(
        small_app, kind="school", roles=(MemberRole.ADVISER,), state=MemberState.SUSPENDED
    )
    colleague = make_adviser(small_app, organisation=gone.organisation)
    editor = make_member(small_app, organisation=gone.organisation, roles=(MemberRole.EDITOR,))
    make_list(small_app, gone, touched_at=untouched_for(12))
    run(small_app, "nightly")
    assert "Take it over" in letters_to(small_app, colleague)[0]
    assert letters_to(small_app, gone) == letters_to(small_app, editor) == []


@pytest.mark.parametrize("statement", ["INSERT INTO letter", ""])
def test_a_warning_that_was_killed_is_neither_lost_nor_sent_twice(
    small_app: Flask, statement: str
) -> None:
    adviser = make_adviser(small_app)
    made = make_list(small_app, adviser, touched_at=untouched_for(12))
    killed_at(small_app, statement, "nightly")
    with small_app.app_context():
        assert list_called(made.public_id).warned_at is None
    assert letters_to(small_app, adviser) == []
    for _ in range(2):
        run(small_app, "nightly")
    assert len(letters_to(small_app, adviser)) == 1


def test_what_time_deletes_leaves_nothing_in_any_file(small_app: Flask) -> None:
    crowd(small_app)
    adviser = make_adviser(small_app)
    old, long_ago = untouched_for(13), now() - 400 * DAY
    shortlist = make_list(
        small_app, adviser, touched_at=old, warned_at=now() - 31 * DAY,
        **{name: marker for name, marker in markers("shortlist", BY_TIME).items()
           if name != "public_id"},
    )  # fmt: skip
    lasting = make_list(small_app, adviser)
    request = markers("request", BY_ADDRESS)
    made = make_request(small_app, Stage.WITHDRAWN, changed_at=long_ago, **request)
    item = markers("shortlist_item", BY_TIME)
    with small_app.app_context():
        db.session.add_all([
            ShortlistItem(**item | {"shortlist_id": shortlist.id, "route": {"x": item["route"]},
                                    "position": 9}),
            ShareLink(shortlist_id=lasting.id, expires_at=now() - 31 * DAY,
                      **markers("share_link", BY_TIME)),
            HandedList(expires_at=now() - DAY, **markers("handed_list", BY_TIME)),
            RecordRead(member_id=adviser.id, read_on=today() - 366 * DAY, at=long_ago,
                       **markers("record_read", BY_TIME)),
            SavedSearch(email=ADDRESS, query="mark.query", made_at=now() - 4 * DAY),
        ])  # fmt: skip
        db.session.commit()
    planted = [
        marker for table in PLACED for marker in markers(table, BY_TIME).values()
        if marker != "mark.shortlist.public_id"
    ] + [*request.values(), ADDRESS, "mark.query"]  # fmt: skip
    assert still_there(small_app, planted) == planted
    run(small_app, "nightly")
    assert still_there(small_app, planted) == []
    with small_app.app_context():
        assert request_called(made.public_id).emptied_at
        assert list_called(lasting.public_id)


def test_old_words_of_searches_and_wishes_and_settled_reports_go(small_app: Flask) -> None:
    misses = small_app.extensions["search_misses"]
    misses.count("mark.old", months_after(today(), -14))
    misses.count("mark.new", months_after(today(), -13))
    entry_id = make_request(small_app).request.listing_id
    long_ago = today() - 731 * DAY
    with small_app.app_context():
        for told_on in (long_ago, long_ago + 2 * DAY):
            db.session.add(Wish(words="x", token=str(told_on), told_on=told_on))
        for decided in (None, now() - 731 * DAY, now()):
            db.session.add(
                Report(words="x", token=str(decided), entry_id=entry_id, reason="wrong",
                       is_urgent=False, made_at=now() - 900 * DAY, decided_at=decided)
            )  # fmt: skip
        db.session.commit()
    run(small_app, "nightly")
    assert [words for _, words, _ in misses.most(at_least=1)] == ["mark.new"]
    assert (count(small_app, Wish), count(small_app, Report)) == (1, 2)


def test_the_privacy_page_shows_every_line_of_the_table(small_app: Flask) -> None:
    words = PageClient(small_app).get("/privacy").words
    for kept in RETENTION:
        for said in (kept.what, kept.time(small_app.config), kept.then):
            assert said in words


def test_every_act_of_the_table_that_is_counted_is_told_to_the_operator(small_app: Flask) -> None:
    said = run(small_app, "nightly")
    with small_app.app_context():
        counted = [kept for kept in RETENTION if kept.act and kept.act(db.session) is not None]
    assert counted
    for kept in counted:
        assert kept.done
        assert f"{kept.done}: 0." in said
