"""Each scenario starts alone: a folder of its own, removed at its end, and no setting of this machine's user."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from behave.model import Scenario
from behave.runner import Context

SETTINGS = ("AUTONOMY_", "GIT_", "XDG_", "NO_COLOR", "FORCE_COLOR", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE")


def before_all(context: Context) -> None:
    for name in [name for name in os.environ if name.startswith(SETTINGS)]:
        del os.environ[name]
    # What a script starts in the background, or under nohup, would hand these down as ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"


def before_scenario(context: Context, scenario: Scenario) -> None:
    context.folder = Path(tempfile.mkdtemp(prefix="autonomy-scenario-"))
    # The first cleanup to be asked for is the last to be done: whatever is mounted there is gone by then.
    # shutil.rmtree raises RecursionError where directories are nested too deep; rm doesn't.
    context.add_cleanup(subprocess.run, ["rm", "-rf", str(context.folder)], check=False)
    context.root = context.folder / "repo"
    context.root.mkdir()
    home = context.folder / "home"
    home.mkdir()
    os.environ["HOME"] = str(home)
    os.environ["GIT_CONFIG_NOSYSTEM"] = "1"
