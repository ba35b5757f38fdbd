"""The cut, its order, its stability and its surroundings: what the steps know of them."""

from collections.abc import Iterable, Mapping, Sequence

from autonomy import halo, loading, pins, sticky
from autonomy.decompose import decompose
from autonomy.model import Graph, Limits, Order, Pins, Rows, Snapshot, Workset
from autonomy.order import Waits, hubs, waits_for
from features.drivers import planning

Leaves = list[list[str]]
"""The paths of each leaf, ascending."""


def leaves_of(graph: Graph, limits: Limits, rules: Pins | None = None, before: Leaves | None = None) -> Leaves:
    """The leaves by the default splitter; with `before`, as near to those as can be."""
    number = {path: place for place, leaf in enumerate(before or []) for path in leaf}
    previous = {file: number[path] for file, path in enumerate(graph.paths) if path in number}
    tree = decompose(graph, limits, [loading.load("splitters", "auto")], rules or Pins(), previous)
    return sorted(sorted(graph.paths[file] for file in leaf.files) for leaf in tree.leaves)


def parts_of(graph: Graph, limits: Limits) -> Leaves:
    """The leaves as the splitter itself gives them, before anything is split again."""
    waiting = list(loading.load("splitters", "auto").split(Workset(graph, range(len(graph)), limits)))
    leaves = []
    while waiting:
        part = waiting.pop()
        waiting.extend(part.parts)
        if not part.parts:
            leaves.append(sorted(graph.paths[file] for file in part.files))
    return sorted(leaves)


def moved(before: Leaves, after: Leaves, renames: Mapping[str, str]) -> list[str]:
    return sticky.moved(_places(before), _places(after), renames)


def _places(leaves: Leaves) -> dict[str, str]:
    return {path: f"{number:04}" for number, leaf in enumerate(leaves) for path in leaf}


def followed(before: Leaves, graph: Graph, renames: Mapping[str, str]) -> Leaves:
    """The earlier leaves as a plan after `renames` sees them."""
    found: dict[int, list[str]] = {}
    for file, leaf in sorted(sticky.previous(_places(before), graph.paths, renames).items()):
        found.setdefault(leaf, []).append(graph.paths[file])
    return list(found.values())


def rules_of(graph: Graph, rules: Iterable[tuple[str, Sequence[str]]]) -> Pins:
    groups: dict[str, list[Sequence[str]]] = {"together": [], "apart": [], "alone": []}
    for kind, globs in rules:
        groups[kind].append(globs)
    return pins.pins_of(graph.paths, **groups)


def owned(graph: Graph, codeowners: str) -> list[list[str]]:
    return [[graph.paths[file] for file in group] for group in pins.owned(graph.paths, codeowners)]


def order_of(graph: Graph, leaves: Sequence[Sequence[str]], order: str, workers: int) -> Waits:
    return waits_for(_rows(graph, leaves), graph, Order(order), workers)


def hubs_of(graph: Graph, leaves: Sequence[Sequence[str]]) -> list[tuple[str, int]]:
    return [(graph.paths[file], users) for file, users in hubs(_rows(graph, leaves), graph)]


def halos_of(graph: Graph, leaves: Sequence[Sequence[str]], budget: int) -> Leaves:
    found = halo.halos(_rows(graph, leaves), graph, budget, price=lambda file: graph.tokens[file] // 10)
    return [[graph.paths[file] for file in each] for each in found]


def unseen(graph: Graph, leaves: Sequence[Sequence[str]], around: Sequence[Sequence[str]]) -> float:
    return halo.unseen(_rows(graph, leaves), graph, _rows(graph, around))


def _rows(graph: Graph, leaves: Sequence[Sequence[str]]) -> list[list[int]]:
    row = {path: file for file, path in enumerate(graph.paths)}
    return [[row[path] for path in leaf] for leaf in leaves]


def reversed_graph(graph: Graph) -> Graph:
    """The same files, references and commits, all listed the other way round."""
    last = len(graph) - 1
    old = graph.snapshot
    snapshot = Snapshot(
        paths=old.paths[::-1],
        sizes=old.sizes[::-1],
        lines=old.lines[::-1],
        tokens=old.tokens[::-1],
        languages=old.languages[::-1],
        digests=old.digests[::-1],
        names=[],
        references=old.references,
        declares=old.declares,
        commits=Rows.of([last - file for file in commit] for commit in old.commits),
    )
    rows = [sorted(last - target for target in graph.references[file]) for file in range(last, -1, -1)]
    return Graph(snapshot, Rows.of(rows))


def acyclic(waits: Sequence[Sequence[int]]) -> bool:
    from graphlib import CycleError, TopologicalSorter

    try:
        TopologicalSorter(dict(enumerate(waits))).prepare()
    except CycleError:
        return False
    return True


__all__ = ["Limits", "planning"]
