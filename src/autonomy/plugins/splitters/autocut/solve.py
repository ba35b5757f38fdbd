"""The steps in their order: from a problem to leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf

from autonomy.plugins.splitters.autocut.agglomerate import agglomerate
from autonomy.plugins.splitters.autocut.cut import Cut
from autonomy.plugins.splitters.autocut.eliminate import eliminate
from autonomy.plugins.splitters.autocut.pack import pack
from autonomy.plugins.splitters.autocut.problem import Problem
from autonomy.plugins.splitters.autocut.refine import refine
from autonomy.plugins.splitters.autocut.search import neighbourhoods, v_cycle
from autonomy.plugins.splitters.autocut.tidy import PATH, tidy

SLACK = 1.03
"""Leaves per leaf of the lower bound that are accepted for a better cut."""

FEW = 12
"""Up to so many leaves the slack is a whole leaf or nothing, and a cut into the fewest possible is tried, too."""

FINE = (0.05, 0.1, 0.2, 0.4)


@dataclass(frozen=True, slots=True)
class Search:
    """How long to search in problems of at most so many nodes."""

    most: float
    grains: Sequence[float]
    cycles: int
    tries: int


SEARCHES = (Search(6_000, FINE, 2, 2), Search(12_000, FINE, 1, 0), Search(inf, (0.2,), 1, 0))
"""All of it takes about as long as the first cut."""


def leaves_of(problem: Problem, effort: str = "normal", seed: int = 0, paths: float = 1.0) -> list[list[int]]:
    """A partition under both caps: a first cut, a search for a better one, and directories brought together.

    `paths` says how much whole directories count; at 0 they don't.
    """
    targets = [ceil(SLACK * problem.bound)]
    if problem.bound <= FEW:
        targets.append(problem.bound)
    cuts = [_searched(problem, target, effort, seed) for target in targets]
    cut = min(cuts, key=Cut.weight)
    if path := round(PATH * paths):
        tidy(cut, path)
    return cut.leaves()


def _searched(problem: Problem, target: int, effort: str, seed: int) -> Cut:
    """A cut into about `target` leaves."""
    cut = Cut(problem, pack(problem, agglomerate(problem)))
    refine(cut, 1)
    eliminate(cut, target)
    refine(cut)
    if effort == "normal":
        _search(cut, seed)
    return cut


def _search(cut: Cut, seed: int) -> None:
    plan = next(plan for plan in SEARCHES if len(cut.problem) <= plan.most)
    for turn in range(plan.cycles):
        if not v_cycle(cut, plan.grains, seed + turn):
            break
    if plan.tries and neighbourhoods(cut, seed, plan.tries):
        refine(cut, 1)
