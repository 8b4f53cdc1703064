"""A real browser for tests, started once for each worker, and applications that it can reach."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from conftest import chromium
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    # Names lead nowhere: nothing reaches what is not on this machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of an application on a server of its own, for as long as it is needed."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def running_browser() -> Iterator[Browser]:
    """Chromium, which takes long to start; playwright starts once in a process."""
    path = chromium()
    assert path, "Chromium is missing: install your system’s “chromium” package"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def browser(running_browser: Browser) -> Iterator[Browser]:
    """The browser for one module; of its windows none is left for the next."""
    assert running_browser.contexts == []
    yield running_browser
    for left in running_browser.contexts:
        left.close()


@pytest.fixture(scope="module")
def site(catalogue: Flask) -> Iterator[str]:
    """The real catalogue, served."""
    with served(catalogue) as address:
        yield address


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A wide window with script."""
    made = browser.new_context(viewport=DESK)
    yield made
    made.close()


@pytest.fixture
def without_script(browser: Browser) -> Iterator[Page]:
    """A page on a phone without script."""
    made = browser.new_context(viewport=PHONE, java_script_enabled=False)
    yield made.new_page()
    made.close()
