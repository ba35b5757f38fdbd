"""What AutoCut works on: some files, their sizes, their ties, and the two caps of a leaf."""

from collections.abc import Sequence
from dataclasses import dataclass

Ties = list[dict[int, int]]
"""Row i: neighbour -> weight, symmetric, no loops. Whole numbers, so that no sum depends on its order."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Files 0..n-1, ascending by path. A file over `max_tokens` is a leaf of its own and never moves."""

    files: Sequence[int]
    """What each file is called outside: its row in the graph."""
    paths: Sequence[str]
    tokens: Sequence[int]
    ties: Ties
    max_files: int
    max_tokens: int

    def __len__(self) -> int:
        return len(self.paths)

    def fits(self, files: int, tokens: int) -> bool:
        return files <= self.max_files and tokens <= self.max_tokens

    def load(self, files: int, tokens: int) -> float:
        """How full a leaf of this size is: 1.0 is the cap."""
        return max(files / self.max_files, tokens / self.max_tokens)

    @property
    def bound(self) -> int:
        """No partition has fewer leaves: one per file over the cap, and the rest packed without a gap."""
        small = [tokens for tokens in self.tokens if tokens <= self.max_tokens]
        packed = max(-(-sum(small) // self.max_tokens), -(-len(small) // self.max_files))
        return len(self.tokens) - len(small) + packed

    def part(self, files: Sequence[int]) -> "Problem":
        """The same problem over some of its files, which become 0, 1, ... in the order given."""
        row = {file: i for i, file in enumerate(files)}
        ties = [{row[other]: weight for other, weight in self.ties[file].items() if other in row} for file in files]
        tokens = [self.tokens[file] for file in files]
        paths = [self.paths[file] for file in files]
        return Problem([self.files[file] for file in files], paths, tokens, ties, self.max_files, self.max_tokens)


def directory(path: str) -> str:
    """The directory of a path, empty at the root."""
    return path.rpartition("/")[0]
