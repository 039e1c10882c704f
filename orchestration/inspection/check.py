"""What must hold of every draw in the lake, whoever made it.

Belongs here: questions to the tables and their sentences. Does not belong here: drawing again (``verify``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from orchestration.inspection.load import load_policy
from orchestration.inspection.model import Policy
from orchestration.inspection.store import HASHED, TEAM_HASHED, read, rows_hash
from orchestration.lake import connect
from orchestration.settings import Settings, month_shift

ALL = ("every_class_drawn", "once_a_year_by_lot", "enough_inspectors", "capacity_kept", "rows_match_hash")
"""Names of the checks, in order."""


@dataclass(frozen=True)
class Checked:
    """One check of one month: its name, whether it holds, and one sentence."""

    name: str
    passed: bool
    sentence: str


@dataclass(frozen=True)
class _Asked:
    connection: duckdb.DuckDBPyConnection
    policy: Policy
    month: str
    regions: list[str]

    def count(self, query: str, **more: object) -> int:
        """The one number that a query gives."""
        found = self.connection.execute(query, {"month": self.month, "regions": self.regions} | more).fetchone()
        return int(found[0]) if found else 0


def check_draws(settings: Settings, month: str, regions: list[str]) -> list[Checked]:
    """Check the draws of ``month`` in ``regions``; the checks in the order of ``ALL``."""
    with connect(settings, read_only=True, views=False) as connection:
        asked = _Asked(connection, load_policy(settings, month), month, regions)
        return [Checked(name, *_CHECKS[name](asked)) for name in ALL]


def _every_class(asked: _Asked) -> tuple[bool, str]:
    """No stratum with somebody eligible has probability 0."""
    wrong = asked.count(
        "SELECT count(*) FROM lake.main.inspection_stratum WHERE month = $month "
        "AND region_code IN (SELECT unnest($regions)) AND eligible > 0 AND NOT coalesce(probability > 0, false)"
    )
    return not wrong, f"{wrong} strata with eligible enterprises would never be visited" if wrong else (
        "every eligible enterprise of every class could be drawn"
    )


def _once(asked: _Asked) -> tuple[bool, str]:
    months = asked.policy.months_between_lots
    wrong = asked.count(
        """
        SELECT count(*) FROM (
            SELECT enterprise_id FROM lake.main.inspection_draw
            WHERE month > $first AND month <= $month AND check_kind = $lot AND put_off IS NULL
            GROUP BY enterprise_id
            HAVING count(*) > 1
                AND bool_or(month = $month AND region_code IN (SELECT unnest($regions))))
        """,
        first=month_shift(asked.month, -months),
        lot=asked.policy.kinds.lot,
    )
    return not wrong, f"{wrong} enterprises drawn by lot twice within {months} months" if wrong else (
        f"nobody drawn by lot twice within {months} months"
    )


def _enough(asked: _Asked) -> tuple[bool, str]:
    """Every visit that is made has inspectors enough, one who leads, and one of each of its departments."""
    least = asked.policy.least_inspectors
    wrong = asked.count(
        """
        SELECT count(*) FROM (
            SELECT visit.visit_id FROM lake.main.inspection_draw AS visit
            JOIN lake.main.inspection_record AS record USING (month, region_code)
            LEFT JOIN lake.main.inspection_visit AS person
                ON person.month = visit.month AND person.region_code = visit.region_code
                    AND person.visit_id = visit.visit_id
            WHERE visit.month = $month AND visit.region_code IN (SELECT unnest($regions))
                AND visit.put_off IS NULL AND record.pool IS NOT NULL
            GROUP BY visit.visit_id, visit.departments
            HAVING count(DISTINCT person.inspector_id) < $least
                OR count(person.inspector_id) > count(DISTINCT person.inspector_id)
                OR count(*) FILTER (WHERE person.role = 'lead') <> 1
                OR NOT list_has_all(list(DISTINCT person.department), visit.departments))
        """,
        least=least,
    )
    unmanned = asked.count(
        "SELECT count(*) FROM lake.main.inspection_record WHERE month = $month "
        "AND region_code IN (SELECT unnest($regions)) AND pool IS NULL AND visits > 0"
    )
    said = f"every visit has at least {least} inspectors, one of each department"
    if unmanned:
        said = f"no pool of inspectors was delivered: the visits of {unmanned} regions have nobody yet"
    return not wrong, f"{wrong} visits lack an inspector or a department" if wrong else said


def _capacity(asked: _Asked) -> tuple[bool, str]:
    """Nobody has more visits than the own capacity."""
    wrong = asked.count(
        """
        SELECT count(*) FROM (
            SELECT inspector_id FROM lake.main.inspection_visit
            WHERE month = $month AND region_code IN (SELECT unnest($regions))
            GROUP BY inspector_id HAVING count(*) > max(capacity))
        """
    )
    return not wrong, f"{wrong} inspectors have more visits than they can make" if wrong else "capacity kept"


def _hashes(asked: _Asked) -> tuple[bool, str]:
    records = read(asked.connection, "inspection_record", asked.month, asked.regions)
    wrong = []
    for record in records.iter_rows(named=True):
        region = record["region_code"]
        rows = read(asked.connection, "inspection_draw", asked.month, [region])
        teams = read(asked.connection, "inspection_visit", asked.month, [region])
        now = rows_hash(rows, HASHED), rows_hash(teams, TEAM_HASHED)
        if now != (record["draw_hash"], record["team_hash"]):
            wrong.append(region)
    return not wrong, f"rows differ from their hash in {', '.join(wrong)}" if wrong else (
        f"the rows of {len(records)} regions have the hash recorded"
    )


_CHECKS: dict[str, Callable[[_Asked], tuple[bool, str]]] = dict(
    zip(ALL, (_every_class, _once, _enough, _capacity, _hashes), strict=True)
)
