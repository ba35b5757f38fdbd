"""What a run's attempts changed, as unified diffs against the base: git's objects are read, nothing is written."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff
from os import fsencode
from pathlib import Path

from autonomy import git
from autonomy.errors import AutonomyError
from autonomy.journal.results import ResultStore
from autonomy.model import Change, Patch, SubplanId
from autonomy.report.story import FileDiff

MOST_BYTES = 400_000
"""Of one file; a larger one is told in a line."""
MOST_SHOWN = 40_000
"""Characters of one file's diff, so that a drawing in one line does not take the room of all other files."""
CONTEXT = 3


def diffs_of(
    root: Path, base: str | None, store: ResultStore, results: Mapping[SubplanId, str], room: int
) -> dict[SubplanId, list[FileDiff]]:
    """For each leaf its diffs, in plan order, until they take `room` characters; later leaves have none."""
    found: dict[SubplanId, list[FileDiff]] = {}
    for leaf, content_id in results.items():
        if room <= 0:
            break
        try:
            patch = store.get(content_id)
            before = _contents(root, base, [change.path for change in patch])
        except AutonomyError as error:
            found[leaf] = [FileDiff("", str(error))]
            continue
        found[leaf] = list(_diffs(patch, before, room))
        room -= sum(len(each.text) for each in found[leaf])
    return found


def _diffs(patch: Patch, before: Mapping[str, bytes], room: int) -> Iterator[FileDiff]:
    for change in patch:
        text = _diff(change, before.get(change.path)) if room > 0 else "left out to keep the report small"
        room -= len(text)
        yield FileDiff(change.path, text)


def _diff(change: Change, before: bytes | None) -> str:
    old, new = before or b"", change.content or b""
    if max(len(old), len(new)) > MOST_BYTES or b"\0" in old + new:
        return f"{len(old):,} bytes became {len(new):,}; too large or binary to be shown"
    if old == new:
        return f"the mode became {change.mode:o}"
    lines = unified_diff(
        _lines(old), _lines(new), "/dev/null" if before is None else f"a/{change.path}",
        "/dev/null" if change.content is None else f"b/{change.path}", n=CONTEXT, lineterm="",
    )  # fmt: skip
    return "\n".join(_first(list(lines), MOST_SHOWN))


def _first(lines: Sequence[str], room: int) -> Iterator[str]:
    """Whole lines, as many as there is room for; the rest is counted."""
    for place, line in enumerate(lines):
        room -= len(line) + 1
        if room < 0:
            yield f"... {len(lines) - place:,} more lines are left out to keep the report small"
            return
        yield line


def _lines(content: bytes) -> list[str]:
    """As git shows them: the last line says so where no line end follows it."""
    *lines, last = content.decode("utf-8", "replace").split("\n")
    return [*lines, f"{last}\n\\ No newline at end of file"] if last else lines


def _contents(root: Path, base: str | None, paths: Sequence[str]) -> dict[str, bytes]:
    """The files of `paths` that the base has."""
    repository = git.find_repository(root)
    if repository is None or base is None or not paths:
        return {}
    engine = git.engine_dir(git.state_dir(), repository)
    asked = b"".join(fsencode(base) + b":" + fsencode(path) + b"\0" for path in paths if "\n" not in path)
    output = git.run(["cat-file", "--batch", "-z"], git_dir=engine, input=asked)
    return dict(_blobs(output, [path for path in paths if "\n" not in path]))


def _blobs(output: bytes, paths: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Reads what `cat-file --batch` prints: a line with name, kind and size, then the content; or `... missing`."""
    at = 0
    for path in paths:
        end = output.index(b"\n", at)
        head = output[at:end].split(b" ")
        at = end + 1
        if head[-1] == b"missing" or len(head) != 3:
            continue
        size = int(head[2])
        if head[1] == b"blob":
            yield path, output[at : at + size]
        at += size + 1
