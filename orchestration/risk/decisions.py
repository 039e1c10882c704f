"""Decisions in time: which snapshot of the lake holds which decision.

Belongs here: the note that a decision leaves on its snapshot, which decisions stood, which snapshots audit needs.
Does not belong here: deciding (``decide``, ``specialised.decide``), removing snapshots (``maintenance``).

What must stay reproducible is the class of each enterprise as it was decided, with scores and evidence. All of it
stands in the snapshot of the decision. A month decided anew, after an objection or a late delivery, makes a new
snapshot; the earlier decision was in force until then, so its snapshot stays too.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

DECIDED = ("risk_class", "specialised_class", "combined_class")
"""Tables of decided classes, in the schema ``main``."""
AUTHOR = "decide"
"""Author of the snapshots of decisions."""

_MONTHS = """
    SELECT snapshot_id, snapshot_time, json_extract_string(commit_extra_info, '$.decided') AS decided,
           unnest(from_json(json_extract(commit_extra_info, '$.months'), '["VARCHAR"]')) AS month,
           from_json(json_extract(commit_extra_info, '$.regions'), '["VARCHAR"]') AS regions
    FROM ducklake_snapshots('lake')
    WHERE author = $author AND json_valid(commit_extra_info)
"""
_STOOD = f"""
    WITH months AS ({_MONTHS}),
         cells AS (SELECT * EXCLUDE (regions), unnest(regions) AS region FROM months),
         followed AS (
            SELECT *, lead(snapshot_time) OVER (PARTITION BY decided, month, region ORDER BY snapshot_id) AS replaced
            FROM cells)
    SELECT snapshot_id, any_value(decided) AS decided, min(month) AS first, max(month) AS last,
           count(DISTINCT region) AS regions, any_value(snapshot_time) AS taken,
           bool_or(replaced IS NULL) AS stands,
           bool_or(replaced IS NULL OR replaced - snapshot_time >= to_hours(1) * $trial_hours) AS stood
    FROM followed GROUP BY snapshot_id ORDER BY snapshot_id
"""
_UNNOTED = """
    SELECT snapshot_id FROM (
        SELECT snapshot_id, unnest(list_concat(coalesce(changes['tables_inserted_into'], []),
                                               coalesce(changes['tables_deleted_from'], []))) AS changed
        FROM ducklake_snapshots('lake') WHERE commit_extra_info IS NULL
    ) JOIN __ducklake_metadata_lake.ducklake_table AS t ON CAST(t.table_id AS VARCHAR) = changed
    WHERE t.table_name IN (SELECT unnest($tables))
"""


@dataclass(frozen=True)
class Decision:
    """One decision of the classes of some months and regions.

    Attributes:
        snapshot: its snapshot; ``AT (VERSION => snapshot)`` reads what it saw.
        table: which classes: ``risk_class``, ``specialised_class`` or ``combined_class``.
        first, last: months, ``YYYY-MM``.
        regions: how many regions.
        taken: when.
        stands: whether it is the newest for one of its months and regions.
        stood: whether it was in force long enough not to be a trial.
    """

    snapshot: int
    table: str
    first: str
    last: str
    regions: int
    taken: datetime
    stands: bool
    stood: bool


def note_decision(
    connection: duckdb.DuckDBPyConnection, table: str, months: Sequence[str], regions: Sequence[str]
) -> None:
    """Write on the snapshot of the open transaction that it decides ``months`` x ``regions`` of ``table``."""
    about = {"decided": table, "months": sorted(months), "regions": sorted(regions)}
    span = " to ".join(sorted({min(months), max(months)}))
    connection.execute(
        "CALL ducklake_set_commit_message('lake', $author, $text, extra_info => $about)",
        {"author": AUTHOR, "text": f"{table}: {span}, {len(regions)} regions", "about": json.dumps(about)},
    )


def decisions(connection: duckdb.DuckDBPyConnection, trial_hours: float) -> list[Decision]:
    """All decisions whose snapshot is still there and that left a note, oldest first."""
    return [
        Decision(*row) for row in connection.execute(_STOOD, {"author": AUTHOR, "trial_hours": trial_hours}).fetchall()
    ]


def needed_snapshots(connection: duckdb.DuckDBPyConnection, trial_hours: float) -> set[int]:
    """Snapshots that audit needs.

    Those of decisions that stood, and every one that changed a table of classes without saying what it decided: a
    release before the note wrote it.
    """
    stood = {decision.snapshot for decision in decisions(connection, trial_hours) if decision.stood}
    unnoted = connection.execute(_UNNOTED, {"tables": list(DECIDED)}).fetchall()
    return stood | {snapshot for (snapshot,) in unnoted}
