"""`autonomy simulate`: what more workers would bring."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from autonomy.cli.options import here, write_result

if TYPE_CHECKING:
    from autonomy.model import Plan, SubplanId
    from autonomy.simulate import Point

NUMBERS = (1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256)


@click.command()
@click.argument("plan_file", default=None, required=False, metavar="[PLAN]")
@click.option("--timings", metavar="RUN", help="Seconds as recorded in this run (`latest` for the last), not tokens.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@here
def command(plan_file: str | None, timings: str | None, as_json: bool) -> None:
    """Show the length of a run against the number of workers: list scheduling on token counts or recorded seconds.

    The bound is max(critical path, work / workers): no schedule can be shorter. With --timings and without PLAN
    it is the plan of that run; a leaf that was not run there takes what its tokens took the others.
    """
    from autonomy import simulate
    from autonomy.cli.saved import load_plan

    unit, recorded = "tokens", 0
    if timings is None:
        plan = load_plan(plan_file)
        cost: Mapping[SubplanId, float] = simulate.token_costs(plan)
    else:
        plan, seconds = _recorded(timings, plan_file)
        unit, recorded = "seconds", len(seconds)
        cost = simulate.timed_costs(plan, seconds)
    numbers = [number for number in NUMBERS if number <= max(1, len(plan.leaves))]
    points, best = simulate.curve(plan, cost, numbers), simulate.best_useful(plan, cost)
    write_result(_document(points, best, unit, recorded) if as_json else _table(points, best, unit))


def _recorded(timings: str, plan_file: str | None) -> "tuple[Plan, Mapping[SubplanId, float]]":
    """The plan to simulate, and the seconds of those of its leaves that the run has tried.

    Raises:
        InputError: there is no such run, or none of the leaves was tried in it.
    """
    from pathlib import Path

    from autonomy import running
    from autonomy.cli.saved import load_plan, root_of_runs
    from autonomy.errors import InputError
    from autonomy.journal import runs
    from autonomy.runreport import durations, report

    run = runs.find_run(root_of_runs(Path.cwd()), None if timings == "latest" else timings)
    state, planned = running.status(run)
    plan = load_plan(plan_file) if plan_file else planned
    leaves = {leaf.id for leaf in plan.leaves}
    seconds = {leaf: taken for leaf, taken in durations(report(state, planned)).items() if leaf in leaves}
    if not seconds:
        raise InputError(f"run {run.id} has tried none of the plan's subplans; simulate without --timings")
    return plan, seconds


def _document(points: "Sequence[Point]", best: int, unit: str, recorded: int) -> str:
    import json

    rows = [{name: getattr(point, name) for name in ("workers", "makespan", "bound", "speedup")} for point in points]
    document = {"unit": unit, "points": rows, "best_useful": best}
    return json.dumps(document | ({"recorded": recorded} if recorded else {}), sort_keys=True) + "\n"


def _table(points: "Sequence[Point]", best: int, unit: str) -> str:
    form = ",.0f" if unit == "tokens" else ",.2f"
    lines = [f"{'workers':>7}  {'makespan':>13}  {'bound':>13}  {'speed-up':>8}  in {unit}"]
    lines += [
        f"{point.workers:>7}  {point.makespan:>13{form}}  {point.bound:>13{form}}  {point.speedup:>7.2f}x"
        for point in points
    ]
    lines.append(f"best useful --max-parallel: {best} (more shortens the run by less than 5 %)")
    return "\n".join(lines) + "\n"
