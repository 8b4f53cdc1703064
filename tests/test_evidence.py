"""Documents of employers: what is kept, who sees it, and that no browser runs it."""

import io
from datetime import timedelta

import pytest
from flask import Flask
from members import make_member, signed_in
from offers import here, make_moderators
from pages import Page, PageClient, faults_of
from sqlalchemy import select

from portal.accounts.models import AuditRow, Member, Organisation
from portal.clock import today
from portal.extensions import db
from portal.placements import evidencing
from portal.placements.evidencing import MOST_BYTES, EvidenceKind, NotADocumentError
from portal.placements.models import Evidence

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
PAGE = "/workspace/evidence"


@pytest.fixture
def potter(small_app: Flask) -> Member:
    return make_member(small_app, kind="employer")


@pytest.fixture
def page(small_app: Flask, potter: Member) -> PageClient:
    return signed_in(small_app, potter)


def hand_in(
    page: PageClient,
    content: bytes = PDF,
    status: int = 303,
    *,
    name: str = "insurance.pdf",
    kind: str = "insurance",
    form: Page | None = None,
    **typed: str,
) -> Page:
    """Send a file as a browser does. The test client’s own way leaves temporary files open."""
    shown = form or page.get(PAGE)
    fields = {
        "csrf_token": shown.value_of("csrf_token"),
        "token": shown.value_of("token"),
        "kind": kind,
        "expires_on": (today() + timedelta(days=100)).isoformat(),
    } | typed
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'
        for n, v in fields.items()
    ]
    parts.append(
        f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    answer = page.client.post(
        PAGE, content_type="multipart/form-data; boundary=x",
        data="".join(parts).encode() + content + b"\r\n--x--\r\n", buffered=True,
    )  # fmt: skip
    assert answer.status_code == status, answer.status_code
    found = Page(answer, PAGE)
    assert status != 422 or not list(faults_of(found))
    return found


def kept(app: Flask) -> list[Evidence]:
    with app.app_context():
        return list(db.session.scalars(select(Evidence).order_by(Evidence.id)))


def press(page: PageClient, address: str, status: int = 303, /, **fields: str) -> Page:
    token = page.get(PAGE).value_of("csrf_token")
    return page.post(address, {"csrf_token": token} | fields, status)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg")],
)
def test_a_document_is_kept_and_comes_back_as_a_download(
    small_app: Flask, page: PageClient, content: bytes, media_type: str
) -> None:
    # The browser says PDF of all of them, and the name is no help either.
    hand_in(page, content, name="../../insurance.html")
    document = kept(small_app)[0]
    assert document.file_name == "insurance.html"
    answer = page.client.get(f"{PAGE}/{document.public_id}/file")
    assert answer.data == content
    assert answer.mimetype == media_type
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=insurance.")
    assert "html" not in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"<html><script>alert(1)</script>", "not a PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "not a PDF"),
        (b"GIF89a", "not a PDF"),
        (b"PK\x03\x04 a document of an office", "not a PDF"),
        (b"MZ\x90\x00", "not a PDF"),
        (b"\n%PDF-1.7 not at the beginning", "not a PDF"),
        (b"\x89PNG\r\n\x1a\n<script>", "not a PDF"),
        (PDF + b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>", "runs a program"),
        (PDF + b"/EmbeddedFile", "holds other files"),
    ],
)
def test_anything_else_is_refused_in_words(
    small_app: Flask, page: PageClient, content: bytes, words: str
) -> None:
    answer = hand_in(page, content, 422, name="insurance.pdf")
    assert any(words in error for error in answer.errors), answer.errors
    assert kept(small_app) == []


def test_a_file_that_is_too_large_is_refused_in_words(small_app: Flask, page: PageClient) -> None:
    answer = hand_in(page, PDF + b" " * MOST_BYTES, 422)
    assert "larger than 5 MB" in " ".join(answer.errors)
    assert hand_in(page, PDF + b" " * (MOST_BYTES - len(PDF))).status == 303
    hand_in(page, PDF + b" " * 2 * MOST_BYTES, 413)
    assert len(kept(small_app)) == 1


def test_without_a_session_nothing_large_is_read(small_app: Flask) -> None:
    answer = small_app.test_client().post(
        PAGE, content_type="multipart/form-data; boundary=x",
        environ_overrides={"wsgi.input": io.BytesIO(), "CONTENT_LENGTH": "1000000"},
    )  # fmt: skip
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"expires_on": ""}, "last day on which the insurance counts"),
        ({"expires_on": "2020-01-01"}, "has run out"),
        ({"expires_on": "next year"}, "Write the day"),
        ({"kind": "passport"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_in_words(
    small_app: Flask, page: PageClient, typed: dict[str, str], words: str
) -> None:
    kind = typed.pop("kind", "insurance")
    assert words in " ".join(hand_in(page, PDF, 422, kind=kind, **typed).errors)
    assert kept(small_app) == []


def test_a_policy_need_not_run_out(small_app: Flask, page: PageClient) -> None:
    hand_in(page, PDF, kind="safeguarding-policy", expires_on="")
    assert kept(small_app)[0].expires_on is None
    assert page.get(PAGE).soup.find(id="held-safeguarding-policy")


def test_the_same_form_sent_twice_keeps_one_document(small_app: Flask, page: PageClient) -> None:
    form = page.get(PAGE)
    for _ in "12":
        hand_in(page, form=form)
    assert len(kept(small_app)) == 1


def test_a_newer_document_takes_the_place_of_the_older(small_app: Flask, page: PageClient) -> None:
    hand_in(page, PDF)
    hand_in(page, PNG, kind="risk-assessment", expires_on="")
    hand_in(page, JPEG)
    found = [(document.kind, document.media_type) for document in kept(small_app)]
    assert found == [("risk-assessment", "image/png"), ("insurance", "image/jpeg")]


def test_a_document_of_another_organisation_does_not_exist(
    small_app: Flask, page: PageClient
) -> None:
    hand_in(page)
    public_id = kept(small_app)[0].public_id
    stranger = signed_in(small_app, make_member(small_app, kind="employer"))
    stranger.get(f"{PAGE}/{public_id}/file", 404)
    press(stranger, f"{PAGE}/{public_id}/remove", 404)
    stranger.get(f"/desk/evidence/{public_id}/file", 404)
    press(stranger, f"/desk/evidence/{public_id}/checked", 404)
    signed_in(small_app, make_member(small_app, kind="school")).get(PAGE, 404)
    assert len(kept(small_app)) == 1


def test_a_document_can_be_removed(small_app: Flask, page: PageClient) -> None:
    hand_in(page)
    address = f"{PAGE}/{kept(small_app)[0].public_id}/remove"
    press(page, address)
    press(page, address, 404)
    assert kept(small_app) == []
    with small_app.app_context():
        acts = db.session.scalars(select(AuditRow.act).order_by(AuditRow.id)).all()
    assert acts == ["add evidence", "remove evidence"]


def test_a_moderator_looks_at_it_and_says_so(small_app: Flask, page: PageClient) -> None:
    hand_in(page)
    document = kept(small_app)[0]
    moderator, _ = make_moderators(small_app)
    desk = signed_in(small_app, moderator)
    assert desk.client.get(f"/desk/evidence/{document.public_id}/file").data == PDF
    token = desk.get("/desk/offers").value_of("csrf_token")
    for _ in "12":
        desk.post(f"/desk/evidence/{document.public_id}/checked", {"csrf_token": token}, 303)
    assert kept(small_app)[0].checked_by_id == moderator.id
    assert "Looked at by a moderator" in page.get(PAGE).words


def test_a_moderator_does_not_mark_what_is_their_own_organisations(small_app: Flask) -> None:
    moderator, _ = make_moderators(small_app)
    with small_app.app_context():
        by = here(moderator)
        document = evidencing.keep(
            db.session, by.organisation, kind=EvidenceKind.RISKS, file_name="risks.pdf",
            content=PDF, expires_on=None, token="once", by=by,
        )  # fmt: skip
        public_id = document.public_id
    desk = signed_in(small_app, moderator)
    token = desk.get("/desk/offers").value_of("csrf_token")
    desk.post(f"/desk/evidence/{public_id}/checked", {"csrf_token": token}, 303)
    assert kept(small_app)[0].checked_at is None


def test_held_names_the_newest_of_each_kind(small_app: Flask, potter: Member) -> None:
    with small_app.app_context():
        by = here(potter)
        for kind, content in ((EvidenceKind.RISKS, PDF), (EvidenceKind.INSURANCE, PNG)):
            evidencing.keep(
                db.session, by.organisation, kind=kind, file_name="a", content=content,
                expires_on=None, token=kind.value, by=by,
            )  # fmt: skip
        held = evidencing.held(db.session, by.organisation)
        assert list(held) == ["insurance", "risk-assessment"]
        other = db.session.scalars(
            select(Organisation).where(Organisation.id != by.organisation_id)
        ).first()
        assert other
        assert evidencing.held(db.session, other) == {}


def test_a_large_file_is_measured_before_it_is_looked_through() -> None:
    with pytest.raises(NotADocumentError, match="larger"):
        evidencing.media_type_of(b"x" * (MOST_BYTES + 1))
