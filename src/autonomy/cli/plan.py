"""`autonomy plan`: decompose, schedule, analyse each leaf, report."""

import os
import sys
import time
from pathlib import Path
from typing import Any

import click

from autonomy.cli.options import flags_of, here, is_terminal, planning, quiet, user_config, write_result
from autonomy.cli.progress import Progress

FORMATS = ("table", "tree", "json")
ROWS_ON_A_TERMINAL = 30


@click.command()
@click.argument("path", default=".", metavar="[PATH]")
@planning
@click.option("--plan-only", is_flag=True, help="Decompose and schedule; run no leaf, write no brief.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", help="What stdout gets.  [table]")
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@click.option("-o", "output", metavar="FILE", help="Where the plan goes; - for stdout.  [.autonomy/plan.json]")
@quiet
@here
def command(path: str, plan_only: bool, form: str, as_json: bool, output: str | None, **values: Any) -> int:
    """Cut a repository into subplans and analyse each of them.

    Offline and deterministic; edits no tracked file. Writes .autonomy/plan.json and a brief per leaf.

    \b
    autonomy plan ./repo --max-parallel 10
    autonomy plan --json | jq .metrics
    """
    from autonomy import pipeline, planfile, state
    from autonomy.config import layers_of, settle

    root = pipeline.root_of(path)
    config = settle(layers_of(root, os.environ, user_config(), flags_of(values))).config
    progress = Progress(root, quiet=values["quiet"])
    drafted = pipeline.draft(root, config, progress.stage)
    progress.cut(drafted.plan)
    text = planfile.dumps(drafted.plan)
    failed = 0
    if not plan_only:
        began = time.monotonic()
        ran = pipeline.analyse(root, drafted, progress.leaf(len(drafted.plan.leaves)), config.max_parallel)
        failed = progress.analysed(ran, time.monotonic() - began)
    home = state.ensure(root)
    target = home / "plan.json" if output is None else Path(output)
    if output != "-":
        state.write(target, text)
    progress.skipped(drafted.plan, values["verbose"])
    form = "json" if as_json else form
    if form == "json" or output == "-":
        write_result(text)
    else:
        write_result(pipeline.render(form, drafted.plan, ROWS_ON_A_TERMINAL if is_terminal(sys.stdout) else None))
    if output != "-":
        progress.wrote(target, None if plan_only else home / pipeline.BRIEFS)
    return 1 if failed else 0
