"""How the tree led to a node: the part that files and subplans explain alike. Pure."""

from collections.abc import Iterator

from autonomy.atlas import Atlas
from autonomy.model import Reason, Subplan

SHOWN = 8
_WHY = {
    Reason.FITS: "fits the limits",
    Reason.MIN_FILES: "is at --min-files, which is never split",
    Reason.MAX_DEPTH: "is at --max-depth",
    Reason.NO_PROGRESS: "is a leaf because no splitter makes progress",
    Reason.OVERSIZE_FILE: "is one file over --max-tokens, a leaf of its own",
}


def steps(leaf: Subplan, atlas: Atlas) -> Iterator[str]:
    """One line per node from the root down to the leaf: who split it, into how many, and at last why no further."""
    known = {node.id: node for node in atlas.plan.nodes}
    chain = [leaf]
    while chain[-1].parent is not None:
        chain.append(known[chain[-1].parent])
    for node in reversed(chain):
        indent = "  " * (node.depth + 1)
        size = f"{node.file_count:,} files, {node.tokens:,} tokens"
        if node.reason is not None:
            yield f"{indent}{node.slug} ({size}) {_WHY[node.reason]}"
        else:
            yield f"{indent}{node.slug} ({size}) was split into {len(node.children)} by {node.splitter!r}"
