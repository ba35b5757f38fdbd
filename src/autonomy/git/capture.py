"""Commit the working tree as it stands, uncommitted and untracked files included, without touching the repository."""

import os
import shutil
from pathlib import Path
from stat import S_ISLNK, S_ISREG
from tempfile import TemporaryDirectory

from autonomy.errors import EnvironmentFault, InputError
from autonomy.git.command import first_line, run, run_heard
from autonomy.git.repository import Repository, head_commit

_AUTHOR = {
    **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "autonomy"),
    **dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "autonomy@localhost"),
    **dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), "@0 +0000"),
}
"""Constant, so that the same working tree on the same HEAD is the same commit."""

_INERT = frozenset(
    (
        "core.autocrlf",
        "core.eol",
        "core.safecrlf",
        "core.filemode",
        "core.symlinks",
        "core.ignorecase",
        "core.sparsecheckout",
    )
)
"""What a repository may say about its files: words and switches that name no program and no path."""


def snapshot_commit(repository: Repository, engine: Path, message: str = "Working tree\n") -> str:
    """The commit of what the user sees: HEAD itself where nothing differs, else a child of it in `engine`.

    Ignored files, nested repositories and what submodules hold are left as HEAD has them. Objects are written to
    `engine` (of `engine_dir`); the user's index, config, refs and objects stay as they are. Filters never run:
    a modified file that one would transform is taken as it stands.

    Raises:
        InputError: a bare repository without commits, or a working tree that can't be read.
        EnvironmentFault: no usable git, or no room for the objects.
    """
    head = head_commit(repository)
    if repository.top is None:
        if head is None:
            raise InputError(f"{repository.git_dir}: no commit yet, and no work tree")
        return head
    with TemporaryDirectory(prefix="index-", dir=engine) as scratch:
        index = Path(scratch) / "index"
        _copy_index(repository, engine, index)
        _record_changes(repository, repository.top, engine, index)
        tree = run(["write-tree", "--missing-ok"], git_dir=engine, index=index).decode().strip()
    if head and tree == run(["rev-parse", "--end-of-options", f"{head}^{{tree}}"], git_dir=engine).decode().split()[-1]:
        return head
    parents = ["-p", head] if head else []
    output = run(["commit-tree", tree, *parents], git_dir=engine, input=message.encode(), env=_AUTHOR)
    return output.decode().strip()


def _copy_index(repository: Repository, engine: Path, target: Path) -> None:
    """A copy keeps the stat data, so that only changed files are hashed."""
    borrow_shared_index(repository, engine)
    source = repository.git_dir / "index"
    try:
        shutil.copyfile(source, target)
    except FileNotFoundError:
        return
    except (OSError, shutil.Error) as error:
        raise EnvironmentFault(f"{source}: {error}") from None


def borrow_shared_index(repository: Repository, engine: Path) -> None:
    """The other half of a split index: git looks for it in its own directory."""
    for source in sorted(repository.git_dir.glob("sharedindex.*")):
        if source.is_file() and not (engine / source.name).exists():
            shutil.copyfile(source, engine / source.name)


def _record_changes(repository: Repository, top: Path, engine: Path, index: Path) -> None:
    settings = inert_settings(repository, engine)
    # A submodule's own git directory is as hostile as any: without --ignore-submodules git would run `status` in it.
    changed = run(
        [*settings, "diff-files", "--name-only", "-z", "--ignore-submodules=all"],
        git_dir=engine, work_tree=top, index=index,
    )  # fmt: skip
    untracked = list_untracked(repository, engine, index)
    paths = changed.split(b"\0")[:-1] + [path for path in untracked if not path.endswith(b"/")]
    kept = [path for path in paths if _storable(os.path.join(os.fsencode(top), path))]
    # Removals come first: a directory may stand where a file was.
    for flags, some in ((["--force-remove"], set(paths).difference(kept)), (["--add", "--remove", "--replace"], kept)):
        run(
            [*settings, "update-index", *flags, "-z", "--stdin"],
            git_dir=engine, work_tree=top, index=index, input=b"".join(path + b"\0" for path in sorted(some)),
        )  # fmt: skip


def _storable(path: bytes) -> bool:
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return False
    return S_ISREG(mode) or S_ISLNK(mode)


def list_untracked(repository: Repository, engine: Path, index: Path, below: bytes = b"") -> list[bytes]:
    """Paths relative to the top that `index` doesn't hold and no .gitignore nor info/exclude ignores.

    A nested repository comes as one path with a slash at its end. `below` is a directory, with its slash.

    Raises:
        InputError: git leaves something out: a directory that can't be opened, or whose path is too long for it.
        EnvironmentFault: no usable git.
    """
    args = ["ls-files", "--others", "-z", "--exclude-per-directory=.gitignore"]
    exclude = repository.common_dir / "info" / "exclude"
    if exclude.is_file():
        args.append(f"--exclude-from={exclude}")
    output, said = run_heard([*args, "--", below or b"."], git_dir=engine, work_tree=repository.top, index=index)
    if said:
        raise InputError(f"git ls-files: {first_line(said)}")
    return output.split(b"\0")[:-1]


def inert_settings(repository: Repository, engine: Path) -> list[str]:
    """`-c` options for what the repository's config says of line endings, modes and names, and for nothing else."""
    config = repository.common_dir / "config"
    if not config.is_file():
        return []
    output = run(["config", "--file", config, "--no-includes", "--list", "-z"], git_dir=engine)
    options = []
    for record in output.decode("utf-8", "replace").split("\0")[:-1]:
        key, _, value = record.partition("\n")
        if key in _INERT and value.isalnum():
            options += ["-c", f"{key}={value}"]
    return options
