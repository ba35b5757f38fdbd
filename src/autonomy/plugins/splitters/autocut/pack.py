"""Put small clusters together, neighbours in the tree first: deepest directories first, the rest bubbles up."""

from bisect import bisect_left, insort
from collections.abc import Sequence

from autonomy.plugins.splitters.autocut.problem import Problem, directory

FULL = 0.9
"""A bin that is this full is not carried on to the parent directory."""


def pack(problem: Problem, clusters: Sequence[Sequence[int]]) -> list[list[int]]:
    """Bins under both caps, made of whole clusters; clusters of one directory share bins before strangers do."""
    waiting: dict[str, list[list[int]]] = {}
    for cluster in clusters:
        waiting.setdefault(common_directory([problem.paths[file] for file in cluster]), []).append(list(cluster))
    done: list[list[int]] = []
    by_depth: dict[int, set[str]] = {}
    for home in waiting:
        while home not in by_depth.setdefault(_depth(home), set()):
            by_depth[_depth(home)].add(home)
            home = directory(home)
    for depth in sorted(by_depth, reverse=True):
        for home in sorted(by_depth[depth]):
            bins = best_fit(problem, waiting.pop(home, []))
            for packed in bins:
                if home and problem.load(len(packed), _tokens(problem, packed)) < FULL:
                    waiting.setdefault(directory(home), []).append(packed)
                else:
                    done.append(packed)
    return sorted(sorted(packed) for packed in done)


def best_fit(problem: Problem, clusters: Sequence[Sequence[int]]) -> list[list[int]]:
    """Best-fit decreasing: the fullest first, each into the bin that it leaves the least room in."""
    sized = [(_tokens(problem, cluster), cluster) for cluster in clusters]
    sized.sort(key=lambda each: (-problem.load(len(each[1]), each[0]), each[1][0]))
    bins: list[list[int]] = []
    room: list[tuple[int, int]] = []
    for tokens, cluster in sized:
        place = bisect_left(room, (tokens, -1))
        while place < len(room) and len(bins[room[place][1]]) + len(cluster) > problem.max_files:
            place += 1
        if place < len(room):
            left, chosen = room.pop(place)
            bins[chosen] += cluster
        else:
            left, chosen = problem.max_tokens, len(bins)
            bins.append(list(cluster))
        if left >= tokens:
            insort(room, (left - tokens, chosen))
    return bins


def common_directory(paths: Sequence[str]) -> str:
    """The deepest directory above all paths, empty for the root."""
    low, high = min(paths).split("/")[:-1], max(paths).split("/")[:-1]
    shared = 0
    while shared < min(len(low), len(high)) and low[shared] == high[shared]:
        shared += 1
    return "/".join(low[:shared])


def _depth(home: str) -> int:
    return home.count("/") + 1 if home else 0


def _tokens(problem: Problem, files: Sequence[int]) -> int:
    tokens = problem.tokens
    return sum(tokens[file] for file in files)
