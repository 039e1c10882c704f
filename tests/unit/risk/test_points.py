"""From values to points: every band at its bounds, caps, offsets, unknown, and sums that are exact to the cent."""

from __future__ import annotations

import shutil
from decimal import Decimal

import duckdb
import pytest

from orchestration.catalogue import load_catalogue
from orchestration.settings import Settings

from .scoring_sql import flags_sql, pointed_sql

CATALOGUE = load_catalogue(Settings.from_env(), "2026-05")
CODES = CATALOGUE.codes


def points(code, band):
    """Points of one band before caps, by hand."""
    return CATALOGUE.by_code[code].weight * CATALOGUE.bands_of(code)[band - 1].risk / 100


def cap(level):
    return next(found.cap for found in CATALOGUE.levels if found.code == level)


def value_type(indicator):
    return "VARCHAR" if indicator.kind == "categorical" else "DOUBLE"


@pytest.fixture(scope="module")
def sql():
    return pointed_sql(CATALOGUE.folder)


@pytest.fixture
def connection():
    connection = duckdb.connect(config={"threads": 2})
    columns = ", ".join(f"v_{i.column} {value_type(i)}" for i in CATALOGUE.indicators)
    connection.execute(
        f"CREATE TABLE enterprise_values (month VARCHAR, region_code VARCHAR, enterprise_id VARCHAR, {columns})"
    )
    yield connection
    connection.close()


def score(connection, sql, *firms):
    """One row of the score, as a dictionary, for each firm given as {code: value}; what is not given is unknown."""
    for number, firm in enumerate(firms):
        named = {"month": "2026-05", "region_code": "410100", "enterprise_id": str(number)}
        named |= {f"v_{code.lower()}": value for code, value in firm.items()}
        marks = ", ".join("?" for _ in named)
        connection.execute(f"INSERT INTO enterprise_values ({', '.join(named)}) VALUES ({marks})", list(named.values()))
    cursor = connection.execute(f"SELECT * FROM ({sql}) ORDER BY CAST(enterprise_id AS INTEGER)")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_every_band_begins_at_its_lower_bound_and_ends_below_its_upper(connection, sql):
    firms, expected = [], []
    for indicator in CATALOGUE.indicators:
        for band in CATALOGUE.bands_of(indicator.code):
            tried = [band.category] if indicator.kind == "categorical" else []
            if indicator.kind == "numeric":
                tried += [float(band.lower)] if band.lower is not None else [float(band.upper) - 1]
                tried += [float(band.upper) - 5e-7] if band.upper is not None else [1e9]
            for value in tried:
                firms.append({indicator.code: value})
                expected.append((indicator, value, band.band, indicator.weight * band.risk / 100))
    assert len({indicator.code for indicator, *_ in expected}) == len(CODES)
    for row, (indicator, value, band, points) in zip(score(connection, sql, *firms), expected, strict=True):
        told = f"{indicator.code} = {value}"
        assert row[f"b_{indicator.column}"] == band, told
        assert row[f"r_{indicator.column}"] == points, told


def test_the_clean_young_small_sole_investor_is_far_below_200(connection, sql):
    clean = {code: value_in(min(CATALOGUE.bands_of(code), key=lambda band: abs(band.risk))) for code in CODES}
    young = clean | {"H010101": 3, "H010201": 0.2, "H010301": "sole", "H010302": "general"}
    (row,) = score(connection, sql, young)
    assert row["score"] == points("H010101", 1) + points("H010201", 1) + points("H010301", 4) < 200
    assert row["score"] == row["l1_h01"]


def value_in(band):
    """A value that lies in a band."""
    if band.category is not None or band.lower is not None:
        return band.category or float(band.lower)
    return float(band.upper) - 1


def bad_in(*levels):
    """A firm with the riskiest value of every indicator in the given level-1 areas, nothing known elsewhere."""
    firm = {}
    for indicator in CATALOGUE.indicators:
        worst = max(CATALOGUE.bands_of(indicator.code), key=lambda band: band.risk)
        if indicator.l1_code in levels:
            firm[indicator.code] = value_in(worst)
    return firm


def test_bad_in_any_three_areas_of_conduct_is_d_bad_in_one_is_not(connection, sql):
    areas = ["H02", "H03", "H04", "H05", "H06", "H07"]
    triples = [(a, b, c) for a in areas for b in areas for c in areas if a < b < c]
    rows = score(connection, sql, *(bad_in(*triple) for triple in triples), *(bad_in(area) for area in areas))
    assert all(row["score"] >= 750 for row in rows[: len(triples)])
    assert all(row["score"] < 750 for row in rows[len(triples) :])


def test_a_cap_reduces_its_parts_in_proportion(connection, sql):
    (row,) = score(connection, sql, {"H060101": 0.5, "H060102": 0.6, "H060103": 0.9})
    raw = {code: points(code, 4) for code in ("H060101", "H060102", "H060103")}
    assert sum(raw.values()) > cap("H0601"), "the case no longer reaches the cap"
    assert row["l2_h0601"] == row["score"] == cap("H0601")
    for code, before in raw.items():
        assert row[f"r_{code.lower()}"] == before
        assert abs(row[f"p_{code.lower()}"] - before * cap("H0601") / sum(raw.values())) <= Decimal("0.01")


def test_patents_take_away_within_h07_and_never_below_zero(connection, sql):
    rows = score(
        connection,
        sql,
        {"H070301": 6, "H040101": 1},
        {"H070301": 6, "H070401": 0.2},
        bad_in("H07") | {"H070301": 6},
    )
    assert points("H070301", 3) == -10
    assert (rows[0]["l1_h07"], rows[0]["p_h070301"], rows[0]["score"]) == (0, 0, points("H040101", 2))
    pledge = points("H070401", 2)
    assert (rows[1]["l1_h07"], rows[1]["p_h070301"], rows[1]["p_h070401"]) == (pledge - 10, -10, pledge)
    assert (rows[2]["l1_h07"], rows[2]["p_h070301"]) == (cap("H07"), -10)


def test_everything_bad_is_exactly_the_highest_score(connection, sql):
    (row,) = score(connection, sql, bad_in("H01", "H02", "H03", "H04", "H05", "H06", "H07"))
    assert row["score"] == 1000
    assert sum(row[f"p_{code.lower()}"] for code in CODES) == 1000


def test_unknown_gives_no_band_no_raw_points_and_counts_nothing(connection, sql):
    (row,) = score(connection, sql, {})
    assert row["score"] == 0
    assert all(row[f"b_{c.lower()}"] is None and row[f"r_{c.lower()}"] is None for c in CODES)
    assert all(row[f"p_{c.lower()}"] == 0 for c in CODES)


def random_values(connection, rows, seed):
    """Firms with values anywhere in or beyond the bands, a tenth unknown, from clean to very bad."""
    drawn = []
    for number, indicator in enumerate(CATALOGUE.indicators):
        bands = CATALOGUE.bands_of(indicator.code)
        dice = f"hash({seed}, {number}, firm) / 18446744073709551615.0"
        if indicator.kind == "categorical":
            names = ", ".join(f"'{band.category}'" for band in bands)
            value = f"list_extract([{names}], 1 + CAST(floor(pow({dice}, bad) * {len(bands)} * 0.9999) AS INTEGER))"
        else:
            most = float(max((band.lower for band in bands if band.lower is not None), key=abs))
            value = f"pow({dice}, bad) * {most * 1.4 + (0.2 if most > 0 else -0.2)}"
        unknown = f"hash({seed + 1}, {number}, firm) % 10 = 0"
        drawn.append(f"CASE WHEN {unknown} THEN NULL ELSE {value} END")
    connection.execute(
        f"INSERT INTO enterprise_values SELECT '2026-05', '410100', CAST(firm AS VARCHAR), {', '.join(drawn)} "
        f"FROM (SELECT range AS firm, 1 + range % 60 AS bad FROM range({rows}))"
    )


@pytest.mark.parametrize("seed", [1, 20261122])
def test_points_add_up_to_the_cent_whatever_binds(connection, sql, seed):
    random_values(connection, 4000, seed)
    connection.execute(f"CREATE TABLE scored AS {sql}")
    must = {}
    for level in CATALOGUE.levels:
        codes = [code for code in CODES if level.level == 0 or code.startswith(level.code)]
        name = "score" if level.level == 0 else f"l{level.level}_{level.code.lower()}"
        must[f"{level.code} is the sum of its points"] = f"{name} = " + " + ".join(
            f"p_{code.lower()}" for code in codes
        )
        must[f"{level.code} is between floor and cap"] = f"{name} BETWEEN {level.floor} AND {level.cap}"
    for code in CODES:
        counted, raw = f"p_{code.lower()}", f"coalesce(r_{code.lower()}, 0)"
        # a cap takes and never gives, an offset is only ever made smaller; a cent is the most that rounding moves
        must[f"{code} counts for no more than its points"] = f"abs({counted}) <= abs({raw}) + 0.01"
        must[f"{code} counts for nothing without points"] = f"{raw} <> 0 OR {counted} = 0"
    columns = ", ".join(f"count(*) FILTER (WHERE NOT ({condition}))" for condition in must.values())
    found = connection.execute(f"SELECT {columns} FROM scored").fetchone()
    assert {name: rows for name, rows in zip(must, found, strict=True) if rows} == {}
    level1 = " OR ".join(f"l1_{level.code.lower()} = {level.cap}" for level in CATALOGUE.levels if level.level == 1)
    reached = connection.execute(
        f"SELECT count(*) FILTER (WHERE score = 1000), count(*) FILTER (WHERE score < 1000 AND ({level1})), "
        "count(*) FILTER (WHERE p_h070301 > r_h070301), count(*) FILTER (WHERE score < 200) FROM scored"
    ).fetchone()
    assert min(reached) > 0, "the draw no longer reaches the total, a level-1 cap, a clipped offset or class A"


def test_who_has_points_is_who_has_points_before_caps(connection, sql):
    random_values(connection, 4000, 7)
    connection.execute(f"CREATE TABLE scored AS {sql}")
    flags = flags_sql(CATALOGUE.folder, "2026-05", "scored")
    has = [f"has_{code.lower()}" for code in CODES]
    same = [f"coalesce(r_{code.lower()} <> 0, false) = has_{code.lower()}" for code in CODES]
    counts = ", ".join(f"count(*) FILTER (WHERE NOT ({one}))" for one in same)
    seen = ", ".join(f"bool_or({one}) AND NOT bool_and({one})" for one in has)
    joined = f"scored JOIN ({flags}) AS flags USING (enterprise_id)"
    wrong = connection.execute(f"SELECT {counts} FROM {joined}").fetchone()
    assert {code: rows for code, rows in zip(CODES, wrong, strict=True) if rows} == {}
    assert all(connection.execute(f"SELECT {seen} FROM {joined}").fetchone()), "an indicator is drawn one way only"


def test_an_indicator_of_another_version_keeps_its_column_and_gets_no_points(tmp_path, connection):
    for version in ("v1", "v2"):
        shutil.copytree(CATALOGUE.folder, tmp_path / version)
    for file in ("indicators.csv", "bands.csv"):
        path = tmp_path / "v2" / file
        kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("H0703")]
        path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    (row,) = score(connection, pointed_sql(tmp_path / "v2"), {"H070301": 6, "H070401": 0.2})
    assert row["catalogue_version"] == "v2"
    assert row["v_h070301"] == 6
    assert row["b_h070301"] is row["r_h070301"] is row["p_h070301"] is row["l2_h0703"] is None
    assert row["score"] == row["l1_h07"] == points("H070401", 2)
