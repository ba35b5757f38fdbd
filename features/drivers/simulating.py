"""The real engine on a clock that moves when somebody waits for it: how long a run takes, and how many work at once."""

import heapq
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from unittest import mock

from autonomy import engine
from autonomy.model import Outcome, Plan, Status, Subplan, SubplanId
from autonomy.protocols import Worker
from autonomy.schedule import Schedule, bottom_levels
from features.drivers import planning


class Clockwork:
    """An executor of `limit` workers; each leaf takes the seconds that `cost` says, and no time at all."""

    def __init__(self, limit: int, cost: Mapping[SubplanId, float]) -> None:
        self._limit, self._cost = limit, cost
        self._running: list[tuple[float, SubplanId, int]] = []
        self.now = 0.0

    @property
    def capacity(self) -> int:
        return self._limit - len(self._running)

    def start(self, leaf: Subplan, attempt: int, work: Worker) -> None:
        heapq.heappush(self._running, (self.now + self._cost[leaf.id], leaf.id, attempt))

    def wait(self) -> Sequence[Outcome]:
        self.now, leaf, attempt = heapq.heappop(self._running)
        return [Outcome(leaf, Status.SUCCEEDED, attempt)]

    def close(self) -> None:
        """Nothing is left of a clock."""


@dataclass(frozen=True)
class Simulated:
    """`bound` is max(critical path, work / workers): no schedule can be shorter."""

    seconds: float
    bound: float
    peak: int


def heavy_tailed(shape: str, leaves: int, seed: int) -> tuple[Plan, dict[SubplanId, float]]:
    """Leaves of which a few take most of the time (Pareto, 1.5), apart or in layers that wait for some of the last.

    Their tokens tell how long they take, but for a factor (lognormal, 1).
    """
    chance = random.Random(seed)
    names = [f"leaf{number:05}" for number in range(leaves)]
    width = {"independent": leaves, "in 10 layers": leaves // 10, "in 40 layers": leaves // 40}[shape]
    waits = {}
    for number, name in enumerate(names):
        start = number // width * width
        waits[name] = chance.sample(names[start - width : start], min(3, width)) if start else []
    seconds = {name: chance.paretovariate(1.5) for name in names}
    tokens = {name: round(100 * seconds[name] * chance.lognormvariate(0, 1)) for name in names}
    plan = planning.flat_plan(waits, tokens)
    named = planning.leaf_names(plan)
    return plan, {leaf: seconds[name] for leaf, name in named.items()}


def simulate(shape: str, leaves: int, workers: int, seed: int) -> Simulated:
    plan, seconds = heavy_tailed(shape, leaves, seed)
    clock = Clockwork(workers, seconds)
    ran = engine.run(Schedule(plan), clock, lambda _leaf, _attempt: None, lambda _event: None)
    bound = max(*bottom_levels(plan, seconds).values(), sum(seconds.values()) / workers)
    return Simulated(clock.now, bound, ran.peak_parallel)


def in_plan_order() -> "mock._patch[object]":
    """A schedule that takes all leaves for equally long: a mutant."""
    return mock.patch("autonomy.schedule.bottom_levels", lambda plan, cost: dict.fromkeys(cost, 0.0))
