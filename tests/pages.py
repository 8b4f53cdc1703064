"""A client that checks what must be true of every page it fetches, and says what to do instead."""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.test import TestResponse

STRAIGHT = re.compile(r"""(?<!\d)["']""")
HTML = "text/html"


class Page:
    """One answer, readable as narration."""

    def __init__(self, response: TestResponse, address: str) -> None:
        self.response = response
        self.address = address
        self.status = response.status_code
        self.soup = BeautifulSoup(response.get_data(as_text=True), "html.parser")

    @property
    def heading(self) -> str:
        return " ".join(self.soup.h1.get_text().split()) if self.soup.h1 else ""

    @property
    def words(self) -> str:
        main = self.soup.find("main") or self.soup
        return " ".join(main.get_text(" ").split())

    @property
    def links(self) -> list[str]:
        return [str(a["href"]) for a in self.soup.find_all("a", href=True)]

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
    yield from _heading_faults(page)
    yield from _form_faults(page)
    yield from _policy_faults(page)
    yield from _wording_faults(page)
    ids = [str(tag["id"]) for tag in page.soup.find_all(id=True)]
    for twice in {name for name in ids if ids.count(name) > 1}:
        yield f"two things have the id “{twice}”: give one another"
    for link in page.soup.find_all("a"):
        if not link.get_text(strip=True) and not link.get("aria-label"):
            yield f"the link to {link.get('href')} has no words"
    description = page.soup.find("meta", attrs={"name": "description"})
    if not description or not 15 <= len(str(description["content"])) <= 320:
        yield "the description for link previews is missing or too long"


def _form_faults(page: Page) -> Iterator[str]:
    soup = page.soup
    for tag in soup.find_all(["input", "select", "textarea"]):
        if tag.get("type") in {"hidden", "submit"}:
            continue
        labelled = soup.find("label", attrs={"for": tag.get("id")}) or tag.find_parent("label")
        if not (labelled or tag.get("aria-label")):
            yield f"the field “{tag.get('name')}” has no label: add one"
    for form in soup.find_all("form"):
        if not form.get("action"):
            yield "a form has no action: say where it goes"
        posts = form.get("method", "get").lower() == "post"
        if posts and not form.find("input", attrs={"name": "csrf_token"}):
            yield "a form that posts has no csrf_token: add it"


def _policy_faults(page: Page) -> Iterator[str]:
    for tag in page.soup.find_all(True):
        if tag.get("style"):
            yield f"<{tag.name}> has a style attribute: use a class"
        if any(name.startswith("on") for name in tag.attrs):
            yield f"<{tag.name}> has an event attribute: listen in portal.js"
        for name in ("src", "href"):
            address = str(tag.get(name, ""))
            loads = tag.name in {"script", "link", "img", "use"} and "://" in address
            if loads and tag.get("rel") != ["canonical"]:
                yield f"<{tag.name}> loads {address} from elsewhere"
    for script in page.soup.find_all("script"):
        if not script.get("src"):
            yield "a script stands in the page: move it to portal.js"


def _heading_faults(page: Page) -> Iterator[str]:
    soup = page.soup
    if len(soup.find_all("h1")) != 1:
        yield f"there are {len(soup.find_all('h1'))} h1 headings: have one"
    title = " ".join(soup.title.get_text().split()) if soup.title else ""
    if not title.removeprefix("Error: ").startswith(page.heading):
        yield f"the title “{title}” does not begin with the heading “{page.heading}”"
    last = 0
    for heading in soup.find_all(re.compile(r"^h[1-6]$")):
        depth = int(heading.name[1])
        if depth > last + 1:
            yield f"the heading “{heading.get_text(strip=True)}” skips a level"
        last = depth
    if soup.html is None or soup.html.get("lang") != "en-GB":
        yield "the page does not say its language"


def _wording_faults(page: Page) -> Iterator[str]:
    found = STRAIGHT.search(page.words)
    if found:
        around = page.words[max(found.start() - 20, 0) : found.end() + 20]
        yield f"straight quotes in “{around}”: use curly ones"
    for words in page.soup.stripped_strings:
        if words in {"None", "Undefined", "[]", "{}"} or "{{" in words or "lorem" in words.lower():
            yield f"“{words}” stands in the page"
