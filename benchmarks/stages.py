"""Each stage of `autonomy plan` by itself and the whole, on generated repositories of 100 to 10,000 Python files."""

import subprocess
from pathlib import Path
from time import process_time

from autonomy import decompose, order, pipeline
from autonomy.config import Config
from autonomy.graph import build_graph
from autonomy.loading import load_all
from autonomy.scan import scan
from autonomy.schedule import bottom_levels, makespan

SIZES = (100, 1_000, 10_000)
IMPORTS = 4


def root_of(files: int) -> Path:
    return Path(f"repository-{files}").resolve()


def write_repository(files: int) -> None:
    """Packages of 200 files in modules of 20; a file imports its neighbours and, now and then, another package."""
    root = root_of(files)
    names = [f"p{number // 200}.m{number // 20}.f{number}" for number in range(files)]
    for number, name in enumerate(names):
        far = [number * 7 % files] if number % 10 == 0 else []
        near = [max(0, number - step) for step in range(1, IMPORTS + 1)]
        lines = [f"import {names[target]}" for target in [*near, *far] if target != number]
        lines += [f"def work_{line}(value):\n    return value + {line}" for line in range(20)]
        path = root / (name.replace(".", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n")
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=root, check=True)


class Repositories:
    params = SIZES
    param_names = ("files",)
    timer = process_time
    timeout = 600

    def setup_cache(self) -> None:
        for files in SIZES:
            write_repository(files)


class Stage(Repositories):
    """One stage, with what the stages before it made."""

    def setup(self, files: int) -> None:
        self.root, self.config = root_of(files), Config()
        self.languages = load_all("languages")
        self.snapshot = scan(self.root, self.config, self.languages)
        self.graph = build_graph(self.snapshot, self.languages)
        self.plan = pipeline.draft(self.root, Config()).plan
        row = {path: place for place, path in enumerate(self.graph.paths)}
        self.leaves = [[row[path] for path in leaf.files] for leaf in self.plan.leaves]
        self.cost = {leaf.id: float(leaf.tokens) for leaf in self.plan.leaves}

    def time_scan(self, files: int) -> None:
        scan(self.root, self.config, self.languages)

    def time_graph(self, files: int) -> None:
        build_graph(self.snapshot, self.languages)

    def time_decompose(self, files: int) -> None:
        decompose.decompose(self.graph, self.config.limits(), pipeline.chain("auto"))

    def time_order(self, files: int) -> None:
        order.waits_for(self.leaves, self.graph, self.config.order, self.config.max_parallel)

    def time_schedule(self, files: int) -> None:
        makespan(self.plan, self.cost, 10)

    def track_edge_cut(self, files: int) -> float:
        return self.plan.metrics["edge_cut"]

    def track_edge_cut_to_directories(self, files: int) -> float:
        return self.plan.metrics["edge_cut"] / self.plan.metrics["edge_cut_directory"]

    def track_leaves_to_bound(self, files: int) -> float:
        return self.plan.metrics["leaves"] / self.plan.metrics["leaf_lower_bound"]

    def track_makespan_to_bound(self, files: int) -> float:
        """The bound: max(critical path, work / workers)."""
        bound = max(*bottom_levels(self.plan, self.cost).values(), sum(self.cost.values()) / 10)
        return makespan(self.plan, self.cost, 10) / bound

    track_edge_cut.unit = "share of the references"  # type: ignore[attr-defined]
    track_edge_cut_to_directories.unit = "ratio"  # type: ignore[attr-defined]
    track_leaves_to_bound.unit = "ratio"  # type: ignore[attr-defined]
    track_makespan_to_bound.unit = "ratio"  # type: ignore[attr-defined]


class Whole(Repositories):
    """The whole plan, from nothing."""

    def time_plan(self, files: int) -> None:
        pipeline.draft(root_of(files), Config())

    def peakmem_plan(self, files: int) -> None:
        pipeline.draft(root_of(files), Config())


class FifteenLeaves:
    """The built-in analysis of 15 leaves, at most so many at once."""

    params = (1, 4, 10, 15)
    param_names = ("max_parallel",)
    timer = process_time

    def setup(self, max_parallel: int) -> None:
        self.root = Path("fifteen").resolve()
        for number in range(15 * 60):
            path = self.root / f"part{number // 60:02}" / f"file{number % 60:02}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("a line of text\n" * 20)
        self.draft = pipeline.draft(self.root, Config(max_parallel=max_parallel, max_files=60, min_files=60))
        if len(self.draft.plan.leaves) != 15:
            raise RuntimeError(f"{len(self.draft.plan.leaves)} leaves")

    def run(self, max_parallel: int) -> int:
        return pipeline.analyse(self.root, self.draft, lambda _event: None, max_parallel).peak_parallel

    def time_analyse(self, max_parallel: int) -> None:
        self.run(max_parallel)

    def track_peak_parallel(self, max_parallel: int) -> int:
        return self.run(max_parallel)

    track_peak_parallel.unit = "leaves in flight"  # type: ignore[attr-defined]
