"""The soft order: waves of leaves without a barrier between them."""

from collections.abc import Sequence

from autonomy.order.pace import simulate

BUSY = 0.95
"""The share of the pace without any waits that a soft order keeps."""
WAVES = (0.5, 0.7, 1.0, 1.5, 2.0)
"""Sizes of a wave that are tried, in workers: small waves honour more, large ones wait less."""
MANY = 400
"""Leaves from which on two sizes are tried: the others honour less than one reference in a hundred more there."""
SWEEPS = 6
SIMULATIONS = 40
"""How often a plan is run in the head to find the waits that cost the most."""

Ties = list[dict[int, int]]
"""Row i: leaf -> how many references go from leaf i into it."""


def befores(ties: Ties, rank: Sequence[int]) -> list[list[int]]:
    return [sorted(other for other in row if rank[other] < rank[leaf]) for leaf, row in enumerate(ties)]


def weight(ties: Ties, waits: Sequence[Sequence[int]]) -> int:
    return sum(row[other] for row, befores in zip(ties, waits, strict=True) for other in befores)


def soft_waits(ties: Ties, cost: Sequence[int], workers: int) -> list[list[int]]:
    """Waves of leaves, the wanted ones first; a leaf waits for those of earlier waves that it refers to, not for all.

    Of several wave sizes that one is taken which honours most while the workers stay busy.
    """
    if len(ties) <= workers:
        return [[] for _ in ties]
    users = _transposed(ties)
    order = _wanted_first(ties, users)
    quick = BUSY * sum(cost) / simulate([[] for _ in ties], cost, workers)[0]
    found: list[tuple[bool, float, int, list[list[int]]]] = []
    for share in WAVES if len(ties) < MANY else WAVES[1:3]:
        size = max(1, round(share * workers))
        rank = [0] * len(ties)
        for place, leaf in enumerate(order[workers:]):
            rank[leaf] = 1 + place // size
        for searched in (False, True):
            if searched:
                _swap(rank, ties, users)
            waits, pace = _relax(befores(ties, rank), ties, cost, workers, quick)
            found.append((pace >= quick, weight(ties, waits) if pace >= quick else pace, -len(found), waits))
    return max(found)[-1]


def _transposed(ties: Ties) -> Ties:
    users: Ties = [{} for _ in ties]
    for leaf, row in enumerate(ties):
        for other, weight in row.items():
            users[other][leaf] = weight
    return users


def _wanted_first(ties: Ties, users: Ties) -> list[int]:
    """Leaves by the balance of references in and out: those that others refer to come first."""

    def balance(leaf: int) -> float:
        into, out = sum(users[leaf].values()), sum(ties[leaf].values())
        return (out - into) / (out + into) if out + into else 0.0

    return sorted(range(len(ties)), key=lambda leaf: (balance(leaf), leaf))


def _swap(rank: list[int], ties: Ties, users: Ties) -> None:
    """Exchange leaves between waves while that honours more; the sizes of the waves stay."""
    waves: list[set[int]] = [set() for _ in range(max(rank) + 1)]
    for leaf, wave in enumerate(rank):
        waves[wave].add(leaf)

    def worth(leaf: int, wave: int, other: int) -> int:
        """What is honoured of the references of `leaf` in this wave, those to and from `other` left out."""
        back = sum(weight for each, weight in ties[leaf].items() if rank[each] < wave and each != other)
        return back + sum(weight for each, weight in users[leaf].items() if rank[each] > wave and each != other)

    def gain(leaf: int, other: int) -> int:
        here, there = rank[leaf], rank[other]
        turned = ties[leaf].get(other, 0) - ties[other].get(leaf, 0)
        moved = worth(leaf, there, other) - worth(leaf, here, other)
        moved += worth(other, here, leaf) - worth(other, there, leaf)
        return moved + (turned if here < there else -turned)

    for _ in range(SWEEPS):
        swapped = False
        for leaf in range(len(ties)):
            for wave in _better_waves(leaf, rank, ties, users):
                best, other = max((gain(leaf, other), -other) for other in waves[wave])
                if best > 0:
                    _exchange(rank, waves, leaf, -other)
                    swapped = True
                    break
        if not swapped:
            return


def _better_waves(leaf: int, rank: Sequence[int], ties: Ties, users: Ties) -> list[int]:
    """Up to three waves in which more of the leaf's references are honoured than where it is, the best first."""
    steps: dict[int, int] = {0: sum(users[leaf].values()), rank[leaf]: 0}
    for other, weight in ties[leaf].items():
        steps[rank[other] + 1] = steps.get(rank[other] + 1, 0) + weight
    for other, weight in users[leaf].items():
        steps[rank[other]] = steps.get(rank[other], 0) - weight
    value, values = 0, {}
    for wave in sorted(steps):
        value += steps[wave]
        values[wave] = value
    last, here = max(rank), rank[leaf]
    better = [wave for wave, value in values.items() if value > values[here] and wave <= last]
    return sorted(better, key=lambda wave: (-values[wave], abs(wave - here), wave))[:3]


def _exchange(rank: list[int], waves: list[set[int]], leaf: int, other: int) -> None:
    waves[rank[leaf]].remove(leaf)
    waves[rank[other]].remove(other)
    rank[leaf], rank[other] = rank[other], rank[leaf]
    waves[rank[leaf]].add(leaf)
    waves[rank[other]].add(other)


def _relax(
    waits: list[list[int]], ties: Ties, cost: Sequence[int], workers: int, quick: float
) -> tuple[list[list[int]], float]:
    """Drop the lightest waits of the chain that ends last, until the pace is `quick`; what is left, and its pace."""
    total = sum(cost)
    for _ in range(SIMULATIONS):
        end, chain = simulate(waits, cost, workers)
        if total / end >= quick or not chain:
            break
        leaf, before = min(chain, key=lambda link: (ties[link[0]][link[1]], link))
        waits[leaf] = [other for other in waits[leaf] if other != before]
    return waits, total / simulate(waits, cost, workers)[0]
