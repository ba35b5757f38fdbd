"""Move and exchange nodes between leaves until no ordered sequence of moves improves the cut."""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from autonomy.plugins.splitters.autocut.cut import Cut

WISHES = 3
"""Full leaves that a node tries to get into by an exchange."""


def refine(cut: Cut, rounds: int = 3) -> int:
    """Passes of moves and exchanges, until a round gains less than 0.2 % of the cut; returns what they gained."""
    gained = 0
    for _ in range(rounds):
        won = pass_moves(cut) + exchange(cut)
        gained += won
        if won * 500 <= cut.weight():
            break
    return gained


def pass_moves(cut: Cut) -> int:
    """One k-way pass (Fiduccia and Mattheyses, 1982) under hard caps; returns what it gained.

    The best move that fits is made, also where it loses; its node is then locked. The pass ends when no
    prefix has been the best for a while, and is rolled back to the best prefix.
    """
    heap = [(-gain, node, leaf) for node in range(len(cut.leaf_of)) for gain, leaf in [cut.best(node)] if leaf >= 0]
    heapify(heap)
    locked = [False] * len(cut.leaf_of)
    trail: list[tuple[int, int]] = []
    total = best = kept = 0
    patience = max(400, len(locked) // 20)
    ties, leaf_of = cut.problem.ties, cut.leaf_of
    while heap and len(trail) - kept <= patience:
        loss, node, leaf = heappop(heap)
        if locked[node]:
            continue
        gain, now = cut.best(node)
        if now < 0:
            continue
        if now != leaf or gain != -loss:
            heappush(heap, (-gain, node, now))
            continue
        locked[node] = True
        trail.append((node, leaf_of[node]))
        cut.move(node, leaf)
        total += gain
        if total > best:
            best, kept = total, len(trail)
        for other in ties[node]:
            if not locked[other]:
                gain, now = cut.best(other)
                if now >= 0:
                    heappush(heap, (-gain, other, now))
    for node, home in reversed(trail[kept:]):
        cut.move(node, home)
    return best


def exchange(cut: Cut) -> int:
    """Swap pairs of nodes (Kernighan and Lin, 1970) where a full leaf blocks a move that would gain; returns the gain.

    Node i wants into leaf B, which has no room: a node j of B leaves for the home of i, or for a third leaf.
    """
    won = 0
    urges: dict[int, list[tuple[int, int]]] = {}
    for node in range(len(cut.leaf_of)):
        home = cut.leaf_of[node]
        pull = cut.pull[node]
        own = pull.get(home, 0)
        wanted = sorted((-weight, leaf) for leaf, weight in pull.items() if weight > own and leaf != home)
        for loss, leaf in wanted[:WISHES]:
            if leaf not in urges:
                urges[leaf] = _urges(cut, leaf)
            gain, other, third = _partner(cut, node, leaf, -loss - own, urges[leaf])
            if gain > 0:
                for moved in (node, other):
                    for near in (moved, *cut.problem.ties[moved]):
                        urges.pop(cut.leaf_of[near], None)
                urges.pop(third, None)
                if _swap(cut, node, leaf, other, third):
                    won += gain
                    break
    return won


def _urges(cut: Cut, leaf: int) -> list[tuple[int, int]]:
    """(node, the most that it gains by leaving) of the nodes of a leaf, ascending."""
    pulls = cut.pull
    found = []
    for node in sorted(cut.members[leaf]):
        own = most = 0
        for near, weight in pulls[node].items():
            if near == leaf:
                own = weight
            elif weight > most:
                most = weight
        found.append((node, most - own))
    return found


def _partner(cut: Cut, node: int, leaf: int, wish: int, urges: Sequence[tuple[int, int]]) -> tuple[int, int, int]:
    """(gain, j, where to) of the best node j that makes room in `leaf`; gain 0 where none pays."""
    problem, home = cut.problem, cut.leaf_of[node]
    tokens, files, row = problem.tokens[node], problem.counts[node], problem.ties[node]
    over_tokens, over_files = (
        cut.tokens[leaf] + tokens - problem.max_tokens,
        cut.counts[leaf] + files - problem.max_files,
    )
    free_tokens, free_files = (
        problem.max_tokens - cut.tokens[home] + tokens,
        problem.max_files - cut.counts[home] + files,
    )
    best = (0, 0, 0)
    for other in [other for other, urge in urges if urge > -wish]:
        other_tokens, other_files = problem.tokens[other], problem.counts[other]
        if other_tokens < over_tokens or other_files < over_files:
            continue
        pull = cut.pull[other]
        bare = wish - pull.get(leaf, 0)
        tie = row.get(other, 0)
        if other_tokens <= free_tokens and other_files <= free_files:
            gain = bare + pull.get(home, 0) - 2 * tie
            if gain > best[0]:
                best = (gain, other, home)
        for third, weight in pull.items():
            gain = bare + weight - tie
            if gain > best[0] and third not in (home, leaf) and cut.fits(other, third):
                best = (gain, other, third)
    return best


def _swap(cut: Cut, node: int, leaf: int, other: int, third: int) -> bool:
    """Make both moves; where a rule keeps nodes apart, make none."""
    home, sides = cut.leaf_of[node], cut.problem.sides
    cut.move(other, third)
    cut.move(node, leaf)
    if sides and (cut.clashes(node, leaf) or cut.clashes(other, third)):
        cut.move(node, home)
        cut.move(other, leaf)
        return False
    return True
