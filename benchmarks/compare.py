"""AutoCut against others on repositories with history: `python benchmarks/compare.py CLONE... --max-tokens 32k`.

Tree and signal come from the commit just before the newest 500 eligible commits (without merges, 2 to 20
files); the evaluation are those commits. Files over the token limit are leaves of their own for every method and
are left out. One row per repository, limit and method:

    over    leaves over the limit                       leaves   leaves / the fewest that are possible
    cut     share of references between two leaves      recall   pairs of files that changed together and share a
    touched leaves that a commit touches                         leaf, as a share, mean over commits
    paths   terms (directory/, directory/*, file) that describe a leaf exactly, mean over leaves; in brackets those that
            no cut into as many leaves can avoid: files of directories that are larger than a leaf
    cpu     seconds, user and system

`oracle` is AutoCut fed the evaluation's own commits: what a perfect prediction would give. The last rows are geometric
means of the ratios to `auto`.
"""

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import islice
from math import exp, log
from pathlib import Path

from autonomy.config import Config
from autonomy.decompose import decompose
from autonomy.graph import build_graph
from autonomy.loading import load, load_all
from autonomy.metrics import edge_cut, leaf_bound, leaf_index
from autonomy.model import Graph, Limits, Rows, Workset
from autonomy.scan import scan

NEWEST, FEWEST, MOST = 500, 2, 20
REFERENCES = {"references": 1.0, "history": 0.0, "stem": 0.0, "directory": 0.0, "paths": 0.0}
UNLIMITED = 1_000_000_000


@dataclass(frozen=True)
class Case:
    """The files within the limit, and the future: rows of files that were changed together later."""

    name: str
    graph: Graph
    future: Sequence[Sequence[int]]
    limits: Limits


@dataclass(frozen=True)
class Result:
    repository: str
    max_tokens: int
    method: str
    files: int
    over: int
    leaves: float
    within: bool
    """Leaves <= 1.03 of the fewest possible, rounded up."""
    cut: float
    recall: float
    touched: float
    paths: float
    forced: float
    cpu: float


Method = Callable[[Case], Sequence[Sequence[int]]]


def splitter(name: str, **weights: float) -> Method:
    """The leaves by a splitter that is installed, with chunks where it makes no progress."""

    def leaves(case: Case) -> Sequence[Sequence[int]]:
        chain = [load("splitters", each) for each in dict.fromkeys((name, "chunk"))]
        return [leaf.files for leaf in decompose(case.graph, replace(case.limits, weights=weights), chain).leaves]

    return leaves


def packed_directories(case: Case) -> Sequence[Sequence[int]]:
    """The directory split with its small leaves put together along the tree: as few leaves as directories allow."""
    from autonomy.plugins.splitters.autocut.affinity import problem_of
    from autonomy.plugins.splitters.autocut.pack import pack

    problem, _ = problem_of(Workset(case.graph, range(len(case.graph)), case.limits))
    return pack(problem, splitter("directory")(case))


def oracle(case: Case) -> Sequence[Sequence[int]]:
    """AutoCut that knows the evaluation's commits, each as fresh as the newest."""
    snapshot = replace(case.graph.snapshot, commits=Rows.of(case.future))
    return splitter("auto", history=3.0)(replace(case, graph=replace(case.graph, snapshot=snapshot)))


METHODS: Mapping[str, Method] = {
    "auto": splitter("auto"),
    "auto, references only": splitter("auto", **REFERENCES),
    "directory": splitter("directory"),
    "directory, packed": packed_directories,
    "chunk": splitter("chunk"),
    "tfidf + kmeans": splitter("tfidf"),
    "louvain": splitter("cluster"),
    "metis, references only": splitter("metis", **REFERENCES),
    "metis, all signals": splitter("metis"),
    "oracle": oracle,
}


def git(clone: Path, *words: str) -> str:
    ran = subprocess.run(["git", "-C", str(clone), *words], capture_output=True, check=True)
    return ran.stdout.decode("utf-8", "surrogateescape")


def eligible(clone: Path, revisions: str) -> Iterator[tuple[str, list[str]]]:
    """(commit, its paths), newest first, for commits that say something about which files belong together."""
    text = git(clone, "log", "--no-merges", "--no-renames", "--name-only", "-z", "--format=%x01%H", revisions)
    for record in text.split("\x01")[1:]:
        commit, *paths = (word.strip("\n") for word in record.split("\0"))
        changed = [path for path in paths if path]
        if FEWEST <= len(changed) <= MOST:
            yield commit, changed


def past(clone: Path) -> tuple[str, list[list[str]]]:
    """The commit just before the newest eligible ones, and what these changed."""
    newest = list(islice(eligible(clone, "HEAD"), NEWEST))
    base = git(clone, "rev-parse", f"{newest[-1][0]}~1").strip()
    later = set(git(clone, "rev-list", "--no-merges", f"{base}..HEAD").split())
    return base, [paths for commit, paths in newest if commit in later]


@contextmanager
def tree_at(clone: Path, commit: str) -> Iterator[Path]:
    """A work tree of that commit, for a while."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / clone.name
        subprocess.run(["git", "clone", "-q", "--shared", "--no-checkout", str(clone), str(tree)], check=True)
        git(tree, "checkout", "-q", "--detach", commit)
        yield tree


def graph_at(clone: Path, commit: str) -> Graph:
    languages = load_all("languages")
    with tree_at(clone, commit) as tree:
        return build_graph(scan(tree, Config(), languages), languages)


def read(clone: Path) -> tuple[Graph, list[list[int]]]:
    """The graph of the past, and the future in its rows."""
    base, changes = past(clone)
    graph = graph_at(clone, base)
    row = {path: file for file, path in enumerate(graph.paths)}
    return graph, [[row[path] for path in sorted(paths) if path in row] for paths in changes]


def case_of(name: str, graph: Graph, future: Iterable[Sequence[int]], max_tokens: int) -> Case:
    """The case without the files over the limit."""
    files = [file for file, tokens in enumerate(graph.tokens) if tokens <= max_tokens]
    row = {file: place for place, file in enumerate(files)}
    later = [[row[file] for file in each if file in row] for each in future]
    limits = Limits(UNLIMITED, max_tokens, min_files=1, max_depth=64, max_parallel=1)
    return Case(name, part_of(graph, files), [each for each in later if len(each) >= FEWEST], limits)


def part_of(graph: Graph, files: Sequence[int]) -> Graph:
    """The graph of some of its files, in their order, with what of its references and commits is among them."""
    row = {file: place for place, file in enumerate(files)}

    def kept(rows: Iterable[Sequence[int]]) -> Rows:
        return Rows.of([row[file] for file in each if file in row] for each in rows)

    old = graph.snapshot
    columns = {
        column: [getattr(old, column)[file] for file in files]
        for column in ("paths", "sizes", "lines", "tokens", "languages", "digests")
    }
    names = {column: Rows.of(getattr(old, column)[file] for file in files) for column in ("references", "declares")}
    snapshot = replace(old, **columns, **names, commits=kept(old.commits))
    return Graph(snapshot, kept(graph.references[file] for file in files))


def judge(case: Case, method: str, leaves: Sequence[Sequence[int]], cpu: float) -> Result:
    graph, leaf_of = case.graph, leaf_index(leaves, len(case.graph))
    weights = [sum(graph.tokens[file] for file in leaf) for leaf in leaves]
    bound = leaf_bound(graph, case.limits)
    shares, touched = [], []
    for changed in case.future:
        held = [sum(leaf_of[file] == leaf for file in changed) for leaf in {leaf_of[file] for file in changed}]
        shares.append(sum(count * (count - 1) for count in held) / (len(changed) * (len(changed) - 1)))
        touched.append(len(held))
    return Result(
        repository=case.name,
        max_tokens=case.limits.max_tokens,
        method=method,
        files=len(graph),
        over=sum(weight > case.limits.max_tokens for weight in weights),
        leaves=len(leaves) / bound,
        within=len(leaves) <= -(-bound * 103 // 100),
        cut=edge_cut(leaf_of, graph),
        recall=mean(shares),
        touched=mean(touched),
        paths=mean(terms(graph.paths, leaf_of, len(leaves))),
        forced=forced(case) / len(leaves),
        cpu=cpu,
    )


def terms(paths: Sequence[str], leaf_of: Sequence[int], leaves: int) -> list[int]:
    """How many terms each leaf takes: a directory that is wholly its own, all loose files of one, or single files."""
    below: dict[str, set[int]] = {}
    loose: dict[str, dict[int, int]] = {}
    for path, leaf in zip(paths, leaf_of, strict=True):
        home = path.rpartition("/")[0]
        counts = loose.setdefault(home, {})
        counts[leaf] = counts.get(leaf, 0) + 1
        while leaf not in below.setdefault(home, set()):
            below[home].add(leaf)
            home = home.rpartition("/")[0]
    found = [0] * leaves
    for home, users in below.items():
        if len(users) > 1:
            counts = loose.get(home, {})
            for leaf, count in counts.items():
                found[leaf] += 1 if len(counts) == 1 else count
        elif not home or len(below[home.rpartition("/")[0]]) > 1:
            found[next(iter(users))] += 1
    return found


def forced(case: Case) -> int:
    """The files right in directories whose own files do not fit into one leaf: each is a term, whatever the cut."""
    weight: dict[str, int] = {}
    count: dict[str, int] = {}
    for path, tokens in zip(case.graph.paths, case.graph.tokens, strict=True):
        home = path.rpartition("/")[0]
        weight[home] = weight.get(home, 0) + tokens
        count[home] = count.get(home, 0) + 1
    return sum(count[home] for home in weight if weight[home] > case.limits.max_tokens)


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def measure(case: Case, method: str) -> Result:
    before = time.process_time()
    leaves = METHODS[method](case)
    return judge(case, method, leaves, time.process_time() - before)


def table(results: Sequence[Result]) -> str:
    """Markdown: every result, then each method's mean ratios to `auto`."""
    lines = [
        "| repository | limit | method | leaves | over | cut | recall | touched | paths | cpu |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for result in results:
        mark = "" if result.within else " >1.03"
        lines.append(
            f"| {result.repository} ({result.files:,}) | {result.max_tokens:,} | {result.method} |"
            f" {result.leaves:.3f}{mark} | {result.over} | {result.cut:.3f} | {result.recall:.3f} |"
            f" {result.touched:.2f} | {result.paths:.1f} ({result.forced:.1f}) | {result.cpu:.2f} |"
        )
    return "\n".join([*lines, "", *_ratios(results)])


def _ratios(results: Sequence[Result]) -> Iterator[str]:
    auto = {(each.repository, each.max_tokens): each for each in results if each.method == "auto"}
    yield "| limit | method | cut of auto / its | recall of auto / its | paths, mean | cases |"
    yield "|---|---|---|---|---|---|"
    for limit in dict.fromkeys(each.max_tokens for each in results):
        for method in dict.fromkeys(each.method for each in results):
            pairs = [
                (auto[each.repository, limit], each)
                for each in results
                if (each.max_tokens, each.method) == (limit, method) and (each.repository, limit) in auto
            ]
            cut = _geometric([mine.cut / its.cut for mine, its in pairs if its.cut])
            recall = _geometric([mine.recall / its.recall for mine, its in pairs if its.recall and mine.recall])
            paths = mean([its.paths for _, its in pairs])
            yield f"| {limit:,} | {method} | {cut:.3f} | {recall:.2f} | {paths:.1f} | {len(pairs)} |"


def _geometric(values: Sequence[float]) -> float:
    return exp(mean([log(value) for value in values]))


def tokens_in(text: str) -> int:
    return int(text.rstrip("kK")) * (1000 if text[-1] in "kK" else 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clones", nargs="+", type=Path, help="clones with their history, bare or not")
    parser.add_argument("--max-tokens", action="append", type=tokens_in, help="may be given more than once [32k]")
    parser.add_argument("--method", action="append", choices=list(METHODS), help="may be given more than once [all]")
    parser.add_argument("--json", type=Path, help="write the results there, too")
    options = parser.parse_args()
    results: list[Result] = []
    for clone in options.clones:
        graph, future = read(clone.resolve())
        for max_tokens in options.max_tokens or [32_000]:
            case = case_of(clone.name, graph, future, max_tokens)
            results.extend(measure(case, method) for method in options.method or METHODS)
    print(table(results))
    if options.json:
        options.json.write_text(json.dumps([asdict(result) for result in results], indent=1) + "\n")


if __name__ == "__main__":
    main()
