"""Explanations of a file in leaves that a test chose."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from autonomy import loading, order
from autonomy.assemble import assemble
from autonomy.atlas import survey
from autonomy.decompose import Node
from autonomy.explain import explain_file
from autonomy.model import Graph, Limits, Pins, Workset
from autonomy.plugins.splitters.autocut.affinity import UNIT, problem_of
from features.drivers.cut_laws import LIMITS, graphs
from features.drivers.properties import CALM

ROOMY = {"max_files": 1000, "max_tokens": 100_000}


def explained(
    graph: Graph,
    leaves: Sequence[Sequence[str]],
    path: str,
    weigh: bool = True,
    rules: Sequence[str] = (),
    **limits: int,
) -> str:
    """What is said of the file `path`, where the tree is cut into `leaves` under `limits`."""
    row = {each: file for file, each in enumerate(graph.paths)}
    rows = [sorted(row[each] for each in leaf) for leaf in leaves]
    tree = Node(tuple(range(len(graph))), tuple(Node(tuple(leaf)) for leaf in rows), "auto")
    tree = replace(tree, children=tuple(replace(leaf, reason="fits") for leaf in tree.children))
    waits = order.waits_for(rows, graph, order.Order.SOFT, 10).waits
    plan = assemble(tree, graph, waits, {}, ROOMY | limits)
    workset = Workset(graph, range(len(graph)), Limits(**(ROOMY | limits)))
    weights = loading.load("splitters", "auto").ties(workset, row[path]) if weigh else {}
    return explain_file(path, survey(plan, graph), weights, rules)


def laws() -> None:
    """The ties of each file, signal by signal, add up to its row in the problem that is cut."""

    @CALM
    @given(graphs(), LIMITS, st.booleans())
    def holds(graph: Graph, limits: Limits, owned: bool) -> None:
        pins = Pins(owners=[list(range(0, len(graph), 3))]) if owned and len(graph) else Pins()
        workset = Workset(graph, range(len(graph)), limits, pins)
        problem, alone = problem_of(workset)
        taken = {file for leaf in alone for file in leaf}
        node = {files[0]: number for number, files in enumerate(problem.members)}
        splitter = loading.load("splitters", "auto")
        for file in range(len(graph)):
            told = splitter.ties(workset, file)
            if file in taken:
                assert told == {}
                continue
            total: dict[int, float] = {}
            for row in told.values():
                for other, weight in row.items():
                    total[other] = total.get(other, 0.0) + weight
            real = {problem.members[other][0]: weight / UNIT for other, weight in problem.ties[node[file]].items()}
            assert total.keys() == real.keys()
            # Each signal is rounded by itself where owners make it fade.
            assert all(abs(total[other] - real[other]) < 1e-3 for other in real)

    holds()
