"""Merges into real repositories."""

import os
import shutil
from errno import ENOSPC
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

from behave import given, then, when
from behave.runner import Context

from autonomy.errors import AutonomyError
from autonomy.model import Change, Status
from features import driver
from features.drivers import merging


def _scene(context: Context) -> merging.Scene:
    if "scene" not in context:
        context.scene = merging.Scene(context.root, context.folder / "state")
    return context.scene


@given("leaves that changed")
def _(context: Context) -> None:
    scene = _scene(context)
    for row in context.table:
        changes = scene.work.setdefault(row["leaf"], [])
        if row["path"]:
            changes.append(merging.change(row["path"], row["becomes"]))
        if "waits for" in context.table.headings and row["waits for"]:
            scene.waits.setdefault(row["leaf"], []).append(row["waits for"])


@given('the leaf "{leaf}" has failed')
def _(context: Context, leaf: str) -> None:
    _scene(context).statuses[leaf] = Status.FAILED


def _two_leaves(context: Context) -> None:
    _scene(context).work = {
        "one": [Change("a", 0o100644, b"changed\n")],
        "two": [Change("b", 0, None), Change("new/c", 0o100755, b"new\n")],
    }


@given("two leaves that changed {kind}")
def _(context: Context, kind: str) -> None:
    _make(context, kind)
    _two_leaves(context)


def _make(context: Context, kind: str) -> None:
    if kind == "a repository in a folder of odd letters":
        context.root = context.folder / 'a b:c"d\nü'
        context.root.mkdir()
    files = {"a": "1\n", "b": "1\n", ".gitignore": "ignored\n"}
    driver.write_tree(context.root, files)
    if kind == "a repository without commits":
        driver.git(context.root, "init", "-q", "-b", "main")
        return
    if kind == "a repository with SHA-256 names":
        driver.git(context.root, "init", "-q", "-b", "main", "--object-format=sha256")
    for number in range(3):
        driver.write_tree(context.root, {"count": f"{number}\n"})
        driver.commit_all(context.root)
    other = context.folder / "other"
    if kind == "a shallow clone":
        driver.git(context.folder, "clone", "-q", "--depth", "2", f"file://{context.root}", str(other))
    elif kind == "a bare repository":
        driver.git(context.folder, "clone", "-q", "--bare", str(context.root), str(other))
    elif kind == "a linked work tree":
        driver.git(context.root, "worktree", "add", "-q", str(other))
    else:
        return
    context.root = other


@given("uncommitted, staged, ignored and stashed work in it")
def _(context: Context) -> None:
    root = context.root
    driver.write_tree(root, {"a": "stashed\n"})
    driver.git(root, "stash", "-q")
    driver.write_tree(root, {"a": "uncommitted\n", "staged": "staged\n", "ignored": "i\n", "untracked": "u\n"})
    driver.git(root, "add", "staged")


@given("hooks and settings in it that run a command")
def _(context: Context) -> None:
    context.sentinel = context.folder / "sentinel"
    merging.arm(context.root, context.sentinel)


def _merge(context: Context, **options: object) -> None:
    scene = _scene(context)
    context.refusal = None
    if scene.source is None:
        scene.run()
    # Asking git for its status runs what the repository says: look before and after, and forget it in between.
    context.before = merging.users_things(context.root) if not _is_bare(context.root) else {}
    if "sentinel" in context:
        context.sentinel.unlink(missing_ok=True)
    context.objects = _objects(context.root)
    try:
        context.merge = scene.merge(**options)
    except AutonomyError as error:
        context.refusal = error


def _is_bare(root: Path) -> bool:
    return (root / "HEAD").exists()


def _objects(root: Path) -> list[str]:
    home = Path(driver.git(root, "rev-parse", "--path-format=absolute", "--git-path", "objects").rstrip("\n"))
    return sorted(str(path) for path in home.rglob("*") if path.is_file())


@when("the run is merged")
def _(context: Context) -> None:
    _merge(context)


@when("the run is merged as one commit")
def _(context: Context) -> None:
    _merge(context, squash=True)


@when("the run is merged dry")
def _(context: Context) -> None:
    _merge(context, dry_run=True)


@when('the run is merged into "{branch}"')
def _(context: Context, branch: str) -> None:
    _merge(context, into=branch)


@when("the run is merged twice")
def _(context: Context) -> None:
    _merge(context)
    context.first = context.merge
    _merge(context)


@given("{leaves:d} leaves of {size:d} megabytes, merged {number:d} at a time")
def _(context: Context, leaves: int, size: int, number: int) -> None:
    scene = _scene(context)
    for leaf in range(leaves):
        scene.work[f"leaf{leaf}"] = [Change(f"big{leaf}", 0o100644, bytes([leaf]) * (size << 20))]
    patched = patch("autonomy.mergeback.objects._BATCH_BYTES", (size * number << 20) - 1)
    patched.start()
    context.add_cleanup(patched.stop)


@when("the run is merged, and somebody makes its branch at the last moment")
def _(context: Context) -> None:
    publish = import_module("autonomy.mergeback.publish")
    swap = publish._swap
    branch = f"autonomy/{_scene(context).run().header.run_id}"

    def late(*arguments: object) -> None:
        driver.git(context.root, "branch", branch)
        swap(*arguments)

    with patch.object(publish, "_swap", late):
        _merge(context)


@when("the run is merged, and an object of it is lost on the way")
def _(context: Context) -> None:
    with patch("autonomy.mergeback.publish._chunks", lambda file: [file.read_bytes()[:-30]]):
        _merge(context)


@when("the run is merged on a full disk")
def _(context: Context) -> None:
    _scene(context).run()
    with patch("autonomy.journal.durable._write", side_effect=OSError(ENOSPC, "No space left on device")):
        _merge(context)


@when("the run is merged and validated")
def _(context: Context) -> None:
    context.judged = 0
    source = _scene(context).run()

    def judge(commit: str) -> bool:
        context.judged += 1
        return _passes(context, source.engine, commit)

    _merge(context, judge=judge)


def _passes(context: Context, root: Path, commit: str) -> bool:
    files = merging.tree(root, commit)
    return "always_fails" not in context and not any(b"BAD" in content for _, content in files.values())


@when("everything is reset and collected between the run and the merge")
def _(context: Context) -> None:
    _scene(context).run()
    driver.git(context.root, "checkout", "-q", "--orphan", "elsewhere")
    driver.git(context.root, "rm", "-rfq", ".")
    driver.git(context.root, "stash", "clear")
    driver.commit_all(context.root)
    driver.git(context.root, "branch", "-D", "main")
    driver.git(context.root, "reflog", "expire", "--expire=now", "--all")
    driver.git(context.root, "gc", "-q", "--prune=now")
    _merge(context)


@when("{number:d} runs are merged while git collects garbage")
def _(context: Context, number: int) -> None:
    context.branches = []
    with merging.collecting_garbage(context.root):
        for _ in range(number):
            _scene(context).source = None
            _merge(context)
            assert context.refusal is None, context.refusal
            context.branches.append(context.merge.branch)


@then('the branch has the commits "{names}" on the base')
def _(context: Context, names: str) -> None:
    assert context.refusal is None, context.refusal
    assert _subjects(context) == [f"{name}: sed -i 's/a b/c/'" for name in names.split(", ")], _subjects(context)
    assert _scene(context).names(context.merge.merged) == names.split(", ")


@then("the branch has {number:d} commits on the base")
@then("the branch has {number:d} commit on the base")
def _(context: Context, number: int) -> None:
    assert context.refusal is None, context.refusal
    assert len(_subjects(context)) == number, _subjects(context)


def _subjects(context: Context) -> list[str]:
    log = driver.git(context.root, "log", "--reverse", "--format=%s", f"{context.merge.base}..{context.merge.branch}")
    return log.splitlines()


def _message(context: Context) -> str:
    return driver.git(context.root, "log", "-1", "--format=%B%n%an <%ae>", context.merge.branch)


@then("its last commit names its run, leaf, attempt, candidate and command")
def _(context: Context) -> None:
    message = _message(context)
    leaf = context.merge.merged[-1]
    run = _scene(context).source.header.run_id
    for line in (f"Autonomy-Run: {run}", f"Autonomy-Leaf: {leaf}", "Autonomy-Attempt: 1", "Autonomy-Candidate: 1"):
        assert line in message.splitlines(), message
    assert "autonomy <autonomy@localhost>" in message


@then('its message names "{one}" and "{two}"')
def _(context: Context, one: str, two: str) -> None:
    assert f"- {one} (" in _message(context) and f"- {two} (" in _message(context), _message(context)


@then('"{leaf}" is told to have changed nothing')
def _(context: Context, leaf: str) -> None:
    assert _scene(context).names(context.merge.unchanged) == [leaf]


@then("{number:d} leaves are told to be merged")
def _(context: Context, number: int) -> None:
    assert (len(context.merge.merged), context.merge.published) == (number, False)


@then("there is no branch")
def _(context: Context) -> None:
    assert driver.git(context.root, "for-each-ref", "refs/heads/autonomy", "refs/heads/mine") == ""


@then("both merges made the same commit")
def _(context: Context) -> None:
    assert context.merge.commit == context.first.commit
    assert context.merge.published


@then("the user's files, index, stash, config, hooks and refs are as they were")
def _(context: Context) -> None:
    context.ran = "sentinel" in context and context.sentinel.exists()
    now = merging.users_things(context.root)
    different = {name for name in {*now, *context.before} if now.get(name) != context.before.get(name)}
    assert not different, different


@then("no command was run")
def _(context: Context) -> None:
    assert not context.ran


@then("no object has come into the repository")
def _(context: Context) -> None:
    assert _objects(context.root) == context.objects


@then("the repository is whole without the engine, and keeps the branch")
@then("the repository is whole without the engine, and keeps all branches")
def _(context: Context) -> None:
    branches = context.branches if "branches" in context else [context.merge.branch]
    assert merging.is_sound(context.root, _scene(context).source.engine)
    for branch in branches:
        assert merging.tree(context.root, branch)[b"a"] == (0o100644, b"changed\n")


@given("its branch {state}")
def _(context: Context, state: str) -> None:
    scene, root = _scene(context), context.root
    branch = f"autonomy/{scene.run().header.run_id}"
    context.branch = branch
    if state == "is locked":
        lock = root / ".git/refs/heads" / f"{branch}.lock"
        lock.parent.mkdir(parents=True)
        lock.touch()
    elif state == "can't be, as `autonomy` is one":
        driver.git(root, "branch", "autonomy")
    elif state == "exists already":
        driver.git(root, "branch", branch)
    else:
        scene.merge()
        driver.git(root, "checkout" if state == "is checked out" else "branch", *_move(state, branch))
    context.stood = driver.git(root, "for-each-ref", "refs/heads")


def _move(state: str, branch: str) -> list[str]:
    return ["-q", branch] if state == "is checked out" else ["-f", branch, "main"]


@then('it is refused with exit code {code:d}, and the message tells "{hint}"')
def _(context: Context, code: int, hint: str) -> None:
    assert context.refusal is not None, context.merge
    assert (context.refusal.exit_code, hint in str(context.refusal)) == (code, True), context.refusal


@then("the branch is as it was")
def _(context: Context) -> None:
    assert driver.git(context.root, "for-each-ref", "refs/heads") == context.stood


@then("the branch holds what a dictionary holds after the same changes")
def _(context: Context) -> None:
    base = merging.tree(_scene(context).source.engine, context.merge.base)
    before = {os.fsdecode(path): entry for path, entry in base.items()}
    expected = merging.applied(before, [tuple(patch) for patch in _scene(context).work.values()])
    found = merging.tree(context.root, context.merge.branch)
    assert {os.fsdecode(path): entry for path, entry in found.items()} == expected


@then("for any disjoint changes the branch holds what a dictionary holds")
def _(context: Context) -> None:
    def fresh(base: dict[str, tuple[int, bytes]]) -> merging.Scene:
        shutil.rmtree(context.root)
        context.root.mkdir()
        driver.write_tree(context.root, {path: data for path, (_, data) in base.items()})
        driver.commit_all(context.root)
        return merging.Scene(context.root, context.folder / "state")

    merging.check_disjoint(fresh)


@then("for any changes the groups of overlapping leaves are those found by brute force")
def _(context: Context) -> None:
    merging.check_overlaps()


@then("for any guilty leaves exactly those are left out")
def _(context: Context) -> None:
    merging.check_sifting()


ENDS = {".gitattributes say crlf": "*.bat text eol=crlf\n", ".gitattributes say auto": "* text=auto\n"}


@given("a repository where {rule}, with a file of CRLF ends")
def _(context: Context, rule: str) -> None:
    driver.git(context.root, "init", "-q", "-b", "main")
    if rule == "core.autocrlf is true":
        driver.git(context.root, "config", "core.autocrlf", "true")
    if rule in ENDS:
        driver.write_tree(context.root, {".gitattributes": ENDS[rule]})
    driver.write_tree(context.root, {"dir/run.bat": "a\r\nb\r\nc\r\n"})
    driver.commit_all(context.root)
    if rule == ".gitattributes came later":
        driver.write_tree(context.root, {".gitattributes": "* text=auto\n"})
        driver.commit_all(context.root)


@given("a leaf that edits one line of it")
def _(context: Context) -> None:
    _scene(context).work = {"one": [Change("dir/run.bat", 0o100644, b"a\r\nB\r\nc\r\n")]}


@then("the change is {lines:d} line in {files:d} file")
def _(context: Context, lines: int, files: int) -> None:
    stat = driver.git(context.root, "diff", "--numstat", context.merge.base, context.merge.branch).split()
    assert stat == [str(lines), str(lines), "dir/run.bat"] and files == 1, stat


@then("a checkout of the branch has nothing to commit")
def _(context: Context) -> None:
    driver.git(context.root, "checkout", "-q", context.merge.branch)
    assert driver.git(context.root, "status", "--porcelain") == ""


@then('"{path}" is "{text}" on the branch')
def _(context: Context, path: str, text: str) -> None:
    assert context.refusal is None, context.refusal
    assert not context.merge.conflicts, context.merge
    found = merging.tree(context.root, context.merge.branch)[path.encode()]
    assert found == merging.content(text), found


@then('the conflict of "{leaves}" over "{path}" is told, and no branch is made')
def _(context: Context, leaves: str, path: str) -> None:
    names = leaves.replace('" and "', ", ").split(", ")
    _check_conflict(context, names, path)


@then('the conflict of "{leaf}" alone over "{path}" is told, and no branch is made')
def _(context: Context, leaf: str, path: str) -> None:
    _check_conflict(context, [leaf], path)


def _check_conflict(context: Context, names: list[str], path: str) -> None:
    assert context.refusal is None, context.refusal
    (conflict,) = context.merge.conflicts
    assert (conflict.path, _scene(context).names(conflict.leaves)) == (path, names), conflict
    assert conflict.reason
    assert driver.git(context.root, "for-each-ref", "refs/heads/autonomy") == ""


@then("their commits are kept for a merge by hand")
def _(context: Context) -> None:
    kept = driver.git(context.root, "for-each-ref", "--format=%(subject)", "refs/autonomy/*/conflict/*").splitlines()
    assert [name.partition(":")[0] for name in kept] == ["one", "two"], kept


@then('the conflicts are over "{paths}"')
def _(context: Context, paths: str) -> None:
    assert [conflict.path for conflict in context.merge.conflicts] == paths.split(", "), context.merge.conflicts


@given('9 leaves on 3 levels, of which "{one}" and "{two}" break the validation')
def _(context: Context, one: str, two: str) -> None:
    _nine_leaves(context, (one, two))


@given("9 leaves on 3 levels, of which none breaks the validation")
def _(context: Context) -> None:
    _nine_leaves(context, ())


def _nine_leaves(context: Context, bad: tuple[str, ...]) -> None:
    driver.write_tree(context.root, {"a": "1\n"})
    driver.commit_all(context.root)
    scene = _scene(context)
    for number in range(9):
        name = f"leaf{number}"
        scene.work[name] = [Change(f"file{number}", 0o100644, b"BAD" if name in bad else b"good")]
        if number > 2:
            scene.waits[name] = [f"leaf{number - 3}"]


@given("the validation fails whatever is merged")
def _(context: Context) -> None:
    context.always_fails = True


@then('"{names}" are left out')
def _(context: Context, names: str) -> None:
    assert context.refusal is None, context.refusal
    assert _scene(context).names(context.merge.parked) == names.split(", "), context.merge


@then("nobody is left out")
def _(context: Context) -> None:
    assert context.merge.parked == ()


@then("the validation passes on the branch")
def _(context: Context) -> None:
    assert _passes(context, context.root, context.merge.branch)


@then("the validation was asked {times:d} times")
def _(context: Context, times: int) -> None:
    assert context.judged == times, context.judged
