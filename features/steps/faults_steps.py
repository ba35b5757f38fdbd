"""Faults on a large scale: how many were tried, and that all of them ended as they should."""

from behave import then, when
from behave.runner import Context

from features.drivers import fuzzing, hostility, killing, matrix, powerloss, racing, soaking, stopping
from features.figures import record

SEED = 13187273


@when("each fault of the table meets a repository of six subplans")
def _(context: Context) -> None:
    if not matrix.is_possible():
        context.scenario.skip("a mount namespace needs root")
        return
    rows = [(row["fault"], row["line"], int(row["status"])) for row in context.table.rows]
    context.met = matrix.meet(context.folder, rows)


@then("each ended with its status, and none with a traceback")
def _(context: Context) -> None:
    _judge(context, "Faults that end with the exit code that says so", [each.wrong for each in context.met])


def _judge(context: Context, goal: str, cases: list[str]) -> None:
    """Count the cases, of which those that hold are empty, and fail where one does not hold."""
    wrong = [each for each in cases if each]
    record(context, goal, len(cases) - len(wrong), len(cases))
    assert not wrong, f"{len(wrong)} of {len(cases)}:\n" + "\n".join(wrong[:20])


@when("runs of real commands are killed with -9 at {times:d} random moments, in each isolation")
def _(context: Context, times: int) -> None:
    context.trials = killing.kill_at_random(context.folder, times, SEED)


@then("each is resumed plainly, without loss or repetition, and nothing had outlived it by a second")
def _(context: Context) -> None:
    amid = [each for each in context.trials if 0 < each.acknowledged < killing.LEAVES]
    assert len(amid) > len(context.trials) // 10, f"only {len(amid)} were killed among their leaves"
    wrong = [f"{each}" if each.wrong else "" for each in context.trials]
    _judge(context, "`kill -9` at random moments of a run: nothing lost, repeated or left running", wrong)


@when('the power is cut after every system call of a run of which "{mutant}"')
def _(context: Context, mutant: str) -> None:
    context.mutant = mutant
    context.cuts = powerloss.cut_everywhere(context.folder, 8, mutant)


@then("something acknowledged is gone")
def _(context: Context) -> None:
    lives = "" if context.cuts.wrong else context.mutant
    _judge(context, "Mutants of the program that lose something to a power cut: seen", [lives])


@when("{mutants:d} mutants of what the program reads are read")
def _(context: Context, mutants: int) -> None:
    context.fuzzed = fuzzing.fuzz(context.folder, mutants)


@then("each is read or refused")
def _(context: Context) -> None:
    assert all(each.refused > each.tried // 2 for each in context.fuzzed), context.fuzzed
    cases = [line for each in context.fuzzed for line in [*each.wrong, *[""] * (each.tried - len(each.wrong))]]
    _judge(context, "Spoilt plans, configurations, records and locks: read or refused", cases)


@when("every command of the program runs in repositories with every trap")
def _(context: Context) -> None:
    context.meetings = list(hostility.meet(context.folder))
    context.sprung = hostility.can_be_sprung(context.folder)


@then("every trap can be sprung, and none was")
def _(context: Context) -> None:
    assert {each.trap for each in context.meetings} == set(context.sprung)
    cases = [f"{each}" if each.sprung else "" for each in context.meetings]
    _judge(context, f"Commands in repositories with {hostility.vectors()} hostile settings: no foreign code", cases)


@when("runs end in 5 ways while their leaf has left processes behind in 8 ways")
def _(context: Context) -> None:
    context.stopped = list(stopping.stop_everything(context.folder))
    assert len(context.stopped) == 40


@then("nothing of any leaf is alive")
def _(context: Context) -> None:
    cases = [f"{each}" if each.alive else "" for each in context.stopped]
    _judge(context, "Ways to end x ways to leave a daemon behind: none alive", cases)


@when("{runners:d} runs start at once, {rounds:d} times")
def _(context: Context, runners: int, rounds: int) -> None:
    context.races = racing.race(context.folder, rounds, runners)


@then("one of them runs all leaves, and the other ends with 9")
def _(context: Context) -> None:
    cases = [
        "" if sorted(each.statuses) == [0, 9] and each.results == killing.LEAVES else f"{each}"
        for each in context.races
    ]
    _judge(context, "Two runs at once: one owner", cases)


@when("{threads:d} threads lease new slots at once, {rounds:d} times, in {kind:w}")
def _(context: Context, threads: int, rounds: int, kind: str) -> None:
    context.leases = threads * rounds
    context.wrong = racing.lease_at_once(context.folder, kind, rounds, threads)


@then("every leaf found its own tree")
def _(context: Context) -> None:
    cases = context.wrong + [""] * (context.leases - len(context.wrong))
    _judge(context, "Slots made by 25 threads at once", cases)


@when("searches of every shape of leaves, places, chains, steps and selection run at once")
def _(context: Context) -> None:
    context.searches = racing.search_at_once()


@then("all come to their end, within their bound")
def _(context: Context) -> None:
    _judge(context, "Shapes of concurrent searches: no deadlock", context.searches)


@when("a run has {leaves:d} leaves")
def _(context: Context, leaves: int) -> None:
    context.soaked = soaking.soak(context.folder, leaves)
    context.leaves = leaves


@then("all succeed in at most {most:d} MB, with {threads:d} threads at most and descriptors for its workers alone")
def _(context: Context, most: int, threads: int) -> None:
    soaked = context.soaked
    record(context, f"Leaves of one run in at most {most} MB", soaked.succeeded, context.leaves)
    assert soaked.succeeded == context.leaves, soaked
    assert soaked.peak <= most and soaked.threads <= threads, soaked
    most_held, left = soaked.descriptors
    # Per worker: a room (2), a log, a process, a pipe or two; what a thread keeps is closed with it.
    assert most_held <= soaked.before + 8 * soaking.PARALLEL and left <= soaked.before + soaking.PARALLEL, soaked
