"""The group of all commands, each loaded when it is named."""

import os
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module

import click

from autonomy import __version__
from autonomy.cli.options import here
from autonomy.cli.overview import COMMANDS, overview
from autonomy.errors import UsageError

COMPLETION = "_AUTONOMY_COMPLETE"
"""The variable in which a shell's completion script asks its question."""


class Commands(click.Group):
    """Knows its commands by name; imports the one that runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"autonomy.cli.{COMMANDS[cmd_name][0]}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            near = " or ".join(f"`{each}`" for each in get_close_matches(name, COMMANDS))
            hint = f"did you mean {near}?" if near else "`autonomy --help` lists them"
            raise UsageError(f"no command {name!r}; {hint}")
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        return overview().rstrip()


@click.command(
    cls=Commands,
    no_args_is_help=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@here
@click.pass_context
def autonomy(context: click.Context) -> None:
    """Cut a repository into disjoint subplans and run them in parallel."""
    if context.invoked_subcommand is None:
        raise UsageError("no command; `autonomy --help` lists them")


def run(argv: Sequence[str]) -> int:
    """Parse and run; click's own `main` is passed by because it turns a closed pipe into exit code 1.

    Raises:
        UsageError: a command or an option that does not exist, or a value that does not fit.
    """
    if instruction := os.environ.get(COMPLETION):
        from click.shell_completion import shell_complete

        return shell_complete(autonomy, {}, "autonomy", COMPLETION, instruction)
    try:
        with autonomy.make_context("autonomy", list(argv), obj=tuple(argv)) as context:
            status = autonomy.invoke(context)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        raise UsageError(" ".join(error.format_message().split())) from None
    return int(status or 0)
