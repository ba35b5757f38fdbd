"""What `run` and `resume` share: the lock, the signals, what a person sees meanwhile, and the last words."""

import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from autonomy import planfile, running, sharing, state
from autonomy.cli.options import drawn, rows_shown, say, shade, write_result
from autonomy.cli.page import write_page
from autonomy.cli.progress import Progress
from autonomy.cli.signals import stopping
from autonomy.cli.subject import told
from autonomy.cli.tables import fitted
from autonomy.cli.watching import FEW, Events, Watch
from autonomy.cluster.access import Access, crew_at
from autonomy.config import Config
from autonomy.errors import EnvironmentFault, UsageError
from autonomy.escape import terminal
from autonomy.ground import Ground, affected, ground_elsewhere, ground_of, keep_base, tree_at
from autonomy.journal import runs
from autonomy.journal.file import Journal
from autonomy.journal.runs import RunDirectory
from autonomy.leafrunner import Orders, Scope
from autonomy.leafsearch import ESCALATE, Quest
from autonomy.model import Graph, Plan, Status, SubplanId
from autonomy.naming import counted
from autonomy.pipeline import analyse, draft, render
from autonomy.process import affordable
from autonomy.protocols import Crew
from autonomy.running import Task
from autonomy.runreport import RunDocument, table, tally
from autonomy.shards import Share
from autonomy.shards import share as share_of


class Campaign:
    """One `autonomy run` or `autonomy resume`; `values` are the options as click gives them."""

    def __init__(self, root: Path, config: Config, values: Mapping[str, Any]) -> None:
        self.root, self.config, self.values = root, config, values
        self.quiet = bool(values["quiet"])
        self.graph: Graph | None = None

    def run(self, argv: tuple[str, ...]) -> int:
        """Plan, or take a plan; then run it. The result is the exit code."""
        task = task_from(self.values, argv, self.config)
        running.check(task)
        with runs.locked(self.root):
            where = ground_of if task.access.is_local else ground_elsewhere
            ground = where(self.root, task.isolation, self.values["base"])
            task = replace(task, isolation=ground.kind, from_ref=ground.from_ref)
            with tree_at(self.root, ground) as tree:
                plan = self._plan(tree)
            if self.values["plan_only"]:
                return self._show(plan)
            if self.values["affected"]:
                found = affected(self.root, plan, self.values["affected"])
                chosen = sorted(found & running.selected(plan, task.only))
                if not chosen:
                    say(f"nothing that was asked for changed since {self.values['affected']}")
                    return 0
                task = replace(task, only=tuple(chosen))
            if self.values["shard"]:
                share, chosen = self._share(plan, task)
                if not chosen:
                    say(f"shard {share} holds nothing that was asked for")
                    return 0
                task = replace(task, only=tuple(chosen), shard=str(share))
            running.selected(plan, task.only)
            if self.values["dry_run"]:
                return self._rehearse(plan, task)
            if not task.quest.is_plain:
                say(f"Budget     {worst_case(len(running.selected(plan, task.only)), task)}", quiet=self.quiet)
            for reason in ground.reasons:
                say(f"Isolation  {ground.kind}, not {terminal(reason)}", quiet=self.quiet)
            with crew_at(task.access, self.config.max_parallel) as crew:
                return self._start(plan, task, ground, crew)

    def _start(self, plan: Plan, task: Task, ground: Ground, crew: Crew | None) -> int:
        run, journal = running.start(self.root, plan, task, ground.base)
        with journal:
            keep_base(self.root, ground, run.id)
            chosen = frozenset() if self.values["no_cache"] else running.selected(plan, task.only)
            reused = running.reuse(self.root, run, journal, chosen)
            if reused:
                say(f"Reused     {counted(reused, 'subplan')} that an earlier run has done", quiet=self.quiet)
            return self.go(run, journal, plan, ground, crew)

    def go(self, run: RunDirectory, journal: Journal, plan: Plan, ground: Ground, crew: Crew | None = None) -> int:
        """Execute what is open, under our signal handlers, and say how it ended."""
        with ExitStack() as stack:
            stop = stack.enter_context(stopping())
            events = stack.enter_context(Events(self.values.get("events")))
            wanted = journal.run.header.max_parallel
            if (able := affordable(wanted)) < wanted:
                say(f"Workers    {able}, not {wanted}: descriptors are few (`ulimit -n`)", quiet=self.quiet)
            watch = stack.enter_context(Watch(plan, journal, events, quiet=self.quiet, verbose=self.values["verbose"]))
            found = running.execute(self.root, run, journal, ground.open, watch.record, stop, crew)
        page = write_page(self.root, partial(told, self.root, run, plan, self.graph), quiet=self.quiet)
        self._last_words(found, run, page, plan)
        if stop.signals:
            return 128 + stop.signals[0]
        if stop.fault:
            raise EnvironmentFault(f"{stop.fault}; go on by `autonomy resume {run.id}`, also with another --executor")
        return 0 if found.succeeded else 1

    def _plan(self, tree: Path) -> Plan:
        output = self.values["output"]
        if name := self.values["plan_file"]:
            path = Path(name)
            if output:
                raise UsageError(f"-o {output}: no plan is made; --plan {name} says which to run")
            return planfile.loads(path.read_bytes(), name) if path.is_file() else _no_plan(name)
        progress = Progress(self.root, quiet=self.quiet)
        drafted = draft(tree, self.config, progress.stage, Path(self.values["since"]) if self.values["since"] else None)
        progress.cut(drafted.plan)
        progress.unparsed(drafted.graph.snapshot.unparsed, self.values["verbose"])
        progress.skipped(drafted.plan, self.values["verbose"])
        if not self.values["plan_only"]:
            analyse(tree, drafted, lambda _event: None, self.config.max_parallel, home=self.root)
        if output != "-":
            state.write(self._plan_file, planfile.dumps(drafted.plan))
        self.graph = drafted.graph
        return drafted.plan

    @property
    def _plan_file(self) -> Path:
        """Where the plan is: the one that was given, or the one that is made."""
        name = self.values["plan_file"] or self.values["output"]
        return Path(name) if name else state.ensure(self.root) / "plan.json"

    def _show(self, plan: Plan) -> int:
        """The plan on stdout, as `autonomy plan --plan-only` shows it."""
        form = "json" if self.values["as_json"] or self.values["output"] == "-" else self.values["form"]
        text = render(form, plan, rows_shown())
        write_result(text if form == "json" else drawn(text))
        return 0

    def _share(self, plan: Plan, task: Task) -> tuple[Share, list[SubplanId]]:
        """The share that was asked for, and those of its leaves that were."""
        share, asked = share_of(self.values["shard"]), running.selected(plan, task.only)
        return share, [leaf for leaf in sharing.leaves_of(share, plan, self._plan_file) if leaf in asked]

    def _rehearse(self, plan: Plan, task: Task) -> int:
        """Print every command as it would run, and what the run may cost at most."""
        chosen = running.selected(plan, task.only)
        for line in running.rehearse(self.root, plan, task):
            write_result(line + "\n")
        say(f"{worst_case(len(chosen), task)}; nothing ran")
        return 0

    def _last_words(self, found: RunDocument, run: RunDirectory, page: Path | None, plan: Plan) -> None:
        if self.values["as_json"]:
            write_result(found.dumps())
        elif self.values.get("form") == "tree":
            write_result(drawn(tree(found, plan)))
        else:
            write_result(fitted(table(found, rows_shown(), shade)))
        if self.quiet and found.succeeded:
            return
        failed = [each for each in found.subplans if each.status in running.BAD]
        for each in failed[:FEW]:
            log = f"  {run.path / str(each.attempts[-1].log)}" if each.attempts and each.attempts[-1].log else ""
            say(f"{each.slug} ({each.id}): {each.status}: {each.error}{log}")
        if len(failed) > FEW:
            say(f"and {len(failed) - FEW:,} more: autonomy status, or the page")
        counts = ", ".join(f"{count} {status}" for status, count in tally(found).items())
        say(f"Run {found.run_id}: {counts}; at most {found.peak_parallel} at once, {found.seconds:.1f} s")
        if page:
            say(f"Look: {terminal(str(page))} (in a browser)")
        if failed:
            say(f"Retry them: autonomy resume {found.run_id} --failed")
        elif any(each.status in (Status.CANCELLED, Status.QUEUED, Status.RUNNING) for each in found.subplans):
            say(f"Go on: autonomy resume {found.run_id}")
        elif self.values.get("shard"):
            say(f"Next, where all shards are: autonomy collect DIR... (this one is {run.path})")
        elif any(each.changed_files for each in found.subplans) and found.isolation != "none":
            say(f"Next: autonomy merge {found.run_id}")
        sys.stderr.flush()


def tree(found: RunDocument, plan: Plan) -> str:
    """The plan as a tree, its leaves with how they ended."""
    ended = {each.id: each.status for each in found.subplans}
    rows = ((line, ended.get(line.split()[-1])) for line in render("tree", plan).splitlines())
    return "".join(f"{line}  {shade(status, status)}\n" if status else f"{line}\n" for line, status in rows)


def worst_case(leaves: int, task: Task) -> str:
    """What the run may cost at most, in a line."""
    candidates, attempts = task.quest.budget.worst_case, task.retries + 1
    factors = (
        f"{leaves:,} subplans" + (f" x {candidates} candidates" if candidates > 1 else "") + f" x {attempts} attempts"
    )
    return f"{factors}: at most {leaves * candidates * attempts:,} commands"


def _no_plan(name: str) -> Plan:
    raise UsageError(f"--plan {name}: no such file")


def task_from(values: Mapping[str, Any], argv: tuple[str, ...], config: Config) -> Task:
    """The options of `run` as the task that the journal keeps."""
    if values["fail_fast"] and values["halt"]:
        raise UsageError("--fail-fast and --halt contradict each other; --fail-fast is --halt fail=1")
    orders = Orders(
        command=argv, shell=values["shell"], timeout=values["timeout"], grace=values["grace"],
        passed=tuple(values["passed"]), scope=Scope(values["scope"]), allow=tuple(values["allow"]),
        validators=tuple(values["validate"]),
    )  # fmt: skip
    return Task(
        orders, config.max_parallel, cast(str, values["isolation"]), values["retries"], values["keep_going"],
        "fail=1" if values["fail_fast"] else values["halt"] or "", tuple(values["only"]), quest_from(values),
        values["prove_gate"], access=access_of(values),
    )  # fmt: skip


def access_of(values: Mapping[str, Any], before: Access | None = None) -> Access:
    """Where leaves run: what was given, and where no executor was, what was said `before`."""
    usual = Access() if before is None or values["executor"] else before
    given = {
        "executor": values["executor"], "insecure": values["insecure"] or None, "ca": values["tls_ca"],
        "cert": values["tls_cert"], "key": values["tls_key"], "patience": values["worker_ttl"],
        "bench_worker": values["bench_worker"], "base_url": values["base_url"],
    }  # fmt: skip
    return replace(usual, **{name: value for name, value in given.items() if value is not None})


def quest_from(values: Mapping[str, Any]) -> Quest:
    """The search options; without a word on errors, one chain raises them and several collect them."""
    on_error = values["on_error"] or ("raise" if values["concurrency_budget"] == 1 else "collect")
    return Quest(
        values["loop_budget"], values["concurrency_budget"], values["select"], values["deterministic"],
        values["repair"] or (ESCALATE if values["escalate"] else "repair"), on_error, values["bench"],
        values["threshold"], values["same_output"], values["escalate"], values["profile"] == "winner",
    )  # fmt: skip
