"""Walk a folder outside of git's index, honouring nested .gitignore files as git does."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autonomy.scan.tree import Tree, open_file

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

MAX_IGNORE_BYTES = 1 << 20
NESTED = "nested repository"


@dataclass(frozen=True, slots=True)
class Rules:
    """The .gitignore files that bear on a directory: (where it stands, its patterns), the outermost first."""

    layers: "tuple[tuple[bytes, GitIgnoreSpec], ...]" = ()

    def ignore(self, path: bytes, *, directory: bool) -> bool:
        """The innermost file that has an opinion decides, as in git."""
        for base, spec in reversed(self.layers):
            inner = path[len(base) :].decode("utf-8", "surrogateescape")
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


def walk(root: bytes, start: bytes = b"", tracked: "frozenset[bytes]" = frozenset()) -> Walk:
    """Files beneath `root`/`start` that no .gitignore excludes; `tracked` ones are left to the index.

    Directories that hold a `.git` are opaque. A FIFO, a socket, a device and a symlink are listed, never opened.
    """
    found = Walk()
    with Tree(root) as tree:
        todo: list[tuple[bytes, Rules]] = [(start, Rules())]
        while todo:
            path, rules = todo.pop()
            try:
                descriptor = tree.directory(path)
                entries = sorted(os.scandir(descriptor), key=lambda entry: entry.name)
            except OSError as error:
                found.skipped.append((path or b".", f"unreadable directory: {error.strerror}"))
                continue
            names = [os.fsencode(entry.name) for entry in entries]
            if path != start and b".git" in names:
                found.skipped.append((path, NESTED))
                continue
            if b".gitignore" in names:
                rules = _deeper(rules, path, descriptor)
            inner = list(_visit(entries, path, rules, found, tracked))
            todo.extend(reversed(inner))
    return found


def _deeper(rules: Rules, path: bytes, descriptor: int) -> Rules:
    lines = _read_ignore(descriptor)
    return Rules((*rules.layers, (path + b"/" if path else b"", ignore_spec(lines)))) if lines else rules


def _read_ignore(directory: int) -> list[str]:
    """git too refuses a .gitignore that is a symlink."""
    try:
        descriptor = open_file(b".gitignore", directory)
    except OSError:
        return []
    try:
        text = os.read(descriptor, MAX_IGNORE_BYTES)
    except OSError:
        return []
    finally:
        os.close(descriptor)
    return text.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape").split("\n")


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
                found.skipped.append((inner, "symlink" if entry.is_symlink() else "not a regular file"))
