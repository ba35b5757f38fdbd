"""A story as the JSON that the page reads: columns instead of records, numbers of leaves instead of ids. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import accumulate

from autonomy.model import Plan, Status, SubplanId
from autonomy.report.story import Cause, Cost, Curve, RunStory, Story, Try
from autonomy.report.ties import Ties

SCHEMA = "autonomy.report/v1"
MOST_PAIRS = 600_000
"""References that are listed one by one; where there are more, only their numbers."""
Page = dict[str, object]


def page_of(story: Story) -> Page:
    """Leaves, files and nodes are named by their place in plan order."""
    rank = {leaf.id: place for place, leaf in enumerate(story.leaves)}
    return {
        "schema": SCHEMA,
        "title": story.title,
        "version": story.version,
        "revision": story.plan.revision,
        "sentences": [
            {
                "text": each.text,
                "tone": each.tone,
                "leaf": rank[each.leaf] if each.leaf else None,
                "command": each.command,
            }
            for each in story.sentences
        ],
        "notes": list(story.notes),
        "metrics": dict(story.plan.metrics),
        "nodes": _nodes(story.plan, rank),
        "files": _files(story.plan, story.ties),
        "waits": [[rank[before] for before in story.plan.waits_for.get(leaf.id, ())] for leaf in story.leaves],
        "held": [story.held[leaf.id] for leaf in story.leaves],
        "ties": _ties(story.ties, _starts(story.plan)) if story.ties else None,
        "curve": _curve(story.curve),
        "expected": [story.expected[leaf.id] for leaf in story.leaves] if story.expected else None,
        "briefs": {str(rank[leaf]): text for leaf, text in story.briefs.items()},
        "run": _run(story.run, rank) if story.run else None,
        "skipped": len(story.plan.skipped),
    }


def _nodes(plan: Plan, rank: Mapping[SubplanId, int]) -> Page:
    place = {node.id: at for at, node in enumerate(plan.nodes)}
    return {
        "id": [node.id for node in plan.nodes],
        "slug": [node.slug for node in plan.nodes],
        "parent": [-1 if node.parent is None else place[node.parent] for node in plan.nodes],
        "leaf": [rank.get(node.id, -1) for node in plan.nodes],
        "files": [node.file_count for node in plan.nodes],
        "tokens": [node.tokens for node in plan.nodes],
        "why": [node.splitter if node.children else node.reason for node in plan.nodes],
    }


def _files(plan: Plan, ties: Ties | None) -> Page:
    names = sorted(set(ties.languages)) if ties else []
    number = {name: at for at, name in enumerate(names)}
    return {
        "paths": [path for leaf in plan.leaves for path in leaf.files],
        "starts": _starts(plan),
        "tokens": list(ties.tokens) if ties else None,
        "languages": names,
        "language": [number[name] for name in ties.languages] if ties else None,
    }


def _starts(plan: Plan) -> list[int]:
    """The first file of each leaf, and the number of all files."""
    return list(accumulate((leaf.file_count for leaf in plan.leaves), initial=0))


def _ties(ties: Ties, starts: Sequence[int]) -> Page:
    """`leaves` says how many ties begin at each leaf. `pairs` holds the references of all ties in one row: source,
    target, source, target, ..., each counted from the first file of its leaf: small numbers, as there are many.
    """
    leaves = [0] * (len(starts) - 1)
    for source, _, _ in ties.cut:
        leaves[source] += 1
    return {
        "leaves": leaves,
        "to": [target for _, target, _ in ties.cut],
        "count": [len(found) for _, _, found in ties.cut],
        "pairs": _pairs(ties, starts),
        "inside": list(ties.inside),
        "hubs": [list(each) for each in ties.hubs],
    }


def _pairs(ties: Ties, starts: Sequence[int]) -> list[int] | None:
    if sum(len(found) for _, _, found in ties.cut) > MOST_PAIRS:
        return None
    row: list[int] = []
    for source, target, found in ties.cut:
        left, right = starts[source], starts[target]
        for pair in found:
            row += (pair[0] - left, pair[1] - right)
    return row


def _curve(curve: Curve) -> Page:
    points = [[each.workers, _short(each.makespan), _short(each.bound)] for each in curve.points]
    return {"unit": curve.unit, "points": points, "best": curve.best, "now": curve.now}


def _short(number: float) -> float:
    """Nine digits, however small it is: runs of milliseconds have speed-ups, too."""
    return float(f"{number:.9g}")


def _run(run: RunStory, rank: Mapping[SubplanId, int]) -> Page:
    number = {id(each): at for at, each in enumerate(run.tries)}
    return {
        "id": run.id,
        "command": list(run.command),
        "started": run.started,
        "seconds": run.seconds,
        "base": run.base,
        "isolation": run.isolation,
        "max_parallel": run.max_parallel,
        "peak_parallel": run.peak_parallel,
        "lanes": run.lanes,
        "going": run.going,
        "stop_reason": run.stop_reason,
        "resumed": list(run.resumed),
        "chain": [rank[leaf] for leaf in run.chain],
        "status": [end.status for end in run.ends.values()],
        "error": [end.error for end in run.ends.values()],
        "reused": {str(rank[leaf]): end.reused_from for leaf, end in run.ends.items() if end.reused_from},
        "changed": {str(rank[leaf]): list(end.changed) for leaf, end in run.ends.items() if end.changed},
        "tries": [_try(each, rank) for each in run.tries],
        "causes": [_cause(each, rank, number) for each in run.causes],
        "patches": {str(rank[leaf]): [[each.path, each.text] for each in diffs] for leaf, diffs in run.patches.items()},
        "counts": {status: count for status in Status if (count := len(run.of(status)))},
    }


def _try(each: Try, rank: Mapping[SubplanId, int]) -> Page:
    """Without what is empty, so that thousands of attempts stay small."""
    fields: Page = {
        "leaf": rank[each.leaf], "attempt": each.attempt, "candidate": each.candidate, "lane": each.lane,
        "start": each.start, "end": each.end, "status": each.status, "seconds": each.seconds,
    }  # fmt: skip
    rest: Page = {
        "exit_code": each.exit_code, "signal": each.signal, "kind": each.kind, "error": each.error, "log": each.log,
        "tail": each.tail, "verdicts": list(each.verdicts), "bench": each.bench, "violations": list(each.violations),
        "accepted": each.accepted, "cost": _cost(each.cost),
    }  # fmt: skip
    return fields | {
        name: value
        for name, value in rest.items()
        if value is not None and value is not False and value not in ("", [])
    }


def _cost(cost: Cost | None) -> Page | None:
    return asdict(cost) if cost else None


def _cause(cause: Cause, rank: Mapping[SubplanId, int], number: Mapping[int, int]) -> Page:
    return {
        "title": cause.title,
        "tries": [number[id(each)] for each in cause.tries],
        "leaves": [rank[leaf] for leaf in cause.leaves],
        "open": cause.open,
        "command": cause.command,
    }
