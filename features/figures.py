"""How many cases of each goal were tried, and how many of them held: what `nox -s faults` shows as a table.

A step that tries cases records them here before it judges them. Without `-D figures=FILE` nothing is kept.
"""

import json
from pathlib import Path

from behave.runner import Context


def record(context: Context, goal: str, held: int, tried: int) -> None:
    """Add cases to a goal, whose name is a sentence."""
    if name := context.config.userdata.get("figures"):
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"goal": goal, "held": held, "tried": tried}) + "\n")
