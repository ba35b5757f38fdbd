"""Content keys: two leaves with the same key have the same work on the same files, whatever else changed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256

from autonomy.model import Subplan

KEY_VERSION = 1
"""Raised when results of older versions must not be reused."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the keys of all leaves of a run have in common. Names of variables, not values: those may be secret."""

    command: Sequence[str]
    shell: bool = False
    environment: Sequence[str] = ()
    validators: Sequence[str] = ()
    options: Mapping[str, object] = field(default_factory=dict)
    """Whatever else decides what a leaf yields: budgets, selection, benchmark, scope."""

    def digest(self) -> str:
        """Of all fields; the order of variables does not count, that of validators does."""
        fields = asdict(self) | {"environment": sorted(set(self.environment)), "version": KEY_VERSION}
        return sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def leaf_key(recipe: str, leaf: Subplan, reads: Mapping[str, str] | None = None) -> str:
    """The key of one leaf: the digest of the recipe, the leaf's paths (`id`) and contents (`digest`).

    `reads` are files outside of the leaf that its command is known to read: path -> content digest.
    """
    parts = [recipe, leaf.id, leaf.digest, *(f"{path}\0{digest}" for path, digest in sorted((reads or {}).items()))]
    return sha256("\0\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
