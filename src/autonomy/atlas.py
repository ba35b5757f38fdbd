"""What a brief and an explanation look things up in. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autonomy.model import Graph, Plan, Subplan, SubplanId


@dataclass(frozen=True, slots=True)
class Atlas:
    """What every brief looks things up in: built once per plan, read by all leaves."""

    plan: Plan
    graph: Graph
    rows: Mapping[str, int]
    leaf_of: Mapping[int, Subplan]
    users: Mapping[int, Sequence[int]]
    """File -> the files that refer to it, ascending."""
    changes: Mapping[int, int]
    """File -> how many of the commits that were read changed it."""
    needed_by: Mapping[SubplanId, Sequence[SubplanId]]
    slugs: Mapping[SubplanId, str]
    """Of the leaves."""


def survey(plan: Plan, graph: Graph) -> Atlas:
    rows = {path: row for row, path in enumerate(graph.paths)}
    users: dict[int, list[int]] = {}
    for file, targets in enumerate(graph.references):
        for target in targets:
            users.setdefault(target, []).append(file)
    needed_by: dict[SubplanId, list[SubplanId]] = {}
    for leaf in plan.leaves:
        for before in plan.waits_for.get(leaf.id, ()):
            needed_by.setdefault(before, []).append(leaf.id)
    slugs = {leaf.id: leaf.slug for leaf in plan.leaves}
    leaf_of = {rows[path]: leaf for leaf in plan.leaves for path in leaf.files}
    return Atlas(plan, graph, rows, leaf_of, users, Counter(graph.commits.items), needed_by, slugs)
