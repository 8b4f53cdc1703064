"""Templates: undefined names are errors, prose is cleaned, static addresses follow content."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import nh3
from flask import Flask, url_for
from jinja2 import StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

from portal.clock import here
from portal.explained_words import NOTHING_USED, Explained, Glossary

PROSE_TAGS = {
    "a", "abbr", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "li", "ol", "p",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
PROSE_ATTRIBUTES = {
    "a": {"href"},
    "h2": {"id"},
    "h3": {"id"},
    "th": {"scope"},
    "td": {"data-label"},
}
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def _label_cells(state: StateCore) -> None:
    """Tell each cell its column’s heading, so that a phone can stack the rows."""
    labels: list[str] = []
    column = 0
    for number, token in enumerate(state.tokens):
        if token.type == "table_open":
            labels = []
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            token.attrSet("scope", "col")
            labels.append(state.tokens[number + 1].content)
        elif token.type == "td_open":
            token.attrSet("data-label", labels[column] if column < len(labels) else "")
            column += 1


def _explain_words(state: StateCore) -> None:
    """Link each word of the glossary to its meaning where it comes first; not within headings."""
    glossary: Glossary | None = state.env.get("glossary")
    if glossary is None:
        return
    before = ""
    for token in state.tokens:
        if token.type == "inline" and before not in {"heading_open", "th_open"}:
            token.children = _with_links(token.children or [], glossary, state.env["used"])
        before = token.type


def _with_links(children: list[Token], glossary: Glossary, used: set[str]) -> list[Token]:
    """The tokens of a line with links around new words. ``used`` grows by those."""
    found: list[Token] = []
    links = 0
    for child in children:
        links += child.nesting if child.type in {"link_open", "link_close"} else 0
        if links or child.type != "text":
            found.append(child)
            continue
        for piece in glossary.pieces(child.content, frozenset(used)):
            text = Token("text", "", 0, content=piece.text, level=child.level)
            if not piece.slug:
                found.append(text)
                continue
            used.add(piece.slug)
            opened = Token("link_open", "a", 1, attrs={"href": f"#{word_id(piece.slug)}"})
            found += [opened, text, Token("link_close", "a", -1)]
    return found


def word_id(slug: str) -> str:
    """Where a page says what a word means."""
    return f"word-{slug}"


_markdown = MarkdownIt("commonmark").enable("table")
_markdown.core.ruler.push("label_cells", _label_cells)
_markdown.core.ruler.push("explain_words", _explain_words)


def prose(markdown: str, explained: Explained | None = None) -> Markup:
    """Content’s Markdown as clean HTML; headings get ids so that they can be linked.

    With ``explained``, words that the page has not explained yet are linked to their meaning.
    """
    if explained is None:
        return _prose(markdown, None, NOTHING_USED)[0]
    html, used = _prose(markdown, explained.glossary, explained.known)
    explained.remember(used)
    return html


@lru_cache(maxsize=2048)
def _prose(
    markdown: str, glossary: Glossary | None, known: frozenset[str]
) -> tuple[Markup, frozenset[str]]:
    """Clean HTML, and the words that it explains beside those that were known."""
    used = set(known)
    html = _markdown.render(markdown, {"glossary": glossary, "used": used})
    for tag in ("h2", "h3"):
        html = _with_ids(html, tag)
    cleaned = nh3.clean(
        html,
        tags=PROSE_TAGS,
        attributes=PROSE_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener",
    )
    return Markup(cleaned), frozenset(used) - known  # noqa: S704 - nh3 has cleaned it


def _with_ids(html: str, tag: str) -> str:
    parts = html.split(f"<{tag}>")
    return parts[0] + "".join(
        f'<{tag} id="{anchor(part.partition(f"</{tag}>")[0])}">{part}' for part in parts[1:]
    )


def anchor(heading: str) -> str:
    """The id of a heading: its words joined by hyphens."""
    words = "".join(c if c.isalnum() else " " for c in nh3.clean(heading, tags=set()).lower())
    return "-".join(words.split()) or "section"


def headings(markdown: str) -> list[tuple[str, str]]:
    """Second-level headings with their ids, for a list of contents."""
    lines = (line[3:].strip() for line in markdown.splitlines() if line.startswith("## "))
    return [(anchor(line), line) for line in lines]


def sections(markdown: str, explained: Explained | None = None) -> list[tuple[str, Markup]]:
    """Prose split at its second-level headings, each with its HTML."""
    found: list[tuple[str, list[str]]] = []
    for line in markdown.splitlines():
        if line.startswith("## "):
            found.append((line[3:].strip(), []))
        elif found:
            found[-1][1].append(line)
    return [(heading, prose("\n".join(lines).strip(), explained)) for heading, lines in found]


def day(date: dt.date) -> str:
    """21 November 2026."""
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"


def moment(when: dt.datetime) -> str:
    """A stored moment in the city’s time: 21 November 2026 at 14:05."""
    local = here(when)
    return f"{day(local.date())} at {local:%H:%M}"


def partial_date(text: str) -> str:
    """“2026-09” as September 2026; a year, a day or words as people read them."""
    parts = text.split("-")
    if not all(part.isdigit() for part in parts) or len(parts[0]) != 4 or len(parts) > 3:  # noqa: PLR2004
        return text
    if len(parts) == 1:
        return text
    month = f"{MONTHS[int(parts[1]) - 1]} {parts[0]}"
    return month if len(parts) == 2 else f"{int(parts[2])} {month}"  # noqa: PLR2004


def pounds(amount: int) -> str:
    """£27,500, to the nearest hundred: a whole occupation’s pay is no more exact than that."""
    return f"£{round(amount, -2):,}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """one, two and three."""
    items = list(words)
    return (
        f" {last} ".join((", ".join(items[:-1]), items[-1])) if len(items) > 1 else "".join(items)
    )


def counted(number: int, one: str, many: str | None = None) -> str:
    """1 course, 2 courses."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def length_of_time(months: int) -> str:
    """18 months, 2 years, 4 years and 6 months."""
    years, rest = divmod(months, 12)
    if years < 2 and rest:  # noqa: PLR2004 - people say 18 months
        return counted(months, "month")
    parts = [counted(years, "year")] if years else []
    return listed(parts + ([counted(rest, "month")] if rest else []))


def site(url: str) -> str:
    """The domain of a link, so that one sees where it goes."""
    return urlsplit(url).netloc.removeprefix("www.")


def miles(distance: float) -> str:
    """Under a mile, or a whole number of miles."""
    return "under a mile" if distance < 1 else f"about {counted(round(distance), 'mile')}"


def init_app(app: Flask) -> None:
    """Make templates strict and give them the house’s words."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    filters = (
        prose, day, moment, partial_date, pounds, listed, counted, length_of_time, site, miles,
        anchor, headings, sections, word_id,
    )  # fmt: skip
    app.jinja_env.filters.update({function.__name__: function for function in filters})
    watched = app.config["ENVIRONMENT"] == "development"
    addresses = _StaticAddresses(Path(app.static_folder or ""), watched=watched)
    app.jinja_env.globals["asset"] = addresses


class _StaticAddresses:
    """Addresses of static files that change with their content, so that browsers keep them.

    ``watched`` files may change while the portal runs, as on a developer’s machine.
    """

    def __init__(self, folder: Path, *, watched: bool) -> None:
        self._folder = folder
        self._watched = watched
        self._known: dict[str, tuple[float, str]] = {}

    def __call__(self, name: str) -> str:
        held = self._known.get(name)
        if held is not None and not self._watched:
            return held[1]
        path = self._folder / name
        changed = path.stat().st_mtime
        if held is None or held[0] != changed:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()[:10]
            held = self._known[name] = (changed, url_for("static", filename=name, v=digest))
        return held[1]
