"""Which rows stand: the lists and their readers say the same as the window over all rows of a key."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from orchestration.lake import scratch
from orchestration.resolution.known import as_known
from orchestration.settings import Settings
from tests.integration.standing.months import MONTHS, Delivered, Row, change, defaulter, deliver, penalty, start

FEEDS = {"c01_changes": change, "c10_defaulters": defaulter, "c06_penalties": penalty}


def agree(delivered: Delivered, months: tuple[str, ...] = MONTHS) -> None:
    for month in months:
        assert delivered.as_staging(month) == delivered.by_window(month), month


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("feed", FEEDS)
def test_staging_reads_what_the_window_gives(settings: Settings, feed: str, seed: int) -> None:
    make, rng = FEEDS[feed], random.Random(seed)
    delivered = start(settings, feed)
    for month in MONTHS:
        deliver(delivered, month, make, rng)
        agree(delivered, (month,))
    agree(delivered)
    deliver(delivered, rng.choice(MONTHS[:-1]), make, rng)
    agree(delivered, tuple(reversed(MONTHS)))


@pytest.mark.parametrize("seed", range(3))
def test_names_read_what_the_window_gives(settings: Settings, seed: int) -> None:
    def told(rng: random.Random) -> Row:
        return change(rng) | {"value_before": str(rng.random())}

    rng = random.Random(seed)
    delivered = start(settings, "c01_changes")
    for month in MONTHS:
        deliver(delivered, month, told, rng)
    for month in MONTHS:
        with scratch(settings) as connection:
            read = as_known(connection, settings, "c01_changes", month, ["value_before"])["value_before"].to_list()
            known = connection.execute(
                f"SELECT value_before, delivery_id || ':' || row_no FROM {delivered.raw('c01_changes')}"
            ).fetchall()
        standing = {record for record, _ in delivered.by_window(month)}
        assert sorted(read) == sorted(value for value, record in known if record in standing)


def test_feeds_whose_rows_are_found_by_name_are_refused_before_the_links_are_there(settings: Settings) -> None:
    with scratch(settings) as connection, pytest.raises(ValueError, match="may be found by name"):
        as_known(connection, settings, "c06_penalties", "2026-05", ["fine"])


def row(firm: str = "E1", after: str | None = "甲") -> Row:
    return {"enterprise_id": firm, "change_item": "1", "changed_on": "2026-03-01", "value_after": after}


def standing(delivered: Delivered, month: str) -> list[str]:
    agree(delivered, (month,))
    return sorted(record for record, _ in delivered.as_staging(month))


def test_what_a_superseded_delivery_replaced_stands_again(settings: Settings) -> None:
    delivered = start(settings, "c01_changes")
    delivered.publish("2026-04", {"a": [row()]})
    delivered.publish("2026-05", {"b": [row()]})
    delivered.publish("2026-06", {"c": [row("E2")]}, supersedes=["b"])
    assert standing(delivered, "2026-06") == ["a:1", "c:1"]
    assert standing(delivered, "2026-05") == ["b:1"]
    assert standing(delivered, "2026-04") == ["a:1"]


def test_a_row_that_two_months_replaced_stays_replaced_when_one_of_them_is_superseded(settings: Settings) -> None:
    delivered = start(settings, "c01_changes")
    delivered.publish("2026-04", {"a": [row()]})
    delivered.publish("2026-05", {"b": [row()]})
    delivered.publish("2026-06", {"c": [row()]})
    delivered.publish("2026-07", {"d": []}, supersedes=["c"])
    assert standing(delivered, "2026-07") == ["b:1"]


def test_a_null_part_of_a_key_is_equal_to_a_null(settings: Settings) -> None:
    delivered = start(settings, "c01_changes")
    delivered.publish("2026-04", {"a": [row(after=None), row()]})
    delivered.publish("2026-05", {"b": [row(after=None)]})
    assert standing(delivered, "2026-05") == ["a:2", "b:1"]


def test_a_link_that_changes_changes_what_stands(settings: Settings) -> None:
    delivered = start(settings, "c06_penalties")
    given = {"document_no": "1", "subject_name": "甲公司"}
    delivered.publish("2026-04", {"a": [given | {"enterprise_id": "E1"}]})
    delivered.publish("2026-05", {"b": [given]})
    delivered.links = [("2026-06", "b:1", "E1"), ("2026-07", "b:1", "E2")]
    for month in ("2026-06", "2026-07"):
        delivered.publish(month, {})
    assert standing(delivered, "2026-05") == ["a:1", "b:1"]
    assert standing(delivered, "2026-06") == ["b:1"]
    assert standing(delivered, "2026-07") == ["a:1", "b:1"]


@pytest.mark.parametrize("make", [change, defaulter, penalty])
def test_the_invented_deliveries_are_not_idle(settings: Settings, make: Callable[[random.Random], Row]) -> None:
    """The comparisons above would hold of nothing, too: rows are replaced, and deliveries superseded."""
    feed = next(name for name, one in FEEDS.items() if one is make)
    delivered, rng = start(settings, feed), random.Random(0)
    for month in MONTHS:
        deliver(delivered, month, make, rng)
    with scratch(settings) as connection:
        found = connection.execute(f"SELECT count(*) FROM {delivered.raw(feed)}").fetchone()
    assert found is not None
    assert any(delivered.superseded.values())
    assert 0 < len(delivered.by_window(MONTHS[-1])) < found[0]
