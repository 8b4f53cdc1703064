"""Words that visitors may not know: linked where they come first, explained on the same page."""

import dataclasses
from pathlib import Path

import pytest
from builders import programme_text, role_text
from conftest import fill, make_app
from flask import Flask
from pages import Page, PageClient

from portal.catalogue.access_to_search import explaining
from portal.explained_words import Explained, Glossary
from portal.templating import prose

FORMS = {
    "degree": ("degree",),
    "degree-apprenticeship": ("degree apprenticeship",),
    "dbs": ("DBS check", "DBS"),
    "t-level": ("T Level",),
    "net-pay": ("net pay",),
}
GLOSSARY = """slug,word,also,plain
glost,glost,,The firing that melts the glaze.
dbs,DBS check,DBS,A check of whether you have a criminal record.
cscs,CSCS card,CSCS,A card that shows you know how to stay safe.
potter,Potter apprenticeship,,A paid job with clay.
"""
ROLE = "roles/engineering/kiln-worker.md"
PROGRAMME = "programmes/engineering/potter-apprenticeship.md"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A degree is long.", ["degree"]),
        ("A degree apprenticeship is paid.", ["degree apprenticeship"]),
        ("A degree, then a degree apprenticeship.", ["degree", "degree apprenticeship"]),
        ("Degrees begin in autumn.", ["Degrees"]),
        ("You pass a DBS check.", ["DBS check"]),
        ("DBS, then another DBS check.", ["DBS"]),
        ("A dbs check, a t level, DEGREE.", []),
        ("Degreeless, mydegree, degree-level, pre-degree.", []),
        ("The degree’s end.", ["degree"]),
        ("Two T Levels.", ["T Levels"]),
        ("Your net pay; networks pay.", ["net pay"]),
        ("", []),
    ],
)
def test_words_are_found_whole_and_as_they_are_written(text: str, found: list[str]) -> None:
    pieces = Glossary(FORMS).pieces(text, frozenset())
    assert [piece.text for piece in pieces if piece.slug] == found
    assert "".join(piece.text for piece in pieces) == text


def test_each_word_is_found_once_on_a_page_and_never_the_pages_own() -> None:
    explained = Explained(Glossary(FORMS), "Degrees")
    assert [piece.slug for piece in explained.pieces("A degree or T Level.")] == ["", "t-level", ""]
    assert all(not piece.slug for piece in explained.pieces("A T Level."))
    assert explained.used == {"t-level"}


def test_an_empty_glossary_finds_nothing() -> None:
    assert [piece.slug for piece in Glossary({}).pieces("A degree.", frozenset())] == [""]
    assert Glossary({}).slug_of("Degree") == ""


@pytest.mark.parametrize(
    ("markdown", "links"),
    [
        ("A degree and a degree.", 1),
        ("**A degree** first.", 1),
        ("- One\n- A degree", 1),
        ("| A | B |\n|---|---|\n| a degree | x |", 1),
        ("## A degree", 0),
        ("| degree | B |\n|---|---|\n| a | x |", 0),
        ("`degree`", 0),
        ("[a degree](/x)", 0),
        ("[a **degree**](/x)", 0),
        ("[a degree](/x), then a degree", 1),
    ],
)
def test_prose_links_words_but_not_in_headings_links_or_code(markdown: str, links: int) -> None:
    html = prose(markdown, Explained(Glossary(FORMS), ""))
    assert html.count('href="#word-degree"') == links


def test_prose_that_was_made_before_still_tells_what_it_explains() -> None:
    glossary = Glossary(FORMS)
    pages = [Explained(glossary, ""), Explained(glossary, "")]
    first, second = (prose("A degree.", page) for page in pages)
    assert first == second
    assert [page.used for page in pages] == [{"degree"}] * 2
    assert "#word-" not in prose("A degree.", pages[0])
    assert "#word-" not in prose("A degree.")


@pytest.fixture
def explained_app(tmp_path: Path, small_content: Path) -> Flask:
    """A small city with four words, most of which stand on its pages."""
    (small_content / "glossary.csv").write_text(GLOSSARY, encoding="utf-8")
    told = "Then comes the glost fire. A DBS check, and a glost again."
    role = role_text().replace("Warm.", told).replace("A way in.", "Show a CSCS card.", 1)
    (small_content / ROLE).write_text(role, encoding="utf-8")
    programme = programme_text().replace("Words about it.", "A Potter apprenticeship.", 1)
    (small_content / PROGRAMME).write_text(programme, encoding="utf-8")
    app = make_app(tmp_path / "explained", small_content)
    fill(app)
    return app


def words_of(page: Page) -> list[str]:
    return [dt.get_text() for dt in page.soup.select(".words-explained dt")]


def test_a_page_ends_with_the_words_it_uses(explained_app: Flask) -> None:
    page = PageClient(explained_app).get("/roles/kiln-worker")
    assert words_of(page) == ["CSCS card", "DBS check", "Glost"]
    links = [link for link in page.links if link.startswith("#word-")]
    assert sorted(links) == ["#word-cscs", "#word-dbs", "#word-glost"]
    assert all(page.soup.find(id=link[1:]) for link in links)
    assert "The firing that melts the glaze." in page.words


def test_a_page_does_not_explain_its_own_title(explained_app: Flask) -> None:
    page = PageClient(explained_app).get("/programmes/potter-apprenticeship")
    assert words_of(page) == []
    assert "Words on this page" not in page.words


def test_all_words_stand_on_a_page_of_their_own_from_a_to_z(explained_app: Flask) -> None:
    page = PageClient(explained_app).get("/words")
    assert words_of(page) == ["CSCS card", "DBS check", "Glost", "Potter apprenticeship"]
    assert [h2.get_text() for h2 in page.soup.select("main h2")] == ["C", "D", "G", "P"]
    assert "/words" in PageClient(explained_app).get("/roles/kiln-worker").links


def test_a_new_word_is_explained_once_it_is_loaded(
    explained_app: Flask, small_content: Path
) -> None:
    page = PageClient(explained_app)
    page.get("/roles/kiln-worker")
    row = "fire,fire,,What a kiln makes.\n"
    (small_content / "glossary.csv").write_text(GLOSSARY + row, encoding="utf-8")
    fill(explained_app)
    assert "Fire" in words_of(page.get("/roles/kiln-worker"))


def test_a_glossary_is_made_once_for_each_version_of_the_vocabulary(explained_app: Flask) -> None:
    with explained_app.test_request_context():
        assert explaining("One").glossary is explaining("Two").glossary


def test_a_piece_of_a_sentence_cannot_be_changed() -> None:
    piece = Glossary(FORMS).pieces("A degree.", frozenset())[0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        piece.text = "x"  # type: ignore[misc]
