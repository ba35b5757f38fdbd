"""`autonomy completion SHELL`: the script that teaches a shell our commands and options."""

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

from autonomy.cli.commands import COMPLETION
from autonomy.cli.options import here

SHELLS = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


@click.command()
@click.argument("shell", type=click.Choice(list(SHELLS)))
@here
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    Add to your shell's start-up file: eval "$(autonomy completion bash)"
    """
    click.echo(SHELLS[shell](context.find_root().command, {}, "autonomy", COMPLETION).source())
