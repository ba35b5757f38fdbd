"""Find a plan that was saved, and a node in it by whatever a person calls it."""

from pathlib import Path

from autonomy import planfile, state
from autonomy.errors import InputError, UsageError
from autonomy.model import Plan, Subplan


def load_plan(name: str | None, root: Path | None = None) -> Plan:
    """The plan in file `name`, or the latest of the repository that the current directory lies in.

    Raises:
        InputError: there is no such file, or nothing was planned yet.
        UsageError: it is no plan.
    """
    path = Path(name) if name else home_of(root or Path.cwd()) / "plan.json"
    try:
        return planfile.loads(path.read_bytes(), str(path))
    except FileNotFoundError:
        hint = "no such file" if name else "nothing was planned here yet; run `autonomy plan` first"
        raise InputError(f"{path}: {hint}") from None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None


def home_of(start: Path) -> Path:
    """The state directory of `start` or of the nearest directory above it that has a plan."""
    for directory in (start, *start.parents):
        if (directory / state.DIRECTORY / "plan.json").is_file():
            return directory / state.DIRECTORY
    return start / state.DIRECTORY


def find(plan: Plan, name: str, kind: str = "subplan") -> Subplan:
    """The node whose id or slug is `name`, or whose id alone begins so; `kind` is what `name` could have been.

    Raises:
        UsageError: there is none, or several begin so.
    """
    exact = [node for node in plan.nodes if name in (node.id, node.slug)]
    near = exact or [node for node in plan.nodes if len(name) >= 4 and node.id.startswith(name)]
    if len(near) == 1:
        return near[0]
    if near:
        raise UsageError(f"{name!r} begins the ids of {len(near)} subplans; give more of it")
    alike = [node.slug for node in plan.nodes if name.casefold() in node.slug.casefold()][:5]
    hint = f"alike: {', '.join(alike)}" if alike else "`autonomy show` lists them"
    raise UsageError(f"no {kind} {name!r} in the plan; {hint}")


def root_of_runs(start: Path) -> Path:
    """The nearest directory at or above `start` that has runs or a plan; `start` itself where none has."""
    for directory in (start, *start.parents):
        if (directory / state.DIRECTORY / "runs").is_dir() or (directory / state.DIRECTORY / "plan.json").is_file():
            return directory
    return start
