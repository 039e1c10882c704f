"""The warehouse: dbt, run in-process for one month at a time.

Belongs here: the environment and arguments dbt needs, its manifest, what a run did; the generator of staging models.
Does not belong here: what is computed (``dbt_project``), what is decided (``risk``), Dagster.
"""
