"""Tree of worksets -> Plan: ids, names, digests, what waits for what. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from autonomy.decompose import Node
from autonomy.model import Graph, Plan, Subplan, SubplanId
from autonomy.naming import slugs

ID_DIGITS = 16


def assemble(
    root: Node,
    graph: Graph,
    waits: Sequence[Sequence[int]],
    metrics: Mapping[str, float],
    config: Mapping[str, object],
) -> Plan:
    """`waits[i]` are the leaves, by their place in preorder, that leaf i waits for."""
    nodes = subplans(root, graph)
    leaves = [node.id for node in nodes if node.is_leaf]
    waits_for = {
        leaf: tuple(leaves[before] for before in befores)
        for leaf, befores in zip(leaves, waits, strict=True)
        if befores
    }
    return Plan(nodes, waits_for, metrics, graph.snapshot.revision, config, tuple(graph.snapshot.skipped))


def subplans(root: Node, graph: Graph) -> tuple[Subplan, ...]:
    """The nodes of the tree in preorder."""
    nodes, depths, parents = _preorder(root)
    names = slugs((node.files for node in nodes), graph.paths, graph.tokens)
    ids = [subplan_id(graph.paths[file] for file in node.files) for node in nodes]
    children: list[list[SubplanId]] = [[] for _ in nodes]
    for place, parent in enumerate(parents):
        if parent is not None:
            children[parent].append(ids[place])
    snapshot = graph.snapshot
    return tuple(
        Subplan(
            id=ids[place],
            slug=names[place],
            parent=None if (parent := parents[place]) is None else ids[parent],
            depth=depths[place],
            children=tuple(children[place]),
            files=() if node.children else tuple(graph.paths[file] for file in node.files),
            file_count=len(node.files),
            tokens=sum(graph.tokens[file] for file in node.files),
            bytes=sum(snapshot.sizes[file] for file in node.files),
            digest=content_digest(snapshot.digests[file] for file in node.files),
            splitter=node.splitter,
            reason=node.reason,
        )
        for place, node in enumerate(nodes)
    )


def _preorder(root: Node) -> tuple[list[Node], list[int], list[int | None]]:
    """Nodes, their depths, and the places of their parents."""
    nodes: list[Node] = []
    depths: list[int] = []
    parents: list[int | None] = []
    stack: list[tuple[Node, int, int | None]] = [(root, 0, None)]
    while stack:
        node, depth, parent = stack.pop()
        place = len(nodes)
        nodes.append(node)
        depths.append(depth)
        parents.append(parent)
        stack.extend((child, depth + 1, place) for child in reversed(node.children))
    return nodes, depths, parents


def subplan_id(paths: Iterable[str]) -> SubplanId:
    """The hash of the sorted relative paths: it changes only when a file joins or leaves."""
    names = sorted(raw(path) for path in paths)
    return SubplanId(sha256(b"".join(name + b"\0" for name in names)).hexdigest()[:ID_DIGITS])


def raw(path: str) -> bytes:
    """The bytes of a path as the file system has them."""
    return path.encode("utf-8", "surrogateescape")


def content_digest(digests: Iterable[str]) -> str:
    """The hash of the contents of files, in path order."""
    return sha256("\n".join(digests).encode()).hexdigest()
