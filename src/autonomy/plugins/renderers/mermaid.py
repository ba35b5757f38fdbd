"""The graph between leaves for Mermaid, collapsed to the level that its limits allow, and said so.

Source of the limits: Mermaid's `maxEdges` (500) and `maxTextSize` (50,000 characters).
"""

from collections.abc import Mapping

from autonomy.model import Plan, Subplan, SubplanId

MAX_EDGES = 500
MAX_TEXT = 50_000


class Mermaid:
    name = "mermaid"

    def render(self, plan: Plan) -> str:
        """Leaves where they fit; else inner nodes of the deepest level at which the picture fits."""
        deepest = max(node.depth for node in plan.nodes)
        for level in range(deepest, 0, -1):
            text, edges = _drawn(plan, level)
            if edges <= MAX_EDGES and len(text) <= MAX_TEXT:
                return text
        return _drawn(plan, 0)[0]


def _drawn(plan: Plan, level: int) -> tuple[str, int]:
    """The picture with everything below `level` folded into its ancestor there, and its number of edges."""
    stands_for = _ancestors(plan, level)
    shown = [node for node in plan.nodes if stands_for[node.id] == node.id and (node.is_leaf or node.depth == level)]
    number = {node.id: place for place, node in enumerate(shown)}
    edges: dict[tuple[int, int], None] = {}
    for leaf in plan.leaves:
        for before in plan.waits_for.get(leaf.id, ()):
            pair = (number[stands_for[leaf.id]], number[stands_for[before]])
            if pair[0] != pair[1]:
                edges[pair] = None
    folded = len(plan.leaves) - sum(node.is_leaf for node in shown)
    lines = ["flowchart LR"]
    if folded:
        lines.append(f"  %% collapsed to level {level}: {folded} leaves are folded into their ancestors")
        lines.append(f'  note["collapsed: {folded} of {len(plan.leaves)} leaves are folded into their ancestors"]')
    lines += [f'  n{number[node.id]}["{_label(node)}"]' for node in shown]
    lines += [f"  n{left} --> n{right}" for left, right in edges]
    return "\n".join(lines) + "\n", len(edges)


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
