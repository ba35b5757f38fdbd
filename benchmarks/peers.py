"""Against what people know: `rg`, `git status`, grimp. CPU with all children, in turns in one run, medians of ratios.

    python -m benchmarks.peers linux/                     # a git checkout of any size; .autonomy is made in it
    python -m benchmarks.peers sympy/ --package sympy     # and its graph of modules against grimp's

Each program runs as a process of its own, start-up included.
"""

import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from autonomy.config import Config
from autonomy.graph import build_graph
from autonomy.loading import load_all
from autonomy.model import Graph
from autonomy.scan import scan

HERE = Path(__file__).parents[1]
EDITED = 10
SOURCES = (".c", ".py", ".java", ".ts", ".go", ".rb", ".php")
Command = Sequence[str]


def cpu_of(command: Command) -> float:
    """Seconds of processor time of a command and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=HERE, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def child(what: str, *words: str) -> Command:
    """One of the functions below in a process of its own."""
    return (sys.executable, "-c", f"import sys; from benchmarks import peers; peers.{what}(*sys.argv[1:])", *words)


def graph_of(root: str) -> Graph:
    languages = load_all("languages")
    return build_graph(scan(Path(root), Config(history=0), languages), languages)


def grimp_of(package: str, root: str) -> set[tuple[str, str]]:
    """(importing file, imported file) as grimp has them."""
    import grimp

    sys.path.insert(0, root)
    graph = grimp.build_graph(package, cache_dir=None)
    files = {module: _file_of(module, Path(root)) for module in graph.modules}
    return {
        (files[module], files[other])
        for module in graph.modules
        for other in graph.find_modules_directly_imported_by(module)
        if files[module] != files[other]
    }


def _file_of(module: str, root: Path) -> str:
    path = module.replace(".", "/")
    return f"{path}/__init__.py" if (root / path).is_dir() else f"{path}.py"


def in_turns(rounds: int, ours: Callable[[], float], theirs: Callable[[], float]) -> tuple[float, float, float]:
    """Medians of our seconds, of theirs, and of the ratios of each round."""
    from statistics import median

    pairs = [(ours(), theirs()) for _ in range(rounds)]
    return median(a for a, _ in pairs), median(b for _, b in pairs), median(a / b for a, b in pairs)


def forgetful(command: Command, root: Path) -> Callable[[], float]:
    def run() -> float:
        shutil.rmtree(root / ".autonomy", ignore_errors=True)
        return cpu_of(command)

    return run


def edited(root: Path) -> float:
    """Read what ten edits have changed."""
    cpu_of(child("graph_of", str(root)))
    paths = graph_of(str(root)).paths
    chosen = [root / path for path in paths if path.endswith(SOURCES)]
    before = {path: path.read_bytes() for path in chosen[:: max(1, len(chosen) // EDITED)][:EDITED]}
    try:
        for path, data in before.items():
            path.write_bytes(data + b"\n")
        return cpu_of(child("graph_of", str(root)))
    finally:
        for path, data in before.items():
            path.write_bytes(data)


def rows(root: Path, package: str, rounds: int) -> Iterator[str]:
    path, python = str(root), [sys.executable, "-m", "autonomy", "plan", "-q", "--plan-only"]
    graph, plan = child("graph_of", path), [*python, path]
    search, status = ("rg", "-uu", "-c", "", path), ("git", "-C", path, "status", "--porcelain")
    ours, theirs, ratio = in_turns(rounds, forgetful(graph, root), lambda: cpu_of(search))
    yield f"| scan, references and graph, cold | {ours:.2f} | `rg -uu -c ''` {theirs:.2f} | {ratio:.2f} |"
    cpu_of(plan)
    ours, theirs, ratio = in_turns(rounds, lambda: cpu_of(plan), lambda: cpu_of(status))
    yield f"| plan, nothing changed | {ours:.2f} | `git status` {theirs:.2f} | {ratio:.2f} |"
    yield f"| scan, references and graph, {EDITED} files changed | {edited(root):.2f} | | |"
    if package:
        cold, reference = (
            forgetful(child("graph_of", f"{path}/{package}"), root / package),
            child("grimp_of", package, path),
        )
        ours, theirs, ratio = in_turns(rounds, cold, lambda: cpu_of(reference))
        yield f"| graph of Python modules, cold | {ours:.2f} | grimp {theirs:.2f} | {ratio:.2f} |"
        yield f"| imports of grimp that are found | {recall(root, package):.4f} | | |"


def recall(root: Path, package: str) -> float:
    wanted = grimp_of(package, str(root))
    graph = graph_of(str(root))
    found = {(graph.paths[file], graph.paths[other]) for file, row in enumerate(graph.references) for other in row}
    return len(wanted & found) / len(wanted)


def main() -> None:
    import argparse

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=Path)
    parser.add_argument("--package", default="", help="its Python package, to compare with grimp")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    print("| what | CPU s | peer, CPU s | ratio |\n|---|---:|---:|---:|")
    for row in rows(given.root.resolve(), given.package, given.rounds):
        print(row, flush=True)


if __name__ == "__main__":
    main()
