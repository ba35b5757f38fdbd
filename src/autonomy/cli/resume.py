"""`autonomy resume`: go on after a crash, a signal, a limit."""

import os
from pathlib import Path
from typing import Any

import click

from autonomy.cli.options import elsewhere, here, quiet, user_config, verbose


@click.command()
@click.argument("name", default=None, required=False, metavar="[RUN]")
@click.option("--failed", is_flag=True, help="Open the failed leaves again.")
@click.option("--only", multiple=True, metavar="ID|GLOB", help="Of the failed leaves only these (repeatable).")
@click.option("--json", "as_json", is_flag=True, help="The run report as one JSON document on stdout.")
@click.option("--events", metavar="FILE", help="Write an event per line to FILE as they come.")
@elsewhere
@verbose
@quiet
@here
def command(name: str | None, failed: bool, only: tuple[str, ...], **values: Any) -> int:
    """Go on with the latest run, or with RUN: what was finished stays, what was in flight runs again.

    \b
    autonomy resume
    autonomy resume --failed
    """
    from autonomy import running
    from autonomy.cli.campaign import Campaign, access_of
    from autonomy.cli.saved import root_of_runs
    from autonomy.cluster.access import check, crew_at
    from autonomy.config import layers_of, settle
    from autonomy.errors import UsageError
    from autonomy.ground import Ground, ground_again
    from autonomy.journal import runs

    if only and not failed:
        raise UsageError("--only names failed leaves to open again; give --failed too")
    root = root_of_runs(Path.cwd())
    config = settle(layers_of(root, os.environ, user_config(), {})).config
    with runs.locked(root):
        run = runs.find_run(root, name)
        journal, plan = running.resume(run, failed=failed, only=only)
        with journal:
            header = journal.run.header
            task = running.task_of(header)
            access = access_of(values, task.access)
            check(access)
            ground = ground_again(root, header) if access.is_local else Ground(root, "", header.base, False, False)
            with crew_at(access, header.max_parallel) as crew:
                return Campaign(root, config, values).go(run, journal, plan, ground, crew)
