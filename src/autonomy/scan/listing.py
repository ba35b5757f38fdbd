"""Which files a snapshot holds: the index's as they stand, plus untracked ones that are not ignored."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from autonomy import git
from autonomy.errors import EnvironmentFault, InputError
from autonomy.ignoring import Rules, pattern_lines, rules_of
from autonomy.scan import index
from autonomy.scan.verdicts import Verdicts
from autonomy.scan.walk import SUBMODULE, Found, Tracked, Walk, by_directory
from autonomy.tree import Tree

STATE = b".autonomy"
_OUTSIDE = re.compile(rb"(?:^|[/\0])(?:\.{0,2}|\.git)(?=[/\0]|$)", re.IGNORECASE)


def decode(path: bytes) -> str:
    """The same text on every machine, whatever its locale; bytes that are not UTF-8 become surrogates."""
    return path.decode("utf-8", "surrogateescape")


def list_files(root: Path, repository: git.Repository | None) -> Found:
    """What lies beneath `root`, relative to it, sorted by bytes; none of it is opened yet.

    A folder that its repository ignores as a whole is read like any folder. Where ignore rules leave nothing of
    a plain folder they are left out: source packages of Debian's kernel ignore every file that they hold, and
    whoever names such a folder means its files.
    """
    if repository is not None and repository.top is not None:
        found = _of_repository(root, repository.top, repository)
        if found.files or root == repository.top:
            return _clean(found)
    found = _of_folder(root, honour=True)
    return _clean(found if found.files else _of_folder(root, honour=False))


def _clean(found: Found) -> Found:
    def ours(path: bytes) -> bool:
        return path.startswith(STATE) and (path == STATE or path[len(STATE) : len(STATE) + 1] == b"/")

    return Found(
        sorted(path for path in found.files if not ours(path)),
        sorted((path, reason) for path, reason in found.skipped if not ours(path)),
        found.rules,
        found.directories,
    )


def _of_folder(root: Path, *, honour: bool) -> Found:
    with Tree(os.fsencode(root)) as tree:
        return Walk(tree, Verdicts(tree, Rules(honour=honour)), Tracked(opaque={STATE})).below(b"")


def _of_repository(root: Path, top: Path, repository: git.Repository) -> Found:
    prefix = b"" if root == top else os.fsencode(root.relative_to(top)) + b"/"
    entries = [(path, mode) for path, mode in _entries(repository) if path.startswith(prefix)]
    submodules = {path for path, mode in entries if mode == index.GITLINK}
    tracked = by_directory((path for path, mode in entries if mode != index.GITLINK), {*submodules, prefix + STATE})
    with Tree(os.fsencode(top)) as tree:
        found = Walk(tree, Verdicts(tree, _excludes(repository)), tracked).below(prefix.rstrip(b"/"))
    found.skipped += [(path, SUBMODULE) for path in submodules]
    return found if not prefix else _relative(found, len(prefix))


def _relative(found: Found, cut: int) -> Found:
    return Found(
        [path[cut:] for path in found.files],
        [(path[cut:] or b".", reason) for path, reason in found.skipped],
        found.rules,
        [(path[cut:], mtime, ctime) for path, mtime, ctime in found.directories],
    )


def _excludes(repository: git.Repository) -> Rules:
    try:
        return rules_of(pattern_lines(git.plain_bytes(repository.common_dir / "info" / "exclude")))
    except OSError:
        return Rules()


def _entries(repository: git.Repository) -> Iterable[tuple[bytes, int]]:
    """(path, mode), paths relative to the top of the work tree and proved to lie in it."""
    file = repository.git_dir / "index"
    try:
        data = git.plain_bytes(file)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}") from None
    try:
        entries = list(index.parse(data, 32 if git.uses_sha256(repository) else 20))
    except index.Unreadable:
        entries = list(_entries_by_git(repository, file))
    if outside := _OUTSIDE.search(b"\0".join(path for path, _ in entries)) if entries else None:
        raise InputError(f"{file}: names a path outside of the work tree, with {decode(outside[0])!r} in it")
    return entries


def _entries_by_git(repository: git.Repository, file: Path) -> Iterable[tuple[bytes, int]]:
    """For split and sparse indexes, and for a clear message where the index is damaged."""
    with engine(repository) as engine_dir:
        git.borrow_shared_index(repository, engine_dir)
        output = git.run(["ls-files", "-s", "-z"], git_dir=engine_dir, index=file)
    for record in output.split(b"\0")[:-1]:
        head, _, path = record.partition(b"\t")
        yield path, int(head.split(b" ")[0], 8)


class engine:  # noqa: N801 reads like the function that it is
    """The engine's git directory for a repository; a throw-away one where the state directory can't be written."""

    def __init__(self, repository: git.Repository) -> None:
        self._repository = repository
        self._scratch: TemporaryDirectory[str] | None = None

    def __enter__(self) -> Path:
        try:
            return git.engine_dir(git.state_dir(), self._repository)
        except (EnvironmentFault, RuntimeError):
            self._scratch = TemporaryDirectory(prefix="autonomy-")
            return git.engine_dir(Path(self._scratch.name), self._repository)

    def __exit__(self, *_: object) -> None:
        if self._scratch is not None:
            self._scratch.cleanup()
