"""Which files a snapshot holds: the index's as they stand, plus untracked ones that are not ignored."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from autonomy import git, ignoring
from autonomy.errors import EnvironmentFault, InputError
from autonomy.scan import index, walk

STATE = b".autonomy/"
_UNSAFE = frozenset((b"", b".", b"..", b".git"))


@dataclass(slots=True)
class Listing:
    """Candidates relative to the root, sorted by bytes; the rest with the reason why not. None is opened yet."""

    paths: list[bytes] = field(default_factory=list)
    skipped: list[tuple[bytes, str]] = field(default_factory=list)


def decode(path: bytes) -> str:
    """The same text on every machine, whatever its locale; bytes that are not UTF-8 become surrogates."""
    return path.decode("utf-8", "surrogateescape")


def encode(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def list_files(root: Path, repository: git.Repository | None) -> Listing:
    """The candidates beneath `root`. A folder that its repository ignores as a whole is read like any folder.

    Where ignore rules leave nothing of a plain folder they are left out: source packages of Debian's kernel
    ignore every file that they hold, and whoever names such a folder means its files.
    """
    if repository is not None and repository.top is not None:
        listing = _of_repository(root, repository)
        if listing.paths or root == repository.top:
            return _clean(listing)
    found = walk.walk(os.fsencode(root), ignoring.Rules())
    if not found.files:
        found = walk.walk(os.fsencode(root), ignoring.Rules(honour=False))
    return _clean(Listing(found.files, found.skipped))


def _clean(listing: Listing) -> Listing:
    paths = sorted({path for path in listing.paths if not path.startswith(STATE)})
    skipped = sorted({(path, reason) for path, reason in listing.skipped if not path.startswith(STATE)})
    return Listing(paths, skipped)


def _of_repository(root: Path, repository: git.Repository) -> Listing:
    top = repository.top or root
    prefix = b"" if root == top else os.fsencode(root.relative_to(top)) + b"/"
    listing = Listing()
    entries = list(_entries(repository))
    tracked = set()
    for entry in entries:
        if not entry.path.startswith(prefix):
            continue
        path = entry.path[len(prefix) :]
        if not _UNSAFE.isdisjoint(path.lower().split(b"/")):
            raise InputError(f"{repository.git_dir}/index: names a path outside of the work tree: {decode(path)!r}")
        tracked.add(path)
        if entry.mode == index.GITLINK:
            listing.skipped.append((path, "submodule"))
        elif entry.mode == index.SYMLINK:
            listing.skipped.append((path, "symlink"))
        elif not entry.absent:
            listing.paths.append(path)
    _add_untracked(listing, repository, prefix, frozenset(tracked))
    return listing


def _entries(repository: git.Repository) -> Iterable[index.Entry]:
    file = repository.git_dir / "index"
    try:
        data = git.plain_bytes(file)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}") from None
    try:
        return list(index.parse(data, 32 if git.uses_sha256(repository) else 20))
    except index.Unreadable:
        return _entries_by_git(repository, file)


def _entries_by_git(repository: git.Repository, file: Path) -> Iterable[index.Entry]:
    """For split and sparse indexes, and for a clear message where the index is damaged."""
    with engine(repository) as engine_dir:
        git.borrow_shared_index(repository, engine_dir)
        output = git.run(["ls-files", "-s", "-t", "-z"], git_dir=engine_dir, index=file)
    for record in output.split(b"\0")[:-1]:
        head, _, path = record.partition(b"\t")
        tag, mode, *_ = head.split(b" ")
        yield index.Entry(path, int(mode, 8), tag == b"S")


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


def _add_untracked(listing: Listing, repository: git.Repository, prefix: bytes, tracked: frozenset[bytes]) -> None:
    """By git, which is quick; by a walk where there is no git, or where it stumbles: both find the same."""
    try:
        with engine(repository) as engine_dir:
            untracked = git.list_untracked(repository, engine_dir, repository.git_dir / "index", prefix)
    except (EnvironmentFault, InputError):
        _walk_untracked(listing, repository, prefix, tracked)
        return
    for path in untracked:
        inner = path[len(prefix) :]
        if inner.endswith(b"/"):
            listing.skipped.append((inner[:-1], walk.NESTED))
        elif inner:
            listing.paths.append(inner)


def _walk_untracked(listing: Listing, repository: git.Repository, prefix: bytes, tracked: frozenset[bytes]) -> None:
    try:
        rules = ignoring.rules_of(ignoring.pattern_lines(git.plain_bytes(repository.common_dir / "info" / "exclude")))
    except OSError:
        rules = ignoring.Rules()
    top = os.fsencode(repository.top or "")
    found = walk.walk(top, rules, prefix.rstrip(b"/"), frozenset(prefix + path for path in tracked))
    listing.paths += [path[len(prefix) :] for path in found.files]
    # git doesn't list what is neither file, link nor directory, and the two ways must not differ.
    listing.skipped += [(path[len(prefix) :], reason) for path, reason in found.skipped if reason != walk.SPECIAL]
