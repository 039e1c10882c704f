"""Departmental deliveries: contract, read, clean, accept or quarantine. No Dagster, no dbt, no scoring."""
