"""Grade a cut: against a directory split, a random split of the same sizes, and the fewest leaves possible. Pure."""

from collections.abc import Mapping, Sequence

from autonomy.decompose import Node, feed
from autonomy.model import Graph, Limits, Plan, SubplanId
from autonomy.schedule import bottom_levels, makespan


def leaf_index(leaves: Sequence[Sequence[int]], files: int) -> list[int]:
    """File -> the place of its leaf."""
    places = [0] * files
    for place, leaf in enumerate(leaves):
        for file in leaf:
            places[file] = place
    return places


def edge_cut(places: Sequence[int], graph: Graph) -> float:
    """The share of references that cross from one leaf to another; 0 where there are no references."""
    references = graph.references
    total = len(references.items)
    if not total:
        return 0.0
    crossing = sum(
        sum(1 for target in row if places[target] != places[file]) for file, row in enumerate(references) if row
    )
    return crossing / total


def random_cut(leaves: Sequence[Sequence[int]]) -> float:
    """The share of references that a random assignment to leaves of these sizes cuts: the exact expectation."""
    files = sum(len(leaf) for leaf in leaves)
    if files < 2:
        return 0.0
    together = sum(len(leaf) * (len(leaf) - 1) for leaf in leaves)
    return 1.0 - together / (files * (files - 1))


def leaf_bound(graph: Graph, limits: Limits) -> int:
    """The fewest leaves that any cut under `limits` can have, the feeding of the workers included.

    A file over the token limit takes a leaf of its own; the rest is bounded by tokens and by files.
    """
    if not len(graph):
        return 1
    limits = feed(limits, len(graph), sum(graph.tokens))
    rest = [weight for weight in graph.tokens if weight <= limits.max_tokens]
    over = len(graph) - len(rest)
    return max(1, over + max(-(-sum(rest) // limits.max_tokens), -(-len(rest) // limits.max_files)))


def leaves_per_commit(places: Sequence[int], graph: Graph, newest: int = 500) -> float:
    """How many leaves a commit touches, in the mean over the newest ones that were read; 0 without a history."""
    commits = [graph.commits[row] for row in range(min(newest, len(graph.commits)))]
    return sum(len({places[file] for file in commit}) for commit in commits) / len(commits) if commits else 0.0


def grade(graph: Graph, limits: Limits, root: Node, directory: Node, honoured: float) -> Mapping[str, float]:
    """The metrics of a tree; `directory` is the same graph split by directories under the same limits."""
    leaves = [leaf.files for leaf in root.leaves]
    weights = [sum(graph.tokens[file] for file in leaf) for leaf in leaves]
    total = sum(graph.tokens)
    places = leaf_index(leaves, len(graph))
    baseline = leaf_index([leaf.files for leaf in directory.leaves], len(graph))
    return {
        "files": len(graph),
        "tokens": total,
        "bytes": sum(graph.snapshot.sizes),
        "leaves": len(leaves),
        "depth": depth(root),
        "leaf_lower_bound": leaf_bound(graph, limits),
        "edges": len(graph.references.items),
        "commits": len(graph.commits),
        "edge_cut": _share(edge_cut(places, graph)),
        "edge_cut_directory": _share(edge_cut(baseline, graph)),
        "edge_cut_random": _share(random_cut(leaves)) if len(graph.references.items) else 0.0,
        "leaves_directory": len(directory.leaves),
        "leaves_per_commit": round(leaves_per_commit(places, graph), 3),
        "leaves_per_commit_directory": round(leaves_per_commit(baseline, graph), 3),
        "order_honoured": _share(honoured),
        "max_leaf_tokens": max(weights, default=0),
        "max_leaf_files": max(map(len, leaves), default=0),
        "balance": _share(total / len(leaves) / max(weights)) if total else 1.0,
    }


def pace(plan: Plan, workers: int) -> Mapping[str, float]:
    """How long the plan takes, in tokens: its critical path, its makespan, and the speed-up over one worker."""
    cost: dict[SubplanId, float] = {leaf.id: float(max(1, leaf.tokens)) for leaf in plan.leaves}
    steps = bottom_levels(plan, dict.fromkeys(cost, 1.0))
    total = sum(cost.values())
    return {
        "critical_path": int(max(steps.values(), default=0)),
        "critical_path_tokens": int(max(bottom_levels(plan, cost).values(), default=0)),
        "speedup": round(total / makespan(plan, cost, workers), 2),
    }


def depth(root: Node) -> int:
    """The deepest level; the root is 0."""
    level, deepest = [root], 0
    while any(node.children for node in level):
        level = [child for node in level for child in node.children]
        deepest += 1
    return deepest


def _share(value: float) -> float:
    return round(value, 4)
