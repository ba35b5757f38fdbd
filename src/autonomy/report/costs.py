"""What an attempt says that it cost: `cost.json` in AUTONOMY_OUT, or the result that a coding agent prints last."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from stat import S_ISLNK

from autonomy.report.story import Cost

MOST_BYTES = 1 << 16
_LAST = 1 << 14
_DOLLARS = ("usd", "cost_usd", "total_cost_usd")
_IN = ("input_tokens", "tokens_in", "prompt_tokens")
_OUT = ("output_tokens", "tokens_out", "completion_tokens")


def end_of(home: Path, log: str) -> bytes:
    """The last bytes of a log, if there is one. Its name is not trusted: a journal may come with a repository."""
    if not log or ".." in log.split("/"):
        return b""
    with suppress(OSError, ValueError):
        # Open costs more than to ask, and most logs are empty where commands are short.
        path = f"{home}/{log}"
        found = os.lstat(path)
        if found.st_size and not S_ISLNK(found.st_mode):
            with open(path, "rb") as file:
                file.seek(max(0, file.seek(0, 2) - _LAST))
                return file.read(_LAST)
    return b""


def cost_of(home: Path, log: str, end: bytes) -> Cost | None:
    """None where the attempt says nothing of it. `log` is relative to the run's directory `home`, `end` is its end."""
    if not log or ".." in log.split("/"):
        return None
    kept = f"{home}/out/{log.rpartition('/')[2].removesuffix('.log')}/cost.json"
    return _read(_start(kept)) or _read(_last_line(end))


def _start(path: str) -> str:
    with suppress(OSError, ValueError), open(path, "rb") as file:
        return file.read(MOST_BYTES).decode("utf-8", "replace")
    return ""


def _last_line(end: bytes) -> str:
    """Where it looks like a JSON object."""
    line = end.rstrip().rpartition(b"\n")[2]
    return line.decode("utf-8", "replace") if line.startswith(b"{") and line.endswith(b"}") else ""


def _read(text: str) -> Cost | None:
    if not text:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    usage = found.get("usage")
    rows = (found, usage if isinstance(usage, dict) else {})
    cost = Cost(_number(rows, _DOLLARS), _whole(rows, _IN), _whole(rows, _OUT))
    return cost if cost != Cost() else None


def _number(rows: tuple[Mapping[str, object], ...], names: tuple[str, ...]) -> float | None:
    """The first of `names` that is a number from 0 on, below a billion."""
    for row in rows:
        for name in names:
            value = row.get(name)
            if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12:
                return float(value)
    return None


def _whole(rows: tuple[Mapping[str, object], ...], names: tuple[str, ...]) -> int | None:
    value = _number(rows, names)
    return None if value is None else int(value)
