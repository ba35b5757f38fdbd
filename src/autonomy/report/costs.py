"""What an attempt says that it cost: `cost.json` in AUTONOMY_OUT, or the result that a coding agent prints last."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from autonomy.report.story import Cost

MOST_BYTES = 1 << 16
_LAST = 1 << 14
_DOLLARS = ("usd", "cost_usd", "total_cost_usd")
_IN = ("input_tokens", "tokens_in", "prompt_tokens")
_OUT = ("output_tokens", "tokens_out", "completion_tokens")


def cost_of(home: Path, log: str) -> Cost | None:
    """None where the attempt says nothing of it. `log` is relative to the run's directory `home`."""
    if not log or ".." in Path(log).parts:
        return None
    kept = home / "out" / Path(log).name.removesuffix(".log") / "cost.json"
    return _read(_start(kept)) or _read(_last_line(home / log))


def _start(path: Path) -> str:
    with suppress(OSError), path.open("rb") as file:
        return file.read(MOST_BYTES).decode("utf-8", "replace")
    return ""


def _last_line(path: Path) -> str:
    """Where it looks like a JSON object."""
    with suppress(OSError), path.open("rb") as file:
        file.seek(max(0, file.seek(0, 2) - _LAST))
        line = file.read(_LAST).rstrip().rpartition(b"\n")[2]
        if line.startswith(b"{") and line.endswith(b"}"):
            return line.decode("utf-8", "replace")
    return ""


def _read(text: str) -> Cost | None:
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
