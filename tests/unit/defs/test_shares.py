"""Sharing the ingest among processes: every feed once, about the same work each."""

from __future__ import annotations

import argparse

import pytest

from orchestration.defs.launch import EVERY_FEED, _part, shares
from orchestration.feeds.contract import delivered_feeds


@pytest.mark.parametrize("parts", [1, 2, 5])
def test_every_feed_is_in_exactly_one_share(settings, parts):
    lists = shares(settings, parts)
    assert sorted(feed for feeds in lists for feed in feeds) == delivered_feeds(settings)


def test_a_feed_with_a_large_delivery_shares_its_process_with_few(settings):
    folder = settings.landing / "c09_complaints" / "2026-05"
    folder.mkdir(parents=True)
    (folder / "large.csv").write_bytes(b" " * EVERY_FEED * 10)
    alone, rest = sorted(shares(settings, 2), key=len)
    assert "c09_complaints" in alone
    assert len(rest) - len(alone) in (9, 10, 11)


def test_a_part_is_one_of_so_many():
    assert _part("2/3") == (2, 3)
    for text in ("0/2", "3/2", "1", "a/b", "1/2/3"):
        with pytest.raises(argparse.ArgumentTypeError, match="write for example 1/2"):
            _part(text)
