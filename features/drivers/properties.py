"""What must hold for whatever Hypothesis draws; derandomised, so that a failure is the same everywhere."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autonomy.decompose import Node, feed
from autonomy.model import Graph, Limits, Reason, Status, Subplan
from features.drivers import planning

CALM = settings(
    derandomize=True, deadline=None, max_examples=80, database=None, suppress_health_check=list(HealthCheck)
)

NAMES = st.sampled_from(["a", "b", "core", "ui", "test_a", "Ünï", "x y", "-rf"])
PATHS = st.lists(
    st.builds("/".join, st.lists(NAMES, min_size=1, max_size=6)).map(lambda path: path + "/f"), max_size=60, unique=True
)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    paths = draw(PATHS)
    paths = [f"{path}{number % 7}" for number, path in enumerate(paths)]
    weights = {path: draw(st.sampled_from([0, 1, 90, 100, 110, 400, 2500])) for path in paths}
    some = st.sampled_from(paths) if paths else st.nothing()
    ties = draw(st.lists(st.tuples(some, some), max_size=80)) if paths else []
    return planning.graph_of(paths, weights, [(left, right) for left, right in ties if left != right])


@st.composite
def limits(draw: st.DrawFn) -> Limits:
    min_files = draw(st.integers(1, 6))
    return Limits(
        max_files=draw(st.integers(min_files, 30)),
        max_tokens=draw(st.sampled_from([1, 150, 1000, 100_000])),
        min_files=min_files,
        max_depth=draw(st.integers(1, 6)),
        max_parallel=draw(st.integers(1, 12)),
    )


def decomposition(strategy: str) -> None:
    @CALM
    @given(graphs(), limits())
    def holds(graph: Graph, bounds: Limits) -> None:
        tree = planning.tree_of(graph, bounds, strategy)
        assert sorted(file for leaf in tree.leaves for file in leaf.files) == list(range(len(graph)))
        _shape(tree, 0, bounds)
        fed = feed(bounds, len(graph), sum(graph.tokens))
        for leaf in tree.leaves:
            _bounds(leaf, graph, fed)
        assert planning.tree_of(graph, bounds, strategy) == tree

    holds()


def _shape(node: Node, depth: int, bounds: Limits) -> None:
    assert depth <= bounds.max_depth
    assert (node.reason is None) == bool(node.children)
    assert len(node.children) != 1
    if node.children:
        assert len(node.files) > bounds.min_files, "a workset of min_files or fewer was split"
        assert sorted(file for child in node.children for file in child.files) == list(node.files)
    for child in node.children:
        _shape(child, depth + 1, bounds)


def _bounds(leaf: Node, graph: Graph, bounds: Limits) -> None:
    files, tokens = len(leaf.files), sum(graph.tokens[file] for file in leaf.files)
    fits = files <= bounds.max_files and tokens <= bounds.max_tokens
    assert fits == (leaf.reason is Reason.FITS), leaf
    if not fits:
        assert files <= bounds.min_files, f"a leaf over the limits: {leaf}"


@st.composite
def plans(draw: st.DrawFn) -> planning.Plan:
    count = draw(st.integers(1, 12))
    names = [f"n{number:02}" for number in range(count)]
    waits = {
        name: sorted(draw(st.sets(st.sampled_from(names[:place]), max_size=3))) if place else []
        for place, name in enumerate(names)
    }
    tokens = {name: draw(st.sampled_from([1, 2, 3, 5, 50, 400])) for name in names}
    return planning.flat_plan(waits, tokens)


def scheduling() -> None:
    @CALM
    @given(plans(), st.integers(1, 5), st.booleans(), st.integers(1, 3), st.data())
    def holds(plan: planning.Plan, limit: int, keep_going: bool, attempts: int, data: st.DataObject) -> None:
        def choose(running: list[Subplan]) -> Subplan:
            return data.draw(st.sampled_from(running))

        executor = planning.ByHand(limit, choose)
        ends = st.sampled_from([Status.SUCCEEDED, Status.SUCCEEDED, Status.FAILED, Status.ERROR, Status.TIMED_OUT])
        executor.answers = {leaf.id: data.draw(st.lists(ends, min_size=3, max_size=3)) for leaf in plan.leaves}
        ran, events = planning.run_by_hand(plan, executor, keep_going=keep_going, attempts=attempts)
        _settled_once(plan, ran, attempts)
        _in_order(plan, events, keep_going)
        assert executor.closed
        assert ran.peak_parallel <= limit
        independent = sum(not plan.waits_for.get(leaf.id) for leaf in plan.leaves)
        assert ran.peak_parallel >= min(limit, independent)

    holds()


def _settled_once(plan: planning.Plan, ran: planning.Ran, attempts: int) -> None:
    for leaf in plan.leaves:
        tries = [outcome for outcome in ran.outcomes if outcome.leaf == leaf.id]
        assert 1 <= len(tries) <= attempts
        assert all(outcome.status is not Status.SUCCEEDED for outcome in tries[:-1])
        assert len(tries) == 1 or [outcome.attempt for outcome in tries] == list(range(1, len(tries) + 1))


def _in_order(plan: planning.Plan, events: list[object], keep_going: bool) -> None:
    succeeded: set[str] = set()
    for event in events:
        if isinstance(event, planning.Started):
            befores = plan.waits_for.get(event.leaf, ())
            assert keep_going or all(before in succeeded for before in befores)
        elif isinstance(event, planning.Settled) and event.outcome.status is Status.SUCCEEDED:
            succeeded.add(event.outcome.leaf)


def makespans() -> None:
    @CALM
    @given(plans(), st.integers(1, 6))
    def holds(plan: planning.Plan, workers: int) -> None:
        bound = planning.lower_bound(plan, workers)
        found = planning.makespan(plan, workers)
        assert bound <= found * (1 + 1e-9)
        assert found <= bound * (2 - 1 / workers) * (1 + 1e-9)
        assert planning.pace(plan, workers) == found

    holds()
