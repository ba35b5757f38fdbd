"""Plan files as somebody's editor leaves them."""

import json
import os
from base64 import b64decode
from collections.abc import Callable, Sequence
from typing import Any

from behave import given, then, when
from behave.runner import Context

from features import driver
from features.drivers import planning

NOBODY = "0" * 16
Nodes = Sequence[dict[str, Any]]


def _swap(nodes: Nodes) -> None:
    nodes[1], nodes[2] = nodes[2], nodes[1]  # type: ignore[index]


def _has_one_child(nodes: Nodes) -> None:
    nodes[0]["children"] = nodes[0]["children"][:1]


def _one_more(node: dict[str, Any]) -> None:
    node["file_count"] += 1


NODES: dict[str, Callable[[Nodes], object]] = {
    "two nodes share an id": lambda nodes: nodes[1].update(id=nodes[2]["id"]),
    "two leaves change places": _swap,
    "a node is its own child": lambda nodes: nodes[0].update(children=[nodes[0]["id"], nodes[1]["id"]]),
    "an inner node holds a file": lambda nodes: nodes[0].update(files=["d"]),
    "an inner node names one child twice": lambda nodes: nodes[0].update(children=[nodes[1]["id"]] * 2),
    "an inner node has one child": _has_one_child,
    "a child names no parent": lambda nodes: nodes[1].update(parent=None),
    "a file is counted twice": lambda nodes: (nodes[1].update(file_count=2), _one_more(nodes[0])),
    "a file has another name": lambda nodes: nodes[1].update(files=["d"]),
    "a path is half a sign": lambda nodes: nodes[1].update(files=["a\ud800b"]),
    "a node stands deeper than it is": lambda nodes: nodes[1].update(depth=40),
    "the root has a parent": lambda nodes: nodes[0].update(parent=NOBODY),
    "the root counts too many files": lambda nodes: nodes[0].update(file_count=99),
    "a path in base64 is none": lambda nodes: nodes[1].update(files=[{"path": "d", "path_b64": "?"}]),
}


CONFIGS: dict[str, dict[str, object]] = {
    "a key of its configuration is unknown": {"command": "rm"},
    "a number of its configuration is too big": {"max_parallel": 257},
    "a number of its configuration is a text": {"max_files": "64"},
    "a number of its configuration is a bool": {"max_files": True},
}
FILES = {
    "a path has two slashes": ["b//file"],
    "a path stands in two leaves": ["a/file", "b/file"],
    "a path is outside of the root": ["/etc/passwd"],
}
"""What the second leaf holds instead, under the id that belongs to it."""


def _refiled(text: str, files: Sequence[str]) -> str:
    node = json.loads(text)["nodes"][2]
    document = json.loads(text.replace(node["id"], planning.id_of(files)))
    document["nodes"][2].update(files=files, file_count=len(files))
    document["nodes"][0]["file_count"] += len(files) - node["file_count"]
    return json.dumps(document)


def _edited(document: dict[str, Any], what: str) -> None:
    root, first, second = (node["id"] for node in document["nodes"][:3])
    waits = {
        "a leaf waits for nobody's leaf": {first: [NOBODY]},
        "a leaf waits for an inner node": {first: [root]},
        "two leaves wait for each other": {first: [second], second: [first]},
    }
    if what in waits:
        document["waits_for"] = waits[what]
    elif what == "its schema is of tomorrow":
        document["schema"] = "autonomy.plan/v9"
    elif what == "a skipped path is outside of the root":
        document["skipped"] = [{"path": "../x", "reason": "link"}]
    elif what in CONFIGS:
        document["config"] = CONFIGS[what]
    else:
        NODES[what](document["nodes"])


@given('a plan file of the leaves "{names}"')
def _(context: Context, names: str) -> None:
    plan = planning.flat_plan({name: [] for name in names.split(", ")})
    driver.write_tree(context.root, {"plan.json": planning.plan_text(plan)})


@when("it is edited by hand: {what}")
def _(context: Context, what: str) -> None:
    path = context.root / "plan.json"
    if what in FILES:
        path.write_text(_refiled(path.read_text(), FILES[what]))
        return
    document = json.loads(path.read_text())
    _edited(document, what)
    path.write_text(json.dumps(document))


@given("a repository with a file and a link whose names are no UTF-8")
def _(context: Context) -> None:
    root = os.fsencode(context.root)
    with open(root + b"/caf\xe9", "wb") as file:
        file.write(b"x\n")
    os.symlink(b"nowhere", root + b"/th\xe9")
    driver.commit_all(context.root)


@then("the plan file spells both names in base64 and for reading")
def _(context: Context) -> None:
    document = json.loads((context.root / ".autonomy" / "plan.json").read_bytes())
    (file,) = document["nodes"][0]["files"]
    (skipped,) = document["skipped"]
    assert [b64decode(each["path_b64"]) for each in (file, skipped)] == [b"caf\xe9", b"th\xe9"], document
    assert [each["path"] for each in (file, skipped)] == ["caf\ufffd", "th\ufffd"], document


@then('it prints one line, of "{text}"')
def _(context: Context, text: str) -> None:
    assert context.ended.out.count("\n") == 1, context.ended.out
    assert text in context.ended.out, context.ended.out
