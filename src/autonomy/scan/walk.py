"""Walk a folder outside of git's index, honouring nested .gitignore files as git does."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from stat import S_ISREG
from typing import TYPE_CHECKING

from autonomy.scan.tree import Tree, open_file

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

MAX_IGNORE_BYTES = 1 << 20
NESTED = "nested repository"
SPECIAL = "not a regular file"


@dataclass(frozen=True, slots=True)
class Rules:
    """The .gitignore files that bear on a directory: (where it stands, its patterns), the outermost first.

    Without `honour` none is read.
    """

    layers: "tuple[tuple[bytes, GitIgnoreSpec], ...]" = ()
    honour: bool = True

    def ignore(self, path: bytes, *, directory: bool) -> bool:
        """The innermost file that has an opinion decides, as in git."""
        for base, spec in reversed(self.layers):
            inner = path[len(base) :].decode("latin-1")
            verdict = spec.check_file(inner + "/" if directory else inner).include
            if verdict is not None:
                return verdict
        return False


@dataclass(slots=True)
class Walk:
    """What a walk found: files to plan, and the rest with the reason why not."""

    files: list[bytes] = field(default_factory=list)
    skipped: list[tuple[bytes, str]] = field(default_factory=list)


def ignore_spec(lines: Iterable[str]) -> "GitIgnoreSpec":
    """Patterns in gitignore syntax; a line that is no pattern is dropped, as git does."""
    from pathspec import GitIgnoreSpec

    lines = list(lines)
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        return GitIgnoreSpec.from_lines([line for line in lines if _is_pattern(line)])


def _is_pattern(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def pattern_lines(text: bytes) -> list[str]:
    """One character per byte, because git's `?` matches a byte; paths are compared in the same spelling."""
    return text.decode("latin-1").split("\n")


def rules_of(lines: Sequence[str]) -> Rules:
    """Rules of the whole tree, weaker than any .gitignore."""
    return Rules(((b"", ignore_spec(lines)),) if lines else ())


def walk(root: bytes, rules: Rules, start: bytes = b"", tracked: "frozenset[bytes]" = frozenset()) -> Walk:
    """Files beneath `root`/`start`, relative to `root`, that neither `rules` nor a .gitignore from `root` down ignores.

    `tracked` ones are left to the index. Repositories inside are opaque. A FIFO, a socket, a device and a symlink
    are listed, never opened.
    """
    found = Walk()
    with Tree(root) as tree:
        todo = [(start, _inherited(tree, start, rules))]
        while todo:
            path, rules = todo.pop()
            if path != start and path in tracked:
                continue
            try:
                descriptor = tree.directory(path)
                with os.scandir(descriptor) as listed:
                    entries = sorted(listed, key=lambda entry: entry.name)
            except OSError as error:
                found.skipped.append((path or b".", f"unreadable: {error.strerror}"))
                continue
            names = {entry.name for entry in entries}
            if ".git" in names and path != start and _is_repository(descriptor):
                found.skipped.append((path, NESTED))
                continue
            if ".gitignore" in names:
                rules = _deeper(rules, path, descriptor)
            todo.extend(reversed(list(_visit(entries, path, rules, found, tracked))))
    return found


def _inherited(tree: Tree, start: bytes, rules: Rules) -> Rules:
    """The rules of the directories above `start`; those of `start` itself are read with it."""
    parts = start.split(b"/") if start else []
    for level in range(len(parts)):
        above = b"/".join(parts[:level])
        try:
            rules = _deeper(rules, above, tree.directory(above))
        except OSError:
            break
    return rules


def _deeper(rules: Rules, path: bytes, descriptor: int) -> Rules:
    lines = _read_ignore(descriptor) if rules.honour else []
    return Rules((*rules.layers, (path + b"/" if path else b"", ignore_spec(lines)))) if lines else rules


def _read_ignore(directory: int) -> list[str]:
    """git too refuses a .gitignore that is a symlink."""
    text = _content(b".gitignore", directory).removeprefix(b"\xef\xbb\xbf")
    return pattern_lines(text) if text else []


def _content(name: bytes, directory: int) -> bytes:
    """Of a plain file, up to `MAX_IGNORE_BYTES`; empty where there is none."""
    try:
        descriptor = open_file(name, directory)
    except OSError:
        return b""
    try:
        return os.read(descriptor, MAX_IGNORE_BYTES) if S_ISREG(os.fstat(descriptor).st_mode) else b""
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def _is_repository(directory: int) -> bool:
    """git's own test for a directory that it does not look into: a `.git` that is a link, or complete."""
    if _content(b".git", directory).startswith(b"gitdir: "):
        return True
    try:
        for part in (b".git/HEAD", b".git/objects", b".git/refs"):
            os.stat(part, dir_fd=directory)
    except OSError:
        return False
    return True


def _visit(
    entries: "list[os.DirEntry[str]]", path: bytes, rules: Rules, found: Walk, tracked: frozenset[bytes]
) -> Iterator[tuple[bytes, Rules]]:
    """Record the files of one directory; yield its directories."""
    for entry in entries:
        name = os.fsencode(entry.name)
        if name == b".git":
            continue
        inner = path + b"/" + name if path else name
        if entry.is_dir(follow_symlinks=False):
            if inner != b".autonomy" and not rules.ignore(inner, directory=True):
                yield inner, rules
        elif inner not in tracked and not rules.ignore(inner, directory=False):
            if entry.is_file(follow_symlinks=False):
                found.files.append(inner)
            else:
                found.skipped.append((inner, "symlink" if entry.is_symlink() else SPECIAL))
