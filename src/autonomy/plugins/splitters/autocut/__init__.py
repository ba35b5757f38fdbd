"""AutoCut: the default splitter. Few, full leaves that hold together by references, history, names and directories.

Small directories move as one (`units`) until their files are pulled apart. Grow clusters along the heaviest ties
(`agglomerate`), pack them along the tree (`pack`), move and exchange nodes (`refine`), dissolve surplus leaves
(`eliminate`), leave local optima (`search`), and hang the leaves into the tree of directories (`naming`). Both
caps hold at each step.
"""

from collections.abc import Sequence

from autonomy.model import Part, Workset
from autonomy.plugins.splitters.autocut.affinity import problem_of
from autonomy.plugins.splitters.autocut.naming import tree
from autonomy.plugins.splitters.autocut.solve import leaves_of


class AutoCut:
    name = "auto"

    def split(self, workset: Workset) -> Sequence[Part]:
        limits, graph = workset.limits, workset.graph
        problem, alone = problem_of(workset)
        leaves = [
            [file for node in leaf for file in problem.members[node]]
            for leaf in leaves_of(problem, limits.effort, limits.seed)
        ]
        leaves = sorted([*(sorted(leaf) for leaf in leaves), *alone])
        if len(leaves) < 2:
            return ()
        return tree(leaves, graph.paths, graph.tokens, limits.min_files, limits.max_depth)


AUTO = AutoCut()
