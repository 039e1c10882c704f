"""A raw partition is sorted by enterprise, over all its row groups."""

from __future__ import annotations

import duckdb

from orchestration.feeds.ledger import partition
from orchestration.settings import Settings

from .helpers import take_in

FEED, MONTH = "c13_insured_staff", "2024-01"
ROWS = 400_000
"""More than three row groups: threads that each write one may finish in any order."""


def test_many_rows_come_out_sorted_by_enterprise(settings: Settings) -> None:
    folder = settings.landing / FEED / MONTH
    folder.mkdir(parents=True)
    code = "'91410105MA' || lpad((i * 7919 % 100000)::VARCHAR, 8, '0')"
    duckdb.execute(
        f"COPY (SELECT {code} AS UNISCID, '20' || lpad((20 + i // 100000)::VARCHAR, 2, '0') || '-01' AS SSMONTH, "
        f"5 AS SSNUM, '2024-01-25' AS SSDATE FROM range({ROWS}) AS numbers(i)) TO '{folder / 'staff.csv'}' (HEADER)"
    )
    assert take_in(settings, MONTH, FEED).accepted == ROWS
    path = partition(settings, FEED, MONTH) / "accepted.parquet"
    query = (
        "SELECT count(*) FILTER (WHERE (enterprise_id, row_no) < before) FROM (SELECT enterprise_id, row_no, "
        "lag((enterprise_id, row_no)) OVER (ORDER BY file_row_number) AS before "
        "FROM read_parquet(?, file_row_number = true))"
    )
    assert duckdb.execute(query, [str(path)]).fetchall() == [(0,)]
