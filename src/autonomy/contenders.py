"""How each splitter that is installed would cut a repository, side by side."""

import time
from collections.abc import Sequence
from pathlib import Path

from autonomy import decompose, metrics
from autonomy.config import Config
from autonomy.errors import EnvironmentFault
from autonomy.loading import known
from autonomy.model import Pins
from autonomy.pipeline import Draft, chain
from autonomy.steering import pins_for

COLUMNS = ("splitter", "leaves", "over the bound", "cut", "subplans a commit touches", "CPU seconds")


def compared(root: Path, config: Config, drafted: Draft) -> str:
    """A Markdown table, the best cut first; a splitter that lacks its library says so."""
    rows: list[tuple[float, Sequence[str]]] = []
    for name in known("splitters"):
        try:
            rows.append(_row(name, root, config, drafted))
        except EnvironmentFault as error:
            rows.append((2.0, (name, f"not available: {error}", "", "", "", "")))
    lines = [COLUMNS, tuple("---" for _ in COLUMNS), *(row for _, row in sorted(rows, key=lambda each: each[0]))]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _row(name: str, root: Path, config: Config, drafted: Draft) -> tuple[float, Sequence[str]]:
    graph, limits = drafted.graph, config.limits()
    began = time.process_time()
    tree = decompose.decompose(graph, limits, chain(name), pins_for(root, config, graph) if name == "auto" else NO_PINS)
    seconds = time.process_time() - began
    leaves = [leaf.files for leaf in tree.leaves]
    places = metrics.leaf_index(leaves, len(graph))
    cut, bound = metrics.edge_cut(places, graph), metrics.leaf_bound(graph, limits)
    touched = metrics.leaves_per_commit(places, graph)
    return cut, (
        name, f"{len(leaves):,}", f"{len(leaves) / bound:.3f}", f"{cut:.1%}", f"{touched:.2f}" if touched else "-",
        f"{seconds:.1f}",
    )  # fmt: skip


NO_PINS = Pins()
