"""What a decided partition of key fields shows, and that its assets stand where the walk needs them."""

from __future__ import annotations

from orchestration.defs.key_fields import COMBINED_COLUMNS, SPECIALISED_COLUMNS, build_key_fields, partition_metadata
from orchestration.defs.translator import COMBINED_CLASS, RISK_CLASS, SPECIALISED_CLASS
from orchestration.specialised.decide import COMBINED_CLASS as COMBINED_TABLE
from orchestration.specialised.decide import SPECIALISED_CLASS as SPECIALISED_TABLE
from tests.unit.defs.conftest import FieldDecided


def test_counts_per_field_and_class_are_shown():
    shown = partition_metadata(FieldDecided("2026-05", "410100"))
    assert (shown["food_A"].value, shown["food_D"].value, shown["drugs_A"].value) == (3, 1, 0)
    assert "| food | 4 | 3 (75.0%) | 1 (25.0%) | 3 | 1 |" in shown["fields"].value
    assert shown["dagster/row_count"].value == 4
    assert shown["visits_per_year"].value == 4.5


def test_the_combined_class_waits_for_both_classes(settings):
    assets = {asset.key: asset for asset in build_key_fields(settings)}
    assert assets[COMBINED_CLASS].asset_deps[COMBINED_CLASS] == {SPECIALISED_CLASS, RISK_CLASS}
    assert all(asset.backfill_policy.policy_type.value == "SINGLE_RUN" for asset in assets.values())


def test_every_column_that_is_written_is_explained():
    assert {name: kind for name, kind, _ in SPECIALISED_COLUMNS} == SPECIALISED_TABLE
    assert {name: kind for name, kind, _ in COMBINED_COLUMNS} == COMBINED_TABLE
