"""A partition under construction: which leaf each file is in, and what it is tied to."""

from collections.abc import Sequence

from autonomy.plugins.splitters.autocut.problem import Problem


class Cut:
    """Leaves 0..k-1 (some may be empty) and, for each file, the weight of its ties into each leaf.

    `pull[i]` maps leaf -> weight over the neighbours of file i. Only `move` changes anything.
    """

    __slots__ = ("count", "frozen", "leaf_of", "problem", "pull", "tokens")

    def __init__(self, problem: Problem, leaves: Sequence[Sequence[int]]) -> None:
        self.problem = problem
        self.leaf_of: list[int] = [0] * len(problem)
        self.count = [len(leaf) for leaf in leaves]
        self.tokens = [sum(problem.tokens[file] for file in leaf) for leaf in leaves]
        for number, files in enumerate(leaves):
            for file in files:
                self.leaf_of[file] = number
        self.frozen = [tokens > problem.max_tokens for tokens in problem.tokens]
        self.pull: list[dict[int, int]] = []
        leaf_of = self.leaf_of
        for row in problem.ties:
            pull: dict[int, int] = {}
            for other, weight in row.items():
                leaf = leaf_of[other]
                pull[leaf] = pull.get(leaf, 0) + weight
            self.pull.append(pull)

    def has_room(self, leaf: int, tokens: int) -> bool:
        """Whether one more file of this size fits."""
        return self.count[leaf] < self.problem.max_files and self.tokens[leaf] + tokens <= self.problem.max_tokens

    def move(self, file: int, leaf: int) -> None:
        """Put a file into another leaf, whether it fits or not."""
        home, size = self.leaf_of[file], self.problem.tokens[file]
        self.leaf_of[file] = leaf
        self.count[home] -= 1
        self.tokens[home] -= size
        self.count[leaf] += 1
        self.tokens[leaf] += size
        for other, weight in self.problem.ties[file].items():
            pull = self.pull[other]
            left = pull[home] - weight
            if left:
                pull[home] = left
            else:
                del pull[home]
            pull[leaf] = pull.get(leaf, 0) + weight

    def best(self, file: int) -> tuple[int, int]:
        """(gain, leaf) of the best move that fits, ties to the lower leaf; leaf -1 where none is possible."""
        home, size = self.leaf_of[file], self.problem.tokens[file]
        pull, count, tokens = self.pull[file], self.count, self.tokens
        most, chosen = -1, -1
        files, room = self.problem.max_files, self.problem.max_tokens - size
        for leaf, weight in pull.items():
            if (
                (weight > most or (weight == most and leaf < chosen))
                and leaf != home
                and tokens[leaf] <= room
                and count[leaf] < files
            ):
                most, chosen = weight, leaf
        return most - pull.get(home, 0), chosen

    def weight(self) -> int:
        """The weight of all ties between two leaves."""
        leaf_of = self.leaf_of
        return (
            sum(
                weight
                for file, row in enumerate(self.problem.ties)
                for other, weight in row.items()
                if leaf_of[file] != leaf_of[other]
            )
            // 2
        )

    def leaves(self) -> list[list[int]]:
        """The leaves that hold files, each ascending, ordered by their first file."""
        members: list[list[int]] = [[] for _ in self.count]
        for file, leaf in enumerate(self.leaf_of):
            members[leaf].append(file)
        return sorted(leaf for leaf in members if leaf)
