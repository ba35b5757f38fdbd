"""Hold a plan against another one, or against the tree as it stands. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from autonomy.assemble import content_digest
from autonomy.model import Graph, Plan, Reason, Subplan, SubplanId


@dataclass(frozen=True, slots=True)
class Move:
    """Files that went from one leaf to another together. `why` says what became of the leaf that they left."""

    source: str
    target: str
    why: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What two plans do not have in common; leaves are named by their slugs, files by their paths."""

    same: int
    """Leaves that hold the same files in both plans."""
    edited: tuple[str, ...]
    """Leaves among those whose contents changed."""
    added: tuple[str, ...]
    removed: tuple[str, ...]
    moves: tuple[Move, ...]
    settings: tuple[str, ...]
    """Keys of the configuration that differ, with both values."""


def difference(old: Plan, new: Plan) -> Difference:
    """A file has moved where its new leaf is not the heir of its old one: the leaf that holds most of its files now."""
    before = {path: leaf for leaf in old.leaves for path in leaf.files}
    after = {path: leaf for leaf in new.leaves for path in leaf.files}
    known = {leaf.id: leaf for leaf in old.leaves}
    same = [leaf for leaf in new.leaves if leaf.id in known]
    return Difference(
        same=len(same),
        edited=tuple(leaf.slug for leaf in same if leaf.digest != known[leaf.id].digest),
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        moves=tuple(_moves(old, before, after)),
        settings=tuple(
            f"{key}: {old.config.get(key)} -> {new.config.get(key)}"
            for key in sorted({*old.config, *new.config})
            if old.config.get(key) != new.config.get(key)
        ),
    )


def _moves(old: Plan, before: Mapping[str, Subplan], after: Mapping[str, Subplan]) -> Iterator[Move]:
    shares = {leaf.id: Counter(after[path].id for path in leaf.files if path in after) for leaf in old.leaves}
    heirs = {leaf: max(share, key=lambda each: (share[each], each)) for leaf, share in shares.items() if share}
    largest: dict[SubplanId, tuple[int, SubplanId]] = {}
    for leaf, heir in heirs.items():
        largest[heir] = max(largest.get(heir, (0, leaf)), (shares[leaf][heir], leaf))
    groups: dict[tuple[SubplanId, SubplanId], list[str]] = {}
    for path in sorted(before.keys() & after.keys()):
        source, target = before[path].id, after[path].id
        # Two leaves may have the same heir: the one that gave it more lives on in it, the other was dissolved.
        if heirs[source] != target or largest[target][1] != source:
            groups.setdefault((source, target), []).append(path)
    for (source, _), paths in groups.items():
        dissolved = largest[heirs[source]][1] != source
        why = "was dissolved" if dissolved else f"keeps {shares[source][heirs[source]]} files"
        yield Move(before[paths[0]].slug, after[paths[0]].slug, f"{before[paths[0]].slug} {why}", tuple(paths))


def violations(plan: Plan, graph: Graph) -> Iterator[str]:
    """What a gate must refuse, a line each: lost or unknown files, leaves over their limits, contents that changed.

    That a plan is a tree, that its leaves are disjoint and wait for each other without a cycle, is checked
    when it is read and scheduled.
    """
    planned = {path for leaf in plan.leaves for path in leaf.files}
    found = frozenset(graph.paths)
    yield from (f"in no subplan: {path}" for path in graph.paths if path not in planned)
    yield from (f"planned, but not there: {path}" for path in sorted(planned - found))
    yield from _over_limits(plan)
    if planned == found and content_digest(graph.snapshot.digests) != plan.root.digest:
        rows = {path: row for row, path in enumerate(graph.paths)}
        for leaf in plan.leaves:
            digest = content_digest(graph.snapshot.digests[rows[path]] for path in leaf.files)
            if digest != leaf.digest:
                yield f"stale: contents of {leaf.slug} ({leaf.id}) changed since it was planned"


def _over_limits(plan: Plan) -> Iterator[str]:
    files, tokens = plan.config.get("max_files"), plan.config.get("max_tokens")
    if not isinstance(files, int) or not isinstance(tokens, int):
        yield "the plan does not say with which limits it was made"
        return
    for leaf in plan.leaves:
        excused = leaf.reason in (Reason.OVERSIZE_FILE, Reason.MIN_FILES, Reason.MAX_DEPTH, Reason.NO_PROGRESS)
        if (leaf.file_count > files or leaf.tokens > tokens) and not excused:
            yield (
                f"over its limits: {leaf.slug} ({leaf.id}) has {leaf.file_count} files of {files},"
                f" {leaf.tokens} tokens of {tokens}"
            )
