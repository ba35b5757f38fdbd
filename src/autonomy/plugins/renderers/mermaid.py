"""The graph between leaves for Mermaid, collapsed to the level that its limits allow, and said so.

Source of the limits: Mermaid's `maxEdges` (500) and `maxTextSize` (50,000 characters).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autonomy.model import Plan, Subplan, SubplanId

MAX_EDGES = 500
MAX_TEXT = 50_000


class Mermaid:
    name = "mermaid"

    def render(self, plan: Plan) -> str:
        """Leaves where they fit; else inner nodes of the deepest level at which the picture fits.

        Where none does, the strongest connections of the first level: a root alone would say nothing.
        """
        deepest = max(node.depth for node in plan.nodes)
        for level in range(deepest, 0, -1):
            picture = _folded(plan, level)
            if len(picture.edges) <= MAX_EDGES and len(text := _text(plan, picture)) <= MAX_TEXT:
                return text
        return _strongest(plan, _folded(plan, min(1, deepest)))


@dataclass(frozen=True, slots=True)
class _Picture:
    """What is drawn: nodes, and how many waits of leaves each edge between two of them stands for."""

    level: int
    nodes: Sequence[Subplan]
    edges: Mapping[tuple[SubplanId, SubplanId], int]


def _folded(plan: Plan, level: int) -> _Picture:
    """The picture with everything below `level` folded into its ancestor there."""
    stands_for = _ancestors(plan, level)
    shown = [node for node in plan.nodes if stands_for[node.id] == node.id and (node.is_leaf or node.depth == level)]
    edges: Counter[tuple[SubplanId, SubplanId]] = Counter()
    for leaf in plan.leaves:
        for before in plan.waits_for.get(leaf.id, ()):
            pair = (stands_for[leaf.id], stands_for[before])
            edges[pair] += pair[0] != pair[1]
    return _Picture(level, shown, {pair: count for pair, count in edges.items() if count})


def _strongest(plan: Plan, whole: _Picture) -> str:
    """As many of the strongest edges as fit, with the nodes that they tie."""
    ranked = sorted(whole.edges, key=lambda pair: -whole.edges[pair])
    most = min(MAX_EDGES, len(ranked))
    while True:
        edges = {pair: whole.edges[pair] for pair in ranked[:most]}
        tied = {node for pair in edges for node in pair}
        nodes = [node for node in whole.nodes if node.id in tied] if edges else whole.nodes[:1]
        said = f"; drawn are the {most} strongest of {len(ranked)} connections"
        text = _text(plan, _Picture(whole.level, nodes, edges), said)
        if len(text) <= MAX_TEXT or not most:
            return text
        most = most * 9 // 10


def _text(plan: Plan, picture: _Picture, said: str = "") -> str:
    number = {node.id: place for place, node in enumerate(picture.nodes)}
    lines = ["flowchart LR"]
    if folded := len(plan.leaves) - sum(node.is_leaf for node in picture.nodes):
        away = "folded into their ancestors or left out" if said else "folded into their ancestors"
        how = f"{folded} of {len(plan.leaves)} leaves are {away}{said}"
        lines.append(f"  %% collapsed to level {picture.level}: {how}")
        lines.append(f'  note["collapsed: {how}"]')
    lines += [f'  n{number[node.id]}["{_label(node)}"]' for node in picture.nodes]
    lines += [f"  n{number[left]} --> n{number[right]}" for left, right in picture.edges]
    return "\n".join(lines) + "\n"


def _ancestors(plan: Plan, level: int) -> Mapping[SubplanId, SubplanId]:
    """Node -> itself, or its ancestor at `level` where it lies deeper."""
    stands_for: dict[SubplanId, SubplanId] = {}
    for node in plan.nodes:
        parent = node.parent
        stands_for[node.id] = node.id if node.depth <= level or parent is None else stands_for[parent]
    return stands_for


def _label(node: Subplan) -> str:
    """Slugs hold no sign that Mermaid reads as markup."""
    return f"{node.slug}<br>{node.file_count} files"


MERMAID = Mermaid()
