"""Which commit a name means, by reading refs; git itself is only asked in the engine's own directory."""

import re
from pathlib import Path

from autonomy.errors import InputError
from autonomy.git.command import run
from autonomy.git.repository import Repository, read_ref

_PLACES = ("{}", "refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD")
"""Where git looks for a name, in its order; of the first only HEAD is looked at."""
_NAME = re.compile(r"(?P<name>(?!-)[^~^:?*\[\\\s]+)(?P<steps>([~^]\d*)*)")


def commit_of(repository: Repository, engine: Path, name: str) -> str:
    """The commit that a branch, a tag or an object name means, with any `~N` and `^N` behind it.

    Raises:
        InputError: it means none.
    """
    found = _NAME.fullmatch(name)
    if found is None or ".." in name or "@{" in name:
        raise InputError(f"{name!r}: write a branch, a tag or a commit, with ~N or ^N behind it")
    places = [place.format(found["name"]) for place in _PLACES[0 if found["name"] == "HEAD" else 1 :]]
    known = next((value for place in places if (value := read_ref(repository, place))), found["name"])
    try:
        words = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{known}{found['steps']}^{{commit}}"]
        return run(words, git_dir=engine).decode().split()[-1]
    except InputError:
        raise InputError(f"{name!r}: no such commit in {repository.top or repository.git_dir}") from None
