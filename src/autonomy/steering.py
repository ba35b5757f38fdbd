"""What people and earlier plans decide about the cut: pins, owners, leaves to stay in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from autonomy import git, metrics, planfile, sticky
from autonomy.config import Config
from autonomy.errors import InputError
from autonomy.model import Graph, Pins
from autonomy.pins import owned, pins_of
from autonomy.scan import head_reader

STALE_CUT = 1.10
"""A cut that stayed and is worse than this, against a fresh one, is said to be so."""


def pins_for(root: Path, config: Config, graph: Graph) -> Pins:
    """What people decide about the cut: the pins of the configuration and, with `by = owners`, CODEOWNERS.

    Raises:
        UsageError: pins that contradict each other.
        InputError: owners were asked for, and there is no CODEOWNERS file.
    """
    wanted = config.pins
    found = pins_of(graph.paths, wanted.together, wanted.apart, wanted.alone)
    if not config.by:
        return found
    with head_reader(root, 1 << 20)() as read:
        for place in (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"):
            if place in graph.paths:
                return replace(found, owners=owned(graph.paths, read(place).decode("utf-8", "replace")))
    raise InputError(f"{root}: --by owners, and there is no CODEOWNERS file")


def earlier_leaves(root: Path, since: Path, graph: Graph) -> Mapping[int, int]:
    """File -> the number of its leaf in an earlier plan or lock; renames that git knows are followed.

    Raises:
        InputError: there is no such file.
        UsageError: it is neither a plan nor a lock.
    """
    try:
        text = since.read_bytes()
    except OSError as error:
        raise InputError(f"--since {since}: {error.strerror}") from None
    if b'"autonomy.lock/v1"' in text[:200]:
        return sticky.previous(sticky.read_lock(text.decode("utf-8", "surrogateescape")), graph.paths, {})
    earlier = planfile.loads(text, str(since))
    repository = git.find_repository(root)
    renames: Mapping[str, str] = {}
    if repository is not None and earlier.revision and graph.snapshot.revision not in (None, earlier.revision):
        home = git.engine_dir(git.state_dir(), repository)
        renames = git.renames_between(home, earlier.revision, str(graph.snapshot.revision))
    return sticky.previous(sticky.places(earlier), graph.paths, renames)


def stayed(
    graph: Graph, leaves: Sequence[Sequence[int]], fresh: Sequence[Sequence[int]], earlier: Mapping[int, int]
) -> str:
    """How many files stayed where they were, and how good the cut still is against one made afresh."""
    heirs = {number: max(range(len(leaves)), key=_shares(leaves, earlier, number)) for number in set(earlier.values())}
    places = metrics.leaf_index(leaves, len(graph))
    moved = sum(places[file] != heirs[number] for file, number in earlier.items())
    ours, theirs = metrics.edge_cut(places, graph), metrics.edge_cut(metrics.leaf_index(fresh, len(graph)), graph)
    ratio = ours / theirs if theirs else 1.0
    advice = "; plan without --since to cut afresh" if ratio > STALE_CUT else ""
    return f"{moved:,} of {len(earlier):,} files moved; the cut is {ratio:.2f} of a fresh one{advice}"


def _shares(leaves: Sequence[Sequence[int]], earlier: Mapping[int, int], number: int) -> Callable[[int], int]:
    return lambda place: sum(earlier.get(file) == number for file in leaves[place])
