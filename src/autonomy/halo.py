"""What a leaf should see of its surroundings: outside files, as read-only skeletons, within a budget. Pure."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import islice

from autonomy.model import Graph

REFERENCE = 2.0
"""What a reference from the leaf counts, beside one common change."""
USER = 0.25
"""What a reference into the leaf counts."""
COMMITS = 2000
COMMIT_FILES = 20
"""A commit of more files says little about any two of them."""

Price = Callable[[int], int]
"""The tokens of a file's skeleton; 0 where nothing can be told of it."""


def halos(leaves: Sequence[Sequence[int]], graph: Graph, budget: int, price: Price) -> list[list[int]]:
    """For each leaf the outside files that it needs most for their size, those first, as many as `budget` tokens hold.

    `price` is asked once per file, and only for files that some leaf needs.
    """
    asked = cache(price)
    return [_chosen(wanted, {file: asked(file) for file in wanted}, budget) for wanted in _needs(leaves, graph)]


def _chosen(wanted: Mapping[int, float], prices: Mapping[int, int], budget: int) -> list[int]:
    told = [file for file in wanted if prices[file]]
    chosen = []
    for file in sorted(told, key=lambda file: (-wanted[file] / prices[file], file)):
        if prices[file] <= budget:
            budget -= prices[file]
            chosen.append(file)
    return chosen


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
        changed = sorted({leaf_of[file] for file in commit}) if len(commit) <= COMMIT_FILES else []
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
