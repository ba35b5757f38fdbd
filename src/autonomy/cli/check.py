"""`autonomy check`: the plan as a gate for CI."""

import click

from autonomy.cli.options import here, write_result
from autonomy.errors import CheckFailed


@click.command()
@click.argument("plan_file", default=None, required=False, metavar="[PLAN]")
@here
def command(plan_file: str | None) -> None:
    """Check that a plan covers the tree as it stands: each file in exactly one subplan, limits kept, nothing stale.

    Ends with 7 and a line per violation on stdout where it does not.
    """
    from pathlib import Path

    from autonomy import pipeline
    from autonomy.cli.saved import home_of, load_plan
    from autonomy.escape import terminal
    from autonomy.naming import counted

    plan = load_plan(plan_file)
    found = list(pipeline.violations_of(home_of(Path.cwd()).parent, plan))
    if found:
        write_result("".join(f"{terminal(line)}\n" for line in found))
        raise CheckFailed(f"{counted(len(found), 'violation')}; `autonomy plan` makes a fresh plan")
    held = f"{counted(plan.root.file_count, 'file')} in {counted(len(plan.leaves), 'subplan')}"
    write_result(f"{held}: complete, bounded, acyclic, fresh\n")
