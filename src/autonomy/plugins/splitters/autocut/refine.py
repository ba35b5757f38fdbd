"""Move and exchange files between leaves until no ordered sequence of moves improves the cut."""

from heapq import heapify, heappop, heappush

from autonomy.plugins.splitters.autocut.cut import Cut


def refine(cut: Cut, rounds: int = 3) -> None:
    """Fiduccia-Mattheyses passes and exchanges, until a round gains less than 0.2 % of the cut."""
    for _ in range(rounds):
        if (pass_moves(cut) + exchange(cut)) * 500 <= cut.weight():
            return


def pass_moves(cut: Cut) -> int:
    """One k-way pass (Fiduccia and Mattheyses, 1982) under hard caps; returns what it gained.

    The best move that fits is made, also where it loses; its file is then locked. The pass ends when no
    prefix has been the best for a while, and is rolled back to the best prefix.
    """
    heap = [
        (-gain, file, leaf)
        for file in range(len(cut.leaf_of))
        if not cut.frozen[file]
        for gain, leaf in [cut.best(file)]
        if leaf >= 0
    ]
    heapify(heap)
    locked = list(cut.frozen)
    trail: list[tuple[int, int]] = []
    total = best = kept = 0
    patience = max(400, len(locked) // 20)
    ties, leaf_of = cut.problem.ties, cut.leaf_of
    while heap and len(trail) - kept <= patience:
        loss, file, leaf = heappop(heap)
        if locked[file]:
            continue
        gain, now = cut.best(file)
        if now < 0:
            continue
        if (-gain, now) != (loss, leaf):
            heappush(heap, (-gain, file, now))
            continue
        locked[file] = True
        trail.append((file, leaf_of[file]))
        cut.move(file, leaf)
        total += gain
        if total > best:
            best, kept = total, len(trail)
        for other in ties[file]:
            if not locked[other]:
                gain, now = cut.best(other)
                if now >= 0:
                    heappush(heap, (-gain, other, now))
    for file, home in reversed(trail[kept:]):
        cut.move(file, home)
    return best


def exchange(cut: Cut) -> int:
    """Swap pairs of files (Kernighan and Lin, 1970) where a full leaf blocks a move that would gain; returns the gain.

    File i wants into leaf B, which has no room: a file j of B leaves for the home of i, or for a third leaf.
    """
    members: list[set[int]] = [set() for _ in cut.count]
    for file, leaf in enumerate(cut.leaf_of):
        if not cut.frozen[file]:
            members[leaf].add(file)
    won = 0
    for file in range(len(cut.leaf_of)):
        if cut.frozen[file]:
            continue
        home = cut.leaf_of[file]
        own = cut.pull[file].get(home, 0)
        wanted = sorted(((-weight, leaf) for leaf, weight in cut.pull[file].items() if leaf != home and weight > own))
        for loss, leaf in wanted[:3]:
            gain, other, third = _partner(cut, file, leaf, -loss - own, members)
            if gain > 0:
                cut.move(other, third)
                cut.move(file, leaf)
                members[leaf].discard(other)
                members[third].add(other)
                members[home].discard(file)
                members[leaf].add(file)
                won += gain
                break
    return won


def _partner(cut: Cut, file: int, leaf: int, wish: int, members: list[set[int]]) -> tuple[int, int, int]:
    """(gain, j, where to) of the best file j that makes room in `leaf`; gain 0 where none pays."""
    problem, home = cut.problem, cut.leaf_of[file]
    size, row = problem.tokens[file], problem.ties[file]
    best = (0, 0, 0)
    excess = cut.tokens[leaf] + size - problem.max_tokens
    spare = problem.max_tokens - cut.tokens[home] + size
    for other in sorted(members[leaf]):
        other_size = problem.tokens[other]
        if other_size < excess:
            continue
        pull = cut.pull[other]
        own = pull.get(leaf, 0)
        tie = row.get(other, 0)
        if other_size <= spare:
            gain = wish + pull.get(home, 0) - own - 2 * tie
            if gain > best[0]:
                best = (gain, other, home)
        for third, weight in pull.items():
            if third not in (home, leaf) and cut.has_room(third, other_size):
                gain = wish + weight - own - tie
                if gain > best[0] or (gain == best[0] > 0 and (other, third) < best[1:]):
                    best = (gain, other, third)
    return best
