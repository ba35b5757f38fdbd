"""The Python face of the program: `autonomy.plan`, `autonomy.run`, `autonomy.merge`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autonomy import engine, mergeback, pipeline, running
from autonomy.config import Config
from autonomy.errors import UsageError
from autonomy.ground import ground_of, keep_base, merge_source
from autonomy.journal import runs
from autonomy.leafrunner import Orders
from autonomy.loading import load
from autonomy.mergeback.steps import Merge
from autonomy.model import Outcome, Plan, Status, Subplan
from autonomy.process import Cancellation
from autonomy.running import Stop, Task
from autonomy.runreport import RunDocument
from autonomy.schedule import Schedule

Worker = Callable[[Subplan, Path], object]
"""(leaf, the directory that its paths are relative to) -> anything. Returning is success, raising is failure."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """How a run ended. `document` is the report of a journaled run; None where Python functions did the work."""

    root: Path
    outcomes: tuple[Outcome, ...]
    peak_parallel: int
    document: RunDocument | None = None

    @property
    def ok(self) -> bool:
        """Whether every leaf succeeded."""
        return all(outcome.status is Status.SUCCEEDED for outcome in self.outcomes)


def plan(root: str | Path = ".", *, config: Config | None = None, since: str | None = None) -> Plan:
    """Cut the repository at `root` into a tree of subplans. Offline and deterministic; edits nothing.

    `since` is a plan file or a plan.lock: files stay in its leaves unless they must move.

    Raises:
        AutonomyError: what a user can act on: no such directory, an unknown splitter, ...
    """
    earlier = Path(since) if since else None
    return pipeline.draft(pipeline.root_of(root), config or Config(), since=earlier).plan


def run(
    plan: Plan,
    work: Worker | Sequence[str] | None = None,
    *,
    root: str | Path = ".",
    max_parallel: int | None = None,
    isolation: str = "auto",
    retries: int = 0,
) -> RunReport:
    """Run `work` for each leaf of `plan`, in dependency order, at most `max_parallel` at once (the plan's own number).

    A function runs in threads, in this process, in the tree itself; its exception is the `value` of its outcome. A
    command runs as `autonomy run` runs it: isolated, journaled, to be merged. Without work each leaf gets its brief,
    as by `autonomy plan`.

    Raises:
        UsageError: a number out of bounds, or an empty command.
        AutonomyError: the machine, the repository or another run is in the way.
    """
    limit = _limit(plan, max_parallel)
    place = pipeline.root_of(root)
    if work is None:
        ran = pipeline.analyse(place, pipeline.redraft(place, plan), lambda _event: None, limit)
        return RunReport(place, ran.outcomes, ran.peak_parallel)
    if callable(work):
        executor = load("executors", "threads")(limit)
        schedule = Schedule(plan, attempts=retries + 1)
        ran = engine.run(schedule, executor, lambda leaf, _attempt: work(leaf, place), lambda _event: None)
        return RunReport(place, ran.outcomes, ran.peak_parallel)
    task = Task(Orders(tuple(work)), limit, isolation, retries)
    running.check(task)
    with runs.locked(place), Cancellation() as cancellation:
        ground = ground_of(place, isolation, None)
        task = Task(Orders(tuple(work)), limit, ground.kind, retries)
        directory, journal = running.start(place, plan, task, ground.base)
        with journal:
            keep_base(place, ground, directory.id)
            found = running.execute(place, directory, journal, ground.open, lambda _event: None, Stop(cancellation))
    ended = tuple(
        Outcome(leaf.id, each.status, error=each.error) for leaf, each in zip(plan.leaves, found.subplans, strict=True)
    )
    return RunReport(place, ended, found.peak_parallel, found)


def _limit(plan: Plan, max_parallel: int | None) -> int:
    limit = plan.config.get("max_parallel", 10) if max_parallel is None else max_parallel
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= 256:
        raise UsageError(f"max_parallel must be a whole number from 1 to 256, not {limit!r}")
    return limit


def merge(report: RunReport, *, into: str | None = None, dry_run: bool = False) -> Merge:
    """Bring what the leaves of a run changed onto a fresh branch, as `autonomy merge` does.

    Raises:
        UsageError: Python functions did the work, so there is nothing to merge.
        MergeConflict: the branch exists and is not ours.
    """
    if report.document is None:
        raise UsageError("nothing to merge: the work was done in the tree itself")
    with runs.locked(report.root):
        directory = runs.find_run(report.root, report.document.run_id)
        state, drafted = running.status(directory)
        source = merge_source(report.root, state, drafted, directory.results)
        return mergeback.merge(source, into=into, dry_run=dry_run)
