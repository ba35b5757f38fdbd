"""Shares of a plan for machines that know nothing of each other: every leaf in one share, loads as equal as can be."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autonomy.errors import UsageError
from autonomy.model import Plan, Subplan, SubplanId

MOST = 256
"""A matrix of GitHub Actions has at most so many jobs."""


@dataclass(frozen=True, slots=True)
class Share:
    """Which of how many equal shares, counted from 1."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def share(text: str) -> Share:
    """`2/8` as a share.

    Raises:
        UsageError: it is none.
    """
    number, slash, of = text.partition("/")
    if slash and number.isascii() and of.isascii() and number.isdigit() and of.isdigit() and len(number + of) < 9:
        found = Share(int(number), int(of))
        if 1 <= found.number <= found.of <= MOST:
            return found
    raise UsageError(f"--shard {text}: expected k/N, k from 1 to N, N up to {MOST}")


def balanced(leaves: Sequence[Subplan], count: int, cost: Mapping[SubplanId, float]) -> list[list[Subplan]]:
    """`count` groups of nearly equal cost, some empty where there are fewer leaves: the dearest leaf first, each into
    the lightest group.

    Source: Graham's LPT rule, "Bounds on Multiprocessing Timing Anomalies", 1969: within 4/3 of the best maximum.
    """
    groups: list[list[Subplan]] = [[] for _ in range(count)]
    loads = [(0.0, place) for place in range(count)]
    for leaf in sorted(leaves, key=lambda each: (-cost[each.id], each.id)):
        load, place = heapq.heappop(loads)
        groups[place].append(leaf)
        heapq.heappush(loads, (load + cost[leaf.id], place))
    return groups


def shards(plan: Plan, count: int, cost: Mapping[SubplanId, float]) -> list[list[SubplanId]]:
    """The leaves of each of `count` shares, in plan order; the same plan and costs give the same shares anywhere."""
    rank = {leaf.id: place for place, leaf in enumerate(plan.leaves)}
    groups = balanced(plan.leaves, count, cost)
    return [sorted((leaf.id for leaf in group), key=rank.__getitem__) for group in groups]


def imbalance(shares: Sequence[Sequence[SubplanId]], cost: Mapping[SubplanId, float]) -> float:
    """The heaviest share against a bound that none can beat; 1.0 is perfect.

    The bound is the greatest of: the mean load, the dearest leaf, and, as two of the N + 1 dearest leaves share a
    machine, the sum of the two cheapest of those.
    """
    loads = [sum(cost[leaf] for leaf in group) for group in shares]
    dearest = sorted((cost[leaf] for group in shares for leaf in group), reverse=True)
    pair = sum(dearest[len(loads) - 1 : len(loads) + 1]) if len(dearest) > len(loads) else 0.0
    bound = max(sum(loads) / len(loads), dearest[0] if dearest else 0.0, pair)
    return max(loads) / bound if bound else 1.0


def recorded_costs(plan: Plan, seconds: Mapping[SubplanId, float]) -> dict[SubplanId, float]:
    """Seconds per leaf: those that were recorded, and for the others their tokens at the rate of the recorded ones.

    Raises:
        UsageError: no leaf of the plan was recorded.
    """
    known = [leaf for leaf in plan.leaves if seconds.get(leaf.id, 0.0) > 0.0]
    if not known:
        raise UsageError("--timings: that run has no durations of this plan's subplans")
    rate = sum(seconds[leaf.id] for leaf in known) / sum(max(1, leaf.tokens) for leaf in known)
    return {leaf.id: seconds.get(leaf.id, 0.0) or rate * max(1, leaf.tokens) for leaf in plan.leaves}
