"""Whether the plain month and the platform's are the same, row for row and value for value.

Belongs here: the comparison. Does not belong here: computing either.
"""

from __future__ import annotations

from pathlib import Path

from orchestration.catalogue import catalogue_versions
from orchestration.lake import connect, quote
from orchestration.settings import Settings

TOLERANCE = 1e-9
"""Relative: sums of doubles in another order. Texts, the score and the class are equal or not."""
SHOWN = 3


def compare(settings: Settings, month: str, path: Path) -> list[str]:
    """Compare the Parquet file (or folder) ``path`` with ``scores.enterprise_score`` and ``main.risk_class``.

    Returns:
        A sentence for each column that differs, with how often and the first cases; empty if all is the same.
    """
    kinds = {each.code: each.kind for version in catalogue_versions(settings) for each in version.indicators}
    files = quote(path / "*.parquet" if path.is_dir() else path)
    found = []
    with connect(settings, read_only=True) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"create temp view plain as from read_parquet({files})")
        connection.execute(
            "create temp view ours as select s.*, c.computed_class from lake.scores.enterprise_score as s "
            "left join lake.main.risk_class as c on s.month = c.month and s.enterprise_id = c.enterprise_id "
            f"where s.month = {quote(month)}"
        )
        rows = connection.execute("select count(*), count(distinct enterprise_id) from plain").fetchall()[0]
        if rows[0] != rows[1] or not rows[0]:
            found.append(f"enterprises: the plain month has {rows[0]} rows of {rows[1]} enterprises")
        columns = {"region_code": "text", "month": "text", "score": "exact", "computed_class": "text"}
        columns |= {f"v_{code.lower()}": "text" if kind == "categorical" else "number" for code, kind in kinds.items()}
        joined = "ours full join plain using (enterprise_id)"
        lost = connection.execute(
            "select count(*) filter (where ours.month is null), count(*) filter (where plain.month is null) "
            f"from {joined}"
        ).fetchall()[0]
        if any(lost):
            found.append(f"enterprises: {lost[0]} only in the plain month, {lost[1]} only in the platform's")
        tests = {column: _differs(column, how) for column, how in columns.items()}
        both = "ours inner join plain using (enterprise_id)"
        counts = connection.execute(
            f"select {', '.join(f'count(*) filter (where {test})' for test in tests.values())} from {both}"
        ).fetchall()[0]
        for (column, test), count in zip(tests.items(), counts, strict=True):
            if count:
                cases = connection.execute(
                    f"select enterprise_id, ours.{column}, plain.{column} from {both} where {test} "
                    f"order by 1 limit {SHOWN}"
                ).fetchall()
                told = "; ".join(f"{enterprise} ours {ours} plain {plain}" for enterprise, ours, plain in cases)
                found.append(f"{column}: {count} differ: {told}")
    return found


def _differs(column: str, how: str) -> str:
    """Whether two rows differ in a column; null equals only null."""
    ours, plain = f"ours.{column}", f"plain.{column}"
    if how == "text":
        return f"{ours} is distinct from {plain}"
    if how == "exact":
        return f"cast({ours} as decimal(18, 2)) is distinct from cast({plain} as decimal(18, 2))"
    one, other = f"cast({ours} as double)", f"cast({plain} as double)"
    return (
        f"(({one} is null) <> ({other} is null) "
        f"or abs({one} - {other}) > {TOLERANCE} * greatest(abs({one}), abs({other})))"
    )
