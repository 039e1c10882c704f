"""Invented deliveries over months, and which of their rows stand: by a window over a key, and as staging reads them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import polars as pl
from jinja2 import Environment

from orchestration.feeds.contract import Contract, all_feeds, load_contract
from orchestration.lake import prepare, quote
from orchestration.settings import PROJECT, Settings
from orchestration.standing.make import prepare_standing
from orchestration.standing.store import folder, joins
from orchestration.warehouse.staging import model_sql

DBT = PROJECT / "dbt_project"
MONTHS = ("2026-04", "2026-05", "2026-06", "2026-07")
FIRMS = ("E1", "E2", "E3")
Row = dict[str, Any]
Standing = set[tuple[str, str | None]]
"""Rows as (delivery:row, enterprise)."""


@dataclass
class Delivered:
    """What was delivered for a feed, and which rows without a code were found."""

    settings: Settings
    contract: Contract
    superseded: dict[str, list[str]] = field(default_factory=dict)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    """Month of the decision, record and enterprise."""

    def publish(self, month: str, deliveries: Mapping[str, Sequence[Row]], supersedes: Sequence[str] = ()) -> None:
        """Write a raw partition; of the rows with one key the last stays, as at the door."""
        schema = self.contract.schema_sql
        rows = [
            row | {"received_month": month, "delivery_id": delivery, "row_no": number}
            for delivery, delivered in deliveries.items()
            for number, row in enumerate(delivered, 1)
        ]
        path = self.settings.raw / self.contract.feed / f"month={month}"
        path.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as connection:
            connection.execute(f"CREATE TABLE rows ({', '.join(f'{name} {kind}' for name, kind in schema.items())})")
            marks = ", ".join("?" for _ in schema)
            if rows:
                connection.executemany(f"INSERT INTO rows VALUES ({marks})", [[r.get(n) for n in schema] for r in rows])
            kept = f"PARTITION BY {', '.join(self.contract.key_sql)} ORDER BY delivery_id DESC, row_no DESC"
            connection.execute(
                f"COPY (SELECT * FROM rows QUALIFY row_number() OVER ({kept}) = 1) TO {quote(path / 'new')} "
                "(FORMAT parquet)"
            )
        (path / "new").rename(path / "accepted.parquet")
        self.superseded[month] = list(supersedes)
        manifest = {"feed": self.contract.feed, "month": month, "status": "accepted", "supersedes": list(supersedes)}
        (path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    def raw(self, feed: str) -> str:
        files = quote(self.settings.raw / feed / "*" / "accepted.parquet")
        return f"read_parquet({files}, union_by_name = true, hive_partitioning = false)"

    def tables(self, connection: duckdb.DuckDBPyConnection, month: str) -> None:
        """What staging reads beside raw: superseded deliveries, links, and neither repairs nor objections."""
        feed = self.contract.feed
        gone = [{"feed": feed, "delivery_id": one} for m, some in self.superseded.items() if m <= month for one in some]
        latest = {record: firm for m, record, firm in sorted(self.links) if m <= month}
        linked = [{"feed": feed, "record_id": r, "enterprise_id": e, "link_confidence": 1.0} for r, e in latest.items()]
        text, number, day = pl.String, pl.Float64, pl.Date
        tables = {
            "superseded_delivery": (gone, {"feed": text, "delivery_id": text}),
            "record_link": (
                linked, {"feed": text, "record_id": text, "enterprise_id": text, "link_confidence": number},
            ),
            "stg_c05_repairs": (
                [], {"enterprise_id": text, "repaired_feed": text, "repaired_ref": text, "decided_on": day},
            ),
            "stg_s01_objections": (
                [],
                {"enterprise_id": text, "feed": text, "record_key": text, "state": text, "decided_on": day,
                 "filed_on": day},
            ),
        }  # fmt: skip
        for name, (rows, schema) in tables.items():
            connection.register(name, pl.DataFrame(rows, schema=schema).to_arrow())

    def by_window(self, month: str) -> Standing:
        """The rule itself: of all rows of a key the one received last."""
        name = self.contract.name_sql
        enterprise = "coalesce(raw_rows.enterprise_id, links.enterprise_id)" if name else "raw_rows.enterprise_id"
        key = [
            f"coalesce({enterprise}, {name})" if name and column == "enterprise_id" else f"raw_rows.{column}"
            for column in self.contract.key
        ]
        coded = name and self.contract.column("enterprise_id").required
        with duckdb.connect() as connection:
            self.tables(connection, month)
            found = connection.execute(
                f"""
                SELECT delivery_id || ':' || row_no, enterprise FROM (
                    SELECT raw_rows.delivery_id, raw_rows.row_no, {enterprise} AS enterprise, row_number() OVER (
                        PARTITION BY {", ".join(key)} ORDER BY received_month DESC, delivery_id DESC, row_no DESC
                    ) AS recency
                    FROM {self.raw(self.contract.feed)} AS raw_rows
                    LEFT JOIN record_link AS links ON raw_rows.enterprise_id IS NULL
                        AND links.record_id = raw_rows.delivery_id || ':' || raw_rows.row_no
                    WHERE received_month <= ? AND delivery_id NOT IN (SELECT delivery_id FROM superseded_delivery)
                ) WHERE recency = 1 AND {"enterprise IS NOT NULL" if coded else "true"}
                """,
                [month],
            ).fetchall()
        return set(found)

    def as_staging(self, month: str) -> Standing:
        """The staging model of the feed, rendered without dbt, on lists that are made now."""
        prepare_standing(self.settings, month, [self.contract.feed])
        feeds = all_feeds(self.settings)
        with duckdb.connect() as connection:
            self.tables(connection, month)
            sql = _renderer(self, month, json.dumps(joins(self.settings, feeds, month)))
            for model in ("replaced_by_name", "replaced_row"):
                connection.execute(
                    f"CREATE VIEW {model} AS {sql((DBT / 'models' / 'staging' / f'{model}.sql').read_text())}"
                )
            rows = connection.execute(
                f"SELECT record_id, enterprise_id FROM ({sql(model_sql(self.contract))})"
            ).fetchall()
        assert len(rows) == len(set(rows))
        return set(rows)


def _renderer(delivered: Delivered, month: str, told: str) -> Callable[[str], str]:
    lists = f"read_parquet({quote(folder(delivered.settings) / '*' / 'replaced.parquet')}, hive_partitioning = true)"
    context: dict[str, Any] = {
        "env_var": {"ECR_STANDING": told}.get,
        "fromjson": json.loads,
        "config": lambda **_: "",
        "ref": lambda name: name,
        "source": lambda _, name: lists if name == "replaced" else delivered.raw(name),
        "month": lambda: quote(month),
        "month_end": lambda: "DATE '2026-12-31'",
    }
    macros = "".join((DBT / "macros" / f"{name}.sql").read_text(encoding="utf-8") for name in ("standing", "as_known"))
    return lambda text: Environment().from_string(macros + text).render(context)


def start(settings: Settings, feed: str) -> Delivered:
    """A platform on which nothing of the feed has been delivered yet."""
    prepare(settings)
    return Delivered(settings, load_contract(settings, feed))


def change(rng: random.Random) -> Row:
    """A change of registration; a part of its key may be null."""
    return {
        "enterprise_id": rng.choice(FIRMS), "change_item": rng.choice("12"), "changed_on": "2026-03-01",
        "value_after": rng.choice(("甲", None)),
    }  # fmt: skip


def defaulter(rng: random.Random) -> Row:
    """A person or an enterprise on the defaulters' list, with or without a code; names are shared and masked."""
    person = rng.random() < 0.3
    return {
        "case_no": rng.choice("12"), "subject_kind": "2" if person else "1",
        "enterprise_id": None if person or rng.random() < 0.4 else rng.choice(FIRMS),
        "party_name": rng.choice(("甲公司", "乙公司", None)), "person_id": rng.choice(("p", None)) if person else None,
    }  # fmt: skip


def penalty(rng: random.Random) -> Row:
    """A penalty with or without a code."""
    return {
        "document_no": rng.choice("12"), "subject_name": rng.choice(("甲公司", "乙公司")),
        "enterprise_id": rng.choice((None, *FIRMS)),
    }  # fmt: skip


def deliver(delivered: Delivered, month: str, make: Callable[[random.Random], Row], rng: random.Random) -> None:
    """One or two deliveries in a month; sometimes nothing, sometimes a correction of an earlier delivery."""
    names = [f"{month}{letter}{rng.randrange(100)}" for letter in "ab"[: rng.randint(1, 2)]]
    earlier = [f"{m}{letter}" for m in MONTHS if m < month for letter in "ab"]
    known = _deliveries(delivered, month)
    gone = [one for one in known if rng.random() < 0.15] if earlier else []
    rows = {name: [make(rng) for _ in range(rng.randrange(7))] for name in names}
    delivered.publish(month, rows, gone)
    records = [f"{name}:{number}" for name, some in rows.items() for number in range(1, len(some) + 1)]
    delivered.links += [
        (decided, record, rng.choice(FIRMS))
        for record in records
        for decided in MONTHS
        if decided >= month and rng.random() < 0.3
    ]


def _deliveries(delivered: Delivered, month: str) -> list[str]:
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT DISTINCT delivery_id FROM {delivered.raw(delivered.contract.feed)} WHERE received_month < ? "
            "ORDER BY 1",
            [month],
        ).fetchall()
    return [row[0] for row in found]
