"""The table of real repositories in README: `python benchmarks/repositories.py DIR...` prints a Markdown row for each.

Each directory is planned cold by the installed program, with the default limits; seconds are CPU, of the program and
its children, analysis of all leaves included.
"""

import json
import resource
import shutil
import subprocess
import sys
from pathlib import Path

COLUMNS = "repository, files, references, leaves (fewest possible), depth, cut, by directories, at random, CPU seconds"


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def row(root: Path) -> str:
    shutil.rmtree(root / ".autonomy", ignore_errors=True)
    before = status(root)
    began = cpu()
    ended = subprocess.run(["autonomy", "plan", str(root), "--json", "-q"], capture_output=True, check=True)
    seconds = cpu() - began
    if status(root) != before:
        raise SystemExit(f"{root}: git sees a change")
    plan = json.loads(ended.stdout)
    check(plan)
    found = plan["metrics"]
    return (
        f"| {root.name} | {found['files']:,} | {found['edges']:,} | {found['leaves']:,} ({found['leaf_lower_bound']:,})"
        f" | {found['depth']} | {found['edge_cut']:.1%} | {found['edge_cut_directory']:.1%}"
        f" | {found['edge_cut_random']:.1%} | {seconds:.1f} |"
    )


def status(root: Path) -> bytes:
    asked = subprocess.run(["git", "-C", str(root), "status", "--porcelain"], capture_output=True, check=False)
    return asked.stdout


def check(plan: dict) -> None:
    """Every file in exactly one leaf, every bound kept."""
    leaves = [node for node in plan["nodes"] if not node["children"]]
    names = [json.dumps(path) for leaf in leaves for path in leaf["files"]]
    if len(names) != len(set(names)) or len(names) != plan["metrics"]["files"]:
        raise SystemExit("the leaves are no partition")
    limits = plan["config"]
    for leaf in leaves:
        over = leaf["file_count"] > limits["max_files"] or leaf["tokens"] > limits["max_tokens"]
        if over and leaf["reason"] not in ("oversize_file", "min_files"):
            raise SystemExit(f"{leaf['slug']}: over its limits")


if __name__ == "__main__":
    titles = COLUMNS.split(", ")
    print(f"| {' | '.join(titles)} |")
    print("|---|" + "---:|" * (len(titles) - 1))
    for name in sys.argv[1:]:
        print(row(Path(name).resolve()), flush=True)
