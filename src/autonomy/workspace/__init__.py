"""Isolated trees for leaves: which kinds there are, and which one this machine gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autonomy import git
from autonomy.errors import EnvironmentFault, InputError, UsageError
from autonomy.git.capture import inert_settings
from autonomy.git.repository import uses_sha256
from autonomy.protocols import Enter, Workspace
from autonomy.workspace import landlock, namespaces, probes
from autonomy.workspace.base import from_commit
from autonomy.workspace.in_place import InPlace
from autonomy.workspace.overlay import Overlays
from autonomy.workspace.probes import Probe, probe
from autonomy.workspace.worktree import Source, Worktrees

__all__ = ["KINDS", "Choice", "Probe", "Site", "choose", "open_workspace", "probe"]

KINDS = ("overlay", "worktree", "none")
"""The best first."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The isolation that a run gets, and why it is not a better one."""

    kind: str
    confined: bool
    """Whether Landlock denies writes outside of the slot."""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """Where a run takes place."""

    root: Path
    """The directory that was planned; absolute."""
    run_id: str
    state: Path
    """The program's directory outside of the repository."""
    base: str | None = None
    """The commit that leaves start from: what the user sees, unless `from_ref`."""
    from_ref: bool = False
    writable: tuple[Path, ...] = ()
    """Where commands may write besides their slot, their TMPDIR and their AUTONOMY_OUT."""


def choose(wanted: str, root: Path, state: Path, *, from_ref: bool = False) -> Choice:
    """Find out what the machine gives and take the best of what is wanted: a kind, or `auto`.

    Call this before any thread is started: without root's rights, an overlay needs this process to move into a user
    namespace, which it does here.

    Raises:
        UsageError: there is no such kind.
        EnvironmentFault: the kind that was asked for does not work here, or none does.
    """
    if wanted not in ("auto", *KINDS):
        raise UsageError(f"--isolation {wanted}: no such kind; known: auto, {', '.join(KINDS)}")
    confined = probes.confinement().works
    if wanted == "none":
        return Choice("none", False)
    reasons: list[str] = []
    for kind in KINDS[:2] if wanted == "auto" else (wanted,):
        found = _probed(kind, root, state, from_ref=from_ref)
        if found.works:
            return Choice(kind, confined, tuple(reasons))
        reasons.append(f"{kind}: {found.why}")
    raise EnvironmentFault(f"no isolation: {'; '.join(reasons)}; --isolation none runs in the tree itself")


def _probed(kind: str, root: Path, state: Path, *, from_ref: bool) -> Probe:
    if kind == "worktree":
        return probes.worktree(root)
    if from_ref:
        return Probe(kind, False, "it shows the tree as it stands, not the one of --base")
    repository = git.find_repository(root)
    found = probes.overlay(repository.top if repository and repository.top else root, state)
    if found.works:
        try:
            namespaces.become_mounter()
        except OSError as error:
            return Probe(kind, False, error.strerror or str(error))
    return found


def open_workspace(choice: Choice, site: Site) -> Workspace:
    """The workspace of a run; to be closed.

    Raises:
        InputError: there is no commit to start from.
    """
    if choice.kind == "none":
        return InPlace(site.root)
    repository = git.find_repository(site.root)
    if repository is None or site.base is None:
        raise InputError(f"{site.root}: no commit to start from; commit first, or run with --isolation none")
    engine = git.engine_dir(site.state, repository)
    base = from_commit(repository, engine, site.base, site.root)
    home = site.state / "slots" / site.run_id
    confinement = Confinement(site.writable) if choice.confined else None
    source = Source(
        engine, site.base, (engine / "objects", repository.common_dir / "objects"),
        tuple(inert_settings(repository, engine)), "sha256" if uses_sha256(repository) else "sha1",
    )  # fmt: skip
    confine = confinement.of if confinement else lambda _tree: None
    if choice.kind == "worktree":
        return Worktrees(home, base, source, confine)
    trees = Worktrees(home / "trees", base, source, confine)
    covered = (base.top,) if repository.common_dir.is_relative_to(base.top) else (base.top, repository.common_dir)
    return Overlays(home, site.root, base, covered, confinement, given_up=trees.given_up, instead=trees)


@dataclass(frozen=True, slots=True)
class Confinement:
    """Landlock for a command: its slot, its own TMPDIR and AUTONOMY_OUT, and what the user allows besides."""

    writable: tuple[Path, ...] = ()

    def __call__(self, env: Mapping[str, str], trees: Sequence[Path]) -> None:
        own = (env[name] for name in ("TMPDIR", "AUTONOMY_OUT") if env.get(name))
        landlock.restrict([*trees, *map(Path, own), *self.writable])

    def of(self, tree: Path) -> Enter:
        return lambda env: self(env, [tree])
