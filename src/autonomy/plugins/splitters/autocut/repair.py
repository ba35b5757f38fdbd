"""Bring a partition by others under both caps: what holds least to an overfull leaf leaves it."""

from collections.abc import Sequence
from math import sqrt

from autonomy.plugins.splitters.autocut.cut import Cut
from autonomy.plugins.splitters.autocut.problem import Problem


def repair(problem: Problem, leaves: Sequence[Sequence[int]]) -> list[list[int]]:
    """The leaves under both caps. A node that is shed joins the leaf that it is tied to the most and fits in.

    Where none has room, it opens a leaf.
    """
    spare: list[list[int]] = [[] for _ in range(len(problem))]
    cut = Cut(problem, [*leaves, *spare])
    used = len(leaves)
    for leaf in range(len(leaves)):
        while cut.counts[leaf] > problem.max_files or cut.tokens[leaf] > problem.max_tokens:
            node = min(cut.members[leaf], key=lambda node: (_hold(cut, node), node))
            to = _harbour(cut, node, used)
            used = max(used, to + 1)
            cut.move(node, to)
    return cut.leaves()


def _hold(cut: Cut, node: int) -> float:
    """How strongly the node's leaf holds it, for its size."""
    return cut.pull[node].get(cut.leaf_of[node], 0) / sqrt(cut.problem.tokens[node] + 1)


def _harbour(cut: Cut, node: int, used: int) -> int:
    _, leaf = cut.best(node)
    if leaf >= 0:
        return leaf
    home = cut.leaf_of[node]
    roomy = [leaf for leaf in range(used) if leaf != home and cut.fits(node, leaf)]
    return max(roomy, key=lambda leaf: (cut.tokens[leaf], -leaf), default=used)
