"""Options that several commands share. Values stay text until the configuration judges them: one place, one message."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from autonomy.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

FORMATS = ("table", "tree", "json")
"""What a plan or a run is on stdout."""
Command = TypeVar("Command", bound=Callable[..., Any])


def _enter(_context: click.Context, _option: click.Parameter, directory: str | None) -> None:
    if directory is None:
        return
    try:
        os.chdir(directory)
    except OSError as error:
        raise InputError(f"-C {directory}: {error.strerror}") from None


def _shade(context: click.Context, _option: click.Parameter, when: str | None) -> None:
    if when is not None:
        context.color = {"always": True, "never": False}.get(when)


_EVERYWHERE = (
    click.option(
        "--color", type=click.Choice(["auto", "always", "never"]), callback=_shade, is_eager=True, expose_value=False,
        help="Colour: on a terminal and without NO_COLOR, or as said.  [auto]",
    ),
    click.option(
        "-C", "directory", metavar="DIR", callback=_enter, is_eager=True, expose_value=False,
        help="As if started in DIR.",
    ),
)  # fmt: skip


def here(command: Command) -> Command:
    """The options of every command: where it starts, and whether it may use colour."""
    for option in reversed(_EVERYWHERE):
        command = option(command)
    return command


def coloured(stream: Any) -> bool:
    """Whether what goes to `stream` is in colour: as `--color` says, else on a terminal whose user allows it."""
    context = click.get_current_context(silent=True)
    if context is not None and context.color is not None:
        return context.color
    return is_terminal(stream) and not os.environ.get("NO_COLOR")


_PLANNING = (
    click.option("-j", "--max-parallel", metavar="N", help="Leaves in flight at most, 1..256.  [10]"),
    click.option("--max-files", metavar="N", help="A leaf over this is split.  [64]"),
    click.option("--max-tokens", metavar="N", help="A leaf over this is split; k and M are understood.  [100k]"),
    click.option("--min-files", metavar="N", help="A workset of this many files or fewer is never split.  [5]"),
    click.option("--max-depth", metavar="N", help="The deepest level of the tree; the root is 0.  [12]"),
    click.option(
        "--strategy", metavar="NAME", help="auto, directory, cluster, chunk, or one that is installed.  [auto]"
    ),
    click.option("--include", metavar="GLOB", multiple=True, help="Only these files (gitignore syntax; repeatable)."),
    click.option("--exclude", metavar="GLOB", multiple=True, help="Not these files (gitignore syntax; repeatable)."),
    click.option("--order", metavar="soft|strict|none", help="How far references decide what waits.  [soft]"),
    click.option("--halo", metavar="PCT", help="Share of a leaf's tokens for skeletons of what it needs outside.  [0]"),
    click.option("--by", metavar="owners", help="Files of one owner (CODEOWNERS) lean together."),
    click.option("--seed", metavar="N", help="Every choice that is not forced.  [0]"),
    click.option("--effort", metavar="fast|normal", help="How long the cut is refined.  [normal]"),
)


def planning(command: Command) -> Command:
    """Every option that shapes a plan."""
    for option in reversed(_PLANNING):
        command = option(command)
    return command


def quiet(command: Command) -> Command:
    return click.option("-q", "--quiet", is_flag=True, help="No progress and no summary on stderr.")(command)


def verbose(command: Command) -> Command:
    words = "More on stderr: what was left out, and why; each subplan as it ends."
    return click.option("-v", "--verbose", is_flag=True, help=words)(command)


_ELSEWHERE = (
    click.option(
        "--executor", metavar="WHERE", help="threads, dask://HOST:PORT, tls://HOST:PORT or package.module:factory."
    ),
    click.option("--insecure", is_flag=True, help="Allow plain TCP to another machine."),
    click.option("--tls-ca", metavar="FILE", help="For tls://: who has signed the certificates."),
    click.option("--tls-cert", metavar="FILE", help="For tls://: our certificate."),
    click.option("--tls-key", metavar="FILE", help="For tls://: its key."),
    click.option(
        "--worker-ttl", type=click.FloatRange(1, 86400), metavar="S", help="A worker silent so long is lost.  [30]"
    ),
    click.option("--base-url", metavar="URL", help="Workers fetch the base there (https, ssh, file), not through us."),
    click.option("--bench-worker", metavar="NAME", help="The worker that measures candidates."),
)


def elsewhere(command: Command) -> Command:
    """Every option that says where leaves run."""
    for option in reversed(_ELSEWHERE):
        command = option(command)
    return command


def user_config() -> Path:
    """Where the user's own defaults live."""
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "autonomy" / "config.toml"


def flags_of(values: Mapping[str, object]) -> dict[str, object]:
    """The planning options that were given, as the layer `flag` of the configuration."""
    names = {option_name(option) for option in _PLANNING}
    return {name: value for name, value in values.items() if name in names}


def option_name(option: Callable[[Any], Any]) -> str:
    """The parameter that a click option decorator fills."""

    @option
    def probe() -> None: ...

    parameter = probe.__click_params__[0]
    return str(parameter.name)


_SHADES = {
    "succeeded": "green", "failed": "red", "timed_out": "red", "error": "red", "cancelled": "yellow",
    "skipped": "yellow", "running": "blue",
}  # fmt: skip


def shade(status: str, text: str) -> str:
    """What stdout shows of a status: the text, in the colour of that status where there is colour."""
    return click.style(text, fg=_SHADES.get(status)) if coloured(sys.stdout) else text


_ASCII = str.maketrans({"├": "|", "└": "`", "│": "|", "─": "-"})


def is_terminal(stream: Any) -> bool:
    """Whether live output makes sense there: a terminal that can move its cursor, not a CI log."""
    return bool(stream.isatty()) and os.environ.get("TERM") != "dumb" and "CI" not in os.environ


def live_console() -> "Console":
    """Where a live picture is drawn."""
    from rich.console import Console

    return Console(stderr=True, no_color=not coloured(sys.stderr))


ROWS_ON_A_TERMINAL = 30


def rows_shown() -> int | None:
    """Lines of a table that a person sees at a terminal; elsewhere all of them are wanted."""
    return ROWS_ON_A_TERMINAL if is_terminal(sys.stdout) else None


def say(line: str, *, quiet: bool = False) -> None:
    """A line for the person, on stderr."""
    if not quiet:
        click.echo(line, err=True, color=coloured(sys.stderr))


def write_result(text: str) -> None:
    """The result, on stdout, as UTF-8 bytes: names that are no text must not stop it."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    sys.stdout.buffer.flush()


def drawn(text: str) -> str:
    """A drawing in the signs that stdout can show: its lines in ASCII where the encoding has no others."""
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    return text if encoding.startswith("utf") else text.translate(_ASCII)
