"""What more workers would bring: the makespan of a plan against their number. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autonomy.model import Plan, SubplanId
from autonomy.order.pace import pacer
from autonomy.schedule import bottom_levels

WORTH = 0.05
"""One more worker is useful while it shortens the run by this share of the bound, or more."""


@dataclass(frozen=True, slots=True)
class Point:
    """`workers` finish in `makespan`; nobody could in less than `bound`. Both in units of the costs."""

    workers: int
    makespan: float
    bound: float
    speedup: float


def curve(plan: Plan, cost: Mapping[SubplanId, float], numbers: Sequence[int]) -> list[Point]:
    """One point per number of workers; the bound is max(critical path, work / workers)."""
    work = sum(cost.values())
    path = max(bottom_levels(plan, cost).values(), default=0.0)
    points = []
    makespan = pacer(plan, cost)
    for workers in numbers:
        length = makespan(workers)
        points.append(Point(workers, length, max(path, work / workers), work / length if length else 1.0))
    return points


def best_useful(plan: Plan, cost: Mapping[SubplanId, float], most: int = 256) -> int:
    """The fewest workers whose makespan is within 5 % of what `most` of them reach.

    Raises:
        UsageError: leaves wait for each other.
    """
    bottom_levels(plan, cost)
    makespan = pacer(plan, cost)
    low, high = 1, min(most, max(1, len(plan.leaves)))
    least = makespan(high)
    # List scheduling has anomalies, so the answer is checked at the end of the bisection.
    while low < high:
        middle = (low + high) // 2
        if makespan(middle) <= least * (1 + WORTH):
            high = middle
        else:
            low = middle + 1
    return low


def token_costs(plan: Plan) -> dict[SubplanId, float]:
    """A leaf costs its tokens, at least one."""
    return {leaf.id: float(max(1, leaf.tokens)) for leaf in plan.leaves}


def timed_costs(plan: Plan, seconds: Mapping[SubplanId, float]) -> dict[SubplanId, float]:
    """What each leaf took, in seconds; one that is not among them takes what its tokens took the others in the mean."""
    known = [leaf for leaf in plan.leaves if leaf.id in seconds]
    tokens = sum(max(1, leaf.tokens) for leaf in known)
    pace = sum(seconds[leaf.id] for leaf in known) / tokens if tokens else 0.0
    return {leaf.id: seconds.get(leaf.id, pace * max(1, leaf.tokens)) for leaf in plan.leaves}
