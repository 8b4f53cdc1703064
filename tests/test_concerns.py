"""A worry about somebody’s safety: help at once, read by the leads alone, kept whatever happens."""

import datetime as dt
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import html5lib
import pytest
from builders import make_event, publish
from conftest import close, fill
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from members import make_member, make_organisation, signed_in
from offers import here, letters_to, make_city
from pages import Page, PageClient
from sqlalchemy import func, select

from portal.accounts import membership
from portal.accounts.access import ADVISERS, SAFEGUARDING
from portal.accounts.forms import ROLES
from portal.accounts.membership import roles_of
from portal.accounts.models import (
    PROVIDERS,
    AuditRow,
    Member,
    MemberRole,
    MemberState,
    Standing,
)
from portal.clock import now
from portal.extensions import db
from portal.mail import Letter
from portal.publishing import concerns, reporting
from portal.publishing.models import Concern, Report
from portal.publishing.worrying import is_worrying

CORPORA = Path(__file__).parent / "corpora"
WORDS = "The man at the workshop told me to keep quiet about it."
LEAD = (MemberRole.SAFEGUARDING,)
QUARTER = dt.timedelta(minutes=15)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One small city with an open day on its pages."""
    app = make_city(tmp_path_factory.mktemp("city"))
    publish(app, make_event())
    fill(app)
    yield app
    close(app)


@pytest.fixture(scope="module")
def leads(city: Flask) -> tuple[Member, Member]:
    """Two safeguarding leads of one council."""
    council = make_organisation(city, kind="council")
    first = make_member(city, organisation=council, roles=LEAD, name="Alex Saddle")
    return first, make_member(city, organisation=council, roles=LEAD, name="Kit Bat")


@pytest.fixture(autouse=True)
def _nothing_waits(city: Flask) -> Iterator[None]:
    """Begin without concerns and letters."""
    yield
    with city.app_context():
        for row in (*db.session.scalars(select(Concern)), *db.session.scalars(select(Letter))):
            db.session.delete(row)
        db.session.commit()


def tell(app: Flask, token: str = "a form", words: str = WORDS, **given: str) -> str:  # noqa: S107
    """The public id of a concern that somebody told."""
    with app.app_context():
        said = {"where": "/events/open-day", "reach": ""} | given
        return concerns.tell(db.session, token=token, words=words, **said).public_id


def kept(app: Flask) -> list[Concern]:
    with app.app_context():
        return list(db.session.scalars(select(Concern).order_by(Concern.id)))


def offers_help(page: Page) -> bool:
    """Whether help stands in the main part: an emergency, a call, a text, a grown-up."""
    help_lines = page.soup.select("main .notice[aria-label='Help now']")
    words = help_lines[0].get_text(" ") if help_lines else ""
    return all(said in words for said in ("999", "0800 1111", "85258", "safeguarding lead"))


# ---- The journey.


def test_a_visitor_reports_from_a_page_has_help_at_once_and_the_lead_reads_it(
    city: Flask, leads: tuple[Member, Member]
) -> None:
    page = PageClient(city)
    address = "/concern?about=/events/open-day"
    assert address in page.get("/events/open-day").links
    form = page.get(address)
    assert offers_help(form)
    assert "Come and see the kilns" in form.words
    fields = {name: form.value_of(name) for name in ("csrf_token", "token", "about")}
    wrong = page.post("/concern", fields, 422)
    assert wrong.errors == ["Write what worries you. A few words are enough."]
    assert offers_help(wrong)
    fields |= {"words": f"{WORDS}\nIt was on Monday.", "reach": "After school, by the gate"}
    for _ in range(2):
        answer = page.post("/concern", fields, 303)
        assert offers_help(page.get(answer.response.headers["Location"]))
    (concern,) = kept(city)
    lead = signed_in(city, leads[0])
    queue = lead.get("/concerns")
    assert f"/concerns/{concern.public_id}" in queue.links
    assert "1 concern is open" in queue.words
    shown = lead.get(f"/concerns/{concern.public_id}")
    for words in (WORDS, "It was on Monday.", "After school, by the gate"):
        assert words in shown.words
    assert "/events/open-day" in shown.links


def test_help_stands_before_anything_that_is_asked(city: Flask) -> None:
    main = PageClient(city).get("/concern").soup.find("main")
    assert main
    first = main.select("section, form")[0]
    assert first.get("aria-label") == "Help now"


def test_every_page_leads_to_the_form(city: Flask, leads: tuple[Member, Member]) -> None:
    page = PageClient(city)
    for address in ("/", "/sectors", "/privacy", "/nowhere"):
        found = page.client.get(address).get_data(as_text=True)
        assert 'href="/concern"' in found, address
    for address in ("/roles/kiln-worker", "/courses/potter-town", "/providers/town-college"):
        assert f"/concern?about={address}" in page.get(address).links
    member = signed_in(city, make_member(city))
    assert "/concern?about=/workspace" in member.get("/workspace").links
    assert "/concerns" in signed_in(city, leads[0]).get("/account").links
    assert "/concerns" not in member.get("/account").links


def test_a_report_of_something_not_safe_reaches_the_lead_as_well(
    city: Flask, leads: tuple[Member, Member]
) -> None:
    page = PageClient(city)
    address = "/report/event/open-day"
    form = page.get(address)
    assert offers_help(form)
    fields = {"csrf_token": form.value_of("csrf_token")}
    for number, reason in enumerate(reporting.REASONS):
        said = {"token": f"told {number}", "reason": reason, "words": "He asked for a picture."}
        for _ in range(2):
            answer = page.post(address, fields | said, 303)
            assert offers_help(page.get(answer.response.headers["Location"]))
    told = kept(city)
    assert [c.words.split("\n")[0] for c in told] == [
        reporting.REASONS["contact"], reporting.REASONS["unsafe"],
    ]  # fmt: skip
    assert {c.where for c in told} == {"/events/open-day"}
    with city.app_context():
        reports = select(Report).where(Report.token.startswith("told "))
        assert len(db.session.scalars(reports).all()) == len(reporting.REASONS)
        assert letters_to(leads[0])


# ---- Nobody else reads it.


@pytest.mark.parametrize("role", [role for role in MemberRole if role not in LEAD])
def test_nobody_but_a_lead_has_a_queue(
    city: Flask, leads: tuple[Member, Member], role: MemberRole
) -> None:
    del leads
    public_id = tell(city)
    client = signed_in(city, make_member(city, kind="council", roles=(role,))).client
    missing = client.get("/concerns-of-nobody")
    for address in ("/concerns", f"/concerns/{public_id}", "/concerns/guessed"):
        refused = client.get(address)
        assert (refused.status_code, refused.data) == (404, missing.data)
        assert dict(refused.headers) == dict(missing.headers)
    assert client.get("/account").status_code == 200


def test_a_lead_needs_the_second_factor(city: Flask, leads: tuple[Member, Member]) -> None:
    client = signed_in(city, leads[0], with_second_factor=False).client
    assert client.get("/concerns").location == "/account/second-factor"


def test_a_concern_that_does_not_exist_is_no_page(
    city: Flask, leads: tuple[Member, Member]
) -> None:
    assert signed_in(city, leads[0]).get("/concerns/guessed", 404).heading


def test_no_word_of_it_is_on_any_other_page_in_the_search_in_letters_or_in_the_trail(
    city: Flask, leads: tuple[Member, Member]
) -> None:
    marker = "zanzibarquince"
    public_id = tell(city, words=f"{marker} frightens me", reach=f"{marker}@reach.example")
    with city.app_context():
        lead = here(leads[0])
        found = concerns.find(db.session, public_id)
        assert found
        concerns.settle(db.session, found, by=lead, decision=f"{marker} is safe now")
        rows = db.session.scalars(select(AuditRow).where(AuditRow.subject_kind == "concern")).all()
        assert {row.act for row in rows} >= {"tell", "settle"}
        assert not any(marker in str(vars(row)) for row in rows)
        assert not any(marker in letter.text for letter in db.session.scalars(select(Letter)))
    fill(city)
    visitor = PageClient(city)
    moderator = signed_in(
        city, make_member(city, kind="council", roles=(MemberRole.MODERATOR, MemberRole.OWNER))
    )
    public = ("/", f"/search?q={marker}", f"/suggest.json?q={marker}", "/events/open-day",
              "/gaps", "/concern", "/concern/thank-you")  # fmt: skip
    desk = ("/desk", "/desk/trail", "/desk/trail?act=settle", "/desk/reports", "/desk/offers",
            "/account", "/workspace/members")  # fmt: skip
    for client, addresses in ((visitor, public), (moderator, desk)):
        for address in addresses:
            answer = client.client.get(address)
            assert answer.status_code == 200, address
            said = answer.get_data(as_text=True).replace(f'value="{marker}"', "")
            assert "frightens" not in said, address
            assert "is safe now" not in said, address
            assert "reach.example" not in said, address
            assert public_id not in said, address
    assert "Concern" not in moderator.get("/desk/trail").words


def test_no_browser_keeps_the_pages_and_no_search_engine_lists_them(
    city: Flask, leads: tuple[Member, Member]
) -> None:
    public_id = tell(city)
    lead = signed_in(city, leads[0])
    for address in ("/concern", "/concern/thank-you", "/concerns", f"/concerns/{public_id}"):
        found = lead.get(address)
        assert found.response.headers["Cache-Control"] == "no-store", address
        robots = found.soup.find("meta", attrs={"name": "robots"})
        assert robots, address
        assert robots["content"] == "noindex"


# ---- A concern is never thrown away, and kept once.


def test_what_looks_like_a_program_or_is_one_of_very_many_is_kept_and_listed_last(
    city: Flask, leads: tuple[Member, Member]
) -> None:
    page = PageClient(city)
    fields = {"csrf_token": page.get("/concern").value_of("csrf_token"), "words": "From a program"}
    page.post("/concern", fields | {"token": "trap", "website": "x"}, 303)
    for number in range(103):
        tell(city, token=f"flood {number}", words="One of many", where="/events/flooded")
    tell(city, token="another page", words="By itself", where="/events/other")
    told = kept(city)
    assert len(told) == 105
    assert [c.words for c in told if c.is_doubtful] == ["From a program", *["One of many"] * 3]
    with city.app_context():
        last = concerns.all_concerns(db.session, 3)
        assert [c.is_doubtful for c in last.rows][-4:] == [True] * 4
    assert "from a program" in signed_in(city, leads[0]).get("/concerns?page=3").words


def test_the_same_form_sent_twice_at_once_is_one_concern(
    city: Flask, leads: tuple[Member, Member]
) -> None:
    del leads
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(tell(city))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == len(kept(city)) == 1


def test_two_worries_of_one_person_are_two_concerns(city: Flask) -> None:
    tell(city, token="first form")
    tell(city, token="second form")
    assert len(kept(city)) == 2


def test_a_form_without_its_hidden_fields_is_kept_all_the_same(city: Flask) -> None:
    page = PageClient(city)
    fields = {"csrf_token": page.get("/concern").value_of("csrf_token"), "words": WORDS}
    page.post("/concern", fields, 303)
    page.post("/concern", fields | {"token": "x" * 500, "about": "//evil.example"}, 303)
    assert [(c.words, c.where) for c in kept(city)] == [(WORDS, "")] * 2


def test_what_is_too_long_is_still_in_the_form(city: Flask) -> None:
    page = PageClient(city)
    words = "It goes on. " * 500
    fields = {"csrf_token": page.get("/concern").value_of("csrf_token"), "words": words}
    answer = page.post("/concern", fields, 422)
    assert answer.errors == ["Use 4000 characters at most. What you wrote is still here."]
    assert answer.soup.textarea
    assert answer.soup.textarea.get_text().strip() == words.strip()
    assert offers_help(answer)


@pytest.mark.parametrize(
    ("about", "where"),
    [
        ("/events/open-day", "/events/open-day"),
        ("/events/open-day?q=my+name#top", "/events/open-day"),
        ("/providers/town-college", "/providers/town-college"),
        ("/keep-up/a-secret-token", ""),
        ("/invitation/a-secret-token", ""),
        ("/concern", ""),
        ("/no/such/page", ""),
        ("//evil.example/events/open-day", ""),
        ("https://evil.example", ""),
        ("javascript:alert(1)", ""),
        ("/events/" + "x" * 300, ""),
    ],
)
def test_only_a_page_of_this_site_without_a_secret_in_its_address_is_noted(
    city: Flask, about: str, where: str
) -> None:
    page = PageClient(city)
    form = page.get(f"/concern?about={about}".replace("#", "%23").replace("+", "%2B"))
    fields = {"csrf_token": form.value_of("csrf_token"), "words": WORDS, "about": about}
    page.post("/concern", fields, 303)
    (concern,) = kept(city)
    assert concern.where == (where if len(where) <= 200 else "")


# ---- What the portal notices by itself.


def test_what_is_noticed_is_kept_with_the_text_box_or_not_at_all(
    city: Flask, leads: tuple[Member, Member]
) -> None:
    with city.app_context():
        given = {"words": WORDS, "where": "/listings/kilns/ask", "request_public_id": "a-request"}
        concerns.notice(db.session, **given)
        db.session.rollback()
    assert kept(city) == []
    with city.app_context():
        concerns.notice(db.session, **given)
        db.session.commit()
        assert len(letters_to(leads[0])) == 1
    (concern,) = kept(city)
    shown = signed_in(city, leads[0]).get(f"/concerns/{concern.public_id}")
    assert "noticed these words in a text box" in shown.words
    assert "a-request" in shown.words


# ---- Letters.


def test_each_lead_has_one_letter_in_a_quarter_of_an_hour_and_never_none_after_a_concern(
    city: Flask, leads: tuple[Member, Member]
) -> None:
    suspended = make_member(city, kind="council", roles=LEAD, state=MemberState.SUSPENDED)
    for number in range(5):
        tell(city, token=f"form {number}")
    with city.app_context():
        for lead in leads:
            first, second = sorted(letters_to(lead), key=lambda letter: letter.next_try_at)
            assert first.next_try_at <= now()
            assert now() < second.next_try_at <= now() + QUARTER
            assert WORDS not in first.text + second.text + first.subject
            assert "/concerns" in first.text
        assert letters_to(suspended) == []


def test_without_a_lead_the_councils_owners_hear_that_nobody_reads(small_app: Flask) -> None:
    owner = make_member(small_app, kind="council")
    make_member(small_app, kind="college")
    tell(small_app)
    with small_app.app_context():
        (letter,) = db.session.scalars(select(Letter))
        assert letter.recipient == owner.email
        assert "your organisation has none who can sign in" in letter.text
        assert "/workspace/members" in letter.text
        assert WORDS not in letter.text


# ---- Settling.


def test_a_concern_is_settled_once_with_what_was_done(
    city: Flask, leads: tuple[Member, Member]
) -> None:
    address = f"/concerns/{tell(city)}"
    tell(city, token="another", words="Something else")
    with city.app_context():
        before = db.session.scalar(select(func.max(AuditRow.id))) or 0
    first, second = (signed_in(city, lead) for lead in leads)
    pages = [(lead, lead.get(address)) for lead in (first, second)]
    fields = [(lead, {"csrf_token": found.value_of("csrf_token")}) for lead, found in pages]
    lead, given = fields[0]
    assert lead.post(f"{address}/settle", given, 422).errors == ["Write what you did about it."]
    for number, (lead, given) in enumerate(fields):
        lead.post(f"{address}/settle", given | {"decision": f"Decision {number}"}, 303)
    assert "Another lead" in second.get("/concerns").words
    shown = second.get(address)
    assert "Decision 0" in shown.words
    assert "Alex Saddle" in shown.words
    assert not shown.soup.find("textarea")
    assert [c.decision for c in kept(city)] == ["Decision 0", None]
    queue = first.get("/concerns").links
    other = f"/concerns/{kept(city)[1].public_id}"
    assert queue.index(other) < queue.index(address), "open ones stand first"
    with city.app_context():
        settled = select(AuditRow.member_id).where(
            AuditRow.subject_kind == "concern", AuditRow.act == "settle", AuditRow.id > before
        )
        assert db.session.scalars(settled).all() == [leads[0].id]


def test_pages_are_well_formed_and_ask_the_database_little(
    city: Flask, leads: tuple[Member, Member]
) -> None:
    address = f"/concerns/{tell(city)}"
    client = signed_in(city, leads[0]).client
    for path in ("/concern?about=/events/open-day", "/concern/thank-you", "/concerns", address):
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(client.get(path).get_data(as_text=True))
        assert [error for error in parser.errors if error[1] != "invalid-codepoint"] == [], path


# ---- Who may have which role.


def test_only_the_council_gives_leads_and_every_organisation_but_employers_has_advisers() -> None:
    kinds = ("school", "advice-service", *PROVIDERS)
    for kind in {*kinds, "employer", "council", "nothing known"}:
        roles = roles_of(kind)
        assert (MemberRole.SAFEGUARDING in roles) == (kind == "council")
        is_employer = kind in {"employer", "employer-provider", "nothing known"}
        assert (MemberRole.ADVISER in roles) != is_employer
    assert set(roles_of("council")) == set(MemberRole) == set(ROLES)


def test_another_organisations_owner_cannot_make_a_lead(city: Flask) -> None:
    owner = make_member(city)
    page = signed_in(city, owner)
    form = page.get("/workspace/members")
    assert form.soup.find("input", attrs={"value": "adviser"})
    assert not form.soup.find("input", attrs={"value": "safeguarding"})
    fields = {"csrf_token": form.value_of("csrf_token"), "name": "X", "email": "x@kiln.example.org"}
    fields |= {"roles": "safeguarding"}
    assert page.client.post("/workspace/members", data=fields).status_code == 422
    with city.app_context():
        assert not db.session.scalars(select(Member).where(Member.email == fields["email"])).all()


def test_all_roles_at_once_fit_in_the_trail(city: Flask) -> None:
    member = make_member(city, kind="council")
    with city.app_context():
        membership.change_roles(db.session, here(member), list(MemberRole), by=here(member))
        row = db.session.scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
        assert row
        assert row.why == "From owner to owner, editor, adviser, moderator, safeguarding"
        assert len(row.after or "") <= 30


def test_entrances_let_in_whom_they_name(city: Flask) -> None:
    lead = make_member(city, kind="council", roles=LEAD)
    adviser = make_member(city, roles=(MemberRole.ADVISER,))
    unknown = make_member(city, roles=(MemberRole.ADVISER,), standing=Standing.APPLIED)
    assert SAFEGUARDING.admits
    assert ADVISERS.admits
    assert [SAFEGUARDING.admits(member) for member in (lead, adviser)] == [True, False]
    assert [ADVISERS.admits(m) for m in (lead, adviser, unknown)] == [False, True, False]
    assert lead.must_have_second_factor


# ---- The net.


def lines(name: str) -> list[str]:
    return (CORPORA / name).read_text(encoding="utf-8").splitlines()


def test_the_corpora_are_as_large_as_they_claim() -> None:
    assert len(set(lines("worrying.txt"))) == 220
    assert len(set(lines("honest_hopes.txt"))) == 360


def test_nearly_every_worrying_line_is_noticed() -> None:
    texts = lines("worrying.txt")
    missed = [text for text in texts if not is_worrying(text)]
    print(f"worrying: {len(texts) - len(missed)} of {len(texts)} noticed")
    assert len(missed) <= 0.1 * len(texts), missed


def test_honest_hopes_are_hardly_ever_noticed() -> None:
    texts = lines("honest_hopes.txt") + lines("honest_text.txt")
    noticed = [text for text in texts if is_worrying(text)]
    print(f"honest: {len(noticed)} of {len(texts)} noticed")
    assert len(noticed) <= 0.01 * len(texts), noticed


@pytest.mark.parametrize(
    "text",
    [
        "I WANT TO DIE", "i want to d i e", "І want tо dіe", "i want to dieeeee", "I want to\ndie",
        "i want to d1e", "I can’t go on like this", "I can't go on like this", "k.i.l.l myself",
        "My dad hits me", "My step-dad hits me", "I like cars. My dad hits me. I like vans.",
    ],
)  # fmt: skip
def test_the_same_words_are_noticed_however_they_are_written(text: str) -> None:
    assert is_worrying(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "I’d kill for a job in a bakery", "I want to shoot photographs", "A drop-dead deadline",
        "I want to hit the target", "We beat the record", "I ran 5 kms", "I want to dye hair",
        "I want to help people who self-harm", "I want to study suicide prevention",
    ],
)  # fmt: skip
def test_figures_of_speech_and_wishes_to_help_are_not_noticed(text: str) -> None:
    assert not is_worrying(text)


@pytest.mark.parametrize(
    "seed",
    ["he ", "i am ", "my dad ", "they want me ", "my mum … ", "keep ", "a_b_", "kil", "s u i ",
     "if i tell ", "́", "told me not "],
    ids=ascii,
)  # fmt: skip
def test_a_hostile_text_costs_little_time(seed: str) -> None:
    text = (seed * 20_000)[:20_000]
    best = min(_seconds(text) for _ in range(3))
    assert best < 0.3


def _seconds(text: str) -> float:
    began = time.process_time()
    is_worrying(text)
    return time.process_time() - began


@given(st.text(max_size=200))
def test_any_text_gets_an_answer(text: str) -> None:
    assert is_worrying(text) in {True, False}
