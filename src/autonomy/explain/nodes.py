"""Why a subplan is a leaf or how it was split, and what it waits for: read off the plan and the graph. Pure."""

from collections.abc import Iterator

from autonomy.atlas import Atlas
from autonomy.escape import terminal
from autonomy.explain.steps import SHOWN, steps
from autonomy.model import Subplan, SubplanId
from autonomy.naming import counted


def explain_node(node: Subplan, atlas: Atlas) -> str:
    """Why a node is a leaf or how it was split, and, for a leaf, what it waits for and through which references."""
    lines = [f"{node.slug} ({node.id})", *steps(node, atlas), ""]
    if node.is_leaf:
        befores = atlas.plan.waits_for.get(node.id, ())
        lines.append(f"waits for {counted(len(befores), 'subplan')}" + (":" if befores else ""))
        known = {leaf.id: leaf for leaf in atlas.plan.leaves}
        for before in befores:
            lines += _through(node, known[before], atlas)
        ignored = _unhonoured(node, frozenset(befores), atlas)
        if ignored:
            lines.append(f"refers also, without waiting (cycles, or to feed the workers), to: {', '.join(ignored)}")
        needed = atlas.needed_by.get(node.id, ())
        lines.append(f"needed by {len(needed)}: " + ", ".join(known[each].slug for each in needed) if needed else
                     "needed by none")  # fmt: skip
    return "\n".join(terminal(line) for line in lines) + "\n"


def _through(leaf: Subplan, before: Subplan, atlas: Atlas) -> Iterator[str]:
    pairs = [
        (path, atlas.graph.paths[target])
        for path in leaf.files
        for target in atlas.graph.references[atlas.rows[path]]
        if atlas.leaf_of[target].id == before.id
    ]
    yield f"  {before.slug} ({before.id}), through {counted(len(pairs), 'reference')}"
    for source, target in pairs[:SHOWN]:
        yield f"    {source} -> {target}"
    if len(pairs) > SHOWN:
        yield f"    and {len(pairs) - SHOWN} more"


def _unhonoured(leaf: Subplan, befores: frozenset[SubplanId], atlas: Atlas) -> list[str]:
    """Slugs of the leaves that this one refers to and does not wait for."""
    found: dict[str, None] = {}
    for path in leaf.files:
        for target in atlas.graph.references[atlas.rows[path]]:
            other = atlas.leaf_of[target]
            if other.id != leaf.id and other.id not in befores:
                found[other.slug] = None
    return sorted(found)
