"""Decide which leaf starts next. No clock, no thread, no I/O: only the plan's state."""

import heapq
from collections.abc import Iterable, Mapping, Sequence

from autonomy.errors import UsageError
from autonomy.model import Outcome, Plan, Status, Subplan, SubplanId

RETRIED = frozenset({Status.FAILED, Status.TIMED_OUT, Status.ERROR})


def bottom_levels(plan: Plan, cost: Mapping[SubplanId, float]) -> dict[SubplanId, float]:
    """For each leaf the longest path from its start to the end of the run, in units of `cost`.

    Source: Hu, "Parallel Sequencing and Assembly Line Problems", 1961; Kahn's order for the traversal.

    Raises:
        UsageError: leaves wait for each other, or for a leaf that the plan does not have.
    """
    dependants = _dependants(plan)
    open_ends = {leaf: len(waiting) for leaf, waiting in dependants.items()}
    ready = [leaf for leaf, count in open_ends.items() if not count]
    levels: dict[SubplanId, float] = {}
    while ready:
        leaf = ready.pop()
        levels[leaf] = cost[leaf] + max((levels[after] for after in dependants[leaf]), default=0.0)
        for before in plan.waits_for.get(leaf, ()):
            open_ends[before] -= 1
            if not open_ends[before]:
                ready.append(before)
    if len(levels) < len(dependants):
        stuck = min(leaf for leaf in dependants if leaf not in levels)
        raise UsageError(f"plan: leaf {stuck} waits, directly or not, for itself; plan the repository again")
    return levels


def _dependants(plan: Plan) -> dict[SubplanId, list[SubplanId]]:
    dependants: dict[SubplanId, list[SubplanId]] = {leaf.id: [] for leaf in plan.leaves}
    for leaf, befores in plan.waits_for.items():
        for before in befores:
            if leaf not in dependants or before not in dependants:
                raise UsageError(f"plan: {leaf} waits for {before}, and one of them is no leaf of this plan")
            dependants[before].append(leaf)
    return dependants


class Schedule:
    """A ready queue, longest remaining path first, ties in plan order; no barrier between waves.

    `settled` are outcomes of an earlier run: their leaves do not run again. `attempts` bounds how often a
    leaf that says no is started. With `keep_going` a leaf runs although one that it waits for has failed.
    """

    def __init__(
        self,
        plan: Plan,
        settled: Iterable[Outcome] = (),
        *,
        cost: Mapping[SubplanId, float] | None = None,
        attempts: int = 1,
        keep_going: bool = False,
    ) -> None:
        leaves = plan.leaves
        self._leaves: Mapping[SubplanId, Subplan] = {leaf.id: leaf for leaf in leaves}
        self._rank = {leaf.id: rank for rank, leaf in enumerate(leaves)}
        self._level = bottom_levels(plan, cost or {leaf.id: float(max(1, leaf.tokens)) for leaf in leaves})
        self._dependants = _dependants(plan)
        self._open = {leaf.id: set(plan.waits_for.get(leaf.id, ())) for leaf in leaves}
        self._attempts, self._keep_going = attempts, keep_going
        self._ended: dict[SubplanId, Status] = {}
        self._running: dict[SubplanId, int] = {}
        self._tries: dict[SubplanId, int] = {}
        self._ready: list[tuple[float, int, SubplanId]] = []
        for leaf in leaves:
            self._offer(leaf.id)
        for outcome in settled:
            if outcome.leaf in self._leaves and outcome.leaf not in self._ended:
                self._end(outcome)

    @property
    def done(self) -> bool:
        return len(self._ended) == len(self._leaves)

    @property
    def running(self) -> int:
        """How many leaves have started and not settled."""
        return len(self._running)

    def ended(self, leaf: SubplanId) -> Status | None:
        """How the leaf ended; None while it may still start or start again."""
        return self._ended.get(leaf)

    def attempt(self, leaf: SubplanId) -> int:
        """The attempt that runs now, or ran last; counted from 1."""
        return self._tries.get(leaf, 0)

    def rank(self, leaf: SubplanId) -> int:
        """The leaf's place in plan order."""
        return self._rank[leaf]

    def next(self) -> Subplan | None:
        """The leaf to start now, which counts as running from here on; None where all that is left must wait."""
        while self._ready:
            leaf = heapq.heappop(self._ready)[2]
            if leaf not in self._ended and leaf not in self._running:
                self._tries[leaf] = self._running[leaf] = self.attempt(leaf) + 1
                return self._leaves[leaf]
        return None

    def settle(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Take `outcomes` in and return those that count, with the leaves that they cause to be skipped.

        An outcome of a leaf or an attempt that is not running is dropped. A leaf with attempts left is
        offered again: its outcome counts as an attempt, not as its end.
        """
        counted: list[Outcome] = []
        for outcome in outcomes:
            if self._running.get(outcome.leaf) != outcome.attempt:
                continue
            del self._running[outcome.leaf]
            counted.append(outcome)
            if outcome.status in RETRIED and outcome.attempt < self._attempts:
                self._offer(outcome.leaf)
            else:
                counted.extend(self._end(outcome))
        return counted

    def halt(self, reason: str) -> list[Outcome]:
        """Start nothing more: every leaf that has not started is cancelled. Running ones still settle."""
        self._ready.clear()
        self._attempts = 0
        waiting = [leaf for leaf in self._leaves if leaf not in self._ended and leaf not in self._running]
        for leaf in waiting:
            self._ended[leaf] = Status.CANCELLED
        return [Outcome(leaf, Status.CANCELLED, attempt=self.attempt(leaf), error=reason) for leaf in waiting]

    def _offer(self, leaf: SubplanId) -> None:
        if not self._open[leaf]:
            heapq.heappush(self._ready, (-self._level[leaf], self._rank[leaf], leaf))

    def _end(self, outcome: Outcome) -> list[Outcome]:
        """Record how a leaf ended; free or skip those that waited for it, and those that waited for them."""
        skipped: list[Outcome] = []
        ended = [outcome]
        while ended:
            last = ended.pop()
            self._ended[last.leaf] = last.status
            passes = last.status is Status.SUCCEEDED or self._keep_going
            for leaf in self._dependants[last.leaf]:
                if leaf in self._ended or leaf in self._running:
                    continue
                if passes:
                    self._open[leaf].discard(last.leaf)
                    self._offer(leaf)
                else:
                    why = f"{self._leaves[last.leaf].slug} ({last.leaf}) {last.status.value.replace('_', ' ')}"
                    ended.append(Outcome(leaf, Status.SKIPPED, attempt=0, error=f"waits for {why}"))
                    self._ended[leaf] = Status.SKIPPED
                    skipped.append(ended[-1])
        return skipped


def makespan(plan: Plan, cost: Mapping[SubplanId, float], workers: int) -> float:
    """The time in which `workers` run `plan` by list scheduling, in units of `cost`.

    `cost` has one entry per leaf. The result is within a factor 2 - 1/workers of the optimum (Graham,
    "Bounds on Multiprocessing Timing Anomalies", 1969).

    Raises:
        UsageError: leaves wait for each other.
    """
    schedule = Schedule(plan, cost=cost)
    clock, running = 0.0, []  # type: float, list[tuple[float, int, SubplanId]]
    while not schedule.done:
        while len(running) < workers and (leaf := schedule.next()):
            heapq.heappush(running, (clock + cost[leaf.id], schedule.rank(leaf.id), leaf.id))
        clock, _, ended = heapq.heappop(running)
        schedule.settle([Outcome(ended, Status.SUCCEEDED)])
    return clock
