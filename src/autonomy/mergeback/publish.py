"""Hand commits over to the user's repository: their objects by one pack, their names by one compare-and-swap.

Nothing else of it is written: no index, no work tree, no config, no hook, no other ref.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

from autonomy import git
from autonomy.errors import AutonomyError, EnvironmentFault, InputError, MergeConflict, UsageError
from autonomy.git import Repository
from autonomy.journal.durable import publish as publish_file

_DURABLY = ("-c", "core.fsync=objects,derived-metadata,reference", "-c", "core.fsyncMethod=fsync")
_CHUNK = 1 << 20
_ATTEMPTS = 3
_PAUSE_SECONDS = 0.2


def anchor(repository: Repository, engine: Path, run_id: str, commit: str) -> None:
    """Keep `commit` (of `engine`) in the user's repository under `refs/autonomy/RUN/base`.

    Without it, `git gc --prune=now` there takes away objects that the engine borrows.

    Raises:
        EnvironmentFault: the repository can't be written.
    """
    publish(repository, engine, {f"refs/autonomy/{run_id}/base": commit}, {}, git.head_commit(repository))


def branch_state(repository: Repository, branch: str, run_id: str) -> tuple[str | None, str | None]:
    """What `branch` names now, and what a merge of this run left it at; None for what does not exist.

    Raises:
        MergeConflict: the branch is checked out, so moving it would leave a work tree behind.
        UsageError: it is no name for a branch here.
    """
    branch_ref, left = f"refs/heads/{branch}", _left_at(run_id)
    try:
        git.run(["check-ref-format", branch_ref], git_dir=repository.common_dir)
    except InputError:
        raise UsageError(f"{branch!r} is no name for a branch; give another by --into") from None
    form = "--format=%(refname)%00%(objectname)%00%(worktreepath)"
    rows = git.run(["for-each-ref", form, branch_ref, left], git_dir=repository.common_dir).decode("utf-8", "replace")
    found = {name: (commit, place) for name, commit, place in (row.split("\0") for row in rows.splitlines())}
    commit, place = found.get(branch_ref, (None, ""))
    if place:
        raise MergeConflict(f"{branch} is checked out in {place}; switch to another branch there, or use --into")
    return commit, found.get(left, (None, ""))[0]


def publish_branch(repository: Repository, engine: Path, branch: str, run_id: str, commit: str) -> None:
    """Set `branch` to `commit`: it must not exist, or be where the last merge of this run left it.

    Raises:
        MergeConflict: somebody else moved or made it.
        EnvironmentFault: the repository can't be written.
    """
    now, left = branch_state(repository, branch, run_id)
    if now == commit:
        return
    if now is not None and now != left:
        raise MergeConflict(
            f"{branch} exists and is not what a merge of {run_id} left ({now[:12]}); delete it, or use --into NAME"
        )
    refs = {f"refs/heads/{branch}": commit, _left_at(run_id): commit}
    expected = {f"refs/heads/{branch}": now, _left_at(run_id): left}
    publish(repository, engine, refs, expected, git.head_commit(repository))


def _left_at(run_id: str) -> str:
    return f"refs/autonomy/{run_id}/merged"


def publish(
    repository: Repository,
    engine: Path,
    refs: Mapping[str, str],
    expected: Mapping[str, str | None],
    have: str | None,
) -> None:
    """Bring what `refs` name into the user's objects, then set them all at once.

    `expected` says what a ref must name before, None for nothing; a ref that it leaves out may name anything.
    `have` is a commit that the repository is known to hold with all that it needs.

    Raises:
        MergeConflict: a ref is not what was expected; none was changed.
        EnvironmentFault: the repository can't be written.
    """
    commits = sorted(set(refs.values()) - {have})
    with _transferred(repository, engine, commits, have) if commits else nullcontext():
        _swap(repository, refs, expected)


@contextmanager
def _transferred(repository: Repository, engine: Path, commits: Sequence[str], have: str | None) -> Iterator[None]:
    """One pack with all that `commits` need and `have` does not, put where the user's repository keeps packs.

    Inside of the context a .keep file guards it: a `git gc --prune=now` that read the refs before they were
    set would drop the pack after that. Once it may go, whoever lists packs also finds the refs.
    """
    wanted = "".join(f"{commit}\n" for commit in commits) + (f"^{have}\n" if have else "")
    packs = repository.common_dir / "objects" / "pack"
    with TemporaryDirectory(prefix="pack-", dir=engine) as scratch:
        git.run(
            ["pack-objects", "--quiet", "--revs", "--window=0", "--non-empty", Path(scratch) / "pack"],
            git_dir=engine, input=wanted.encode(), env=_shallow(repository),
        )  # fmt: skip
        # The index comes last: a pack that has one is complete.
        made = sorted(Path(scratch).glob("pack-*.*"), key=lambda path: path.suffix == ".idx")
        with _guarded(packs, made):
            _put(packs, made, lambda: _check_complete(repository, engine, wanted))
            yield


def _put(packs: Path, made: Sequence[Path], check: Callable[[], None]) -> None:
    """Bring `made` into `packs`, or nothing of it where the disk or the check says no."""
    new = [file for file in made if not (packs / file.name).exists()]
    try:
        for file in new:
            publish_file(packs / file.name, _chunks(file), mode=0o444)
        check()
    except AutonomyError:
        for file in reversed(new):
            (packs / file.name).unlink(missing_ok=True)
        raise


@contextmanager
def _guarded(packs: Path, made: Sequence[Path]) -> Iterator[None]:
    """A .keep file for the pack that is about to come, if any does."""
    keep = packs / f"{made[0].stem}.keep" if made else None
    if keep:
        publish_file(keep, [b"autonomy: until its ref is set\n"])
    try:
        yield
    finally:
        if keep:
            keep.unlink(missing_ok=True)


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        yield from iter(lambda: stream.read(_CHUNK), b"")


def _shallow(repository: Repository) -> Mapping[str, str]:
    """Where the history ends on purpose."""
    shallow = repository.common_dir / "shallow"
    return {"GIT_SHALLOW_FILE": str(shallow)} if shallow.is_file() else {}


def _check_complete(repository: Repository, engine: Path, wanted: str) -> None:
    """Raises EnvironmentFault unless the user's objects alone, without the engine's, hold all that is wanted."""
    objects = repository.common_dir / "objects"
    env = {**_shallow(repository), "GIT_OBJECT_DIRECTORY": str(objects)}
    try:
        git.run(["rev-list", "--objects", "--quiet", "--stdin"], git_dir=engine, input=wanted.encode(), env=env)
    except InputError as error:
        raise EnvironmentFault(f"{objects}: incomplete, no ref was set: {error}") from None


def _swap(repository: Repository, refs: Mapping[str, str], expected: Mapping[str, str | None]) -> None:
    lines = ["start"]
    for ref, commit in sorted(refs.items()):
        before = f" {expected[ref] or '0' * len(commit)}" if ref in expected else ""
        lines.append(f"update {ref} {commit}{before}")
    lines += ["prepare", "commit", ""]
    for attempt in range(_ATTEMPTS):
        try:
            git.run(
                [*_DURABLY, "update-ref", "--no-deref", "--stdin"],
                git_dir=repository.common_dir, input="\n".join(lines).encode(),
            )  # fmt: skip
        except InputError as error:
            problem = _meaning(str(error))
            if not isinstance(problem, EnvironmentFault) or attempt == _ATTEMPTS - 1:
                raise problem from None
            sleep(_PAUSE_SECONDS)
        else:
            return


def _meaning(message: str) -> AutonomyError:
    """What git's refusal to set a ref means to the user. A lock of theirs is never removed."""
    if "but expected" in message or "reference already exists" in message:
        return MergeConflict(f"a ref was moved in between, none was changed: {message}")
    if "cannot create" in message and "exists;" in message:
        return UsageError(f"{message}; give another name by --into")
    return EnvironmentFault(f"{message}; nothing was changed, remove the lock if no git is at work")
