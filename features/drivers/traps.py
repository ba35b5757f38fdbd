"""Repositories whose own settings run foreign code: each trap, and the plain git command that springs it."""

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from autonomy.git import command
from features import driver

PROGRAM_KEYS = (
    "alias.status",
    "core.alternateRefsCommand",
    "core.askPass",
    "core.editor",
    "core.fsmonitor",
    "core.gitProxy",
    "core.pager",
    "core.sshCommand",
    "credential.helper",
    "diff.external",
    "diff.trap.command",
    "diff.trap.textconv",
    "difftool.trap.cmd",
    "filter.trap.clean",
    "filter.trap.process",
    "filter.trap.smudge",
    "gpg.program",
    "gpg.ssh.program",
    "interactive.diffFilter",
    "merge.trap.driver",
    "mergetool.trap.cmd",
    "pager.log",
    "pager.ls-files",
    "remote.origin.uploadpack",
    "remote.origin.vcs",
    "sequence.editor",
    "trailer.trap.command",
    "uploadpack.packObjectsHook",
)
HOOKS = """
applypatch-msg pre-applypatch post-applypatch pre-commit pre-merge-commit prepare-commit-msg commit-msg post-commit
pre-rebase post-checkout post-merge pre-push pre-receive update post-update reference-transaction pre-auto-gc
post-rewrite post-index-change fsmonitor-watchman sendemail-validate push-to-checkout proc-receive
""".split()


def program(folder: Path) -> Path:
    """An executable that leaves a mark beside itself, whatever it is called with."""
    trap = folder / "trap"
    trap.write_text(f"#!/bin/sh\necho \"$0 $*\" >> '{folder}/sprung'\nexit 1\n")
    trap.chmod(0o755)
    return trap


def sprung(folder: Path) -> str:
    mark = folder / "sprung"
    return mark.read_text() if mark.exists() else ""


def _configure(git_dir: Path, settings: Mapping[str, str]) -> None:
    for key, value in settings.items():
        driver.run(["git", "config", "--file", str(git_dir / "config"), key, value], git_dir)


def _fsmonitor(root: Path, trap: Path) -> None:
    _configure(root / ".git", {"core.fsmonitor": str(trap)})


def _configuration(root: Path, trap: Path) -> None:
    driver.write_tree(root, {".gitattributes": "* filter=trap diff=trap merge=trap\n", "a.txt": "changed\n"})
    _configure(root / ".git", {**dict.fromkeys(PROGRAM_KEYS, str(trap)), "log.showSignature": "true"})


def _hooks(root: Path, trap: Path) -> None:
    for hook in HOOKS:
        shutil.copy(trap, root / ".git" / "hooks" / hook)


def _filters(root: Path, trap: Path) -> None:
    driver.write_tree(root, {".git/info/attributes": "* filter=trap diff=trap\n", "a.txt": "changed\n"})
    _configure(root / ".git", {"filter.trap.clean": str(trap), "diff.trap.textconv": str(trap)})


def _included(root: Path, trap: Path) -> None:
    driver.write_tree(root, {"evil.cfg": f"[core]\n\tfsmonitor = {trap}\n"})
    _configure(root / ".git", {"include.path": "../evil.cfg", "includeIf.gitdir:/**.path": "../evil.cfg"})


def _bare_inside(root: Path, trap: Path) -> None:
    driver.git(root, "clone", "-q", "--bare", str(root), "inner")
    _configure(root / "inner", {"core.bare": "false", "core.worktree": str(root), "core.fsmonitor": str(trap)})


def _submodule(root: Path, trap: Path) -> None:
    origin = root.parent / "origin"
    driver.write_tree(origin, {"inside.txt": "inside\n"})
    driver.commit_all(origin)
    driver.git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(origin), "sub")
    driver.commit_all(root)
    _configure(root / ".git" / "modules" / "sub", {"core.fsmonitor": str(trap)})


def _promised(root: Path, trap: Path) -> None:
    blob = driver.git(root, "rev-parse", "HEAD:a.txt").strip()
    (root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    _configure(
        root / ".git",
        {
            "core.repositoryFormatVersion": "1",
            "extensions.partialClone": "origin",
            "remote.origin.promisor": "true",
            "remote.origin.url": str(root),
            "remote.origin.uploadpack": str(trap),
        },
    )


def _signatures(root: Path, trap: Path) -> None:
    head = driver.git(root, "cat-file", "commit", "HEAD")
    head = head.replace("\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\n", 1)
    signed = driver.run(["git", "hash-object", "-t", "commit", "-w", "--stdin"], root, stdin=head).out.strip()
    driver.git(root, "update-ref", "HEAD", signed)
    _configure(root / ".git", {"log.showSignature": "true", "gpg.program": str(trap)})


TRAPS = {
    "the configuration": (_configuration, ["diff"]),
    "the hooks": (_hooks, ["commit", "--allow-empty", "-qm", "x"]),
    "filters and text conversions": (_filters, ["status"]),
    "the file system monitor": (_fsmonitor, ["status"]),
    "an included file": (_included, ["status"]),
    "a bare repository inside": (_bare_inside, ["-C", "inner", "--git-dir=.", "status"]),
    "a submodule": (_submodule, ["status"]),
    "a promised object": (_promised, ["cat-file", "-p", "HEAD:a.txt"]),
    "signatures in the log": (_signatures, ["log", "-1"]),
}


def set_trap(name: str, root: Path) -> None:
    driver.write_tree(root, {"a.txt": "a\n", "b.txt": "b\n"})
    driver.commit_all(root)
    TRAPS[name][0](root, program(root.parent))


def spring(name: str, root: Path) -> None:
    """Whether the command succeeds doesn't matter."""
    driver.run(["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", *_command(name)], root)


def _command(name: str) -> Sequence[str]:
    return TRAPS[name][1]


PATIENCE = 0.2
PATIENT = {
    "works": f"import time\nwhile time.process_time() < {20 * PATIENCE}: pass\nprint('found')",
    "waits": "import threading\nthreading.Event().wait()",
}


def heard_of(kind: str) -> bytes | None:
    """What the engine hears of a child that works for long, or that only waits; None where it was given up."""
    with subprocess.Popen(
        [sys.executable, "-c", PATIENT[kind]], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        told = command.heard(child, None, PATIENCE)
    return told and told[0]
