"""Repositories in every shape, and what a scan of them holds."""

import ast
import json
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from behave import given, then, when
from behave.runner import Context
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from autonomy.errors import AutonomyError
from features import driver
from features.drivers import scan

IN_FORM = {
    "of version 2": [["update-index", "--index-version=2"]],
    "of version 4": [["update-index", "--index-version=4"]],
    "split": [["update-index", "--split-index"], ["update-index", "--add", "a/b/c1.txt"]],
    "sparse": [["sparse-checkout", "set", "--no-cone", "/d.txt"]],
    "a sparse one": [["sparse-checkout", "set", "--cone", "--sparse-index", "nothing"]],
    "stale": [],
}
FAKE_GIT = {
    "old": "#!/bin/sh\necho git version 2.20.1\n",
    "no git": "#!/bin/sh\necho hello\n",
    "no program": "\x7fELF and nothing else of the kind",
}


@given('the file "{path}" is deleted')
def _(context: Context, path: str) -> None:
    (context.root / path).unlink()


@given('the files "{paths}" hold something')
def _(context: Context, paths: str) -> None:
    driver.write_tree(context.root, dict.fromkeys(paths.split(), "something\n"))


@given('the user\'s git ignores "{pattern}"')
def _(context: Context, pattern: str) -> None:
    driver.write_tree(Path(os.environ["HOME"]), {".config/git/ignore": pattern + "\n"})


@given('a symbolic link "{path}" to "{target}"')
def _(context: Context, path: str, target: str) -> None:
    (context.root / path).symlink_to(target)
    driver.commit_all(context.root)


@given('a nested repository "{path}"')
def _(context: Context, path: str) -> None:
    driver.write_tree(context.root / path, {"inside.txt": "inside\n"})
    driver.commit_all(context.root / path)


@given('a submodule "{path}"')
def _(context: Context, path: str) -> None:
    origin = context.folder / "origin"
    driver.write_tree(origin, {"inside.txt": "inside\n"})
    driver.commit_all(origin)
    driver.git(context.root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(origin), path)


@given("its index is {form}")
def _(context: Context, form: str) -> None:
    root = context.root
    index = root / ".git" / "index"
    if form == "without a checksum":
        index.write_bytes(index.read_bytes()[:-20] + bytes(20))
    elif form.startswith("cut to "):
        index.write_bytes(index.read_bytes()[: int(form.split()[2])])
    elif form == "replaced by a folder":
        index.unlink()
        index.mkdir()
    elif form == "unmerged":
        _unmerged(root)
    elif form == "one with intents":
        driver.write_tree(root, {"e.txt": "e\n"})
        driver.git(root, "add", "--intent-to-add", "e.txt")
    elif form == "stale":
        os.utime(root / "d.txt", (1, 1))
    else:
        for arguments in IN_FORM[form]:
            driver.git(root, *arguments)


def _unmerged(root: Path) -> None:
    driver.git(root, "switch", "-qc", "theirs")
    driver.write_tree(root, {"d.txt": "theirs\n"})
    driver.commit_all(root)
    driver.git(root, "switch", "-q", "main")
    driver.write_tree(root, {"d.txt": "ours\n"})
    driver.commit_all(root)
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    assert driver.run(["git", *identity, "merge", "theirs"], root).status == 1


@given('its index names the path "{path}"')
def _(context: Context, path: str) -> None:
    """Written over a path of the same length: no git command would do it."""
    placeholder = "x" * len(path)
    driver.write_tree(context.root, {placeholder: ""})
    driver.git(context.root, "add", placeholder)
    index = context.root / ".git" / "index"
    data = index.read_bytes().replace(placeholder.encode(), path.encode())
    index.write_bytes(data[:-20] + bytes(20))


@given("a repository of SHA-256 with the files")
def _(context: Context) -> None:
    driver.git(context.root, "init", "-q", "--object-format=sha256", "-b", "main")
    driver.write_tree(context.root, {row["path"]: row["content"] for row in context.table.rows})
    driver.commit_all(context.root)


@given("a repository without commits")
def _(context: Context) -> None:
    driver.git(context.root, "init", "-q")


@given("a linked work tree of it")
def _(context: Context) -> None:
    driver.git(context.root, "worktree", "add", "-q", str(context.folder / "linked"))


def _scan(context: Context, root: Path, **globs: object) -> None:
    context.snapshot, context.complaint = None, ""
    try:
        context.snapshot = scan.snapshot(root, **globs)
    except AutonomyError as error:
        assert error.exit_code == 3, error
        context.complaint = str(error)


@when("I scan the repository")
def _(context: Context) -> None:
    _scan(context, context.root)


@when('I scan its directory "{path}"')
def _(context: Context, path: str) -> None:
    _scan(context, context.root / path)


@when("I scan the linked work tree")
def _(context: Context) -> None:
    _scan(context, context.folder / "linked")


@when("I scan a bare clone of it")
def _(context: Context) -> None:
    driver.git(context.folder, "clone", "-q", "--bare", str(context.root), "bare.git")
    _scan(context, context.folder / "bare.git")


@when("I scan it with {globs}")
def _(context: Context, globs: str) -> None:
    """Of the form `include ["*.py"] and exclude ["x"]`."""
    words = (part.partition(" ") for part in globs.split(" and "))
    _scan(context, context.root, **{kind: json.loads(values) for kind, _, values in words})


@when("I scan it where git is {state}")
def _(context: Context, state: str) -> None:
    binaries = context.folder / "bin"
    binaries.mkdir()
    if state in FAKE_GIT:
        (binaries / "git").write_text(FAKE_GIT[state])
        (binaries / "git").chmod(0o755)
    context.elsewhere = scan.snapshot_elsewhere(context.root, context.folder, {"PATH": str(binaries)})


@then('the snapshot holds "{paths}"')
def _(context: Context, paths: str) -> None:
    assert context.snapshot, context.complaint
    assert list(context.snapshot.paths) == paths.split(), context.snapshot.paths


@then('the snapshot holds ""')
def _(context: Context) -> None:
    assert list(context.snapshot.paths) == [], context.snapshot.paths


@then('it skips "{path}" as a "{reason}"')
def _(context: Context, path: str, reason: str) -> None:
    skipped = context.snapshot.skipped
    assert scan.reasons(context.snapshot).get(path) == reason, skipped
    assert len(scan.reasons(context.snapshot)) == len(skipped), skipped


@then('the scan complains of "{text}"')
def _(context: Context, text: str) -> None:
    assert text in context.complaint, context.complaint or context.snapshot
    assert "\n" not in context.complaint, context.complaint


@then("its revision is HEAD's")
def _(context: Context) -> None:
    head = driver.git(context.root, "rev-parse", "HEAD").strip()
    assert context.snapshot.revision == head, context.snapshot.revision


@then("it has no revision")
def _(context: Context) -> None:
    assert context.snapshot.revision is None, context.snapshot.revision


@then("the snapshot equals the usual one but for the history")
def _(context: Context) -> None:
    usual = dict(scan.as_data(scan.snapshot(context.root)))
    usual["commits"] = context.elsewhere["commits"]
    assert json.loads(json.dumps(usual)) == context.elsewhere


NAMES = st.sampled_from(["a", "b", "c.txt", "d.log", "é", "a b", "[x]", "e#", ".hid"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
PIECES = ["*", "**", "/", "?", "!", "[a-c]", "a", "b", ".txt", "\\", " ", "#"]
PATTERNS = st.one_of(
    NAMES,
    PATHS,
    # Three stars in a row mean nothing in git's manual, and git and pathspec make different things of them.
    st.builds("".join, st.lists(st.sampled_from(PIECES), max_size=6)).filter(lambda pattern: "***" not in pattern),
)


@then("for any tree and any ignore rules the walk finds what git finds")
def _(context: Context) -> None:
    @settings(derandomize=True, deadline=None, max_examples=150)
    @for_all(
        st.sets(PATHS, max_size=8),
        st.lists(PATTERNS, max_size=4),
        st.dictionaries(PATHS, st.lists(PATTERNS, min_size=1, max_size=4), max_size=3),
    )
    def agree(files: set[str], top: list[str], rules: dict[str, list[str]]) -> None:
        root = Path(tempfile.mkdtemp(dir=context.folder))
        contents = {
            **dict.fromkeys(sorted(files), ""),
            ".gitignore": "\n".join(top),
            **{f"{folder}/.gitignore": "\n".join(lines) for folder, lines in sorted(rules.items())},
        }
        for path, content in contents.items():
            # Where a file stands in a directory's place the directory is left out.
            with suppress(OSError):
                driver.write_tree(root, {path: content})
        driver.git(root, "init", "-q")
        if tracked := [path for path in sorted(files)[::3] if (root / path).is_file()]:
            driver.git(root, "--literal-pathspecs", "add", "-f", "--", *tracked)
        assert scan.found_by_walk(root) == scan.found_by_git(root)
        shutil.rmtree(root)

    agree()


@then('the head of "{path}" is "{text}"')
def _(context: Context, path: str, text: str) -> None:
    with scan.head_reader(context.folder / "bare.git", len(text))() as head:
        assert head(path) == text.encode()


@given("a repository with two paths of 180 letters and a short one")
def _(context: Context) -> None:
    context.paths = [f"{'a' * 90}/{'b' * 90}", f"{'a' * 90}/{'c' * 90}", "d"]
    driver.write_tree(context.root, dict.fromkeys(context.paths, "x\n"))
    driver.commit_all(context.root)


@then("the snapshot holds those three paths")
def _(context: Context) -> None:
    assert list(context.snapshot.paths) == context.paths, context.snapshot.paths


@given("its file {pointer} holds {content}")
def _(context: Context, pointer: str, content: str) -> None:
    """`content` as Python writes a text, so that it can hold a NUL."""
    (context.root / pointer).write_text(ast.literal_eval(content))


@given("a folder in it with a file .git that names no repository")
def _(context: Context) -> None:
    driver.write_tree(context.root / "linked", {".git": "gitdir: elsewhere\n", "x": ""})


@given("a folder in it with an empty folder .git")
def _(context: Context) -> None:
    driver.write_tree(context.root / "empty", {"x": ""})
    (context.root / "empty" / ".git").mkdir()


@given("its HEAD is detached")
def _(context: Context) -> None:
    driver.git(context.root, "checkout", "-q", "--detach")


@when("I scan a bare clone of it, files over 100 bytes by their size")
def _(context: Context) -> None:
    driver.git(context.folder, "clone", "-q", "--bare", str(context.root), "bare.git")
    _scan(context, context.folder / "bare.git", max_file_bytes=100)


@when("I read what stands at {places} without asking what it is")
def _(context: Context, places: str) -> None:
    context.items = scan.read_directly(context.root, json.loads(places))


@when("I read the kernel's own {places}")
def _(context: Context, places: str) -> None:
    context.items = scan.read_directly(Path("/proc/self"), json.loads(places))


@then("each is told as")
def _(context: Context) -> None:
    found = [[str(cell) for cell in item] for item in context.items]
    assert found == [list(row.cells) for row in context.table], found


@then("it is read whole, although its size was said to be 0")
def _(context: Context) -> None:
    ((kind, size, data),) = context.items
    assert kind == "Content" and size == len(data) > 100 and data.startswith(b"Name:"), context.items


@then('the heads of "{good}" can be read, and those of "{bad}" can\'t')
def _(context: Context, good: str, bad: str) -> None:
    for root in (context.root, context.folder / "bare.git"):
        assert not any(scan.unreadable(root, path) for path in good.split()), root
        assert all(scan.unreadable(root, path) for path in bad.split()), root
