"""`autonomy report`: a plan or a run as one page, or in the forms that other programs read."""

from pathlib import Path

import click

from autonomy.cli.options import here, quiet, say, write_result


@click.command()
@click.argument("name", default=None, required=False, metavar="[RUN|PLAN]")
@click.option("--format", "form", default="html", metavar="NAME", help="html, markdown, junit, sarif or json.  [html]")
@click.option("-o", "output", metavar="FILE", help="Where it goes, - for stdout.  [html: .autonomy/report.html]")
@quiet
@here
def command(name: str | None, form: str, output: str | None, **values: object) -> int:
    """Show the latest run or plan, or RUN or PLAN, as one page that is complete in itself.

    \b
    autonomy report
    autonomy report --format markdown >> "$GITHUB_STEP_SUMMARY"
    """
    from autonomy import state
    from autonomy.cli import subject
    from autonomy.errors import UsageError
    from autonomy.loading import load

    found = subject.subject(Path.cwd(), name)
    told = bool(values["quiet"])
    renderer = load("renderers", form)
    if not hasattr(renderer, "tell"):
        raise UsageError(f"--format {form} draws plans only: autonomy export --format {form}")
    text: str = renderer.tell(found.story())
    if output == "-" or (output is None and form != "html"):
        write_result(text)
        return 0
    target = Path(output) if output else state.ensure(found.root) / subject.NAME
    state.write(target, text)
    say(f"Wrote      {target}", quiet=told)
    return 0
