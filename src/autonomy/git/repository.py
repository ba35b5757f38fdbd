"""Find a repository and read its refs without starting git: plain files, of which none can run code."""

import os
import re
from dataclasses import dataclass
from errno import EINVAL
from pathlib import Path
from stat import S_ISREG


@dataclass(frozen=True, slots=True)
class Repository:
    """Where a repository keeps its parts. `top` is None for a bare one."""

    top: Path | None
    git_dir: Path
    """Index and HEAD of this work tree."""
    common_dir: Path
    """Objects, refs and config; differs from `git_dir` only in a linked work tree."""


def find_repository(path: Path) -> Repository | None:
    """The repository that `path` lies in, found by reading alone; None outside of any.

    A `.git` that git itself would not accept (no HEAD, no objects) is passed over, as git does.
    """
    path = path.resolve()
    if _is_git_dir(path):
        return Repository(None, path, _common_dir(path))
    for top in (path, *path.parents):
        entry = top / ".git"
        git_dir = _linked(entry) if entry.is_file() else entry
        if git_dir is not None and _is_git_dir(git_dir):
            return Repository(top, git_dir, _common_dir(git_dir))
    return None


def _linked(file: Path) -> Path | None:
    """Where a `.git` file (linked work tree, submodule) points to."""
    text = _small(file)
    return (file.parent / os.fsdecode(text[8:].strip())).resolve() if text.startswith(b"gitdir: ") else None


def plain_bytes(file: Path, most: int = -1) -> bytes:
    """What a plain file holds, its first `most` bytes if given. Never blocks, whatever stands there.

    Raises:
        OSError: no such file, not readable, or no plain file.
    """
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as stream:
        if not S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(EINVAL, "not a plain file", str(file))
        return stream.read(most)


def _small(file: Path) -> bytes:
    """The first 4 KiB, up to a NUL, where git too ends a text; empty where there is no plain file."""
    try:
        return plain_bytes(file, 4096).partition(b"\0")[0]
    except OSError:
        return b""


def _common_dir(git_dir: Path) -> Path:
    """Where a linked work tree's objects are: two levels up. A `commondir` that says otherwise is not git's."""
    text = _small(git_dir / "commondir").strip()
    claimed = (git_dir / os.fsdecode(text)).resolve() if text else git_dir
    return claimed if git_dir.parent == claimed / "worktrees" else git_dir


def _is_git_dir(path: Path) -> bool:
    """git's own test: HEAD, and objects/ and refs/ in the common directory."""
    try:
        common = _common_dir(path)
        return bool(_small(path / "HEAD")) and (common / "objects").is_dir() and (common / "refs").is_dir()
    except OSError:
        return False


def uses_sha256(repository: Repository) -> bool:
    """Whether object names are SHA-256: the one setting of a foreign config that has to be known."""
    text = _small(repository.common_dir / "config")
    return re.search(rb"(?im)^\s*objectformat\s*=\s*\"?sha256", text) is not None


def head_commit(repository: Repository) -> str | None:
    """The commit that HEAD names, by reading refs; None for an unborn HEAD."""
    name = _small(repository.git_dir / "HEAD").strip()
    for _ in range(5):
        if not name.startswith(b"ref: "):
            return _object_name(name)
        ref = name[5:].strip()
        if b".." in ref or not ref.startswith(b"refs/"):
            return None
        name = _loose(repository, ref) or _packed(repository.common_dir, ref)
    return None


def files_behind_head(repository: Repository) -> tuple[Path, ...]:
    """The files that `head_commit` goes by, whether they exist or not."""
    head = repository.git_dir / "HEAD"
    name = _small(head).strip()
    if not name.startswith(b"ref: "):
        return (head,)
    ref = os.fsdecode(name[5:].strip())
    return head, repository.git_dir / ref, repository.common_dir / ref, repository.common_dir / "packed-refs"


def _object_name(text: bytes) -> str | None:
    if len(text) in (40, 64) and all(byte in b"0123456789abcdef" for byte in text):
        return text.decode()
    return None


def _loose(repository: Repository, ref: bytes) -> bytes:
    relative = os.fsdecode(ref)
    return _small(repository.git_dir / relative).strip() or _small(repository.common_dir / relative).strip()


def _packed(common_dir: Path, ref: bytes) -> bytes:
    try:
        lines = plain_bytes(common_dir / "packed-refs").splitlines()
    except OSError:
        return b""
    return next((line[: -len(ref) - 1] for line in lines if line.endswith(b" " + ref)), b"")
