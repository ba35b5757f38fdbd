"""Read what a run left: its journal, the ends of its logs, what it changed, what it cost. Nothing is changed."""

from collections.abc import Iterator
from pathlib import Path

from autonomy import simulate
from autonomy.journal.fold import Attempt, LeafState, Run, fold
from autonomy.journal.reading import events_of
from autonomy.journal.runs import RunDirectory
from autonomy.model import Graph, Plan, Status, SubplanId
from autonomy.report.causes import causes_of
from autonomy.report.costs import cost_of, end_of
from autonomy.report.gather import curve_of, held_by, told
from autonomy.report.patches import diffs_of
from autonomy.report.story import BAD, LeafEnd, RunStory, Story, Try
from autonomy.report.timeline import Timeline, last_chain, timeline_of
from autonomy.runreport import NOT_SELECTED, report

LOGS_ROOM = 2_000_000
PATCHES_ROOM = 2_000_000
TAIL = 6_000
"""Bytes of the end of a log that failed; of others a third."""


def story_of_run(root: Path, run: RunDirectory, plan: Plan, graph: Graph | None, *, going: bool = False) -> Story:
    """Where the run stands now."""
    header, *rest = events_of(run.journal)
    state = fold([header])
    timeline = timeline_of(header.at, [event for event in rest if state.apply(event)])
    found = run_of(root, run, plan, timeline, state, going=going)
    cost, unit = costs_of(plan, found)
    curve = curve_of(plan, cost, found.max_parallel, unit)
    return told(root, plan, graph, curve, found)


def costs_of(plan: Plan, run: RunStory) -> tuple[dict[SubplanId, float], str]:
    """What `autonomy simulate --timings RUN` rests on: the seconds of each leaf that was tried; or tokens."""
    took: dict[SubplanId, float] = {}
    for each in run.tries:
        if each.seconds:
            took[each.leaf] = took.get(each.leaf, 0.0) + each.seconds
    return (simulate.timed_costs(plan, took), "seconds") if took else (simulate.token_costs(plan), "tokens")


def run_of(
    root: Path, run: RunDirectory, plan: Plan, timeline: Timeline, state: Run, *, going: bool = False
) -> RunStory:
    document = report(state, plan)
    tries = list(_tries(run, plan, state, timeline))
    ends = {
        SubplanId(each.id): LeafEnd(
            each.status, each.error, each.reused_from or "", each.changed_files, each.error != NOT_SELECTED
        )
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
        for attempt in own.made:
            found = _try(run, attempt, timeline, room, accepted=attempt is accepted)
            room -= len(found.tail)
            yield found


def _try(run: RunDirectory, attempt: Attempt, timeline: Timeline, room: int, *, accepted: bool) -> Try:
    started, ended = attempt.started, attempt.ended
    bar = timeline.bars[started.lease]
    log = str(ended.log or "") if ended else ""
    longest = TAIL if attempt.status in BAD else TAIL // 3
    end = end_of(run.path, log)
    tail = _tail(end, min(longest, max(0, room)))
    return Try(
        leaf=started.leaf, attempt=started.attempt, candidate=started.candidate, lane=bar.lane,
        start=round(bar.start, 4), end=round(bar.end, 4), status=attempt.status,
        seconds=round(ended.seconds, 4) if ended else 0.0, exit_code=ended.exit_code if ended else None,
        signal=ended.signal if ended else None, kind=ended.error_class if ended else "",
        error=ended.error if ended else "", log=log, tail=tail, verdicts=ended.verdicts if ended else (),
        bench=ended.bench if ended else None, changed=ended.changed_files if ended else (),
        violations=ended.scope_violations if ended else (), accepted=accepted, cost=cost_of(run.path, log, end),
    )  # fmt: skip


def _tail(end: bytes, longest: int) -> str:
    """The last `longest` bytes, from the beginning of a line on."""
    if not longest or not end:
        return ""
    text = end[-longest:].decode("utf-8", "replace")
    return text if len(end) <= longest else text.partition("\n")[2] or text
