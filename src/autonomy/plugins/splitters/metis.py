"""METIS for comparison, on AutoCut's own graph and behind the same caps. Needs the extra `compare`.

Source: Karypis and Kumar, "A Fast and High Quality Multilevel Scheme for Partitioning Irregular Graphs" (1998).
Its parts are balanced softly, so what is over a cap is repaired.
"""

from collections.abc import Sequence

from autonomy.errors import EnvironmentFault
from autonomy.model import Part, Workset
from autonomy.plugins.splitters.autocut.affinity import problem_of
from autonomy.plugins.splitters.autocut.naming import tree
from autonomy.plugins.splitters.autocut.problem import Problem
from autonomy.plugins.splitters.autocut.repair import repair

CUTS, ITERATIONS = 20, 50
"""Well above METIS's own defaults (1 and 10): its best cut that is still quick."""
HEAVIEST = 10_000
"""Ties are scaled to 1..HEAVIEST: METIS takes 32-bit weights and fails on wide ranges."""


class Metis:
    name = "metis"

    def split(self, workset: Workset) -> Sequence[Part]:
        """
        Raises:
            EnvironmentFault: pymetis is not installed.
        """
        problem, alone = problem_of(workset)
        leaves = repair(problem, partition(problem, workset.limits.seed)) if len(problem) else []
        files = sorted([*([file for node in leaf for file in problem.members[node]] for leaf in leaves), *alone])
        if len(files) < 2:
            return ()
        return tree(files, workset.graph, workset.limits)


def partition(problem: Problem, seed: int) -> list[list[int]]:
    """As many parts as the lower bound asks for, by recursive bisection."""
    try:
        import pymetis
    except ImportError:
        raise EnvironmentFault("pymetis is not installed; run `pip install 'autonomy-plan[compare]'`") from None
    parts = problem.bound
    if parts < 2:
        return [list(range(len(problem)))]
    most = max((weight for row in problem.ties for weight in row.values()), default=1)
    scale = max(1, most // HEAVIEST)
    starts, ends, weights = [0], [], []
    for row in problem.ties:
        for other, weight in sorted(row.items()):
            ends.append(other)
            weights.append(max(1, weight // scale))
        starts.append(len(ends))
    _, part_of = pymetis.part_graph(
        parts,
        xadj=starts,
        adjncy=ends,
        eweights=weights,
        vweights=[max(1, tokens) for tokens in problem.tokens],
        recursive=True,
        options=pymetis.Options(ncuts=CUTS, niter=ITERATIONS, seed=seed),
    )
    leaves: list[list[int]] = [[] for _ in range(parts)]
    for node, part in enumerate(part_of):
        leaves[part].append(node)
    return [leaf for leaf in leaves if leaf]


METIS = Metis()
