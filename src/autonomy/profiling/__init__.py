"""Where the processor time of a benchmark goes, function by function, for every Python that it starts.

The folder of this package is put on the `PYTHONPATH` of the benchmark, so that its `sitecustomize` is imported there.
A Python that takes no notice of the environment (`-I`, `-E`, `-S`) writes nothing.
"""

from collections.abc import Mapping
from pathlib import Path

VARIABLE = "AUTONOMY_PROFILE"
"""The directory in which each Python leaves its profile, as text."""
MAX_BYTES = 1 << 20


def environment(env: Mapping[str, str], target: Path) -> dict[str, str]:
    """`env` with what makes a Python profile itself into `target`."""
    folders = [str(Path(__file__).parent), *filter(None, [env.get("PYTHONPATH")])]
    return {**env, "PYTHONPATH": ":".join(folders), VARIABLE: str(target)}


def collect(target: Path) -> str:
    """What the Pythons have written, the longest first; text, because nothing of a candidate's is ever unpickled."""
    found = [path.read_bytes()[:MAX_BYTES].decode("utf-8", "replace") for path in sorted(target.glob("*.profile"))]
    return "\n".join(sorted(found, key=len, reverse=True))
