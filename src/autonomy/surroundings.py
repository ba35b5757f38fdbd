"""Skeletons of what each leaf needs outside, within its halo: read, outlined, priced and chosen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autonomy import halo
from autonomy.config import Config
from autonomy.errors import AutonomyError
from autonomy.model import Graph
from autonomy.protocols import Language, language_of, language_table
from autonomy.scan import head_reader
from autonomy.scan.tokens import count
from autonomy.skeleton import skeleton

READ = 1 << 18
"""So much of a file is outlined; longer ones are tables."""
FRAME = 64
"""Tokens for the words around the skeletons."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the leaves see beside their own files; without a halo, nothing."""

    halos: Sequence[Sequence[int]] = ()
    """For each leaf, in plan order, the files whose skeletons it sees, the most needed first."""
    text: Mapping[int, str] = field(default_factory=dict)
    """File -> its skeleton, for the files that some leaf sees."""
    tokens: Sequence[int] = ()
    """For each leaf, what its skeletons come to, an estimate like that of its files."""
    unseen: float = 0.0
    """The share of references whose target lies neither in the leaf nor in its halo."""

    @property
    def metrics(self) -> Mapping[str, float]:
        return {"edges_unseen": round(self.unseen, 4), "max_halo_tokens": max(self.tokens, default=0)}

    def section(self, leaf: int) -> str:
        """A brief's section on the surroundings of a leaf, by its place in the plan; empty where it sees none."""
        seen = self.halos[leaf] if self.halos else ()
        if not seen:
            return ""
        said = (
            f"Read-only: signatures, types and first sentences of {len(seen):,} files of other subplans,"
            f" about {self.tokens[leaf]:,} tokens."
        )
        return "\n\n".join(["## What it needs from outside", said, *(self.text[file] for file in seen)])


def surroundings(
    root: Path, config: Config, graph: Graph, leaves: Sequence[Sequence[int]], languages: Sequence[Language]
) -> Surroundings:
    """The halos of the leaves, from what `config.halo` takes away from their tokens."""
    budget = config.max_tokens - config.limits().max_tokens - FRAME
    table = language_table(languages)
    text: dict[int, str] = {}
    prices: dict[int, int] = {}
    with head_reader(root, READ)() as read:

        def price(file: int) -> int:
            text[file] = _told(file, graph, table, read)
            # One more for the blank line before it.
            prices[file] = 1 + round(count(text[file].encode("utf-8", "replace"))) if text[file] else 0
            return prices[file]

        chosen = halo.halos(leaves, graph, budget, price)
    tokens = [sum(prices[file] for file in seen) + (FRAME if seen else 0) for seen in chosen]
    held = {file for seen in chosen for file in seen}
    return Surroundings(chosen, {file: text[file] for file in sorted(held)}, tokens, halo.unseen(leaves, graph, chosen))


def _told(file: int, graph: Graph, table: Mapping[str, Language], read: Callable[[str], bytes]) -> str:
    """The skeleton of a file; empty where it is gone, or in no language that is known."""
    path = graph.paths[file]
    language = language_of(path, table)
    if language is None:
        return ""
    try:
        outline = language.outline(path, read(path))
    except AutonomyError:
        return ""
    return skeleton(path, outline, [graph.paths[target] for target in graph.references[file]])
