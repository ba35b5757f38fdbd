"""The plan file, version 1: byte-identical JSON out, strictly checked JSON in."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autonomy.assemble import raw, subplan_id
from autonomy.config import Config
from autonomy.errors import UsageError
from autonomy.model import Plan, Reason, Skipped, Subplan, SubplanId

SCHEMA = "autonomy.plan/v1"
MAX_BYTES = 256 << 20
_CLOSED = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Count = Annotated[int, Field(ge=0, le=2**53)]


class RawPath(BaseModel):
    """A path that is not UTF-8: its bytes, and a lossy form to read."""

    model_config = _CLOSED

    path: str
    path_b64: str


class SkippedPath(BaseModel):
    model_config = _CLOSED

    path: str
    reason: str
    path_b64: str | None = None


class NodeDocument(BaseModel):
    model_config = _CLOSED

    id: Id
    slug: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._+~-]+$")]
    parent: Id | None
    depth: Annotated[int, Field(ge=0, le=64)]
    children: list[Id]
    files: list[str | RawPath]
    file_count: Count
    tokens: Count
    bytes: Count
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    splitter: str | None
    reason: Literal["fits", "min_files", "max_depth", "no_progress", "oversize_file"] | None


class PlanDocument(BaseModel):
    """What `autonomy schema plan` publishes."""

    model_config = _CLOSED | ConfigDict(populate_by_name=True)

    schema_: Annotated[Literal["autonomy.plan/v1"], Field(alias="schema")]
    revision: Annotated[str, Field(pattern=r"^[0-9a-f]{40,64}$")] | None
    config: dict[str, object]
    nodes: Annotated[list[NodeDocument], Field(min_length=1)]
    waits_for: dict[Id, list[Id]]
    metrics: dict[str, int | float]
    skipped: list[SkippedPath]


def dumps(plan: Plan) -> str:
    """UTF-8 JSON with sorted keys and a line per node; the same plan gives the same bytes anywhere."""
    document = {
        "schema": SCHEMA,
        "revision": plan.revision,
        "config": plan.config,
        "nodes": [_node(node) for node in plan.nodes],
        "waits_for": plan.waits_for,
        "metrics": plan.metrics,
        "skipped": [_skipped(each) for each in plan.skipped],
    }
    return "{\n" + ",\n".join(f"{_json(key)}: {_lines(value)}" for key, value in sorted(document.items())) + "\n}\n"


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(", ", ": "))


def _lines(value: object) -> str:
    """A list or a mapping with one item per line; anything else on one."""
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(map(_json, value)) + "\n]"
    if isinstance(value, Mapping) and value:
        return "{\n" + ",\n".join(f"{_json(key)}: {_json(value[key])}" for key in sorted(value)) + "\n}"
    return _json(value)


def _node(node: Subplan) -> dict[str, object]:
    fields: dict[str, object] = {name: getattr(node, name) for name in Subplan.__slots__}
    fields["files"] = [path if path.isprintable() or _is_text(path) else raw_path(path) for path in node.files]
    return fields


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def raw_path(path: str) -> dict[str, str]:
    """`path` for reading and `path_b64` for the bytes, for a name that is not UTF-8."""
    name = raw(path)
    return {"path": name.decode("utf-8", "replace"), "path_b64": b64encode(name).decode()}


def _skipped(skipped: Skipped) -> dict[str, str]:
    shown = {"path": skipped.path} if _is_text(skipped.path) else raw_path(skipped.path)
    return {**shown, "reason": skipped.reason}


def loads(data: bytes | str, origin: str = "plan") -> Plan:
    """Read a plan that anybody may have written.

    Raises:
        UsageError: not JSON, not this schema, a path outside of the root, or a tree that is no tree.
    """
    if len(data) > MAX_BYTES:
        raise UsageError(f"{origin}: larger than {MAX_BYTES >> 20} MiB; this is no plan of this program")
    try:
        text = data if isinstance(data, str) else data.decode()
        plan = _plan(PlanDocument.model_validate(json.loads(text, object_pairs_hook=_no_twins)))
    except ValidationError as error:
        raise UsageError(f"{origin}: not a valid plan: {_first_of(error)}") from None
    except RecursionError:
        raise UsageError(f"{origin}: not a valid plan: nested too deeply") from None
    except ValueError as error:
        raise UsageError(f"{origin}: not a valid plan: {error}") from None
    problem = first_problem(plan)
    if problem:
        raise UsageError(f"{origin}: not a valid plan: {problem}")
    return plan


def _first_of(error: ValidationError, *outer: str) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in (*outer, *first["loc"]))
    return f"{place}: {first['msg']}" if place else first["msg"]


def _no_twins(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return fields


def _plan(document: PlanDocument) -> Plan:
    nodes = tuple(
        Subplan(
            id=SubplanId(node.id), slug=node.slug, depth=node.depth, file_count=node.file_count, tokens=node.tokens,
            bytes=node.bytes, digest=node.digest, splitter=node.splitter,
            parent=None if node.parent is None else SubplanId(node.parent),
            children=tuple(SubplanId(child) for child in node.children),
            files=tuple(path if isinstance(path, str) else _from_b64(path.path_b64) for path in node.files),
            reason=None if node.reason is None else Reason(node.reason),
        )
        for node in document.nodes
    )  # fmt: skip
    waits_for: Mapping[SubplanId, tuple[SubplanId, ...]] = {
        SubplanId(leaf): tuple(SubplanId(before) for before in befores) for leaf, befores in document.waits_for.items()
    }
    skipped = tuple(
        Skipped(each.path if each.path_b64 is None else _from_b64(each.path_b64), each.reason)
        for each in document.skipped
    )
    return Plan(nodes, waits_for, document.metrics, document.revision, document.config, skipped)


def _from_b64(text: str) -> str:
    try:
        return b64decode(text, validate=True).decode("utf-8", "surrogateescape")
    except ValueError:
        raise ValueError(f"path_b64 {text!r} is not base64") from None


def first_problem(plan: Plan) -> str | None:
    """What is wrong with the plan, or None: a configuration that this program can go by, nodes in preorder, files
    only in leaves, each file once, ids true.
    """
    if problem := _config_problem(plan.config):
        return problem
    known = {node.id: node for node in plan.nodes}
    if len(known) < len(plan.nodes):
        return "two nodes share an id"
    seen: set[str] = set()
    for node in plan.nodes:
        if problem := _path_problem(node, seen) or _node_problem(node, known):
            return f"node {node.id}: {problem}"
    if _walk(plan.root, known) != [node.id for node in plan.nodes]:
        return "the nodes are no tree in preorder"
    for leaf, befores in plan.waits_for.items():
        for each in (leaf, *befores):
            if each not in known or known[each].children:
                return f"waits_for names {each}, which is no leaf"
    return next((f"skipped: {each.path!r} {_OUTSIDE}" for each in plan.skipped if not _is_inside(each.path)), None)


def _config_problem(config: Mapping[str, object]) -> str | None:
    try:
        Config.model_validate_json(json.dumps(config), strict=True)
    except ValidationError as error:
        return _first_of(error, "config")
    return None


def _node_problem(node: Subplan, known: Mapping[SubplanId, Subplan]) -> str | None:
    if node.children and node.files:
        return "an inner node holds files"
    if node.children and (len(node.children) < 2 or len(set(node.children)) < len(node.children)):
        return "an inner node needs two different children or more"
    if node.parent is not None and node.parent not in known:
        return "its parent is no node"
    if any(child not in known or known[child].parent != node.id for child in node.children):
        return "a child does not name it as its parent"
    if node.children and node.file_count != sum(known[child].file_count for child in node.children):
        return "file_count is not the sum of its children's"
    if node.depth != (0 if node.parent is None else known[node.parent].depth + 1):
        return "its depth is not one more than its parent's"
    if node.is_leaf and node.file_count != len(node.files):
        return "file_count is not the number of its files"
    if node.is_leaf and node.id != subplan_id(node.files):
        return "its id is not the hash of its files"
    return None


_OUTSIDE = "is no path inside the root"


def _is_inside(path: str) -> bool:
    try:
        raw(path)
    except UnicodeEncodeError:
        return False
    parts = path.split("/")
    return not ("\0" in path or "" in parts or "." in parts or ".." in parts or parts[0].lower() == ".git")


def _path_problem(node: Subplan, seen: set[str]) -> str | None:
    for path in node.files:
        if not _is_inside(path):
            return f"{path!r} {_OUTSIDE}"
        if path in seen:
            return f"{path!r} stands in two leaves"
        seen.add(path)
    return None


def _walk(root: Subplan, known: Mapping[SubplanId, Subplan]) -> list[SubplanId]:
    """Preorder from the root; stops growing where a cycle would repeat a node."""
    order: list[SubplanId] = []
    stack = [root.id]
    while stack and len(order) <= len(known):
        order.append(stack.pop())
        stack.extend(reversed(known[order[-1]].children))
    return order
