"""What the next attempt is told of those before it, as a program and as a language model read it."""

import json
from collections.abc import Sequence

from autonomy.candidates import Verdict

MAX_BYTES = 96 << 10
"""An environment variable of more than 128 KiB, its name included, can't be passed on (Linux: MAX_ARG_STRLEN)."""
MAX_COMPLAINTS = 100
MAX_TESTS = 50
MAX_SECTION = 8 << 10
"""Characters of one complaint in a brief."""


def as_json(complaints: Sequence[Verdict]) -> str:
    """A JSON list of `{"reason", "message", "evidence"}`, ASCII, at most `MAX_BYTES` long.

    Where it would be longer, the oldest complaints and the beginnings of long messages go: the end of a log says
    what went wrong.
    """
    newest = complaints[-MAX_COMPLAINTS:]
    room = MAX_BYTES // max(1, len(newest))
    while True:
        text = json.dumps([_plain(verdict, room) for verdict in newest], sort_keys=True, default=str)
        if len(text) <= MAX_BYTES or not room:
            return text
        room //= 2


def as_markdown(complaints: Sequence[Verdict]) -> str:
    """A section for the end of a brief; empty where there is no complaint."""
    if not complaints:
        return ""
    rows = "".join(f"* {_indented(_end(verdict.complaint, MAX_SECTION))}\n" for verdict in complaints[-MAX_COMPLAINTS:])
    return f"## What failed before\n\n{rows}"


def _indented(text: str) -> str:
    return "\n  ".join(text.splitlines())


def _plain(verdict: Verdict, room: int) -> dict[str, object]:
    """A complaint whose texts have at most `room` characters each; evidence of another kind stays if it is as short."""
    short = {key: _short(value, room) for key, value in verdict.evidence.items()}
    evidence = {key: value for key, value in short.items() if len(json.dumps(value, default=str)) <= room}
    return {"reason": _end(str(verdict.reason), room), "message": _end(verdict.complaint, room), "evidence": evidence}


def _short(value: object, room: int) -> object:
    if isinstance(value, str):
        return _end(value, room)
    return value[:MAX_TESTS] if isinstance(value, list | tuple) else value


def _end(text: str, room: int) -> str:
    return text if len(text) <= room else f"[...]{text[len(text) - room :]}"
