"""Grow clusters by contracting the heaviest tie whose two ends still fit into one leaf together."""

from heapq import heapify, heappop, heappush
from math import sqrt

from autonomy.plugins.splitters.autocut.problem import Problem


def agglomerate(problem: Problem) -> list[list[int]]:
    """Clusters under both caps, ascending by their first file; no two tied clusters fit together.

    A tie is rated weight / sqrt(load * load): without the loads the first cluster would swallow everything.
    The heap is lazy: a rating only falls while its ends grow, so a stale entry is pushed again at its new rating.
    """
    load = [max(1e-9, problem.load(1, tokens)) for tokens in problem.tokens]
    count, tokens = [1] * len(problem), list(problem.tokens)
    ties = [dict(row) for row in problem.ties]
    members: list[list[int]] = [[file] for file in range(len(problem))]
    heap = [
        (-weight / sqrt(load[a] * load[b]), a, b)
        for a, row in enumerate(ties)
        for b, weight in row.items()
        if a < b and problem.fits(2, tokens[a] + tokens[b])
    ]
    heapify(heap)
    max_files, max_tokens = problem.max_files, problem.max_tokens
    while heap:
        rating, a, b = heappop(heap)
        row = ties[a]
        if b not in row or count[a] + count[b] > max_files or tokens[a] + tokens[b] > max_tokens:
            continue
        now = -row[b] / sqrt(load[a] * load[b])
        if now > rating:
            heappush(heap, (now, a, b))
            continue
        if len(ties[b]) > len(row):
            a, b, row = b, a, ties[b]
        count[a] += count[b]
        tokens[a] += tokens[b]
        load[a] = problem.load(count[a], tokens[a])
        members[a] += members[b]
        members[b] = []
        del row[b]
        for other, weight in ties[b].items():
            if other == a:
                continue
            back = ties[other]
            del back[b]
            weight += row.get(other, 0)
            row[other] = back[a] = weight
            if count[a] + count[other] <= max_files and tokens[a] + tokens[other] <= max_tokens:
                first, second = (a, other) if a < other else (other, a)
                heappush(heap, (-weight / sqrt(load[a] * load[other]), first, second))
        ties[b] = {}
    return sorted(sorted(cluster) for cluster in members if cluster)
