"""Serve the page on this machine while a run goes on: read only, to whoever knows the address, nobody else."""

import hmac
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe

from autonomy.report.html import render
from autonomy.report.page import page_of
from autonomy.report.story import Story

HOST = "127.0.0.1"
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(slots=True)
class Source:
    """Tells the story anew when its `stamp` has changed, for one asker at a time."""

    stamp: Callable[[], object]
    story: Callable[[], Story]
    _seen: object = field(default_factory=object)
    _page: tuple[str, bytes] = ("", b"")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def data(self) -> tuple[str, bytes]:
        """An ETag, and the data of the page as JSON."""
        with self._lock:
            now = self.stamp()
            if now != self._seen:
                body = json.dumps(page_of(self.story()), separators=(",", ":")).encode()
                self._seen, self._page = now, (f'"{sha256(body).hexdigest()[:32]}"', body)
            return self._page


class Server(ThreadingHTTPServer):
    """Answers under `/TOKEN/` only."""

    daemon_threads = True

    def __init__(self, source: Source, port: int = 0) -> None:
        self.source, self.token = source, token_urlsafe(24)
        super().__init__((HOST, port), _Handler)

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.server_address[1]}/{self.token}/"


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version, sys_version = "autonomy", ""

    def do_GET(self) -> None:
        _, token, *rest = (*self.path.split("?")[0].split("/"), "")
        # A page of another origin can reach this port by a name that it made point here; it doesn't know ours.
        known = hmac.compare_digest(token.encode("utf-8", "replace"), self.server.token.encode())
        if not known or self.headers.get("Host", "").partition(":")[0] not in (HOST, "localhost"):
            self._answer(404, b"not found\n", "text/plain")
        elif rest[:1] == [""]:
            self._answer(200, render(self.server.source.story(), live=True).encode(), "text/html; charset=utf-8")
        elif rest[:1] == ["data.json"]:
            self._data()
        else:
            self._answer(404, b"not found\n", "text/plain")

    def _data(self) -> None:
        tag, body = self.server.source.data()
        if self.headers.get("If-None-Match") == tag:
            self._answer(304, b"", "application/json", tag)
        else:
            self._answer(200, body, "application/json", tag)

    def _answer(self, status: int, body: bytes, kind: str, tag: str = "") -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **_HEADERS}.items():
            self.send_header(name, value)
        if tag:
            self.send_header("ETag", tag)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name that http.server gives
        """Requests are not worth a line."""
