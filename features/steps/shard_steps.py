"""Shares of a plan on several machines: copies of the repository, each with a state of its own."""

import json
import re
import shlex
import shutil
from pathlib import Path

import yaml
from behave import given, then, when
from behave.runner import Context

from features import driver
from features.drivers import sharing

CUT = ["--min-files", "5", "--max-files", "5"]


@then("the shares of any plan hold each leaf once, the heaviest within 3/2 of the bound")
def _(context: Context) -> None:
    sharing.check_shares()


@then('the file "{name}" names {count:d} shares of {leaves:d} leaves')
def _(context: Context, name: str, count: int, leaves: int) -> None:
    shares = json.loads((context.root / name).read_text())["shards"]
    assert [len(share) for share in shares] == [leaves] * count
    assert len({leaf for share in shares for leaf in share}) == count * leaves


@given('a run in which the leaf "{slug}" took longest')
def _(context: Context, slug: str) -> None:
    command = f"test $AUTONOMY_SUBPLAN_SLUG != {slug} || sleep 0.5"
    driver.autonomy(["run", "-q", "--isolation", "none", *CUT, ".", "--", "sh", "-c", command], context.root)


@then('the shares are those of the recorded durations, "{slug}" first')
def _(context: Context, slug: str) -> None:
    found = json.loads((context.root / ".autonomy/plan.shards.json").read_text())["shards"]
    assert found == sharing.shares_by_journal(context.root, len(found))
    plan = json.loads((context.root / ".autonomy/plan.json").read_text())
    (leaf,) = [node["id"] for node in plan["nodes"] if node["slug"] == slug]
    assert leaf in found[0], found


@when("the shares are damaged")
def _(context: Context) -> None:
    (context.root / ".autonomy/plan.shards.json").write_text("{}")


def _machines(context: Context, count: int, *, one_state: bool = False) -> None:
    words = ["plan", "-q", "--plan-only", *CUT, "--shards", str(count)]
    assert driver.autonomy(words, context.root).status == 0
    context.machines = [context.folder / f"machine-{number}" for number in range(1, count + 1)]
    context.states = [context.folder / ("state" if one_state else f"state-{each.name}") for each in context.machines]
    context.here = {"AUTONOMY_STATE_DIR": str(context.folder / "state")} if one_state else {}
    for machine in context.machines:
        shutil.copytree(context.root, machine, symlinks=True)


@given("it is planned for {count:d} machines")
def _(context: Context, count: int) -> None:
    _machines(context, count)


@given("it is planned for {count:d} machines of one state")
def _(context: Context, count: int) -> None:
    _machines(context, count, one_state=True)
    driver.os.environ.update(context.here)


def _run_shards(context: Context, line: str, *options: str) -> None:
    of = len(context.machines)
    for number, (machine, state) in enumerate(zip(context.machines, context.states, strict=True), 1):
        words = ["run", "-q", *options, "--plan", ".autonomy/plan.json", "--shard", f"{number}/{of}", "."]
        ended = driver.autonomy([*words, "--", *shlex.split(line)], machine, {"AUTONOMY_STATE_DIR": str(state)})
        assert ended.status in (0, 1), ended.err


@when("each machine runs its shard with `{line}`")
def _(context: Context, line: str) -> None:
    context.line = line
    _run_shards(context, line)


@when("each machine runs its shard in place with `{line}`")
def _(context: Context, line: str) -> None:
    _run_shards(context, line, "--isolation", "none")


@given("the first machine ran its shard before, and failed")
def _(context: Context) -> None:
    context.before = context.folder / "before"
    context.marker = context.folder / "marker"
    shutil.copytree(context.machines[0], context.before, symlinks=True)
    words = ["run", "-q", "--plan", ".autonomy/plan.json", "--shard", "1/2", ".", "--", "ls", str(context.marker)]
    assert driver.autonomy(words, context.before, {"AUTONOMY_STATE_DIR": str(context.states[0])}).status == 1


@when("each machine runs its shard with what fails no more")
def _(context: Context) -> None:
    context.marker.write_text("")
    _run_shards(context, f"ls {context.marker}")


def _collect(context: Context, places: list[Path], root: Path) -> None:
    context.ended = driver.autonomy(["collect", *map(str, places)], root, context.here)


@when("the runs of all machines are collected")
def _(context: Context) -> None:
    _collect(context, context.machines, context.root)


@when("the runs of {count:d} machines are collected")
def _(context: Context, count: int) -> None:
    _collect(context, context.machines[:count], context.root)


@when("the runs of all machines are collected with the failed one")
def _(context: Context) -> None:
    _collect(context, [context.before, *context.machines], context.root)


@when("the runs of all machines are collected in another repository")
def _(context: Context) -> None:
    other = context.folder / "other"
    driver.write_tree(other, {"a.txt": "a\n"})
    driver.commit_all(other)
    _collect(context, context.machines, other)


@when("the runs of all machines are collected in a folder")
def _(context: Context) -> None:
    other = context.folder / "other"
    other.mkdir()
    _collect(context, context.machines, other)


@then("the logs and the results of all leaves are there")
def _(context: Context) -> None:
    for number in range(6):
        ended = driver.autonomy(["logs", f"part{number:02}"], context.root)
        assert ended.out == "here\n", ended
    (run,) = (context.root / ".autonomy/runs").iterdir()
    assert sorted(path.read_text() for path in (run / "out").rglob("kept/file")) == ["kept\n"] * 6


@when('it is merged as "{branch}"')
def _(context: Context, branch: str) -> None:
    context.ended = driver.autonomy(["merge", "--into", branch], context.root)
    assert context.ended.status == 0, context.ended.err


@when('the same command runs here over the whole and is merged as "{branch}"')
def _(context: Context, branch: str) -> None:
    words = ["run", "-q", "--no-cache", "--plan", ".autonomy/plan.json", ".", "--", *shlex.split(context.line)]
    driver.autonomy(words, context.root)
    context.ended = driver.autonomy(["merge", "--into", branch], context.root)


@then("both branches hold the same tree")
def _(context: Context) -> None:
    trees = [driver.git(context.root, "rev-parse", f"{name}^{{tree}}") for name in ("collected", "whole", "main")]
    assert trees[0] == trees[1] != trees[2], trees


@then("the workflow plans {count:d} shards, runs each in a job, and collects them")
def _(context: Context, count: int) -> None:
    context.workflow = yaml.safe_load(context.ended.out)
    jobs = context.workflow["jobs"]
    assert jobs["shard"]["strategy"]["matrix"]["shard"] == list(range(1, count + 1))
    scripts = {name: "\n".join(step.get("run", "") for step in job["steps"]) for name, job in jobs.items()}
    assert f"autonomy plan --max-parallel {count} --max-files 5" in scripts["plan"]
    assert f"--shards {count}" in scripts["plan"]
    assert '--shard "$SHARD"' in scripts["shard"]
    assert "autonomy collect" in scripts["collect"]
    assert jobs["collect"]["needs"] == ["plan", "shard"]


@then("no expression stands in a script of the workflow")
def _(context: Context) -> None:
    steps = [step for job in context.workflow["jobs"].values() for step in job["steps"]]
    assert not any(re.search(r"\$\{\{", step.get("run", "")) for step in steps)
