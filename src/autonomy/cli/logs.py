"""`autonomy logs`: what a subplan's command wrote."""

from pathlib import Path

import click

from autonomy.cli.options import here, say
from autonomy.errors import InputError


@click.command()
@click.argument("name", metavar="ID")
@click.option("--run", "run_name", metavar="RUN", help="Of this run.  [the latest]")
@click.option("--attempt", type=click.IntRange(1), metavar="N", help="Of this attempt.  [the last]")
@here
def command(name: str, run_name: str | None, attempt: int | None) -> None:
    """Print the log of a subplan: its standard output and standard error, as they came."""
    import sys

    from autonomy import running
    from autonomy.cli.saved import find, root_of_runs
    from autonomy.journal import runs
    from autonomy.runreport import report

    run = runs.find_run(root_of_runs(Path.cwd()), run_name)
    state, plan = running.status(run)
    leaf = find(plan, name)
    found = next((each for each in report(state, plan).subplans if each.id == leaf.id), None)
    attempts = [each for each in (found.attempts if found else ()) if attempt in (None, each.attempt) and each.log]
    if not attempts:
        raise InputError(
            f"{leaf.slug} ({leaf.id}): no attempt{f' {attempt}' if attempt else ''} with a log in run {run.id}"
        )
    chosen = attempts[-1]
    path = run.path / str(chosen.log)
    say(f"{leaf.slug} ({leaf.id}), attempt {chosen.attempt}, {chosen.status}: {path}")
    try:
        with path.open("rb") as log:
            while piece := log.read(1 << 16):
                sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    except FileNotFoundError:
        raise InputError(f"{path}: the log is gone") from None
