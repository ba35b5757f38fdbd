"""git, at arm's length: find repositories by reading, run commands in a directory of the engine's own."""

from autonomy.git.capture import borrow_shared_index, inert_settings, list_untracked, snapshot_commit
from autonomy.git.command import available, executable, run
from autonomy.git.commits import changed_between, commit_of, export, knows, renames_between, tree_of
from autonomy.git.engine import engine_dir, state_dir
from autonomy.git.fetch import fetch_commit, is_fetchable
from autonomy.git.repository import (
    Repository,
    files_behind_head,
    find_repository,
    head_commit,
    plain_bytes,
    uses_sha256,
)

__all__ = [
    "Repository",
    "available",
    "borrow_shared_index",
    "changed_between",
    "commit_of",
    "engine_dir",
    "executable",
    "export",
    "fetch_commit",
    "files_behind_head",
    "find_repository",
    "head_commit",
    "inert_settings",
    "is_fetchable",
    "knows",
    "list_untracked",
    "plain_bytes",
    "renames_between",
    "run",
    "snapshot_commit",
    "state_dir",
    "tree_of",
    "uses_sha256",
]
