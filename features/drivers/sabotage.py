"""Commands that harm whatever they reach, and what they have harmed."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autonomy.process import Supervisor
from autonomy.workspace import landlock
from features.drivers import workspaces
from features.drivers.nobody import as_nobody
from features.drivers.workspaces import LOOK, RUN, Ground

SIGNALS_FROM = 6
"""The version of Landlock that keeps signals in; before it, a command could end the tests themselves."""


@dataclass(frozen=True)
class Harm:
    """What one command changed outside of its slot, and what the next leaf found different inside."""

    what: str
    outside: list[str]
    inside: list[str]


def harm(ground: Ground, commands: Sequence[tuple[str, str]], *, ordinary: bool) -> list[Harm]:
    if not ordinary:
        return _harm(ground, commands)
    found = as_nobody(ground.folder, lambda: _harm(ground, commands), enter_namespace=ground.kind == "overlay")
    assert isinstance(found, list)
    return found


def _harm(ground: Ground, commands: Sequence[tuple[str, str]]) -> list[Harm]:
    prelude = "" if landlock.abi() >= SIGNALS_FROM else "NOSIGNALS=1; "
    found = []
    with ground.open() as workspace, Supervisor(RUN) as supervisor:
        untouched = workspaces.run_in(ground, workspace, supervisor, LOOK).log
        for what, command in commands:
            before = workspaces.fingerprint(ground.home)
            workspaces.run_in(ground, workspace, supervisor, prelude + command)
            after = workspaces.fingerprint(ground.home)
            second = workspaces.run_in(ground, workspace, supervisor, LOOK)
            inside = sorted({*untouched.splitlines()} ^ {*second.log.splitlines()}) + [second.error] * bool(
                second.error
            )
            found.append(Harm(what, workspaces.differences(before, after), inside))
    return found


def survivors() -> list[str]:
    """Processes that carry the scenario's run, whoever their parent is."""
    entry = f"AUTONOMY_RUN_ID={RUN}".encode()
    found = []
    for name in filter(str.isdecimal, os.listdir("/proc")):
        try:
            if entry in Path(f"/proc/{name}/environ").read_bytes().split(b"\0"):
                found.append(Path(f"/proc/{name}/cmdline").read_text(errors="replace"))
        except OSError:
            continue
    return found
