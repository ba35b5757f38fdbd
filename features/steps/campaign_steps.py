"""Runs that are merged, resumed and cleaned up, by the installed program."""

import json
import re
import shlex

import jsonschema
from behave import given, then, when
from behave.runner import Context

from features import driver


@given('an uncommitted edit of "{edited}" and a new file "{new}"')
def _(context: Context, edited: str, new: str) -> None:
    with (context.root / edited).open("a") as file:
        file.write("part of an edit\n")
    (context.root / new).write_text("part of a new file\n")
    context.files = driver.read_tree(context.root)


@then("only the uncommitted edit and the new file stand in the tree")
def _(context: Context) -> None:
    found = {path: data for path, data in driver.read_tree(context.root).items() if not path.startswith(".autonomy/")}
    assert found == context.files
    assert driver.git(context.root, "status", "--porcelain").split() == ["M", "part00/f00.txt", "??", "new.txt"]


def _branch(context: Context) -> str:
    names = driver.git(context.root, "branch", "--format=%(refname:short)").split()
    (name,) = [name for name in names if name != "main"]
    return name


@then("the branch holds what the same command makes of the whole tree")
def _(context: Context) -> None:
    for path, data in context.files.items():
        merged = driver.git(context.root, "show", f"{_branch(context)}:{path}")
        lines = data.decode().splitlines(keepends=True)
        assert merged == "".join(line.replace("part", "PART", 1) for line in lines), path


@then("there is no branch but main")
def _(context: Context) -> None:
    assert driver.git(context.root, "branch", "--format=%(refname:short)").split() == ["main"]


@then('the branch "{name}" is {count:d} commit ahead')
def _(context: Context, name: str, count: int) -> None:
    assert len(driver.git(context.root, "log", "--oneline", f"main..{name}").splitlines()) == count


@then('the leaf "{slug}" failed for changing "{path}"')
def _(context: Context, slug: str, path: str) -> None:
    report = json.loads(context.ended.out)
    (failed,) = [each for each in report["subplans"] if each["status"] != "succeeded"]
    assert (failed["slug"], failed["scope_violations"]) == (slug, [path])
    assert path in failed["error"]


@given("an overlay can be had")
def _(context: Context) -> None:
    rows = driver.autonomy(["doctor"], context.root).out.splitlines()
    if not any(row.startswith("ok  overlay") for row in rows):
        context.scenario.skip("this machine gives no overlay")


@then("the events tell {starts:d} starts and {ends:d} ends, one of them failed")
def _(context: Context, starts: int, ends: int) -> None:
    events = [json.loads(line) for line in (context.root / "events.jsonl").read_text().splitlines()]
    assert sum(event["event"] == "started" for event in events) == starts
    assert sum(event["event"] == "settled" for event in events) == ends
    assert [event["status"] for event in events if event.get("error")] == ["failed"]


@then("each of them is as `autonomy schema event` says")
def _(context: Context) -> None:
    schema = json.loads(driver.autonomy(["schema", "event"], context.root).out)
    for line in (context.root / "events.jsonl").read_text().splitlines():
        jsonschema.validate(json.loads(line), schema)


@when("the command line `{line}` runs on a terminal")
def _(context: Context, line: str) -> None:
    """By `script`, which gives it a terminal of its own."""
    environment = {"TERM": "xterm", "CI": ""}
    words = ["env", "-u", "CI", *shlex.split(line)]
    context.ended = driver.run(["script", "-qec", shlex.join(words), "/dev/null"], context.root, environment)


@then('the terminal shows "{text}"')
def _(context: Context, text: str) -> None:
    shown = re.sub(r"\x1b\[[\d;]*m", "", context.ended.out)
    assert text in shown, context.ended.out
