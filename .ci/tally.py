"""Count the results in `reports/`: nox's sessions, and each scenario and test case of the JUnit files.

Usage: tally.py STATUS, where STATUS is how the test command ended. Prints every failure and one line of totals; ends
with 1 if anything failed, if the command did, or if nothing ran.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

REPORTS = Path("reports")
OUTCOMES = {"failure": "failed", "error": "failed", "skipped": "skipped"}


def main(status: int) -> int:
    results = [*sessions(), *cases()]
    for name, outcome in results:
        if outcome == "failed":
            print(f"FAILED {name}")
    counts = Counter(outcome for _, outcome in results)
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    return 1 if status or counts["failed"] or not counts["passed"] else 0


def sessions() -> list[tuple[str, str]]:
    """Each nox session; a test command that left no report of its sessions counts as one failure."""
    report = REPORTS / "nox.json"
    if not report.exists():
        return [("nox left no report", "failed")]
    outcomes = {"success": "passed", "skipped": "skipped"}
    return [
        (f"nox session {session['signatures'][0]}", outcomes.get(session["result"].lower(), "failed"))
        for session in json.loads(report.read_text())["sessions"]
    ]


def cases() -> list[tuple[str, str]]:
    """Each test case of each JUnit file; behave writes skipped scenarios as such."""
    found = []
    for file in sorted(REPORTS.rglob("*.xml")):
        for case in ElementTree.parse(file).iter("testcase"):
            kinds = [OUTCOMES[child.tag] for child in case if child.tag in OUTCOMES]
            found.append((f"{case.get('classname')}: {case.get('name')}", kinds[0] if kinds else "passed"))
    return found


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
