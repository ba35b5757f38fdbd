"""Leaves on other machines: workers in this process, which die and come when the scenario says so."""

import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from behave import given, then, when
from behave.runner import Context

import autonomy
from autonomy.cluster import base, outpost, remote, station
from autonomy.errors import UsageError
from autonomy.model import Status
from features import driver
from features.drivers import crews, wiring

FAR = 600
CODEMOD = "sed -i s/part/PART/ {files}"


def _workers(context: Context, count: int, places: int, isolation: str) -> None:
    crews.settle(context)
    context.isolation = isolation
    context.workers = [crews.Worker(f"w{number}", places) for number in range(1, count + 1)]


@given("{count:d} workers of {places:d} places in {isolation}")
def _(context: Context, count: int, places: int, isolation: str) -> None:
    _workers(context, count, places, isolation)


@given("{count:d} workers of 1 place in worktree")
def _(context: Context, count: int) -> None:
    _workers(context, count, 1, "worktree")


@given("{count:d} workers of 1 place in worktree, one of which {does}")
def _(context: Context, count: int, does: str) -> None:
    _workers(context, count, 1, "worktree")
    _spoil(context.workers[0], does)


@given("{count:d} workers of 1 place in worktree, all of which are mute")
def _(context: Context, count: int) -> None:
    _workers(context, count, 1, "worktree")
    for worker in context.workers:
        worker.mute = True


def _spoil(worker: crews.Worker, does: str) -> None:
    worker.mute, worker.stubborn = does == "is mute", does == "takes no stop"


@given("no workers yet")
def _(context: Context) -> None:
    _workers(context, 0, 1, "worktree")


@given('a repository whose directory "{directory}" holds odd files')
def _(context: Context, directory: str) -> None:
    names = ["plain", "new\nline", '"quoted"', "-dash", os.fsdecode(b"b\xff\xfe")]
    driver.write_tree(context.root, {f"{directory}/{name}": f"{name!r}\n" for name in names} | {"outside": "x\n"})
    driver.git(context.root, "init", "-q")
    driver.git(context.root, "config", "core.autocrlf", "input")
    (context.root / ".git/info/exclude").write_text("*.ignored\n")
    driver.commit_all(context.root)
    context.root = context.root / directory


def _go(context: Context, line: str, **more: object) -> None:
    context.line = line
    crew = crews.Crew(*context.workers)
    if hasattr(context, "tell"):
        crew.tell = context.tell
    context.run = crews.Expedition(context.root, crew, crews.words(line), isolation=context.isolation, **more)
    context.run.run()
    assert context.run.error is None or "error" in more, repr(context.run.error)


@when("the command `{line}` runs on them")
@when("the command `{line}` runs on them again")
def _(context: Context, line: str) -> None:
    if hasattr(context, "run"):
        context.workers = [crews.Worker(each.name, each.slots) for each in context.workers]
    _go(context, line)


@when("the command `{line}` runs on them with scope off")
def _(context: Context, line: str) -> None:
    context.scope = "off"
    _go(context, line, options={"scope": "off"})


@when("the command `{line}` runs on them with a timeout")
def _(context: Context, line: str) -> None:
    _go(context, line, options={"timeout": 1.0})


@when("the command `true` runs, and a worker comes")
def _(context: Context) -> None:
    context.line = "true"
    crew = crews.Crew()
    timer = threading.Timer(0.3, lambda: crew.workers.update(w1=crews.Worker("w1", 2)))
    timer.start()
    context.run = crews.Expedition(context.root, crew, ("true",))
    context.run.run()


def _once(label: str, slug: str, act: Callable[[crews.Worker], None], times: int = 1) -> Callable[..., None]:
    left = [times]

    def tell(worker: crews.Worker, told: str) -> None:
        if told.startswith(f"{slug}-") and left[0]:
            left[0] -= 1
            act(worker)

    del label
    return tell


@when('the command `{line}` runs with {retries:d} retries and the worker of "{slug}" {goes}')
def _(context: Context, line: str, retries: int, slug: str, goes: str) -> None:
    crew = crews.Crew(*context.workers)
    answered = threading.Event()

    def act(worker: crews.Worker) -> None:
        if goes == "dies":
            crew.kill(worker)
        elif goes == "starts anew":
            worker.life += 1
        elif goes == "breaks its engine":
            worker.broken = True
        else:
            worker.frozen = True
            # It is silent until the leaf was given up, and then as alive as before.
            driver.until(lambda: len([each for each in crew.sent if each[1].startswith(f"{slug}-")]) == 2)
            worker.frozen = goes == "freezes"
            answered.set()

    crew.tell = _once("", slug, act)
    context.line = line
    context.run = crews.Expedition(context.root, crew, crews.words(line), retries=retries, patience=0.4)
    context.run.run()


@when('the command `true` runs with {retries:d} retries and every worker of "{slug}" dies')
def _(context: Context, retries: int, slug: str) -> None:
    crew = crews.Crew(*context.workers)
    crew.tell = _once("", slug, crew.kill, FAR)
    context.run = crews.Expedition(context.root, crew, ("true",), retries=retries)
    context.run.run()


@when("the command `{line}` runs, and the scheduler dies")
def _(context: Context, line: str) -> None:
    _end_cluster(context, line, lambda crew, _worker: setattr(crew, "gone", "the scheduler died"))


@when("the command `{line}` runs, and all workers die")
def _(context: Context, line: str) -> None:
    _end_cluster(context, line, lambda crew, _worker: [crew.kill(each) for each in crew.workers.values()])


def _end_cluster(context: Context, line: str, end: Callable[[crews.Crew, crews.Worker], None]) -> None:
    crew = crews.Crew(*context.workers)
    crew.tell = _once("", "part02", lambda worker: end(crew, worker))
    context.run = crews.Expedition(context.root, crew, crews.words(line), patience=0.3)
    context.run.run()


@when("the command `{line}` runs, and is interrupted")
def _(context: Context, line: str) -> None:
    crew = crews.Crew(*context.workers)
    context.run = crews.Expedition(context.root, crew, crews.words(line))

    def interrupt() -> None:
        driver.until(lambda: len(_sleepers(context)) >= 2)
        context.run.interrupt()

    threading.Thread(target=interrupt).start()
    context.run.run()


def _sleepers(context: Context) -> list[int]:
    """Commands of this scenario's run that are alive."""
    mark = f"AUTONOMY_RUN_ID={context.run.directory.id}".encode() if hasattr(context.run, "directory") else b"\0\0"
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                environment = (entry / "environ").read_bytes().split(b"\0")
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if mark in environment and words[0].endswith(b"sleep"):
                found.append(int(entry.name))
    return found


@when("the command `true` runs, and the base is removed before the first leaf")
def _(context: Context) -> None:
    def lose(_worker: crews.Worker) -> None:
        subprocess.run(["rm", "-rf", str(crews.git.state_dir() / "bases")], check=True)

    started = []
    crew = crews.Crew(context.workers[0])
    crew.tell = lambda worker, label: None if started else (started.append(label), lose(worker))
    context.run = crews.Expedition(context.root, crew, ("true",))
    context.run.run()


@when("the command `true` runs, and the worker is at another plan")
def _(context: Context) -> None:
    crew = crews.Crew(*context.workers)

    def forget(_worker: crews.Worker, _label: str) -> None:
        for each in outpost._stations.values():
            each.plan_digest = "0" * 64

    # The first errand opens the station; every other one then meets it.
    crew.tell = forget
    context.run = crews.Expedition(context.root, crew, ("false",), retries=1)
    context.run.run()


@when("the command `true` runs, and a worker comes with another {what}")
def _(context: Context, what: str) -> None:
    crew = crews.Crew(*context.workers)
    theirs = {"autonomy": "9.9", "python": "2.7", "plan": "9999"}[what]
    ask = crew.ask

    def asked(member: object, function: Callable[..., object], *words: object) -> object:
        said = ask(member, function, *words)
        return said | {what: theirs} if function is outpost.hello and member.name == "w2" else said

    def tell(_worker: crews.Worker, _label: str) -> None:
        crew.workers["w2"] = crews.Worker("w2", 1)
        driver.until(lambda: context.run.stop.fault)

    crew.ask, crew.tell = asked, tell
    context.run = crews.Expedition(context.root, crew, ("true",))
    context.run.run()


@when("the command `true` runs, and an errand comes from another version")
def _(context: Context) -> None:
    crew = crews.Crew(*context.workers)
    submit, said = crew.submit, f'"autonomy":"{autonomy.__version__}"'.encode()
    other = said.replace(autonomy.__version__.encode(), b"9" * len(autonomy.__version__))
    crew.submit = lambda member, label, message: submit(member, label, message.replace(said, other))
    context.run = crews.Expedition(context.root, crew, ("true",))
    context.run.run()


@then('the run ends for want of a cluster: "{text}"')
def _(context: Context, text: str) -> None:
    assert text in context.run.stop.fault, context.run.stop.fault
    assert text in context.run.document.stop_reason, context.run.document.stop_reason
    assert "cancelled" in {each.status for each in context.run.document.subplans}, context.run.document.subplans


@given("a station and a slot of a process that is gone")
def _(context: Context) -> None:
    state = crews.git.state_dir()
    for place in ("workers", "slots"):
        driver.write_tree(state / place / "w1-4194305-abcd", {"left": "over\n"})


@given("stations are idle after no time")
def _(context: Context) -> None:
    crews.smaller(context, outpost, "IDLE_SECONDS", -1)


@when("the command `true` runs on them without a farewell")
def _(context: Context) -> None:
    crew = crews.Crew(*context.workers)
    ask = crew.ask
    crew.ask = lambda member, function, *words: None if function is outpost.leave else ask(member, function, *words)
    context.run = crews.Expedition(context.root, crew, ("true",))
    context.run.run()


@given("pieces of {size:d} bytes")
def _(context: Context, size: int) -> None:
    crews.smaller(context, base, "PIECE", size)
    crews.smaller(context, remote, "SPILL", size)


@then("the base came in pieces, and so did the answers")
def _(context: Context) -> None:
    asked = [function for _, function in context.run.crew.asked]
    assert asked.count("take_piece") > 3, asked
    assert asked.count("arrived") in (1, 2), asked
    assert asked.count("piece") > 6, asked


@then("no base came")
def _(context: Context) -> None:
    asked = [function for _, function in context.run.crew.asked]
    assert "has_base" in asked, asked
    assert "take_piece" not in asked, asked


@then("all {count:d} leaves succeeded, at most {peak:d} at once")
def _(context: Context, count: int, peak: int) -> None:
    statuses = [each.status for each in context.run.document.subplans]
    assert statuses == [Status.SUCCEEDED] * count, context.run.document.failures
    assert context.run.document.peak_parallel == peak, context.run.document.peak_parallel


@then("all {count:d} leaves succeeded")
def _(context: Context, count: int) -> None:
    statuses = [each.status for each in context.run.document.subplans]
    assert statuses == [Status.SUCCEEDED] * count, context.run.document.failures


@then("all leaves succeeded, at most {peak:d} at once")
def _(context: Context, peak: int) -> None:
    assert {each.status for each in context.run.document.subplans} == {Status.SUCCEEDED}, context.run.document.failures
    assert context.run.document.peak_parallel == peak, context.run.document.peak_parallel


@then("all leaves succeeded")
def _(context: Context) -> None:
    assert {each.status for each in context.run.document.subplans} == {Status.SUCCEEDED}, context.run.document.failures


@then('all leaves ended as "{status}"')
def _(context: Context, status: str) -> None:
    assert {each.status for each in context.run.document.subplans} <= {status, "skipped"}, context.run.document


@then('the error says "{text}"')
def _(context: Context, text: str) -> None:
    assert any(text in each.message for each in context.run.document.failures), context.run.document.failures


@then("the same command here gives the same tree")
def _(context: Context) -> None:
    scope = ["--scope", context.scope] if hasattr(context, "scope") else []
    assert driver.autonomy(["merge", "--into", "there"], context.root).status == 0
    cut = ["--min-files", "5", "--max-files", "5", "--no-cache", *scope]
    ran = driver.autonomy(["run", "-q", *cut, ".", "--", *crews.words(context.line)], context.root)
    assert ran.status == 0, ran.err
    assert driver.autonomy(["merge", "--into", "here"], context.root).status == 0
    trees = [driver.git(context.root, "rev-parse", f"{name}^{{tree}}") for name in ("there", "here", "HEAD")]
    assert trees[0] == trees[1] != trees[2], trees


@then('each leaf\'s log says "{text}", and what it left is there')
def _(context: Context, text: str) -> None:
    home = context.run.directory.path
    logs = sorted((home / "logs").iterdir())
    count = len(context.run.document.subplans)
    assert [log.read_text() for log in logs] == [f"{text}\n"] * count, logs
    assert [path.read_text() for path in (home / "out").rglob("left")] == ["left\n"] * count


@then("nothing of it is left on the workers but the base")
def _(context: Context) -> None:
    driver.until(lambda: not crews.leftovers())
    assert outpost._stations == {}, outpost._stations
    (found,) = (crews.git.state_dir() / "bases").iterdir()
    left = sorted(path.name for path in found.iterdir())
    assert left == ["lock", "repo"], left


def _leaf(context: Context, slug: str) -> object:
    (found,) = [each for each in context.run.document.subplans if each.slug == slug]
    return found


@then('the leaf "{slug}" ended as "{status}" by "{kind}"')
def _(context: Context, slug: str, status: str, kind: str) -> None:
    found = _leaf(context, slug)
    kinds = [each.class_ for each in context.run.document.failures if each.id == found.id]
    assert (found.status, "".join(kinds) or "nothing") == (status, kind), (found, kinds)


@then('the leaf "{slug}" ended as "{status}" after {attempts:d} attempts, the first lost')
def _(context: Context, slug: str, status: str, attempts: int) -> None:
    found = _leaf(context, slug)
    kinds = [each.class_ for each in context.run.document.failures if each.id == found.id]
    assert (found.status, len(found.attempts)) == (status, attempts), (found, context.run.document.failures)
    assert kinds == ["lost_worker"] * (attempts - (status == "succeeded")), kinds


@then("every other leaf succeeded")
def _(context: Context) -> None:
    others = [each for each in context.run.document.subplans if each.slug != "part02"]
    assert {each.status for each in others} == {Status.SUCCEEDED}, context.run.document.failures


@then("each leaf settled once")
def _(context: Context) -> None:
    run = context.run.journal
    assert run.dropped == 0, run.dropped
    assert run.running == 0
    assert all(state.settled for state in run.leaves.values())


@then('the run says that "{text}"')
def _(context: Context, text: str) -> None:
    assert text in context.run.document.stop_reason, context.run.document.stop_reason
    assert text in context.run.stop.fault
    statuses = {each.status for each in context.run.document.subplans}
    assert statuses <= {"succeeded", "cancelled", "skipped", "error"}, statuses
    assert "cancelled" in statuses


@when("it goes on in threads")
def _(context: Context) -> None:
    context.run.resume()


@then("{count:d} leaves were stopped where they ran, the others cancelled")
def _(context: Context, count: int) -> None:
    subplans = context.run.document.subplans
    assert {each.status for each in subplans} == {Status.CANCELLED}, subplans
    ends = [state.attempts[-1].ended for state in context.run.journal.leaves.values() if state.attempts]
    assert [(end.status, end.signal) for end in ends] == [(Status.CANCELLED, 15)] * count, ends


@then("the leaves that ran were cancelled")
def _(context: Context) -> None:
    assert {each.status for each in context.run.document.subplans} == {Status.CANCELLED}


@then("no command is left")
def _(context: Context) -> None:
    driver.until(lambda: not _sleepers(context))


@given("measuring is for {name}")
def _(context: Context, name: str) -> None:
    context.bench_worker = "" if name == "nobody" else name


@when("candidates `{line}` run there with")
def _(context: Context, line: str) -> None:
    rows = {row["option"]: row["value"] for row in context.table.rows}
    quest = {name: int(rows[name]) for name in ("loop", "concurrency") if name in rows}
    quest |= {name: rows[name] for name in ("select", "bench") if name in rows}
    quest |= {"on_error": "collect", "profile": "profile" in rows}
    validators = tuple(rows[name] for name in rows if name == "validate")
    options = {"validators": validators, "passed": ("HOME",), "scope": "off"}
    bench_worker = getattr(context, "bench_worker", "")
    crew = crews.Crew(*context.workers)
    context.run = crews.Expedition(
        context.root, crew, crews.words(line), options, quest, isolation=context.isolation, bench_worker=bench_worker
    )
    context.run.run()
    assert context.run.error is None, repr(context.run.error)


@then("every leaf was accepted at its second attempt, told what was wrong")
def _(context: Context) -> None:
    for each in context.run.document.subplans:
        assert [attempt.attempt for attempt in each.attempts] == [1, 2], each
        assert each.status == Status.SUCCEEDED, each
        assert each.attempts[0].verdicts[0]["reason"] == "validator_failed", each.attempts[0]


@then("the validator ran once for each leaf")
def _(context: Context) -> None:
    (leaf,) = context.run.document.subplans
    assert (leaf.status, len(leaf.attempts)) == (Status.FAILED, 3), leaf
    assert len(list((context.run.directory.path / "logs").glob("*.validate1.log"))) == 1


@then("every measurement was made by {worker}")
def _(context: Context, worker: str) -> None:
    assert Status.SUCCEEDED in {each.status for each in context.run.document.subplans}, context.run.document.failures
    placed = [name for name, _, kind in context.run.crew.sent if kind in ("measure", "profile")]
    assert placed, context.run.crew.sent
    assert set(placed) == {worker}, placed
    assert list((context.run.directory.path / "logs").glob("*.profile.log"))


@then("any errand, patch and answer travel unharmed, whatever their names hold")
def _(context: Context) -> None:
    wiring.check_travel()


@when("a worker gets a message that {kind}")
def _(context: Context, kind: str) -> None:
    crews.settle(context)
    driver.write_tree(context.root, {"a.txt": "a\n"})
    driver.commit_all(context.root)
    context.answer = wiring.answer_to(kind, context.root)


@then('it refuses it: "{why}"')
def _(context: Context, why: str) -> None:
    assert context.answer.kind == ("unfit" if "schema" in why or "version" in why else "refused"), context.answer
    assert why in context.answer.error, context.answer.error


@then("an answer of another schema, or with a verdict that is none, is refused")
def _(context: Context) -> None:
    wiring.check_foreign_answers()


@then("of an answer's files only its own logs and leavings are kept")
def _(context: Context) -> None:
    wiring.check_kept(context.folder)


@given("a copy of the repository at a URL")
def _(context: Context) -> None:
    copy = context.folder / "elsewhere.git"
    driver.git(context.root, "clone", "-q", "--bare", str(context.root), str(copy))
    context.url = copy.as_uri()


@when("the command `{line}` runs on them, with the base from there")
def _(context: Context, line: str) -> None:
    _go(context, line, base_url=context.url)


@when("the tree has {what}, and the command `true` runs on them, with the base from there")
def _(context: Context, what: str) -> None:
    (context.root / "part00/f00.txt").write_text("changed\n")
    if what.startswith("a commit"):
        driver.commit_all(context.root)
    context.run = crews.Expedition(context.root, crews.Crew(*context.workers), ("true",), base_url=context.url)
    context.run.run()


@when("the tree has changes that nobody committed, and `true` runs from the last commit, with the base from there")
def _(context: Context) -> None:
    (context.root / "part00/f00.txt").write_text("changed\n")
    _go(context, "true", base_url=context.url, ref="HEAD")


@then("no base came through the engine")
def _(context: Context) -> None:
    asked = {function for _, function in context.run.crew.asked}
    assert asked.isdisjoint({"take_piece", "arrived"}), asked
    assert not list((crews.git.state_dir() / "runs").glob("*/base.pack"))


@then('it is refused: "{text}"')
def _(context: Context, text: str) -> None:
    assert isinstance(context.run.error, UsageError), repr(context.run.error)
    assert text in str(context.run.error)


@then("a worker that is told to fetch from a command runs nothing")
def _(context: Context) -> None:
    crews.settle(context)
    driver.write_tree(context.root, {"a.txt": "a\n"})
    driver.commit_all(context.root)
    wiring.check_hostile_url(context.root)


@given("answers that bring at most {size:d} bytes of files")
def _(context: Context, size: int) -> None:
    crews.smaller(context, station, "MAX_OUT", size)


@then("no log came")
def _(context: Context) -> None:
    assert list((context.run.directory.path / "logs").iterdir()) == []


@then("who waits for a place is told that the roster was closed, or that the worker was lost")
def _(context: Context) -> None:
    crews.settle(context)
    wiring.check_roster()


@then("who works alone gets an empty worker, and nobody beside it")
def _(context: Context) -> None:
    crews.settle(context)
    wiring.check_alone()


@then("a member takes more errands than it has places while they are quick")
def _(context: Context) -> None:
    crews.settle(context)
    wiring.check_quick()


@then("errands that wait share a message, and each has its own answer")
def _(context: Context) -> None:
    del context
    wiring.check_chunks()


@then("a leaf that was stopped, or is not wanted any more, does not begin")
def _(context: Context) -> None:
    wiring.check_not_begun(context.root)


@then("what Dask says is taken for what it is")
def _(context: Context) -> None:
    wiring.check_dask()


@then("a worker of another version or another Python is refused by both names")
def _(context: Context) -> None:
    wiring.check_handshake()
