"""Whoever writes content sees what they saved, or what keeps it from being shown."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from builders import role_text
from pages import PageClient

from portal.preview import stamps

ROLE = "roles/engineering/kiln-worker.md"
PATIENCE = 60


@pytest.fixture
def preview(tmp_path: Path, small_content: Path) -> Iterator[str]:
    """The address of a running ``portal preview`` on the small content."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "PORTAL_ENVIRONMENT": "development",
        "PORTAL_INSTANCE_DIR": str(tmp_path / "instance"),
        "PORTAL_CONTENT_DIR": str(small_content),
    }
    command = [sys.executable, "-m", "portal", "preview", "--port", str(port)]
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
        address = f"http://127.0.0.1:{port}"
        try:
            soon(lambda: "Kiln worker" in fetched(f"{address}/roles/kiln-worker"))
            yield address
        finally:
            process.terminate()
            process.wait(PATIENCE)


def fetched(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310 - ours
            return str(answer.read().decode())
    except OSError:
        return ""


def soon(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)


def test_a_saved_page_is_shown_and_a_mistake_is_told(
    preview: str, small_content: Path, tmp_path: Path
) -> None:
    page, state = f"{preview}/roles/kiln-worker", f"{preview}/preview/state"
    assert "preview.js" in fetched(page)
    (small_content / ROLE).write_text(role_text("Head of kilns"), encoding="utf-8")
    soon(lambda: "<h1>Head of kilns</h1>" in fetched(page))
    assert json.loads(fetched(state))["mistakes"] == []

    (small_content / ROLE).write_text(role_text("Oven", soc2020='"81"'), encoding="utf-8")
    soon(lambda: "four digits" in fetched(state))
    assert "<h1>Head of kilns</h1>" in fetched(page)
    assert "four digits" in (tmp_path / "said").read_text(encoding="utf-8")

    (small_content / ROLE).write_text(role_text("Ovens"), encoding="utf-8")
    soon(lambda: "<h1>Ovens</h1>" in fetched(page))
    soon(lambda: json.loads(fetched(state))["mistakes"] == [])


def test_only_a_preview_asks_for_news(page: PageClient) -> None:
    assert "preview.js" not in page.get("/").text
    page.get("/preview/state", status=404)


def test_a_change_is_seen_by_when_a_file_was_saved(tmp_path: Path) -> None:
    file = tmp_path / "pay.csv"
    file.write_text("one")
    before = stamps(tmp_path)
    os.utime(file, ns=(1, 1))
    assert stamps(tmp_path) != before
    assert stamps(tmp_path) == stamps(tmp_path)
