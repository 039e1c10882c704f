"""Raw feeds: a month is published only when it passed, and the others go on."""

import sqlite3

import dagster as dg
import pytest

from orchestration.defs import resources
from orchestration.defs.failures import causes
from orchestration.defs.feeds import CATEGORY_GROUPS, build_feed, build_feeds, feed_key, group_of
from orchestration.defs.partitions import month_range_tags
from orchestration.feeds.contract import all_feeds, load_contract

BASE, CHANGES = "c01_base", "c01_changes"
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def run(fakes, instance, feeds=(BASE,), first="2026-05", last="2026-07", extra=()):
    assets = [build_feed(fakes.settings, feed) for feed in feeds]
    definitions = dg.Definitions(
        [*assets, *extra],
        jobs=[dg.define_asset_job("all", "*")],
        resources={"platform": fakes.platform()},
        executor=dg.in_process_executor,
    )
    return definitions.resolve_job_def("all").execute_in_process(
        instance=instance, tags=month_range_tags(first, last), raise_on_error=False, run_config=QUIET
    )


def after_base(fakes, computed):
    """An asset downstream of the base feed that notes when it was computed."""

    @dg.asset(
        deps=[feed_key(BASE)],
        partitions_def=build_feed(fakes.settings, BASE).partitions_def,
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def downstream():
        computed.append("downstream")
        return dg.MaterializeResult()

    return downstream


def evaluations(result, name):
    return {
        (item.asset_key.path[-1], item.partition): item
        for item in result.get_asset_check_evaluations()
        if item.check_name == name
    }


def test_every_month_has_its_own_materialization_and_check(fakes, instance):
    result = run(fakes, instance)
    assert result.success
    assert instance.get_materialized_partitions(feed_key(BASE)) == {"2026-05", "2026-06", "2026-07"}
    events = result.asset_materializations_for_node(f"raw__{BASE}")
    assert len(events) == 3
    june = next(event for event in events if event.partition == "2026-06")
    assert june.metadata["dagster/row_count"].value == 10
    assert june.metadata["delivered"].value == 12
    assert june.metadata["quarantined"].value == 2
    assert "| required | 2 |" in june.metadata["quarantine_reasons"].value
    assert "ab" * 32 in june.metadata["deliveries"].value
    checks = evaluations(result, "quality")
    assert set(checks) == {(BASE, "2026-05"), (BASE, "2026-06"), (BASE, "2026-07")}
    assert all(check.passed and check.blocking for check in checks.values())
    assert checks[(BASE, "2026-06")].metadata["data_docs"].value == f"http://127.0.0.1:3001/{BASE}/2026-06.html"


def test_a_refused_month_is_not_published_and_blocks_downstream_but_not_other_feeds(fakes, instance):
    computed = []
    fakes.refused[(BASE, "2026-06")] = "Column state of c01_base has 3 empty rows; send the column filled."
    result = run(fakes, instance, feeds=(BASE, CHANGES), extra=[after_base(fakes, computed)])
    assert not result.success
    assert computed == []
    assert ("discard", BASE, "2026-06") in fakes.calls
    assert fakes.published() == [
        (BASE, "2026-05"), (BASE, "2026-07"), (CHANGES, "2026-05"), (CHANGES, "2026-06"), (CHANGES, "2026-07"),
    ]  # fmt: skip
    assert instance.get_materialized_partitions(feed_key(BASE)) == {"2026-05", "2026-07"}
    assert instance.get_materialized_partitions(feed_key(CHANGES)) == {"2026-05", "2026-06", "2026-07"}
    checks = evaluations(result, "quality")
    assert not checks[(BASE, "2026-06")].passed
    assert "3 empty rows" in checks[(BASE, "2026-06")].metadata["failed"].value
    assert checks[(BASE, "2026-07")].passed
    assert any("3 empty rows" in line for line in causes(instance, result.run_id))


def test_the_same_downstream_is_computed_when_nothing_was_refused(fakes, instance):
    computed = []
    assert run(fakes, instance, extra=[after_base(fakes, computed)]).success
    assert computed == ["downstream"]


def test_a_stopped_month_says_why_and_is_not_retried(fakes, instance):
    sentence = "c01_base 2026-06, file a.csv, line 3: unknown column 'FOO'; add it to the contract."
    fakes.stops[(BASE, "2026-06")] = sentence
    result = run(fakes, instance)
    assert not result.success
    assert causes(instance, result.run_id) == [f"raw__{BASE}: {sentence}"]
    assert [call for call in fakes.calls if call[0] == "stage"].count(("stage", BASE, "2026-06")) == 1
    assert instance.get_materialized_partitions(feed_key(BASE)) == {"2026-05", "2026-07"}


def test_a_warning_does_not_block(fakes, instance):
    fakes.warned[(BASE, "2026-05")] = "c01_base 2026-05 has 30 rows, more than the 20 of its contract."
    result = run(fakes, instance)
    assert result.success
    arrival = evaluations(result, "arrival")
    assert not arrival[(BASE, "2026-05")].passed
    assert arrival[(BASE, "2026-05")].severity == dg.AssetCheckSeverity.WARN
    assert arrival[(BASE, "2026-06")].passed


def test_what_can_pass_is_tried_again(fakes, instance, monkeypatch):
    monkeypatch.setattr(resources, "FIRST_WAIT", 0.0)
    fakes.trouble = [sqlite3.OperationalError("database is locked"), OSError(5, "Input/output error")]
    assert run(fakes, instance).success
    assert len([call for call in fakes.calls if call == ("stage", BASE, "2026-05")]) == 3


def test_what_cannot_pass_is_not_tried_again(fakes, instance, monkeypatch):
    monkeypatch.setattr(resources, "FIRST_WAIT", 0.0)
    fakes.trouble = [ValueError("no such column")]
    result = run(fakes, instance)
    assert not result.success
    assert fakes.calls == [("stage", BASE, "2026-05")]
    assert causes(instance, result.run_id) == [f"raw__{BASE}: ValueError: no such column"]


def test_waits_grow_and_differ():
    waits = [[resources.wait_seconds(attempt) for _ in range(20)] for attempt in range(2)]
    assert all(2 <= wait <= 3 for wait in waits[0])
    assert all(4 <= wait <= 6 for wait in waits[1])
    assert len(set(waits[0])) > 1


def test_a_second_run_gives_the_same_partitions(fakes, instance):
    assert run(fakes, instance).success
    assert run(fakes, instance, first="2026-06", last="2026-06").success
    assert instance.get_materialized_partitions(feed_key(BASE)) == {"2026-05", "2026-06", "2026-07"}


def test_every_feed_shows_who_sends_it_and_what_its_columns_mean(settings):
    for asset in build_feeds(settings):
        (spec,) = asset.specs
        assert spec.owners and spec.kinds and spec.group_name in CATEGORY_GROUPS.values()
        schema = spec.metadata["dagster/column_schema"]
        assert all(column.description for column in schema.columns)
        assert [column.name for column in schema.columns][-3:] == ["received_month", "delivery_id", "row_no"]


def test_every_category_has_a_group_and_an_unknown_one_fails(settings):
    contracts = [load_contract(settings, feed) for feed in all_feeds(settings)]
    assert {group_of(contract) for contract in contracts} == set(CATEGORY_GROUPS.values())
    with pytest.raises(KeyError, match="C99"):
        group_of(contracts[0].model_copy(update={"category": "C99"}))
