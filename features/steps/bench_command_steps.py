"""Commits that are compared."""

import json
import os
import signal
import subprocess

from behave import given, then, when
from behave.runner import Context

from features import driver
from features.drivers import gitrefs

PROGRAM = ["python3", "-I", "-S", "work.py"]


def measured(context: Context, name: str, *commits: str) -> None:
    words = ["bench", "compare", *commits, "-q", "--rounds", "10", "--json", "--", *PROGRAM]
    ended = driver.autonomy(words, context.root)
    assert ended.status == 0, ended
    (context.folder / name).write_text(ended.out)


@given("a repository whose commits sum up {one:d} and then {two:d} squares")
def _(context: Context, one: int, two: int) -> None:
    for count in (one, two):
        driver.write_tree(context.root, {"work.py": f"print(sum(i * i for i in range({count})))\n"})
        driver.commit_all(context.root)
    context.before = driver.read_tree(context.root)


@given("a repository with a branch, a packed tag and a remote's branch, all on its first commit")
def _(context: Context) -> None:
    context.first = gitrefs.repository(context.root)


@given("a measurement of both, and one that was made by another Python")
def _(context: Context) -> None:
    measured(context, "one.json", "HEAD~1", "HEAD")
    document = json.loads((context.folder / "one.json").read_text())
    document["head"]["fingerprint"]["python"] = "CPython 2.7.18"
    (context.folder / "two.json").write_text(json.dumps(document))


@given("a measurement of both, and one of the first commit alone")
def _(context: Context) -> None:
    measured(context, "one.json", "HEAD~1", "HEAD")
    measured(context, "two.json", "HEAD~1", "HEAD~1")


@when("I compare the two measurements")
def _(context: Context) -> None:
    context.ended = driver.autonomy(["bench", "compare", "../one.json", "../two.json"], context.root)


@when('I ask which commit "{name}" is')
def _(context: Context, name: str) -> None:
    context.found = gitrefs.commit_of(context.root, name.replace("SHORT", context.first[:9]))


@then("it is the first commit")
def _(context: Context) -> None:
    assert context.found == context.first, context.found


@then('it is refused, naming "{name}"')
def _(context: Context, name: str) -> None:
    assert type(context.found).__name__ == "InputError", context.found
    assert name in str(context.found), context.found


@then('it prints a table that says "{verdict}"')
def _(context: Context, verdict: str) -> None:
    assert context.ended.out.splitlines()[-1].endswith(f"| {verdict} |"), context.ended


@then('the JSON says "{verdict}", with {rounds:d} rounds on each side')
def _(context: Context, verdict: str, rounds: int) -> None:
    document = json.loads(context.ended.out)
    assert document["comparison"]["change"] == verdict, document
    assert len(document["base"]["times"]) == len(document["head"]["times"]) == rounds, document


@then("the work tree is as it was")
def _(context: Context) -> None:
    assert driver.read_tree(context.root) == context.before
    assert driver.git(context.root, "status", "--porcelain") == ""


@when("two commits are compared by a command that waits, and SIGINT comes")
def _(context: Context) -> None:
    patience = f"{1000 + os.getpid() / 1e6:f}"
    words = ["autonomy", "bench", "compare", "HEAD~1", "HEAD", "--", "sleep", patience]
    process = subprocess.Popen(words, cwd=context.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    context.add_cleanup(process.kill)
    driver.until(lambda: len(driver.processes_with(f"sleep {patience}")) > 1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=driver.HANG_SECONDS)
    context.ended = driver.Ended(process.returncode, out, err)
