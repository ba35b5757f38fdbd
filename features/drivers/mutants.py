"""Spoil one line of the program in a copy, and ask whether a feature notices."""

import os
import re
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
        return _fails(feature, copy, HANG_SECONDS="5")


@cache
def passes(feature: str) -> bool:
    return not _fails(feature, SOURCE.resolve())


def _fails(feature: str, source: Path, **environ: str) -> bool:
    """Whether a scenario of `feature` fails on the program in `source`, or hangs.

    Raises:
        AssertionError: behave could not run the feature at all.
    """
    argv = [sys.executable, "-m", "behave", "--stop", "--format=null", f"features/{feature}.feature"]
    environ = {**os.environ, "PYTHONPATH": str(source), **environ}
    try:
        ended = subprocess.run(argv, env=environ, capture_output=True, text=True, timeout=HANG_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return True
    assert re.search(r"^\d+ scenarios? passed", ended.stdout, re.MULTILINE), ended.stdout + ended.stderr
    return ended.returncode != 0
