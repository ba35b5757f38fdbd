"""`autonomy clean`: remove what runs have left, and nothing else."""

import shutil
from pathlib import Path

import click

from autonomy.cli.options import here, say, write_result


@click.command()
@click.option("--yes", "-y", "sure", is_flag=True, help="Remove; without it, only list.")
@click.option("--force", is_flag=True, help="Also runs whose changes were not merged.")
@click.option("--keep", type=click.IntRange(0), default=1, metavar="N", help="The newest N runs stay.  [1]")
@here
def command(sure: bool, force: bool, keep: int) -> None:
    """List the runs of this repository and their sizes; with --yes, remove them. Unmerged work stays but by --force."""
    from autonomy import git
    from autonomy.cli.saved import root_of_runs
    from autonomy.journal import runs
    from autonomy.running import unmerged

    root = root_of_runs(Path.cwd())
    with runs.locked(root):
        names = runs.run_ids(root)
        old = names[: len(names) - keep] if keep else names
        for name in old:
            run = runs.find_run(root, name)
            open_work = unmerged(root, run)
            homes = [run.path, git.state_dir() / "runs" / name, git.state_dir() / "slots" / name]
            size = sum(_size(home) for home in homes)
            stays = open_work and not force
            write_result(f"{name}  {size / 1e6:.1f} MB{'  not merged, stays' if stays else ''}\n")
            if sure and not stays:
                for home in homes:
                    shutil.rmtree(home, ignore_errors=True)
    if not old:
        say(f"nothing to remove: {len(names)} runs, of which --keep {keep} stay")
    elif not sure:
        say("nothing was removed; --yes removes")


def _size(home: Path) -> int:
    return sum(path.lstat().st_size for path in home.rglob("*") if path.is_file()) if home.is_dir() else 0
