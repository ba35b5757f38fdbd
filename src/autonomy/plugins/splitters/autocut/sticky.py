"""Cut again and leave everything where it was, as far as the caps and the rules allow.

Source of the idea: Tzerpos and Holt, "The Orphan Adoption Problem in Architecture Maintenance" (1997).
"""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from math import ceil

from autonomy.plugins.splitters.autocut.agglomerate import agglomerate
from autonomy.plugins.splitters.autocut.cut import Cut
from autonomy.plugins.splitters.autocut.eliminate import eliminate
from autonomy.plugins.splitters.autocut.pack import pack
from autonomy.plugins.splitters.autocut.problem import Problem

SLACK = 1.08
"""Leaves per leaf of the lower bound above which the smallest are dissolved."""
MOVE = 1 << 20
"""What a move costs beside the ties that it cuts: one large node leaves rather than several small ones."""
CLEAR = 3
"""A node moves of its own accord only where it is drawn this many times as strongly as it is held."""
SETTLED = 0.1
"""Moves of that kind, per node that has come or had to go: where nearly nothing changed, nothing moves."""


def stay(problem: Problem, previous: Sequence[int]) -> list[list[int]]:
    """Leaves as near to the previous ones as can be; `previous` is a leaf's number per node, below 0 for a new one."""
    kept: dict[int, list[int]] = {}
    for node, leaf in enumerate(previous):
        if leaf >= 0:
            kept.setdefault(leaf, []).append(node)
    orphans = [node for node, leaf in enumerate(previous) if leaf < 0]
    spare = len(problem) - len(orphans)
    cut = Cut(problem, [*kept.values(), *([node] for node in orphans), *([] for _ in range(spare))])
    shed = _shed(cut, len(kept), len(kept) + len(orphans))
    _adopt(cut, sorted([*orphans, *shed]))
    _settle(cut, int(SETTLED * (len(orphans) + len(shed))))
    eliminate(cut, ceil(SLACK * problem.bound))
    return cut.leaves()


def _shed(cut: Cut, leaves: int, spare: int) -> list[int]:
    """Move what is least held out of each leaf that breaks a cap or a rule, into spare leaves of its own."""
    shed: list[int] = []
    for leaf in range(leaves):
        while (node := _least_held(cut, leaf)) >= 0:
            cut.move(node, spare + len(shed))
            shed.append(node)
    return shed


def _least_held(cut: Cut, leaf: int) -> int:
    """The node to take out of a leaf, the least lost for the excess that it takes along; -1 where nothing is wrong."""
    problem, nodes = cut.problem, sorted(cut.members[leaf])
    tokens, files = cut.tokens[leaf] - problem.max_tokens, cut.counts[leaf] - problem.max_files
    if tokens <= 0 and files <= 0:
        nodes = [node for node in nodes if node in problem.sides and cut.clashes(node, leaf)]

    def loss(node: int) -> float:
        relief = min(problem.tokens[node], tokens) if tokens > 0 else problem.counts[node]
        return (cut.pull[node].get(leaf, 0) + MOVE * problem.counts[node]) / (relief + 1)

    return min(nodes, key=lambda node: (loss(node), node), default=-1)


def _adopt(cut: Cut, orphans: Sequence[int]) -> None:
    """Give each orphan to the leaf that draws it the most and has room, the most drawn first.

    What is drawn nowhere joins its directory; what finds no room there forms leaves with its like.
    """
    waiting = set(orphans)
    heap = [(-gain, node, leaf) for node in orphans for gain, leaf in [cut.best(node)]]
    heapify(heap)
    while heap:
        loss, node, leaf = heappop(heap)
        gain, now = cut.best(node)
        if node not in waiting or now < 0 or gain <= 0:
            continue
        if (-gain, now) != (loss, leaf):
            heappush(heap, (-gain, node, now))
            continue
        cut.move(node, now)
        waiting.remove(node)
        for other in cut.problem.ties[node]:
            if other in waiting:
                gain, leaf = cut.best(other)
                heappush(heap, (-gain, other, leaf))
    lonely = [node for node in sorted(waiting) if not _join_directory(cut, node)]
    part = cut.problem.part(lonely)
    for group in pack(part, agglomerate(part)) if lonely else ():
        for node in group[1:]:
            cut.move(lonely[node], cut.leaf_of[lonely[group[0]]])


def _join_directory(cut: Cut, node: int) -> bool:
    """Put the node into the leaf of the nearest file of its directory that has room."""
    homes = cut.problem.homes
    for side in (range(node - 1, -1, -1), range(node + 1, len(homes))):
        for near in side:
            if homes[near] != homes[node]:
                break
            if len(cut.members[cut.leaf_of[near]]) > 1 and cut.fits(node, cut.leaf_of[near]):
                cut.move(node, cut.leaf_of[near])
                return True
    return False


def _settle(cut: Cut, moves: int) -> None:
    """Make the moves that gain the most, at most so many, where the pull is a multiple of the hold."""
    heap = [(-gain, node, leaf) for node in range(len(cut.leaf_of)) for gain, leaf in [_clear(cut, node)] if gain > 0]
    heapify(heap)
    while heap and moves > 0:
        loss, node, leaf = heappop(heap)
        gain, now = _clear(cut, node)
        if gain > 0 and (-gain, now) != (loss, leaf):
            heappush(heap, (-gain, node, now))
        elif gain > 0:
            cut.move(node, now)
            moves -= 1


def _clear(cut: Cut, node: int) -> tuple[int, int]:
    """(gain, leaf) of a node's best move, 0 where it isn't clear."""
    gain, leaf = cut.best(node)
    own = cut.pull[node].get(cut.leaf_of[node], 0)
    return (gain, leaf) if leaf >= 0 and gain > (CLEAR - 1) * own else (0, leaf)
