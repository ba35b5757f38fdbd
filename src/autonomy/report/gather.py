"""Read what a report tells: a plan or a run, its journal, logs, briefs, patches, costs. Nothing is changed."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from autonomy import __version__, simulate
from autonomy.journal.fold import Attempt, LeafState, Run, fold
from autonomy.journal.reading import events_of
from autonomy.journal.runs import RunDirectory
from autonomy.model import Graph, Plan, Status, SubplanId
from autonomy.report.causes import causes_of
from autonomy.report.costs import cost_of
from autonomy.report.patches import diffs_of
from autonomy.report.story import BAD, Curve, LeafEnd, RunStory, Story, Try
from autonomy.report.ties import ties_of
from autonomy.report.timeline import Timeline, dependants, expected, last_chain, timeline_of
from autonomy.report.words import sentences_of
from autonomy.runreport import report

WORKERS = (1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256)
MANY = 1000
BRIEFS_ROOM = 2_500_000
"""Characters of all briefs."""
LOGS_ROOM = 2_000_000
PATCHES_ROOM = 2_000_000
HEAD = 400
"""Characters in which a brief names its subplan's id."""
TAIL = 6_000
"""Bytes of the end of a log that failed; of others a third."""


def story_of_plan(root: Path, plan: Plan, graph: Graph | None) -> Story:
    workers = _workers(plan)
    cost = simulate.token_costs(plan)
    curve = curve_of(plan, cost, workers, "tokens")
    bars, _ = expected(plan, cost, workers)
    timeline = {leaf: (bar.lane, bar.start, bar.end) for leaf, bar in bars.items()}
    return _told(root, plan, graph, curve, None, timeline)


def story_of_run(root: Path, run: RunDirectory, plan: Plan, graph: Graph | None, *, going: bool = False) -> Story:
    """Where the run stands now."""
    header, *rest = events_of(run.journal)
    state = fold([header])
    timeline = timeline_of(header.at, [event for event in rest if state.apply(event)])
    told = run_of(root, run, plan, timeline, state, going=going)
    cost, unit = costs_of(plan, told)
    curve = curve_of(plan, cost, told.max_parallel, unit)
    return _told(root, plan, graph, curve, told)


def _told(
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


def costs_of(plan: Plan, run: RunStory) -> tuple[dict[SubplanId, float], str]:
    """What each leaf took, in seconds; one that has not run, by its tokens at the pace of the others."""
    took: dict[SubplanId, float] = {}
    for each in run.tries:
        if each.status is not Status.RUNNING:
            took[each.leaf] = took.get(each.leaf, 0.0) + each.end - each.start
    tokens = simulate.token_costs(plan)
    weight = sum(tokens[leaf] for leaf in took)
    if not weight or not sum(took.values()):
        return tokens, "tokens"
    pace = sum(took.values()) / weight
    return {leaf: took.get(leaf, tokens[leaf] * pace) for leaf in tokens}, "seconds"


def run_of(
    root: Path, run: RunDirectory, plan: Plan, timeline: Timeline, state: Run, *, going: bool = False
) -> RunStory:
    document = report(state, plan)
    tries = list(_tries(run, plan, state, timeline))
    ends = {
        SubplanId(each.id): LeafEnd(each.status, each.error, each.reused_from or "", each.changed_files)
        for each in document.subplans
    }
    held = held_by(plan)
    results = {leaf.id: result for leaf in plan.leaves if (result := _result(state.leaves.get(leaf.id)))}
    finished: dict[SubplanId, float] = {}
    places: dict[SubplanId, list[int]] = {}
    for place, each in enumerate(tries):
        places.setdefault(each.leaf, []).append(place)
        finished[each.leaf] = max(finished.get(each.leaf, 0.0), each.end)
    return RunStory(
        id=document.run_id, command=document.command, started=document.started, seconds=round(timeline.end, 3),
        base=document.base, isolation=document.isolation, max_parallel=document.max_parallel,
        peak_parallel=document.peak_parallel, lanes=timeline.lanes, going=going and document.stop_reason is None,
        stop_reason=document.stop_reason, ends=ends, tries=tries, resumed=timeline.resumed,
        chain=last_chain(plan, finished), causes=causes_of(tries, ends, held, document.run_id),
        patches=diffs_of(root, document.base, run.results, results, PATCHES_ROOM), places=places,
    )  # fmt: skip


def _result(state: LeafState | None) -> str | None:
    """What a leaf changed: by the attempt that was accepted, or else by the last one that changed something."""
    if state is None:
        return None
    found = [each.ended.result for each in state.attempts if each.ended and each.ended.result]
    return state.result or (found[-1] if found else None)


def _tries(run: RunDirectory, plan: Plan, state: Run, timeline: Timeline) -> Iterator[Try]:
    room = LOGS_ROOM
    for leaf in plan.leaves:
        own = state.leaves.get(leaf.id, LeafState())
        accepted = own.accepted if own.settled and own.settled.status is Status.SUCCEEDED else None
        for attempt in sorted(own.attempts, key=lambda each: (each.started.attempt, each.started.candidate)):
            told = _try(run, attempt, timeline, room, accepted=attempt is accepted)
            room -= len(told.tail)
            yield told


def _try(run: RunDirectory, attempt: Attempt, timeline: Timeline, room: int, *, accepted: bool) -> Try:
    started, ended = attempt.started, attempt.ended
    bar = timeline.bars[started.lease]
    log = str(ended.log or "") if ended else ""
    longest = TAIL if attempt.status in BAD else TAIL // 3
    tail = _tail(run.path, log, min(longest, max(0, room))) if log else ""
    return Try(
        leaf=started.leaf, attempt=started.attempt, candidate=started.candidate, lane=bar.lane,
        start=round(bar.start, 4), end=round(bar.end, 4), status=attempt.status,
        seconds=round(ended.seconds, 4) if ended else 0.0, exit_code=ended.exit_code if ended else None,
        signal=ended.signal if ended else None, kind=ended.error_class if ended else "",
        error=ended.error if ended else "", log=log, tail=tail, verdicts=ended.verdicts if ended else (),
        bench=ended.bench if ended else None, changed=ended.changed_files if ended else (),
        violations=ended.scope_violations if ended else (), accepted=accepted, cost=cost_of(run.path, log),
    )  # fmt: skip


def _tail(home: Path, log: str, longest: int) -> str:
    """The end of a log, from the beginning of a line on. A journal may come with a repository, so it is not trusted."""
    path = home / log
    if not longest or ".." in Path(log).parts or path.is_symlink():
        return ""
    with suppress(OSError), path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - longest))
        text = file.read(longest).decode("utf-8", "replace")
        return text if size <= longest else text.partition("\n")[2] or text
    return ""


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
