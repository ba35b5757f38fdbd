"""What must hold of every cut and every order, for whatever Hypothesis draws."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from autonomy.model import Graph, Limits, Order, Pins
from features.drivers import cutting, planning
from features.drivers.properties import CALM, PATHS


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    paths = [f"{path}{number % 7}" for number, path in enumerate(draw(PATHS))]
    weights = {path: draw(st.sampled_from([0, 1, 90, 100, 110, 400, 2500])) for path in paths}
    some = st.sampled_from(paths) if paths else st.nothing()
    ties = draw(st.lists(st.tuples(some, some), max_size=80)) if paths else []
    commits = draw(st.lists(st.sets(some, min_size=2, max_size=5), max_size=12)) if len(paths) > 4 else []
    return planning.graph_of(paths, weights, [(left, right) for left, right in ties if left != right], commits)


LIMITS = st.builds(
    Limits,
    max_files=st.integers(2, 30),
    max_tokens=st.sampled_from([150, 1000, 100_000]),
    min_files=st.just(1),
    max_depth=st.just(20),
    max_parallel=st.just(1),
    seed=st.integers(0, 3),
    effort=st.sampled_from(["fast", "normal"]),
)


def _check(graph: Graph, limits: Limits, leaves: cutting.Leaves) -> None:
    tokens = dict(zip(graph.paths, graph.tokens, strict=True))
    assert sorted(path for leaf in leaves for path in leaf) == sorted(graph.paths)
    for leaf in leaves:
        assert len(leaf) <= limits.max_files
        assert len(leaf) <= 1 or sum(tokens[path] for path in leaf) <= limits.max_tokens


def fresh() -> None:
    @CALM
    @given(graphs(), LIMITS)
    def holds(graph: Graph, limits: Limits) -> None:
        leaves = cutting.leaves_of(graph, limits)
        _check(graph, limits, leaves)
        assert cutting.leaves_of(cutting.reversed_graph(graph), limits) == leaves
        if len(leaves) > 1:
            _check(graph, limits, cutting.parts_of(graph, limits))

    holds()


def again() -> None:
    @CALM
    @given(graphs(), graphs(), LIMITS, LIMITS)
    def holds(graph: Graph, other: Graph, limits: Limits, others: Limits) -> None:
        before = cutting.leaves_of(graph, limits)
        assert cutting.leaves_of(graph, limits, before=before) == before
        _check(other, others, cutting.leaves_of(other, others, before=before))

    holds()


@st.composite
def pins(draw: st.DrawFn, files: int) -> Pins:
    """Rules over disjoint groups of files, so that none contradicts another."""
    order = draw(st.permutations(range(files)))
    groups = [sorted(order[start : start + 3]) for start in range(0, files - 2, 3)]
    kinds = [draw(st.sampled_from(["", "together", "apart", "alone", "owners"])) for _ in groups]

    def of(kind: str) -> list[list[int]]:
        return [group for group, drawn in zip(groups, kinds, strict=True) if drawn == kind]

    return Pins(of("together"), [[[file] for file in group] for group in of("apart")], of("alone"), of("owners"))


def pinned() -> None:
    @CALM
    @given(graphs(), LIMITS, st.data())
    def holds(graph: Graph, limits: Limits, data: st.DataObject) -> None:
        rules = data.draw(pins(len(graph)))
        before = cutting.leaves_of(graph, limits)
        for leaves in (cutting.leaves_of(graph, limits, rules), cutting.leaves_of(graph, limits, rules, before)):
            _check(graph, limits, leaves)
            _obeys(graph, limits, rules, leaves)

    holds()


def _obeys(graph: Graph, limits: Limits, rules: Pins, leaves: cutting.Leaves) -> None:
    leaf_of = {path: number for number, leaf in enumerate(leaves) for path in leaf}
    place = [leaf_of[path] for path in graph.paths]

    def fits(group: Sequence[int]) -> bool:
        return len(group) <= limits.max_files and sum(graph.tokens[file] for file in group) <= limits.max_tokens

    for group in rules.together:
        assert not fits(group) or len({place[file] for file in group}) == 1
    for sides in rules.apart:
        assert len({place[file] for side in sides for file in side}) == len(sides)
    for group in rules.alone:
        inside = {place[file] for file in group}
        assert not fits(group) or len(inside) == 1
        assert {file for file, leaf in enumerate(place) if leaf in inside} == set(group)


def ordered() -> None:
    @CALM
    @given(
        st.integers(1, 14).flatmap(
            lambda count: st.tuples(
                st.just(count),
                st.lists(st.tuples(st.integers(0, 2 * count - 1), st.integers(0, 2 * count - 1)), max_size=80),
            )
        ),
        st.sampled_from(list(Order)),
        st.integers(1, 8),
        st.lists(st.sampled_from([1, 100, 9000]), min_size=28, max_size=28),
    )
    def holds(drawn: tuple[int, list[tuple[int, int]]], order: Order, workers: int, sizes: list[int]) -> None:
        count, ties = drawn
        leaves = [[f"l{leaf:02}/a", f"l{leaf:02}/b"] for leaf in range(count)]
        paths = [path for leaf in leaves for path in leaf]
        tokens = dict(zip(paths, sizes, strict=False))
        graph = planning.graph_of(paths, tokens, [(paths[a], paths[b]) for a, b in ties if a != b])
        found = cutting.order_of(graph, leaves, order, workers)
        pairs = {(a, b) for a, b in ties if a != b}
        assert cutting.acyclic(found.waits)
        assert all(any((a // 2, b // 2) == (leaf, before) for a, b in pairs)
                   for leaf, befores in enumerate(found.waits) for before in befores)  # fmt: skip
        kept = sum(a // 2 == b // 2 or b // 2 in found.waits[a // 2] for a, b in pairs)
        assert abs(found.honoured - (kept / len(pairs) if pairs else 1.0)) < 1e-9
        assert order is Order.STRICT or found.first >= min(workers, count)

    holds()
