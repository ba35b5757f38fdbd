"""Between the engine and its executor: nothing starts, and nothing is shown, before the journal holds it."""

import time
from collections.abc import Callable, Sequence

from autonomy.engine import Event, Record
from autonomy.journal.file import Journal
from autonomy.model import Outcome, Subplan
from autonomy.protocols import Executor, Worker

GATHERING_SECONDS = 0.003
COMPANY = 5
"""So many leaves have to be running for their ends to be gathered."""


class Recording:
    """An executor that puts off what it is told to start until the engine waits.

    So one write to the journal holds all that has settled meanwhile and all that starts in its place. Where leaves end
    faster than it is worth writing, it is written once in `GATHERING_SECONDS`. `announce` notes that an attempt will
    start; whoever watches is told of events when they are durable.
    """

    def __init__(
        self, executor: Executor, journal: Journal, announce: Callable[[Subplan, int], None], watch: Record
    ) -> None:
        self._executor, self._journal, self._announce, self._watch = executor, journal, announce, watch
        self._starts: list[tuple[Subplan, int, Worker]] = []
        self._events: list[Event] = []
        self._running, self._waited = 0, 0.0

    @property
    def capacity(self) -> int:
        return max(0, self._executor.capacity - len(self._starts))

    def show(self, event: Event) -> None:
        """Tell of an event as soon as what was noted in the journal before is durable."""
        self._events.append(event)

    def start(self, leaf: Subplan, attempt: int, work: Worker) -> None:
        self._announce(leaf, attempt)
        self._starts.append((leaf, attempt, work))

    def wait(self) -> Sequence[Outcome]:
        self.commit()
        if self._running >= COMPANY:
            time.sleep(max(0.0, self._waited + GATHERING_SECONDS - time.monotonic()))
        ended = self._executor.wait()
        self._running, self._waited = self._running - len(ended), time.monotonic()
        return ended

    def commit(self) -> None:
        """Raises as `Journal.append` does; then nothing is shown nor started."""
        self._journal.append()
        events, self._events = self._events, []
        for event in events:
            self._watch(event)
        starts, self._starts = self._starts, []
        for start in starts:
            self._executor.start(*start)
        self._running += len(starts)

    def close(self) -> None:
        self._executor.close()
