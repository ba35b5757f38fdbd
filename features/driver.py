"""What the steps know of the program: the only module of the tests that touches its Python API and its command."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HANG_SECONDS = 300
"""Only turns a hang into a failure; no test passes or fails by time."""

RUN = f"scenario-{os.getpid()}"
"""The run of the commands that a scenario starts. Suites run side by side, and a run ends all that bears its id."""

UNMEASURED = {"COVERAGE_PROCESS_START": "", "COVERAGE_PROCESS_CONFIG": ""}
"""Added to an environment, it keeps the coverage measurement out of a new Python."""


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    status: int
    out: str
    err: str


def run(argv: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None, stdin: str = "") -> Ended:
    """Run a command to its end; `env` is added to the environment of the tests."""
    ended = subprocess.run(
        list(argv),
        cwd=cwd,
        env={**os.environ, **(env or {})},
        input=stdin.encode("utf-8", "surrogateescape"),
        capture_output=True,
        timeout=HANG_SECONDS,
        check=False,
    )
    return Ended(ended.returncode, _text(ended.stdout), _text(ended.stderr))


def run_without_reader(argv: Sequence[str], cwd: Path) -> Ended:
    """Run a command whose stdout is a pipe that nobody reads any more."""
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(
        list(argv), cwd=cwd, stdout=writer, stderr=subprocess.PIPE, timeout=HANG_SECONDS, check=False
    )
    os.close(writer)
    return Ended(ended.returncode, "", _text(ended.stderr))


def autonomy(arguments: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None) -> Ended:
    return run(["autonomy", *arguments], cwd, env)


def write_tree(root: Path, files: Mapping[str, str | bytes]) -> None:
    """Write each file under `root`, with the folders that it needs."""
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape"))


def read_tree(root: Path) -> dict[str, bytes]:
    """Every file under `root` but git's own, by its relative path."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink())
    return {str(path.relative_to(root)): path.read_bytes() for path in files if ".git" not in path.parts}


def git(root: Path, *arguments: str) -> str:
    """Run git in `root` as a user with a name would, and return what it prints.

    Raises:
        AssertionError: git ended with another status than 0.
    """
    identity = {"user.name": "Ada", "user.email": "ada@example.org", "commit.gpgsign": "false"}
    settings = [word for key, value in identity.items() for word in ("-c", f"{key}={value}")]
    ended = run(["git", *settings, *arguments], root)
    assert ended.status == 0, ended.err
    return ended.out


def commit_all(root: Path, message: str = "A change") -> str:
    """Commit everything in `root`, which becomes a repository if it is none; returns the commit's id."""
    if not (root / ".git").exists():
        git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", message)
    return git(root, "rev-parse", "HEAD").strip()


def ends_with_error(name: str) -> Ended:
    """How the program ends when a command raises an error of the program, or of Python, by that name."""
    script = (
        "import errno, sys; from autonomy import errors; from autonomy.cli.exits import guarded\n"
        "def command():\n"
        f"    kind = getattr(errors, {name!r}, None) or getattr(__builtins__, {name!r})\n"
        "    raise kind(errno.EACCES, 'no') if issubclass(kind, OSError) else kind('because')\n"
        "sys.exit(guarded(command))"
    )
    return run([sys.executable, "-c", script], Path.cwd())


def imported_by(arguments: Sequence[str] | None) -> set[str]:
    """The modules that a new Python imports for this command line of the program; for None, those of a bare Python."""
    start = "from autonomy.__main__ import main; main()" if arguments is not None else "pass"
    ended = run([sys.executable, "-X", "importtime", "-c", start, *(arguments or ())], Path.cwd(), UNMEASURED)
    rows = (line.split("|") for line in ended.err.splitlines() if line.startswith("import time:"))
    return {columns[-1].strip() for columns in rows}


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def plan(root: Path, *options: str) -> dict[str, Any]:
    """The plan file that the installed program makes of `root`."""
    ended = autonomy(["plan", str(root), "--plan-only", "--json", "-q", *options], root.parent)
    assert ended.status == 0, ended.err
    document: dict[str, Any] = json.loads(ended.out)
    return document


def until(condition: Callable[[], bool]) -> None:
    """Return when `condition` holds; a condition that never does is a failure."""
    deadline = time.monotonic() + HANG_SECONDS
    waited = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "what the scenario waits for does not come"
        waited.wait(0.02)


def processes_with(text: str) -> list[int]:
    """The living processes whose command line holds `text`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if text in line:
                found.append(int(entry.name))
    return found
