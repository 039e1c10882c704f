"""The definitions as reviewed data; ``python -m tests.pipeline.snapshot`` writes them anew."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from orchestration.definitions import build_defs
from orchestration.settings import Settings

FILE = Path(__file__).with_name("definitions.json")


def described(settings: Settings) -> dict[str, Any]:
    """Everything that a reader of a change should see: keys, dependencies, groups, checks, jobs, triggers."""
    repository = build_defs({"settings": settings}).get_repository_def()
    graph = repository.asset_graph
    assets = {}
    for key in sorted(graph.get_all_asset_keys(), key=lambda item: item.path):
        node = graph.get(key)
        assets[key.to_user_string()] = {
            "depends_on": sorted(parent.to_user_string() for parent in node.parent_keys),
            "group": node.group_name,
            "kinds": sorted(node.kinds),
            "owners": sorted(node.owners),
            "partitions": _partitions(node.partitions_def),
            "external": node.is_external,
            "checks": {
                check.name: "blocking" if graph.get_check_spec(check).blocking else "warning"
                for check in sorted(graph.get_check_keys_for_assets([key]), key=lambda item: item.name)
            },
        }
    jobs = {}
    for job in sorted(repository.get_all_jobs(), key=lambda item: item.name):
        if not job.name.startswith("__"):
            jobs[job.name] = {
                "assets": sorted(key.to_user_string() for key in job.asset_layer.executable_asset_keys),
                "partitions": _partitions(job.partitions_def),
                "executor": job.executor_def.name,
            }
    return {
        "assets": assets,
        "jobs": jobs,
        "schedules": {
            item.name: {"job": item.job_name, "cron": item.cron_schedule, "timezone": item.execution_timezone}
            for item in sorted(repository.schedule_defs, key=lambda item: item.name)
        },
        "sensors": {
            item.name: {
                "type": item.sensor_type.value,
                "starts": sorted(target.job_name for target in item.targets),
                "at first": item.default_status.value,
            }
            for item in sorted(repository.sensor_defs, key=lambda item: item.name)
        },
    }


def _partitions(definition: Any) -> str | None:
    if definition is None:
        return None
    if hasattr(definition, "partition_dimension_names"):
        return " x ".join(definition.partition_dimension_names)
    return "month"


def text(settings: Settings) -> str:
    """The snapshot as it is stored."""
    return json.dumps(described(settings), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        FILE.write_text(text(Settings(home=Path(folder))), encoding="utf-8")
    print(FILE.name, "written; read the difference before you commit it.")
