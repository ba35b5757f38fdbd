"""Skeletons and the briefs that they stand in: what the steps know of them."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from autonomy import halo
from autonomy.loading import load_all
from autonomy.model import Graph
from autonomy.protocols import language_of, language_table
from autonomy.scan.tokens import count
from autonomy.skeleton import skeleton
from features.drivers.cut_laws import graphs
from features.drivers.properties import CALM

TITLE = "## What it needs from outside"


def skeleton_of(path: str, text: str, targets: list[str]) -> str:
    language = language_of(path, language_table(load_all("languages")))
    assert language is not None
    return skeleton(path, language.outline(path, text.encode()), targets)


def sections(root: Path) -> dict[str, tuple[frozenset[str], str]]:
    """Slug of each leaf -> its files, and the text of its skeletons."""
    plan = json.loads((root / ".autonomy" / "plan.json").read_text())
    found = {}
    for node in plan["nodes"]:
        if not node["children"]:
            brief = (root / ".autonomy" / "briefs" / f"{node['slug']}.md").read_text()
            found[node["slug"]] = (frozenset(node["files"]), brief.partition(TITLE)[2])
    return found


def told(section: str) -> list[str]:
    """The paths of the skeletons of a section."""
    return re.findall(r"^### `(.+)`$", section, re.MULTILINE)


def tokens(section: str) -> float:
    return count((TITLE + section).encode()) if section else 0


def unseen_in(plan: Path) -> float:
    metrics: Mapping[str, float] = json.loads(plan.read_text())["metrics"]
    return metrics["edges_unseen"]


def laws() -> None:
    """For whatever graph, leaves of three files each, and any prices."""

    @CALM
    @given(graphs(), st.integers(0, 60), st.lists(st.integers(0, 20), min_size=1, max_size=9))
    def holds(graph: Graph, budget: int, prices: list[int]) -> None:
        leaves = [list(range(start, min(len(graph), start + 3))) for start in range(0, len(graph), 3)]
        around = halo.halos(leaves, graph, budget, lambda file: prices[file % len(prices)])
        for leaf, seen in zip(leaves, around, strict=True):
            assert not set(seen).intersection(leaf)
            assert len(set(seen)) == len(seen)
            assert all(prices[file % len(prices)] for file in seen)
            assert sum(prices[file % len(prices)] for file in seen) <= budget
        fewer = [seen[: len(seen) // 2] for seen in around]
        nothing: list[list[int]] = [[] for _ in leaves]
        shares = [halo.unseen(leaves, graph, each) for each in (around, fewer, nothing)]
        assert 0.0 <= shares[0] <= shares[1] <= shares[2] <= 1.0

    holds()
