"""Which addresses are never asked: other hosts, other schemes, addresses that are not public.

Belongs here: the check of every request, redirects and robots.txt among them, and of what a name resolves to.
Does not belong here: what a source's file may say (``sources.addresses``).

The address that was checked is the one that is connected to, because the check stands in the resolver: a name that
resolves to something else a moment later gains nothing by it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer

from orchestration.web.crawl.walk import walk_of
from orchestration.web.sources import Source
from orchestration.web.sources.addresses import literal

_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses that stand for IPv4 addresses (RFC 6052)."""


class Refused(IgnoreRequest):
    """A request that is not sent, or an answer that is not taken.

    Attributes:
        reason: word under which the skip is counted.
        sentence: what, where, how to mend.
    """

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet; also looks into addresses that carry an IPv4 address."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast and not found.is_reserved


def refusal(url: str, source: Source) -> tuple[str, str] | None:
    """Reason and sentence if an address must not be asked for a source; None if it may."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        return "bad_address", f"{url!r} is no address ({error}); nothing to mend, the site's link is wrong."
    if parts.scheme not in ("http", "https"):
        return "bad_scheme", f"{url} is neither http nor https and is not asked."
    if literal(host):
        kind = "private_address" if not is_public(host.strip("[]")) else "host_not_allowed"
        return kind, f"{url} names an address instead of a host; {source.name} may ask {', '.join(source.hosts)} only."
    if host not in source.hosts:
        return (
            "host_not_allowed",
            f"{url} lies on host {host!r}; {source.name} may ask {', '.join(source.hosts)} only. If the host belongs "
            "to the source, add it to hosts.",
        )
    if port is not None and port not in source.ports:
        return "port_not_allowed", f"{url} asks for port {port}; {source.name} may ask {sorted(source.ports)} only."
    return None


class GuardMiddleware:
    """Checks each request before anything else sees it, and sends it by the proxy if there is one."""

    def __init__(self, crawler: Crawler) -> None:
        self._walk = walk_of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> GuardMiddleware:
        """As Scrapy makes its middlewares."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Refuse what must not be asked.

        Raises:
            Refused: the address is not allowed.
        """
        found = refusal(request.url, self._walk.source)
        if found is not None:
            reason, sentence = found
            came: list[str] = request.meta.get("redirect_urls", [])
            if came:
                reason, sentence = "redirect_away", f"{came[0]} redirects to what may not be asked: {sentence}"
            raise Refused(reason, sentence)
        if self._walk.proxy:
            request.meta["proxy"] = self._walk.proxy


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Passes on the addresses of a name if all of them are public, and none otherwise."""

    def __init__(self, receiver: Any, host: str, refused: dict[str, str]) -> None:
        self._receiver = receiver
        self._host = host
        self._refused = refused
        self._found: list[IAddress] = []

    def resolutionBegan(self, resolution: IHostResolution) -> None:
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: IAddress) -> None:
        self._found.append(address)

    def resolutionComplete(self) -> None:
        inner = [host for address in self._found if not is_public(host := str(getattr(address, "host", "")))]
        if inner:
            self._refused[self._host] = inner[0]
        else:
            self._refused.pop(self._host, None)
            for address in self._found:
                self._receiver.addressResolved(address)
        self._receiver.resolutionComplete()


@implementer(IHostnameResolver)
class PublicResolver:
    """Resolves names to public addresses only.

    Attributes:
        refused: host -> an address for which it was refused.
    """

    def __init__(self, inner: Any, allowed: Sequence[str] = ()) -> None:
        """Wrap a resolver; ``allowed`` are hosts that may be anywhere: the proxy that the operator chose."""
        self._inner = inner
        self._allowed = frozenset(allowed)
        self.refused: dict[str, str] = {}

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """As Twisted asks its resolver."""
        receiver = resolutionReceiver
        if hostName not in self._allowed:
            receiver = _PublicOnly(resolutionReceiver, hostName, self.refused)
        return self._inner.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)
