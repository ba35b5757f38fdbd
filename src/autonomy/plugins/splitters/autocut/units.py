"""Directories that move as one: a leaf that holds whole directories is told in few paths.

Small subtrees are nodes of their own first. Those whose files are pulled apart by more than their paths are
worth are then released, and the rest is cut again.
"""

from collections.abc import Sequence

from autonomy.plugins.splitters.autocut.cut import Cut
from autonomy.plugins.splitters.autocut.pack import depth
from autonomy.plugins.splitters.autocut.problem import Problem, directory

SHARE = 0.8
"""The largest part of a leaf that a directory may fill and still move as one."""
PATH = 1 << 16
"""The weight of ties that one path less is worth."""


def units(problem: Problem, share: float = SHARE) -> list[list[int]]:
    """Nodes grouped by the highest directory that fits, or by its loose files where the whole does not."""
    below, loose, above = _directories(problem)
    groups: list[list[int]] = []
    done: set[str] = set()
    for home in above:
        if directory(home) in done and home:
            done.add(home)
            continue
        if home and _fits(problem, below[home], share):
            groups.append(below[home])
            done.add(home)
        elif (nodes := loose.get(home, [])) and _fits(problem, nodes, share):
            groups.append(nodes)
        else:
            groups.extend([node] for node in nodes)
    return sorted(groups)


def _directories(problem: Problem) -> tuple[dict[str, list[int]], dict[str, list[int]], list[str]]:
    """Nodes below each directory, nodes right in it, and all directories, parents first."""
    below: dict[str, list[int]] = {}
    loose: dict[str, list[int]] = {}
    for node, home in enumerate(problem.homes):
        loose.setdefault(home, []).append(node)
    for home in sorted(loose):
        above = home
        while True:
            below.setdefault(above, []).extend(loose[home])
            if not above:
                break
            above = directory(above)
    for nodes in below.values():
        nodes.sort()
    return below, loose, sorted(below, key=lambda home: (depth(home), home))


def _fits(problem: Problem, nodes: Sequence[int], share: float) -> bool:
    tokens, files = sum(problem.tokens[node] for node in nodes), sum(problem.counts[node] for node in nodes)
    return (
        tokens <= share * problem.max_tokens
        and files <= share * problem.max_files
        and not any(problem.clash([node], nodes) for node in nodes if node in problem.sides)
    )


def released(problem: Problem, groups: Sequence[Sequence[int]], leaves: Sequence[Sequence[int]]) -> list[list[int]]:
    """The groups, without those whose nodes are drawn to other leaves by more than the group saves in paths."""
    cut = Cut(problem, leaves)
    kept: list[list[int]] = []
    for group in groups:
        if _strain(cut, group) > PATH * (len(group) - 1):
            kept.extend([node] for node in group)
        else:
            kept.append(list(group))
    return sorted(kept)


def _strain(cut: Cut, group: Sequence[int]) -> int:
    """What the nodes of a group would gain, each by itself, in the leaf that each is drawn to the most."""
    if len(group) < 2:
        return 0
    home, strain = cut.leaf_of[group[0]], 0
    for node in group:
        pull = cut.pull[node]
        strain += max(0, max(pull.values(), default=0) - pull.get(home, 0))
    return strain
