"""The engine's own bare git directory for a repository, outside of it; the repository itself is only read."""

import os
from hashlib import sha256
from pathlib import Path

from autonomy.errors import EnvironmentFault, InputError
from autonomy.git.repository import Repository, uses_sha256


def state_dir() -> Path:
    """`$AUTONOMY_STATE_DIR`, else `$XDG_STATE_HOME/autonomy`, else `~/.local/state/autonomy`."""
    if chosen := os.environ.get("AUTONOMY_STATE_DIR"):
        return Path(chosen).absolute()
    base = os.environ.get("XDG_STATE_HOME", "")
    state = Path(base) if base.startswith("/") else Path.home() / ".local" / "state"
    return state.absolute() / "autonomy"


def engine_dir(state: Path, repository: Repository) -> Path:
    """A bare git directory of the engine's own that borrows the repository's objects. Idempotent, O(1).

    Raises:
        EnvironmentFault: the state directory can't be written.
        InputError: what the repository borrows objects by is no plain file; git would wait for it without end.
    """
    borrowed = repository.common_dir / "objects" / "info" / "alternates"
    if borrowed.exists() and not borrowed.is_file():
        raise InputError(f"{borrowed}: not a plain file")
    home = state / "git" / sha256(os.fsencode(repository.common_dir)).hexdigest()[:24]
    objects = repository.common_dir / "objects"
    try:
        for directory in ("objects/info", "objects/pack", "refs/heads"):
            (home / directory).mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(home / "objects/info/alternates", _quoted(objects))
        _write(home / "config", _engine_config(repository))
        _write(home / "HEAD", b"ref: refs/heads/none\n")
    except OSError as error:
        raise EnvironmentFault(f"{error.filename or home}: {error.strerror}; set AUTONOMY_STATE_DIR") from None
    return home


def _quoted(objects: Path) -> bytes:
    """A line of an alternates file; C-quoted where the path holds what would end or start it otherwise."""
    raw = os.fsencode(objects)
    if not any(byte in raw for byte in b'\n"\\') and not raw.startswith(b"#"):
        return raw + b"\n"
    special = {0x0A: b"\\n", 0x22: b'\\"', 0x5C: b"\\\\"}
    return b'"' + b"".join(special.get(byte, bytes([byte])) for byte in raw) + b'"\n'


def _engine_config(repository: Repository) -> bytes:
    version, extra = (1, "[extensions]\n\tobjectformat = sha256\n") if uses_sha256(repository) else (0, "")
    return f"[core]\n\trepositoryformatversion = {version}\n\tbare = true\n{extra}".encode()


def _write(file: Path, content: bytes) -> None:
    """Atomic, and not at all where the content is there already."""
    if file.exists() and file.read_bytes() == content:
        return
    scratch = file.with_name(f"{file.name}.{os.getpid()}")
    scratch.write_bytes(content)
    scratch.replace(file)
