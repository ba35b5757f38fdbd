"""What a run tells while it goes on: a live line on a terminal, plain lines and a heartbeat elsewhere, events."""

import json
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self

from autonomy.cli.options import is_terminal, live_console, say
from autonomy.engine import Settled, Started
from autonomy.errors import EnvironmentFault
from autonomy.escape import terminal
from autonomy.journal.file import Journal
from autonomy.model import Outcome, Plan, Status
from autonomy.runreport import SettledDocument, StartedDocument

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

FEW = 20
"""Failures that are said as they come; of a thousand nobody reads more. The last words and the page tell all."""
HEARTBEAT = 30.0
"""Seconds of silence after which a line says that the run is alive, where there is no terminal."""


class Events:
    """A line of JSON per event; a derived copy for other programs, the journal is the truth."""

    def __init__(self, name: str | None) -> None:
        self._name = name
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        if self._name:
            try:
                self._file = Path(self._name).open("w", encoding="utf-8", buffering=1)
            except OSError as error:
                raise EnvironmentFault(f"--events {self._name}: {error.strerror}") from None
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    def tell(self, event: Started | Settled) -> None:
        if self._file is None:
            return
        at = round(time.time(), 3)
        line: StartedDocument | SettledDocument
        if isinstance(event, Started):
            line = StartedDocument(at=at, leaf=event.leaf, attempt=event.attempt, running=event.running)
        else:
            ended = event.outcome
            line = SettledDocument(
                at=at, leaf=ended.leaf, attempt=ended.attempt, running=event.running, status=ended.status,
                error=ended.error,
            )  # fmt: skip
        self._file.write(json.dumps(line.model_dump(mode="json"), sort_keys=True) + "\n")


class Watch:
    """Shows a run; `record` is what the engine reports to. Failures are said as they come."""

    def __init__(self, plan: Plan, journal: Journal, events: Events, *, quiet: bool, verbose: bool = False) -> None:
        self._slugs = {leaf.id: leaf.slug for leaf in plan.leaves}
        self._events, self._quiet, self._verbose = events, quiet, verbose
        self._total = len(self._slugs)
        self._done = sum(1 for state in journal.run.leaves.values() if state.settled)
        self._running = self._failures = 0
        self._bar: Bar | None = None
        self._quit = threading.Event()
        self._heart: threading.Thread | None = None

    def __enter__(self) -> Self:
        if not self._quiet and is_terminal(sys.stderr):
            self._start_bar()
        elif not self._quiet:
            self._heart = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
            self._heart.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._quit.set()
        if self._bar:
            self._bar.stop()
        if self._heart:
            self._heart.join()

    def record(self, event: Started | Settled) -> None:
        self._events.tell(event)
        self._running = event.running
        if isinstance(event, Settled):
            self._done += 1
            self._tell(event.outcome)
        if self._bar:
            self._bar.update(self._bar.task_ids[0], completed=self._done, running=self._running)

    def _tell(self, outcome: Outcome) -> None:
        leaf = f"{self._slugs[outcome.leaf]} ({outcome.leaf})"
        if outcome.status is Status.SUCCEEDED:
            if self._verbose:
                self._say(f"{leaf} succeeded")
        elif outcome.status is not Status.CANCELLED and self._few():
            self._say(f"{leaf} {outcome.status}: {terminal(outcome.error)}")

    def _few(self) -> bool:
        """Whether one more failure is said; the first that is not, is announced."""
        self._failures += 1
        if self._failures == FEW + 1:
            self._say("More failures are not said one by one; `autonomy status` lists them")
        return self._failures <= FEW

    def _say(self, line: str) -> None:
        if self._bar:
            self._bar.console.print(line, markup=False, highlight=False)
        else:
            say(line, quiet=self._quiet)

    def _start_bar(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._bar = Progress(
            TextColumn("Run       "), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[running]} in flight"),
            TimeElapsedColumn(), console=live_console(), transient=True, refresh_per_second=4,
        )  # fmt: skip
        self._bar.add_task("", total=self._total, completed=self._done, running=0)
        self._bar.start()

    def _beat(self) -> None:
        while not self._quit.wait(HEARTBEAT):
            self._say(f"{self._done:,} of {self._total:,} subplans, {self._running} in flight")
