"""A story as SARIF 2.1.0: a result per failure and file, for code scanning.

Source of the limit: GitHub takes 25,000 results of a run.
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote

from autonomy.escape import terminal
from autonomy.model import Subplan

if TYPE_CHECKING:
    from autonomy.report.story import Cause, Story

MAX_RESULTS = 25_000
MAX_FILES = 10
"""Of one leaf, so that one failure does not fill the list."""
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
RULES = {
    "leaf-failed": "The work of a subplan failed.",
    "leaf-timed-out": "The work of a subplan took too long.",
    "leaf-error": "The machinery broke under a subplan.",
    "outside-scope": "A subplan changed a file that is not its own.",
    "oversize-file": "A file is larger than a subplan may be.",
}
Result = dict[str, object]


class Sarif:
    name = "sarif"

    def tell(self, story: "Story") -> str:
        """Results beyond the limit are counted in the run's properties."""
        found = [*_failures(story), *_strayed(story), *_oversize(story)]
        driver = {
            "name": "autonomy", "version": story.version, "semanticVersion": story.version,
            "informationUri": "https://pypi.org/project/autonomy-plan/",
            "rules": [{"id": rule, "shortDescription": {"text": text}} for rule, text in RULES.items()],
        }  # fmt: skip
        run: Result = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": found[:MAX_RESULTS]}
        if story.run:
            run["automationDetails"] = {"id": f"autonomy/{story.run.id}"}
        if len(found) > MAX_RESULTS:
            run["properties"] = {"resultsLeftOut": len(found) - MAX_RESULTS}
        return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1, sort_keys=True) + "\n"


def _failures(story: "Story") -> Iterator[Result]:
    """At the files that the leaf changed, or else at its first one."""
    if story.run is None:
        return
    leaves = {leaf.id: leaf for leaf in story.leaves}
    for cause in story.run.causes:
        for leaf_id in cause.leaves if cause.open else ():
            last = [each for each in cause.tries if each.leaf == leaf_id][-1]
            leaf = leaves[leaf_id]
            own = frozenset(leaf.files)
            paths = [path for path in last.changed if path in own][:MAX_FILES] or list(leaf.files[:1])
            rule = f"leaf-{last.status.value.replace('_', '-')}"
            yield _result(rule, "error", f"{leaf.slug}: {cause.title}", paths, leaf, cause)


def _strayed(story: "Story") -> Iterator[Result]:
    leaves = {leaf.id: leaf for leaf in story.leaves}
    seen: dict[tuple[str, str], None] = {}
    for each in story.run.tries if story.run else ():
        for path in each.violations:
            seen[each.leaf, path] = None
    for leaf_id, path in seen:
        leaf = leaves[leaf_id]  # type: ignore[index]
        yield _result("outside-scope", "warning", f"{leaf.slug} changed a file that is not its own.", [path], leaf)


def _oversize(story: "Story") -> Iterator[Result]:
    for leaf in story.leaves:
        if leaf.reason == "oversize_file":
            text = f"About {leaf.tokens:,} tokens: a subplan of its own, larger than --max-tokens."
            yield _result("oversize-file", "note", text, leaf.files, leaf)


def _result(
    rule: str, level: str, text: str, paths: "list[str] | tuple[str, ...]", leaf: Subplan, cause: "Cause | None" = None
) -> Result:  # fmt: skip
    place = f"{rule} {leaf.id} {paths[0] if paths and cause is None else ''}"
    places = [
        {"physicalLocation": {"artifactLocation": {"uri": _uri(path), "uriBaseId": "%SRCROOT%"}}} for path in paths
    ]
    return {
        "ruleId": rule, "ruleIndex": list(RULES).index(rule), "level": level, "message": {"text": terminal(text)},
        "locations": places,
        "partialFingerprints": {"autonomySubplan/v1": sha256(place.encode("utf-8", "replace")).hexdigest()[:32]},
        "properties": {"subplan": leaf.id, **({"retry": cause.command} if cause else {})},
    }  # fmt: skip


def _uri(path: str) -> str:
    """Relative to the repository's root; bytes that are no UTF-8 are percent-encoded as they are."""
    return quote(path.encode("utf-8", "surrogateescape"), safe="/")


SARIF = Sarif()
