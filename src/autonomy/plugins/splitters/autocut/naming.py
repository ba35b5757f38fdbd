"""Hang leaves into the tree of directories, so that a person recognises where each is at home."""

from collections.abc import Sequence
from itertools import combinations

from autonomy.decompose import progresses
from autonomy.model import Graph, Limits, Part, Workset
from autonomy.plugins.splitters.autocut.pack import common_directory, depth
from autonomy.plugins.splitters.autocut.problem import directory

SHARE = 0.6
"""A directory that holds this share of a leaf's tokens is its home."""


def home(leaf: Sequence[int], paths: Sequence[str], tokens: Sequence[int]) -> str:
    """The deepest directory with most of the leaf's tokens; else the one above the two that do; else the root."""
    weight: dict[str, int] = {}
    for file in leaf:
        above = directory(paths[file])
        while True:
            weight[above] = weight.get(above, 0) + tokens[file] + 1
            if not above:
                break
            above = directory(above)
    enough = SHARE * weight[""]
    single = [above for above, held in weight.items() if held >= enough]
    return max(single, key=lambda above: (depth(above), above)) or _home_of_two(weight, enough)


def _home_of_two(weight: dict[str, int], enough: float) -> str:
    heavy = sorted(weight, key=lambda above: (-weight[above], above))[:24]
    pairs = [
        common_directory([a, b])
        for a, b in combinations([above for above in heavy if above], 2)
        if not f"{a}/".startswith(f"{b}/") and not f"{b}/".startswith(f"{a}/") and weight[a] + weight[b] >= enough
    ]
    return max(pairs, key=lambda above: (depth(above), above), default="")


def tree(leaves: Sequence[Sequence[int]], graph: Graph, limits: Limits) -> list[Part]:
    """The leaves as parts of the directories where they are at home, ordered by path, at most `max_depth` levels.

    A directory is a part only if it has two parts or more, would not be a leaf itself, and is not all there is.
    """
    at: dict[str, list[Part]] = {}
    for leaf in leaves:
        at.setdefault(home(leaf, graph.paths, graph.tokens), []).append(Part(tuple(sorted(leaf))))
    below: dict[str, set[str]] = {"": set()}
    for each in sorted(at):
        below.setdefault(each, set())
        place = each
        while place and place not in below.setdefault(directory(place), set()):
            below[directory(place)].add(place)
            place = directory(place)
    parts = _Hanging(at, below, graph, limits).parts()
    return list(parts[0].parts) if len(parts) == 1 else parts


def _lifted(parts: Sequence[Part], graph: Graph, limits: Limits) -> list[Part]:
    """The parts; in place of one that holds nearly all files, and so is no step of its own, stand its parts."""
    found = list(parts)
    while True:
        whole = Workset(graph, sorted(file for part in found for file in part.files), limits)
        largest = max(found, key=lambda part: (len(part.parts) > 0, len(part.files)), default=None)
        if largest is None or not largest.parts or progresses(whole, found):
            return sorted(found, key=lambda part: tuple(part.files))
        found.remove(largest)
        found.extend(largest.parts)


class _Hanging:
    """Deepest directory first, so that no recursion is needed."""

    def __init__(self, at: dict[str, list[Part]], below: dict[str, set[str]], graph: Graph, limits: Limits) -> None:
        self.at, self.below, self.graph, self.limits = at, below, graph, limits

    def parts(self) -> list[Part]:
        levels = self._levels()
        for place in sorted(self.below, key=lambda each: (-depth(each), each)):
            if place:
                # Also where it did not fork: what was too deep to be a part below it has come up to it.
                self._hang(place, levels[directory(place)] + 1)
        return _lifted(self.at.get("", []), self.graph, self.limits)

    def _levels(self) -> dict[str, int]:
        """How deep each directory would stand if every directory with two parts or more became one."""
        levels = {"": 0}
        for place in sorted(self.below, key=lambda each: (depth(each), each)):
            if place:
                forks = len(self.at.get(place, [])) + len(self.below[place]) > 1
                levels[place] = levels[directory(place)] + forks
        return levels

    def _hang(self, place: str, level: int) -> None:
        parts = self.at.pop(place, [])
        files = sorted(file for part in parts for file in part.files)
        upper = self.at.setdefault(directory(place), [])
        whole = Workset(self.graph, files, self.limits)
        lifted = _lifted(parts, self.graph, self.limits)
        # A small leaf beside one of nearly all files would be refused as no progress, and cut anew.
        if level >= self.limits.max_depth or self._is_leaf(whole) or not progresses(whole, lifted):
            upper.extend(lifted)
        else:
            upper.append(Part(tuple(files), tuple(lifted)))

    def _is_leaf(self, workset: Workset) -> bool:
        return len(workset.files) <= self.limits.min_files or workset.fits
