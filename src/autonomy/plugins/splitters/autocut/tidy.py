"""Bring directories together that are split over leaves: a leaf of whole directories is told in few paths.

What of a directory lies in one leaf is a piece. Pieces of one directory are tied by what joining them saves in
paths, and then moved and exchanged like any nodes. The cut comes first: directories that are nodes from the start
keep the search from finding what is 3 to 6 % better.
"""

from collections.abc import Sequence

from autonomy.plugins.splitters.autocut.cut import Cut
from autonomy.plugins.splitters.autocut.pack import depth
from autonomy.plugins.splitters.autocut.problem import Problem, Ties, directory
from autonomy.plugins.splitters.autocut.refine import refine

PATH = 90_000
"""The weight of ties that one path less is worth."""
ROUNDS = 3
MOST = 24
"""A directory in more pieces than this stays as it is."""

Wish = tuple[Sequence[int], int]
"""Pieces, and how many paths it would save to have them in one leaf."""


def tidy(cut: Cut, path: int) -> None:
    """Move pieces of directories between the leaves while that gains, in ties and in paths of the weight `path`."""
    for _ in range(ROUNDS):
        pieces, wishes = _pieces(cut)
        order = sorted(range(len(pieces)), key=lambda piece: pieces[piece][0])
        groups = [pieces[piece] for piece in order]
        coarse = cut.problem.contract(groups)
        _tie(coarse, wishes, {piece: place for place, piece in enumerate(order)}, path)
        leaves: list[list[int]] = [[] for _ in cut.members]
        for number, group in enumerate(groups):
            leaves[cut.leaf_of[group[0]]].append(number)
        moved = Cut(coarse, leaves)
        if not refine(moved, 2):
            break
        for group, leaf in zip(groups, moved.leaf_of, strict=True):
            for node in group:
                if cut.leaf_of[node] != leaf:
                    cut.move(node, leaf)


def _tie(coarse: Problem, wishes: Sequence[Wish], place: dict[int, int], path: int) -> None:
    """Share what a wish saves among its pairs of pieces, by their files."""
    ties: Ties = coarse.ties
    for pieces, saved in wishes:
        rows = sorted(place[piece] for piece in pieces)
        pairs = [(a, b, coarse.counts[a] * coarse.counts[b]) for i, a in enumerate(rows) for b in rows[i + 1 :]]
        total = sum(weight for _, _, weight in pairs)
        for a, b, weight in pairs:
            if tie := path * saved * weight // total:
                ties[a][b] = ties[b][a] = ties[a].get(b, 0) + tie


def _pieces(cut: Cut) -> tuple[list[list[int]], list[Wish]]:
    """The nodes in pieces, each as large as can be: whole directories, or all loose nodes of one, in one leaf."""
    loose, inner = _tree(cut.problem.homes)
    pieces: list[list[int]] = []
    wishes: list[Wish] = []
    whole: dict[str, list[int]] = {}
    for home in sorted(loose, key=lambda home: (-depth(home), home)):
        parts: dict[int, list[int]] = {}
        for node in loose[home]:
            parts.setdefault(cut.leaf_of[node], []).append(node)
        children = [whole[child] for child in inner.get(home, ()) if child in whole]
        united = len(children) == len(inner.get(home, ()))
        leaves = parts.keys() | {cut.leaf_of[nodes[0]] for nodes in children}
        if home and united and len(leaves) == 1:
            whole[home] = sorted(node for nodes in (*parts.values(), *children) for node in nodes)
            continue
        own = [_add(pieces, parts[leaf]) for leaf in sorted(parts)]
        below = [_add(pieces, nodes) for nodes in children]
        if 1 < len(own) <= MOST:
            wishes.append((own, sum(len(nodes) for nodes in parts.values()) - 1))
        elif home and united and 1 < len(own) + len(below) <= MOST:
            wishes.append((own + below, len(own) + len(below) - 1))
    return pieces, wishes


def _add(pieces: list[list[int]], nodes: Sequence[int]) -> int:
    pieces.append(sorted(nodes))
    return len(pieces) - 1


def _tree(homes: Sequence[str]) -> tuple[dict[str, list[int]], dict[str, list[str]]]:
    """The nodes right in each directory, and the directories right in each; those above them all included."""
    loose: dict[str, list[int]] = {"": []}
    inner: dict[str, list[str]] = {}
    for node, home in enumerate(homes):
        above = home
        while above not in loose:
            loose[above] = []
            inner.setdefault(directory(above), []).append(above)
            above = directory(above)
        loose[home].append(node)
    return loose, inner
