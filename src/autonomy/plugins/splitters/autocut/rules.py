"""What people decide, as the problem's own terms: leaves that are given, nodes that are one, sides that never meet."""

from collections.abc import Mapping, Sequence

from autonomy.model import Limits, Pins, Workset
from autonomy.plugins.splitters.autocut.problem import Problem, Ties

STRANGER = 4
"""Ties between files of two owners count a fourth."""


def given(workset: Workset) -> list[list[int]]:
    """The leaves that need no search: files over the token cap, and groups that stand alone, cut at the caps."""
    inside, limits, tokens = set(workset.files), workset.limits, workset.graph.tokens
    leaves = [[file] for file in sorted(inside) if tokens[file] > limits.max_tokens]
    taken = {file for leaf in leaves for file in leaf}
    for group in workset.pins.alone:
        free = [file for file in sorted(group) if file in inside and file not in taken]
        taken.update(free)
        leaves.extend(_chunks(free, tokens, limits))
    return leaves


def _chunks(files: Sequence[int], tokens: Sequence[int], limits: Limits) -> list[list[int]]:
    """The files in their order, a new chunk wherever the next one would break a cap."""
    chunks: list[list[int]] = []
    held = 0
    for file in files:
        if chunks and len(chunks[-1]) < limits.max_files and held + tokens[file] <= limits.max_tokens:
            chunks[-1].append(file)
            held += tokens[file]
        else:
            chunks.append([file])
            held = tokens[file]
    return chunks


def joined(problem: Problem, workset: Workset, row: Mapping[int, int]) -> Problem:
    """The problem with one node for each group that stays together; `row` maps file -> node."""
    groups: list[list[int]] = []
    for group in workset.pins.together:
        inside = [file for file in sorted(group) if file in row]
        groups.extend([row[file] for file in chunk] for chunk in _chunks(inside, workset.graph.tokens, workset.limits))
    taken = {node for group in groups for node in group}
    if len(taken) == len(groups):
        return problem
    return problem.contract(sorted([*groups, *([node] for node in range(len(problem)) if node not in taken)]))


def sides(pins: Pins, row: Mapping[int, int]) -> dict[int, dict[int, int]]:
    """Node -> {rule: side} for the files that a rule keeps apart from others."""
    found: dict[int, dict[int, int]] = {}
    for rule, parts in enumerate(pins.apart):
        for side, files in enumerate(parts):
            for file in files:
                if file in row:
                    found.setdefault(row[file], {})[rule] = side
    return found


def lean(ties: Ties, homes: list[str], pins: Pins, row: Mapping[int, int]) -> None:
    """Let owners count: ties between strangers fade, and each owner's directories lie under the owner."""
    owner = {row[file]: number for number, group in enumerate(pins.owners) for file in group if file in row}
    if not owner:
        return
    for node, near in enumerate(ties):
        for other in near:
            if owner.get(node) != owner.get(other):
                near[other] = max(1, near[other] // STRANGER)
    for node, number in owner.items():
        homes[node] = f"@{number}/{homes[node]}"
