"""A real Dask cluster: a scheduler and workers as processes, each with a directory and a state of its own.

On loopback, or each in a network namespace of its own, between which there is nothing but TLS. One cluster serves a
feature; what a scenario has killed is started anew for the next one.
"""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from features import driver

_QUICK = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__SCHEDULER__DASHBOARD__STATUS__TASK_STREAM_LENGTH": "10",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__GIL__ENABLED": "False",
    "OMP_NUM_THREADS": "1",
}


class Cluster:
    """A scheduler and two workers, `w1` and `w2`, of two places each."""

    def __init__(self, *, namespaces: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="autonomy-cluster-"))
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.tls: list[str] = []
        self.net = Namespaces(self.folder.name[-6:]) if namespaces else None
        if self.net:
            self.net.build()
            write_certificates(self.folder)
            self.tls = [f"--tls-{name}={self.folder}/{name}.pem" for name in ("ca", "cert", "key")]
        self.host = self.net.address("s") if self.net else "127.0.0.1"
        self.port = 8786 if self.net else _free_port()

    @property
    def executor(self) -> str:
        return f"{'tls' if self.net else 'dask'}://{self.host}:{self.port}"

    @property
    def options(self) -> list[str]:
        """What `autonomy run` must be told."""
        return ["--executor", self.executor, *self.tls]

    def heal(self) -> None:
        """Start what is not alive, and wait until both workers are there."""
        self.revive()
        driver.until(lambda: all(self._said(name, "Starting established connection") for name in ("w1", "w2")))

    def revive(self) -> None:
        """Start what is not alive."""
        if not self._alive("s"):
            self.kill("w1", "w2")
            self._start("s", "dask_scheduler", f"--port={self.port}", "--no-dashboard")
        for name in ("w1", "w2"):
            if not self._alive(name):
                address = f"{'tls' if self.net else 'tcp'}://{self.host}:{self.port}"
                words = [address, "--no-nanny", "--nthreads=2", f"--name={name}", "--no-dashboard"]
                self._start(name, "dask_worker", *words, f"--local-directory={self.folder}/{name}/dask")

    def _start(self, name: str, module: str, *words: str) -> None:
        home = self.folder / name
        home.mkdir(exist_ok=True)
        env = {**os.environ, **_QUICK, "AUTONOMY_STATE_DIR": str(home / "state")}
        tls = [word.replace("--tls-ca=", "--tls-ca-file=") for word in self.tls]
        host = f"--host={self.net.address(name) if self.net else '127.0.0.1'}"
        command = [*self.inside(name), sys.executable, "-m", f"distributed.cli.{module}", *words, host, *tls]
        with (home / "log").open("wb") as log:
            self._processes[name] = subprocess.Popen(
                command, cwd=home, env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )

    def inside(self, name: str) -> list[str]:
        """What to put before a command so that it runs on that machine."""
        return self.net.inside(name) if self.net else []

    def _alive(self, name: str) -> bool:
        return name in self._processes and self._processes[name].poll() is None

    def _said(self, name: str, text: str) -> bool:
        log = (self.folder / name / "log").read_text(errors="replace")
        assert self._alive(name), log
        return text in log

    def signal(self, name: str, number: int) -> None:
        os.kill(self._processes[name].pid, number)

    def kill(self, *names: str) -> None:
        for name in names:
            if process := self._processes.pop(name, None):
                process.kill()
                process.wait()

    def commands(self) -> list[int]:
        """Processes that leaves have started on the workers and that are alive."""
        found = []
        mark = f"TMPDIR={self.folder}".encode()
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdecimal() and mark in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
        return found

    def kill_whoever_runs(self, slug: str) -> None:
        """SIGKILL to each worker that has a command of this leaf: as if the leaf had used up its memory."""
        for pid in self.commands():
            try:
                environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
                parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if f"AUTONOMY_SUBPLAN_SLUG={slug}".encode() in environment:
                self.kill(*(name for name, each in list(self._processes.items()) if each.pid == parent))

    def close(self) -> None:
        for process in self._processes.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self.net:
            self.net.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Namespaces:
    """Four machines on one switch, made of network namespaces: a scheduler, two workers, a client."""

    names: Sequence[str] = ("s", "w1", "w2", "c")

    def __init__(self, tag: str) -> None:
        self._tag = tag

    def _called(self, name: str) -> str:
        return f"autonomy-{self._tag}-{name}"

    def address(self, name: str) -> str:
        return f"10.99.0.{self.names.index(name) + 1}"

    def inside(self, name: str) -> list[str]:
        return ["ip", "netns", "exec", self._called(name)]

    def build(self) -> None:
        switch = self._called("switch")
        _ip("netns", "add", switch)
        _ip("-n", switch, "link", "add", "bridge", "type", "bridge")
        _ip("-n", switch, "link", "set", "bridge", "up")
        for name in self.names:
            here = self._called(name)
            _ip("netns", "add", here)
            _ip("-n", here, "link", "add", "eth0", "type", "veth", "peer", "name", name, "netns", switch)
            _ip("-n", switch, "link", "set", name, "master", "bridge", "up")
            _ip("-n", here, "address", "add", f"{self.address(name)}/24", "dev", "eth0")
            for device in ("lo", "eth0"):
                _ip("-n", here, "link", "set", device, "up")

    def link(self, name: str, state: str) -> None:
        """Pull a machine's plug, or put it in again: `down`, `up`."""
        _ip("-n", self._called("switch"), "link", "set", name, state)

    def remove(self) -> None:
        for name in (*self.names, "switch"):
            subprocess.run(["ip", "netns", "delete", self._called(name)], check=False, capture_output=True)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def why_no_namespaces() -> str:
    """Why this machine gives no network namespaces; empty where it does."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if shutil.which("ip") is None:
        return "there is no `ip`; install iproute2"
    made = subprocess.run(["ip", "netns", "add", "autonomy-probe"], capture_output=True, check=False)
    if made.returncode:
        return f"no network namespaces: {made.stderr.decode().strip()}"
    bridge = ["ip", "-n", "autonomy-probe", "link", "add", "bridge", "type", "bridge"]
    bridged = subprocess.run(bridge, capture_output=True, check=False)
    subprocess.run(["ip", "netns", "delete", "autonomy-probe"], check=True)
    return f"no bridge: {bridged.stderr.decode().strip()}" if bridged.returncode else ""


def write_certificates(folder: Path) -> None:
    """An authority, and one certificate of it for all machines of the test: `ca.pem`, `cert.pem`, `key.pem`."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    pem, now = serialization.Encoding.PEM, datetime.now(UTC)

    def made(name: str, key: ec.EllipticCurvePrivateKey, by: x509.Name, signer: ec.EllipticCurvePrivateKey) -> bytes:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = x509.CertificateBuilder(by, subject, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        builder = builder.add_extension(x509.BasicConstraints(ca=name == "authority", path_length=None), critical=True)
        return builder.sign(signer, hashes.SHA256()).public_bytes(pem)

    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
    (folder / "ca.pem").write_bytes(made("authority", authority, issuer, authority))
    (folder / "cert.pem").write_bytes(made("machine", key, issuer, authority))
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))


def records_of_latest(root: Path) -> list[dict[str, Any]]:
    """Every record of the newest run's journal, also while it goes on."""
    found = sorted((root / ".autonomy/runs").glob("*/journal.sqlite"))
    with closing(sqlite3.connect(f"file:{found[-1]}?mode=ro", uri=True)) as connection:
        return [json.loads(body) for (body,) in connection.execute("SELECT body FROM record ORDER BY number")]
