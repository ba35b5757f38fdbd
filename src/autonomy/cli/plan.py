"""`autonomy plan`: decompose, schedule, analyse each leaf, report."""

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autonomy.cli import unchanged
from autonomy.cli.options import (
    FORMATS,
    drawn,
    flags_of,
    here,
    planning,
    quiet,
    rows_shown,
    user_config,
    verbose,
    write_result,
)
from autonomy.cli.tables import columns_shown, fitted
from autonomy.errors import UsageError

if TYPE_CHECKING:
    from autonomy.model import Plan

if TYPE_CHECKING:
    from autonomy.pipeline import Draft


@click.command()
@click.argument("path", default=".", metavar="[PATH]")
@planning
@click.option("--since", metavar="PLAN", help="A file stays in its leaf of PLAN (or plan.lock) unless it must move.")
@click.option("--affected", metavar="REF", help="Analyse only what changed since REF, and what waits for it.")
@click.option("--compare", is_flag=True, help="Only print how each splitter that is installed would cut.")
@click.option("--plan-only", is_flag=True, help="Decompose and schedule; run no leaf, write no brief.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", help="What stdout gets.  [table]")
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@click.option("-o", "output", metavar="FILE", help="Where the plan goes; - for stdout.  [.autonomy/plan.json]")
@click.option("--shards", type=click.IntRange(1, 256), metavar="N", help="Balance the leaves over N machines.")
@click.option("--timings", metavar="RUN", help="With --shards: balance by what the leaves of RUN took, not by tokens.")
@click.option("--trust-index", is_flag=True, help="Take git's word that nothing changed; unstaged edits go unseen.")
@verbose
@quiet
@here
def command(
    path: str, plan_only: bool, form: str, as_json: bool, output: str | None, trust_index: bool, **values: Any
) -> int:
    """Cut a repository into subplans and analyse each of them.

    Offline and deterministic; edits no tracked file. Writes .autonomy/plan.json and a brief per leaf.

    \b
    autonomy plan ./repo --max-parallel 10
    autonomy plan --json | jq .metrics
    """
    root = os.path.realpath(path)
    rows = rows_shown()
    form = "json" if as_json else form
    # A plan that goes elsewhere, or starts from another one, is worked out each time.
    usual = output is None and not values["verbose"] and not values["affected"] and not values["compare"]
    usual = usual and not values["shards"] and not values["timings"]
    asked = {name: value for name, value in values.items() if name != "quiet"}
    place = {"rows": rows, "columns": columns_shown(sys.stdout), "encoding": sys.stdout.encoding}
    key = unchanged.question(root, {**asked, **place, "form": form, "plan_only": plan_only}, str(user_config()))
    if usual and unchanged.answer(root, key, trust_index=trust_index, quiet=values["quiet"]):
        return 0
    return _work_out(path, plan_only, form, output, rows, key if usual else b"", values)


def _work_out(
    path: str, plan_only: bool, form: str, output: str | None, rows: int | None, key: bytes, values: dict[str, Any]
) -> int:
    from autonomy import pipeline, planfile, state, sticky
    from autonomy.cli.progress import Progress
    from autonomy.config import layers_of, settle
    from autonomy.contenders import compared
    from autonomy.ground import affected

    root = pipeline.root_of(path)
    config = settle(layers_of(root, os.environ, user_config(), flags_of(values))).config
    progress = Progress(root, quiet=values["quiet"])
    drafted = pipeline.draft(root, config, progress.stage, Path(values["since"]) if values["since"] else None)
    progress.cut(drafted.plan)
    progress.hubs(drafted.hubs)
    if values["compare"]:
        write_result(compared(root, config, drafted))
        return 0
    text = planfile.dumps(drafted.plan)
    failed = 0
    if values["timings"] and not values["shards"]:
        raise UsageError("--timings RUN goes with --shards N")
    if values["shards"] and output == "-":
        raise UsageError("--shards writes a file beside the plan; leave out -o -")
    only = affected(root, drafted.plan, values["affected"]) if values["affected"] else None
    if not plan_only:
        began = time.monotonic()
        watch = progress.leaf(len(drafted.plan.leaves) if only is None else len(only))
        ran = pipeline.analyse(root, drafted, watch, config.max_parallel, only=only)
        failed = progress.analysed(ran, time.monotonic() - began)
    home = state.ensure(root)
    target = home / "plan.json" if output is None else Path(output)
    if output != "-":
        state.write(target, text)
    if output is None:
        state.write(target.with_suffix(".lock"), sticky.lock(drafted.plan))
    if values["shards"]:
        progress.shared(*shared(root, drafted.plan, values["shards"], values["timings"], target))
    page = _page(root, drafted, values["quiet"]) if output is None else None
    progress.unparsed(drafted.graph.snapshot.unparsed, values["verbose"])
    progress.skipped(drafted.plan, values["verbose"])
    result = text if form == "json" or output == "-" else drawn(pipeline.render(form, drafted.plan, rows))
    if form == "table" and output != "-":
        result = fitted(result)
    write_result(result)
    if output != "-":
        progress.wrote(target, None if plan_only else home / pipeline.BRIEFS, page)
    if key and not failed:
        told = progress.in_a_line(drafted.plan)
        unchanged.keep(str(root), key, drafted.graph.snapshot, text, told, result)
    return 1 if failed else 0


def shared(root: Path, plan: "Plan", count: int, timings: str | None, target: Path) -> tuple[int, str, float, Path]:
    """Write which leaves each of `count` machines takes, beside the plan; the result is what to tell of it."""
    from autonomy import running, sharing
    from autonomy.journal import runs
    from autonomy.shards import imbalance, recorded_costs, shards
    from autonomy.simulate import token_costs

    cost, unit = token_costs(plan), "tokens"
    if timings:
        run = runs.find_run(root, timings)
        cost, unit = recorded_costs(plan, sharing.durations(running.status(run)[0])), f"the seconds of {run.id}"
    shares = shards(plan, count, cost)
    sharing.write(target, plan, shares)
    return count, unit, imbalance(shares, cost), sharing.beside(target)


def _page(root: Path, drafted: "Draft", quiet: bool) -> Path | None:
    from autonomy.cli.page import write_page
    from autonomy.report.gather import story_of_plan

    return write_page(root, lambda: story_of_plan(root, drafted.plan, drafted.graph), quiet=quiet)
