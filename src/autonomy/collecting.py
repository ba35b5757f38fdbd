"""Join the runs of shards, made on machines that knew nothing of each other, into one run of this repository.

A leaf comes from one shard, whole: its attempts, its result, its logs. What comes from another machine is checked as
what comes from a stranger: journals by their schema, results by their content, the plan by its digest.
"""

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from pydantic import JsonValue

from autonomy import git, mergeback
from autonomy.errors import InputError, UsageError
from autonomy.journal import runs
from autonomy.journal.durable import publish
from autonomy.journal.events import Event, Finished, Header
from autonomy.journal.file import Journal
from autonomy.journal.fold import LeafState, Run
from autonomy.journal.reading import read
from autonomy.journal.runs import RunDirectory
from autonomy.model import Plan, Status, SubplanId
from autonomy.running import plan_of
from autonomy.runreport import NOT_SELECTED

DEEPEST = 8
"""So many directories below a given one runs are looked for."""


@dataclass(frozen=True, slots=True)
class Part:
    """The run of one shard."""

    directory: RunDirectory
    run: Run


@dataclass(frozen=True, slots=True)
class Collected:
    """The joined run, how many runs it was joined from, and the leaves that none of them has settled."""

    directory: RunDirectory
    parts: int
    missing: tuple[SubplanId, ...]


def runs_below(places: Iterable[Path]) -> list[RunDirectory]:
    """The runs that the directories hold: each run itself, or the newest of each directory of runs, at any depth.

    Raises:
        InputError: a directory holds none.
    """
    found: dict[Path, RunDirectory] = {}
    for place in places:
        here = [Path(path) for path in _homes(place)]
        if not here:
            raise InputError(f"{place}: no run in it; give a directory that `autonomy run --shard k/N` wrote")
        newest = {home.parent: home for home in sorted(here)}
        found |= {home.resolve(): RunDirectory(home) for home in newest.values()}
    return [found[home] for home in sorted(found)]


def _homes(place: Path) -> Iterator[str]:
    depth = len(place.parts)
    for directory, below, files in os.walk(place):
        if "journal.sqlite" in files:
            yield directory
            below.clear()
        below[:] = sorted(below) if len(Path(directory).parts) - depth < DEEPEST else []


def collect(root: Path, places: Sequence[Path]) -> Collected:
    """Make one run of `root` out of the runs below `places`. Call it with the runs of `root` locked.

    Raises:
        InputError: no run there, or the commit that they started from is not here.
        UsageError: they are not shards of one run: another plan, base or command.
        JournalError: a journal or a result is damaged.
    """
    parts = [Part(directory, read(directory.journal)) for directory in runs_below(places)]
    first = parts[0]
    for other in parts[1:]:
        _check_alike(first, other)
    plan = plan_of(first.directory, first.run.header)
    _bring_base(root, first.run.header.base)
    chosen = {leaf.id: part for leaf in plan.leaves if (part := _best(parts, leaf.id))}
    target = runs.new_run(root)
    publish(target.path / "plan.json", [(first.directory.path / "plan.json").read_bytes()])
    with _journal(target, parts) as journal:
        leases = count(1)
        for leaf, part in chosen.items():
            _adopt(target, part, leaf)
            journal.append(*_retold(part.run.leaves[leaf], leases))
        journal.append(_finished(parts))
    for part in parts:
        _bring_files(part.directory, target)
    if first.run.header.base is not None:
        _anchor(root, target.id, first.run.header.base)
    return Collected(target, len(parts), _missing(plan, chosen))


def _check_alike(one: Part, other: Part) -> None:
    mine, theirs = one.run.header, other.run.header
    for what in ("plan_digest", "base", "command", "recipe"):
        if getattr(mine, what) != getattr(theirs, what):
            raise UsageError(
                f"{other.directory.path}: not a shard of the same run as {one.directory.path}:"
                f" {what.replace('_digest', '')} {_short(theirs, what)}, not {_short(mine, what)}"
            )


def _short(header: Header, what: str) -> str:
    value = getattr(header, what)
    return " ".join(value) if isinstance(value, tuple) else str(value)[:12]


def _best(parts: Sequence[Part], leaf: SubplanId) -> Part | None:
    """The shard whose word on a leaf counts: one in which it succeeded, else the last one that tried it."""
    tried = [part for part in parts if _has_word(part.run.leaves.get(leaf))]
    good = [part for part in tried if _status(part, leaf) is Status.SUCCEEDED]
    return max(good or tried, key=lambda part: (part.run.last_at, part.run.header.run_id), default=None)


def _has_word(state: LeafState | None) -> bool:
    return bool(state and state.settled and state.settled.error != NOT_SELECTED)


def _status(part: Part, leaf: SubplanId) -> Status | None:
    settled = part.run.leaves[leaf].settled
    return settled.status if settled else None


def _missing(plan: Plan, chosen: Iterable[SubplanId]) -> tuple[SubplanId, ...]:
    held = frozenset(chosen)
    return tuple(leaf.id for leaf in plan.leaves if leaf.id not in held)


def _journal(target: RunDirectory, parts: Sequence[Part]) -> Journal:
    """Sealed as ours only if all parts are: a journal from elsewhere must not make `resume` run its command."""
    state = git.state_dir()
    headers = [part.run.header for part in parts]
    ids: list[JsonValue] = [header.run_id for header in headers]
    options: dict[str, JsonValue] = {**headers[0].options, "only": [], "shard": "", "collected": ids}
    header = replace(
        headers[0], run_id=target.id, at=min(each.at for each in headers), options=options, seal="",
        max_parallel=max(each.max_parallel for each in headers),
    )  # fmt: skip
    if all(runs.is_ours(each, state) for each in headers):
        return runs.start(target, header, state)
    return Journal.create(target.journal, header)


def _retold(state: LeafState, leases: Iterator[int]) -> list[Event]:
    """The events of one leaf again, under leases of the joined run."""
    events: list[Event] = []
    names: dict[int, int] = {}
    for attempt in state.attempts:
        names[attempt.started.lease] = lease = next(leases)
        events.append(replace(attempt.started, lease=lease))
        if attempt.ended:
            events.append(replace(attempt.ended, lease=lease))
    if state.settled:
        events.append(replace(state.settled, lease=names.get(state.settled.lease or 0)))
    return events


def _finished(parts: Sequence[Part]) -> Finished:
    return Finished(
        at=max(part.run.last_at for part in parts), stop_reason=f"collected from {len(parts)} runs",
        peak_parallel=max(part.run.peak_parallel for part in parts),
    )  # fmt: skip


def _adopt(target: RunDirectory, part: Part, leaf: SubplanId) -> None:
    """Take over all results of a leaf by their content, which is checked on the way."""
    state = part.run.leaves[leaf]
    ended = [each.ended.result for each in state.attempts if each.ended]
    settled: list[str | None] = [state.settled.result] if state.settled else []
    for result in sorted({each for each in [*ended, *settled] if each}):
        if target.results.put(part.directory.results.get(result)) != result:
            raise UsageError(f"{part.directory.path}: result {result} is not stored as this version stores it")


def _bring_files(source: RunDirectory, target: RunDirectory) -> None:
    """Logs and what commands left in AUTONOMY_OUT; plain files only, and nothing twice."""
    for name in ("logs", "out"):
        for directory, _, files in os.walk(source.path / name):
            into = target.path / Path(directory).relative_to(source.path)
            for file in (Path(directory) / each for each in sorted(files)):
                if file.is_file() and not file.is_symlink() and not (into / file.name).exists():
                    into.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(file, into / file.name)


def _bring_base(root: Path, base: str | None) -> None:
    """See to it that the engine knows the commit that the shards started from.

    Raises:
        InputError: it is no commit of this repository, and the tree is another one as well.
    """
    repository = git.find_repository(root)
    if base is None:
        return
    if repository is None:
        raise InputError(f"{root}: no git repository; the shards started from commit {base[:12]} of one")
    engine = git.engine_dir(git.state_dir(), repository)
    if not git.knows(engine, base) and git.snapshot_commit(repository, engine) != base:
        raise InputError(f"{root}: commit {base[:12]}, from which the shards started, is not here; check it out first")


def _anchor(root: Path, run_id: str, base: str) -> None:
    if repository := git.find_repository(root):
        mergeback.anchor(repository, git.engine_dir(git.state_dir(), repository), run_id, base)
