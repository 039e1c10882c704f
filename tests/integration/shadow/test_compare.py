"""A candidate against what is in force, on two small lakes: who moves, why, and what is refused."""

from __future__ import annotations

import pytest

from orchestration.catalogue import CatalogueError, load_catalogue
from orchestration.catalogue.load import load_version
from orchestration.lake import connect
from orchestration.settings import Settings
from orchestration.shadow import ShadowError, compare, shadow_settings
from orchestration.shadow.report import text, write

MONTHS = ["2026-05", "2026-06"]
"""Both are months of v2; v1 is the candidate here."""
LIVE = {"a": ("A", {}), "b": ("A", {}), "c": ("C", {"H040101": 220, "H040404": 300}), "d": ("D", {"H040201": 320})}
OTHER = {
    "a": ("A", {}),
    "b": ("B", {"H030101": 150, "H010101": 60}),
    "c": ("B", {"H040101": 210}),
    "d": ("D", {"H040201": 320}),
}


def fill(settings: Settings, rows, version: str, month: str, shift: int = 0) -> None:
    """Write scores and classes of one month as the platform would."""
    codes = load_version(settings, version).codes
    points = ", ".join(f"p_{code.lower()} DECIMAL(9,2), b_{code.lower()} INTEGER" for code in codes)
    with connect(settings) as lake:
        lake.execute("CREATE SCHEMA IF NOT EXISTS lake.scores")
        lake.execute(
            "CREATE TABLE IF NOT EXISTS lake.scores.enterprise_score "
            f"(month VARCHAR, enterprise_id VARCHAR, score DECIMAL(7,2), {points})"
        )
        lake.execute("CREATE OR REPLACE VIEW lake.scores.enterprise_points AS FROM lake.scores.enterprise_score")
        lake.execute(
            "CREATE TABLE IF NOT EXISTS lake.main.risk_class "
            "(month VARCHAR, enterprise_id VARCHAR, computed_class VARCHAR)"
        )
        for enterprise, (name, given) in rows.items():
            lake.execute("INSERT INTO lake.main.risk_class VALUES (?, ?, ?)", [month, enterprise, name])
            columns = "".join(f", p_{code.lower()}, b_{code.lower()}" for code in given)
            values = [month, enterprise, sum(given.values()) + shift]
            values += [value for points in given.values() for value in (points, 2)]
            marks = ", ".join("?" * len(values))
            lake.execute(
                f"INSERT INTO lake.scores.enterprise_score (month, enterprise_id, score{columns}) VALUES ({marks})",
                values,
            )


@pytest.fixture
def both(settings: Settings) -> Settings:
    for month in MONTHS:
        fill(settings, LIVE, "v2", month)
        fill(shadow_settings(settings, "v1"), OTHER, "v1", month, shift=100 if month == "2026-06" else 0)
    return settings


def test_the_shadow_has_a_lake_of_its_own(settings):
    shadow = shadow_settings(settings, "v1")
    assert shadow.catalog != settings.catalog
    assert shadow.data_path != settings.data_path
    assert shadow.raw == settings.raw
    assert load_catalogue(settings, "2026-05").version == "v2"
    assert load_catalogue(shadow, "2026-05").version == "v1"


def test_environment_of_another_lake_does_not_reach_the_shadow(settings, monkeypatch):
    monkeypatch.setenv("ECR_CATALOG", "postgres:dbname=live")
    monkeypatch.setenv("ECR_DATA_PATH", "s3://live")
    assert settings.catalog == "postgres:dbname=live"
    shadow = shadow_settings(settings, "v1")
    assert shadow.catalog.startswith("sqlite:")
    assert str(settings.home) in shadow.data_path


def test_migration_shares_and_drivers(both):
    found = compare(both, "v1", MONTHS)
    moves = {
        (r["in_force"], r["candidate"]): r["enterprises"] for r in found.matrix.to_dicts() if r["month"] == MONTHS[0]
    }
    assert moves == {("A", "A"): 1, ("A", "B"): 1, ("C", "B"): 1, ("D", "D"): 1}
    shares = {(r["month"], r["class"]): (r["in_force"], r["candidate"]) for r in found.shares.to_dicts()}
    assert shares[("2026-05", "A")] == (0.5, 0.25)
    assert shares[("2026-05", "B")] == (0.0, 0.5)
    assert shares[("2026-05", "C")] == (0.25, 0.0)
    drivers = {
        (r["direction"], r["indicator"]): (r["mean_points"], r["enterprise_months"]) for r in found.drivers.to_dicts()
    }
    assert drivers == {
        ("riskier", "H030101"): (150.0, 2),
        ("riskier", "H010101"): (60.0, 0),
        ("safer", "H040404"): (-300.0, 2),
        ("safer", "H040101"): (-10.0, 0),
    }
    assert [r["indicator"] for r in found.drivers.to_dicts()] == ["H030101", "H010101", "H040404", "H040101"]


def test_stability_between_versions_and_over_time(both):
    found = compare(both, "v1", MONTHS)
    assert [one.months for one in found.between] == MONTHS
    assert all(one.psi > 0 for one in found.between)
    over_time = {one.name: one.psi for one in found.over_time}
    assert over_time["score"] > 0
    assert over_time["H040201"] == 0
    assert set(over_time) == {"score", *load_version(both, "v1").codes}
    assert compare(both, "v1", MONTHS[:1]).over_time == []


def test_the_report_says_it_in_words(both):
    found = compare(both, "v1", MONTHS)
    version = load_version(both, "v1")
    told = text(found, version)
    assert "| **A** | 1 | 1 | 0 | 0 |" in told
    assert "H030101 最近一年年报未报" in told
    path = write(both, found, version)
    assert path.read_text(encoding="utf-8") == told
    assert path.with_suffix(".json").is_file()


def test_a_month_without_classes_is_named_with_its_cure(both):
    with pytest.raises(ShadowError, match="2026-07 has no classes in force; classify 2026-07 first"):
        compare(both, "v1", [*MONTHS, "2026-07"])
    fill(both, LIVE, "v2", "2026-07")
    with pytest.raises(
        ShadowError, match="2026-07 has no classes of v1 in the shadow; run make shadow V=v1 FROM=2026-07"
    ):
        compare(both, "v1", [*MONTHS, "2026-07"])


def test_a_candidate_never_computed_is_named(settings):
    fill(settings, LIVE, "v2", "2026-05")
    with pytest.raises(ShadowError, match="v1 was never computed in the shadow"):
        compare(settings, "v1", ["2026-05"])


def test_an_unknown_version_is_named(settings):
    with pytest.raises(CatalogueError, match=r"has no version 'v9' \(there are v1, v2\)"):
        shadow_settings(settings, "v9")
