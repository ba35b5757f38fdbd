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
from autonomy.plugins.splitters.autocut.units import released, units

SLACK = 1.03
"""Leaves per leaf of the lower bound that are accepted for a better cut."""

ROUNDS = 3
"""How often directories are taken apart."""
FINE = (0.05, 0.1, 0.2, 0.4)


@dataclass(frozen=True, slots=True)
class Search:
    """How long to search in problems of at most so many nodes."""

    most: float
    grains: Sequence[float]
    cycles: int
    tries: int


SEARCHES = (Search(6_000, FINE, 2, 2), Search(20_000, FINE, 1, 0), Search(inf, (0.2,), 1, 0))
"""All of it takes about as long as the first cut."""


def leaves_of(problem: Problem, effort: str = "normal", seed: int = 0) -> list[list[int]]:
    """A partition under both caps: directories as units first, those that ask for it taken apart, then cut again."""
    groups = units(problem)
    cut = _start(problem.contract(groups))
    for _ in range(ROUNDS):
        leaves = [[node for group in leaf for node in groups[group]] for leaf in cut.leaves()]
        fewer = released(problem, groups, leaves)
        if len(fewer) == len(groups):
            break
        groups = fewer
        cut = _continued(problem.contract(groups), groups, leaves)
    if effort == "normal":
        _search(cut, seed)
    return [sorted(node for group in leaf for node in groups[group]) for leaf in cut.leaves()]


def _continued(problem: Problem, groups: Sequence[Sequence[int]], leaves: Sequence[Sequence[int]]) -> Cut:
    """The same leaves, made of finer groups, refined."""
    leaf_of = {node: number for number, leaf in enumerate(leaves) for node in leaf}
    finer: list[list[int]] = [[] for _ in leaves]
    for number, group in enumerate(groups):
        finer[leaf_of[group[0]]].append(number)
    cut = Cut(problem, finer)
    refine(cut)
    return cut


def _start(problem: Problem) -> Cut:
    cut = Cut(problem, pack(problem, agglomerate(problem)))
    refine(cut, 1)
    eliminate(cut, ceil(SLACK * problem.bound))
    refine(cut)
    return cut


def _search(cut: Cut, seed: int) -> None:
    plan = next(plan for plan in SEARCHES if len(cut.problem) <= plan.most)
    for turn in range(plan.cycles):
        if not v_cycle(cut, plan.grains, seed + turn):
            break
    if plan.tries and neighbourhoods(cut, seed, plan.tries):
        refine(cut, 1)
