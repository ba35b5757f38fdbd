"""`autonomy status`: how a run stands."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from autonomy.cli.options import here, quiet, rows_shown, say, shade, write_result
from autonomy.cli.tables import fitted

if TYPE_CHECKING:
    from autonomy.journal.runs import RunDirectory
    from autonomy.runreport import RunDocument


@click.command()
@click.argument("name", default=None, required=False, metavar="[RUN]")
@click.option("--json", "as_json", is_flag=True, help="The run report as one JSON document.")
@click.option("--watch", is_flag=True, help="Follow the run until it ends, then show it.")
@quiet
@here
def command(name: str | None, as_json: bool, watch: bool, quiet: bool) -> None:
    """Show the latest run, or RUN: each subplan, its state and its attempts; also while it goes on."""
    from autonomy import running
    from autonomy.cli.saved import root_of_runs
    from autonomy.journal import runs
    from autonomy.runreport import report, table, tally

    root = root_of_runs(Path.cwd())
    run = runs.find_run(root, name)
    found = _followed(root, run) if watch else report(*running.status(run))
    if as_json:
        write_result(found.dumps())
        return
    write_result(fitted(table(found, rows_shown(), shade)))
    counts = ", ".join(f"{count} {status}" for status, count in tally(found).items())
    going = found.stop_reason is None
    state = (
        ("going on" if runs.is_running(root) else "was killed; `autonomy resume` goes on")
        if going
        else found.stop_reason
    )
    say(f"Run {found.run_id}: {counts}; at most {found.peak_parallel} at once; {state}", quiet=quiet)


def _followed(root: Path, run: "RunDirectory") -> "RunDocument":
    """How the run ended. The journal is read anew only when it has grown."""
    from functools import lru_cache

    from autonomy import running
    from autonomy.cli.live import follow
    from autonomy.journal import runs
    from autonomy.runreport import report

    @lru_cache(maxsize=1)
    def known(_stamp: object) -> "RunDocument":
        return report(*running.status(run))

    def look() -> "tuple[RunDocument, bool]":
        going = runs.is_running(root)
        found = known(run.stamp)
        return found, going and found.stop_reason is None

    return follow(look)
