"""The build fails where catalogue and dbt models disagree; each disagreement is made in a made-up manifest."""

from __future__ import annotations

import copy
import json

import pytest

from orchestration.catalogue import CatalogueError, check_models, load_catalogue
from orchestration.settings import Settings

SETTINGS = Settings.from_env()
CATALOGUE = load_catalogue(SETTINGS, "2026-05")


def made_up_manifest():
    """One model per level 2 with its columns, and one test that names the categories of H040102."""
    nodes = {}
    for level in sorted({indicator.l2_code.lower() for indicator in CATALOGUE.indicators}):
        name = f"{level}_something"
        columns = ["month", "enterprise_id", *(i.column for i in CATALOGUE.indicators if i.column.startswith(level))]
        nodes[f"model.ecr.{name}"] = {
            "name": name,
            "resource_type": "model",
            "fqn": ["ecr", "indicators", "folder", name],
            "original_file_path": f"models/indicators/{name}.sql",
            "columns": {column: {} for column in columns},
            "raw_code": "\n".join(
                f"{{{{ parameter('{parameter.code}', \"{parameter.name}\") }}}}"
                for parameter in CATALOGUE.parameters
                if parameter.code.lower().startswith(level)
            ),
        }
    nodes["test.ecr.holds"] = {
        "name": "holds",
        "resource_type": "test",
        "fqn": ["ecr", "indicators", "folder", "holds"],
        "attached_node": "model.ecr.h0401_something",
        "test_metadata": {
            "name": "indicator_holds",
            "kwargs": {
                "arguments": {"values": {"h040102": {"in": ["none", "1", "2", "3", "4"]}, "h040103": {"min": 0}}}
            },
        },
    }
    return nodes


@pytest.fixture
def nodes():
    return copy.deepcopy(made_up_manifest())


def refusal(nodes):
    with pytest.raises(CatalogueError) as refused:
        check_models(SETTINGS, {"nodes": nodes})
    return str(refused.value)


def test_agreement(nodes, tmp_path):
    check_models(SETTINGS, {"nodes": nodes})
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"nodes": nodes}))
    check_models(SETTINGS, path)


def test_an_indicator_without_a_column(nodes):
    del nodes["model.ecr.h0401_something"]["columns"]["h040103"]
    told = refusal(nodes)
    assert "H040103 近三年列入经营异常次数 has no column h040103" in told
    assert "indicators.csv:" in told


def test_an_indicator_in_two_models(nodes):
    nodes["model.ecr.h0401_more"] = nodes["model.ecr.h0401_something"] | {
        "name": "h0401_more",
        "columns": {"h040103": {}},
    }
    assert "H040103 is a column of h0401_more, h0401_something; keep it in one model." in refusal(nodes)


def test_an_indicator_in_a_model_of_another_level_2(nodes):
    del nodes["model.ecr.h0401_something"]["columns"]["h040103"]
    nodes["model.ecr.h0402_something"]["columns"]["h040103"] = {}
    assert "H040103 is a column of h0402_something, which is not a model of H0401; move it." in refusal(nodes)


def test_a_column_that_no_catalogue_knows(nodes):
    nodes["model.ecr.h0401_something"]["columns"]["h040199"] = {}
    assert refusal(nodes) == (
        "models/indicators/h0401_something.sql: column h040199 is in no catalogue version; "
        "add it to indicators.csv or remove it."
    )


def test_a_category_without_a_band(nodes):
    nodes["test.ecr.holds"]["test_metadata"]["kwargs"]["arguments"]["values"]["h040102"]["in"].append("5")
    assert "H040102 has no band for 5, which the model h0401_something may give; add it." in refusal(nodes)


def test_models_elsewhere_do_not_count(nodes):
    nodes["model.ecr.enterprise"] = {
        "name": "enterprise", "resource_type": "model", "fqn": ["ecr", "enterprise", "enterprise"],
        "original_file_path": "models/enterprise/enterprise.sql", "columns": {"h040199": {}},
    }  # fmt: skip
    check_models(SETTINGS, {"nodes": nodes})


def test_a_parameter_that_no_version_sets(nodes):
    nodes["model.ecr.h0401_something"]["raw_code"] += "{{ parameter('H040103', 'typo') | int }}"
    assert refusal(nodes) == (
        "models/indicators/h0401_something.sql: the parameter typo of H040103 is in no catalogue version; "
        "add it to parameters.csv."
    )


def test_a_parameter_that_no_model_reads(nodes):
    nodes["model.ecr.h0401_something"]["raw_code"] = "select 0.5"
    told = refusal(nodes)
    line = CATALOGUE.lines[("parameters.csv", "H040103", "repaired_weight")]
    assert f"parameters.csv:{line}: no model reads the parameter repaired_weight of H040103" in told


def test_a_parameter_that_a_macro_reads(nodes):
    """What a model and its evidence share stands in a macro, and so do the numbers it reads."""
    model = nodes["model.ecr.h0401_something"]
    macro = {"original_file_path": "macros/listings.sql", "macro_sql": model["raw_code"]}
    model["raw_code"] = "select 0.5"
    check_models(SETTINGS, {"nodes": nodes, "macros": {"macro.ecr.listings": macro}})
    macro["macro_sql"] += "{{ parameter('H040103', 'typo') }}"
    with pytest.raises(CatalogueError, match=r"macros/listings\.sql: the parameter typo of H040103 is in no"):
        check_models(SETTINGS, {"nodes": nodes, "macros": {"macro.ecr.listings": macro}})
