"""Names of runs, reuse of results, and where a run stands."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from errno import EXDEV
from pathlib import Path
from unittest.mock import patch

from behave import given, then, when
from behave.runner import Context

from autonomy.errors import AutonomyError
from autonomy.journal import runs
from autonomy.journal.events import Ended, Event, Resumed, Started
from autonomy.journal.fold import fold
from autonomy.journal.results import ResultStore
from autonomy.keys import Recipe, leaf_key
from autonomy.model import Change, Reason, Status, Subplan
from features.drivers import folding, journaling, overtaking

KEY, RECIPE = "a" * 64, "recipe"
ALL_KINDS = (
    Change("binary", 0o100644, bytes(range(256))),
    Change("empty", 0o100644, b""),
    Change("gone", 0, None),
    Change("link", 0o120000, b"../else where"),
    Change("name\nwith \x1b\udcff", 0o100755, b"#!/bin/sh\r\n"),
)


@then('for any events "{law}" holds')
def _(context: Context, law: str) -> None:
    folding.check_law(law)


@then("any event is read as it was written")
def _(context: Context) -> None:
    folding.check_round_trip()


@then("the record `{record}` is refused")
def _(context: Context, record: str) -> None:
    assert folding.refuses(record)


@given('a run in which a leaf ended as "{status}"')
def _(context: Context, status: str) -> None:
    ended = journaling.ended(1, 1, Status(status)), journaling.settled(1, 1, Status(status))
    context.events = [journaling.HEADER, journaling.started(1, 1), *ended]


def _resume(context: Context, event: Event) -> None:
    context.run = fold([*context.events, event])


@when("the run is resumed")
def _(context: Context) -> None:
    _resume(context, Resumed(at=3.0))


@when("the run is resumed with its failed leaf")
def _(context: Context) -> None:
    _resume(context, Resumed(at=3.0, reopened=(journaling.leaf(1),)))


@when("the run is resumed an hour later with its failed leaf, which takes 2 s")
def _(context: Context) -> None:
    before = fold(context.events)
    later, leaf = before.last_at + 3600, journaling.leaf(1)
    context.before = before.seconds
    _resume(context, Resumed(at=later, reopened=(leaf,)))
    context.run.apply(Started(at=later, leaf=leaf, attempt=2, lease=2))
    context.run.apply(Ended(at=later + 2, leaf=leaf, lease=2, status=Status.SUCCEEDED))


@then("the run took 2 s more than before")
def _(context: Context) -> None:
    assert context.run.seconds - context.before == 2


@then("that attempt began right after the first one")
def _(context: Context) -> None:
    assert context.run.leaves[journaling.leaf(1)].attempts[1].begun == context.before


@then("after that the leaf is {again}")
def _(context: Context, again: str) -> None:
    done = [outcome.leaf for outcome in context.run.done()]
    assert done == ([] if again == "run again" else [journaling.leaf(1)]), done
    started = context.run.apply(journaling.started(1, 2))
    assert started == (again == "run again")


@then("its first attempt is still told")
def _(context: Context) -> None:
    first, second = context.run.leaf(journaling.leaf(1)).attempts
    assert (first.status, second.status) == (Status.FAILED, Status.RUNNING)


def _begin(context: Context, run: runs.RunDirectory, **header: object) -> None:
    fields = {"recipe": RECIPE, "keys": {journaling.leaf(1): KEY}, **header}
    context.journal = runs.start(run, replace(journaling.HEADER, **fields), context.folder / "state")


@given("a run of tomorrow")
def _(context: Context) -> None:
    context.first = runs.RunDirectory(context.root / ".autonomy/runs/29991231-235959-abcdef")
    context.first.path.mkdir(parents=True)
    _begin(context, context.first)


@given("a run that finished")
def _(context: Context) -> None:
    context.first = runs.new_run(context.root)
    _begin(context, context.first)
    context.journal.close()


@given("a run that was killed before it had a journal")
def _(context: Context) -> None:
    runs.new_run(context.root)


@when("a new run is made")
def _(context: Context) -> None:
    context.made = [runs.new_run(context.root)]
    _begin(context, context.made[0])


@when("{number:d} new runs are made")
def _(context: Context, number: int) -> None:
    context.made = [runs.new_run(context.root) for _ in range(number)]


@then("it is the latest")
def _(context: Context) -> None:
    assert runs.find_run(context.root) == context.made[0]
    assert context.made[0].id > context.first.id


@then("the latest is the one that finished")
def _(context: Context) -> None:
    assert runs.find_run(context.root) == context.first


@then("each is greater than the one before")
def _(context: Context) -> None:
    ids = [run.id[:15] for run in context.made]
    assert ids == sorted(set(ids)), ids


@then('looking for "{name}" fails with exit code {code:d}')
def _(context: Context, name: str, code: int) -> None:
    assert _code(lambda: runs.find_run(context.root, name)) == code


def _code(work: Callable[[], object]) -> int:
    try:
        work()
    except AutonomyError as error:
        return error.exit_code
    return 0


@given("a run that finished a leaf, {what}")
def _(context: Context, what: str) -> None:
    run = context.first = runs.new_run(context.root)
    _begin(context, run, recipe="another" if what == "by another recipe" else RECIPE)
    result = None if what == "which changed nothing" else run.results.put(ALL_KINDS)
    status = Status.FAILED if what == "which failed" else Status.SUCCEEDED
    others = ("of/others",) if what == "which changed files of others" else ()
    ended = replace(journaling.ended(1, 1, status, result), scope_violations=others)
    context.journal.append(journaling.started(1, 1), ended, journaling.settled(1, 1, status))
    context.journal.close()
    if what == "and whose journal is damaged":
        run.journal.write_bytes(run.journal.read_bytes()[:5000])
    if what == "and whose result is damaged":
        (run.results.directory / str(result)).write_bytes(b"damaged")
    if what == "and whose result is lost":
        (run.results.directory / str(result)).unlink()


@when("a later run has a leaf of the same key")
def _(context: Context) -> None:
    keys = {journaling.leaf(7): KEY, journaling.leaf(8): "b" * 64}
    context.reused = runs.reusable(context.root, RECIPE, keys, context.folder / "state")


@then("its result is {verdict}")
def _(context: Context, verdict: str) -> None:
    assert list(context.reused) == ([journaling.leaf(7)] if verdict == "reused" else []), context.reused


@when("a later run takes the result over and the earlier run is deleted")
def _(context: Context) -> None:
    found = runs.reusable(context.root, RECIPE, {journaling.leaf(7): KEY}, context.folder / "state")
    past = found[journaling.leaf(7)]
    context.later, context.result = runs.new_run(context.root), past.state.result
    context.later.results.adopt(past.run.results, context.result)
    shutil.rmtree(past.run.path)


@when("a later run on another file system takes the result over")
def _(context: Context) -> None:
    context.result = context.first.results.put(ALL_KINDS)
    context.later = runs.new_run(context.root)
    with patch("os.link", side_effect=OSError(EXDEV, "another file system")):
        context.later.results.adopt(context.first.results, context.result)


@given("a store whose directory is gone")
def _(context: Context) -> None:
    _store(context).directory.rmdir()


@when("a result is put there")
def _(context: Context) -> None:
    store = ResultStore(context.root / "results")
    try:
        store.put(ALL_KINDS)
    except AutonomyError as error:
        context.refusal = error


@then("it ends with exit code {code:d} and the name of the directory")
def _(context: Context, code: int) -> None:
    assert context.refusal.exit_code == code
    assert str(context.root / "results") in str(context.refusal)


@then("it is known that a run is going on")
def _(context: Context) -> None:
    assert runs.is_running(context.root)


@then("it is known that no run is going on")
def _(context: Context) -> None:
    assert not runs.is_running(context.root)


@given("somebody who asks whether a run is going on")
def _(context: Context) -> None:
    with runs.locked(context.root):
        pass
    journaling.ask_for_a_moment(context.root / ".autonomy" / "lock")


@then("the later run still holds the result")
def _(context: Context) -> None:
    assert context.later.results.get(context.result) == ALL_KINDS


def _leaf(files: tuple[str, ...] = ("a", "b"), digest: str = "0" * 64) -> Subplan:
    name = journaling.leaf(len(files))
    return Subplan(name, "leaf", None, 1, (), files, len(files), 1, 1, digest, None, Reason.FITS)


def _key(leaf: Subplan | None = None, recipe: Recipe | None = None, reads: str = "1") -> str:
    plain = Recipe(("tool", "{files}"), environment=("A", "B"), validators=("test", "lint"))
    return leaf_key((recipe or plain).digest(), leaf or _leaf(), {"c": reads})


@given("the key of a leaf")
def _(context: Context) -> None:
    context.key = _key()


CHANGES: dict[str, Callable[[], str]] = {
    "another leaf is inserted": _key,
    "its variables are named in another order": lambda: _key(
        recipe=Recipe(("tool", "{files}"), environment=("B", "A"), validators=("test", "lint"))
    ),
    "a file of it changes": lambda: _key(_leaf(digest="1" * 64)),
    "a file joins it": lambda: _key(_leaf(("a", "b", "c"))),
    "the command changes": lambda: _key(
        recipe=Recipe(("tool {files}",), environment=("A", "B"), validators=("test", "lint"))
    ),
    "a validator is added": lambda: _key(
        recipe=Recipe(("tool", "{files}"), environment=("A", "B"), validators=("test", "lint", "more"))
    ),
    "two validators change places": lambda: _key(
        recipe=Recipe(("tool", "{files}"), environment=("A", "B"), validators=("lint", "test"))
    ),
    "a variable is passed on": lambda: _key(
        recipe=Recipe(("tool", "{files}"), environment=("A", "B", "C"), validators=("test", "lint"))
    ),
    "a file that it reads changes": lambda: _key(reads="2"),
}


@when("the difference is that {change}")
def _(context: Context, change: str) -> None:
    context.changed = CHANGES[change]()


@then("the key is {verdict}")
def _(context: Context, verdict: str) -> None:
    assert (context.changed == context.key) == (verdict == "same")


def _store(context: Context) -> ResultStore:
    directory = context.root / "results"
    directory.mkdir(exist_ok=True)
    return ResultStore(directory)


@given("a stored result")
@given("a stored result with every kind of change")
def _(context: Context) -> None:
    context.result = _store(context).put(ALL_KINDS)


DAMAGES: dict[str, Callable[[Path, bytes], object]] = {
    "deleted": lambda path, _data: path.unlink(),
    "cut": lambda path, data: path.write_bytes(data[:-1]),
    "made longer": lambda path, data: path.write_bytes(data + b"x"),
    "changed in its data": lambda path, data: path.write_bytes(data.replace(b"#!/bin", b"#!/bim")),
    "changed in its head": lambda path, data: path.write_bytes(data.replace(b"33188", b"33261", 1)),
}


@when("the stored result is {how}")
def _(context: Context, how: str) -> None:
    path = context.root / "results" / context.result
    before = path.read_bytes()
    path.chmod(0o600)
    DAMAGES[how](path, before)
    assert not path.exists() or path.read_bytes() != before


@then("reading it is refused with exit code {code:d}")
def _(context: Context, code: int) -> None:
    assert _code(lambda: _store(context).get(context.result)) == code


@then("it comes back as it was")
def _(context: Context) -> None:
    assert _store(context).get(context.result) == ALL_KINDS
    assert [edit.path for edit in _store(context).edits(context.result)] == [change.path for change in ALL_KINDS]


@when("two attempts start at once, and the first one dallies when it has its lease")
def _(context: Context) -> None:
    context.state = overtaking.overtake(context.root)


@then("the journal holds {number:d} leaves in flight, by leases in their order")
def _(context: Context, number: int) -> None:
    assert list(context.state.in_flight) == list(range(1, number + 1)), context.state.in_flight
    assert not context.state.dropped
