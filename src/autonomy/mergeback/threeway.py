"""Merge the leaves that touch the same ground, in a tree that holds this ground alone; the rest needs no merge."""

from collections.abc import Sequence

from autonomy.mergeback.objects import Forge
from autonomy.mergeback.steps import Conflict, Contribution
from autonomy.mergeback.stream import Step, Write


def reconcile(
    forge: Forge, base: str, group: Sequence[Contribution], writes: Sequence[Sequence[Write]]
) -> tuple[list[list[Write]], list[Conflict]]:
    """What each member of an overlapping group has to write after those before it, and where they disagree.

    `writes` are what each would write on the base alone. A member that conflicts writes nothing, and those
    after it are merged without it, so that all conflicts are found at once.
    """
    paths = sorted({write.path for each in writes for write in each})
    present = forge.entries(base, paths)
    ground = Step("", [Write(path, mode, name) for path, (mode, name) in sorted(present.items())])
    (bottom,) = forge.chain(None, [ground])
    sides = [forge.chain(bottom, [Step("", list(each))])[0] for each in writes]
    tip = bottom
    agreed: list[int] = []
    merged: list[list[Write]] = []
    conflicts: list[Conflict] = []
    for member, side in enumerate(sides):
        tree, clashes = forge.merge(tip, side)
        if clashes:
            merged.append([])
            conflicts += [_conflict(path, why, group, agreed, member) for path, why in clashes.items()]
            continue
        changed = forge.difference(tip, tree)
        merged.append([Write(path, *(now or (0, None))) for path, now in sorted(changed.items())])
        tip = forge.commit_tree(tree, bottom)
        agreed.append(member)
    return merged, conflicts


def _conflict(path: str, why: str, group: Sequence[Contribution], agreed: Sequence[int], member: int) -> Conflict:
    """Those before the member who touched the path; where git followed a rename to it, all before the member."""
    before = [group[index].leaf for index in agreed]
    touching = [group[index].leaf for index in agreed if any(edit.path == path for edit in group[index].edits)]
    return Conflict(path, (*(touching or before), group[member].leaf), why)
