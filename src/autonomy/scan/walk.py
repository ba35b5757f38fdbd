"""Walk a folder: which of the index's files are still there, and what is untracked and not ignored."""

import os
import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from autonomy.ignoring import small_file
from autonomy.scan.verdicts import Verdicts
from autonomy.tree import Tree

SUBMODULE = "submodule"
NESTED = "nested repository"
SPECIAL = "not a regular file"
SYMLINK = "symlink"
DIRECTORY = "directory"
FILE = "file"
_ENCODING = sys.getfilesystemencoding()


@dataclass(frozen=True, slots=True)
class Tracked:
    """What the index names: files by their directory, the directories that lie above files, and submodules."""

    files: Mapping[bytes, Collection[bytes]] = field(default_factory=dict)
    directories: Collection[bytes] = ()
    opaque: Collection[bytes] = ()


@dataclass(slots=True)
class Found:
    """Files to plan, the rest with the reason why not, and every directory that was looked into, with its times.

    A directory's mtime and ctime (in nanoseconds) change when a name in it appears or disappears.
    """

    files: list[bytes] = field(default_factory=list)
    skipped: list[tuple[bytes, str]] = field(default_factory=list)
    rules: list[bytes] = field(default_factory=list)
    """Directories whose .gitignore was asked, relative to the top of the repository."""
    directories: list[tuple[bytes, int, int]] = field(default_factory=list)


def by_directory(paths: Iterable[bytes], opaque: Collection[bytes] = ()) -> Tracked:
    files: dict[bytes, set[bytes]] = {}
    for path in paths:
        directory, _, name = path.rpartition(b"/")
        if directory in files:
            files[directory].add(name)
        else:
            files[directory] = {name}
    directories: set[bytes] = set()
    for directory in files:
        while directory and directory not in directories:
            directories.add(directory)
            directory = directory.rpartition(b"/")[0]
    return Tracked(files, directories, opaque)


class Walk:
    """One walk beneath `start`, whose paths are relative to the root of `tree`."""

    def __init__(self, tree: Tree, verdicts: Verdicts, tracked: Tracked) -> None:
        self._tree = tree
        self._verdicts = verdicts
        self._tracked = tracked
        self._found = Found()
        self._todo: list[tuple[bytes, bool]] = []

    def below(self, start: bytes) -> Found:
        self._todo.append((start, True))
        while self._todo:
            path, known = self._todo.pop()
            try:
                self._enter(path, known=known)
            except FileNotFoundError:
                continue
            except OSError as error:
                self._found.skipped.append((path or b".", f"unreadable: {error.strerror}"))
        self._found.rules = self._verdicts.asked()
        return self._found

    def _enter(self, path: bytes, *, known: bool) -> None:
        """Unless it is `known`, nothing in it is tracked, and it may be a repository of its own."""
        descriptor = self._tree.directory(path)
        status = os.fstat(descriptor)
        with os.scandir(descriptor) as listed:
            entries = list(listed)
        self._found.directories.append((path, status.st_mtime_ns, status.st_ctime_ns))
        if not known and any(entry.name == ".git" for entry in entries) and _is_repository(descriptor):
            self._found.skipped.append((path, NESTED))
            return
        files = self._tracked.files.get(path, ())
        prefix = path + b"/" if path else b""
        found, others = self._found.files, []
        for entry in entries:
            name = entry.name.encode(_ENCODING, "surrogateescape")
            if name in files and entry.is_file(follow_symlinks=False):
                found.append(prefix + name)
            elif name != b".git":
                others.append((name, _kind(entry)))
        # Verdicts open other directories, and the entries' own is closed by that.
        for name, kind in others:
            self._visit(prefix + name, kind, known=name in files)

    def _visit(self, path: bytes, kind: str, *, known: bool) -> None:
        if kind == DIRECTORY:
            if path in self._tracked.directories:
                self._todo.append((path, True))
            elif path not in self._tracked.opaque and not self._verdicts.ignored(path, directory=True):
                self._todo.append((path, False))
        elif known or not self._verdicts.ignored(path, directory=False):
            if kind == FILE:
                self._found.files.append(path)
            else:
                self._found.skipped.append((path, kind))


def _kind(entry: "os.DirEntry[str]") -> str:
    if entry.is_dir(follow_symlinks=False):
        return DIRECTORY
    if entry.is_file(follow_symlinks=False):
        return FILE
    return SYMLINK if entry.is_symlink() else SPECIAL


def _is_repository(directory: int) -> bool:
    """git's own test for a directory that it does not look into: a `.git` that is a link, or complete."""
    if small_file(b".git", directory).startswith(b"gitdir: "):
        return True
    try:
        for part in (b".git/HEAD", b".git/objects", b".git/refs"):
            os.stat(part, dir_fd=directory)
    except OSError:
        return False
    return True
