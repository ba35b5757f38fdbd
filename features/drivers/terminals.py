"""Runs that are followed, on what passes for a terminal and into what is none."""

import io
import threading
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr
from types import SimpleNamespace
from typing import cast
from unittest.mock import patch

from autonomy.cli import live, watching
from autonomy.journal.file import Journal
from autonomy.model import Plan, Status
from autonomy.runreport import AttemptDocument, RunDocument, SubplanDocument, table
from features.driver import HANG_SECONDS

LOOKS = 3


def run_of(leaves: int, running: int, failed: int) -> RunDocument:
    """The first leaves are running, the next ones have failed, the rest waits."""
    states = [Status.RUNNING] * running + [Status.TIMED_OUT] * failed + [Status.QUEUED] * (leaves - running - failed)
    begun = running + failed
    return RunDocument(
        run_id="20260101-000000-abcdef", plan_digest="", base=None, isolation="none", command=["true"], max_parallel=10,
        peak_parallel=10, started="2026-01-01T00:00:00+00:00", seconds=1.0, stop_reason=None, failures=[],
        subplans=[_leaf(at, state, begun=at < begun) for at, state in enumerate(states)],
    )  # fmt: skip


def _leaf(at: int, state: Status, *, begun: bool) -> SubplanDocument:
    attempt = AttemptDocument(attempt=1, candidate=1, status=state, seconds=0.0, started=float(at))
    return SubplanDocument(
        id=f"{at:016x}", slug=f"leaf{at}", status=state, accepted=None, changed_files=[], scope_violations=[],
        error="timed out" if state is Status.TIMED_OUT else "", attempts=[attempt] if begun else [],
    )  # fmt: skip


def drawn(run: RunDocument, most: int) -> list[str]:
    """The lines of its table."""
    return table(run, most).splitlines()


def followed(run: RunDocument, *, terminal: bool, encoding: str = "utf-8", heartbeat: float = 1e9) -> str:
    """What is on stderr after the run was looked at so often that it ended."""
    buffer = io.BytesIO()
    stderr = io.TextIOWrapper(buffer, encoding=encoding, newline="")
    looks = iter(_looks(run))
    settings = {"POLL": 0.0, "HEARTBEAT": heartbeat, "is_terminal": lambda _stream: terminal}
    size = {"COLUMNS": "80", "LINES": "50", "FORCE_COLOR": "1", "TERM": "xterm-256color"}
    with (
        patch.multiple(live, **settings),
        patch.dict("os.environ", size),
        redirect_stderr(stderr),
    ):
        assert live.follow(lambda: next(looks)) is run
    stderr.flush()
    return buffer.getvalue().decode(encoding)


def sign_of_life(plan: Plan) -> str:
    """What is said first of a run of `plan` in which nothing happens."""
    said: list[str] = []
    seen = threading.Event()

    def say(line: str, *, quiet: bool) -> None:
        said.append(line)
        seen.set()

    journal = SimpleNamespace(run=SimpleNamespace(leaves={}))
    with (
        patch.multiple(watching, HEARTBEAT=0.001, say=say, is_terminal=lambda _stream: False),
        watching.Watch(plan, cast(Journal, journal), watching.Events(None), quiet=False),
    ):
        assert seen.wait(HANG_SECONDS), "no sign of life"
    return said[0]


def _looks(run: RunDocument) -> Sequence[tuple[RunDocument, bool]]:
    return [(run, look < LOOKS - 1) for look in range(LOOKS)]


def pictured(run: RunDocument, encoding: str = "utf-8") -> list[str]:
    """The rows of the picture, as a terminal 80 columns wide shows them."""
    from rich.console import Console

    buffer = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=buffer, width=80, force_terminal=True, color_system=None)
    console.print(live.picture(run, 1767225600.0 + 5000))
    buffer.flush()
    buffer.seek(0)
    return list(_rows(buffer.read()))


def _rows(text: str) -> Iterator[str]:
    yield from (line.rstrip() for line in text.splitlines())
