"""What a plan and a run are, by what the commands print as JSON and what the run has left on disk."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from graphlib import TopologicalSorter
from operator import or_
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Truth:
    """What a repository's plan, and the run that its page is about, are by the commands."""

    root: Path
    run: str | None

    def says(self, *words: str) -> Any:
        done = subprocess.run(["autonomy", *words], cwd=self.root, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    @property
    def home(self) -> Path:
        return self.root / ".autonomy" / "runs" / str(self.run)

    @cached_property
    def plan(self) -> Any:
        if self.run:
            return json.loads((self.home / "plan.json").read_text())
        return self.says("export", "--format", "json")

    @cached_property
    def leaves(self) -> Sequence[Any]:
        return [node for node in self.plan["nodes"] if not node["children"]]

    @cached_property
    def nodes(self) -> Mapping[str, Any]:
        return {node["id"]: node for node in self.plan["nodes"]}

    @cached_property
    def slugs(self) -> Mapping[str, str]:
        return {leaf["id"]: leaf["slug"] for leaf in self.leaves}

    @cached_property
    def needed(self) -> Mapping[str, Sequence[str]]:
        """Leaf -> the leaves that wait for it."""
        found: dict[str, list[str]] = {leaf["id"]: [] for leaf in self.leaves}
        for leaf in self.leaves:
            for before in self.waits(leaf["id"]):
                found[before].append(leaf["id"])
        return found

    def waits(self, leaf: str) -> Sequence[str]:
        return self.plan["waits_for"].get(leaf, [])

    @cached_property
    def held(self) -> Mapping[str, int]:
        """Leaf -> how many leaves wait for it, directly or in turn."""
        order = TopologicalSorter(self.needed).static_order()
        bits = {leaf["id"]: 1 << place for place, leaf in enumerate(self.leaves)}
        below: dict[str, int] = {}
        for leaf in order:
            below[leaf] = reduce(or_, (below[user] | bits[user] for user in self.needed[leaf]), 0)
        return {leaf: mask.bit_count() for leaf, mask in below.items()}

    @cached_property
    def status(self) -> Any:
        return self.says("status", str(self.run), "--json") if self.run else None

    @cached_property
    def subplans(self) -> Mapping[str, Any]:
        return {each["id"]: each for each in self.status["subplans"]} if self.run else {}

    @cached_property
    def tries(self) -> Mapping[tuple[str, int, int], Any]:
        """(slug, attempt, candidate) -> the attempt."""
        return {
            (each["slug"], attempt["attempt"], attempt["candidate"]): attempt
            for each in self.subplans.values()
            for attempt in each["attempts"]
        }

    @cached_property
    def curve(self) -> Any:
        return self.says("simulate", *(("--timings", self.run) if self.run else ()), "--json")
