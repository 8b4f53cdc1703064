"""Our own words: every public page is easy to read, and no sentence is too long for one go."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, close
from flask import Flask, render_template
from offers import make_city
from pages import PageClient
from sentences import is_sentence, messages_in, passages_on
from test_pages import KINDS, WITH_EXPERIENCES, put_experiences

from portal.content.reading_grade import HARDEST, Passage, grade, long_sentences, words

# The formula was made for samples of a hundred words; of less it says little.
ENOUGH_WORDS = 100
OTHERS = {
    "words": "/words",
    "employability": "/employability",
    "sign in": "/sign-in",
    "sign up": "/sign-up",
    "forgotten password": "/forgotten-password",
}
CODES = (400, 404, 405, 410, 413, 422, 429, 500, 503)
REASONS = ("search", "content", "busy", "reads")
TEMPLATES = sorted((ROOT / "portal" / "templates").rglob("*.html"))
LETTERS = sorted((ROOT / "portal" / "templates" / "mail").glob("*.txt"))
MODULES = sorted((ROOT / "portal").rglob("*.py"))
NOTE = re.compile(r"{#.*?#}", re.DOTALL)
OTHERWISE = re.compile(r"{%-?\s*(?:elif|else)\b.*?%}", re.DOTALL)
TAG = re.compile(r"{%.*?%}", re.DOTALL)
VALUE = re.compile(r"{{.*?}}", re.DOTALL)
IN_QUOTES = re.compile(r'"([^"]+)"')


def faults_of(passages: list[Passage]) -> list[str]:
    """What is too hard or too long."""
    faults = [f"{len(words(s))} words: {s}" for p in passages for s in long_sentences(p)]
    number = sum(len(words(passage.text)) for passage in passages)
    if number >= ENOUGH_WORDS and grade(passages) > HARDEST:
        faults.append(f"the page asks for grade {grade(passages)}")
    return faults


@pytest.mark.parametrize("address", (KINDS | OTHERS).values(), ids=KINDS | OTHERS)
def test_every_kind_of_public_page_is_easy_to_read(page: PageClient, address: str) -> None:
    assert faults_of(passages_on(page.get(address).soup)) == []


@pytest.fixture(scope="module")
def experiences(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A small city with experiences and pledges."""
    app = make_city(tmp_path_factory.mktemp("experiences"))
    put_experiences(app)
    yield app
    close(app)


@pytest.mark.parametrize("address", WITH_EXPERIENCES.values(), ids=WITH_EXPERIENCES)
def test_pages_about_experiences_are_easy_to_read(experiences: Flask, address: str) -> None:
    assert faults_of(passages_on(PageClient(experiences).get(address).soup)) == []


def test_pages_of_the_city_are_measured_and_not_passed_over(page: PageClient) -> None:
    passages = passages_on(page.get("/roles/bricklayer").soup)
    assert sum(len(words(passage.text)) for passage in passages) > 300
    said = {passage.text for passage in passages}
    assert "No way is better than another. They suit different people." in said


def test_a_hard_page_and_a_long_sentence_are_found() -> None:
    hard = "<p>Organisational responsibilities necessitate considerable capabilities.</p>" * 30
    long = f"<li>You {'carry it and ' * 9}rest.</li>"
    soup = BeautifulSoup(f"<main>{hard}<ul>{long}</ul></main>", "html.parser")
    faults = faults_of(passages_on(soup))
    assert [fault.split()[0] for fault in faults] == ["29", "the"]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("reason", ["", *REASONS])
def test_errors_are_told_in_short_sentences(catalogue: Flask, code: int, reason: str) -> None:
    with catalogue.test_request_context():
        html = render_template("errors/error.html", code=code, reason=reason)
    passages = passages_on(BeautifulSoup(html, "html.parser"))
    assert passages
    assert [long_sentences(passage) for passage in passages if long_sentences(passage)] == []
    assert grade(passages) <= HARDEST


def named(path: Path) -> str:
    return path.relative_to(ROOT / "portal").as_posix()


def test_messages_of_forms_and_commands_are_short() -> None:
    found = {named(path): list(messages_in(path)) for path in MODULES}
    assert sum(map(len, found.values())) > 500
    long = [
        f"{name}, line {passage.line}: {sentence}"
        for name, passages in found.items()
        for passage in passages
        for sentence in long_sentences(passage)
    ]
    assert long == []
    assert grade(passage for passages in found.values() for passage in passages) <= HARDEST


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_template_has_no_long_sentence_whoever_sees_it(path: Path) -> None:
    """Pages of members too: what is put in counts as one word, each branch as its own sentence."""
    text = NOTE.sub("", path.read_text(encoding="utf-8"))
    hints = [s for tag in VALUE.findall(text) + TAG.findall(text) for s in IN_QUOTES.findall(tag)]
    bare = VALUE.sub("so", TAG.sub("", OTHERWISE.sub("<br>", text)))
    passages = passages_on(BeautifulSoup(f"<main>{bare}</main>", "html.parser"))
    passages += [Passage(hint) for hint in hints if is_sentence(hint)]
    assert [sentence for passage in passages for sentence in long_sentences(passage)] == []


@pytest.mark.parametrize("path", LETTERS, ids=named)
def test_a_letter_has_no_long_sentence(path: Path) -> None:
    text = NOTE.sub("", path.read_text(encoding="utf-8"))
    bare = VALUE.sub("so", TAG.sub("", OTHERWISE.sub("\n\n", text)))
    parts = re.split(r"\n\n|^- ", bare, flags=re.MULTILINE)
    assert [sentence for part in parts for sentence in long_sentences(Passage(part))] == []
