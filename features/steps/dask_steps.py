"""The installed program on a real Dask cluster, on loopback or between network namespaces."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable

from behave import given, then, when
from behave.runner import Context

from features import driver
from features.drivers import daskcluster

CUT = ["-q", "--json", "--min-files", "5", "--max-files", "5"]
_clusters: dict[bool, daskcluster.Cluster] = {}


def _cluster(context: Context, *, namespaces: bool) -> None:
    if namespaces not in _clusters:
        _clusters[namespaces] = daskcluster.Cluster(namespaces=namespaces)
        context.add_cleanup(lambda: _clusters.pop(namespaces).close(), layer="feature")
    context.cluster = _clusters[namespaces]
    context.cluster.heal()
    context.options = context.cluster.options
    context.before = context.cluster.inside("c")


@given("the executor {name}")
def _(context: Context, name: str) -> None:
    context.cluster, context.options, context.before = None, [], []
    if name == "pool":
        context.options = ["--executor", "concurrent.futures:ThreadPoolExecutor"]
    if name == "dask":
        _cluster(context, namespaces=False)


@given("machines that share nothing but a network")
def _(context: Context) -> None:
    if why := daskcluster.why_no_namespaces():
        context.scenario.skip(why)
        return
    _cluster(context, namespaces=True)


def _autonomy(context: Context, *words: str) -> list[str]:
    return [*context.before, shutil.which("autonomy") or "autonomy", *words]


def _run(context: Context, *words: str) -> None:
    context.files = driver.read_tree(context.root)
    context.ended = driver.run(_autonomy(context, "run", *CUT, *context.options, *words), context.root)


@when("the codemod runs there, {count:d} at once")
def _(context: Context, count: int) -> None:
    _run(context, "-j", str(count), ".", "--", "sed", "-i", "s/part/PART/", "{files}")
    assert driver.autonomy(["merge"], context.root).status == 0, context.ended.err


@then("{count:d} leaves succeeded, at most {peak:d} at once, each settled once")
def _(context: Context, count: int, peak: int) -> None:
    report = json.loads(context.ended.out)
    assert [each["status"] for each in report["subplans"]] == ["succeeded"] * count
    assert report["peak_parallel"] == peak, report["peak_parallel"]
    daskcluster_check(context, count)


@then("{count:d} leaves succeeded, each settled once")
def _(context: Context, count: int) -> None:
    daskcluster_check(context, count)


def daskcluster_check(context: Context, count: int) -> None:
    """By the journal: every leaf has one end, and nothing that was told later had an effect."""
    settled = [record["leaf"] for record in daskcluster.records_of_latest(context.root) if record["kind"] == "settled"]
    again = [record for record in daskcluster.records_of_latest(context.root) if record["kind"] == "resumed"]
    succeeded = [
        record["leaf"]
        for record in daskcluster.records_of_latest(context.root)
        if record["kind"] == "settled" and record["status"] == "succeeded"
    ]
    assert len(set(succeeded)) == len(succeeded) == count, succeeded
    assert again or len(settled) == count, settled


MISBEHAVE = """case $AUTONOMY_SUBPLAN_SLUG in part00) exit 3;; part01) kill -9 $$;; part02) sleep 60;;
part03) echo x >README;; esac"""


@when("leaves misbehave there, each in its own way")
def _(context: Context) -> None:
    _run(context, "--timeout", "2", "--grace", "0.2", "--scope", "enforce", ".", "--", "sh", "-c", MISBEHAVE)


@then("each is told as what it was: failed, timed out, killed, out of scope")
def _(context: Context) -> None:
    report = json.loads(context.ended.out)
    slugs = {each["id"]: each["slug"] for each in report["subplans"]}
    found = {slugs[each["id"]]: each["class"] for each in report["failures"]}
    assert found == {"part00": "exit", "part01": "signal", "part02": "timeout", "part03": "scope"}, report["failures"]
    statuses = {each["slug"]: each["status"] for each in report["subplans"]}
    assert (statuses["part02"], statuses["part04"]) == ("timed_out", "succeeded"), statuses


def _start(context: Context, *words: str) -> "subprocess.Popen[bytes]":
    context.marker = context.folder / "marker"
    command = f"test -e {context.marker} || sleep 600"
    argv = _autonomy(context, "run", *CUT, *context.options, *words, ".", "--", "sh", "-c", command)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(argv, cwd=context.root, stdin=subprocess.DEVNULL, **pipes)


def _commands(context: Context) -> list[int]:
    if context.cluster:
        return context.cluster.commands()
    return [pid for pid in driver.processes_with("sleep 600") if _of(context, pid)]


def _of(context: Context, pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return f"HOME={context.folder}".encode() in file.read()
    except OSError:
        return False


def _end(context: Context, process: "subprocess.Popen[bytes]") -> None:
    out, err = process.communicate(timeout=driver.HANG_SECONDS)
    context.ended = driver.Ended(process.returncode, out.decode(), err.decode())


@when("commands that never end are interrupted there")
def _(context: Context) -> None:
    process = _start(context)
    driver.until(lambda: len(_commands(context)) >= 4)
    process.send_signal(signal.SIGINT)
    _end(context, process)


@then("no command is left there")
def _(context: Context) -> None:
    driver.until(lambda: not _commands(context))


def _resume(context: Context, *options: str) -> None:
    context.marker.write_text("")
    words = ["resume", "-q", "--json", "--failed", *options]
    context.ended = driver.run(_autonomy(context, *words), context.root)


@when("it is resumed there with commands that end")
def _(context: Context) -> None:
    _resume(context)


@when("it is resumed with threads")
def _(context: Context) -> None:
    context.before = []
    _resume(context, "--executor", "threads")


def _in_the_middle(context: Context, act: Callable[["subprocess.Popen[bytes]"], None], *words: str) -> None:
    process = _start(context, "--worker-ttl", "3", "--retries", "2", *words)
    driver.until(lambda: len(_commands(context)) >= 4)
    act(process)
    _end(context, process)


@when("{whom} is killed in the middle of leaves")
def _(context: Context, whom: str) -> None:
    def act(process: "subprocess.Popen[bytes]") -> None:
        if whom == "a worker":
            context.cluster.kill("w1")
            context.marker.write_text("")
            _wake(context)
        elif whom == "the scheduler":
            context.cluster.kill("s")
        else:
            process.kill()

    _in_the_middle(context, act)


def _wake(context: Context) -> None:
    """Commands that sleep end, as if they had done their work."""
    for pid in _commands(context):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if file.read().startswith(b"sleep\0"):
                    os.kill(pid, signal.SIGTERM)
        except OSError:
            continue


@when("a worker {whose_end} in the middle of leaves")
def _(context: Context, whose_end: str) -> None:
    cluster = context.cluster

    def act(_process: "subprocess.Popen[bytes]") -> None:
        context.marker.write_text("")
        if whose_end == "is killed":
            cluster.kill("w1")
        elif whose_end.startswith("is stopped"):
            cluster.signal("w1", signal.SIGSTOP)
        else:
            cluster.net.link("w1", "down")
        driver.until(lambda: _lost(context) > 0)
        if whose_end.startswith("is stopped"):
            cluster.signal("w1", signal.SIGCONT)
        elif whose_end.startswith("is cut"):
            cluster.net.link("w1", "up")
        _wake(context)

    _in_the_middle(context, act)


# Where a leaf is confined, it can send no signal to its worker; what it does to the machine's memory, it still does.
POISON = "case $AUTONOMY_SUBPLAN_SLUG in part02) exec sleep 600;; esac"


@when('"part02" kills its worker each time with {retries:d} retries, and dead workers are started again')
def _(context: Context, retries: int) -> None:
    words = [*CUT, *context.options, "--retries", str(retries), ".", "--", "sh", "-c", POISON]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
    process = subprocess.Popen(_autonomy(context, "run", *words), cwd=context.root, **pipes)

    def ended() -> bool:
        context.cluster.kill_whoever_runs("part02")
        context.cluster.revive()
        return process.poll() is not None

    driver.until(ended)
    _end(context, process)


@then('"{slug}" failed after {count:d} attempts, each of which lost its worker')
def _(context: Context, slug: str, count: int) -> None:
    report = json.loads(context.ended.out)
    (leaf,) = [each for each in report["subplans"] if each["slug"] == slug]
    assert (leaf["status"], len(leaf["attempts"])) == ("failed", count), leaf
    classes = [each["class"] for each in report["failures"] if each["id"] == leaf["id"]]
    assert classes == ["lost_worker"] * count, report["failures"]


@then("every other leaf succeeded, each settled once")
def _(context: Context) -> None:
    report = json.loads(context.ended.out)
    assert [each["status"] for each in report["subplans"] if each["slug"] != "part02"] == ["succeeded"] * 5, report
    settled = [record["leaf"] for record in daskcluster.records_of_latest(context.root) if record["kind"] == "settled"]
    assert sorted(settled) == sorted(each["id"] for each in report["subplans"]), settled


def _lost(context: Context) -> int:
    return sum(record.get("error_class") == "lost_worker" for record in daskcluster.records_of_latest(context.root))


@when("a client without certificates asks for workers")
def _(context: Context) -> None:
    cluster = context.cluster
    other = context.folder / "other"
    other.mkdir()
    daskcluster.write_certificates(other)
    tls = [f"--tls-{name}={other}/{name}.pem" for name in ("ca", "cert", "key")]
    words = ["run", "-q", "--executor", cluster.executor, *tls, ".", "--", "true"]
    context.ended = driver.run(_autonomy(context, *words), context.root)
