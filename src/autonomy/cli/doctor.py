"""`autonomy doctor`: what this machine gives, and what is left over."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import click

from autonomy.cli.options import here, write_result


@click.command()
@click.argument("path", default=".", metavar="[PATH]")
@here
def command(path: str) -> int:
    """Probe isolation, git, disk, names and stale state; ends with 6 where a run could not start."""
    from autonomy import pipeline

    root = pipeline.root_of(path)
    usable = True
    for name, good, why in _findings(root):
        write_result(f"{'ok' if good else 'no':<3} {name:<12} {why}\n")
        usable = usable and (good or name != "git program")
    return 0 if usable else 6


def _findings(root: Path) -> Iterator[tuple[str, bool, str]]:
    """(what was looked at, whether it is well, what was found)."""
    from autonomy import git
    from autonomy.escape import terminal
    from autonomy.journal import runs
    from autonomy.workspace import probe

    found = git.available()
    yield "git program", found, git.executable() if found else "not found, or too old; plan works without, run does not"
    state = git.state_dir()
    state.mkdir(parents=True, exist_ok=True)
    for each in probe(root, state):
        yield each.name, each.works, terminal(each.why)
    free = shutil.disk_usage(state).free
    yield "disk", free > 1 << 30, f"{free / (1 << 30):.1f} GiB free for slots in {terminal(str(state))}"
    command_path = shutil.which("autonomy")
    ours = command_path is not None and b"autonomy" in Path(command_path).read_bytes()[:4096]
    yield "command", ours, terminal(command_path or "not on PATH; use python -m autonomy")
    stale = [name for name in runs.run_ids(root) if (state / "runs" / name).exists()]
    going = runs.is_running(root)
    yield (
        "runs",
        not stale or going,
        f"{len(runs.run_ids(root))} kept"
        + (", one going on" if going else "")
        + (f", {len(stale)} left scratch files (autonomy clean)" if stale and not going else ""),
    )
