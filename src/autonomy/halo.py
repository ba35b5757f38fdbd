"""What a leaf should see of its surroundings: outside files, as read-only skeletons, within a budget. Pure."""

from collections.abc import Sequence
from itertools import islice

from autonomy.model import Graph

REFERENCE = 2.0
"""What a reference from the leaf counts, beside one common change."""
USER = 0.25
"""What a reference into the leaf counts."""
SKELETON = 0.15
"""The share of a file's tokens that its signatures, docstrings and types take; measured: 0.11 to 0.19."""
COMMITS = 2000
OVERHEAD = 12
"""Tokens for the path and the frame of one skeleton."""


def skeleton_tokens(graph: Graph) -> list[int]:
    """What the skeleton of each file is estimated to cost."""
    return [OVERHEAD + round(SKELETON * tokens) for tokens in graph.tokens]


def halos(
    leaves: Sequence[Sequence[int]], graph: Graph, max_tokens: int, cost: Sequence[int] | None = None
) -> list[list[int]]:
    """For each leaf the outside files that it needs most for their size, ascending, as many as fit beside it.

    `cost[f]` are the tokens of the skeleton of file f; they fill what the leaf leaves free of `max_tokens`.
    """
    prices = cost or skeleton_tokens(graph)
    need = _needs(leaves, graph)
    return [
        _chosen(wanted, prices, max_tokens - sum(graph.tokens[file] for file in leaf))
        for leaf, wanted in zip(leaves, need, strict=True)
    ]


def _chosen(wanted: dict[int, float], prices: Sequence[int], budget: int) -> list[int]:
    chosen = []
    for file in sorted(wanted, key=lambda file: (-wanted[file] / max(1, prices[file]), file)):
        if prices[file] <= budget:
            budget -= prices[file]
            chosen.append(file)
    return sorted(chosen)


def _needs(leaves: Sequence[Sequence[int]], graph: Graph) -> list[dict[int, float]]:
    """For each leaf: outside file -> how much the leaf needs it."""
    leaf_of = {file: leaf for leaf, files in enumerate(leaves) for file in files}
    need: list[dict[int, float]] = [{} for _ in leaves]

    def add(leaf: int, file: int, weight: float) -> None:
        need[leaf][file] = need[leaf].get(file, 0.0) + weight

    for file, targets in enumerate(graph.references):
        for target in targets:
            if leaf_of[file] != leaf_of[target]:
                add(leaf_of[file], target, REFERENCE)
                add(leaf_of[target], file, USER)
    for commit in islice(graph.commits, COMMITS):
        changed = sorted({leaf_of[file] for file in commit})
        for file in commit if len(changed) > 1 else ():
            for leaf in changed:
                if leaf != leaf_of[file]:
                    add(leaf, file, 1.0 / len(commit))
    return need


def unseen(leaves: Sequence[Sequence[int]], graph: Graph, halos: Sequence[Sequence[int]]) -> float:
    """The share of references that go to a file neither in the leaf nor in its halo; 0.0 where there are none."""
    leaf_of = {file: leaf for leaf, files in enumerate(leaves) for file in files}
    seen = [frozenset(halo) for halo in halos]
    total = len(graph.references.items)
    missed = sum(
        leaf_of[target] != leaf_of[file] and target not in seen[leaf_of[file]]
        for file, targets in enumerate(graph.references)
        for target in targets
    )
    return missed / total if total else 0.0
