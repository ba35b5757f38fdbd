"""What git would ignore: .gitignore files, read as git reads them. No symlink is followed, nothing blocks."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from stat import S_ISREG
from typing import TYPE_CHECKING

from autonomy.tree import open_file

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

MAX_IGNORE_BYTES = 1 << 20


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
    return text.removeprefix(b"\xef\xbb\xbf").decode("latin-1").split("\n")


def rules_of(lines: Sequence[str]) -> Rules:
    """Rules of the whole tree, weaker than any .gitignore."""
    return Rules(((b"", ignore_spec(lines)),) if lines else ())


def deeper(rules: Rules, path: bytes, descriptor: int) -> Rules:
    """The rules for what lies in the directory at `path`, which `descriptor` is."""
    lines = _read_ignore(descriptor) if rules.honour else []
    return Rules((*rules.layers, (path + b"/" if path else b"", ignore_spec(lines)))) if lines else rules


def _read_ignore(directory: int) -> list[str]:
    """git too refuses a .gitignore that is a symlink."""
    text = small_file(b".gitignore", directory)
    return pattern_lines(text) if text else []


def small_file(name: bytes, directory: int) -> bytes:
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
