"""The house's rules that import contracts cannot see."""

import ast
import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from conftest import ROOT
from flask import Flask

from portal.config import SETTINGS
from portal.extensions import db

PORTAL = ROOT / "portal"
MODULES = sorted(PORTAL.rglob("*.py"))
TEMPLATES = sorted((PORTAL / "templates").rglob("*.html"))
# The verbs: the only modules that commit.
COMMITTING = {
    "accounts/joining.py",
    "accounts/membership.py",
    "accounts/proving.py",
    "accounts/signing_in.py",
    "accounts/watching.py",
    "catalogue/importing.py",
    "catalogue/loading.py",
    "catalogue/wishing.py",
    "demonstration.py",
    "erasing.py",
    "mail.py",
    "placements/advising.py",
    "placements/asking.py",
    "placements/clockwork.py",
    "placements/consenting.py",
    "placements/evidencing.py",
    "placements/hosting.py",
    "placements/steps.py",
    "placements/withdrawing.py",
    "pledges/pledging.py",
    "provision/keeping_venues.py",
    "provision/uploading.py",
    "publishing/concerns.py",
    "publishing/keeping_up.py",
    "publishing/moderation.py",
    "publishing/reporting.py",
    "publishing/verifying.py",
    "retention.py",
    "shortlists/alerts.py",
    "shortlists/curating.py",
    "shortlists/filing.py",
    "shortlists/handing.py",
    "shortlists/keeping.py",
    "shortlists/leaving.py",
    "shortlists/sharing.py",
}


def name(path: Path) -> str:
    return path.relative_to(PORTAL).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def calls(path: Path) -> set[str]:
    """What a module calls by its last name: of a session, of a module, or brought in by itself."""
    called = [node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    return {f.attr for f in called if isinstance(f, ast.Attribute)} | {
        f.id for f in called if isinstance(f, ast.Name)
    }


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_only_verbs_commit(path: Path) -> None:
    if name(path) not in COMMITTING and "search/" not in name(path):
        assert "commit" not in calls(path)


def test_every_verb_that_may_commit_does() -> None:
    assert sorted(COMMITTING) == sorted(
        name(p) for p in MODULES if "commit" in calls(p) and "search/" not in name(p)
    )


@pytest.mark.parametrize("path", [p for p in MODULES if "views" in p.parts], ids=name)
def test_views_read_and_never_write(path: Path) -> None:
    assert not calls(path) & {"commit", "add", "add_all", "delete", "execute", "flush"}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_import_hides_in_a_function(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            hidden = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
            assert not hidden, f"{node.name} imports inside"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_package_file_holds_a_docstring_and_the_rest_says_what_it_is_for(path: Path) -> None:
    module = tree(path)
    assert ast.get_docstring(module)
    if path.name == "__init__.py" and path.parent != PORTAL:
        assert len(module.body) == 1


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_modules_and_functions_stay_small(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= 520
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, node.name


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_templates_trust_no_data_and_hold_no_style_or_script(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe\b", text)
    assert "style=" not in text
    assert not re.search(r"\son(click|load|change|submit)=", text)
    assert "autoescape false" not in text


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_pin_with_hashes_and_carry_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    pins = re.findall(r"^[a-z0-9][^ ]*==", text, flags=re.MULTILINE)
    assert len(pins) > 20
    assert text.count("--hash=sha256:") >= len(pins)


def test_every_dependency_has_its_line_in_decisions() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    decisions = (ROOT / "DECISIONS.md").read_text(encoding="utf-8").lower()
    wanted = re.findall(r'^  "([a-z_\-]+)(?:\[[a-z]+\])?[><=]', project, flags=re.MULTILINE)
    assert len(wanted) > 25
    assert [d for d in wanted if d.replace("_", "-") not in decisions.replace("_", "-")] == []


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    for setting in SETTINGS:
        assert f"`PORTAL_{setting.name}`" in page
        assert setting.help in page


def test_every_command_is_documented() -> None:
    page = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    commands = re.findall(r'@click\.command\("([a-z-]+)"\)', (PORTAL / "cli.py").read_text("utf-8"))
    assert commands
    assert [c for c in commands if f"`portal {c}`" not in page] == []


def test_migrations_make_the_tables_that_the_models_describe(small_app: Flask) -> None:
    with small_app.app_context(), db.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), db.metadata)
    assert differences == []
