"""`autonomy show`: the plan, a node, or the brief of a leaf."""

import click

from autonomy.cli.options import drawn, here, write_result


@click.command()
@click.argument("name", default=None, required=False, metavar="[ID]")
@click.option("--plan", "plan_file", metavar="FILE", help="This plan.  [.autonomy/plan.json]")
@click.option("--format", "form", default="table", metavar="NAME", help="table, tree, json.  [table]")
@here
def command(name: str | None, plan_file: str | None, form: str) -> None:
    """Show the latest plan, or one subplan by its id or name.

    \b
    autonomy show
    autonomy show celery.backends
    """
    from pathlib import Path

    from autonomy import pipeline
    from autonomy.cli.saved import find, home_of, load_plan
    from autonomy.escape import terminal

    plan = load_plan(plan_file)
    if name is None:
        text = pipeline.render(form, plan)
        write_result(text if form == "json" else drawn(text))
        return
    node = find(plan, name)
    brief = home_of(Path.cwd()) / pipeline.BRIEFS / f"{node.slug}.md"
    if node.is_leaf and brief.is_file():
        write_result(brief.read_text(encoding="utf-8"))
        return
    known = {each.id: each for each in plan.nodes}
    lines = [f"{node.slug} ({node.id}): {node.file_count:,} files, {node.tokens:,} tokens, depth {node.depth}"]
    lines += [f"  {known[child].slug} ({child})" for child in node.children]
    lines += [f"  {path}" for path in node.files]
    write_result("".join(f"{terminal(line)}\n" for line in lines))
