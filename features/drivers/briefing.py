"""Briefs of single leaves, from a tree on the disk."""

from collections.abc import Sequence
from pathlib import Path

from autonomy import analysis, pipeline
from autonomy.atlas import survey
from autonomy.config import Config
from autonomy.graph import language_table
from autonomy.scan import head_reader


def brief_of(root: Path, path: str, max_files: int, vanished: Sequence[str] = ()) -> str:
    """The brief of the leaf that holds `path`; the files in `vanished` go between the scan and the reading."""
    settings = {"max_files": max_files, "min_files": 1, "max_parallel": 256 if max_files == 1 else 1}
    drafted = pipeline.draft(root, Config.model_validate(settings))
    (leaf,) = (leaf for leaf in drafted.plan.leaves if path in leaf.files)
    for name in vanished:
        (root / name).unlink()
    with head_reader(root, analysis.HEAD)() as read:
        return analysis.brief(leaf, survey(drafted.plan, drafted.graph), language_table(drafted.languages), read)
