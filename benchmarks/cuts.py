"""The cut by itself, on generated graphs of 1,000 and 10,000 files: quality, stability, time and memory.

With BENCH_FULL=1 in the environment also 100,000 files. `python -m benchmarks.cuts 10000 30000 ...` prints how time
and memory grow, each size in a process of its own.
"""

import os
import resource
import subprocess
import sys
from random import Random
from time import process_time

from autonomy import sticky
from autonomy.decompose import decompose
from autonomy.loading import load
from autonomy.metrics import edge_cut, leaf_bound, leaf_index
from autonomy.model import Graph, Limits, Rows, Snapshot
from benchmarks.compare import case_of, judge, part_of
from benchmarks.conduct import leaves_of, places

SIZES = (1_000, 10_000, 100_000) if os.environ.get("BENCH_FULL") else (1_000, 10_000)
LIMITS = Limits(max_files=64, max_tokens=32_000, min_files=1, max_depth=64, max_parallel=1)
COMMITS = 500


def generated(files: int) -> tuple[Graph, list[list[int]]]:
    """(graph, what will change together later): modules of 20 files in packages of 10 modules, with tests apart.

    A file refers to its neighbours, now and then to another module of its package or to a hub; a test to its subject.
    """
    chance = Random(files)
    names = [f"src/p{number // 400}/m{number // 40}/f{number // 2:06}" for number in range(files)]
    paths = sorted(f"tests/{name[4:]}_test" if number % 2 else name for number, name in enumerate(names))
    row = {path: file for file, path in enumerate(paths)}
    code = [path for path in paths if path.startswith("src/")]

    def near(place: int, reach: int) -> int:
        return row[code[min(len(code) - 1, max(0, place + chance.randint(-reach, reach)))]]

    references: list[set[int]] = [set() for _ in paths]
    for place, path in enumerate(code):
        references[row[path]] |= {near(place, 8), near(place, 20), near(place, 200), row[code[chance.randrange(9)]]}
        test = row.get(f"tests/{path[4:]}_test")
        if test is not None:
            references[test] |= {row[path], near(place, 8)}
    changes = []
    for _ in range(2 * COMMITS):
        place = chance.randrange(len(code))
        test = row.get(f"tests/{code[place][4:]}_test", row[code[place]])
        changes.append(sorted({row[code[place]], test, near(place, 5), near(place, 60)}))
    tokens = [chance.randint(50, 2_000) for _ in paths]
    nothing = Rows.of([] for _ in paths)
    snapshot = Snapshot(
        paths, [4 * count for count in tokens], [count // 10 for count in tokens], tokens, ["python"] * len(paths),
        [""] * len(paths), [], nothing, nothing, Rows.of(changes[:COMMITS]),
    )  # fmt: skip
    return Graph(snapshot, Rows.of(sorted(each - {file}) for file, each in enumerate(references))), changes[COMMITS:]


class Cut:
    params = SIZES
    param_names = ("files",)
    timer = process_time
    timeout = 1200

    def setup(self, files: int) -> None:
        self.graph, self.future = generated(files)

    def cut(self) -> list[list[int]]:
        return [list(leaf.files) for leaf in decompose(self.graph, LIMITS, [load("splitters", "auto")]).leaves]

    def time_cut(self, files: int) -> None:
        self.cut()

    def peakmem_cut(self, files: int) -> None:
        self.cut()


class Quality(Cut):
    def setup(self, files: int) -> None:
        super().setup(files)
        case = case_of("generated", self.graph, self.future, LIMITS.max_tokens)
        self.leaves = self.cut()
        self.found = judge(case, "auto", self.leaves, 0.0)

    def track_edge_cut(self, files: int) -> float:
        return edge_cut(leaf_index(self.leaves, len(self.graph)), self.graph)

    def track_recall(self, files: int) -> float:
        return self.found.recall

    def track_paths_per_leaf(self, files: int) -> float:
        return self.found.paths

    def track_leaves_to_bound(self, files: int) -> float:
        return len(self.leaves) / leaf_bound(self.graph, LIMITS)

    def track_moved_by_one_more(self, files: int) -> int:
        """Other files that change their leaf when a file in the middle is added."""
        middle = len(self.graph) // 2
        before = part_of(self.graph, [file for file in range(len(self.graph)) if file != middle])
        earlier = places(before, leaves_of(before, LIMITS))
        now = leaves_of(self.graph, LIMITS, sticky.previous(earlier, self.graph.paths, {}))
        return len(sticky.moved(earlier, places(self.graph, now), {}))

    track_edge_cut.unit = "share of the references"  # type: ignore[attr-defined]
    track_recall.unit = "share of the pairs"  # type: ignore[attr-defined]
    track_paths_per_leaf.unit = "paths"  # type: ignore[attr-defined]
    track_leaves_to_bound.unit = "ratio"  # type: ignore[attr-defined]
    track_moved_by_one_more.unit = "files"  # type: ignore[attr-defined]


def growth(files: int) -> str:
    """A Markdown row: files, references, leaves, CPU seconds, megabytes at most."""
    graph, _ = generated(files)
    before = process_time()
    leaves = leaves_of(graph, LIMITS)
    seconds = process_time() - before
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    return f"| {files:,} | {len(graph.references.items):,} | {len(leaves):,} | {seconds:.1f} | {most:,} |"


if __name__ == "__main__":
    if len(sys.argv) == 2:
        print(growth(int(sys.argv[1])), flush=True)
    else:
        print("| files | references | leaves | CPU seconds | MB |\n|---:|---:|---:|---:|---:|", flush=True)
        for size in sys.argv[1:]:
            subprocess.run([sys.executable, "-m", "benchmarks.cuts", size], check=True)
