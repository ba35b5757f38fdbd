"""The program on one page: scan, graph, decompose, order, assemble; then run the leaves."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from autonomy import analysis, decompose, engine, git, mergeback, metrics, order, planfile, state, sticky, workspace
from autonomy.assemble import assemble, content_digest
from autonomy.atlas import Atlas, survey
from autonomy.comparing import violations
from autonomy.config import Config
from autonomy.engine import Ran, Record
from autonomy.errors import InputError
from autonomy.graph import build_graph, language_table
from autonomy.journal.events import Header
from autonomy.journal.fold import Run
from autonomy.journal.results import ResultStore
from autonomy.journal.runs import RunDirectory
from autonomy.loading import load, load_all
from autonomy.model import Graph, Pins, Plan, Subplan
from autonomy.pins import owned, pins_of
from autonomy.process import Command, Supervisor
from autonomy.protocols import Language, Splitter, Workspace
from autonomy.scan import read_heads, scan
from autonomy.schedule import Schedule, bottom_levels
from autonomy.template import INHERITED

BRIEFS = "briefs"
STALE_CUT = 1.10
"""A cut that stayed and is worse than this, against a fresh one, is said to be so."""
Notice = Callable[[str, str], None]
"""(stage, what it found): called once per stage, for progress."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan with what it was made from."""

    plan: Plan
    graph: Graph
    languages: Sequence[Language]


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


def plan(root: str | Path = ".", *, config: Config | None = None, since: str | None = None) -> Plan:
    """Cut the repository at `root` into a tree of subplans. Offline and deterministic; edits nothing.

    Raises:
        AutonomyError: what a user can act on: no such directory, an unknown splitter, ...
    """
    return draft(root_of(root), config or Config(), since=Path(since) if since else None).plan


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
        notice("Since", _stayed(graph, leaves, [leaf.files for leaf in fresh.leaves], earlier))
    baseline = decompose.decompose(graph, limits, chain("directory"))
    grades = metrics.grade(graph, limits, tree, baseline, waits.honoured)
    bare = assemble(tree, graph, waits.waits, grades, config.model_dump(mode="json"))
    notice("Decompose", _decomposed(bare))
    finished = Plan(
        bare.nodes, bare.waits_for, {**grades, **metrics.pace(bare, config.max_parallel)},
        bare.revision, bare.config, bare.skipped,
    )  # fmt: skip
    return Draft(finished, graph, languages)


def pins_for(root: Path, config: Config, graph: Graph) -> Pins:
    """What people decide about the cut: the pins of the configuration and, with `by = owners`, CODEOWNERS.

    Raises:
        UsageError: pins that contradict each other.
        InputError: owners were asked for, and there is no CODEOWNERS file.
    """
    wanted = config.pins
    found = pins_of(graph.paths, wanted.together, wanted.apart, wanted.alone)
    if not config.by:
        return found
    with read_heads(root, 1 << 20) as read:
        for place in (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"):
            if place in graph.paths:
                return replace(found, owners=owned(graph.paths, read(place).decode("utf-8", "replace")))
    raise InputError(f"{root}: --by owners, and there is no CODEOWNERS file")


def earlier_leaves(root: Path, since: Path, graph: Graph) -> Mapping[int, int]:
    """File -> the number of its leaf in an earlier plan or lock; renames that git knows are followed.

    Raises:
        InputError: there is no such file.
        UsageError: it is neither a plan nor a lock.
    """
    try:
        text = since.read_bytes()
    except OSError as error:
        raise InputError(f"--since {since}: {error.strerror}") from None
    if b'"autonomy.lock/v1"' in text[:200]:
        return sticky.previous(sticky.read_lock(text.decode("utf-8", "surrogateescape")), graph.paths, {})
    earlier = planfile.loads(text, str(since))
    repository = git.find_repository(root)
    renames: Mapping[str, str] = {}
    if repository is not None and earlier.revision and graph.snapshot.revision not in (None, earlier.revision):
        home = git.engine_dir(git.state_dir(), repository)
        renames = git.renames_between(home, earlier.revision, str(graph.snapshot.revision))
    return sticky.previous(sticky.places(earlier), graph.paths, renames)


def _stayed(
    graph: Graph, leaves: Sequence[Sequence[int]], fresh: Sequence[Sequence[int]], earlier: Mapping[int, int]
) -> str:
    """How many files stayed where they were, and how good the cut still is against one made afresh."""
    heirs = {number: max(range(len(leaves)), key=_shares(leaves, earlier, number)) for number in set(earlier.values())}
    places = metrics.leaf_index(leaves, len(graph))
    moved = sum(places[file] != heirs[number] for file, number in earlier.items())
    ours, theirs = metrics.edge_cut(places, graph), metrics.edge_cut(metrics.leaf_index(fresh, len(graph)), graph)
    ratio = ours / theirs if theirs else 1.0
    advice = "; plan without --since to cut afresh" if ratio > STALE_CUT else ""
    return f"{moved:,} of {len(earlier):,} files moved; the cut is {ratio:.2f} of a fresh one{advice}"


def _shares(leaves: Sequence[Sequence[int]], earlier: Mapping[int, int], number: int) -> Callable[[int], int]:
    return lambda place: sum(earlier.get(file) == number for file in leaves[place])


def chain(strategy: str) -> list[Splitter]:
    """The splitters to ask, in order: the one that was named, then those that help where it makes no progress."""
    names = {"auto": ["auto", "directory", "chunk"], "chunk": ["chunk"]}.get(strategy, [strategy, "chunk"])
    return [load("splitters", name) for name in names]


def analyse(root: Path, drafted: Draft, record: Record, max_parallel: int, home: Path | None = None) -> Ran:
    """Write a brief for each leaf, at most `max_parallel` at once, in dependency order; into the state of `home`."""
    home = state.ensure(home or root) / BRIEFS
    home.mkdir(exist_ok=True)
    atlas = survey(drafted.plan, drafted.graph)
    table = language_table(drafted.languages)

    def work(leaf: Subplan, _attempt: int) -> str:
        with read_heads(root, analysis.HEAD) as read:
            text = analysis.brief(leaf, atlas, table, read)
        state.write(home / f"{leaf.slug}.md", text)
        return f"{BRIEFS}/{leaf.slug}.md"

    executor = load("executors", "threads")(max_parallel)
    ran = engine.run(Schedule(drafted.plan), executor, work, record)
    current = {f"{leaf.slug}.md" for leaf in drafted.plan.leaves}
    for stale in home.glob("*.md"):
        if stale.name not in current:
            stale.unlink(missing_ok=True)
    return ran


def atlas_of(root: Path, drafted: Plan) -> tuple[Atlas, bool]:
    """Look-ups over a saved plan and the tree as it stands, and whether a file has changed since.

    Raises:
        InputError: files came or went since the plan was made.
    """
    languages = load_all("languages")
    config = Config.model_validate_json(json.dumps(drafted.config))
    graph = build_graph(scan(root, config, languages), languages)
    planned = {path for leaf in drafted.leaves for path in leaf.files}
    found = set(graph.paths)
    if planned != found:
        raise InputError(
            f"{root}: {len(found - planned):,} files came and {len(planned - found):,} went since it was planned;"
            " run `autonomy plan` again"
        )
    return survey(drafted, graph), content_digest(graph.snapshot.digests) != drafted.root.digest


def violations_of(root: Path, drafted: Plan) -> Iterator[str]:
    """What a gate must refuse in a saved plan, held against the tree as it stands.

    Raises:
        UsageError: its leaves wait for each other.
    """
    languages = load_all("languages")
    config = Config.model_validate_json(json.dumps(drafted.config))
    graph = build_graph(scan(root, config, languages), languages)
    bottom_levels(drafted, {leaf.id: 1.0 for leaf in drafted.leaves})
    return violations(drafted, graph)


def path_in(root: Path, name: str) -> str:
    """What a person typed, relative to the root: from the current directory, or from the root itself."""
    try:
        return (Path.cwd() / name).relative_to(root).as_posix()
    except ValueError:
        return name


def render(name: str, drafted: Plan, rows: int | None = None) -> str:
    """The plan by a renderer; with `rows`, no more lines than that, the rest counted."""
    text: str = load("renderers", name).render(drafted)
    lines = text.splitlines(keepends=True)
    if rows is None or len(lines) <= rows:
        return text
    return "".join(lines[: rows - 1]) + f"... {len(lines) - rows + 1:,} more lines (autonomy show)\n"


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the leaves of a run work: which kind of isolation, from which commit, and why it is not a better kind."""

    root: Path
    kind: str
    base: str | None
    from_ref: bool
    confined: bool
    reasons: Sequence[str] = ()

    def open(self, run_id: str) -> Workspace:
        """The workspace of a run."""
        choice = workspace.Choice(self.kind, self.confined, tuple(self.reasons))
        site = workspace.Site(self.root, run_id, git.state_dir(), self.base, self.from_ref)
        return workspace.open_workspace(choice, site)


def ground_of(root: Path, isolation: str, ref: str | None) -> Ground:
    """What the machine gives of the isolation that is wanted, and the commit that leaves start from.

    Without `ref` that is what the user sees now, uncommitted and untracked files included. Call it before any
    thread is started.

    Raises:
        InputError: no repository or no commit, where the isolation needs one.
        EnvironmentFault: the machine does not give it.
    """
    repository = git.find_repository(root)
    if isolation == "none" or repository is None or git.head_commit(repository) is None:
        if isolation == "none" and ref is None:
            return Ground(root, "none", None, False, False)
        what = "no git repository" if repository is None else "no commit yet"
        raise InputError(f"{root}: {what}; commit first, or run with --isolation none and without --base")
    engine_home = git.engine_dir(git.state_dir(), repository)
    base = git.snapshot_commit(repository, engine_home) if ref is None else git.commit_of(repository, ref)
    choice = workspace.choose(isolation, root, git.state_dir(), from_ref=ref is not None)
    return Ground(root, choice.kind, base, ref is not None, choice.confined, choice.reasons)


def ground_again(root: Path, header: Header) -> Ground:
    """The ground of a run that goes on.

    Raises:
        InputError: the tree is not what it was, and an overlay would show it.
        EnvironmentFault: the machine does not give the run's isolation any more.
    """
    if header.isolation == "none":
        return Ground(root, "none", header.base, False, False)
    from_ref = bool(header.options.get("from_ref"))
    choice = workspace.choose(header.isolation, root, git.state_dir(), from_ref=from_ref)
    repository = git.find_repository(root)
    if header.isolation == "overlay" and repository is not None:
        engine_home = git.engine_dir(git.state_dir(), repository)
        now = git.snapshot_commit(repository, engine_home)
        if git.tree_of(engine_home, now) != git.tree_of(engine_home, str(header.base)):
            raise InputError(
                f"{root}: the tree has changed since run {header.run_id} started; bring it back, or start a new run"
            )
    return Ground(root, choice.kind, header.base, from_ref, choice.confined)


@contextmanager
def tree_at(root: Path, ground: Ground) -> Iterator[Path]:
    """The directory to plan: the root itself, or a copy of it as `--base` has it."""
    repository = git.find_repository(root)
    if not ground.from_ref or ground.base is None or repository is None:
        yield root
        return
    with TemporaryDirectory(prefix="base-", dir=git.state_dir()) as copy:
        git.export(git.engine_dir(git.state_dir(), repository), ground.base, Path(copy))
        yield Path(copy) / (root.relative_to(repository.top) if repository.top else "")


def merge_source(root: Path, run: Run, drafted: Plan, results: ResultStore) -> mergeback.Source:
    """What `merge` needs to know of a run.

    Raises:
        InputError: the run changed the tree itself, so there is nothing to merge.
    """
    repository = git.find_repository(root)
    if run.header.base is None or repository is None:
        raise InputError(f"run {run.header.run_id}: it worked in the tree itself (--isolation none); nothing to merge")
    engine_home = git.engine_dir(git.state_dir(), repository)
    prefix = "" if repository.top is None else root.relative_to(repository.top).as_posix()
    return mergeback.Source(
        drafted, run, results, repository, engine_home, run.header.base, "" if prefix in ("", ".") else f"{prefix}/"
    )


def judge_of(source: mergeback.Source, lines: Sequence[Sequence[str]], run: RunDirectory) -> Callable[[str], bool]:
    """Whether all validators succeed on the files of a commit, in a copy of their own."""

    def judge(commit: str) -> bool:
        with ExitStack() as stack:
            supervisor = stack.enter_context(Supervisor(run.id))
            tree = Path(stack.enter_context(TemporaryDirectory(prefix="merge-", dir=git.state_dir())))
            git.export(source.engine, commit, tree)
            env = {name: os.environ[name] for name in INHERITED if name in os.environ}
            env |= {"AUTONOMY_RUN_ID": run.id}
            return all(
                supervisor.supervise(
                    Command(tuple(words), tree / source.prefix, env, run.logs / f"merge.{at}.log")
                ).code
                == 0
                for at, words in enumerate(lines, 1)
            )

    return judge


def keep_base(root: Path, ground: Ground, run_id: str) -> None:
    """Anchor the base in the user's repository, so that no `git gc` takes away what a merge will need."""
    repository = git.find_repository(root)
    if ground.base is not None and repository is not None:
        mergeback.anchor(repository, git.engine_dir(git.state_dir(), repository), run_id, ground.base)


def _mapped(graph: Graph) -> str:
    commits = f"{len(graph.commits):,} commits" if len(graph.commits) else "no history"
    return f"{len(graph):,} files, {len(graph.references.items):,} references, {commits}"


def _decomposed(drafted: Plan) -> str:
    found: Mapping[str, float] = drafted.metrics
    sizes = [leaf.file_count for leaf in drafted.leaves]
    weights = [leaf.tokens for leaf in drafted.leaves]
    return (
        f"{len(sizes):,} subplans, depth {found['depth']}, {min(sizes):,}-{max(sizes):,} files,"
        f" {min(weights):,}-{max(weights):,} tokens"
    )
