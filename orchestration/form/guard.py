"""What keeps other pages and large bodies away from the form.

Belongs here: the token of a page, headers of every answer, bounds of bodies.
Does not belong here: what the pages do (``app``).

The form listens on the machine itself and has no log-in, like the platform's other page. What remains is another page
in the same browser: it can neither read the cookie nor write the hidden field beside it, names another origin, and a
name of its own that points here is refused by its ``Host``.
"""

from __future__ import annotations

import hmac
import re
import secrets
import sys
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = ("127.0.0.1", "localhost")
"""Names under which the form may be asked for."""
COOKIE, FIELD = "ecr_form", "token"
_OURS = Path(__file__).resolve().parents[1]
_TOKEN = re.compile(r"^[0-9a-f]{64}$")
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # same-origin and not no-referrer: with that a browser sends "null" as the origin of our own pages
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


def token(request: Request) -> str:
    """The token of this browser: that of its cookie, or a new one, which ``remember`` sets."""
    given = request.cookies.get(COOKIE, "")
    return given if _TOKEN.match(given) else secrets.token_hex(32)


def remember(response: Response, value: str) -> None:
    """Set the cookie: for this site only, not for scripts, until the browser is closed."""
    response.set_cookie(COOKIE, value, httponly=True, samesite="strict", path="/")


def own_page(request: Request, field: object) -> bool:
    """Whether a form was sent from a page of ours: the hidden field is that of the cookie, the origin is this host."""
    cookie = request.cookies.get(COOKIE, "")
    if not _TOKEN.match(cookie) or not isinstance(field, str):
        return False
    # as bytes: of texts only ASCII can be compared, and the field holds whatever was sent
    if not hmac.compare_digest(cookie.encode(), field.encode(errors="replace")):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


Failed = Callable[[Request, Exception], Awaitable[Response]]


def told(error: BaseException) -> str:
    """An error as a log may have it: what and where, without its message, which may repeat what a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [
        f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames if _OURS in Path(frame.filename).parents
    ]
    return f"{type(error).__name__} at {' > '.join(places) or 'a library'}"


class Bounds:
    """Refuses bodies larger than a route takes, before they are read; adds the headers to every answer.

    What fails inside is answered with a page and logged without its message.

    Args:
        app: what answers.
        largest: path -> bytes that its body may have.
        failed: the page for what fails inside.
    """

    def __init__(self, app: ASGIApp, largest: Callable[[str], int], failed: Failed) -> None:
        self.app = app
        self.largest = largest
        self.failed = failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = self.largest(scope["path"])
        length = Headers(scope=scope).get("content-length", "0")
        announced = int(length) if length.isascii() and length.isdigit() else most + 1
        read, started = 0, False

        async def bounded() -> Message:
            nonlocal read
            if announced > most:
                raise HTTPException(413)
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise HTTPException(413)
            return message

        async def guarded(message: Message) -> None:
            nonlocal started
            started = True
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        try:
            await self.app(scope, bounded, guarded)
        except Exception as error:
            print(f"{scope['method']} failed: {told(error)}", file=sys.stderr, flush=True)
            if not started:
                answer = await self.failed(Request(scope), error)
                await answer(scope, receive, guarded)
