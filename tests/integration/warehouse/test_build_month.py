"""A month is a pure function of what had been received, and replaces itself and nothing else."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from orchestration.catalogue.model import CatalogueError
from orchestration.lake import failed_scores
from orchestration.settings import Settings
from orchestration.warehouse import dbt, project
from orchestration.warehouse.dbt import NodeResult, build_month
from orchestration.warehouse.project import WarehouseError
from tests.integration.warehouse.partitions import enterprise, month_hash, publish, query

SELECT = "+enterprise_score"
TABLES = ("lake.scores.enterprise", "lake.scores.enterprise_score")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A lake with three received months: a load, a correction of it, a delta."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    publish(
        settings,
        "c01_base",
        "2026-04",
        [enterprise(1), enterprise(2), enterprise(3, registered_capital=None)],
        delivery="load",
    )
    publish(settings, "c01_branches", "2026-04", [
        {"enterprise_id": "E001", "branch_id": "B1", "opened_on": "2020-01-01"},
        {"enterprise_id": "E002", "branch_id": "B2", "opened_on": "2020-01-01"},
    ], delivery="branches")  # fmt: skip
    publish(settings, "c01_cluster_addresses", "2026-04", [])
    # May: E002 has more capital, E003 is gone; the list of branches is replaced as a whole
    publish(settings, "c01_base", "2026-05", [enterprise(2, registered_capital=900), enterprise(4)])
    publish(settings, "c01_deregistrations", "2026-05", [{"enterprise_id": "E003", "deregistered_on": "2026-05-31"}])
    publish(
        settings,
        "c01_branches",
        "2026-05",
        [{"enterprise_id": "E002", "branch_id": "B2", "opened_on": "2020-01-01"}],
        supersedes=("branches",),
    )
    for month in ("2026-04", "2026-05"):
        build_month(settings, month, SELECT)
    return settings


def scale(settings: Settings, month: str) -> list[tuple[object, ...]]:
    return query(
        settings,
        "SELECT enterprise_id, v_h010101, v_h010102 FROM lake.scores.enterprise_score WHERE month = ? ORDER BY 1",
        month,
    )


def test_month_knows_what_had_been_received_by_its_end(settings: Settings) -> None:
    assert scale(settings, "2026-04") == [("E001", 500, 1), ("E002", 500, 1), ("E003", None, 0)]
    # the corrected delivery took B1 away, the later record of E002 replaced the earlier one, E003 ended on the last day
    assert scale(settings, "2026-05") == [("E001", 500, 0), ("E002", 900, 1), ("E004", 500, 0)]


def test_rebuilt_month_is_the_same_and_other_months_are_untouched(settings: Settings) -> None:
    before = {
        (table, month): month_hash(settings, table, month) for table in TABLES for month in ("2026-04", "2026-05")
    }
    assert all(count == 3 for count, _ in before.values())
    publish(settings, "c01_base", "2026-06", [enterprise(1, registered_capital=1), enterprise(9)])
    build_month(settings, "2026-06", SELECT)
    build_month(settings, "2026-04", SELECT)
    after = {key: month_hash(settings, *key) for key in before}
    assert after == before
    assert scale(settings, "2026-06")[0] == ("E001", 1, 0)


def test_replaced_month_drops_its_own_file_only(settings: Settings) -> None:
    files = "SELECT DISTINCT data_file FROM ducklake_list_files('lake', 'enterprise', schema => 'scores')"
    before = {row[0] for row in query(settings, files)}
    build_month(settings, "2026-05", "enterprise stg_c01_base stg_c01_branches +enterprise")
    after = {row[0] for row in query(settings, files)}
    assert len(before - after) <= 1 and len(after - before) <= 1
    assert all("month=2026-05" in path for path in before ^ after)


def test_freshness_separates_no_record_from_unknown(settings: Settings) -> None:
    publish(settings, "c01_base", "2026-08", [enterprise(1)])
    build_month(settings, "2026-08", SELECT)
    # branches were last delivered in May, two months is what the contract allows
    assert all(branches is None for _, _, branches in scale(settings, "2026-08"))


def test_month_without_enterprises_is_emptied(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    publish(settings, "c01_base", "2026-05", [enterprise(1)])
    build_month(settings, "2026-05", "+enterprise")
    assert month_hash(settings, "lake.scores.enterprise", "2026-05")[0] == 1
    publish(settings, "c01_base", "2026-05", [enterprise(1, state="3")])
    build_month(settings, "2026-05", "+enterprise")
    assert month_hash(settings, "lake.scores.enterprise", "2026-05")[0] == 0


def test_reports_nodes_and_rows_as_they_finish(settings: Settings) -> None:
    seen: list[NodeResult] = []
    built = build_month(settings, "2026-05", SELECT, seen.append)
    assert [node.unique_id for node in seen] == [node.unique_id for node in built.nodes]
    rows = {node.name: node.rows for node in built.nodes}
    assert rows["enterprise"] == rows["h0101_enterprise_scale"] == 3
    assert rows["stg_c01_base"] is None
    assert {node.kind for node in built.nodes} == {"model", "test"}
    assert {node.status for node in built.nodes} == {"success", "pass"}


def test_evidence_written_in_parts_is_whole_and_counted(settings: Settings) -> None:
    publish(settings, "c06_penalties", "2026-06", [
        {"enterprise_id": "E002", "document_no": "P1", "subject_kind": "1", "decided_on": "2026-05-05", "fine": 9},
    ])  # fmt: skip
    build_month(settings, "2026-06", SELECT)
    for _ in range(2):
        (evidence,) = [n for n in build_month(settings, "2026-06", "risk_evidence").nodes if n.kind == "model"]
        found = query(
            settings,
            "SELECT left(indicator_code, 3), count(*) FROM lake.scores.risk_evidence WHERE month = ? "
            "GROUP BY 1 ORDER BY 1",
            "2026-06",
        )
        assert [area for area, _ in found] == ["H01", "H04"]
        assert evidence.rows == sum(int(str(count)) for _, count in found)


def test_single_models_are_built_with_what_they_need_from_memory(settings: Settings) -> None:
    before = month_hash(settings, "lake.scores.enterprise", "2026-05")
    built = build_month(settings, "2026-05", "h0101_enterprise_scale h0202_abnormal_registration")
    models = ["h0101_enterprise_scale", "h0202_abnormal_registration"]
    # neither the views behind them nor the test of the spine, which was not asked for
    assert sorted(node.name for node in built.nodes) == sorted(models + [f"{name}_holds" for name in models])
    assert month_hash(settings, "lake.scores.enterprise", "2026-05") == before


def test_nothing_stays_open(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    build_month(settings, "2026-05", "+enterprise")
    catalogue = settings.home / "lake" / "catalog.sqlite"
    held = [
        link
        for link in Path("/proc/self/fd").iterdir()
        if link.is_symlink() and str(link.readlink()).startswith(str(catalogue))
    ]
    assert held == []
    with sqlite3.connect(catalogue, timeout=0.1, isolation_level=None) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("ROLLBACK")
    assert capfd.readouterr() == ("", "")


def test_environment_is_put_back(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setenv("ECR_MONTH", "1999-01")
    monkeypatch.delenv("ECR_WINDOWS", raising=False)
    build_month(settings, "2026-05", "+enterprise")
    assert os.environ["ECR_MONTH"] == "1999-01"
    assert "ECR_WINDOWS" not in os.environ


def test_failed_test_names_itself_the_month_and_what_it_found(settings: Settings) -> None:
    publish(settings, "c01_base", "2026-07", [enterprise(1), enterprise(7, district_code="999999")])
    try:
        with pytest.raises(
            WarehouseError,
            match=r"dbt test enterprise_holds failed for month 2026-07 .*enterprise\.yml.*district_without_region 1",
        ):
            build_month(settings, "2026-07", SELECT)
    finally:
        publish(settings, "c01_base", "2026-07", [])


@pytest.mark.parametrize(("fault", "found"), [
    ("DELETE FROM {rows} WHERE rowid = 0", "rows_missing 1, other_enterprises 1"),
    ("INSERT INTO {rows} SELECT * FROM {rows} WHERE rowid = 0", "rows_too_many 1"),
    ("UPDATE {rows} SET enterprise_mark = 0 WHERE rowid = 1", "other_enterprises 1"),
    ("UPDATE {rows} SET h010102 = -1 WHERE rowid = 1", "wrong_h010102 1"),
])  # fmt: skip
def test_rows_that_are_not_those_of_the_spine_stop_before_they_are_read(
    settings: Settings, fault: str, found: str
) -> None:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    def spoil(node: NodeResult) -> None:
        if node.name == "h0101_enterprise_scale":
            with DuckDBConnectionManager._ENV.conn.cursor() as cursor:
                cursor.execute(fault.format(rows="memory.staging.h0101_enterprise_scale__rows"))

    before = month_hash(settings, "lake.scores.enterprise_score", "2026-05")
    with pytest.raises(WarehouseError, match=rf"h0101_enterprise_scale_holds failed .*: {found}[.;]"):
        build_month(settings, "2026-05", SELECT, spoil)
    assert month_hash(settings, "lake.scores.enterprise_score", "2026-05") == before


def test_parsed_project_is_kept_on_disk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    path = project.manifest_path(settings)
    assert path.is_file() and path.parent == settings.dbt_target
    monkeypatch.setattr(project, "_parsed", {})  # as in a new process
    monkeypatch.setattr(project, "_parse", lambda settings: pytest.fail("parsed although nothing changed"))
    build_month(settings, "2026-05", "+enterprise")


def test_a_catalogue_that_disagrees_with_the_models_builds_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise CatalogueError("data/catalogue/v1/indicators.csv:7: H010301 has no column h010301 in a model")

    monkeypatch.setattr(dbt, "_agreed", set())
    monkeypatch.setattr(dbt, "check_models", refuse)
    monkeypatch.setattr(dbt, "invoke", lambda *_: pytest.fail("built although the catalogue was refused"))
    with pytest.raises(WarehouseError, match=r"indicators.csv:7: H010301 has no column"):
        build_month(settings, "2026-05", SELECT)


def test_a_month_whose_build_failed_is_marked_until_it_succeeds(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise WarehouseError("dbt test points_add_up failed for month 2026-05")

    monkeypatch.setattr(dbt, "invoke", lambda *_: [])
    monkeypatch.setattr(dbt, "_raise_for", fail)
    for select in (None, "h0101_enterprise_scale"):
        failed_scores(settings).clear("2026-05")
        with pytest.raises(WarehouseError):
            build_month(settings, "2026-05", select)
        assert (failed_scores(settings).of("2026-05") is None) == (select is not None)
    failed_scores(settings).put("2026-05", "points")
    monkeypatch.setattr(dbt, "_raise_for", lambda *_: None)
    build_month(settings, "2026-05", "h0101_enterprise_scale")
    assert failed_scores(settings).of("2026-05") == "points"
    build_month(settings, "2026-05", "enterprise_score h0101_enterprise_scale")
    assert failed_scores(settings).of("2026-05") is None


@pytest.mark.parametrize(("select", "made"), [(None, False), ("enterprise_score", False), ("tag:published", True)])
def test_scores_take_the_mark_of_the_published_views_away_and_the_views_leave_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, select: str | None, made: bool
) -> None:
    noted: list[str] = []
    monkeypatch.setattr(dbt, "invoke", lambda *_: [])
    monkeypatch.setattr(dbt, "forget", lambda settings: noted.append("away"))
    monkeypatch.setattr(dbt, "note", lambda settings, month: noted.append(month))
    build_month(settings, "2026-05", "h0101_enterprise_scale")
    assert noted == []
    build_month(settings, "2026-05", select)
    assert noted == ["away", *(["2026-05"] if made else [])]


def test_a_build_that_is_killed_leaves_the_month_marked(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(dbt, "invoke", killed)
    with pytest.raises(KeyboardInterrupt):
        build_month(settings, "2026-05")
    assert failed_scores(settings).of("2026-05") == dbt.UNFINISHED
    failed_scores(settings).clear("2026-05")
