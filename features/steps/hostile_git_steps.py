"""Traps in repositories, and what a capture of the working tree holds."""

import ast
import json
import os
import sys
from pathlib import Path

from behave import given, then, when
from behave.runner import Context

from autonomy.errors import AutonomyError
from features import driver
from features.drivers import scan, traps

AUDITED = """
import json, sys
from pathlib import Path
from features.drivers import scan
started = set()
sys.addaudithook(lambda event, details: started.add(str(details[0])) if event in EVENTS else None)
EVENTS = {"subprocess.Popen", "os.posix_spawn", "os.exec", "os.system", "os.spawn", "os.fork", "pty.spawn"}
scan.snapshot(Path(sys.argv[1]))
scan.capture(Path(sys.argv[1]), Path(sys.argv[2]))
print(json.dumps(sorted(started)))
"""


@given("a repository with a trap set by {trap}")
def _(context: Context, trap: str) -> None:
    context.trap = trap
    traps.set_trap(trap, context.root)


@given('a program "{name}" in its root that leaves a mark')
def _(context: Context, name: str) -> None:
    traps.program(context.folder).rename(context.root / name)


@given("its configuration moves the working tree to another folder")
def _(context: Context) -> None:
    driver.write_tree(context.folder / "victim", {"victim.txt": "v\n"})
    driver.git(context.root, "config", "core.worktree", str(context.folder / "victim"))


@given("its commondir names another repository")
def _(context: Context) -> None:
    driver.write_tree(context.folder / "victim", {"victim.txt": "v\n"})
    driver.commit_all(context.folder / "victim")
    context.own = (context.root / ".git/refs/heads/main").read_text().strip()
    driver.git(context.root, "pack-refs", "--all")
    (context.root / ".git/commondir").write_text(str(context.folder / "victim" / ".git"))


@given('the file "{path}" is staged')
def _(context: Context, path: str) -> None:
    driver.git(context.root, "add", path)


@given('"{path}" is written anew with the line ends of DOS')
def _(context: Context, path: str) -> None:
    driver.write_tree(context.root, {path: b"one\r\ntwo\r\n"})


@given("{after} stands where {before} was")
def _(context: Context, after: str, before: str) -> None:
    path = context.root / before.split()[-1]
    driver.run(["rm", "-rf", str(path)], context.root)
    if after == "a file":
        path.write_text("f\n")
    elif after == "a directory":
        driver.write_tree(path, {"in": "i\n"})
    else:
        scan.special(path, "fifo" if after == "a fifo" else "/etc")


@given("a bare repository without commits")
def _(context: Context) -> None:
    driver.git(context.root, "init", "-q", "--bare")


@when("plain git springs the trap")
def _(context: Context) -> None:
    traps.spring(context.trap, context.root)


@when("I scan and capture it in every way")
def _(context: Context) -> None:
    root: Path = context.root
    context.before = scan.fingerprint(root / ".git")
    for each in (root, root / ".git", root / "inner", root / "sub"):
        if each.is_dir():
            scan.snapshot(each)
            scan.capture(each, context.folder / "state")
    context.after = scan.fingerprint(root / ".git")
    for name in ("a.txt", "b.txt"):
        if (root / name).exists():
            os.utime(root / name, (1, 1))
    scan.snapshot(root)
    scan.capture(root, context.folder / "state")


@when("I scan it under a tracer of new programs")
def _(context: Context) -> None:
    env = {"PYTHONPATH": os.pathsep.join(sys.path)}
    context.ended = driver.run(
        [sys.executable, "-c", AUDITED, str(context.root), str(context.folder)], context.folder, env
    )


@when('I scan it with PATH set to ".:" and the usual one, from its root')
def _(context: Context) -> None:
    scan.snapshot_elsewhere(context.root, context.root, {"PATH": ".:" + os.environ["PATH"]})


@when("I capture the working tree")
def _(context: Context) -> None:
    context.commit = scan.capture(context.root, context.folder / "state")


@when("I capture the working tree twice")
def _(context: Context) -> None:
    context.commits = [scan.capture(context.root, context.folder / state) for state in ("one", "two")]


@when("I capture a bare clone of it")
def _(context: Context) -> None:
    driver.git(context.folder, "clone", "-q", "--bare", str(context.root), "bare.git")
    context.commit = scan.capture(context.folder / "bare.git", context.folder / "state")


@when("I capture it")
def _(context: Context) -> None:
    try:
        scan.capture(context.root, context.folder / "state")
    except AutonomyError as error:
        context.complaint = str(error)


@then("foreign code has run")
def _(context: Context) -> None:
    assert traps.sprung(context.folder)


@then("no foreign code has run")
def _(context: Context) -> None:
    assert not traps.sprung(context.folder), traps.sprung(context.folder)


@then("only git has been started")
def _(context: Context) -> None:
    started = json.loads(context.ended.out)
    assert [Path(program).name for program in started] == ["git"], context.ended


@then("no byte of its git directory has changed")
def _(context: Context) -> None:
    assert context.before == context.after


@then("its revision is its own HEAD's")
def _(context: Context) -> None:
    assert context.snapshot.revision == context.own


@then('only the package "{package}" starts git')
def _(context: Context, package: str) -> None:
    source = Path("src")
    naming = {
        path.relative_to(source).parent.as_posix().replace("/", ".")
        for path in sorted(source.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Constant) and node.value in ("git", b"git")
    }
    assert naming == {package}, naming


@then("the captured tree is")
def _(context: Context) -> None:
    tree = scan.tree_of(scan.engine(context.root, context.folder / "state"), context.commit)
    rows = {row["path"]: row["content"].replace("\\n", "\n") for row in context.table.rows}
    assert dict(tree) == rows, tree


@then('the captured tree holds "{paths}"')
def _(context: Context, paths: str) -> None:
    listed = scan.paths_of(scan.engine(context.root, context.folder / "state"), context.commit)
    assert listed == paths.split(), listed


@then("its parent is HEAD")
def _(context: Context) -> None:
    head = driver.git(context.root, "rev-parse", "HEAD").strip()
    assert scan.parents_of(scan.engine(context.root, context.folder / "state"), context.commit) == [head]


@then("it is HEAD")
def _(context: Context) -> None:
    assert context.commit == driver.git(context.root, "rev-parse", "HEAD").strip()


@then("both are the same commit")
def _(context: Context) -> None:
    one, other = context.commits
    assert one == other


@when("a git {does} for twenty times as long as one that does nothing is waited for")
def _(context: Context, does: str) -> None:
    context.heard = traps.heard_of(does)


@then("it says what it found")
def _(context: Context) -> None:
    assert context.heard == b"found\n", context.heard


@then("it is given up")
def _(context: Context) -> None:
    assert context.heard is None, context.heard
