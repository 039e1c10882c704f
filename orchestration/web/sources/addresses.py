"""Which hosts and addresses a source may name.

Belongs here: what can be said of a host or an address by looking at it.
Does not belong here: what a name resolves to (``crawl.guard``).
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

_HOST = re.compile(r"^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$")


def host_check(host: str) -> None:
    """Refuse what is no host name.

    Raises:
        ValueError: it is an address, has a port, or is no name.
    """
    if literal(host):
        raise ValueError(f"hosts: {host!r} is an address; name the host")
    if not _HOST.match(host):
        raise ValueError(f"hosts: {host!r} is no host name; write it in lower case without scheme, port or path")


def url_check(url: str, hosts: tuple[str, ...], place: str = "start.urls") -> None:
    """Refuse an address that must not be asked.

    Raises:
        ValueError: scheme, host or port is not allowed, or there is a password in it.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise ValueError(f"{place}: {url!r} is no address ({error}); correct it") from error
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError(f"{place}: {url!r} is no http or https address; begin it with http:// or https://")
    if parts.username is not None or parts.password is not None:
        raise ValueError(f"{place}: the address on host {host} carries a user name or password; remove it")
    if literal(host):
        raise ValueError(f"{place}: {url!r} names an address instead of a host; write the host's name")
    if host not in hosts:
        raise ValueError(f"{place}: host {host!r} of {url!r} is not among hosts; add it or correct the address")


def literal(host: str) -> bool:
    """Whether a host is an address, also in the shorter spellings that resolvers accept, such as 2130706433."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return bool(re.fullmatch(r"(0x[0-9a-f]+|[0-9]+)(\.(0x[0-9a-f]+|[0-9]+))*", host.lower()))
    return True
