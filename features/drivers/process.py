"""What the steps know of running commands: misbehaving ones, and who is left of them."""

import os
import select
import shlex
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from unittest import mock

from autonomy import lineage, logs
from autonomy.process import Cancellation, Command, Exit, Supervisor
from features.driver import HANG_SECONDS, RUN

SLEEP = "sleep 86400"
SILENT = "</dev/null >/dev/null 2>&1"
LEAVINGS = {
    "nothing": "",
    "a background child": f"{SLEEP} &",
    "a child in a session of its own": f"setsid {SLEEP} &",
    "a daemon forked twice": f"(setsid sh -c '{SLEEP} & exit' &)",
    "a daemon with closed descriptors": f"setsid {SLEEP} {SILENT} &",
    "a daemon with an empty environment": f"env -i setsid {SLEEP} &",
    "a daemon that is hidden in every way": f"env -i setsid sh -c '(cd /; setsid {SLEEP} &)' {SILENT} &",
    "a child that ignores every signal": f"(trap '' HUP INT TERM; setsid {SLEEP}) &",
    "a whole tree": f"for i in 1 2 3; do setsid sh -c '{SLEEP} & setsid {SLEEP} & wait' & done",
}
BEGINNINGS = {"exits": "", "hangs": "trap '' TERM", "waits": ""}
ENDINGS = {"exits": "exit 0", "hangs": "exec sleep 86400", "waits": "exec sleep 86400"}


class Watched:
    """A command with a word of its own on the command lines of all that it leaves behind, by which /proc tells them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.token = f"86400.{uuid.uuid4().int % 10**12}"
        self.ready = folder / "ready"
        os.mkfifo(self.ready)

    def script(self, leavings: str, ending: str, expected: int) -> str:
        """Leaves the processes behind; goes on only when `expected` of them run, so that no test passes by haste."""
        # Not before it is `sleep` itself: `setsid sleep` still sits in the command's own session.
        count = f"$(grep -lasP '^sleep\\x00{self.token}' /proc/[0-9]*/cmdline | wc -l)"
        wait = f'while [ "{count}" -lt {expected} ]; do :; done; echo >{shlex.quote(str(self.ready))}'
        return f"{LEAVINGS[leavings].replace('86400', self.token)}\n{BEGINNINGS[ending]}\n{wait}\n{ENDINGS[ending]}"

    def alive(self) -> list[int]:
        """The processes of the command that have not ended, whoever their parent is now."""
        return [pid for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))) if self._is_ours(pid)]

    def _is_ours(self, pid: int) -> bool:
        with suppress(OSError):
            return self.token in Path(f"/proc/{pid}/cmdline").read_text(errors="replace") and pid != os.getpid()
        return False


def expected(leavings: str) -> int:
    return {"nothing": 0, "a whole tree": 6}.get(leavings, 1)


def command(folder: Path, script: str, run_id: str, **more: float) -> Command:
    env = {"PATH": os.environ["PATH"], "AUTONOMY_RUN_ID": run_id, "AUTONOMY_SUBPLAN_ID": "leaf"}
    return Command(("sh", "-c", script), folder, env, folder / "log", **{"timeout": HANG_SECONDS, **more})


def supervise(folder: Path, script: str, **more: float) -> Exit:
    with Supervisor(RUN) as supervisor:
        return supervisor.supervise(command(folder, script, RUN, **more))


def leave_behind(folder: Path, leavings: str, ending: str, *, marks: bool = True) -> tuple[Exit, list[int]]:
    """Run a command that leaves something behind; how it ended, and who of it is still alive right afterwards.

    One that waits or hangs is asked to stop as soon as it has left everything behind.
    """
    watched = Watched(folder)
    script = watched.script(leavings, ending, expected(leavings))
    with Supervisor(RUN) as supervisor, Cancellation() as cancel, marks_allowed(marks):

        def stop_when_ready() -> None:
            watched.ready.read_text()
            if ending != "exits":
                cancel.stop()

        waiter = threading.Thread(target=stop_when_ready, daemon=True)
        waiter.start()
        end = supervisor.supervise(command(folder, script, RUN, grace=0.05), [cancel])
        waiter.join(HANG_SECONDS)
        return end, watched.alive()


def marks_allowed(allowed: bool) -> "mock._patch[Callable[[], bool]]":
    """As in a container that forbids the personality, where `allowed` is False."""
    return mock.patch.object(lineage, "marks_work", lineage.marks_work if allowed else lambda: False)


PROGRAM = """
import sys
from pathlib import Path
from autonomy.process import Command, Supervisor
folder, script, path, run = Path(sys.argv[1]), *sys.argv[2:]
env = {"PATH": path, "AUTONOMY_RUN_ID": run, "AUTONOMY_SUBPLAN_ID": "leaf"}
with Supervisor(run) as supervisor:
    supervisor.supervise(Command(("sh", "-c", script), folder, env, folder / "log"))
"""


def kill_program(folder: Path, leavings: str) -> list[int]:
    """Kill a program with -9 while its command runs; the processes of the command that do not end then."""
    watched = Watched(folder)
    script = watched.script(leavings, "waits", expected(leavings))
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder), script, os.environ["PATH"], f"{RUN}-killed"]
    )
    watched.ready.read_text()
    descriptors = {pid: os.pidfd_open(pid) for pid in watched.alive() if pid != program.pid}
    program.send_signal(signal.SIGKILL)
    program.wait()
    return [pid for pid, descriptor in descriptors.items() if not _ends(descriptor)]


def _ends(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    ended = bool(poll.poll(HANG_SECONDS * 1000))
    os.close(descriptor)
    return ended


def flood(folder: Path, size: int, *, holes: bool = True) -> Exit:
    """A command that writes `size` bytes between two words, and ends only once its log takes a tenth of it on disk."""
    blocks = f"$(stat -c %b {shlex.quote(str(folder / 'log'))})"
    script = f"echo first; head -c {size} /dev/zero; while [ {blocks} -gt {size // 10 // 512} ]; do :; done; echo last"
    refuse = mock.Mock(side_effect=OSError)
    with mock.patch.object(logs, "punch_hole", logs.punch_hole if holes else refuse):
        return supervise(folder, script)


def kept() -> int:
    """How many bytes of a long output a log keeps."""
    return logs.HEAD + logs.TAIL


def start(folder: Path, argv: Sequence[str]) -> Exit:
    with Supervisor(RUN) as supervisor:
        return supervisor.supervise(Command(tuple(argv), folder, {"PATH": os.environ["PATH"]}, folder / "log"))


def cancelled_before(folder: Path) -> Exit:
    with Supervisor(RUN) as supervisor, Cancellation() as cancel:
        cancel.stop()
        return supervisor.supervise(command(folder, "true", RUN), [cancel])


def group_only() -> "mock._patch[Callable[..., None]]":
    """A program that ends a command's process group and looks no further."""
    return mock.patch.object(lineage, "end_all", lambda owned: None)


def kill(pids: Sequence[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def siblings(folder: Path) -> list[Exit]:
    """Two leaves: one ends while the other's hidden daemon is at work; then the daemon is asked, and must answer."""
    for name in ("ready", "ask", "answer"):
        os.mkfifo(folder / name)
    daemon = f"cd /; echo up >{folder}/ready; read word <{folder}/ask; echo $word >{folder}/answer"
    first = f"(env -i setsid sh -c '{daemon}' {SILENT} &); read word <{folder}/answer; [ $word = yes ]"
    ends: list[Exit] = []
    with Supervisor(RUN) as supervisor:
        asking = command(folder, first, RUN, timeout=HANG_SECONDS)
        thread = threading.Thread(target=lambda: ends.append(supervisor.supervise(asking)))
        thread.start()
        (folder / "ready").read_text()
        ends.append(supervisor.supervise(_elsewhere(folder)))
        answering = os.open(folder / "ask", os.O_RDWR)
        os.write(answering, b"yes\n")
        thread.join()
        os.close(answering)
    return ends


def _elsewhere(folder: Path) -> Command:
    (folder / "other").mkdir()
    env = {"PATH": os.environ["PATH"], "AUTONOMY_RUN_ID": RUN, "AUTONOMY_SUBPLAN_ID": "other"}
    return Command(("true",), folder / "other", env, folder / "other" / "log")
