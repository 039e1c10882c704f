"""What surrounds a call of dbt: the environment of a month, and an end at which nothing stays open.

Belongs here: setting and putting back, closing what dbt would keep.
Does not belong here: what the environment says (``environment``), calling dbt (``dbt``, ``project``).
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

from orchestration.lake import prepare, spill_folder
from orchestration.settings import Settings
from orchestration.standing.make import prepare_standing
from orchestration.warehouse.environment import dbt_environment


@contextmanager
def session(settings: Settings, month: str | None) -> Iterator[None]:
    """dbt's environment for a month, put back afterwards together with everything dbt keeps open.

    Args:
        settings: where the lake is.
        month: ``YYYY-MM``; None while parsing, which keeps nothing that depends on the month and reads no rows.
    """
    prepare(settings)
    if month is not None:
        prepare_standing(settings, month)
    told = dbt_environment(settings, month or str(settings.profile["first_month"]))
    variables = told | {"ECR_SPILL": str(spill_folder(settings))}
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    # what is there already, the manifest and Dagster's definitions, is not searched for garbage again and again
    gc.freeze()
    try:
        yield
    finally:
        close()
        gc.unfreeze()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def close() -> None:
    """Close the DuckDB instance that dbt-duckdb keeps for its next invocation, and with it the lake's catalogue."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.adapters.factory import reset_adapters

    environment = DuckDBConnectionManager._ENV
    reset_adapters()
    if environment is not None:
        environment.close()
    DuckDBConnectionManager.close_all_connections()
    del environment
    gc.collect()  # cursors in reference cycles hold the instance open
