"""The references that a cut has severed, from leaf to leaf, and where each of them stands. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from autonomy.model import Graph, Plan
from autonomy.order import HUB_LEAVES, HUB_SHARE


@dataclass(frozen=True, slots=True)
class Ties:
    """What the files of a plan refer to. Leaves and files are numbered in plan order."""

    cut: Sequence[tuple[int, int, Sequence[tuple[int, int]]]]
    """(leaf, the leaf it refers to, its references as pairs of files), ascending."""
    inside: Sequence[int]
    """Per leaf: references between its own files."""
    tokens: Sequence[int]
    """Per file; 0 for one that is gone."""
    languages: Sequence[str]
    """Per file."""
    hubs: Sequence[tuple[int, int]]
    """(file, how many other leaves refer to it) of those that very many refer to, the most wanted first."""


def ties_of(plan: Plan, graph: Graph) -> Ties:
    """Files of the plan that are not in the graph (any more) have no references; others than the plan's don't count."""
    leaves = plan.leaves
    number, leaf_of = _numbers(plan)
    names = graph.paths
    rows = [number.get(path, -1) for path in names]
    inside = [0] * len(leaves)
    cut: dict[tuple[int, int], list[tuple[int, int]]] = {}
    wanted: dict[int, set[int]] = {}
    for row, targets in enumerate(graph.references):
        source = rows[row]
        if source < 0 or not targets:
            continue
        home = leaf_of[source]
        for target in (rows[each] for each in targets):
            if target < 0:
                continue
            if leaf_of[target] == home:
                inside[home] += 1
            else:
                cut.setdefault((home, leaf_of[target]), []).append((source, target))
                wanted.setdefault(target, set()).add(home)
    tokens, languages = [0] * len(leaf_of), [""] * len(leaf_of)
    for row, file in enumerate(rows):
        if file >= 0:
            tokens[file], languages[file] = graph.tokens[row], graph.snapshot.languages[row]
    found = [(source, target, sorted(cut[source, target])) for source, target in sorted(cut)]
    return Ties(found, inside, tokens, languages, _hubs(wanted, len(leaves)))


def _numbers(plan: Plan) -> tuple[dict[str, int], list[int]]:
    """Path -> the file's number, and file -> the number of its leaf."""
    number: dict[str, int] = {}
    leaf_of: list[int] = []
    for place, leaf in enumerate(plan.leaves):
        for path in leaf.files:
            number[path] = len(leaf_of)
            leaf_of.append(place)
    return number, leaf_of


def _hubs(wanted: dict[int, set[int]], leaves: int) -> list[tuple[int, int]]:
    enough = max(HUB_LEAVES, HUB_SHARE * leaves)
    found = [(file, len(users)) for file, users in wanted.items() if len(users) >= enough]
    return sorted(found, key=lambda each: (-each[1], each[0]))
