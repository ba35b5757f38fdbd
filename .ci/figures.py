"""Hold the table of goals in a Markdown file against what the fault scenarios have just recorded.

Usage: figures.py FILE FIGURES... [--write]

FIGURES are lines of JSON: a goal, how many of its cases held, how many were tried. The table stands between
`<!-- faults -->` and `<!-- /faults -->`. Ends with 1 where a case did not hold, or where FILE shows other goals;
how many cases a goal has may differ from machine to machine. --write puts the new table there.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

TABLE = re.compile(r"(?<=<!-- faults -->\n).*?(?=<!-- /faults -->)", re.DOTALL)
ROW = re.compile(r"^\| (.+) \| ([\d,]+)/([\d,]+) \|$", re.MULTILINE)


def main(file: Path, figures: Sequence[Path], *, write: bool) -> int:
    held, tried = counts(figures)
    new = table(held, tried)
    print(new)
    text = file.read_text(encoding="utf-8")
    if write:
        file.write_text(TABLE.sub(lambda _old: new, text), encoding="utf-8")
    broken = [goal for goal in tried if held[goal] < tried[goal]]
    shown = {goal for goal, _, _ in ROW.findall("".join(TABLE.findall(text)))}
    stale = [] if write else sorted(shown ^ set(tried))
    for goal in broken:
        print(f"does not hold: {goal}")
    for goal in stale:
        print(f"{file} is stale: {goal}")
    return 1 if broken or stale or not tried else 0


def counts(figures: Sequence[Path]) -> tuple[Counter[str], Counter[str]]:
    """Goal -> cases that held, and cases that were tried; in the order of the files."""
    held: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    for line in (line for path in figures for line in path.read_text(encoding="utf-8").splitlines()):
        each = json.loads(line)
        held[each["goal"]] += each["held"]
        tried[each["goal"]] += each["tried"]
    return held, tried


def table(held: Counter[str], tried: Counter[str]) -> str:
    rows = (f"| {goal} | {held[goal]:,}/{tried[goal]:,} |\n" for goal in tried)
    return "| goal | held |\n|---|---:|\n" + "".join(rows)


if __name__ == "__main__":
    words = sys.argv[1:]
    names = [word for word in words if not word.startswith("--")]
    sys.exit(main(Path(names[0]), [Path(name) for name in names[1:]], write="--write" in words))
