"""Dissolve the smallest leaves into the room that others have, until few enough are left."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from itertools import chain

from autonomy.plugins.splitters.autocut.cut import Cut
from autonomy.plugins.splitters.autocut.problem import directory

MISSES = 60
"""Leaves that may resist one after the other before the rest is left as it is."""


class Room:
    """The leaves by the tokens that they have room for, so that the tightest fit is found by bisection."""

    def __init__(self, cut: Cut, leaves: list[int]) -> None:
        self.cut = cut
        self.free = sorted((cut.problem.max_tokens - cut.tokens[leaf], leaf) for leaf in leaves)

    def tightest(self, tokens: int) -> Iterator[int]:
        """Leaves that have room for one more file of this size, the fullest first."""
        for _, leaf in self.free[bisect_left(self.free, (tokens, -1)) :]:
            if self.cut.has_room(leaf, tokens):
                yield leaf

    def forget(self, leaf: int) -> None:
        entry = (self.cut.problem.max_tokens - self.cut.tokens[leaf], leaf)
        place = bisect_left(self.free, entry)
        if place < len(self.free) and self.free[place] == entry:
            del self.free[place]

    def note(self, leaf: int) -> None:
        insort(self.free, (self.cut.problem.max_tokens - self.cut.tokens[leaf], leaf))


def eliminate(cut: Cut, target: int) -> None:
    """Dissolve leaves, the smallest first and each wholly or not at all, until `target` are left."""
    problem = cut.problem
    alive = [leaf for leaf, count in enumerate(cut.count) if count]
    members: list[set[int]] = [set() for _ in cut.count]
    for file, leaf in enumerate(cut.leaf_of):
        members[leaf].add(file)
    movable = [leaf for leaf in alive if not any(cut.frozen[file] for file in members[leaf])]
    movable.sort(key=lambda leaf: (problem.load(cut.count[leaf], cut.tokens[leaf]), leaf))
    room = Room(cut, movable)
    surplus, missed = len(alive) - target, 0
    for leaf in movable:
        if surplus <= 0 or missed >= MISSES:
            return
        if _dissolve(cut, leaf, members, room):
            surplus, missed = surplus - 1, 0
        else:
            missed += 1


def _dissolve(cut: Cut, leaf: int, members: list[set[int]], room: Room) -> bool:
    """Place every file of the leaf elsewhere; where one finds no place, undo all."""
    trail: list[tuple[int, int]] = []

    def shift(file: int, to: int) -> None:
        home = cut.leaf_of[file]
        for touched in (home, to):
            room.forget(touched)
        trail.append((file, home))
        cut.move(file, to)
        members[home].discard(file)
        members[to].add(file)
        for touched in (home, to):
            if touched != leaf:
                room.note(touched)

    room.forget(leaf)
    for file in sorted(members[leaf], key=lambda file: (-cut.problem.tokens[file], file)):
        to = _place(cut, file, room)
        if to < 0:
            ejected, third, to = _eject(cut, file, members, room)
            if to < 0:
                for moved, home in reversed(trail):
                    shift(moved, home)
                room.note(leaf)
                return False
            shift(ejected, third)
        shift(file, to)
    return True


def _place(cut: Cut, file: int, room: Room) -> int:
    """The leaf that the file is most tied to and fits in, else one of its directory, else the tightest; -1 for none."""
    _, leaf = cut.best(file)
    if leaf >= 0:
        return leaf
    paths, size, home = cut.problem.paths, cut.problem.tokens[file], cut.leaf_of[file]
    for near in chain(range(file - 1, max(-1, file - 9), -1), range(file + 1, min(len(paths), file + 9))):
        leaf = cut.leaf_of[near]
        if (
            leaf != home
            and directory(paths[near]) == directory(paths[file])
            and cut.has_room(leaf, size)
            and not cut.frozen[near]
        ):
            return leaf
    for leaf in room.tightest(size):
        if leaf != home:
            return leaf
    return -1


def _eject(cut: Cut, file: int, members: list[set[int]], room: Room) -> tuple[int, int, int]:
    """(j, leaf for j, leaf for file): one smaller file j makes room in a leaf that the file is tied to."""
    problem, home, size = cut.problem, cut.leaf_of[file], cut.problem.tokens[file]
    near = sorted((-weight, leaf) for leaf, weight in cut.pull[file].items() if leaf != home)
    roomy = [(0, leaf) for _, leaf in room.free[-8:][::-1] if leaf != home]
    for _, leaf in near + roomy:
        excess = cut.tokens[leaf] + size - problem.max_tokens
        for other in sorted(members[leaf], key=lambda each: (problem.tokens[each], each)):
            if not max(1, excess) <= problem.tokens[other] < size or cut.frozen[other]:
                continue
            for third in room.tightest(problem.tokens[other]):
                if third not in (leaf, home):
                    return other, third, leaf
    return -1, -1, -1
