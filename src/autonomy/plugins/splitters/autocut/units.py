"""Directories that move as one: a leaf that holds whole directories is told in few paths.

Small subtrees are nodes of their own first. Those whose files are pulled apart by more than their paths are
worth are then released, and the rest is cut again.
"""

from collections.abc import Callable, Sequence

from autonomy.plugins.splitters.autocut.cut import Cut
from autonomy.plugins.splitters.autocut.pack import depth
from autonomy.plugins.splitters.autocut.problem import Problem, directory

SHARE = 0.8
"""The largest part of a leaf that a directory may fill and still move as one."""
PATH = 45_000
"""The weight of ties that one path less is worth."""
FORBIDDEN = 1 << 62


def units(problem: Problem) -> list[list[int]]:
    """Nodes grouped by the highest directory that fits, or by its loose files where the whole does not."""
    return _grouped(problem, range(len(problem)), lambda nodes: 0 if _fits(problem, nodes) else None)


def released(problem: Problem, groups: Sequence[Sequence[int]], leaves: Sequence[Sequence[int]]) -> list[list[int]]:
    """The groups, taken apart where their files are drawn to other leaves by more than is saved in paths."""
    cut = Cut(problem, leaves)

    def strain(nodes: Sequence[int]) -> int:
        """What the nodes would gain, each by itself, in the leaf that each is drawn to the most."""
        home, total = cut.leaf_of[nodes[0]], 0
        for node in nodes:
            pull = cut.pull[node]
            total += max(0, max(pull.values(), default=0) - pull.get(home, 0))
        return total

    kept: list[list[int]] = []
    for group in groups:
        kept.extend(_grouped(problem, group, strain) if len(group) > 1 else [list(group)])
    return sorted(kept)


def _grouped(problem: Problem, nodes: Sequence[int], strain: Callable[[Sequence[int]], int | None]) -> list[list[int]]:
    """The nodes in those directories, loose files of directories, and single nodes that cost the least together.

    Each group costs one path and the `strain` that holds it together; None forbids it.
    """
    below, loose, homes = _directories(problem, nodes)
    cost: dict[str, int] = {}
    inner: dict[str, list[str]] = {}
    chosen: dict[str, list[list[int]]] = {}
    for home in reversed(homes):
        right = loose.get(home, [])
        groups = (
            [right] if len(right) > 1 and _price(right, strain) <= PATH * len(right) else [[node] for node in right]
        )
        split = sum(PATH if len(group) == 1 else _price(group, strain) for group in groups)
        split += sum(cost[child] for child in inner.get(home, []))
        whole = _price(below[home], strain) if home else FORBIDDEN
        cost[home] = min(whole, split)
        if whole <= split:
            chosen[home] = [below[home]]
        else:
            chosen[home] = groups + [group for child in inner.get(home, []) for group in chosen.pop(child)]
        if home:
            inner.setdefault(directory(home), []).append(home)
    return sorted(chosen.get("", []))


def _price(nodes: Sequence[int], strain: Callable[[Sequence[int]], int | None]) -> int:
    if len(nodes) == 1:
        return PATH
    found = strain(nodes)
    return FORBIDDEN if found is None else PATH + found


def _directories(
    problem: Problem, nodes: Sequence[int]
) -> tuple[dict[str, list[int]], dict[str, list[int]], list[str]]:
    """Nodes below each directory, nodes right in it, and all directories, parents first."""
    loose: dict[str, list[int]] = {}
    for node in nodes:
        loose.setdefault(problem.homes[node], []).append(node)
    below: dict[str, list[int]] = {"": []}
    for home, held in loose.items():
        above = home
        while True:
            below.setdefault(above, []).extend(held)
            if not above:
                break
            above = directory(above)
    for held in below.values():
        held.sort()
    return below, loose, sorted(below, key=lambda home: (depth(home), home))


def _fits(problem: Problem, nodes: Sequence[int]) -> bool:
    tokens, files = sum(problem.tokens[node] for node in nodes), sum(problem.counts[node] for node in nodes)
    return (
        tokens <= SHARE * problem.max_tokens
        and files <= SHARE * problem.max_files
        and not any(problem.clash([node], nodes) for node in nodes if node in problem.sides)
    )
