"""What a leaf's changes are measured against: the files of the base, and what git would ignore."""

import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from pathlib import Path
from stat import S_ISLNK, S_ISREG

from autonomy import git
from autonomy.errors import EnvironmentFault
from autonomy.ignoring import Rules, deeper, pattern_lines, rules_of
from autonomy.model import Change, Patch
from autonomy.tree import Tree, open_file

GITLINK = 0o160000
LINK = 0o120000
MAX_PATCH = 1 << 30
"""Bytes: what one leaf may change. Its patch is held in memory."""
STATE = ".autonomy"


@dataclass(frozen=True, slots=True)
class Base:
    """The tree that every leaf starts from. `top` is the root of the whole tree, `prefix` the plan's root in it.

    Paths here are relative to `top`; those of a `Patch` are relative to the plan's root, with `../` for the rest.
    """

    top: Path
    prefix: str
    files: Mapping[str, tuple[int, str]]
    """Path -> git's mode and object name; an empty name where there is no git."""
    opaque: frozenset[str] = frozenset()
    """Submodules: what they hold belongs to other repositories."""
    excluded: Rules = field(default_factory=Rules)
    _sorted: list[str] = field(default_factory=list)

    def below(self, directory: str) -> Iterator[str]:
        """The base's files beneath a directory."""
        if not self._sorted:
            self._sorted.extend(sorted(self.files))
        start = bisect_left(self._sorted, directory + "/")
        for index in range(start, len(self._sorted)):
            if not self._sorted[index].startswith(directory + "/"):
                return
            yield self._sorted[index]

    def outward(self, path: str) -> str:
        """A path of `top` as the plan spells it."""
        if not self.prefix:
            return path
        return path.removeprefix(self.prefix + "/") if path.startswith(self.prefix + "/") else self._above(path)

    def _above(self, path: str) -> str:
        """Relative to the prefix, through as many `..` as it takes."""
        return os.path.relpath(path, self.prefix)

    def inward(self, path: str) -> str:
        """A path of the plan as `top` spells it."""
        return os.path.normpath(f"{self.prefix}/{path}") if self.prefix else path


def from_commit(repository: git.Repository, engine: Path, commit: str, root: Path) -> Base:
    """The base that a commit is, for a plan of the directory `root`."""
    output = git.run(["ls-tree", "-r", "-z", "--full-tree", commit], git_dir=engine)
    files, links = {}, []
    for record in output.split(b"\0")[:-1]:
        head, _, path = record.partition(b"\t")
        mode, _, name = head.split(b" ")
        if int(mode, 8) == GITLINK:
            links.append(os.fsdecode(path))
        else:
            files[os.fsdecode(path)] = (int(mode, 8), name.decode())
    top = repository.top or root
    prefix = "" if repository.top is None else os.path.relpath(root, top)
    return Base(top, "" if prefix == "." else prefix, files, frozenset(links), _excluded(repository))


def from_paths(root: Path, paths: Iterable[str]) -> Base:
    """The base of a plan outside of git: the files that were planned."""
    return Base(root, "", dict.fromkeys(paths, (0, "")))


def _excluded(repository: git.Repository) -> Rules:
    with suppress(OSError):
        return rules_of(pattern_lines(git.plain_bytes(repository.common_dir / "info" / "exclude")))
    return Rules()


@dataclass(slots=True)
class Ignored:
    """Whether git would ignore a file that the base does not have, by the ignore files of a tree as it is now."""

    tree: Tree
    base: Base
    _rules: dict[str, Rules | None] = field(default_factory=dict)

    def __call__(self, path: str) -> bool:
        directory = path.rpartition("/")[0]
        rules = self._of(directory)
        return rules is None or rules.ignore(os.fsencode(path), directory=False)

    def _of(self, directory: str) -> Rules | None:
        """The rules in a directory; None where all of it is ignored."""
        todo = [directory]
        while todo[-1] and todo[-1] not in self._rules:
            todo.append(todo[-1].rpartition("/")[0])
        for each in reversed(todo):
            if each not in self._rules:
                self._rules[each] = self._read(each)
        return self._rules[directory]

    def _read(self, directory: str) -> Rules | None:
        above = self._rules[directory.rpartition("/")[0]] if directory else self.base.excluded
        path = os.fsencode(directory)
        if above is None or (directory and above.ignore(path, directory=True)):
            return None
        try:
            return deeper(above, path, self.tree.directory(path))
        except OSError:
            return above


def patch_of(paths: Iterable[str], tree: Tree, base: Base) -> Patch:
    """The changes at `paths`, all that may differ from the base. `tree` is the leaf's; nobody writes to it any more.

    Left out: git directories, the program's own state, what submodules hold, what git would ignore, what is the same.

    Raises:
        EnvironmentFault: the patch is too big to be kept, or a file can't be read.
    """
    ignored, size = Ignored(tree, base), 0
    changes = []
    for path in sorted(set(paths), key=os.fsencode):
        if _is_private(path, base) or (path not in base.files and ignored(path)):
            continue
        change = _change(path, tree, base)
        if change is None:
            continue
        size += len(change.content or b"")
        if size > MAX_PATCH:
            raise EnvironmentFault(f"a leaf changed more than {MAX_PATCH >> 20} MiB, lastly {change.path}")
        changes.append(change)
    return tuple(sorted(changes, key=lambda change: os.fsencode(change.path)))


def _is_private(path: str, base: Base) -> bool:
    parts = path.split("/")
    if any(part.lower() == ".git" for part in parts) or base.outward(path).split("/")[0] == STATE:
        return True
    return any("/".join(parts[:level]) in base.opaque for level in range(1, len(parts) + 1) if base.opaque)


def pristine(path: str, tree: Tree, base: Base) -> bytes | None:
    """The base's content of a plain file, taken from another tree that has it byte by byte; None where it has not."""
    mode, name = base.files.get(path, (0, ""))
    try:
        found, content = read(tree, path)
    except EnvironmentFault:
        return None
    if content is None or not name or found != mode or mode == LINK or _object_name(content, len(name)) != name:
        return None
    return content


def _change(path: str, tree: Tree, base: Base) -> Change | None:
    """None where the path is as in the base, or neither in the base nor anything that git keeps."""
    mode, content = read(tree, path)
    before = base.files.get(path)
    if content is None:
        return Change(base.outward(path), 0, None) if before else None
    if before and before[0] == mode and before[1] and _object_name(content, len(before[1])) == before[1]:
        return None
    return Change(base.outward(path), mode, content)


def _object_name(content: bytes, digits: int) -> str:
    """As git names a blob."""
    # S324: git's names, not a signature.
    digest = sha1(b"blob %d\0" % len(content)) if digits == 40 else sha256(b"blob %d\0" % len(content))  # noqa: S324
    digest.update(content)
    return digest.hexdigest()


def read(tree: Tree, path: str) -> tuple[int, bytes | None]:
    """git's mode and the content of a file or the target of a link; (0, None) for anything else, and where nothing is.

    Raises:
        EnvironmentFault: it can't be read, or is too big.
    """
    parent, _, name = os.fsencode(path).rpartition(b"/")
    try:
        directory = tree.directory(parent)
        found = os.lstat(name, dir_fd=directory)
        if S_ISLNK(found.st_mode):
            return LINK, os.readlink(name, dir_fd=directory)
        if not S_ISREG(found.st_mode):
            return 0, None
        if found.st_size > MAX_PATCH:
            raise EnvironmentFault(f"{path}: {found.st_size >> 20} MiB are too many for a patch")
        return 0o100755 if found.st_mode & 0o100 else 0o100644, _content(name, directory)
    except (FileNotFoundError, NotADirectoryError):
        return 0, None
    except OSError as error:
        raise EnvironmentFault(f"{path}: {error.strerror}") from None


def _content(name: bytes, directory: int) -> bytes:
    try:
        descriptor = open_file(name, directory)
    except PermissionError:
        # A leaf may lock its own file; the owner can always unlock it.
        os.chmod(name, 0o600, dir_fd=directory)
        descriptor = open_file(name, directory)
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def apply(patch: Sequence[Change], top: Path, base: Base) -> None:
    """Write changes into a tree in which no process runs. Deletions first: a directory may stand where a file was.

    Raises:
        EnvironmentFault: a change can't be written.
    """
    for change in sorted(patch, key=lambda change: (change.content is not None, os.fsencode(change.path))):
        target = top / base.inward(change.path)
        try:
            _write(target, change)
        except OSError as error:
            raise EnvironmentFault(f"{change.path}: {error.strerror}") from None


def _write(target: Path, change: Change) -> None:
    with suppress(FileNotFoundError, NotADirectoryError):
        target.unlink()
    if change.content is None:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if change.mode == LINK:
        target.symlink_to(os.fsdecode(change.content))
        return
    target.write_bytes(change.content)
    target.chmod(0o755 if change.mode & 0o100 else 0o644)
