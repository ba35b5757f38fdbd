"""The installed `autonomy run`, with commands that say what they were given."""

import json
import os
import shlex
import signal
import subprocess
from pathlib import Path

from behave import given, then, when
from behave.runner import Context

from features import driver
from features.drivers import signals

SLICE = ["--isolation", "none", "-q"]
ALLOWED = {"PATH", "HOME", "LANG", "TERM", "TMPDIR", "PWD", "OLDPWD", "SHLVL", "_"}
FIXED = {"GIT_TERMINAL_PROMPT", "GIT_OPTIONAL_LOCKS", "GIT_EDITOR"}


def _run(context: Context, line: str, options: str = "") -> None:
    words = ["run", *SLICE, "--json", "--min-files", "5", "--max-files", "5", *shlex.split(options), ".", "--"]
    context.ended = driver.autonomy([*words, *shlex.split(line)], context.root, {"SECRET": "shh"})
    try:
        context.report = json.loads(context.ended.out)
    except ValueError:
        context.report = None


@when("the command `{line}` runs for each leaf")
def _(context: Context, line: str) -> None:
    _run(context, line)


@when("the command `{line}` runs for each leaf, with `{options}`")
def _(context: Context, line: str, options: str) -> None:
    _run(context, line, options)


@when("the command `{line}` runs again for each leaf")
def _(context: Context, line: str) -> None:
    _run(context, line)


@when("the command `{line}` runs again for each leaf, with `{options}`")
def _(context: Context, line: str, options: str) -> None:
    _run(context, line, options)


def _leaves(context: Context) -> dict[str, dict[str, object]]:
    document = json.loads((context.root / ".autonomy" / "plan.json").read_text())
    return {node["slug"]: node for node in document["nodes"] if not node["children"]}


def _outs(context: Context) -> dict[str, Path]:
    runs = sorted((context.root / ".autonomy" / "runs").iterdir())
    return {path.name.split(".")[0]: path for path in (runs[-1] / "out").iterdir()}


@then("each leaf got exactly its files, as arguments and as a list")
def _(context: Context) -> None:
    outs = _outs(context)
    leaves = _leaves(context)
    assert set(outs) == set(leaves)
    for slug, leaf in leaves.items():
        assert (outs[slug] / "args").read_text().split() == [f"./{path}" for path in leaf["files"]]
        assert (outs[slug] / "list").read_text().split() == leaf["files"]


@then("no variable came through that is not on the list")
def _(context: Context) -> None:
    for out in _outs(context).values():
        names = {line.partition("=")[0] for line in (out / "env").read_text().splitlines()}
        foreign = {name for name in names - ALLOWED - FIXED if not name.startswith(("AUTONOMY_", "LC_"))}
        assert not foreign, foreign
        assert {"AUTONOMY_RUN_ID", "AUTONOMY_SUBPLAN_ID", "AUTONOMY_SLOT", "AUTONOMY_ATTEMPT"} <= names


@then("each log holds the first line of the leaf's brief")
def _(context: Context) -> None:
    for slug in _leaves(context):
        assert driver.autonomy(["logs", slug], context.root).out == f"# {slug}\n"


@then('there is no file "{name}"')
def _(context: Context, name: str) -> None:
    assert not list(context.folder.rglob(name))


@then("nothing was run")
def _(context: Context) -> None:
    assert not (context.root / ".autonomy" / "runs").exists()


@then('each leaf ended as "{status}", for "{error}"')
def _(context: Context, status: str, error: str) -> None:
    found = {(each["status"], each["error"]) for each in context.report["subplans"]}
    assert found == {(status, error)}, found
    assert len(context.report["subplans"]) == 6


@then('each leaf ended as "{status}", for ""')
def _(context: Context, status: str) -> None:
    assert {(each["status"], each["error"]) for each in context.report["subplans"]} == {(status, "")}


@then("the report has {failures:d} failures and {successes:d} successes")
def _(context: Context, failures: int, successes: int) -> None:
    assert len(context.report["failures"]) == failures, context.report["failures"]
    assert sum(each["status"] == "succeeded" for each in context.report["subplans"]) == successes


@then("stderr names the log of each failed leaf")
def _(context: Context) -> None:
    for each in context.report["subplans"]:
        if each["status"] == "failed":
            assert each["attempts"][-1]["log"] in context.ended.err, context.ended.err


@then("each leaf was tried {times:d} times")
def _(context: Context, times: int) -> None:
    assert {len(each["attempts"]) for each in context.report["subplans"]} == {times}


@then('"{slug}" failed for "{kind}"')
def _(context: Context, slug: str, kind: str) -> None:
    ids = {each["id"]: each["slug"] for each in context.report["subplans"]}
    assert [(ids[each["id"]], each["class"]) for each in context.report["failures"]] == [(slug, kind)]


@then("{one:d} leaves {first} and {two:d} were {second}")
def _(context: Context, one: int, first: str, two: int, second: str) -> None:
    statuses = [each["status"] for each in context.report["subplans"]]
    assert (statuses.count(first), statuses.count(second)) == (one, two), statuses


GATE = 'echo $$ >"$1/$AUTONOMY_SUBPLAN_SLUG.$AUTONOMY_ATTEMPT"; read line <"$2"; echo done >>"$1/ran"'


def _start(context: Context, *before: str) -> None:
    """A run whose leaves say that they run, and then wait for a line from a pipe."""
    context.marks = context.folder / "marks"
    context.marks.mkdir()
    context.gate = context.folder / "gate"
    os.mkfifo(context.gate)
    words = ["autonomy", "run", *SLICE, "-j", "2", "--min-files", "5", "--max-files", "5", "--grace", "0.2", "."]
    words += ["--", "sh", "-c", GATE, "sh", str(context.marks), str(context.gate)]
    words = [*before, *words]
    context.process = subprocess.Popen(words, cwd=context.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    context.add_cleanup(context.process.kill)
    # Opened for both ways, so that neither side of the gate ever blocks on opening it.
    context.writer = os.open(context.gate, os.O_RDWR)
    context.add_cleanup(os.close, context.writer)


def _settled(context: Context) -> int:
    ended = driver.autonomy(["status", "--json"], context.root)
    if ended.status:
        return 0
    return sum(each["status"] == "succeeded" for each in json.loads(ended.out)["subplans"])


@given("a run at -j 2 whose leaves wait at a gate")
def _(context: Context) -> None:
    _start(context)
    driver.until(lambda: len(list(context.marks.iterdir())) >= 2)


@given("a run at -j 2 whose leaves wait at a gate, killed when {count:d} have finished")
def _(context: Context, count: int) -> None:
    _start(context)
    os.write(context.writer, b"\n" * count)
    driver.until(lambda: _settled(context) == count)
    context.finished = _finished(context)
    context.process.kill()
    context.process.wait()


def _finished(context: Context) -> set[str]:
    document = json.loads(driver.autonomy(["status", "--json"], context.root).out)
    return {each["slug"] for each in document["subplans"] if each["status"] == "succeeded"}


@when("a run at -j 2 whose leaves wait at a gate gets the signal {name} when {count:d} are running")
def _(context: Context, name: str, count: int) -> None:
    _start(context)
    driver.until(lambda: len(list(context.marks.iterdir())) >= count)
    context.process.send_signal(getattr(signal, f"SIG{name}"))
    status = context.process.wait(driver.HANG_SECONDS)
    context.ended = driver.Ended(status, "", "")
    context.finished = _finished(context)


@when("a run under nohup, whose leaves wait at a gate, loses its terminal when {count:d} are running")
def _(context: Context, count: int) -> None:
    _start(context, "nohup")
    driver.until(lambda: len(list(context.marks.iterdir())) >= count)
    context.process.send_signal(signal.SIGHUP)


@when("the gate is open")
def _(context: Context) -> None:
    os.write(context.writer, b"\n" * 50)
    context.ended = driver.Ended(context.process.wait(driver.HANG_SECONDS), "", "")


@when("the gate is open and I run `{line}`")
def _(context: Context, line: str) -> None:
    os.write(context.writer, b"\n" * 50)
    context.ended = driver.run(shlex.split(line), context.root)
    context.report = json.loads(context.ended.out)


@then("its report is that of a run that nothing cut off")
def _(context: Context) -> None:
    assert context.report["failures"] == [], context.report["failures"]
    tries = {
        each["slug"]: [(one["attempt"], one["status"]) for one in each["attempts"]]
        for each in context.report["subplans"]
    }
    assert set(map(tuple, tries.values())) == {((1, "succeeded"),)}, tries


@then("every leaf succeeded, and none that had finished ran again")
def _(context: Context) -> None:
    statuses = {each["status"] for each in context.report["subplans"]}
    assert statuses == {"succeeded"}, statuses
    for each in context.report["subplans"]:
        completed = [attempt for attempt in each["attempts"] if attempt["status"] == "succeeded"]
        assert len(completed) == 1, each
        if each["slug"] in context.finished:
            assert len(each["attempts"]) == 1, each
    # One line per attempt that got to its end.
    ended = (context.marks / "ran").read_text().count("done")
    assert ended == 6, ended


@then("no process of the run is left")
def _(context: Context) -> None:
    driver.until(lambda: not driver.processes_with(str(context.marks)))


@then('exactly the leaves "{slugs}" were tried twice')
def _(context: Context, slugs: str) -> None:
    report = json.loads(context.ended.out)
    assert {each["slug"] for each in report["subplans"] if len(each["attempts"]) == 2} == set(slugs.split(", "))
    assert {len(each["attempts"]) for each in report["subplans"]} == {1, 2}


@when('the file "{path}" is edited')
def _(context: Context, path: str) -> None:
    with (context.root / path).open("a") as file:
        file.write("edited\n")


@then('all leaves but "{slug}" were reused')
def _(context: Context, slug: str) -> None:
    fresh = {each["slug"] for each in context.report["subplans"] if not each["reused_from"]}
    assert fresh == {slug}, fresh


@then("no leaf was reused")
def _(context: Context) -> None:
    assert not any(each["reused_from"] for each in context.report["subplans"])


@when("a signal comes to another thread while the main thread waits")
def _(context: Context) -> None:
    """The main thread waits for a lock as the engine does, and the other one gets what the kernel may give to any."""
    context.asked = signals.heard_by_another_thread()


@then("the run is asked to stop at once")
def _(context: Context) -> None:
    assert context.asked
