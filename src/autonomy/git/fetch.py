"""Fetch one commit, by its id, from a place that a user names: what comes is content under its own hash."""

import os
import re
from pathlib import Path

from autonomy.git.command import run

PROTOCOLS = ("https", "ssh", "file")
_URL = re.compile(r"(https|ssh)://([^\s/:@-][^\s/:@]*@)?[^\s/@-][^\s/@]*/\S+|file:///\S+")


def is_fetchable(url: str) -> bool:
    """Whether `url` has a protocol that runs no command of the URL's choice, and holds no password."""
    return _URL.fullmatch(url) is not None


def fetch_commit(git_dir: Path, url: str, commit: str) -> None:
    """Bring `commit` without its history into `git_dir`, a directory of the engine's own. Nobody is asked for anything.

    Raises:
        InputError: no such place, no such commit there, or another protocol.
    """
    env = {"GIT_ALLOW_PROTOCOL": ":".join(PROTOCOLS), "GIT_SSH_COMMAND": "ssh -oBatchMode=yes", "GIT_ASKPASS": "true"}
    env |= {name: os.environ[name] for name in ("SSH_AUTH_SOCK",) if name in os.environ}
    words = ["--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--", url, commit]
    run(["fetch", *words], git_dir=git_dir, env=env)
