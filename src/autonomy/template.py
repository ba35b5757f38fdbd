"""From the user's command to the argument list and the environment of one leaf's attempt. Nothing is ever joined."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autonomy.errors import UsageError
from autonomy.model import Subplan

INHERITED = ("PATH", "HOME", "LANG", "TERM")
INHERITED_PREFIX = "LC_"
FIXED = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_EDITOR": "true"}
"""No leaf may wait for an answer, nor refresh an index that it only reads."""
LONGEST_ARGUMENT = (1 << 17) - 1
_SPARE = 1 << 14
_POINTER = 8
_WIDEST = 4
"""Bytes that a letter takes at most."""
_SURELY_FITS = 1 << 16
"""Half of what any system takes."""


@dataclass(frozen=True, slots=True)
class Call:
    """What one attempt at a leaf is told. All paths are absolute and as the command sees them."""

    run_id: str
    leaf: Subplan
    slot: Path
    out: Path
    tmp: Path
    files_from: Path
    brief: Path
    attempt: int = 1
    candidate: int = 1
    feedback: str | None = None
    """What the validators said of the attempt before, as JSON."""
    worker: str = ""
    """The machine of a cluster; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Arguments:
    argv: tuple[str, ...]
    file_list: bool
    """The files were too many for an argument list: the path of the file list stands in their place."""


def check(template: Sequence[str], *, shell: bool = False) -> None:
    """Refuse a command that can't be rendered for any leaf.

    Raises:
        UsageError: it is empty, or several words are to be read by a shell.
    """
    if not template or not template[0]:
        raise UsageError("no command: write it after `--`")
    if shell and len(template) > 1:
        raise UsageError("--shell takes the command as one argument: autonomy run --shell -- 'tool \"$@\" | sort'")


def file_list(leaf: Subplan) -> bytes:
    """The leaf's paths, relative, each ended by NUL."""
    return b"".join(os.fsencode(path) + b"\0" for path in leaf.files)


def arguments(template: Sequence[str], call: Call, env: Mapping[str, str], *, shell: bool = False) -> Arguments:
    """Replace the placeholders, each a whole argument. A shell reads the template's only word; "$@" are the files.

    `env` is what the command will get: it shares the kernel's limit with the arguments.
    """
    literal = ("/bin/sh", "-c", template[0], "sh") if shell else ()
    words = ("{files}",) if shell else template
    told = _placeholders(call)

    def filled(files: Sequence[str]) -> tuple[str, ...]:
        table = told | {"{files}": files}
        return (*literal, *(part for word in words for part in table.get(word, (word,))))

    argv = filled([f"./{path}" for path in call.leaf.files])
    if _fits(argv, env) or "{files}" not in words:
        return Arguments(argv, file_list=False)
    return Arguments(filled([str(call.files_from)]), file_list=True)


def _placeholders(call: Call) -> dict[str, Sequence[str]]:
    return {
        "{files_from}": (str(call.files_from),),
        "{id}": (call.leaf.id,),
        "{slug}": (call.leaf.slug,),
        "{brief}": (str(call.brief),),
        "{attempt}": (str(call.attempt),),
        "{candidate}": (str(call.candidate),),
        "{feedback}": (call.feedback or "",),
        "{out}": (str(call.out),),
    }


def _fits(argv: Sequence[str], env: Mapping[str, str]) -> bool:
    """Whether the kernel takes the arguments: each by itself, and all with the environment and the pointers to them."""
    letters = sum(map(len, argv)) + sum(map(len, env)) + sum(map(len, env.values())) + 2 * (len(argv) + len(env))
    if letters * _WIDEST + _POINTER * (len(argv) + len(env)) < _SURELY_FITS:
        return True
    words = [*argv, *(f"{name}={value}" for name, value in env.items())]
    sizes = [len(os.fsencode(word)) + 1 for word in words]
    total = sum(sizes) + _POINTER * len(sizes)
    return max(sizes) <= LONGEST_ARGUMENT and total <= os.sysconf("SC_ARG_MAX") - _SPARE


def inherited(passed: Sequence[str], surroundings: Mapping[str, str]) -> dict[str, str]:
    """What every command sees of `surroundings`: an allow-list and the names in `passed`.

    `AUTONOMY_*` is always ours, and none of git's variables that point to a repository gets through, not even by name.
    """
    env = {
        name: value
        for name, value in surroundings.items()
        if (name in INHERITED or name.startswith(INHERITED_PREFIX) or name in passed) and not _reserved(name)
    }
    return FIXED | env


def environment(call: Call, inherited: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of the command: what is inherited, and what we tell."""
    return {**inherited, "TMPDIR": str(call.tmp), **_told(call)}


def _reserved(name: str) -> bool:
    return name.startswith("AUTONOMY_") or name in {
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_NAMESPACE",
    }


def _told(call: Call) -> dict[str, str]:
    told = {
        "AUTONOMY_RUN_ID": call.run_id,
        "AUTONOMY_SUBPLAN_ID": call.leaf.id,
        "AUTONOMY_SUBPLAN_SLUG": call.leaf.slug,
        "AUTONOMY_FILES_FROM": str(call.files_from),
        "AUTONOMY_BRIEF": str(call.brief),
        "AUTONOMY_ATTEMPT": str(call.attempt),
        "AUTONOMY_CANDIDATE": str(call.candidate),
        "AUTONOMY_SLOT": str(call.slot),
        "AUTONOMY_OUT": str(call.out),
    }
    if call.worker:
        told["AUTONOMY_WORKER"] = call.worker
    return told if call.feedback is None else told | {"AUTONOMY_FEEDBACK": call.feedback}
