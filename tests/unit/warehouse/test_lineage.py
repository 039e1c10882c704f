"""Column lineage is read from compiled SQL."""

import json

from orchestration.warehouse.lineage import column_lineage, plain, trace

RAW = "read_parquet('/x/lake/raw/c06_penalties/*/accepted.parquet', union_by_name = true, hive_partitioning = false)"


def test_table_functions_become_tables_and_months_become_one():
    text = plain(f"select fine from {RAW} where received_month <= '2026-05' and decided_on <= date '2026-05-31'")
    assert text == (
        "select fine from raw.c06_penalties where received_month <= '2000-01' and decided_on <= date '2000-01-01'"
    )
    assert plain("select * from read_csv('/a/b/districts.csv', header = true)") == "select * from reference.districts"
    kept = plain('select a.enterprise_mark from "memory"."scores"."enterprise__rows" as a')
    assert kept == 'select a.enterprise_id from "memory"."scores"."enterprise" as a'


def test_columns_are_followed_through_steps_and_joins():
    schema = {
        "staging": {"stg": {"enterprise_id": "varchar", "fine": "double", "kind": "varchar"}},
        "scores": {"enterprise": {"enterprise_id": "varchar"}},
    }
    sql = """
        with fined as (select enterprise_id, sum(fine) as total, max(kind) as kind from memory.staging.stg group by 1)
        select enterprise.enterprise_id, coalesce(fined.total, 0) as h1, 'x' as h2
        from lake.scores.enterprise as enterprise
        left join fined on fined.enterprise_id = enterprise.enterprise_id
    """
    assert trace(sql, schema) == {
        "enterprise_id": [("enterprise", "enterprise_id")],
        "h1": [("stg", "fine")],
        "h2": [],
    }


def manifest(settings, models):
    """A manifest of models in order, each reading the one before, with their compiled SQL on disk."""
    nodes, before = {}, []
    for name, sql in models.items():
        path = settings.dbt_target / "target" / "compiled" / "ecr" / f"{name}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sql)
        nodes[f"model.ecr.{name}"] = {
            "unique_id": f"model.ecr.{name}", "name": name, "alias": name, "schema": "s", "resource_type": "model",
            "columns": {}, "original_file_path": f"{name}.sql", "depends_on": {"nodes": list(before)},
        }  # fmt: skip
        before = [f"model.ecr.{name}"]
    return {"metadata": {"project_name": "ecr"}, "nodes": nodes, "sources": {}}


def test_a_star_is_resolved_from_the_models_above_and_the_answer_is_kept(settings):
    models = {
        "one": f"select enterprise_id, fine as total from {RAW}",
        "two": "with a as (select * from memory.s.one) select a.*, total * 2 as twice from a",
        "broken": "this is not sql (",
    }
    made = manifest(settings, models)
    first = column_lineage(settings, made)
    assert first["two"]["twice"] == [("one", "total")]
    assert first["one"]["total"] == [("raw.c06_penalties", "fine")]
    assert first["broken"] == {}
    assert column_lineage(settings, made, budget=-1.0) == first  # nothing is left to compute
    assert set(json.loads((settings.dbt_target / "column_lineage.json").read_text())) == {"one", "two", "broken"}


def test_what_does_not_fit_into_the_time_waits_and_a_change_above_is_seen(settings):
    made = manifest(settings, {"one": f"select fine as total from {RAW}", "two": "select * from memory.s.one"})
    assert column_lineage(settings, made, budget=-1.0) == {}
    assert set(column_lineage(settings, made)["two"]) == {"total"}
    made = manifest(settings, {"one": f"select fine as sum from {RAW}", "two": "select * from memory.s.one"})
    assert set(column_lineage(settings, made)["two"]) == {"sum"}
