"""Journals that are damaged, killed, and read back."""

import contextlib
import os
import shutil
import signal
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from zlib import crc32

from behave import given, then, when
from behave.runner import Context

from autonomy.errors import AutonomyError
from autonomy.journal import Journal, peek, read, runs
from autonomy.journal.events import encode
from autonomy.model import Status
from features import driver
from features.drivers import injecting, journaling, powerloss
from features.figures import record

KEYS = {journaling.leaf(1): "0" * 64}
PARTS = {"main file": journaling.FILES[0], "log": journaling.FILES[1]}


def _path(context: Context) -> Path:
    return context.root / journaling.FILES[0]


@given("the journal of {leaves:d} leaves whose writer was killed")
def _(context: Context, leaves: int) -> None:
    journaling.killed_journal(_path(context), leaves)


@given("the journal of {leaves:d} leaves")
def _(context: Context, leaves: int) -> None:
    with Journal.create(_path(context), journaling.HEADER) as journal:
        for number in range(leaves):
            journal.append(journaling.started(number, number + 1))
            journal.append(journaling.ended(number, number + 1, Status.FAILED))


def _spoil(context: Context, part: str, spoil: Callable[[bytes, int], bytes], unit: int, places: int) -> None:
    size = (context.root / PARTS[part]).stat().st_size
    context.damaged = journaling.damage(_path(context), PARTS[part], spoil, journaling.sampled(size * unit, places))


@when("its {part} is cut at {places:d} places")
def _(context: Context, part: str, places: int) -> None:
    _spoil(context, part, journaling.cut, 1, places)


@when("a bit of its {part} is flipped at {places:d} places")
def _(context: Context, part: str, places: int) -> None:
    _spoil(context, part, journaling.flip, 8, places)


@then("none gives a state that never was")
def _(context: Context) -> None:
    damaged = context.damaged
    goal = "Cuts and flips in a journal: refused, or read as it was before"
    record(context, goal, damaged.tried - damaged.wrong, damaged.tried)
    assert damaged.wrong == 0, damaged


@then("no file was changed by reading")
def _(context: Context) -> None:
    assert context.damaged.touched == 0, context.damaged


@then("{number:d} or more are {outcome}")
def _(context: Context, number: int, outcome: str) -> None:
    assert context.damaged.outcomes[outcome] >= number, context.damaged


@when("the last bit of its log is flipped")
def _(context: Context) -> None:
    context.before = read(_path(context))
    log = context.root / journaling.FILES[1]
    data = log.read_bytes()
    log.write_bytes(journaling.flip(data, len(data) * 8 - 1))


@then("all but the last record can be read")
def _(context: Context) -> None:
    after = read(_path(context))
    last = list(context.before.leaves)[-1]
    assert list(after.leaves) == list(context.before.leaves)
    assert [leaf for leaf, state in after.leaves.items() if not state.settled] == [last]


def _change(context: Context, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(_path(context), isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


@when("somebody turns a failure in it into a success")
def _(context: Context) -> None:
    _change(context, "UPDATE record SET body = CAST(replace(body, 'failed', 'succeeded') AS BLOB) WHERE number = 3",
            "UPDATE record SET body = CAST(replace(body, '1', '2') AS BLOB) WHERE number = 2")  # fmt: skip


@when("somebody deletes its last record")
def _(context: Context) -> None:
    _change(context, "DELETE FROM record WHERE number = (SELECT max(number) FROM record)")


@when("somebody deletes all of its records")
def _(context: Context) -> None:
    _change(context, "DELETE FROM record", "UPDATE tail SET records = 0, crc = 0")


@when("somebody replaces its header by another event")
def _(context: Context) -> None:
    body = encode(journaling.started(1, 1))
    with contextlib.closing(sqlite3.connect(_path(context), isolation_level=None)) as connection:
        connection.execute("UPDATE record SET body = ?, crc = ?", (body, crc32(body)))
        connection.execute("UPDATE tail SET crc = ?", (crc32(body),))
    for look in (peek, read):
        assert "header" in str(_refusal(lambda look=look: look(_path(context))))


@when("somebody raises its version")
def _(context: Context) -> None:
    _change(context, "PRAGMA user_version = 2")


@when("somebody deletes it")
def _(context: Context) -> None:
    _path(context).unlink()


@when("somebody puts {what} in its place")
def _(context: Context, what: str) -> None:
    for path in context.root.glob("journal.sqlite*"):
        path.unlink()
    if what == "another database":
        _change(context, "CREATE TABLE record (number INTEGER)")
    else:
        _path(context).write_text("" if what == "an empty file" else "no journal\n" * 100)


def _refusal(work: Callable[[], object]) -> AutonomyError:
    try:
        work()
    except AutonomyError as error:
        return error
    raise AssertionError("it was not refused")


@then('it is refused with exit code {code:d} as "{text}"')
def _(context: Context, code: int, text: str) -> None:
    before = {path: path.read_bytes() for path in context.root.glob("journal.sqlite*")}
    error = _refusal(lambda: read(_path(context)))
    assert (error.exit_code, text in str(error)) == (code, True), error
    assert before == {path: path.read_bytes() for path in context.root.glob("journal.sqlite*")}


@then("it can't be resumed either")
def _(context: Context) -> None:
    assert _refusal(lambda: Journal.open(_path(context))).exit_code == 5


@given("a run that somebody else has started")
def _(context: Context) -> None:
    context.run = runs.new_run(context.root)
    header = replace(journaling.HEADER, recipe="recipe", keys=KEYS)
    journal = runs.start(context.run, header, context.folder / "state of somebody else")
    journal.append(*journaling.whole(1, 1))
    journal.close()


@then("its status can be read")
def _(context: Context) -> None:
    assert len(read(context.run.journal).done()) == 1


@then('resuming it is refused with exit code {code:d} as "{text}"')
def _(context: Context, code: int, text: str) -> None:
    error = _refusal(lambda: runs.go_on(context.run, context.folder / "state"))
    assert (error.exit_code, text in str(error)) == (code, True), error


@then("none of its results is reused")
def _(context: Context) -> None:
    assert runs.reusable(context.root, "recipe", KEYS, context.folder / "state") == {}


@when("runs of {leaves:d} leaves are killed at {moments:d} moments and resumed")
def _(context: Context, leaves: int, moments: int) -> None:
    context.leaves, context.kills, context.roots = leaves, [], []
    for moment in range(moments):
        root = context.folder / f"run{moment}"
        root.mkdir()
        killed = journaling.killed_run(root, leaves, 1 + moment % (2 * leaves))
        context.kills.append((killed, journaling.resumed_run(root, leaves)))
        context.roots.append(root)


@when("one run of {leaves:d} leaves is killed {times:d} times")
def _(context: Context, leaves: int, times: int) -> None:
    lives = [journaling.killed_run(context.root, leaves, 5) for _ in range(times)]
    lives.append(journaling.resumed_run(context.root, leaves))
    context.leaves, context.roots = leaves, [context.root]
    context.kills = list(pairwise(lives))


@then("no acknowledged leaf was lost or run again")
def _(context: Context) -> None:
    again = [set(killed.acknowledged) & set(resumed.started) for killed, resumed in context.kills]
    assert not any(again), again
    assert any(killed.acknowledged for killed, _ in context.kills), "no run had acknowledged anything"


@then("each run has all of its results")
def _(context: Context) -> None:
    lost = {root.name: journaling.missing(root, context.leaves) for root in context.roots}
    assert not any(lost.values()), lost


@when("a run of {leaves:d} leaves meets a disk on which files can't grow over {most:d} bytes")
def _(context: Context, leaves: int, most: int) -> None:
    context.leaves = leaves
    context.status = journaling.status_on_full_disk(context.root, leaves, most)


@then("it ended with status {status:d}")
def _(context: Context, status: int) -> None:
    assert context.status == status, context.status


@then("the run goes on to its end when there is room")
def _(context: Context) -> None:
    journaling.resumed_run(context.root, context.leaves)
    assert journaling.missing(context.root, context.leaves) == []


@given("an open journal")
def _(context: Context) -> None:
    context.journal = Journal.create(_path(context), journaling.HEADER)
    context.add_cleanup(context.journal.close)


@given("an open journal whose disk fails")
def _(context: Context) -> None:
    context.journal = Journal.create(_path(context), journaling.HEADER)
    context.add_cleanup(context.journal.close)
    context.journal.append(*journaling.whole(1, 1))
    context.journal._connection.execute("PRAGMA max_page_count = 1")


@when("two more events are appended")
def _(context: Context) -> None:
    events = [journaling.started(2, 2)] * 100
    context.refusals = [_refusal(lambda: context.journal.append(*events)) for _ in range(2)]
    context.journal._connection.execute("PRAGMA max_page_count = 1000000")


@then("both are refused with exit code {code:d}")
def _(context: Context, code: int) -> None:
    assert [each.exit_code for each in context.refusals] == [code, code], context.refusals


@then("the journal holds what it held before the failure")
def _(context: Context) -> None:
    assert list(read(_path(context)).leaves) == [journaling.leaf(1)]
    assert _refusal(lambda: context.journal.append(journaling.started(4, 4))).exit_code == 6


@when("{threads:d} threads append while somebody holds the file")
def _(context: Context, threads: int) -> None:
    context.transactions = journaling.append_from_threads(context.journal, threads)


@when("{number:d} starts are noted, and the journal is closed")
def _(context: Context, number: int) -> None:
    context.journal.note(*(journaling.started(each, each + 1) for each in range(number)))
    context.journal.close()


@when("{number:d} starts are noted, and one more is appended")
def _(context: Context, number: int) -> None:
    context.journal.note(*(journaling.started(each, each + 1) for each in range(number)))
    context.journal.append(journaling.started(number, number + 1))


@then("{number:d} transactions hold them all")
def _(context: Context, number: int) -> None:
    assert context.transactions == number, context.transactions


@then("the journal holds {number:d} leaves in flight")
def _(context: Context, number: int) -> None:
    assert len(read(_path(context)).in_flight) == number == context.journal.run.running


@given("a run that holds the lock")
def _(context: Context) -> None:
    lock = runs.locked(context.root)
    lock.__enter__()
    context.add_cleanup(lock.__exit__, None, None, None)


@given("a run that held the lock and was killed")
def _(context: Context) -> None:
    def die() -> None:
        with runs.locked(context.root):
            os.kill(os.getpid(), signal.SIGKILL)

    assert journaling.in_child(die) == -signal.SIGKILL


@when("a second run wants it")
def _(context: Context) -> None:
    def want() -> None:
        with runs.locked(context.root):
            shutil.rmtree(context.root / "nothing", ignore_errors=True)

    context.status = journaling.in_child(want)


@when("the power is cut after every system call of a run of {leaves:d} leaves")
def _(context: Context, leaves: int) -> None:
    if not powerloss.is_possible():
        context.scenario.skip("strace is not installed")
        return
    context.cuts = powerloss.cut_everywhere(context.folder, leaves)


@then("what was acknowledged by then is there, on each of {kinds:d} kinds of disk")
def _(context: Context, kinds: int) -> None:
    tried = context.cuts.states.total()
    goal = "Power cuts after every write, on three kinds of disk: what was acknowledged is there"
    record(context, goal, tried - len(context.cuts.wrong), tried)
    assert len(context.cuts.states) == kinds
    assert min(context.cuts.states.values()) > 50, context.cuts.states
    assert not context.cuts.wrong, f"{len(context.cuts.wrong)}: {context.cuts.wrong[:3]}"


@when('each {call} of a run meets "{fault}"')
def _(context: Context, call: str, fault: str) -> None:
    if not powerloss.is_possible():
        context.scenario.skip("strace is not installed")
        return
    context.injected = injecting.inject(context.folder, call, fault)


@then("at least {number:d} runs ended by it, all with status {status:d} or {other:d}")
def _(context: Context, number: int, status: int, other: int) -> None:
    injected = context.injected
    assert injected.reached >= number, injected.endings
    assert set(injected.endings) <= {0, status, other}, injected.endings
    assert not injected.tracebacks, injected.tracebacks[:2]


@then("all went on to their end, without loss or repetition")
def _(context: Context) -> None:
    injected = context.injected
    bad = len({*injected.lost, *injected.repeated})
    record(context, f"{injected.kind}: resumed without loss or repetition", injected.reached - bad, injected.reached)
    assert not injected.lost, injected.lost
    assert not injected.repeated, injected.repeated


@given("a file system that is no place for a log, because {reason}")
def _(context: Context, reason: str) -> None:
    spoilt = journaling.without_logs(reason)
    spoilt.__enter__()
    context.add_cleanup(spoilt.__exit__, None, None, None)


@then("no run has left a log")
def _(context: Context) -> None:
    assert not list(context.folder.rglob("*-wal"))


@given("a run of the program that has failed")
def _(context: Context) -> None:
    driver.write_tree(context.root, {"a": "1\n"})
    driver.commit_all(context.root)
    assert driver.autonomy(["run", "-q", "--isolation", "none", ".", "--", "false"], context.root).status == 1
    context.run = runs.find_run(context.root)


@when("the plan of the run is {what}")
def _(context: Context, what: str) -> None:
    path = context.run.path / "plan.json"
    if what == "deleted":
        path.unlink()
    else:
        path.write_text(path.read_text().replace(": 1", ": 2", 1))


@then('`autonomy {line}` ends with status {status:d}, as "{text}"')
def _(context: Context, line: str, status: int, text: str) -> None:
    ended = driver.autonomy(line.split(), context.root)
    assert ended.status == status and text in ended.err, (ended.status, ended.err)
    assert "Traceback" not in ended.err
