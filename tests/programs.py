"""Programs that begin, fail and die as the portal does, without reading all of it for each.

One process reads the portal once and forks for every run: each has an environment, limits and an
end of its own, also a violent one.
"""

import multiprocessing
import os
import resource
import sys
import warnings
from collections.abc import Mapping
from multiprocessing.connection import Connection
from subprocess import CompletedProcess

PORTAL = "from portal.__main__ import main; main()"
READ_ONCE = multiprocessing.get_context("forkserver")
READ_ONCE.set_forkserver_preload(["portal.__main__"])


def run(
    code: str,
    *arguments: str,
    environment: Mapping[str, str],
    largest_file: int | None = None,
) -> CompletedProcess[str]:
    """What came of it, with what was written; ``largest_file`` is how many bytes a file may have.

    Without ``code`` of its own a test runs ``PORTAL``, which is what the command does.
    """
    written, out = READ_ONCE.Pipe(duplex=False)
    complained, errors = READ_ONCE.Pipe(duplex=False)
    given = (code, arguments, dict(environment), largest_file, out, errors)
    process = READ_ONCE.Process(target=_begin, args=given)
    process.start()
    out.close()
    errors.close()
    told = [_everything(end) for end in (written, complained)]
    process.join()
    done = CompletedProcess(arguments, process.exitcode or 0, *told)
    process.close()
    return done


def _begin(
    code: str,
    arguments: tuple[str, ...],
    environment: dict[str, str],
    largest_file: int | None,
    out: Connection,
    errors: Connection,
) -> None:
    os.dup2(out.fileno(), sys.stdout.fileno())
    os.dup2(errors.fileno(), sys.stderr.fileno())
    out.close()
    errors.close()
    os.environ.clear()
    os.environ.update(environment)
    if largest_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    warnings.simplefilter("ignore")
    sys.argv = ["portal", *arguments]
    exec(code, {"__name__": "program"})  # noqa: S102 - written in the test that runs it


def _everything(end: Connection) -> str:
    with end, open(end.fileno(), encoding="utf-8", closefd=False) as text:
        return text.read()
