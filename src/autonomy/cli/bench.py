"""`autonomy bench compare`: is one commit faster than another?"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autonomy.cli.options import here, quiet, say, write_result
from autonomy.cli.run import Percent
from autonomy.errors import Cancelled, UsageError

if TYPE_CHECKING:
    from autonomy.commitbench import BenchDocument


@click.group(invoke_without_command=True, no_args_is_help=False)
@here
@click.pass_context
def command(context: click.Context) -> None:
    """Measure honestly."""
    if context.invoked_subcommand is None:
        raise UsageError("no command; autonomy bench compare A B -- CMD...")


@command.command()
@click.argument("words", nargs=-1, metavar="A B [-- CMD...]", type=click.UNPROCESSED)
@click.option("--clock", type=click.Choice(["cpu", "wall"]), default="cpu", help="What is measured.  [cpu]")
@click.option("--precision", type=Percent(), default=0.02, metavar="PCT", help="How narrow the interval must be.  [2%]")
@click.option("--rounds", type=click.IntRange(10, 10_000), default=60, metavar="N", help="Rounds at most.  [60]")
@click.option("--env", "passed", multiple=True, metavar="NAME", help="Let the command see this variable (repeatable).")
@click.option("--json", "as_json", is_flag=True, help="One JSON document; it can be compared with another one later.")
@click.option("--fail-slower", is_flag=True, help="Exit 1 where B is slower.")
@quiet
@here
@click.pass_context
def compare(context: click.Context, /, words: tuple[str, ...], **values: Any) -> int:
    """Run CMD on the commits A and B in turn, each in its own copy, and say whether B is faster, slower or neither.

    Without a command, A and B are files that `--json` has written: B's commit of the one against that of the other.
    Such files are refused where they come from another machine or another interpreter.
    """
    raw: tuple[str, ...] = context.obj
    argv = tuple(raw[raw.index("--") + 1 :]) if "--" in raw else ()
    names = words[: len(words) - len(argv)] if argv else words
    if len(names) != 2:
        raise UsageError(f"bench compare takes two commits, or two files, not {len(names)}")
    from autonomy.commitbench import stored

    document = _measured(names, argv, values) if argv else stored(Path(names[0]), Path(names[1]))
    write_result(document.dumps() if values["as_json"] else document.markdown)
    change = document.comparison.change
    say(f"{names[1]} against {names[0]}: {change}", quiet=values["quiet"])
    return int(values["fail_slower"] and change == "slower")


def _measured(names: tuple[str, ...], argv: tuple[str, ...], values: dict[str, Any]) -> "BenchDocument":
    from autonomy.cli.signals import stopping
    from autonomy.commitbench import Bout, compare_commits

    bout = Bout(argv, values["clock"] == "wall", values["precision"], values["rounds"], tuple(values["passed"]))
    with stopping() as stop:
        try:
            return compare_commits(Path.cwd(), (names[0], names[1]), bout, stop.cancellation)
        except Cancelled:
            raise click.exceptions.Exit(128 + stop.signals[0]) from None
