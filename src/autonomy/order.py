"""Which leaf waits for which: always acyclic, also where the references are not. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from autonomy.model import Graph, Order


@dataclass(frozen=True, slots=True)
class Waits:
    """`waits[i]` are the leaves that leaf i waits for, ascending; `honoured`: the share of references kept."""

    waits: list[list[int]]
    honoured: float


def waits_for(leaves: Sequence[Sequence[int]], graph: Graph, order: Order, workers: int) -> Waits:
    """Leaves that are referred to more than they refer come first; the first `workers` of them wait for nothing."""
    home = {file: place for place, leaf in enumerate(leaves) for file in leaf}
    ties: list[dict[int, int]] = [{} for _ in leaves]
    lean = [0] * len(leaves)
    for file, targets in enumerate(graph.references):
        for target in targets:
            if (source := home[file]) != (goal := home[target]):
                ties[source][goal] = ties[source].get(goal, 0) + 1
                lean[goal] += 1
                lean[source] -= 1
    if order is Order.NONE:
        return Waits([[] for _ in leaves], _share(ties, [[] for _ in leaves], graph))
    ranked = sorted(range(len(leaves)), key=lambda place: (-lean[place], place))
    rank = {place: position for position, place in enumerate(ranked)}
    free = workers if order is Order.SOFT else 1
    waits = [
        [] if rank[place] < free else sorted(goal for goal in ties[place] if rank[goal] < rank[place])
        for place in range(len(leaves))
    ]
    return Waits(waits, _share(ties, waits, graph))


def _share(ties: Sequence[dict[int, int]], waits: Sequence[Sequence[int]], graph: Graph) -> float:
    total = len(graph.references.items)
    if not total:
        return 1.0
    broken = sum(count for place, row in enumerate(ties) for goal, count in row.items() if goal not in waits[place])
    return 1.0 - broken / total
