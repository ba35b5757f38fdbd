"""Paths as seen from the file that refers to them: relative ones, and the nearest of several. Pure."""

from collections.abc import Sequence

MANY = 3
"""More files than this that are equally near are variants or a namespace; a name means none of them."""


def joined(directory: str, relative: str) -> str | None:
    """The path that `relative` means in `directory`, without dots; None where it leaves the repository."""
    parts = directory.split("/") if directory else []
    for part in relative.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def shared(left: str, right: str) -> int:
    """How many leading directories two paths have in common."""
    if left == right:
        return left.count("/") + 1 if left else 0
    count = 0
    for a, b in zip(left.split("/"), right.split("/"), strict=False):
        if a != b or not a:
            break
        count += 1
    return count


def nearest(place: str, files: Sequence[int], places: Sequence[str]) -> tuple[int, ...]:
    """Those of `files` whose directory has most in common with `place`; none if these are still many.

    `places` has the directory of every file of the snapshot.
    """
    if len(files) > 1:
        near = [shared(places[file], place) for file in files]
        most = max(near)
        files = [file for file, common in zip(files, near, strict=True) if common == most]
    return tuple(files) if len(files) <= MANY else ()
