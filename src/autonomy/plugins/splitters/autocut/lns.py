"""Large-neighbourhood search: take a leaf and its neighbours apart, cut them again, keep what is better."""

from collections.abc import Sequence

from autonomy.plugins.splitters.autocut.agglomerate import agglomerate
from autonomy.plugins.splitters.autocut.cut import Cut
from autonomy.plugins.splitters.autocut.pack import best_fit
from autonomy.plugins.splitters.autocut.refine import pass_moves

NEIGHBOURS = 3


def search(cut: Cut) -> int:
    """Visit every leaf once, the one with the heaviest outside ties first; returns the weight that was won."""
    members: list[list[int]] = [[] for _ in cut.count]
    for file, leaf in enumerate(cut.leaf_of):
        members[leaf].append(file)
    outside = [sum(_outside(cut, leaf, files).values()) for leaf, files in enumerate(members)]
    won = 0
    for leaf in sorted(range(len(members)), key=lambda each: (-outside[each], each)):
        if outside[leaf] and not any(cut.frozen[file] for file in members[leaf]):
            won += _recut(cut, leaf, members)
    return won


def _outside(cut: Cut, leaf: int, files: Sequence[int]) -> dict[int, int]:
    """Neighbouring leaf -> weight of the ties into it."""
    total: dict[int, int] = {}
    for file in files:
        for other, weight in cut.pull[file].items():
            if other != leaf:
                total[other] = total.get(other, 0) + weight
    return total


def _recut(cut: Cut, leaf: int, members: list[list[int]]) -> int:
    """Cut a leaf and its strongest neighbours anew into no more leaves than they are; returns the gain, 0 if undone."""
    near = sorted(_outside(cut, leaf, members[leaf]).items(), key=lambda each: (-each[1], each[0]))
    group = [leaf, *(other for other, _ in near if not any(cut.frozen[file] for file in members[other]))][
        : NEIGHBOURS + 1
    ]
    files = sorted(file for each in group for file in members[each])
    if len(group) < 2:
        return 0
    part = cut.problem.part(files)
    row = {leaf: i for i, leaf in enumerate(group)}
    now: list[list[int]] = [[] for _ in group]
    for i, file in enumerate(files):
        now[row[cut.leaf_of[file]]].append(i)
    before = Cut(part, now)
    fresh = best_fit(part, agglomerate(part))
    if len(fresh) > len(group):
        return 0
    after = Cut(part, [*fresh, *([] for _ in range(len(group) - len(fresh)))])
    pass_moves(after)
    won = before.weight() - after.weight()
    if won <= 0:
        return 0
    for each in group:
        members[each] = []
    for i, file in enumerate(files):
        to = group[after.leaf_of[i]]
        members[to].append(file)
        if cut.leaf_of[file] != to:
            cut.move(file, to)
    return won
