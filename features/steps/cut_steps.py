"""The cut by the default splitter: signals, caps, pins, stability."""

import re
from dataclasses import replace
from itertools import pairwise

from behave import given, then, when
from behave.runner import Context

from autonomy.errors import AutonomyError
from autonomy.model import Limits
from features.drivers import cut_laws, cutting, locking, planning
from features.steps.decompose_steps import add

ROOMY = Limits(max_files=1000, max_tokens=1000, min_files=1, max_depth=64, max_parallel=1)


@given('the files "{paths}"')
def _(context: Context, paths: str) -> None:
    add(context, paths.split(", "))


@given('"{source}" refers to "{target}"')
def _(context: Context, source: str, target: str) -> None:
    context.ties.append((source, target))


@given("they changed together")
def _(context: Context) -> None:
    context.commits = [row["commit"].split(", ") for row in context.table]


@given("{count:d} files of {tokens:d} tokens in a chain of references")
def _(context: Context, count: int, tokens: int) -> None:
    paths = [f"d{number % 7}/f{number:04}" for number in range(count)]
    add(context, paths)
    context.tokens = dict.fromkeys(paths, tokens)
    context.ties = list(pairwise(paths))


@given("{count:d} files of {tokens:d} tokens in threes that refer to each other")
def _(context: Context, count: int, tokens: int) -> None:
    paths = [f"{'abc'[number % 3]}/f{number:04}" for number in range(count)]
    add(context, paths)
    context.tokens = dict.fromkeys(paths, tokens)
    threes = [paths[start : start + 3] for start in range(0, count, 3)]
    context.ties = [(one, other) for three in threes for one in three for other in three if one != other]


@given('they were cut into "{first}" and "{second}"')
def _(context: Context, first: str, second: str) -> None:
    context.before = [first.split(" "), second.split(" ")]
    context.limits, context.renames = replace(ROOMY, max_files=3), {}


@given("the pins")
def _(context: Context) -> None:
    context.pins = [(row["rule"], row["globs"].split(", ")) for row in context.table]


@given('"{first}" and "{second}" have an owner each')
def _(context: Context, first: str, second: str) -> None:
    context.owners = [tuple(f"{directory}/" for directory in owned.split(", ")) for owned in (first, second)]


def _graph(context: Context) -> cutting.Graph:
    tokens = context.tokens or dict.fromkeys(context.paths, 1)
    return planning.graph_of(context.paths, tokens, context.ties, getattr(context, "commits", ()))


def _cut(context: Context, most: int, **changes: object) -> None:
    context.graph = _graph(context)
    context.limits = replace(ROOMY, max_files=most, **changes)
    context.leaves = cutting.leaves_of(context.graph, context.limits)


@when("it is cut into leaves of at most {most:d} files")
def _(context: Context, most: int) -> None:
    _cut(context, most)


@when("it is cut into leaves of at most {most:d} files, with {signal} {weight:g}")
def _(context: Context, most: int, signal: str, weight: float) -> None:
    _cut(context, most, weights={signal: weight})


@when("it is cut by them into leaves of at most {most:d} files")
def _(context: Context, most: int) -> None:
    context.graph = _graph(context)
    context.limits = replace(ROOMY, max_files=most)
    try:
        rules = cutting.rules_of(context.graph, getattr(context, "pins", ()))
        owners = getattr(context, "owners", ())
        owned = [[row for row, path in enumerate(context.graph.paths) if path.startswith(each)] for each in owners]
        context.leaves = cutting.leaves_of(context.graph, context.limits, replace(rules, owners=owned))
    except AutonomyError as error:
        context.error = str(error)


@when("the owners are read")
def _(context: Context) -> None:
    context.groups = cutting.owned(_graph(context), context.text)


@then('the leaves are "{leaves}"')
def _(context: Context, leaves: str) -> None:
    found = ", ".join(" ".join(leaf) for leaf in context.leaves)
    assert found == leaves, found


@then('a leaf is "{paths}"')
def _(context: Context, paths: str) -> None:
    assert paths.split(" ") in context.leaves, context.leaves


@then('"{path}" and "{other}" share a leaf')
def _(context: Context, path: str, other: str) -> None:
    assert any({path, other} <= set(leaf) for leaf in context.leaves), context.leaves


@then('"{path}" and "{other}" share no leaf')
def _(context: Context, path: str, other: str) -> None:
    assert not any({path, other} <= set(leaf) for leaf in context.leaves), context.leaves


@then('cutting fails with "{text}"')
def _(context: Context, text: str) -> None:
    assert context.error == text, context.error


@then('the groups of owners are "{groups}"')
def _(context: Context, groups: str) -> None:
    found = "; ".join(" ".join(group) for group in context.groups)
    assert found == groups, found


@then("no leaf is over a cap")
def _(context: Context) -> None:
    for leaf in context.leaves:
        assert len(leaf) <= context.limits.max_files, leaf
        assert sum(context.tokens.get(path, 1) for path in leaf) <= context.limits.max_tokens, leaf


@then("there are at most {count:d} leaves")
def _(context: Context, count: int) -> None:
    assert len(context.leaves) <= count, len(context.leaves)


@then("every directory lies in one leaf")
def _(context: Context) -> None:
    holders: dict[str, set[int]] = {}
    for number, leaf in enumerate(context.leaves):
        for path in leaf:
            holders.setdefault(path.partition("/")[0], set()).add(number)
    assert all(len(leaves) == 1 for leaves in holders.values()), context.leaves


@then('the subplans above the leaves are "{names}"')
def _(context: Context, names: str) -> None:
    nodes = planning.nodes_of(context.graph, context.tree)
    found = ", ".join(sorted(node.slug for node in nodes if not node.is_leaf and node.parent))
    assert found == names, found


@when("Hypothesis draws graphs with history, and cuts them")
def _(context: Context) -> None:
    context.law = cut_laws.fresh


@then("each cut keeps its caps, holds each file once, and is the same from files listed the other way round")
@then("each cut keeps its caps, holds each file once, and without a change moves nothing")
@then("each cut keeps its caps, holds each file once, and obeys its pins")
@then("each order is acyclic, waits only for what is referred to, tells its honoured share, and feeds its workers")
def _(context: Context) -> None:
    context.law()


@when("Hypothesis draws a graph, cuts it, changes files and limits, and cuts it again")
def _(context: Context) -> None:
    context.law = cut_laws.again


@when("Hypothesis draws graphs and pins, and cuts them, twice")
def _(context: Context) -> None:
    context.law = cut_laws.pinned


@when("Hypothesis draws leaves and references, and orders them")
def _(context: Context) -> None:
    context.law = cut_laws.ordered


@given("{count:d} files with references, cut into leaves of at most {most:d}")
def _(context: Context, count: int, most: int) -> None:
    paths = [f"{'abc'[number % 3]}/f{number:04}" for number in range(count)]
    add(context, paths)
    context.ties = [(path, paths[(7 * place + 3) % count]) for place, path in enumerate(paths) if place % 4]
    context.ties = [(source, target) for source, target in context.ties if source != target]
    context.renames = {}
    _cut(context, most)
    context.before = context.leaves


@given('{count:d} files in each of "{directories}", cut into leaves of at most {most:d}')
def _(context: Context, count: int, directories: str, most: int) -> None:
    paths = [f"{home}/{home[0]}{number:04}" for home in directories.split(", ") for number in range(count)]
    add(context, paths)
    context.ties = [(left, right) for left, right in pairwise(paths) if left[0] == right[0]]
    context.renames = {}
    _cut(context, most)
    context.before = context.leaves


def _cut_again(context: Context, most: int) -> None:
    context.graph = _graph(context)
    before = cutting.followed(context.before, context.graph, context.renames)
    context.leaves = cutting.leaves_of(context.graph, replace(ROOMY, max_files=most), before=before)
    context.moved = cutting.moved(context.before, context.leaves, context.renames)


@when("it is cut again from where it was")
def _(context: Context) -> None:
    _cut_again(context, context.limits.max_files)


@when("it is cut again from where it was, into leaves of at most {most:d}")
def _(context: Context, most: int) -> None:
    _cut_again(context, most)


@when('the file "{path}" is added and it is cut again from where it was')
def _(context: Context, path: str) -> None:
    add(context, [path])
    _cut_again(context, context.limits.max_files)


@when('"{path}" is renamed to "{other}" and it is cut again from where it was')
def _(context: Context, path: str, other: str) -> None:
    context.paths = [other if each == path else each for each in context.paths]
    context.ties = [tuple(other if each == path else each for each in tie) for tie in context.ties]
    context.renames = {path: other}
    _cut_again(context, context.limits.max_files)


@then("no file has moved")
def _(context: Context) -> None:
    assert not context.moved, context.moved


@then("at most {count:d} files have moved")
def _(context: Context, count: int) -> None:
    assert 0 < len(context.moved) <= count, context.moved


@then("the leaves are the same")
def _(context: Context) -> None:
    assert context.leaves == context.before


@then("all leaves but one are the same")
def _(context: Context) -> None:
    assert sum(leaf not in context.before for leaf in context.leaves) == 1


@then("no leaf has more than {count:d} of the files")
def _(context: Context, count: int) -> None:
    assert max(map(len, context.leaves)) <= count


@given('a plan of {count:d} leaves with a file named "{name}"')
def _(context: Context, count: int, name: str) -> None:
    named = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), name)
    context.plan = locking.plan_with(count, named)


@when("its lock is written and read")
def _(context: Context) -> None:
    context.places = locking.read(locking.write(context.plan))


@then("the lock names the leaf of every file")
def _(context: Context) -> None:
    held = {path: leaf.id for leaf in context.plan.leaves for path in leaf.files}
    assert context.places == held


@when('the lock "{text}" is read')
def _(context: Context, text: str) -> None:
    try:
        locking.read(text)
    except AutonomyError as error:
        context.error = str(error)


@then('reading it fails with "{text}"')
def _(context: Context, text: str) -> None:
    assert context.error.startswith(text), context.error
