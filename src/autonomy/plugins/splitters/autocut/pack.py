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
        waiting.setdefault(common_directory([problem.homes[node] for node in cluster]), []).append(list(cluster))
    done: list[list[int]] = []
    for home in _deepest_first(waiting):
        for packed in best_fit(problem, waiting.pop(home, [])):
            if home and load(problem, packed) < FULL:
                waiting.setdefault(directory(home), []).append(packed)
            else:
                done.append(packed)
    return sorted(sorted(packed) for packed in done)


def _deepest_first(homes: Sequence[str] | dict[str, list[list[int]]]) -> list[str]:
    """The directories and all above them."""
    found: set[str] = set()
    for home in homes:
        above = home
        while above not in found:
            found.add(above)
            above = directory(above)
    return sorted(found, key=lambda home: (-depth(home), home))


def best_fit(problem: Problem, clusters: Sequence[Sequence[int]]) -> list[list[int]]:
    """Best-fit decreasing: the fullest first, each into the bin that it leaves the least room in."""
    order = sorted(clusters, key=lambda cluster: (-load(problem, cluster), cluster[0]))
    bins: list[list[int]] = []
    counts: list[int] = []
    room: list[tuple[int, int]] = []
    for cluster in order:
        tokens, files = size(problem, cluster)
        place = bisect_left(room, (tokens, -1))
        while place < len(room) and (
            counts[room[place][1]] + files > problem.max_files or problem.clash(cluster, bins[room[place][1]])
        ):
            place += 1
        if place < len(room):
            left, chosen = room.pop(place)
            bins[chosen] += cluster
            counts[chosen] += files
        else:
            left, chosen = problem.max_tokens, len(bins)
            bins.append(list(cluster))
            counts.append(files)
        insort(room, (left - tokens, chosen))
    return bins


def size(problem: Problem, nodes: Sequence[int]) -> tuple[int, int]:
    """(tokens, files) of some nodes together."""
    return sum(problem.tokens[node] for node in nodes), sum(problem.counts[node] for node in nodes)


def load(problem: Problem, nodes: Sequence[int]) -> float:
    tokens, files = size(problem, nodes)
    return problem.load(files, tokens)


def common_directory(homes: Sequence[str]) -> str:
    """The deepest directory that holds all of these directories, empty for the root."""
    low, high = min(homes), max(homes)
    if low == high:
        return low
    shared = [left for left, right in _matching(low.split("/"), high.split("/"))]
    return "/".join(shared)


def _matching(left: Sequence[str], right: Sequence[str]) -> list[tuple[str, str]]:
    """The pairs up to the first that differ."""
    pairs = list(zip(left, right, strict=False))
    end = next((place for place, (one, other) in enumerate(pairs) if one != other), len(pairs))
    return pairs[:end]


def depth(home: str) -> int:
    return home.count("/") + 1 if home else 0
