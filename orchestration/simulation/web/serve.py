"""Serves the small web over real HTTP: ``python -m orchestration.simulation.web.serve --port 0``.

Belongs here: HTTP/1.1 as sites and as a proxy for them, instants (RFC 7089), conditional requests, hostile answers.
Does not belong here: what the sites say (``sites``).

It listens on 127.0.0.1 only. The site is chosen by the host of an absolute address, else by the header Host; any other
host is answered with 502, as a proxy would. Nothing is fetched from anywhere.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import subprocess
import sys
import threading
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from orchestration.settings import Settings, SettingsError
from orchestration.simulation.chance import SimulationError
from orchestration.simulation.web.shelf import load
from orchestration.simulation.web.sites import BARE_HTML, Answer, Asked, answer

LOGGED = 100_000
"""Requests remembered; older ones are forgotten."""
HUGE = 50 * 1024 * 1024
"""Bytes of text in a huge page."""
SLOW = 300
"""Bytes of a slow page, one every ``PAUSE`` seconds."""
PAUSE = 0.2
COMPRESSED_FROM = 600
IDLE = 30
"""Seconds without a request after which a connection is closed."""


@cache
def _huge() -> bytes:
    """A gzip stream that unpacks to ``HUGE`` bytes, packed a megabyte at a time."""
    block = b"<p> " + "很长的正文，".encode("gb18030") * 87_381
    packer = zlib.compressobj(1, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return b"".join(packer.compress(block) for _ in range(HUGE // len(block))) + packer.flush()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE
    wbufsize = 64 * 1024
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        """Answer, and note the request."""
        with suppress(ConnectionError, TimeoutError):
            self._respond()
            self.wfile.flush()

    def do_HEAD(self) -> None:
        """As GET, without the body."""
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed; ``SmallWeb.log`` has the requests."""

    def _respond(self) -> None:
        target = urlsplit(self.path)
        host = (target.hostname or self.headers.get("Host", "").partition(":")[0]).lower()
        path = unquote(target.path) or "/"
        web = self.server.web
        web.log.append((host, target.path + (f"?{target.query}" if target.query else "")))
        if host not in web.shelves:
            self._send(Answer(502, "text/plain", f"no such host: {host}\n".encode()), {})
            return
        given = self.headers.get("Accept-Datetime")
        try:
            at = parsedate_to_datetime(given).astimezone(UTC) if given else web.end
        except (ValueError, TypeError):
            self._send(Answer(400, "text/plain", b"Accept-Datetime is no HTTP date\n"), {})
            return
        headers = {"Vary": "Accept-Datetime, Accept-Encoding"}
        if given:
            headers["Memento-Datetime"] = format_datetime(at, usegmt=True)
        shelf = web.shelves[host]
        item = shelf.find(path, at)
        trouble = item.row["trouble"] if item else None
        if trouble in _HOSTILE or path.endswith("-loop2.html"):
            self._hostile(trouble or "loop2", path, at, headers)
            return
        self._send(answer(host, shelf, Asked(path, dict(parse_qsl(target.query)), at)), headers)

    def _send(self, made: Answer, headers: dict[str, str]) -> None:
        body, status = made.body, made.status
        headers = headers | dict(made.headers)
        if status == 200:
            headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
            if made.item is not None:
                headers["Last-Modified"] = format_datetime(made.item.updated.astimezone(UTC), usegmt=True)
            if self._unchanged(headers):
                self.send_response(304)
                self._headers(headers)
                return
        if len(body) >= COMPRESSED_FROM and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, compresslevel=1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        self.send_response(status)
        self._headers(headers | {"Content-Type": made.kind, "Content-Length": str(len(body))})
        if self.command != "HEAD":
            self.wfile.write(body)

    def _unchanged(self, headers: dict[str, str]) -> bool:
        """Whether the client has this very body (RFC 9110: If-None-Match goes before If-Modified-Since)."""
        known = self.headers.get("If-None-Match")
        if known is not None:
            return headers["ETag"] in [tag.strip().removeprefix("W/") for tag in known.split(",")]
        since = self.headers.get("If-Modified-Since")
        if since is None or "Last-Modified" not in headers:
            return False
        try:
            return parsedate_to_datetime(headers["Last-Modified"]) <= parsedate_to_datetime(since)
        except (ValueError, TypeError):
            return False

    def _headers(self, headers: dict[str, str]) -> None:
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _hostile(self, trouble: str, path: str, at: datetime, headers: dict[str, str]) -> None:
        """Answer as pages do that a crawler must survive; see ``store.HOSTILE``."""
        redirects = {
            "loop": path.replace("-loop.", "-loop2."),
            "loop2": path.replace("-loop2.", "-loop."),
            "away": "http://elsewhere.example/x",
            "inside": "http://169.254.169.254/latest/meta-data/",
        }
        if trouble in redirects:
            self._send(Answer(302, headers={"Location": redirects[trouble]}), headers)
        elif trouble == "flaky":
            if self.server.web.first_time(path, at):
                self._send(Answer(503, "text/plain", b"busy\n", headers={"Retry-After": "0"}), headers)
            else:
                shelf = self.server.web.shelves["news.example"]
                self._send(answer("news.example", shelf, Asked(path, {}, at)), headers)
        elif trouble == "empty":
            self._send(Answer(200, BARE_HTML), headers)
        elif trouble == "pdf":
            self._send(Answer(200, "application/pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"), headers)
        else:
            self._endless(trouble, headers)

    def _endless(self, trouble: str, headers: dict[str, str]) -> None:
        """Bodies that are too large, too slow or shorter than announced; the connection ends with them."""
        self.close_connection = True
        length = {"huge": len(_huge()) if trouble == "huge" else 0, "big": HUGE, "slow": SLOW, "broken": 5_000}[trouble]
        more = {"Content-Encoding": "gzip"} if trouble == "huge" else {}
        self.send_response(200)
        self._headers(
            headers | more | {"Content-Type": BARE_HTML, "Content-Length": str(length), "Connection": "close"}
        )
        if self.command == "HEAD":
            return
        if trouble == "huge":
            self.wfile.write(_huge())
        elif trouble == "broken":
            self.wfile.write(b"<html><body><p>" + b"x" * 400)
        elif trouble == "big":
            for _ in range(HUGE // 65_536):
                if self.server.web.stopping.is_set():
                    return
                self.wfile.write(b"x" * 65_536)
        else:
            for _ in range(SLOW):
                if self.server.web.stopping.wait(PAUSE):
                    return
                self.wfile.write(b"x")
                self.wfile.flush()


_HOSTILE = ("loop", "away", "inside", "huge", "big", "slow", "empty", "broken", "pdf", "flaky")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    web: SmallWeb

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error; any other is kept for ``SmallWeb.errors``."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError | TimeoutError):
            self.web.errors.append(repr(error))


class SmallWeb:
    """A running server.

    Attributes:
        url: address of the server; to be used as a proxy, or with the header Host.
        log: host and path of the last ``LOGGED`` requests, oldest first.
        errors: the last errors inside the server; empty if all is well.
    """

    def __init__(self, settings: Settings, port: int = 0) -> None:
        """Load the small web and listen; ``port`` 0 takes a free one.

        Raises:
            SimulationError: there is no small web, or the port is taken.
        """
        self.shelves, self.end = load(settings)
        self.log: deque[tuple[str, str]] = deque(maxlen=LOGGED)
        self.errors: deque[str] = deque(maxlen=100)
        self.stopping = threading.Event()
        self._asked: set[tuple[str, datetime]] = set()
        self._lock = threading.Lock()
        try:
            self._server = _Server(("127.0.0.1", port), _Handler)
        except OSError as error:
            raise SimulationError(
                f"port {port} of 127.0.0.1 cannot be used ({error}); choose another, or 0."
            ) from error
        self._server.web = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)

    def first_time(self, path: str, at: datetime) -> bool:
        """Whether a path is asked for the first time as of an instant."""
        with self._lock:
            new = (path, at) not in self._asked and len(self._asked) < LOGGED
            self._asked.add((path, at)) if new else None
        return new

    def __enter__(self) -> SmallWeb:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """Run the server as a process of its own while the block lasts; gives its address.

    The process ends when its standard input does, so it does not outlive the one that started it.

    Raises:
        SimulationError: it did not start; the message has its reason.
    """
    command = [sys.executable, "-m", "orchestration.simulation.web.serve", "--home", str(settings.home), "--attached"]
    process = subprocess.Popen(  # noqa: S603 (no shell, nothing of it comes from outside)
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        url = process.stdout.readline().strip() if process.stdout else ""
        if not url:
            reason = process.stderr.read().strip() if process.stderr else ""
            raise SimulationError(f"the small web did not start: {reason}")
        yield url
    finally:
        process.communicate(timeout=30)


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted, or until standard input ends; 2 if there is nothing to serve."""
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.simulation.web.serve", description="Serve the small web on 127.0.0.1."
    )
    parser.add_argument("--home", help="ECR_HOME of the simulation; default as in the environment")
    parser.add_argument("--port", type=int, default=0, help="port; 0 takes a free one")
    parser.add_argument("--attached", action="store_true", help="end when standard input ends")
    chosen = parser.parse_args(arguments)
    try:
        settings = Settings.from_env()
        if chosen.home:
            settings = Settings(home=Path(chosen.home).resolve(), jurisdiction=settings.jurisdiction)
        with SmallWeb(settings, chosen.port) as web, suppress(KeyboardInterrupt):
            print(web.url, flush=True)
            if chosen.attached:
                sys.stdin.read()
            else:
                threading.Event().wait()
    except (SimulationError, SettingsError) as error:
        print(f"small web: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
