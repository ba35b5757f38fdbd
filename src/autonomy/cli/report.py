"""`autonomy report`: a plan or a run as one page, or in the forms that other programs read."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from autonomy.cli.options import here, quiet, say, write_result

if TYPE_CHECKING:
    from autonomy.cli.subject import Subject


@click.command()
@click.argument("name", default=None, required=False, metavar="[RUN|PLAN]")
@click.option("--format", "form", default="html", metavar="NAME", help="html, markdown, junit, sarif or json.  [html]")
@click.option("-o", "output", metavar="FILE", help="Where it goes, - for stdout.  [html: .autonomy/report.html]")
@click.option("--watch", is_flag=True, help="Serve the page on this machine while the run goes on.")
@quiet
@here
def command(name: str | None, form: str, output: str | None, watch: bool, **values: object) -> int:
    """Show the latest run or plan, or RUN or PLAN, as one page that is complete in itself.

    \b
    autonomy report
    autonomy report --format markdown >> "$GITHUB_STEP_SUMMARY"
    autonomy report --watch
    """
    from autonomy.cli import subject

    found = subject.subject(Path.cwd(), name)
    if watch:
        _serve(found)
    else:
        _write(found, form, output, quiet=bool(values["quiet"]))
    return 0


def _write(found: "Subject", form: str, output: str | None, *, quiet: bool) -> None:
    """A page goes where a browser finds it, everything else to stdout, unless a file was named."""
    from autonomy import state
    from autonomy.cli.page import NAME
    from autonomy.errors import UsageError
    from autonomy.loading import load

    renderer = load("renderers", form)
    if not hasattr(renderer, "tell"):
        raise UsageError(f"--format {form} draws plans only: autonomy export --format {form}")
    text: str = renderer.tell(found.story())
    if output == "-" or (output is None and form != "html"):
        write_result(text)
        return
    target = Path(output) if output else state.ensure(found.root) / NAME
    state.write(target, text)
    say(f"Wrote      {target}", quiet=quiet)


def _serve(found: "Subject") -> None:
    """Until the person or the system ends it: also where the shell that started it has SIGINT ignored."""
    import signal

    from autonomy.report.serve import Server, Source

    signal.signal(signal.SIGINT, signal.default_int_handler)
    with Server(Source(found.stamp, found.story)) as server:
        say(f"Watching   {server.address}  (for you on this machine only; Ctrl-C ends it)")
        server.serve_forever()
