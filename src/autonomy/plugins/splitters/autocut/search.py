"""Leave local optima: move whole clusters (V-cycles), cut neighbourhoods anew (large-neighbourhood search)."""

from collections.abc import Iterable, Sequence

from autonomy.plugins.splitters.autocut.agglomerate import agglomerate
from autonomy.plugins.splitters.autocut.chance import jitter
from autonomy.plugins.splitters.autocut.cut import Cut
from autonomy.plugins.splitters.autocut.pack import best_fit
from autonomy.plugins.splitters.autocut.problem import Problem
from autonomy.plugins.splitters.autocut.refine import exchange, pass_moves

WIDTH = 0.3
"""How far the ratings are disturbed, so that no two searches see the same clusters."""
NEIGHBOURS = 3


def v_cycle(cut: Cut, grains: Sequence[float], seed: int) -> int:
    """Move clusters of growing size between the leaves, and single nodes after them; returns the gain.

    `grains` are the shares of a leaf that the clusters grow to.
    """
    won = 0
    for turn, grain in enumerate(grains):
        factors = jitter(len(cut.problem), WIDTH, len(grains) * seed + turn)
        groups = sorted(group for leaf in cut.members for group in _clusters(cut.problem, leaf, grain, factors))
        coarse = cut.problem.contract(groups)
        leaves: list[list[int]] = [[] for _ in cut.members]
        for number, group in enumerate(groups):
            leaves[cut.leaf_of[group[0]]].append(number)
        moved = Cut(coarse, leaves)
        gain = pass_moves(moved) + exchange(moved)
        if gain:
            won += gain
            for group, leaf in zip(groups, moved.leaf_of, strict=True):
                for node in group:
                    if cut.leaf_of[node] != leaf:
                        cut.move(node, leaf)
    return won + pass_moves(cut) + exchange(cut)


def _clusters(problem: Problem, leaf: Iterable[int], grain: float, factors: Sequence[float]) -> list[list[int]]:
    """Clusters of the nodes of one leaf: no tie that leaves it is needed, and a small heap is a quick one."""
    nodes = sorted(leaf)
    found = agglomerate(problem.part(nodes), grain, [factors[node] for node in nodes])
    return [[nodes[place] for place in cluster] for cluster in found]


def neighbourhoods(cut: Cut, seed: int, tries: int) -> int:
    """Cut each leaf and its strongest neighbours anew, the heaviest outside ties first; returns the gain."""
    outside = [sum(_outside(cut, leaf).values()) for leaf in range(len(cut.members))]
    won = 0
    for turn, leaf in enumerate(sorted(range(len(outside)), key=lambda each: (-outside[each], each))):
        if outside[leaf]:
            won += _recut(cut, leaf, seed + 1000 * turn, tries)
    return won


def _outside(cut: Cut, leaf: int) -> dict[int, int]:
    """Neighbouring leaf -> weight of the ties into it."""
    total: dict[int, int] = {}
    for node in cut.members[leaf]:
        for other, weight in cut.pull[node].items():
            if other != leaf:
                total[other] = total.get(other, 0) + weight
    return total


def _recut(cut: Cut, leaf: int, seed: int, tries: int) -> int:
    """Cut a leaf and its strongest neighbours anew into no more leaves than they are; returns the gain, 0 if undone."""
    near = sorted(_outside(cut, leaf).items(), key=lambda each: (-each[1], each[0]))
    group = [leaf, *(other for other, _ in near[:NEIGHBOURS])]
    nodes = sorted(node for each in group for node in cut.members[each])
    part = cut.problem.part(nodes)
    row = {leaf: i for i, leaf in enumerate(group)}
    weight = now = _weight(part, [row[cut.leaf_of[node]] for node in nodes])
    best: list[int] | None = None
    for attempt in range(tries):
        factors = jitter(len(part), WIDTH, seed + attempt)
        fresh = best_fit(part, agglomerate(part, factors=factors))
        if len(fresh) > len(group):
            continue
        after = Cut(part, [*fresh, *([] for _ in range(len(group) - len(fresh)))])
        if pass_moves(after) and exchange(after):
            pass_moves(after)
        if (found := after.weight()) < weight:
            weight, best = found, after.leaf_of
    for node, place in zip(nodes, best or (), strict=False):
        if cut.leaf_of[node] != group[place]:
            cut.move(node, group[place])
    return now - weight


def _weight(problem: Problem, leaf_of: Sequence[int]) -> int:
    crossing = (
        weight
        for node, row in enumerate(problem.ties)
        for other, weight in row.items()
        if leaf_of[node] != leaf_of[other]
    )
    return sum(crossing) // 2
