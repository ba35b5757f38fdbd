"""What the steps know of command templates."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from autonomy.errors import AutonomyError
from autonomy.model import Reason, Subplan, SubplanId
from autonomy.process import Command, Supervisor
from autonomy.template import Arguments, Call, arguments, check, environment, file_list, inherited
from features.driver import RUN

PRINT = 'for word in "$@"; do printf "<%s>" "$word"; done'


def leaf(files: Sequence[str]) -> Subplan:
    return Subplan(SubplanId("0123456789ab"), "src", None, 1, (), tuple(files), len(files), 0, 0, "", None, Reason.FITS)


def call(folder: Path, files: Sequence[str], feedback: str | None = None) -> Call:
    paths = {name: folder / name for name in ("slot", "out", "tmp", "files_from", "brief")}
    paths["files_from"].write_bytes(file_list(leaf(files)))
    return Call("run-1", leaf(files), **paths, attempt=2, candidate=3, feedback=feedback)


def render(folder: Path, words: Sequence[str], files: Sequence[str], *, shell: bool = False) -> Arguments:
    check(words, shell=shell)
    return arguments(words, call(folder, files), {}, shell=shell)


def seen_by(
    folder: Path, words: Sequence[str], files: Sequence[str], *, shell: bool = False, feedback: str | None = None
) -> str:
    """What a real command prints that shows each of its arguments in angle brackets."""
    program = words if shell else ("sh", "-c", PRINT, "sh", *words)
    env = {"PATH": os.environ["PATH"]}
    return _printed(folder, arguments(program, call(folder, files, feedback), env, shell=shell).argv, env)


def variables(folder: Path, surroundings: Mapping[str, str], passed: Sequence[str], feedback: str | None) -> set[str]:
    """The environment that a real command sees, one entry per line of `env`."""
    told = environment(call(folder, ["a.py"], feedback), inherited(passed, surroundings))
    return set(_printed(folder, ("env",), told).splitlines())


def refusal(words: Sequence[str], *, shell: bool) -> str:
    try:
        check(words, shell=shell)
    except AutonomyError as error:
        return f"{error.exit_code}: {error}"
    return "none"


def _printed(folder: Path, argv: Sequence[str], env: Mapping[str, str]) -> str:
    with Supervisor(RUN) as supervisor:
        supervisor.supervise(Command(tuple(argv), folder, env, folder / "log"))
    return (folder / "log").read_bytes().decode(errors="surrogateescape")
