"""Graph -> tree of worksets: split until every leaf fits, or no splitter makes progress. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from autonomy.errors import AutonomyError
from autonomy.model import Graph, Limits, Part, Pins, Reason, Workset
from autonomy.protocols import Splitter

PROGRESS = 0.95
"""The largest part may hold this share of a workset; above it the split is no progress (399 + 1 files)."""

EVEN = 1.25
"""How much heavier than its share of the tokens a leaf may be that is cut to feed the workers."""

SHALLOW = 2
"""The deepest level of a tree whose root fits as it is and is split only to feed the workers."""


@dataclass(frozen=True, slots=True)
class Node:
    """A workset of the tree: its files, ascending, and either its children or the reason why it is a leaf."""

    files: Sequence[int]
    children: "tuple[Node, ...]" = ()
    splitter: str | None = None
    reason: Reason | None = None

    @property
    def leaves(self) -> "list[Node]":
        """In preorder."""
        if not self.children:
            return [self]
        return [leaf for child in self.children for leaf in child.leaves]


def feed(limits: Limits, files: int, tokens: int) -> Limits:
    """Tighten `limits` so that `max_parallel` workers have work, as far as `min_files` allows.

    A root of 200 files under 10 workers gives leaves of at most 20 files; one of 12 files gives two leaves.
    """
    workers = min(limits.max_parallel, files // limits.min_files)
    if workers < 2:
        return limits
    fits = files <= limits.max_files and tokens <= limits.max_tokens
    return replace(
        limits,
        max_files=min(limits.max_files, max(limits.min_files, -(-files // workers))),
        max_tokens=min(limits.max_tokens, max(1, int(EVEN * tokens / workers))),
        max_depth=min(limits.max_depth, SHALLOW) if fits else limits.max_depth,
    )


def decompose(
    graph: Graph,
    limits: Limits,
    splitters: Sequence[Splitter],
    pins: Pins = Pins(),  # noqa: B008  frozen and empty
    previous: Mapping[int, int] | None = None,
) -> Node:
    """Split all files of `graph`; `splitters` are tried in order, the first that makes progress wins.

    The last splitter must be flat: one level below `max_depth` it is the only one asked, so that the depth
    never costs the cap.

    Raises:
        AutonomyError: a splitter lost a file or gave one twice.
    """
    files = range(len(graph))
    limits = feed(limits, len(graph), sum(graph.tokens))
    root = _grow(Workset(graph, files, limits, pins, previous or {}), 0, splitters)
    _check_partition(root)
    return root


def _grow(workset: Workset, depth: int, splitters: Sequence[Splitter]) -> Node:
    reason = _leaf_reason(workset, depth)
    if reason:
        return Node(workset.files, reason=reason)
    left = workset.limits.max_depth - depth
    asked = replace(workset, limits=replace(workset.limits, max_depth=left))
    for splitter in splitters if left > 1 else splitters[-1:]:
        parts = splitter.split(asked)
        if progresses(workset, parts):
            children = _children(workset, parts, depth, splitter.name, splitters)
            return Node(workset.files, children, splitter.name)
    return Node(workset.files, reason=Reason.NO_PROGRESS)


def _children(
    workset: Workset, parts: Sequence[Part], depth: int, splitter: str, splitters: Sequence[Splitter]
) -> tuple[Node, ...]:
    children = []
    for part in parts:
        inner = replace(workset, files=tuple(sorted(part.files)))
        if part.parts and not _leaf_reason(inner, depth + 1) and progresses(inner, part.parts):
            grown = _children(inner, part.parts, depth + 1, splitter, splitters)
            children.append(Node(inner.files, grown, splitter))
        else:
            children.append(_grow(inner, depth + 1, splitters))
    return tuple(children)


def _leaf_reason(workset: Workset, depth: int) -> Reason | None:
    """Why this workset is a leaf, or None where it must be split."""
    if workset.fits:
        return Reason.FITS
    if len(workset.files) == 1:
        return Reason.OVERSIZE_FILE
    if len(workset.files) <= workset.limits.min_files and not workset.pins.divide(workset.files):
        return Reason.MIN_FILES
    if depth >= workset.limits.max_depth:
        return Reason.MAX_DEPTH
    return None


def progresses(workset: Workset, parts: Sequence[Part]) -> bool:
    """Whether a split takes enough away from the largest part: in files, or in tokens."""
    filled = [part for part in parts if part.files]
    if len(filled) != len(parts) or len(parts) < 2:
        return False
    tokens = workset.graph.tokens
    files = max(len(part.files) for part in parts)
    heaviest = max(sum(tokens[file] for file in part.files) for part in parts)
    return files <= PROGRESS * len(workset.files) or heaviest <= PROGRESS * workset.tokens


def _check_partition(root: Node) -> None:
    """Children partition their parent, everywhere; checked in code because a splitter may be anybody's."""
    stack = [root]
    while stack:
        node = stack.pop()
        if not node.children:
            continue
        together = sorted(file for child in node.children for file in child.files)
        if together != list(node.files) or len(node.children) < 2:
            raise AutonomyError(
                f"splitter {node.splitter!r} broke the partition: {len(node.files)} files in,"
                f" {len(together)} out in {len(node.children)} parts; please report it to the splitter's author"
            )
        stack.extend(node.children)
