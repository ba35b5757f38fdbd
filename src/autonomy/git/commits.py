"""Commits by name, their trees, and their files on disk."""

import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from autonomy.errors import AutonomyError, InputError
from autonomy.git.command import run
from autonomy.git.repository import Repository


def commit_of(repository: Repository, ref: str) -> str:
    """The commit that the user calls `ref`.

    Raises:
        InputError: there is none.
    """
    try:
        output = run(
            ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"], git_dir=repository.git_dir
        )
    except InputError:
        raise InputError(f"{ref}: no such commit in {repository.git_dir}") from None
    return output.decode().split()[-1]


def tree_of(engine: Path, commit: str) -> str:
    """The tree of a commit that `engine` (of `engine_dir`) knows."""
    return run(["rev-parse", "--verify", "--end-of-options", f"{commit}^{{tree}}"], git_dir=engine).decode().split()[-1]


def knows(engine: Path, commit: str) -> bool:
    """Whether `engine` holds or borrows this commit."""
    try:
        run(["cat-file", "-e", f"{commit}^{{commit}}"], git_dir=engine)
    except InputError:
        return False
    return True


def export(engine: Path, commit: str, target: Path) -> None:
    """Write the files of a commit below `target`, as they are stored: no filter runs."""
    with TemporaryDirectory(prefix="index-", dir=engine) as scratch:
        index = Path(scratch) / "index"
        run(["read-tree", commit], git_dir=engine, index=index)
        run(
            ["checkout-index", "--all", "--force", f"--prefix={target}/"], git_dir=engine, work_tree=target, index=index
        )


def renames_between(engine: Path, old: str, new: str) -> Mapping[str, str]:
    """Earlier path -> present path of the files that were renamed from one commit to the other; empty where unknown."""
    try:
        output = run(
            ["diff-tree", "-r", "-z", "-M", "--diff-filter=R", "--name-status", "--no-ext-diff", old, new],
            git_dir=engine,
        )
    except AutonomyError:
        return {}
    fields = [os.fsdecode(field) for field in output.split(b"\0")]
    return {fields[at + 1]: fields[at + 2] for at in range(0, len(fields) - 2, 3)}


def changed_between(engine: Path, old: str, new: str) -> list[str]:
    """Paths that differ between two commits, both names of a renamed file included."""
    words = ["diff-tree", "-r", "-z", "--no-renames", "--name-only", "--no-ext-diff", old, new]
    return [os.fsdecode(path) for path in run(words, git_dir=engine).split(b"\0") if path]
