"""Walk a folder outside of git's index, honouring nested .gitignore files as git does."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from autonomy.ignoring import Rules, deeper, small_file
from autonomy.tree import Tree

NESTED = "nested repository"
SPECIAL = "not a regular file"


@dataclass(slots=True)
class Walk:
    """What a walk found: files to plan, and the rest with the reason why not."""

    files: list[bytes] = field(default_factory=list)
    skipped: list[tuple[bytes, str]] = field(default_factory=list)


def walk(root: bytes, rules: Rules, start: bytes = b"", tracked: "frozenset[bytes]" = frozenset()) -> Walk:
    """Files beneath `root`/`start`, relative to `root`, that neither `rules` nor a .gitignore from `root` down ignores.

    `tracked` ones are left to the index. Repositories inside are opaque. A FIFO, a socket, a device and a symlink
    are listed, never opened.
    """
    found = Walk()
    with Tree(root) as tree:
        todo = [(start, _inherited(tree, start, rules))]
        while todo:
            path, rules = todo.pop()
            if path != start and path in tracked:
                continue
            try:
                descriptor = tree.directory(path)
                with os.scandir(descriptor) as listed:
                    entries = sorted(listed, key=lambda entry: entry.name)
            except OSError as error:
                found.skipped.append((path or b".", f"unreadable: {error.strerror}"))
                continue
            names = {entry.name for entry in entries}
            if ".git" in names and path != start and _is_repository(descriptor):
                found.skipped.append((path, NESTED))
                continue
            if ".gitignore" in names:
                rules = deeper(rules, path, descriptor)
            todo.extend(reversed(list(_visit(entries, path, rules, found, tracked))))
    return found


def _inherited(tree: Tree, start: bytes, rules: Rules) -> Rules:
    """The rules of the directories above `start`; those of `start` itself are read with it."""
    parts = start.split(b"/") if start else []
    for level in range(len(parts)):
        above = b"/".join(parts[:level])
        try:
            rules = deeper(rules, above, tree.directory(above))
        except OSError:
            break
    return rules


def _is_repository(directory: int) -> bool:
    """git's own test for a directory that it does not look into: a `.git` that is a link, or complete."""
    if small_file(b".git", directory).startswith(b"gitdir: "):
        return True
    try:
        for part in (b".git/HEAD", b".git/objects", b".git/refs"):
            os.stat(part, dir_fd=directory)
    except OSError:
        return False
    return True


def _visit(
    entries: "list[os.DirEntry[str]]", path: bytes, rules: Rules, found: Walk, tracked: frozenset[bytes]
) -> Iterator[tuple[bytes, Rules]]:
    """Record the files of one directory; yield its directories."""
    for entry in entries:
        name = os.fsencode(entry.name)
        if name == b".git":
            continue
        inner = path + b"/" + name if path else name
        if entry.is_dir(follow_symlinks=False):
            if inner != b".autonomy" and not rules.ignore(inner, directory=True):
                yield inner, rules
        elif inner not in tracked and not rules.ignore(inner, directory=False):
            if entry.is_file(follow_symlinks=False):
                found.files.append(inner)
            else:
                found.skipped.append((inner, "symlink" if entry.is_symlink() else SPECIAL))
