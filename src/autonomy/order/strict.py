"""The strict order: only references inside a cycle of leaves are dropped, and few of those."""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from autonomy.order.waves import Ties


def strict_ranks(ties: Ties) -> list[int]:
    """A rank per leaf: cycle by cycle, what is referred to first; inside a cycle with little lost."""
    rank = [0] * len(ties)
    place = 0
    for cycle in cycles(ties):
        for leaf in _thin(cycle, ties):
            rank[leaf] = place
            place += 1
    return rank


def cycles(ties: Ties) -> list[list[int]]:
    """Strongly connected components, each after those that it refers to (Tarjan, 1972, without recursion)."""
    index, low = [-1] * len(ties), [0] * len(ties)
    found: list[list[int]] = []
    path: list[int] = []
    open_, count = [False] * len(ties), 0
    for root in range(len(ties)):
        work = [(root, iter(sorted(ties[root])))] if index[root] < 0 else []
        while work:
            leaf, rest = work[-1]
            if index[leaf] < 0:
                index[leaf] = low[leaf] = count
                count += 1
                path.append(leaf)
                open_[leaf] = True
            for other in rest:
                if index[other] < 0:
                    work.append((other, iter(sorted(ties[other]))))
                    break
                if open_[other]:
                    low[leaf] = min(low[leaf], low[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[leaf])
                if low[leaf] == index[leaf]:
                    found.append(_close(leaf, path, open_))
    return found


def _close(root: int, path: list[int], open_: list[bool]) -> list[int]:
    """Take the component that `root` began off the path."""
    component = []
    while open_[root]:
        leaf = path.pop()
        open_[leaf] = False
        component.append(leaf)
    return sorted(component)


def _thin(cycle: Sequence[int], ties: Ties) -> list[int]:
    """The leaves of a cycle in an order that drops few references (Eades, Lin and Smyth, 1993).

    A leaf that refers to nobody left goes to the front, one that nobody left refers to goes to the end; where
    there is neither, the leaf goes to the front that is referred to the most, less what it refers to.
    """
    left = set(cycle)
    users: dict[int, dict[int, int]] = {leaf: {} for leaf in cycle}
    for leaf in cycle:
        for other, weight in ties[leaf].items():
            if other in left:
                users[other][leaf] = weight
    out = {leaf: sum(weight for other, weight in ties[leaf].items() if other in left) for leaf in cycle}
    into = {leaf: sum(users[leaf].values()) for leaf in cycle}

    def entry(leaf: int) -> tuple[int, int, int]:
        turn = 0 if not out[leaf] else 1 if not into[leaf] else 2
        return turn, out[leaf] - into[leaf], leaf

    heap = [entry(leaf) for leaf in cycle]
    heapify(heap)
    front: list[int] = []
    back: list[int] = []
    while heap:
        top = heappop(heap)
        leaf = top[2]
        if leaf not in left or top != entry(leaf):
            continue
        left.remove(leaf)
        (back if top[0] == 1 else front).append(leaf)
        for near, sums in ((users[leaf], out), (ties[leaf], into)):
            for other, weight in near.items():
                if other in left:
                    sums[other] -= weight
                    heappush(heap, entry(other))
    return front + back[::-1]
