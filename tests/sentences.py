"""The sentences of a page as a visitor reads them, and of our own words in code and templates."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from portal.content.reading_grade import Passage, words

BLOCKS = ("p", "li", "dd", "td", "legend", "figcaption", "label")
# Names of works and sources are not our words. What a result says is judged on its own page.
NOT_OURS = "nav, svg, script, cite, [aria-hidden], .provenance, .chips, .also, .result"
WHOLE = re.compile(r"[.!?…][”’)]*$")
LEAST_WORDS = 3
AFTER_A_STOP, PUT_IN = re.compile(r"(?<=[.!?])\{\w+\}"), re.compile(r"\{\w+(?::\w+)?\}")
BREAK = "\N{PILCROW SIGN}"


def passages_on(soup: BeautifulSoup) -> list[Passage]:
    """What stands in the main part as sentences: blocks that end as sentences do."""
    main = soup.find("main")
    assert isinstance(main, Tag)
    for passed_over in main.select(NOT_OURS):
        passed_over.decompose()
    for broken in main.find_all("br"):
        broken.replace_with(BREAK)
    lines = (line for block in main.find_all(BLOCKS) for line in _own_words(block).split(BREAK))
    return [Passage(" ".join(line.split())) for line in lines if is_sentence(line.strip())]


def _own_words(block: Tag) -> str:
    """A block’s words without those of blocks within it."""
    inside = {id(text) for inner in block.find_all((*BLOCKS, "ul", "ol", "h3", "h4"))
              for text in inner.find_all(string=True)}  # fmt: skip
    return "".join(text for text in block.find_all(string=True) if id(text) not in inside)


def is_sentence(text: str) -> bool:
    """Whether words are meant as a sentence: they end like one and are more than a name."""
    return len(words(text)) >= LEAST_WORDS and bool(WHOLE.search(text))


def messages_in(path: Path) -> Iterator[Passage]:
    """The sentences that stand as strings in a module; docstrings are not for visitors."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed_over = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            passed_over |= {id(part) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in passed_over:
            continue
        text = _string(node)
        if text[:1].isupper() and is_sentence(text):
            yield Passage(text, getattr(node, "lineno", 1))


def _string(node: ast.AST) -> str:
    """A string’s words; what is put into it counts as one word."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return PUT_IN.sub("so", AFTER_A_STOP.sub("", node.value))
    if isinstance(node, ast.JoinedStr):
        parts = (p.value if isinstance(p, ast.Constant) else "so" for p in node.values)
        return "".join(map(str, parts))
    return ""
