"""How long leaves take that wait for each other: list scheduling in the head."""

from collections.abc import Callable, Mapping, Sequence
from heapq import heapify, heappop, heappush

from autonomy.model import Plan, SubplanId


def pacer(plan: Plan, cost: Mapping[SubplanId, float]) -> Callable[[int], float]:
    """From a number of workers to the makespan: what `schedule.makespan` says, at a tenth of its time.

    The plan must be acyclic; `schedule.bottom_levels` complains of one that is not.
    """
    place = {leaf.id: rank for rank, leaf in enumerate(plan.leaves)}
    waits = [[place[before] for before in plan.waits_for.get(leaf.id, ())] for leaf in plan.leaves]
    costs = [cost[leaf.id] for leaf in plan.leaves]
    return lambda workers: simulate(waits, costs, workers)[0]


def simulate(
    waits: Sequence[Sequence[int]], cost: Sequence[float], workers: int
) -> tuple[float, list[tuple[int, int]]]:
    """(makespan, chain) of list scheduling, the longest remaining path first.

    The chain are the (leaf, the leaf it waited for last) that lead to the leaf which ended last, where the wait
    and not a lack of workers held the leaf up.
    """
    users: list[list[int]] = [[] for _ in cost]
    for leaf, befores in enumerate(waits):
        for before in befores:
            users[before].append(leaf)
    level = _levels(waits, users, cost)
    missing = [len(befores) for befores in waits]
    ready = [(-level[leaf], leaf) for leaf, count in enumerate(missing) if not count]
    heapify(ready)
    running: list[tuple[float, int]] = []
    clock: float = 0
    began, freed_by, last = [clock] * len(cost), [-1] * len(cost), -1
    while ready or running:
        while ready and len(running) < workers:
            leaf = heappop(ready)[1]
            began[leaf] = clock
            heappush(running, (clock + cost[leaf], leaf))
        clock, last = heappop(running)
        for leaf in users[last]:
            missing[leaf] -= 1
            if not missing[leaf]:
                freed_by[leaf] = last
                heappush(ready, (-level[leaf], leaf))
    chain = []
    while last >= 0 and freed_by[last] >= 0:
        before = freed_by[last]
        if began[last] == began[before] + cost[before]:
            chain.append((last, before))
        last = before
    return clock, chain


def _levels(waits: Sequence[Sequence[int]], users: Sequence[Sequence[int]], cost: Sequence[float]) -> list[float]:
    """For each leaf the longest path from its start to the end."""
    missing = [len(each) for each in users]
    ready = [leaf for leaf, count in enumerate(missing) if not count]
    level: list[float] = [0] * len(cost)
    while ready:
        leaf = ready.pop()
        level[leaf] = cost[leaf] + max((level[user] for user in users[leaf]), default=0)
        for before in waits[leaf]:
            missing[before] -= 1
            if not missing[before]:
                ready.append(before)
    return level
