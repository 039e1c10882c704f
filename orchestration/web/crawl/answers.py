"""What an answer, or none, means: the words for it.

Belongs here: status, type and headers of an answer, the errors of a request, each as a reason with a sentence.
Does not belong here: what follows from it (``spider``).
"""

from __future__ import annotations

import re
from typing import Any

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from orchestration.web.crawl.guard import Refused
from orchestration.web.sources import Source

PROXY = "ECR_WEB_PROXY"
"""Environment variable with the address of an HTTP proxy through which all sites are asked."""
_NOT_THERE = (CannotResolveHostError, DownloadConnectionRefusedError)
_TYPES = {
    "pages": re.compile(r"text/(html|plain)|application/xhtml\+xml"),
    "feed": re.compile(r"text/(xml|plain|html)|application/([a-z.]+\+)?xml"),
    "json": re.compile(r"text/(plain|javascript|json)|application/([a-z.]+\+)?json|application/javascript"),
}


def list_fault(source: Source, response: Response) -> str | None:
    """Sentence if an answer is no list page."""
    place = f"{source.name}: the list {response.meta['asked']}"
    if response.status != 200:
        return f"{place} answers {response.status}; look whether it has moved and mend start.urls or list.next."
    if not response.body.strip():
        return f"{place} is empty; look whether it has moved and mend start.urls or list.next."
    named = _type(response)
    if named and not _TYPES[source.start.kind].fullmatch(named):
        return f"{place} is of type {named}, which is no {source.start.kind}; mend start.kind or start.urls."
    return memento_fault(source, response) if source.memento else None


def memento_fault(source: Source, response: Response) -> str | None:
    """Sentence if a site that should answer as of an instant does not say that it did."""
    if response.headers.get("Memento-Datetime"):
        return None
    return (
        f"{source.name}: {response.url} has no Memento-Datetime, so it is not known as of when it answers; a past "
        "month cannot be crawled there. Set memento to false."
    )


def item_fault(response: Response) -> tuple[str, str] | None:
    """Reason and sentence if an answer is no page of an item; 304, 404 and 410 are answered elsewhere."""
    url = response.meta["asked"]
    if response.status in (408, 429) or response.status >= 500:
        reason = "too_many_requests" if response.status == 429 else "server_error"
        return reason, f"{url} answers {response.status} again and again; it is asked once more with the next crawl."
    if response.status != 200:
        return "refused", f"{url} answers {response.status}; it may not be meant for the public."
    if not response.body.strip():
        return "empty", f"{url} is an empty page."
    named = _type(response)
    if named and not _TYPES["pages"].fullmatch(named):
        return "content_type", f"{url} is of type {named}; only pages of text are read."
    return None


def validators(response: Response) -> tuple[str | None, str | None]:
    """ETag and Last-Modified of an answer."""
    found = (response.headers.get("ETag"), response.headers.get("Last-Modified"))
    return tuple(value.decode("latin-1") if value else None for value in found)  # type: ignore[return-value]


def meaning(source: Source, request: Request, failure: Failure, refused: dict[str, str]) -> tuple[str, str]:
    """Reason and sentence for a request that got no usable answer."""
    error: Any = failure.value
    if isinstance(error, Refused):
        return error.reason, error.sentence
    url, limits = request.meta.get("asked", request.url), source.limits
    host = request.url.split("/")[2].partition(":")[0]
    larger = f"than {limits.page_bytes:,} bytes (limits.page_bytes)."
    loop = isinstance(error, IgnoreRequest) and "redirection" in str(error)
    inner = refused.get(host)
    cases = (
        (loop, "redirect_loop", f"{url} redirects more than {limits.redirects} times (limits.redirects)."),
        (isinstance(error, IgnoreRequest), "too_large", f"{url} unpacks to more {larger}"),
        (isinstance(error, DownloadCancelledError), "too_large", f"{url} is larger {larger}"),
        (
            isinstance(error, DownloadTimeoutError),
            "timeout",
            f"{url} took longer than {limits.seconds:g} seconds (limits.seconds).",
        ),
        (
            inner is not None,
            "private_address",
            f"{host} resolves to {inner}, which is no public address; it is not asked.",
        ),
        (isinstance(error, _NOT_THERE), "no_answer", silence(source, host, error, request.meta.get("proxy"))),
    )
    broken = f"{url} broke off: {type(error).__name__} {error}".rstrip()[:300] + "."
    return next(((reason, sentence) for holds, reason, sentence in cases if holds), ("broken", broken))


def silence(source: Source, host: str, error: Exception, proxy: str | None) -> str:
    """Sentence for a host that gave no answer at all: the proxy is named where it is what does not answer."""
    if proxy and isinstance(error, _NOT_THERE):
        return (
            f"{host} was not asked: nothing listens at {proxy}, the proxy that {PROXY} names; start what should listen "
            f"there (the small web of the demo: docs/web.md, 'Try it by hand'), or unset {PROXY}."
        )
    cure = f"look whether the site still exists and mend start.urls and hosts in {source.name}.yml"
    if host.endswith(".example"):
        cure = f"it belongs to the small web of the demo: serve that and set {PROXY} (docs/web.md, 'Try it by hand')"
    if isinstance(error, CannotResolveHostError):
        return f"{host} has no address (the name service does not know it); {cure}."
    if isinstance(error, DownloadConnectionRefusedError):
        return f"{host} does not take connections; {cure}."
    return f"{host} does not answer ({type(error).__name__}); {cure}."


def _type(response: Response) -> str:
    return (response.headers.get("Content-Type") or b"").decode("latin-1").partition(";")[0].strip().lower()
