"""The record of a leaf's work: an attempt is journaled before it starts, its result stored before its end is."""

import itertools
import threading
import time
from dataclasses import dataclass, field

from autonomy.journal.events import Ended, Started
from autonomy.journal.file import Journal
from autonomy.journal.runs import RunDirectory
from autonomy.leafrunner import Lease, Runner, Tried, as_json
from autonomy.model import Outcome, Subplan
from autonomy.process import Cancellation


@dataclass(frozen=True, slots=True)
class Bench:
    """The workbench of a run: what all its leaves share here, wherever their commands run."""

    run: RunDirectory
    journal: Journal
    cancellation: Cancellation
    leases: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))


class LeafWork:
    """A worker for the engine: each call is one attempt at a leaf, from its slot to its record."""

    def __init__(self, bench: Bench, runner: Runner) -> None:
        self.bench, self.runner = bench, runner
        self._opening = threading.Lock()
        # Attempts of a run that is resumed go on counting; those that were cut off are made again.
        self._earlier = {
            leaf: max((each.started.attempt for each in past.attempts if not each.cut_off), default=0)
            for leaf, past in bench.journal.run.leaves.items()
        }

    def __call__(self, leaf: Subplan, attempt: int) -> Outcome:
        lease = self.open(leaf, attempt)
        began = time.monotonic()
        tried = self.runner.attempt(lease)
        self.close(lease, tried, time.monotonic() - began, settles=True)
        return Outcome(leaf.id, tried.status, attempt, error=tried.error, value=lease.number)

    def open(self, leaf: Subplan, attempt: int, candidate: int = 1) -> Lease:
        """Record that an attempt is about to start."""
        lease = self.announce(leaf, attempt, candidate)
        self.bench.journal.append()
        return lease

    def announce(self, leaf: Subplan, attempt: int, candidate: int = 1) -> Lease:
        """As `open`, but the record becomes durable with the next that is appended: before that nothing may start."""
        number = attempt + self._earlier.get(leaf.id, 0)
        # Leases stand in the journal in their order: one that comes after a greater one is taken for an old one's.
        with self._opening:
            lease = Lease(next(self.bench.leases), leaf, number, candidate)
            self.bench.journal.note(
                Started(leaf=leaf.id, attempt=number, candidate=candidate, lease=lease.number, at=time.time())
            )
        return lease

    def close(self, lease: Lease, tried: Tried, seconds: float, *, settles: bool = False) -> None:
        """Store what the attempt changed, then record how it ended: in this order, so that no record is empty.

        Where it `settles` its leaf, the record may become durable with the one that says so, which follows.
        """
        result = self.bench.run.results.put(tried.patch) if tried.patch else None
        end = tried.exit
        record = self.bench.journal.note if settles else self.bench.journal.append
        record(
            Ended(
                leaf=lease.leaf.id, lease=lease.number, status=tried.status, at=time.time(), seconds=seconds,
                exit_code=end.code if end else None, signal=end.signal if end else None, log=f"logs/{lease.log}",
                result=result, error=tried.error, error_class=tried.kind,
                changed_files=tuple(change.path for change in tried.patch), scope_violations=tried.violations,
                verdicts=tuple(as_json(verdict) for verdict in tried.verdicts),
            )
        )  # fmt: skip
