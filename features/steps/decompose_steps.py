"""Trees of files, decomposed without a disk."""

import os
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace

from behave import given, then, when
from behave.runner import Context

from autonomy.errors import AutonomyError
from autonomy.model import Limits, Workset
from features import driver
from features.drivers import planning, properties

_LIMIT = re.compile(r"(max_files|max_tokens|min_files|max_depth|max_parallel) (\d+)")


def add(context: Context, paths: Sequence[str]) -> None:
    if not hasattr(context, "paths"):
        context.paths, context.tokens, context.ties = [], {}, []
    context.paths.extend(paths)


@given('{count:d} files in each of "{directories}"')
def _(context: Context, count: int, directories: str) -> None:
    for directory in directories.split(", "):
        add(context, [f"{directory}/f{number:04}" for number in range(count)])


@given('the file "{path}"')
def _(context: Context, path: str) -> None:
    add(context, [path])


@given("{count:d} files in a directory {levels:d} levels deep")
def _(context: Context, count: int, levels: int) -> None:
    add(context, [f"{'d/' * levels}f{number:04}" for number in range(count)])


@given("the files")
def _(context: Context) -> None:
    rows = context.table.rows
    add(context, [row["path"] for row in rows])
    if "tokens" in context.table.headings:
        context.tokens = {row["path"]: int(row["tokens"]) for row in rows}
    if "refers to" in context.table.headings:
        pairs = ((row["path"], target) for row in rows for target in row["refers to"].split(", "))
        context.ties = [(path, target) for path, target in pairs if target]


@given("{levels}, {count:d} files each")
def _(context: Context, levels: str, count: int) -> None:
    """`3 directories in 4 directories`: four directories with three each."""
    prefixes = [""]
    for number in reversed([int(word) for word in re.findall(r"\d+", levels)]):
        prefixes = [f"{prefix}d{place}/" for prefix in prefixes for place in range(number)]
    add(context, [f"{prefix}f{number:04}" for prefix in prefixes for number in range(count)])


def _limits(words: str) -> Limits:
    return replace(Limits(), **{name: int(number) for name, number in _LIMIT.findall(words)})


def _decompose(context: Context, words: str, strategy: str = "directory") -> None:
    context.graph = planning.graph_of(context.paths, context.tokens, context.ties)
    context.limits = _limits(words)
    context.tree = planning.tree_of(context.graph, context.limits, strategy)


@when("it is decomposed with {words}")
def _(context: Context, words: str) -> None:
    _decompose(context, words)


@when("it is decomposed by {strategy} with {words}")
def _(context: Context, strategy: str, words: str) -> None:
    _decompose(context, words, strategy)


SPLITTERS: dict[str, Callable[[Workset], Sequence[Sequence[int]]]] = {
    "loses the last file": lambda workset: [workset.files[:20], workset.files[20:-1]],
    "gives the first file twice": lambda workset: [workset.files[:20], [*workset.files[20:], workset.files[0]]],
    "gives everything back": lambda workset: [workset.files],
    "takes one file away at a time": lambda workset: [workset.files[:-1], workset.files[-1:]],
}


@when("it is decomposed by a splitter that {does}")
def _(context: Context, does: str) -> None:
    context.graph = planning.graph_of(context.paths)
    try:
        context.tree = planning.split_by(context.graph, Limits(max_files=25, max_parallel=1), SPLITTERS[does])
    except AutonomyError as error:
        context.error = str(error)


@when("Hypothesis draws trees, references and limits for the strategy {strategy}")
def _(context: Context, strategy: str) -> None:
    context.property = lambda: properties.decomposition(strategy)


@then("each plan partitions its files, keeps its bounds and its shape")
def _(context: Context) -> None:
    context.property()


@then('decomposing fails with "{text}"')
def _(context: Context, text: str) -> None:
    assert context.error.startswith(text), context.error


@then("every node but the root is the child of exactly one node")
def _(context: Context) -> None:
    nodes = planning.nodes_of(context.graph, context.tree)
    named = [child for node in nodes for child in node.children]
    assert sorted(named) == sorted(node.id for node in nodes[1:])
    parents = {child: node.id for node in nodes for child in node.children}
    assert all(node.parent == parents.get(node.id) for node in nodes)


@then("the leaves hold each file exactly once")
def _(context: Context) -> None:
    held = [path for node in planning.nodes_of(context.graph, context.tree) for path in node.files]
    assert sorted(held) == sorted(context.paths)


@then('the reasons of the leaves are "{reasons}"')
def _(context: Context, reasons: str) -> None:
    found = ", ".join(str(leaf.reason) for leaf in context.tree.leaves)
    assert found == reasons, found


@then('the names of the leaves are "{names}"')
def _(context: Context, names: str) -> None:
    nodes = planning.nodes_of(context.graph, context.tree)
    found = ", ".join(node.slug for node in nodes if node.is_leaf)
    assert found == names, found


def _depth(context: Context) -> int:
    return max(node.depth for node in planning.nodes_of(context.graph, context.tree))


@then("the tree is {depth:d} deep")
def _(context: Context, depth: int) -> None:
    assert _depth(context) == depth, _depth(context)


@then("the tree is at most {depth:d} deep")
def _(context: Context, depth: int) -> None:
    assert _depth(context) <= depth, _depth(context)


@then("the tree is at least {depth:d} deep")
def _(context: Context, depth: int) -> None:
    assert _depth(context) >= depth, _depth(context)


@then("there are {count:d} leaves")
def _(context: Context, count: int) -> None:
    assert len(context.tree.leaves) == count, len(context.tree.leaves)


@then("there are at least {count:d} leaves")
def _(context: Context, count: int) -> None:
    assert len(context.tree.leaves) >= count, len(context.tree.leaves)


@then("no leaf has more than {count:d} files")
def _(context: Context, count: int) -> None:
    assert max(len(leaf.files) for leaf in context.tree.leaves) <= count


@then("the edge cut is {share:g}")
def _(context: Context, share: float) -> None:
    found = planning.edge_cut(context.graph, context.tree)
    assert found == share, found


@then("a random split of the same sizes would cut {share:g}")
def _(context: Context, share: float) -> None:
    found = planning.random_cut(context.tree)
    assert abs(found - share) < 1e-9, found


@then("at least {count:d} leaves are needed")
def _(context: Context, count: int) -> None:
    assert planning.leaf_bound(context.graph, context.limits) == count
    assert len(context.tree.leaves) >= count


@then("every name is unique, at most 64 signs long, and plain")
def _(context: Context) -> None:
    slugs = [node.slug for node in planning.nodes_of(context.graph, context.tree)]
    assert len({slug.casefold() for slug in slugs}) == len(slugs)
    assert all(re.fullmatch(r"[A-Za-z0-9._+~-]{1,64}", slug) for slug in slugs), slugs


@when("it is planned here, and in another directory, locale, time zone and hash seed, made in another order")
def _(context: Context) -> None:
    here, there = context.root, context.folder / "elsewhere" / "deep" / "down"
    content = {path: f"content of {path}\n" * 40 for path in context.paths}
    driver.write_tree(here, content)
    driver.write_tree(there, dict(reversed(content.items())))
    context.plans = []
    for root, env in (
        (here, {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "UTC"}),
        (there, {"PYTHONHASHSEED": "2", "LC_ALL": "C.UTF-8", "TZ": "Asia/Tokyo"}),
        (there, {"PYTHONHASHSEED": "3", "PYTHONUTF8": "1"}),
    ):
        ended = driver.autonomy(["plan", str(root), "--plan-only", "--json", "-q"], context.folder, env)
        assert ended.status == 0, ended.err
        context.plans.append(ended.out)
        shutil.rmtree(root / ".autonomy", ignore_errors=True)


@then("the plans are the same to the byte")
def _(context: Context) -> None:
    assert len(context.plans) == 3
    assert len(set(context.plans)) == 1
    assert str(context.folder) not in context.plans[0]


@when('a file of "{directory}" is edited and it is planned again')
def _(context: Context, directory: str) -> None:
    driver.write_tree(context.root, {path: f"content of {path}\n" * 40 for path in context.paths})
    context.before = driver.plan(context.root)
    context.edited = f"{directory}/f0003"
    text = (context.root / context.edited).read_text()
    (context.root / context.edited).write_text(text[:-2] + "!" + text[-1])
    os.utime(context.root / context.edited, (1, 1))
    context.after = driver.plan(context.root)


@then("every id stays")
def _(context: Context) -> None:
    assert [node["id"] for node in context.before["nodes"]] == [node["id"] for node in context.after["nodes"]]


@then("exactly the digests from the leaf of that file up to the root change")
def _(context: Context) -> None:
    pairs = zip(context.before["nodes"], context.after["nodes"], strict=True)
    changed = {new["id"] for old, new in pairs if old["digest"] != new["digest"]}
    known = {node["id"]: node for node in context.after["nodes"]}
    node = next(node for node in context.after["nodes"] if context.edited in node["files"])
    way = set()
    while node:
        way.add(node["id"])
        node = known.get(node["parent"])
    assert changed == way


@when("{strategy} is asked to split {count:d} files into leaves of at most {most:d}")
def _(context: Context, strategy: str, count: int, most: int) -> None:
    context.parts = planning.parts_of(strategy, count, most)


@then('its parts hold "{sizes}" files')
def _(context: Context, sizes: str) -> None:
    assert " ".join(str(len(part)) for part in context.parts) == sizes, context.parts


@then('its parts hold "" files')
def _(context: Context) -> None:
    assert context.parts == [], context.parts


@when('worksets of these files are named: "{worksets}"')
def _(context: Context, worksets: str) -> None:
    found = [[tuple(each.rsplit(":", 1)) for each in re.findall(r"\S.*?:\d", files)] for files in worksets.split(";")]
    context.names = planning.names([[(path, int(tokens)) for path, tokens in files] for files in found])


@then('the last one is called "{name}"')
def _(context: Context, name: str) -> None:
    assert context.names[-1] == name, context.names
