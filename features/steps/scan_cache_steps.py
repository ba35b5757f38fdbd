"""Second scans, damaged caches, and finished answers."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from behave import given, then, when
from behave.runner import Context
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from features import driver
from features.drivers import scan, scan_cache

SLOW = {
    "pathlib",
    "typing",
    "subprocess",
    "dataclasses",
    "re",
    "json",
    "click",
    "pydantic",
    "importlib.metadata",
    "hashlib",
}


@given("it has been scanned")
def _(context: Context) -> None:
    scan_cache.later_snapshot(context.root)


@given("it has been scanned when the file was {age}")
def _(context: Context, age: str) -> None:
    scan_cache.snapshot_at(context.root, 1 if age == "a second older" else 0)


@given("a folder with {count:d} files of text")
def _(context: Context, count: int) -> None:
    context.count = count
    for file in range(count):
        driver.write_tree(
            context.root, {f"{file:02}.txt": f"{'word ' * 99 * file}\n{'1,2;' * 9 * (count - file) ** 2}\n"}
        )


@given("every other one is deleted")
def _(context: Context) -> None:
    for file in range(0, context.count, 2):
        (context.root / f"{file:02}.txt").unlink()


@given("{count:d} new ones have appeared")
def _(context: Context, count: int) -> None:
    driver.write_tree(context.root, {f"new{file:02}.txt": "1;" * 99 * file for file in range(count)})


@given("nobody may write to it")
def _(context: Context) -> None:
    context.folder.chmod(0o755)
    for path in (context.root, *context.root.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o222 | 0o444)


@given("its cache is {damage}")
def _(context: Context, damage: str) -> None:
    scan_cache.damage(context.root / ".autonomy" / "cache" / "columns", damage)


@given("a repository with a finished answer")
def _(context: Context) -> None:
    files = {
        "a.txt": "a\n",
        "ignored/.gitignore": "*.log\n",
        "ignored/x.log": "x\n",
        "sub/b.txt": "b\n",
        "hidden/.gitignore": "/.gitignore\n/c.txt\n",
        "hidden/c.txt": "c\n",
        "hidden/d.txt": "d\n",
    }
    driver.write_tree(context.root, files)
    (context.root / "empty").mkdir()
    driver.commit_all(context.root)
    driver.git(context.root, "branch", "other")
    context.asked = context.root
    scan_cache.finish(context.asked)


@given("a subdirectory of a repository with a finished answer")
def _(context: Context) -> None:
    driver.write_tree(context.root, {"sub/a.txt": "a\n", "sub/b.log": "b\n", ".gitignore": "*.log\n"})
    driver.commit_all(context.root)
    context.asked = context.root / "sub"
    scan_cache.finish(context.asked)


@given("a folder with a finished answer")
def _(context: Context) -> None:
    driver.write_tree(context.root, {"sub/a.txt": "a\n"})
    context.asked = context.root / "sub"
    scan_cache.finish(context.asked)


def _edit_and_set_back(root: Path) -> None:
    before = (root / "a.txt").stat()
    (root / "a.txt").write_text("b\n")
    os.utime(root / "a.txt", ns=(before.st_atime_ns, before.st_mtime_ns))


def _link_instead(root: Path) -> None:
    (root / "a.txt").unlink()
    (root / "a.txt").symlink_to("sub/b.txt")


def _linked_directory(root: Path) -> None:
    shutil.copytree(root / "sub", root.parent / "copy")
    shutil.rmtree(root / "sub")
    (root / "sub").symlink_to(root.parent / "copy")


def _commit(root: Path) -> None:
    driver.git(root, "commit", "-q", "--allow-empty", "-m", "x")


def _stage(root: Path) -> None:
    driver.write_tree(root, {"a.txt": "changed\n"})
    driver.git(root, "add", "a.txt")


def _untrack(root: Path) -> None:
    driver.git(root, "rm", "-q", "--cached", "a.txt")


CHANGES: dict[str, Callable[[Path], object]] = {
    "nothing": lambda root: None,
    "a file is edited": lambda root: driver.write_tree(root, {"a.txt": "other\n"}),
    "a file is edited and its time set back": _edit_and_set_back,
    "a file is deleted": lambda root: (root / "a.txt").unlink(),
    "a file is replaced by a link": _link_instead,
    "a file appears": lambda root: driver.write_tree(root, {"new.txt": "n\n"}),
    "a file appears in an empty directory": lambda root: driver.write_tree(root, {"empty/new.txt": "n\n"}),
    "a file appears among ignored ones": lambda root: driver.write_tree(root, {"ignored/new.txt": "n\n"}),
    "a directory appears": lambda root: (root / "sub" / "new").mkdir(),
    "a directory is replaced by a link to its copy": _linked_directory,
    "an ignore rule is edited": lambda root: driver.write_tree(root, {"ignored/.gitignore": "*.log \n*.x\n"}),
    "an ignore rule that ignores itself is edited": lambda root: driver.write_tree(
        root, {"hidden/.gitignore": "/.gi*\n"}
    ),
    "an ignore rule above it is edited": lambda root: driver.write_tree(root, {".gitignore": "*.txt\n"}),
    "a rule in .git/info/exclude is added": lambda root: driver.write_tree(root, {".git/info/exclude": "b.txt\n"}),
    "something is committed": _commit,
    "something is staged": _stage,
    "a branch is switched": lambda root: driver.git(root, "switch", "-q", "other"),
    "a file is no longer tracked": _untrack,
    "git is asked for its status": lambda root: driver.git(root, "status"),
    "the folder above becomes a repository": lambda root: driver.git(root, "init", "-q"),
    "the table is damaged": lambda root: scan_cache.damage(root / ".autonomy/cache/table", "altered in one byte"),
    "the answer is damaged": lambda root: scan_cache.damage(scan_cache.answer_file(root), "altered in one byte"),
    "another question is asked": lambda root: None,
}


@when("this happens: {change}")
def _(context: Context, change: str) -> None:
    context.key = b"another" if change == "another question is asked" else scan_cache.KEY
    CHANGES[change](context.root)


@when("I scan it and watch which files are opened")
def _(context: Context) -> None:
    context.opened = scan_cache.opened_by_scan(context.root)


@then('"{names}" have been opened')
def _(context: Context, names: str) -> None:
    assert context.opened == names.split(), context.opened


@then('"" have been opened')
def _(context: Context) -> None:
    assert context.opened == [], context.opened


@then("the next scan reads no file")
def _(context: Context) -> None:
    scan_cache.later_snapshot(context.root)
    assert scan_cache.opened_by_scan(context.root) == []


@then("the snapshot equals that of a first scan")
def _(context: Context) -> None:
    shutil.rmtree(context.root / ".autonomy")
    assert scan.as_data(context.snapshot) == scan.as_data(scan.snapshot(context.root))


@then("fifty such changes in a row are all seen")
def _(context: Context) -> None:
    file = context.root / "a.txt"
    stamp = file.stat()
    for number in range(50):
        file.write_text(f"{number:03}\n")
        os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
        taken = scan.snapshot(context.root)
        assert scan.row_of(taken, "a.txt")["digests"] == scan_cache.blob_name(file.read_bytes())


@then("the answer is returned")
def _(context: Context) -> None:
    assert scan_cache.recall(context.asked, scan_cache.KEY) == scan_cache.ANSWER


@then("no answer is returned")
def _(context: Context) -> None:
    assert scan_cache.recall(context.asked, context.key) is None


@then("with the index trusted the answer is returned")
def _(context: Context) -> None:
    assert scan_cache.recall(context.asked, scan_cache.KEY, trust_index=True) == scan_cache.ANSWER


@then("with the index trusted no answer is returned")
def _(context: Context) -> None:
    assert scan_cache.recall(context.asked, scan_cache.KEY, trust_index=True) is None


@then("asking for it imports nothing slow and starts nothing")
def _(context: Context) -> None:
    imported = scan_cache.imported_by_recall(context.asked)
    assert "autonomy.scan.answers" in imported
    assert not imported & SLOW, imported & SLOW


NAMES = st.sampled_from(["a.c", "b.c", "d/a.c", "d/e/x.txt", ".gitignore", "d/.gitignore", "bin", "d/run"])
CONTENTS = st.sampled_from(["", "x\n", "y\n", '#include "a.c"\n', "*.txt\n", "d/\n", "\0\n", "#!/bin/sh\n"])
CHANGE = st.one_of(
    st.tuples(st.just("write"), NAMES, CONTENTS),
    st.tuples(st.just("delete"), NAMES, st.just("")),
    st.tuples(st.just("touch"), NAMES, st.just("")),
    st.tuples(st.just("link"), NAMES, st.just("")),
)


@then("after any changes a second scan equals a first one")
def _(context: Context) -> None:
    @settings(derandomize=True, deadline=None, max_examples=60)
    @for_all(st.lists(CHANGE, max_size=8), st.lists(CHANGE, max_size=4), st.booleans())
    def equal(before: list[tuple[str, str, str]], after: list[tuple[str, str, str]], in_git: bool) -> None:
        root = Path(tempfile.mkdtemp(dir=context.folder))
        if in_git:
            driver.git(root, "init", "-q")
        scan_cache.change(root, before)
        scan_cache.later_snapshot(root)
        scan_cache.change(root, after)
        second = scan.as_data(scan.snapshot(root))
        shutil.rmtree(root / ".autonomy")
        assert second == scan.as_data(scan.snapshot(root))

    equal()


@given('a {thing} stands at "{place}"')
def _(context: Context, thing: str, place: str) -> None:
    path = context.root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    if thing == "file":
        path.write_text("")
    else:
        path.symlink_to(context.root / thing.removeprefix("link to "))


@given("everybody may write here")
def _(context: Context) -> None:
    context.folder.chmod(0o755)
    for each in (context.root, *context.root.rglob("*")):
        each.chmod(0o777)


@when('I scan the repository as an ordinary user who can\'t read "{path}"')
def _(context: Context, path: str) -> None:
    context.snapshot = scan.as_ordinary_user(context.root, locked=path)


@then("there is no table")
def _(context: Context) -> None:
    assert list(context.snapshot.paths) == ["a.txt"], context.snapshot.paths
    assert not (context.root / ".autonomy" / "cache" / "table").exists()


@when("{count:d} more questions are answered")
def _(context: Context, count: int) -> None:
    context.asked, context.key, context.count = context.root, b"question 1", count
    scan_cache.answer_many(context.root, count)


@then("the last {kept:d} of them get their answers, and no other does")
def _(context: Context, kept: int) -> None:
    found = [scan_cache.recall(context.root, b"question %d" % number) for number in range(1, context.count + 1)]
    lost = context.count - kept
    assert found == [None] * lost + [b"answer %d" % number for number in range(lost + 1, context.count + 1)], found


@when("the repository is scanned once more")
def _(context: Context) -> None:
    scan_cache.later_snapshot(context.root)
