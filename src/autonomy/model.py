"""The frozen values that flow from stage to stage. No I/O, no clock, no behaviour beyond look-ups."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

SubplanId = NewType("SubplanId", str)


class Reason(StrEnum):
    """Why a node of the tree is a leaf."""

    FITS = "fits"
    MIN_FILES = "min_files"
    MAX_DEPTH = "max_depth"
    NO_PROGRESS = "no_progress"
    OVERSIZE_FILE = "oversize_file"


class Status(StrEnum):
    """Where a leaf stands. `failed`: the work said no. `error`: the machinery broke."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    ERROR = "error"


class Order(StrEnum):
    """How far references decide what waits for what."""

    SOFT = "soft"
    STRICT = "strict"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Rows:
    """Ragged rows of integers in two flat arrays (compressed sparse rows): row i is items[starts[i]:starts[i + 1]]."""

    starts: "array[int]"
    items: "array[int]"

    @classmethod
    def of(cls, rows: Iterable[Iterable[int]]) -> "Rows":
        starts, items = array("I", [0]), array("I")
        for row in rows:
            items.extend(row)
            starts.append(len(items))
        return cls(starts, items)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, row: int) -> "array[int]":
        return self.items[self.starts[row] : self.starts[row + 1]]

    def __iter__(self) -> "Iterator[array[int]]":
        items, starts = self.items, self.starts
        for row in range(len(starts) - 1):
            yield items[starts[row] : starts[row + 1]]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A path that is in the tree and in no leaf, or one that did not parse, with the reason."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The files of a repository at one moment, as columns: row i of each is the file `paths[i]`.

    `paths` are relative, POSIX, sorted by their bytes; a name that is not UTF-8 carries surrogate escapes.
    `names` is the pool of all strings that references and declarations are made of; `references` and
    `declares` hold indexes into it. `commits` are the newest changes of the history, newest first, each a
    row of the files (of this snapshot) that changed together.
    """

    paths: Sequence[str]
    sizes: Sequence[int]
    """Bytes."""
    lines: Sequence[int]
    tokens: Sequence[int]
    """An estimate, calibrated on a sample of the repository itself; a binary file counts a thousand at most."""
    languages: Sequence[str]
    """`python`, `c`, `markdown`, ..., or an empty string."""
    digests: Sequence[str]
    """Hexadecimal SHA-1 of the content as a git blob; over 256 MiB, of the size and of the first and last megabyte."""
    names: Sequence[str]
    references: Rows
    declares: Rows
    commits: Rows
    revision: str | None = None
    skipped: Sequence[Skipped] = ()
    unparsed: Mapping[str, str] = field(default_factory=dict)
    """Path -> why it did not parse; the file is in the plan all the same."""

    def __len__(self) -> int:
        return len(self.paths)


@dataclass(frozen=True, slots=True)
class Graph:
    """Files and references: `references[u]` are the files that file u refers to, ascending, without u itself.

    `externals` has one entry per file that needs packages from outside: their names, ascending.
    """

    snapshot: Snapshot
    references: Rows
    externals: Mapping[int, Sequence[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.snapshot)

    @property
    def paths(self) -> Sequence[str]:
        return self.snapshot.paths

    @property
    def tokens(self) -> Sequence[int]:
        return self.snapshot.tokens

    @property
    def commits(self) -> Rows:
        return self.snapshot.commits


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds a leaf and what steers the cut. Sizes in files and in estimated tokens."""

    max_files: int = 64
    max_tokens: int = 100_000
    min_files: int = 5
    max_depth: int = 12
    max_parallel: int = 10
    seed: int = 0
    effort: str = "normal"
    weights: Mapping[str, float] = field(default_factory=dict)
    """Signal -> factor: references, history, stem, directory, and paths (whole directories); 1.0 where absent."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a split: its files and, where the splitter went several levels at once, its own parts."""

    files: Sequence[int]
    parts: "Sequence[Part]" = ()


@dataclass(frozen=True, slots=True)
class Pins:
    """What people decide about the cut, in groups of files. It holds within the caps of a leaf."""

    together: Sequence[Sequence[int]] = ()
    """Each group shares a leaf; one that is over a cap fills leaves of its own kind."""
    apart: Sequence[Sequence[Sequence[int]]] = ()
    """Each rule has sides; no leaf holds files of two sides of one rule."""
    alone: Sequence[Sequence[int]] = ()
    """Each group is a leaf with nothing else in it."""
    owners: Sequence[Sequence[int]] = ()
    """Files of one owner: a leaning, not a rule."""

    def divide(self, files: Sequence[int]) -> bool:
        """Whether a rule asks to split these files although they may fit into a leaf."""
        if not self.apart and not self.alone:
            return False
        held = frozenset(files)
        return any(0 < len(held.intersection(group)) < len(held) for group in self.alone) or any(
            sum(not held.isdisjoint(side) for side in sides) > 1 for sides in self.apart
        )


@dataclass(frozen=True, slots=True)
class Workset:
    """What a splitter is asked to split: some files of a graph, ascending, under limits."""

    graph: Graph
    files: Sequence[int]
    limits: Limits
    pins: Pins = Pins()
    previous: Mapping[int, int] = field(default_factory=dict)
    """File -> the number of its leaf in an earlier plan, to stay in unless it must move; empty for a fresh cut."""

    @property
    def tokens(self) -> int:
        tokens = self.graph.tokens
        return sum(tokens[file] for file in self.files)

    @property
    def fits(self) -> bool:
        if len(self.files) > self.limits.max_files or self.tokens > self.limits.max_tokens:
            return False
        return not self.pins.divide(self.files)


@dataclass(frozen=True, slots=True)
class Subplan:
    """A node of the tree. Only leaves hold files; paths are relative to the repository's root."""

    id: SubplanId
    slug: str
    parent: SubplanId | None
    depth: int
    children: tuple[SubplanId, ...]
    files: tuple[str, ...]
    file_count: int
    tokens: int
    bytes: int
    digest: str
    splitter: str | None
    reason: Reason | None

    @property
    def is_leaf(self) -> bool:
        return not self.children


@dataclass(frozen=True, slots=True)
class Plan:
    """A tree of subplans in preorder, what each leaf waits for, and how good the cut is."""

    nodes: tuple[Subplan, ...]
    waits_for: Mapping[SubplanId, tuple[SubplanId, ...]]
    metrics: Mapping[str, float]
    revision: str | None = None
    config: Mapping[str, object] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()

    @property
    def leaves(self) -> tuple[Subplan, ...]:
        """In plan order."""
        return tuple(node for node in self.nodes if node.is_leaf)

    @property
    def root(self) -> Subplan:
        return self.nodes[0]


@dataclass(frozen=True, slots=True)
class Definition:
    """A public name that a file defines: `signature` is one line, `doc` the first sentence of its documentation."""

    name: str
    kind: str
    line: int
    signature: str = ""
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """What a reader must know of a file before opening it."""

    doc: str = ""
    definitions: Sequence[Definition] = ()


@dataclass(frozen=True, slots=True)
class Extract:
    """What a file refers to and what it offers, as its language spells it; `problem` says why it did not parse."""

    references: Sequence[str] = ()
    declares: Sequence[str] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt at a leaf ended. `value` is what the work returned: a brief, a patch."""

    leaf: SubplanId
    status: Status
    attempt: int = 1
    candidate: int = 1
    error: str = ""
    value: object = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Change:
    """What a leaf did to one path: relative, POSIX, surrogate escapes where it is not UTF-8.

    `mode` is git's: 0o100644, 0o100755, or 0o120000 for a link, whose content is its target. A deletion has
    no content and mode 0. The bytes are those of the working tree.
    """

    path: str
    mode: int
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Edit:
    """A change without its bytes: `digest` is the SHA-256 of the content, None for a deletion."""

    path: str
    mode: int
    digest: str | None


Patch = tuple[Change, ...]
"""All that one attempt changed, sorted by the bytes of the paths; a rename is a deletion and an addition."""
