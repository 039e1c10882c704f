"""What a drawn partition shows, how refusals reach a person, and that every column is explained."""

from __future__ import annotations

import dagster as dg
import pytest

from orchestration.defs.inspection import CHECKS, DRAW, PUBLISHED, SHOWN, build_inspection, partition_metadata
from orchestration.defs.partitions import cell_tags, key, rectangle_tags
from orchestration.inspection.check import ALL
from orchestration.inspection.frame import DrawError
from orchestration.inspection.store import TABLES
from tests.unit.defs.conftest import Drawn


def run(fakes, asset, tags, config=None):
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [next(one for one in build_inspection(fakes.settings) if asset in one.keys)],
            instance=instance,
            tags=tags,
            resources={"platform": fakes.platform()},
            run_config=config or {},
            raise_on_error=False,
        )
        return result, instance.get_materialized_partitions(asset)


def test_a_partition_shows_classes_shortages_and_seeds():
    shown = partition_metadata(Drawn("2026-05", "410100"))
    assert "| D | 2 | 1 |" in shown["classes"].value
    assert "| ecology |  | 2 | 1 |" in shown["short"].value
    assert shown["pool"].value == "no pool delivered: visits are not assigned"
    assert shown["seeds_before"].value == "old" and shown["seed"].value == "s (system)"


def test_a_draw_tells_the_seed_and_checks_every_partition(fakes):
    config = {"ops": {"inspection_draw": {"config": {"seed": "42"}}}}
    result, made = run(fakes, DRAW, cell_tags("2026-05", "410100"), config)
    assert result.success and made == {str(key("2026-05", "410100"))}
    assert ("draw", "2026-05..2026-05", "1", "42") in fakes.calls
    found = {one.check_name: one.passed for one in result.get_asset_check_evaluations()}
    assert found == {name: name != "capacity_kept" for name in CHECKS}


def test_a_refusal_is_the_sentence_of_the_failure(fakes):
    fakes.trouble = [DrawError("the draw of 2026-05 is published")]
    result, made = run(fakes, DRAW, cell_tags("2026-05", "410100"))
    assert not result.success and not made
    failure = next(event for event in result.all_events if event.is_step_failure)
    assert "the draw of 2026-05 is published" in str(failure.event_specific_data)


@pytest.mark.parametrize(("tags", "asked"), [("one", "1"), ("all", "all")])
def test_publishing_all_regions_takes_what_is_drawn(fakes, tags, asked):
    chosen = cell_tags("2026-05", "410100") if tags == "one" else rectangle_tags(fakes.settings, "2026-05", "2026-05")
    result, _ = run(fakes, PUBLISHED, chosen)
    assert result.success
    assert ("publish draw", "2026-05", asked) in fakes.calls


def test_every_table_and_column_and_check_is_explained():
    told = {key.path[-1]: {name: kind for name, kind, _ in columns} for key, (_, columns) in SHOWN.items()}
    assert told == TABLES
    assert tuple(CHECKS) == ALL
