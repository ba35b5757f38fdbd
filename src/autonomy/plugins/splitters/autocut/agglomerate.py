"""Grow clusters by contracting the heaviest tie whose two ends still fit together."""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from math import sqrt

from autonomy.plugins.splitters.autocut.problem import Problem, Ties


def agglomerate(problem: Problem, share: float = 1.0, factors: Sequence[float] | None = None) -> list[list[int]]:
    """Clusters of at most `share` of a leaf, ascending by their first node; no two tied clusters fit together.

    A tie is rated weight / sqrt(load * load): without the loads the first cluster would swallow everything.
    `factors` disturb the ratings, one per node.
    """
    growth = _Growth(problem, share, factors)
    heap = [entry for node in range(len(problem)) if (entry := growth.best(node))]
    heapify(heap)
    while heap:
        found = heappop(heap)
        node = found[1]
        now = growth.best(node) if growth.members[node] else None
        if now and now > found:
            heappush(heap, now)
        elif now and (later := growth.best(growth.join(node, now[2]))):
            heappush(heap, later)
    return sorted(sorted(cluster) for cluster in growth.members if cluster)


class _Growth:
    """Clusters, each under the name of one of its nodes.

    The heap holds the best tie of each cluster when it was pushed. Ratings rise only for the cluster that has just
    grown, and that one is pushed anew; so the top of the heap, once rated again, is the best tie of all.
    """

    def __init__(self, problem: Problem, share: float, factors: Sequence[float] | None) -> None:
        self.problem, self.factors = problem, factors
        self.ties: Ties = [dict(row) for row in problem.ties]
        self.max_files, self.max_tokens = max(1, int(problem.max_files * share)), int(problem.max_tokens * share)
        self.counts, self.tokens = list(problem.counts), list(problem.tokens)
        self.members: list[list[int]] = [[node] for node in range(len(problem))]
        self.roots = [0.0] * len(problem)
        for node in range(len(problem)):
            self._weigh(node)

    def _weigh(self, node: int) -> None:
        root = sqrt(max(1e-9, self.problem.load(self.counts[node], self.tokens[node])))
        self.roots[node] = root * self.factors[node] if self.factors else root

    def best(self, node: int) -> tuple[float, int, int] | None:
        """(minus the rating, the cluster, the other) of its best tie that fits, ties to the lower number."""
        counts, tokens, roots = self.counts, self.tokens, self.roots
        files, room = self.max_files - counts[node], self.max_tokens - tokens[node]
        most, chosen = 0.0, -1
        for other, weight in self.ties[node].items():
            if tokens[other] <= room and counts[other] <= files:
                rating = weight / roots[other]
                if rating > most or (rating == most and other < chosen):
                    most, chosen = rating, other
        return (-most / roots[node], node, chosen) if chosen >= 0 else None

    def join(self, node: int, other: int) -> int:
        """Contract two clusters into the one with more ties, and say which.

        Where a rule keeps them apart, the tie between them is forgotten instead.
        """
        members = self.members
        if self.problem.sides and self.problem.clash(members[node], members[other]):
            del self.ties[node][other], self.ties[other][node]
            return node
        if len(self.ties[other]) > len(self.ties[node]):
            node, other = other, node
        row, lost = self.ties[node], self.ties[other]
        del row[other], lost[node]
        self.counts[node] += self.counts[other]
        self.tokens[node] += self.tokens[other]
        self._weigh(node)
        members[node] += members[other]
        members[other] = []
        for near, weight in lost.items():
            back = self.ties[near]
            del back[other]
            row[near] = back[node] = weight + row.get(near, 0)
        self.ties[other] = {}
        return node
