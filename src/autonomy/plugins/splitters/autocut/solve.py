"""The steps in their order: from a problem to leaves."""

from math import ceil

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

ROUNDS = 2
"""How often directories are taken apart."""
CYCLES = 2
TRIES = 2


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
        cut = _start(problem.contract(groups))
    if effort == "normal":
        _search(cut, seed)
    return [sorted(node for group in leaf for node in groups[group]) for leaf in cut.leaves()]


def _start(problem: Problem) -> Cut:
    cut = Cut(problem, pack(problem, agglomerate(problem)))
    refine(cut, 1)
    eliminate(cut, ceil(SLACK * problem.bound))
    refine(cut)
    return cut


def _search(cut: Cut, seed: int) -> None:
    for turn in range(CYCLES):
        if not v_cycle(cut, seed + turn):
            break
    if neighbourhoods(cut, seed, TRIES):
        refine(cut, 1)
