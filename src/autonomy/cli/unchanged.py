"""An unchanged tree gets the answer of before: asked and given without loading what a plan needs."""

import os
import sys

from autonomy import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from autonomy.model import Snapshot

_CONFIGS = ("autonomy.toml", "pyproject.toml")


def question(root: str, values: "Mapping[str, object]", user: str) -> bytes:
    """Everything but the tree that an answer hangs on: options, variables, configuration, the program's version."""
    variables = sorted(f"{name}={value}" for name, value in os.environ.items() if name.startswith("AUTONOMY_"))
    files = [user, *(os.path.join(root, name) for name in _CONFIGS)]
    since = values.get("since")
    if isinstance(since, str):
        files.append(since)
    parts = [__version__, repr(sorted(values.items(), key=lambda item: item[0])), *variables]
    texts = [part.encode("utf-8", "surrogateescape") for part in parts] + [_content(file) for file in files]
    return b"\0".join(texts)


def _content(file: str) -> bytes:
    try:
        with open(file, "rb") as stream:
            return stream.read(1 << 20)
    except OSError:
        return b""


def answer(root: str, key: bytes, *, trust_index: bool, quiet: bool) -> bool:
    """Print the answer of before, if it still holds; False where it must be worked out."""
    from autonomy.scan.answers import recall

    found = recall(root, key, trust_index=trust_index)
    if found is None:
        return False
    size, told, result = found.split(b"\n", 2)
    plan = os.path.join(root, ".autonomy", "plan.json")
    try:
        if os.stat(plan).st_size != int(size):  # noqa: PTH116 pathlib starts slowly
            return False
    except (OSError, ValueError):
        return False
    if not quiet:
        how = "by git's index only; unstaged edits go unseen" if trust_index else "every file looked at"
        sys.stderr.write(f"{told.decode('utf-8', 'replace')} (unchanged: {how})\n")
    sys.stdout.flush()
    sys.stdout.buffer.write(result)
    return True


def keep(root: str, key: bytes, snapshot: "Snapshot", plan: str, told: str, result: str) -> None:
    """Remember an answer: what to say, and what to print. Best effort."""
    from autonomy.scan.answers import remember
    from autonomy.scan.table import fingerprint

    size = len(plan.encode("utf-8", "surrogateescape"))
    text = f"{size}\n{told}\n{result}".encode("utf-8", "surrogateescape")
    remember(root, key, fingerprint(snapshot), text)
