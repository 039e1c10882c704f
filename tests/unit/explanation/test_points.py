"""The arithmetic of one enterprise is that of everybody: the real scoring SQL on thousands of firms, and corners."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

from orchestration.catalogue import load_catalogue
from orchestration.explanation.points import band_of, raw_points, score
from orchestration.settings import Settings
from tests.unit.risk.scoring_sql import pointed_sql

CATALOGUE = load_catalogue(Settings.from_env(), "2026-05")
CODES = CATALOGUE.codes


def cap(level):
    return next(found.cap for found in CATALOGUE.levels if found.code == level)


def worst(code):
    return max(CATALOGUE.by_code[code].weight * band.risk / 100 for band in CATALOGUE.bands_of(code))


def values_table(connection, rows):
    """Firms with values anywhere in or beyond the bands, a tenth unknown, from clean to very bad."""
    drawn = []
    for number, indicator in enumerate(CATALOGUE.indicators):
        bands = CATALOGUE.bands_of(indicator.code)
        dice = f"hash({number}, firm) / 18446744073709551615.0"
        if indicator.kind == "categorical":
            names = ", ".join(f"'{band.category}'" for band in bands)
            value = f"list_extract([{names}], 1 + CAST(floor(pow({dice}, bad) * {len(bands)} * 0.9999) AS INTEGER))"
        else:
            value = f"pow({dice}, bad) * {float(max(band.lower or 0 for band in bands)) * 1.4 + 0.2}"
        drawn.append(f"CASE WHEN hash({number}, firm, 1) % 10 > 0 THEN {value} END AS v_{indicator.column}")
    connection.execute(
        "CREATE TABLE enterprise_values AS SELECT '2026-05' AS month, '410100' AS region_code, "
        f"CAST(firm AS VARCHAR) AS enterprise_id, {', '.join(drawn)} "
        f"FROM (SELECT range AS firm, 1 + range % 12 AS bad FROM range({rows}))"
    )


def test_equal_to_the_scoring_sql_to_the_cent():
    with duckdb.connect(config={"threads": 2}) as connection:
        values_table(connection, 1500)
        cursor = connection.execute(pointed_sql(CATALOGUE.folder))
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    bound = set()
    for row in rows:
        values = {code: row[f"v_{code.lower()}"] for code in CODES}
        raw = raw_points(CATALOGUE, values)
        assert raw == {code: row[f"r_{code.lower()}"] for code in CODES}
        found = score(CATALOGUE, raw)
        assert found.score == row["score"]
        assert found.points == {code: row[f"p_{code.lower()}"] for code in CODES}
        for code, level in found.levels.items():
            name = "score" if code == "TOTAL" else f"l{len(code) // 2}_{code.lower()}"
            assert level.counted == row[name]
            bound |= {code} if level.taken else set()
    assert "TOTAL" in bound and {code for code in bound if len(code) == 3} and len(bound) > 10, "nothing was capped"


def test_nothing_known_is_zero():
    found = score(CATALOGUE, {})
    assert found.score == 0
    assert set(found.points.values()) == {Decimal("0.00")}


def test_a_cap_says_what_it_took():
    raw = {code: worst(code) for code in CODES if code.startswith("H0601")}
    found = score(CATALOGUE, raw)
    level = found.levels["H0601"]
    assert sum(raw.values()) > cap("H0601"), "the case no longer reaches the cap"
    assert (level.gathered, level.taken) == (sum(raw.values()), sum(raw.values()) - cap("H0601"))
    assert level.counted == found.score == cap("H0601")


def test_an_offset_needs_something_to_offset():
    patents = {"H070301": Decimal(-10)}
    assert score(CATALOGUE, patents).score == 0
    assert score(CATALOGUE, patents | {"H040101": Decimal(100)}).score == 100
    found = score(CATALOGUE, patents | {"H070401": Decimal(50)})
    assert (found.score, found.points["H070301"]) == (40, -10)


@pytest.mark.parametrize("indicator", CATALOGUE.indicators, ids=lambda one: one.code)
def test_every_band_holds_its_lower_bound(indicator):
    for band in CATALOGUE.bands_of(indicator.code):
        value = (
            band.category if indicator.kind == "categorical" else float(band.lower if band.lower is not None else -1)
        )
        assert band_of(CATALOGUE, indicator, value) == band
    assert band_of(CATALOGUE, indicator, None) is None
