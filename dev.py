#!/usr/bin/env python3
"""The only task runner: needs nothing but Python 3.11 or newer.

python3 dev.py run [--host H] [--port P]   set up, then serve the portal with its content
python3 dev.py test [pytest's options]     set up, then run every test
python3 dev.py lint [--fix]                style, types and architecture
python3 dev.py bench [names]               measure what the figures in docs/ claim
python3 dev.py lock                        choose and pin the dependencies again
python3 dev.py portal COMMAND…             the portal's own commands: load, check, reindex…
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
OLDEST = (3, 11)
LOCKS = {"run": "requirements.lock", "develop": "requirements-dev.lock"}


def main(arguments: list[str]) -> int:
    """Run one task; the exit status is the task's own."""
    if sys.version_info < OLDEST:
        print(f"Python {sys.version.split()[0]} is too old: 3.11 or newer is needed.")
        return 2
    task, *rest = arguments or ["help"]
    tasks = {"run": run, "test": test, "lint": lint, "bench": bench, "lock": lock, "portal": portal}
    if task not in tasks:
        print(__doc__)
        return 0 if task in {"help", "-h", "--help"} else 2
    os.chdir(ROOT)
    try:
        return tasks[task](rest)
    except KeyboardInterrupt:
        return 130
    except subprocess.CalledProcessError as error:
        print(f"Stopped: {Path(error.cmd[0]).name} failed.", file=sys.stderr)
        return error.returncode or 1


def run(rest: list[str]) -> int:
    """Serve the portal at http://127.0.0.1:5000."""
    set_up("run")
    return subprocess.call([BIN / "portal", "preview", *rest])


def test(rest: list[str]) -> int:
    """Run the tests on every core; neighbours stay together and share what is made for them."""
    set_up("develop")
    is_chosen = any(option.startswith(("-n", "-p")) for option in rest)
    parallel: list[str] = [] if is_chosen else ["-n", "auto", "--dist", "worksteal"]
    return subprocess.call([BIN / "python", "-m", "pytest", *parallel, *rest])


def lint(rest: list[str]) -> int:
    """Check style, types and who imports whom."""
    set_up("develop")
    fix = ["--fix"] if "--fix" in rest else []
    steps: tuple[list[str | Path], ...] = (
        [BIN / "ruff", "check", *fix, "."],
        [BIN / "ruff", "format", *([] if fix else ["--check"]), "."],
        [BIN / "mypy"],
        [BIN / "lint-imports"],
    )
    return max(subprocess.call(step) for step in steps)


def bench(rest: list[str]) -> int:
    """Measure, and say so when a floor is not reached."""
    set_up("develop")
    return subprocess.call([BIN / "python", "-m", "bench", *rest])


def portal(rest: list[str]) -> int:
    """Pass a command on to the portal."""
    set_up("run")
    return subprocess.call([BIN / "portal", *rest])


def lock(_rest: list[str]) -> int:
    """Pin every dependency with its hashes, for every supported Python, without addresses."""
    set_up("run")
    pip("install", "uv")
    common: list[str | Path] = [
        BIN / "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11",
        "--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url",
        "--upgrade", "pyproject.toml",
    ]  # fmt: skip
    subprocess.check_call([*common, "-o", LOCKS["run"]])
    extra = ["--extra", "dev", "-c", LOCKS["run"], "-o", LOCKS["develop"]]
    subprocess.check_call([*common, *extra])
    return 0


def set_up(purpose: str) -> None:
    """Make the virtual environment hold exactly what the lock pins; quick when it already does."""
    noted = ENVIRONMENT / "holds"
    wanted = {name: _digest(path) for name, path in LOCKS.items()}
    held = noted.read_text(encoding="ascii").split() if noted.exists() else []
    enough = {"run": ("run", "develop"), "develop": ("develop",)}[purpose]
    if any(f"{name}:{wanted[name]}" in held for name in enough):
        return
    print("Setting up (once; it takes about a minute)…", flush=True)
    if not is_of_this_python():
        venv.create(ENVIRONMENT, with_pip=True, clear=ENVIRONMENT.exists())
    pip("install", "--require-hashes", "-r", LOCKS[purpose])
    pip("install", "--no-deps", "--no-build-isolation", "--no-index", "-e", ".")
    noted.write_text(f"{purpose}:{wanted[purpose]}\n", encoding="ascii")


def is_of_this_python() -> bool:
    """Whether the virtual environment was made by the Python that runs this."""
    described = ENVIRONMENT / "pyvenv.cfg"
    version = ".".join(str(part) for part in sys.version_info[:2])
    return described.exists() and f"version = {version}." in described.read_text(encoding="utf-8")


def pip(*arguments: str) -> None:
    """Run pip quietly in the virtual environment."""
    command: list[str | Path] = [
        BIN / "python",
        "-m",
        "pip",
        "--quiet",
        "--disable-pip-version-check",
    ]
    subprocess.check_call([*command, *arguments])


def _digest(path: str) -> str:
    content = (ROOT / path).read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    version = ".".join(str(part) for part in sys.version_info[:2])
    return hashlib.sha256(content + version.encode()).hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
