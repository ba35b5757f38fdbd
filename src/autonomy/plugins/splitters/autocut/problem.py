"""What AutoCut works on: nodes of one or more files, their sizes, their ties, and the two caps of a leaf."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

Ties = list[dict[int, int]]
"""Row i: neighbour -> weight, symmetric, no loops. Whole numbers, so that no sum depends on its order."""

Sides = Mapping[int, Mapping[int, int]]
"""Node -> {rule: side}, for the few that have any: nodes on two sides of one rule never share a leaf."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Nodes 0..n-1, ascending by their first path; each fits into a leaf by itself and is never taken apart."""

    members: Sequence[Sequence[int]]
    """The files of each node, as rows of the graph."""
    homes: Sequence[str]
    """The directory that each node lies in."""
    counts: Sequence[int]
    tokens: Sequence[int]
    ties: Ties
    max_files: int
    max_tokens: int
    sides: Sides = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.members)

    def load(self, files: int, tokens: int) -> float:
        """How full a leaf of this size is: 1.0 is the cap."""
        return max(files / self.max_files, tokens / self.max_tokens)

    @property
    def bound(self) -> int:
        """No partition has fewer leaves than its files and tokens packed without a gap."""
        return max(-(-sum(self.tokens) // self.max_tokens), -(-sum(self.counts) // self.max_files))

    def clash(self, nodes: Sequence[int], others: Sequence[int]) -> bool:
        """Whether a rule keeps one of `nodes` apart from one of `others`."""
        if not self.sides:
            return False
        taken = {rule: side for node in others for rule, side in self.sides.get(node, {}).items()}
        return any(taken.get(rule, side) != side for node in nodes for rule, side in self.sides.get(node, {}).items())

    def part(self, nodes: Sequence[int]) -> "Problem":
        """The same problem over some of its nodes, which become 0, 1, ... in the order given."""
        row = {node: i for i, node in enumerate(nodes)}
        return replace(
            self,
            members=[self.members[node] for node in nodes],
            homes=[self.homes[node] for node in nodes],
            counts=[self.counts[node] for node in nodes],
            tokens=[self.tokens[node] for node in nodes],
            ties=[{row[other]: weight for other, weight in self.ties[node].items() if other in row} for node in nodes],
            sides={row[node]: rules for node, rules in self.sides.items() if node in row} if self.sides else {},
        )

    def contract(self, groups: Sequence[Sequence[int]], homes: Sequence[str] | None = None) -> "Problem":
        """The coarser problem with one node per group; groups partition the nodes, ascending by their first."""
        group_of = [0] * len(self)
        for number, group in enumerate(groups):
            for node in group:
                group_of[node] = number
        ties: Ties = []
        for number, group in enumerate(groups):
            row: dict[int, int] = {}
            for node in group:
                for other, weight in self.ties[node].items():
                    near = group_of[other]
                    row[near] = row.get(near, 0) + weight
            row.pop(number, None)
            ties.append(row)
        sides: dict[int, dict[int, int]] = {}
        for node, rules in self.sides.items():
            sides.setdefault(group_of[node], {}).update(rules)
        return replace(
            self,
            members=[[file for node in group for file in self.members[node]] for group in groups],
            homes=homes or [self.homes[group[0]] for group in groups],
            counts=[sum(self.counts[node] for node in group) for group in groups],
            tokens=[sum(self.tokens[node] for node in group) for group in groups],
            ties=ties,
            sides=sides,
        )


def directory(path: str) -> str:
    """The directory of a path, empty at the root."""
    return path.rpartition("/")[0]
