"""The rows of a snapshot in the making: read now, or taken over from the scan before."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from autonomy.model import Extract
from autonomy.scan import filetypes, tokens
from autonomy.scan.blocks import Stamp
from autonomy.scan.reading import HEAD, Content

NO_WORDS = -1.0
BINARY, LARGE = 1, 2


@dataclass(slots=True)
class Columns:
    """Row i of each column is the file `paths[i]`; references and declarations are indexes into `pool`, in rows.

    `languages` are named by path, before a file is opened: `#!` lines are `found` only then, and they don't count
    for the estimate of tokens. `words` are tokens that were counted; `NO_WORDS` for files outside of the sample.
    """

    paths: list[bytes] = field(default_factory=list)
    stamps: list[Stamp] = field(default_factory=list)
    sizes: "array[int]" = field(default_factory=lambda: array("Q"))
    lines: "array[int]" = field(default_factory=lambda: array("I"))
    flags: bytearray = field(default_factory=bytearray)
    words: "array[float]" = field(default_factory=lambda: array("d"))
    digests: bytearray = field(default_factory=bytearray)
    languages: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    pool: dict[str, int] = field(default_factory=dict)
    references: "array[int]" = field(default_factory=lambda: array("I"))
    references_end: "array[int]" = field(default_factory=lambda: array("I", [0]))
    declares: "array[int]" = field(default_factory=lambda: array("I"))
    declares_end: "array[int]" = field(default_factory=lambda: array("I", [0]))
    problems: dict[int, str] = field(default_factory=dict)
    _names: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.paths)

    def add(self, path: bytes, content: Content, language: str, extract: Extract | None) -> None:
        """A file that was read; `extract` is None for one that holds no references."""
        data = content.data
        binary = is_binary(data)
        readable = not binary and not content.large
        self._add_row(path, content.stamp, content.size, content.digest)
        self.lines.append(line_count(data) if readable else 0)
        self.flags.append(BINARY if binary else 0 if readable else LARGE)
        self.words.append(NO_WORDS)
        self.languages.append(language)
        self.found.append(language or filetypes.by_first_line(data))
        if extract is not None:
            pool = self.pool
            self.references.extend([pool.setdefault(name, len(pool)) for name in extract.references])
            self.declares.extend([pool.setdefault(name, len(pool)) for name in extract.declares])
            if extract.problem:
                self.problems[len(self.paths) - 1] = extract.problem
        self.references_end.append(len(self.references))
        self.declares_end.append(len(self.declares))

    def count_words(self, data: bytes) -> None:
        """Of the file that was added last."""
        if not self.flags[-1]:
            self.words[-1] = tokens.count(data)

    def take_over(self, other: "Columns", start: int, stop: int) -> None:
        """Rows of the scan before."""
        self.paths += other.paths[start:stop]
        self.stamps += other.stamps[start:stop]
        self.sizes += other.sizes[start:stop]
        self.lines += other.lines[start:stop]
        self.flags += other.flags[start:stop]
        self.words += other.words[start:stop]
        self.digests += other.digests[20 * start : 20 * stop]
        self.languages += other.languages[start:stop]
        self.found += other.found[start:stop]
        self._take_names(other, "references", start, stop)
        self._take_names(other, "declares", start, stop)
        offset = len(self.paths) - stop
        self.problems.update((row + offset, other.problems[row]) for row in other.problems if start <= row < stop)

    def _take_names(self, other: "Columns", column: str, start: int, stop: int) -> None:
        items, ends = getattr(self, column), getattr(self, column + "_end")
        theirs: array[int] = getattr(other, column)
        their_ends: array[int] = getattr(other, column + "_end")
        names, pool = other.names, self.pool
        first = their_ends[start]
        offset = len(items) - first
        items.extend([pool.setdefault(names[name], len(pool)) for name in theirs[first : their_ends[stop]]])
        ends.extend([end + offset for end in their_ends[start + 1 : stop + 1]])

    @property
    def names(self) -> Sequence[str]:
        """The pool as a list, made once: a pool that is taken over from doesn't grow any more."""
        if len(self._names) != len(self.pool):
            self._names = list(self.pool)
        return self._names

    def digest(self, row: int) -> bytearray:
        return self.digests[20 * row : 20 * row + 20]

    def _add_row(self, path: bytes, stamp: Stamp, size: int, digest: bytes | bytearray) -> None:
        self.paths.append(path)
        self.stamps.append(stamp)
        self.sizes.append(size)
        self.digests += digest

    def tokens(self) -> "array[int]":
        """Counted for the files of the sample, estimated from them for the others of their language."""
        counted = [row for row, words in enumerate(self.words) if words != NO_WORDS]
        density = tokens.densities(
            (self.languages[row], self.words[row] / self.sizes[row]) for row in counted if self.sizes[row]
        )
        estimates = array(
            "Q",
            [
                tokens.of_binary(size) if flags & BINARY else round(size * density(language))
                for size, language, flags in zip(self.sizes, self.languages, self.flags, strict=True)
            ],
        )
        for row in counted:
            estimates[row] = round(self.words[row])
        return estimates

    def hexadecimal(self) -> list[str]:
        """The digests as a snapshot spells them."""
        text = self.digests.hex()
        return [text[start : start + 40] for start in range(0, len(text), 40)]


def is_binary(data: bytes) -> bool:
    return data.find(b"\0", 0, HEAD) >= 0


def line_count(data: bytes) -> int:
    return data.count(b"\n") + (not data.endswith(b"\n")) if data else 0
