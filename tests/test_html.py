"""HTML by the Nu Html Checker, where it is: CI fetches it, a newcomer need not."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask
from pages import PageClient
from test_pages import KINDS, WITH_EXPERIENCES
from test_pages import experiences as experiences  # noqa: PLC0414 - pytest finds it by its name

CHECKER = os.environ.get("PORTAL_VNU_JAR", "")
COMMAND = ["java", "-jar", CHECKER, "--format", "json", "--errors-only"]


@pytest.mark.skipif(
    not (CHECKER and shutil.which("java")),
    reason="set PORTAL_VNU_JAR to the Nu Html Checker’s vnu.jar, with Java installed",
)
def test_every_kind_of_page_validates(page: PageClient, experiences: Flask, tmp_path: Path) -> None:
    for client, kinds in ((page, KINDS), (PageClient(experiences), WITH_EXPERIENCES)):
        for name, address in kinds.items():
            path = tmp_path / f"{name.replace(' ', '-')}-{len(kinds)}.html"
            path.write_bytes(client.client.get(address).get_data())
    done = subprocess.run(
        [*COMMAND, *map(str, tmp_path.glob("*.html"))],
        capture_output=True,
        text=True,
        check=False,
    )
    messages = json.loads(done.stderr or "{}").get("messages")
    assert messages is not None, "the checker did not answer"
    errors = [
        f"{Path(m['url']).name}:{m.get('lastLine')}: {m['message']} {m.get('extract', '')}"
        for m in messages
    ]
    assert errors == []


@pytest.mark.skipif(not CHECKER, reason="as above")
def test_the_checker_sees_a_planted_fault(tmp_path: Path) -> None:
    path = tmp_path / "wrong.html"
    path.write_text("<!doctype html><title>x</title><p id=a><p id=a>", encoding="utf-8")
    done = subprocess.run(
        [*COMMAND, str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Duplicate ID" in done.stderr
