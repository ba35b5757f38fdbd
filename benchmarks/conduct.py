"""How a plan behaves, on repositories with history: `python benchmarks/conduct.py CLONE... --max-tokens 32k`.

One row per repository, files over four fifths of the token limit left out:

    +1 file    other files that change their leaf when one file is added, and leaves that stay as they are: the worst
               of ten, each left out once and then added to the plan that was made without it
    later      from the commit before the newest 500 eligible ones to HEAD, `--since` the earlier plan: files that
               moved, and the cut against a fresh one
    halo       references whose target a leaf neither holds nor sees, without, with 10 % and with 20 % of the tokens
    order      workers of ten that are kept busy in the mean, and references that the soft order honours
"""

import argparse
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from subprocess import CalledProcessError

from autonomy import sticky
from autonomy.config import Config
from autonomy.decompose import decompose
from autonomy.loading import load
from autonomy.metrics import edge_cut, leaf_index
from autonomy.model import Graph, Limits
from autonomy.pipeline import draft
from benchmarks.compare import UNLIMITED, case_of, git, graph_at, mean, part_of, past, tokens_in, tree_at

ADDED = 10
TITLES = ("repository", "+1 file: moved", "same leaves", "later: commits", "moved", "cut / fresh",
          "unseen, no halo", "10 %", "20 %", "busy of 10", "honoured")  # fmt: skip


def leaves_of(graph: Graph, limits: Limits, earlier: Mapping[int, int] | None = None) -> list[Sequence[int]]:
    chain = [load("splitters", name) for name in ("auto", "chunk")]
    return [leaf.files for leaf in decompose(graph, limits, chain, previous=earlier).leaves]


def places(graph: Graph, leaves: Sequence[Sequence[int]]) -> dict[str, str]:
    return {graph.paths[file]: f"{number:06}" for number, leaf in enumerate(leaves) for file in leaf}


def one_more(graph: Graph, limits: Limits) -> tuple[int, float]:
    """(other files that moved, share of the leaves that are the same) when one file is added: the worst of ten."""
    worst = (0, 1.0)
    for turn in range(ADDED):
        new = (2 * turn + 1) * len(graph) // (2 * ADDED)
        before = part_of(graph, [file for file in range(len(graph)) if file != new])
        earlier = places(before, leaves_of(before, limits))
        now = leaves_of(graph, limits, sticky.previous(earlier, graph.paths, {}))
        known = {frozenset(path for path in earlier if earlier[path] == leaf) for leaf in set(earlier.values())}
        same = sum(frozenset(graph.paths[file] for file in leaf) in known for leaf in now) / len(known)
        moved = len(sticky.moved(earlier, places(graph, now), {}))
        worst = (max(worst[0], moved), min(worst[1], same))
    return worst


def later(clone: Path, limits: Limits) -> tuple[int, float, float]:
    """(commits between, share of the files that moved, cut against a fresh one) when time has gone by."""
    base, _ = past(clone)
    old, new = (case_of(clone.name, graph_at(clone, at), [], limits.max_tokens).graph for at in (base, "HEAD"))
    renames = renamed(clone, base)
    earlier = places(old, leaves_of(old, limits))
    now = leaves_of(new, limits, sticky.previous(earlier, new.paths, renames))
    moved = len(sticky.moved(earlier, places(new, now), renames))
    stayed = sum(renames.get(path, path) in set(new.paths) for path in earlier)
    ours, fresh = (edge_cut(leaf_index(leaves, len(new)), new) for leaves in (now, leaves_of(new, limits)))
    commits = int(git(clone, "rev-list", "--count", "--no-merges", f"{base}..HEAD"))
    return commits, moved / max(1, stayed), ours / fresh if fresh else 1.0


def renamed(clone: Path, base: str) -> dict[str, str]:
    """Earlier path -> present path; of unchanged files only, where the clone lacks contents that git must compare."""
    for alike in ("-M", "-M100%"):
        with suppress(CalledProcessError):
            said = git(clone, "diff", "--name-status", "-z", alike, "--diff-filter=R", f"{base}..HEAD").split("\0")
            return dict(zip(said[1::3], said[2::3], strict=False))
    return {}


def seen(clone: Path, max_tokens: int) -> list[float]:
    """Unseen references without, with 10 % and with 20 % of halo, workers that are busy, references honoured."""
    found: list[float] = []
    with tree_at(clone, "HEAD") as tree:
        config = Config(max_tokens=max_tokens, max_files=UNLIMITED, min_files=1, max_depth=64)
        whole = draft(tree, config)
        large = [f"/{path}" for path, tokens in zip(whole.graph.paths, whole.graph.tokens, strict=True)
                 if tokens > 0.8 * max_tokens]  # fmt: skip
        for halo in (0, 10, 20):
            metrics = draft(tree, config.model_copy(update={"halo": halo, "exclude": tuple(large)})).plan.metrics
            found.append(metrics["edges_unseen"])
            if not halo:
                order = [metrics["speedup"], metrics["order_honoured"]]
    return found + order


def row(clone: Path, max_tokens: int) -> list[float]:
    limits = Limits(UNLIMITED, max_tokens, min_files=1, max_depth=64, max_parallel=1)
    graph = case_of(clone.name, graph_at(clone, "HEAD"), [], max_tokens).graph
    return [*one_more(graph, replace(limits)), *later(clone, limits), *seen(clone, max_tokens)]


def line(name: str, values: Sequence[float]) -> str:
    forms = ("{:.0f}", "{:.1%}", "{:,.0f}", "{:.1%}", "{:.2f}", "{:.3f}", "{:.3f}", "{:.3f}", "{:.1f}", "{:.0%}")
    return f"| {name} | {' | '.join(form.format(value) for form, value in zip(forms, values, strict=True))} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clones", nargs="+", type=Path, help="clones with their history, bare or not")
    parser.add_argument("--max-tokens", type=tokens_in, default=32_000)
    options = parser.parse_args()
    print(f"| {' | '.join(TITLES)} |")
    print("|---|" + "---:|" * (len(TITLES) - 1))
    rows = []
    for clone in options.clones:
        rows.append(row(clone.resolve(), options.max_tokens))
        print(line(clone.name, rows[-1]), flush=True)
    print(line("mean", [mean(column) for column in zip(*rows, strict=True)]))


if __name__ == "__main__":
    main()
