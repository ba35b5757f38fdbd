"""Spoil one line of the program in a copy, and ask whether a feature notices."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

SOURCE = Path("src")
HANG_SECONDS = 300
"""A mutant that hangs is caught."""


def fails_on_mutant(file: str, old: str, new: str, feature: str) -> bool:
    """Whether `feature` fails where `new` stands in `file` instead of `old`.

    Raises:
        AssertionError: `old` does not stand there exactly once, the mutant is no Python, or the feature fails anyway.
    """
    with tempfile.TemporaryDirectory(prefix="autonomy-mutant-") as folder:
        copy = Path(folder, "src")
        shutil.copytree(SOURCE, copy)
        target = copy / "autonomy" / file
        text = target.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file} holds {old!r} {text.count(old)} times"
        mutant = text.replace(old, new)
        compile(mutant, file, "exec")
        target.write_text(mutant, encoding="utf-8")
        assert passes(feature), f"{feature} fails on the program as it is"
        return _failures(feature, copy) > 0


@cache
def passes(feature: str) -> bool:
    return _failures(feature, SOURCE.resolve()) == 0


def _failures(feature: str, source: Path) -> int:
    """How many scenarios of `feature` fail, up to the first, on the program in `source`; a hang counts as one.

    Raises:
        AssertionError: behave could not run the feature at all.
    """
    argv = [sys.executable, "-m", "behave", "--stop", "-f", "json", "--no-summary", f"features/{feature}.feature"]
    environ = {**os.environ, "PYTHONPATH": str(source), "HANG_SECONDS": str(HANG_SECONDS // 60)}
    try:
        ended = subprocess.run(argv, env=environ, capture_output=True, text=True, timeout=HANG_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return 1
    found = ended.stdout.find("[")
    assert found >= 0, ended.stdout + ended.stderr
    reports = json.JSONDecoder().raw_decode(ended.stdout[found:])[0]
    return sum(element.get("status") in {"failed", "error"} for report in reports for element in report["elements"])
