"""The build fails where the rules of key fields and the dbt models disagree; each disagreement is made up."""

from __future__ import annotations

import pytest

from orchestration.catalogue import CatalogueError
from orchestration.settings import Settings
from orchestration.specialised import check_specialised_models, load_specialised

SETTINGS = Settings.from_env()
RULES = load_specialised(SETTINGS, "2026-05")


def manifest(sql=""):
    read = " ".join(f"'{indicator.code}'" for indicator in RULES.indicators)
    read += " ".join(f'{{{{ parameter("{one.code}", "{one.name}") }}}}' for one in RULES.parameters)
    node = {
        "resource_type": "model",
        "fqn": ["ecr", "specialised", "records", "field_records"],
        "original_file_path": "models/specialised/records/field_records.sql",
        "raw_code": f"-- S999999 in a comment\nselect {read} {sql}",
    }
    return {"nodes": {"model.ecr.field_records": node}}


def told(content):
    with pytest.raises(CatalogueError) as refused:
        check_specialised_models(SETTINGS, content)
    return str(refused.value)


def test_agreement():
    check_specialised_models(SETTINGS, manifest())


def test_an_indicator_of_which_no_model_tells():
    content = manifest()
    node = content["nodes"]["model.ecr.field_records"]
    node["raw_code"] = node["raw_code"].replace("'S010204'", "")
    assert "no model under models/specialised tells of S010204" in told(content)


def test_a_code_that_no_version_knows():
    assert "field_records.sql: S010999 is in no version of data/specialised" in told(manifest("'S010999'"))


def test_a_parameter_that_no_version_sets():
    assert "the parameter typo of S00 is in no version" in told(manifest('{{ parameter("S00", "typo") }}'))


def test_a_parameter_that_no_model_reads():
    content = manifest()
    node = content["nodes"]["model.ecr.field_records"]
    node["raw_code"] = node["raw_code"].replace('"prior_samples"', '"other"')
    assert "no model reads the parameter prior_samples of S030201" in told(content)
