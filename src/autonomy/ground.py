"""Where the leaves of a run work, which commit they start from, and how what they did comes back."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from autonomy import git, mergeback, workspace
from autonomy.errors import InputError, UsageError
from autonomy.journal.events import Header
from autonomy.journal.fold import Run
from autonomy.journal.results import ResultStore
from autonomy.journal.runs import RunDirectory
from autonomy.model import Plan, SubplanId
from autonomy.process import Command, Supervisor
from autonomy.protocols import Workspace
from autonomy.template import INHERITED


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


def ground_elsewhere(root: Path, isolation: str, ref: str | None) -> Ground:
    """The commit that leaves on other machines start from; each of these finds out what isolation it gives.

    Raises:
        UsageError: there is no such isolation, or none is wanted.
        InputError: no repository or no commit.
    """
    if isolation not in ("auto", *workspace.KINDS[:2]):
        raise UsageError(f"--isolation {isolation}: workers of a cluster give auto, {', '.join(workspace.KINDS[:2])}")
    repository = git.find_repository(root)
    if repository is None or git.head_commit(repository) is None:
        raise InputError(f"{root}: {'no git repository' if repository is None else 'no commit yet'}; commit first")
    engine_home = git.engine_dir(git.state_dir(), repository)
    base = git.snapshot_commit(repository, engine_home) if ref is None else git.commit_of(repository, ref)
    return Ground(root, isolation, base, ref is not None, False)


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
    if choice.kind == "overlay" and repository is not None:
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


def affected(root: Path, drafted: Plan, ref: str) -> frozenset[SubplanId]:
    """The leaves with files that changed since `ref`, uncommitted changes included, and all that wait for them.

    Raises:
        InputError: no repository, or no such commit.
    """
    repository = git.find_repository(root)
    if repository is None:
        raise InputError(f"{root}: no git repository; --affected asks git what changed")
    home = git.engine_dir(git.state_dir(), repository)
    changed = git.changed_between(home, git.commit_of(repository, ref), git.snapshot_commit(repository, home))
    prefix = "" if repository.top in (None, root) else f"{root.relative_to(str(repository.top)).as_posix()}/"
    touched = {path.removeprefix(prefix) for path in changed if path.startswith(prefix)}
    found = {leaf.id for leaf in drafted.leaves if not touched.isdisjoint(leaf.files)}
    waiting = dict(drafted.waits_for)
    while more := {leaf for leaf, befores in waiting.items() if leaf not in found and not found.isdisjoint(befores)}:
        found |= more
    return frozenset(found)


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
