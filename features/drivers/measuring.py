"""Scripted benchmarks: how long each candidate takes, what it prints, and who else was at work meanwhile."""

import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from autonomy.candidates import Attempt, Comparison, Iteration, Rejected, SearchResult
from autonomy.searching import selection
from autonomy.searching.contest import Sample, Trial
from autonomy.searching.lanes import Bound
from features.drivers import searching

BASE = "base"


@dataclass
class Stopwatch:
    """Measures by a script: seconds by candidate, give or take `noise` percent, always the same noise."""

    seconds: dict[object, float] = field(default_factory=lambda: {BASE: 1.0})
    noise: float = 0.0
    does: dict[object, str] = field(default_factory=dict)
    made: list[object] = field(default_factory=list)
    stop_at: int = 0
    bound: Bound | None = None
    _random: random.Random = field(default_factory=lambda: random.Random(4))

    def measure(self, candidate: object) -> Sample:
        self.made.append(candidate)
        if len(self.made) == self.stop_at and self.bound is not None:
            self.bound.close()
        does = self.does.get(candidate, 'prints "slow"')
        if does == "raises":
            raise searching.Broken(str(candidate))
        if does.startswith("is rejected"):
            raise Rejected(does.split('"')[1], "the benchmark exits with 1")
        text = str(len(self.made)) if does == "prints a number" else does.split('"')[1]
        noise = 1 + self._random.uniform(-self.noise, self.noise) / 100
        return Sample(self.seconds.get(candidate, 1.0) * noise, text)

    def trial(self) -> Trial:
        return Trial(self.measure, base=BASE, same_output=bool(self.does))


class Busy(searching.Script):
    """Attempts that all pass, measured by a stopwatch that notes who else is at work."""

    def __init__(self, name: str, yard: "Yard") -> None:
        super().__init__()
        self._name, self._yard = name, yard

    def propose(self, leaf: object, iteration: Iteration, complaints: object) -> object:
        with self._yard.at_work():
            return f"{self._name}{iteration.id}"

    def judge(self, candidate: object) -> object:
        with self._yard.at_work():
            return True

    def measure(self, candidate: object) -> Sample:
        with self._yard.at_work() as others:
            self._yard.company.append(others)
            self._yard.measured.add(candidate)
            return Sample(1.0 if candidate == BASE else 0.5)


class Yard:
    """Who is at work, over all searches. Work lasts until somebody else came by, or had every chance to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._entered = threading.Condition(self._lock)
        self.company: list[int] = []
        self.measured: set[object] = set()

    @contextmanager
    def at_work(self) -> Iterator[int]:
        with self._lock:
            self._inside += 1
            self._entered.notify_all()
            self._entered.wait(0.002)
            others = self._inside - 1
        try:
            yield others
        finally:
            with self._lock:
                self._inside -= 1


class Impatient(Bound):
    """A bound whose exclusive token excludes nobody: a mutant."""

    @contextmanager
    def alone(self) -> Iterator[None]:
        yield


def best_at_once(leaves: int, width: int, bound: Bound, loop: int = 1) -> Yard:
    """Search that many leaves for the best, at once, in threads under one bound."""
    yard = Yard()
    cases = []
    for index in range(leaves):
        script = Busy("abcdefgh"[index], yard)
        case = searching.Case(loop, width, script=script, options={"select": "best"})
        case.trial = Trial(script.measure, base=BASE, fewest=6, most=6)
        cases.append(case)
    for ran in searching.in_threads([lambda case=case: case.run_in_threads(bound) for case in cases]):
        assert ran.outcome.success, ran
    return yard


@contextmanager
def without_interval() -> Iterator[None]:
    """A gate that goes by the estimate alone: a mutant."""

    def accept(found: Comparison, threshold: float) -> None:
        if found.gain <= threshold:
            raise Rejected("not_faster")

    sound = selection.accept
    selection.accept = accept
    try:
        yield
    finally:
        selection.accept = sound


def bench_of(result: SearchResult, number: int) -> Comparison:
    found: Attempt = searching.attempt(result, number)
    assert found.bench is not None, found
    return found.bench


def plain(result: SearchResult) -> Sequence[Attempt]:
    """The attempts without the objects that differ from run to run."""
    return [replace(attempt, error=None) for attempt in result.attempts]


class Gatekeeper:
    """A hook that lets the stopwatch stop the run."""

    def __init__(self, watch: Stopwatch) -> None:
        self._watch = watch

    def reach(self, bound: Bound) -> None:
        self._watch.bound = bound
