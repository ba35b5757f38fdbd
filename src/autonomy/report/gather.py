"""Read what a report tells of a plan: its briefs, and what its files refer to. Nothing is changed."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from autonomy import __version__, simulate
from autonomy.model import Graph, Plan, SubplanId
from autonomy.report.story import Curve, RunStory, Story
from autonomy.report.ties import ties_of
from autonomy.report.timeline import dependants, expected
from autonomy.report.words import sentences_of

WORKERS = (1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256)
MANY = 1000
BRIEFS_ROOM = 2_500_000
"""Characters of all briefs."""
HEAD = 400
"""Characters in which a brief names its subplan's id."""


def story_of_plan(root: Path, plan: Plan, graph: Graph | None) -> Story:
    workers = _workers(plan)
    cost = simulate.token_costs(plan)
    curve = curve_of(plan, cost, workers, "tokens")
    bars, _ = expected(plan, cost, workers)
    timeline = {leaf: (bar.lane, bar.start, bar.end) for leaf, bar in bars.items()}
    return told(root, plan, graph, curve, None, timeline)


def told(
    root: Path, plan: Plan, graph: Graph | None, curve: Curve, run: RunStory | None,
    timeline: Mapping[SubplanId, tuple[int, float, float]] | None = None,
) -> Story:  # fmt: skip
    ties = ties_of(plan, graph) if graph is not None else None
    briefs, left = _briefs(root, plan)
    notes = list(_notes(ties is None, left, plan, graph))
    bare = Story(
        root.name or str(root), __version__, plan, curve, held_by(plan), ties, run, briefs, timeline or {}, notes=notes
    )
    return replace(bare, sentences=sentences_of(bare))


def held_by(plan: Plan) -> dict[SubplanId, int]:
    """How many leaves wait for each one, directly or in turn."""
    return {leaf.id: bits.bit_count() for leaf, bits in zip(plan.leaves, dependants(plan), strict=True)}


def _notes(treeless: bool, briefs_left: int, plan: Plan, graph: Graph | None) -> Iterable[str]:
    if treeless:
        yield "The tree is not at hand, so references between subplans are not shown."
    elif graph is not None and len(graph) != sum(leaf.file_count for leaf in plan.leaves):
        yield "Files came or went since it was planned; references are those of the tree as it stands."
    if briefs_left:
        yield f"Left out to keep this file small: {briefs_left:,} briefs; autonomy show ID prints each."


def _workers(plan: Plan) -> int:
    workers = plan.config.get("max_parallel")
    return workers if isinstance(workers, int) and workers > 0 else 10


def curve_of(plan: Plan, cost: Mapping[SubplanId, float], now: int, unit: str) -> Curve:
    most = max(1, len(plan.leaves))
    best = simulate.best_useful(plan, cost)
    # Each point is a simulation, which takes a while where there are thousands of leaves.
    asked = WORKERS if most < MANY else WORKERS[::3]
    numbers = sorted({1, *(number for number in asked if number <= most), best, min(now, most)})
    return Curve(unit, simulate.curve(plan, cost, numbers), best, now)


def _briefs(root: Path, plan: Plan) -> tuple[dict[SubplanId, str], int]:
    """The briefs that are there, in plan order, until their room is used up; and how many were left out for it."""
    home = root / ".autonomy" / "briefs"
    found: dict[SubplanId, str] = {}
    room, left = BRIEFS_ROOM, 0
    for leaf in plan.leaves:
        path = home / f"{leaf.slug}.md"
        with suppress(OSError):
            if room <= 0:
                left += path.exists()
                continue
            text = path.read_text("utf-8", "replace")
            # A brief of an earlier plan may lie under the same name.
            if leaf.id in text[:HEAD]:
                found[leaf.id] = text
                room -= len(text)
    return found, left
