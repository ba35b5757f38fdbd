"""Every command of the program in repositories whose own settings run foreign code."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from features.drivers import killing, traps

COMMANDS = (
    "plan -q .",
    "show",
    "explain a.txt",
    "check",
    "export --format github-matrix",
    "simulate",
    "run -q --no-cache --isolation worktree --scope off . -- sh -c {edit}",
    "run -q --no-cache --isolation overlay --scope off . -- sh -c {edit}",
    "run -q --no-cache --isolation worktree --base HEAD . -- true",
    "resume -q",
    "status",
    "logs root",
    "merge",
    "doctor",
    "clean --force",
)
EDIT = "echo more >>a.txt"


@dataclass(frozen=True)
class Meeting:
    """A trap, a command of the program, and what foreign code has run."""

    trap: str
    command: str
    sprung: str


def meet(folder: Path) -> Iterator[Meeting]:
    killing.warm()
    os.environ["AUTONOMY_STATE_DIR"] = str(folder / "state")
    for number, trap in enumerate(traps.TRAPS):
        root = folder / str(number) / "repo"
        root.mkdir(parents=True)
        traps.set_trap(trap, root)
        for command in COMMANDS:
            words = [EDIT if word == "{edit}" else word for word in command.split()]
            killing.program(words, root)
            yield Meeting(trap, command, traps.sprung(root.parent))
            (root.parent / "sprung").unlink(missing_ok=True)


def vectors() -> int:
    """How many programs the settings of the traps name."""
    return len(traps.PROGRAM_KEYS) + len(traps.HOOKS) + len(traps.TRAPS) - 2


def can_be_sprung(folder: Path) -> list[str]:
    """The traps that plain git runs into: a trap that never catches anybody proves nothing."""
    found = []
    for number, trap in enumerate(traps.TRAPS):
        root = folder / f"plain{number}" / "repo"
        root.mkdir(parents=True)
        traps.set_trap(trap, root)
        traps.spring(trap, root)
        found += [trap] if traps.sprung(root.parent) else []
    return found
