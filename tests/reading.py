"""A page’s HTML, read in one go: its elements in order and the words in them.

Only plain markup is read: names, attributes that are bare or in double quotes, text in which every
“<” is escaped. Everything else is found and told, so that nothing is passed over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
})  # fmt: skip
# Scripts and styles are passed over with what stands in them; comments too.
TOKEN = re.compile(
    r"""(?P<words>[^<]+)
    |</(?P<end>[a-zA-Z][a-zA-Z0-9-]*)\s*>
    |<(?P<raw>script|style)\b(?P<about>(?:\s+[^\s"'<>/=]+(?:="[^"]*")?)*)\s*>.*?</(?P=raw)\s*>
    |<(?P<start>(?!(?:script|style)\b)[a-zA-Z][a-zA-Z0-9-]*)
      (?P<given>(?:\s+[^\s"'<>/=]+(?:="[^"]*")?)*)\s*(?P<shut>/?)>
    |<!--.*?-->
    |<!doctype\s[^<>]*>""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
ATTRIBUTE = re.compile(r'([^\s"=]+)(?:="([^"]*)")?')


@dataclass(slots=True, eq=False)
class Element:
    """One element; its words are some of the page’s, from the first to before the last."""

    name: str
    attributes: dict[str, str]
    parent: "Element | None"
    first: int
    last: int

    def get(self, name: str) -> str:
        """An attribute, empty where it is not there."""
        return self.attributes.get(name, "")

    def around(self) -> Iterator["Element"]:
        """What it stands in, from the inside out."""
        found = self.parent
        while found:
            yield found
            found = found.parent


@dataclass(slots=True)
class Reading:
    """What was read; ``unread`` is where it is not plain, and as far as reading came."""

    elements: list[Element] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)
    unread: str = ""

    def named(self, *names: str) -> list[Element]:
        """Every element that is called one of these, in order."""
        return [element for element in self.elements if element.name in names]

    def words_of(self, element: Element | None, between: str = "") -> str:
        """All words in an element, or in the page; ``between`` stands where a tag was."""
        found = self.strings[element.first : element.last] if element else self.strings
        return " ".join(between.join(found).split())


def read(text: str) -> Reading:
    """Read a page."""
    reading, opened, at = Reading(), list[Element](), 0
    for token in TOKEN.finditer(text):
        if token.start() != at:
            break
        at = token.end()
        kind = token.lastgroup
        if kind == "words":
            reading.strings.append(unescape(token[0]))
        elif kind == "end":
            _shut(reading, opened, token["end"].lower())
        elif kind:
            _open(reading, opened, token)
    if at != len(text):
        reading.unread = text[at : at + 60]
    for element in opened:
        element.last = len(reading.strings)
    return reading


def _open(reading: Reading, opened: list[Element], token: re.Match[str]) -> None:
    name = (token["start"] or token["raw"]).lower()
    given = token["given"] if token["start"] else token["about"]
    attributes = {key.lower(): unescape(value) for key, value in ATTRIBUTE.findall(given)}
    place = len(reading.strings)
    element = Element(name, attributes, opened[-1] if opened else None, place, place)
    reading.elements.append(element)
    if token["start"] and not token["shut"] and name not in VOID:
        opened.append(element)


def _shut(reading: Reading, opened: list[Element], name: str) -> None:
    """Close the innermost element of a name, and all that was left open in it."""
    if not any(element.name == name for element in opened):
        return
    while opened:
        element = opened.pop()
        element.last = len(reading.strings)
        if element.name == name:
            return
