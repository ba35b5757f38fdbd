"""`autonomy export`: the plan in a form that another program reads."""

import click

from autonomy.cli.options import here, write_result


@click.command()
@click.argument("plan_file", default=None, required=False, metavar="[PLAN]")
@click.option(
    "--format",
    "form",
    default="json",
    metavar="NAME",
    help="dot, mermaid, graphml, github-matrix, github-workflow, ...",
)
@click.option("-o", "output", default="-", metavar="FILE", help="Where it goes.  [stdout]")
@here
def command(plan_file: str | None, form: str, output: str) -> None:
    """Print the plan as dot, mermaid, graphml, github-matrix, github-workflow or json, within those formats' limits.

    \b
    autonomy export --format dot | dot -Tsvg -o plan.svg
    """
    from pathlib import Path

    from autonomy import pipeline, state
    from autonomy.cli.saved import load_plan

    text = pipeline.render(form, load_plan(plan_file))
    if output == "-":
        write_result(text)
    else:
        state.write(Path(output), text)
