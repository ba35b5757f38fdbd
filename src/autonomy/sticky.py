"""What an earlier plan says about where files belong: `plan.lock`, renames, what moved. Pure."""

import json
from collections.abc import Mapping, Sequence

from autonomy.errors import UsageError
from autonomy.model import Plan

SCHEMA = "autonomy.lock/v1"

Places = Mapping[str, str]
"""Path -> the id of its leaf."""


def places(plan: Plan) -> Places:
    return {path: leaf.id for leaf in plan.leaves for path in leaf.files}


def lock(plan: Plan) -> str:
    """The text of `plan.lock`: JSON, one line per path, so that it is merged line by line."""
    found = {"schema": SCHEMA, "leaves": dict(sorted(places(plan).items()))}
    return json.dumps(found, indent=0) + "\n"


def read_lock(text: str) -> Places:
    """The places that `lock` wrote.

    Raises:
        UsageError: the text is no lock of this version.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"plan.lock: {error}; run `autonomy plan` to write it anew") from None
    leaves = found.get("leaves") if isinstance(found, dict) and found.get("schema") == SCHEMA else None
    if not isinstance(leaves, dict) or not all(isinstance(leaf, str) for leaf in leaves.values()):
        raise UsageError(f"plan.lock: not of schema {SCHEMA}; run `autonomy plan` to write it anew")
    return leaves


def previous(before: Places, paths: Sequence[str], renames: Mapping[str, str]) -> dict[int, int]:
    """File -> the number of its earlier leaf, for the files that had one; `renames` maps earlier to present paths."""
    numbers = {leaf: number for number, leaf in enumerate(sorted(set(before.values())))}
    rows = {path: file for file, path in enumerate(paths)}
    now = {renames.get(path, path): leaf for path, leaf in sorted(before.items())}
    # A file that lies under its old name stays itself, even if another one was renamed to that name.
    now |= {path: leaf for path, leaf in before.items() if path in rows and path not in renames}
    return {rows[path]: numbers[leaf] for path, leaf in now.items() if path in rows}


def moved(before: Places, after: Places, renames: Mapping[str, str]) -> list[str]:
    """The present paths of the files that left their leaf, ascending.

    A leaf lives on in the present leaf that holds most of its files, if most of that one's old files are its own.
    """
    origin = {path: before[old] for old, path in _survivors(before, after, renames)}
    shared: dict[tuple[str, str], int] = {}
    for path, leaf in origin.items():
        pair = (leaf, after[path])
        shared[pair] = shared.get(pair, 0) + 1
    heir: dict[str, str] = {}
    taken: set[str] = set()
    for (leaf, now), _ in sorted(shared.items(), key=lambda each: (-each[1], each[0])):
        if leaf not in heir and now not in taken:
            heir[leaf] = now
            taken.add(now)
    return sorted(path for path, leaf in origin.items() if heir.get(leaf) != after[path])


def _survivors(before: Places, after: Places, renames: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(path, now) for path in sorted(before) if (now := renames.get(path, path)) in after]
