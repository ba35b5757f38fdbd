"""Trees with links, pipes, sockets, endless paths and names that are no text."""

import json
import shutil

from behave import given, then, when
from behave.runner import Context

from features import driver
from features.drivers import scan


@given('"{path}" becomes a {kind}')
def _(context: Context, path: str, kind: str) -> None:
    target = context.root / path
    if target.is_dir():
        shutil.rmtree(target)
    scan.special(target, kind.removeprefix("link to ").strip('"'))


@given('the directory "{path}" can\'t be opened')
def _(context: Context, path: str) -> None:
    (context.root / path).chmod(0)
    context.root.parent.chmod(0o755)


@given('a chain of {depth:d} directories with the files "{names}"')
def _(context: Context, depth: int, names: str) -> None:
    context.depth = depth
    scan.deep_tree(context.root, depth, names.split())


@given("a file named {literal}")
def _(context: Context, literal: str) -> None:
    context.name = json.loads(literal)
    driver.write_tree(context.root, {context.name: "x\n", f"sub/{context.name}": "x\n"})


@given("a file with a name of 255 bytes")
def _(context: Context) -> None:
    context.name = "é" * 127 + "n"
    driver.write_tree(context.root, {context.name: "x\n", f"sub/{context.name}": "x\n"})


@when("I scan the repository as an ordinary user")
def _(context: Context) -> None:
    context.snapshot = scan.as_ordinary_user(context.root)


@then('it comes to an end with "{paths}"')
def _(context: Context, paths: str) -> None:
    assert list(context.snapshot.paths) == paths.split(), context.snapshot.paths


@then("the snapshot holds that name")
def _(context: Context) -> None:
    assert {context.name, f"sub/{context.name}"} <= set(context.snapshot.paths), context.snapshot.paths


@then("the snapshot holds {files:d} files, of which {deep:d} lie {depth:d} deep")
def _(context: Context, files: int, deep: int, depth: int) -> None:
    depths = [path.count("/") for path in context.snapshot.paths]
    assert (len(depths), depths.count(depth)) == (files, deep), depths


@then('"{path}" can\'t be read')
def _(context: Context, path: str) -> None:
    assert scan.unreadable(context.root, path)
