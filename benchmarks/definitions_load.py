"""Seconds that the definitions need beyond importing Dagster itself; the promise is under 5.

    ECR_HOME=/some/folder python benchmarks/definitions_load.py

The first run in a folder also parses the dbt project (shown apart); the manifest is then kept. Exit status 1 when the
promise is broken.
"""

from __future__ import annotations

import sys
import time

PROMISE = 5.0


def main() -> int:
    """Measure and print."""
    start = time.perf_counter()
    import dagster  # noqa: F401
    import dagster_dbt  # noqa: F401

    imported = time.perf_counter()
    from orchestration.definitions import build_defs
    from orchestration.defs.warehouse import read_manifest
    from orchestration.settings import Settings

    manifest = read_manifest(Settings.from_env())
    parsed = time.perf_counter()
    repository = build_defs({"manifest": manifest}).get_repository_def()
    built = time.perf_counter()
    print(f"importing dagster and dagster_dbt  {imported - start:5.2f} s")
    print(f"dbt manifest (parsed or kept)      {parsed - imported:5.2f} s")
    assets = len(list(repository.asset_graph.get_all_asset_keys()))
    print(f"definitions of {assets:,} assets          {built - parsed:5.2f} s")
    return 0 if built - imported < PROMISE else 1


if __name__ == "__main__":
    sys.exit(main())
