"""The group of all commands, each loaded when it is named, so that `--help` costs little more than click."""

import os
from collections.abc import Sequence
from importlib import import_module

import click
from click.shell_completion import shell_complete

from autonomy import __version__
from autonomy.errors import UsageError

_HOMES: dict[str, tuple[str, str]] = {
    "plan": ("plan", "cut a repository into subplans and analyse each of them"),
    "show": ("show", "show the plan, or the brief of one subplan"),
    "explain": ("explain", "say why a file or a subplan is where it is"),
    "export": ("export", "print the plan as dot, mermaid, graphml or github-matrix"),
    "config": ("config", "show each value with its origin"),
    "schema": ("schema", "print a JSON Schema"),
    "completion": ("completion", "print the completion script of a shell"),
}
"""Command -> (its module in this package, one line for `--help`). The module's `command` is a click command."""
_COMPLETION = "_AUTONOMY_COMPLETE"


class Commands(click.Group):
    """Knows its commands by name and one line each; imports the one that runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_HOMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _HOMES:
            return None
        module = import_module(f"autonomy.cli.{_HOMES[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in _HOMES.items()])


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def autonomy() -> None:
    """Cut a repository into disjoint subplans and run them in parallel."""


def run(argv: Sequence[str]) -> int:
    """Parse and run; click's own `main` is passed by because it turns a closed pipe into exit code 1.

    Raises:
        UsageError: a command or an option that does not exist, or a value that does not fit.
    """
    if instruction := os.environ.get(_COMPLETION):
        return shell_complete(autonomy, {}, "autonomy", _COMPLETION, instruction)
    try:
        with autonomy.make_context("autonomy", list(argv)) as context:
            status = autonomy.invoke(context)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.exceptions.NoArgsIsHelpError as help_text:
        click.echo(help_text.format_message(), err=True)
        return UsageError.exit_code
    except click.ClickException as error:
        raise UsageError(error.format_message()) from None
    return int(status or 0)
