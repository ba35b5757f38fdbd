"""Names of commits."""

from pathlib import Path

from autonomy import git
from autonomy.errors import InputError
from features import driver


def repository(root: Path) -> str:
    """Two commits; a branch, a packed tag and a remote's branch on the first, whose name is returned."""
    driver.write_tree(root, {"file": "one\n"})
    first = driver.commit_all(root)
    driver.git(root, "branch", "first")
    driver.git(root, "tag", "-a", "-m", "A tag", "v1")
    driver.git(root, "pack-refs", "--all")
    driver.git(root, "update-ref", "refs/remotes/origin/main", first)
    driver.git(root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    driver.write_tree(root, {"file": "two\n"})
    driver.commit_all(root)
    return first


def commit_of(root: Path, name: str) -> str | InputError:
    found = git.find_repository(root)
    assert found is not None
    try:
        return git.commit_of(found, name)
    except InputError as error:
        return error
