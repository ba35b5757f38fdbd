"""What people decide about the cut: globs and CODEOWNERS -> groups of files. Pure."""

from collections.abc import Sequence

from pathspec import GitIgnoreSpec

from autonomy.errors import UsageError
from autonomy.model import Pins

Globs = Sequence[str]


def pins_of(
    paths: Sequence[str], together: Sequence[Globs] = (), apart: Sequence[Globs] = (), alone: Sequence[Globs] = ()
) -> Pins:
    """Globs (gitignore syntax) as files. Each group of `apart` keeps what its globs match apart from one another.

    A file that two globs of one rule match belongs to the first.

    Raises:
        UsageError: a rule of `together` joins what a rule of `apart` parts, or a glob is malformed.
    """
    joined = _merged([_matched(paths, globs) for globs in together])
    sides = [_sides(paths, globs) for globs in apart]
    for group in joined:
        for number, rule in enumerate(sides):
            if sum(not set(group).isdisjoint(side) for side in rule) > 1:
                raise UsageError(f"pins.together joins {paths[group[0]]} with what pins.apart[{number}] keeps from it")
    return Pins(
        together=[group for group in joined if len(group) > 1],
        apart=[rule for rule in sides if len(rule) > 1],
        alone=[group for group in (_matched(paths, globs) for globs in alone) if group],
    )


def _merged(groups: Sequence[Sequence[int]]) -> list[list[int]]:
    """Groups that share a file as one."""
    merged: list[set[int]] = []
    for group in groups:
        touching = [each for each in merged if not each.isdisjoint(group)]
        merged = [each for each in merged if each.isdisjoint(group)]
        merged.append(set(group).union(*touching))
    return sorted(sorted(group) for group in merged if group)


def owned(paths: Sequence[str], codeowners: str) -> list[list[int]]:
    """The files of each set of owners that a CODEOWNERS file names; the last pattern that matches a path counts."""
    rules: list[tuple[GitIgnoreSpec, str]] = []
    for line in codeowners.splitlines():
        pattern, *names = line.partition(" #")[0].split() or [""]
        if pattern and not pattern.startswith(("#", "[")):
            rules.append((_spec([pattern]), " ".join(sorted(names))))
    groups: dict[str, list[int]] = {}
    for file, path in enumerate(paths):
        name = next((name for spec, name in reversed(rules) if spec.match_file(path)), "")
        if name:
            groups.setdefault(name, []).append(file)
    return [groups[name] for name in sorted(groups)]


def _sides(paths: Sequence[str], globs: Globs) -> list[list[int]]:
    taken: set[int] = set()
    sides = []
    for glob in globs:
        side = [file for file in _matched(paths, [glob]) if file not in taken]
        taken.update(side)
        if side:
            sides.append(side)
    return sides


def _matched(paths: Sequence[str], globs: Globs) -> list[int]:
    spec = _spec(globs)
    return [file for file, path in enumerate(paths) if spec.match_file(path)]


def _spec(globs: Globs) -> GitIgnoreSpec:
    try:
        return GitIgnoreSpec.from_lines(globs)
    except ValueError as error:
        raise UsageError(f"pins: {' '.join(globs)}: {error}") from None
