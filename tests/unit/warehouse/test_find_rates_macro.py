"""The macros of find rates, rendered without dbt: Wilson's limits, the newest state of a visit, weights."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from jinja2 import Environment

from orchestration.evaluation.measures import wilson

PATH = Path(__file__).parents[3] / "dbt_project" / "macros" / "find_rates.sql"
VISITS = """
    CREATE TABLE inspection_outcome AS SELECT * FROM (VALUES
        ('2026-05', 'f1', 'v1', '2026-05', 'A', ['food', 'drugs'], false, 0.1, false),
        ('2026-06', 'f1', 'v1', '2026-05', 'A', ['food', 'drugs'], true, 0.1, false),
        ('2026-05', 'f2', 'v2', '2026-05', 'A', [], false, 0.5, false),
        ('2026-05', 'f3', 'v3', '2026-05', 'D', ['food'], true, NULL, false),
        ('2026-05', 'f4', 'v4', '2026-05', 'D', ['food'], true, 0.5, false),
        ('2026-06', 'f4', 'v4', '2026-05', 'D', ['food'], true, 0.5, true),
        ('2026-05', 'f5', 'v5', '2024-01', NULL, [], true, NULL, false))
    AS visit(month, enterprise_id, visit, visit_month, class, fields, found, inclusion, withdrawn)
"""


def rendered(call: str) -> str:
    text = PATH.read_text(encoding="utf-8") + f"{{{{ {call} }}}}"
    return Environment().from_string(text).render(source=lambda _, table: table).strip()


def rows(call: str) -> list[dict[str, object]]:
    with duckdb.connect() as connection:
        connection.execute(VISITS)
        return connection.execute(f"WITH {rendered(call)} ORDER BY ALL").pl().to_dicts()


@pytest.mark.parametrize(("found", "visits"), [(0, 5), (5, 5), (1, 1), (3, 10), (48, 400)])
def test_limits_are_those_of_python(found, visits):
    limits = ", ".join(rendered(f"wilson({side}, 'found', 'visits')") for side in (-1, 1))
    with duckdb.connect() as connection:
        told = connection.execute(f"SELECT {limits} FROM (SELECT {found} AS found, {visits} AS visits)").fetchone()
    expected = wilson(found, visits)
    assert told == pytest.approx((expected.lower, expected.upper))


def test_the_newest_state_counts_and_what_was_withdrawn_does_not():
    found = {row["class"]: row for row in rows("find_rates('class', 'class', weighted=true)")}
    assert (found["A"]["visits"], found["A"]["found"], found["A"]["known_visits"]) == (2, 1, 2)
    assert found["A"]["weighted_rate"] == pytest.approx(10 / 12)
    assert (found["D"]["visits"], found["D"]["found"], found["D"]["known_visits"]) == (1, 1, 0)
    assert found["D"]["weighted_rate"] is None
    assert found["D"]["weighted_rate_upper"] is None
    assert set(found) == {"A", "D"}, "history without a class is in no rate"


def test_a_visit_counts_in_each_field_of_its_enterprise():
    found = {row["field"]: (row["visits"], row["found"]) for row in rows("find_rates('fields', 'field', each=true)")}
    assert found == {"food": (2, 2), "drugs": (1, 1)}
    [month] = rows("find_rates()")
    assert (month["visits"], month["found"]) == (3, 2)
