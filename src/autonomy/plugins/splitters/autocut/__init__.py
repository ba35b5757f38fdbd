"""AutoCut: the default splitter. Few, full leaves that hold together by references, history, names and directories.

Grow clusters along the heaviest ties (`agglomerate`), pack them along the tree (`pack`), move and exchange nodes
(`refine`), dissolve surplus leaves (`eliminate`), leave local optima (`search`), bring split directories together
(`tidy`), and hang the leaves into the tree of directories (`naming`). Both caps hold at each step.
"""

from collections.abc import Mapping, Sequence

from autonomy.model import Part, Workset
from autonomy.plugins.splitters.autocut.affinity import problem_of, ties_of
from autonomy.plugins.splitters.autocut.naming import tree
from autonomy.plugins.splitters.autocut.problem import Problem
from autonomy.plugins.splitters.autocut.solve import leaves_of
from autonomy.plugins.splitters.autocut.sticky import stay


class AutoCut:
    name = "auto"

    def split(self, workset: Workset) -> Sequence[Part]:
        """Leaves in the tree of directories; with `workset.previous`, as near to those leaves as the caps allow."""
        problem, leaves = problem_of(workset)
        if not len(problem):
            cut = []
        elif workset.previous:
            cut = stay(problem, _previous(problem, workset.previous))
        else:
            limits = workset.limits
            cut = leaves_of(problem, limits.effort, limits.seed, limits.weights.get("paths", 1.0))
        leaves.extend([file for node in leaf for file in problem.members[node]] for leaf in cut)
        if len(leaves) < 2:
            return ()
        return tree(leaves, workset.graph, workset.limits)

    def ties(self, workset: Workset, file: int) -> Mapping[str, Mapping[int, float]]:
        """What each signal ties the file to; a reference to a file that nobody else refers to weighs REFERENCE."""
        return ties_of(workset, file)


def _previous(problem: Problem, leaf_of: Mapping[int, int]) -> list[int]:
    """The leaf that most files of each node were in; -1 where all are new."""
    homes = []
    for files in problem.members:
        known = [leaf_of[file] for file in files if file in leaf_of]
        homes.append(max(known, key=lambda leaf: (known.count(leaf), -leaf)) if known else -1)
    return homes


AUTO = AutoCut()
