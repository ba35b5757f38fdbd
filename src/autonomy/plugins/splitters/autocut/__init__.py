"""AutoCut: the default splitter. Few, full leaves that hold together by references, history, names and directories.

Grow clusters along the heaviest ties (`agglomerate`), pack them along the tree (`pack`), move and exchange single
files (`refine`), dissolve surplus leaves (`eliminate`), cut neighbourhoods anew (`lns`), and hang the leaves into
the tree of directories (`naming`). Both caps hold at each step.
"""

from collections.abc import Sequence
from math import ceil

from autonomy.model import Part, Workset
from autonomy.plugins.splitters.autocut.affinity import problem_of
from autonomy.plugins.splitters.autocut.agglomerate import agglomerate
from autonomy.plugins.splitters.autocut.cut import Cut
from autonomy.plugins.splitters.autocut.eliminate import eliminate
from autonomy.plugins.splitters.autocut.lns import search
from autonomy.plugins.splitters.autocut.naming import tree
from autonomy.plugins.splitters.autocut.pack import pack
from autonomy.plugins.splitters.autocut.problem import Problem
from autonomy.plugins.splitters.autocut.refine import refine

SLACK = 1.03
"""Leaves per leaf of the lower bound that are accepted for a better cut."""
ROUNDS = {"fast": 0, "normal": 1}


def leaves_of(problem: Problem, rounds: int = 1) -> list[list[int]]:
    """A partition under both caps; `rounds` of large-neighbourhood search."""
    cut = Cut(problem, pack(problem, agglomerate(problem)))
    refine(cut, 1)
    eliminate(cut, ceil(SLACK * problem.bound))
    refine(cut)
    for _ in range(rounds):
        if not search(cut):
            break
        refine(cut, 1)
    return cut.leaves()


class AutoCut:
    name = "auto"

    def split(self, workset: Workset) -> Sequence[Part]:
        problem = problem_of(workset)
        leaves = leaves_of(problem, ROUNDS[workset.limits.effort])
        if len(leaves) < 2:
            return ()
        return tree(problem, leaves, workset.limits.min_files, workset.limits.max_depth)


AUTO = AutoCut()
