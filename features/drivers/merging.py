"""Runs whose leaves changed this and that, merged into a real repository, and what is in it then."""

import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from autonomy import git, mergeback
from autonomy.journal import runs
from autonomy.journal.events import Ended, Header, Settled, Started
from autonomy.mergeback import Source
from autonomy.mergeback.steps import Contribution, Merge, overlaps, sift
from autonomy.model import Change, Edit, Patch, Plan, Reason, Status, Subplan, SubplanId
from features import driver
from features.drivers.properties import CALM

ROOT = SubplanId("f" * 16)
DATE = 1_700_000_000.0
OURS = ("refs/autonomy", "refs/heads/autonomy", "logs/refs/heads/autonomy", "objects", ".autonomy")


def content(text: str) -> tuple[int, bytes | None]:
    """Mode and bytes: `-` is a deletion, `-> a` a link, `! a` an executable file; escapes as in Python."""
    if text == "-":
        return 0, None
    mode, text = next(
        ((mode, text[len(sign) :]) for sign, mode in (("-> ", 0o120000), ("! ", 0o100755)) if text.startswith(sign)),
        (0o100644, text),
    )
    return mode, text.encode("latin-1").decode("unicode_escape").encode("latin-1")


def change(path: str, becomes: str) -> Change:
    name = path.encode("latin-1").decode("unicode_escape").encode("latin-1")
    return Change(os.fsdecode(name), *content(becomes))


def subplan(number: int, slug: str) -> Subplan:
    return Subplan(
        SubplanId(f"{number:016x}"), slug, ROOT, 1, (), (slug,), 1, 1, 1, "0" * 64, None, Reason.FITS
    )  # fmt: skip


@dataclass
class Scene:
    """A repository and the leaves of one run; `work` maps a leaf's name to what it changed."""

    root: Path
    state: Path
    work: dict[str, list[Change]] = field(default_factory=dict)
    waits: dict[str, list[str]] = field(default_factory=dict)
    statuses: dict[str, Status] = field(default_factory=dict)
    source: Source | None = None

    def plan(self) -> Plan:
        leaves = [subplan(number, slug) for number, slug in enumerate(self.work)]
        ids = {leaf.slug: leaf.id for leaf in leaves}
        waits = {ids[leaf]: tuple(ids[before] for before in befores) for leaf, befores in self.waits.items()}
        children = tuple(leaf.id for leaf in leaves)
        root = Subplan(ROOT, "root", None, 0, children, (), len(leaves), 1, 1, "0" * 64, None, None)
        return Plan((root, *leaves), waits, {})

    def run(self) -> Source:
        """Do the run: every leaf's result is stored and recorded."""
        repository = git.find_repository(self.root)
        assert repository is not None
        engine = git.engine_dir(self.state, repository)
        base = git.snapshot_commit(repository, engine)
        run = runs.new_run(self.root)
        header = Header(run_id=run.id, version="1", plan_digest="0" * 64, base=base, command=("sed", "-i", "s/a b/c/"),
                        max_parallel=2, at=DATE)  # fmt: skip
        mergeback.anchor(repository, engine, run.id, base)
        plan = self.plan()
        with runs.start(run, header, self.state) as journal:
            for lease, leaf in enumerate(plan.leaves, start=1):
                patch: Patch = tuple(sorted(self.work[leaf.slug], key=lambda each: os.fsencode(each.path)))
                status = self.statuses.get(leaf.slug, Status.SUCCEEDED)
                result = run.results.put(patch) if patch else None
                journal.append(
                    Started(leaf=leaf.id, attempt=1, lease=lease, at=DATE),
                    Ended(leaf=leaf.id, lease=lease, status=status, at=DATE, result=result),
                    Settled(leaf=leaf.id, lease=lease, status=status, at=DATE),
                )
        self.source = Source(plan, journal.run, run.results, repository, engine, base)
        return self.source

    def merge(self, **options: object) -> Merge:
        return mergeback.merge(self.source or self.run(), **options)  # type: ignore[arg-type]

    def names(self, ids: Sequence[SubplanId]) -> list[str]:
        slugs = list(self.work)
        return [slugs[int(each, 16)] for each in ids]


def tree(root: Path, commit: str) -> dict[bytes, tuple[int, bytes]]:
    """Every file of a commit by its name: mode and bytes."""
    listed = _git(root, "ls-tree", "-r", "-z", commit).split(b"\0")[:-1]
    found = {}
    for record in listed:
        head, _, path = record.partition(b"\t")
        mode, _, name = head.split()
        found[path] = int(mode, 8), _git(root, "cat-file", "blob", name.decode())
    return found


def _git(root: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True).stdout


def is_sound(root: Path, engine_home: Path) -> bool:
    """Whether the repository is whole by itself, after a gc that takes all that is not anchored."""
    hidden = engine_home.with_name(engine_home.name + ".hidden")
    engine_home.rename(hidden)
    try:
        driver.git(root, "reflog", "expire", "--expire=now", "--all")
        driver.git(root, "gc", "-q", "--prune=now")
        return not driver.git(root, "fsck", "--strict", "--no-progress", "--connectivity-only")
    finally:
        hidden.rename(engine_home)


def users_things(root: Path) -> Mapping[str, str]:
    """A digest of every file that is the user's: checkout, index, config, hooks, refs; and what git status says."""
    found = {"status": driver.git(root, "--no-optional-locks", "status", "--porcelain", "--ignored")}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_file() and not any(part in name for part in OURS):
            found[name] = sha256(path.read_bytes()).hexdigest()
    return found


@contextmanager
def collecting_garbage(root: Path) -> Iterator[None]:
    """`git gc --prune=now` again and again."""
    over = threading.Event()

    def collect() -> None:
        while not over.is_set():
            subprocess.run(["git", "gc", "-q", "--prune=now"], cwd=root, capture_output=True, check=False)

    thread = threading.Thread(target=collect)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def arm(root: Path, sentinel: Path) -> None:
    """Give the repository hooks and settings that write `sentinel` when git runs them."""
    command = f"touch {sentinel} #"
    hooks = root / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in (
        "reference-transaction",
        "pre-commit",
        "post-commit",
        "update",
        "post-update",
        "pre-push",
        "post-merge",
    ):
        (hooks / name).write_text(f"#!/bin/sh\n{command}\n")
        (hooks / name).chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "core.editor", "gpg.program", "filter.x.clean", "filter.x.smudge",
                "merge.x.driver", "diff.x.textconv", "diff.external", "core.alternateRefsCommand"):  # fmt: skip
        driver.git(root, "config", key, command)
    driver.git(root, "config", "commit.gpgsign", "true")
    (root / ".git" / "info").mkdir(exist_ok=True)
    (root / ".git" / "info" / "attributes").write_text("* merge=x filter=x diff=x\n")


def applied(base: Mapping[str, tuple[int, bytes]], patches: Sequence[Patch]) -> dict[str, tuple[int, bytes]]:
    """What the files are when all patches are applied one after another, by a dictionary."""
    files = dict(base)
    for patch in patches:
        for each in patch:
            if each.content is None:
                files.pop(each.path, None)
            else:
                files[each.path] = each.mode, each.content
    return files


PATHS = ("a", "b", "d/a", "d/b", "d/e/f", "g/h", "z\udcff", 'q"\n')
CONTENTS = st.sampled_from([b"", b"1\n", b"1\n2\n", b"\0\xff", b"x" * 300])
BECOMES = st.none() | st.tuples(st.sampled_from([0o100644, 0o100755]), CONTENTS)


@st.composite
def disjoint(draw: st.DrawFn) -> tuple[dict[str, tuple[int, bytes]], list[Patch]]:
    """A base, and patches of which no two touch one path."""
    base = {path: (0o100644, b"base\n") for path in PATHS if draw(st.booleans())}
    owner = {path: draw(st.integers(0, 3)) for path in PATHS}
    patches = []
    for leaf in range(3):
        becomes = {path: draw(BECOMES) for path in PATHS if owner[path] == leaf}
        patches.append(
            tuple(Change(path, *(now or (0, None))) for path, now in becomes.items() if now is not None or path in base)
        )
    return base, patches


def check_disjoint(fresh: Callable[[Mapping[str, tuple[int, bytes]]], Scene]) -> None:
    """The merged tree is what a dictionary says, for any base and any disjoint patches."""

    @CALM
    @given(disjoint())
    def holds(drawn: tuple[dict[str, tuple[int, bytes]], list[Patch]]) -> None:
        base, patches = drawn
        scene = fresh(base)
        scene.work = {f"leaf{number}": list(patch) for number, patch in enumerate(patches)}
        merge = scene.merge(dry_run=True)
        assert scene.source is not None
        commit = merge.commit or scene.source.base
        found = tree(scene.source.engine, commit)
        expected = applied(base, patches)
        assert not merge.conflicts
        assert {os.fsdecode(path): entry for path, entry in found.items()} == expected

    holds()


EDITS = st.lists(
    st.tuples(st.sampled_from(["a", "a/b", "a/b/c", "b", "b/a", "c"]), st.sampled_from([None, "1", "2"])),
    max_size=3, unique_by=lambda edit: edit[0],
)  # fmt: skip


def contribution(number: int, edits: Sequence[tuple[str, str | None]]) -> Contribution:
    found = tuple(Edit(path, 0o100644 if digest else 0, digest) for path, digest in sorted(edits))
    return Contribution(SubplanId(f"{number:016x}"), f"leaf{number}", "", found)


def clash(left: Contribution, right: Contribution) -> bool:
    """By brute force: one path changed to two things, or a file where the other needs a directory."""
    return any(
        (mine.path == theirs.path and mine != theirs)
        or bool(mine.digest and theirs.digest and theirs.path.startswith(mine.path + "/"))
        or bool(mine.digest and theirs.digest and mine.path.startswith(theirs.path + "/"))
        for mine in left.edits
        for theirs in right.edits
    )


def check_overlaps() -> None:
    """Two contributions that clash stand in one group; a group has no part that clashes with no other part of it."""

    @CALM
    @given(st.lists(EDITS, max_size=5))
    def holds(drawn: list[list[tuple[str, str | None]]]) -> None:
        all_of_them = [contribution(number, edits) for number, edits in enumerate(drawn)]
        reach = {number: {number} for number in range(len(drawn))}
        for left in range(len(drawn)):
            for right in range(left):
                if clash(all_of_them[left], all_of_them[right]):
                    joined = reach[left] | reach[right]
                    for each in joined:
                        reach[each] = joined
        expected = sorted({tuple(sorted(group)) for group in reach.values() if len(group) > 1})
        assert list(overlaps(all_of_them)) == expected

    holds()


def check_sifting() -> None:
    """For any guilty set, exactly the guilty are parked, in few judgements."""

    @CALM
    @given(st.lists(st.integers(0, 9), max_size=4), st.sets(st.integers(0, 40), max_size=4))
    def holds(sizes: list[int], guilty: set[int]) -> None:
        numbers = iter(range(100))
        steps = [[contribution(next(numbers), []) for _ in range(size)] for size in sizes]
        judged = 0

        def passes(some: Sequence[Contribution]) -> bool:
            nonlocal judged
            judged += 1
            return not any(int(each.leaf, 16) in guilty for each in some)

        found = sift(steps, passes)
        everything = [each for level in steps for each in level]
        bad = [each for each in everything if int(each.leaf, 16) in guilty]
        assert found.parked == bad
        assert found.kept == [each for each in everything if each not in bad]
        assert judged <= len(sizes) + 1 + len(bad) * 5

    holds()
