"""Which leaf waits for which: references decide as far as workers are not left idle. Pure.

Files refer to each other in cycles, and so do leaves: most leaves of a real repository sit in one cycle. Each
order here honours some references and drops the others, so that what waits for what is always acyclic.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from autonomy.model import Graph, Order
from autonomy.order.strict import strict_ranks
from autonomy.order.waves import Ties, befores, soft_waits, weight

HUB_SHARE = 0.25
"""A file that this share of the leaves refers to is a hub."""
HUB_LEAVES = 8
"""And at least so many."""


@dataclass(frozen=True, slots=True)
class Waits:
    """`waits[i]` are the leaves, ascending, that leaf i waits for."""

    waits: list[list[int]]
    honoured: float
    """Share of all references that stay inside a leaf or go to a leaf that is waited for; 1.0 where there are none."""

    @property
    def first(self) -> int:
        """How many leaves wait for nothing."""
        return sum(1 for befores in self.waits if not befores)


def waits_for(leaves: Sequence[Sequence[int]], graph: Graph, order: Order, workers: int) -> Waits:
    """What each leaf waits for. Every leaf waits only for leaves that it refers to.

    `soft`: at least min(workers, leaves) leaves wait for nothing, and references that would cost more than a
    twentieth of the pace are dropped. `strict`: a reference is dropped only where leaves refer to each other in
    a cycle. `none`: nothing waits.
    """
    ties, inside = leaf_ties(leaves, graph)
    if order is Order.NONE:
        waits: list[list[int]] = [[] for _ in leaves]
    elif order is Order.STRICT:
        waits = befores(ties, strict_ranks(ties))
    else:
        waits = soft_waits(ties, [1 + sum(graph.tokens[file] for file in leaf) for leaf in leaves], workers)
    total = len(graph.references.items)
    return Waits(waits, (inside + weight(ties, waits)) / total if total else 1.0)


def leaf_ties(leaves: Sequence[Sequence[int]], graph: Graph) -> tuple[Ties, int]:
    """References between leaves, and the number of those inside one."""
    leaf_of = {file: leaf for leaf, files in enumerate(leaves) for file in files}
    ties: Ties = [{} for _ in leaves]
    inside = 0
    for file, targets in enumerate(graph.references):
        if not targets:
            continue
        home = leaf_of[file]
        row = ties[home]
        for target in targets:
            leaf = leaf_of[target]
            if leaf == home:
                inside += 1
            else:
                row[leaf] = row.get(leaf, 0) + 1
    return ties, inside


def hubs(leaves: Sequence[Sequence[int]], graph: Graph) -> list[tuple[int, int]]:
    """(file, how many other leaves refer to it) of the files that very many leaves refer to, the most wanted first."""
    leaf_of = {file: leaf for leaf, files in enumerate(leaves) for file in files}
    wanted: dict[int, set[int]] = {}
    for file, targets in enumerate(graph.references):
        for target in targets:
            if leaf_of[target] != leaf_of[file]:
                wanted.setdefault(target, set()).add(leaf_of[file])
    enough = max(HUB_LEAVES, HUB_SHARE * len(leaves))
    found = [(target, len(users)) for target, users in wanted.items() if len(users) >= enough]
    return sorted(found, key=lambda each: (-each[1], each[0]))
