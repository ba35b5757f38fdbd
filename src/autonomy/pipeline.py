"""The program on one page: scan, graph, decompose, order, assemble; then run the leaves."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autonomy import analysis, decompose, engine, metrics, order, state
from autonomy.assemble import assemble, content_digest
from autonomy.atlas import Atlas, survey
from autonomy.comparing import violations
from autonomy.config import Config
from autonomy.engine import Ran, Record
from autonomy.errors import InputError, UsageError
from autonomy.explain.files import Weights
from autonomy.graph import build_graph, language_table
from autonomy.loading import load, load_all
from autonomy.model import Graph, Outcome, Plan, Status, Subplan, SubplanId, Workset
from autonomy.naming import counted
from autonomy.protocols import Language, Splitter, Weighing
from autonomy.scan import head_reader, scan
from autonomy.schedule import Schedule, bottom_levels
from autonomy.steering import earlier_leaves, pins_for, stayed
from autonomy.surroundings import Surroundings, surroundings

BRIEFS = "briefs"
Notice = Callable[[str, str], None]
"""(stage, what it found): called once per stage, for progress."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan with what it was made from."""

    plan: Plan
    graph: Graph
    languages: Sequence[Language]
    around: Surroundings

    @property
    def hubs(self) -> list[tuple[str, int]]:
        """(path, how many other leaves refer to it) of the files that very many leaves refer to."""
        rows = {path: row for row, path in enumerate(self.graph.paths)}
        leaves = [[rows[path] for path in leaf.files] for leaf in self.plan.leaves]
        return [(self.graph.paths[file], users) for file, users in order.hubs(leaves, self.graph)]


def root_of(path: str | Path) -> Path:
    """The directory to plan, absolute.

    Raises:
        InputError: there is no such directory.
    """
    root = Path(path)
    try:
        if not root.is_dir():
            raise InputError(f"{path}: {'not a directory' if root.exists() else 'no such directory'}")
        return root.resolve()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None


def draft(root: Path, config: Config, notice: Notice = lambda _stage, _found: None, since: Path | None = None) -> Draft:
    """Scan, cut, order and grade; with `since`, files stay in the leaves of that plan or lock where they can.

    Raises:
        AutonomyError: what a user can act on.
    """
    languages = load_all("languages")
    splitters = chain(config.strategy)
    snapshot = scan(root, config, languages)
    graph = build_graph(snapshot, languages)
    notice("Map", _mapped(graph))
    limits = config.limits()
    pins = pins_for(root, config, graph)
    earlier = earlier_leaves(root, since, graph) if since else {}
    tree = decompose.decompose(graph, limits, splitters, pins, earlier)
    leaves = [leaf.files for leaf in tree.leaves]
    waits = order.waits_for(leaves, graph, config.order, config.max_parallel)
    if earlier:
        fresh = decompose.decompose(graph, limits, splitters, pins)
        notice("Since", stayed(graph, leaves, [leaf.files for leaf in fresh.leaves], earlier))
    baseline = decompose.decompose(graph, limits, chain("directory"))
    grades = metrics.grade(graph, limits, tree, baseline, waits.honoured)
    bare = assemble(tree, graph, waits.waits, grades, config.model_dump(mode="json"))
    notice("Decompose", _decomposed(bare))
    around = Surroundings(unseen=grades["edge_cut"])
    if config.halo:
        around = surroundings(root, config, graph, leaves, languages)
        notice("Halo", _seen(around, grades["edge_cut"]))
    more = {**metrics.pace(bare, config.max_parallel), **around.metrics}
    finished = Plan(bare.nodes, bare.waits_for, {**grades, **more}, bare.revision, bare.config, bare.skipped)
    return Draft(finished, graph, languages, around)


def chain(strategy: str) -> list[Splitter]:
    """The splitters to ask, in order: the one that was named, then those that help where it makes no progress."""
    names = {"auto": ["auto", "directory", "chunk"], "chunk": ["chunk"]}.get(strategy, [strategy, "chunk"])
    return [load("splitters", name) for name in names]


def analyse(
    root: Path,
    drafted: Draft,
    record: Record,
    max_parallel: int,
    home: Path | None = None,
    only: frozenset[SubplanId] | None = None,
) -> Ran:
    """Write a brief for each leaf, at most `max_parallel` at once, in dependency order; into the state of `home`."""
    home = state.ensure(home or root) / BRIEFS
    home.mkdir(exist_ok=True)
    atlas = survey(drafted.plan, drafted.graph)
    table = language_table(drafted.languages)
    open_heads = head_reader(root, analysis.HEAD)
    places = {leaf.id: place for place, leaf in enumerate(drafted.plan.leaves)}
    # One interpreter runs one thread at a time. Ten that read thousands of small files hand it over at every read:
    # two thirds of a million system calls for 20,000 files, a twelfth of the processor time of the whole plan.
    turn = threading.Lock()

    def work(leaf: Subplan, _attempt: int) -> str:
        with turn, open_heads() as read:
            text = analysis.brief(leaf, atlas, table, read, drafted.around.section(places[leaf.id]))
        state.write(home / f"{leaf.slug}.md", text)
        return f"{BRIEFS}/{leaf.slug}.md"

    executor = load("executors", "threads")(max_parallel)
    passed_over = [
        Outcome(leaf.id, Status.SUCCEEDED) for leaf in drafted.plan.leaves if only is not None and leaf.id not in only
    ]
    ran = engine.run(Schedule(drafted.plan, passed_over), executor, work, record)
    current = {f"{leaf.slug}.md" for leaf in drafted.plan.leaves}
    for stale in home.glob("*.md"):
        if stale.name not in current:
            stale.unlink(missing_ok=True)
    return ran


def graph_of(root: Path, drafted: Plan) -> Graph:
    """The files and references of the tree as it stands, read as the plan's were."""
    return build_graph(scan(root, _config_of(drafted), languages := load_all("languages")), languages)


def atlas_of(root: Path, drafted: Plan) -> tuple[Atlas, bool]:
    """Look-ups over a saved plan and the tree as it stands, and whether a file has changed since.

    Raises:
        InputError: files came or went since the plan was made.
    """
    graph = graph_of(root, drafted)
    _same_files(root, drafted, graph)
    return survey(drafted, graph), content_digest(graph.snapshot.digests) != drafted.root.digest


def redraft(root: Path, drafted: Plan) -> Draft:
    """A plan again with what it was made from, as the tree stands.

    Raises:
        InputError: files came or went since the plan was made.
    """
    languages, config = load_all("languages"), _config_of(drafted)
    graph = build_graph(scan(root, config, languages), languages)
    _same_files(root, drafted, graph)
    rows = {path: row for row, path in enumerate(graph.paths)}
    leaves = [[rows[path] for path in leaf.files] for leaf in drafted.leaves]
    bare = Surroundings(unseen=drafted.metrics["edge_cut"])
    around = surroundings(root, config, graph, leaves, languages) if config.halo else bare
    return Draft(drafted, graph, languages, around)


def _config_of(drafted: Plan) -> Config:
    return Config.model_validate_json(json.dumps(drafted.config))


def _same_files(root: Path, drafted: Plan, graph: Graph) -> None:
    planned = {path for leaf in drafted.leaves for path in leaf.files}
    found = set(graph.paths)
    if planned != found:
        raise InputError(
            f"{root}: {len(found - planned):,} files came and {len(planned - found):,} went since it was planned;"
            " run `autonomy plan` again"
        )


def weighed(root: Path, plan: Plan, atlas: Atlas, file: int) -> tuple[Weights, list[str]]:
    """What the plan's splitter went by for a file, empty where it does not say; and what people said of the file.

    Raises:
        AutonomyError: the pins do not hold for the tree any more.
    """
    config = _config_of(plan)
    splitter, graph = load("splitters", config.strategy), atlas.graph
    pins = pins_for(root, config, graph)
    rules = [f"{rule}, with {len(group) - 1:,} more files" for rule in ("together", "alone")
             for group in getattr(pins, rule) if file in group]  # fmt: skip
    rules += ["apart from others" for sides in pins.apart if any(file in side for side in sides)]
    if not isinstance(splitter, Weighing):
        return {}, rules
    limits = decompose.feed(config.limits(), len(graph), sum(graph.tokens))
    return splitter.ties(Workset(graph, range(len(graph)), limits, pins), file), rules


def violations_of(root: Path, drafted: Plan) -> Iterator[str]:
    """What a gate must refuse in a saved plan, held against the tree as it stands.

    Raises:
        UsageError: its leaves wait for each other.
    """
    graph = graph_of(root, drafted)
    bottom_levels(drafted, {leaf.id: 1.0 for leaf in drafted.leaves})
    return violations(drafted, graph)


def path_in(root: Path, name: str) -> str:
    """What a person typed, relative to the root: from the current directory, or from the root itself."""
    try:
        return (Path.cwd() / name).relative_to(root).as_posix()
    except ValueError:
        return name


def render(name: str, drafted: Plan, rows: int | None = None) -> str:
    """The plan by a renderer; with `rows`, no more lines than that, the rest counted.

    Raises:
        UsageError: there is none of that name, or it draws no plans.
    """
    renderer = load("renderers", name)
    if not hasattr(renderer, "render"):
        raise UsageError(f"--format {name} tells of plans and runs: autonomy report --format {name}")
    text: str = renderer.render(drafted)
    lines = text.splitlines(keepends=True)
    if rows is None or len(lines) <= rows:
        return text
    return "".join(lines[: rows - 1]) + f"... {len(lines) - rows + 1:,} more lines (autonomy show)\n"


def _mapped(graph: Graph) -> str:
    commits = counted(len(graph.commits), "commit") if len(graph.commits) else "no history"
    return f"{counted(len(graph), 'file')}, {counted(len(graph.references.items), 'reference')}, {commits}"


def _seen(around: Surroundings, cut: float) -> str:
    skeletons = sum(map(len, around.halos))
    most = max(around.tokens, default=0)
    return (
        f"{skeletons:,} skeletons of outside files, at most {most:,} tokens per subplan:"
        f" {around.unseen:.1%} of the references unseen, {cut:.1%} without"
    )


def _decomposed(drafted: Plan) -> str:
    found: Mapping[str, float] = drafted.metrics
    sizes = [leaf.file_count for leaf in drafted.leaves]
    weights = [leaf.tokens for leaf in drafted.leaves]
    return f"{counted(len(sizes), 'subplan')}, depth {found['depth']}, {_span(sizes)} files, {_span(weights)} tokens"


def _span(sizes: Sequence[int]) -> str:
    low, high = min(sizes), max(sizes)
    return f"{low:,}-{high:,}" if low < high else f"{low:,}"
