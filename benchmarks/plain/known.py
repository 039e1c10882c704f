"""SQL of what was known about a feed at the end of the month, as one writes it by hand: number rows, take the first.

Belongs here: that query, from the contract's key. Does not belong here: what is computed from it (``sql``).
"""

from __future__ import annotations

from pathlib import Path

import yaml

from orchestration.feeds.contract import Contract, load_contract
from orchestration.settings import Settings

COLUMNS = Path(__file__).parent / "sql" / "known.yml"

LINKS = """
-- of several decisions about a row the latest counts, and only if it accepts an enterprise
select feed, record_id, enterprise_id
from (
    select *, row_number() over (partition by feed, record_id order by month desc) as recency
    from raw_links
    where month <= '{month}'
) as decided
where recency = 1 and band = 'accept' and enterprise_id is not null
"""
UPHELD = """
select distinct feed, enterprise_id, record_key
from s01_objections
where state = '2' and decided_on <= {month_end}
"""
REPAIRS = """
-- a listing is named by its day, in whichever form the decision writes it
select
    repaired_feed as feed,
    enterprise_id,
    coalesce(cast(try_cast(repaired_ref as date) as string), repaired_ref) as ref,
    min(decided_on) as repaired_on
from c05_repairs
where decided_on <= {month_end}
group by 1, 2, 3
"""


def known_steps(settings: Settings) -> list[tuple[str, str, str]]:
    """Kind (table or view), name and SQL of each feed as known, and of what that needs, in order."""

    def step(feed: str) -> tuple[str, str, str]:
        kind = next(kind for kind in columns if feed in columns[kind])
        return kind, feed, known_sql(load_contract(settings, feed), columns[kind][feed])

    columns = _columns()
    decisions = ("s01_objections", "c05_repairs")
    return [
        ("table", "link", LINKS),
        *map(step, decisions),
        ("table", "upheld", UPHELD),
        ("table", "repair", REPAIRS),
        *(step(feed) for feed in feeds_used() if feed not in decisions),
    ]


def feeds_used() -> list[str]:
    """Feeds that the values of the month need."""
    return [feed for part in _columns().values() for feed in part]


def _columns() -> dict[str, dict[str, list[str]]]:
    """Kind -> feed -> columns."""
    with COLUMNS.open(encoding="utf-8") as stream:
        return yaml.safe_load(stream)


def known_sql(contract: Contract, columns: list[str]) -> str:
    """One row per key: of several the latest received counts. Replaced deliveries and upheld objections are left out.

    A row without a code has the enterprise that was found by its name; in its key the name stands for one not found.
    """
    feed, name = contract.feed, contract.name_sql
    found = "coalesce(raw.enterprise_id, link.enterprise_id)"

    def raw(column: str) -> str:
        return f"{found} as enterprise_id" if name and column == "enterprise_id" else f"raw.{column}"

    key = [
        f"coalesce(raw.enterprise_id, link.enterprise_id, {name})"
        if name and column == "enterprise_id"
        else raw(column)
        for column in contract.key
    ]
    inner = [raw(column) for column in columns]
    if contract.objections:
        parts = ", ".join(f"cast(raw.{column} as string)" for column in contract.record_key)
        inner.append(f"concat_ws('|', {parts}) as record_key")
    if contract.repair_ref:
        inner.append(f"cast(raw.{contract.repair_ref} as string) as repair_ref")
    outer = [f"received.{column}" for column in columns]
    joins, keep = "", "received.recency = 1"
    if name and contract.column("enterprise_id").required:
        keep += "\n    and received.enterprise_id is not null"
    if contract.repair_ref:
        outer.append("repair.repaired_on")
        joins += (
            f"\nleft join repair on repair.feed = '{feed}' and repair.enterprise_id = received.enterprise_id"
            "\n    and repair.ref = received.repair_ref"
        )
    if contract.objections:
        joins += (
            f"\nleft join upheld on upheld.feed = '{feed}' and upheld.enterprise_id = received.enterprise_id"
            "\n    and upheld.record_key = received.record_key"
        )
        keep += "\n    and upheld.feed is null"
    link = (
        f"""
    left join link
        on link.feed = '{feed}'
            and raw.enterprise_id is null
            and link.record_id = raw.delivery_id || ':' || cast(raw.row_no as string)"""
        if name
        else ""
    )
    return f"""
select {", ".join(outer)}
from (
    select
        {", ".join(inner)},
        row_number() over (
            partition by {", ".join(key)}
            order by raw.received_month desc, raw.delivery_id desc, raw.row_no desc
        ) as recency
    from raw_{feed} as raw{link}
    where not exists (
        select 1 from superseded where superseded.feed = '{feed}' and superseded.delivery_id = raw.delivery_id
    )
) as received{joins}
where {keep}
"""
