"""What it costs to start the program, in CPU time, beside a Python that does nothing."""

import os
import subprocess
import sys
from pathlib import Path
from statistics import median

ROUNDS = 20
COMMAND = str(Path(sys.executable).with_name("autonomy"))
BARE = [sys.executable, "-c", "pass"]


class Start:
    """The installed command, paired with a bare Python in every round, so that noise meets both alike."""

    params = (["--version", "--help"],)
    param_names = ("argument",)
    timeout = 300

    def track_ratio_to_bare_python(self, argument: str) -> float:
        pairs = [(cpu([COMMAND, argument]), cpu(BARE)) for _ in range(ROUNDS)]
        return median(ours for ours, _ in pairs) / median(bare for _, bare in pairs)

    track_ratio_to_bare_python.unit = "times the CPU of python -c pass"  # type: ignore[attr-defined]


def timeraw_import() -> str:
    return "import autonomy"


def timeraw_command_line() -> str:
    return "import autonomy.cli.commands"


def cpu(argv: list[str]) -> float:
    """Seconds of user and system time that a command takes."""
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, env={**os.environ, "COVERAGE_PROCESS_CONFIG": ""})
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{argv} ended with status {process.returncode}")
    return usage.ru_utime + usage.ru_stime
