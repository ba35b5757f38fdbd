"""From what leaves changed to ordered steps and conflict sets. Pure: no git, no file, no clock."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from unicodedata import normalize

from autonomy.errors import InputError
from autonomy.model import Edit, Plan, SubplanId

_UNSEEN = dict.fromkeys((*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF))
"""What file systems of macOS leave out when they compare names."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one leaf brings: its edits, sorted by path, and the content id of the result that holds their bytes."""

    leaf: SubplanId
    slug: str
    result: str
    edits: tuple[Edit, ...]
    attempt: int = 1
    candidate: int = 1


@dataclass(frozen=True, slots=True)
class Conflict:
    """A path on which leaves do not agree; `leaves` in the order of the merge, the last one could not be added."""

    path: str
    leaves: tuple[SubplanId, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Merge:
    """What a merge did, or, with conflicts, would have had to do. `commit` is None where there was nothing to merge."""

    branch: str
    base: str
    commit: str | None
    merged: tuple[SubplanId, ...] = ()
    """In the order of their commits."""
    unchanged: tuple[SubplanId, ...] = ()
    """Succeeded and changed nothing, so they have no commit."""
    parked: tuple[SubplanId, ...] = ()
    """Left out: with them the validation fails, without them it passes."""
    conflicts: tuple[Conflict, ...] = ()
    published: bool = False
    """Whether the branch holds `commit` now; never after a dry run."""
    files: int = 0
    """Paths that differ from the base."""


def levels(plan: Plan) -> tuple[tuple[SubplanId, ...], ...]:
    """Leaves by dependency level, in plan order within one; a leaf stands one after the last that it waits for."""
    rank = {leaf.id: number for number, leaf in enumerate(plan.leaves)}
    dependants: dict[SubplanId, list[SubplanId]] = defaultdict(list)
    waiting = {leaf: len(plan.waits_for.get(leaf, ())) for leaf in rank}
    for leaf, befores in plan.waits_for.items():
        for before in befores:
            dependants[before].append(leaf)
    ready = [leaf for leaf, count in waiting.items() if not count]
    found: list[tuple[SubplanId, ...]] = []
    while ready:
        found.append(tuple(sorted(ready, key=rank.__getitem__)))
        ready = []
        for leaf in found[-1]:
            for after in dependants[leaf]:
                waiting[after] -= 1
                if not waiting[after]:
                    ready.append(after)
    return tuple(found)


def refused(contributions: Iterable[Contribution]) -> tuple[Conflict, ...]:
    """Changes to paths that no commit may hold: outside of the tree, or inside of a git directory."""
    return tuple(
        Conflict(edit.path, (each.leaf,), "a name that git refuses")
        for each in contributions
        for edit in each.edits
        if not all(map(_is_safe, edit.path.split("/")))
    )


def _is_safe(name: str) -> bool:
    """Also where the branch may be checked out: file systems that fold case, drop trailing dots or have short names."""
    folded = normalize("NFKC", name.translate(_UNSEEN)).casefold().split(":")[0].rstrip(" .")
    return bool(name) and name not in {".", ".."} and "\0" not in name and folded not in {".git", "git~1"}


def overlaps(contributions: Sequence[Contribution]) -> tuple[tuple[int, ...], ...]:
    """Groups of contributions that touch the same ground differently, each ascending; most merges have none.

    Two touch the same ground where they change one path to different things, or where one puts a file where
    the other needs a directory. Whoever is in no group can be added in any order with the same outcome.
    """
    touched = _touched(contributions)
    parent = list(range(len(contributions)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = index = parent[parent[index]]
        return index

    for path, versions in touched.items():
        rivals = [index for index, _ in versions] if len({edit for _, edit in versions}) > 1 else []
        if any(edit.digest is not None for _, edit in versions):
            for above in _above(path):
                files = [index for index, edit in touched.get(above, ()) if edit.digest is not None]
                rivals += [*files, *(index for index, _ in versions)] if files else []
        for index in rivals[1:]:
            parent[root(index)] = root(rivals[0])
    groups: dict[int, list[int]] = defaultdict(list)
    for index in range(len(contributions)):
        groups[root(index)].append(index)
    return tuple(sorted(tuple(group) for group in groups.values() if len(group) > 1))


def _touched(contributions: Sequence[Contribution]) -> Mapping[str, list[tuple[int, Edit]]]:
    touched: dict[str, list[tuple[int, Edit]]] = defaultdict(list)
    for index, each in enumerate(contributions):
        for edit in each.edits:
            touched[edit.path].append((index, edit))
    return touched


def _above(path: str) -> Iterable[str]:
    """The directories that `path` needs."""
    cut = path.rfind("/")
    while cut > 0:
        yield path[:cut]
        cut = path.rfind("/", 0, cut)


@dataclass(slots=True)
class Sifted:
    """Which contributions stay, in order, and which are parked."""

    kept: list[Contribution] = field(default_factory=list)
    parked: list[Contribution] = field(default_factory=list)


def sift(steps: Sequence[Sequence[Contribution]], passes: Callable[[Sequence[Contribution]], bool]) -> Sifted:
    """Add level after level; where a level does not pass, find the one that breaks it by bisection and park it.

    `passes` judges everything that is kept so far plus candidates. n contributions of which g are guilty
    cost at most one judgement a level and g * (1 + log2 n) more.

    Raises:
        InputError: the base does not pass either, so nothing can be learnt.
    """
    sifted = Sifted()
    sound = False
    for level in steps:
        rest = list(level)
        while rest and not passes([*sifted.kept, *rest]):
            sound = sound or bool(sifted.kept) or passes(())
            if not sound:
                raise InputError("the validation fails on the base already, before any leaf is merged; mend that first")
            guilty = _first_to_fail(sifted.kept, rest, passes)
            sifted.kept += rest[:guilty]
            sifted.parked.append(rest[guilty])
            rest = rest[guilty + 1 :]
        sifted.kept += rest
    return sifted


def _first_to_fail(
    kept: Sequence[Contribution], rest: Sequence[Contribution], passes: Callable[[Sequence[Contribution]], bool]
) -> int:
    """Index of the contribution with which `kept` plus a prefix of `rest` begins to fail; all of `rest` does."""
    good, bad = 0, len(rest)
    while bad - good > 1:
        middle = (good + bad) // 2
        if passes([*kept, *rest[:middle]]):
            good = middle
        else:
            bad = middle
    return bad - 1
