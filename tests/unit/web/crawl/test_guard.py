"""Addresses that are never asked."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.address import IPv4Address

from orchestration.settings import Settings
from orchestration.web.crawl.guard import PublicResolver, is_public, refusal
from orchestration.web.sources import load_sources


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "not an address", "",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "202.102.224.68", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://news.example/a", None),
        ("https://NEWS.example:443/a", None),
        ("http://news.example./a", None),
        ("http://news.example:8080/a", "port_not_allowed"),
        ("http://evil.example/a", "host_not_allowed"),
        ("http://news.example.evil.example/a", "host_not_allowed"),
        ("http://news.example@evil.example/a", "host_not_allowed"),
        ("http://127.0.0.1/a", "private_address"),
        ("http://2130706433/a", "private_address"),
        ("http://0x7f000001/a", "private_address"),
        ("http://[::ffff:169.254.169.254]/a", "private_address"),
        ("http://8.8.8.8/a", "host_not_allowed"),
        ("ftp://news.example/a", "bad_scheme"),
        ("file:///etc/passwd", "bad_scheme"),
        ("javascript:alert(1)", "bad_scheme"),
        ("http://[::1", "bad_address"),
        ("http://news.example:port/", "bad_address"),
    ],
)
def test_only_hosts_of_the_source_are_asked(settings: Settings, url: str, reason: str | None) -> None:
    found = refusal(url, load_sources(settings)["news_heluo"])
    assert (found and found[0]) == reason


class _Receiver:
    """Takes what a resolver tells."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def resolutionBegan(self, resolution: object) -> None:
        self.told.append("began")

    def addressResolved(self, address: Any) -> None:
        self.told.append(address.host)

    def resolutionComplete(self) -> None:
        self.told.append("complete")


class _Names:
    """A name service that answers from a table and changes its mind."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    def resolveHostName(self, receiver: Any, hostName: str, *given: Any) -> None:
        receiver.resolutionBegan(self)
        for host in self.answers.pop(0):
            receiver.addressResolved(IPv4Address("TCP", host, 80))
        receiver.resolutionComplete()


def test_a_name_gives_public_addresses_or_none() -> None:
    resolver = PublicResolver(_Names(["8.8.8.8"], ["8.8.4.4", "10.0.0.1"], ["8.8.8.8"]), ["proxy.local"])
    told = []
    for _ in range(3):
        receiver = _Receiver()
        resolver.resolveHostName(receiver, "news.example")
        told.append((receiver.told, dict(resolver.refused)))
    public = ["began", "8.8.8.8", "complete"]
    # A name that also points inward is not asked at all, however it answered before.
    assert told == [(public, {}), (["began", "complete"], {"news.example": "10.0.0.1"}), (public, {})]


def test_the_proxy_of_the_operator_may_be_anywhere() -> None:
    receiver = _Receiver()
    PublicResolver(_Names(["127.0.0.1"]), ["proxy.local"]).resolveHostName(receiver, "proxy.local")
    assert receiver.told == ["began", "127.0.0.1", "complete"]
