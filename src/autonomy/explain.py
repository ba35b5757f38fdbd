"""Why a file is where it is, and what a leaf waits for: read off the plan and the graph, nothing is guessed. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autonomy.atlas import Atlas
from autonomy.escape import terminal
from autonomy.model import Reason, Subplan, SubplanId

SHOWN = 8
_WHY = {
    Reason.FITS: "fits the limits",
    Reason.MIN_FILES: "is at --min-files, which is never split",
    Reason.MAX_DEPTH: "is at --max-depth",
    Reason.NO_PROGRESS: "is a leaf because no splitter makes progress",
    Reason.OVERSIZE_FILE: "is one file over --max-tokens, a leaf of its own",
}


@dataclass(frozen=True, slots=True)
class Ties:
    """References between one file and the files of one leaf, both ways, and commits that changed both."""

    leaf: Subplan
    outgoing: Sequence[int]
    incoming: Sequence[int]
    together: int

    @property
    def references(self) -> int:
        return len(self.outgoing) + len(self.incoming)


def ties_of(file: int, atlas: Atlas) -> list[Ties]:
    """The leaves that `file` has ties to, its own included, the most references first."""
    outgoing: dict[SubplanId, list[int]] = {}
    incoming: dict[SubplanId, list[int]] = {}
    leaves: dict[SubplanId, Subplan] = {}

    def note(other: int, rows: dict[SubplanId, list[int]]) -> None:
        leaf = atlas.leaf_of[other]
        leaves[leaf.id] = leaf
        rows.setdefault(leaf.id, []).append(other)

    for other in atlas.graph.references[file]:
        note(other, outgoing)
    for other in atlas.users.get(file, ()):
        note(other, incoming)
    together: Counter[SubplanId] = Counter()
    for commit in atlas.graph.commits:
        if file in commit:
            for leaf in {atlas.leaf_of[other].id: atlas.leaf_of[other] for other in commit if other != file}.values():
                together[leaf.id] += 1
                leaves[leaf.id] = leaf
    found = [
        Ties(leaf, outgoing.get(each, ()), incoming.get(each, ()), together[each]) for each, leaf in leaves.items()
    ]
    return sorted(found, key=lambda ties: (-ties.references, -ties.together, ties.leaf.slug))


def explain_file(path: str, atlas: Atlas) -> str:
    """The steps of the tree that led here, the ties that hold the file, those that were cut, and what a move costs."""
    file = atlas.rows[path]
    home = atlas.leaf_of[file]
    snapshot = atlas.graph.snapshot
    language = snapshot.languages[file] or "no known language"
    lines = [
        f"{path}: {language}, {snapshot.lines[file]:,} lines, about {snapshot.tokens[file]:,} tokens",
        "",
        f"is in {home.slug} ({home.id}), files: {home.file_count:,}, tokens: {home.tokens:,}",
        *_steps(home, atlas),
        "",
        *_held(file, home, atlas),
    ]
    return "\n".join(terminal(line) for line in lines) + "\n"


def _steps(leaf: Subplan, atlas: Atlas) -> Iterator[str]:
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


def _held(file: int, home: Subplan, atlas: Atlas) -> Iterator[str]:
    found = ties_of(file, atlas)
    inside = [ties for ties in found if ties.leaf.id == home.id]
    across = [ties for ties in found if ties.leaf.id != home.id]
    kept = inside[0].references if inside else 0
    if not found:
        yield "no reference and no shared commit ties it to any file: its directory and name placed it"
        return
    yield f"held there by {_count(kept, inside[0].together if inside else 0)}"
    for ties in inside:
        yield from _named(ties, atlas)
    yield f"cut: {_count(sum(ties.references for ties in across), sum(ties.together for ties in across))}"
    for ties in across[:SHOWN]:
        yield f"  {ties.leaf.slug} ({ties.leaf.id}): {_count(ties.references, ties.together)}"
        yield from _named(ties, atlas, indent="    ")
        yield f"    moving it there would cut {_signed(kept - ties.references)} references{_room(file, ties, atlas)}"
    if len(across) > SHOWN:
        yield f"  and {len(across) - SHOWN} more subplans"


def _count(references: int, together: int) -> str:
    shared = f", {together:,} shared commit{'s' * (together != 1)}" if together else ""
    return f"{references:,} reference{'s' * (references != 1)}{shared}"


def _signed(more: int) -> str:
    return f"{abs(more):,} {'more' if more >= 0 else 'fewer'}"


def _room(file: int, ties: Ties, atlas: Atlas) -> str:
    """Whether the other leaf could take the file at all, under the limits that the plan was made with."""
    limits = atlas.plan.config
    files, tokens = limits.get("max_files"), limits.get("max_tokens")
    if isinstance(files, int) and ties.leaf.file_count + 1 > files:
        return f", but that leaf would hold {ties.leaf.file_count + 1:,} files (--max-files {files:,})"
    heavier = ties.leaf.tokens + atlas.graph.tokens[file]
    if isinstance(tokens, int) and heavier > tokens:
        return f", but that leaf would hold {heavier:,} tokens (--max-tokens {tokens:,})"
    return ""


def _named(ties: Ties, atlas: Atlas, indent: str = "  ") -> Iterator[str]:
    for title, files in (("refers to", ties.outgoing), ("referred to by", ties.incoming)):
        if files:
            more = f" and {len(files) - SHOWN} more" if len(files) > SHOWN else ""
            yield f"{indent}{title} {', '.join(atlas.graph.paths[other] for other in files[:SHOWN])}{more}"


def explain_node(node: Subplan, atlas: Atlas) -> str:
    """Why a node is a leaf or how it was split, and, for a leaf, what it waits for and through which references."""
    lines = [f"{node.slug} ({node.id})", *_steps(node, atlas), ""]
    if node.is_leaf:
        befores = atlas.plan.waits_for.get(node.id, ())
        lines.append(f"waits for {len(befores)} subplan{'s' * (len(befores) != 1)}" + (":" if befores else ""))
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
    yield f"  {before.slug} ({before.id}), through {len(pairs)} reference{'s' * (len(pairs) != 1)}"
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
