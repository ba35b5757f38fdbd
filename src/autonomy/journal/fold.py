"""Fold the events of a run into where it stands. Pure: the same events give the same state, whoever reads them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import assert_never

from autonomy.errors import JournalError
from autonomy.journal.events import (
    Ended,
    Event,
    Finished,
    Header,
    Interrupted,
    Measured,
    Resumed,
    Settled,
    Started,
)
from autonomy.model import Outcome, Status, SubplanId

DONE = frozenset({Status.SUCCEEDED, Status.FAILED, Status.TIMED_OUT, Status.ERROR})
"""What a leaf keeps over a resume; a cancelled or skipped leaf is tried again."""


@dataclass(slots=True)
class Attempt:
    """One start of a leaf and, once it is known, its end. `abandoned`: the run went on without waiting for it.

    `begun` is its start in seconds of the run, pauses left out.
    """

    started: Started
    begun: float = 0.0
    ended: Ended | None = None
    abandoned: bool = False

    @property
    def status(self) -> Status:
        if self.ended:
            return self.ended.status
        return Status.CANCELLED if self.abandoned else Status.RUNNING

    @property
    def key(self) -> tuple[int, int]:
        return self.started.attempt, self.started.candidate

    @property
    def cut_off(self) -> bool:
        """Whether a stop or a crash ended it: it counts for none of the attempts that a leaf has."""
        return self.status is Status.CANCELLED


@dataclass(slots=True)
class LeafState:
    """All attempts at one leaf in the order of their starts, and how it settled, if it did."""

    attempts: list[Attempt] = field(default_factory=list)
    settled: Settled | None = None
    running: int = 0
    """Attempts in flight."""

    @property
    def made(self) -> list[Attempt]:
        """By (attempt, candidate), never by arrival; without those that were cut off and have been made again since."""
        last = {each.key: each for each in self.attempts}
        made = (each for each in self.attempts if last[each.key] is each or not each.cut_off)
        return sorted(made, key=lambda each: each.key)

    @property
    def accepted(self) -> Attempt | None:
        """The attempt that settled the leaf, if one did."""
        lease = self.settled.lease if self.settled else None
        return next((each for each in self.attempts if each.started.lease == lease), None)

    @property
    def result(self) -> str | None:
        """Content id of what is to be merged; None where the leaf did not succeed or changed nothing."""
        if self.settled is None or self.settled.status is not Status.SUCCEEDED:
            return None
        ended = self.accepted.ended if self.accepted else None
        return ended.result if ended else self.settled.result


@dataclass(slots=True)
class Run:
    """Where a run stands after the events that were applied. `dropped` counts those that had no effect."""

    header: Header
    leaves: dict[SubplanId, LeafState] = field(default_factory=dict)
    in_flight: dict[int, Attempt] = field(default_factory=dict)
    """Lease -> attempt."""
    running: int = 0
    """Leaves with an attempt in flight."""
    last_lease: int = 0
    dropped: int = 0
    peak_parallel: int = 0
    interrupted: Interrupted | None = None
    finished: Finished | None = None
    last_at: float = 0.0
    paused: float = 0.0
    """Seconds between the last event of a session and the resumption, over all resumptions."""

    @property
    def seconds(self) -> float:
        """How long the run has gone on, pauses left out."""
        return max(0.0, self.last_at - self.header.at - self.paused)

    def leaf(self, leaf: SubplanId) -> LeafState:
        return self.leaves.setdefault(leaf, LeafState())

    def done(self) -> tuple[Outcome, ...]:
        """Leaves that must not run again, for `Schedule(plan, settled=...)`, in the order of their first start."""
        return tuple(
            Outcome(leaf, state.settled.status, attempt=_number(state), error=state.settled.error)
            for leaf, state in self.leaves.items()
            if state.settled and state.settled.status in DONE
        )

    def apply(self, event: Event) -> bool:
        """Take one event in; False where it has no effect, as for a late end of an abandoned attempt."""
        effective = self._effect(event)
        self.dropped += not effective
        return effective

    def _effect(self, event: Event) -> bool:
        if isinstance(event, Resumed):
            self.paused += max(0.0, event.at - self.last_at)
        self.last_at = max(self.last_at, event.at)
        match event:
            case Header():
                return False
            case Started():
                return self._start(event)
            case Ended():
                return self._end(event)
            case Measured():
                return self._measure(event)
            case Settled():
                return self._settle(event)
            case Resumed():
                return self._resume(event)
            case Interrupted():
                self.interrupted = event
            case Finished():
                self.finished = event
                self.peak_parallel = max(self.peak_parallel, event.peak_parallel)
            case _:
                assert_never(event)
        return True

    def _start(self, event: Started) -> bool:
        state = self.leaf(event.leaf)
        if event.lease <= self.last_lease or (state.settled and state.settled.status in DONE):
            return False
        self.last_lease = event.lease
        state.settled = None
        state.attempts.append(Attempt(event, max(0.0, event.at - self.header.at - self.paused)))
        self.in_flight[event.lease] = state.attempts[-1]
        state.running += 1
        self.running += state.running == 1
        self.peak_parallel = max(self.peak_parallel, len(self.in_flight))
        return True

    def _end(self, event: Ended) -> bool:
        attempt = self.in_flight.get(event.lease)
        if attempt is None or attempt.started.leaf != event.leaf:
            return False
        attempt.ended = event
        self._let_go(event.lease)
        return True

    def _measure(self, event: Measured) -> bool:
        found = [each for each in self.leaf(event.leaf).attempts if each.started.lease == event.lease]
        ended = found[0].ended if found else None
        if ended is None:
            return False
        found[0].ended = replace(
            ended,
            status=event.status,
            bench=event.bench,
            verdicts=(*ended.verdicts, *event.verdicts),
            error=event.error or ended.error,
            error_class=event.error_class or ended.error_class,
        )
        return True

    def _let_go(self, lease: int) -> Attempt:
        attempt = self.in_flight.pop(lease)
        state = self.leaf(attempt.started.leaf)
        state.running -= 1
        self.running -= state.running == 0
        return attempt

    def _settle(self, event: Settled) -> bool:
        state = self.leaf(event.leaf)
        named = [each for each in state.attempts if each.started.lease == event.lease and each.ended]
        if (state.settled and state.settled.status in DONE) or (event.lease is not None and not named):
            return False
        state.settled = event
        if state.running:
            for lease in [each.started.lease for each in state.attempts if each.started.lease in self.in_flight]:
                self._let_go(lease).abandoned = True
        return True

    def _resume(self, event: Resumed) -> bool:
        for lease in tuple(self.in_flight):
            self._let_go(lease).abandoned = True
        self.interrupted = self.finished = None
        for leaf in event.reopened:
            self.leaf(leaf).settled = None
        return True


def _number(state: LeafState) -> int:
    return state.attempts[-1].started.attempt if state.attempts else 0


def fold(events: Iterable[Event]) -> Run:
    """Raises:
    JournalError: the first event is no header.
    """
    run: Run | None = None
    for event in events:
        if run is not None:
            run.apply(event)
        elif isinstance(event, Header):
            run = Run(event, last_at=event.at)
        else:
            raise JournalError(f"the journal starts with {event.kind!r} where its header should stand")
    if run is None:
        raise JournalError("the journal holds no record; start a new run")
    return run
