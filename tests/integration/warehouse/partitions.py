"""Hand-made raw partitions: what a feed's ingestion would have published, without files or readers."""

from __future__ import annotations

import json
from typing import Any

from orchestration.feeds.contract import load_contract
from orchestration.lake import connect, prepare, scratch
from orchestration.settings import Settings

Row = dict[str, Any]


def publish(
    settings: Settings, feed: str, month: str, rows: list[Row], *, delivery: str = "", supersedes: tuple[str, ...] = ()
) -> None:
    """Write one raw partition; columns that a row does not name are null."""
    prepare(settings)
    folder = settings.raw / feed / f"month={month}"
    folder.mkdir(parents=True, exist_ok=True)
    schema = load_contract(settings, feed).schema_sql
    delivery = delivery or f"{feed}-{month}"
    for number, row in enumerate(rows, 1):
        row |= {"received_month": month, "delivery_id": delivery, "row_no": number}
    with scratch(settings) as connection:
        columns = ", ".join(f"{name} {kind}" for name, kind in schema.items())
        connection.execute(f"CREATE TABLE rows ({columns})")
        marks = ", ".join("?" for _ in schema)
        for row in rows:
            connection.execute(f"INSERT INTO rows VALUES ({marks})", [row.get(name) for name in schema])
        connection.execute(f"COPY rows TO '{folder / 'accepted.parquet'}' (FORMAT parquet)")
    manifest = {
        "feed": feed, "month": month, "status": "accepted", "delivered": len(rows), "accepted": len(rows),
        "quarantined": 0, "superseded": 0, "supersedes": list(supersedes),
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def enterprise(number: int, **other: Any) -> Row:
    """A registration record of a live enterprise in 金水区 of Zhengzhou."""
    return {
        "enterprise_id": f"E{number:03d}", "enterprise_name": f"企业{number}", "entity_type": "1130", "state": "1",
        "established_on": "2016-06-30", "registered_capital": 500, "district_code": "410105",
        "address": f"经三路{number}号",
        "industry_section": "H", "industry_code": "6210", "legal_rep_id": f"p{number}", "approved_on": "2016-06-30",
    } | other  # fmt: skip


def query(settings: Settings, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """Rows of a query on the lake."""
    with connect(settings, read_only=True) as connection:
        return connection.execute(sql, list(parameters)).fetchall()


def month_hash(settings: Settings, table: str, month: str) -> tuple[int, str]:
    """Number and hash of the rows of a month, whatever their order."""
    sql = (
        f"SELECT count(*), md5(string_agg(md5(t::VARCHAR), '' ORDER BY md5(t::VARCHAR))) FROM {table} t WHERE month = ?"
    )
    rows = query(settings, sql, month)
    return rows[0][0], rows[0][1]
