"""`autonomy status`: how a run stands."""

from pathlib import Path

import click

from autonomy.cli.options import here, say, write_result


@click.command()
@click.argument("name", default=None, required=False, metavar="[RUN]")
@click.option("--json", "as_json", is_flag=True, help="The run report as one JSON document.")
@here
def command(name: str | None, as_json: bool) -> None:
    """Show the latest run, or RUN: each subplan, its state and its attempts; also while it goes on."""
    from autonomy import running
    from autonomy.cli.saved import root_of_runs
    from autonomy.journal import runs
    from autonomy.runreport import report, table, tally

    root = root_of_runs(Path.cwd())
    run = runs.find_run(root, name)
    found = report(*running.status(run))
    if as_json:
        write_result(found.dumps())
        return
    write_result(table(found))
    counts = ", ".join(f"{count} {status}" for status, count in tally(found).items())
    going = found.stop_reason is None
    state = (
        ("going on" if runs.is_running(root) else "was killed; `autonomy resume` goes on")
        if going
        else found.stop_reason
    )
    say(f"Run {found.run_id}: {counts}; at most {found.peak_parallel} at once; {state}")
