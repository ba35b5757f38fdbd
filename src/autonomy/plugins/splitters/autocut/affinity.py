"""How strongly files belong together: references, common history, like names, the same directory.

Each pair's weight is the sum of its signals in units of 1 / UNIT. The constants are flat optima (weightings
within a factor of two of them change cut and recall by less than the choice of the repository does).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from math import sqrt

from autonomy.model import Workset
from autonomy.plugins.splitters.autocut.problem import Problem, Ties, directory
from autonomy.plugins.splitters.autocut.rules import given, joined, lean, sides

SIGNALS = ("references", "history", "stem", "directory")
UNIT = 1 << 16
REFERENCE = 5.0
CHANGE = 7.0
STEM = 2.0
DIRECTORY = 0.6
FADING = 0.9996534863
"""What a common change counts, one commit later: half after 2,000. Multiplied, as powers differ between systems."""
COMMITS = 2000
COMMIT_FILES = 20
"""A commit of more files says little about any two of them."""
STEM_FILES = 12
NEIGHBOURS = 3


def problem_of(workset: Workset) -> tuple[Problem, list[list[int]]]:
    """The workset as nodes, ascending by path, and the leaves that are given. Files pinned together are one node."""
    graph, limits = workset.graph, workset.limits
    leaves = given(workset)
    taken = {file for leaf in leaves for file in leaf}
    files = sorted((file for file in workset.files if file not in taken), key=graph.paths.__getitem__)
    row = {file: node for node, file in enumerate(files)}
    ties, homes = _ties(workset, row), [directory(graph.paths[file]) for file in files]
    lean(ties, homes, workset.pins, row)
    problem = Problem(
        members=[[file] for file in files],
        homes=homes,
        counts=[1] * len(files),
        tokens=[graph.tokens[file] for file in files],
        ties=ties,
        max_files=limits.max_files,
        max_tokens=limits.max_tokens,
        sides=sides(workset.pins, row),
    )
    return joined(problem, workset, row), leaves


def ties_of(workset: Workset, file: int) -> dict[str, dict[int, float]]:
    """Signal -> other file -> the weight between the two, in references to a file with no other user; as `_ties` adds.

    Empty for a file that is a leaf by itself or by a pin.
    """
    taken = {other for leaf in given(workset) for other in leaf}
    files = sorted((other for other in workset.files if other not in taken), key=workset.graph.paths.__getitem__)
    row = {other: node for node, other in enumerate(files)}
    found: dict[str, dict[int, float]] = {}
    for signal in SIGNALS if file in row else ():
        ties = _ties(workset, row, (signal,))
        lean(ties, [""] * len(files), workset.pins, row)
        found[signal] = {files[other]: weight / UNIT for other, weight in sorted(ties[row[file]].items())}
    return found


def _ties(workset: Workset, row: Mapping[int, int], signals: Sequence[str] = SIGNALS) -> Ties:
    """The signals in one weight per pair of files; `row` maps file -> node."""
    paths = [workset.graph.paths[file] for file in row]
    factor = {signal: workset.limits.weights.get(signal, 1.0) if signal in signals else 0.0 for signal in SIGNALS}
    ties: Ties = [{} for _ in row]
    _tie_references(ties, workset, row, factor["references"])
    _tie_changes(ties, workset, row, factor["history"])
    _tie_stems(ties, paths, factor["stem"])
    _tie_directories(ties, paths, factor["directory"])
    return ties


def _add(ties: Ties, a: int, b: int, weight: int) -> None:
    ties[a][b] = ties[a].get(b, 0) + weight
    ties[b][a] = ties[b].get(a, 0) + weight


def _hub_limit(workset: Workset) -> float:
    """Files referred to by more than this are everybody's: no leaf can hold a notable share of their users."""
    leaves = max(workset.tokens / workset.limits.max_tokens, len(workset.files) / workset.limits.max_files, 1.0)
    return max(64.0, 10.0 * len(workset.files) / leaves)


def _tie_references(ties: Ties, workset: Workset, row: Mapping[int, int], factor: float) -> None:
    if not factor:
        return
    limit, references = _hub_limit(workset), workset.graph.references
    rows = [[row[target] for target in references[file] if target in row] for file in row]
    degree = [0] * len(rows)
    for targets in rows:
        for target in targets:
            degree[target] += 1
    weight = [round(UNIT * factor * REFERENCE / sqrt(sqrt(d))) if 0 < d <= limit else 0 for d in degree]
    for source, targets in enumerate(rows):
        for target in targets:
            if weight[target] and target != source:
                _add(ties, source, target, weight[target])


def _tie_changes(ties: Ties, workset: Workset, row: Mapping[int, int], factor: float) -> None:
    share = UNIT * factor * CHANGE
    if not share:
        return
    for commit in islice(workset.graph.commits, COMMITS):
        others = len(commit) - 1
        if 1 <= others < COMMIT_FILES:
            _tie_all(ties, [row[file] for file in commit if file in row], round(share / (others * sqrt(others))))
        share *= FADING


def _tie_all(ties: Ties, group: Sequence[int], weight: int) -> None:
    if not weight:
        return
    for place, a in enumerate(group):
        for b in group[place + 1 :]:
            _add(ties, a, b, weight)


def _tie_stems(ties: Ties, paths: Sequence[str], factor: float) -> None:
    if not factor:
        return
    for group in _groups(paths, stem):
        if len(group) <= STEM_FILES:
            _tie_all(ties, group, round(UNIT * factor * STEM / (len(group) - 1)))


def _tie_directories(ties: Ties, paths: Sequence[str], factor: float) -> None:
    weight = round(UNIT * factor * DIRECTORY)
    if not weight:
        return
    for group in _groups(paths, directory):
        for place, a in enumerate(group):
            for b in group[place + 1 : place + 1 + NEIGHBOURS]:
                _add(ties, a, b, weight)


def _groups(paths: Sequence[str], key: Callable[[str], str]) -> Iterable[list[int]]:
    """Files of the same key, where there are at least two."""
    groups: dict[str, list[int]] = defaultdict(list)
    for i, path in enumerate(paths):
        groups[key(path)].append(i)
    return (group for group in groups.values() if len(group) > 1)


def stem(path: str) -> str:
    """What a file is about: `foo` for foo.py, test_foo.py, FooTest.java and foo.spec.ts."""
    name = path.rpartition("/")[2].partition(".")[0] or path
    name = name.lower().replace("-", "_")
    for prefix in ("test_", "tests_"):
        name = name.removeprefix(prefix)
    for suffix in ("tests", "test", "spec"):
        if name.endswith(suffix) and len(name) > len(suffix):
            name = name.removesuffix(suffix)
            break
    return name.strip("_") or path
