"""How long leaves take that wait for each other: list scheduling in the head."""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush


def simulate(waits: Sequence[Sequence[int]], cost: Sequence[int], workers: int) -> tuple[int, list[tuple[int, int]]]:
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
    running: list[tuple[int, int]] = []
    began, freed_by, clock, last = [0] * len(cost), [-1] * len(cost), 0, -1
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


def _levels(waits: Sequence[Sequence[int]], users: Sequence[Sequence[int]], cost: Sequence[int]) -> list[int]:
    """For each leaf the longest path from its start to the end."""
    missing = [len(each) for each in users]
    ready = [leaf for leaf, count in enumerate(missing) if not count]
    level = [0] * len(cost)
    while ready:
        leaf = ready.pop()
        level[leaf] = cost[leaf] + max((level[user] for user in users[leaf]), default=0)
        for before in waits[leaf]:
            missing[before] -= 1
            if not missing[before]:
                ready.append(before)
    return level
