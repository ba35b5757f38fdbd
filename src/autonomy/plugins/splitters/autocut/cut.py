"""A partition under construction: which leaf each node is in, and what it is tied to."""

from collections.abc import Sequence

from autonomy.plugins.splitters.autocut.problem import Problem


class Cut:
    """Leaves 0..k-1 (some may be empty) and, for each node, the weight of its ties into each leaf.

    `pull[i]` maps leaf -> weight over the neighbours of node i. Only `move` changes anything.
    """

    __slots__ = ("counts", "leaf_of", "members", "problem", "pull", "tokens")

    def __init__(self, problem: Problem, leaves: Sequence[Sequence[int]]) -> None:
        self.problem = problem
        self.members = [set(leaf) for leaf in leaves]
        self.counts = [sum(problem.counts[node] for node in leaf) for leaf in leaves]
        self.tokens = [sum(problem.tokens[node] for node in leaf) for leaf in leaves]
        self.leaf_of: list[int] = [0] * len(problem)
        for number, leaf in enumerate(leaves):
            for node in leaf:
                self.leaf_of[node] = number
        self.pull: list[dict[int, int]] = []
        leaf_of = self.leaf_of
        for row in problem.ties:
            pull: dict[int, int] = {}
            for other, weight in row.items():
                near = leaf_of[other]
                pull[near] = pull.get(near, 0) + weight
            self.pull.append(pull)

    def fits(self, node: int, leaf: int) -> bool:
        """Whether the node may join the leaf: both caps, and the rules that keep nodes apart."""
        problem = self.problem
        return (
            self.tokens[leaf] + problem.tokens[node] <= problem.max_tokens
            and self.counts[leaf] + problem.counts[node] <= problem.max_files
            and (node not in problem.sides or not self.clashes(node, leaf))
        )

    def clashes(self, node: int, leaf: int) -> bool:
        return self.problem.clash([node], sorted(self.members[leaf] - {node}))

    def move(self, node: int, leaf: int) -> None:
        """Put a node into another leaf, whether it fits or not."""
        home, tokens, files = self.leaf_of[node], self.problem.tokens[node], self.problem.counts[node]
        self.leaf_of[node] = leaf
        self.members[home].remove(node)
        self.members[leaf].add(node)
        self.counts[home] -= files
        self.tokens[home] -= tokens
        self.counts[leaf] += files
        self.tokens[leaf] += tokens
        for other, weight in self.problem.ties[node].items():
            pull = self.pull[other]
            left = pull[home] - weight
            if left:
                pull[home] = left
            else:
                del pull[home]
            pull[leaf] = pull.get(leaf, 0) + weight

    def best(self, node: int) -> tuple[int, int]:
        """(gain, leaf) of the best move that fits, ties to the lower leaf; leaf -1 where none is possible."""
        problem, home = self.problem, self.leaf_of[node]
        pull, counts, tokens = self.pull[node], self.counts, self.tokens
        files, room = problem.max_files - problem.counts[node], problem.max_tokens - problem.tokens[node]
        bound = node in problem.sides
        most, chosen = -1, -1
        for leaf, weight in pull.items():
            if (
                (weight > most or (weight == most and leaf < chosen))
                and leaf != home
                and tokens[leaf] <= room
                and counts[leaf] <= files
                and not (bound and self.clashes(node, leaf))
            ):
                most, chosen = weight, leaf
        return most - pull.get(home, 0), chosen

    def weight(self) -> int:
        """The weight of all ties between two leaves."""
        leaf_of = self.leaf_of
        inside = sum(pull.get(leaf_of[node], 0) for node, pull in enumerate(self.pull))
        return (sum(sum(row.values()) for row in self.problem.ties) - inside) // 2

    def leaves(self) -> list[list[int]]:
        """The leaves that hold nodes, each ascending, ordered by their first node."""
        return sorted(sorted(leaf) for leaf in self.members if leaf)
