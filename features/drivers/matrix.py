"""Faults as lines for a shell, each in a repository and a mount namespace of its own."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from features import driver

RUN = "autonomy run -q --no-cache --isolation {} repo --"
WORDS = {
    "RUN": RUN.format("none"),
    "OVERLAY": RUN.format("overlay"),
    "WORKTREE": RUN.format("worktree"),
    "EDIT": "sed -i s/$/./ {files}",
}


@dataclass(frozen=True)
class Met:
    """What came of one fault."""

    fault: str
    wanted: int
    ended: driver.Ended

    @property
    def wrong(self) -> str:
        """What is wrong with its end; empty where nothing is."""
        if "Traceback" in self.ended.err or self.ended.status != self.wanted:
            return f"{self.fault}: ended with {self.ended.status}: {self.ended.err[-400:]}"
        return ""


def is_possible() -> bool:
    return subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode == 0


def meet(folder: Path, rows: Sequence[tuple[str, str, int]]) -> list[Met]:
    """Let a fresh repository meet each fault: its name, a line for bash, and the status that the line should have."""
    template = folder / "template"
    driver.write_tree(template, {f"part{n}/{name}.txt": f"{n}\n" for n in range(6) for name in "ab"})
    driver.commit_all(template)
    bare_path = folder / "bin"
    bare_path.mkdir()
    (bare_path / "autonomy").symlink_to(driver.run(["which", "autonomy"], folder).out.strip())
    (bare_path / "true").symlink_to("/bin/true")
    found = []
    for number, (fault, line, wanted) in enumerate(rows):
        place = folder / str(number)
        place.mkdir()
        driver.run(["cp", "-a", str(template), str(place / "repo")], place)
        found.append(Met(fault, wanted, _ended(line, place, bare_path)))
        driver.run(["rm", "-rf", str(place)], folder)
    return found


def _ended(line: str, place: Path, bare_path: Path) -> driver.Ended:
    limits = {"MAX_FILES": "2", "MIN_FILES": "2", "STRATEGY": "directory", "STATE_DIR": str(place / "state")}
    env = {f"AUTONOMY_{name}": value for name, value in limits.items()} | WORDS
    env |= {"BIN": str(bare_path), "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a", "GIT_COMMITTER_NAME": "A"}
    env |= {"GIT_COMMITTER_EMAIL": "a", "PATH": os.environ["PATH"]}
    return driver.run(["unshare", "-m", "bash", "-c", line], place, env)
