"""Bring what leaves changed onto a fresh branch, one commit per leaf. The user's work tree and index are not read even.

Commits are made in the engine's own git directory, by one stream; only leaves that touch the same ground are
merged three ways. The user's repository receives one pack and one compare-and-swap at the end.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from shlex import join

from autonomy.escape import terminal
from autonomy.git import Repository, head_commit
from autonomy.journal.events import Header
from autonomy.journal.fold import Run
from autonomy.journal.results import ResultStore
from autonomy.mergeback.endings import Endings
from autonomy.mergeback.objects import Forge
from autonomy.mergeback.publish import anchor, branch_state, publish, publish_branch
from autonomy.mergeback.steps import Conflict, Contribution, Merge, levels, overlaps, refused, sift
from autonomy.mergeback.stream import Step, Write
from autonomy.mergeback.threeway import reconcile
from autonomy.model import Plan, Status, SubplanId

__all__ = ["Merge", "Source", "anchor", "merge"]

Judge = Callable[[str], bool]
"""Whether the tree of a commit (of the engine's git directory) passes the validation."""


@dataclass(frozen=True)
class Source:
    """A run to merge: what was planned, where it stands, where its results are, on which commit it was based.

    `prefix` is where the plan's root lies in the repository, with a slash at its end; empty for its top.
    """

    plan: Plan
    run: Run
    results: ResultStore
    repository: Repository
    engine: Path
    base: str
    prefix: str = ""

    @property
    def header(self) -> Header:
        return self.run.header

    @cached_property
    def forge(self) -> Forge:
        return Forge(self.engine, f"refs/autonomy/{self.header.run_id}/scratch", int(self.header.at))

    @cached_property
    def levels(self) -> list[list[Contribution]]:
        """What is to be merged, by dependency level."""
        slugs = {leaf.id: leaf.slug for leaf in self.plan.leaves}
        found = [[self._contribution(leaf, slugs[leaf]) for leaf in level] for level in levels(self.plan)]
        return [[each for each in level if each] for level in found]

    def _contribution(self, leaf: SubplanId, slug: str) -> Contribution | None:
        state = self.run.leaves.get(leaf)
        if state is None or state.result is None:
            return None
        edits = tuple(replace(edit, path=self.prefix + edit.path) for edit in self.results.edits(state.result))
        if not edits:
            return None
        started = state.accepted.started if state.accepted else None
        attempt, candidate = (started.attempt, started.candidate) if started else (1, 1)
        return Contribution(leaf, slug, state.result, edits, attempt, candidate)

    def writes(self, contribution: Contribution) -> list[Write]:
        """All that a contribution changes, as a commit should hold it."""
        patch = self.results.get(contribution.result)
        pairs = zip(contribution.edits, patch, strict=True)
        return self._endings.stored([Write(edit.path, change.mode, change.content) for edit, change in pairs])

    @cached_property
    def _endings(self) -> Endings:
        return Endings(self.repository, self.forge, self.base)

    def step(self, contribution: Contribution, writes: Sequence[Write]) -> Step:
        command = terminal(join(self.header.command))
        title = f"{contribution.slug}: {command}" if command else contribution.slug
        trailers = {
            "Autonomy-Run": self.header.run_id,
            "Autonomy-Leaf": contribution.leaf,
            "Autonomy-Attempt": str(contribution.attempt),
            "Autonomy-Candidate": str(contribution.candidate),
            "Autonomy-Result": contribution.result,
            "Autonomy-Plan": self.header.plan_digest,
        }
        body = f"\n{command}\n" if len(title) > _TITLE else ""
        lines = "".join(f"{name}: {value}\n" for name, value in trailers.items())
        return Step(f"{_cut(title)}\n{body}\n{lines}", writes)


_TITLE = 72


def _cut(title: str) -> str:
    return title if len(title) <= _TITLE else title[: _TITLE - 3] + "..."


def merge(
    source: Source,
    *,
    into: str | None = None,
    judge: Judge | None = None,
    dry_run: bool = False,
    squash: bool = False,
) -> Merge:
    """Merge all leaves of a run that succeeded and changed something, in dependency order.

    With `judge`, each dependency level is judged once it is added, and the leaf that breaks it is parked.
    Leaves that conflict stop the merge; their commits are kept under `refs/autonomy/RUN/conflict/`.

    Raises:
        JournalError: a result is missing or damaged.
        InputError: the judge does not even pass the base.
        MergeConflict: the branch exists and is not ours, or is checked out.
        EnvironmentFault: a repository can't be written.
    """
    branch = into or f"autonomy/{source.header.run_id}"
    branch_state(source.repository, branch, source.header.run_id)
    done = Merge(branch, source.base, None, unchanged=_unchanged(source))
    everything = [each for level in source.levels for each in level]
    ground = _reconcile(source, everything)
    if conflicts := ground.conflicts:
        if not dry_run:
            _keep_conflicting(source, everything, conflicts)
        return replace(done, conflicts=conflicts)
    if judge is not None:
        sifted = sift(source.levels, _passes(source, judge))
        done = replace(done, parked=tuple(each.leaf for each in sifted.parked))
        everything = sifted.kept
        ground = _reconcile(source, everything)
    if not everything:
        return done
    tip = source.forge.chain(source.base, _steps(source, everything, ground))[-1]
    if squash:
        tip = source.forge.commit_tree(source.forge.tree_of(tip), source.base, _squashed(source, everything))
    files = len(source.forge.difference(source.base, tip))
    if not dry_run:
        publish_branch(source.repository, source.engine, branch, source.header.run_id, tip)
    merged = tuple(each.leaf for each in everything)
    return replace(done, commit=tip, merged=merged, files=files, published=not dry_run)


def _unchanged(source: Source) -> tuple[SubplanId, ...]:
    changed = {each.leaf for level in source.levels for each in level}
    return tuple(
        leaf.id for leaf in source.plan.leaves if leaf.id not in changed and _has_succeeded(source.run, leaf.id)
    )


def _has_succeeded(run: Run, leaf: SubplanId) -> bool:
    state = run.leaves.get(leaf)
    return bool(state and state.settled and state.settled.status is Status.SUCCEEDED)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What overlapping contributions have to write instead, by their index, and what stands against them."""

    writes: Mapping[int, Sequence[Write]]
    conflicts: tuple[Conflict, ...]


def _reconcile(source: Source, contributions: Sequence[Contribution]) -> _Ground:
    conflicts = list(refused(contributions))
    writes: dict[int, Sequence[Write]] = {}
    for group in () if conflicts else overlaps(contributions):
        members = [contributions[index] for index in group]
        merged, clashes = reconcile(source.forge, source.base, members, [source.writes(each) for each in members])
        writes |= dict(zip(group, merged, strict=True))
        conflicts += clashes
    return _Ground(writes, tuple(conflicts))


def _steps(source: Source, contributions: Sequence[Contribution], ground: _Ground) -> Iterator[Step]:
    """One step per contribution, in order; each is read only when its turn comes."""
    for index, each in enumerate(contributions):
        yield source.step(each, ground.writes[index] if index in ground.writes else source.writes(each))


def _passes(source: Source, judge: Judge) -> Callable[[Sequence[Contribution]], bool]:
    def passes(contributions: Sequence[Contribution]) -> bool:
        ground = _reconcile(source, contributions)
        if ground.conflicts:
            return False
        commits = source.forge.chain(source.base, _steps(source, contributions, ground))
        return judge(commits[-1] if commits else source.base)

    return passes


def _keep_conflicting(source: Source, contributions: Sequence[Contribution], conflicts: Sequence[Conflict]) -> None:
    """Each leaf in conflict as a commit of its own on the base, for people to merge by git."""
    involved = {leaf for conflict in conflicts for leaf in conflict.leaves}
    unsafe = {conflict.leaves[-1] for conflict in refused(contributions)}
    refs: Mapping[str, str] = {
        f"refs/autonomy/{source.header.run_id}/conflict/{each.leaf}": source.forge.chain(
            source.base, [source.step(each, source.writes(each))]
        )[-1]
        for each in contributions
        if each.leaf in involved - unsafe
    }
    if refs:
        publish(source.repository, source.engine, refs, {}, head_commit(source.repository))


def _squashed(source: Source, contributions: Sequence[Contribution]) -> str:
    command = terminal(join(source.header.command))
    title = _cut(f"{command} on {len(contributions)} leaves")
    names = "".join(f"- {each.slug} ({each.leaf})\n" for each in contributions)
    return f"{title}\n\n{names}\nAutonomy-Run: {source.header.run_id}\nAutonomy-Plan: {source.header.plan_digest}\n"
