"""Dissolve the smallest leaves into the room that others have, until few enough are left."""

from bisect import bisect_left, insort
from collections.abc import Iterator

from autonomy.plugins.splitters.autocut.cut import Cut

MISSES = 60
"""Leaves that may resist one after the other before the rest is left as it is."""
NEAR = 8
"""Neighbours by path whose leaves are asked for room."""


class Room:
    """The leaves by the tokens that they have room for, so that the tightest fit is found by bisection."""

    def __init__(self, cut: Cut) -> None:
        self.cut = cut
        self.free = sorted(self._entry(leaf) for leaf, nodes in enumerate(cut.members) if nodes)
        self.open = [entry for entry in self.free if self._takes_files(entry[1])]
        """Those of `free` that have room for a file, too."""

    def _entry(self, leaf: int) -> tuple[int, int]:
        return self.cut.problem.max_tokens - self.cut.tokens[leaf], leaf

    def _takes_files(self, leaf: int) -> bool:
        return self.cut.counts[leaf] < self.cut.problem.max_files

    def tightest(self, node: int) -> Iterator[int]:
        """Leaves that have room for the node, the fullest first."""
        tokens, home = self.cut.problem.tokens[node], self.cut.leaf_of[node]
        for _, leaf in self.open[bisect_left(self.open, (tokens, -1)) :]:
            if leaf != home and self.cut.fits(node, leaf):
                yield leaf

    def forget(self, leaf: int) -> None:
        entry = self._entry(leaf)
        for entries in (self.free, self.open):
            place = bisect_left(entries, entry)
            if place < len(entries) and entries[place] == entry:
                del entries[place]

    def note(self, leaf: int) -> None:
        insort(self.free, self._entry(leaf))
        if self._takes_files(leaf):
            insort(self.open, self._entry(leaf))


def eliminate(cut: Cut, target: int) -> None:
    """Dissolve leaves, the smallest first and each wholly or not at all, until `target` are left."""
    alive = [leaf for leaf, nodes in enumerate(cut.members) if nodes]
    alive.sort(key=lambda leaf: (cut.problem.load(cut.counts[leaf], cut.tokens[leaf]), leaf))
    room = Room(cut)
    surplus, missed = len(alive) - target, 0
    for leaf in alive:
        if surplus <= 0 or missed >= MISSES:
            return
        if _dissolve(cut, leaf, room):
            surplus, missed = surplus - 1, 0
        else:
            missed += 1


def _dissolve(cut: Cut, leaf: int, room: Room) -> bool:
    """Place every node of the leaf elsewhere; where one finds no place, undo all."""
    trail: list[tuple[int, int]] = []

    def shift(node: int, to: int) -> None:
        home = cut.leaf_of[node]
        for touched in (home, to):
            room.forget(touched)
        trail.append((node, home))
        cut.move(node, to)
        for touched in (home, to):
            if touched != leaf:
                room.note(touched)

    room.forget(leaf)
    load = cut.problem.load
    for node in sorted(
        cut.members[leaf], key=lambda node: (-load(cut.problem.counts[node], cut.problem.tokens[node]), node)
    ):
        to = _place(cut, node, room)
        if to < 0:
            ejected, third, to = _eject(cut, node, room)
            if to >= 0:
                shift(ejected, third)
        if to < 0 or not cut.fits(node, to):
            for moved, home in reversed(trail):
                shift(moved, home)
            room.note(leaf)
            return False
        shift(node, to)
    return True


def _place(cut: Cut, node: int, room: Room) -> int:
    """The leaf that the node is most tied to and fits in, else one of its directory, else the tightest; -1 for none."""
    _, leaf = cut.best(node)
    if leaf >= 0:
        return leaf
    homes, home = cut.problem.homes, cut.leaf_of[node]
    for near in range(max(0, node - NEAR), min(len(homes), node + NEAR + 1)):
        leaf = cut.leaf_of[near]
        if leaf != home and homes[near] == homes[node] and cut.fits(node, leaf):
            return leaf
    return next(room.tightest(node), -1)


def _eject(cut: Cut, node: int, room: Room) -> tuple[int, int, int]:
    """(j, leaf for j, leaf for the node): one smaller node j makes room in a leaf that the node is tied to."""
    problem, home, tokens = cut.problem, cut.leaf_of[node], cut.problem.tokens[node]
    near = sorted((-weight, leaf) for leaf, weight in cut.pull[node].items() if leaf != home)
    roomy = [(0, leaf) for _, leaf in room.free[-NEAR:][::-1] if leaf != home]
    for _, leaf in near + roomy:
        excess = cut.tokens[leaf] + tokens - problem.max_tokens
        for other in sorted(cut.members[leaf], key=lambda each: (problem.tokens[each], each)):
            if max(1, excess) <= problem.tokens[other] < tokens:
                for third in room.tightest(other):
                    if third != home:
                        return other, third, leaf
    return -1, -1, -1
