"""Grow clusters by contracting the heaviest tie whose two ends still fit together."""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from math import sqrt

from autonomy.plugins.splitters.autocut.problem import Problem


def agglomerate(
    problem: Problem,
    share: float = 1.0,
    factors: Sequence[float] | None = None,
    within: Sequence[int] | None = None,
) -> list[list[int]]:
    """Clusters of at most `share` of a leaf, ascending by their first node; no two tied clusters fit together.

    A tie is rated weight / sqrt(load * load): without the loads the first cluster would swallow everything.
    `factors` disturb the ratings, one per node. Nodes that differ in `within` stay apart. The heap is lazy: a
    rating only falls while its ends grow, so a stale entry is pushed again at its new rating.
    """
    max_files, max_tokens = max(1, int(problem.max_files * share)), int(problem.max_tokens * share)
    counts, tokens, sides = list(problem.counts), list(problem.tokens), dict(problem.sides)
    roots = [sqrt(max(1e-9, problem.load(files, weight))) for files, weight in zip(counts, tokens, strict=True)]
    if factors:
        roots = [root * factor for root, factor in zip(roots, factors, strict=True)]
    ties = _copy(problem, within)
    members: list[list[int]] = [[node] for node in range(len(problem))]
    heap = [
        (-weight / (roots[a] * roots[b]), a, b)
        for a, row in enumerate(ties)
        for b, weight in row.items()
        if a < b and tokens[a] + tokens[b] <= max_tokens and counts[a] + counts[b] <= max_files
    ]
    heapify(heap)
    while heap:
        rating, a, b = heappop(heap)
        row = ties[a]
        if b not in row or counts[a] + counts[b] > max_files or tokens[a] + tokens[b] > max_tokens:
            continue
        now = -row[b] / (roots[a] * roots[b])
        if now > rating:
            heappush(heap, (now, a, b))
            continue
        if sides and problem.clash(members[a], members[b]):
            continue
        if len(ties[b]) > len(row):
            a, b, row = b, a, ties[b]
        counts[a] += counts[b]
        tokens[a] += tokens[b]
        roots[a] = sqrt(problem.load(counts[a], tokens[a])) * (factors[a] if factors else 1.0)
        members[a] += members[b]
        members[b] = []
        del row[b]
        root, room_files, room_tokens = roots[a], max_files - counts[a], max_tokens - tokens[a]
        for other, weight in ties[b].items():
            if other == a:
                continue
            back = ties[other]
            del back[b]
            weight += row.get(other, 0)
            row[other] = back[a] = weight
            if tokens[other] <= room_tokens and counts[other] <= room_files:
                heappush(heap, (-weight / (root * roots[other]), a, other))
        ties[b] = {}
    return sorted(sorted(cluster) for cluster in members if cluster)


def _copy(problem: Problem, within: Sequence[int] | None) -> list[dict[int, int]]:
    if within is None:
        return [dict(row) for row in problem.ties]
    return [
        {other: weight for other, weight in row.items() if within[other] == within[node]}
        for node, row in enumerate(problem.ties)
    ]
