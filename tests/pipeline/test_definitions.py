"""What Dagster is told, pinned: a mistyped dependency or a lost check shows here and nowhere else."""

from __future__ import annotations

import json
import subprocess
import sys

import dagster as dg
import pytest
import yaml

from orchestration.definitions import build_defs
from orchestration.defs.event_log import EventLog
from orchestration.defs.failures import causes
from orchestration.defs.launch import Launcher, LaunchError, parse
from orchestration.defs.partitions import key, month_range_tags
from orchestration.defs.prepare import prepare_home
from orchestration.defs.translator import RISK_CLASS
from orchestration.defs.warehouse import read_manifest
from orchestration.defs.web import FEED
from orchestration.feeds.contract import delivered_feeds
from orchestration.settings import PROJECT, Settings, SettingsError, region_codes
from tests.pipeline.snapshot import FILE, described
from tests.unit.defs.conftest import Fakes


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    return read_manifest(Settings(home=tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return described(Settings(home=tmp_path_factory.mktemp("home")))


def test_the_definitions_are_those_that_were_reviewed(found):
    reviewed = json.loads(FILE.read_text(encoding="utf-8"))
    assert found == reviewed, "If the change is meant: python -m tests.pipeline.snapshot, and read the difference."


def test_every_asset_says_whose_it_is_where_it_belongs_and_what_kind(found):
    for name, asset in found["assets"].items():
        assert asset["owners"] and asset["kinds"] and asset["group"] not in (None, "default"), name
        assert not asset["external"] or name.startswith("reference/"), (
            f"{name} is not made by anything; a typing error?"
        )


def test_every_feed_reaches_its_staging_model_through_a_blocking_check(found):
    for feed in delivered_feeds(Settings(home=PROJECT)):
        assert found["assets"][f"raw/{feed}"]["checks"]["quality"] == "blocking"
        assert found["assets"][f"staging/stg_{feed}"]["depends_on"][0].startswith("raw/")


@pytest.fixture
def launch(settings, manifest):
    fakes = Fakes(settings)
    fakes.manifest = manifest
    with dg.DagsterInstance.ephemeral() as instance:
        yield (
            fakes,
            instance,
            Launcher(settings, instance, fakes.lines.append, fakes.overrides() | {"manifest": manifest}),
        )


def test_one_call_walks_from_deliveries_to_classes(launch, settings):
    fakes, instance, launcher = launch
    launcher.months("2026-05", "2026-06")
    order = list(dict.fromkeys(call[0] for call in fakes.calls))
    between = {"names", "resolve", "extract", "copies", "match", "judge", "signals"}
    assert [step for step in order if step not in between | {"specialised", "combined"}] == [
        "stage", "publish", "dbt", "decide", "seal", "outcomes", "effect", "fairness"
    ]  # fmt: skip
    # pages become texts, these mentions of names and judgements, these a delivery, before the models read it
    for earlier, later in (
        ("publish", "names"), ("names", "resolve"), ("names", "match"), ("extract", "copies"), ("copies", "match"),
        ("match", "judge"), ("judge", "signals"), ("signals", "dbt"), ("resolve", "dbt"),
    ):  # fmt: skip
        assert order.index(earlier) < order.index(later), (earlier, later)
    steps = [call[:2] for call in fakes.calls]
    assert "crawl" not in order  # pages of a past month are not there any more
    assert steps.index(("signals", "2026-06")) < steps.index(("stage", FEED))
    assert order.index("combined") > max(order.index("decide"), order.index("specialised"))
    assert [call for call in fakes.calls if call[0] == "dbt"][:2] == [("dbt", "2026-05"), ("dbt", "2026-06")]
    decided = instance.get_materialized_partitions(RISK_CLASS)
    assert len(decided) == 2 * len(region_codes(settings))
    assert instance.get_materialized_partitions(dg.AssetKey(["scores", "enterprise_score"])) == {"2026-05", "2026-06"}
    event = instance.get_latest_materialization_event(RISK_CLASS).asset_materialization
    assert event.metadata["dagster/row_count"].value == 4
    assert "| D | 1 | 25.00% |" in event.metadata["classes"].value


def test_a_refused_feed_keeps_the_models_and_classes_from_being_computed(launch):
    fakes, instance, launcher = launch
    fakes.refused[("c06_penalties", "2026-05")] = "Column act is empty in 9 rows; send it filled."
    with pytest.raises(LaunchError, match=r"raw__c06_penalties: .*empty in 9 rows"):
        launcher.months("2026-05", "2026-05")
    assert not {call[0] for call in fakes.calls} & {"dbt", "decide", "seal"}
    assert ("c07_spot_checks", "2026-05") in fakes.published()
    assert not instance.get_materialized_partitions(RISK_CLASS)


def test_models_alone_do_not_walk_past_a_feed_that_was_refused_before(launch):
    fakes, instance, launcher = launch
    fakes.waiting["2026-06"] = ["c06_penalties 2026-05 was refused: column mood is unknown."]
    with pytest.raises(LaunchError, match=r"2026-06 is not computed. c06_penalties 2026-05 was refused"):
        launcher.compute("2026-05", "2026-06")
    assert [call for call in fakes.calls if call[0] == "dbt"] == [("dbt", "2026-05")]
    assert not instance.get_materialized_partitions(RISK_CLASS)


def test_a_month_is_sealed_only_when_all_its_regions_are_decided_and_its_day_has_passed(launch, settings):
    fakes, instance, launcher = launch
    first, *rest = region_codes(settings)
    launcher.ingest("2026-10", "2026-10")
    launcher.run("month", month_range_tags("2026-10", "2026-11"))
    job = launcher._definitions.resolve_job_def("classify")

    def decide(month: str, region: str) -> None:
        tags = {"dagster/partition/month": month, "dagster/partition/region": region}
        job.execute_in_process(
            instance=instance, partition_key=key(month, region), asset_selection=[RISK_CLASS], tags=tags
        )

    decide("2026-10", first)
    assert not [call for call in fakes.calls if call[0] == "seal"]
    for region in rest:
        decide("2026-10", region)
    assert {call[2] for call in fakes.calls if call[0] == "seal"} == {"2026-10"}
    for region in (first, *rest):
        decide("2026-11", region)  # the month in progress
    assert {call[2] for call in fakes.calls if call[0] == "seal"} == {"2026-10"}


def test_a_failed_dbt_test_fails_the_run_in_its_own_words(launch):
    from orchestration.warehouse.project import WarehouseError

    fakes, instance, _launcher = launch

    def breaks(settings, month, select=None, on_node=None):
        if month == "2026-06":
            raise WarehouseError("dbt test one_row_each failed for month 2026-06: 3 enterprises twice.")
        return Fakes.build_month(fakes, settings, month, select, on_node)

    broken = Launcher(
        fakes.settings, instance, fakes.lines.append,
        fakes.overrides() | {"manifest": fakes.manifest, "build_month": breaks},
    )  # fmt: skip
    with pytest.raises(LaunchError, match="3 enterprises twice"):
        broken.months("2026-05", "2026-07")
    assert instance.get_materialized_partitions(dg.AssetKey(["scores", "enterprise_score"])) == {"2026-05"}
    assert not instance.get_materialized_partitions(RISK_CLASS)


def test_one_model_alone_runs_with_the_views_it_reads_and_nothing_else(launch):
    fakes, instance, _ = launch
    asked = []

    def build(settings, month, select=None, on_node=None):
        asked.append(select.split())
        return Fakes.build_month(fakes, settings, month, select, on_node)

    key = dg.AssetKey(["indicators", "h0403_penalties"])
    result = (
        build_defs(
            {"settings": fakes.settings} | fakes.overrides() | {"manifest": fakes.manifest, "build_month": build}
        )
        .get_repository_def()
        .get_implicit_job_def_for_assets([key])
        .execute_in_process(instance=instance, partition_key="2026-05", asset_selection=[key])
    )
    assert result.success
    (models,) = asked
    assert {"h0403_penalties", "stg_c06_penalties", "feed_freshness"} <= set(models)
    assert "enterprise" not in models  # a table of the lake: it is read as it is
    assert [event.asset_key for event in result.get_asset_materialization_events()] == [key]


def test_published_views_that_stand_are_not_made_again_but_for_whoever_asks_for_them_alone(launch):
    fakes, instance, launcher = launch
    fakes.views_stand = True
    launcher.months("2026-05", "2026-05")
    view = dg.AssetKey(["marts", "risk_factor"])
    assert [call for call in fakes.calls if call[0] == "dbt"] == [("dbt", "2026-05")]
    assert instance.get_latest_materialization_event(view) is None
    launcher.run("classify", {}, [view])
    assert [call for call in fakes.calls if call[0] == "dbt"] == [("dbt", "2026-05"), ("dbt", "2026-10")]
    assert instance.get_latest_materialization_event(view) is not None


def test_column_lineage_is_on_the_newest_month_and_reaches_the_feeds(launch):
    fakes, instance, _ = launch
    columns = {"stg_c06_penalties": {"fine": [("raw.c06_penalties", "fine"), ("nowhere", "x")]}}
    Launcher(
        fakes.settings, instance, fakes.lines.append,
        fakes.overrides() | {"manifest": fakes.manifest, "column_lineage": lambda settings, manifest: columns},
    ).months("2026-05", "2026-06")  # fmt: skip
    event = instance.get_latest_materialization_event(dg.AssetKey(["staging", "stg_c06_penalties"]))
    found = event.asset_materialization
    assert found.partition == "2026-06"
    lineage = found.metadata["dagster/column_lineage"].value
    assert lineage.deps_by_column == {"fine": [dg.TableColumnDep(dg.AssetKey(["raw", "c06_penalties"]), "fine")]}


def test_what_the_delivery_sensor_asks_for_can_be_run(launch):
    fakes, instance, _ = launch
    given = fakes.overrides() | {"settings": fakes.settings, "manifest": fakes.manifest}
    repository = build_defs(given).get_repository_def()
    path = fakes.settings.landing / "c06_penalties" / "2026-11" / "a.csv"
    path.parent.mkdir(parents=True)
    path.write_text("x")
    sensor = repository.get_sensor_def("deliveries")
    context = dg.build_sensor_context(instance=instance, repository_def=repository)
    first = sensor.evaluate_tick(context)
    (request,) = sensor.evaluate_tick(
        dg.build_sensor_context(instance=instance, repository_def=repository, cursor=first.cursor)
    ).run_requests
    job = repository.get_job("ingest")
    for checks in (set(request.asset_check_keys), None):  # None: as the UI asks when a person picks one feed
        subset = job.get_subset(asset_selection=set(request.asset_selection), asset_check_selection=checks)
        assert subset.execute_in_process(instance=instance, partition_key=request.partition_key).success
    assert fakes.published() == [("c06_penalties", "2026-11")] * 2


def test_freshness_looks_at_the_partition_that_was_due(launch):
    _fakes, instance, launcher = launch
    launcher.months("2026-05", "2026-05")  # an old month: computing it makes nothing fresh
    run = launcher._definitions.resolve_job_def("freshness").execute_in_process(instance=instance)
    late = {item.asset_key.path[-1]: item for item in run.get_asset_check_evaluations()}
    assert not late["c01_base"].passed and not late["risk_class"].passed
    assert "2026-10" in late["c01_base"].description
    launcher.months("2026-10", "2026-10")
    run = launcher._definitions.resolve_job_def("freshness").execute_in_process(instance=instance)
    assert all(item.passed for item in run.get_asset_check_evaluations())


@pytest.mark.parametrize("span", [("2026-06", "2026-05"), ("2019-01", "2019-02"), ("2026-13", "2026-13")])
def test_months_that_cannot_be_computed_are_refused_in_one_sentence(launch, span):
    with pytest.raises(SettingsError, match="month"):
        launch[2].months(*span)


def test_the_command_line():
    chosen = parse(["months", "2026-05", "2026-10", "--ingest-from", "2026-04"])
    assert (chosen.first, chosen.last, chosen.ingest_from) == ("2026-05", "2026-10", "2026-04")
    assert parse(["maintain"]).command == "maintain"


def test_the_instance_is_that_of_the_template_and_writes_only_in_its_folder(settings, monkeypatch, capfd):
    monkeypatch.setenv("DAGSTER_HOME", "elsewhere")
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "0")
    home = prepare_home(settings)
    content = yaml.safe_load((home / "dagster.yaml").read_text())
    assert content["telemetry"] == {"enabled": False}
    assert content["concurrency"]["pools"] == {"default_limit": 1, "granularity": "op"}
    with dg.DagsterInstance.get() as instance:
        assert isinstance(instance.event_log_storage, EventLog)

        @dg.op
        def breaks():
            raise dg.Failure("a sentence")

        @dg.job(executor_def=dg.in_process_executor)
        def one():
            breaks()

        result = one.execute_in_process(instance=instance, raise_on_error=False)
        assert causes(instance, result.run_id) == ["breaks: a sentence"]
        # the terminal is told only what a person should know, the event log has every event all the same
        told = capfd.readouterr().err
        assert "a sentence" in told
        assert "STEP_START" not in told
        assert instance.get_records_for_run(result.run_id, of_type=dg.DagsterEventType.STEP_START).records
    assert {path.name for path in settings.home.iterdir()} == {"dagster"}


def test_writers_of_the_lake_share_a_pool_of_one(settings, manifest):
    repository = build_defs({"settings": settings, "manifest": manifest}).get_repository_def()
    pools = {
        asset.node_def.name: asset.node_def.pool
        for asset in repository.assets_defs_by_key.values()
        if asset.is_executable
    }
    assert {name for name, pool in pools.items() if pool == "lake_writer"} == {
        "warehouse_month", "warehouse_published", "risk_class", "specialised_class", "combined_class",
        "shadow_comparison", "maintenance_lake", "inspection_outcome", "inspection_effect", "inspection_fairness",
            "inspection_draw", "published_draw",
    }  # fmt: skip


def test_opening_the_definitions_imports_neither_great_expectations_nor_a_lake(settings, manifest, tmp_path):
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(manifest))
    script = (
        "import json, sys\n"
        "from pathlib import Path\n"
        "from orchestration.definitions import build_defs\n"
        "from orchestration.settings import Settings\n"
        f"settings = Settings(home=Path({str(tmp_path)!r}))\n"
        f"build_defs({{'settings': settings, 'manifest': json.load(open({str(path)!r}))}})\n"
        "print([name for name in ('great_expectations', 'polars', 'pandas') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert done.stdout.strip().splitlines()[-1] == "[]"
