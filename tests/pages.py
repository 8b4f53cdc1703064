"""A client that checks what must be true of every page it fetches, and says what to do instead."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from bs4 import BeautifulSoup, Tag
from flask import Flask
from reading import Element, Reading, read
from werkzeug.test import TestResponse

STRAIGHT = re.compile(r"""(?<!\d)["']""")
HTML = "text/html"
DESCRIPTION = "description"
# Elements that fetch something as soon as they are in a page.
LOADING = {"script", "link", "img", "use"}


class Page:
    """One answer, readable as narration."""

    def __init__(self, response: TestResponse, address: str) -> None:
        self.response = response
        self.address = address
        self.status = response.status_code

    @cached_property
    def text(self) -> str:
        return self.response.get_data(as_text=True)

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The page as a tree, for whoever looks for something; it takes longer than reading."""
        return BeautifulSoup(self.text, "html.parser")

    @cached_property
    def reading(self) -> Reading:
        return read(self.text)

    @property
    def heading(self) -> str:
        headings = self.reading.named("h1")
        return self.reading.words_of(headings[0]) if headings else ""

    @cached_property
    def words(self) -> str:
        main = self.reading.named("main")
        return self.reading.words_of(main[0] if main else None, between=" ")

    @property
    def links(self) -> list[str]:
        found = self.reading.named("a")
        return [link.attributes["href"] for link in found if "href" in link.attributes]

    @property
    def errors(self) -> list[str]:
        return [" ".join(e.get_text(" ").split()) for e in self.soup.select(".error-summary li")]

    @property
    def results(self) -> list[str]:
        return [str(a["href"]) for a in self.soup.select(".result h3 a")]

    def value_of(self, name: str) -> str:
        field = self.soup.find(attrs={"name": name})
        assert isinstance(field, Tag), f"{self.address} has no field {name}"
        return str(field.get("value", ""))


class PageClient:
    """Fetches pages as a visitor without script, and checks each one."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, address: str, status: int = 200) -> Page:
        response = self.client.get(address)
        assert response.status_code == status, f"{address} answered {response.status_code}"
        page = Page(response, address)
        if response.mimetype == HTML and "part=results" not in address:
            faults = list(faults_of(page))
            assert not faults, f"{address}: " + "; ".join(faults)
        return page

    def post(self, address: str, fields: dict[str, str], status: int) -> Page:
        response = self.client.post(address, data=fields)
        assert response.status_code == status, f"{address} answered {response.status_code}"
        page = Page(response, address)
        if response.mimetype == HTML and status != 303:
            assert not list(faults_of(page))
        return page


def faults_of(page: Page) -> Iterator[str]:
    """Everything wrong with a page that any page could have wrong."""
    reading = page.reading
    if reading.unread:
        yield f"this is not plain HTML: “{reading.unread}”"
    yield from _heading_faults(page)
    yield from _form_faults(reading)
    for element in reading.elements:
        yield from _policy_faults(element)
    yield from _wording_faults(page)
    ids = Counter(element.attributes.get("id") for element in reading.elements)
    for name, number in ids.items():
        if name is not None and number > 1:
            yield f"two things have the id “{name}”: give one another"
    for link in reading.named("a"):
        if not reading.words_of(link) and not link.get("aria-label"):
            yield f"the link to {link.get('href')} has no words"
    descriptions = [m.get("content") for m in reading.named("meta") if m.get("name") == DESCRIPTION]
    if not descriptions or not 15 <= len(descriptions[0]) <= 320:
        yield "the description for link previews is missing or too long"


def _form_faults(reading: Reading) -> Iterator[str]:
    labels = {label.get("for") for label in reading.named("label")}
    for field in reading.named("input", "select", "textarea"):
        if field.get("type") in {"hidden", "submit"}:
            continue
        is_within = any(element.name == "label" for element in field.around())
        is_labelled = is_within or (field.get("id") and field.get("id") in labels)
        if not (is_labelled or field.get("aria-label")):
            yield f"the field “{field.get('name')}” has no label: add one"
    fields = [field for field in reading.named("input") if field.get("name") == "csrf_token"]
    guarded = {id(element) for field in fields for element in field.around()}
    for form in reading.named("form"):
        if not form.get("action"):
            yield "a form has no action: say where it goes"
        # Where a view says by itself that only this site may send it, no token is needed.
        is_open = form.get("method").lower() == "post" and "data-from-here" not in form.attributes
        if is_open and id(form) not in guarded:
            yield "a form that posts has no csrf_token: add it"


def _policy_faults(element: Element) -> Iterator[str]:
    name = element.name
    if element.get("style"):
        yield f"<{name}> has a style attribute: use a class"
    if any(key.startswith("on") for key in element.attributes):
        yield f"<{name}> has an event attribute: listen in portal.js"
    if name == "script" and not element.get("src"):
        yield "a script stands in the page: move it to portal.js"
    if name not in LOADING or element.get("rel").split() == ["canonical"]:
        return
    for address in (element.get("src"), element.get("href")):
        if "://" in address:
            yield f"<{name}> loads {address} from elsewhere"


def _heading_faults(page: Page) -> Iterator[str]:
    reading = page.reading
    number = len(reading.named("h1"))
    if number != 1:
        yield f"there are {number} h1 headings: have one"
    titles = reading.named("title")
    title = reading.words_of(titles[0]) if titles else ""
    if not title.removeprefix("Error: ").startswith(page.heading):
        yield f"the title “{title}” does not begin with the heading “{page.heading}”"
    last = 0
    for heading in reading.named("h1", "h2", "h3", "h4", "h5", "h6"):
        depth = int(heading.name[1])
        if depth > last + 1:
            yield f"the heading “{reading.words_of(heading)}” skips a level"
        last = depth
    if [element.get("lang") for element in reading.named("html")] != ["en-GB"]:
        yield "the page does not say its language"


def _wording_faults(page: Page) -> Iterator[str]:
    found = STRAIGHT.search(page.words)
    if found:
        around = page.words[max(found.start() - 20, 0) : found.end() + 20]
        yield f"straight quotes in “{around}”: use curly ones"
    for words in map(str.strip, page.reading.strings):
        if words in {"None", "Undefined", "[]", "{}"} or "{{" in words or "lorem" in words.lower():
            yield f"“{words}” stands in the page"
