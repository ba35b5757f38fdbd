"""`autonomy completion SHELL`: the script that teaches a shell our commands and options."""

import click
from click.shell_completion import get_completion_class

from autonomy.cli.commands import COMPLETION
from autonomy.errors import UsageError


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    Add to your shell's start-up file: eval "$(autonomy completion bash)"
    """
    complete = get_completion_class(shell)
    if complete is None:
        raise UsageError(f"no completion for {shell!r}")
    click.echo(complete(context.find_root().command, {}, "autonomy", COMPLETION).source())
