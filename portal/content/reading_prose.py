"""The sentences of content: what a reader of a page meets, without headings, links and marks."""

from collections.abc import Iterator
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from portal.content.documents import Location
from portal.content.library import Item, Library
from portal.content.reading_grade import Passage
from portal.content.values import curly

# A cell with fewer words is a label, not a sentence.
LEAST_IN_A_CELL = 4
OPENS_A_CELL = frozenset({"td_open", "th_open"})
_markdown = MarkdownIt("commonmark").enable("table")


def passages_of(item: Item[Any]) -> list[Passage]:
    """Everything on one page that is written as sentences: its fields’ first, then its body’s."""
    return [*_of_fields(item), *passages_in(item.body, item.document.body_line)]


def passages_in(markdown: str, first_line: int = 1) -> list[Passage]:
    """The paragraphs, items and long cells of Markdown."""
    tokens = _markdown.parse(curly(markdown))
    found = []
    line = first_line
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.map:
            line = first_line + token.map[0]
        if token.type != "inline" or (before and before.type == "heading_open"):
            continue
        text = _said(token)
        is_cell = before is not None and before.type in OPENS_A_CELL
        if not is_cell or len(text.split()) >= LEAST_IN_A_CELL:
            found.append(Passage(text, line))
    return found


def _said(token: Token) -> str:
    """The words of a line of prose; where it was broken there is a space."""
    breaks = {"softbreak", "hardbreak"}
    children = token.children or []
    return "".join(" " if child.type in breaks else child.content for child in children)


def _of_fields(item: Item[Any]) -> Iterator[Passage]:
    for location, text in _sentences_of(item.fields):
        if text:
            yield Passage(text, item.document.line_of(item.location + location))


def _sentences_of(fields: Any) -> Iterator[tuple[Location, str | None]]:  # noqa: ANN401
    yield ("summary",), fields.summary
    for number, way in enumerate(getattr(fields, "ways_in", ())):
        yield ("ways_in", number, "text"), way.text
    for name in ("assessed", "placement"):
        yield (name,), getattr(fields, name, None)
    if entry := getattr(fields, "entry", None):
        yield ("entry", "text"), entry.text


# The sentences of tables that the pages of the site show, by the table’s name in the library.
OF_TABLES: dict[str, tuple[str, ...]] = {
    "levels": ("plain",),
    "sectors": ("summary",),
    "qualification_types": ("summary", "note"),
    "skills": ("summary", "show", "get"),
    "skill_groups": ("summary",),
    "outlook": ("says",),
    "glossary": ("plain",),
    "providers": ("summary",),
    "services": ("summary", "how"),
    "moves": ("reason",),
    "experiences": ("summary", "sample_do", "sample_learn"),
    "work_rules": ("says",),
    "choices": ("name",),
    "courses": ("length", "award", "cost", "entry", "evidence"),
}


def passages_of_table(library: Library, table: str) -> Iterator[tuple[Item[Any], Passage]]:
    """Every sentence of a table’s rows, with the row that it stands in."""
    for item in getattr(library, table).values():
        for name in OF_TABLES[table]:
            if text := getattr(item.fields, name):
                yield item, Passage(text, item.document.line_of((*item.location, name)))
