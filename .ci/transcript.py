"""Hold the transcripts in a Markdown file against what the program prints today.

Usage: transcript.py FILE FOLDER [--write]

A block that opens with ```console holds lines `$ COMMAND`, each followed by what the command printed on stdout and
stderr. The commands run one after the other, by bash, in FOLDER, which is shown as /home/ada. Durations differ from
run to run, so they are not compared. Ends with 1 and a diff where a transcript is stale; --write renews the file.
"""

import difflib
import os
import re
import subprocess
import sys
from pathlib import Path

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
DURATION = re.compile(r"\d[\d.,]* ?(?:ms|s|min)\b")
HOME = "/home/ada"


def main(file: Path, folder: Path, *, write: bool) -> int:
    old = file.read_text(encoding="utf-8")
    new = BLOCK.sub(lambda block: f"```console\n{play(block[1], folder)}```", old)
    if write:
        file.write_text(new, encoding="utf-8")
        return 0
    diff = list(difflib.unified_diff(timeless(old), timeless(new), str(file), "today", lineterm=""))
    print("\n".join(diff) or f"{len(BLOCK.findall(old))} transcripts are what the program prints today")
    return 1 if diff else 0


def play(transcript: str, folder: Path) -> str:
    """The transcript as it would read today."""
    commands = [line for line in transcript.splitlines() if line.startswith("$ ")]
    return "".join(f"{command}\n{answer(command.removeprefix('$ '), folder)}" for command in commands)


def answer(command: str, folder: Path) -> str:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AUTONOMY_")}
    ended = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return ended.stdout.decode("utf-8").replace(str(folder), HOME)


def timeless(text: str) -> list[str]:
    return DURATION.sub("0 s", text).splitlines()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]).resolve(), write="--write" in sys.argv[3:]))
