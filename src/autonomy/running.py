"""`autonomy run` on one page: take the lock, note what is asked, lease, run, settle, record, report."""

import gc
import shlex
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from fnmatch import fnmatchcase
from hashlib import sha256
from itertools import count
from pathlib import Path
from secrets import token_hex

from autonomy import __version__, engine, git, leafsearch, planfile, template
from autonomy.cluster import access
from autonomy.cluster.access import Access
from autonomy.engine import Halt, Ran, Record, Started
from autonomy.errors import InputError, JournalError, UsageError
from autonomy.escape import terminal
from autonomy.journal import runs
from autonomy.journal.durable import publish
from autonomy.journal.events import Finished, Header, Interrupted, Resumed, Settled
from autonomy.journal.file import Journal
from autonomy.journal.fold import Run
from autonomy.journal.reading import read
from autonomy.journal.runs import RunDirectory
from autonomy.keys import Recipe, leaf_key
from autonomy.leafrunner import Desk, LeafRunner, Orders, Runner, Scope
from autonomy.leafsearch import Quest, SearchWork, prove_gate
from autonomy.leafwork import Bench, LeafWork
from autonomy.loading import load
from autonomy.model import Outcome, Plan, Status, Subplan, SubplanId
from autonomy.process import Cancellation, Supervisor, affordable
from autonomy.protocols import Crew, Executor, Wakeable, Workspace
from autonomy.recording import Recording
from autonomy.runreport import NOT_SELECTED, RunDocument, report
from autonomy.schedule import Schedule
from autonomy.searching.lanes import Bound
from autonomy.workspace.briefs import Supplies, supplies
from autonomy.workspace.rooms import Rooms

Open = Callable[[str], Workspace]
"""A run's id -> the workspace that its leaves get."""
BAD = (Status.FAILED, Status.TIMED_OUT, Status.ERROR)


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked of a run beside its plan; all of it is kept in the journal, so that `resume` needs no options."""

    orders: Orders
    max_parallel: int = 10
    isolation: str = "auto"
    retries: int = 0
    keep_going: bool = False
    halt: str = ""
    """`fail=3` or `fail=20%`; empty: go on."""
    only: tuple[str, ...] = ()
    quest: Quest = field(default_factory=Quest)
    prove_gate: bool = False
    from_ref: bool = False
    """Whether leaves start from `--base`, not from the tree as it stands."""
    access: Access = field(default_factory=Access)
    """Where its leaves run."""
    shard: str = ""
    """`2/8` where the run is one share of several; for people, `only` names its leaves."""


@dataclass(slots=True)
class Stop:
    """A request to stop the run, from a signal: the first asks, the second insists."""

    cancellation: Cancellation
    reason: str = ""
    fault: str = ""
    """What is gone, where that was the reason."""
    signals: list[int] = field(default_factory=list)
    tell: list[Callable[[], None]] = field(default_factory=list)
    """Called at each request; must not block."""

    def __call__(self, number: int) -> None:
        self.signals.append(number)
        self.reason = f"stopped by signal {number}"
        self.cancellation.stop(at_once=len(self.signals) > 1)
        for call in self.tell:
            call()

    def give_up(self, why: str) -> None:
        """Stop because the machinery is gone: what runs is cancelled, the run can be resumed."""
        self.reason = self.fault = self.reason or why
        self.cancellation.stop()
        for call in self.tell:
            call()

    def halt(self, beside: Halt) -> Halt:
        return lambda settled: self.reason or beside(settled)


def start(root: Path, plan: Plan, task: Task, base: str | None) -> tuple[RunDirectory, Journal]:
    """Make the directory of a new run, with its plan and its journal."""
    run = runs.new_run(root)
    text = planfile.dumps(plan).encode("utf-8", "surrogateescape")
    publish(run.path / "plan.json", [text])
    recipe = recipe_of(task.orders, task.quest).digest()
    keys = {leaf.id: leaf_key(recipe, leaf) for leaf in plan.leaves}
    header = Header(
        run_id=run.id, version=__version__, plan_digest=sha256(text).hexdigest(),
        base=base, command=task.orders.command, max_parallel=task.max_parallel, at=time.time(),
        shell=task.orders.shell, isolation=task.isolation, retries=task.retries, environment=task.orders.passed,
        validators=task.orders.validators, recipe=recipe, keys=keys,
        options={
            "timeout": task.orders.timeout, "grace": task.orders.grace, "scope": task.orders.scope,
            "allow": list(task.orders.allow), "keep_going": task.keep_going, "halt": task.halt,
            "only": list(task.only), "from_ref": task.from_ref, "shard": task.shard,
            "access": asdict(task.access),
            "quest": asdict(task.quest), "prove_gate": task.prove_gate,
        },
    )  # fmt: skip
    return run, runs.start(run, header, git.state_dir())


def recipe_of(orders: Orders, quest: Quest) -> Recipe:
    search = {} if quest.is_plain else {"quest": asdict(quest)}
    return Recipe(
        orders.command, orders.shell, orders.passed, orders.validators,
        {"scope": orders.scope, "allow": list(orders.allow), "timeout": orders.timeout, **search},
    )  # fmt: skip


def task_of(header: Header) -> Task:
    """What a journal says was asked."""
    options = dict(header.options)
    orders = Orders(
        command=header.command, shell=header.shell, passed=header.environment, validators=header.validators,
        timeout=options["timeout"], grace=options["grace"], scope=Scope(options["scope"]),  # type: ignore[arg-type]
        allow=tuple(options["allow"]),  # type: ignore[arg-type]
    )  # fmt: skip
    return Task(
        orders, header.max_parallel, header.isolation, header.retries, bool(options["keep_going"]),
        str(options["halt"]), tuple(options["only"]),  # type: ignore[arg-type]
        Quest(**options["quest"]), bool(options["prove_gate"]),  # type: ignore[arg-type]
        access=Access(**options.get("access", {})),  # type: ignore[arg-type]
    )  # fmt: skip


def selected(plan: Plan, only: Sequence[str]) -> frozenset[SubplanId]:
    """The leaves that `--only` names: ids, beginnings of ids, slugs or globs of slugs, apart by commas.

    Raises:
        UsageError: one of them names no leaf.
    """
    if not only:
        return frozenset(leaf.id for leaf in plan.leaves)
    chosen: set[SubplanId] = set()
    for word in (word for each in only for word in each.split(",") if word):
        found = [leaf.id for leaf in plan.leaves if _named(leaf, word)]
        if not found:
            raise UsageError(f"--only {word}: no subplan of the plan has this id or name")
        chosen.update(found)
    return frozenset(chosen)


def _named(leaf: Subplan, word: str) -> bool:
    return fnmatchcase(leaf.slug, word) or (len(word) >= 4 and leaf.id.startswith(word))


def execute(  # noqa: PLR0913  # what a run is, where it works, who watches
    root: Path, run: RunDirectory, journal: Journal, open_workspace: Open, watch: Record, stop: Stop,
    crew: Crew | None = None,
) -> RunDocument:  # fmt: skip
    """Run what the journal has not settled yet, here or at `crew`; the journal is complete when this returns."""
    plan = plan_of(run, journal.run.header)
    task = task_of(journal.run.header)
    scratch = git.state_dir() / "runs" / run.id
    with ExitStack() as stack:
        # What stands now stays until the end: there is no need to look through it again and again.
        gc.freeze()
        stack.callback(gc.unfreeze)
        stack.callback(shutil.rmtree, scratch, ignore_errors=True)
        scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        supplied = stack.enter_context(supplies(root, scratch))
        leases = count(journal.run.last_lease + 1)
        task = replace(task, max_parallel=affordable(task.max_parallel))
        bound = Bound(task.max_parallel)
        stop.tell.append(bound.close)
        threads: Wakeable = load("executors", "threads")(task.max_parallel)
        executor: Executor = threads
        runner: Runner
        if crew is None:
            runner = stack.enter_context(_here(run, task, open_workspace, stop, supplied))
        else:
            # Heavy, and of no use here at home.
            from autonomy.cluster.muster import AsWide, Force, mustered

            force = Force(crew, task.access, stop.cancellation, stop.give_up)
            runner, roster = stack.enter_context(
                mustered(force, root, run.path, journal.run.header, task.orders, supplied)
            )
            stop.tell.append(lambda: roster.close("the run is stopping"))
            executor = AsWide(threads, roster)
        leafwork = LeafWork(Bench(run, journal, stop.cancellation, leases), runner)
        if task.prove_gate:
            chosen = selected(plan, task.only)
            prove_gate(leafwork, [leaf for leaf in plan.leaves if leaf.id in chosen])
        work = SearchWork(leafwork, task.quest, bound)
        ran = _loop(plan, task, journal, executor, work, watch, stop)
    reason = stop.reason or next((each.error for each in ran.outcomes if each.status is Status.CANCELLED), "")
    if stop.reason:
        journal.append(Interrupted(at=time.time(), reason=stop.reason))
    else:
        journal.append(Finished(at=time.time(), stop_reason=reason or "completed", peak_parallel=ran.peak_parallel))
    return report(journal.run, plan)


@contextmanager
def _here(run: RunDirectory, task: Task, open_workspace: Open, stop: Stop, supplied: Supplies) -> Iterator[LeafRunner]:
    """The commands of leaves run on this machine, in its workspace, under its supervisor."""
    with ExitStack() as stack:
        supervisor = stack.enter_context(Supervisor(run.id))
        workspace = open_workspace(run.id)
        stack.callback(workspace.close)
        if workspace.name == "none" and not task.quest.is_plain:
            raise UsageError(
                "--isolation none can't keep candidates apart; use overlay or worktree (`autonomy doctor`)"
            )
        # A run that was killed has left its own.
        rooms = Rooms(supplied.scratch / "work" / token_hex(4))
        stack.callback(rooms.close)
        desk = Desk(run.id, run.path, workspace, supervisor, stop.cancellation, rooms, supplied.briefs)
        yield LeafRunner(task.orders, desk)


def _loop(  # noqa: PLR0913  # the engine's own arguments, and what they are made of
    plan: Plan, task: Task, journal: Journal, executor: Executor, work: SearchWork, watch: Record, stop: Stop
) -> Ran:
    chosen = selected(plan, task.only)
    settled = list(journal.run.done())
    passed_over = [leaf.id for leaf in plan.leaves if leaf.id not in chosen]
    now = time.time()
    untouched = [leaf for leaf in passed_over if not journal.run.leaf(leaf).settled]
    journal.append(*(Settled(leaf=leaf, status=Status.SKIPPED, at=now, error=NOT_SELECTED) for leaf in untouched))
    settled += [Outcome(leaf, Status.SUCCEEDED) for leaf in passed_over]
    schedule = Schedule(plan, settled, attempts=task.retries + 1, keep_going=task.keep_going)
    recording = Recording(executor, journal, work.announce, watch)

    def record(event: Started | engine.Settled) -> None:
        if isinstance(event, engine.Settled):
            journal.note(*_settlement(schedule, event.outcome))
        recording.show(event)

    ran = engine.run(schedule, recording, work, record, stop.halt(engine.halt_policy(task.halt, len(chosen))))
    recording.commit()
    return ran


def _settlement(schedule: Schedule, outcome: Outcome) -> Iterator[Settled]:
    """What the journal says of a leaf that has come to its end; nothing of one that is tried again."""
    if status := schedule.ended(outcome.leaf):
        lease = outcome.value if isinstance(outcome.value, int) else None
        yield Settled(leaf=outcome.leaf, status=status, at=time.time(), lease=lease, error=outcome.error)


def resume(run: RunDirectory, *, failed: bool = False, only: Sequence[str] = ()) -> tuple[Journal, Plan]:
    """Open the journal of a run that was stopped, killed or has failed leaves; the journal is to be closed.

    `only` says which of the failed leaves are opened again, as `selected` reads it.

    Raises:
        UsageError: it was started by somebody else, its plan is not what it was, or `only` names no leaf.
        JournalError: damaged, or newer.
    """
    journal = runs.go_on(run, git.state_dir())
    try:
        plan = plan_of(run, journal.run.header)
        chosen = selected(plan, only)
    except UsageError:
        journal.close()
        raise
    reopened = [
        leaf
        for leaf, state in journal.run.leaves.items()
        if failed and state.settled and state.settled.status in BAD and leaf in chosen
    ]
    journal.append(Resumed(at=time.time(), reopened=tuple(reopened)))
    return journal, plan


def status(run: RunDirectory) -> tuple[Run, Plan]:
    """Where a run stands, also one that another process has under way."""
    found = read(run.journal)
    return found, plan_of(run, found.header)


def plan_of(run: RunDirectory, header: Header) -> Plan:
    """The plan that the run was started with.

    Raises:
        UsageError: it was edited since, or is gone.
    """
    path = run.path / "plan.json"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; bring the run's plan back, or start a new run") from None
    if sha256(data).hexdigest() != header.plan_digest:
        raise UsageError(f"{path}: not the plan that the run was started with; bring it back, or start a new run")
    return planfile.loads(data, str(path))


def reuse(root: Path, run: RunDirectory, journal: Journal, chosen: frozenset[SubplanId]) -> int:
    """Settle those of the chosen leaves whose very work an earlier run has done; the result is how many."""
    header = journal.run.header
    keys = {leaf: key for leaf, key in header.keys.items() if leaf in chosen}
    found = runs.reusable(root, header.recipe, keys, git.state_dir())
    for leaf, past in sorted(found.items()):
        result = past.state.result
        if result:
            run.results.adopt(past.run.results, result)
        ended = past.state.accepted.ended if past.state.accepted else None
        changed = ended.changed_files if ended else past.state.settled.changed_files if past.state.settled else ()
        journal.append(
            Settled(
                leaf=leaf, status=Status.SUCCEEDED, at=time.time(), reused_from=past.run.id, result=result,
                changed_files=changed,
            )
        )  # fmt: skip
    return len(found)


def unmerged(root: Path, run: RunDirectory) -> bool:
    """Whether a run holds changes that no merge has brought onto a branch; also where its journal can't be read."""
    try:
        found = read(run.journal)
    except (JournalError, InputError):
        return True
    repository = git.find_repository(root)
    if repository is None or found.header.base is None or not any(leaf.result for leaf in found.leaves.values()):
        return False
    merged = git.run(["for-each-ref", f"refs/autonomy/{run.id}/merged"], git_dir=repository.common_dir)
    return not merged.strip()


def check(task: Task) -> None:
    """Refuse what can't be run for any leaf, before anything is planned.

    Raises:
        UsageError: an empty command, a shell command of several words, a rule that says nothing, a variable's value.
    """
    for name in task.orders.passed:
        if not name or "=" in name:
            raise UsageError(f"--env {name!r}: only the name; the value is the one that autonomy itself was given")
    template.check(task.orders.command, shell=task.orders.shell)
    access.check(task.access)
    leafsearch.check(task.quest)
    engine.halt_policy(task.halt, 1)
    for line in task.orders.validators:
        try:
            words = shlex.split(line)
        except ValueError as error:
            raise UsageError(f"--validate {line!r}: {error}") from None
        if not words:
            raise UsageError(f"--validate {line!r}: no command")
        template.check(words)


def rehearse(root: Path, plan: Plan, task: Task) -> Iterator[str]:
    """Each selected leaf's command, quoted for a shell, in plan order; paths of the run are shown by their names."""
    chosen = selected(plan, task.only)
    home = Path("$RUN")
    for leaf in plan.leaves:
        if leaf.id in chosen:
            call = template.Call(
                "RUN", leaf, root, home / "out", home / "tmp", home / "files", home / f"{leaf.slug}.md"
            )
            words = template.arguments(task.orders.command, call, {}, shell=task.orders.shell).argv
            yield f"{leaf.slug}: {terminal(shlex.join(words))}"
