"""Runs on an executor that is cranked by hand, their journal on disk, a clock that only sleep moves."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path
from unittest.mock import patch

from autonomy import engine, recording
from autonomy.errors import AutonomyError, EnvironmentFault
from autonomy.journal import Journal, read
from autonomy.journal.database import insert
from autonomy.journal.events import Settled
from autonomy.model import Outcome, Status, Subplan
from autonomy.protocols import Worker
from autonomy.schedule import Schedule
from features.drivers import journaling, planning


class Cranked:
    """Leaves end when they are waited for: all that run, or the one that started first."""

    def __init__(self, limit: int, together: bool) -> None:
        self.limit, self.together = limit, together
        self.running: list[Outcome] = []
        self.started = 0

    @property
    def capacity(self) -> int:
        return self.limit - len(self.running)

    def start(self, leaf: Subplan, attempt: int, _work: Worker) -> None:
        self.started += 1
        self.running.append(Outcome(leaf.id, Status.SUCCEEDED, attempt))

    def wait(self) -> Sequence[Outcome]:
        ended = self.running if self.together else self.running[:1]
        self.running = self.running[len(ended) :]
        return ended

    def close(self) -> None:
        """Nothing runs."""


class Clock:
    """In which only those who sleep grow older."""

    def __init__(self) -> None:
        self.now, self.sleeps = 1.0, 0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.sleeps += seconds > 0


class Recorded:
    """A run with its journal in `folder`: what it wrote, told and started."""

    def __init__(self, folder: Path, leaves: int, limit: int, *, together: bool) -> None:
        self.path = folder / journaling.FILES[0]
        self.plan = planning.flat_plan({f"leaf{number:02}": [] for number in range(leaves)})
        self.executor, self.clock = Cranked(limit, together), Clock()
        self.told: list[engine.Event] = []
        self.unheard: list[engine.Event] = []
        self.writes = self.status = 0

    def run(self, *, full: bool = False) -> None:
        schedule, leases = Schedule(self.plan), count(1)
        with Journal.create(self.path, journaling.HEADER) as journal:

            def announce(leaf: Subplan, attempt: int) -> None:
                journal.note(journaling.Started(leaf=leaf.id, attempt=attempt, lease=next(leases), at=1.0))

            recorded = recording.Recording(self.executor, journal, announce, self._watch)

            def record(event: engine.Event) -> None:
                if isinstance(event, engine.Settled):
                    journal.note(Settled(leaf=event.outcome.leaf, status=event.outcome.status, at=2.0))
                recorded.show(event)

            refusal = EnvironmentFault("no space left on device") if full else None
            counted = patch("autonomy.journal.file.insert", wraps=insert, side_effect=refusal)
            with counted as writes, patch.object(recording, "time", self.clock):
                try:
                    engine.run(schedule, recorded, lambda _leaf, _attempt: None, record)
                    recorded.commit()
                except AutonomyError as error:
                    self.status = error.exit_code
            self.writes = writes.call_count

    def _watch(self, event: engine.Event) -> None:
        self.told.append(event)
        leaf = event.leaf if isinstance(event, engine.Started) else event.outcome.leaf
        state = read(self.path).leaves.get(leaf)
        if state is None or (isinstance(event, engine.Settled) and not state.settled):
            self.unheard.append(event)
