"""Split by the next directory below what all files share; small siblings are packed together."""

from collections.abc import Sequence

from autonomy.model import Part, Workset

DOMINANT = 0.95
"""A directory with this share of the files is opened in place: `src/` and a README is not yet a split."""


class Directory:
    name = "directory"

    def split(self, workset: Workset) -> Sequence[Part]:
        """One part per directory, in path order, those that fit together packed with their neighbours."""
        return [Part(sorted(group)) for group in pack(workset, list(_groups(workset).values()))]


def _groups(workset: Workset) -> dict[tuple[str, ...], list[int]]:
    """Directory -> its files, at the first level where no directory holds nearly all of them.

    Files that lie loose in an opened directory form a group of that directory.
    """
    paths = {file: tuple(workset.graph.paths[file].split("/")[:-1]) for file in workset.files}
    groups: dict[tuple[str, ...], list[int]] = {(): list(workset.files)}
    opened: set[tuple[str, ...]] = set()
    while True:
        key, files = max(groups.items(), key=lambda item: len(item[1]))
        if len(files) <= DOMINANT * len(workset.files) or key in opened:
            return groups
        opened.add(key)
        del groups[key]
        depth = _shared(files, paths, len(key))
        for file in files:
            groups.setdefault(paths[file][: depth + 1], []).append(file)


def _shared(files: Sequence[int], paths: dict[int, tuple[str, ...]], known: int) -> int:
    """How many leading directories all `files` share; at least `known`."""
    first, last = min(paths[file] for file in files), max(paths[file] for file in files)
    depth = known
    while depth < len(first) and depth < len(last) and first[depth] == last[depth]:
        depth += 1
    return depth


def pack(workset: Workset, groups: Sequence[Sequence[int]]) -> list[list[int]]:
    """Join neighbours while they fit together: next-fit, which keeps path order."""
    tokens, limits = workset.graph.tokens, workset.limits
    packs: list[list[int]] = []
    load = 0
    for group in groups:
        weight = sum(tokens[file] for file in group)
        if packs and len(packs[-1]) + len(group) <= limits.max_files and load + weight <= limits.max_tokens:
            packs[-1].extend(group)
            load += weight
        else:
            packs.append(list(group))
            load = weight
    return packs


DIRECTORY = Directory()
