"""Each view of a page, compared with what the commands print as JSON and what the run has left on disk.

By hand: `python robot/Views.py REPOSITORY [RUN]`, after `autonomy report`, on whatever was planned or run there.
"""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from Chromium import chromium
from robot.api.deco import keyword, library
from robot.libraries.BuiltIn import BuiltIn
from Seen import Row, Seen
from Truth import Truth

BAD = ("failed", "timed_out", "error")
UNITS = {"ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "k": 1e3, "M": 1e6}
WHY = {"fits": "it fits the limits", "min_files": "it is at --min-files, which is never split",
       "max_depth": "it is at --max-depth", "no_progress": "no splitter makes progress",
       "oversize_file": "it is one file over --max-tokens"}  # fmt: skip


def differences(seen: Seen, truth: Truth) -> list[str]:
    """What the page shows otherwise than it is, a line each."""
    views = (_figures, _map, _graph, _timeline, _failures, _curve, _candidates, _cost, _panels)
    return [f"{view.__name__[1:]}: {each}" for view in views for each in view(seen, truth)]


def _same(what: str, shown: object, true: object) -> Iterator[str]:
    if shown != true:
        yield f"{what}: {shown!r} is shown, {true!r} is true"


def _near(what: str, shown: str, true: float) -> Iterator[str]:
    """A rounded number with its unit: `12k tokens`, `815 ms`, `1 min 3 s`."""
    pairs = re.findall(r"([\d.,]+)\s*(ms|min|s|h|k|M)?\b", shown)
    value = sum(float(number.replace(",", "")) * UNITS.get(unit, 1.0) for number, unit in pairs)
    number, unit = pairs[-1]
    step = UNITS.get(unit, 1.0) * 10.0 ** -len(number.partition(".")[2])
    if abs(value - true) > 0.51 * step:
        yield f"{what}: {shown} is shown, {true} is true"


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _one(seen: Seen, view: str, table: int = 0) -> Sequence[Row]:
    tables = seen.tables(view)
    return tables[table] if tables and len(tables) > table else []


def _figures(seen: Seen, truth: Truth) -> Iterator[str]:
    shown = seen.figures()
    yield from _same("subplans", _number(shown["subplans"]), len(truth.leaves))
    if not truth.run:
        yield from _same("files", _number(shown["files"]), truth.plan["metrics"]["files"])
        return
    states = [each["status"] for each in truth.subplans.values()]
    counts = {"succeeded": states.count("succeeded"), "failed": sum(states.count(each) for each in BAD)}
    counts["attempts"] = len(truth.tries)
    for name, count in counts.items():
        yield from _same(name, _number(shown[name]), count)
    peak = f"{truth.status['peak_parallel']} of {truth.status['max_parallel']}"
    yield from _same("at most at once", peak in shown.values(), True)


def _map(seen: Seen, truth: Truth) -> Iterator[str]:
    rows = {row["Id"]: row for row in _one(seen, "map")}
    yield from _same("leaves", sorted(rows), sorted(truth.slugs))
    for leaf in truth.leaves:
        row, own = rows.get(leaf["id"], {}), leaf["id"]
        for column, true in {
            "Files": leaf["file_count"], "Tokens": leaf["tokens"], "Waits for": len(truth.waits(own)),
            "Holds up": truth.held[own],
        }.items():  # fmt: skip
            yield from _same(f"{leaf['slug']}, {column}", _number(row.get(column, "-1")), true)
        if truth.run:
            true = truth.subplans[own]["status"].replace("_", " ")
            yield from _same(f"{leaf['slug']}, Status", row.get("Status"), true)
    drawn = seen.map()
    tokens = sum(leaf["tokens"] for leaf in truth.leaves)
    # A leaf without a token is drawn as if it had one, where it is not folded.
    most = tokens + sum(not leaf["tokens"] for leaf in truth.leaves)
    yield from _same("tokens drawn", min(max(drawn["weight"], tokens), most), drawn["weight"])
    yield from _same("no more than 1,500 nodes", drawn["nodes"] <= 1500, True)
    yield from _same("it says that it is collapsed", "Collapsed" in drawn["note"], len(truth.plan["nodes"]) > 1500)


def _graph(seen: Seen, truth: Truth) -> Iterator[str]:
    rows, number = _one(seen, "graph"), {slug: leaf for leaf, slug in truth.slugs.items()}
    metrics = truth.plan["metrics"]
    shown_cut, cut = sum(_number(row["References"]) for row in rows), metrics["edges"] * metrics["edge_cut"]
    # The share has four digits.
    if abs(shown_cut - cut) > 0.5 + 5e-5 * metrics["edges"]:
        yield f"references that are cut: {shown_cut} are shown, {cut:.0f} is true"
    shown = {(number[row["From"]], number[row["To"]]): row for row in rows}
    yield from _same("each pair once", len(shown), len(rows))
    waiting = {pair for pair, row in shown.items() if row["Order"] == "waits for it"}
    true = {(leaf, before) for leaf in number.values() for before in truth.waits(leaf)}
    yield from _same("pairs that wait", sorted(waiting), sorted(true & set(shown)))
    # A wait without a reference of its own comes of a hub that leaves have in common.
    for leaf, _ in Counter(pair[0] for pair in shown).most_common(3):
        words = ["autonomy", "explain", leaf]
        told = subprocess.run(words, cwd=truth.root, capture_output=True, text=True, check=True).stdout
        for before, count in re.findall(r"^  \S+ \((\w+)\), through ([\d,]+) references?$", told, re.M):
            row = shown.get((leaf, before))
            yield from _same(f"{leaf} -> {before}", row and row["References"], count)


def _timeline(seen: Seen, truth: Truth) -> Iterator[str]:
    rows = _one(seen, "timeline")
    most = truth.status["max_parallel"] if truth.run else truth.plan["config"]["max_parallel"]
    yield from _same("no more lanes than max_parallel", all(_number(row["Slot"]) <= most for row in rows), True)
    yield from _lanes(rows)
    if not truth.run:
        yield from _same("bars", sorted(row["Subplan"] for row in rows), sorted(truth.slugs.values()))
        tokens = {leaf["slug"]: leaf["tokens"] for leaf in truth.leaves}
        for row in rows:
            yield from _near(f"{row['Subplan']}, Length", row["Length"], max(1, tokens[row["Subplan"]]))
        return
    yield from _same("lanes", len({row["Slot"] for row in rows}), truth.status["peak_parallel"])
    shown = {(row["Subplan"], _number(row["Attempt"]), _number(row["Candidate"])): row for row in rows}
    yield from _same("attempts", sorted(shown), sorted(truth.tries))
    for key, row in shown.items():
        yield from _same(f"{key}, Ended", row["Ended"], truth.tries[key]["status"].replace("_", " "))
        yield from _near(f"{key}, Start", row["Start"], truth.tries[key]["started"])


def _lanes(rows: Sequence[Row]) -> Iterator[str]:
    """Bars on one lane follow one another, as far as rounded numbers tell."""
    lanes: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        start, length = (_value(row[name]) for name in ("Start", "Length"))
        lanes.setdefault(row["Slot"], []).append((start, start + length))
    for lane, bars in lanes.items():
        for before, after in pairwise(sorted(bars)):
            if before[1] > after[0] + 0.06 * max(before[1], 1.0):
                yield f"on lane {lane} {before} and {after} overlap"


def _value(text: str) -> float:
    pairs = re.findall(r"([\d.,]+)\s*(ms|min|s|h|k|M)?\b", text)
    return sum(float(number.replace(",", "")) * UNITS.get(unit, 1.0) for number, unit in pairs)


def _failures(seen: Seen, truth: Truth) -> Iterator[str]:
    if not truth.run:
        yield from _same("there is no such view", seen.tables("failures"), None)
        return
    rows = _one(seen, "failures")
    shown = sorted((row["Subplan"], _number(row["Attempt"]), _number(row["Candidate"]), row["Message"]) for row in rows)
    bad = {key for key, each in truth.tries.items() if each["status"] in BAD}
    told = [(truth.slugs[each["id"]], each["attempt"], each["candidate"], each["message"])
            for each in truth.status["failures"]]  # fmt: skip
    yield from _same("attempts", shown, sorted(each for each in told if each[:3] in bad))
    failed = sorted(leaf for leaf, each in truth.subplans.items() if each["status"] in BAD)
    cards = seen.causes() if rows else []
    opened = [card for card in cards if card["command"]]
    yield from _same("leaves of open causes", sorted({leaf for card in opened for leaf in card["leaves"]}), failed)
    titles: dict[str, set[str]] = {}
    for row in rows:
        titles.setdefault(row["Cause"], set()).add(row["Subplan"])
    for card in cards:
        slugs = {truth.slugs[leaf] for leaf in card["leaves"]}
        yield from _same(f"leaves of {card['title']!r} are in the table", slugs <= titles[card["title"]], True)
    for card in opened:
        only = re.search(r"--only (\S+)", card["command"])
        retried = sorted(only[1].split(",")) if only else failed
        yield from _same(f"retry of {card['title']!r}", retried, sorted(card["leaves"]))


def _curve(seen: Seen, truth: Truth) -> Iterator[str]:
    rows, points = _one(seen, "workers"), {point["workers"]: point for point in truth.curve["points"]}
    known = [row for row in rows if _number(row["Workers"]) in points]
    yield from _same("a curve of three points and more", len(known) >= min(3, len(points)), True)
    for row in known:
        point = points[_number(row["Workers"])]
        yield from _near(f"{row['Workers']} workers, Length", row["Length"], point["makespan"])
        yield from _near(f"{row['Workers']} workers, Bound", row["Bound"], point["bound"])
        yield from _near(f"{row['Workers']} workers, Speed-up", row["Speed-up"].rstrip("×"), point["speedup"])
    if rows:
        best = truth.curve["best_useful"]
        yield from _same("best useful", f"best useful {best}," in seen.label("workers"), True)


def _candidates(seen: Seen, truth: Truth) -> Iterator[str]:
    judged = {
        each["slug"] for each in truth.subplans.values()
        if len(each["attempts"]) > 1 or any(one["verdicts"] or one["bench"] for one in each["attempts"])
    }  # fmt: skip
    rows = _one(seen, "candidates")
    shown = {(row["Subplan"], _number(row["Attempt"]), _number(row["Candidate"])): row for row in rows}
    yield from _same("attempts", sorted(shown), sorted(key for key in truth.tries if key[0] in judged))
    for key, row in shown.items():
        own = truth.tries[key]
        yield from _same(f"{key}, Ended", row["Ended"].removesuffix(", kept"), own["status"].replace("_", " "))
        passed = sum(bool(each["passed"]) for each in own["verdicts"])
        if own["verdicts"]:
            words = f"{passed} of {len(own['verdicts'])} passed" if passed else "none passed"
            yield from _same(f"{key}, Verdicts", row["Verdicts"].startswith(words), True)
        if bench := own["bench"]:
            words = f"{bench['speedup']:.2f}× ({bench['low']:.2f} to {bench['high']:.2f})"
            yield from _same(f"{key}, Speed-up", row["Speed-up"], words)
    kept = {(key[0], key[2]) for key, row in shown.items() if row["Ended"].endswith(", kept")}
    true = {(each["slug"], each["accepted"]) for each in truth.subplans.values() if each["accepted"]}
    yield from _same("kept", sorted(kept), sorted(each for each in true if each[0] in judged))


def _cost(seen: Seen, truth: Truth) -> Iterator[str]:
    spent: dict[str, float] = {}
    for (slug, _, _), each in truth.tries.items():
        kept = truth.home / "out" / Path(each["log"] or "none").name.removesuffix(".log") / "cost.json"
        if kept.is_file():
            spent[slug] = spent.get(slug, 0.0) + json.loads(kept.read_text()).get("total_cost_usd", 0.0)
    shown = {row["Subplan"]: row["Dollars"] for row in _one(seen, "cost")}
    yield from _same("dollars", shown, {slug: f"{dollars:.3f}" for slug, dollars in spent.items()})


def _panels(seen: Seen, truth: Truth) -> Iterator[str]:
    for leaf, panel in zip(truth.leaves, seen.panels(list(truth.slugs)), strict=True):
        own, name = leaf["id"], leaf["slug"]
        yield from _same(f"{name}, title", panel["title"], name)
        yield from _same(f"{name}, id", own in panel["meta"], True)
        yield from _same(f"{name}, files", panel["files"], leaf["files"])
        yield from _same(f"{name}, waits for", panel["waits"], list(truth.waits(own)))
        yield from _same(f"{name}, needed by", panel["needed"], list(truth.needed[own]))
        yield from _same(f"{name}, why", panel["steps"], list(_steps(leaf, truth)))
        if truth.run:
            yield from _run_of(name, panel, truth.subplans[own], truth)


def _steps(leaf: Mapping[str, Any], truth: Truth) -> Iterator[str]:
    """From the root to the leaf: how large each node is, and why it is what it is."""
    chain = [leaf]
    while chain[0]["parent"]:
        chain.insert(0, truth.nodes[chain[0]["parent"]])
    for node in chain:
        size = f"{node['file_count']:,} file{'' if node['file_count'] == 1 else 's'}, {node['tokens']:,} tokens"
        split, why = f"split into {len(node['children'])} by {node['splitter']}", WHY.get(node["reason"])
        yield f"{node['slug']}  {size}; {split if node['children'] else f'a leaf because {why}'}"


def _run_of(name: str, panel: Mapping[str, Any], true: Mapping[str, Any], truth: Truth) -> Iterator[str]:
    if true["error"] and true["status"] in (*BAD, "skipped"):
        yield from _same(f"{name}, error", true["error"] in panel["text"], True)
    if true["status"] in BAD:
        retry = f"autonomy resume {truth.run} --failed --only {true['id']}"
        yield from _same(f"{name}, retry", retry in panel["text"], True)
    logs = [truth.home / each["log"] for each in true["attempts"] if each["log"]]
    # A candidate that was stopped before its command began has none.
    ends = [log.read_text() for log in logs if log.is_file() and log.stat().st_size]
    yield from _same(f"{name}, logs", len(panel["tails"]), len(ends))
    for log, tail in zip(ends, panel["tails"], strict=False):
        yield from _same(f"{name}, end of the log", bool(tail) and log.endswith(tail), True)
    if true["status"] == "succeeded":
        yield from _same(f"{name}, changed files", [path for path, _ in panel["diffs"]], true["changed_files"])
    yield from _applied(name, panel["diffs"], truth)


def _applied(name: str, diffs: Iterable[Sequence[str]], truth: Truth) -> Iterator[str]:
    """git takes the diffs as they are shown, on the tree as it was."""
    texts = [text for _, text in diffs if text.startswith("--- ") and "more lines are left out" not in text]
    if texts:
        words = ["git", "apply", "--check", "--whitespace=nowarn", "-"]
        patch = "".join(text + "\n" for text in texts)
        done = subprocess.run(words, cwd=truth.root, input=patch, capture_output=True, text=True, check=False)
        yield from _same(f"{name}, patch", done.stderr, "")


@library(scope="SUITE")
class Views:
    """The page that the suite's browser has open, against the commands."""

    @keyword
    def differences_from_the_json(self, root: str, run: str | None = None) -> list[str]:
        driver = BuiltIn().get_library_instance("SeleniumLibrary").driver
        return differences(Seen(driver), Truth(Path(root), run))


def main(root: Path, run: str | None = None) -> int:
    with chromium() as driver:
        page = root / ".autonomy" / "report.html"
        driver.get(f"file://{page.resolve()}")
        found = differences(Seen(driver), Truth(root, run))
    print("\n".join(found[:40]) or "no difference")
    return len(found)


if __name__ == "__main__":
    sys.exit(min(1, main(Path(sys.argv[1]), *sys.argv[2:3])))
