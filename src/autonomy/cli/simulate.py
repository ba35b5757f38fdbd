"""`autonomy simulate`: what more workers would bring."""

import click

from autonomy.cli.options import here, write_result

NUMBERS = (1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256)


@click.command()
@click.argument("plan_file", default=None, required=False, metavar="[PLAN]")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@here
def command(plan_file: str | None, as_json: bool) -> None:
    """Show the length of a run against the number of workers: list scheduling on token counts.

    Lengths are in tokens; the bound is max(critical path, work / workers): no schedule can be shorter.
    """
    import json

    from autonomy import simulate
    from autonomy.cli.saved import load_plan

    plan = load_plan(plan_file)
    cost = simulate.token_costs(plan)
    numbers = [number for number in NUMBERS if number <= max(1, len(plan.leaves))]
    points = simulate.curve(plan, cost, numbers)
    best = simulate.best_useful(plan, cost)
    if as_json:
        rows = [
            {name: getattr(point, name) for name in ("workers", "makespan", "bound", "speedup")} for point in points
        ]
        write_result(json.dumps({"unit": "tokens", "points": rows, "best_useful": best}, sort_keys=True) + "\n")
        return
    lines = [f"{'workers':>7}  {'makespan':>13}  {'bound':>13}  {'speed-up':>8}"]
    lines += [
        f"{point.workers:>7}  {point.makespan:>13,.0f}  {point.bound:>13,.0f}  {point.speedup:>7.2f}x"
        for point in points
    ]
    lines.append(f"best useful --max-parallel: {best} (more shortens the run by less than 5 %)")
    write_result("\n".join(lines) + "\n")
