"""Graphs, trees, plans and runs that need no disk: what the steps know of the functional core."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha1

from autonomy import loading, metrics, planfile
from autonomy.assemble import assemble, subplan_id, subplans
from autonomy.decompose import Node, decompose
from autonomy.engine import Ran, Settled, Started, fail_fast, go_on, run
from autonomy.errors import AutonomyError
from autonomy.model import Graph, Limits, Outcome, Part, Plan, Rows, Snapshot, Status, Subplan, SubplanId, Workset
from autonomy.naming import slugs
from autonomy.protocols import Executor, Splitter, Worker
from autonomy.schedule import Schedule

HANG_SECONDS = 120
"""Only turns a hang into a failure."""


def graph_of(
    paths: Iterable[str],
    tokens: Mapping[str, int] | None = None,
    ties: Iterable[tuple[str, str]] = (),
    commits: Iterable[Iterable[str]] = (),
) -> Graph:
    """A graph of these paths; a file has 100 tokens where `tokens` does not say otherwise.

    `commits` are the paths that changed together, the newest first.
    """
    ordered = sorted(paths, key=lambda path: path.encode("utf-8", "surrogateescape"))
    row = {path: place for place, path in enumerate(ordered)}
    weights = [(tokens or {}).get(path, 100) for path in ordered]
    targets: list[set[int]] = [set() for _ in ordered]
    for source, target in ties:
        targets[row[source]].add(row[target])
    empty = Rows.of([] for _ in ordered)
    snapshot = Snapshot(
        paths=ordered,
        sizes=[4 * weight for weight in weights],
        lines=[weight // 10 for weight in weights],
        tokens=weights,
        languages=[""] * len(ordered),
        digests=[sha1(path.encode("utf-8", "surrogateescape")).hexdigest() for path in ordered],
        names=[],
        references=empty,
        declares=empty,
        commits=Rows.of(sorted(row[path] for path in commit) for commit in commits),
    )
    return Graph(snapshot, Rows.of(sorted(targeted) for targeted in targets))


def chain(strategy: str) -> list[Splitter]:
    from autonomy.pipeline import chain as splitters

    return splitters(strategy)


def tree_of(graph: Graph, limits: Limits, strategy: str = "directory") -> Node:
    return decompose(graph, limits, chain(strategy))


def split_by(graph: Graph, limits: Limits, split: Callable[[Workset], Sequence[Sequence[int]]]) -> Node:
    """The tree that a splitter of somebody's own makes, with no other to fall back on."""

    class Somebody:
        name = "somebody"

        def split(self, workset: Workset) -> Sequence[Part]:
            return [Part(part) for part in split(workset)]

    return decompose(graph, limits, [Somebody()])


def plan_of(graph: Graph, tree: Node, waits: Sequence[Sequence[int]] | None = None) -> Plan:
    return assemble(tree, graph, waits or [[] for _ in tree.leaves], {}, {})


def nodes_of(graph: Graph, tree: Node) -> tuple[Subplan, ...]:
    return subplans(tree, graph)


def flat_plan(waits: Mapping[str, Sequence[str]], tokens: Mapping[str, int] | None = None) -> Plan:
    """A plan of one leaf per name, each of one file, that wait for each other as `waits` says."""
    names = sorted(waits)
    graph = graph_of(
        [f"{name}/file" for name in names], {f"{name}/file": (tokens or {}).get(name, 100) for name in names}
    )
    tree = Node(tuple(range(len(names))), tuple(Node((place,)) for place in range(len(names))), "test")
    if len(names) == 1:
        tree = Node((0,))
    places = {name: place for place, name in enumerate(names)}
    return plan_of(graph, tree, [sorted(places[before] for before in waits[name]) for name in names])


def leaf_names(plan: Plan) -> dict[SubplanId, str]:
    """Leaf -> the name that `flat_plan` was given for it."""
    return {leaf.id: leaf.files[0].partition("/")[0] for leaf in plan.leaves}


def makespan(plan: Plan, workers: int) -> float:
    from autonomy.schedule import makespan as simulated

    return simulated(plan, {leaf.id: float(leaf.tokens) for leaf in plan.leaves}, workers)


def pace(plan: Plan, workers: int) -> float:
    """The makespan, as `simulate` finds it."""
    from autonomy.order.pace import pacer

    return pacer(plan, {leaf.id: float(leaf.tokens) for leaf in plan.leaves})(workers)


def lower_bound(plan: Plan, workers: int) -> float:
    """max(critical path, work / workers): no schedule can be shorter."""
    from autonomy.schedule import bottom_levels

    cost = {leaf.id: float(leaf.tokens) for leaf in plan.leaves}
    return max(max(bottom_levels(plan, cost).values()), sum(cost.values()) / workers)


def edge_cut(graph: Graph, tree: Node) -> float:
    return metrics.edge_cut(metrics.leaf_index([leaf.files for leaf in tree.leaves], len(graph)), graph)


def leaf_bound(graph: Graph, limits: Limits) -> int:
    return metrics.leaf_bound(graph, limits)


class ByHand:
    """An executor without threads: a leaf ends when the test says so, with what the test says."""

    def __init__(self, limit: int, choose: Callable[[list[Subplan]], Subplan] = lambda running: running[0]) -> None:
        self.limit, self.choose = limit, choose
        self.running: list[tuple[Subplan, int]] = []
        self.started: list[str] = []
        self.closed = False
        self.answers: dict[SubplanId, list[Status]] = {}
        self.extra: list[Outcome] = []

    @property
    def capacity(self) -> int:
        return self.limit - len(self.running)

    def start(self, leaf: Subplan, attempt: int, work: Worker) -> None:
        self.running.append((leaf, attempt))
        self.started.append(leaf.id)

    def wait(self) -> Sequence[Outcome]:
        chosen = self.choose([leaf for leaf, _ in self.running])
        place = next(place for place, (leaf, _) in enumerate(self.running) if leaf.id == chosen.id)
        leaf, attempt = self.running.pop(place)
        answers = self.answers.get(leaf.id, [])
        status = answers.pop(0) if answers else Status.SUCCEEDED
        extra, self.extra = self.extra, []
        return [Outcome(leaf.id, status, attempt, error="" if status is Status.SUCCEEDED else "said no"), *extra]

    def close(self) -> None:
        self.closed = True


def run_by_hand(plan: Plan, executor: ByHand, **options: object) -> tuple[Ran, list[Started | Settled]]:
    """Run a plan to its end; returns what it gave and what it recorded, in order."""
    events: list[Started | Settled] = []
    halt = fail_fast if options.pop("fail_fast", False) else go_on
    schedule = Schedule(plan, **options)  # type: ignore[arg-type]
    return run(schedule, executor, lambda _leaf, _attempt: None, events.append, halt), events


def threads(limit: int) -> Executor:
    executor: Executor = loading.load("executors", "threads")(limit)
    return executor


def run_in_threads(plan: Plan, limit: int, work: Worker) -> Ran:
    return run_on(threads(limit), plan, work)


def run_on(executor: Executor, plan: Plan, work: Worker) -> Ran:
    """Run a plan; a hang becomes a failure."""
    answer: list[Ran | BaseException] = []

    def go() -> None:
        try:
            answer.append(run(Schedule(plan), executor, work, lambda _event: None))
        except BaseException as error:  # noqa: BLE001  handed to the test
            answer.append(error)

    runner = threading.Thread(target=go, daemon=True)
    runner.start()
    runner.join(HANG_SECONDS)
    assert answer, "the run hangs"
    if isinstance(answer[0], BaseException):
        raise answer[0]
    return answer[0]


def random_cut(tree: Node) -> float:
    return metrics.random_cut([leaf.files for leaf in tree.leaves])


def render(form: str, plan: Plan) -> str:
    from autonomy.pipeline import render as rendered

    return rendered(form, plan)


def matrix_refused(plan: Plan, taken: int) -> str:
    """Why there is no matrix where GitHub takes so many bytes."""
    from unittest.mock import patch

    from autonomy.errors import UsageError
    from autonomy.plugins.renderers import github_matrix

    with patch.object(github_matrix, "MAX_BYTES", taken):
        try:
            return render("github-matrix", plan)
        except UsageError as error:
            return str(error)


def read_graphml(text: str) -> tuple[set[str], set[tuple[str, str]]]:
    """The nodes and edges that networkx finds in a GraphML document."""
    import networkx

    graph = networkx.parse_graphml(text)
    return set(graph.nodes), set(graph.edges)


def id_of(files: Sequence[str]) -> str:
    return subplan_id(files)


def plan_text(plan: Plan) -> str:
    return planfile.dumps(plan)


def refusal(work: Callable[[], object]) -> AutonomyError | None:
    """The error of the program that `work` ends with, if it does."""
    try:
        work()
    except AutonomyError as error:
        return error
    return None


def plug_in(kind: str, name: str) -> object:
    return loading.load(kind, name)


def node_called(plan: Plan, name: str) -> Subplan:
    from autonomy.cli.saved import find

    return find(plan, name)


def closed_meanwhile(plan: Plan) -> list[Outcome]:
    """Both leaves are given to one thread; the executor is closed while the first one is at work."""
    executor, opened = threads(1), threading.Event()
    for leaf in plan.leaves:
        executor.start(leaf, 1, lambda _leaf, _attempt: opened.wait(HANG_SECONDS))
    closing = threading.Thread(target=executor.close)
    closing.start()
    cancelled = executor.wait()
    opened.set()
    closing.join(HANG_SECONDS)
    return [*executor.wait(), *cancelled]


def parts_of(strategy: str, count: int, most: int) -> list[list[int]]:
    """How a splitter cuts so many files into leaves of at most `most`, asked directly."""
    graph = graph_of([f"f{number:03}" for number in range(count)])
    splitter = chain(strategy)[0]
    return [list(part.files) for part in splitter.split(Workset(graph, range(count), Limits(max_files=most)))]


def never_stopped() -> list[object]:
    """What an iteration that was made by hand says of its stop, and which calls it made of itself."""
    from autonomy import Iteration

    calls: list[str] = []
    stop = Iteration(1, 1, 1).stop
    with stop.calling(lambda: calls.append("called")):
        return [stop.is_set(), stop.wait(0), calls]


def told_late() -> list[str]:
    """The calls of a stop that was asked for before anybody wanted to be told."""
    from autonomy.searching.stopping import Stopping

    calls: list[str] = []
    stop = Stopping()
    stop.set()
    with stop.calling(lambda: calls.append("called")):
        return calls


def names(worksets: Sequence[Sequence[tuple[str, int]]]) -> list[str]:
    """The slugs of worksets of (path, tokens), below a root."""
    files = [each for workset in worksets for each in workset]
    rows = iter(range(len(files)))
    members = [[next(rows) for _ in workset] for workset in worksets]
    return slugs([range(len(files)), *members], [path for path, _ in files], [tokens for _, tokens in files])
