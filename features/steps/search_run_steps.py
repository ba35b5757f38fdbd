"""Runs with candidates. Agents are small shell scripts; `$0` of each is the folder where they leave their notes."""

import os
import select
import threading

from behave import given, then, when
from behave.runner import Context

from features import driver
from features.drivers import leafsearching, slots

WAIT = 'echo here >"$0/here"; exec sleep 1000'


def agent(context: Context, script: str) -> None:
    context.notes = context.folder / "notes"
    context.notes.mkdir(exist_ok=True)
    context.campaign.command = ("sh", "-c", script, str(context.notes), "{files}")


@given('a project with the files "{names}"')
def _(context: Context, names: str) -> None:
    driver.write_tree(context.root, dict.fromkeys(names.split(", "), "line\n"))
    context.campaign = leafsearching.Campaign(context.root, context.folder)


@given("an agent that adds a line to each of its files")
def _(context: Context) -> None:
    told = 'echo "${AUTONOMY_FEEDBACK:-nothing}" >> "$0/$AUTONOMY_SUBPLAN_SLUG"'
    agent(context, f'{told}; for file; do echo "line $AUTONOMY_ATTEMPT" >> "$file"; done')
    context.lines = 1


@given("a validator that wants {lines:d} lines in each file of the leaf")
def _(context: Context, lines: int) -> None:
    least = f'for file; do test "$(wc -l < "$file")" -ge {lines} || exit 1; done'
    context.campaign.options["validators"] = (f"sh -c '{least}' sh {{files}}",)


@given('an agent that says "{text}" and fails, unless it is told so')
def _(context: Context, text: str) -> None:
    agent(context, f'case "$AUTONOMY_FEEDBACK" in *"{text}"*) ;; *) echo "{text}"; exit 1;; esac')


@given("an agent that writes its attempt and candidate and fails")
def _(context: Context) -> None:
    agent(context, 'echo "$AUTONOMY_ATTEMPT.$AUTONOMY_CANDIDATE" >> "$1"; exit 1')


@given("an agent that writes its attempt and candidate, and succeeds as candidate {number:d} only")
def _(context: Context, number: int) -> None:
    agent(context, f'echo "$AUTONOMY_CANDIDATE" >> "$1"; test "$AUTONOMY_CANDIDATE" = {number}')


@given('an agent that keeps its brief and fails, saying "{text}"')
def _(context: Context, text: str) -> None:
    agent(context, f'cat "$AUTONOMY_BRIEF" > "$0/$AUTONOMY_ATTEMPT"; echo "{text}"; exit 1')


@then("the brief of attempt {number:d} says nothing of what failed before")
def _(context: Context, number: int) -> None:
    assert "What failed before" not in (context.notes / str(number)).read_text()


@then('the brief of attempt {number:d} ends with "{text}"')
def _(context: Context, number: int, text: str) -> None:
    brief = (context.notes / str(number)).read_text()
    assert brief.rstrip().endswith(text), brief


@given("a dearer agent that succeeds")
def _(context: Context) -> None:
    context.campaign.quest["escalate"] = "sh -c 'echo dearer > \"$1\"' sh {files}"


@given("{places:d} places for commands")
def _(context: Context, places: int) -> None:
    context.campaign.max_parallel = places


@given("an agent of which only candidate {number:d} succeeds, when the others stand there and wait")
def _(context: Context, number: int) -> None:
    succeed = 'exec 3<>"$0/here"; read one <&3; read two <&3; exit 0'
    agent(context, f'if test "$AUTONOMY_CANDIDATE" = {number}; then {succeed}; else {WAIT}; fi')
    os.mkfifo(context.notes / "here")


@given("an agent that waits for its end")
def _(context: Context) -> None:
    agent(context, WAIT)
    os.mkfifo(context.notes / "here")


@given("an agent that always writes the same")
def _(context: Context) -> None:
    agent(context, 'echo same > "$1"')


@given("a validator that notes each time it is asked, and fails")
def _(context: Context) -> None:
    notes = context.notes / "asked"
    context.campaign.options["validators"] = (f"sh -c 'echo asked >> {notes}; exit 1'",)


@given("an agent whose backend is busy the first time")
def _(context: Context) -> None:
    agent(context, 'test -e "$0/been" || { touch "$0/been"; exit 75; }')


@given("a project of a slow program with two tests")
def _(context: Context) -> None:
    driver.write_tree(context.root, {f"a/{name}": text for name, text in slots.PROGRAM.items()})
    context.campaign = leafsearching.Campaign(context.root, context.folder, max_files=9)
    runner = context.folder / "runner.py"
    runner.write_text(slots.RUNNER)
    tests = f'cd a && {" ".join(slots.PYTHON)} {runner} && mv junit.xml "$AUTONOMY_OUT/junit.xml"'
    context.campaign.options["validators"] = (f"sh -c '{tests}'",)
    context.campaign.quest["bench"] = f"sh -c 'cd a && exec {' '.join(slots.PYTHON)} bench.py'"


@given("an agent whose candidates are slow, twice as fast, and fast without a test")
def _(context: Context) -> None:
    names = ("identical", "twice as fast", "half the tests deleted")
    for number, name in enumerate(names, 1):
        edits = {f"{number}/{path}": text for path, text in slots.CANDIDATES[name]}
        driver.write_tree(context.folder / "notes", edits)
    agent(context, 'cp "$0/$AUTONOMY_CANDIDATE"/* a/')


@when("it is run with {steps:d} steps by {width:d} candidates")
def _(context: Context, steps: int, width: int) -> None:
    run(context, loop=steps, concurrency=width)


@when('it is run with {steps:d} steps by {width:d} candidates, by the strategy "{name}"')
def _(context: Context, steps: int, width: int, name: str) -> None:
    run(context, loop=steps, concurrency=width, strategy=name)


@when("it is run with {steps:d} steps by {width:d} candidates, deterministically")
def _(context: Context, steps: int, width: int) -> None:
    run(context, loop=steps, concurrency=width, deterministic=True)


@when("it is run for the best of {width:d} candidates")
def _(context: Context, width: int) -> None:
    run(context, concurrency=width, select="best", same_output=True, on_error="collect")


@when('it is run with {steps:d} steps by 1 candidates, selecting "{select}" by the benchmark "{bench}"')
def _(context: Context, steps: int, select: str, bench: str) -> None:
    run(context, loop=steps, select=select, bench=bench)


@when('it is run with {steps:d} steps by 1 candidates, selecting "{select}" by the benchmark ""')
def _(context: Context, steps: int, select: str) -> None:
    run(context, loop=steps, select=select)


@when("the gate is proved and it is run")
def _(context: Context) -> None:
    context.campaign.prove_gate = True
    run(context)


@when("it is run with {steps:d} steps by {width:d} candidates, and stopped when {count:d} wait")
def _(context: Context, steps: int, width: int, count: int) -> None:
    waiting = threading.Thread(target=run, args=(context,), kwargs={"loop": steps, "concurrency": width}, daemon=True)
    here = os.open(context.notes / "here", os.O_RDWR | os.O_NONBLOCK)
    context.add_cleanup(os.close, here)
    waiting.start()
    said = b""
    while said.count(b"\n") < count:
        driver.until(lambda: select.select([here], [], [], 0)[0] or not waiting.is_alive())
        assert waiting.is_alive(), f"the run has ended when only {said!r} had come"
        said += os.read(here, 4096)
    context.campaign.stop()
    waiting.join(driver.HANG_SECONDS)
    assert not waiting.is_alive(), "the run does not end"


def run(context: Context, **quest: object) -> None:
    context.campaign.quest |= quest
    context.campaign.run()


@then("all {count:d} leaves {end}, each with {attempts:d} attempts")
def _(context: Context, count: int, end: str, attempts: int) -> None:
    found = [(each["status"], len(each["attempts"])) for each in context.campaign.report["subplans"]]
    assert found == [({"succeed": "succeeded", "fail": "failed"}[end], attempts)] * count, context.campaign.report


@then('each attempt but the last complains of "{complaint}"')
def _(context: Context, complaint: str) -> None:
    for each in context.campaign.report["subplans"]:
        *failed, last = [[verdict["message"] for verdict in tried["verdicts"]] for tried in each["attempts"]]
        assert all(complaint in messages[0] for messages in failed), failed
        assert last == [""], last


@then('the attempts were told nothing, "{second}", "{third}"')
def _(context: Context, second: str, third: str) -> None:
    for note in sorted(context.notes.iterdir()):
        told = note.read_text().splitlines()
        assert told[0] == "nothing", told
        assert second in told[1], told
        assert third in told[2], told


@then("the accepted change has {lines:d} lines")
def _(context: Context, lines: int) -> None:
    assert context.campaign.accepted()
    for patch in context.campaign.accepted():
        assert [change.content.count(b"\n") for change in patch] == [lines], patch


@then("the attempts and candidates are 1 to {steps:d} and 1 to {width:d}, in order")
def _(context: Context, steps: int, width: int) -> None:
    found = [(each["attempt"], each["candidate"]) for each in context.campaign.report["subplans"][0]["attempts"]]
    assert found == [(step, chain) for step in range(1, steps + 1) for chain in range(1, width + 1)], found


@then("at most {count:d} were under way at once")
def _(context: Context, count: int) -> None:
    assert context.campaign.report["peak_parallel"] == count, context.campaign.report["peak_parallel"]


@then("candidate {number:d} is accepted")
def _(context: Context, number: int) -> None:
    found = context.campaign.report["subplans"][0]
    assert (found["status"], found["accepted"]) == ("succeeded", number), context.campaign.report


@then("no failure is reported")
def _(context: Context) -> None:
    assert context.campaign.report["failures"] == [], context.campaign.report["failures"]


@then("the failures are of the candidates {numbers}")
def _(context: Context, numbers: str) -> None:
    found = [each["candidate"] for each in context.campaign.report["failures"]]
    assert found == [int(number) for number in numbers.split(", ")], context.campaign.report["failures"]


@then("the others are cancelled")
def _(context: Context) -> None:
    statuses = sorted(each["status"] for each in context.campaign.report["subplans"][0]["attempts"])
    assert statuses == ["cancelled", "cancelled", "succeeded"], statuses


@then("no slot is in use")
def _(context: Context) -> None:
    assert context.campaign.workspace.made > 0
    assert context.campaign.workspace.out == 0


@then("the validator was asked once")
def _(context: Context) -> None:
    assert (context.notes / "asked").read_text() == "asked\n"


@then('candidate {number:d} is rejected as "{reason}"')
def _(context: Context, number: int, reason: str) -> None:
    failed = {each["candidate"]: each["class"] for each in context.campaign.report["failures"]}
    assert failed[number] == reason, context.campaign.report


@then("the report holds the measurement of candidate {number:d}")
def _(context: Context, number: int) -> None:
    attempts = context.campaign.report["subplans"][0]["attempts"]
    bench = next(each["bench"] for each in attempts if each["candidate"] == number)
    assert bench["change"] == "faster", bench
    assert bench["low"] <= bench["speedup"] <= bench["high"], bench


@then('the run is refused, naming "{name}"')
def _(context: Context, name: str) -> None:
    error = context.campaign.error
    assert type(error).__name__ == "UsageError", context.campaign
    assert name in str(error), error


@then("the leaf is cancelled")
def _(context: Context) -> None:
    found = context.campaign.report["subplans"][0]
    assert found["status"] in ("cancelled", "queued"), found
    assert {each["status"] for each in found["attempts"]} == {"cancelled"}, found


def _waiting(context: Context) -> str:
    notes = context.notes
    if not (notes / "here").exists():
        os.mkfifo(notes / "here")
    return f'echo here >"{notes}/here"; exec sleep 1000'


@given("a validator that waits for its end")
def _(context: Context) -> None:
    context.campaign.options["validators"] = (f"sh -c '{_waiting(context)}'",)


@given("a validator that proves the gate that waits for its end")
def _(context: Context) -> None:
    context.campaign.options["validators"] = (f"sh -c '{_waiting(context)}'",)
    context.campaign.prove_gate = True


@given("a validator of the base's tests that waits for its end")
def _(context: Context) -> None:
    context.campaign.options["validators"] = (f"sh -c 'grep -q same a/one.txt && exit 0; {_waiting(context)}'",)
    context.campaign.quest |= {"select": "best", "bench": "true"}


@given("a benchmark that waits for its end")
def _(context: Context) -> None:
    context.campaign.quest |= {"select": "best", "bench": f"sh -c '{_waiting(context)}'"}


@given("a validator that makes a folder named like a report")
def _(context: Context) -> None:
    context.campaign.options["validators"] = ("sh -c 'mkdir \"$AUTONOMY_OUT/junit.xml\"'",)


@given("slots for which there is no room")
def _(context: Context) -> None:
    context.campaign.fault = "no room"


@when("it is run with {steps:d} steps by {width:d} candidates, collecting errors")
def _(context: Context, steps: int, width: int) -> None:
    run(context, loop=steps, concurrency=width, on_error="collect")


@then('the leaf ends as "{status}", naming "{text}"')
def _(context: Context, status: str, text: str) -> None:
    found = context.campaign.report["subplans"][0]
    assert found["status"] == status, context.campaign.report
    assert text in found["error"], found


@then("the leaf has not succeeded")
def _(context: Context) -> None:
    if context.campaign.document is None:
        assert type(context.campaign.error).__name__ == "Cancelled", context.campaign.error
    else:
        assert context.campaign.report["subplans"][0]["status"] in ("cancelled", "queued"), context.campaign.report


@then('the run ends with an error that names "{text}"')
def _(context: Context, text: str) -> None:
    assert type(context.campaign.error).__name__ == "EnvironmentFault", context.campaign
    assert text in str(context.campaign.error), context.campaign.error
