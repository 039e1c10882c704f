"""A server on 127.0.0.1 that answers as a proxy for sites with reserved names: frozen pages, and hostile ones."""

from __future__ import annotations

import gzip
import hashlib
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

HUGE = 50_000_000


@dataclass
class Answer:
    """What the server says to one address."""

    body: bytes = b""
    kind: str = "text/html"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    drip: float = 0.0
    hang: float = 0.0
    etag: bool = True


Route = Answer | Callable[[BaseHTTPRequestHandler, int], Answer]


class Web:
    """Routes by address; counts what was asked and keeps the headers."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.asked: Counter[str] = Counter()
        self.headers: list[tuple[str, dict[str, str]]] = []
        self.stop = threading.Event()
        self.port = 0

    def page(self, url: str, text: str, charset: str = "utf-8", **given: object) -> None:
        """Serve a text."""
        self.routes[url] = Answer(text.encode(charset), **given)  # type: ignore[arg-type]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        url = handler.path if "://" in handler.path else f"http://{handler.headers['Host']}{handler.path}"
        self.asked[url] += 1
        self.headers.append((url, {name.lower(): value for name, value in handler.headers.items()}))
        route = self.routes.get(url)
        if route is None and urlsplit(url).path == "/robots.txt":
            route = Answer(b"User-agent: *\nDisallow: /internal/\n", "text/plain")
        found = route(handler, self.asked[url]) if callable(route) else route or Answer(b"no", status=404)
        self._send(handler, found)

    def _send(self, handler: BaseHTTPRequestHandler, found: Answer) -> None:
        if found.hang:
            self.stop.wait(found.hang)
        tag = f'"{hashlib.sha256(found.body).hexdigest()[:16]}"'
        body, status = found.body, found.status
        if found.etag and status == 200 and handler.headers.get("If-None-Match") == tag:
            body, status = b"", 304
        handler.send_response(status)
        handler.send_header("Content-Type", found.kind)
        handler.send_header("Content-Length", str(len(body) if found.length is None else found.length))
        if found.etag and found.status == 200:
            handler.send_header("ETag", tag)
        if (as_of := handler.headers.get("Accept-Datetime")) is not None:
            handler.send_header("Memento-Datetime", as_of)
        for name, value in found.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        if found.drip:
            for byte in body:
                handler.wfile.write(bytes([byte]))
                if self.stop.wait(found.drip):
                    return
        else:
            handler.wfile.write(body)
        if found.length is not None:
            handler.close_connection = True


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves is what many of these pages are for."""


@contextmanager
def serving() -> Iterator[Web]:
    """A server for the time of a test."""
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *given: object) -> None:
            """Tests are silent."""

        def do_GET(self) -> None:
            web.answer(self)

    with _Server(("127.0.0.1", 0), Handler) as server:
        web.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield web
        finally:
            web.stop.set()
            server.shutdown()
            thread.join(5)


def month_of(handler: BaseHTTPRequestHandler) -> str:
    """Month as of which a request asks, YYYY-MM; far in the future without Accept-Datetime."""
    given = handler.headers.get("Accept-Datetime")
    return time.strftime("%Y-%m", time.strptime(given, "%a, %d %b %Y %H:%M:%S GMT")) if given else "9999-12"


def bomb() -> bytes:
    """A small body that unpacks to 50 MB."""
    return gzip.compress(b"<p>" + b"a" * HUGE, 1)
