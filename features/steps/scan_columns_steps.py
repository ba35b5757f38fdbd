"""What a snapshot says of each file, of the history, and the same on every machine."""

import ast
import json
import os
import shutil
from pathlib import Path
from unittest import mock

from behave import given, then, when
from behave.runner import Context

from features import driver
from features.drivers import scan

SCRIPTS = ["plain.py", "e\u0301.py", "\u00e9.py", "日本.py", "\udcff.py", "Z.py", "a/z.py", "a-b.py", "a/Ä.py", "ß"]
ENVIRONMENTS = {
    "hash seed": {"PYTHONHASHSEED": "1"},
    "locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "variables for git": {"GIT_DIR": "/nonexistent", "GIT_INDEX_FILE": "/nonexistent", "GIT_LITERAL_PATHSPECS": "0"},
}


def _bytes(literal: str) -> bytes:
    return ast.literal_eval("b" + literal)


def _path(text: str) -> str:
    return text.replace("\\n", "\n").replace("\\\\", "\\")


@given('"{path}" has undergone {what}')
def _(context: Context, path: str, what: str) -> None:
    file = context.root / path
    if what.startswith("a change"):
        before = file.stat()
        file.write_bytes(file.read_bytes()[::-1])
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    elif what.startswith("an entry"):
        driver.git(context.root, "update-index", "--assume-unchanged", path)
        file.write_bytes(b"changed\n")
    elif what != "nothing special":
        _convert(context.root, what, path)


def _convert(root: Path, what: str, path: str) -> None:
    """Commit content that git stores in another form than it checks out."""
    kinds = {
        "line endings": "text eol=crlf",
        "an identifier": "ident",
        "text in UTF-16": "working-tree-encoding=UTF-16LE",
    }
    attributes = next(value for name, value in kinds.items() if what.startswith(name))
    content = "one $Id$\ntwo\n".encode("utf-16le" if "UTF-16" in what else "ascii")
    driver.write_tree(root, {".gitattributes": f"{path} {attributes}\n", path: content})
    driver.commit_all(root)
    (root / path).unlink()
    driver.git(root, "checkout", "--", path)
    stored = driver.git(root, "rev-parse", f":{path}").strip()
    assert stored != _digest(root, path), "git converted nothing"


def _digest(root: Path, path: str) -> str:
    return driver.git(root, "hash-object", "--no-filters", path).strip()


@given('a folder with the bytes {literal} in "{path}"')
def _(context: Context, literal: str, path: str) -> None:
    driver.write_tree(context.root, {path: _bytes(literal)})


@given('a folder with a file "{path}" of {size:d} bytes')
def _(context: Context, path: str, size: int) -> None:
    driver.write_tree(context.root, {path: b"\0"})
    os.truncate(context.root / path, size)


@given('a folder with 30 files ".py" of dense text and 30 of loose text in another folder')
def _(context: Context) -> None:
    for file in range(30):
        driver.write_tree(context.root / "dense", {f"{file}.py": "a=[1,2];b=(3+4)\n" * 20})
        driver.write_tree(context.root / "loose", {f"{file}.py": "understanding internationalization\n" * 20})


@when("I scan both")
def _(context: Context) -> None:
    taken = [scan.snapshot(context.root / name) for name in ("dense", "loose")]
    context.densities = [sum(each.tokens) / sum(each.sizes) for each in taken]


@when("I scan a plain copy of it")
def _(context: Context) -> None:
    copy = context.folder / "copy"
    shutil.copytree(context.root, copy, ignore=shutil.ignore_patterns(".git"))
    context.pair = [scan.as_data(scan.snapshot(root)) for root in (context.root, copy)]


@then('the digest of "{path}" is that of its bytes')
def _(context: Context, path: str) -> None:
    assert scan.row_of(context.snapshot, path)["digests"] == _digest(context.root, path)


@then('"{path}" has {lines:d} lines and the digest that git gives it')
def _(context: Context, path: str, lines: int) -> None:
    row = scan.row_of(context.snapshot, path)
    assert (row["lines"], row["digests"]) == (lines, _digest(context.root, path)), row


@then('"{path}" has {size:d} bytes, {lines:d} lines and the language "{language}"')
def _(context: Context, path: str, size: int, lines: int, language: str) -> None:
    _check_row(context, path, size, lines, language)


@then('"{path}" has {size:d} bytes, {lines:d} lines and the language ""')
def _(context: Context, path: str, size: int, lines: int) -> None:
    _check_row(context, path, size, lines, "")


def _check_row(context: Context, path: str, size: int, lines: int, language: str) -> None:
    row = scan.row_of(context.snapshot, path)
    assert (row["sizes"], row["lines"], row["languages"]) == (size, lines, language), row


@then('"{path}" counts {tokens:d} tokens')
def _(context: Context, path: str, tokens: int) -> None:
    assert scan.row_of(context.snapshot, path)["tokens"] == tokens


@then("each text weighs what its pieces weigh")
def _(context: Context) -> None:
    scan.check_pieces()


@then("a byte of the dense text counts at least twice as many tokens")
def _(context: Context) -> None:
    dense, loose = context.densities
    assert dense >= 2 * loose, context.densities


@then('the references of "{one}" and "{other}" are the same names')
def _(context: Context, one: str, other: str) -> None:
    taken = context.snapshot
    rows = [taken.references[list(taken.paths).index(path)] for path in (one, other)]
    assert rows[0] and rows[0] == rows[1], rows
    assert len(taken.names) == len(set(taken.names)), taken.names


@then('"{path}" refers to nothing')
def _(context: Context, path: str) -> None:
    assert not context.snapshot.references[list(context.snapshot.paths).index(path)]


@then("the snapshot equals that of the repository but for revision and history")
def _(context: Context) -> None:
    first, second = ({**data, "revision": None, "commits": []} for data in context.pair)
    assert first == second


@given("a repository of many files, with names in many scripts")
def _(context: Context) -> None:
    driver.write_tree(context.root, {name: f"import {index}\n" * index for index, name in enumerate(SCRIPTS)})
    driver.commit_all(context.root)
    driver.write_tree(context.root, {"untracked/ü.py": "u\n", "untracked/\udcfe": "u\n"})


@when("it is scanned again with another {difference}")
def _(context: Context, difference: str) -> None:
    root, cwd, home = context.root, context.folder, {}
    first = scan.as_data(scan.snapshot(root))
    shutil.rmtree(root / ".autonomy")
    if difference in ("path of the repository", "order of creation"):
        root = context.folder / "a longer path" / "repo"
        _copy(context.root, root, reverse=difference == "order of creation")
    elif difference == "working directory":
        cwd = Path("/")
    elif difference == "home of the user":
        driver.write_tree(context.folder / "other", {".gitconfig": "[core]\n\texcludesFile = ~/all\n", "all": "*\n"})
        home = {"HOME": str(context.folder / "other")}
    env = {"PYTHONHASHSEED": "0", **ENVIRONMENTS.get(difference, {}), **home}
    context.pair = [first, scan.snapshot_elsewhere(root, cwd, env)]


def _copy(source: Path, target: Path, *, reverse: bool) -> None:
    for path in sorted(source.rglob("*"), reverse=reverse):
        if path.is_file():
            (target / path.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target / path.relative_to(source))
    for path in source.rglob("*"):
        if path.is_dir():
            (target / path.relative_to(source)).mkdir(parents=True, exist_ok=True)


@then("both snapshots are equal")
def _(context: Context) -> None:
    first, second = (json.dumps(data, sort_keys=True) for data in context.pair)
    assert first == second


@given("a repository whose commits changed")
def _(context: Context) -> None:
    driver.git(context.root, "init", "-q", "-b", "main")
    for number, row in enumerate(context.table.rows):
        # A cell of a table loses the spaces around it, and a name may begin with a line end.
        driver.write_tree(context.root, {_path(path): f"{number}\n" for path in row["files"].split(" ") if path})
        driver.commit_all(context.root)


@given('a merge of two branches that changed "{one}" and "{other}"')
def _(context: Context, one: str, other: str) -> None:
    root = context.root
    driver.git(root, "switch", "-qc", "side")
    driver.write_tree(root, {one: "x\n"})
    driver.commit_all(root)
    driver.git(root, "switch", "-q", "main")
    driver.write_tree(root, {other: "x\n"})
    driver.commit_all(root)
    driver.git(root, "merge", "-q", "--no-edit", "side")


@given('a merge of a branch that changed "{one}" and "{other}"')
def _(context: Context, one: str, other: str) -> None:
    root = context.root
    with mock.patch.dict(os.environ, {"GIT_COMMITTER_DATE": "@4000000000 +0000"}):
        driver.git(root, "switch", "-qc", "side")
        driver.write_tree(root, {one: "x\n", other: "x\n"})
        driver.commit_all(root)
        driver.git(root, "switch", "-q", "main")
        driver.git(root, "merge", "-q", "--no-ff", "--no-edit", "side")


@given("its objects are lost")
def _(context: Context) -> None:
    shutil.rmtree(context.root / ".git" / "objects")
    (context.root / ".git" / "objects").mkdir()


@when("I scan a shallow clone of it")
def _(context: Context) -> None:
    clone = context.folder / "clone"
    driver.git(context.folder, "clone", "-q", "--depth=1", f"file://{context.root}", str(clone))
    context.snapshot = scan.snapshot(clone)


def _rows(context: Context) -> list[str]:
    taken = context.snapshot
    return [" ".join(taken.paths[file] for file in row) for row in taken.commits]


@then('its commits are "{rows}"')
def _(context: Context, rows: str) -> None:
    assert _rows(context) == [_path(row) for row in rows.split("; ")], _rows(context)


@then('its commits are ""')
def _(context: Context) -> None:
    assert _rows(context) == [], _rows(context)


@then("it has 1 commit of 20 files")
def _(context: Context) -> None:
    assert [len(row) for row in context.snapshot.commits] == [20], _rows(context)
